//! Files that appear whole or not at all.

use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{self, Stdout, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use tempfile::NamedTempFile;

/// Mode of a new file; the user's mask is taken off.
const MODE: u32 = 0o666;

/// Something that is being written.
pub(crate) enum Output {
    /// A file under another name, beside the one that it will be.
    File(NamedTempFile, PathBuf),
    /// A device or a pipe, which cannot be replaced.
    Special(File),
    /// Standard output.
    Standard(Stdout),
}

impl Output {
    /// Begins to write `path`; nothing of that name changes before
    /// [`Self::finish`].
    pub(crate) fn create(path: &Path) -> io::Result<Self> {
        let target = resolve(path)?;
        match fs::metadata(&target) {
            Ok(found) if found.is_dir() => Err(io::ErrorKind::IsADirectory.into()),
            Ok(found) if !found.is_file() => {
                Ok(Self::Special(OpenOptions::new().write(true).open(&target)?))
            }
            _ => {
                let folder = target
                    .parent()
                    .filter(|folder| !folder.as_os_str().is_empty());
                let file = tempfile::Builder::new()
                    .prefix(".pellucid-")
                    .permissions(Permissions::from_mode(MODE))
                    .tempfile_in(folder.unwrap_or(Path::new(".")))?;
                Ok(Self::File(file, target))
            }
        }
    }

    /// Writes to standard output.
    pub(crate) fn standard() -> Self {
        Self::Standard(io::stdout())
    }

    /// Gives the file its name.
    pub(crate) fn finish(mut self) -> io::Result<()> {
        self.flush()?;
        match self {
            Self::File(file, target) => {
                file.persist(target)?;
                Ok(())
            }
            Self::Special(_) | Self::Standard(_) => Ok(()),
        }
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::File(file, _) => file.write(bytes),
            Self::Special(file) => file.write(bytes),
            Self::Standard(stdout) => stdout.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::File(file, _) => file.flush(),
            Self::Special(file) => file.flush(),
            Self::Standard(stdout) => stdout.flush(),
        }
    }
}

/// The file behind a symbolic link, so that the link stays.
fn resolve(path: &Path) -> io::Result<PathBuf> {
    match fs::symlink_metadata(path) {
        Ok(found) if found.is_symlink() => match fs::canonicalize(path) {
            // A link to nothing is replaced by the file.
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(path.to_owned()),
            other => other,
        },
        _ => Ok(path.to_owned()),
    }
}

/// A name with `%d` for the number of the page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Template {
    before: String,
    number: Option<usize>,
    after: String,
}

impl Template {
    /// Reads a name: `%d`, or `%03d` for three digits, stands for the page, `%%`
    /// for a percent sign. `None` for more than one number or another `%`.
    pub(crate) fn parse(name: &str) -> Option<Self> {
        let mut template = Self {
            before: String::new(),
            number: None,
            after: String::new(),
        };
        let mut rest = name;
        while let Some((plain, tail)) = rest.split_once('%') {
            template.push(plain);
            if let Some(tail) = tail.strip_prefix('%') {
                template.push("%");
                rest = tail;
                continue;
            }
            let (digits, tail) = tail.split_once('d')?;
            let width = if digits.is_empty() {
                "0"
            } else {
                digits.strip_prefix('0')?
            };
            let width = width.parse::<usize>().ok().filter(|width| *width <= 9)?;
            if template.number.replace(width).is_some() {
                return None;
            }
            rest = tail;
        }
        template.push(rest);
        Some(template)
    }

    fn push(&mut self, text: &str) {
        match self.number {
            None => self.before.push_str(text),
            Some(_) => self.after.push_str(text),
        }
    }

    /// Whether the name differs from page to page.
    pub(crate) fn has_number(&self) -> bool {
        self.number.is_some()
    }

    /// The name for a page.
    pub(crate) fn name(&self, page: u32) -> PathBuf {
        let number = self.number.map(|width| format!("{page:0width$}"));
        format!(
            "{}{}{}",
            self.before,
            number.unwrap_or_default(),
            self.after
        )
        .into()
    }
}

#[cfg(test)]
mod tests {
    use super::{Output, Template};
    use std::fs;
    use std::io::Write;
    use std::path::Path;

    #[test]
    fn template_names_the_page() {
        let name = |template: &str| Template::parse(template).unwrap().name(7);
        assert_eq!(name("page-%d.png"), Path::new("page-7.png"));
        assert_eq!(name("%03d-100%%.png"), Path::new("007-100%.png"));
        assert_eq!(name("plain.png"), Path::new("plain.png"));
        for bad in ["%", "%s", "%d%d", "%xd", "%010d"] {
            assert_eq!(Template::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn file_appears_whole_or_not_at_all() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out.png");
        fs::write(&path, "old").unwrap();
        let mut output = Output::create(&path).unwrap();
        output.write_all(b"half").unwrap();
        drop(output);
        assert_eq!(fs::read_to_string(&path).unwrap(), "old");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
        let mut output = Output::create(&path).unwrap();
        output.write_all(b"new").unwrap();
        output.finish().unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "new");
        assert!(Output::create(folder.path()).is_err(), "a directory");
    }

    #[test]
    fn link_stays_and_its_file_changes() {
        let folder = tempfile::tempdir().unwrap();
        let (file, link) = (folder.path().join("file"), folder.path().join("link"));
        fs::write(&file, "old").unwrap();
        std::os::unix::fs::symlink(&file, &link).unwrap();
        let mut output = Output::create(&link).unwrap();
        output.write_all(b"new").unwrap();
        output.finish().unwrap();
        assert_eq!(fs::read_to_string(&file).unwrap(), "new");
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    }
}
