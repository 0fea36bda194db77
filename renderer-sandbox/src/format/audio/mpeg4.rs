//! What an MPEG-4 file says and the library does not use: the beginning and the end
//! of a track (its edit list, ISO/IEC 14496-12, 8.6.6), and chapters in the box that
//! Nero has introduced and most programs write.

use super::chapters::Timed;
use ipc::limits::MAX_CHAPTERS;

/// Most entries of an edit list that are looked at; sound has one or two.
const MAX_EDITS: usize = 64;

/// What is heard of a track, in its own ticks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Edit {
    /// What an encoder put before the sound.
    pub(super) skip: u64,
    /// How long the sound is; `None` to the end.
    pub(super) length: Option<u64>,
}

/// Finds the edit list of a track.
pub(super) fn edit(document: &[u8], track: u32) -> Option<Edit> {
    let movie = find(document, b"moov")?;
    let movie_ticks = timescale(find(movie, b"mvhd")?)?;
    let all = boxes(movie).filter(|(kind, _)| kind == b"trak");
    let mut own = all.filter(|(_, body)| find(body, b"tkhd").and_then(id) == Some(track));
    let (_, body) = own.next()?;
    let ticks = timescale(find(find(body, b"mdia")?, b"mdhd")?)?;
    let list = find(find(body, b"edts")?, b"elst")?;
    let edits: Vec<(u64, i64)> = entries(list)?;
    // An empty edit delays a track, which is of no use to one that is alone.
    let mut heard = edits.into_iter().filter(|(_, start)| *start >= 0);
    let (length, start) = heard.next()?;
    let skip = u64::try_from(start).ok()?;
    if heard.next().is_some() {
        return Some(Edit { skip, length: None });
    }
    let length = u128::from(length) * u128::from(ticks) / u128::from(movie_ticks);
    Some(Edit {
        skip,
        length: u64::try_from(length).ok().filter(|length| *length > 0),
    })
}

/// Nanoseconds of the unit in which chapters begin.
const CHAPTER_UNIT: i128 = 100;

/// The chapters of `moov.udta.chpl`.
pub(super) fn chapters(document: &[u8]) -> Vec<Timed> {
    let list = || find(find(find(document, b"moov")?, b"udta")?, b"chpl");
    list().and_then(listed).unwrap_or_default()
}

/// A version and flags, in version 1 four bytes that mean nothing, how many there
/// are, and of each where it begins and a title with its length.
fn listed(list: &[u8]) -> Option<Vec<Timed>> {
    let (version, rest) = list.split_first_chunk::<4>()?;
    let rest = match version.first() {
        Some(0) => rest,
        _ => rest.get(4..)?,
    };
    let (count, mut rest) = rest.split_first()?;
    let mut all = Vec::new();
    for _ in 0..usize::from(*count).min(MAX_CHAPTERS) {
        let Some((start, after)) = rest.split_first_chunk::<8>() else {
            break;
        };
        let (length, after) = after.split_first()?;
        let (title, after) = after.split_at_checked((*length).into())?;
        let start = i128::from(u64::from_be_bytes(*start)) * CHAPTER_UNIT;
        all.push((start, String::from_utf8_lossy(title).into_owned()));
        rest = after;
    }
    Some(all)
}

/// Kind and content of each box, one after another.
fn boxes(mut bytes: &[u8]) -> impl Iterator<Item = ([u8; 4], &[u8])> {
    std::iter::from_fn(move || {
        let (size, rest) = bytes.split_first_chunk::<4>()?;
        let (kind, rest) = rest.split_first_chunk::<4>()?;
        let (body, header) = match u32::from_be_bytes(*size) {
            0 => (rest.len(), rest),
            1 => {
                let (large, rest) = rest.split_first_chunk::<8>()?;
                let size = usize::try_from(u64::from_be_bytes(*large)).ok()?;
                (size.checked_sub(16)?, rest)
            }
            size => (usize::try_from(size).ok()?.checked_sub(8)?, rest),
        };
        let (body, next) = header.split_at_checked(body)?;
        bytes = next;
        Some((*kind, body))
    })
}

fn find<'b>(bytes: &'b [u8], kind: &[u8; 4]) -> Option<&'b [u8]> {
    boxes(bytes)
        .find(|(found, _)| found == kind)
        .map(|(_, body)| body)
}

/// Ticks a second of a movie or a track, never 0. The header has two times before
/// it, of 4 or of 8 bytes.
fn timescale(header: &[u8]) -> Option<u32> {
    let at = if *header.first()? == 0 { 12 } else { 20 };
    u32_at(header, at).filter(|ticks| *ticks > 0)
}

fn id(header: &[u8]) -> Option<u32> {
    let at = if *header.first()? == 0 { 12 } else { 20 };
    u32_at(header, at)
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    let word = bytes.get(at..)?.first_chunk::<4>()?;
    Some(u32::from_be_bytes(*word))
}

/// Length in ticks of the movie and beginning in ticks of the track of each edit.
fn entries(list: &[u8]) -> Option<Vec<(u64, i64)>> {
    let long = *list.first()? != 0;
    let count = usize::try_from(u32_at(list, 4)?).ok()?.min(MAX_EDITS);
    let rest = list.get(8..)?;
    let read = |entry: &[u8]| match long {
        false => Some((
            u32_at(entry, 0)?.into(),
            u32_at(entry, 4)?.cast_signed().into(),
        )),
        true => {
            let length = entry.first_chunk::<8>()?;
            let start = entry.get(8..)?.first_chunk::<8>()?;
            Some((u64::from_be_bytes(*length), i64::from_be_bytes(*start)))
        }
    };
    let size = if long { 20 } else { 12 };
    rest.chunks_exact(size).take(count).map(read).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn boxed(kind: &[u8; 4], body: &[u8]) -> Vec<u8> {
        let size = u32::try_from(body.len() + 8).unwrap();
        [&size.to_be_bytes()[..], kind, body].concat()
    }

    fn words(words: &[u32]) -> Vec<u8> {
        words.iter().flat_map(|word| word.to_be_bytes()).collect()
    }

    /// A film of 1000 ticks a second with one track of 44 100.
    fn film(list: &[u32]) -> Vec<u8> {
        let track = [
            boxed(b"tkhd", &words(&[0, 0, 0, 7])),
            boxed(b"edts", &boxed(b"elst", &words(list))),
            boxed(b"mdia", &boxed(b"mdhd", &words(&[0, 0, 0, 44_100]))),
        ];
        let movie = [
            boxed(b"mvhd", &words(&[0, 0, 0, 1000])),
            boxed(b"trak", &track.concat()),
        ];
        [boxed(b"ftyp", b"M4A "), boxed(b"moov", &movie.concat())].concat()
    }

    #[test]
    fn priming_and_length_are_read() {
        let list = [0, 1, 3300, 1024, 1 << 16];
        let edit = edit(&film(&list), 7).unwrap();
        assert_eq!((edit.skip, edit.length), (1024, Some(145_530)));
    }

    #[test]
    fn chapters_are_read_as_far_as_they_are_whole() {
        let chapter = |start: u64, title: &[u8]| {
            let length = u8::try_from(title.len()).unwrap();
            [&start.to_be_bytes()[..], &[length], title].concat()
        };
        let both = [
            chapter(0, b"One"),
            chapter(30_000_000, "Zw\u{f6}lf".as_bytes()),
        ]
        .concat();
        let list = [&[1, 0, 0, 0, 0, 0, 0, 0, 2][..], &both].concat();
        let film = |list: &[u8]| boxed(b"moov", &boxed(b"udta", &boxed(b"chpl", list)));
        let expected = [
            (0, "One".to_owned()),
            (3_000_000_000, "Zw\u{f6}lf".to_owned()),
        ];
        assert_eq!(chapters(&film(&list)), expected);
        let older = [&[0, 0, 0, 0, 2][..], &both].concat();
        assert_eq!(chapters(&film(&older)), expected);
        for end in 0..list.len() {
            assert!(chapters(&film(&list[..end])).len() <= 1);
        }
    }

    #[test]
    fn empty_edit_is_passed_over_and_several_have_no_length() {
        let list = [0, 2, 500, u32::MAX, 1 << 16, 1000, 2112, 1 << 16];
        assert_eq!(edit(&film(&list), 7).unwrap().skip, 2112);
        let list = [0, 2, 500, 0, 1 << 16, 1000, 2112, 1 << 16];
        assert_eq!(edit(&film(&list), 7).unwrap().length, None);
    }

    #[test]
    fn every_cut_and_every_other_track_is_none_or_whole() {
        let film = film(&[0, 1, 3300, 1024, 1 << 16]);
        assert_eq!(edit(&film, 8), None);
        for end in 0..film.len() {
            assert_eq!(edit(&film[..end], 7), None, "cut at {end}");
        }
    }
}
