//! Frames of a picture that moves, decoded one after another on demand.
//!
//! Only the canvas and the frame that is drawn on it are held: a frame that is
//! asked for is reached by decoding those before it, from where the last one
//! was, or from the start. GIF by `gif`, APNG by `png`, WebP by `image-webp`, JPEG XL by
//! `jxl-oxide`, AVIF by `re_rav1d`.

use super::DocumentError;
use super::canvas::{Area, Blend, Canvas, Disposal, FRAME_TOO_LARGE};
use super::decode::damaged;
use super::frames;
use super::gif;
use super::samples::zeroed;
use super::words::plain;
use crate::budget;
use ipc::Format;
use std::io::Cursor;

/// Bytes a pixel of the canvas that are held beside what is shown: the canvas,
/// what is restored, and the frame in the file's and in our samples (up to 8 B).
pub(super) const PIXEL_BYTES: u64 = 4 + 4 + 8 + 4;

/// Decodes the frames of one document.
pub(super) struct Movie {
    document: &'static [u8],
    format: Format,
    size: (u32, u32),
    running: Option<Running>,
}

struct Running {
    reader: Box<dyn Reader>,
    canvas: Canvas,
    /// Frames that have been drawn.
    drawn: u32,
}

/// Draws the next frame on the canvas; `false` behind the last.
trait Reader: Send {
    fn next(&mut self, canvas: &mut Canvas) -> Result<bool, DocumentError>;
}

impl Movie {
    pub(super) fn new(document: &'static [u8], format: Format, size: (u32, u32)) -> Self {
        Self {
            document,
            format,
            size,
            running: None,
        }
    }

    /// What is seen at a frame: straight RGBA8.
    pub(super) fn frame(&mut self, number: u32) -> Result<Vec<u8>, DocumentError> {
        let before = |running: &Running| running.drawn > number.saturating_add(1);
        if self.running.as_ref().is_none_or(before) {
            self.running = Some(self.start()?);
        }
        let Some(running) = &mut self.running else {
            return Err(damaged("its frames cannot be read"));
        };
        while running.drawn <= number {
            let drawn = running.reader.next(&mut running.canvas);
            match drawn {
                Ok(true) => running.drawn += 1,
                // What the structure promised is not there: the last one stays.
                Ok(false) if running.drawn > 0 => break,
                Err(_) if running.drawn > 0 => break,
                Ok(false) => return Err(damaged("it has no frames")),
                Err(error) => return Err(error),
            }
        }
        let shown = running.canvas.rgba();
        let mut copy = zeroed(shown.len() as u64)?;
        copy.copy_from_slice(shown);
        Ok(copy)
    }

    fn start(&self) -> Result<Running, DocumentError> {
        let (width, height) = self.size;
        let reader: Box<dyn Reader> = match self.format {
            Format::Gif => Box::new(gif::Frames::open(self.document)?),
            Format::Png => Box::new(Apng::new(self.document)?),
            Format::WebP => Box::new(WebP::new(self.document)),
            Format::JpegXl => Box::new(Jxl {
                image: super::jpegxl::Moving::open(self.document)?,
                next: 0,
            }),
            Format::Avif => Box::new(Avif {
                frames: super::avif::Frames::open(self.document)?,
            }),
            _ => return Err(damaged("it does not move")),
        };
        Ok(Running {
            reader,
            canvas: Canvas::new(width, height)?,
            drawn: 0,
        })
    }
}

fn broken(error: &dyn std::fmt::Display) -> DocumentError {
    damaged(&format!(
        "its frames cannot be decoded: {}",
        plain(&error.to_string())
    ))
}

impl Reader for gif::Frames<'static> {
    fn next(&mut self, canvas: &mut Canvas) -> Result<bool, DocumentError> {
        gif::Frames::next(self, canvas).map_err(|error| gif::refusal(&error))
    }
}

struct Apng {
    reader: png::Reader<Cursor<&'static [u8]>>,
    left: u32,
    stored: Vec<u8>,
    frame: Vec<u8>,
}

impl Apng {
    fn new(document: &'static [u8]) -> Result<Self, DocumentError> {
        let bytes = usize::try_from(budget::pictures()).unwrap_or(usize::MAX);
        let mut decoder =
            png::Decoder::new_with_limits(Cursor::new(document), png::Limits { bytes });
        decoder.set_transformations(png::Transformations::EXPAND | png::Transformations::ALPHA);
        decoder.set_ignore_text_chunk(true);
        let reader = decoder.read_info().map_err(|error| broken(&error))?;
        let frames = reader
            .info()
            .animation_control()
            .map_or(0, |c| c.num_frames);
        Ok(Self {
            reader,
            left: frames,
            stored: Vec::new(),
            frame: Vec::new(),
        })
    }

    /// Reads a picture as its own samples; gives the bytes from row to row.
    fn read(&mut self) -> Result<usize, DocumentError> {
        let bytes = self.reader.output_buffer_size();
        let bytes = bytes.filter(|bytes| *bytes as u64 <= budget::pictures());
        let bytes = bytes.ok_or_else(|| damaged("a frame is larger than any picture"))?;
        self.stored.clear();
        self.stored.resize(bytes, 0);
        let read = self.reader.next_frame(&mut self.stored);
        let row_bytes = read.map_err(|error| broken(&error))?.line_size;
        let info = self.reader.info();
        // The library lays the passes of a frame out as wide as the picture.
        let whole = self.reader.output_line_size(info.width);
        Ok(whole.filter(|_| info.interlaced).unwrap_or(row_bytes))
    }
}

impl Reader for Apng {
    fn next(&mut self, canvas: &mut Canvas) -> Result<bool, DocumentError> {
        if self.left == 0 {
            return Ok(false);
        }
        // A picture before the first frame is for viewers that do not know frames.
        if self.reader.info().frame_control().is_none() {
            self.read()?;
        }
        let stride = self.read()?;
        self.left -= 1;
        let Some(control) = self.reader.info().frame_control().copied() else {
            return Err(damaged("a frame has no place"));
        };
        let (colours, depth) = self.reader.output_color_type();
        self.frame.clear();
        let row_bytes = self.reader.output_line_size(control.width).unwrap_or(0);
        let rows = self.stored.chunks_exact(stride.max(1));
        for row in rows.take(control.height as usize) {
            let row = row.get(..row_bytes).unwrap_or(row);
            straight_rgba(row, colours, depth, &mut self.frame);
        }
        let area = Area {
            left: control.x_offset,
            top: control.y_offset,
            width: control.width,
            height: control.height,
        };
        let disposal = match control.dispose_op {
            png::DisposeOp::None => Disposal::Keep,
            png::DisposeOp::Background => Disposal::Clear,
            png::DisposeOp::Previous => Disposal::Restore,
        };
        let blend = match control.blend_op {
            png::BlendOp::Source => Blend::Replace,
            png::BlendOp::Over => Blend::Over,
        };
        canvas.draw(area, &self.frame, blend, disposal);
        Ok(true)
    }
}

/// Grey or colours, with or without alpha, of 8 bits or of 16 (the most
/// significant first) → RGBA8, added to `out`.
fn straight_rgba(stored: &[u8], colours: png::ColorType, depth: png::BitDepth, out: &mut Vec<u8>) {
    let wide = depth == png::BitDepth::Sixteen;
    let eight: Vec<u8> = if wide {
        let (samples, _) = stored.as_chunks::<2>();
        let rounded =
            |sample: &[u8; 2]| (u32::from(u16::from_be_bytes(*sample)) * 255 + 32_767) / 65_535;
        samples.iter().map(|sample| rounded(sample) as u8).collect()
    } else {
        stored.to_vec()
    };
    match colours {
        png::ColorType::Grayscale => {
            out.extend(eight.iter().flat_map(|l| [*l, *l, *l, u8::MAX]));
        }
        png::ColorType::GrayscaleAlpha => {
            let (pixels, _) = eight.as_chunks::<2>();
            out.extend(pixels.iter().flat_map(|[l, a]| [*l, *l, *l, *a]));
        }
        png::ColorType::Rgb | png::ColorType::Indexed => {
            let (pixels, _) = eight.as_chunks::<3>();
            out.extend(pixels.iter().flat_map(|[r, g, b]| [*r, *g, *b, u8::MAX]));
        }
        png::ColorType::Rgba => out.extend_from_slice(&eight),
    }
}

struct WebP {
    frames: std::vec::IntoIter<&'static [u8]>,
    stored: Vec<u8>,
    frame: Vec<u8>,
}

impl WebP {
    fn new(document: &'static [u8]) -> Self {
        let frames = frames::riff_chunks(document.get(12..).unwrap_or_default());
        let frames: Vec<&'static [u8]> = frames
            .filter(|(kind, _)| kind == b"ANMF")
            .map(|(_, data)| data)
            .collect();
        Self {
            frames: frames.into_iter(),
            stored: Vec::new(),
            frame: Vec::new(),
        }
    }
}

impl Reader for WebP {
    fn next(&mut self, canvas: &mut Canvas) -> Result<bool, DocumentError> {
        let Some(data) = self.frames.next() else {
            return Ok(false);
        };
        // Place in units of 2 pixels, size less one, duration, and flags (RFC 9649, 2.7.1.1).
        let Some((header, picture)) = data.split_first_chunk::<16>() else {
            return Err(damaged("a frame ends early"));
        };
        let number = |at: usize| {
            let bytes = header.get(at..).unwrap_or_default();
            let bytes = bytes.iter().take(3).rev();
            bytes.fold(0_u32, |sum, byte| (sum << 8) | u32::from(*byte))
        };
        let area = Area {
            left: number(0) * 2,
            top: number(3) * 2,
            width: number(6) + 1,
            height: number(9) + 1,
        };
        if !canvas.has_room_for(area) {
            return Err(damaged(FRAME_TOO_LARGE));
        }
        let still = still_of(picture, area);
        let decoder = image_webp::WebPDecoder::new(Cursor::new(still));
        let mut decoder = decoder.map_err(|error| broken(&error))?;
        decoder.set_memory_limit(usize::try_from(budget::pictures()).unwrap_or(usize::MAX));
        let bytes = decoder.output_buffer_size();
        let bytes = bytes.filter(|bytes| *bytes as u64 <= budget::pictures());
        let bytes = bytes.filter(|_| decoder.dimensions() == (area.width, area.height));
        let bytes = bytes.ok_or_else(|| damaged("a frame has another size than it says"))?;
        self.stored.clear();
        self.stored.resize(bytes, 0);
        let read = decoder.read_image(&mut self.stored);
        read.map_err(|error| broken(&error))?;
        let colours = if decoder.has_alpha() {
            png::ColorType::Rgba
        } else {
            png::ColorType::Rgb
        };
        self.frame.clear();
        straight_rgba(&self.stored, colours, png::BitDepth::Eight, &mut self.frame);
        let flags = header.last().copied().unwrap_or(0);
        let disposal = if flags & 1 == 1 {
            Disposal::Clear
        } else {
            Disposal::Keep
        };
        let blend = if flags & 2 == 2 {
            Blend::Replace
        } else {
            Blend::Over
        };
        canvas.draw(area, &self.frame, blend, disposal);
        Ok(true)
    }
}

/// The picture of a frame as a file of its own. The library would put it on a
/// canvas itself, with blending that is one step off.
fn still_of(picture: &[u8], area: Area) -> Vec<u8> {
    let mut body = b"WEBP".to_vec();
    if picture.starts_with(b"ALPH") {
        // Flags (alpha), and the size of the canvas less one, of three bytes each.
        let [w0, w1, w2, _] = (area.width - 1).to_le_bytes();
        let [h0, h1, h2, _] = (area.height - 1).to_le_bytes();
        body.extend(b"VP8X\x0a\0\0\0");
        body.extend([0x10, 0, 0, 0, w0, w1, w2, h0, h1, h2]);
    }
    body.extend_from_slice(picture);
    let len = u32::try_from(body.len()).unwrap_or(u32::MAX);
    [&b"RIFF"[..], &len.to_le_bytes(), &body].concat()
}

struct Jxl {
    image: super::jpegxl::Moving,
    next: usize,
}

impl Reader for Jxl {
    fn next(&mut self, canvas: &mut Canvas) -> Result<bool, DocumentError> {
        let frame = self.image.frame(self.next)?;
        self.next += 1;
        Ok(draw_whole(canvas, self.image.size(), frame))
    }
}

struct Avif {
    frames: super::avif::Frames<'static>,
}

impl Reader for Avif {
    fn next(&mut self, canvas: &mut Canvas) -> Result<bool, DocumentError> {
        let frame = self.frames.next()?;
        Ok(draw_whole(canvas, self.frames.size(), frame))
    }
}

/// Draws a frame that the library has put where it belongs; `false` without one.
fn draw_whole(canvas: &mut Canvas, (width, height): (u32, u32), rgba: Option<Vec<u8>>) -> bool {
    let whole = Area {
        width,
        height,
        ..Area::default()
    };
    if let Some(rgba) = &rgba {
        canvas.draw(whole, rgba, Blend::Replace, Disposal::Keep);
    }
    rgba.is_some()
}
