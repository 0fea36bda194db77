//! `Request` (broker → renderer) and `Event` (renderer → broker).
//!
//! Every request with an id gets exactly one final answer with that id:
//! [`Event::Painted`], [`Event::Copied`], [`Event::Sound`], the last
//! [`Event::Part`], or [`Event::Failed`]. An answer carries nothing that the broker could know by
//! itself. The one thing that a renderer asks for is a font
//! ([`Event::FontWanted`]), which is answered once ([`Request::Font`]).

use crate::codec::{Decode, Encode, Invalid, checked};
use crate::contents::{Attachment, Layer, LayerSet, PageImage, Signature, Wish};
use crate::font::{FontId, FontPlace, FontWanted};
use crate::geometry::{PageBox, PageIndex, PageSize, Tile};
use crate::limits::{
    MAX_DOCUMENT_BYTES, MAX_LABEL_BYTES, MAX_PAGES, MAX_SLOT_BYTES, MAX_SLOTS, MAX_WORKERS,
};
use crate::reading::{Link, Match, OutlineEntry, Query};
use crate::secret::Secret;
use crate::sound::{Buckets, Chapter, Peak, Sound, Stretch};
use crate::text::Text;

/// Number of a request, chosen by the broker, never used twice in a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
pub struct RequestId(pub u32);

/// What the broker says.
#[derive(Debug, Clone, PartialEq, Encode, Decode)]
pub enum Request {
    /// Here is the document, the memory for pixels and the memory for fonts
    /// (three descriptors travel with this message, in this order). The only
    /// message with descriptors.
    Open(Open),
    /// Try this password on the document that needs one.
    Unlock(Secret),
    /// Paint a tile into a slot; rows are packed, the first one first.
    Paint {
        /// Answered by [`Event::Painted`].
        id: RequestId,
        /// What to paint.
        tile: Tile,
        /// The slot to paint into, below [`Open::slots`].
        slot: u8,
    },
    /// Tell the sizes and labels of pages; answered in parts.
    Pages {
        /// Answered by [`Event::Part`].
        id: RequestId,
        /// The first page.
        first: PageIndex,
        /// How many; what lies beyond the last page is left out.
        count: u32,
    },
    /// Tell what the document says about itself; answered in parts.
    Info {
        /// Answered by [`Event::Part`].
        id: RequestId,
    },
    /// Tell the text of a page; answered in parts.
    Text {
        /// Answered by [`Event::Part`].
        id: RequestId,
        /// The page.
        page: PageIndex,
    },
    /// Tell the outline; answered in parts.
    Outline {
        /// Answered by [`Event::Part`].
        id: RequestId,
    },
    /// Tell the links of a page; answered in parts.
    Links {
        /// Answered by [`Event::Part`].
        id: RequestId,
        /// The page.
        page: PageIndex,
    },
    /// Tell where something stands on a page; answered in parts.
    Search {
        /// Answered by [`Event::Part`].
        id: RequestId,
        /// The page.
        page: PageIndex,
        /// What is searched for.
        query: Query,
    },
    /// Tell how long each frame of a page is shown; answered in parts. A page that
    /// does not move has none.
    Frames {
        /// Answered by [`Event::Part`].
        id: RequestId,
        /// The page.
        page: PageIndex,
    },
    /// So many more parts of a list may be sent.
    Credit {
        /// The list.
        id: RequestId,
        /// Parts, beyond those granted before.
        parts: u16,
    },
    /// Nobody waits for this any more; it is still answered once.
    Cancel {
        /// The request.
        id: RequestId,
    },
    /// Tell the attached files; answered in parts.
    Attachments {
        /// Answered by [`Event::Part`].
        id: RequestId,
    },
    /// Copy as much of an attached file as fits into a slot.
    Extract {
        /// Answered by [`Event::Copied`].
        id: RequestId,
        /// Its number in the list of attachments.
        attachment: u32,
        /// The first byte.
        offset: u64,
        /// The slot to copy into, below [`Open::slots`].
        slot: u8,
    },
    /// Tell the layers; answered in parts.
    Layers {
        /// Answered by [`Event::Part`].
        id: RequestId,
    },
    /// Show these layers and hide the others from now on; answered with the
    /// layers as they are then, in parts.
    ShowLayers {
        /// Answered by [`Event::Part`].
        id: RequestId,
        /// Those to show.
        shown: LayerSet,
    },
    /// Tell the signatures; answered in parts.
    Signatures {
        /// Answered by [`Event::Part`].
        id: RequestId,
    },
    /// Tell what the document wants to be done; answered in parts.
    Wishes {
        /// Answered by [`Event::Part`].
        id: RequestId,
    },
    /// Tell where pictures stand on a page; answered in parts.
    Images {
        /// Answered by [`Event::Part`].
        id: RequestId,
        /// The page.
        page: PageIndex,
    },
    /// The answer to [`Event::FontWanted`].
    Font {
        /// The font that was asked for.
        font: FontId,
        /// Where it lies now; `None` when there is none.
        place: Option<FontPlace>,
    },
    /// Put a stretch of sound into a slot.
    Sound {
        /// Answered by [`Event::Sound`].
        id: RequestId,
        /// Which frames; those that fit in the slot.
        stretch: Stretch,
        /// The slot, below [`Open::slots`].
        slot: u8,
    },
    /// Tell peaks of the sound; answered in parts, one peak for each bucket.
    Waveform {
        /// Answered by [`Event::Part`].
        id: RequestId,
        /// Which buckets.
        buckets: Buckets,
    },
    /// Tell the chapters of the sound; answered in parts.
    Chapters {
        /// Answered by [`Event::Part`].
        id: RequestId,
    },
}

/// What the descriptors of [`Request::Open`] are, and what to do with them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode)]
pub struct Open {
    /// How the document may be read.
    pub source: DocumentSource,
    /// Bytes of the document, 1..=[`MAX_DOCUMENT_BYTES`].
    pub document_bytes: u64,
    /// Slots in the pixel memory, 1..=[`MAX_SLOTS`].
    pub slots: u8,
    /// Bytes of each slot, 1..=[`MAX_SLOT_BYTES`], a multiple of 4096.
    pub slot_bytes: u32,
    /// Worker threads to make, 1..=[`MAX_WORKERS`].
    pub workers: u8,
}

impl Open {
    /// Checks the fields against their limits.
    #[must_use]
    pub fn check(self) -> Option<Self> {
        let slot_bytes = usize::try_from(self.slot_bytes).unwrap_or(usize::MAX);
        let fits = (1..=MAX_DOCUMENT_BYTES).contains(&self.document_bytes)
            && (1..=MAX_SLOTS).contains(&self.slots)
            && (1..=MAX_SLOT_BYTES).contains(&slot_bytes)
            && slot_bytes.is_multiple_of(4096)
            && (1..=MAX_WORKERS).contains(&self.workers);
        fits.then_some(self)
    }

    /// Bytes of the whole pixel memory.
    #[must_use]
    pub fn pixel_bytes(self) -> u64 {
        u64::from(self.slots).saturating_mul(u64::from(self.slot_bytes))
    }
}

checked!(Open, (DocumentSource, u64, u8, u32, u8), |raw| {
    let (source, document_bytes, slots, slot_bytes, workers) = raw;
    Open {
        source,
        document_bytes,
        slots,
        slot_bytes,
        workers,
    }
    .check()
    .ok_or(Invalid("a field of Open is out of its range"))
});

/// How a renderer may read its document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub enum DocumentSource {
    /// Sealed memory that nobody can change: it may be mapped.
    Snapshot,
    /// The file itself: it may shrink or change, so it is read, never mapped.
    File,
}

/// What the renderer says.
#[derive(Debug, Clone, PartialEq, Encode, Decode)]
pub enum Event {
    /// The first word of every renderer: it is confined and has received nothing.
    Confined(Claim),
    /// The last wall is up: no descriptor, thread or shared mapping can be
    /// added any more. Said before the first byte of the document is parsed.
    Locked,
    /// The document is open.
    Opened(Summary),
    /// The document needs a password, or another than the one it got.
    PasswordNeeded {
        /// Whether a password was tried.
        wrong: bool,
    },
    /// The document cannot be opened. The last word of this renderer.
    Refused(Failure),
    /// The tile is in its slot.
    Painted {
        /// The request.
        id: RequestId,
    },
    /// A part of a list.
    Part(Part),
    /// This request cannot be answered; the document stays open.
    Failed {
        /// The request.
        id: RequestId,
        /// Why.
        failure: Failure,
    },
    /// The renderer has met a defect of its own and ends.
    Panicked {
        /// Source file and line.
        place: Text,
        /// What it says.
        message: Text,
    },
    /// A piece of an attached file is in its slot.
    Copied {
        /// The request.
        id: RequestId,
        /// How many bytes, at most those of a slot.
        bytes: u32,
        /// Whether the file ends there.
        last: bool,
    },
    /// A page needs a font that the document does not carry. Drawing waits for
    /// the answer.
    FontWanted {
        /// Its number.
        font: FontId,
        /// What it should be like.
        wanted: FontWanted,
    },
    /// A stretch of sound is in its slot.
    Sound {
        /// The request.
        id: RequestId,
        /// How many frames, at most those that were asked for.
        frames: u32,
        /// Whether the sound ends there.
        last: bool,
    },
}

/// What a renderer says about itself. The broker believes none of it before it
/// has looked from outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub struct Claim {
    /// [`BUILD`] of the renderer.
    pub build: u64,
    /// Bits of `capmode::Layers`.
    pub layers: u32,
    /// Landlock ABI in force, 0 for none.
    pub landlock_abi: u8,
}

/// Number of the source both programs are built from: FNV-1a over the version
/// and the number of this protocol.
pub const BUILD: u64 = fnv1a(concat!(env!("CARGO_PKG_VERSION"), "/6").as_bytes());

#[expect(
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "evaluated by the compiler; the index is below the length"
)]
const fn fnv1a(bytes: &[u8]) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    let mut i = 0;
    while i < bytes.len() {
        hash = (hash ^ bytes[i] as u64).wrapping_mul(0x0000_0100_0000_01b3);
        i += 1;
    }
    hash
}

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

/// What the content of a document is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Encode, Decode)]
pub enum Format {
    /// PDF (ISO 32000).
    Pdf,
    /// PNG, also animated (APNG).
    Png,
    /// JPEG (JFIF, Exif).
    Jpeg,
    /// GIF 87a and 89a.
    Gif,
    /// WebP, lossy, lossless, animated.
    WebP,
    /// TIFF, also multi-page.
    Tiff,
    /// Windows and OS/2 bitmap.
    Bmp,
    /// Windows icon or cursor.
    Ico,
    /// PBM, PGM, PPM, PAM.
    Pnm,
    /// Quite OK image.
    Qoi,
    /// Truevision TGA.
    Tga,
    /// DirectDraw surface.
    Dds,
    /// Radiance HDR.
    Hdr,
    /// OpenEXR.
    Exr,
    /// farbfeld.
    Farbfeld,
    /// SVG, also compressed.
    Svg,
    /// JPEG XL, alone or in a container.
    JpegXl,
    /// AVIF, also a sequence.
    Avif,
    /// JPEG 2000, alone or in JP2.
    Jpeg2000,
    /// Photoshop: the picture of all layers.
    Psd,
    /// A ZIP archive of pictures.
    Comic,
    /// A camera's raw picture: the preview in it.
    Raw,
    /// PCX.
    Pcx,
    /// Silicon Graphics image.
    Sgi,
    /// X bitmap.
    Xbm,
    /// X pixmap.
    Xpm,
    /// Apple icon.
    Icns,
    /// WAV, also RF64.
    Wav,
    /// AIFF and AIFF-C.
    Aiff,
    /// Core Audio format.
    Caf,
    /// FLAC.
    Flac,
    /// MPEG audio, layers 1 to 3.
    Mp3,
    /// Ogg: Vorbis, Opus, FLAC.
    Ogg,
    /// AAC without a container (ADTS).
    Aac,
    /// The sound of an MPEG-4 or QuickTime file.
    Mp4,
    /// The sound of a Matroska or WebM file.
    Matroska,
}

impl Format {
    /// Whether it is heard.
    #[must_use]
    pub fn is_sound(self) -> bool {
        matches!(
            self,
            Self::Wav
                | Self::Aiff
                | Self::Caf
                | Self::Flac
                | Self::Mp3
                | Self::Ogg
                | Self::Aac
                | Self::Mp4
                | Self::Matroska
        )
    }

    /// Its usual name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Pdf => "PDF",
            Self::Png => "PNG",
            Self::Jpeg => "JPEG",
            Self::Gif => "GIF",
            Self::WebP => "WebP",
            Self::Tiff => "TIFF",
            Self::Bmp => "BMP",
            Self::Ico => "ICO",
            Self::Pnm => "PNM",
            Self::Qoi => "QOI",
            Self::Tga => "TGA",
            Self::Dds => "DDS",
            Self::Hdr => "Radiance HDR",
            Self::Exr => "OpenEXR",
            Self::Farbfeld => "farbfeld",
            Self::Svg => "SVG",
            Self::JpegXl => "JPEG XL",
            Self::Avif => "AVIF",
            Self::Jpeg2000 => "JPEG 2000",
            Self::Psd => "Photoshop",
            Self::Comic => "comic book (ZIP)",
            Self::Raw => "camera raw",
            Self::Pcx => "PCX",
            Self::Sgi => "SGI",
            Self::Xbm => "X bitmap",
            Self::Xpm => "X pixmap",
            Self::Icns => "Apple icon",
            Self::Wav => "WAV",
            Self::Aiff => "AIFF",
            Self::Caf => "Core Audio",
            Self::Flac => "FLAC",
            Self::Mp3 => "MPEG audio",
            Self::Ogg => "Ogg",
            Self::Aac => "AAC",
            Self::Mp4 => "MPEG-4",
            Self::Matroska => "Matroska",
        }
    }
}

/// One part of a list; parts are numbered from 0 and come in order.
#[derive(Debug, Clone, PartialEq, Encode, Decode)]
pub struct Part {
    /// The request.
    pub id: RequestId,
    /// Number of the part.
    pub number: u32,
    /// Whether the list ends here.
    pub last: bool,
    /// What it holds.
    pub items: Items,
}

/// Items of a list, of the kind that was asked for.
#[derive(Debug, Clone, PartialEq, Encode, Decode)]
pub enum Items {
    /// Answer to [`Request::Pages`].
    Pages(Vec<PageEntry>),
    /// Answer to [`Request::Info`].
    Info(Vec<InfoField>),
    /// Answer to [`Request::Text`].
    Text(Vec<TextRun>),
    /// Answer to [`Request::Outline`].
    Outline(Vec<OutlineEntry>),
    /// Answer to [`Request::Links`].
    Links(Vec<Link>),
    /// Answer to [`Request::Search`].
    Matches(Vec<Match>),
    /// Answer to [`Request::Frames`].
    Frames(Frames),
    /// Answer to [`Request::Attachments`].
    Attachments(Vec<Attachment>),
    /// Answer to [`Request::Layers`] and [`Request::ShowLayers`].
    Layers(Vec<Layer>),
    /// Answer to [`Request::Signatures`].
    Signatures(Vec<Signature>),
    /// Answer to [`Request::Wishes`].
    Wishes(Vec<Wish>),
    /// Answer to [`Request::Images`].
    Images(Vec<PageImage>),
    /// Answer to [`Request::Waveform`].
    Peaks(Vec<Peak>),
    /// Answer to [`Request::Chapters`].
    Chapters(Vec<Chapter>),
}

/// Frames of a page that moves, one after another.
#[derive(Debug, Clone, Default, PartialEq, Eq, Encode, Decode)]
pub struct Frames {
    /// How often they are shown in all, 0 for ever. The same in every part.
    pub plays: u32,
    /// How long each is shown, in milliseconds.
    pub durations_ms: Vec<u32>,
}

/// What is known of a page without drawing it.
#[derive(Debug, Clone, PartialEq, Encode)]
pub struct PageEntry {
    /// Its size as it is shown.
    pub size: PageSize,
    /// Its label where the document gives one (at most
    /// [`crate::limits::MAX_LABEL_BYTES`]), else empty.
    pub label: Text,
}

checked!(PageEntry, (PageSize, Text), |(size, label)| {
    (label.as_str().len() <= MAX_LABEL_BYTES)
        .then_some(PageEntry { size, label })
        .ok_or(Invalid("page label too long"))
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
}

/// A word of a page.
#[derive(Debug, Clone, PartialEq, Encode, Decode)]
pub struct TextRun {
    /// Its characters in reading order.
    pub text: Text,
    /// Where it stands.
    pub place: PageBox,
    /// What follows it.
    pub then: Separator,
}

/// What follows a [`TextRun`] in reading order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub enum Separator {
    /// Nothing: the word goes on.
    None,
    /// A space.
    Space,
    /// The end of a line.
    Line,
    /// The end of a block of lines.
    Block,
}

/// Why something cannot be done, in words for the user.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Failure {
    /// What kind of reason.
    pub kind: FailureKind,
    /// A sentence without the file's name, in lower case and without a full
    /// stop, that names the limit or the feature.
    pub detail: Text,
}

/// Kinds of [`Failure`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Encode, Decode)]
pub enum FailureKind {
    /// The content is of no format, or of a feature, that is known here.
    Unsupported,
    /// The content is broken beyond what can be shown.
    Damaged,
    /// A limit on memory, sizes or counts would be exceeded.
    Limit,
    /// The file shrank or could not be read any further.
    Unreadable,
    /// The request was cancelled.
    Cancelled,
    /// The renderer has a defect; the document stays open.
    Internal,
}

/// [`Request`] without its fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "each is named and described as in Request")]
pub enum RequestKind {
    Open,
    Unlock,
    Paint,
    Pages,
    Info,
    Text,
    Outline,
    Links,
    Search,
    Frames,
    Credit,
    Cancel,
    Attachments,
    Extract,
    Layers,
    ShowLayers,
    Signatures,
    Wishes,
    Images,
    Font,
    Sound,
    Waveform,
    Chapters,
}

/// [`Event`] without its fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "each is named and described as in Event")]
pub enum EventKind {
    Confined,
    Locked,
    Opened,
    PasswordNeeded,
    Refused,
    Painted,
    Part,
    Failed,
    Panicked,
    Copied,
    FontWanted,
    Sound,
}

impl Request {
    /// Which request this is.
    #[must_use]
    pub fn kind(&self) -> RequestKind {
        match self {
            Self::Open(_) => RequestKind::Open,
            Self::Unlock(_) => RequestKind::Unlock,
            Self::Paint { .. } => RequestKind::Paint,
            Self::Pages { .. } => RequestKind::Pages,
            Self::Info { .. } => RequestKind::Info,
            Self::Text { .. } => RequestKind::Text,
            Self::Outline { .. } => RequestKind::Outline,
            Self::Links { .. } => RequestKind::Links,
            Self::Search { .. } => RequestKind::Search,
            Self::Frames { .. } => RequestKind::Frames,
            Self::Credit { .. } => RequestKind::Credit,
            Self::Cancel { .. } => RequestKind::Cancel,
            Self::Attachments { .. } => RequestKind::Attachments,
            Self::Extract { .. } => RequestKind::Extract,
            Self::Layers { .. } => RequestKind::Layers,
            Self::ShowLayers { .. } => RequestKind::ShowLayers,
            Self::Signatures { .. } => RequestKind::Signatures,
            Self::Wishes { .. } => RequestKind::Wishes,
            Self::Images { .. } => RequestKind::Images,
            Self::Font { .. } => RequestKind::Font,
            Self::Sound { .. } => RequestKind::Sound,
            Self::Waveform { .. } => RequestKind::Waveform,
            Self::Chapters { .. } => RequestKind::Chapters,
        }
    }
}

impl Event {
    /// Which event this is.
    #[must_use]
    pub fn kind(&self) -> EventKind {
        match self {
            Self::Confined(_) => EventKind::Confined,
            Self::Locked => EventKind::Locked,
            Self::Opened(_) => EventKind::Opened,
            Self::PasswordNeeded { .. } => EventKind::PasswordNeeded,
            Self::Refused(_) => EventKind::Refused,
            Self::Painted { .. } => EventKind::Painted,
            Self::Part(_) => EventKind::Part,
            Self::Failed { .. } => EventKind::Failed,
            Self::Panicked { .. } => EventKind::Panicked,
            Self::Copied { .. } => EventKind::Copied,
            Self::FontWanted { .. } => EventKind::FontWanted,
            Self::Sound { .. } => EventKind::Sound,
        }
    }
}
