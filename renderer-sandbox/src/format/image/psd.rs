//! Photoshop files: the one picture of all layers that the program stores for
//! others ("maximize compatibility"). Own code, because the crate that reads them
//! builds every layer first and knows 8 bits alone.
//!
//! Big-endian throughout (Adobe Photoshop File Formats Specification, 2019).

mod rows;

use super::DocumentError;
use super::decode::{Decoded, Header, damaged, unsupported};
use super::lab;
use super::samples::{Channels, Depth, Kind, Samples, zeroed};
use super::words::{ENDS_EARLY, cut};
use rows::Rows;

/// Image resource of the ICC profile, and of EXIF.
const ICC_RESOURCE: u16 = 1039;
const EXIF_RESOURCE: u16 = 1058;

/// Longest side: of a PSB; a PSD has a tenth of it.
const MAX_SIDE: u32 = 300_000;

/// A file up to its pixels.
struct Psd<'d> {
    width: u32,
    height: u32,
    channels: usize,
    bits: u16,
    mode: Mode,
    /// Offsets of layers and of rows are wider in a PSB.
    big: bool,
    palette: &'d [u8],
    resources: &'d [u8],
    /// Whether the first channel beside the colours is how opaque the picture is.
    transparent: bool,
    /// How the pixels are packed, and the pixels.
    packing: u16,
    pixels: &'d [u8],
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    Bitmap,
    Grey,
    Indexed,
    Rgb,
    Cmyk,
    Lab,
}

/// Reads a file from front to back.
struct Cursor<'d>(&'d [u8]);

impl<'d> Cursor<'d> {
    fn take(&mut self, len: u64) -> Result<&'d [u8], DocumentError> {
        let len = usize::try_from(len).unwrap_or(usize::MAX);
        let (taken, rest) = self
            .0
            .split_at_checked(len)
            .ok_or_else(|| damaged(ENDS_EARLY))?;
        self.0 = rest;
        Ok(taken)
    }

    fn number(&mut self, bytes: u64) -> Result<u64, DocumentError> {
        let taken = self.take(bytes)?;
        Ok(taken
            .iter()
            .fold(0, |sum, byte| (sum << 8) | u64::from(*byte)))
    }

    fn short(&mut self) -> Result<u16, DocumentError> {
        Ok(u16::try_from(self.number(2)?).unwrap_or(0))
    }

    fn section(&mut self, len_bytes: u64) -> Result<&'d [u8], DocumentError> {
        let len = self.number(len_bytes)?;
        self.take(len)
    }
}

impl<'d> Psd<'d> {
    fn read(document: &'d [u8]) -> Result<Self, DocumentError> {
        let mut file = Cursor(document);
        file.take(4)?;
        let big = file.short()? == 2;
        file.take(6)?;
        let channels = usize::from(file.short()?);
        let height = u32::try_from(file.number(4)?).unwrap_or(u32::MAX);
        let width = u32::try_from(file.number(4)?).unwrap_or(u32::MAX);
        let bits = file.short()?;
        let mode = mode(file.short()?)?;
        if width.max(height) > MAX_SIDE || !(1..=56).contains(&channels) {
            return Err(damaged("its header makes no sense"));
        }
        let palette = file.section(4)?;
        let resources = file.section(4)?;
        let layers = file.section(if big { 8 } else { 4 })?;
        let packing = file.short()?;
        Ok(Self {
            width,
            height,
            channels,
            bits,
            mode,
            big,
            palette,
            resources,
            transparent: is_transparent(layers, big),
            packing,
            pixels: file.0,
        })
    }

    /// What is shown, and whether alpha is.
    fn kind(&self) -> Result<Kind, DocumentError> {
        let alpha = self.transparent && self.channels > self.mode.channels();
        let channels = match (self.mode, alpha) {
            (Mode::Bitmap | Mode::Grey, false) => Channels::Grey,
            (Mode::Bitmap | Mode::Grey, true) => Channels::GreyAlpha,
            (Mode::Rgb, true) => Channels::Rgba,
            (Mode::Cmyk, _) => Channels::Cmyk,
            (Mode::Indexed | Mode::Rgb, _) | (Mode::Lab, _) => Channels::Rgb,
        };
        let depth = match (self.bits, self.mode) {
            (1, Mode::Bitmap) | (8, _) => Depth::Eight,
            (16, mode) if mode != Mode::Indexed && mode != Mode::Lab => Depth::Sixteen,
            (32, Mode::Grey | Mode::Rgb) => Depth::Float,
            (bits, _) => return Err(unsupported(&format!("samples of {bits} bits"))),
        };
        if self.channels < self.mode.channels() {
            return Err(damaged("it has fewer channels than its colours need"));
        }
        Ok(Kind::new(channels, depth))
    }

    /// Bytes of a row of one channel.
    fn row_bytes(&self) -> usize {
        (self.width as usize * usize::from(self.bits)).div_ceil(8)
    }

    fn resource(&self, wanted: u16) -> Option<&'d [u8]> {
        let mut rest = Cursor(self.resources);
        while rest.take(4).ok()? == b"8BIM" {
            let id = rest.short().ok()?;
            // A name, padded with its length to an even number.
            let name = rest.number(1).ok()?;
            rest.take(name + (name + 1) % 2).ok()?;
            let data = rest.section(4).ok()?;
            if id == wanted {
                return Some(data);
            }
            rest.take(data.len() as u64 % 2).ok()?;
        }
        None
    }
}

impl Mode {
    fn channels(self) -> usize {
        match self {
            Self::Bitmap | Self::Grey | Self::Indexed => 1,
            Self::Rgb | Self::Lab => 3,
            Self::Cmyk => 4,
        }
    }
}

fn mode(number: u16) -> Result<Mode, DocumentError> {
    Ok(match number {
        0 => Mode::Bitmap,
        // Duotone is shown as the grey it is printed from.
        1 | 8 => Mode::Grey,
        2 => Mode::Indexed,
        3 => Mode::Rgb,
        4 => Mode::Cmyk,
        9 => Mode::Lab,
        other => return Err(unsupported(&format!("colours of the kind {other}"))),
    })
}

/// A negative count of layers says so.
fn is_transparent(layers: &[u8], big: bool) -> bool {
    let count = layers.get(if big { 8 } else { 4 }..);
    count
        .and_then(|rest| rest.first_chunk::<2>())
        .is_some_and(|bytes| i16::from_be_bytes(*bytes) < 0)
}

pub(super) fn header(document: &[u8]) -> Result<Header, DocumentError> {
    let psd = Psd::read(document)?;
    let kind = psd.kind()?;
    let mut header = Header::new((psd.width, psd.height), kind);
    header.icc = psd.resource(ICC_RESOURCE).map(<[u8]>::to_vec);
    header.exif = psd.resource(EXIF_RESOURCE).map(<[u8]>::to_vec);
    if psd.mode == Mode::Lab {
        "Lab, 8 bits".clone_into(&mut header.colours);
        header.icc = None;
    }
    Ok(header)
}

pub(super) fn decode(document: &[u8]) -> Result<Decoded, DocumentError> {
    let psd = Psd::read(document)?;
    let kind = psd.kind()?;
    let pixels = u64::from(psd.width) * u64::from(psd.height);
    let mut bytes = zeroed(pixels * kind.pixel_bytes() as u64)?;
    let shown = match psd.mode {
        Mode::Indexed => 1,
        _ => kind.channels.count(),
    };
    let mut rows = Rows::new(&psd)?;
    let mut row = vec![0; psd.row_bytes()];
    let stride = psd.width as usize * kind.pixel_bytes();
    let mut whole = true;
    for channel in 0..shown {
        for to in bytes.chunks_exact_mut(stride.max(1)) {
            whole &= rows.next(&mut row);
            psd.spread(&row, channel, kind, to);
        }
    }
    finish(&psd, kind, &mut bytes);
    let samples = Samples { bytes, kind };
    let cut = (!whole).then(|| cut(ENDS_EARLY));
    Ok(Decoded { samples, cut })
}

impl Psd<'_> {
    /// Puts a row of a channel into its place among the others.
    fn spread(&self, row: &[u8], channel: usize, kind: Kind, to: &mut [u8]) {
        let pixels = to.chunks_exact_mut(kind.pixel_bytes());
        match (self.mode, kind.depth) {
            (Mode::Bitmap, _) => {
                for (x, pixel) in pixels.enumerate() {
                    let ink = row.get(x / 8).copied().unwrap_or(0) >> (7 - x % 8) & 1;
                    pixel.fill(if ink == 1 { 0 } else { u8::MAX });
                }
            }
            (Mode::Indexed, _) => {
                let colour = |index: u8, part: usize| {
                    let at = part * 256 + usize::from(index);
                    self.palette.get(at).copied().unwrap_or(0)
                };
                for (pixel, index) in pixels.zip(row) {
                    for (part, sample) in pixel.iter_mut().enumerate() {
                        *sample = colour(*index, part);
                    }
                }
            }
            (_, depth) => {
                let len = depth.bytes();
                for (pixel, sample) in pixels.zip(row.chunks_exact(len)) {
                    if let Some(to) = pixel.get_mut(channel * len..(channel + 1) * len) {
                        // Into the order of this machine.
                        to.iter_mut()
                            .zip(sample.iter().rev())
                            .for_each(|(t, s)| *t = *s);
                        if cfg!(target_endian = "big") {
                            to.reverse();
                        }
                    }
                }
            }
        }
    }
}

/// What the samples mean, as it is meant here.
fn finish(psd: &Psd<'_>, kind: Kind, bytes: &mut [u8]) {
    match (psd.mode, kind.channels, kind.depth) {
        // Stored as how much light is left.
        (Mode::Cmyk, ..) => bytes.iter_mut().for_each(|byte| *byte = !*byte),
        (Mode::Lab, ..) => {
            let (pixels, _) = bytes.as_chunks_mut::<3>();
            for pixel in pixels {
                let [l, a, b] = pixel.map(f32::from);
                let colour = lab::srgb([l / 2.55, a - 128.0, b - 128.0]);
                *pixel = colour.map(|value| (value * 255.0).round() as u8);
            }
        }
        (_, Channels::Rgba | Channels::GreyAlpha, Depth::Eight) => {
            without_white(bytes, kind.channels.count());
        }
        _ => {}
    }
}

/// The program has laid the picture on white; this takes the white out again.
fn without_white(bytes: &mut [u8], channels: usize) {
    for pixel in bytes.chunks_exact_mut(channels) {
        let Some((alpha, colours)) = pixel.split_last_mut() else {
            continue;
        };
        let alpha = i32::from(*alpha);
        if alpha == 0 || alpha == 255 {
            continue;
        }
        for colour in colours {
            let seen = i32::from(*colour) - (255 - alpha);
            *colour = ((seen * 255 + alpha / 2) / alpha).clamp(0, 255) as u8;
        }
    }
}
