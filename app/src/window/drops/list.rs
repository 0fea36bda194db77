//! `text/uri-list`: a URI a line.

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use percent_encoding::percent_decode_str;
use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, Read};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// Most bytes of a list: 256 names of the longest kind (`PATH_MAX`, 4096 bytes).
const MAX_BYTES: usize = 256 * 4096;

/// How long the other program may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// Reads a list to its end.
///
/// # Errors
///
/// When it is too long, or does not come.
pub(super) fn read(from: OwnedFd) -> io::Result<Vec<PathBuf>> {
    let end = Instant::now() + PATIENCE;
    let mut file = File::from(from);
    let mut bytes = Vec::new();
    let mut piece = [0; 4096];
    loop {
        match file.read(&mut piece) {
            Ok(0) => return Ok(parse(&String::from_utf8_lossy(&bytes))),
            Ok(count) => bytes.extend(piece.iter().take(count)),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => wait(&file, end)?,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
        if bytes.len() > MAX_BYTES {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
    }
}

fn wait(file: &File, end: Instant) -> io::Result<()> {
    let left = end.saturating_duration_since(Instant::now());
    let left = PollTimeout::try_from(left).unwrap_or(PollTimeout::ZERO);
    let mut polled = [PollFd::new(file.as_fd(), PollFlags::POLLIN)];
    match poll(&mut polled, left) {
        Ok(0) => Err(io::ErrorKind::TimedOut.into()),
        Ok(_) | Err(nix::errno::Errno::EINTR) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// The files of a list that lie on this machine.
fn parse(list: &str) -> Vec<PathBuf> {
    list.lines().filter_map(path).collect()
}

/// The file of a `file:` URI without a host, or with this one's usual name (RFC 8089).
fn path(uri: &str) -> Option<PathBuf> {
    let rest = uri.trim().strip_prefix("file:")?;
    let path = match rest.strip_prefix("//") {
        Some(rest) => rest.strip_prefix("localhost").unwrap_or(rest),
        None => rest,
    };
    let path: Vec<u8> = percent_decode_str(path).collect();
    let is_path = path.starts_with(b"/") && !path.contains(&0);
    is_path.then(|| PathBuf::from(OsStr::from_bytes(&path)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    #[test]
    fn files_of_this_machine_are_taken() {
        let list = "# from a file manager\r\nfile:///tmp/a%20b.pdf\r\nfile://localhost/c%C3%A4\r\nfile:/d\r\n";
        let expected = ["/tmp/a b.pdf", "/cä", "/d"].map(PathBuf::from);
        assert_eq!(parse(list), expected);
    }

    #[test]
    fn what_is_no_file_of_this_machine_is_not_taken() {
        for uri in [
            "http://example.org/a.pdf",
            "file://server/share/a.pdf",
            "file:a.pdf",
            "file:///a%00b",
            "/a.pdf",
            "",
        ] {
            assert_eq!(parse(uri), Vec::<PathBuf>::new(), "{uri}");
        }
    }

    #[test]
    fn bytes_that_are_no_text_stay_as_they_are() {
        let path = path("file:///tmp/%FF.pdf").unwrap();
        assert_eq!(path.as_os_str().as_bytes(), b"/tmp/\xff.pdf");
    }

    #[test]
    fn a_list_without_end_is_given_up() {
        let flags = nix::fcntl::OFlag::O_NONBLOCK;
        let (reader, writer) = nix::unistd::pipe2(flags).unwrap();
        let writer = std::thread::spawn(move || {
            let mut writer = File::from(writer);
            // Until nobody reads any more.
            while match writer.write(&[b'x'; 4096]) {
                Ok(_) => true,
                Err(error) => error.kind() == io::ErrorKind::WouldBlock,
            } {}
        });
        assert_eq!(
            read(reader).unwrap_err().kind(),
            io::ErrorKind::FileTooLarge
        );
        writer.join().unwrap();
    }
}
