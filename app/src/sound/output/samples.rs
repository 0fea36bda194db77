//! Samples as the device gets them: how loud, and cut at full scale.

use crate::sound::loudness;
use crate::sound::mix::Stereo;
use crate::sound::player::Settings;
use ipc::Sound;

/// How loud a sound is to be.
pub(super) fn level(settings: &Settings, sound: &Sound) -> f32 {
    if settings.muted {
        return 0.0;
    }
    loudness::volume(settings.volume) * loudness::factor(sound.loudness, settings.gain)
}

/// From one level to another over a block: a leap would click.
pub(super) fn fade(frames: &mut [Stereo], from: f32, to: f32) {
    let len = frames.len().max(1) as f32;
    for (place, frame) in frames.iter_mut().enumerate() {
        let level = from + (to - from) * (place as f32 / len);
        frame.iter_mut().for_each(|sample| *sample *= level);
    }
}

/// A sample for the device, cut at full scale.
pub(super) fn whole(sample: f32) -> i32 {
    // The conversion saturates.
    (f64::from(sample.clamp(-1.0, 1.0)) * 2_147_483_648.0) as i32
}
