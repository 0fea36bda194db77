//! Ways of coding that are not decoded, by the marker of a frame (ITU-T T.81, table B.1;
//! ITU-T T.87 for JPEG-LS).

use super::super::decode::unsupported;
use crate::format::DocumentError;

/// What a frame of JPEG-LS is marked with.
const LS: u8 = 0xf7;

/// What this file is, where no decoder here knows it.
pub(super) fn unknown(document: &[u8]) -> Option<DocumentError> {
    let (marker, bits) = frame(document)?;
    let words = match marker {
        LS => "it is a JPEG-LS picture".to_owned(),
        0xc3 => "it is a JPEG without loss".to_owned(),
        0xc5..=0xc7 | 0xcd..=0xcf => "it is a JPEG of several resolutions".to_owned(),
        0xc9 | 0xca => "it is a JPEG with arithmetic coding".to_owned(),
        0xcb => "it is a JPEG without loss, with arithmetic coding".to_owned(),
        _ if bits != 8 => format!("it is a JPEG of {bits} bits"),
        _ => return None,
    };
    Some(unsupported(&words))
}

/// The marker of the first frame, and the bits of its samples.
fn frame(document: &[u8]) -> Option<(u8, u8)> {
    let mut rest = document.get(2..)?;
    loop {
        let (length, marker, bits) = match *rest {
            // Fill bytes stand before a marker (B.1.1.2).
            [0xff, 0xff, ..] => (1, 0xff, 0),
            [0xff, marker, high, low, bits, ..] => {
                let length = u16::from_be_bytes([high, low]);
                (2 + usize::from(length), marker, bits)
            }
            _ => return None,
        };
        match marker {
            // Tables, an extension, and arithmetic conditions are no frames.
            0xc4 | 0xc8 | 0xcc => {}
            0xc0..=0xcf | LS => return Some((marker, bits)),
            _ => {}
        }
        rest = rest.get(length..)?;
    }
}

#[cfg(test)]
mod tests {
    use crate::format::image::decode::{self, Picture};
    use ipc::Format;

    #[test]
    fn jpeg_that_is_not_decoded_is_called_by_its_name() {
        for (marker, bits, words) in [
            (0xc3, 8, "JPEG without loss"),
            (0xc9, 8, "JPEG with arithmetic coding"),
            (0xca, 8, "JPEG with arithmetic coding"),
            (0xc6, 8, "JPEG of several resolutions"),
            (0xc1, 12, "JPEG of 12 bits"),
            (0xf7, 8, "JPEG-LS"),
        ] {
            let frame = [0, 11, bits, 0, 1, 0, 1, 1, 1, 0x11, 0];
            let tables = [0xff, 0xc4, 0, 3, 0, 0xff, 0xff, marker];
            let file = [
                &b"\xff\xd8"[..],
                &tables,
                &frame,
                b"\xff\xda\0\x08\x01\x01\0\0\x3f\0",
            ];
            let picture = Picture {
                file: &file.concat(),
                format: Format::Jpeg,
                part: 0,
            };
            let refusal = decode::header(picture, 0, true).map(drop).unwrap_err();
            assert!(refusal.to_string().contains(words), "{refusal}");
        }
    }
}
