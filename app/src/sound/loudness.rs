//! How loud it is: the user's volume, and what the file asks for.

use ipc::Loudness;

/// Which gain of a file is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum GainMode {
    /// None: as it is.
    Off,
    /// That of each track, else that of its album.
    #[default]
    Track,
    /// That of the album, else that of the track.
    Album,
}

/// The factor for what a file says, which never makes its loudest sample louder
/// than full scale. Where no peak is told, it is taken to be full scale, so that
/// only making it softer is safe.
pub(super) fn factor(loudness: Loudness, mode: GainMode) -> f32 {
    let gain = match mode {
        GainMode::Off => None,
        GainMode::Track => loudness.track.or(loudness.album),
        GainMode::Album => loudness.album.or(loudness.track),
    };
    let Some(gain) = gain else {
        return 1.0;
    };
    let wanted = 10_f32.powf(gain.db() / 20.0);
    let loudest = gain.peak().unwrap_or(1.0);
    // A peak above full scale is what a lossy sound has already; it is not lowered for that.
    wanted.min((1.0 / loudest).max(wanted.min(1.0)))
}

/// The factor for a volume from 0 to 1: half of it seems half as loud (60 dB over
/// the whole way, close to the cube that most players have).
pub(super) fn volume(volume: f32) -> f32 {
    volume.clamp(0.0, 1.0).powi(3)
}

#[cfg(test)]
mod tests {
    use super::{GainMode, factor, volume};
    use ipc::{Gain, Loudness};

    fn loudness(track: Option<(f32, Option<f32>)>, album: Option<f32>) -> Loudness {
        Loudness {
            track: track.and_then(|(db, peak)| Gain::new(db, peak)),
            album: album.and_then(|db| Gain::new(db, None)),
        }
    }

    #[test]
    fn gain_makes_softer_and_never_clips() {
        let half = 10_f32.powf(-6.0 / 20.0);
        for (told, mode, expected) in [
            (loudness(None, None), GainMode::Track, 1.0),
            (
                loudness(Some((-6.0, Some(1.0))), None),
                GainMode::Track,
                half,
            ),
            (loudness(Some((-6.0, Some(1.0))), None), GainMode::Off, 1.0),
            (loudness(None, Some(-6.0)), GainMode::Track, half),
            (
                loudness(Some((0.0, None)), Some(-6.0)),
                GainMode::Album,
                half,
            ),
            // Twelve decibels up, but the peak leaves room for six.
            (
                loudness(Some((12.0, Some(0.5))), None),
                GainMode::Track,
                2.0,
            ),
            (loudness(Some((12.0, None)), None), GainMode::Track, 1.0),
        ] {
            let got = factor(told, mode);
            assert!((got - expected).abs() < 1e-5, "{told:?}: {got}");
        }
    }

    #[test]
    fn volume_goes_from_silence_to_as_it_is() {
        assert_eq!((volume(0.0), volume(1.0)), (0.0, 1.0));
        assert_eq!(volume(f32::INFINITY), 1.0);
        assert!(volume(0.5) < 0.2);
    }
}
