//! What a document carries beside its pages, and what is to be thought of it.
//! The words are the document's own: nothing here believes them, a name is only
//! shown, warned of or proposed.

use ipc::{Attachment, Layer, LayerSet, Note, Signature, Wish};

/// Longest name that is proposed for a file, in bytes; file systems allow 255.
const MAX_NAME_BYTES: usize = 200;

/// Endings of files that can be opened here. What they are is decided by their
/// renderer, from their content.
const READABLE: [&str; 26] = [
    "pdf", "png", "jpg", "jpeg", "jpe", "gif", "webp", "bmp", "tif", "tiff", "ico", "svg", "svgz",
    "jxl", "avif", "heic", "heif", "jp2", "j2k", "psd", "pcx", "tga", "qoi", "ppm", "pgm", "cbz",
];

/// Endings of files that some program would run, or that lead to such files.
const HARMFUL: [&str; 62] = [
    "exe", "com", "scr", "pif", "bat", "cmd", "msi", "msp", "mst", "cpl", "dll", "sys", "drv",
    "ps1", "psm1", "vbs", "vbe", "vb", "js", "jse", "mjs", "wsf", "wsh", "wsc", "hta", "lnk",
    "url", "scf", "reg", "inf", "chm", "hlp", "jar", "jnlp", "class", "sh", "bash", "zsh", "csh",
    "fish", "run", "elf", "so", "appimage", "desktop", "service", "deb", "rpm", "apk", "pkg",
    "dmg", "app", "command", "py", "pyc", "pl", "rb", "php", "iso", "img", "docm", "xlsm",
];

/// The same by the type that the document claims, in part.
const HARMFUL_TYPES: [&str; 10] = [
    "executable",
    "x-msdos",
    "x-msdownload",
    "x-dosexec",
    "x-sh",
    "script",
    "java-archive",
    "x-elf",
    "x-sharedlib",
    "x-desktop",
];

/// What one document carries.
#[derive(Debug, Default)]
pub(crate) struct Carried {
    pub(crate) attachments: Vec<Attachment>,
    pub(crate) layers: Vec<Layer>,
    pub(crate) signatures: Vec<Signature>,
    /// What it wants to be done and is not.
    pub(crate) refused: Vec<Wish>,
    /// What readers have noted on its pages.
    pub(crate) notes: Vec<Note>,
}

impl Carried {
    /// Whether there is nothing that the side panel could show.
    pub(crate) fn is_empty(&self) -> bool {
        let lists = self.attachments.is_empty() && self.layers.is_empty();
        lists && self.signatures.is_empty() && self.notes.is_empty()
    }

    /// Signs of notes on a page, by their numbers. An answer has none of its own.
    pub(crate) fn signs(&self, page: u32) -> impl DoubleEndedIterator<Item = (usize, &Note)> {
        let notes = self.notes.iter().enumerate();
        notes.filter(move |(_, note)| note.page.get() == page && !note.is_reply)
    }

    /// A note and the answers to it.
    pub(crate) fn thread(&self, number: usize) -> &[Note] {
        let rest = self.notes.get(number..).unwrap_or_default();
        let answers = rest.iter().skip(1).take_while(|note| note.is_reply);
        let end = rest.len().min(1 + answers.count());
        rest.get(..end).unwrap_or_default()
    }

    /// The layers that are shown.
    pub(crate) fn shown(&self) -> LayerSet {
        LayerSet::new(self.layers.iter().map(|layer| layer.shown))
    }
}

/// A name for a file of ours: without folders, not hidden, not too long.
pub(crate) fn file_name(attachment: &Attachment) -> String {
    let last = attachment.name.as_str().rsplit(['/', '\\']).next();
    let last = last.unwrap_or_default().trim();
    let name = last
        .trim_start_matches(['.', '-', '~'])
        .trim_end_matches('.');
    if name.is_empty() {
        return "attachment".to_owned();
    }
    if name.len() <= MAX_NAME_BYTES {
        return name.to_owned();
    }
    let ending = ending(name).filter(|ending| ending.len() < 16);
    let ending = ending.map_or_else(String::new, |ending| format!(".{ending}"));
    let end = name.floor_char_boundary(MAX_NAME_BYTES - ending.len());
    format!("{}{ending}", &name[..end])
}

/// Whether its name or its type says that it can be opened here.
pub(crate) fn is_readable(attachment: &Attachment) -> bool {
    let kind = attachment.media_type.as_str().to_ascii_lowercase();
    let by_type = kind == "application/pdf" || kind.starts_with("image/");
    by_type || has_ending(attachment, &READABLE)
}

/// Whether its name or its type says that a program would run it.
pub(crate) fn is_harmful(attachment: &Attachment) -> bool {
    let kind = attachment.media_type.as_str().to_ascii_lowercase();
    HARMFUL_TYPES.iter().any(|part| kind.contains(part)) || has_ending(attachment, &HARMFUL)
}

fn has_ending(attachment: &Attachment, endings: &[&str]) -> bool {
    // Windows does not see dots and spaces at the end.
    let name = attachment.name.as_str().trim_end_matches(['.', ' ']);
    let ending = ending(name).map(str::to_ascii_lowercase);
    ending.is_some_and(|ending| endings.contains(&ending.as_str()))
}

fn ending(name: &str) -> Option<&str> {
    name.rsplit_once('.').map(|(_, ending)| ending)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ipc::Text;

    fn attachment(name: &str, media_type: &str) -> Attachment {
        let text = |words: &str| Text::new(words.to_owned()).unwrap();
        Attachment {
            name: text(name),
            description: Text::default(),
            media_type: text(media_type),
            bytes: None,
            page: None,
        }
    }

    #[test]
    fn proposed_name_stays_in_its_folder_and_is_seen_there() {
        for (name, proposed) in [
            ("data.csv", "data.csv"),
            ("../../.bashrc", "bashrc"),
            ("C:\\Windows\\evil.exe", "evil.exe"),
            ("-rf", "rf"),
            ("..", "attachment"),
            ("a/", "attachment"),
        ] {
            assert_eq!(file_name(&attachment(name, "")), proposed);
        }
        let long = format!("{}.csv", "ä".repeat(300));
        let proposed = file_name(&attachment(&long, ""));
        assert!(proposed.len() <= MAX_NAME_BYTES && proposed.ends_with("ä.csv"));
    }

    #[test]
    fn programs_are_known_by_their_last_ending_or_their_type() {
        for (name, kind) in [
            ("invoice.pdf.EXE", "application/pdf"),
            ("invoice.js. ", ""),
            ("run", "application/x-executable"),
            ("tool", "text/x-shellscript"),
        ] {
            assert!(is_harmful(&attachment(name, kind)), "{name} {kind}");
        }
        for (name, kind) in [("data.csv", "text/csv"), ("exe", ""), ("a.pdf", "")] {
            assert!(!is_harmful(&attachment(name, kind)), "{name} {kind}");
        }
    }

    #[test]
    fn pdfs_and_pictures_can_be_opened() {
        assert!(is_readable(&attachment("plan.PDF", "")));
        assert!(is_readable(&attachment("scan", "image/tiff")));
        assert!(!is_readable(&attachment("data.csv", "text/csv")));
    }
}
