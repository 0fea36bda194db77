//! OSS: `/dev/dsp`, which mixes and converts in the kernel.

use crate::sound::SoundError;
use std::ffi::{c_int, c_ulong};
use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::os::fd::AsRawFd;

const DEVICE: &str = "/dev/dsp";

/// `_IO('P', n)` and `_IOWR('P', n, int)`, as `sys/ioccom.h` makes them.
const fn request(kind: c_ulong, number: c_ulong) -> c_ulong {
    kind | (0x50 << 8) | number
}
const VOID: c_ulong = 0x2000_0000;
const INOUT_INT: c_ulong = 0xC004_0000;
const OUT_INT: c_ulong = 0x4004_0000;

/// From `sys/soundcard.h`.
const RESET: c_ulong = request(VOID, 0);
const SYNC: c_ulong = request(VOID, 1);
const SPEED: c_ulong = request(INOUT_INT, 2);
const SETFMT: c_ulong = request(INOUT_INT, 5);
const CHANNELS: c_ulong = request(INOUT_INT, 6);
const SETFRAGMENT: c_ulong = request(INOUT_INT, 10);
const GETODELAY: c_ulong = request(OUT_INT, 23);
/// `AFMT_S32_LE`.
const S32: c_int = 0x1000;

/// Two to the 10 bytes a fragment, and as many of them as make about 100 ms of
/// stereo at 48 kHz (384 000 bytes a second): 37.
const FRAGMENTS: c_int = (37 << 16) | 10;

/// An open device.
#[derive(Debug)]
pub(crate) struct Device {
    file: File,
    rate: u32,
    channels: u8,
}

impl Device {
    pub(crate) fn open(name: Option<&str>, rate: u32, channels: u8) -> Result<Self, SoundError> {
        let refused = |error: io::Error| SoundError::Device(error.to_string());
        let file = OpenOptions::new()
            .write(true)
            .open(name.unwrap_or(DEVICE))
            .map_err(refused)?;
        let mut device = Self {
            file,
            rate,
            channels,
        };
        // A device that has fragments of its own keeps them.
        let _ = device.set(SETFRAGMENT, FRAGMENTS);
        if device.set(SETFMT, S32).map_err(refused)? != S32 {
            return Err(SoundError::Device(
                "it takes no samples of 32 bits".to_owned(),
            ));
        }
        let wanted = c_int::from(channels);
        if device.set(CHANNELS, wanted).map_err(refused)? != wanted {
            return Err(SoundError::Device(format!("it has no {channels} channels")));
        }
        let wanted = c_int::try_from(rate).unwrap_or(c_int::MAX);
        let rate = device.set(SPEED, wanted).map_err(refused)?;
        device.rate = u32::try_from(rate)
            .ok()
            .filter(|rate| *rate > 0)
            .ok_or_else(|| SoundError::Device("it has no rate".to_owned()))?;
        Ok(device)
    }

    /// Asks for a value, and tells which it is now.
    fn set(&self, request: c_ulong, value: c_int) -> io::Result<c_int> {
        let mut value = value;
        // SAFETY: the descriptor is open, and every request that is made here reads
        // or writes one int, which lives until the call returns.
        let done = unsafe { libc::ioctl(self.file.as_raw_fd(), request, &raw mut value) };
        match done {
            -1 => Err(io::Error::last_os_error()),
            _ => Ok(value),
        }
    }

    pub(crate) fn rate(&self) -> u32 {
        self.rate
    }

    pub(crate) fn write(&mut self, samples: &[i32]) -> io::Result<()> {
        let bytes: Vec<u8> = samples.iter().flat_map(|s| s.to_le_bytes()).collect();
        self.file.write_all(&bytes)
    }

    pub(crate) fn delay(&mut self) -> u32 {
        let bytes = self.set(GETODELAY, 0).unwrap_or(0);
        u32::try_from(bytes).unwrap_or(0) / (u32::from(self.channels) * 4).max(1)
    }

    pub(crate) fn stop(&mut self) {
        // A device that is gone is silent.
        let _ = self.set(RESET, 0);
    }

    pub(crate) fn drain(&mut self) {
        let _ = self.set(SYNC, 0);
    }
}
