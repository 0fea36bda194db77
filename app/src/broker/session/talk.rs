//! Sending and receiving, and the one place where a renderer is given up.

use super::{Session, Ticket};
use crate::broker::dispatch::Meaning;
use crate::broker::error::{BrokerError, RendererEnd};
use capmode::Received;
use ipc::codec::{decode_event, encode_request};
use ipc::limits::MAX_MESSAGE_BYTES;
use ipc::{ProtocolError, Request, RequestId};
use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use std::os::fd::{AsFd, BorrowedFd};
use std::time::{Duration, Instant};

/// How long a renderer that has stopped talking may take to be gone.
const LAST_WORDS: Duration = Duration::from_secs(2);

/// Longest wait between two looks at whether the user has interrupted: a signal
/// may come just before the wait, or to another thread.
const LOOK: Duration = Duration::from_millis(100);

/// When an answer is due, and how long it may take in all; the first is `None`
/// when it may take for ever.
#[derive(Debug, Clone, Copy)]
pub(super) struct Deadline {
    due: Option<Instant>,
    limit: Duration,
}

impl Deadline {
    pub(super) fn after(limit: Option<Duration>) -> Self {
        Self {
            due: limit.and_then(|limit| Instant::now().checked_add(limit)),
            limit: limit.unwrap_or_default(),
        }
    }

    fn left(self) -> Option<Duration> {
        let now = Instant::now();
        self.due.map(|due| due.saturating_duration_since(now))
    }
}

impl Session {
    pub(super) fn ask(
        &mut self,
        asked: Option<(RequestId, Request)>,
    ) -> Result<Option<Ticket>, BrokerError> {
        let Some((id, request)) = asked else {
            return Ok(None);
        };
        if self.in_flight() == 1 {
            self.set_deadline();
        }
        self.say(&request)?;
        Ok(Some(Ticket(id)))
    }

    pub(super) fn set_deadline(&mut self) {
        self.deadline = Deadline::after(self.renderer.limits.answer);
    }

    pub(super) fn say(&mut self, request: &Request) -> Result<(), BrokerError> {
        let message = encode_request(request).map_err(violation)?;
        if let Err(error) = self.outgoing.push(message) {
            return Err(self.fail(RendererEnd::BadMessage(error)));
        }
        self.flush()
    }

    /// Sends what can be sent without waiting.
    fn flush(&mut self) -> Result<(), BrokerError> {
        Ok(self.outgoing.flush(&self.renderer.channel)?)
    }

    /// Waits for the next event and checks it.
    pub(super) fn next(&mut self) -> Result<Meaning, BrokerError> {
        loop {
            if let Some(meaning) = self.next_or_wake(None)? {
                return Ok(meaning);
            }
        }
    }

    /// The same, or `None` as soon as `wake` can be read.
    pub(super) fn next_or_wake(
        &mut self,
        wake: Option<BorrowedFd<'_>>,
    ) -> Result<Option<Meaning>, BrokerError> {
        let mut buffer = [0; MAX_MESSAGE_BYTES + 1];
        loop {
            // Not only before a sleep: there is none when the renderer is ahead.
            self.check_interrupted()?;
            self.flush()?;
            let received = self.renderer.channel.try_receive(&mut buffer);
            let event = match received {
                Ok(Received::Message(bytes)) => decode_event(bytes),
                Ok(Received::TooLong) => Err(ProtocolError::TooLong),
                Ok(Received::Nothing) => {
                    if self.sleep(wake)? {
                        return Ok(None);
                    }
                    continue;
                }
                Ok(Received::Closed) | Err(_) => return Err(self.ended()),
            };
            let checked = event.and_then(|event| self.dispatch.event(event));
            let (meaning, more) =
                checked.map_err(|error| self.fail(RendererEnd::BadMessage(error)))?;
            if let Some(request) = more {
                self.say(&request)?;
            }
            match meaning {
                Meaning::Panicked { place, message } => {
                    return Err(self.fail(RendererEnd::Panic { place, message }));
                }
                Meaning::FontWanted { font, wanted } => {
                    let place = self.fonts.give(&wanted);
                    let request = self.dispatch.font(font, place).map_err(violation)?;
                    self.say(&request)?;
                }
                meaning => return Ok(Some(meaning)),
            }
        }
    }

    /// Waits until there is something to receive, or room to send, or no time
    /// left; tells whether `wake` can be read.
    fn sleep(&mut self, wake: Option<BorrowedFd<'_>>) -> Result<bool, BrokerError> {
        let left = self.deadline.left();
        if left == Some(Duration::ZERO) {
            return Err(self.fail(RendererEnd::Hung(self.deadline.limit)));
        }
        let mut events = PollFlags::POLLIN;
        if !self.outgoing.is_empty() {
            events |= PollFlags::POLLOUT;
        }
        let mut wanted = vec![PollFd::new(self.renderer.channel.as_fd(), events)];
        // Who can be woken need not look, and sleeps as long as it may.
        let longest = match wake {
            Some(wake) => {
                wanted.push(PollFd::new(wake, PollFlags::POLLIN));
                left.map_or(PollTimeout::NONE, timeout)
            }
            None => timeout(left.unwrap_or(LOOK).min(LOOK)),
        };
        match poll(&mut wanted, longest) {
            Ok(_) | Err(Errno::EINTR) => {}
            Err(errno) => return Err(std::io::Error::from(errno).into()),
        }
        Ok(wanted.get(1).is_some_and(|wake| wake.any().unwrap_or(true)))
    }

    pub(super) fn unexpected(&self, meaning: &Meaning) -> BrokerError {
        debug_assert!(false, "the phase table permits {meaning:?} here");
        self.fail(RendererEnd::BadMessage(ProtocolError::Claim))
    }

    /// The one place where a renderer that failed is given up.
    pub(super) fn fail(&self, end: RendererEnd) -> BrokerError {
        // It may have ended by itself; then there is nothing to kill.
        let _ = self.renderer.process.kill();
        BrokerError::Ended(end)
    }

    /// The renderer has closed its channel: says why.
    fn ended(&self) -> BrokerError {
        let exit = self.renderer.process.wait(LAST_WORDS);
        match exit {
            Ok(Some(exit)) => BrokerError::Ended(RendererEnd::from_exit(exit)),
            Ok(None) => self.fail(RendererEnd::Hung(LAST_WORDS)),
            Err(error) => error.into(),
        }
    }
}

/// What the broker's own side refuses is a defect of ours, told as such.
pub(super) fn violation(error: ProtocolError) -> BrokerError {
    BrokerError::Io(std::io::Error::other(error))
}

/// Whether sending failed because nobody is there to receive.
pub(super) fn is_gone(error: &std::io::Error) -> bool {
    let gone = [Errno::EPIPE, Errno::ECONNRESET].map(|errno| errno as i32);
    error
        .raw_os_error()
        .is_some_and(|errno| gone.contains(&errno))
}

/// Rounded up to whole milliseconds, so that the last wait does not spin.
fn timeout(left: Duration) -> PollTimeout {
    let millis = left.as_micros().div_ceil(1000);
    PollTimeout::try_from(millis).unwrap_or(PollTimeout::MAX)
}
