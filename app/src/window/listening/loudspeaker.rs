//! How every sound is played.

use crate::sound::{GainMode, MAX_SPEED, MIN_SPEED, Player};

/// A step of the volume, and of the speed.
pub(crate) const VOLUME_STEP: f32 = 0.05;
pub(crate) const SPEED_STEP: f32 = 0.1;

/// How everything in the window sounds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Loudspeaker {
    pub(crate) volume: f32,
    pub(crate) muted: bool,
    pub(crate) speed: f32,
    pub(crate) gain: GainMode,
}

impl Default for Loudspeaker {
    fn default() -> Self {
        Self {
            volume: 1.0,
            muted: false,
            speed: 1.0,
            gain: GainMode::Track,
        }
    }
}

impl Loudspeaker {
    pub(crate) fn set_volume(&mut self, volume: f32) {
        (self.volume, self.muted) = (volume.clamp(0.0, 1.0), false);
    }

    pub(crate) fn set_speed(&mut self, speed: f32) {
        // Steps of a tenth stay tenths.
        let tenths = (speed / SPEED_STEP).round() * SPEED_STEP;
        self.speed = tenths.clamp(MIN_SPEED, MAX_SPEED);
    }

    pub(super) fn tell(self, player: &Player) {
        player.set_volume(self.volume);
        player.set_muted(self.muted);
        player.set_speed(self.speed);
        player.set_gain(self.gain);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn speed_goes_by_even_steps_as_far_as_its_limit() {
        let mut loud = Loudspeaker::default();
        for _ in 0..3 {
            loud.set_speed(loud.speed + SPEED_STEP);
        }
        assert!((loud.speed - 1.3).abs() < 1e-5);
        loud.set_speed(100.0);
        assert_eq!(loud.speed, MAX_SPEED);
    }
}
