//! The player's page as a user has it: the real programs under Xvfb, on a machine
//! without a sound card.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::fs;
use std::path::Path;
use std::time::Duration;
use tests::eventually;
use tests::screen::{Color, Screen};

const RATE: u32 = 8_000;

/// What has been heard, and the ground of a banner, in the dark and in the light.
const HEARD: [Color; 2] = [[0x62, 0xa0, 0xea], [0x1c, 0x66, 0xc4]];
const BANNER: [Color; 2] = [[0x45, 0x38, 0x10], [0xff, 0xf0, 0xc8]];

/// A WAV file of one channel: a loud tone of so many seconds.
fn write_tone(path: &Path, seconds: u32) {
    let frames = RATE * seconds;
    let mut wav = b"RIFF".to_vec();
    wav.extend((36 + 2 * frames).to_le_bytes());
    wav.extend(b"WAVEfmt ");
    wav.extend(16_u32.to_le_bytes());
    wav.extend([1, 0, 1, 0]);
    wav.extend(RATE.to_le_bytes());
    wav.extend((2 * RATE).to_le_bytes());
    wav.extend([2, 0, 16, 0]);
    wav.extend(b"data");
    wav.extend((2 * frames).to_le_bytes());
    for frame in 0..frames {
        let sample: i16 = if frame / 10 % 2 == 0 { 30_000 } else { -30_000 };
        wav.extend(sample.to_le_bytes());
    }
    fs::write(path, wav).unwrap();
}

fn count(screen: &Screen, colors: [Color; 2]) -> usize {
    colors.iter().map(|color| screen.count(*color)).sum()
}

#[test]
fn sound_has_a_page_that_tells_where_it_is() {
    let Some(screen) = Screen::start() else {
        return;
    };
    let path = screen.folder().join("tone.wav");
    write_tone(&path, 90);
    let nothing = screen.folder().join("asound.conf");
    fs::write(&nothing, "").unwrap();
    let config = nothing.to_string_lossy().into_owned();
    let mut viewer = screen.pellucid(&[&path], &[("ALSA_CONFIG_PATH", &config)]);
    let patience = Duration::from_secs(30);
    assert!(
        eventually(patience, || count(&screen, BANNER) > 10_000),
        "nobody is told that there is no device"
    );
    screen.press(&["ctrl+Right"]);
    assert!(
        eventually(patience, || count(&screen, HEARD) > 15_000),
        "two thirds of the waveform are not shown as heard"
    );
    screen.press(&["Home"]);
    assert!(
        eventually(patience, || count(&screen, HEARD) < 5_000),
        "Home does not lead to the start"
    );
    screen.press(&["ctrl+q"]);
    assert!(viewer.ends().unwrap().success());
}
