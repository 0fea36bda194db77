//! Channels of a sound to the two of the device.

use ipc::Sound;

/// One frame of what is played.
pub(super) type Stereo = [f32; 2];

/// Three decibels down: what goes to both sides is as loud as what goes to one.
const HALF_POWER: f32 = std::f32::consts::FRAC_1_SQRT_2;

/// How much of each channel goes to the left and to the right.
pub(super) struct Mix(Vec<Stereo>);

impl Mix {
    /// For the channels of a sound (ITU-R BS.775-4, table 2, whose sum is brought
    /// down so that nothing clips; the channel for low frequencies is left out).
    pub(super) fn new(sound: &Sound) -> Self {
        let channels = usize::from(sound.channels);
        if channels == 1 {
            return Self(vec![[1.0, 1.0]]);
        }
        let mut parts: Vec<Stereo> = match sound.layout {
            0 => (0..channels).map(unknown).collect(),
            layout => (0..18)
                .filter(|bit| layout >> bit & 1 == 1)
                .map(speaker)
                .collect(),
        };
        parts.resize(channels, [0.0, 0.0]);
        let sum = |side: usize| parts.iter().filter_map(|part| part.get(side)).sum::<f32>();
        let most = sum(0).max(sum(1)).max(1.0);
        for side in parts.iter_mut().flatten() {
            *side /= most;
        }
        Self(parts)
    }

    /// Interleaved samples as frames of two.
    pub(super) fn apply(&self, samples: &[f32], out: &mut Vec<Stereo>) {
        let frames = samples.chunks_exact(self.0.len().max(1));
        out.extend(frames.map(|frame| {
            let parts = frame.iter().zip(&self.0);
            parts.fold([0.0, 0.0], |[left, right], (sample, part)| {
                [left + sample * part[0], right + sample * part[1]]
            })
        }));
    }
}

/// Left, right, left, right, where a file does not say.
fn unknown(channel: usize) -> Stereo {
    match channel % 2 {
        0 => [1.0, 0.0],
        _ => [0.0, 1.0],
    }
}

/// By the bit of the speaker in a WAVE layout.
fn speaker(bit: u32) -> Stereo {
    match bit {
        // Front left and right, and those beside the centre.
        0 | 6 => [1.0, 0.0],
        1 | 7 => [0.0, 1.0],
        // Front centre, and above.
        2 | 11 | 13 => [HALF_POWER, HALF_POWER],
        // Low frequencies.
        3 => [0.0, 0.0],
        // Back, side and top, left and right.
        4 | 9 | 12 | 15 => [HALF_POWER, 0.0],
        5 | 10 | 14 | 17 => [0.0, HALF_POWER],
        // Back centre, and above.
        _ => [0.5, 0.5],
    }
}

#[cfg(test)]
mod tests {
    use super::{Mix, Stereo};
    use ipc::{Coding, Loudness, Sound};

    fn mixed(channels: u8, layout: u32, samples: &[f32]) -> Vec<Stereo> {
        let sound = Sound {
            rate: 48_000,
            channels,
            layout,
            frames: None,
            coding: Coding::Lossy,
            loudness: Loudness::default(),
        };
        let mut out = Vec::new();
        Mix::new(&sound).apply(samples, &mut out);
        out
    }

    #[test]
    fn stereo_stays_as_it_is_and_mono_goes_to_both_sides() {
        assert_eq!(mixed(2, 3, &[0.25, -0.5]), [[0.25, -0.5]]);
        assert_eq!(mixed(2, 0, &[0.25, -0.5]), [[0.25, -0.5]]);
        assert_eq!(mixed(1, 4, &[0.25, 1.0]), [[0.25; 2], [1.0; 2]]);
    }

    #[test]
    fn full_scale_in_every_speaker_does_not_clip() {
        for (channels, layout) in [(6, 0x3F), (8, 0x63F), (4, 0x33), (3, 7), (5, 0)] {
            let all = vec![1.0; usize::from(channels)];
            let [left, right] = mixed(channels, layout, &all)[0];
            assert!(
                left <= 1.0001 && right <= 1.0001,
                "{channels}: {left} {right}"
            );
            assert!(left > 0.9, "{channels}: {left}");
        }
        // The centre goes to both sides, the back left to the left alone.
        let [left, right] = mixed(6, 0x3F, &[0.0, 0.0, 1.0, 0.0, 0.0, 0.0])[0];
        assert!(left == right && left > 0.2);
        let [left, right] = mixed(6, 0x3F, &[0.0, 0.0, 0.0, 0.0, 1.0, 0.0])[0];
        assert!(left > 0.2 && right == 0.0);
    }
}
