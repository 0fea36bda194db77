//! What sound is given to.

use capmode::sound::SoundDevice;
use std::io;

/// Channels of the device.
const CHANNELS: u8 = 2;

/// What sound is given to.
pub(in crate::sound) trait Output {
    fn rate(&self) -> u32;
    fn write(&mut self, samples: &[i32]) -> io::Result<()>;
    fn delay(&mut self) -> u32;
    fn stop(&mut self);
    fn drain(&mut self);
}

/// Opens the output at a rate, if it has that.
pub(in crate::sound) type Open = Box<dyn FnMut(u32) -> Result<Box<dyn Output>, String> + Send>;

/// The device of this name, or the usual one.
pub(in crate::sound) fn device(name: Option<String>) -> Open {
    Box::new(move |rate| {
        let device = SoundDevice::open(name.as_deref(), rate, CHANNELS);
        let device = device.map_err(|error| match &name {
            Some(name) => format!("{name}: {error}"),
            None => error.to_string(),
        })?;
        Ok(Box::new(device) as Box<dyn Output>)
    })
}

impl Output for SoundDevice {
    fn rate(&self) -> u32 {
        self.rate()
    }

    fn write(&mut self, samples: &[i32]) -> io::Result<()> {
        self.write(samples)
    }

    fn delay(&mut self) -> u32 {
        self.delay()
    }

    fn stop(&mut self) {
        self.stop();
    }

    fn drain(&mut self) {
        self.drain();
    }
}
