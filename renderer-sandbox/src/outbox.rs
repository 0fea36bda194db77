//! Lists as numbered parts that each fit in a message, as full as they can be.

use ipc::codec::encoded_len;
use ipc::limits::{MAX_MESSAGE_BYTES, MAX_PARTS};
use ipc::{
    Event, InfoField, Items, Link, Match, OutlineEntry, PageEntry, Part, RequestId, TextRun,
};
use std::collections::VecDeque;

/// The count of items takes one byte while it is small, and three above 250.
const COUNT_GROWS_BYTES: usize = 2;

/// A kind of list.
pub trait Listed: Sized {
    /// Some of them as the items of a part.
    fn items(list: Vec<Self>) -> Items;

    /// Bytes it takes in a message.
    fn len_bytes(&self) -> usize;
}

macro_rules! listed {
    ($type:ty, $items:path) => {
        impl Listed for $type {
            fn items(list: Vec<Self>) -> Items {
                $items(list)
            }

            fn len_bytes(&self) -> usize {
                encoded_len(self)
            }
        }
    };
}
listed!(PageEntry, Items::Pages);
listed!(InfoField, Items::Info);
listed!(TextRun, Items::Text);
listed!(OutlineEntry, Items::Outline);
listed!(Link, Items::Links);
listed!(Match, Items::Matches);

/// Cuts a list into parts. An empty list is one empty part; what is beyond
/// [`MAX_PARTS`] is left out.
pub fn cut<T: Listed>(id: RequestId, list: Vec<T>) -> VecDeque<Part> {
    let mut parts = VecDeque::new();
    let mut items = Vec::new();
    let mut room = room(id, 0, T::items(Vec::new()));
    for item in list {
        let bytes = item.len_bytes();
        if let Some(left) = room.checked_sub(bytes) {
            room = left;
        } else {
            let number = push(&mut parts, id, T::items(std::mem::take(&mut items)));
            if number == MAX_PARTS {
                break;
            }
            room = self::room(id, number, T::items(Vec::new())).saturating_sub(bytes);
        }
        items.push(item);
    }
    if parts.len() < usize::try_from(MAX_PARTS).unwrap_or(usize::MAX) {
        push(&mut parts, id, T::items(items));
    }
    if let Some(last) = parts.back_mut() {
        last.last = true;
    }
    parts
}

/// Adds a part and returns the number of the next one.
fn push(parts: &mut VecDeque<Part>, id: RequestId, items: Items) -> u32 {
    let number = u32::try_from(parts.len()).unwrap_or(MAX_PARTS);
    parts.push_back(part(id, number, items));
    number.saturating_add(1)
}

fn part(id: RequestId, number: u32, items: Items) -> Part {
    Part {
        id,
        number,
        last: false,
        items,
    }
}

/// Bytes for items in a part of this number.
fn room(id: RequestId, number: u32, empty: Items) -> usize {
    let header = encoded_len(&Event::Part(part(id, number, empty)));
    MAX_MESSAGE_BYTES.saturating_sub(header.saturating_add(COUNT_GROWS_BYTES))
}

#[cfg(test)]
mod tests {
    use super::*;
    use ipc::codec::event_len;
    use ipc::limits::MAX_TEXT_BYTES;
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
        for bytes in [0, 1, 10, 250, 251, MAX_TEXT_BYTES] {
            let parts = cut(RequestId(u32::MAX), fields(5000, bytes));
            assert_eq!(parts.iter().map(items).sum::<usize>(), 5000);
            for (number, part) in (0..).zip(&parts) {
                assert_eq!(part.number, number);
                assert_eq!(part.last, number as usize == parts.len() - 1);
                let len = event_len(&Event::Part(part.clone())).expect("it fits");
                assert!(part.last || len + bytes + 8 > MAX_MESSAGE_BYTES, "{len}");
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
    fn list_beyond_the_most_parts_ends_with_the_last_that_may_be_sent() {
        let four_to_a_part = fields(4 * (MAX_PARTS as usize) + 1, MAX_TEXT_BYTES);
        let parts = cut(RequestId(7), four_to_a_part);
        assert_eq!(parts.len(), MAX_PARTS as usize);
        assert!(parts.back().unwrap().last);
        assert_eq!(parts.iter().filter(|part| part.last).count(), 1);
    }
}
