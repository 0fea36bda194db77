//! Pictures in a TIFF that the library does not know: samples of other widths, fax, old
//! LZW, bits in the other order, chroma with fewer samples, Lab, logarithms of light, old JPEG.
//!
//! What is packed is unpacked by libraries; what lies between them and pixels is here.
//! Trust: none. The size and the number of samples are checked before memory is taken,
//! and every strip gives as many bytes as its place holds, zeros for what is missing.

mod chroma;
mod colours;
mod packing;
mod samples;

use super::directory::{Directory, File};
use crate::budget;
use crate::format::DocumentError;
use crate::format::image::decode::{Decoded, Header, damaged, unsupported};
use crate::format::image::jpeg;
use crate::format::image::samples::{Kind, Samples};
use crate::format::image::words::{ENDS_EARLY, cut};
use colours::Meaning;
use image::metadata::Orientation;
use packing::Packing;
use samples::{Raw, Width};

/// Tags (TIFF 6.0).
const WIDTH: u16 = 256;
const HEIGHT: u16 = 257;
const BITS: u16 = 258;
const COMPRESSION: u16 = 259;
const PHOTOMETRIC: u16 = 262;
const FILL_ORDER: u16 = 266;
const STRIP_OFFSETS: u16 = 273;
const ORIENTATION: u16 = 274;
const SAMPLES: u16 = 277;
const STRIP_ROWS: u16 = 278;
const STRIP_BYTES: u16 = 279;
const PLANES: u16 = 284;
const PREDICTOR: u16 = 317;
const TILE_WIDTH: u16 = 322;
const TILE_HEIGHT: u16 = 323;
const TILE_OFFSETS: u16 = 324;
const TILE_BYTES: u16 = 325;
const SAMPLE_FORMAT: u16 = 339;
const JPEG_AT: u16 = 513;
const JPEG_BYTES: u16 = 514;
const PROFILE: u16 = 34_675;

/// Most samples of a pixel, and most strips or tiles.
const MAX_SAMPLES: u64 = 64;
const MAX_CHUNKS: usize = 1 << 20;

/// Largest profile in bytes.
const MAX_PROFILE_BYTES: usize = 16 << 20;

/// Compressions that the library unpacks: none, LZW, JPEG, deflate, the same as it was
/// called at first, and `PackBits`.
const OF_LIBRARY: [u64; 6] = [1, 5, 7, 8, 32_946, 32_773];
const OLD_JPEG: u64 = 6;
const JPEG: u64 = 7;

/// How a page is stored.
struct Page<'d> {
    directory: Directory<'d>,
    width: usize,
    height: usize,
    /// Samples of a pixel.
    samples: usize,
    stored: Width,
    /// Whether each sample has a plane of its own.
    planar: bool,
    packing: Packing,
    flipped_bits: bool,
    predictor: u64,
    /// Width and height of the strips or tiles, in pixels.
    chunk: (usize, usize),
    meaning: Meaning,
}

/// Whether the library cannot read a page, or would read it wrongly.
pub(super) fn wants(document: &[u8], page: usize) -> bool {
    let Some(directory) = found(document, page) else {
        return false;
    };
    let number = |tag, otherwise| directory.number(tag).unwrap_or(otherwise);
    let compression = number(COMPRESSION, 1);
    let is_fax = packing::is_fax(compression);
    let bits = directory.numbers(BITS, MAX_SAMPLES as usize);
    let is_float = directory.numbers(SAMPLE_FORMAT, 1).contains(&3);
    let is_usual = |bits: &u64| match is_float {
        true => *bits == 32,
        false => matches!(bits, 1 | 2 | 4 | 8 | 16),
    };
    let photometric = number(PHOTOMETRIC, 0);
    let grey = photometric <= 1 && number(SAMPLES, 1) == 1;
    let few_bits = bits.iter().any(|bits| *bits < 8);
    // Of tiles that reach beyond the picture, the library knows those of the first plane.
    let tiled_planes = number(PLANES, 1) == 2 && number(TILE_WIDTH, 0) > 0;
    number(FILL_ORDER, 1) == 2
        || tiled_planes
        || is_fax
        || !OF_LIBRARY.contains(&compression)
        || !bits.iter().all(is_usual)
        || (few_bits && !(grey || photometric == 3) && compression != JPEG)
        || (photometric == 6 && compression != JPEG)
        || (photometric == 3 && (number(SAMPLES, 1) > 1 || bits.iter().any(|bits| *bits > 8)))
        || photometric == 4
        || photometric > 6
        || (compression == 5 && has_old_lzw(directory))
}

/// LZW as it was written before version 5.0 begins with a code of other bits.
fn has_old_lzw(directory: Directory<'_>) -> bool {
    let first = directory.numbers(STRIP_OFFSETS, 1);
    let start = first.first().and_then(|start| usize::try_from(*start).ok());
    let data = start.and_then(|start| directory.file.document.get(start..));
    data.is_some_and(packing::is_old_lzw)
}

/// The header of the page whose directory starts at `page`.
pub(super) fn header(document: &[u8], page: usize) -> Result<Header, DocumentError> {
    if let Some(file) = old_jpeg(document, page) {
        return jpeg::header(file);
    }
    let page = Page::read(document, page)?;
    let side = |side: usize| u32::try_from(side).unwrap_or(u32::MAX);
    let mut header = Header::new((side(page.width), side(page.height)), page.kind());
    header.colours = page.words();
    header.orientation = page
        .directory
        .number(ORIENTATION)
        .and_then(|number| Orientation::from_exif(u8::try_from(number).ok()?))
        .unwrap_or(Orientation::NoTransforms);
    if !matches!(page.meaning, Meaning::Lab(_)) {
        let profile = page.directory.numbers(PROFILE, MAX_PROFILE_BYTES);
        let bytes: Vec<u8> = profile.iter().map(|byte| *byte as u8).collect();
        header.icc = (!bytes.is_empty()).then_some(bytes);
    }
    header.scratch = page.scratch();
    Ok(header)
}

/// Decodes the page.
pub(super) fn decode(document: &[u8], page: usize) -> Result<Decoded, DocumentError> {
    if let Some(file) = old_jpeg(document, page) {
        return jpeg::decode(file);
    }
    let page = Page::read(document, page)?;
    let (raw, whole) = page.raw()?;
    let kind = page.kind();
    let bytes = page.meaning.shown(&raw, page.samples, page.stored)?;
    let samples = Samples { bytes, kind };
    // A tag that is missing may have said something else.
    let is_whole = whole && page.directory.is_whole();
    let cut = (!is_whole).then(|| cut(ENDS_EARLY));
    Ok(Decoded { samples, cut })
}

fn found(document: &[u8], page: usize) -> Option<Directory<'_>> {
    Directory::at(File::new(document)?, page)
}

/// The JPEG file that a page is, as programs before version 6 of TIFF wrote it.
fn old_jpeg(document: &[u8], page: usize) -> Option<&[u8]> {
    let directory = found(document, page)?;
    if directory.number(COMPRESSION)? != OLD_JPEG {
        return None;
    }
    let start = directory
        .number(JPEG_AT)
        .or_else(|| directory.number(STRIP_OFFSETS))?;
    let file = document.get(usize::try_from(start).ok()?..)?;
    let len = directory.number(JPEG_BYTES).unwrap_or(u64::MAX);
    let whole = file.get(..usize::try_from(len).ok()?).unwrap_or(file);
    // Its tables alone may stand there, before strips: the file goes on with them.
    let file = if jpeg::has_scan(whole) { whole } else { file };
    file.starts_with(b"\xff\xd8").then_some(file)
}

impl<'d> Page<'d> {
    fn read(document: &'d [u8], page: usize) -> Result<Self, DocumentError> {
        let directory = found(document, page).ok_or_else(|| damaged("its directory is broken"))?;
        let number = |tag, otherwise| directory.number(tag).unwrap_or(otherwise);
        let side = |tag| usize::try_from(number(tag, 0)).unwrap_or(usize::MAX);
        let (width, height) = (side(WIDTH), side(HEIGHT));
        let samples = number(SAMPLES, 1);
        if !(1..=MAX_SAMPLES).contains(&samples) {
            return Err(unsupported(&format!("{samples} samples of a pixel")));
        }
        let packing = Packing::read(directory, number(COMPRESSION, 1))?;
        let light = packing.light();
        let samples = light.map_or(samples as usize, packing::Light::samples);
        let pixels = (width as u64).saturating_mul(height as u64);
        if pixels == 0 || pixels.saturating_mul(samples as u64) > budget::pictures() {
            return Err(damaged("its picture has no size that can be shown"));
        }
        let (stored, meaning) = match light {
            // What comes out is light, whatever is said of the samples.
            Some(_) => (Width::LIGHT, Meaning::of_light(samples)),
            None => {
                let bits = directory.numbers(BITS, samples);
                if bits.is_empty() && directory.has(BITS) {
                    return Err(damaged(ENDS_EARLY));
                }
                let stored = Width::read(&bits, number(SAMPLE_FORMAT, 1))?;
                (stored, Meaning::read(directory, samples, stored)?)
            }
        };
        if number(PLANES, 1) == 2 && meaning.sampling().is_some_and(|shared| shared != (1, 1)) {
            return Err(unsupported("chroma that is shared, in a plane of its own"));
        }
        let chunk = match (number(TILE_WIDTH, 0), number(TILE_HEIGHT, 0)) {
            (0, _) | (_, 0) => {
                let rows = usize::try_from(number(STRIP_ROWS, u64::MAX)).unwrap_or(usize::MAX);
                (width, rows.clamp(1, height))
            }
            (w, h) => (
                usize::try_from(w).unwrap_or(usize::MAX),
                usize::try_from(h).unwrap_or(usize::MAX),
            ),
        };
        let chunk_bytes = (chunk.0 as u64)
            .saturating_mul(chunk.1 as u64)
            .saturating_mul(samples as u64 * stored.bits().div_ceil(8) as u64);
        if chunk_bytes > budget::pictures() {
            return Err(damaged("its tiles are larger than any picture"));
        }
        Ok(Self {
            directory,
            width,
            height,
            samples,
            stored,
            planar: number(PLANES, 1) == 2 && samples > 1 && light.is_none(),
            packing,
            flipped_bits: number(FILL_ORDER, 1) == 2,
            predictor: light.map_or_else(|| number(PREDICTOR, 1), |_| 1),
            chunk,
            meaning,
        })
    }

    fn kind(&self) -> Kind {
        self.meaning.kind(self.stored)
    }

    /// Memory beside what is shown, in bytes a pixel: all samples as they were read, and a
    /// strip or tile, which may be larger than the picture, until it is in its place.
    fn scratch(&self) -> u64 {
        let chunk_px = self.chunk.0 as u64 * self.chunk.1 as u64;
        let in_chunk = if self.planar { 1 } else { self.samples };
        let unpacked = (in_chunk * self.stored.bits()).div_ceil(8) as u64;
        let chunk_bytes = chunk_px.saturating_mul(unpacked + self.packing.scratch(in_chunk));
        let pixels = self.width as u64 * self.height as u64;
        let chunk = chunk_bytes.div_ceil(pixels.max(1));
        // What is shown is not there yet.
        let shown = self.kind().pixel_bytes() as u64;
        (self.samples * self.stored.kept_bytes()) as u64 + 1 + chunk.saturating_sub(shown)
    }

    fn words(&self) -> String {
        if let Some(light) = self.packing.light() {
            return light.name().to_owned();
        }
        let bits = self.stored.bits();
        let plural = if bits == 1 { "bit" } else { "bits" };
        format!("{}, {bits} {plural}", self.meaning.name())
    }

    /// Reads all samples, pixel by pixel, and tells whether all are there.
    fn raw(&self) -> Result<(Raw, bool), DocumentError> {
        let count = self.width as u64 * self.height as u64 * self.samples as u64;
        let mut raw = self.stored.room(count)?;
        let across = self.width.div_ceil(self.chunk.0);
        let down = self.height.div_ceil(self.chunk.1);
        let planes = if self.planar { self.samples } else { 1 };
        let chunks = across.saturating_mul(down).saturating_mul(planes);
        if chunks > MAX_CHUNKS {
            return Err(damaged("it has more strips than any picture"));
        }
        let (starts, lens) = match self.directory.number(TILE_OFFSETS) {
            Some(_) => (TILE_OFFSETS, TILE_BYTES),
            None => (STRIP_OFFSETS, STRIP_BYTES),
        };
        let starts = self.directory.numbers(starts, chunks);
        let lens = self.directory.numbers(lens, chunks);
        let (mut whole, mut any) = (true, false);
        for chunk in 0..chunks {
            let data = self.data(&starts, &lens, chunk);
            let in_plane = chunk % (across * down).max(1);
            let place = Place {
                left: in_plane % across * self.chunk.0,
                top: in_plane / across * self.chunk.1,
                plane: chunk / (across * down).max(1),
            };
            match self.put(data, &place, &mut raw) {
                Ok(complete) => {
                    whole &= complete;
                    any |= complete || !data.is_empty();
                }
                Err(error) if chunk == 0 => return Err(error),
                Err(_) => whole = false,
            }
        }
        if any {
            Ok((raw, whole))
        } else {
            Err(damaged(ENDS_EARLY))
        }
    }

    /// The bytes of a strip or tile, as far as the file goes.
    fn data(&self, starts: &[u64], lens: &[u64], chunk: usize) -> &'d [u8] {
        let number = |numbers: &[u64]| usize::try_from(*numbers.get(chunk)?).ok();
        let document = self.directory.file.document;
        let rest = number(starts).and_then(|start| document.get(start..));
        let rest = rest.unwrap_or_default();
        // Some programs write no lengths, or none that are right.
        match number(lens).filter(|len| *len > 0) {
            Some(len) => rest.get(..len).unwrap_or(rest),
            None => rest,
        }
    }

    /// Unpacks a strip or tile into its place.
    fn put(&self, data: &[u8], place: &Place, raw: &mut Raw) -> Result<bool, DocumentError> {
        // The last strip has the rows that are left, a tile all of its own.
        let is_tile = self.chunk.0 != self.width || self.directory.number(TILE_WIDTH).is_some();
        let rows = match is_tile {
            true => self.chunk.1,
            false => self.chunk.1.min(self.height - place.top),
        };
        let in_row = if self.planar { 1 } else { self.samples };
        let sampling = self.meaning.sampling().filter(|_| !self.planar);
        let row_bytes = (self.chunk.0 * in_row * self.stored.bits()).div_ceil(8);
        let len = match sampling {
            Some(sampling) => chroma::unit_bytes(self.chunk.0, rows, sampling),
            None => row_bytes * rows,
        };
        let flipped: Vec<u8>;
        let data = match self.flipped_bits {
            true => {
                flipped = data.iter().map(|byte| byte.reverse_bits()).collect();
                &flipped
            }
            false => data,
        };
        let little = self.directory.file.is_little();
        let size = (self.chunk.0, rows);
        let (mut bytes, whole) = self.packing.unpack(data, len, size, little)?;
        if let Some(sampling) = sampling {
            let columns = self.chunk.0.min(self.width - place.left);
            let rows = rows.min(self.height - place.top);
            let pixels = chroma::spread(&bytes, self.chunk.0, (columns, rows), sampling);
            for (y, row) in pixels.chunks_exact((columns * 3).max(1)).enumerate() {
                let at = ((place.top + y) * self.width + place.left) * 3;
                let row = row.iter().map(|byte| u16::from(*byte));
                raw.put(at, 1, &Raw::Words(row.collect()));
            }
            return Ok(whole);
        }
        let columns = self.chunk.0.min(self.width - place.left);
        let rows = bytes.chunks_exact_mut(row_bytes.max(1));
        for (y, row) in rows.enumerate().take(self.height - place.top) {
            self.stored.undo(self.predictor, row, in_row, little)?;
            let row = self
                .stored
                .row(row, columns * in_row, little && self.predictor != 3);
            let at = ((place.top + y) * self.width + place.left) * self.samples + place.plane;
            raw.put(at, if self.planar { self.samples } else { 1 }, &row);
        }
        Ok(whole)
    }
}

/// Where a strip or tile belongs.
struct Place {
    left: usize,
    top: usize,
    plane: usize,
}
