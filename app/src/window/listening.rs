//! A sound that is open in a tab: where it is, and what is known of it.
//!
//! The device and the clock are those of [`crate::sound::Player`], which has a
//! session of its own; tags, peaks and covers come from the tab's other one.
//!
//! | file | holds |
//! |---|---|
//! | `ear` | what is opened beside the tab: the player's session, and the cover |
//! | `loudspeaker` | volume, speed and ReplayGain of all of them |
//! | `next` | the sound that follows without a gap |
//! | `notices` | what was met on the way |

pub(crate) mod ear;
mod loudspeaker;
mod next;
mod notices;
#[cfg(test)]
mod tests;

pub(crate) use loudspeaker::{Loudspeaker, SPEED_STEP, VOLUME_STEP};

use crate::sound::{Failure, Phase, Player};
use ear::Ear;
use egui::TextureId;
use ipc::{Chapter, Peak, Sound};
use next::Next;
use notices::Notices;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// Parts that the waveform is made of: at the usual width of a window one for
/// each point or two.
pub(crate) const BUCKETS: u16 = 600;

/// How long the place that was jumped to is shown before the player has told its
/// own: it hears of the jump on another thread.
const SETTLE: Duration = Duration::from_millis(400);

/// What is played again and again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Between {
    Nothing,
    /// From here on, as soon as the end is told.
    From(u64),
    Both(u64, u64),
}

/// What has happened since the last look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Happened {
    Nothing,
    /// What follows it is heard already.
    Followed,
    /// It has been played to its end.
    Ended,
}

/// A sound in a tab.
pub(crate) struct Listening {
    pub(crate) sound: Sound,
    /// `None` until its session is open, and after that has ended.
    player: Option<Player>,
    /// A session for the player is being opened.
    is_opening: bool,
    /// What the player calls it.
    track: u64,
    next: Next,
    closed: Arc<AtomicBool>,
    /// Somebody looks at the player by the clock and need not be woken.
    watched: Arc<AtomicBool>,
    /// It plays, or will as soon as it can.
    plays: bool,
    has_ended: bool,
    /// Where it is while there is no player.
    start: u64,
    sought: Option<(u64, Instant)>,
    pub(crate) between: Between,
    /// Why nothing is heard.
    pub(crate) failure: Option<String>,
    notices: Notices,
    pub(crate) peaks: Vec<Peak>,
    pub(crate) chapters: Vec<Chapter>,
    pub(crate) cover: Option<(TextureId, (u16, u16))>,
    pub(crate) cover_asked: bool,
}

impl Listening {
    /// A sound that is at this frame, and plays as soon as it can or not.
    pub(crate) fn new(sound: Sound, plays: bool, start: u64) -> Self {
        Self {
            sound,
            player: None,
            is_opening: false,
            track: 0,
            next: Next::Nothing,
            closed: Arc::default(),
            watched: Arc::default(),
            plays,
            has_ended: false,
            start: start.min(sound.frames.unwrap_or(u64::MAX)),
            sought: None,
            between: Between::Nothing,
            failure: None,
            notices: Notices::default(),
            peaks: Vec::new(),
            chapters: Vec::new(),
            cover: None,
            cover_asked: false,
        }
    }

    /// Whether a session has to be opened for the player; it is taken as begun.
    pub(crate) fn wants_ear(&mut self) -> bool {
        let wants = self.player.is_none() && !self.is_opening;
        self.is_opening |= wants;
        wants
    }

    /// Ends what is opened for it, once it is gone.
    pub(crate) fn closed(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.closed)
    }

    /// Takes the session that was opened for the player. `wake` is called on other
    /// threads.
    ///
    /// # Errors
    ///
    /// The `errno` of making threads.
    pub(crate) fn take_ear(
        &mut self,
        ear: Ear,
        loud: Loudspeaker,
        wake: impl Fn() + Send + Sync + 'static,
    ) -> io::Result<()> {
        self.is_opening = false;
        let watched = Arc::clone(&self.watched);
        // While it plays the window looks by the clock: ten times a second is often
        // enough, and the player tells a hundred times.
        let notify = move || {
            if !watched.load(Ordering::Relaxed) {
                wake();
            }
        };
        let player = Player::start(None, notify)?;
        loud.tell(&player);
        player.set_paused(!self.plays);
        player.play(ear.track(self.track), self.start);
        self.player = Some(player);
        Ok(())
    }

    /// There will be no player; why.
    pub(crate) fn fail(&mut self, why: String) {
        (self.is_opening, self.plays) = (false, false);
        self.failure = Some(why);
    }

    /// Looks at the player.
    pub(crate) fn look(&mut self) -> Happened {
        let met = self.player.as_ref().map(Player::take_met);
        self.learn_met(met.unwrap_or_default());
        let Some(player) = &self.player else {
            return Happened::Nothing;
        };
        let state = player.state();
        self.watched
            .store(state.phase == Phase::Playing, Ordering::Relaxed);
        if let Some(Failure { track, words }) = player.take_failure() {
            if track.is_some() && track == self.track.checked_add(1) {
                self.lose_next();
                return Happened::Nothing;
            }
            if state.phase == Phase::Ended {
                // Its session has ended; another one is opened when it plays again.
                self.start = state.position;
                self.player = None;
            } else if state.phase == Phase::Playing {
                // What follows is played instead.
                self.failure = Some(words);
                return Happened::Nothing;
            }
            self.fail(words);
            return Happened::Nothing;
        }
        if self.is_followed(&state) {
            return Happened::Followed;
        }
        // One that has just jumped back from its end has not told so yet.
        let is_settled = self.sought.is_none_or(|(_, at)| at.elapsed() >= SETTLE);
        if state.phase == Phase::Ended && !self.has_ended && is_settled && !self.awaits_next() {
            (self.has_ended, self.plays) = (true, false);
            return Happened::Ended;
        }
        Happened::Nothing
    }

    /// The second to go on from the next time; `None` for a short one, and one that
    /// was heard to its end or not begun.
    pub(crate) fn place(&self) -> Option<u64> {
        let rate = u64::from(self.sound.rate.max(1));
        let (here, length) = (self.position() / rate, self.sound.frames? / rate);
        let is_long = length >= LONG_SECONDS;
        let is_inside = here >= MARGIN_SECONDS && length.saturating_sub(here) >= MARGIN_SECONDS;
        (is_long && is_inside && !self.has_ended).then_some(here)
    }

    pub(crate) fn is_playing(&self) -> bool {
        self.plays
    }

    /// Plays on, from the start after the end.
    pub(crate) fn play(&mut self) {
        let failed = self.failure.take().is_some();
        self.plays = true;
        if self.has_ended {
            self.seek(0);
        } else if failed {
            // What was lost of it is asked for again.
            self.seek(self.position());
        }
        if let Some(player) = &self.player {
            player.set_paused(false);
        }
    }

    pub(crate) fn pause(&mut self) {
        self.plays = false;
        if let Some(player) = &self.player {
            player.set_paused(true);
        }
    }

    /// The frame that is heard.
    pub(crate) fn position(&self) -> u64 {
        let end = self.sound.frames.unwrap_or(u64::MAX);
        if let Some((frame, at)) = self.sought
            && at.elapsed() < SETTLE
        {
            return frame;
        }
        match &self.player {
            Some(_) if self.has_ended => self.sound.frames.unwrap_or(self.start),
            Some(player) => player.state().position.min(end),
            None => self.start.min(end),
        }
    }

    /// Goes to a frame.
    pub(crate) fn seek(&mut self, frame: u64) {
        let last = self.sound.frames.unwrap_or(u64::MAX).saturating_sub(1);
        let frame = frame.min(last);
        // After the end it waits, unless it is told to play.
        self.has_ended = false;
        self.sought = Some((frame, Instant::now()));
        match &self.player {
            Some(player) => {
                player.set_paused(!self.plays);
                player.seek(frame);
            }
            None => self.start = frame,
        }
    }

    /// Goes so many seconds on, or back.
    pub(crate) fn seek_by(&mut self, seconds: i64) {
        self.seek(moved(self.position(), seconds, self.sound.rate));
    }

    /// Goes to a part of the whole, 0 to 1.
    pub(crate) fn seek_to_part(&mut self, part: f32) {
        if let Some(frames) = self.sound.frames {
            self.seek((frames as f64 * f64::from(part.clamp(0.0, 1.0))) as u64);
        }
    }

    /// Which part of the whole has been heard, 0 to 1.
    pub(crate) fn part(&self) -> f32 {
        match self.sound.frames {
            Some(frames) if frames > 0 => (self.position() as f64 / frames as f64).min(1.0) as f32,
            _ => 0.0,
        }
    }

    pub(crate) fn set_loudspeaker(&self, loud: Loudspeaker) {
        if let Some(player) = &self.player {
            loud.tell(player);
        }
    }

    /// Marks where what is repeated begins, then where it ends, then nothing.
    pub(crate) fn next_between(&mut self) -> &'static str {
        let here = self.position();
        self.between = match self.between {
            Between::Nothing => Between::From(here),
            Between::From(start) if start < here => Between::Both(start, here),
            Between::From(_) | Between::Both(..) => Between::Nothing,
        };
        let (repeated, words) = match self.between {
            Between::Nothing => (None, "Nothing is repeated"),
            Between::From(_) => (None, "It repeats from here: press again at the end"),
            Between::Both(start, end) => (Some((start, end)), "This part is repeated"),
        };
        if let Some(player) = &self.player {
            player.set_loop(repeated);
        }
        words
    }

    /// Takes peaks, from a bucket on.
    pub(crate) fn learn_peaks(&mut self, first: u16, peaks: &[Peak]) {
        self.peaks.resize(BUCKETS.into(), Peak::default());
        let known = self.peaks.iter_mut().skip(first.into());
        for (known, peak) in known.zip(peaks) {
            *known = *peak;
        }
    }

    /// The chapter that is heard, by its number.
    pub(crate) fn chapter(&self) -> Option<usize> {
        let here = self.position();
        self.chapters
            .iter()
            .rposition(|chapter| chapter.start <= here)
    }

    /// Goes to the next chapter, or to the one before; tells whether there is one.
    pub(crate) fn turn_chapter(&mut self, forwards: bool) -> bool {
        let here = self.chapter();
        let to = match (here, forwards) {
            (None, true) => Some(0),
            (Some(here), true) => here.checked_add(1),
            (None, false) => None,
            (Some(here), false) => Some(here.saturating_sub(1)),
        };
        let start = to.and_then(|to| self.chapters.get(to)).map(|it| it.start);
        start.inspect(|start| self.seek(*start)).is_some()
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        self.closed.store(true, Ordering::Relaxed);
    }
}

/// A frame so many seconds further on or back.
fn moved(frame: u64, seconds: i64, rate: u32) -> u64 {
    let frames = seconds.unsigned_abs().saturating_mul(rate.into());
    match seconds < 0 {
        true => frame.saturating_sub(frames),
        false => frame.saturating_add(frames),
    }
}

/// Shortest sound whose place is remembered, in seconds: what is longer is heard in
/// parts.
const LONG_SECONDS: u64 = 10 * 60;

/// This close to the start or the end, in seconds, there is no place to go back to.
const MARGIN_SECONDS: u64 = 10;

/// Frames as a time, "3:05" or "1:02:03".
pub(crate) fn time(frames: u64, rate: u32) -> String {
    let seconds = frames / u64::from(rate.max(1));
    let (minutes, seconds) = (seconds / 60, seconds % 60);
    match (minutes / 60, minutes % 60) {
        (0, minutes) => format!("{minutes}:{seconds:02}"),
        (hours, minutes) => format!("{hours}:{minutes:02}:{seconds:02}"),
    }
}
