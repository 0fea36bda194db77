//! One picture after the other by itself, on the whole screen.

use super::browse::{To, is_settled};
use super::{Overlay, Shell};
use crate::window::canvas::Canvas;
use std::time::{Duration, Instant};

/// What is chosen from, in seconds.
const STEPS: [u16; 8] = [1, 2, 3, 5, 10, 20, 60, 300];

/// Pictures that follow each other.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Slides {
    /// When the next one is due; `None` while they are paused.
    due: Option<Instant>,
}

impl Shell {
    /// Begins to show them, or ends it.
    pub(super) fn show_slides(&mut self, on: bool) {
        let several = self.tab().and_then(|tab| tab.browsing.as_ref());
        let several = several.is_some_and(|set| set.position().1 > 1);
        if on && !several {
            return self.present(self.presenting.is_none());
        }
        let due = Instant::now().checked_add(self.slide_time());
        self.slides = on.then_some(Slides { due });
        self.set_full_screen(on);
    }

    /// How long each of them is shown.
    fn slide_time(&self) -> Duration {
        Duration::from_secs(self.store.settings().slide_seconds.into())
    }

    /// Pauses or goes on; tells whether there is something to pause.
    pub(super) fn pause_slides(&mut self) -> bool {
        let time = self.slide_time();
        let Some(slides) = &mut self.slides else {
            return false;
        };
        slides.due = match slides.due {
            Some(_) => None,
            None => Instant::now().checked_add(time),
        };
        let paused = slides.due.is_none();
        self.toast(if paused { "Paused" } else { "Going on" });
        true
    }

    /// Mixes what is looked through or heard, or brings it in order again.
    pub(super) fn shuffle(&mut self) {
        let set = self.tab_mut().and_then(|tab| tab.browsing.as_mut());
        let Some(set) = set.filter(|set| set.position().1 > 1) else {
            return self.toast("There is nothing to mix");
        };
        let words = match set.shuffle() {
            true => "In no order",
            false => "In order again",
        };
        self.toast(words);
    }

    /// Shows each for the next longer or shorter time.
    pub(super) fn change_slide_time(&mut self, longer: bool) {
        let mut settings = self.store.settings();
        let now = settings.slide_seconds;
        let next = match longer {
            true => STEPS.into_iter().find(|step| *step > now),
            false => STEPS.into_iter().rev().find(|step| *step < now),
        };
        settings.slide_seconds = next.unwrap_or(now);
        self.store.keep_settings(settings);
        let seconds = settings.slide_seconds;
        let unit = if seconds == 1 { "second" } else { "seconds" };
        self.toast(format!("Each picture for {seconds} {unit}"));
        let due = Instant::now().checked_add(self.slide_time());
        if let Some(slides) = self.slides.as_mut().filter(|slides| slides.due.is_some()) {
            slides.due = due;
        }
    }

    /// Shows the next one when it is due and there.
    pub(super) fn pass_slides(&mut self, now: Instant, canvas: &mut dyn Canvas) {
        let Some(due) = self.slides.and_then(|slides| slides.due) else {
            return;
        };
        if self.hidden || self.tab().is_none_or(|tab| tab.browsing.is_none()) {
            self.slides = None;
            return;
        }
        // What the user has opened over it is not taken away.
        if self.overlay != Overlay::None {
            return;
        }
        if now < due {
            self.look_at = Some(self.look_at.map_or(due, |at| at.min(due)));
            return;
        }
        let next = self.tab().and_then(|tab| {
            let set = tab.browsing.as_ref()?;
            let (path, wraps) = set.further(1)?;
            let ready = set
                .neighbours
                .iter()
                .find(|other| other.origin.path() == Some(path));
            Some(wraps || ready.is_some_and(is_settled))
        });
        // One that is not there yet rings when it is.
        if next == Some(true) {
            let toasts = self.toasts.len();
            self.browse(To::By(1), canvas);
            // That it begins again is seen.
            self.toasts.truncate(toasts);
            let due = now.checked_add(self.slide_time());
            self.slides = Some(Slides { due });
            // This frame is of the one before: the next frame shows it, and looks when
            // another is due.
            self.look_at = Some(now);
        }
    }
}
