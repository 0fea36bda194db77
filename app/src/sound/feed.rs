//! The thread that drives the sessions: it asks ahead of what is played.

use super::notices::{Met, Notices};
use super::player::{Failure, Phase, Shared, Track};
use super::ring::{Piece, Ring};
use crate::broker::{BrokerError, Reply, Ticket};
use crossbeam_channel::{Receiver, TryRecvError};
use ipc::{Items, Samples, Stretch};
use std::io::Read;
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
use std::time::Duration;

/// What is asked for at once, as a part of a second.
const PIECES_A_SECOND: u32 = 5;

/// Longest wait while there is no session to wait for. Orders ring the bell.
const LOOK: Duration = Duration::from_secs(60);

/// What the player is told to do.
pub(super) enum Order {
    Play(Box<Track>, u64),
    Queue(Box<Track>),
    Seek(u64),
    Loop(Option<(u64, u64)>),
    Stop,
    End,
}

/// A track that is being read.
struct Feed {
    track: Track,
    /// The frame that is asked for next.
    at: u64,
    asked: Option<(Ticket, u64)>,
    /// All of it has come.
    is_read: bool,
    notices: Notices,
}

/// Works until the player is gone.
pub(super) fn run(orders: &Receiver<Order>, wake: &UnixStream, ring: &Ring, shared: &Shared) {
    let mut feeder = Feeder {
        current: None,
        queued: None,
        played: None,
        between: None,
        ring,
        shared,
    };
    loop {
        match orders.try_recv() {
            Ok(Order::End) | Err(TryRecvError::Disconnected) => return,
            Ok(order) => feeder.obey(order),
            Err(TryRecvError::Empty) => feeder.work(wake),
        }
    }
}

struct Feeder<'a> {
    current: Option<Feed>,
    queued: Option<Track>,
    /// What has been read to its end: one can go back into it while it is heard.
    played: Option<Feed>,
    between: Option<(u64, u64)>,
    ring: &'a Ring,
    shared: &'a Shared,
}

impl Feeder<'_> {
    fn obey(&mut self, order: Order) {
        match order {
            Order::Play(track, from) => {
                self.ring.clear(true);
                (self.queued, self.played, self.between) = (None, None, None);
                self.current = Some(Feed::new(*track, from));
            }
            Order::Queue(track) => self.queued = Some(*track),
            Order::Seek(frame) => self.seek(frame),
            Order::Loop(between) => self.repeat(between),
            Order::Stop => self.stop(),
            Order::End => {}
        }
    }

    /// Repeats a part, or nothing. What was read beyond its end is not heard any more.
    fn repeat(&mut self, between: Option<(u64, u64)>) {
        self.between = between;
        let (heard, here) = self.shared.place();
        let is_beyond = |end| {
            let feed = self.current.as_ref();
            feed.is_none_or(|feed| feed.at > end || Some(feed.track.id) != heard)
        };
        match between {
            Some((start, end)) if here >= end => self.seek(start),
            Some((_, end)) if is_beyond(end) => self.seek(here),
            _ => {}
        }
    }

    fn stop(&mut self) {
        self.ring.clear(false);
        (self.current, self.queued, self.played) = (None, None, None);
        self.shared.tell(|state| {
            state.phase = Phase::Empty;
            state.track = None;
        });
    }

    fn seek(&mut self, frame: u64) {
        // The track that is heard may have been read to its end already.
        let heard = self.shared.heard();
        if self
            .played
            .as_ref()
            .is_some_and(|feed| Some(feed.track.id) == heard)
            && self
                .current
                .as_ref()
                .is_none_or(|feed| Some(feed.track.id) != heard)
        {
            let next = self.current.take();
            self.current = self.played.take();
            self.queued = next.map(|feed| feed.track).or(self.queued.take());
        }
        let Some(feed) = &mut self.current else {
            return;
        };
        (feed.at, feed.is_read) = (frame, false);
        if let Some((ticket, _)) = feed.asked.take()
            && let Err(error) = feed.track.session.cancel(ticket)
        {
            return self.fail(&error);
        }
        self.ring.clear(true);
        let paused = self.shared.settings().paused;
        self.shared.tell(|state| {
            state.position = frame;
            if state.phase == Phase::Ended {
                state.phase = match paused {
                    true => Phase::Paused,
                    false => Phase::Playing,
                };
            }
        });
    }

    fn work(&mut self, wake: &UnixStream) {
        if self.current.is_none() && self.queued.is_some() {
            self.begin_queued();
        }
        let room = self.ring.has_room();
        let (ring, shared, between) = (self.ring, self.shared, self.between);
        let Some(feed) = &mut self.current else {
            return self.wait(wake);
        };
        let worked = (|| {
            if room && feed.asked.is_none() && !feed.is_read {
                feed.ask(between)?;
            }
            let Some(reply) = feed.track.session.wait_or_wake(wake.as_fd())? else {
                silence(wake);
                return Ok(false);
            };
            feed.take(reply, ring, between, shared)?;
            Ok(feed.is_over())
        })();
        match worked {
            Ok(true) => self.finished(),
            Ok(false) => {}
            Err(error) => self.fail(&error),
        }
    }

    /// Waits for an order, and notices when the renderer of what is still heard ends.
    fn wait(&mut self, wake: &UnixStream) {
        let waited = match &mut self.played {
            Some(feed) => feed.track.session.wait_or_wake(wake.as_fd()).map(drop),
            None => {
                // A socket that cannot wait ends with the player.
                let _ = wake.set_nonblocking(false);
                let _ = wake.set_read_timeout(Some(LOOK));
                let _ = (&*wake).read(&mut [0; 1]);
                let _ = wake.set_nonblocking(true);
                Ok(())
            }
        };
        silence(wake);
        if waited.is_err() {
            // All of it has been read.
            self.played = None;
        }
    }

    /// The current track has been read to its end.
    fn finished(&mut self) {
        self.played = self.current.take();
        if let Some(feed) = self.played.as_ref().filter(|feed| feed.at == 0) {
            let id = feed.track.id;
            self.shared.tell(|state| state.empty = Some(id));
        }
        self.follow();
    }

    /// What is queued follows what was read, or nothing does.
    fn follow(&mut self) {
        match self.queued.is_some() {
            true => self.begin_queued(),
            false => self.ring.end(),
        }
    }

    fn begin_queued(&mut self) {
        if let Some(track) = self.queued.take() {
            self.between = None;
            self.ring.go_on();
            self.current = Some(Feed::new(track, 0));
        }
    }

    /// The current track is left. One that was read ahead leaves the one that is heard
    /// alone, which is heard to its end.
    fn fail(&mut self, error: &BrokerError) {
        let track = self.current.take().map(|feed| feed.track.id);
        let ahead = track.filter(|track| Some(*track) != self.shared.heard());
        let more = self.queued.is_some();
        if ahead.is_none() {
            self.ring.clear(more);
            self.played = None;
        }
        let words = error.to_string();
        self.shared.tell(|state| {
            state.failure = Some(Failure { track, words });
            if ahead.is_none() && !more {
                state.phase = Phase::Ended;
            }
        });
        if let Some(track) = ahead {
            self.ring.forget(track);
            self.follow();
        }
    }
}

impl Feed {
    fn new(track: Track, at: u64) -> Self {
        Self {
            track,
            at,
            asked: None,
            is_read: false,
            notices: Notices::default(),
        }
    }

    /// All of it has come, and what was met at its end is told.
    fn is_over(&self) -> bool {
        self.is_read && !self.notices.are_asked()
    }

    fn ask(&mut self, between: Option<(u64, u64)>) -> Result<(), BrokerError> {
        let mut frames = self.track.sound.rate.div_ceil(PIECES_A_SECOND).max(1);
        if let Some((_, end)) = between
            && self.at < end
        {
            frames = frames.min(u32::try_from(end - self.at).unwrap_or(u32::MAX));
        }
        let stretch = Stretch::new(self.at, frames, Samples::Float32).ok_or_else(beyond)?;
        self.asked = self
            .track
            .session
            .ask_sound(stretch)?
            .map(|ticket| (ticket, self.at));
        Ok(())
    }

    /// Takes an answer.
    fn take(
        &mut self,
        reply: Reply,
        ring: &Ring,
        between: Option<(u64, u64)>,
        shared: &Shared,
    ) -> Result<(), BrokerError> {
        match reply {
            Reply::Sound(ticket, piece) => {
                self.notices.learn(&mut self.track.session, piece.met)?;
                let Some((_, from)) = self.asked.take_if(|(asked, _)| *asked == ticket) else {
                    self.track.session.drop_sound(&piece);
                    return Ok(());
                };
                let (sound, mut samples) = (self.track.sound, Vec::new());
                self.track
                    .session
                    .read_sound(&sound, &piece, &mut samples)?;
                self.at = from.saturating_add(piece.frames.into());
                if piece.frames > 0 {
                    ring.push(Piece {
                        track: self.track.id,
                        sound,
                        from,
                        samples,
                    });
                }
                if let Some((start, end)) = between
                    && (self.at >= end || piece.last)
                {
                    self.at = start;
                } else {
                    self.is_read = piece.last;
                }
            }
            Reply::Failed(ticket, failure) => {
                self.notices.give_up(ticket);
                if self.asked.take_if(|(asked, _)| *asked == ticket).is_some() {
                    return Err(BrokerError::Failure(failure));
                }
            }
            Reply::Items(ticket, Items::Info(fields), last) => {
                if let Some(notices) = self.notices.take(ticket, fields, last) {
                    let track = self.track.id;
                    shared.tell_met(Met { track, notices });
                    // More may have been met meanwhile.
                    self.notices.learn(&mut self.track.session, 0)?;
                }
            }
            Reply::Painted(_, tile) => self.track.session.read(tile, &mut [])?,
            Reply::Copied(_, piece) => drop(self.track.session.read_piece(&piece)?),
            Reply::Items(..) => {}
        }
        Ok(())
    }
}

fn beyond() -> BrokerError {
    BrokerError::Io(std::io::Error::other("beyond the longest sound"))
}

/// Empties the bell.
fn silence(wake: &UnixStream) {
    let mut rung = [0; 64];
    while matches!((&*wake).read(&mut rung), Ok(count) if count > 0) {}
}
