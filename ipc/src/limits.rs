//! Every limit of the protocol, with its arithmetic.
//!
//! A limit that a document runs into is told to the user by name; a limit that
//! a message runs into ends the renderer that sent it.

/// Longest message in bytes. FreeBSD's default largest SEQPACKET packet is
/// 8192 bytes, Linux allows more; half of the smaller leaves room for both.
pub const MAX_MESSAGE_BYTES: usize = 4096;

/// Most memory one message may make its reader allocate, in bytes. A message of
/// 4096 bytes holds at most 4096 / 6 signatures of 136 bytes each, and less of
/// everything else.
pub const MAX_DECODED_BYTES: usize = 128 * 1024;

/// Most pages of a document. Each costs the broker a [`crate::PageEntry`] of at
/// most 48 bytes and a label of at most 32: 200 000 × 80 B = 16 MB.
pub const MAX_PAGES: u32 = 200_000;

/// Most frames of a page that moves: three quarters of an hour at 25 a second.
/// Each costs the broker 4 bytes: 256 KiB.
pub const MAX_FRAMES: u32 = 64 * 1024;

/// Longest side of a page, in points or image pixels. PDF allows 14 400 units
/// times a `UserUnit` of at most 75 000 (ISO 32000-2:2020, annex C), far above
/// anything that can be shown; a plan of 3.5 km still fits.
pub const MAX_PAGE_SIDE: f32 = 10_000_000.0;

/// Longest side of a whole page as it is asked for, in pixels. 6400 % of A0 at
/// 96 dpi is 64 × 4494 px = 287 616 px.
pub const MAX_PAGE_SIDE_PX: u32 = 1 << 19;

/// Longest side of a tile, in pixels. The PDF rasteriser counts in `u16` and
/// asserts when a side saturates; an eighth of its range keeps every
/// intermediate buffer clear of that.
pub const MAX_TILE_SIDE_PX: u16 = 8192;

/// Bytes of one slot: 4096 × 4096 px × 4 B = 64 MiB. A4 at 400 dpi
/// (3307 × 4677 px, 62 MB) is one tile.
pub const MAX_SLOT_BYTES: usize = 64 * 1024 * 1024;

/// Most slots of one renderer: two for each of [`MAX_WORKERS`].
pub const MAX_SLOTS: u8 = 64;

/// Most worker threads of one renderer. Page rendering stops gaining before.
pub const MAX_WORKERS: u8 = 32;

/// Most requests that wait for an answer: every slot painted into, and as many
/// lists again.
pub const MAX_IN_FLIGHT: usize = 128;

/// Parts of one list that a renderer may send before it is given more credit.
/// 32 × 4096 B = 128 KiB stands in the socket at most.
pub const CREDIT_WINDOW: u16 = 32;

/// Most parts of one answer: a page with 4 MB of text, or the sizes of
/// [`MAX_PAGES`] pages at 16 to a part.
pub const MAX_PARTS: u32 = 16 * 1024;

/// Most fields of what a document says about itself. A field takes two bytes of a
/// message and 32 of memory: without this limit [`MAX_PARTS`] of them are 1 GB.
pub const MAX_INFO_FIELDS: usize = 4096;

/// Most words of a page: 4 MB of text at 16 bytes a word, and 48 bytes of memory for
/// each beside its letters, 12 MiB. A large page of a newspaper has 10 000.
pub const MAX_TEXT_RUNS: usize = 256 * 1024;

/// Longest string in a message, in bytes of UTF-8. Four fit in one message.
pub const MAX_TEXT_BYTES: usize = 960;

/// Longest page label, in bytes of UTF-8.
pub const MAX_LABEL_BYTES: usize = 32;

/// Most entries of an outline: a reader scrolls through no more, and at a
/// hundred bytes each they cost 2 MB.
pub const MAX_OUTLINE_ENTRIES: usize = 20_000;

/// Depth of an outline; deeper ones are hostile.
pub const MAX_OUTLINE_DEPTH: u8 = 32;

/// Most links of one page.
pub const MAX_LINKS: usize = 4096;

/// Most matches that are told of one page.
pub const MAX_MATCHES: usize = 2048;

/// Lines that one match may span.
pub const MAX_MATCH_PLACES: usize = 16;

/// Longest piece of text before and behind a match, in bytes of UTF-8.
pub const MAX_SNIPPET_BYTES: usize = 96;

/// Most attachments that are told.
pub const MAX_ATTACHMENTS: usize = 4096;

/// Most layers that are told and switched; a plan of a building has some hundred.
pub const MAX_LAYERS: usize = 2048;

/// Most signatures that are told.
pub const MAX_SIGNATURES: usize = 256;

/// Most wishes that are told; a hostile document has more, and is known by then.
pub const MAX_WISHES: usize = 1024;

/// Most notes that are told: more than a reader goes through.
pub const MAX_NOTES: usize = 4096;

/// Most lines of a note, and the most bytes of all of them together: three quarters of
/// a message.
pub const MAX_NOTE_LINES: usize = 64;
/// See [`MAX_NOTE_LINES`].
pub const MAX_NOTE_BYTES: usize = 3 * MAX_TEXT_BYTES;

/// Longest name of a note's author, in bytes.
pub const MAX_AUTHOR_BYTES: usize = 120;

/// Most pictures of one page that are told.
pub const MAX_PAGE_IMAGES: usize = 2048;

/// Most fonts that a renderer may ask for. A document that leaves out more is
/// not meant to be read.
pub const MAX_FONTS: u32 = 32;

/// Largest font, in bytes. The largest families of Chinese, Japanese and Korean
/// in one file take 26 MB.
pub const MAX_FONT_BYTES: u32 = 64 * 1024 * 1024;

/// Bytes of the memory for fonts. It is sparse: what is not asked for costs nothing.
pub const FONT_MEMORY_BYTES: u64 = 192 * 1024 * 1024;

/// Longest password, in bytes of UTF-8: twice the 127 that AES-256 documents
/// use (ISO 32000-2:2020, 7.6.4.3.3), so that an overlong one is told wrong, not refused.
pub const MAX_PASSWORD_BYTES: usize = 254;

/// Largest document that is copied into sealed memory, in bytes. Copying costs
/// about 0.7 ms a MiB; above 256 MiB, and of pictures earlier, the renderer reads the file itself.
pub const MAX_SNAPSHOT_BYTES: u64 = 256 * 1024 * 1024;

/// Largest document at all, in bytes: what a renderer can hold with the
/// largest memory budget that a user can grant, half of it.
pub const MAX_DOCUMENT_BYTES: u64 = 8 * 1024 * 1024 * 1024;

/// Most frames a second of a sound: sixteen times 48 000. Converters for measuring
/// stop there.
pub const MAX_SOUND_RATE: u32 = 768_000;

/// Most channels of a sound: 7.1, the most that FLAC has, and that Vorbis and Opus
/// name the speakers of.
pub const MAX_SOUND_CHANNELS: u8 = 8;

/// A sound has fewer frames than this: at [`MAX_SOUND_RATE`] they last 11 years, and
/// as bytes (8 channels of 4 bytes) they can still be counted in 64 bits.
pub const MAX_SOUND_FRAMES: u64 = 1 << 48;

/// Largest gain that is believed, in decibels, up or down: twice what the loudest
/// and the softest music need.
pub const MAX_GAIN_DB: f32 = 60.0;

/// Largest sample that is believed, where 1 is full scale: lossy sound goes above it
/// by a few decibels, never by 24.
pub const MAX_PEAK: f32 = 16.0;

/// Most buckets of a waveform: one for each pixel of a wide screen.
pub const MAX_PEAKS: usize = 4096;

/// Most chapters that are told. A long audio book has some hundred.
pub const MAX_CHAPTERS: usize = 4096;

/// What a renderer says of a limit that follows its memory; who can give it more says how.
pub const LIMIT_OF_MEMORY: &str = "of the memory that a renderer gets";
