//! How long each frame of a picture is shown, from the structure of the file
//! alone: no pixel is decoded. Every walk goes forward only and ends with the file.

use super::{avif, jpegxl, png};
use ipc::Format;
use ipc::limits::MAX_FRAMES;

/// Durations up to this are written by programs that know no better; browsers
/// show such frames for [`USUAL_MS`], and everybody tunes a file to that.
const TOO_SHORT_MS: u32 = 10;
const USUAL_MS: u32 = 100;

/// The frames of a file.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Frames {
    /// How long each is shown, in milliseconds; at most [`MAX_FRAMES`].
    pub(super) durations_ms: Vec<u32>,
    /// How often an animation is played; 0 for ever, `None` when it is none.
    pub(super) plays: Option<u32>,
    /// Whether the file ends before its structure does.
    cut: bool,
}

impl Frames {
    /// Reads the frames of a document.
    pub(super) fn read(document: &[u8], format: Format) -> Self {
        let mut frames = match format {
            Format::Png => png_frames(document),
            Format::Gif => gif_frames(document).unwrap_or_default(),
            Format::WebP => webp_frames(document),
            Format::JpegXl => jxl_frames(document).unwrap_or_default(),
            Format::Avif => avif_frames(document).unwrap_or_default(),
            _ => Self::default(),
        };
        let durations = &mut frames.durations_ms;
        durations.truncate(MAX_FRAMES as usize);
        for shown_ms in durations.iter_mut() {
            if *shown_ms <= TOO_SHORT_MS {
                *shown_ms = USUAL_MS;
            }
        }
        frames
    }

    /// Whether there is more than one.
    pub(super) fn is_moving(&self) -> bool {
        self.durations_ms.len() > 1
    }

    /// In words, where the picture moves.
    pub(super) fn words(&self) -> Option<String> {
        if !self.is_moving() {
            return None;
        }
        let count = self.durations_ms.len();
        let all: u64 = self.durations_ms.iter().map(|ms| u64::from(*ms)).sum();
        let seconds = all as f64 / 1000.0;
        let plays = match self.plays.unwrap_or(1) {
            0 => "repeated for ever".to_owned(),
            1 => "played once".to_owned(),
            plays => format!("played {plays} times"),
        };
        Some(format!("{count} frames in {seconds} s, {plays}"))
    }

    /// Whether the file ends before its structure does.
    pub(super) fn is_cut(&self) -> bool {
        self.cut
    }
}

/// The chunk `acTL` tells the number of plays, each `fcTL` is a frame (APNG 1.0);
/// `IEND` is the last chunk of a whole file.
fn png_frames(document: &[u8]) -> Frames {
    let mut frames = Frames {
        cut: true,
        ..Frames::default()
    };
    for (kind, data) in png::chunks(document) {
        match &kind {
            b"IEND" => frames.cut = false,
            b"acTL" => frames.plays = number(data, 4),
            b"fcTL" if frames.plays.is_some() => frames.durations_ms.extend(png_duration(data)),
            _ => {}
        }
    }
    frames
}

fn number(data: &[u8], at: usize) -> Option<u32> {
    let bytes = data.get(at..)?.first_chunk::<4>()?;
    Some(u32::from_be_bytes(*bytes))
}

/// A fraction of a second; a denominator of 0 stands for 100.
fn png_duration(control: &[u8]) -> Option<u32> {
    let [n0, n1, d0, d1] = *control.get(20..)?.first_chunk::<4>()?;
    let numerator = u32::from(u16::from_be_bytes([n0, n1]));
    let denominator = match u32::from(u16::from_be_bytes([d0, d1])) {
        0 => 100,
        other => other,
    };
    Some(numerator * 1000 / denominator)
}

/// Blocks of a GIF (GIF89a): `!` for an extension, `,` for a picture, `;` ends.
fn gif_frames(document: &[u8]) -> Option<Frames> {
    let mut frames = Frames {
        plays: Some(1),
        cut: true,
        ..Frames::default()
    };
    // Hundredths of a second, told before the picture.
    let mut delay = 0;
    // Signature 6, width 2, height 2, then flags, background and aspect.
    let mut rest = document.get(13 + colour_table_bytes(*document.get(10)?)..)?;
    while let Some((kind, after)) = rest.split_first() {
        let blocks = match kind {
            b'!' => {
                frames.plays = plays_of_gif(after).or(frames.plays);
                delay = gif_delay(after).unwrap_or(delay);
                after.get(1..)
            }
            b',' => {
                frames.durations_ms.push(u32::from(delay) * 10);
                delay = 0;
                // Place 8, flags 1, colours, and the size of the codes.
                let table = after.get(8).map(|flags| colour_table_bytes(*flags));
                table.and_then(|table| after.get(10 + table..))
            }
            b';' => {
                frames.cut = false;
                None
            }
            _ => None,
        };
        rest = blocks.and_then(after_blocks).unwrap_or_default();
    }
    Some(frames)
}

/// Whether a GIF, or the first picture in it, brings colours.
pub(super) fn has_colours(document: &[u8]) -> bool {
    let flags = document.get(10).copied().unwrap_or(0);
    if flags & 0x80 != 0 {
        return true;
    }
    let mut rest = document.get(13..).unwrap_or_default();
    while let [b'!', _, after @ ..] = rest {
        rest = after_blocks(after).unwrap_or_default();
    }
    matches!(rest, [b',', _, _, _, _, _, _, _, _, flags, ..] if flags & 0x80 != 0)
}

fn colour_table_bytes(flags: u8) -> usize {
    if flags & 0x80 == 0 {
        return 0;
    }
    3 << ((flags & 7) + 1)
}

/// What follows data blocks, each after its length, up to an empty one.
fn after_blocks(mut rest: &[u8]) -> Option<&[u8]> {
    while let (len, after) = rest.split_first()?
        && *len > 0
    {
        rest = after.get(usize::from(*len)..)?;
    }
    rest.get(1..)
}

/// The extension of Netscape 2.0: repetitions after the first time, 0 for ever.
fn plays_of_gif(extension: &[u8]) -> Option<u32> {
    let names: [&[u8]; 2] = [
        b"\xff\x0bNETSCAPE2.0\x03\x01",
        b"\xff\x0bANIMEXTS1.0\x03\x01",
    ];
    let rest = names
        .iter()
        .find_map(|name| extension.strip_prefix(*name))?;
    let more = u16::from_le_bytes(*rest.first_chunk::<2>()?);
    Some(if more == 0 { 0 } else { u32::from(more) + 1 })
}

/// The graphic control extension: 4 bytes, of which two are the delay.
fn gif_delay(extension: &[u8]) -> Option<u16> {
    let rest = extension.strip_prefix(b"\xf9\x04")?;
    let bytes = rest.get(1..)?.first_chunk::<2>()?;
    Some(u16::from_le_bytes(*bytes))
}

/// Chunks of RIFF, as far as the file goes.
pub(super) fn riff_chunks(mut rest: &[u8]) -> impl Iterator<Item = ([u8; 4], &[u8])> {
    std::iter::from_fn(move || {
        let (kind, after) = rest.split_first_chunk::<4>()?;
        let (len, data) = after.split_first_chunk::<4>()?;
        let len = usize::try_from(u32::from_le_bytes(*len)).unwrap_or(usize::MAX);
        // A chunk of odd length is padded.
        let next = len.saturating_add(len & 1);
        rest = data.get(next..).unwrap_or_default();
        Some((*kind, data.get(..len).unwrap_or(data)))
    })
}

/// `ANIM` tells the plays, each `ANMF` is a frame (RFC 9649).
fn webp_frames(document: &[u8]) -> Frames {
    let mut frames = Frames::default();
    for (kind, data) in riff_chunks(document.get(12..).unwrap_or_default()) {
        match &kind {
            b"ANMF" => frames.durations_ms.extend(webp_duration(data)),
            b"ANIM" => frames.plays = plays_of_webp(data),
            _ => {}
        }
    }
    // The length of all chunks stands at the start.
    let promised = document.get(4..).and_then(|rest| rest.first_chunk::<4>());
    let promised = promised.map_or(0, |bytes| u32::from_le_bytes(*bytes));
    frames.cut = u64::from(promised) + 8 > document.len() as u64;
    frames
}

/// After four bytes of background.
fn plays_of_webp(data: &[u8]) -> Option<u32> {
    let bytes = data.get(4..)?.first_chunk::<2>()?;
    Some(u16::from_le_bytes(*bytes).into())
}

/// After place and size, of three bytes each.
fn webp_duration(data: &[u8]) -> Option<u32> {
    let [low, middle, high] = *data.get(12..)?.first_chunk::<3>()?;
    Some(u32::from_le_bytes([low, middle, high, 0]))
}

/// The headers of all frames, which the library reads.
fn jxl_frames(document: &[u8]) -> Option<Frames> {
    let moving = jpegxl::Moving::open(document).ok()?;
    Some(Frames {
        durations_ms: moving.durations_ms(),
        plays: Some(moving.plays()),
        cut: false,
    })
}

/// Tracks beside the items.
fn avif_frames(document: &[u8]) -> Option<Frames> {
    let moving = avif::Moving::read(document)?;
    Some(Frames {
        durations_ms: moving.durations_ms,
        plays: Some(moving.plays),
        cut: moving.cut,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gif_of(frames: usize) -> Vec<u8> {
        let mut file = b"GIF89a\x01\0\x01\0\x80\0\0AAABBB".to_vec();
        file.extend(b"!\xff\x0bNETSCAPE2.0\x03\x01\x02\0\0");
        for frame in 0..frames {
            file.extend([b'!', 0xf9, 4, 0, 7 * frame as u8, 0, 0, 0]);
            file.extend(b",\0\0\0\0\x01\0\x01\0\0\x02\x02D\x01\0");
        }
        file.push(b';');
        file
    }

    #[test]
    fn frames_of_a_gif_are_timed_and_too_short_ones_as_browsers_do() {
        let frames = Frames::read(&gif_of(3), Format::Gif);
        assert_eq!(frames.durations_ms, [100, 70, 140]);
        assert_eq!((frames.plays, frames.cut), (Some(3), false));
        let words = frames.words().unwrap();
        assert_eq!(words, "3 frames in 0.31 s, played 3 times");
        assert_eq!(Frames::read(&gif_of(1), Format::Gif).words(), None);
    }

    #[test]
    fn chunks_of_an_animated_png_are_read() {
        let chunk = |kind: &[u8], data: &[u8]| {
            let len = (data.len() as u32).to_be_bytes();
            [&len[..], kind, data, &[0; 4]].concat()
        };
        let control = |numerator: u8, denominator: u8| {
            let mut data = vec![0; 26];
            (data[21], data[23]) = (numerator, denominator);
            data
        };
        let mut file = b"\x89PNG\r\n\x1a\n".to_vec();
        file.extend(chunk(b"acTL", &[0, 0, 0, 2, 0, 0, 0, 0]));
        file.extend(chunk(b"fcTL", &control(1, 25)));
        file.extend(chunk(b"fcTL", &control(50, 0)));
        assert!(Frames::read(&file, Format::Png).is_cut());
        file.extend(chunk(b"IEND", b""));
        let frames = Frames::read(&file, Format::Png);
        assert_eq!(frames.durations_ms, [40, 500]);
        assert_eq!((frames.plays, frames.cut), (Some(0), false));
    }

    #[test]
    fn every_prefix_and_every_format_ends() {
        let file = gif_of(2);
        for len in 0..=file.len() {
            for format in [Format::Gif, Format::Png, Format::WebP, Format::Jpeg] {
                Frames::read(&file[..len], format);
            }
        }
    }
}
