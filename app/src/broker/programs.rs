//! Where the renderer's program is: relative to this program, or where the
//! package put it. Never by `PATH`, and never by the environment, which is
//! not ours.

use std::io;
use std::path::{Path, PathBuf};

/// Name of the renderer's program.
const RENDERER: &str = "pellucid-renderer";

/// Where a package says that it installs helpers, when this is built.
const LIBEXEC: Option<&str> = option_env!("PELLUCID_LIBEXEC");

/// The programs that belong to this one.
#[derive(Debug, Clone)]
pub struct Programs {
    /// The renderer, which is also the launcher.
    pub renderer: PathBuf,
}

impl Programs {
    /// Finds them: beside this program, in `../libexec/pellucid`, or where they
    /// were meant to be installed.
    ///
    /// # Errors
    ///
    /// [`io::ErrorKind::NotFound`] with the places that were looked at.
    pub fn find() -> io::Result<Self> {
        let this = std::env::current_exe()?;
        let candidates = candidates(&this);
        match candidates.iter().find(|path| path.is_file()) {
            Some(renderer) => Ok(Self {
                renderer: renderer.clone(),
            }),
            None => Err(not_found(&candidates)),
        }
    }
}

fn candidates(this: &Path) -> Vec<PathBuf> {
    let folder = this.parent().unwrap_or(Path::new("/"));
    let mut found = vec![
        folder.join(RENDERER),
        folder.join("../libexec/pellucid").join(RENDERER),
    ];
    found.extend(LIBEXEC.map(|folder| Path::new(folder).join(RENDERER)));
    found
}

fn not_found(candidates: &[PathBuf]) -> io::Error {
    let places: Vec<String> = candidates
        .iter()
        .map(|path| path.display().to_string())
        .collect();
    io::Error::new(
        io::ErrorKind::NotFound,
        format!(
            "the renderer is not installed: looked for {}",
            places.join(", ")
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::candidates;
    use std::path::Path;

    #[test]
    fn renderer_is_looked_for_beside_the_program_first() {
        let found = candidates(Path::new("/opt/pellucid/bin/pellucid"));
        assert_eq!(found[0], Path::new("/opt/pellucid/bin/pellucid-renderer"));
        assert!(found[1].ends_with("bin/../libexec/pellucid/pellucid-renderer"));
    }
}
