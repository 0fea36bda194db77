//! What a document carries beside its pages: attachments, layers, signatures,
//! wishes that are not granted, notes of its readers, and where its pictures stand.

use crate::codec::{Decode, Encode, Invalid, checked};
use crate::geometry::{PageBox, PageIndex};
use crate::limits::{MAX_LAYERS, MAX_NOTE_LINES, MAX_OUTLINE_DEPTH};
use crate::reading::RefusedAction;
use crate::text::Text;

/// A file inside the document. Its place in the list is its number.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Attachment {
    /// The document's name for it; never a path to be used as it is.
    pub name: Text,
    /// What the document says it is about.
    pub description: Text,
    /// The media type that the document claims, else empty.
    pub media_type: Text,
    /// Bytes that the document claims; those that come may be more or fewer.
    pub bytes: Option<u64>,
    /// The page that it is pinned to.
    pub page: Option<PageIndex>,
}

/// A layer (optional content group), in the order of the document's own list.
#[derive(Debug, Clone, PartialEq, Eq, Encode)]
pub struct Layer {
    /// How deep it stands in that list, below [`MAX_OUTLINE_DEPTH`].
    pub depth: u8,
    /// The document's own words.
    pub name: Text,
    /// Whether it is shown now.
    pub shown: bool,
    /// Whether the document asks not to switch it.
    pub locked: bool,
}

checked!(Layer, (u8, Text, bool, bool), |(
    depth,
    name,
    shown,
    locked,
)| {
    (depth < MAX_OUTLINE_DEPTH)
        .then_some(Layer {
            depth,
            name,
            shown,
            locked,
        })
        .ok_or(Invalid("a layer that is too deep"))
});

/// Which layers are shown, by their numbers in the list; at most [`MAX_LAYERS`].
#[derive(Debug, Clone, PartialEq, Eq, Default, Encode)]
pub struct LayerSet(Vec<u8>);

impl LayerSet {
    /// The set of the numbers for which `shown` is true.
    #[must_use]
    pub fn new(shown: impl IntoIterator<Item = bool>) -> Self {
        let mut bits = Vec::new();
        for (number, shown) in shown.into_iter().take(MAX_LAYERS).enumerate() {
            if number.is_multiple_of(8) {
                bits.push(0);
            }
            if let Some(last) = bits.last_mut() {
                *last |= u8::from(shown) << (number % 8);
            }
        }
        Self(bits)
    }

    /// Whether a layer is in the set.
    #[must_use]
    pub fn contains(&self, number: usize) -> bool {
        let byte = self.0.get(number / 8).copied().unwrap_or(0);
        byte >> (number % 8) & 1 == 1
    }
}

checked!(LayerSet, Vec<u8>, |bits| {
    (bits.len() <= MAX_LAYERS / 8)
        .then_some(LayerSet(bits))
        .ok_or(Invalid("more layers than there can be"))
});

/// A signature field that has been signed. Nothing of it is verified: neither
/// who signed, nor that the content is what was signed.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Signature {
    /// The field's name.
    pub field: Text,
    /// Who the document says has signed.
    pub signer: Text,
    /// Why, in the document's own words.
    pub reason: Text,
    /// When it says so (as [`crate::InfoKey::Created`]), else empty.
    pub date: Text,
    /// How it is encoded (the `SubFilter`), else empty.
    pub kind: Text,
    /// How much of the file it is about.
    pub coverage: Coverage,
}

/// Which bytes of a file a signature is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub enum Coverage {
    /// All but the signature itself.
    Whole,
    /// Something was added behind it: so many bytes.
    Added(u64),
    /// What it says makes no sense: pieces are left out or lie outside.
    Broken,
}

/// Something that the document wants to be done and that is never done.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Wish {
    /// What kind of action.
    pub action: RefusedAction,
    /// When it would be done: "when the document is opened".
    pub occasion: Text,
    /// What exactly: an address, the name of a file, the beginning of a script.
    pub detail: Text,
    /// The page that it stands on.
    pub page: Option<PageIndex>,
}

/// Words that a reader has put on a page: of a note, or beside what is marked.
#[derive(Debug, Clone, PartialEq, Encode)]
pub struct Note {
    /// The page.
    pub page: PageIndex,
    /// The sign or the marked words, in the page's units as it is shown.
    pub place: PageBox,
    /// What it is put on the page as.
    pub kind: NoteKind,
    /// Whether it answers the one before it in the list, and has no sign of its own.
    pub is_reply: bool,
    /// Who says so, in the document's own words, else empty.
    pub author: Text,
    /// When it was changed last (as [`crate::InfoKey::Created`]), else empty.
    pub date: Text,
    /// What it says: 1..=[`MAX_NOTE_LINES`] lines.
    pub lines: Vec<Text>,
}

checked!(
    Note,
    (PageIndex, PageBox, NoteKind, bool, Text, Text, Vec<Text>),
    |(page, place, kind, is_reply, author, date, lines)| {
        (1..=MAX_NOTE_LINES)
            .contains(&lines.len())
            .then_some(Note {
                page,
                place,
                kind,
                is_reply,
                author,
                date,
                lines,
            })
            .ok_or(Invalid("a note without words or with too many lines"))
    }
);

/// What a [`Note`] is put on a page as (ISO 32000-2:2020, 12.5.6).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub enum NoteKind {
    /// A sign that is put there for it.
    Note,
    /// Marked words.
    Highlight,
    /// Underlined words.
    Underline,
    /// Words that are struck out.
    StrikeOut,
    /// A place where something is missing.
    Insertion,
    /// Something that was drawn.
    Drawing,
    /// A stamp.
    Stamp,
    /// A file that is pinned to the page.
    File,
}

/// A picture on a page.
#[derive(Debug, Clone, PartialEq, Encode, Decode)]
pub struct PageImage {
    /// The box around it, in the page's units as it is shown.
    pub place: PageBox,
    /// What it is to a reader.
    pub kind: ImageKind,
}

/// What a picture is to a reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Encode, Decode)]
pub enum ImageKind {
    /// A photograph or a drawing with many colours, which keeps them on a dark page.
    Photo,
    /// Black and white, or a mask: darkened like the page.
    LineArt,
    /// The page itself, scanned: darkened like the page.
    Scan,
}

#[cfg(test)]
mod tests {
    use super::LayerSet;

    #[test]
    fn set_of_layers_holds_what_it_was_made_of() {
        let set = LayerSet::new([true, false, true, true, false, false, false, false, true]);
        let held: Vec<usize> = (0..20).filter(|number| set.contains(*number)).collect();
        assert_eq!(held, [0, 2, 3, 8]);
        assert!(!LayerSet::default().contains(0));
    }
}
