//! AVIF: items of HEIF, AV1 by `re_rav1d` (the Rust port of dav1d, without its
//! assembler) on the worker's own thread.
//!
//! Pictures in one piece, in a grid and in tracks, with alpha, of 8 to 12 bits, in every
//! subsampling; matrices and ranges by their code points (ITU-T H.273).

mod matrix;
mod moving;
mod track;

pub(super) use moving::Frames;
pub(super) use track::Moving;

use super::DocumentError;
use super::decode::{Decoded, Header, damaged, unsupported};
use super::heif::{Bytes, Heif};
use super::light::Light;
use super::png;
use super::samples::{Channels, Depth, Kind, Samples, zeroed};
use super::words::undecodable;
use crate::budget;
use matrix::Converter;
use re_rav1d::{Decoder, Picture, PixelLayout, PlanarImageComponent, Settings};

/// What decoding takes beside the samples, in bytes a pixel: planes of 16 bits,
/// two of a frame, and the state of its blocks.
const SCRATCH: u64 = 16;

/// Most pictures of a grid.
const MAX_CELLS: usize = 1024;

/// How colours are meant (`nclx`); 2 is "not said".
#[derive(Debug, Clone, Copy)]
pub(super) struct CodePoints {
    primaries: u16,
    transfer: u16,
    matrix: u16,
    full: bool,
}

/// The picture of a file, as its items tell it.
struct Told<'d> {
    heif: Heif<'d>,
    size: (u32, u32),
    bits: u8,
    grey: bool,
    alpha: Option<u32>,
    premultiplied: bool,
    points: Option<CodePoints>,
    icc: Option<&'d [u8]>,
}

impl<'d> Told<'d> {
    fn read(document: &'d [u8]) -> Result<Self, DocumentError> {
        let heif = Heif::read(document)?;
        let item = heif.primary;
        let first = first_cell(&heif, item)?;
        let size = heif.size(item).or_else(|| heif.size(first));
        let config = heif.property(first, b"av1C");
        let config = config.ok_or_else(|| damaged("its picture has no configuration"))?;
        let flags = config.0.get(2).copied().unwrap_or(0);
        let alpha = heif
            .referring(item, b"auxl")
            .find(|other| is_alpha(&heif, *other));
        let (mut points, mut icc) = (None, None);
        for (kind, body) in heif.all(item).chain(heif.all(first)) {
            match (&kind, body.0) {
                (b"colr", [b'n', b'c', b'l', b'x', rest @ ..]) => {
                    points = points.or_else(|| code_points(Bytes(rest)));
                }
                (b"colr", [b'p', b'r', b'o', b'f', rest @ ..])
                | (b"colr", [b'r', b'I', b'C', b'C', rest @ ..]) => icc = icc.or(Some(rest)),
                _ => {}
            }
        }
        Ok(Self {
            premultiplied: alpha.is_some_and(|alpha| heif.refers(item, b"prem").contains(&alpha)),
            size: size.ok_or_else(|| damaged("its picture has no size"))?,
            bits: match flags & 0b0110_0000 {
                0b0100_0000 => 10,
                0b0110_0000 => 12,
                _ => 8,
            },
            grey: flags & 0b0001_0000 != 0,
            heif,
            alpha,
            points,
            icc,
        })
    }

    fn kind(&self) -> Kind {
        let channels = match (self.grey, self.alpha) {
            (true, None) => Channels::Grey,
            (true, Some(_)) => Channels::GreyAlpha,
            (false, None) => Channels::Rgb,
            (false, Some(_)) => Channels::Rgba,
        };
        let depth = if self.bits > 8 {
            Depth::Sixteen
        } else {
            Depth::Eight
        };
        let mut kind = Kind::new(channels, depth);
        kind.associated = self.premultiplied;
        kind
    }
}

/// The item itself, or the first of its grid.
fn first_cell(heif: &Heif<'_>, item: u32) -> Result<u32, DocumentError> {
    match heif.kind(item).as_ref() {
        Some(b"av01") => Ok(item),
        Some(b"grid") => {
            let cells = heif.refers(item, b"dimg");
            let first = cells.first().copied();
            let first = first.ok_or_else(|| damaged("its grid is empty"))?;
            match heif.kind(first).as_ref() {
                Some(b"av01") => Ok(first),
                other => Err(other_coding(other)),
            }
        }
        other => Err(other_coding(other)),
    }
}

fn other_coding(kind: Option<&[u8; 4]>) -> DocumentError {
    match kind {
        Some(b"hvc1" | b"hev1") => DocumentError::Unsupported(
            "this is a HEIC image (coded with H.265), which Pellucid cannot show yet".to_owned(),
        ),
        Some(kind) => unsupported(&format!("its coding is {}", kind.escape_ascii())),
        None => damaged("it holds no picture"),
    }
}

fn is_alpha(heif: &Heif<'_>, item: u32) -> bool {
    let kinds: [&[u8]; 2] = [
        b"urn:mpeg:mpegB:cicp:systems:auxiliary:alpha\0",
        b"urn:mpeg:hevc:2015:auxid:1\0",
    ];
    let body = heif.property(item, b"auxC");
    let name = body.and_then(|body| body.0.get(4..));
    name.is_some_and(|name| kinds.iter().any(|kind| name.starts_with(kind)))
}

fn code_points(mut body: Bytes<'_>) -> Option<CodePoints> {
    let mut short = || u16::try_from(body.int(2)?).ok();
    let (primaries, transfer, matrix) = (short()?, short()?, short()?);
    Some(CodePoints {
        primaries,
        transfer,
        matrix,
        full: body.number(1)? & 0x80 != 0,
    })
}

pub(super) fn header(document: &[u8]) -> Result<Header, DocumentError> {
    let told = Told::read(document)?;
    let mut header = Header::new(told.size, told.kind());
    let name = if told.grey { "grey" } else { "YCbCr" };
    let alpha = if told.alpha.is_some() {
        " and alpha"
    } else {
        ""
    };
    header.colours = format!("{name}{alpha}, {} bits", told.bits);
    header.orientation = told.heif.orientation(told.heif.primary);
    header.scratch = SCRATCH;
    if let Some(points) = told.points {
        header.light = Light::new(points.primaries, points.transfer);
    }
    header.icc = match (told.icc, told.points) {
        (Some(icc), _) => Some(icc.to_vec()),
        (None, Some(points)) => png::profile_of(points.primaries, points.transfer),
        (None, None) => None,
    };
    Ok(header)
}

pub(super) fn decode(document: &[u8]) -> Result<Decoded, DocumentError> {
    let told = Told::read(document)?;
    let kind = told.kind();
    let (width, height) = told.size;
    let pixels = u64::from(width) * u64::from(height);
    let mut out = Canvas {
        bytes: zeroed(pixels * kind.pixel_bytes() as u64)?,
        kind,
        size: told.size,
    };
    let colours = if told.grey { 0..1 } else { 0..3 };
    draw(&told, told.heif.primary, colours, &mut out)?;
    if let Some(alpha) = told.alpha {
        let last = kind.channels.count() - 1;
        draw(&told, alpha, last..last + 1, &mut out)?;
    }
    let samples = Samples {
        bytes: out.bytes,
        kind,
    };
    Ok(Decoded { samples, cut: None })
}

/// What pictures are put on, and which of its channels they are.
struct Canvas {
    bytes: Vec<u8>,
    kind: Kind,
    size: (u32, u32),
}

impl Canvas {
    /// Makes the last channel, which is alpha, the most it can be.
    fn opaque(&mut self) {
        let sample = self.kind.depth.bytes();
        for pixel in self.bytes.chunks_exact_mut(self.kind.pixel_bytes()) {
            let alpha = pixel.len().saturating_sub(sample);
            pixel.get_mut(alpha..).unwrap_or_default().fill(u8::MAX);
        }
    }
}

/// Decodes an item, or all of its grid, into channels.
fn draw(
    told: &Told<'_>,
    item: u32,
    channels: std::ops::Range<usize>,
    out: &mut Canvas,
) -> Result<(), DocumentError> {
    let heif = &told.heif;
    let cells = match heif.kind(item).as_ref() {
        Some(b"grid") => heif.refers(item, b"dimg").to_vec(),
        _ => vec![item],
    };
    let columns = columns(heif, item).unwrap_or(1).max(1);
    let mut origin = (0, 0);
    for (number, cell) in cells.iter().take(MAX_CELLS).enumerate() {
        let picture = frame(&heif.bytes(*cell)?)?;
        if number > 0 && number % columns == 0 {
            origin = (0, origin.1 + picture.height());
        }
        put(told, &picture, origin, channels.clone(), out)?;
        origin.0 += picture.width();
    }
    Ok(())
}

/// Columns of a grid: version, flags, rows and columns, less one each.
fn columns(heif: &Heif<'_>, item: u32) -> Option<usize> {
    if heif.kind(item).as_ref() != Some(b"grid") {
        return None;
    }
    let bytes = heif.bytes(item).ok()?;
    Some(usize::from(*bytes.get(3)?) + 1)
}

/// Decodes the only frame of a stream.
fn frame(stream: &[u8]) -> Result<Picture, DocumentError> {
    Stream::new()?.next(stream)
}

/// Frames of AV1, one after another.
struct Stream(Decoder);

impl Stream {
    fn new() -> Result<Self, DocumentError> {
        let mut settings = Settings::new();
        settings.set_n_threads(1);
        settings.set_max_frame_delay(1);
        let most = u32::try_from(budget::pictures() / SCRATCH).unwrap_or(u32::MAX);
        settings.set_frame_size_limit(most);
        Decoder::with_settings(&settings).map(Self).map_err(refusal)
    }

    fn next(&mut self, data: &[u8]) -> Result<Picture, DocumentError> {
        // The library frees what it never took when there is nothing.
        if data.is_empty() {
            return Err(damaged("its picture is empty"));
        }
        match self.0.send_data(data.to_vec(), None, None, None) {
            Ok(()) | Err(re_rav1d::Error::Again) => {}
            Err(error) => return Err(refusal(error)),
        }
        self.0.get_picture().map_err(refusal)
    }
}

fn refusal(error: re_rav1d::Error) -> DocumentError {
    damaged(&undecodable(&error.to_string()))
}

/// Puts a picture into channels of the canvas, as far as it lies there.
fn put(
    told: &Told<'_>,
    picture: &Picture,
    (left, top): (u32, u32),
    channels: std::ops::Range<usize>,
    out: &mut Canvas,
) -> Result<(), DocumentError> {
    let converter = Converter::new(told.points, picture, channels.len())?;
    let (width, height) = out.size;
    let count = out.kind.channels.count();
    let sample = out.kind.depth.bytes();
    let columns = picture.width().min(width.saturating_sub(left)) as usize;
    let rows = picture.height().min(height.saturating_sub(top)) as usize;
    let mut row = vec![[0_u16; 3]; picture.width() as usize];
    for y in 0..rows {
        converter.row(y, &mut row);
        let start = ((top as usize + y) * width as usize + left as usize) * count * sample;
        let to = out.bytes.get_mut(start..).unwrap_or_default();
        let pixels = to.chunks_exact_mut(count * sample).take(columns);
        for (pixel, values) in pixels.zip(&row) {
            for (channel, value) in channels.clone().zip(values) {
                let at = channel * sample;
                if sample == 1 {
                    if let Some(to) = pixel.get_mut(at) {
                        *to = (u32::from(*value) * 255 + 32_767).div_euclid(65_535) as u8;
                    }
                } else if let Some(to) = pixel.get_mut(at..at + 2) {
                    to.copy_from_slice(&value.to_ne_bytes());
                }
            }
        }
    }
    Ok(())
}

/// A plane of samples, of 8 or 16 bits.
struct Plane {
    bytes: re_rav1d::Plane,
    stride: usize,
    size: (usize, usize),
    wide: bool,
}

impl Plane {
    fn new(picture: &Picture, component: PlanarImageComponent) -> Self {
        let (width, height) = (picture.width() as usize, picture.height() as usize);
        let half = |side: usize| side.div_ceil(2);
        let luma = component == PlanarImageComponent::Y;
        let size = match picture.pixel_layout() {
            _ if luma => (width, height),
            PixelLayout::I420 => (half(width), half(height)),
            PixelLayout::I422 => (half(width), height),
            _ => (width, height),
        };
        Self {
            bytes: picture.plane(component),
            stride: picture.stride(component) as usize,
            size,
            wide: picture.bit_depth() > 8,
        }
    }

    fn at(&self, x: usize, y: usize) -> u16 {
        let (x, y) = (
            x.min(self.size.0.saturating_sub(1)),
            y.min(self.size.1.saturating_sub(1)),
        );
        let start = y * self.stride + x * if self.wide { 2 } else { 1 };
        match self.bytes.get(start..) {
            Some([low, high, ..]) if self.wide => u16::from_ne_bytes([*low, *high]),
            Some([byte, ..]) if !self.wide => u16::from(*byte),
            _ => 0,
        }
    }
}
