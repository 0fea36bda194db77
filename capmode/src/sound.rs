//! A device that sound is played on.
//!
//! On Linux it is ALSA, whose library is loaded when something is played, and not
//! when the program starts: most runs play nothing, and a machine without it
//! shows documents all the same. On FreeBSD it is `/dev/dsp`, which needs no
//! library. Samples are interleaved whole numbers of 32 bits, ±2³¹ is full scale.

use crate::sys;
use std::io;

/// An open device. It is used by the thread that has opened it.
#[derive(Debug)]
pub struct SoundDevice(sys::sound::Device);

/// Why there is no device.
#[derive(Debug, thiserror::Error)]
pub enum SoundError {
    /// The library of the sound system is not installed.
    #[error("the sound system's library {0} is not installed")]
    NoLibrary(&'static str),
    /// The system has no such device, or it is in use.
    #[error("the sound device cannot be used: {0}")]
    Device(String),
}

impl SoundDevice {
    /// Opens the device of this name, else the usual one, for frames of `channels`
    /// samples; at `rate` if it has that, else at another.
    ///
    /// # Errors
    ///
    /// [`SoundError`].
    pub fn open(name: Option<&str>, rate: u32, channels: u8) -> Result<Self, SoundError> {
        sys::sound::Device::open(name, rate, channels).map(Self)
    }

    /// Frames a second.
    #[must_use]
    pub fn rate(&self) -> u32 {
        self.0.rate()
    }

    /// Plays whole frames, and waits until they have room in the device. What it has
    /// run out of meanwhile was silence.
    ///
    /// # Errors
    ///
    /// When the device is gone.
    pub fn write(&mut self, samples: &[i32]) -> io::Result<()> {
        self.0.write(samples)
    }

    /// Frames that were written and are not heard yet.
    #[must_use]
    pub fn delay(&mut self) -> u32 {
        self.0.delay()
    }

    /// Silence, at once: what was written and is not heard yet never will be.
    pub fn stop(&mut self) {
        self.0.stop();
    }

    /// Waits until everything is heard.
    pub fn drain(&mut self) {
        self.0.drain();
    }
}
