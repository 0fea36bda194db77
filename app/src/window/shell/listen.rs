//! Sounds: what keys and buttons do to them, and what follows when one ends.

use super::{Shell, free, upload};
use crate::broker::BrokerError;
use crate::sound::GainMode;
use crate::window::canvas::Canvas;
use crate::window::document::unpack::{Target, Unpack};
use crate::window::document::worker::News;
use crate::window::keys::Action;
use crate::window::listening::ear::{self, Ear};
use crate::window::listening::{Listening, SPEED_STEP, VOLUME_STEP};
use crate::window::renderers;
use crate::window::tab::{Tab, TabId};

impl Shell {
    /// Whether a sound is shown.
    pub(crate) fn hears(&self) -> bool {
        self.tab().is_some_and(Tab::is_sound)
    }

    /// The sound that is shown.
    pub(crate) fn listening(&mut self) -> Option<&mut Listening> {
        self.tab_mut()?.listening.as_mut()
    }

    /// A sound has been opened: it plays by itself where the user opened it.
    pub(super) fn begin_listening(&mut self, id: TabId) {
        let Some(tab) = self.tabs.iter().find(|tab| tab.id == id) else {
            return;
        };
        let plays = tab.listening.as_ref().is_some_and(Listening::is_playing);
        if plays {
            self.hush_others(id);
        }
        self.open_ear(id);
    }

    /// One sound at a time is heard.
    fn hush_others(&mut self, id: TabId) {
        let others = self.tabs.iter_mut().filter(|tab| tab.id != id);
        for listening in others.filter_map(|tab| tab.listening.as_mut()) {
            listening.pause();
        }
    }

    /// Opens a session for the player, where there is none.
    fn open_ear(&mut self, id: TabId) {
        let tell = self.teller(id, None);
        let renderers = self.renderers.clone();
        let Some(tab) = self.tabs.iter_mut().find(|tab| tab.id == id) else {
            return;
        };
        let Some(listening) = tab.listening.as_mut().filter(|_| tab.worker.is_some()) else {
            return;
        };
        if !listening.wants_ear() {
            return;
        }
        let renderers = match tab.generous {
            true => renderers::generous(&renderers),
            false => renderers,
        };
        let origin = tab.origin.clone();
        let told = move |opened| tell(News::Ear(opened));
        if let Err(error) = ear::open(renderers, origin, listening.closed(), told) {
            listening.fail(BrokerError::Io(error).to_string());
        }
    }

    /// Takes the session for the player.
    pub(super) fn take_ear(&mut self, id: TabId, opened: Result<Box<Ear>, BrokerError>) {
        let (wake, loud) = (self.waker.bell(), self.loudspeaker);
        let tab = self.tabs.iter_mut().find(|tab| tab.id == id);
        let Some(listening) = tab.and_then(|tab| tab.listening.as_mut()) else {
            return;
        };
        let taken = opened.and_then(|ear| Ok(listening.take_ear(*ear, loud, wake)?));
        if let Err(error) = taken {
            listening.fail(error.to_string());
        }
    }

    /// Has a cover drawn by a renderer of its own.
    pub(super) fn draw_cover(&mut self, id: TabId, bytes: Vec<u8>) {
        let tell = self.teller(id, None);
        let tab = self.tabs.iter().find(|tab| tab.id == id);
        if let Some(listening) = tab.and_then(|tab| tab.listening.as_ref()) {
            let renderers = self.renderers.clone();
            // Without a thread there is no cover, and that is seen.
            let _ = ear::draw_cover(renderers, bytes, listening.closed(), tell);
        }
    }

    pub(super) fn take_cover(
        &mut self,
        id: TabId,
        size: (u16, u16),
        rgba: Vec<u8>,
        canvas: &mut dyn Canvas,
    ) {
        let tab = self.tabs.iter_mut().find(|tab| tab.id == id);
        if let Some(listening) = tab.and_then(|tab| tab.listening.as_mut()) {
            let texture = upload(canvas, size, rgba, false);
            let old = listening.cover.replace((texture, size));
            free(
                canvas,
                old.map(|(texture, _)| texture).into_iter().collect(),
            );
        }
    }

    /// Does what is asked of the sound that is shown; tells whether it was about one.
    pub(super) fn act_on_sound(&mut self, action: Action, canvas: &mut dyn Canvas) -> bool {
        let seconds = match action {
            Action::SoundBack => -5,
            Action::SoundForward => 5,
            Action::SoundBackSecond => -1,
            Action::SoundForwardSecond => 1,
            Action::SoundBackMinute => -60,
            Action::SoundForwardMinute => 60,
            Action::PlaySound => {
                self.play_or_pause(self.current);
                return true;
            }
            Action::NextSound => {
                self.next_sound(self.current, 1, canvas);
                return true;
            }
            Action::PreviousSound => {
                self.next_sound(self.current, -1, canvas);
                return true;
            }
            _ => return self.turn_or_tune(action, canvas),
        };
        if let Some(listening) = self.listening() {
            listening.seek_by(seconds);
        }
        true
    }

    fn turn_or_tune(&mut self, action: Action, canvas: &mut dyn Canvas) -> bool {
        match action {
            Action::NextChapter | Action::PreviousChapter => {
                let forwards = action == Action::NextChapter;
                let turned = self
                    .listening()
                    .is_some_and(|listening| listening.turn_chapter(forwards));
                if !turned {
                    self.next_sound(self.current, if forwards { 1 } else { -1 }, canvas);
                }
            }
            Action::SoundStart => {
                if let Some(listening) = self.listening() {
                    listening.seek(0);
                }
            }
            Action::Repeat => {
                let words = self.listening().map(Listening::next_between);
                words.into_iter().for_each(|words| self.toast(words));
            }
            _ => return self.tune(action),
        }
        true
    }

    /// Changes how every sound is played.
    fn tune(&mut self, action: Action) -> bool {
        let mut loud = self.loudspeaker;
        match action {
            Action::Louder => loud.set_volume(loud.volume + VOLUME_STEP),
            Action::Softer => loud.set_volume(loud.volume - VOLUME_STEP),
            Action::Mute => loud.muted = !loud.muted,
            Action::Faster => loud.set_speed(loud.speed + SPEED_STEP),
            Action::Slower => loud.set_speed(loud.speed - SPEED_STEP),
            Action::NormalSpeed => loud.set_speed(1.0),
            Action::Loudness => {
                let (gain, words) = match loud.gain {
                    GainMode::Off => (GainMode::Track, "Every track equally loud"),
                    GainMode::Track => (GainMode::Album, "Every album equally loud"),
                    GainMode::Album => (GainMode::Off, "As loud as it is in the file"),
                };
                loud.gain = gain;
                if self.hears() {
                    self.toast(words);
                }
            }
            _ => return false,
        }
        if self.hears() {
            self.set_loudspeaker(loud);
        }
        true
    }

    pub(crate) fn set_loudspeaker(&mut self, loud: crate::window::listening::Loudspeaker) {
        self.loudspeaker = loud;
        for listening in self.tabs.iter().filter_map(|tab| tab.listening.as_ref()) {
            listening.set_loudspeaker(loud);
        }
    }

    pub(super) fn play_or_pause(&mut self, index: usize) {
        let Some(tab) = self.tabs.get_mut(index) else {
            return;
        };
        let id = tab.id;
        let Some(listening) = &mut tab.listening else {
            return;
        };
        if listening.is_playing() {
            return listening.pause();
        }
        listening.play();
        self.hush_others(id);
        self.open_ear(id);
    }
}

/// Whether an action is about pages, of which a sound has none.
pub(super) fn is_about_pages(action: Action) -> bool {
    matches!(
        action,
        Action::Find
            | Action::FindNext
            | Action::FindPrevious
            | Action::SelectAll
            | Action::SetMark
            | Action::GoToMark
            | Action::AddBookmark
            | Action::Bookmarks
            | Action::Outline
            | Action::Hints
            | Action::DarkPages
            | Action::NextTone
            | Action::PageColors
            | Action::GoToPage
            | Action::Slides
            | Action::PlayPause
            | Action::FirstImage
            | Action::LastImage
            | Action::NextImage
            | Action::PreviousImage
            | Action::ScrollLeft
            | Action::ScrollRight
    )
}

/// Asks for the cover, as soon as it is known that there is one.
pub(super) fn ask_cover(tab: &mut Tab) {
    let has_cover = !tab.carried.attachments.is_empty();
    let (Some(listening), Some(worker)) = (&mut tab.listening, &tab.worker) else {
        return;
    };
    if has_cover && !std::mem::replace(&mut listening.cover_asked, true) {
        worker.unpack(Unpack {
            attachment: 0,
            to: Target::Cover(Vec::new()),
        });
    }
}

/// Nothing of a sound is heard any more; it goes on from here when it is opened
/// anew, once the user says so.
pub(super) fn rest(tab: &mut Tab, canvas: &mut dyn Canvas) {
    if let Some(listening) = tab.listening.take() {
        (tab.sound_from, tab.plays_by_itself) = (listening.position(), false);
        let cover = listening.cover.map(|(texture, _)| texture);
        free(canvas, cover.into_iter().collect());
    }
}
