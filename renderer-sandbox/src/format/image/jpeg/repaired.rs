//! Segments before the first scan of a JPEG that say something odd, mended as `libjpeg`
//! reads them: the decoder is stricter than what everybody else shows such files with.
//!
//! A file without faults is not copied.

use std::borrow::Cow;

/// Markers (ITU-T T.81, table B.1).
const HEIGHT: u8 = 0xdc;
const SCAN: u8 = 0xda;
const COMMENT: u8 = 0xfe;
const ADOBE: u8 = 0xee;

/// Bytes of Adobe's segment with its length, and where it tells how colours are turned.
const ADOBE_BYTES: usize = 14;
const TRANSFORM_AT: usize = 15;

/// Most components of a picture that are told apart: no decoder takes more.
const MAX_COMPONENTS: u8 = 4;

/// The document, mended.
pub(super) fn repaired(document: &[u8]) -> Cow<'_, [u8]> {
    match mended(document) {
        Some((mut mended, rest)) => {
            mended.extend_from_slice(rest);
            Cow::Owned(mended)
        }
        None => Cow::Borrowed(document),
    }
}

/// The document, mended, as far as its first scan begins, where there is something to mend:
/// what follows may be large.
pub(super) fn repaired_head(document: &[u8]) -> Cow<'_, [u8]> {
    match mended(document) {
        Some((mended, _)) => Cow::Owned(mended),
        None => Cow::Borrowed(document),
    }
}

/// A copy up to the first scan, and what follows, if there is something to mend.
fn mended(document: &[u8]) -> Option<(Vec<u8>, &[u8])> {
    let mut out = document.get(..2)?.to_vec();
    let mut rest = document.get(2..)?;
    let mut odd = false;
    let mut adobe = None;
    let mut components = Vec::new();
    loop {
        let skipped = rest.len() - to_marker(rest)?.len();
        odd |= skipped > 0;
        rest = rest.get(skipped..)?;
        let [_, marker, high, low, ..] = *rest else {
            return None;
        };
        let length = usize::from(u16::from_be_bytes([high, low]));
        let says_nothing = matches!(marker, 0xe0..=0xef | COMMENT) && length < 2;
        let is_cut = marker == ADOBE && length < ADOBE_BYTES && rest.get(4..9) == Some(b"Adobe");
        if says_nothing || is_cut || marker == HEIGHT {
            odd = true;
            rest = rest.get(2 + length.max(2)..)?;
            continue;
        }
        let start = out.len();
        let segment = rest.get(..2 + length)?;
        out.extend_from_slice(segment);
        rest = rest.get(segment.len()..)?;
        match marker {
            ADOBE if segment.get(4..9) == Some(b"Adobe") => adobe = Some(start + TRANSFORM_AT),
            0xc0..=0xc2 => {
                odd |= with_transform(&mut out, adobe, segment.get(9).copied());
                components = renumbered(&mut out, start, segment.get(9).copied());
                odd |= !components.is_empty();
            }
            SCAN => {
                scan_of(&mut out, start, &components);
                break;
            }
            _ => {}
        }
    }
    odd.then_some((out, rest))
}

/// What begins with the next marker; bytes that fill up stay before it.
fn to_marker(mut rest: &[u8]) -> Option<&[u8]> {
    loop {
        rest = rest.get(memchr::memchr(0xff, rest)?..)?;
        match rest {
            [0xff, 0x00, ..] => rest = rest.get(2..)?,
            [0xff, 0xff, ..] => rest = rest.get(1..)?,
            [0xff, _, ..] => return Some(rest),
            _ => return None,
        }
    }
}

/// Three components that are turned in a way that is not for them are `YCbCr`, four are YCCK.
fn with_transform(out: &mut [u8], at: Option<usize>, components: Option<u8>) -> bool {
    let Some(transform) = at.and_then(|at| out.get_mut(at)) else {
        return false;
    };
    let right = match components {
        Some(3) if *transform > 1 => 1,
        Some(4) if !matches!(*transform, 0 | 2) => 2,
        _ => return false,
    };
    *transform = right;
    true
}

/// Components that have the number of another get numbers of their own, in their order.
/// Gives those that they had.
fn renumbered(out: &mut [u8], frame: usize, count: Option<u8>) -> Vec<u8> {
    let count = count.filter(|count| *count <= MAX_COMPONENTS);
    let places: Vec<usize> = (0..usize::from(count.unwrap_or(0)))
        .map(|index| frame + 10 + 3 * index)
        .collect();
    let number = |place: &usize| out.get(*place).copied().unwrap_or(0);
    let numbers: Vec<u8> = places.iter().map(number).collect();
    let mut sorted = numbers.clone();
    sorted.sort_unstable();
    sorted.dedup();
    if sorted.len() == numbers.len() {
        return Vec::new();
    }
    for (number, place) in (1..).zip(places) {
        if let Some(to) = out.get_mut(place) {
            *to = number;
        }
    }
    numbers
}

/// A scan of all components, which had these numbers, has them in their order.
fn scan_of(out: &mut [u8], scan: usize, components: &[u8]) {
    let count = out.get(scan + 4).copied().unwrap_or(0);
    if components.is_empty() || usize::from(count) != components.len() {
        return;
    }
    for (index, number) in (0..components.len()).zip(1..) {
        if let Some(to) = out.get_mut(scan + 5 + 2 * index) {
            *to = number;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::codecs::jpeg::JpegEncoder;

    fn file() -> Vec<u8> {
        let mut file = Vec::new();
        let colours = image::RgbImage::from_pixel(16, 8, image::Rgb([200, 100, 50]));
        JpegEncoder::new_with_quality(&mut file, 95)
            .encode_image(&colours)
            .unwrap();
        file
    }

    fn shown(file: &[u8]) -> [u8; 4] {
        let decoded = super::super::decode(file).unwrap();
        assert!(decoded.cut.is_none());
        *decoded.samples.bytes.first_chunk().unwrap()
    }

    fn with(bytes: &[u8]) -> Vec<u8> {
        let file = file();
        [&file[..2], bytes, &file[2..]].concat()
    }

    #[test]
    fn file_without_faults_is_not_copied() {
        assert!(matches!(repaired(&file()), Cow::Borrowed(_)));
        assert!(matches!(
            repaired(&with(b"\xff\xfe\0\x04ab")),
            Cow::Borrowed(_)
        ));
    }

    #[test]
    fn odd_segments_do_no_harm() {
        let usual = shown(&file());
        for odd in [
            &b"\xff\xfe\0\0"[..],
            b"\xff\xe1\0\x01",
            b"junk",
            b"\xff\x00junk",
            b"\xff\xdc\0\x04\0\x08",
            // Adobe's segment, cut, and with a byte that is left over.
            b"\xff\xee\0\x0dAdobe\0\x64\0\0\0\0\x01",
            // Colours that are turned as only four can be.
            b"\xff\xee\0\x0eAdobe\0\x64\0\0\0\0\x02",
        ] {
            assert_eq!(shown(&with(odd)), usual, "{odd:?}");
        }
    }

    #[test]
    fn components_of_one_number_are_told_apart_by_their_order() {
        let mut file = file();
        let place = |marker: u8| {
            file.windows(2)
                .position(|two| two == [0xff, marker])
                .unwrap()
        };
        let (frame, scan) = (place(0xc0), place(0xda));
        let usual = shown(&file);
        file[frame + 16] = file[frame + 13];
        file[scan + 9] = file[scan + 7];
        assert_eq!(shown(&file), usual);
    }

    #[test]
    fn frame_of_more_components_than_there_can_be_is_left_alone() {
        let mut file = with(b"\xff\xfe\0\0");
        let frame = file.windows(2).position(|two| two == [0xff, 0xc0]).unwrap();
        file[frame + 9] = 255;
        let mended = repaired(&file);
        assert_eq!(mended[frame - 4..], file[frame..]);
    }

    #[test]
    fn every_cut_file_ends() {
        let file = with(b"\xff\xfe\0\0junk");
        for end in 0..file.len() {
            let _ = repaired(&file[..end]);
        }
    }
}
