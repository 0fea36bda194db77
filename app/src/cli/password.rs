//! A password: typed on the terminal without being shown, or from a descriptor.

use super::terminal;
use ipc::limits::MAX_PASSWORD_BYTES;
use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::termios::{LocalFlags, SetArg, Termios, tcgetattr, tcsetattr};
use std::fs::{File, OpenOptions};
use std::io::{self, IsTerminal, Read, Write};
use std::os::fd::AsFd;
use std::sync::atomic::{AtomicBool, Ordering};
use zeroize::Zeroizing;

/// Longest line that a terminal gives at once, in bytes (`termios(3)`).
const LINE_BYTES: usize = 4096;

/// Time between two looks at whether the user has interrupted, in milliseconds.
const LOOK_MS: u16 = 100;

/// Asks on the terminal; `None` when there is nobody to ask, or no answer.
///
/// # Errors
///
/// [`io::ErrorKind::Interrupted`] as soon as the user interrupts; the `errno` of
/// the terminal.
pub(super) fn ask(prompt: &str, interrupted: &AtomicBool) -> io::Result<Option<Zeroizing<String>>> {
    // What is told goes there too: without it, nobody would see the question.
    if !io::stderr().is_terminal() {
        return Ok(None);
    }
    let tty = OpenOptions::new().read(true).write(true).open("/dev/tty");
    let Ok(mut tty) = tty else {
        return Ok(None);
    };
    let hidden = Hidden::new(tty.try_clone()?)?;
    write!(tty, "{}", terminal::printable(prompt))?;
    let line = read_line(&mut tty, interrupted);
    drop(hidden);
    // The line end was not shown either.
    writeln!(tty)?;
    let line = line?;
    // Control-D before anything else.
    if line.is_empty() {
        return Ok(None);
    }
    text(&line).map(Some)
}

/// Reads the first line of a descriptor that this program was started with.
///
/// # Errors
///
/// The `errno` of reading, and a password that is not UTF-8.
pub(super) fn from_descriptor(number: i32) -> io::Result<Zeroizing<String>> {
    let file = File::from(capmode::duplicate_inherited(number)?);
    let mut bytes = Zeroizing::new(Vec::with_capacity(MAX_PASSWORD_BYTES + 2));
    file.take(MAX_PASSWORD_BYTES as u64 + 2)
        .read_to_end(&mut bytes)?;
    text(&bytes)
}

/// The first line, without its end.
fn text(bytes: &[u8]) -> io::Result<Zeroizing<String>> {
    let mut lines = bytes.split(|byte| *byte == b'\n');
    let line = lines.next().unwrap_or_default();
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    let text =
        std::str::from_utf8(line).map_err(|_| io::Error::other("the password is not UTF-8"))?;
    Ok(Zeroizing::new(text.to_owned()))
}

/// A line as it was typed; empty at the end of input.
fn read_line(tty: &mut File, interrupted: &AtomicBool) -> io::Result<Zeroizing<Vec<u8>>> {
    let mut line = Zeroizing::new(vec![0; LINE_BYTES]);
    loop {
        if interrupted.load(Ordering::Relaxed) {
            return Err(io::ErrorKind::Interrupted.into());
        }
        let mut wanted = [PollFd::new(tty.as_fd(), PollFlags::POLLIN)];
        match poll(&mut wanted, PollTimeout::from(LOOK_MS)) {
            Ok(0) | Err(Errno::EINTR) => {}
            Ok(_) => {
                let bytes = tty.read(&mut line)?;
                line.truncate(bytes);
                return Ok(line);
            }
            Err(errno) => return Err(errno.into()),
        }
    }
}

/// A terminal that shows nothing of what is typed, as long as this lives.
struct Hidden {
    tty: File,
    before: Termios,
}

impl Hidden {
    fn new(tty: File) -> io::Result<Self> {
        let before = tcgetattr(&tty)?;
        let mut hidden = before.clone();
        hidden.local_flags.remove(LocalFlags::ECHO);
        hidden
            .local_flags
            .insert(LocalFlags::ICANON | LocalFlags::ISIG);
        // What was typed before the question is no answer to it.
        tcsetattr(&tty, SetArg::TCSAFLUSH, &hidden)?;
        Ok(Self { tty, before })
    }
}

impl Drop for Hidden {
    fn drop(&mut self) {
        // A terminal that is gone needs nothing back.
        let _ = tcsetattr(&self.tty, SetArg::TCSANOW, &self.before);
    }
}

#[cfg(test)]
mod tests {
    use super::text;

    #[test]
    fn password_is_the_first_line_without_its_end() {
        for (bytes, password) in [
            (&b"open sesame"[..], "open sesame"),
            (b"open sesame\n", "open sesame"),
            (b"open sesame\r\nmore", "open sesame"),
            (b"\n", ""),
            ("gr\u{fc}n \n".as_bytes(), "gr\u{fc}n "),
        ] {
            assert_eq!(*text(bytes).unwrap(), password);
        }
        assert!(text(b"\xff\n").is_err());
    }
}
