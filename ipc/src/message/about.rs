//! What a document is, and what it says about itself.

use super::format::Format;
use crate::codec::{Decode, Encode, Invalid, checked};
use crate::limits::MAX_PAGES;
use crate::sound::Sound;
use crate::text::Text;

/// What a document is, as soon as it is open.
#[derive(Debug, Clone, Copy, PartialEq, Encode)]
pub struct Summary {
    /// What the content is, whatever the file is called.
    pub format: Format,
    /// Pages, 1..=[`MAX_PAGES`]: of a PDF, a TIFF, an icon, a comic book. Any
    /// other picture is one page, also when it moves. A sound has none.
    pub pages: u32,
    /// Whether the content is encrypted (it is open now).
    pub encrypted: bool,
    /// What is to be heard instead of pages.
    pub sound: Option<Sound>,
}

checked!(Summary, (Format, u32, bool, Option<Sound>), |(
    format,
    pages,
    encrypted,
    sound,
)| {
    let fits = match sound {
        None => (1..=MAX_PAGES).contains(&pages),
        Some(_) => pages == 0,
    };
    fits.then_some(Summary {
        format,
        pages,
        encrypted,
        sound,
    })
    .ok_or(Invalid("page count out of range"))
});

/// One thing a document says about itself.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct InfoField {
    /// What it is about.
    pub key: InfoKey,
    /// What it says; the document's own words.
    pub value: Text,
}

/// What an [`InfoField`] is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Encode, Decode)]
pub enum InfoKey {
    /// Version of the format.
    Version,
    /// Title.
    Title,
    /// Author.
    Author,
    /// Subject or description.
    Subject,
    /// Keywords.
    Keywords,
    /// The program the document was written with.
    Creator,
    /// The program that made the file.
    Producer,
    /// When it was made (RFC 3339 where it can be read, else as written).
    Created,
    /// When it was last changed (as [`Self::Created`]).
    Modified,
    /// How it is encrypted.
    Encryption,
    /// Width and height as stored, in pixels.
    PixelSize,
    /// Colours and bits of each.
    ColorType,
    /// Colour profile.
    ColorProfile,
    /// EXIF orientation that was applied.
    Orientation,
    /// Number of frames, and how they repeat.
    Animation,
    /// Camera.
    Camera,
    /// Lens.
    Lens,
    /// Exposure, aperture, sensitivity.
    Exposure,
    /// That a place is stored in the file, and which.
    Location,
    /// Something the user should know: a feature that is not shown, a repair
    /// that was made, something that the document wanted and was refused.
    Notice,
    /// What its author asks readers not to do.
    Permissions,
    /// What is damaged in it and was repaired to open it.
    Repaired,
    /// Who is heard.
    Artist,
    /// The album.
    Album,
    /// Whose album it is, where that is somebody else.
    AlbumArtist,
    /// Place on the album, "3" or "3 of 12".
    Track,
    /// Which of several discs.
    Disc,
    /// When it was published or recorded, as written.
    Date,
    /// Genre.
    Genre,
    /// Who wrote it.
    Composer,
    /// A comment.
    Comment,
    /// What the sound is coded with.
    Codec,
    /// Frames a second, in Hz.
    SampleRate,
    /// Number of channels, and which they are.
    Channels,
    /// Bits of a sample.
    BitDepth,
    /// Bits a second, on average.
    BitRate,
    /// How long it lasts.
    Duration,
    /// How much louder or softer this one should be, and its peak.
    TrackGain,
    /// The same of its album.
    AlbumGain,
    /// Who has the rights.
    Copyright,
    /// How many stars, of five; -1 is rejected.
    Rating,
    /// What else is written in it, with its name: "XMP dc:format: image/png".
    Metadata,
}
