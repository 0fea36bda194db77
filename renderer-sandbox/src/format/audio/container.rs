//! From bytes to packets.

use super::super::DocumentError;
use super::flac::{self, Flac};
use super::matroska::Matroska;
use capmode::DocumentMemory;
use ipc::Format;
use std::io::{self, Cursor, Read, Seek, SeekFrom};
use std::sync::Arc;
use symphonia::core::common::Limit;
use symphonia::core::errors::Error;
use symphonia::core::formats::probe::Hint;
use symphonia::core::formats::well_known as id;
use symphonia::core::formats::{FormatOptions, FormatReader};
use symphonia::core::io::{MediaSource, MediaSourceStream};
use symphonia::core::meta::MetadataOptions;

/// Largest picture that is taken out of a tag, in bytes. Scans of covers have 5 MB.
const MAX_COVER_BYTES: usize = 32 * 1024 * 1024;

/// Largest piece of text that is taken out of a tag, in bytes.
const MAX_TAG_BYTES: usize = 256 * 1024;

/// What gives out packets.
pub(super) type Demuxer = dyn FormatReader;

/// The document as a source of bytes that the library reads.
pub(super) struct Bytes(pub(super) Arc<DocumentMemory>);

impl AsRef<[u8]> for Bytes {
    fn as_ref(&self) -> &[u8] {
        (*self.0).as_ref()
    }
}

/// Bytes that are read in place of those of the document, and where.
type Patch = (usize, Vec<u8>);

/// The same with a few bytes replaced.
struct Patched {
    source: Cursor<Bytes>,
    patches: Vec<Patch>,
}

impl Read for Patched {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let start = usize::try_from(self.source.position()).unwrap_or(usize::MAX);
        let read = self.source.read(out)?;
        for (at, bytes) in &self.patches {
            for (place, byte) in (*at..).zip(bytes) {
                let within = place.checked_sub(start).filter(|within| *within < read);
                if let Some(target) = within.and_then(|within| out.get_mut(within)) {
                    *target = *byte;
                }
            }
        }
        Ok(read)
    }
}

impl Seek for Patched {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.source.seek(to)
    }
}

impl MediaSource for Patched {
    fn is_seekable(&self) -> bool {
        true
    }

    fn byte_len(&self) -> Option<u64> {
        Some(self.source.get_ref().as_ref().len() as u64)
    }
}

/// Finds out what it is, and reads everything before the first packet.
///
/// # Errors
///
/// [`DocumentError`].
pub(super) fn open(memory: &Arc<DocumentMemory>) -> Result<Box<Demuxer>, DocumentError> {
    if flac::is_one((**memory).as_ref()) {
        let flac = Flac::open(Bytes(Arc::clone(memory))).map_err(|error| told(&error))?;
        return Ok(Box::new(flac));
    }
    if is_speex((**memory).as_ref()) {
        return Err(DocumentError::Unsupported(
            "the sound is coded with Speex, which Pellucid cannot play".to_owned(),
        ));
    }
    let source = Cursor::new(Bytes(Arc::clone(memory)));
    let patches = patches((**memory).as_ref());
    let source: Box<dyn MediaSource> = match patches.is_empty() {
        true => Box::new(source),
        false => Box::new(Patched { source, patches }),
    };
    let stream = MediaSourceStream::new(source, Default::default());
    let limits = MetadataOptions::default()
        .limit_visual_bytes(Limit::Maximum(MAX_COVER_BYTES))
        .limit_tag_bytes(Limit::Maximum(MAX_TAG_BYTES));
    symphonia::default::get_probe()
        .probe(&Hint::new(), stream, FormatOptions::default(), limits)
        .map_err(|error| match (&error, coded_wave((**memory).as_ref())) {
            (Error::Unsupported(_), Some(what)) => DocumentError::Unsupported(format!(
                "the sound is coded with {what} inside WAVE, which Pellucid cannot play"
            )),
            _ => told(&error),
        })
}

/// What the samples of a WAVE are coded with that the library does not know, by the
/// number of its first chunk (RFC 2361).
fn coded_wave(document: &[u8]) -> Option<&'static str> {
    let number = match document.get(..22)? {
        [b'R', b'I', b'F', b'F', _, _, _, _, rest @ ..] => rest
            .strip_prefix(b"WAVEfmt ")
            .and_then(|chunk| chunk.get(4..)?.first_chunk::<2>())?,
        _ => return None,
    };
    Some(match u16::from_le_bytes(*number) {
        0x0022 => "TrueSpeech",
        0x0031 => "GSM 6.10",
        0x0042 => "G.723.1",
        0x0045 | 0x0064 => "G.726",
        0x0050 => "MPEG layer II",
        0x0055 => "MP3",
        0x00FF | 0x1600 | 0x1610 => "AAC",
        0x0160..=0x0163 => "Windows Media",
        0x0270..=0x0272 => "ATRAC",
        0x2000 => "AC-3",
        _ => return None,
    })
}

/// Whether it is Ogg whose first packet is the header of Speex, which the library
/// takes for the end of the file.
fn is_speex(document: &[u8]) -> bool {
    document.starts_with(b"OggS") && document.get(28..36) == Some(b"Speex   ")
}

/// What is read differently, so that the library understands it.
fn patches(document: &[u8]) -> Vec<Patch> {
    let matroska = Matroska::read(document).patch;
    let matroska = matroska.map(|(at, bytes)| (at, bytes.to_vec()));
    matroska.into_iter().chain(wide_wave(document)).collect()
}

/// RF64 is WAVE whose sizes have 64 bits and stand in a chunk of their own, the
/// first one (EBU Tech 3306): the mark of WAVE, and the size of the samples as far
/// as 32 bits hold it.
fn wide_wave(document: &[u8]) -> Vec<Patch> {
    /// Where the size of the samples stands, and where chunks begin behind it.
    const SIZE_AT: usize = 28;
    const FIRST_CHUNK: usize = 12;
    /// Chunks that are looked at for the samples.
    const MAX_CHUNKS: usize = 64;
    if !document.starts_with(b"RF64") || document.get(12..16) != Some(b"ds64") {
        return Vec::new();
    }
    let mut patches = vec![(0, b"RIFF".to_vec())];
    let Some(size) = document.get(SIZE_AT..).and_then(|rest| rest.first_chunk()) else {
        return patches;
    };
    let size = u32::try_from(u64::from_le_bytes(*size)).unwrap_or(u32::MAX);
    let mut at = FIRST_CHUNK;
    for _ in 0..MAX_CHUNKS {
        let Some([a, b, c, d, length @ ..]) =
            document.get(at..).and_then(|rest| rest.first_chunk::<8>())
        else {
            break;
        };
        if [*a, *b, *c, *d] == *b"data" {
            patches.push((at + 4, size.to_le_bytes().to_vec()));
            break;
        }
        let length = u32::from_le_bytes(*length) as usize;
        at = at
            .saturating_add(8)
            .saturating_add(length)
            .saturating_add(length % 2);
    }
    patches
}

/// Which format the packets come from.
pub(super) fn format(demuxer: &Demuxer) -> Option<Format> {
    Some(match demuxer.format_info().format {
        id::FORMAT_ID_WAVE => Format::Wav,
        id::FORMAT_ID_AIFF => Format::Aiff,
        id::FORMAT_ID_CAF => Format::Caf,
        id::FORMAT_ID_FLAC => Format::Flac,
        id::FORMAT_ID_MP1 | id::FORMAT_ID_MP2 | id::FORMAT_ID_MP3 => Format::Mp3,
        id::FORMAT_ID_ADTS => Format::Aac,
        id::FORMAT_ID_OGG => Format::Ogg,
        id::FORMAT_ID_ISOMP4 => Format::Mp4,
        id::FORMAT_ID_MKV => Format::Matroska,
        _ => return None,
    })
}

/// An error of the library in our words.
pub(super) fn told(error: &Error) -> DocumentError {
    match error {
        Error::IoError(_) => DocumentError::Damaged("the sound ends before it begins".to_owned()),
        Error::Unsupported(what) => DocumentError::Unsupported(format!(
            "the sound is of a kind that Pellucid cannot play ({what})"
        )),
        Error::LimitError(what) => {
            DocumentError::Limit(format!("the sound needs too much memory ({what})"))
        }
        Error::DecodeError(what) => {
            DocumentError::Damaged(format!("the sound cannot be read ({what})"))
        }
        _ => DocumentError::Damaged("the sound cannot be read".to_owned()),
    }
}
