//! Files that appear whole or not at all.

use std::ffi::{OsStr, OsString};
use std::fs::{self, File, OpenOptions};
use std::io::{self, Stdout, Write};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::os::unix::fs::{FileExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use tempfile::NamedTempFile;

/// Mode of a new file; the user's mask is taken off.
const MODE: u32 = 0o666;

/// Most digits that a page's number can be padded to.
const MAX_DIGITS: usize = 9;

/// Something that is being written.
#[derive(Debug)]
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
        match fs::metadata(path) {
            Ok(found) if found.is_dir() => Err(io::ErrorKind::IsADirectory.into()),
            // By the name that was given: /dev/stdout leads to no other.
            Ok(found) if !found.is_file() => {
                Ok(Self::Special(OpenOptions::new().write(true).open(path)?))
            }
            _ => Self::beside(resolve(path)?),
        }
    }

    fn beside(target: PathBuf) -> io::Result<Self> {
        let folder = target
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty());
        let file = tempfile::Builder::new().prefix(".pellucid-").make_in(
            folder.unwrap_or(Path::new(".")),
            |path| {
                let mut new = OpenOptions::new();
                new.write(true).create_new(true).mode(MODE).open(path)
            },
        )?;
        Ok(Self::File(file, target))
    }

    /// Writes to standard output.
    pub(crate) fn standard() -> Self {
        Self::Standard(io::stdout())
    }

    /// Writes over the first bytes of what has been written. What cannot be written
    /// twice, a pipe or a device, stays as it is.
    pub(crate) fn rewrite_start(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.flush()?;
        match self {
            Self::File(file, _) => FileExt::write_all_at(file.as_file(), bytes, 0),
            Self::Special(_) | Self::Standard(_) => Ok(()),
        }
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

/// Whether both names lead to one file, under whatever links.
pub(crate) fn is_same_file(one: &Path, other: &Path) -> bool {
    let identity = |path| fs::metadata(path).map(|found| (found.dev(), found.ino()));
    matches!((identity(one), identity(other)), (Ok(one), Ok(other)) if one == other)
}

/// A name with `%d` for the number of the page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Template {
    before: Vec<u8>,
    number: Option<usize>,
    after: Vec<u8>,
}

impl Template {
    /// Reads a name: `%d`, or `%03d` for three digits, stands for the page, `%%`
    /// for a percent sign. `None` for more than one number or another `%`.
    pub(crate) fn parse(name: &OsStr) -> Option<Self> {
        let mut template = Self {
            before: Vec::new(),
            number: None,
            after: Vec::new(),
        };
        let mut rest = name.as_bytes();
        while let Some(at) = rest.iter().position(|byte| *byte == b'%') {
            let (plain, tail) = rest.split_at(at);
            template.push(plain);
            rest = match tail.strip_prefix(b"%%") {
                Some(tail) => {
                    template.push(b"%");
                    tail
                }
                None => template.take_number(tail)?,
            };
        }
        template.push(rest);
        Some(template)
    }

    /// Takes `%d` or `%03d` and returns what follows it.
    fn take_number<'n>(&mut self, name: &'n [u8]) -> Option<&'n [u8]> {
        let end = name.iter().position(|byte| *byte == b'd')?;
        let digits = std::str::from_utf8(name.get(1..end)?).ok()?;
        let width = match digits {
            "" => 0,
            digits => digits.strip_prefix('0')?.parse::<usize>().ok()?,
        };
        let is_first = self.number.replace(width).is_none();
        (is_first && width <= MAX_DIGITS).then(|| name.get(end + 1..))?
    }

    /// The name of a document's pages: its own, and `.png`.
    pub(crate) fn beside_name(stem: &OsStr, several: bool) -> Self {
        Self {
            before: [stem.as_bytes(), if several { b"-" } else { b"" }].concat(),
            number: several.then_some(0),
            after: b".png".to_vec(),
        }
    }

    fn push(&mut self, text: &[u8]) {
        match self.number {
            None => self.before.extend_from_slice(text),
            Some(_) => self.after.extend_from_slice(text),
        }
    }

    /// Whether the name differs from page to page.
    pub(crate) fn has_number(&self) -> bool {
        self.number.is_some()
    }

    /// The name for a page.
    pub(crate) fn name(&self, page: u32) -> PathBuf {
        let number = self.number.map(|width| format!("{page:0width$}"));
        let number = number.unwrap_or_default();
        OsString::from_vec([&self.before, number.as_bytes(), &self.after].concat()).into()
    }
}

#[cfg(test)]
mod tests {
    use super::{Output, Template};
    use std::ffi::OsStr;
    use std::fs;
    use std::io::Write;
    use std::os::unix::ffi::OsStrExt;
    use std::path::Path;

    #[test]
    fn template_names_the_page() {
        let name = |template: &str| Template::parse(template.as_ref()).unwrap().name(7);
        assert_eq!(name("page-%d.png"), Path::new("page-7.png"));
        assert_eq!(name("%03d-100%%.png"), Path::new("007-100%.png"));
        assert_eq!(name("plain.png"), Path::new("plain.png"));
        for bad in ["%", "%s", "%d%d", "%xd", "%010d", "%+1d", "%3d"] {
            assert_eq!(Template::parse(bad.as_ref()), None, "{bad}");
        }
    }

    #[test]
    fn name_need_not_be_text() {
        let bytes = OsStr::from_bytes(b"\xff-%02d.png");
        let name = Template::parse(bytes).unwrap().name(3);
        assert_eq!(name.as_os_str().as_bytes(), b"\xff-03.png");
        let name = Template::beside_name(OsStr::from_bytes(b"\xff100%d"), true).name(3);
        assert_eq!(name.as_os_str().as_bytes(), b"\xff100%d-3.png");
    }

    #[test]
    fn one_file_is_known_under_two_names() {
        let folder = tempfile::tempdir().unwrap();
        let (file, link) = (folder.path().join("file"), folder.path().join("link"));
        fs::write(&file, "it").unwrap();
        std::os::unix::fs::symlink(&file, &link).unwrap();
        assert!(super::is_same_file(&file, &link));
        assert!(!super::is_same_file(&file, &folder.path().join("none")));
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
