//! Sound.

use super::{Magic, matches_at};
use ipc::Format;

pub(super) const KNOWN: &[(Magic, Format)] = &[
    (&[(0, b"fLaC")], Format::Flac),
    (&[(0, b"OggS")], Format::Ogg),
    // Other formats may stand behind it.
    (&[(0, b"ID3")], Format::Mp3),
    (&[(0, b"\xff\xf0")], Format::Aac),
    (&[(0, b"\xff\xf1")], Format::Aac),
    (&[(0, b"\xff\xf8")], Format::Aac),
    (&[(0, b"\xff\xf9")], Format::Aac),
    (&[(0, b"RIFF"), (8, b"WAVE")], Format::Wav),
    (&[(0, b"RF64"), (8, b"WAVE")], Format::Wav),
    (&[(0, b"FORM"), (8, b"AIFF")], Format::Aiff),
    (&[(0, b"FORM"), (8, b"AIFC")], Format::Aiff),
    (&[(0, b"caff")], Format::Caf),
    (&[(0, b"\x1a\x45\xdf\xa3")], Format::Matroska),
];

/// Sound that is not played.
pub(super) const OTHERS: &[(Magic, &str)] = &[
    (&[(0, b".snd")], "an AU audio file"),
    (&[(0, b"MThd")], "a MIDI file"),
    (&[(0, b"wvpk")], "a WavPack audio file"),
    (&[(0, b"MAC ")], "a Monkey's Audio file"),
    (&[(0, b"#!AMR")], "an AMR audio file"),
    (&[(0, b"TTA1")], "a True Audio file"),
    (&[(0, b"MPCK")], "a Musepack audio file"),
    (&[(0, b"MP+")], "a Musepack audio file"),
    (&[(0, b"\x0b\x77")], "an AC-3 audio file"),
    (&[(0, b"OFR ")], "an OptimFROG audio file"),
    (&[(0, b"DSD "), (28, b"fmt ")], "a DSD audio file"),
    (&[(0, b"FRM8"), (12, b"DSD ")], "a DSD audio file"),
];

/// Sound whose mark is a few bits, or which shares its container with films: of
/// those the sound is played.
pub(super) fn of_few_bits(bytes: &[u8]) -> Option<Format> {
    match *bytes {
        // Syncword, and a layer that there is (ISO/IEC 11172-3, 2.4.2.3). The first
        // layer with a checksum looks like a mark of UTF-16.
        [
            0xFF,
            0xE2 | 0xE3 | 0xF2..=0xF5 | 0xFA..=0xFD | 0xFF,
            rates,
            ..,
        ] => {
            let makes_sense = rates >> 4 != 0xF && rates & 0x0C != 0x0C;
            makes_sense.then_some(Format::Mp3)
        }
        [
            _,
            _,
            _,
            _,
            b'f',
            b't',
            b'y',
            b'p',
            b'h',
            b'e',
            b'i' | b'v',
            ..,
        ] => None,
        [_, _, _, _, b'f', b't', b'y', b'p', ..] | [_, _, _, _, b'm', b'o', b'o', b'v', ..] => {
            Some(Format::Mp4)
        }
        _ => None,
    }
}

pub(super) fn other(bytes: &[u8]) -> Option<&'static str> {
    let found = OTHERS.iter();
    let found = found.filter(|(magic, _)| matches_at(bytes, magic));
    found.map(|(_, what)| *what).next()
}
