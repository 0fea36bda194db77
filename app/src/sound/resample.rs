//! From the rate of a sound to that of the device.

use super::mix::Stereo;
use rubato::audioadapter_buffers::direct::InterleavedSlice;
use rubato::{
    Async, FixedAsync, Resampler, SincInterpolationParameters, SincInterpolationType,
    WindowFunction,
};

/// Frames that are resampled at a time.
const CHUNK: usize = 512;

/// Resamples one sound.
pub(super) struct Resample {
    inner: Async<f32>,
    ratio: f64,
    /// Samples that wait for a whole chunk.
    input: Vec<f32>,
    output: Vec<f32>,
    /// Frames at the beginning that are only the filter running in.
    skip: usize,
    taken: u64,
    given: u64,
}

impl Resample {
    /// `None` where nothing has to be done, or such rates cannot be.
    pub(super) fn new(from: u32, to: u32) -> Option<Self> {
        if from == to {
            return None;
        }
        let ratio = f64::from(to) / f64::from(from.max(1));
        let parameters = SincInterpolationParameters {
            sinc_len: 128,
            f_cutoff: None,
            oversampling_factor: 256,
            interpolation: SincInterpolationType::Cubic,
            window: WindowFunction::BlackmanHarris2,
        };
        let inner = Async::new_sinc(ratio, 1.0, &parameters, CHUNK, 2, FixedAsync::Input).ok()?;
        Some(Self {
            skip: inner.output_delay(),
            output: vec![0.0; inner.output_frames_max() * 2],
            inner,
            ratio,
            input: Vec::new(),
            taken: 0,
            given: 0,
        })
    }

    /// Takes frames, and gives those that are ready.
    pub(super) fn process(&mut self, frames: &[Stereo], out: &mut Vec<Stereo>) {
        self.taken += frames.len() as u64;
        self.input.extend(frames.iter().flatten());
        self.work(out);
    }

    /// The end of the sound: what is still in the filter.
    pub(super) fn flush(&mut self, out: &mut Vec<Stereo>) {
        let due = (self.taken as f64 * self.ratio).round() as u64;
        while self.given < due {
            self.input.extend([0.0; 2 * CHUNK]);
            let before = (self.given, out.len());
            self.work(out);
            if self.given == before.0 && self.skip == 0 {
                break;
            }
            if let Some(over) = self.given.checked_sub(due) {
                let keep = out.len().saturating_sub(usize::try_from(over).unwrap_or(0));
                out.truncate(keep.max(before.1));
            }
        }
        self.inner.reset();
        self.skip = self.inner.output_delay();
        self.input.clear();
        (self.taken, self.given) = (0, 0);
    }

    fn work(&mut self, out: &mut Vec<Stereo>) {
        while self.input.len() >= 2 * CHUNK {
            let room = self.output.len() / 2;
            let Ok(from) = InterleavedSlice::new(self.input.as_slice(), 2, CHUNK) else {
                return;
            };
            let Ok(mut to) = InterleavedSlice::new_mut(self.output.as_mut_slice(), 2, room) else {
                return;
            };
            let Ok((_, came)) = self.inner.process_into_buffer(&from, &mut to, None) else {
                return;
            };
            self.input.drain(..2 * CHUNK);
            let skip = self.skip.min(came);
            self.skip -= skip;
            self.given += (came - skip) as u64;
            let samples = self.output.get(2 * skip..2 * came).unwrap_or_default();
            out.extend(samples.as_chunks::<2>().0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Resample, Stereo};

    #[test]
    fn tone_keeps_its_pitch_level_and_length() {
        for (from, to) in [(44_100, 48_000), (96_000, 44_100), (8000, 48_000)] {
            let turn = |i: usize, rate: u32| {
                (i as f64 * 440.0 * std::f64::consts::TAU / f64::from(rate)).sin_cos()
            };
            let tone = |i: usize| [(turn(i, from).0 * 0.5) as f32; 2];
            let input: Vec<Stereo> = (0..from as usize).map(tone).collect();
            let mut resample = Resample::new(from, to).unwrap();
            let mut out = Vec::new();
            for part in input.chunks(777) {
                resample.process(part, &mut out);
            }
            resample.flush(&mut out);
            assert_eq!(out.len(), to as usize, "{from} to {to}");
            // Apart from the ends, 220 whole waves: as much sine and cosine as
            // is in them is all that is in them.
            let middle = out.len() / 4..out.len() * 3 / 4;
            let (mut sine, mut cosine) = (0.0, 0.0);
            for place in middle.clone() {
                let (got, (s, c)) = (f64::from(out[place][0]), turn(place, to));
                sine += got * s * 2.0 / middle.len() as f64;
                cosine += got * c * 2.0 / middle.len() as f64;
            }
            let level = sine.hypot(cosine);
            assert!((level - 0.5).abs() < 1e-3, "{from} to {to}: {level}");
            let seconds = cosine.atan2(sine) / (440.0 * std::f64::consts::TAU);
            let late = seconds * f64::from(from.min(to));
            assert!(
                late.abs() < 1.0,
                "{from} to {to}: {late} frames of the slower one"
            );
            for place in middle {
                let (s, c) = turn(place, to);
                let more = f64::from(out[place][0]) - sine * s - cosine * c;
                assert!(more.abs() < 1e-3, "{from} to {to} at {place}: {more}");
            }
        }
        assert!(Resample::new(48_000, 48_000).is_none());
    }
}
