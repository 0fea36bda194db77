//! What can be ordered of the player, and what it tells.

use super::feed::{self, Order};
use super::loudness::GainMode;
use super::notices::Met;
use super::output::{self, Open};
use super::ring::Ring;
use super::stretch::{MAX_SPEED, MIN_SPEED};
use crate::broker::Session;
use crossbeam_channel::{Sender, unbounded};
use ipc::Sound;
use std::io::{self, Write};
use std::os::unix::net::UnixStream;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};

/// Most tracks whose notices wait to be taken: there are three at a time.
const MAX_WAITING: usize = 4;

/// Something to play.
pub struct Track {
    /// The caller's name for it, told in [`State::track`].
    pub id: u64,
    /// A session that is open and that nobody else uses.
    pub session: Session,
    /// What [`Session::open`] told of it.
    pub sound: Sound,
}

/// How far the player is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// There is nothing to play.
    Empty,
    /// It plays.
    Playing,
    /// It would go on.
    Paused,
    /// Everything has been played to its end.
    Ended,
}

/// What the player tells of itself.
#[derive(Debug, Clone, PartialEq)]
pub struct State {
    /// How far it is.
    pub phase: Phase,
    /// Which track is heard.
    pub track: Option<u64>,
    /// The frame that is heard now, in the track's own rate.
    pub position: u64,
    /// Which track was read to its end last without anything to hear in it.
    pub empty: Option<u64>,
    /// Why a track ended early, or why there is no device; taken by
    /// [`Player::take_failure`].
    pub failure: Option<Failure>,
    /// How often there was silence because the renderer was too slow.
    pub underruns: u64,
}

/// Why something is not heard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// The track that ended early, which need not be the one that is heard: the next is
    /// read ahead. `None` when there is no device.
    pub track: Option<u64>,
    /// For people.
    pub words: String,
}

/// What the threads share: what is told, and how it is to sound.
pub(super) struct Shared {
    state: Mutex<State>,
    settings: Mutex<Settings>,
    met: Mutex<Vec<Met>>,
    notify: Box<dyn Fn() + Send + Sync>,
}

/// How it is to sound.
#[derive(Debug, Clone, Copy)]
pub(super) struct Settings {
    pub(super) paused: bool,
    pub(super) volume: f32,
    pub(super) muted: bool,
    pub(super) speed: f32,
    pub(super) gain: GainMode,
}

impl Shared {
    pub(super) fn new(notify: impl Fn() + Send + Sync + 'static) -> Self {
        let state = State {
            phase: Phase::Empty,
            track: None,
            position: 0,
            empty: None,
            failure: None,
            underruns: 0,
        };
        let settings = Settings {
            paused: false,
            volume: 1.0,
            muted: false,
            speed: 1.0,
            gain: GainMode::Track,
        };
        Self {
            state: Mutex::new(state),
            settings: Mutex::new(settings),
            met: Mutex::default(),
            notify: Box::new(notify),
        }
    }

    #[cfg(test)]
    pub(super) fn state(&self) -> State {
        lock(&self.state).clone()
    }

    pub(super) fn tell(&self, change: impl FnOnce(&mut State)) {
        let changed = {
            let mut state = lock(&self.state);
            let before = state.clone();
            change(&mut state);
            *state != before
        };
        if changed {
            (self.notify)();
        }
    }

    pub(super) fn settings(&self) -> Settings {
        *lock(&self.settings)
    }

    pub(super) fn change(&self, change: impl FnOnce(&mut Settings)) {
        change(&mut lock(&self.settings));
    }

    /// The track that is heard.
    pub(super) fn heard(&self) -> Option<u64> {
        lock(&self.state).track
    }

    /// The track that is heard, and where it is.
    pub(super) fn place(&self) -> (Option<u64>, u64) {
        let state = lock(&self.state);
        (state.track, state.position)
    }

    /// Something was met in a track: what was told of it before is in it.
    pub(super) fn tell_met(&self, met: Met) {
        {
            let mut waiting = lock(&self.met);
            waiting.retain(|other| other.track != met.track);
            if waiting.len() >= MAX_WAITING {
                waiting.remove(0);
            }
            waiting.push(met);
        }
        (self.notify)();
    }

    /// There is no device, so it waits for the user.
    pub(super) fn no_device(&self, words: String) {
        lock(&self.settings).paused = true;
        self.tell(|state| {
            state.failure = Some(Failure { track: None, words });
            state.phase = Phase::Paused;
        });
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Held to copy or to change a few fields, never half.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Plays one sound after another.
pub struct Player {
    orders: Sender<Order>,
    bell: UnixStream,
    ring: Arc<Ring>,
    shared: Arc<Shared>,
    threads: Vec<JoinHandle<()>>,
}

impl Player {
    /// Starts a player for the device of this name, or the usual one; the device is
    /// opened when there is something to play. `notify` is called from other threads
    /// whenever [`Self::state`] has changed or something was met, and must not wait.
    ///
    /// # Errors
    ///
    /// The `errno` of making a thread.
    pub fn start(
        device: Option<String>,
        notify: impl Fn() + Send + Sync + 'static,
    ) -> io::Result<Self> {
        Self::with(output::device(device), notify)
    }

    pub(super) fn with(open: Open, notify: impl Fn() + Send + Sync + 'static) -> io::Result<Self> {
        let shared = Arc::new(Shared::new(notify));
        let (bell, wake) = UnixStream::pair()?;
        bell.set_nonblocking(true)?;
        wake.set_nonblocking(true)?;
        let ring = Arc::new(Ring::new(bell.try_clone()?));
        let (orders, taken) = unbounded();
        let feeder = {
            let (ring, shared) = (Arc::clone(&ring), Arc::clone(&shared));
            thread::Builder::new()
                .name("sound-feed".to_owned())
                .spawn(move || feed::run(&taken, &wake, &ring, &shared))?
        };
        let output = {
            let (ring, shared) = (Arc::clone(&ring), Arc::clone(&shared));
            thread::Builder::new()
                .name("sound-out".to_owned())
                .spawn(move || output::run(open, &ring, &shared))?
        };
        Ok(Self {
            orders,
            bell,
            ring,
            shared,
            threads: vec![feeder, output],
        })
    }

    /// Plays this from a frame on, instead of what is played and queued.
    pub fn play(&self, track: Track, from: u64) {
        let (id, paused) = (track.id, self.shared.settings().paused);
        self.shared.tell(|state| {
            state.phase = match paused {
                true => Phase::Paused,
                false => Phase::Playing,
            };
            (state.track, state.position, state.empty) = (Some(id), from, None);
        });
        self.order(Order::Play(Box::new(track), from));
    }

    /// Plays this after what is played, without a gap, instead of what was queued.
    pub fn queue(&self, track: Track) {
        self.order(Order::Queue(Box::new(track)));
    }

    /// Goes to a frame of the track that is heard.
    pub fn seek(&self, frame: u64) {
        self.order(Order::Seek(frame));
    }

    /// Goes back to the first frame whenever the second is reached, until this is
    /// `None`. The first must be below the second.
    pub fn set_loop(&self, between: Option<(u64, u64)>) {
        self.order(Order::Loop(between.filter(|(a, b)| a < b)));
    }

    /// Nothing to play any more; its sessions are closed.
    pub fn stop(&self) {
        self.order(Order::Stop);
    }

    /// Stops for a while, or goes on.
    pub fn set_paused(&self, paused: bool) {
        self.change(|settings| settings.paused = paused);
        self.shared.tell(|state| {
            state.phase = match (state.phase, paused) {
                (Phase::Playing, true) => Phase::Paused,
                (Phase::Paused, false) => Phase::Playing,
                (phase, _) => phase,
            };
        });
    }

    /// From 0 (silence) to 1 (as it is), as loud as it seems.
    pub fn set_volume(&self, volume: f32) {
        self.change(|settings| settings.volume = volume.clamp(0.0, 1.0));
    }

    /// Silent, without forgetting the volume.
    pub fn set_muted(&self, muted: bool) {
        self.change(|settings| settings.muted = muted);
    }

    /// Faster or slower at the same pitch, from [`MIN_SPEED`] to [`MAX_SPEED`].
    pub fn set_speed(&self, speed: f32) {
        self.change(|settings| settings.speed = speed.clamp(MIN_SPEED, MAX_SPEED));
    }

    /// Whether sounds are made as loud as others.
    pub fn set_gain(&self, gain: GainMode) {
        self.change(|settings| settings.gain = gain);
    }

    /// How far it is.
    #[must_use]
    pub fn state(&self) -> State {
        lock(&self.shared.state).clone()
    }

    /// Why something ended early, once.
    #[must_use]
    pub fn take_failure(&self) -> Option<Failure> {
        lock(&self.shared.state).failure.take()
    }

    /// What was met that a listener should know, once; of a track it may come again,
    /// with more.
    #[must_use]
    pub fn take_met(&self) -> Vec<Met> {
        std::mem::take(&mut lock(&self.shared.met))
    }

    fn change(&self, change: impl FnOnce(&mut Settings)) {
        self.shared.change(change);
        self.ring.nudge();
    }

    fn order(&self, order: Order) {
        // The thread lives as long as this.
        let _ = self.orders.send(order);
        ring(&self.bell);
    }
}

impl Drop for Player {
    fn drop(&mut self) {
        self.order(Order::End);
        self.ring.close();
        for thread in self.threads.drain(..) {
            // One that panicked has said so.
            let _ = thread.join();
        }
    }
}

/// Wakes whoever waits at the other end; one ring is as good as several.
pub(super) fn ring(bell: &UnixStream) {
    let _ = (&*bell).write(&[1]);
}
