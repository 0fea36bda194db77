//! Sounds of our own: made here, or by `fuzz/seeds/make.py`.

use super::super::{Document, DocumentError, open};
use capmode::{Confined, DocumentMemory};
use ipc::{Buckets, Coding, Format, InfoKey, Samples, Sound, Stretch};
use std::sync::Arc;

/// 400 samples at 8 kHz, which the other seeds are made of.
const TONE: &[u8] = include_bytes!("../../../../fuzz/seeds/render_document/tone.wav");

macro_rules! seed {
    ($name:literal) => {
        (
            $name,
            include_bytes!(concat!("../../../../fuzz/seeds/render_document/", $name)).as_slice(),
        )
    };
}

fn opened(bytes: &[u8]) -> Result<Box<dyn Document>, DocumentError> {
    let memory = Arc::new(DocumentMemory::Copied(bytes.to_vec()));
    open(&Confined::pretended(), memory, None)
}

fn sound_of(document: &dyn Document) -> Sound {
    document.summary().sound.expect("it is sound")
}

/// Frames from `from` on, interleaved, and whether the sound ends there.
fn heard(document: &dyn Document, from: u64, frames: u32) -> (Vec<f32>, bool) {
    let channels = usize::from(sound_of(document).channels);
    let (bytes, last) = bytes_of(document, from, frames, Samples::Float32);
    let samples = bytes.as_chunks::<4>().0.iter();
    let samples: Vec<f32> = samples.map(|bytes| f32::from_le_bytes(*bytes)).collect();
    assert_eq!(samples.len() % channels, 0);
    (samples, last)
}

fn bytes_of(document: &dyn Document, from: u64, frames: u32, samples: Samples) -> (Vec<u8>, bool) {
    let stretch = Stretch::new(from, frames, samples).unwrap();
    let frame_bytes = sound_of(document).frame_bytes();
    let mut slot = vec![0xEE; frames as usize * frame_bytes];
    let confined = Confined::pretended();
    let (came, last) = document.sound(&confined, stretch, &mut slot).unwrap();
    slot.truncate(came as usize * frame_bytes);
    (slot, last)
}

/// The samples of [`TONE`], as they are written.
fn tone() -> Vec<i16> {
    let data = TONE.get(44..).unwrap().as_chunks::<2>().0;
    data.iter()
        .map(|bytes| i16::from_le_bytes(*bytes))
        .collect()
}

/// A WAV file of whole numbers.
fn wav(rate: u32, channels: u16, bits: u16, data: &[u8]) -> Vec<u8> {
    let frame = channels * bits / 8;
    let len = u32::try_from(data.len()).unwrap();
    let mut file = b"RIFF".to_vec();
    file.extend((36 + len).to_le_bytes());
    file.extend(b"WAVEfmt \x10\0\0\0\x01\0");
    file.extend(channels.to_le_bytes());
    file.extend(rate.to_le_bytes());
    file.extend(rate.wrapping_mul(frame.into()).to_le_bytes());
    file.extend(frame.to_le_bytes());
    file.extend(bits.to_le_bytes());
    file.extend(b"data");
    file.extend(len.to_le_bytes());
    file.extend(data);
    file
}

#[test]
fn every_bit_of_lossless_sound_comes_out() {
    let whole: Vec<u8> = tone()
        .iter()
        .flat_map(|sample| (i32::from(*sample) << 16).to_le_bytes())
        .collect();
    for (name, bytes) in [
        seed!("tone.wav"),
        seed!("tone.flac"),
        seed!("alac.m4a"),
        seed!("tone.aiff"),
        seed!("tone.caf"),
    ] {
        let document = opened(bytes).unwrap();
        let sound = sound_of(&*document);
        assert_eq!((sound.rate, sound.channels), (8000, 1), "{name}");
        assert_eq!(sound.coding, Coding::Lossless(16), "{name}");
        assert_eq!(sound.frames, Some(400), "{name}");
        let (bytes, last) = bytes_of(&*document, 0, 1000, Samples::Int32);
        assert!(last && bytes == whole, "{name}: {} bytes", bytes.len());
    }
}

#[test]
fn lossy_sound_is_as_long_as_it_was_and_sounds_alike() {
    for (name, bytes) in [
        seed!("tone.mp3"),
        seed!("tone.ogg"),
        seed!("tone.opus"),
        seed!("tone.m4a"),
    ] {
        let document = opened(bytes).unwrap();
        let rate = sound_of(&*document).rate;
        let expected = 400 * rate / 8000;
        let (samples, last) = heard(&*document, 0, 100_000);
        assert!(last);
        assert_eq!(samples.len(), expected as usize, "{name}");
        let loud = samples
            .iter()
            .fold(0.0_f32, |loud, sample| loud.max(sample.abs()));
        assert!((0.1..0.5).contains(&loud), "{name}: {loud}");
    }
}

#[test]
fn formats_are_what_they_are() {
    for (seed, format, codec) in [
        (seed!("tone.wav"), Format::Wav, "PCM"),
        (seed!("adpcm.wav"), Format::Wav, "ADPCM"),
        (seed!("tone.flac"), Format::Flac, "FLAC"),
        (seed!("tone.mp3"), Format::Mp3, "MP3"),
        (seed!("tone.mp2"), Format::Mp3, "MPEG audio layer 2"),
        (seed!("tone.ogg"), Format::Ogg, "Vorbis"),
        (seed!("tone.opus"), Format::Ogg, "Opus"),
        (seed!("tone.m4a"), Format::Mp4, "AAC"),
        (seed!("alac.m4a"), Format::Mp4, "ALAC"),
        (seed!("tone.aac"), Format::Aac, "AAC"),
        (seed!("tone.aiff"), Format::Aiff, "PCM"),
        (seed!("tone.caf"), Format::Caf, "PCM"),
        (seed!("tone.mka"), Format::Matroska, "Opus"),
    ] {
        let (name, bytes) = seed;
        let document = opened(bytes).unwrap();
        assert_eq!(document.summary().format, format, "{name}");
        let info = document.info(&Confined::pretended());
        let named = info.iter().find(|field| field.key == InfoKey::Codec);
        assert_eq!(named.unwrap().value.as_str(), codec, "{name}");
    }
}

#[test]
fn a_jump_gives_what_comes_without_it() {
    for (name, bytes, tolerance) in [
        ("wav", seed!("tone.wav").1, 0.0),
        ("flac", seed!("tone.flac").1, 0.0),
        ("mp3", seed!("tone.mp3").1, 1e-4),
        ("vorbis", seed!("tone.ogg").1, 1e-4),
        ("aac", seed!("tone.m4a").1, 1e-4),
        ("opus", seed!("tone.opus").1, 2e-2),
    ] {
        let document = opened(bytes).unwrap();
        let (whole, _) = heard(&*document, 0, 100_000);
        for from in [whole.len() / 3, 17, whole.len() - 5, 0] {
            let (part, last) = heard(&*document, from as u64, 100_000);
            assert!(last);
            assert_eq!(part.len(), whole.len() - from, "{name} from {from}");
            for (a, b) in part.iter().zip(&whole[from..]) {
                assert!((a - b).abs() <= tolerance, "{name} from {from}: {a} {b}");
            }
        }
        assert_eq!(heard(&*document, 1 << 40, 10), (Vec::new(), true), "{name}");
    }
}

#[test]
fn aac_whose_description_is_nonsense_sounds_the_same_and_without_one_that_is_said() {
    let (_, bytes) = seed!("tone.m4a");
    let described = b"\x05\x80\x80\x80\x05\x15\x88\x56\xe5\0";
    let at = memchr::memmem::find(bytes, described).unwrap();
    let (whole, _) = heard(&*opened(bytes).unwrap(), 0, 100_000);
    for other in [
        // A core coder whose delay has no room, an extension that is not there.
        b"\x05\x02\x15\x8a\x06\x04\0\0\0\0",
        b"\x05\x02\x15\x89\x06\x04\0\0\0\0",
    ] {
        let mut file = bytes.to_vec();
        file.splice(at..at + described.len(), *other);
        assert_eq!(
            heard(&*opened(&file).unwrap(), 0, 100_000).0,
            whole,
            "{other:?}"
        );
    }
    let mut file = bytes.to_vec();
    let nothing = b"\x05\0\x06\x06\0\0\0\0\0\0";
    file.splice(at..at + described.len(), *nothing);
    let refusal = opened(&file).map(drop).unwrap_err();
    assert!(
        refusal.to_string().contains("does not say how its AAC"),
        "{refusal}"
    );
}

#[test]
fn what_a_wave_is_coded_with_is_named_where_it_cannot_be_played() {
    let (_, bytes) = seed!("tone.wav");
    for (number, name) in [(0x31_u16, "GSM 6.10"), (0x55, "MP3")] {
        let mut file = bytes.to_vec();
        file.splice(20..22, number.to_le_bytes());
        let refusal = opened(&file).map(drop).unwrap_err().to_string();
        assert!(refusal.contains(name), "{refusal}");
    }
}

#[test]
fn stretches_that_follow_each_other_are_the_whole() {
    let document = opened(seed!("tone.mp3").1).unwrap();
    let (whole, _) = heard(&*document, 0, 100_000);
    let (mut parts, mut last) = (Vec::new(), false);
    while !last {
        let (part, ended) = heard(&*document, parts.len() as u64, 37);
        assert!(!part.is_empty() || ended, "it stands still");
        parts.extend(part);
        last = ended;
    }
    assert_eq!(parts, whole);
}

#[test]
fn peaks_show_where_it_is_loud() {
    // Silence, then full scale.
    let data: Vec<u8> = std::iter::repeat_n(0_i16, 4000)
        .chain((0..4000).map(|i| if i % 2 == 0 { i16::MAX } else { i16::MIN }))
        .flat_map(i16::to_le_bytes)
        .collect();
    let document = opened(&wav(8000, 1, 16, &data)).unwrap();
    for exact in [true, false] {
        let buckets = Buckets::new(8, 0, 8, exact).unwrap();
        let peaks = document.waveform(&Confined::pretended(), buckets).unwrap();
        let seen: Vec<(i8, i8, u8)> = peaks.iter().map(|p| (p.low, p.high, p.rms)).collect();
        assert_eq!(seen[..3], [(0, 0, 0); 3], "exact: {exact}");
        assert_eq!(seen[5..], [(-127, 127, 255); 3], "exact: {exact}");
    }
}

#[test]
fn wild_rates_and_channels_are_refused_with_a_sentence() {
    for (rate, channels, words) in [
        (u32::MAX, 1, "samples a second"),
        (8000, 9, "channels"),
        (8000, 255, "channel"),
        (0, 1, ""),
        (8000, 0, ""),
    ] {
        match opened(&wav(rate, channels, 16, &[0; 4096])) {
            Err(DocumentError::Unsupported(why) | DocumentError::Damaged(why)) => {
                assert!(why.contains(words), "{why}");
            }
            Err(other) => panic!("{rate} {channels}: {other}"),
            Ok(_) => panic!("{rate} {channels}: opened"),
        }
    }
}

#[test]
fn what_there_is_no_decoder_for_is_named() {
    let mut speex = b"OggS\0\x02".to_vec();
    speex.extend([0; 21]);
    speex.extend(b"\x50Speex   1.2");
    let refused = opened(&speex).err().expect("there is no decoder");
    let said = "the sound is coded with Speex, which Pellucid cannot play";
    assert!(matches!(refused, DocumentError::Unsupported(why) if why == said));
}

#[test]
fn wave_with_sizes_of_64_bits_is_read() {
    // Its marks, then sizes of everything, of the samples, and how many there are.
    let mut bytes = b"RF64\xFF\xFF\xFF\xFFWAVEds64\x1C\0\0\0".to_vec();
    for size in [900_u64, 800, 400] {
        bytes.extend(size.to_le_bytes());
    }
    bytes.extend([0; 4]);
    bytes.extend(&TONE[12..36]);
    bytes.extend(b"data\xFF\xFF\xFF\xFF");
    bytes.extend(&TONE[44..844]);
    bytes.extend(b"LIST\x04\0\0\0abcd");
    let document = opened(&bytes).unwrap();
    assert_eq!(sound_of(&*document).frames, Some(400));
    let plain = opened(TONE).unwrap();
    assert_eq!(heard(&*document, 0, 1000), heard(&*plain, 0, 1000));
}

#[test]
fn every_cut_file_is_refused_or_ends() {
    for (name, bytes) in [
        seed!("tone.wav"),
        seed!("tone.flac"),
        seed!("tone.mp3"),
        seed!("tone.ogg"),
        seed!("tone.opus"),
        seed!("tone.m4a"),
        seed!("alac.m4a"),
        seed!("tone.mka"),
        seed!("tone.caf"),
        seed!("tone.aiff"),
    ] {
        for end in (0..bytes.len()).step_by(bytes.len() / 40) {
            let Ok(document) = opened(&bytes[..end]) else {
                continue;
            };
            let (samples, last) = heard(&*document, 0, 200_000);
            assert!(last, "{name} cut at {end} goes on");
            assert!(samples.len() <= 10 * 48_000, "{name} cut at {end}");
        }
    }
}

#[test]
fn damage_in_the_middle_is_silence_of_the_same_length() {
    // Seven packets of 64 frames, each with a checksum; one of them is broken.
    let whole = seed!("tone.flac").1;
    let mut broken = whole.to_vec();
    let at = whole.len() - 250;
    broken[at] ^= 0x55;
    let (before, _) = heard(&*opened(whole).unwrap(), 0, 1000);
    let document = opened(&broken).unwrap();
    let (after, last) = heard(&*document, 0, 1000);
    assert!(last);
    assert_eq!(after.len(), 400);
    let other = after.iter().zip(&before).filter(|(a, b)| a != b);
    let other: Vec<f32> = other.map(|(a, _)| *a).collect();
    assert!((50..=128).contains(&other.len()), "{} frames", other.len());
    assert!(other.iter().all(|sample| *sample == 0.0), "not silence");
    let info = document.info(&Confined::pretended());
    assert!(info.iter().any(|field| field.key == InfoKey::Notice));
}
