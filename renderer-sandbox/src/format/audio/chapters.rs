//! Chapters.

use super::container::Demuxer;
use super::matroska::Matroska;
use super::mpeg4;
use ipc::limits::{MAX_CHAPTERS, MAX_SOUND_FRAMES, MAX_TEXT_BYTES};
use ipc::{Chapter, Format, Text};
use symphonia::core::meta::{ChapterGroup, ChapterGroupItem, StandardTag, Tag};

/// How deep groups of chapters are looked into.
const MAX_DEPTH: usize = 4;

/// Where a chapter begins, in nanoseconds, and its title.
pub(super) type Timed = (i128, String);

/// The chapters of a file, in the order of time.
pub(super) fn of(demuxer: &Demuxer, document: &[u8], format: Format) -> Vec<Timed> {
    let mut all = Vec::new();
    if let Some(group) = demuxer.chapters() {
        collect(group, 0, &mut all);
    }
    if all.is_empty() {
        all = match format {
            Format::Matroska => Matroska::read(document).chapters,
            Format::Mp4 => mpeg4::chapters(document),
            _ => all,
        };
    }
    all.sort_by_key(|(start, _)| *start);
    all
}

fn collect(group: &ChapterGroup, depth: usize, all: &mut Vec<Timed>) {
    for item in &group.items {
        match item {
            _ if all.len() >= MAX_CHAPTERS => return,
            ChapterGroupItem::Chapter(chapter) => {
                all.push((chapter.start_time.as_nanos(), title(&chapter.tags)));
            }
            ChapterGroupItem::Group(group) if depth < MAX_DEPTH => {
                collect(group, depth + 1, all);
            }
            ChapterGroupItem::Group(_) => {}
        }
    }
}

fn title(tags: &[Tag]) -> String {
    let titles = tags.iter().filter_map(|tag| match &tag.std {
        Some(StandardTag::ChapterTitle(words) | StandardTag::TrackTitle(words)) => {
            Some(words.to_string())
        }
        _ => None,
    });
    titles.into_iter().next().unwrap_or_default()
}

/// The same, in frames of this many a second.
pub(super) fn in_frames(chapters: Vec<Timed>, rate: u32) -> Vec<Chapter> {
    let chapters = chapters.into_iter().filter_map(|(start, title)| {
        let frames = start.checked_mul(rate.into())? / 1_000_000_000;
        let start = u64::try_from(frames).ok()?;
        (start < MAX_SOUND_FRAMES).then(|| Chapter {
            start,
            title: Text::cleaned(title.trim(), MAX_TEXT_BYTES),
        })
    });
    chapters.collect()
}

#[cfg(test)]
mod tests {
    use super::in_frames;

    #[test]
    fn chapters_begin_at_frames_and_those_before_the_sound_are_left_out() {
        let told = vec![
            (-1_000_000_000, "before".to_owned()),
            (1_500_000_000, "one\u{1b}".to_owned()),
            (i128::MAX, "never".to_owned()),
        ];
        let chapters = in_frames(told, 44_100);
        assert_eq!(chapters.len(), 1);
        assert_eq!(chapters[0].start, 66_150);
        assert_eq!(chapters[0].title.as_str(), "one\u{FFFD}");
    }
}
