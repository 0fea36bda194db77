//! Peaks of a sound: at once from a glance here and there, then of every frame.

use super::super::DocumentError;
use super::PLAYED;
use super::readers::Readers;
use ipc::{Buckets, Peak};

/// Most places that are glanced at for one answer: each takes the decoding of two
/// packets, about 50 ms of sound.
const MAX_GLANCES: u64 = 160;

/// Frames that are decoded at a time.
const CHUNK_FRAMES: usize = 16 * 1024;

/// The peaks of some buckets of a sound of `frames`.
///
/// # Errors
///
/// [`DocumentError`] when nothing of it can be read.
pub(super) fn peaks(
    readers: &Readers,
    buckets: Buckets,
    frames: u64,
    channels: u8,
) -> Result<Vec<Peak>, DocumentError> {
    match buckets.is_exact() {
        true => exact(readers, buckets, frames, channels),
        false => coarse(readers, buckets, frames),
    }
}

/// The first frame of a bucket.
fn start(buckets: Buckets, bucket: u64, frames: u64) -> u64 {
    let all = u128::from(buckets.all().max(1));
    let start = u128::from(frames) * u128::from(bucket) / all;
    u64::try_from(start).unwrap_or(u64::MAX)
}

fn exact(
    readers: &Readers,
    buckets: Buckets,
    frames: u64,
    channels: u8,
) -> Result<Vec<Peak>, DocumentError> {
    let frame_bytes = usize::from(channels) * ipc::sound::BYTES_PER_SAMPLE;
    let first = u64::from(buckets.first());
    let end = first + u64::from(buckets.count());
    let span = start(buckets, end, frames) - start(buckets, first, frames);
    let span = u32::try_from(span).unwrap_or(u32::MAX);
    let mut chunk = vec![0; CHUNK_FRAMES * frame_bytes];
    readers.with(start(buckets, first, frames), span, PLAYED, |reader| {
        let mut all = Vec::new();
        for bucket in first..end {
            let mut left = start(buckets, bucket + 1, frames) - start(buckets, bucket, frames);
            let mut peak = Measured::default();
            while left > 0 {
                let want = usize::try_from(left)
                    .unwrap_or(CHUNK_FRAMES)
                    .min(CHUNK_FRAMES);
                let part = chunk.get_mut(..want * frame_bytes).unwrap_or_default();
                let (came, last) = reader.read(part);
                peak.add(part.get(..came as usize * frame_bytes).unwrap_or_default());
                if last || came == 0 {
                    break;
                }
                left -= u64::from(came);
            }
            all.push(peak.peak());
        }
        all
    })
}

/// A few places stand for those around them.
fn coarse(readers: &Readers, buckets: Buckets, frames: u64) -> Result<Vec<Peak>, DocumentError> {
    let count = u64::from(buckets.count());
    let glances = count.min(MAX_GLANCES);
    let mut seen: Vec<Peak> = Vec::new();
    readers.with_any(|reader| {
        let mut bytes = Vec::new();
        for glance in 0..glances {
            let bucket = u64::from(buckets.first()) + glance * count / glances;
            reader.glance(start(buckets, bucket, frames), &mut bytes)?;
            let mut peak = Measured::default();
            peak.add(&bytes);
            seen.push(peak.peak());
        }
        Ok(())
    })?;
    let nearest = |place: u64| usize::try_from(place * glances / count).unwrap_or(0);
    Ok((0..count)
        .map(|place| seen.get(nearest(place)).copied().unwrap_or_default())
        .collect())
}

/// What was seen of a bucket.
#[derive(Default)]
struct Measured {
    low: f32,
    high: f32,
    squares: f64,
    samples: u64,
}

impl Measured {
    /// Adds samples as they lie in a slot.
    fn add(&mut self, bytes: &[u8]) {
        for bytes in bytes.as_chunks::<4>().0 {
            let sample = f32::from_le_bytes(*bytes);
            // Comparisons with what is no number are false.
            if sample.abs() <= ipc::limits::MAX_PEAK {
                self.low = self.low.min(sample);
                self.high = self.high.max(sample);
                self.squares += f64::from(sample) * f64::from(sample);
            }
            self.samples += 1;
        }
    }

    fn peak(&self) -> Peak {
        // Samples are counted exactly up to 2⁵³, and the conversions saturate.
        let mean = self.squares / (self.samples.max(1) as f64);
        Peak {
            low: (self.low * 127.0).max(-127.0).round() as i8,
            high: (self.high * 127.0).round() as i8,
            rms: (mean.sqrt() * 255.0).round() as u8,
        }
    }
}
