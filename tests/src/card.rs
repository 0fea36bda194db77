//! A sound card without loudspeakers: what is played on it is a file.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::missing_panics_doc,
    reason = "a test that cannot go on has failed"
)]

use crate::program;
use std::f32::consts::TAU;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// Frames a second of the card, and of what [`tone`] makes.
pub const RATE: u32 = 44_100;

/// Reads standard input no faster than a device plays it, and keeps it.
const READER: &str = r#"#!/usr/bin/env python3
import sys, time
out, bytes_a_second = open(sys.argv[1], "ab", 0), float(sys.argv[2])
start, count = None, 0
while True:
    piece = sys.stdin.buffer.read1(4096)
    if not piece:
        break
    start = start or time.monotonic()
    out.write(piece)
    count += len(piece)
    time.sleep(max(0.0, start + count / bytes_a_second - time.monotonic()))
"#;

/// A sound card that writes what it plays into a file.
pub struct Card {
    folder: tempfile::TempDir,
}

impl Card {
    /// `None`, with the reason, where ALSA or Python is not there.
    #[must_use]
    pub fn new() -> Option<Self> {
        let there = |name: &str| {
            let found = Command::new("sh")
                .args(["-c", &format!("command -v {name}")])
                .output();
            found.is_ok_and(|found| found.status.success())
        };
        if !there("python3") || !there("aplay") {
            eprintln!("skipped: python3 or alsa-utils is not installed");
            return None;
        }
        let folder = tempfile::tempdir().unwrap();
        let reader = folder.path().join("reader.py");
        fs::write(&reader, READER).unwrap();
        // 32 bits, two channels.
        let command = format!(
            "|python3 {} {} {}",
            reader.display(),
            folder.path().join("played.raw").display(),
            RATE * 8
        );
        let config = format!(
            "pcm.!default {{ type plug slave.pcm \"kept\" }}\n\
             pcm.kept {{ type file file \"{command}\" format raw slave.pcm \"nothing\" }}\n\
             pcm.nothing {{ type null }}\n"
        );
        fs::write(folder.path().join("asound.conf"), config).unwrap();
        Some(Self { folder })
    }

    /// A file in its folder.
    #[must_use]
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Plays in the terminal; what was played before is forgotten.
    #[must_use]
    pub fn play(&self, arguments: &[&dyn AsRef<OsStr>]) -> Output {
        let _ = fs::remove_file(self.path("played.raw"));
        Command::new(program("pellucid"))
            .arg("play")
            .args(arguments.iter().map(|argument| argument.as_ref()))
            .env("ALSA_CONFIG_PATH", self.path("asound.conf"))
            .stdin(Stdio::null())
            .output()
            .unwrap()
    }

    /// Frames of what was played, without the silence before and behind.
    #[must_use]
    pub fn played(&self) -> Vec<[i32; 2]> {
        let bytes = fs::read(self.path("played.raw")).unwrap();
        let samples = bytes
            .as_chunks::<4>()
            .0
            .iter()
            .map(|b| i32::from_le_bytes(*b));
        let samples: Vec<i32> = samples.collect();
        let frames = samples.as_chunks::<2>().0;
        let is_heard = |frame: &[i32; 2]| *frame != [0, 0];
        let first = frames
            .iter()
            .position(is_heard)
            .expect("something is heard");
        let last = frames.iter().rposition(is_heard).unwrap();
        frames[first..=last].to_vec()
    }
}

/// A tone of 440 Hz at half of full scale, from a frame on; it never stands at zero.
#[must_use]
pub fn tone(frames: std::ops::Range<u32>) -> Vec<i16> {
    frames
        .map(|frame| {
            let sample = (frame as f32 * 440.0 * TAU / RATE as f32 + 0.5).sin() * 16_384.0;
            if sample.abs() < 1.0 { 1 } else { sample as i16 }
        })
        .collect()
}

/// A WAV file of one channel.
pub fn write_wav(path: &Path, samples: &[i16]) {
    let len = u32::try_from(samples.len() * 2).unwrap();
    let mut file = b"RIFF".to_vec();
    file.extend((36 + len).to_le_bytes());
    file.extend(b"WAVEfmt \x10\0\0\0\x01\0\x01\0");
    file.extend(RATE.to_le_bytes());
    file.extend((RATE * 2).to_le_bytes());
    file.extend(b"\x02\0\x10\0data");
    file.extend(len.to_le_bytes());
    file.extend(samples.iter().flat_map(|sample| sample.to_le_bytes()));
    fs::write(path, file).unwrap();
}
