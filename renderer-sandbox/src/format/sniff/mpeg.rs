//! Frames of MPEG audio (ISO/IEC 11172-3, 2.4.1.3; 13818-3) behind something else: a
//! file that was cut anywhere, or what a program has left before them.

/// How far the first frame is looked for, in bytes.
const MAX_JUNK_BYTES: usize = 256 * 1024;

/// Frames that follow each other and say the same of themselves: one is found by
/// accident in any file, so many are not.
const FRAMES: usize = 4;

/// Most tags that stand one behind the other.
const MAX_TAGS: usize = 8;

/// What stands behind the tags of MP3 at the beginning of a file that has some.
pub(super) fn behind_tags(bytes: &[u8]) -> Option<&[u8]> {
    let mut rest = bytes;
    for _ in 0..MAX_TAGS {
        let [b'I', b'D', b'3', _, _, flags, a, b, c, d, ..] = rest else {
            break;
        };
        // Seven bits in each of four bytes; a foot is as long as the head.
        let length = [a, b, c, d]
            .iter()
            .fold(0, |length, byte| length << 7 | usize::from(**byte & 0x7F));
        let foot = if flags & 0x10 != 0 { 10 } else { 0 };
        rest = rest.get(10 + length + foot..)?;
    }
    (rest.len() < bytes.len()).then_some(rest)
}

/// Whether frames follow each other somewhere near the beginning.
pub(super) fn has_frames(bytes: &[u8]) -> bool {
    let near = bytes.get(..MAX_JUNK_BYTES).unwrap_or(bytes);
    memchr::memchr_iter(0xFF, near).any(|at| follow(bytes, at))
}

fn follow(bytes: &[u8], mut at: usize) -> bool {
    let mut kind = None;
    for _ in 0..FRAMES {
        let header = bytes.get(at..).and_then(|rest| rest.first_chunk::<4>());
        let Some((length, this)) = header.and_then(frame) else {
            return false;
        };
        if *kind.get_or_insert(this) != this {
            return false;
        }
        at = at.saturating_add(length);
    }
    true
}

/// Length of a frame, and what does not change from one to the next: version, layer
/// and rate.
fn frame(header: &[u8; 4]) -> Option<(usize, (u8, u8))> {
    const FIRST: [usize; 14] = [
        32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384,
    ];
    const THIRD: [usize; 14] = [
        32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320,
    ];
    const LATER: [usize; 14] = [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160];
    const LATER_FIRST: [usize; 14] = [
        32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256,
    ];
    let [0xFF, second, third, _] = *header else {
        return None;
    };
    // Version 1, 2 or 2.5, and layer I, II or III.
    let (halvings, layer) = match (second >> 3 & 3, second >> 1 & 3) {
        _ if second & 0xE0 != 0xE0 => return None,
        (1, _) | (_, 0) => return None,
        (version, layer) => ([2, 0, 1, 0][usize::from(version)], 4 - layer),
    };
    let place = usize::from(third >> 4).checked_sub(1)?;
    let kilobits = match (layer, halvings) {
        (1, 0) => (1..15).map(|step| 32 * step).nth(place),
        (2, 0) => FIRST.get(place).copied(),
        (_, 0) => THIRD.get(place).copied(),
        (1, _) => LATER_FIRST.get(place).copied(),
        _ => LATER.get(place).copied(),
    }?;
    let rate = [44_100, 48_000, 32_000].get(usize::from(third >> 2 & 3))? >> halvings;
    let padding = usize::from(third >> 1 & 1);
    let length = match (layer, halvings) {
        (1, _) => (12_000 * kilobits / rate + padding) * 4,
        (3, 1..) => 72_000 * kilobits / rate + padding,
        _ => 144_000 * kilobits / rate + padding,
    };
    Some((length, (second & 0xFE, third & 0x0C)))
}

#[cfg(test)]
mod tests {
    use super::super::sniff;
    use ipc::Format;

    /// Frames of 128 kbit/s and 44,100 Hz, of layer III: 417 bytes each.
    fn frames() -> Vec<u8> {
        let mut frame = vec![0xFF, 0xFB, 0x90, 0x00];
        frame.resize(417, 0);
        frame.repeat(4)
    }

    #[test]
    fn mp3_is_found_behind_what_is_none_and_not_in_it() {
        let junk: Vec<u8> = (0..5000_u32).map(|n| ((n * n) >> 3) as u8 | 1).collect();
        let found = sniff(&[junk.clone(), frames()].concat());
        assert_eq!(found.unwrap(), Format::Mp3);
        assert!(sniff(&junk).is_err());
        // The first layer with a checksum looks like a mark of UTF-16: 104 bytes each.
        let mut frame = vec![0xFF, 0xFE, 0x14, 0x04];
        frame.resize(32_000 * 12 / 44_100 * 4, 0x22);
        assert_eq!(sniff(&frame.repeat(4)).unwrap(), Format::Mp3);
        assert!(
            sniff(
                "\u{feff}words"
                    .encode_utf16()
                    .flat_map(u16::to_le_bytes)
                    .collect::<Vec<_>>()
                    .as_slice()
            )
            .is_err()
        );
    }

    #[test]
    fn what_stands_behind_a_tag_is_named() {
        let tag = b"ID3\x04\0\0\0\0\0\x05hello";
        let ape = [
            &tag[..],
            tag,
            b"MAC \x96\x0f",
            &[0; 100],
            b"RIFF\0\0\0\0WAVE",
        ]
        .concat();
        let refusal = sniff(&ape).unwrap_err().to_string();
        assert!(refusal.contains("Monkey's Audio"), "{refusal}");
        assert_eq!(sniff(&[&tag[..], &frames()].concat()).unwrap(), Format::Mp3);
    }
}
