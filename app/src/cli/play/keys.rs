//! Keys as a terminal gives them.

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::termios::{LocalFlags, SetArg, Termios, tcgetattr, tcsetattr};
use std::collections::VecDeque;
use std::fs::{File, OpenOptions};
use std::io::Read;
use std::os::fd::AsFd;

/// What is pressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Key {
    Pause,
    /// Seconds.
    Seek(i64),
    Start,
    /// To so many tenths of the whole.
    Part(u8),
    Volume(i8),
    Mute,
    /// Steps faster or slower; 0 for normal.
    Speed(i8),
    Gain,
    Loop,
    Next,
    Previous,
    Quit,
}

/// The terminal while keys are read from it.
pub(super) struct Keys {
    tty: File,
    before: Termios,
    pressed: VecDeque<Key>,
}

impl Keys {
    /// Takes the terminal, where there is one to type on.
    pub(super) fn take() -> Option<Self> {
        let tty = OpenOptions::new().read(true).open("/dev/tty").ok()?;
        let before = tcgetattr(&tty).ok()?;
        let mut raw = before.clone();
        // Signals stay: Ctrl+C ends it.
        raw.local_flags
            .remove(LocalFlags::ICANON | LocalFlags::ECHO);
        tcsetattr(&tty, SetArg::TCSANOW, &raw).ok()?;
        Some(Self {
            tty,
            before,
            pressed: VecDeque::new(),
        })
    }

    /// The next key, if one was pressed.
    pub(super) fn next(&mut self) -> Option<Key> {
        if self.pressed.is_empty() {
            let mut wanted = [PollFd::new(self.tty.as_fd(), PollFlags::POLLIN)];
            if matches!(poll(&mut wanted, PollTimeout::ZERO), Ok(1..)) {
                let mut bytes = [0; 64];
                let count = self.tty.read(&mut bytes).unwrap_or(0);
                self.pressed
                    .extend(keys(bytes.get(..count).unwrap_or_default()));
            }
        }
        self.pressed.pop_front()
    }
}

impl Drop for Keys {
    fn drop(&mut self) {
        // A terminal that is gone needs nothing.
        let _ = tcsetattr(&self.tty, SetArg::TCSANOW, &self.before);
    }
}

/// Sequences of several bytes first.
const KEYS: &[(&[u8], Key)] = &[
    (b"\x1b[1;2C", Key::Seek(1)),
    (b"\x1b[1;2D", Key::Seek(-1)),
    (b"\x1b[1;5C", Key::Seek(60)),
    (b"\x1b[1;5D", Key::Seek(-60)),
    (b"\x1b[C", Key::Seek(5)),
    (b"\x1b[D", Key::Seek(-5)),
    (b"\x1b[A", Key::Volume(1)),
    (b"\x1b[B", Key::Volume(-1)),
    (b"\x1b[H", Key::Start),
    (b"\x1b[1~", Key::Start),
    (b"\x1bOC", Key::Seek(5)),
    (b"\x1bOD", Key::Seek(-5)),
    (b"\x1bOA", Key::Volume(1)),
    (b"\x1bOB", Key::Volume(-1)),
    (b"\x1bOH", Key::Start),
    (b" ", Key::Pause),
    (b"p", Key::Pause),
    (b"0", Key::Volume(1)),
    (b"9", Key::Volume(-1)),
    (b"m", Key::Mute),
    (b"]", Key::Speed(1)),
    (b"[", Key::Speed(-1)),
    (b"\x7f", Key::Speed(0)),
    (b"\x08", Key::Speed(0)),
    (b"r", Key::Gain),
    (b"l", Key::Loop),
    (b">", Key::Next),
    (b"n", Key::Next),
    (b"<", Key::Previous),
    (b"q", Key::Quit),
    (b"Q", Key::Quit),
];

/// Keys in what was read; what is none is passed over.
fn keys(mut bytes: &[u8]) -> Vec<Key> {
    let mut all = Vec::new();
    while let Some((first, rest)) = bytes.split_first() {
        // Alt and a digit.
        if let [0x1b, digit @ b'0'..=b'9', rest @ ..] = bytes {
            all.push(Key::Part(digit - b'0'));
            bytes = rest;
            continue;
        }
        match KEYS
            .iter()
            .find(|(sequence, _)| bytes.starts_with(sequence))
        {
            Some((sequence, key)) => {
                all.push(*key);
                bytes = bytes.get(sequence.len()..).unwrap_or_default();
            }
            // Another sequence, up to the letter that ends it.
            None if *first == 0x1b => {
                let end = rest
                    .iter()
                    .position(|b| b.is_ascii_alphabetic() || *b == b'~');
                bytes = end.and_then(|end| rest.get(end + 1..)).unwrap_or_default();
            }
            None => bytes = rest,
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::{Key, keys};

    #[test]
    fn sequences_are_keys_and_the_rest_is_passed_over() {
        for (bytes, pressed) in [
            (&b" "[..], vec![Key::Pause]),
            (b"\x1b[C\x1b[D", vec![Key::Seek(5), Key::Seek(-5)]),
            (b"\x1b[1;5Cq", vec![Key::Seek(60), Key::Quit]),
            (b"\x1b[15~m", vec![Key::Mute]),
            (b"\x1b3", vec![Key::Part(3)]),
            (b"xyz\x1b", vec![]),
        ] {
            assert_eq!(keys(bytes), pressed, "{bytes:?}");
        }
    }
}
