//! Pictures, and what is no more than a picture's header that makes sense.

use super::documents::{SVG, markup};
use super::{Magic, matches_at};
use crate::format::image::is_float_map;
use crate::format::svg;
use ipc::Format;

pub(super) const KNOWN: &[(Magic, Format)] = &[
    (&[(0, b"\x89PNG\r\n\x1a\n")], Format::Png),
    (&[(0, b"\xff\xd8\xff")], Format::Jpeg),
    (&[(0, b"GIF87a")], Format::Gif),
    (&[(0, b"GIF89a")], Format::Gif),
    (&[(0, b"RIFF"), (8, b"WEBP")], Format::WebP),
    (&[(0, b"II*\0")], Format::Tiff),
    (&[(0, b"MM\0*")], Format::Tiff),
    (&[(0, b"II+\0")], Format::Tiff),
    (&[(0, b"MM\0+")], Format::Tiff),
    (&[(0, b"qoif")], Format::Qoi),
    (&[(0, b"DDS ")], Format::Dds),
    (&[(0, b"#?RADIANCE")], Format::Hdr),
    (&[(0, b"#?RGBE")], Format::Hdr),
    (&[(0, b"\x76\x2f\x31\x01")], Format::Exr),
    (&[(0, b"farbfeld")], Format::Farbfeld),
    (&[(0, b"\0\0\0\x0cJXL \r\n\x87\n")], Format::JpegXl),
    (&[(0, b"\xff\x0a")], Format::JpegXl),
    (&[(0, b"\0\0\0\x0cjP  \r\n\x87\n")], Format::Jpeg2000),
    (&[(0, b"\xff\x4f\xff\x51")], Format::Jpeg2000),
    (&[(4, b"ftypavif")], Format::Avif),
    (&[(4, b"ftypavis")], Format::Avif),
    (&[(4, b"ftypmif1")], Format::Avif),
    (&[(4, b"ftypmsf1")], Format::Avif),
    (&[(4, b"ftypmiaf")], Format::Avif),
    (&[(4, b"ftyphei")], Format::Heic),
    // Pictures that are predicted from others: AVIF has none.
    (&[(4, b"ftypmif2")], Format::Heic),
    (&[(4, b"ftyphev")], Format::Heic),
    (&[(0, b"8BPS\0\x01")], Format::Psd),
    (&[(0, b"8BPS\0\x02")], Format::Psd),
    (&[(0, b"icns")], Format::Icns),
    (&[(0, b"\x0a\x02\x01")], Format::Pcx),
    (&[(0, b"\x0a\x03\x01")], Format::Pcx),
    (&[(0, b"\x0a\x05\x01")], Format::Pcx),
    (&[(0, b"\x01\xda\x00")], Format::Sgi),
    (&[(0, b"\x01\xda\x01")], Format::Sgi),
    (&[(0, b"/* XPM */")], Format::Xpm),
    (&[(0, b"FUJIFILMCCD-RAW")], Format::Raw),
    (&[(4, b"ftypcrx ")], Format::Raw),
    (&[(0, b"IIU\0")], Format::Raw),
    (&[(0, b"IIRO")], Format::Raw),
    (&[(0, b"IIRS")], Format::Raw),
    (&[(0, b"MMOR")], Format::Raw),
];

/// Pictures that are not shown, and moving ones.
pub(super) const OTHERS: &[(Magic, &str)] = &[
    (&[(0, b"II\xbc\x01")], "a JPEG XR image"),
    (&[(0, b"gimp xcf")], "a GIMP image"),
    (&[(0, b"\x8aMNG\r\n\x1a\n")], "an MNG animation"),
    (&[(0, b"\x8bJNG\r\n\x1a\n")], "a JNG image"),
    (&[(0, b"FLIF")], "a FLIF image"),
    (&[(0, b"BPG\xfb")], "a BPG image"),
    (&[(0, b"\x59\xa6\x6a\x95")], "a Sun raster image"),
    (&[(0, b"\xd7\xcd\xc6\x9a")], "a Windows metafile"),
    (&[(0, b"\x01\0\0\0"), (40, b" EMF")], "a Windows metafile"),
    (&[(128, b"DICM")], "a DICOM image"),
    (&[(0, b"SIMPLE  =")], "a FITS image"),
    (&[(0, b"\xabKTX ")], "a KTX texture"),
    // Moving pictures.
    (&[(0, b"RIFF"), (8, b"AVI ")], "an AVI video"),
    (&[(0, b"\0\0\x01\xba")], "an MPEG video"),
    (&[(0, b"\0\0\x01\xb3")], "an MPEG video"),
    (&[(0, b"FLV\x01")], "a Flash video"),
    (&[(0, b"\x30\x26\xb2\x75")], "a Windows Media file"),
];

/// Pictures that have no magic number, or a short one that says too little.
pub(super) fn by_header(bytes: &[u8], head: &[u8]) -> Option<Format> {
    if is_bitmap(bytes) || is_clipboard_bitmap(bytes) {
        Some(Format::Bmp)
    } else if is_pnm(bytes) || is_float_map(bytes) {
        Some(Format::Pnm)
    } else if is_icon(bytes) {
        Some(Format::Ico)
    } else if is_svg(bytes, head) {
        Some(Format::Svg)
    } else {
        is_xbm(head).then_some(Format::Xbm)
    }
}

/// Whether a file of a brand that says nothing of the coding names HEIC among those that it is
/// compatible with, and not AVIF (ISO/IEC 23008-12, 10.2 and annex B.4).
pub(super) fn is_heic(bytes: &[u8]) -> bool {
    let Some(len) = bytes.first_chunk::<4>().map(|len| u32::from_be_bytes(*len)) else {
        return false;
    };
    let names = bytes.get(16..len as usize).unwrap_or_default();
    let (brands, _) = names.as_chunks::<4>();
    let of_heic = |brand: &[u8; 4]| brand.starts_with(b"hei") || brand.starts_with(b"hev");
    let of_avif = |brand: &[u8; 4]| brand.starts_with(b"avi");
    brands.iter().any(of_heic)
        && !brands.iter().any(of_avif)
        && !matches_at(bytes, &[(4, b"ftypavi")])
}

/// SVG as it is, or compressed.
fn is_svg(bytes: &[u8], head: &[u8]) -> bool {
    if bytes.starts_with(b"\x1f\x8b") {
        return markup(&svg::unpacked_head(bytes)) == Some(SVG);
    }
    markup(head) == Some(SVG)
}

/// `BM`, and a header of a size that there is: 12 to 124 bytes (OS/2 1 to
/// Windows 5).
fn is_bitmap(bytes: &[u8]) -> bool {
    let size = bytes.get(14..).and_then(|rest| rest.first_chunk::<4>());
    bytes.starts_with(b"BM") && size.is_some_and(|s| (12..=124).contains(&u32::from_le_bytes(*s)))
}

/// A bitmap as it lies on the clipboard: a header of a size that there is, one plane, bits
/// that there are, and no compression but masks.
fn is_clipboard_bitmap(bytes: &[u8]) -> bool {
    let Some((header, _)) = bytes.split_first_chunk::<20>() else {
        return false;
    };
    let size = matches!(header, [40 | 108 | 124, 0, 0, 0, ..]);
    let sides = matches!(header[4..12], [_, _, 0, 0, _, _, high, higher] if high == higher);
    let layout = matches!(header[12..16], [1, 0, 1 | 4 | 8 | 16 | 24 | 32, 0]);
    size && sides && layout && matches!(header[16..20], [0..=3, 0, 0, 0])
}

/// PBM to PAM: `P1` to `P7` and white space (netpbm).
fn is_pnm(bytes: &[u8]) -> bool {
    matches!(bytes, [b'P', b'1'..=b'7', space, ..] if space.is_ascii_whitespace())
}

/// An icon or a cursor, which counts its pictures; a TGA that starts in the same
/// way has no colour map, and zeros there.
fn is_icon(bytes: &[u8]) -> bool {
    matches!(bytes, [0, 0, 1 | 2, 0, low, high, ..] if (*low, *high) != (0, 0))
}

/// A TGA header that makes sense (Truevision TGA 2.0, 1991), or the mark at the
/// end of a newer file.
pub(super) fn is_tga(bytes: &[u8]) -> bool {
    bytes.ends_with(b"TRUEVISION-XFILE.\0") || has_tga_header(bytes)
}

/// Kind of colour map, kind of image, depth, and a size.
fn has_tga_header(bytes: &[u8]) -> bool {
    let [
        _,
        map,
        kind,
        _,
        _,
        _,
        _,
        map_bits,
        _,
        _,
        _,
        _,
        w0,
        w1,
        h0,
        h1,
        depth,
        descriptor,
        ..,
    ] = *bytes
    else {
        return false;
    };
    let kinds = match map {
        0 => matches!(kind, 2 | 3 | 10 | 11),
        1 => matches!(kind, 1 | 2 | 9 | 10) && matches!(map_bits, 15 | 16 | 24 | 32),
        _ => false,
    };
    let sized = (w0, w1) != (0, 0) && (h0, h1) != (0, 0);
    kinds && sized && matches!(depth, 8 | 15 | 16 | 24 | 32) && descriptor & 0xC0 == 0
}

/// XBM: a definition of its width.
fn is_xbm(head: &[u8]) -> bool {
    head.trim_ascii_start().starts_with(b"#define")
        && memchr::memmem::find(head, b"_width").is_some()
}

#[cfg(test)]
mod tests {
    use crate::format::sniff::sniff;
    use ipc::Format;

    #[test]
    fn tga_needs_a_header_that_makes_sense() {
        let mut header = [0; 18];
        header[2] = 2;
        header[12] = 4;
        header[14] = 4;
        header[16] = 24;
        assert_eq!(sniff(&header).unwrap(), Format::Tga);
        header[16] = 23;
        assert!(sniff(&header).is_err());
        let marked = [&header[..], b"TRUEVISION-XFILE.\0"].concat();
        assert_eq!(sniff(&marked).unwrap(), Format::Tga);
    }
}
