//! WAVE, as far as the library does not know it: sizes of 64 bits, and sound of a format
//! of its own that lies in a WAVE as in an envelope.

use super::chunks::{self, Chunk, Kind};
use super::container::Patch;
use std::ops::Range;

/// What the samples are coded with that the library does not know.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Coded {
    /// Something that is played when it stands for itself; where it is.
    Inside(Range<usize>),
    /// Its name.
    Named(&'static str),
}

/// Looks what the samples are coded with, by the number that the format has for it
/// (RFC 2361); `None` for what the library knows, and for other files.
pub(super) fn coded(document: &[u8]) -> Option<Coded> {
    let format = find(document, b"fmt ")?.place;
    let samples = samples(document).unwrap_or(0..0);
    let content = document.get(samples.clone()).unwrap_or_default();
    let begins_with =
        |second: u8, mask: u8| matches!(content, [0xFF, other, ..] if other & mask == second);
    Some(match number(document.get(format)?)? {
        0x0050 | 0x0055 => Coded::Inside(samples),
        // Frames with headers of their own, which others say are none.
        0x00FF | 0x1600 | 0x1610 | 0x706D | 0xA106 if begins_with(0xF0, 0xF6) => {
            Coded::Inside(samples)
        }
        0xF1AC if begins_with(0xF8, 0xFE) => Coded::Inside(samples),
        0x0008 | 0x2001 => Coded::Named("DTS"),
        0x0022 => Coded::Named("TrueSpeech"),
        0x0031 => Coded::Named("GSM 6.10"),
        0x0042 => Coded::Named("G.723.1"),
        0x0045 | 0x0064 | 0x0014 | 0x0040 => Coded::Named("G.726"),
        0x0065 | 0x028F => Coded::Named("G.722"),
        0x0083 => Coded::Named("G.729"),
        0x00FF | 0x1600..=0x1602 | 0x1610 | 0x706D | 0xA106 => Coded::Named("AAC"),
        0x0160..=0x0163 => Coded::Named("Windows Media"),
        0x0270..=0x0272 => Coded::Named("ATRAC"),
        0x2000 => Coded::Named("AC-3"),
        0x674F..=0x6751 | 0x676F..=0x6771 => Coded::Named("Vorbis"),
        0x6C61 => Coded::Named("ALAC"),
        0x704F => Coded::Named("Opus"),
        0xA109 => Coded::Named("Speex"),
        0xF1AC => Coded::Named("FLAC"),
        _ => return None,
    })
}

/// What stands at the beginning of the description.
pub(super) struct Format {
    /// Where that is.
    pub(super) at: usize,
    /// The number of the coding, or that it stands further on.
    pub(super) coding: u16,
    pub(super) channels: u16,
    pub(super) frame_bytes: u16,
    pub(super) bits: u16,
}

/// Where in the description the bits of a sample are.
pub(super) const BITS_AT: usize = 14;

/// How samples lie, as the file says it; `None` for what is no WAVE.
pub(super) fn format(document: &[u8]) -> Option<Format> {
    const CHANNELS_AT: usize = 2;
    const FRAME_BYTES_AT: usize = 12;
    let place = find(document, b"fmt ")?.place;
    let format = document.get(place.clone())?;
    let at = |at: usize| Some(u16::from_le_bytes(*format.get(at..)?.first_chunk()?));
    Some(Format {
        at: place.start,
        coding: at(0)?,
        channels: at(CHANNELS_AT)?,
        frame_bytes: at(FRAME_BYTES_AT)?,
        bits: at(BITS_AT)?,
    })
}

/// Where the samples are.
pub(super) fn samples(document: &[u8]) -> Option<Range<usize>> {
    find(document, b"data").map(|chunk| chunk.place)
}

/// The number of a coding; in the longer form of the chunk it stands further on.
fn number(format: &[u8]) -> Option<u16> {
    const EXTENSIBLE: u16 = 0xFFFE;
    const SUBFORMAT_AT: usize = 24;
    let at = |at: usize| Some(u16::from_le_bytes(*format.get(at..)?.first_chunk()?));
    match at(0)? {
        EXTENSIBLE => at(SUBFORMAT_AT),
        number => Some(number),
    }
}

fn find(document: &[u8], kind: &[u8; 4]) -> Option<Chunk> {
    let is_wave = Kind::of(document) == Some(Kind::Wave);
    let mut chunks = chunks::of(document, Kind::Wave).filter(|_| is_wave);
    chunks.find(|chunk| chunk.kind == *kind)
}

/// RF64 is WAVE whose sizes have 64 bits and stand in a chunk of their own, the
/// first one (EBU Tech 3306): the mark of WAVE, and the size of the samples as far
/// as 32 bits hold it.
pub(super) fn wide(document: &[u8]) -> Vec<Patch> {
    /// Where the size of the samples stands.
    const SIZE_AT: usize = 28;
    if !document.starts_with(b"RF64") || document.get(12..16) != Some(b"ds64") {
        return Vec::new();
    }
    let mut patches = vec![(0, b"RIFF".to_vec())];
    let Some(size) = document.get(SIZE_AT..).and_then(|rest| rest.first_chunk()) else {
        return patches;
    };
    let size = u32::try_from(u64::from_le_bytes(*size)).unwrap_or(u32::MAX);
    if let Some(samples) = find(document, b"data") {
        patches.push((samples.place.start - 4, size.to_le_bytes().to_vec()));
    }
    patches
}

/// A recording that was not finished, or went into a pipe, does not say how long it is:
/// it goes on to the end, unless its samples are none and another chunk follows.
pub(super) fn unfinished(document: &[u8]) -> Vec<Patch> {
    /// What programs write for a length that they do not know yet, and above.
    const UNKNOWN_BYTES: usize = 0x7FFF_F000;
    let is_wide = document.starts_with(b"RF64");
    let Some(chunk) = find(document, b"data").filter(|_| !is_wide) else {
        return Vec::new();
    };
    let start = chunk.place.start;
    let rest = document.get(start..).unwrap_or_default();
    let is_letter = |byte: &u8| (b' '..=b'~').contains(byte);
    let is_chunk = rest
        .first_chunk::<4>()
        .is_some_and(|kind| kind.iter().all(is_letter));
    let is_open = match chunk.told_bytes {
        0 => !rest.is_empty() && !is_chunk,
        told => chunk.is_cut() && told >= UNKNOWN_BYTES,
    };
    let size = |bytes: usize| u32::try_from(bytes).unwrap_or(u32::MAX).to_le_bytes();
    match is_open {
        true => vec![
            (4, size(document.len() - 8).to_vec()),
            (start - 4, size(rest.len()).to_vec()),
        ],
        false => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A file with a chunk before the others that says nothing here.
    fn file(format: &[u8], content: &[u8]) -> Vec<u8> {
        let mut file = b"RIFF\0\0\0\0WAVEbext\x03\0\0\0abc\0fmt ".to_vec();
        file.extend(u32::try_from(format.len()).unwrap().to_le_bytes());
        file.extend(format);
        file.extend(b"data");
        file.extend(u32::try_from(content.len()).unwrap().to_le_bytes());
        file.extend(content);
        file
    }

    fn format(number: u16) -> Vec<u8> {
        [&number.to_le_bytes()[..], &[0; 14]].concat()
    }

    #[test]
    fn codings_are_found_by_their_number_in_either_form() {
        let adts = [0xFF, 0xF1, 0x50, 0x80];
        let mut extensible = format(0xFFFE);
        extensible.extend([0; 8]);
        extensible.extend(0x55_u16.to_le_bytes());
        extensible.extend(b"\0\0\0\0\x10\0\x80\0\0\xaa\0\x38\x9b\x71");
        for (format, expected) in [
            (format(1), None),
            (format(0x55), Some(Coded::Inside(56..60))),
            (extensible, Some(Coded::Inside(80..84))),
            (format(0xFF), Some(Coded::Inside(56..60))),
            (format(0xF1AC), Some(Coded::Named("FLAC"))),
            (format(0x31), Some(Coded::Named("GSM 6.10"))),
        ] {
            assert_eq!(coded(&file(&format, &adts)), expected);
        }
        assert_eq!(
            coded(&file(&format(0xFF), b"raw!")),
            Some(Coded::Named("AAC"))
        );
    }

    #[test]
    fn every_cut_has_its_samples_inside() {
        let whole = file(&format(0x55), &[0xFF; 9]);
        for end in 0..whole.len() {
            if let Some(Coded::Inside(place)) = coded(&whole[..end]) {
                assert!(place.start <= place.end && place.end <= end, "cut at {end}");
            }
        }
    }
}
