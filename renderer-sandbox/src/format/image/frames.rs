//! How many pictures a file holds, from its structure alone: no pixel is
//! decoded. Every walk goes forward only and ends with the file.

use super::{ico, png, tiff};
use ipc::Format;

/// Most pages of a TIFF that are counted; its directories may form a ring.
const MAX_COUNTED_PAGES: usize = 10_000;

/// What a file holds beside its first picture.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Frames {
    /// Pictures in all; 0 when that is not known.
    count: usize,
    /// How often an animation is played; 0 for ever, `None` when it is none.
    plays: Option<u64>,
    /// Whether the file ends before its structure does.
    cut: bool,
}

impl Frames {
    /// Counts the pictures in a document.
    pub(super) fn count(document: &[u8], format: Format) -> Self {
        match format {
            Format::Png => png_frames(document),
            Format::Gif => gif_frames(document).unwrap_or_default(),
            Format::WebP => webp_frames(document),
            Format::Tiff => stills(tiff::count_pages(document, MAX_COUNTED_PAGES)),
            Format::Ico => stills(ico::count(document)),
            _ => Self::default(),
        }
    }

    /// In words, where there is more than one picture.
    pub(super) fn words(&self) -> Option<String> {
        let count = self.count;
        if count < 2 {
            return None;
        }
        Some(match self.plays {
            None => format!("{count} pictures, the first or largest is shown"),
            Some(0) => format!("{count} frames, repeated for ever; the first is shown"),
            Some(1) => format!("{count} frames, played once; the first is shown"),
            Some(plays) => format!("{count} frames, played {plays} times; the first is shown"),
        })
    }

    /// Whether the file ends before its structure does.
    pub(super) fn is_cut(&self) -> bool {
        self.cut
    }
}

fn stills(count: usize) -> Frames {
    Frames {
        count,
        ..Frames::default()
    }
}

/// The chunk `acTL` tells the number of frames and of plays (APNG 1.0); `IEND`
/// is the last chunk of a whole file.
fn png_frames(document: &[u8]) -> Frames {
    let mut frames = Frames {
        cut: true,
        ..Frames::default()
    };
    for (kind, data) in png::chunks(document) {
        match &kind {
            b"IEND" => frames.cut = false,
            b"acTL" => (frames.count, frames.plays) = animation_control(data),
            _ => {}
        }
    }
    frames
}

fn animation_control(data: &[u8]) -> (usize, Option<u64>) {
    let Some(([f0, f1, f2, f3, p0, p1, p2, p3], _)) = data.split_first_chunk::<8>() else {
        return (0, None);
    };
    let count = u32::from_be_bytes([*f0, *f1, *f2, *f3]);
    let plays = u32::from_be_bytes([*p0, *p1, *p2, *p3]);
    (usize::try_from(count).unwrap_or(0), Some(plays.into()))
}

/// Blocks of a GIF (GIF89a): `!` for an extension, `,` for a picture, `;` ends.
fn gif_frames(document: &[u8]) -> Option<Frames> {
    let mut frames = Frames {
        plays: Some(1),
        cut: true,
        ..Frames::default()
    };
    // Signature 6, width 2, height 2, then flags, background and aspect.
    let mut rest = document.get(13 + colour_table_bytes(*document.get(10)?)..)?;
    while let Some((kind, after)) = rest.split_first() {
        let blocks = match kind {
            b'!' => {
                frames.plays = repeats(after).or(frames.plays);
                after.get(1..)
            }
            b',' => {
                frames.count += 1;
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
fn repeats(extension: &[u8]) -> Option<u64> {
    let rest = extension.strip_prefix(b"\xff\x0bNETSCAPE2.0\x03\x01")?;
    let more = u16::from_le_bytes(*rest.first_chunk::<2>()?);
    Some(if more == 0 { 0 } else { u64::from(more) + 1 })
}

/// Chunks of RIFF: `ANIM` tells the plays, each `ANMF` is a frame (RFC 9649).
fn webp_frames(document: &[u8]) -> Frames {
    let mut frames = Frames::default();
    let mut rest = document.get(12..).unwrap_or_default();
    while let Some((kind, after)) = rest.split_first_chunk::<4>() {
        let Some((len, data)) = after.split_first_chunk::<4>() else {
            break;
        };
        match kind {
            b"ANMF" => frames.count += 1,
            b"ANIM" => frames.plays = plays(data),
            _ => {}
        }
        let len = usize::try_from(u32::from_le_bytes(*len)).unwrap_or(usize::MAX);
        // A chunk of odd length is padded.
        let next = len.saturating_add(len & 1);
        frames.cut = len > data.len();
        rest = data.get(next..).unwrap_or_default();
    }
    frames
}

/// After four bytes of background.
fn plays(data: &[u8]) -> Option<u64> {
    let bytes = data.get(4..)?.first_chunk::<2>()?;
    Some(u16::from_le_bytes(*bytes).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gif_of(frames: usize) -> Vec<u8> {
        let mut file = b"GIF89a\x01\0\x01\0\x80\0\0AAABBB".to_vec();
        file.extend(b"!\xff\x0bNETSCAPE2.0\x03\x01\x02\0\0");
        for _ in 0..frames {
            file.extend(b",\0\0\0\0\x01\0\x01\0\0\x02\x02D\x01\0");
        }
        file.push(b';');
        file
    }

    #[test]
    fn frames_of_a_gif_are_counted() {
        let frames = Frames::count(&gif_of(3), Format::Gif);
        assert_eq!(
            (frames.count, frames.plays, frames.cut),
            (3, Some(3), false)
        );
        let words = frames.words().unwrap();
        assert_eq!(words, "3 frames, played 3 times; the first is shown");
        assert_eq!(Frames::count(&gif_of(1), Format::Gif).words(), None);
    }

    #[test]
    fn chunks_of_an_animated_png_are_read() {
        let chunk = |kind: &[u8], data: &[u8]| {
            let len = (data.len() as u32).to_be_bytes();
            [&len[..], kind, data, &[0; 4]].concat()
        };
        let mut file = b"\x89PNG\r\n\x1a\n".to_vec();
        file.extend(chunk(b"acTL", &[0, 0, 0, 20, 0, 0, 0, 0]));
        assert!(Frames::count(&file, Format::Png).is_cut());
        file.extend(chunk(b"IEND", b""));
        let frames = Frames::count(&file, Format::Png);
        assert_eq!(
            (frames.count, frames.plays, frames.cut),
            (20, Some(0), false)
        );
    }

    #[test]
    fn every_prefix_and_every_format_ends() {
        let file = gif_of(2);
        for len in 0..=file.len() {
            for format in [
                Format::Gif,
                Format::Png,
                Format::WebP,
                Format::Tiff,
                Format::Ico,
            ] {
                Frames::count(&file[..len], format);
            }
        }
        let ring = b"II*\0\x08\0\0\0\0\0\x08\0\0\0";
        let frames = Frames::count(ring, Format::Tiff);
        assert_eq!(frames.count, MAX_COUNTED_PAGES);
    }
}
