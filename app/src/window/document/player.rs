//! Which frame of a picture that moves is shown, and until when. Pure: who calls
//! says what time it is.

use ipc::Frames;
use std::time::{Duration, Instant};

/// Shortest time that a frame is shown, whatever its renderer says: a hundred a
/// second are more than a screen shows.
const SHORTEST: Duration = Duration::from_millis(10);

/// Plays the frames of a page.
#[derive(Debug, Clone)]
pub(crate) struct Player {
    durations: Vec<Duration>,
    /// How often they are shown in all, 0 for ever.
    plays: u32,
    /// How often they were shown to the end.
    played: u32,
    frame: u32,
    is_playing: bool,
    /// The frame is being chosen by hand: it stays as long as that takes.
    pub(crate) is_held: bool,
    /// When the frame that is shown was due; `None` until it is seen.
    since: Option<Instant>,
}

impl Player {
    /// `None` for a page that does not move.
    pub(crate) fn new(frames: &Frames, is_playing: bool) -> Option<Self> {
        let durations = frames.durations_ms.iter();
        let durations: Vec<Duration> = durations
            .map(|ms| Duration::from_millis((*ms).into()).max(SHORTEST))
            .collect();
        (durations.len() > 1).then_some(Self {
            durations,
            plays: frames.plays,
            played: 0,
            frame: 0,
            is_playing,
            is_held: false,
            since: None,
        })
    }

    /// The frame that is shown, from 0.
    pub(crate) fn frame(&self) -> u32 {
        self.frame
    }

    /// How many there are.
    pub(crate) fn frames(&self) -> u32 {
        u32::try_from(self.durations.len()).unwrap_or(u32::MAX)
    }

    pub(crate) fn is_playing(&self) -> bool {
        self.is_playing
    }

    /// The frame that follows; `None` behind the last one of the last time.
    pub(crate) fn next(&self) -> Option<u32> {
        self.after(self.frame, self.played)
    }

    /// The frame that follows one that is shown for the so manieth time.
    fn after(&self, frame: u32, played: u32) -> Option<u32> {
        let next = frame.saturating_add(1);
        if next < self.frames() {
            return Some(next);
        }
        (self.plays == 0 || played.saturating_add(1) < self.plays).then_some(0)
    }

    /// Frames that come after the one that is shown, at most so many.
    pub(crate) fn ahead(&self, most: u32) -> Vec<u32> {
        let (mut frame, mut played) = (self.frame, self.played);
        let mut frames = Vec::new();
        while let Some(next) = self.after(frame, played)
            && next != self.frame
            && frames.len() < most as usize
        {
            frames.push(next);
            played = played.saturating_add(u32::from(next <= frame));
            frame = next;
        }
        frames
    }

    /// When the next frame is due.
    pub(crate) fn due(&self) -> Option<Instant> {
        let moves = self.is_playing && !self.is_held && self.next().is_some();
        let since = self.since.filter(|_| moves)?;
        since.checked_add(self.shown_for(self.frame))
    }

    /// Moves to the next frame when it is due and ready; tells whether it did. The
    /// time of a frame begins when it is seen first. One that comes late is not
    /// made up for: what follows is shown as long as it should be.
    pub(crate) fn advance(&mut self, now: Instant, is_seen: bool, is_next_ready: bool) -> bool {
        if !self.is_playing || self.is_held {
            return false;
        }
        if self.since.is_none() && is_seen {
            self.since = Some(now);
        }
        let (Some(due), Some(next)) = (self.due(), self.next()) else {
            return false;
        };
        if now < due || !is_next_ready {
            return false;
        }
        self.go_on(next);
        let is_late = now.saturating_duration_since(due) >= self.shown_for(next);
        self.since = Some(if is_late { now } else { due });
        if self.next().is_none() {
            self.is_playing = false;
        }
        true
    }

    /// Pauses, or plays on; after the end from the start.
    pub(crate) fn toggle(&mut self) {
        self.is_playing = !self.is_playing;
        self.since = None;
        if self.is_playing && self.next().is_none() {
            (self.frame, self.played) = (0, 0);
        }
    }

    /// Shows another frame, and stops there.
    pub(crate) fn step(&mut self, by: i64) {
        let count = i64::from(self.frames());
        let frame = (i64::from(self.frame) + by).rem_euclid(count);
        self.is_playing = false;
        self.seek(u32::try_from(frame).unwrap_or(0));
    }

    /// Shows this frame.
    pub(crate) fn seek(&mut self, frame: u32) {
        self.frame = frame.min(self.frames().saturating_sub(1));
        self.since = None;
    }

    /// The clock stands while nobody looks.
    pub(crate) fn rest(&mut self) {
        self.since = None;
    }

    fn go_on(&mut self, next: u32) {
        if next <= self.frame {
            self.played = self.played.saturating_add(1);
        }
        self.frame = next;
    }

    fn shown_for(&self, frame: u32) -> Duration {
        let shown = self.durations.get(frame as usize);
        shown.copied().unwrap_or(SHORTEST)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn player(plays: u32, durations_ms: &[u32]) -> Player {
        let frames = Frames {
            plays,
            durations_ms: durations_ms.to_vec(),
        };
        Player::new(&frames, true).unwrap()
    }

    /// Frames as they are seen when looked at every `step` ms, each with when it came.
    fn seen(player: &mut Player, step: u64, until_ms: u64) -> Vec<(u32, u64)> {
        let start = Instant::now();
        let mut seen = vec![(player.frame(), 0)];
        for ms in (0..=until_ms).step_by(step as usize) {
            if player.advance(start + Duration::from_millis(ms), true, true) {
                seen.push((player.frame(), ms));
            }
        }
        seen
    }

    #[test]
    fn each_frame_is_shown_as_long_as_it_says() {
        let mut player = player(0, &[100, 30, 200]);
        let expected = [(0, 0), (1, 100), (2, 130), (0, 330), (1, 430), (2, 460)];
        assert_eq!(seen(&mut player, 10, 500), expected);
    }

    #[test]
    fn delays_of_the_screen_do_not_add_up() {
        let mut player = player(0, &[100; 10]);
        // A look every 16 ms is up to 16 ms late each time.
        let seen = seen(&mut player, 16, 10_000);
        let (frame, at) = seen.last().copied().unwrap();
        assert_eq!((frame, at, seen.len()), (0, 10_000, 101));
    }

    #[test]
    fn it_stops_on_the_last_frame_of_the_last_time_and_plays_again_when_asked() {
        let mut player = player(2, &[50, 50]);
        let expected = [(0, 0), (1, 50), (0, 100), (1, 150)];
        assert_eq!(seen(&mut player, 10, 1000), expected);
        assert!(!player.is_playing() && player.due().is_none());
        player.toggle();
        assert_eq!(seen(&mut player, 10, 1000), expected);
    }

    #[test]
    fn frame_that_comes_late_is_waited_for_and_not_made_up_for() {
        let mut player = player(0, &[100, 100, 100]);
        let start = Instant::now();
        let at = |ms| start + Duration::from_millis(ms);
        assert!(!player.advance(at(0), true, false));
        assert!(!player.advance(at(900), true, false), "it is not ready");
        assert!(player.advance(at(950), true, true));
        assert_eq!(player.due(), Some(at(1050)));
        assert!(!player.advance(at(1049), true, true));
    }

    #[test]
    fn time_begins_when_the_first_frame_is_seen() {
        let mut player = player(0, &[100, 100]);
        let start = Instant::now();
        assert!(!player.advance(start, false, true));
        assert_eq!(player.due(), None);
        let later = start + Duration::from_secs(5);
        assert!(!player.advance(later, true, true));
        assert_eq!(player.due(), Some(later + Duration::from_millis(100)));
    }

    #[test]
    fn steps_pause_and_go_round() {
        let mut player = player(1, &[50; 3]);
        player.step(-1);
        assert_eq!((player.frame(), player.is_playing()), (2, false));
        player.step(1);
        assert_eq!(player.frame(), 0);
        player.seek(99);
        assert_eq!(player.frame(), 2);
    }

    #[test]
    fn what_comes_next_is_known_and_no_frame_twice() {
        let mut forever = player(0, &[50; 4]);
        forever.seek(2);
        assert_eq!(forever.ahead(8), [3, 0, 1]);
        assert_eq!(forever.ahead(2), [3, 0]);
        let mut once = player(1, &[50; 4]);
        once.seek(2);
        assert_eq!(once.ahead(8), [3]);
    }

    #[test]
    fn durations_of_nothing_are_no_reason_to_spin() {
        let mut player = player(0, &[0, 0]);
        assert!(seen(&mut player, 1, 100).len() <= 11);
    }

    #[test]
    fn picture_of_one_frame_does_not_move() {
        let frames = Frames {
            plays: 0,
            durations_ms: vec![100],
        };
        assert!(Player::new(&frames, true).is_none());
    }
}
