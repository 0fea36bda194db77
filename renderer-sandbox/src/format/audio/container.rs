//! From bytes to packets.

use super::super::DocumentError;
use super::chunks;
use super::flac::{self, Flac};
use super::matroska::Matroska;
use super::padded;
use super::wave;
use capmode::DocumentMemory;
use ipc::Format;
use std::io::{self, Cursor, Read, Seek, SeekFrom};
use std::ops::Range;
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

/// The document, or a part of it, as a source of bytes that the library reads.
pub(super) struct Bytes {
    memory: Arc<DocumentMemory>,
    part: Range<usize>,
}

impl Bytes {
    /// What holds the sound: all of the document, or what a WAVE is an envelope of.
    ///
    /// # Errors
    ///
    /// [`DocumentError::Unsupported`] when a WAVE holds what cannot be played.
    pub(super) fn of(memory: &Arc<DocumentMemory>) -> Result<Self, DocumentError> {
        let document = (**memory).as_ref();
        let part = match wave::coded(document) {
            Some(wave::Coded::Inside(part)) => part,
            Some(wave::Coded::Named(what)) => {
                return Err(DocumentError::Unsupported(format!(
                    "the sound is coded with {what} inside WAVE, which Pellucid cannot play"
                )));
            }
            None => 0..document.len(),
        };
        let memory = Arc::clone(memory);
        Ok(Self { memory, part })
    }
}

impl AsRef<[u8]> for Bytes {
    fn as_ref(&self) -> &[u8] {
        let document = (*self.memory).as_ref();
        document.get(self.part.clone()).unwrap_or_default()
    }
}

/// Bytes that are read in place of those of the document, and where.
pub(super) type Patch = (usize, Vec<u8>);

/// Four bytes after four bytes that are read as others.
#[derive(Clone)]
pub(super) struct Words {
    /// Where they are.
    pub(super) place: Range<usize>,
    pub(super) read_as: fn([u8; 4]) -> [u8; 4],
}

impl Words {
    /// The byte at a place of the document, where it is one of theirs.
    fn byte(&self, document: &[u8], at: usize) -> Option<u8> {
        let within = at.checked_sub(self.place.start)? % 4;
        let word = document.get(at - within..self.place.end)?.first_chunk()?;
        (self.read_as)(*word).get(within).copied()
    }
}

/// The same with a few bytes replaced.
struct Patched {
    source: Cursor<Bytes>,
    patches: Vec<Patch>,
    words: Option<Words>,
}

impl Read for Patched {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let start = usize::try_from(self.source.position()).unwrap_or(usize::MAX);
        let read = self.source.read(out)?;
        if let Some(words) = &self.words {
            let document = self.source.get_ref().as_ref();
            for (at, target) in (start..).zip(out.iter_mut().take(read)) {
                *target = words.byte(document, at).unwrap_or(*target);
            }
        }
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
    let bytes = Bytes::of(memory)?;
    if flac::is_one(bytes.as_ref()) {
        let none = || DocumentError::Damaged("it has no frame of sound that is whole".to_owned());
        return Ok(Box::new(Flac::open(bytes).ok_or_else(none)?));
    }
    if is_speex(bytes.as_ref()) {
        return Err(DocumentError::Unsupported(
            "the sound is coded with Speex, which Pellucid cannot play".to_owned(),
        ));
    }
    let is_inside = bytes.part.start > 0;
    let (words, described) = padded::words(bytes.as_ref())?.unzip();
    let patches = [patches(bytes.as_ref()), described.unwrap_or_default()].concat();
    let bare = chunks::bare(bytes.as_ref());
    probed(bytes, patches.clone(), words.clone()).or_else(|error| match (error, bare) {
        // What stands around the sound is not needed.
        (error @ (Error::DecodeError(_) | Error::IoError(_)), Some(bare)) => {
            let patches = patches.into_iter().chain(bare).collect();
            probed(Bytes::of(memory)?, patches, words).map_err(|_| told(&error))
        }
        (Error::Unsupported(_), _) if is_inside => Err(DocumentError::Damaged(
            "the sound in it is not coded as it says".to_owned(),
        )),
        (error, _) => Err(told(&error)),
    })
}

fn probed(bytes: Bytes, patches: Vec<Patch>, words: Option<Words>) -> Result<Box<Demuxer>, Error> {
    let source = Cursor::new(bytes);
    let source: Box<dyn MediaSource> = match patches.is_empty() {
        true => Box::new(source),
        false => Box::new(Patched {
            source,
            patches,
            words,
        }),
    };
    let stream = MediaSourceStream::new(source, Default::default());
    let limits = MetadataOptions::default()
        .limit_visual_bytes(Limit::Maximum(MAX_COVER_BYTES))
        .limit_tag_bytes(Limit::Maximum(MAX_TAG_BYTES));
    let probe = symphonia::default::get_probe();
    probe.probe(&Hint::new(), stream, FormatOptions::default(), limits)
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
    let wave = [wave::wide(document), wave::unfinished(document)].concat();
    matroska.into_iter().chain(wave).collect()
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
        Error::DecodeError(what) | Error::Unsupported(what) if what.contains("channel") => {
            DocumentError::Unsupported(
                "the sound has channels of a number or a kind that Pellucid cannot play".to_owned(),
            )
        }
        Error::IoError(_) => DocumentError::Damaged("the sound ends before it begins".to_owned()),
        Error::Unsupported(_) => DocumentError::Unsupported(
            "the sound is of a kind that Pellucid cannot play".to_owned(),
        ),
        Error::LimitError(_) => {
            DocumentError::Limit("what the sound carries is too large".to_owned())
        }
        _ => DocumentError::Damaged("what it says of its sound makes no sense".to_owned()),
    }
}
