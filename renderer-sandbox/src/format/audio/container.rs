//! From bytes to packets.

use super::super::DocumentError;
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
struct Bytes(Arc<DocumentMemory>);

impl AsRef<[u8]> for Bytes {
    fn as_ref(&self) -> &[u8] {
        (*self.0).as_ref()
    }
}

/// The same with a few bytes replaced.
struct Patched {
    source: Cursor<Bytes>,
    at: usize,
    bytes: [u8; 9],
}

impl Read for Patched {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let start = usize::try_from(self.source.position()).unwrap_or(usize::MAX);
        let read = self.source.read(out)?;
        for (place, byte) in (self.at..).zip(self.bytes) {
            let within = place.checked_sub(start).filter(|within| *within < read);
            if let Some(target) = within.and_then(|within| out.get_mut(within)) {
                *target = byte;
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
    let source = Cursor::new(Bytes(Arc::clone(memory)));
    let source: Box<dyn MediaSource> = match Matroska::read((**memory).as_ref()).patch {
        None => Box::new(source),
        Some((at, bytes)) => Box::new(Patched { source, at, bytes }),
    };
    let stream = MediaSourceStream::new(source, Default::default());
    let limits = MetadataOptions::default()
        .limit_visual_bytes(Limit::Maximum(MAX_COVER_BYTES))
        .limit_tag_bytes(Limit::Maximum(MAX_TAG_BYTES));
    symphonia::default::get_probe()
        .probe(&Hint::new(), stream, FormatOptions::default(), limits)
        .map_err(|error| told(&error))
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
