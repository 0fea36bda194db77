//! Lists as numbered parts that each fit in a message, as full as they can be.

use crate::format::FrameTime;
use ipc::codec::encoded_len;
use ipc::limits::{MAX_INFO_FIELDS, MAX_MESSAGE_BYTES, MAX_PARTS, MAX_TEXT_RUNS};
use ipc::{
    Attachment, Chapter, Event, Frames, InfoField, Items, Layer, Link, Match, Note, OutlineEntry,
    PageEntry, PageImage, Part, Peak, RequestId, Signature, TextRun, Wish,
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

    /// How many of them the broker takes; what is beyond is left out. Other lists are
    /// bounded where they are made.
    const MOST: usize = usize::MAX;

    /// Bytes that a part may take beyond one without items, whatever they are.
    const EXTRA_BYTES: usize = 0;
}

impl Listed for FrameTime {
    fn items(list: Vec<Self>) -> Items {
        Items::Frames(Frames {
            plays: list.first().map_or(0, |frame| frame.plays),
            durations_ms: list.iter().map(|frame| frame.shown_ms).collect(),
        })
    }

    fn len_bytes(&self) -> usize {
        encoded_len(&self.shown_ms)
    }

    /// How often they are shown takes one byte while it is small, and at most five.
    const EXTRA_BYTES: usize = 4;
}

macro_rules! listed {
    ($type:ty, $items:path $(, at most $most:expr)?) => {
        impl Listed for $type {
            fn items(list: Vec<Self>) -> Items {
                $items(list)
            }

            fn len_bytes(&self) -> usize {
                encoded_len(self)
            }

            $(const MOST: usize = $most;)?
        }
    };
}
listed!(PageEntry, Items::Pages);
listed!(InfoField, Items::Info, at most MAX_INFO_FIELDS);
listed!(TextRun, Items::Text, at most MAX_TEXT_RUNS);
listed!(OutlineEntry, Items::Outline);
listed!(Link, Items::Links);
listed!(Match, Items::Matches);
listed!(Attachment, Items::Attachments);
listed!(Layer, Items::Layers);
listed!(Signature, Items::Signatures);
listed!(Wish, Items::Wishes);
listed!(PageImage, Items::Images);
listed!(Peak, Items::Peaks);
listed!(Chapter, Items::Chapters);
listed!(Note, Items::Notes);

/// Cuts a list into parts. An empty list is one empty part; what is beyond
/// [`Listed::MOST`] and [`MAX_PARTS`] is left out.
pub fn cut<T: Listed>(id: RequestId, list: Vec<T>) -> VecDeque<Part> {
    let mut parts = VecDeque::new();
    let mut items = Vec::new();
    let mut room = room::<T>(id, 0);
    for item in list.into_iter().take(T::MOST) {
        let bytes = item.len_bytes();
        if let Some(left) = room.checked_sub(bytes) {
            room = left;
        } else {
            let number = push(&mut parts, id, T::items(std::mem::take(&mut items)));
            if number == MAX_PARTS {
                break;
            }
            room = self::room::<T>(id, number).saturating_sub(bytes);
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
fn room<T: Listed>(id: RequestId, number: u32) -> usize {
    let header = encoded_len(&Event::Part(part(id, number, T::items(Vec::new()))));
    let taken = header.saturating_add(COUNT_GROWS_BYTES + T::EXTRA_BYTES);
    MAX_MESSAGE_BYTES.saturating_sub(taken)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ipc::codec::event_len;
    use ipc::limits::MAX_TEXT_BYTES;
    use ipc::{InfoKey, PageBox, Separator, Text};

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
            let parts = cut(RequestId(u32::MAX), fields(4000, bytes));
            assert_eq!(parts.iter().map(items).sum::<usize>(), 4000);
            for (number, part) in (0..).zip(&parts) {
                assert_eq!(part.number, number);
                assert_eq!(part.last, number as usize == parts.len() - 1);
                let len = event_len(&Event::Part(part.clone())).expect("it fits");
                assert!(part.last || len + bytes + 8 > MAX_MESSAGE_BYTES, "{len}");
            }
        }
    }

    #[test]
    fn most_frames_played_most_often_fit() {
        let frame = FrameTime {
            plays: u32::MAX,
            shown_ms: u32::MAX,
        };
        let all = ipc::limits::MAX_FRAMES as usize;
        let parts = cut(RequestId(u32::MAX), vec![frame; all]);
        let mut told = 0;
        for part in &parts {
            event_len(&Event::Part(part.clone())).expect("it fits");
            let Items::Frames(frames) = &part.items else {
                panic!("not frames");
            };
            assert_eq!(frames.plays, u32::MAX);
            told += frames.durations_ms.len();
        }
        assert_eq!(told, all);
    }

    #[test]
    fn empty_list_is_one_empty_last_part() {
        let parts = cut(RequestId(7), Vec::<TextRun>::new());
        assert_eq!(parts.len(), 1);
        assert!(parts[0].last);
    }

    #[test]
    fn fields_beyond_those_that_are_taken_are_left_out() {
        let parts = cut(RequestId(7), fields(MAX_INFO_FIELDS + 5, 1));
        assert_eq!(parts.iter().map(items).sum::<usize>(), MAX_INFO_FIELDS);
        assert!(parts.back().unwrap().last);
    }

    #[test]
    fn list_beyond_the_most_parts_ends_with_the_last_that_may_be_sent() {
        let word = TextRun {
            text: Text::new("x".repeat(MAX_TEXT_BYTES)).unwrap(),
            place: PageBox::new(0.0, 0.0, 1.0, 1.0).unwrap(),
            then: Separator::Space,
        };
        let four_to_a_part = vec![word; 4 * (MAX_PARTS as usize) + 1];
        let parts = cut(RequestId(7), four_to_a_part);
        assert_eq!(parts.len(), MAX_PARTS as usize);
        assert!(parts.back().unwrap().last);
        assert_eq!(parts.iter().filter(|part| part.last).count(), 1);
    }
}
