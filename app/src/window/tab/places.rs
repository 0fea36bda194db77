//! Where the user is in a document, was, and goes.

use super::{State, Tab};
use crate::window::document::view::{Place, Zoom};
use crate::window::store::Remembered;
use ipc::{Destination, OutlineEntry};

impl Tab {
    /// Looks at it as at another picture before.
    pub(crate) fn keep_view(&mut self) {
        if self.layout.is_known(0)
            && self.view.viewport().0 > 0.0
            && let Some((looks, middle)) = self.kept_view.take()
        {
            self.view.look(&mut self.layout, looks);
            self.view.show_middle(&self.layout, middle);
        }
    }

    /// What a page is called: its label, else its number.
    pub(crate) fn label(&self, page: u32) -> String {
        let label = self
            .labels
            .get(page as usize)
            .filter(|label| !label.is_empty());
        label
            .cloned()
            .unwrap_or_else(|| page.saturating_add(1).to_string())
    }

    /// What the place that is shown is called: the outline's entry, and the page.
    pub(crate) fn name_of_place(&self) -> String {
        let page = self.view.current_page(&self.layout);
        let before = |entry: &&OutlineEntry| entry.leads_to.is_some_and(|to| to.page.get() <= page);
        let entry = self
            .outline
            .iter()
            .filter(before)
            .max_by_key(|entry| entry.leads_to.map(|to| to.page));
        let label = self.label(page);
        match entry {
            Some(entry) => format!("{} · page {label}", entry.title),
            None => format!("Page {label}"),
        }
    }

    /// The page that a label or a number names.
    pub(crate) fn page_named(&self, name: &str) -> Option<u32> {
        let name = name.trim();
        let labelled = self.labels.iter().position(|label| label == name);
        let numbered = || {
            let number: u32 = name.parse().ok()?;
            (1..=self.layout.pages())
                .contains(&number)
                .then(|| number - 1)
        };
        labelled
            .and_then(|page| u32::try_from(page).ok())
            .or_else(numbered)
    }

    /// Where it is and how it is looked at, once that is known.
    pub(crate) fn remembered(&self) -> Option<Remembered> {
        // A sound has no page to go back to.
        let place = match self.state {
            State::Open(summary) if summary.sound.is_none() => self.view.place(&self.layout),
            // It rests, or was never shown.
            State::Waiting => self.resume?,
            _ => return None,
        };
        let looks = self.looks.unwrap_or_else(|| self.view.looks());
        Some(Remembered { place, looks })
    }

    /// The same for the next time that it is opened: a picture is seen whole then,
    /// however closely it was looked at last.
    pub(crate) fn for_next_time(&self) -> Option<Remembered> {
        let mut remembered = self.remembered()?;
        if self.is_picture() && self.layout.pages() == 1 {
            remembered.looks.zoom = Zoom::Page;
        }
        Some(remembered)
    }

    /// Is to be looked at as it was.
    pub(crate) fn recall(&mut self, remembered: Option<Remembered>) {
        self.resume = remembered.map(|remembered| remembered.place);
        self.looks = remembered.map(|remembered| remembered.looks);
    }

    /// Remembers this place before a jump.
    pub(crate) fn leave(&mut self) {
        let place = self.view.place(&self.layout);
        if self.back.last() != Some(&place) {
            self.back.push(place);
        }
        self.back.drain(..self.back.len().saturating_sub(200));
        self.forward.clear();
    }

    /// Jumps to the top of a page.
    pub(crate) fn jump(&mut self, page: u32) {
        self.leave();
        self.view.go_to_page(&self.layout, page);
    }

    /// Jumps to where a link or an outline entry leads.
    pub(crate) fn follow(&mut self, to: Destination) {
        self.leave();
        let (_, height) = self.layout.upright(to.page.get());
        let down = to.top.map_or(-1.0, |top| f64::from(top) / height.max(1.0));
        let place = Place {
            page: to.page.get(),
            // A place that is off the page is its end or its top.
            down: if down > 0.0 { down.min(1.0) } else { -1.0 },
        };
        self.view.go(&self.layout, place);
    }

    /// Shows a part of a page (left, top, right, bottom in the page's units), if it is not seen.
    pub(crate) fn reveal(&mut self, page: u32, edges: [f32; 4]) {
        let upright = self.layout.upright(page);
        let part = turned(edges, upright, self.view.arrangement.turn);
        self.view.reveal(&self.layout, page, part);
    }

    /// Goes back (or forward again) in the history.
    pub(crate) fn travel(&mut self, backwards: bool) {
        let here = self.view.place(&self.layout);
        let (from, to) = if backwards {
            (&mut self.back, &mut self.forward)
        } else {
            (&mut self.forward, &mut self.back)
        };
        if let Some(place) = from.pop() {
            to.push(here);
            self.view.go(&self.layout, place);
        }
    }
}

/// A part of a page in its own units as a part of the page as it is turned, 0 to 1.
pub(crate) fn turned(edges: [f32; 4], (width, height): (f64, f64), turn: u8) -> [f64; 4] {
    let [l, t, r, b] = edges.map(f64::from);
    let (l, t, r, b) = (l / width, t / height, r / width, b / height);
    match turn % 4 {
        0 => [l, t, r, b],
        1 => [1.0 - b, l, 1.0 - t, r],
        2 => [1.0 - r, 1.0 - b, 1.0 - l, 1.0 - t],
        _ => [t, 1.0 - r, b, 1.0 - l],
    }
}

/// A place on a page as it is turned (0 to 1) in the page's own units.
pub(crate) fn unturned((x, y): (f64, f64), (width, height): (f64, f64), turn: u8) -> (f32, f32) {
    let (u, v) = match turn % 4 {
        0 => (x, y),
        1 => (y, 1.0 - x),
        2 => (1.0 - x, 1.0 - y),
        _ => (1.0 - y, x),
    };
    ((u * width) as f32, (v * height) as f32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn place_on_a_turned_page_is_found_again() {
        for turn in 0..4 {
            let [l, t, r, b] = turned([10.0, 20.0, 30.0, 60.0], (100.0, 200.0), turn);
            assert!(l < r && t < b, "turn {turn}");
            let (x, y) = unturned(((l + r) / 2.0, (t + b) / 2.0), (100.0, 200.0), turn);
            assert!(
                (x - 20.0).abs() < 1e-3 && (y - 40.0).abs() < 1e-3,
                "turn {turn}: {x} {y}"
            );
        }
    }
}
