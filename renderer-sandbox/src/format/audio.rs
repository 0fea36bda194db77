//! Sound: decoded where it is asked for, to the frame.
//!
//! | file | holds |
//! |---|---|
//! | `container` | from bytes to packets, and what the library's errors mean |
//! | `codec` | from a packet to samples; names of codecs |
//! | `aac` | what a track says of AAC |
//! | `flac` | FLAC: packets by their own sums, samples of 32 bits |
//! | `opus` | Opus, which the library does not decode |
//! | `facts` | what is known once the first packet is decoded: rate, layout, where the sound begins and ends |
//! | `matroska` | chapters and ends that the library does not read |
//! | `mpeg4` | what an edit list says about the beginning and the end |
//! | `reader` | frames from a position on: trimming, jumping, silence over damage |
//! | `readers` | several readers at work, each where it is needed |
//! | `met` | what a listener should know of the way |
//! | `sum` | whether a FLAC is what was encoded |
//! | `chunks` | the chunks of WAVE and AIFF, also where some are broken |
//! | `padded` | WAVE whose samples of 24 bits take four bytes |
//! | `wave` | WAVE as an envelope of other formats |
//! | `waveform` | peaks |
//! | `tags`, `gain`, `chapters`, `covers` | what the file says about itself, and carries |

mod aac;
mod chapters;
mod chunks;
mod codec;
mod container;
mod covers;
mod facts;
mod flac;
mod gain;
mod matroska;
mod met;
mod mpeg4;
mod opus;
mod padded;
mod reader;
mod readers;
mod sum;
mod tags;
#[cfg(test)]
mod tests;
mod wave;
mod waveform;

use super::{Document, DocumentError, Painter};
use crate::surface::Surface;
use capmode::{Confined, DocumentMemory};
use covers::Cover;
use ipc::{
    Attachment, Buckets, Chapter, Format, InfoField, PageEntry, PageIndex, PageSize, Peak, Samples,
    Sound, Stretch, Summary, Text, TextRun, Tile,
};
use reader::Reader;
use readers::Readers;
use std::sync::Arc;

/// Opens a sound of a format that `sniff` has found; what is behind a tag at the
/// beginning decides, as tags of MP3 stand before other formats, too.
///
/// # Errors
///
/// [`DocumentError`].
pub(super) fn open(
    _: &Confined,
    memory: Arc<DocumentMemory>,
    sniffed: Format,
) -> Result<Box<dyn Document>, DocumentError> {
    let mut demuxer = container::open(&memory)?;
    let told = tags::Told::take(&mut *demuxer);
    let found = container::format(&*demuxer).unwrap_or(sniffed);
    // What lies in a WAVE is read like what it is; the file stays one.
    let format = match sniffed {
        Format::Wav => sniffed,
        _ => found,
    };
    let chapters = chapters::of(&*demuxer, (*memory).as_ref(), found);
    let reader = Reader::first(Arc::clone(&memory), demuxer, &told, found)?;
    let facts = reader.facts();
    let sound = facts.sound(gain::of(&told))?;
    let bytes = (*memory).as_ref().len();
    Ok(Box::new(SoundDocument {
        format,
        sound,
        chapters: chapters::in_frames(chapters, sound.rate),
        covers: covers::of(&told),
        info: tags::info(&told, &facts, sound, bytes),
        readers: Readers::new(memory, facts, reader),
    }))
}

struct SoundDocument {
    format: Format,
    sound: Sound,
    chapters: Vec<Chapter>,
    covers: Vec<Cover>,
    info: Vec<InfoField>,
    readers: Readers,
}

impl Document for SoundDocument {
    fn summary(&self) -> Summary {
        Summary {
            format: self.format,
            pages: 0,
            encrypted: false,
            sound: Some(self.sound),
        }
    }

    /// Never asked for: a sound has no pages.
    fn page(&self, _: PageIndex) -> PageEntry {
        PageEntry {
            size: PageSize::ONE,
            label: Text::default(),
        }
    }

    fn info(&self, _: &Confined) -> Vec<InfoField> {
        let mut info = self.info.clone();
        info.extend(self.readers.met().words().map(tags::notice));
        info
    }

    fn text(&self, _: &Confined, _: PageIndex) -> Result<Vec<TextRun>, DocumentError> {
        Ok(Vec::new())
    }

    fn attachments(&self, _: &Confined) -> Vec<Attachment> {
        self.covers.iter().map(Cover::attachment).collect()
    }

    fn attachment(&self, _: &Confined, number: u32) -> Result<Arc<Vec<u8>>, DocumentError> {
        let number = usize::try_from(number).unwrap_or(usize::MAX);
        let cover = self.covers.get(number).map(Cover::bytes);
        cover.ok_or_else(|| DocumentError::Damaged("there is no such attachment".to_owned()))
    }

    fn sound(
        &self,
        _: &Confined,
        stretch: Stretch,
        out: &mut [u8],
    ) -> Result<(u32, bool), DocumentError> {
        let frames = usize::try_from(stretch.frames()).unwrap_or(usize::MAX);
        let bytes = frames.saturating_mul(self.sound.frame_bytes());
        let out = out.get_mut(..bytes).unwrap_or_default();
        let (from, samples) = (stretch.from(), stretch.samples());
        let read = |reader: &mut Reader| reader.read(out);
        self.readers.with(from, stretch.frames(), samples, read)
    }

    fn met(&self) -> u8 {
        self.readers.met().count()
    }

    fn waveform(&self, _: &Confined, buckets: Buckets) -> Result<Vec<Peak>, DocumentError> {
        let Some(frames) = self.sound.frames else {
            return Err(DocumentError::Unsupported(
                "the file does not say how long it is".to_owned(),
            ));
        };
        waveform::peaks(&self.readers, buckets, frames, self.sound.channels)
    }

    fn chapters(&self, _: &Confined) -> Vec<Chapter> {
        self.chapters.clone()
    }

    fn painter(&'static self) -> Box<dyn Painter> {
        Box::new(NoPages)
    }
}

/// Never called, as there are no pages.
struct NoPages;

impl Painter for NoPages {
    fn paint(&mut self, _: &Confined, _: Tile, _: &mut Surface<'_>) -> Result<(), DocumentError> {
        Err(DocumentError::Unsupported(
            "a sound has no pages".to_owned(),
        ))
    }
}

/// Samples as bytes of a slot.
fn little_endian_f32(samples: &[f32], out: &mut Vec<u8>) {
    out.extend(samples.iter().flat_map(|sample| sample.to_le_bytes()));
}

fn little_endian_i32(samples: &[i32], out: &mut Vec<u8>) {
    out.extend(samples.iter().flat_map(|sample| sample.to_le_bytes()));
}

/// How samples of a reader are wanted, where nobody said.
const PLAYED: Samples = Samples::Float32;
