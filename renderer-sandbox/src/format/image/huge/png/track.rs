//! Where the rows of a picture can be unpacked from: the place where reading ended, and
//! those that are kept.

use super::cursor::Cursor;

/// What is kept of all places of a file, in bytes: at 30,000 pixels of 3 B a row, 118
/// of them, so that at most 144 rows of 17,000 are unpacked in vain.
pub(super) const PLACES_BYTES: usize = 16 * 1024 * 1024;

/// Places of rows that follow each other.
pub(super) struct Track {
    /// Where the last reading ended.
    pub(super) cursor: Cursor,
    /// In order of rows; the first is the start.
    places: Vec<Cursor>,
    /// Rows between two places.
    between: u32,
}

impl Track {
    pub(super) fn new(start: Cursor, between: u32) -> Self {
        Self {
            places: vec![start.clone()],
            cursor: start,
            between,
        }
    }

    /// Goes to the place from which this row is reached soonest.
    pub(super) fn go_near(&mut self, row: u32) {
        if self.cursor.row <= row && row <= self.cursor.row.saturating_add(self.between) {
            return;
        }
        let place = self.places.partition_point(|place| place.row <= row);
        if let Some(place) = self.places.get(place.saturating_sub(1))
            && (place.row > self.cursor.row || self.cursor.row > row)
        {
            self.cursor = place.clone();
        }
    }

    /// Keeps the place where reading is, if it is far enough from the last one.
    pub(super) fn keep_place(&mut self) {
        let is_new = self
            .places
            .last()
            .is_none_or(|last| self.cursor.row > last.row);
        if is_new && self.cursor.row.is_multiple_of(self.between) {
            self.places.push(self.cursor.clone());
        }
    }

    /// Keeps a place that is behind all others.
    pub(super) fn keep(&mut self, place: &Cursor) {
        if self.places.last().is_none_or(|last| place.row > last.row) {
            self.places.push(place.clone());
        }
    }
}
