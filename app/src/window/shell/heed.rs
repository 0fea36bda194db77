//! What the desktop asks of the sound that is heard, and what it is told of it.

use super::Shell;
use crate::cli::printable;
use crate::window::canvas::Canvas;
use crate::window::listening::Listening;
use crate::window::remote::{Moving, Order, Status, Told};
use crate::window::tab::Tab;
use ipc::InfoKey;

const MICROS: u64 = 1_000_000;

impl Shell {
    /// Does what media keys and panels have asked for.
    pub(super) fn heed(&mut self, canvas: &mut dyn Canvas) {
        let orders = self.remote.as_ref().map_or(Vec::new(), |it| it.orders());
        for order in orders {
            self.obey(order, canvas);
        }
    }

    /// The tab of the sound that is meant: the one heard last, or the one shown.
    fn heard_tab(&self) -> Option<usize> {
        let heard = self.tabs.iter().position(|tab| Some(tab.id) == self.heard);
        let shown = || self.hears().then_some(self.current);
        heard.or_else(shown)
    }

    fn obey(&mut self, order: Order, canvas: &mut dyn Canvas) {
        match order {
            Order::Raise => self.wishes.raise = true,
            Order::Quit => self.wishes.quit = true,
            _ => {}
        }
        let Some(index) = self.heard_tab() else {
            return;
        };
        match order {
            Order::Next => return self.next_sound(index, 1, canvas),
            Order::Previous => return self.next_sound(index, -1, canvas),
            _ => {}
        }
        let mut loud = self.loudspeaker;
        match order {
            Order::Volume(volume) => loud.set_volume(volume as f32),
            Order::Speed(speed) if speed > 0.0 => loud.set_speed(speed as f32),
            _ => {}
        }
        if loud != self.loudspeaker {
            self.set_loudspeaker(loud);
        }
        let Some(tab) = self.tabs.get_mut(index) else {
            return;
        };
        let id = tab.id.0;
        let Some(listening) = &mut tab.listening else {
            return;
        };
        let plays = listening.is_playing();
        match order {
            Order::PlayPause => self.play_or_pause(index),
            Order::Play if !plays => self.play_or_pause(index),
            // A speed of nothing is a pause.
            Order::Pause | Order::Speed(0.0) if plays => self.play_or_pause(index),
            Order::Stop => {
                listening.pause();
                listening.seek(0);
            }
            Order::Seek(us) => seek_by(listening, us),
            Order::SetPosition(track, us) if track == id => seek_to(listening, us),
            _ => {}
        }
    }

    /// Tells the desktop what is played.
    pub(super) fn tell_desktop(&mut self) {
        if self.remote.is_none() {
            return;
        }
        let speed = self.loudspeaker.speed;
        let heard = self.heard_tab().and_then(|index| self.tabs.get(index));
        let mut told = match heard.map(|tab| (tab, &tab.listening)) {
            Some((tab, Some(listening))) => told(tab, listening, speed),
            // It is being opened.
            Some((tab, None)) if tab.browsing.as_ref().is_some_and(|set| set.is_heard) => return,
            _ => Told::nothing(),
        };
        let loud = self.loudspeaker;
        told.volume = if loud.muted { 0.0 } else { loud.volume.into() };
        if let Some(remote) = &mut self.remote {
            remote.tell(told);
        }
    }
}

fn told(tab: &Tab, listening: &Listening, speed: f32) -> Told {
    let field = |key| {
        let field = tab.info.iter().find(|field| field.key == key)?;
        let value = printable(field.value.as_str().trim());
        (!value.is_empty()).then_some(value)
    };
    let plays = listening.is_playing();
    let pace = if plays { speed } else { 0.0 };
    let here = micros(listening, listening.position());
    let set = tab.browsing.as_ref();
    let next = set.and_then(|set| set.further(1));
    Told {
        status: if plays {
            Status::Playing
        } else {
            Status::Paused
        },
        track: tab.id.0,
        title: printable(&tab.title()),
        artist: field(InfoKey::Artist),
        album: field(InfoKey::Album),
        length_us: listening
            .sound
            .frames
            .map(|frames| micros(listening, frames)),
        position: Moving::new(here, pace.into(), speed.into()),
        volume: 1.0,
        next: next.is_some_and(|(_, wraps)| !wraps),
        previous: true,
    }
}

fn micros(listening: &Listening, frames: u64) -> i64 {
    let rate = u128::from(listening.sound.rate.max(1));
    let micros = u128::from(frames) * u128::from(MICROS) / rate;
    i64::try_from(micros).unwrap_or(i64::MAX)
}

fn frames(listening: &Listening, micros: u64) -> u64 {
    let frames = u128::from(micros) * u128::from(listening.sound.rate) / u128::from(MICROS);
    u64::try_from(frames).unwrap_or(u64::MAX)
}

fn seek_by(listening: &mut Listening, us: i64) {
    let (here, by) = (listening.position(), frames(listening, us.unsigned_abs()));
    listening.seek(match us < 0 {
        true => here.saturating_sub(by),
        false => here.saturating_add(by),
    });
}

/// A place outside of the sound is none, as the interface has it.
fn seek_to(listening: &mut Listening, us: i64) {
    let Ok(us) = u64::try_from(us) else {
        return;
    };
    let frame = frames(listening, us);
    if listening.sound.frames.is_none_or(|length| frame <= length) {
        listening.seek(frame);
    }
}
