//! GIF, by `gif`: frame after frame, and the first one alone where there is no other.
//!
//! Blocks that nobody knows are passed over, codes that lead nowhere end a frame, and a
//! file without colours is grey, as other viewers have it.

use super::DocumentError;
use super::canvas::{Area, Blend, Canvas, Disposal, FRAME_TOO_LARGE};
use super::decode::{Decoded, Header, damaged};
use super::frames;
use super::samples::{Channels, Depth, Kind, Samples};
use super::words::{cut, undecodable};
use crate::budget;
use std::io::{self, Cursor, Read};

/// Signature, size, flags, background and aspect; a table of colours follows, if the
/// flags say so, with how many.
const HEADER_BYTES: usize = 13;
const FLAGS_AT: usize = 10;
const TABLE_OF_256: u8 = 0x87;

const KIND: Kind = Kind::new(Channels::Rgba, Depth::Eight);

/// The frames of a file.
pub(super) struct Frames<'d> {
    decoder: gif::Decoder<io::Chain<Cursor<Vec<u8>>, &'d [u8]>>,
    frame: Vec<u8>,
}

pub(super) fn header(document: &[u8]) -> Result<Header, DocumentError> {
    let mut frames = Frames::open(document)?;
    let mut header = Header::new(frames.size()?, KIND);
    header.icc = frames.decoder.icc_profile().map(<[u8]>::to_vec);
    // A frame, before it is on the canvas.
    header.scratch = 4;
    Ok(header)
}

pub(super) fn decode(document: &[u8]) -> Result<Decoded, DocumentError> {
    let size = Frames::open(document)?.size()?;
    let mut canvas = Canvas::new(size.0, size.1)?;
    let drawn = Frames::open(document)?.next(&mut canvas);
    let bytes = canvas.into_rgba();
    let cut = match drawn {
        Ok(true) => None,
        Ok(false) => return Err(damaged("it has no frames")),
        Err(error) if bytes.iter().all(|byte| *byte == 0) => return Err(refusal(&error)),
        Err(error) => Some(cut(&error.to_string())),
    };
    let samples = Samples { bytes, kind: KIND };
    Ok(Decoded { samples, cut })
}

impl<'d> Frames<'d> {
    pub(super) fn open(document: &'d [u8]) -> Result<Self, DocumentError> {
        let (head, rest) = document.split_at(document.len().min(HEADER_BYTES));
        let mut head = head.to_vec();
        if !frames::has_colours(document)
            && let Some(flags) = head.get_mut(FLAGS_AT)
        {
            *flags |= TABLE_OF_256;
            head.extend((0..=u8::MAX).flat_map(|grey| [grey; 3]));
        }
        let mut options = gif::DecodeOptions::new();
        options.set_color_output(gif::ColorOutput::RGBA);
        options.allow_unknown_blocks(true);
        let most = std::num::NonZeroU64::new(budget::pictures());
        options.set_memory_limit(most.map_or(gif::MemoryLimit::Unlimited, gif::MemoryLimit::Bytes));
        let decoder = options.read_info(Cursor::new(head).chain(rest));
        Ok(Self {
            decoder: decoder.map_err(|error| refusal(&error))?,
            frame: Vec::new(),
        })
    }

    /// Width and height of the canvas; where the file tells none, those of its first frame.
    fn size(&mut self) -> Result<(u32, u32), DocumentError> {
        let (mut width, mut height) = (self.decoder.width(), self.decoder.height());
        if width == 0 || height == 0 {
            let first = self.decoder.next_frame_info();
            let first = first.map_err(|error| refusal(&error))?;
            let first = first.ok_or_else(|| damaged("it has no frames"))?;
            width = first.left.saturating_add(first.width);
            height = first.top.saturating_add(first.height);
        }
        Ok((width.into(), height.into()))
    }

    /// Draws the next frame on the canvas, as far as it goes; `false` behind the last.
    pub(super) fn next(&mut self, canvas: &mut Canvas) -> Result<bool, gif::DecodingError> {
        let Some(info) = self.decoder.next_frame_info()? else {
            return Ok(false);
        };
        let area = Area {
            left: info.left.into(),
            top: info.top.into(),
            width: info.width.into(),
            height: info.height.into(),
        };
        let disposal = match info.dispose {
            gif::DisposalMethod::Background => Disposal::Clear,
            gif::DisposalMethod::Previous => Disposal::Restore,
            gif::DisposalMethod::Any | gif::DisposalMethod::Keep => Disposal::Keep,
        };
        if area.width == 0 || area.height == 0 {
            canvas.draw(area, &[], Blend::Over, disposal);
            return Ok(true);
        }
        if !canvas.has_room_for(area) {
            return Err(io::Error::other(FRAME_TOO_LARGE).into());
        }
        let bytes = self.decoder.buffer_size();
        self.frame.clear();
        self.frame.resize(bytes, 0);
        let read = self.decoder.read_into_buffer(&mut self.frame);
        // What was decoded of a frame that is cut is shown.
        canvas.draw(area, &self.frame, Blend::Over, disposal);
        read.map(|()| true)
    }
}

pub(super) fn refusal(error: &gif::DecodingError) -> DocumentError {
    damaged(&undecodable(&error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A picture of two pixels, the first of which has the index 1, with blocks before it.
    fn file(screen: [u8; 2], table: &[u8], blocks: &[u8]) -> Vec<u8> {
        let mut file = b"GIF89a".to_vec();
        file.extend([screen[0], 0, screen[1], 0]);
        file.extend([if table.is_empty() { 0 } else { 0x80 }, 0, 0]);
        file.extend(table);
        file.extend(blocks);
        // Codes of three bits: clear 4, 1, 0, end 5.
        file.extend(b",\0\0\0\0\x02\0\x01\0\0\x02\x02\x0C\x0A\0;");
        file
    }

    fn shown(file: &[u8]) -> Vec<u8> {
        decode(file).map(|decoded| decoded.samples.bytes).unwrap()
    }

    const TABLE: [u8; 6] = [1, 2, 3, 200, 100, 50];

    #[test]
    fn two_colours_are_shown() {
        let colours = [200, 100, 50, 255, 1, 2, 3, 255];
        assert_eq!(shown(&file([2, 1], &TABLE, b"")), colours);
        // A block that nobody knows.
        assert_eq!(shown(&file([2, 1], &TABLE, b"!\x42\x01x\0")), colours);
    }

    #[test]
    fn file_without_colours_is_grey() {
        assert_eq!(shown(&file([2, 1], b"", b"")), [1, 1, 1, 255, 0, 0, 0, 255]);
    }

    #[test]
    fn frame_much_larger_than_its_screen_is_refused_before_it_takes_memory() {
        let mut file = file([2, 1], &TABLE, b"");
        let frame = memchr::memchr(b',', &file).unwrap();
        let mut of = |width: u16, height: u16| {
            file[frame + 5..frame + 7].copy_from_slice(&width.to_le_bytes());
            file[frame + 7..frame + 9].copy_from_slice(&height.to_le_bytes());
            decode(&file)
        };
        // 700 MiB, of a file of 50 bytes.
        let refusal = of(14_000, 13_000).err().map(|error| error.to_string());
        assert!(refusal.is_some_and(|words| words.contains(FRAME_TOO_LARGE)));
        assert!(of(2000, 1000).is_ok_and(|decoded| decoded.samples.bytes.len() == 8));
    }

    #[test]
    fn screen_without_size_is_that_of_its_first_frame() {
        let file = file([0, 0], &TABLE, b"");
        let header = header(&file).unwrap();
        assert_eq!((header.width, header.height), (2, 1));
        assert_eq!(shown(&file).len(), 8);
    }

    #[test]
    fn frame_of_no_width_leaves_the_others() {
        let empty = b",\0\0\0\0\0\0\x01\0\0\x02\x01\x2C\0";
        let file = file([2, 1], &TABLE, empty);
        let mut canvas = Canvas::new(2, 1).unwrap();
        let mut frames = Frames::open(&file).unwrap();
        assert!(frames.next(&mut canvas).unwrap());
        assert!(frames.next(&mut canvas).unwrap());
        assert_eq!(canvas.rgba(), [200, 100, 50, 255, 1, 2, 3, 255]);
    }
}
