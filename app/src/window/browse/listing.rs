//! The pictures of a folder, or its sounds, by the ends of their names. What a file is, its content
//! decides when it is opened.

use super::natural;
use std::cmp::Ordering;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// Ends of names of pictures that can be shown.
const ENDS: &[&str] = &[
    "apng", "arw", "avif", "avifs", "bmp", "cbz", "cr2", "cr3", "cur", "dds", "dib", "dng", "exr",
    "ff", "gif", "hdr", "heic", "heif", "hif", "icns", "ico", "j2k", "jfif", "jp2", "jpe", "jpeg",
    "jpf", "jpg", "jpx", "jxl", "nef", "orf", "pam", "pbm", "pcx", "pfm", "pgm", "phm", "pic",
    "png", "pnm", "ppm", "psd", "qoi", "raf", "rgb", "rgba", "rw2", "sgi", "svg", "svgz", "tga",
    "tif", "tiff", "webp", "xbm", "xpm",
];

/// Ends of names of sounds that can be played.
const SOUND_ENDS: &[&str] = &[
    "aac", "aif", "aifc", "aiff", "caf", "flac", "m4a", "m4b", "m4r", "mka", "mp1", "mp2", "mp3",
    "mp4", "oga", "ogg", "opus", "rf64", "w64", "wav", "wave", "weba", "webm",
];

/// Most names of a folder that are looked at, and most pictures that are kept of it:
/// at a hundred bytes each they cost 5 MB.
const MOST_NAMES: usize = 500_000;
const MOST_PICTURES: usize = 50_000;

/// Whether a file is called as pictures are.
pub(crate) fn is_named_as_picture(path: &Path) -> bool {
    ends_with(path, ENDS)
}

/// Whether a file is called as sounds are.
pub(crate) fn is_named_as_sound(path: &Path) -> bool {
    ends_with(path, SOUND_ENDS)
}

fn ends_with(path: &Path, ends: &[&str]) -> bool {
    let end = path.extension().and_then(|end| end.to_str());
    let end = end.map(str::to_ascii_lowercase);
    end.is_some_and(|end| ends.contains(&end.as_str()))
}

/// The order of pictures.
pub(crate) fn order(a: &Path, b: &Path) -> Ordering {
    let name = |path: &Path| {
        path.file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned()
    };
    natural::compare(&name(a), &name(b)).then_with(|| a.cmp(b))
}

/// When something came or went in a folder the last time.
pub(crate) fn changed(folder: &Path) -> Option<SystemTime> {
    fs::metadata(folder).ok()?.modified().ok()
}

/// The pictures of a folder in order. Hidden ones are left out, as file managers do.
///
/// # Errors
///
/// The `errno` of reading the folder.
pub(crate) fn pictures(folder: &Path) -> io::Result<Vec<PathBuf>> {
    files(folder, is_named_as_picture)
}

/// The same of its sounds.
///
/// # Errors
///
/// The `errno` of reading the folder.
pub(crate) fn sounds(folder: &Path) -> io::Result<Vec<PathBuf>> {
    files(folder, is_named_as_sound)
}

fn files(folder: &Path, is_wanted: impl Fn(&Path) -> bool) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)?.take(MOST_NAMES) {
        let entry = entry?;
        let path = PathBuf::from(entry.file_name());
        let is_hidden = path.as_os_str().as_encoded_bytes().starts_with(b".");
        // A folder that is called as a picture is none; a link is what it leads to.
        let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
        if !is_hidden && !is_folder && is_wanted(&path) {
            found.push(folder.join(path));
        }
    }
    found.sort_by(|a, b| order(a, b));
    found.truncate(MOST_PICTURES);
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_of_a_folder_are_listed_in_order_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        for name in [
            "10.png",
            "9.JPG",
            "note.txt",
            ".hidden.png",
            "a.pdf",
            "x.svgz",
            "png",
        ] {
            fs::write(folder.path().join(name), "").unwrap();
        }
        fs::create_dir(folder.path().join("folder.png")).unwrap();
        let names = pictures(folder.path()).unwrap();
        let expected = ["9.JPG", "10.png", "x.svgz"].map(|name| folder.path().join(name));
        assert_eq!(names, expected);
        assert!(pictures(&folder.path().join("none")).is_err());
        for name in ["track 10.flac", "track 2.MP3", "cover.jpg"] {
            fs::write(folder.path().join(name), "").unwrap();
        }
        let expected = ["track 2.MP3", "track 10.flac"].map(|name| folder.path().join(name));
        assert_eq!(sounds(folder.path()).unwrap(), expected);
    }

    #[test]
    fn ends_of_names_are_in_order_and_in_small_letters() {
        assert!(ENDS.is_sorted() && SOUND_ENDS.is_sorted());
        assert!(SOUND_ENDS.iter().all(|end| !ENDS.contains(end)));
        let all = || ENDS.iter().chain(SOUND_ENDS);
        assert!(all().all(|end| **end == end.to_ascii_lowercase()));
        let pictures = ["light.pfm", "half.PHM", "moving.avifs"];
        assert!(
            pictures
                .iter()
                .all(|name| is_named_as_picture(Path::new(name)))
        );
        let sounds = ["ring.m4r", "long.Wave"];
        assert!(sounds.iter().all(|name| is_named_as_sound(Path::new(name))));
    }
}
