//! Places that the user has marked in a document: kept outside the file.

use super::view::Place;
use serde::{Deserialize, Serialize};

/// Most marks of a document.
const MOST: usize = 500;

/// Longest name, in letters.
const LONGEST: usize = 120;

/// A marked place.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Mark {
    /// The key that leads there; none for one that has only a name.
    pub(crate) key: Option<char>,
    pub(crate) name: String,
    page: u32,
    down: f64,
}

impl Mark {
    /// Where it is.
    pub(crate) fn place(&self) -> Place {
        Place {
            page: self.page,
            down: if self.down.is_finite() {
                self.down.clamp(-1.0, 1.0)
            } else {
                -1.0
            },
        }
    }
}

/// All marks of a document, in its order.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Marks(Vec<Mark>);

impl Marks {
    pub(crate) fn all(&self) -> &[Mark] {
        &self.0
    }

    /// Marks a place; a key that had another place has this one from now on.
    pub(crate) fn set(&mut self, key: Option<char>, name: &str, place: Place) {
        if key.is_some() {
            self.0.retain(|mark| mark.key != key);
        }
        self.0.push(Mark {
            key,
            name: name.chars().take(LONGEST).collect(),
            page: place.page,
            down: place.down,
        });
        self.0
            .sort_by(|a, b| a.page.cmp(&b.page).then(a.down.total_cmp(&b.down)));
        self.0.truncate(MOST);
    }

    /// The place of a key.
    pub(crate) fn of(&self, key: char) -> Option<Place> {
        self.0
            .iter()
            .find(|mark| mark.key == Some(key))
            .map(Mark::place)
    }

    pub(crate) fn remove(&mut self, number: usize) {
        if number < self.0.len() {
            self.0.remove(number);
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_lead_to_the_place_they_were_last_given() {
        let mut marks = Marks::default();
        let place = |page| Place { page, down: 0.25 };
        marks.set(Some('a'), "first", place(7));
        marks.set(None, "named", place(3));
        marks.set(Some('a'), "second", place(5));
        assert_eq!(marks.of('a'), Some(place(5)));
        assert_eq!(marks.of('b'), None);
        let names: Vec<&str> = marks.all().iter().map(|mark| mark.name.as_str()).collect();
        assert_eq!(names, ["named", "second"]);
        marks.remove(0);
        assert_eq!(marks.all().len(), 1);
    }

    #[test]
    fn a_place_that_is_none_is_the_top() {
        let mark: Mark = serde_json::from_str(r#"{"key":null,"name":"x","page":2,"down":1e999}"#)
            .unwrap_or(Mark {
                key: None,
                name: String::new(),
                page: 2,
                down: f64::INFINITY,
            });
        assert_eq!(
            mark.place(),
            Place {
                page: 2,
                down: -1.0
            }
        );
    }
}
