//! What of a Matroska file the library does not read: chapters whose edition has no
//! number, which it refuses (though the number is not mandatory, RFC 9559, 5.1.7.1.1),
//! and what an encoder put behind the sound (5.1.3.5.7).

use super::chapters::Timed;
use ipc::limits::MAX_CHAPTERS;
use std::ops::Range;

/// How every such file begins.
const EBML: [u8; 4] = [0x1a, 0x45, 0xdf, 0xa3];

const SEGMENT: u32 = 0x1853_8067;
const INFO: u32 = 0x1549_a966;
const SCALE: u32 = 0x2a_d7b1;
const TRACKS: u32 = 0x1654_ae6b;
const TRACK: u32 = 0xae;
const TRACK_NUMBER: u32 = 0xd7;
const DELAY: u32 = 0x56aa;
const CHAPTERS: u32 = 0x1043_a770;
const EDITION: u32 = 0x45b9;
const EDITION_UID: u32 = 0x45bc;
const CHAPTER: u32 = 0xb6;
const CHAPTER_START: u32 = 0x91;
const CHAPTER_HIDDEN: u32 = 0x98;
const CHAPTER_DISPLAY: u32 = 0x80;
const CHAPTER_STRING: u32 = 0x85;
const CLUSTER: u32 = 0x1f43_b675;
const CLUSTER_TIME: u32 = 0xe7;
const GROUP: u32 = 0xa0;
const BLOCK: u32 = 0xa1;
const DISCARD: u32 = 0x75a2;

/// Nanoseconds of a tick where the file does not say.
const USUAL_SCALE: u64 = 1_000_000;

/// The element that means nothing.
const VOID: u8 = 0xec;

/// What a reader has to know beside the library.
#[derive(Debug, Default)]
pub(super) struct Matroska {
    /// Bytes that are to be read instead of those that stand there: chapters that the
    /// library would stumble over mean nothing to it.
    pub(super) patch: Option<(usize, [u8; 9])>,
    pub(super) chapters: Vec<Timed>,
    /// The last block: its track and time, and nanoseconds at its end that are none of
    /// the sound.
    pub(super) padding: Option<Padding>,
}

/// What is behind the sound.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Padding {
    pub(super) track: u64,
    /// In the file's own ticks, what its encoder put before the sound taken off: to a
    /// tick, as one may round as one likes.
    pub(super) at: i64,
    pub(super) nanoseconds: u64,
}

/// An element: what it is, where it begins, and its content.
struct Element {
    id: u32,
    at: usize,
    body: Range<usize>,
}

impl Matroska {
    /// Reads a file as far as it is one.
    pub(super) fn read(file: &[u8]) -> Self {
        let mut all = Self::default();
        if !file.starts_with(&EBML) {
            return all;
        }
        let top = elements(file, 0..file.len());
        let Some(segment) = top.into_iter().find(|it| it.id == SEGMENT) else {
            return all;
        };
        let (mut last, mut scale, mut tracks) = (None, USUAL_SCALE, None);
        for element in elements(file, segment.body) {
            match element.id {
                INFO => {
                    let told = elements(file, element.body).find(|it| it.id == SCALE);
                    let told = told.and_then(|it| number(file, &it));
                    scale = told.filter(|scale| *scale > 0).unwrap_or(scale);
                }
                TRACKS => tracks = Some(element.body),
                CHAPTERS => all.take_chapters(file, &element),
                CLUSTER => last = Some(element.body),
                _ => {}
            }
        }
        all.padding = last
            .and_then(|cluster| padding(file, cluster))
            .map(|padding| {
                let delay = tracks.and_then(|tracks| delay(file, tracks, padding.track));
                let delay = i64::try_from(delay.unwrap_or(0) / scale).unwrap_or(0);
                Padding {
                    at: padding.at.saturating_sub(delay),
                    ..padding
                }
            });
        all
    }

    fn take_chapters(&mut self, file: &[u8], chapters: &Element) {
        let editions = || elements(file, chapters.body.clone()).filter(|it| it.id == EDITION);
        let is_numbered = |edition: Element| {
            let mut inside = elements(file, edition.body);
            inside.any(|it| it.id == EDITION_UID && number(file, &it).is_some_and(|uid| uid > 0))
        };
        if editions().all(is_numbered) {
            return;
        }
        // As long as it is, with a size of eight bytes.
        let rest = chapters.body.end - chapters.at;
        let Some(rest) = rest.checked_sub(9) else {
            return;
        };
        let size = (1_u64 << 56 | rest as u64).to_be_bytes();
        let mut header = [VOID; 9];
        header
            .iter_mut()
            .skip(1)
            .zip(size)
            .for_each(|(to, from)| *to = from);
        self.patch = Some((chapters.at, header));
        for edition in editions().take(1) {
            let inside = elements(file, edition.body).filter(|it| it.id == CHAPTER);
            self.chapters
                .extend(inside.filter_map(|it| chapter(file, it)).take(MAX_CHAPTERS));
        }
    }
}

fn chapter(file: &[u8], chapter: Element) -> Option<Timed> {
    let (mut start, mut title) = (None, String::new());
    for element in elements(file, chapter.body) {
        match element.id {
            CHAPTER_START => start = number(file, &element),
            CHAPTER_HIDDEN if number(file, &element) == Some(1) => return None,
            CHAPTER_DISPLAY if title.is_empty() => {
                let mut inside = elements(file, element.body);
                let words = inside.find(|it| it.id == CHAPTER_STRING);
                let words = words.and_then(|it| file.get(it.body));
                title = String::from_utf8_lossy(words.unwrap_or_default()).into_owned();
            }
            _ => {}
        }
    }
    Some((start?.into(), title))
}

/// Nanoseconds that are before the sound of a track.
fn delay(file: &[u8], tracks: Range<usize>, track: u64) -> Option<u64> {
    let told = |entry: &Element, id: u32| {
        let mut inside = elements(file, entry.body.clone());
        inside
            .find(|it| it.id == id)
            .and_then(|it| number(file, &it))
    };
    let mut entries = elements(file, tracks).filter(|it| it.id == TRACK);
    let entry = entries.find(|entry| told(entry, TRACK_NUMBER) == Some(track))?;
    told(&entry, DELAY)
}

/// What the last block says of its end.
fn padding(file: &[u8], cluster: Range<usize>) -> Option<Padding> {
    let (mut time, mut last) = (0, None);
    for element in elements(file, cluster) {
        match element.id {
            CLUSTER_TIME => time = i64::try_from(number(file, &element)?).ok()?,
            GROUP => last = Some(element),
            _ => {}
        }
    }
    let (mut block, mut nanoseconds) = (None, 0);
    for element in elements(file, last?.body) {
        match element.id {
            BLOCK => block = file.get(element.body),
            DISCARD => nanoseconds = number(file, &element)?,
            _ => {}
        }
    }
    let block = block?;
    let (track, length) = size(block)?;
    let relative = block.get(length..)?.first_chunk::<2>()?;
    Some(Padding {
        track,
        at: time.checked_add(i16::from_be_bytes(*relative).into())?,
        // A negative number has its highest bit set: it adds silence, and is left.
        nanoseconds: i64::try_from(nanoseconds).ok()?.unsigned_abs(),
    })
    .filter(|padding| padding.nanoseconds > 0)
}

/// Elements one after another, as far as they are whole; the size of the last one may
/// be unknown, and is then everything.
fn elements(file: &[u8], within: Range<usize>) -> impl Iterator<Item = Element> + '_ {
    let (mut at, end) = (within.start, within.end.min(file.len()));
    std::iter::from_fn(move || {
        let here = file.get(at..end)?;
        let first = *here.first()?;
        let id_length = first.leading_zeros() as usize + 1;
        let id = here.get(..id_length).filter(|id| id.len() <= 4)?;
        let id = id.iter().fold(0, |id, byte| id << 8 | u32::from(*byte));
        let (body, size_length) = size(here.get(id_length..)?)?;
        let start = at + id_length + size_length;
        let is_unknown = body == (1 << (7 * size_length)) - 1;
        let stop = match is_unknown {
            true => end,
            false => start.checked_add(usize::try_from(body).ok()?)?,
        };
        if stop > end && id != SEGMENT && id != CLUSTER {
            return None;
        }
        let element = Element {
            id,
            at,
            body: start..stop.min(end),
        };
        at = stop;
        Some(element)
    })
}

/// A size, and how many bytes it takes.
fn size(bytes: &[u8]) -> Option<(u64, usize)> {
    let first = *bytes.first()?;
    let length = first.leading_zeros() as usize + 1;
    let rest = bytes.get(1..length).filter(|_| length <= 8)?;
    let first = u64::from(first) & ((1 << (8 - length)) - 1);
    let size = rest
        .iter()
        .fold(first, |size, byte| size << 8 | u64::from(*byte));
    Some((size, length))
}

fn number(file: &[u8], element: &Element) -> Option<u64> {
    let bytes = file
        .get(element.body.clone())
        .filter(|bytes| bytes.len() <= 8)?;
    Some(
        bytes
            .iter()
            .fold(0, |number, byte| number << 8 | u64::from(*byte)),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn element(id: u32, body: &[u8]) -> Vec<u8> {
        let id: Vec<u8> = id
            .to_be_bytes()
            .into_iter()
            .skip_while(|byte| *byte == 0)
            .collect();
        let size = u16::try_from(body.len()).unwrap() | 0x4000;
        [&id[..], &size.to_be_bytes(), body].concat()
    }

    fn file(uid: &[u8]) -> Vec<u8> {
        let display = element(CHAPTER_DISPLAY, &element(CHAPTER_STRING, b"Two"));
        let one = element(CHAPTER, &element(CHAPTER_START, &[0]));
        let two = element(
            CHAPTER,
            &[element(CHAPTER_START, &[1, 0]), display].concat(),
        );
        let edition = element(EDITION, &[uid.to_vec(), one, two].concat());
        let group = [
            element(BLOCK, &[0x81, 0xff, 0xfe, 0, 1, 2]),
            element(DISCARD, &[9, 0]),
        ];
        let cluster = [
            element(CLUSTER_TIME, &[100]),
            element(GROUP, &group.concat()),
        ];
        let track = [
            element(TRACK_NUMBER, &[1]),
            element(DELAY, &[0x62, 0xea, 0x60]),
        ];
        let tracks = element(TRACKS, &element(TRACK, &track.concat()));
        let segment = [
            tracks,
            element(CHAPTERS, &edition),
            element(CLUSTER, &cluster.concat()),
        ];
        let ebml = [&EBML[..], &[0x80]].concat();
        [ebml, element(SEGMENT, &segment.concat())].concat()
    }

    #[test]
    fn edition_without_a_number_is_read_here_and_means_nothing_to_the_library() {
        let file = file(&[]);
        let read = Matroska::read(&file);
        let expected = [(0, String::new()), (256, "Two".to_owned())];
        assert_eq!(read.chapters, expected);
        let (at, patch) = read.patch.unwrap();
        let mut patched = file.clone();
        patched[at..at + 9].copy_from_slice(&patch);
        let segment = elements(&patched, 0..patched.len()).nth(1).unwrap();
        let ids: Vec<u32> = elements(&patched, segment.body).map(|it| it.id).collect();
        assert_eq!(ids, [TRACKS, VOID.into(), CLUSTER]);
    }

    #[test]
    fn edition_with_a_number_is_left_to_the_library() {
        let read = Matroska::read(&file(&element(EDITION_UID, &[5])));
        assert!(read.patch.is_none() && read.chapters.is_empty());
    }

    #[test]
    fn end_of_the_last_block_is_read() {
        let padding = Matroska::read(&file(&[])).padding.unwrap();
        let expected = Padding {
            track: 1,
            // 98 ms, and 6.483552 ms before the sound.
            at: 92,
            nanoseconds: 0x900,
        };
        assert_eq!(padding, expected);
    }

    #[test]
    fn every_cut_is_read_as_far_as_it_goes() {
        let file = file(&[]);
        for end in 0..file.len() {
            let read = Matroska::read(&file[..end]);
            assert!(read.chapters.len() <= 2);
        }
        Matroska::read(&[0xff; 64]);
        Matroska::read(&[0; 64]);
    }
}
