//! The tracks of an AVIF that moves (ISO/IEC 14496-12): where each of its frames lies,
//! and how long it is shown. Every count is bounded by the bytes that hold it.

use super::super::heif::{Bytes, Kind, boxes, version};
use super::DocumentError;
use super::told::{self, Coding};
use crate::format::image::decode::unsupported;
use ipc::limits::MAX_FRAMES;

/// Most tracks that are looked at: one of colours, one of alpha, and thumbnails.
const MAX_TRACKS: usize = 16;

/// A length that is not known, in fields of 4 and of 8 bytes.
const UNKNOWN: [u64; 2] = [u32::MAX as u64, u64::MAX];

/// What moves.
#[derive(Debug, Default)]
pub(in super::super) struct Moving<'d> {
    /// The frames of colours; at most [`MAX_FRAMES`].
    pub(super) colours: Vec<&'d [u8]>,
    /// Those of alpha, where there is a track of it.
    pub(super) alpha: Option<Vec<&'d [u8]>>,
    /// How long each frame is shown, in milliseconds.
    pub(in super::super) durations_ms: Vec<u32>,
    /// How often it is played; 0 for ever.
    pub(in super::super) plays: u32,
    /// Whether a frame lies behind the end of the file.
    pub(in super::super) cut: bool,
    /// How the frames of colours are coded, and those of alpha.
    pub(super) entry: Entry<'d>,
    pub(super) alpha_entry: Entry<'d>,
    /// Whether alpha has been multiplied into the colours.
    pub(super) premultiplied: bool,
}

/// How the frames of a track are coded (`stsd`).
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Entry<'d> {
    kind: Kind,
    /// Width and height in pixels.
    pub(super) size: (u32, u32),
    /// Boxes that say more.
    pub(super) properties: Bytes<'d>,
}

impl<'d> Entry<'d> {
    /// The first of the kinds of frames, which is the only one in a file of pictures.
    fn read(mut table: Bytes<'d>) -> Option<Self> {
        version(&mut table)?;
        table.number(4)?;
        let (kind, mut entry) = boxes(table).next()?;
        // Reserved 6, reference 2, other fields 16.
        entry.take(24)?;
        let size = (entry.int(2)?, entry.int(2)?);
        // Resolution 8, reserved 4, frames 2, name 32, depth 2, and -1 of 2 bytes.
        entry.take(50)?;
        Some(Self {
            kind,
            size,
            properties: entry,
        })
    }

    /// What its frames are coded with.
    pub(super) fn coding(&self) -> Result<Coding<'d>, DocumentError> {
        match &self.kind {
            b"av01" => Ok(Coding::Av1),
            b"hvc1" | b"hev1" => {
                let config = boxes(self.properties).find(|(kind, _)| kind == b"hvcC");
                told::hevc(config.map(|(_, body)| body))
            }
            other => Err(unsupported(&format!(
                "its coding is {}",
                other.escape_ascii()
            ))),
        }
    }
}

impl<'d> Moving<'d> {
    /// Reads the tracks; `None` for a file that has none of pictures.
    pub(in super::super) fn read(file: &'d [u8]) -> Option<Self> {
        let (_, movie) = boxes(Bytes(file)).find(|(kind, _)| kind == b"moov")?;
        let tracks = boxes(movie).filter(|(kind, _)| kind == b"trak");
        let tracks: Vec<Track<'_>> = tracks
            .take(MAX_TRACKS)
            .filter_map(|(_, body)| Track::read(body))
            .collect();
        let shows = |track: &&Track<'_>| matches!(&track.handler, b"pict" | b"vide");
        let main = tracks.iter().find(shows)?;
        let alpha = tracks
            .iter()
            .find(|track| &track.handler == b"auxv" && track.belongs_to == Some(main.id));
        let (colours, cut) = main.samples(file)?;
        let mut moving = Self {
            durations_ms: main.durations_ms(colours.len()),
            alpha: alpha.and_then(|track| Some(track.samples(file)?.0)),
            plays: main.plays,
            colours,
            cut,
            entry: main.entry,
            alpha_entry: alpha.map(|track| track.entry).unwrap_or_default(),
            premultiplied: alpha.is_some_and(|track| main.premultiplied_by == Some(track.id)),
        };
        moving.colours.truncate(moving.durations_ms.len());
        Some(moving)
    }
}

/// A track as it is stored.
#[derive(Default)]
struct Track<'d> {
    id: u32,
    handler: Kind,
    /// The track that it is the alpha of.
    belongs_to: Option<u32>,
    /// The track of alpha that has been multiplied into it.
    premultiplied_by: Option<u32>,
    entry: Entry<'d>,
    timescale: u64,
    plays: u32,
    /// Runs of frames that are shown equally long (`stts`), which frames lie in which
    /// chunk (`stsc`), how long each is (`stsz`), and where chunks begin (`stco`, `co64`).
    times: Bytes<'d>,
    runs: Bytes<'d>,
    sizes: Bytes<'d>,
    chunks: Bytes<'d>,
    wide_chunks: bool,
}

fn child<'d>(of: Bytes<'d>, wanted: &Kind) -> Option<Bytes<'d>> {
    boxes(of)
        .find(|(kind, _)| kind == wanted)
        .map(|(_, body)| body)
}

/// A number that has 4 bytes in the first version of a box, and 8 in the second.
fn either(body: &mut Bytes<'_>, version: u8) -> Option<u64> {
    body.number(if version == 0 { 4 } else { 8 })
}

impl<'d> Track<'d> {
    fn read(body: Bytes<'d>) -> Option<Self> {
        let mut track = Self::default();
        let mut header = child(body, b"tkhd")?;
        let (first, _) = version(&mut header)?;
        // When it was made, and changed.
        either(&mut header, first)?;
        either(&mut header, first)?;
        track.id = header.int(4)?;
        header.number(4)?;
        let length = either(&mut header, first)?;
        track.plays = child(body, b"edts")
            .and_then(|edits| child(edits, b"elst"))
            .map_or(Some(0), |list| plays(list, length))?;
        let other = |kind: &Kind| {
            let tracks = child(body, b"tref").and_then(|refs| child(refs, kind));
            tracks.and_then(|mut tracks| tracks.int(4))
        };
        track.belongs_to = other(b"auxl");
        track.premultiplied_by = other(b"prem");
        let media = child(body, b"mdia")?;
        let mut header = child(media, b"mdhd")?;
        let (first, _) = version(&mut header)?;
        either(&mut header, first)?;
        either(&mut header, first)?;
        track.timescale = header.number(4)?.max(1);
        let mut handler = child(media, b"hdlr")?;
        handler.number(8)?;
        track.handler = handler.int(4)?.to_be_bytes();
        let table = child(child(media, b"minf")?, b"stbl")?;
        track.entry = child(table, b"stsd")
            .and_then(Entry::read)
            .unwrap_or_default();
        for (kind, mut body) in boxes(table) {
            version(&mut body)?;
            match &kind {
                b"stts" => track.times = body,
                b"stsc" => track.runs = body,
                b"stsz" => track.sizes = body,
                b"stco" => track.chunks = body,
                b"co64" => (track.chunks, track.wide_chunks) = (body, true),
                _ => {}
            }
        }
        Some(track)
    }

    /// The data of each frame, and whether some of it is missing.
    fn samples(&self, file: &'d [u8]) -> Option<(Vec<&'d [u8]>, bool)> {
        let (mut sizes, mut chunks, mut runs) = (self.sizes, self.chunks, self.runs);
        let (all_alike, count) = (sizes.size(4)?, sizes.size(4)?);
        let mut size = || match all_alike {
            0 => sizes.size(4),
            alike => Some(alike),
        };
        let chunk_count = chunks.size(4)?;
        let mut left = runs.size(4)?;
        let mut run = || {
            left = left.checked_sub(1)?;
            let (first, samples) = (runs.size(4)?, runs.size(4)?);
            runs.number(4)?;
            Some((first, samples))
        };
        let most = count.min(MAX_FRAMES as usize);
        let mut samples = Vec::new();
        let (mut now, mut next) = (run()?, run());
        for chunk in 1..=chunk_count {
            if let Some(following) = next.filter(|(first, _)| *first <= chunk) {
                (now, next) = (following, run());
            }
            let mut at = chunks.size(if self.wide_chunks { 8 } else { 4 })?;
            for _ in 0..now.1 {
                if samples.len() >= most {
                    return Some((samples, false));
                }
                let len = size()?;
                let Some(data) = file.get(at..).and_then(|rest| rest.get(..len)) else {
                    return Some((samples, true));
                };
                samples.push(data);
                at += len;
            }
        }
        Some((samples, false))
    }

    fn durations_ms(&self, frames: usize) -> Vec<u32> {
        let mut times = self.times;
        let runs = times.size(4).unwrap_or(0);
        let mut durations = Vec::new();
        for _ in 0..runs {
            let (Some(count), Some(ticks)) = (times.size(4), times.number(4)) else {
                break;
            };
            let ms = u32::try_from(ticks * 1000 / self.timescale).unwrap_or(u32::MAX);
            let count = count.min(frames.saturating_sub(durations.len()));
            durations.extend(std::iter::repeat_n(ms, count));
        }
        durations
    }
}

/// How often a track of this length is played, by what part of it is repeated.
fn plays(mut edits: Bytes<'_>, length: u64) -> Option<u32> {
    let (version, flags) = version(&mut edits)?;
    if flags & 1 == 0 {
        return Some(1);
    }
    edits.number(4)?;
    let part = either(&mut edits, version)?.max(1);
    if length == 0 || UNKNOWN.contains(&length) {
        return Some(0);
    }
    Some(u32::try_from(length.div_ceil(part)).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Three frames of 100 ms, made by ffmpeg.
    const FILE: &[u8] = include_bytes!("../../../../../fuzz/seeds/render_document/moving.avif");

    /// The file with other bytes behind a mark in it.
    fn with(mark: &[u8], skip: usize, bytes: &[u8]) -> Vec<u8> {
        let mut file = FILE.to_vec();
        let at = file.windows(mark.len()).position(|window| window == mark);
        let at = at.expect("it is there") + mark.len() + skip;
        file[at..at + bytes.len()].copy_from_slice(bytes);
        file
    }

    #[test]
    fn frames_lie_one_after_another_in_their_chunk() {
        let moving = Moving::read(FILE).unwrap();
        let lengths: Vec<usize> = moving.colours.iter().map(|frame| frame.len()).collect();
        assert_eq!(lengths, [0x22, 0x14, 0x1F]);
        assert_eq!(moving.durations_ms, [100; 3]);
        assert_eq!((moving.plays, moving.cut), (0, false));
        assert!(
            moving.colours[0].starts_with(&[0x0A, 0x09]),
            "a sequence header"
        );
    }

    #[test]
    fn counts_that_nothing_holds_are_bounded() {
        let many = with(b"stts", 8, &u32::MAX.to_be_bytes());
        assert_eq!(Moving::read(&many).unwrap().durations_ms, [100; 3]);
        let many = with(b"stsz", 8, &u32::MAX.to_be_bytes());
        assert!(Moving::read(&many).is_none_or(|moving| moving.colours.len() <= 3));
        let far = with(b"stco", 8, &u32::MAX.to_be_bytes());
        let far = Moving::read(&far).unwrap();
        assert_eq!((far.colours.len(), far.cut), (0, true));
        let endless = with(b"stsc", 12, &u32::MAX.to_be_bytes());
        assert_eq!(Moving::read(&endless).unwrap().colours.len(), 3);
    }

    #[test]
    fn every_cut_file_is_read_as_far_as_it_goes() {
        for end in 0..FILE.len() {
            let moving = Moving::read(&FILE[..end]);
            assert!(
                moving.is_none_or(|moving| moving.colours.len() < 3 && moving.cut),
                "{end}"
            );
        }
    }

    #[test]
    fn a_part_that_is_repeated_says_how_often() {
        let list = |flags: u8, part: u32| {
            let head = [0, 0, 0, flags, 0, 0, 0, 1];
            [&head[..], &part.to_be_bytes(), &[0; 8]].concat()
        };
        assert_eq!(plays(Bytes(&list(0, 40)), 40), Some(1));
        assert_eq!(plays(Bytes(&list(1, 40)), 120), Some(3));
        assert_eq!(plays(Bytes(&list(1, 40)), u32::MAX.into()), Some(0));
    }
}
