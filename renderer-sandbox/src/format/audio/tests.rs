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
            include_bytes!(concat!(
                env!("CARGO_MANIFEST_DIR"),
                "/../fuzz/seeds/render_document/",
                $name
            ))
            .as_slice(),
        )
    };
}

mod containers;
mod padded;

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

/// What is told that a listener should know.
fn notices(document: &dyn Document) -> Vec<String> {
    let info = document.info(&Confined::pretended());
    let told = info.into_iter().filter(|f| f.key == InfoKey::Notice);
    told.map(|field| field.value.to_string()).collect()
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
        // From the end of MPEG-4, and of blocks that are not counted in frames.
        ("alac", seed!("alac.m4a").1, 0.0),
        ("adpcm", seed!("adpcm.wav").1, 0.0),
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

/// A file of AAC whose description, of five bytes, is another one.
fn described(description: [u8; 5]) -> Vec<u8> {
    let (_, bytes) = seed!("tone.m4a");
    let own = b"\x05\x80\x80\x80\x05\x15\x88\x56\xe5\0";
    let at = memchr::memmem::find(bytes, own).unwrap() + 5;
    let mut file = bytes.to_vec();
    file[at..at + 5].copy_from_slice(&description);
    file
}

#[test]
fn high_efficiency_is_heard_as_far_as_its_lower_half_goes_and_named() {
    let (whole, _) = heard(&*opened(seed!("tone.m4a").1).unwrap(), 0, 100_000);
    for description in [
        // Told before the rest, with and without a second channel, and behind it.
        [0x2D, 0x8C, 0x08, 0, 0],
        [0xED, 0x8C, 0x08, 0, 0],
        [0x15, 0x88, 0x56, 0xE5, 0x80],
    ] {
        let document = opened(&described(description)).unwrap();
        let (samples, _) = heard(&*document, 0, 100_000);
        assert_eq!(samples, whole, "{description:x?}");
        let info = document.info(&Confined::pretended());
        let codec = info.iter().find(|field| field.key == InfoKey::Codec);
        assert_eq!(codec.unwrap().value.as_str(), "HE-AAC", "{description:x?}");
        let told = notices(&*document);
        assert!(told[0].contains("this is HE-AAC"), "{told:?}");
    }
    let refusal = opened(&described([0xF8, 0x96, 0x20, 0, 0])).err().unwrap();
    let said = "the sound is coded with MPEG-4 ALS, which Pellucid cannot play";
    assert!(
        matches!(&refusal, DocumentError::Unsupported(why) if why == said),
        "{refusal}"
    );
    let refusal = opened(&described([0x15, 0xB0, 0, 0, 0])).err().unwrap();
    assert!(
        refusal.to_string().contains("more than two channels"),
        "{refusal}"
    );
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
fn sum_of_a_flac_that_is_another_one_is_told_when_it_was_read() {
    let notices = |file: &[u8], from: u64, samples: Samples| {
        let document = opened(file).unwrap();
        bytes_of(&*document, from, 1000, samples);
        notices(&*document)
    };
    let whole = seed!("tone.flac").1;
    assert_eq!(notices(whole, 0, Samples::Int32), Vec::<String>::new());
    // Behind the mark and the header of the block.
    let mut other = whole.to_vec();
    other[8 + 18] ^= 1;
    let told = notices(&other, 0, Samples::Int32);
    assert!(
        told.iter().any(|words| words.contains("checksum")),
        "{told:?}"
    );
    // Not where it was not read from beginning to end.
    assert_eq!(notices(&other, 1, Samples::Int32), Vec::<String>::new());
    assert_eq!(notices(&other, 0, Samples::Float32), Vec::<String>::new());
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
fn a_sound_that_ends_early_is_told_when_it_has_ended() {
    for (name, bytes) in [seed!("tone.flac"), seed!("tone.wav")] {
        let document = opened(&bytes[..bytes.len() - 100]).unwrap();
        assert_eq!(notices(&*document), Vec::<String>::new(), "{name}");
        assert_eq!(document.met(), 0, "{name}");
        let (samples, last) = heard(&*document, 0, 1000);
        assert!(last && samples.len() < 400, "{name}: {}", samples.len());
        assert_eq!(document.met(), 1, "{name}");
        let told = notices(&*document);
        let ends = told.iter().any(|words| words.contains("ends before"));
        assert!(ends, "{name}: {told:?}");
        let whole = opened(bytes).unwrap();
        heard(&*whole, 0, 1000);
        assert_eq!(notices(&*whole), Vec::<String>::new(), "{name}");
    }
}

#[test]
fn an_aiff_that_is_cut_says_so_at_once() {
    let (_, whole) = seed!("tone.aiff");
    assert_eq!(notices(&*opened(whole).unwrap()), Vec::<String>::new());
    let told = notices(&*opened(&whole[..whole.len() - 100]).unwrap());
    assert!(
        told.iter().any(|words| words.contains("ends before")),
        "{told:?}"
    );
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
    // The first packets are whole: nothing is met before its time.
    heard(&*document, 0, 64);
    assert_eq!(document.met(), 0);
    let (after, last) = heard(&*document, 0, 1000);
    assert!(last && document.met() == 1);
    assert_eq!(after.len(), 400);
    let other = after.iter().zip(&before).filter(|(a, b)| a != b);
    let other: Vec<f32> = other.map(|(a, _)| *a).collect();
    assert!((50..=128).contains(&other.len()), "{} frames", other.len());
    assert!(other.iter().all(|sample| *sample == 0.0), "not silence");
    let info = document.info(&Confined::pretended());
    assert!(info.iter().any(|field| field.key == InfoKey::Notice));
}
