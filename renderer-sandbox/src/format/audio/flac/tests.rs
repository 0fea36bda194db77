use super::{Flac, is_one};
use crate::format::{Document, open};
use capmode::{Confined, DocumentMemory};
use ipc::{InfoKey, Samples, Stretch};
use std::sync::Arc;

/// Samples of each frame that is made here.
const FRAME: u16 = 64;

/// How a frame is made.
#[derive(Clone, Copy)]
struct Made {
    varies: bool,
    number: u16,
    /// Codes of the rate, of the channels, and of the bits (RFC 9639, 9.1).
    rate: u8,
    channels: u8,
    bits: u8,
}

const MONO_16: Made = Made {
    varies: false,
    number: 0,
    rate: 9,
    channels: 0,
    bits: 4,
};

pub(super) fn sum8(bytes: &[u8]) -> u8 {
    bytes.iter().fold(0, |sum, byte| {
        (0..8).fold(sum ^ byte, |sum, _| {
            (sum << 1) ^ if sum & 0x80 == 0 { 0 } else { 0x07 }
        })
    })
}

pub(super) fn sum16(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0, |sum, byte| {
        (0..8).fold(sum ^ u16::from(*byte) << 8, |sum, _| {
            (sum << 1) ^ if sum & 0x8000 == 0 { 0 } else { 0x8005 }
        })
    })
}

/// A frame whose channels are each of one value, given with its bits.
fn frame(made: Made, values: &[(i64, u32)]) -> Vec<u8> {
    let number = u8::try_from(made.number & 0x3F).unwrap();
    let above = u8::try_from(made.number >> 6).unwrap();
    let size = (FRAME - 1).to_be_bytes();
    let mut bytes = vec![0xFF, 0xF8 | u8::from(made.varies), 0x70 | made.rate];
    bytes.push(made.channels << 4 | made.bits << 1);
    match made.number {
        0..0x80 => bytes.push(above << 6 | number),
        _ => bytes.extend([0xC0 | above, 0x80 | number]),
    }
    bytes.extend(size);
    bytes.push(sum8(&bytes));
    let mut bits = String::new();
    for (value, width) in values {
        let value = value & ((1_i64 << width) - 1);
        bits += &format!("00000000{value:0width$b}", width = *width as usize);
    }
    while !bits.len().is_multiple_of(8) {
        bits.push('0');
    }
    for byte in bits.as_bytes().chunks(8) {
        bytes.push(u8::from_str_radix(std::str::from_utf8(byte).unwrap(), 2).unwrap());
    }
    bytes.extend(sum16(&bytes).to_be_bytes());
    bytes
}

/// Frames of one channel and 16 bits, with these numbers and values.
fn frames(varies: bool, numbers: [u16; 3]) -> Vec<u8> {
    let values = [100_i64, -200, 300];
    let made = numbers.into_iter().zip(values);
    made.flat_map(|(number, value)| {
        frame(
            Made {
                varies,
                number,
                ..MONO_16
            },
            &[(value, 16)],
        )
    })
    .collect()
}

/// A block: its kind, whether it is the last, and what is in it.
pub(super) fn block(kind: u8, last: bool, content: &[u8]) -> Vec<u8> {
    let length = u32::try_from(content.len()).unwrap().to_be_bytes();
    let mut bytes = vec![kind | u8::from(last) << 7, length[1], length[2], length[3]];
    bytes.extend(content);
    bytes
}

/// The block that says what the stream is.
pub(super) fn info(channels: u64, bits: u64, samples: u64) -> Vec<u8> {
    let packed = 44_100_u64 << 44 | (channels - 1) << 41 | (bits - 1) << 36 | samples;
    let mut bytes = [FRAME.to_be_bytes(), FRAME.to_be_bytes()].concat();
    bytes.extend([0; 6]);
    bytes.extend(packed.to_be_bytes());
    bytes.extend([0; 16]);
    bytes
}

pub(super) fn file(blocks: &[Vec<u8>], frames: &[u8]) -> Vec<u8> {
    [b"fLaC".to_vec(), blocks.concat(), frames.to_vec()].concat()
}

pub(super) fn opened(bytes: &[u8]) -> Box<dyn Document> {
    let memory = Arc::new(DocumentMemory::Copied(bytes.to_vec()));
    open(&Confined::pretended(), memory, None).expect("opens")
}

/// Samples as whole numbers of 32 bits, from a frame on.
fn heard(document: &dyn Document, from: u64) -> Vec<i32> {
    let mut out = vec![0; 4096];
    let stretch = Stretch::new(from, 500, Samples::Int32).unwrap();
    let sound = document.summary().sound.unwrap();
    let confined = Confined::pretended();
    let (frames, last) = document.sound(&confined, stretch, &mut out).unwrap();
    assert!(last, "it goes on");
    let whole = out[..frames as usize * sound.frame_bytes()]
        .as_chunks::<4>()
        .0;
    whole
        .iter()
        .map(|sample| i32::from_le_bytes(*sample))
        .collect()
}

/// What three frames of 100, -200 and 300 are.
fn expected() -> Vec<i32> {
    [100, -200, 300]
        .into_iter()
        .flat_map(|value| vec![value << 16; FRAME.into()])
        .collect()
}

#[test]
fn what_is_wrong_before_the_sound_costs_nothing_of_it() {
    let sound = frames(false, [0, 1, 2]);
    let right = block(0, false, &info(1, 16, 192));
    let last = block(1, true, &[0; 4]);
    let too_long = [vec![4, 0, 9, 9], vec![0; 3]].concat();
    for (what, bytes) in [
        ("nothing", file(&[right.clone(), last.clone()], &sound)),
        (
            "a comment that is longer than its block",
            file(
                &[right.clone(), block(4, false, &[255; 9]), last.clone()],
                &sound,
            ),
        ),
        (
            "a cue sheet of nothing",
            file(
                &[right.clone(), block(5, false, &[1; 400]), last.clone()],
                &sound,
            ),
        ),
        (
            "a block that is longer than the file",
            file(&[right.clone(), too_long], &sound),
        ),
        (
            "other bits",
            file(&[block(0, true, &info(1, 24, 192))], &sound),
        ),
        (
            "other channels",
            file(&[block(0, true, &info(2, 16, 192))], &sound),
        ),
        ("no block of it", file(std::slice::from_ref(&last), &sound)),
        ("no block at all", sound.clone()),
        (
            "a tag of MP3",
            [
                b"ID3\x04\0\0\0\0\0\x05hello".to_vec(),
                file(&[right.clone(), last.clone()], &sound),
            ]
            .concat(),
        ),
        (
            "a tag behind it",
            [
                file(&[right.clone(), last.clone()], &sound),
                b"TAG and more".to_vec(),
            ]
            .concat(),
        ),
    ] {
        assert_eq!(heard(&*opened(&bytes), 0), expected(), "{what}");
    }
}

#[test]
fn frames_that_leave_rate_and_bits_to_the_header_are_whole_before_a_tag() {
    let values = [100_i64, -200, 300];
    let frames = (0..).zip(values).flat_map(|(number, value)| {
        let (rate, bits) = (0, 0);
        let made = Made {
            number,
            rate,
            bits,
            ..MONO_16
        };
        frame(made, &[(value, 16)])
    });
    let frames: Vec<u8> = frames.collect();
    let header = [block(0, true, &info(1, 16, 192))];
    let mut bytes = file(&header, &frames);
    bytes.extend(b"TAG and more");
    assert_eq!(heard(&*opened(&bytes), 0), expected());
}

#[test]
fn numbers_are_of_frames_or_of_samples() {
    let header = [block(0, true, &info(1, 16, 192))];
    for (what, numbers, varies) in [
        ("frames", [0, 1, 2], false),
        ("samples", [0, 64, 128], true),
        ("samples, as long ago", [0, 64, 128], false),
        ("a recording of a stream", [20, 21, 22], false),
    ] {
        let document = opened(&file(&header, &frames(varies, numbers)));
        assert_eq!(heard(&*document, 0), expected(), "{what}");
        assert_eq!(
            heard(&*document, 100)[0],
            -200 << 16,
            "{what}, from the middle"
        );
    }
}

#[test]
fn samples_of_32_bits_are_exact() {
    // The right channel is given by what the left one is larger by, in 33 bits.
    let (left, right) = (i64::from(i32::MAX), i64::from(i32::MIN));
    let made = Made {
        channels: 8,
        bits: 7,
        ..MONO_16
    };
    let sound = frame(made, &[(left, 32), (left - right, 33)]);
    let document = opened(&file(&[block(0, true, &info(2, 32, 64))], &sound));
    let both = [i32::MAX, i32::MIN];
    assert_eq!(heard(&*document, 0), both.repeat(FRAME.into()));
}

#[test]
fn a_frame_whose_sum_is_wrong_is_silent() {
    let header = [block(0, true, &info(1, 16, 192))];
    let mut sound = frames(false, [0, 1, 2]);
    let third = sound.len() / 3;
    sound[third + 10] ^= 0x40;
    let document = opened(&file(&header, &sound));
    let mut silent = expected();
    silent[64..128].fill(0);
    assert_eq!(heard(&*document, 0), silent);
    let info = document.info(&Confined::pretended());
    assert!(info.iter().any(|field| field.key == InfoKey::Notice));
}

#[test]
fn what_is_no_flac_is_not_taken_for_it() {
    assert!(!is_one(b""));
    assert!(!is_one(b"ID3\x04\0\0\x7F\x7F\x7F\x7F"));
    assert!(!is_one(&[0xFF; 64]));
    assert!(!is_one(b"\xFF\xF8\x79\x08\0\0\0\0"));
    let nothing = Arc::new(DocumentMemory::Copied(b"fLaC".to_vec()));
    assert!(Flac::open(super::Bytes::of(&nothing).unwrap()).is_none());
}
