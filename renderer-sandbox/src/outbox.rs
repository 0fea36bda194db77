//! Lists on their way to the broker: numbered parts, as many at a time as there
//! is credit for. What has no credit yet waits here, not in a worker.

use ipc::codec::event_len;
use ipc::limits::{CREDIT_WINDOW, MAX_MESSAGE_BYTES, MAX_PARTS};
use ipc::{Event, InfoField, Items, PageEntry, Part, RequestId, TextRun};
use std::collections::{HashMap, VecDeque};

/// Room that a part leaves for numbers that grow with it: the count of items
/// (1 to 3 bytes).
const SLACK_BYTES: usize = 4;

/// A kind of list.
pub trait Listed: Clone {
    /// Some of them as the items of a part.
    fn items(list: Vec<Self>) -> Items;
}

impl Listed for PageEntry {
    fn items(list: Vec<Self>) -> Items {
        Items::Pages(list)
    }
}

impl Listed for InfoField {
    fn items(list: Vec<Self>) -> Items {
        Items::Info(list)
    }
}

impl Listed for TextRun {
    fn items(list: Vec<Self>) -> Items {
        Items::Text(list)
    }
}

/// Cuts a list into parts that each fit in a message. An empty list is one
/// empty part; what is beyond [`MAX_PARTS`] is left out.
pub fn cut<T: Listed>(id: RequestId, list: Vec<T>) -> VecDeque<Part> {
    let part = |number, items| Part {
        id,
        number,
        last: false,
        items,
    };
    let empty = len(part(u32::MAX, T::items(Vec::new())));
    let room = MAX_MESSAGE_BYTES.saturating_sub(empty + SLACK_BYTES);
    let mut parts = VecDeque::new();
    let mut open: Vec<T> = Vec::new();
    let mut used = 0;
    for item in list {
        let size = len(part(u32::MAX, T::items(vec![item.clone()]))).saturating_sub(empty);
        if used + size > room {
            parts.push_back(std::mem::take(&mut open));
            used = 0;
        }
        used += size;
        open.push(item);
    }
    parts.push_back(open);
    parts.truncate(usize::try_from(MAX_PARTS).unwrap_or(usize::MAX));
    let mut parts: VecDeque<Part> = (0..)
        .zip(parts)
        .map(|(number, items)| part(number, T::items(items)))
        .collect();
    if let Some(last) = parts.back_mut() {
        last.last = true;
    }
    parts
}

fn len(part: Part) -> usize {
    event_len(&Event::Part(part)).unwrap_or(MAX_MESSAGE_BYTES)
}

/// Lists that wait for credit.
#[derive(Default)]
pub struct Outbox {
    waiting: HashMap<RequestId, VecDeque<Part>>,
}

impl Outbox {
    /// Takes a list and returns the parts that can go at once.
    pub fn add(&mut self, parts: VecDeque<Part>) -> Vec<Part> {
        let Some(id) = parts.front().map(|part| part.id) else {
            return Vec::new();
        };
        self.waiting.insert(id, parts);
        self.credit(id, CREDIT_WINDOW)
    }

    /// Returns the next parts of a list, as many as were granted.
    pub fn credit(&mut self, id: RequestId, parts: u16) -> Vec<Part> {
        let Some(waiting) = self.waiting.get_mut(&id) else {
            // It has been sent to its end meanwhile.
            return Vec::new();
        };
        let count = usize::from(parts).min(waiting.len());
        let granted = waiting.drain(..count).collect();
        if waiting.is_empty() {
            self.waiting.remove(&id);
        }
        granted
    }

    /// Drops the rest of a list; whether there was one.
    pub fn cancel(&mut self, id: RequestId) -> bool {
        self.waiting.remove(&id).is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ipc::{InfoKey, Text};

    fn fields(count: usize, bytes: usize) -> Vec<InfoField> {
        let value = Text::new("x".repeat(bytes)).unwrap();
        let key = InfoKey::Title;
        vec![InfoField { key, value }; count]
    }

    fn items(part: &Part) -> usize {
        match &part.items {
            Items::Info(list) => list.len(),
            _ => panic!("not info"),
        }
    }

    #[test]
    fn parts_are_full_and_fit() {
        for bytes in [0, 1, 10, 250, 251, 960] {
            let parts = cut(RequestId(7), fields(5000, bytes));
            assert_eq!(parts.iter().map(items).sum::<usize>(), 5000);
            for (number, part) in (0..).zip(&parts) {
                assert_eq!(part.number, number);
                assert_eq!(part.last, number as usize == parts.len() - 1);
                let len = event_len(&Event::Part(part.clone())).expect("it fits");
                assert!(part.last || len + bytes + 20 > MAX_MESSAGE_BYTES, "{len}");
            }
        }
    }

    #[test]
    fn empty_list_is_one_empty_last_part() {
        let parts = cut(RequestId(7), Vec::<TextRun>::new());
        assert_eq!(parts.len(), 1);
        assert!(parts[0].last);
    }

    #[test]
    fn no_more_goes_out_than_there_is_credit_for() {
        let mut outbox = Outbox::default();
        let parts = cut(RequestId(7), fields(1000, 960));
        let total = parts.len();
        let first = outbox.add(parts);
        assert_eq!(first.len(), usize::from(CREDIT_WINDOW));
        assert_eq!(outbox.credit(RequestId(8), 10), []);
        assert_eq!(outbox.credit(RequestId(7), 3).len(), 3);
        let rest = outbox.credit(RequestId(7), u16::MAX);
        assert_eq!(first.len() + 3 + rest.len(), total);
        assert!(!outbox.cancel(RequestId(7)));
    }
}
