//! A system without a sandbox: every entry returns an error.

use std::io;

fn no_sandbox<T>() -> io::Result<T> {
    Err(io::ErrorKind::Unsupported.into())
}

/// Allocators of other systems need no such help.
pub(crate) mod allocator {
    pub(crate) fn prepare_heap() {}

    pub(crate) fn make_room() {}
}

pub(crate) mod attempts {
    use crate::probe::Attempt;

    pub(crate) const ALL: &[Attempt] = &[];
}

pub(crate) mod residual {
    pub(crate) const ALL: &[crate::probe::Attempt] = &[];
}

pub(crate) mod confine {
    use crate::channel::Channel;
    use crate::confine::ConfineError;
    use crate::posture::{Layer, Layers};

    pub(crate) fn confine() -> Result<(Layers, Channel), ConfineError> {
        super::no_sandbox().map_err(|source| ConfineError {
            layer: Layer::Descriptors,
            source,
        })
    }

    pub(crate) fn lock() -> Result<(), ConfineError> {
        super::no_sandbox().map_err(|source| ConfineError {
            layer: Layer::SeccompServe,
            source,
        })
    }
}

pub(crate) mod limits {
    pub(crate) fn private_bytes() -> Option<u64> {
        None
    }

    pub(crate) fn own_bytes(_: u32) -> u64 {
        0
    }
}

pub(crate) mod launcher {
    use crate::channel::Channel;
    use std::io;
    use std::path::Path;
    use std::process::ExitCode;

    pub(crate) fn check_program(_: &Path) -> io::Result<()> {
        super::no_sandbox()
    }

    pub(crate) fn harden_channel(_: &Channel) {}

    pub(crate) fn has_channel() -> bool {
        false
    }

    pub(crate) fn main() -> ExitCode {
        ExitCode::FAILURE
    }
}

pub(crate) mod memory {
    use std::fs::File;
    use std::io;
    use std::os::fd::{BorrowedFd, OwnedFd};

    pub(crate) fn create_pixels(_: u64) -> io::Result<File> {
        super::no_sandbox()
    }

    pub(crate) fn pixels_for_renderer(_: &File) -> io::Result<OwnedFd> {
        super::no_sandbox()
    }

    pub(crate) fn seal_pixels(_: &File) -> io::Result<()> {
        super::no_sandbox()
    }

    pub(crate) fn create_fonts(_: u64) -> io::Result<File> {
        Err(unsupported())
    }

    pub(crate) fn fonts_for_renderer(_: &File) -> io::Result<OwnedFd> {
        Err(unsupported())
    }

    pub(crate) fn create_snapshot() -> io::Result<File> {
        super::no_sandbox()
    }

    pub(crate) fn seal_snapshot(_: &File) -> io::Result<()> {
        super::no_sandbox()
    }

    pub(crate) fn snapshot_for_renderer(_: &File) -> io::Result<OwnedFd> {
        super::no_sandbox()
    }

    pub(crate) fn check_snapshot(_: BorrowedFd<'_>, _: u64) -> io::Result<()> {
        super::no_sandbox()
    }

    pub(crate) fn limit_document(_: BorrowedFd<'_>) -> io::Result<()> {
        super::no_sandbox()
    }
}

pub(crate) mod process {
    use crate::process::Exit;
    use std::io;
    use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
    use std::time::Duration;

    #[derive(Debug)]
    pub(crate) struct Descriptor(OwnedFd);

    impl Descriptor {
        pub(crate) fn from_launcher(_: Vec<OwnedFd>) -> io::Result<Self> {
            super::no_sandbox()
        }

        pub(crate) fn kill(&self) -> io::Result<()> {
            super::no_sandbox()
        }

        pub(crate) fn try_exit(&self) -> io::Result<Option<Exit>> {
            super::no_sandbox()
        }

        pub(crate) fn is_alive(&self) -> bool {
            false
        }

        pub(crate) fn wait(&self, _: Duration) -> io::Result<Option<Exit>> {
            super::no_sandbox()
        }

        pub(crate) fn pid(&self) -> Option<i32> {
            None
        }

        pub(crate) fn as_fd(&self) -> BorrowedFd<'_> {
            self.0.as_fd()
        }
    }
}

pub(crate) mod posture {
    use super::process::Descriptor;
    use crate::posture::{Expected, Layer, Layers, Measured};
    use std::io;

    pub(crate) fn expected() -> Expected {
        // Nothing is ever opened: every layer is required and none exists.
        let all: Layers = Layer::ALL.into_iter().collect();
        Expected {
            required: all,
            full: all,
        }
    }

    pub(crate) fn measure(_: &Descriptor) -> io::Result<Measured> {
        super::no_sandbox()
    }
}

#[cfg(feature = "sound")]
pub(crate) mod sound {
    use crate::sound::SoundError;
    use std::io;

    #[derive(Debug)]
    pub(crate) enum Device {}

    impl Device {
        pub(crate) fn open(_: Option<&str>, _: u32, _: u8) -> Result<Self, SoundError> {
            let words = "sound is not played on this system";
            Err(SoundError::Device(words.to_owned()))
        }

        pub(crate) fn rate(&self) -> u32 {
            match *self {}
        }

        pub(crate) fn write(&mut self, _: &[i32]) -> io::Result<()> {
            match *self {}
        }

        pub(crate) fn delay(&mut self) -> u32 {
            match *self {}
        }

        pub(crate) fn stop(&mut self) {
            match *self {}
        }

        pub(crate) fn drain(&mut self) {
            match *self {}
        }
    }
}
