//! Sound as WAV: encoding our own samples.
//!
//! Lossless sound keeps every bit in as many as it has; floating point stays
//! floating point; lossy sound has 16 bits, as it would be played.

use super::exit::{Exit, Failed};
use super::open::Opened;
use super::output::Output;
use super::progress::Progress;
use crate::broker::BrokerError;
use ipc::{Coding, Samples, Sound, Stretch};
use std::io::{self, Write};
use std::path::Path;

/// Frames that are asked for at once: 8 channels of them are 4 MB.
const PIECE_FRAMES: u32 = 128 * 1024;

/// Bytes before the samples.
const HEADER_BYTES: u32 = 68;

/// The most bytes of samples: the format counts in 32 bits.
const MAX_DATA_BYTES: u64 = u32::MAX as u64 - HEADER_BYTES as u64 - 1;

/// How samples are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Whole numbers: bits that count, and bytes that they take.
    Whole(u8, u8),
    Float,
}

impl Kind {
    fn of(coding: Coding) -> Self {
        match coding {
            Coding::Lossless(bits) => Self::Whole(bits, bits.div_ceil(8)),
            Coding::Float => Self::Float,
            Coding::Lossy => Self::Whole(16, 2),
        }
    }

    fn bytes(self) -> u8 {
        match self {
            Self::Whole(_, bytes) => bytes,
            Self::Float => 4,
        }
    }
}

/// Writes all of a sound; it shows how far it is when it `is_alone`.
///
/// # Errors
///
/// [`Failed`]; nothing of that name has changed then.
pub(super) fn write(opened: &mut Opened, path: &Path, is_alone: bool) -> Result<(), Failed> {
    let Some(sound) = opened.summary.sound else {
        let sentence = "has pages and no sound; make a PDF or a picture of it";
        return Err(Failed::new(Exit::Usage, Some(&opened.name), sentence));
    };
    let target = path.to_string_lossy().into_owned();
    let unwritten = |error: io::Error| Failed::output(&target, &error);
    let mut output = Output::create(path).map_err(unwritten)?;
    let kind = Kind::of(sound.coding);
    // How long it is, is known at its end; a pipe keeps what is told of streams.
    let header = header(sound, kind, u32::MAX);
    output.write_all(&header).map_err(unwritten)?;
    let bytes = samples(opened, (sound, kind), is_alone, &mut |bytes| {
        output.write_all(bytes).map_err(unwritten)
    })?;
    if !bytes.is_multiple_of(2) {
        output.write_all(&[0]).map_err(unwritten)?;
    }
    let header = self::header(sound, kind, u32::try_from(bytes).unwrap_or(u32::MAX));
    output.rewrite_start(&header).map_err(unwritten)?;
    output.finish().map_err(unwritten)?;
    // That something of it is damaged is known when all of it has been read.
    opened.tell_notices();
    Ok(())
}

/// Hands on all samples as they are written; tells how many bytes there were.
fn samples(
    opened: &mut Opened,
    (sound, kind): (Sound, Kind),
    is_alone: bool,
    take: &mut dyn FnMut(&[u8]) -> Result<(), Failed>,
) -> Result<u64, Failed> {
    let name = opened.name.clone();
    let about = |error: BrokerError| Failed::about(&name, &error);
    let seconds = |frames: u64| usize::try_from(frames / u64::from(sound.rate)).unwrap_or(0);
    let all = seconds(sound.frames.unwrap_or(0));
    let mut progress = Progress::unless(!is_alone, "second", all);
    let wanted = match sound.coding {
        Coding::Lossless(_) => Samples::Int32,
        Coding::Float | Coding::Lossy => Samples::Float32,
    };
    let (mut from, mut all) = (0, 0_u64);
    while let Some(stretch) = Stretch::new(from, PIECE_FRAMES, wanted) {
        progress.at(seconds(from));
        let session = &mut opened.session;
        session.check_interrupted().map_err(about)?;
        let piece = session.sound(stretch).map_err(about)?;
        let bytes = match wanted {
            Samples::Int32 => {
                let exact = session.read_exact_sound(&sound, &piece).map_err(about)?;
                whole(&exact, kind.bytes())
            }
            Samples::Float32 => {
                let mut samples = Vec::new();
                session
                    .read_sound(&sound, &piece, &mut samples)
                    .map_err(about)?;
                played(&samples, kind)
            }
        };
        all += bytes.len() as u64;
        if all > MAX_DATA_BYTES {
            let sentence = "is too long for a WAV file, which holds 4 GiB";
            return Err(Failed::new(Exit::Limit, Some(&name), sentence));
        }
        take(&bytes)?;
        from += u64::from(piece.frames);
        if piece.last {
            break;
        }
    }
    Ok(all)
}

/// The upper bytes of samples of 32 bits. Those of 8 bits have no sign in WAV.
fn whole(samples: &[u8], bytes: u8) -> Vec<u8> {
    let skip = 4_usize.saturating_sub(bytes.into());
    let samples = samples.as_chunks::<4>().0.iter();
    match bytes {
        1 => samples.map(|sample| sample[3] ^ 0x80).collect(),
        _ => samples
            .flat_map(|sample| sample.get(skip..).unwrap_or_default())
            .copied()
            .collect(),
    }
}

fn played(samples: &[f32], kind: Kind) -> Vec<u8> {
    match kind {
        Kind::Float => samples.iter().flat_map(|s| s.to_le_bytes()).collect(),
        Kind::Whole(..) => samples
            .iter()
            // The conversion saturates.
            .flat_map(|sample| ((sample * 32_768.0).round() as i16).to_le_bytes())
            .collect(),
    }
}

/// The header, for so many bytes of samples (WAVEFORMATEXTENSIBLE, which names
/// the speakers and the bits that count).
fn header(sound: Sound, kind: Kind, data_bytes: u32) -> Vec<u8> {
    let bytes = u32::from(kind.bytes());
    let frame = bytes * u32::from(sound.channels);
    let (tag, valid) = match kind {
        Kind::Whole(bits, _) => (1_u16, u16::from(bits)),
        Kind::Float => (3, 32),
    };
    let mut header = Vec::new();
    let u16s = |header: &mut Vec<u8>, words: &[u16]| {
        header.extend(words.iter().flat_map(|word| word.to_le_bytes()));
    };
    let padded = data_bytes.saturating_add(data_bytes % 2);
    header.extend(b"RIFF");
    header.extend(padded.saturating_add(HEADER_BYTES - 8).to_le_bytes());
    header.extend(b"WAVEfmt \x28\0\0\0");
    u16s(&mut header, &[0xFFFE, sound.channels.into()]);
    header.extend(sound.rate.to_le_bytes());
    header.extend(sound.rate.saturating_mul(frame).to_le_bytes());
    let bits = u16::from(kind.bytes()) * 8;
    u16s(&mut header, &[frame as u16, bits, 22, valid]);
    header.extend(sound.layout.to_le_bytes());
    u16s(&mut header, &[tag]);
    // The rest of KSDATAFORMAT_SUBTYPE_PCM and _IEEE_FLOAT.
    header.extend(b"\0\0\0\0\x10\0\x80\0\0\xaa\0\x38\x9b\x71");
    header.extend(b"data");
    header.extend(data_bytes.to_le_bytes());
    header
}

#[cfg(test)]
mod tests {
    use super::{HEADER_BYTES, Kind, header, played, whole};
    use ipc::{Coding, Loudness, Sound};

    #[test]
    fn header_is_as_long_as_it_says() {
        let sound = Sound {
            rate: 44_100,
            channels: 6,
            layout: 0x3F,
            frames: None,
            coding: Coding::Lossless(24),
            loudness: Loudness::default(),
        };
        let header = header(sound, Kind::of(sound.coding), 36);
        assert_eq!(header.len(), HEADER_BYTES as usize);
        assert_eq!(header[4..8], 96_u32.to_le_bytes());
        // 44 100 frames of 18 bytes: 793 800 bytes a second.
        assert_eq!(
            header[20..36],
            *b"\xfe\xff\x06\0\x44\xac\0\0\xc8\x1c\x0c\0\x12\0\x18\0"
        );
        assert_eq!(header[64..], 36_u32.to_le_bytes());
    }

    #[test]
    fn upper_bytes_are_those_that_count() {
        let samples = [1, 2, 3, 0x84];
        assert_eq!(whole(&samples, 1), [0x04]);
        assert_eq!(whole(&samples, 2), [3, 0x84]);
        assert_eq!(whole(&samples, 3), [2, 3, 0x84]);
        assert_eq!(whole(&samples, 4), samples);
        assert_eq!(
            played(&[2.0, -2.0], Kind::Whole(16, 2)),
            [0xFF, 0x7F, 0, 0x80]
        );
    }
}
