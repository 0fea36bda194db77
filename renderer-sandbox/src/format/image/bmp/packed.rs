//! Bitmaps that a decoder of rows does not read, or reads too strictly: files of JPEG and
//! PNG in them, runs of pixels, fax, and headers of sizes that no other program writes.

use super::runs::Unit;
use super::{
    BITS_AT, COMPRESSION_AT, CORE_HEADER_BYTES, FILE_HEADER_BYTES, INFO_HEADER_BYTES,
    OS2_HEADER_BYTES, PALETTE_LEN_AT, SIGNATURE, height, long, short,
};
use crate::format::DocumentError;
use crate::format::image::decode::{Decoded, Header};
use crate::format::image::fax::Fax;
use crate::format::image::samples::{Channels, Depth, Kind, Samples, zeroed};
use crate::format::image::words::{ENDS_EARLY, cut};
use crate::format::image::{jpeg, library};
use hayro_ccitt::EncodingMode;
use image::metadata::Orientation;
use ipc::Format;

/// Where it is said where the pixels begin, and how wide the picture is.
const PIXELS_AT: usize = 10;
const WIDTH_AT: usize = 18;

/// `BI_JPEG` and `BI_PNG`. In OS/2 the first one is runs of pixels of three bytes, and
/// the number of masks is fax.
const JPEG: u32 = 4;
const PNG: u32 = 5;
const RUNS_OF_COLOURS: u32 = 4;
const FAX: u32 = 3;

/// Sizes of headers that a decoder knows, all others of which have the fields of the
/// common one as far as they go; the shortest of these ends behind the bits of a pixel.
const KNOWN_HEADERS: [u32; 7] = [CORE_HEADER_BYTES, 40, 52, 56, OS2_HEADER_BYTES, 108, 124];
const SHORTEST_HEADER_BYTES: u32 = 16;

/// What a bitmap holds.
pub(in crate::format::image) enum Packed<'d> {
    File(Format, &'d [u8]),
    Runs(Rows<'d>, Unit),
    Fax(Rows<'d>, Colours),
    /// The same with a common header.
    Usual(Vec<u8>),
}

/// The colours of a palette.
pub(super) type Colours = Vec<[u8; 3]>;

/// Packed rows.
pub(in crate::format::image) struct Rows<'d> {
    width: u32,
    height: u32,
    orientation: Orientation,
    pub(super) data: &'d [u8],
}

impl<'d> Packed<'d> {
    /// `None` for a bitmap that a decoder knows.
    pub(in crate::format::image) fn read(document: &'d [u8]) -> Option<Self> {
        if !document.starts_with(SIGNATURE) {
            return None;
        }
        let size = long(document, FILE_HEADER_BYTES)?;
        if !KNOWN_HEADERS.contains(&size) {
            return usual(document, size).map(Self::Usual);
        }
        let start = usize::try_from(long(document, PIXELS_AT)?).ok()?;
        let data = document.get(start..)?;
        let rows = || Rows::read(document, data);
        match (long(document, COMPRESSION_AT)?, short(document, BITS_AT)?) {
            _ if size == CORE_HEADER_BYTES => None,
            (1, 8) | (2, 4) => Some(Self::Runs(rows()?, Unit::read(document)?)),
            (RUNS_OF_COLOURS, 24) if !data.starts_with(b"\xff\xd8") => {
                Some(Self::Runs(rows()?, Unit::read(document)?))
            }
            (JPEG, _) => Some(Self::File(Format::Jpeg, data)),
            (PNG, _) => Some(Self::File(Format::Png, data)),
            (FAX, 1) => Some(Self::Fax(rows()?, colours(document)?)),
            _ => None,
        }
    }

    pub(in crate::format::image) fn header(&self) -> Result<Header, DocumentError> {
        let (rows, words, kind) = match self {
            Self::File(Format::Jpeg, file) => return jpeg::header(file),
            Self::File(format, file) => return library::header(file, *format),
            Self::Usual(file) => return library::header(file, Format::Bmp),
            Self::Runs(rows, unit) => (rows, unit.name(), RGBA),
            Self::Fax(rows, _) => (rows, "palette of 2 colours".to_owned(), RGB),
        };
        let mut header = Header::new((rows.width, rows.height), kind);
        header.colours = words;
        header.orientation = rows.orientation;
        // The bits of a fax.
        header.scratch = 1;
        Ok(header)
    }

    pub(in crate::format::image) fn decode(&self) -> Result<Decoded, DocumentError> {
        let ((bytes, whole), kind) = match self {
            Self::File(Format::Jpeg, file) => return jpeg::decode(file),
            Self::File(format, file) => return library::decode(file, *format),
            Self::Usual(file) => return library::decode(file, Format::Bmp),
            Self::Runs(rows, unit) => (unit.unpack(rows)?, RGBA),
            Self::Fax(rows, colours) => (rows.fax(colours)?, RGB),
        };
        let samples = Samples { bytes, kind };
        let cut = (!whole).then(|| cut(ENDS_EARLY));
        Ok(Decoded { samples, cut })
    }
}

const RGB: Kind = Kind::new(Channels::Rgb, Depth::Eight);
const RGBA: Kind = Kind::new(Channels::Rgba, Depth::Eight);

/// The palette of a bitmap, which stands behind its header.
pub(super) fn colours(document: &[u8]) -> Option<Colours> {
    let start = FILE_HEADER_BYTES.checked_add(long(document, FILE_HEADER_BYTES)? as usize)?;
    let most = 1_u32
        .checked_shl(short(document, BITS_AT)?.into())?
        .min(256);
    let told = long(document, PALETTE_LEN_AT).filter(|told| *told > 0);
    let (all, _) = document.get(start..)?.as_chunks::<4>();
    let all = all.iter().take(told.unwrap_or(most).min(most) as usize);
    Some(
        all.map(|[blue, green, red, _]| [*red, *green, *blue])
            .collect(),
    )
}

/// A bitmap with a common header in the place of one of another size.
fn usual(document: &[u8], size: u32) -> Option<Vec<u8>> {
    if size < SHORTEST_HEADER_BYTES {
        return None;
    }
    let mut file = document.get(..FILE_HEADER_BYTES)?.to_vec();
    let (header, rest) = document
        .get(FILE_HEADER_BYTES..)?
        .split_at_checked(size as usize)?;
    let start = long(document, PIXELS_AT)?
        .checked_sub(size)?
        .checked_add(INFO_HEADER_BYTES)?;
    file.truncate(PIXELS_AT);
    file.try_reserve_exact(document.len() + INFO_HEADER_BYTES as usize)
        .ok()?;
    file.extend(start.to_le_bytes());
    file.extend(INFO_HEADER_BYTES.to_le_bytes());
    let fields = header.get(4..)?;
    file.extend(fields.iter().take(INFO_HEADER_BYTES as usize - 4));
    file.resize(FILE_HEADER_BYTES + INFO_HEADER_BYTES as usize, 0);
    file.extend(rest);
    Some(file)
}

impl<'d> Rows<'d> {
    fn read(document: &[u8], data: &'d [u8]) -> Option<Self> {
        let height = height(document);
        // The last row stands first, unless the height is below zero.
        let orientation = match height < 0 {
            true => Orientation::NoTransforms,
            false => Orientation::FlipVertical,
        };
        Some(Self {
            width: long(document, WIDTH_AT).filter(|width| *width <= i32::MAX.unsigned_abs())?,
            height: height.unsigned_abs(),
            orientation,
            data,
        })
    }

    pub(super) fn width(&self) -> usize {
        self.width as usize
    }

    /// Memory for pixels of so many bytes.
    pub(super) fn room(&self, pixel_bytes: usize) -> Result<Vec<u8>, DocumentError> {
        let pixels = u64::from(self.width) * u64::from(self.height);
        zeroed(pixels.saturating_mul(pixel_bytes as u64))
    }

    fn fax(&self, colours: &[[u8; 3]]) -> Result<(Vec<u8>, bool), DocumentError> {
        let (width, height) = (self.width as usize, self.height as usize);
        let row_bytes = width.div_ceil(8);
        let mut bits = zeroed(row_bytes as u64 * u64::from(self.height))?;
        let fax = Fax::new(EncodingMode::Group3_1D, false);
        let filled = fax.unpack(self.data, &mut bits, (width, height))?;
        let mut out = self.room(3)?;
        let rows = bits.chunks_exact(row_bytes.max(1));
        for (to, row) in out.chunks_exact_mut((width * 3).max(3)).zip(rows) {
            let (pixels, _) = to.as_chunks_mut::<3>();
            for (x, to) in pixels.iter_mut().enumerate() {
                let byte = row.get(x / 8).copied().unwrap_or(0);
                let index = usize::from(byte << (x % 8) & 0x80 != 0);
                *to = colours.get(index).copied().unwrap_or_default();
            }
        }
        Ok((out, filled >= bits.len()))
    }
}
