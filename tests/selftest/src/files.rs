//! What is no file is refused at once (row 63).

use crate::report::Report;
use app::broker::{Source, SourceError};
use nix::sys::stat::Mode;
use nix::unistd::mkfifo;
use std::fs;
use std::io;
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};

pub(crate) fn run(report: &mut Report) {
    let folder = match Folder::make() {
        Ok(folder) => folder,
        Err(error) => {
            let reason = format!("the temporary directory cannot be written: {error}");
            return report.skip("63", "files", &reason);
        }
    };
    let at = |name: &str| folder.0.join(name);
    let made = [
        (
            "fifo",
            mkfifo(&at("fifo"), Mode::S_IRUSR).map_err(io::Error::from),
        ),
        ("socket", UnixListener::bind(at("socket")).map(drop)),
        ("empty", fs::write(at("empty"), "")),
        (
            "link-to-device",
            std::os::unix::fs::symlink("/dev/zero", at("link-to-device")),
        ),
    ];
    for (name, made) in made {
        let result = made.map_err(|error| error.to_string());
        report.row("63", name, result.and_then(|()| refused(&at(name))));
    }
    report.row("63", "device", refused(Path::new("/dev/zero")));
    report.row("63", "directory", refused(&folder.0));
}

fn refused(path: &Path) -> Result<String, String> {
    match Source::open(path) {
        Err(error @ (SourceError::NotAFile(_) | SourceError::Empty | SourceError::Open(_))) => {
            Ok(error.to_string())
        }
        other => Err(format!("{other:?}")),
    }
}

/// A folder of this process alone, which goes when it is done.
struct Folder(PathBuf);

impl Folder {
    fn make() -> io::Result<Self> {
        let name = format!("pellucid-selftest-{}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        fs::create_dir(&folder)?;
        Ok(Self(folder))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What is left is empty, and in the temporary directory.
        let _ = fs::remove_dir_all(&self.0);
    }
}
