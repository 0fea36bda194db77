//! Frames of a sound, from any position on.
//!
//! Every decoded packet has a place in frames. What lies before the position that
//! is read is dropped (what an encoder put before the sound, and the run-up after
//! a jump), what is missing is silence, and what lies behind the end is cut.

use super::super::DocumentError;
use super::PLAYED;
use super::codec::{self, Decoder, Panicked};
use super::container::{self, Demuxer};
use super::facts::{Facts, First};
use super::met::Met;
use super::sum::Sum;
use super::tags::Told;
use capmode::DocumentMemory;
use ipc::{Format, Samples};
use std::collections::VecDeque;
use std::sync::Arc;
use symphonia::core::codecs::CodecParameters;
use symphonia::core::codecs::audio::AudioCodecParameters;
use symphonia::core::errors::{Error, SeekErrorKind};
use symphonia::core::formats::{SeekMode, SeekTo, Track, TrackType};
use symphonia::core::packet::Packet;
use symphonia::core::units::Timestamp;

/// Errors one after another, without a packet between them, after which a sound
/// is over. Readers find the next packet by themselves; one that does not get on
/// says the same for ever.
const MAX_ERRORS: usize = 64;

/// Packets that are decoded to find out what the sound is.
const MAX_FIRST_PACKETS: usize = 64;

/// Longest gap that is filled with silence, in seconds. A longer one is a leap of
/// the container's clock, not of the sound.
const MAX_GAP_SECONDS: i64 = 10;

/// Reads one sound.
pub(super) struct Reader {
    memory: Arc<DocumentMemory>,
    demuxer: Box<Demuxer>,
    decoder: Decoder,
    facts: Arc<Facts>,
    samples: Samples,
    /// Packets that were read to find out what the sound is.
    replay: VecDeque<Packet>,
    /// Decoded and not yet handed out, from `ready_at` on.
    ready: Vec<u8>,
    ready_at: usize,
    /// The frame that is handed out next.
    position: u64,
    /// Where the next packet begins, if it follows the last one.
    next: i64,
    /// Where the container puts the last packet.
    last: Option<Timestamp>,
    /// Whether the next packet is the very first, or the first after a jump.
    fresh: Fresh,
    /// What the container's clock is ahead by, after a leap.
    leap: i64,
    ended: bool,
    met: Met,
    /// Over what was handed out from the beginning on, where every bit counts.
    sum: Option<Sum>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fresh {
    VeryFirst,
    Jumped,
    No,
}

impl Reader {
    /// The first reader of a sound, which finds out what the sound is.
    ///
    /// # Errors
    ///
    /// [`DocumentError`] when nothing of it can be decoded.
    pub(super) fn first(
        memory: Arc<DocumentMemory>,
        mut demuxer: Box<Demuxer>,
        told: &Told,
        format: Format,
    ) -> Result<Self, DocumentError> {
        let (track, parameters) = choose(&*demuxer)?;
        let mut decoder = Decoder::new(&parameters)?;
        let (spec, replay) = first_packets(&mut *demuxer, &mut decoder, track.id)?;
        let about = (format, told, (*memory).as_ref());
        let mut facts = Facts::new(&*demuxer, &track, &parameters, spec, about)?;
        if facts.frames.is_none() {
            let known = Arc::new(facts.clone());
            facts.frames = Self::new(Arc::clone(&memory), known, PLAYED)?.count();
        }
        // What it has decoded is decoded again.
        let decoder = Decoder::new(&parameters)?;
        let mut reader = Self::with(memory, demuxer, decoder, Arc::new(facts), PLAYED);
        reader.replay = replay;
        Ok(reader)
    }

    /// What is known of the sound.
    pub(super) fn facts(&self) -> Arc<Facts> {
        Arc::clone(&self.facts)
    }

    /// Another reader of the same sound, at its beginning.
    ///
    /// # Errors
    ///
    /// [`DocumentError`], which [`Self::first`] would have met.
    pub(super) fn new(
        memory: Arc<DocumentMemory>,
        facts: Arc<Facts>,
        samples: Samples,
    ) -> Result<Self, DocumentError> {
        let demuxer = container::open(&memory)?;
        let decoder = Decoder::new(&facts.parameters)?;
        Ok(Self::with(memory, demuxer, decoder, facts, samples))
    }

    fn with(
        memory: Arc<DocumentMemory>,
        demuxer: Box<Demuxer>,
        decoder: Decoder,
        facts: Arc<Facts>,
        samples: Samples,
    ) -> Self {
        let sum = sum(&facts, samples);
        Self {
            memory,
            demuxer,
            decoder,
            facts,
            samples,
            replay: VecDeque::new(),
            ready: Vec::new(),
            ready_at: 0,
            position: 0,
            next: 0,
            last: None,
            fresh: Fresh::VeryFirst,
            leap: 0,
            ended: false,
            met: Met::default(),
            sum,
        }
    }

    /// Whether it would go on with this frame, and with such samples.
    pub(super) fn is_at(&self, frame: u64, samples: Samples) -> bool {
        self.position == frame && self.samples == samples
    }

    /// What it has met so far.
    pub(super) fn met(&self) -> Met {
        self.met
    }

    /// Fills `out`, which has whole frames; tells how many came, and whether the
    /// sound ends there.
    pub(super) fn read(&mut self, out: &mut [u8]) -> (u32, bool) {
        let (frames, last) = self.fill(out);
        if let Some(sum) = &mut self.sum {
            let bytes = bytes(frames.into(), self.facts.frame_bytes());
            sum.add(out.get(..bytes).unwrap_or_default());
            if last {
                self.met.other_sum |= self.sum.take().is_some_and(Sum::differs);
            }
        }
        (frames, last)
    }

    fn fill(&mut self, out: &mut [u8]) -> (u32, bool) {
        let frame_bytes = self.facts.frame_bytes();
        let mut filled = 0;
        loop {
            let rest = out.get_mut(filled..).unwrap_or_default();
            let ready = self.ready.get(self.ready_at..).unwrap_or_default();
            let len = rest.len().min(ready.len());
            if let (Some(to), Some(from)) = (rest.get_mut(..len), ready.get(..len)) {
                to.copy_from_slice(from);
            }
            filled += len;
            self.ready_at += len;
            self.position += (len / frame_bytes.max(1)) as u64;
            if filled >= out.len() {
                let at_end = self.ready_at >= self.ready.len()
                    && (self.ended || self.facts.end.is_some_and(|end| self.position >= end));
                return (frames(filled, frame_bytes), at_end);
            }
            if self.ended || !self.decode_next() {
                self.ended = true;
                return (frames(filled, frame_bytes), true);
            }
        }
    }

    /// Goes to a frame. What is decoded from there is what is decoded without the
    /// jump, as far as the codec forgets.
    ///
    /// # Errors
    ///
    /// [`DocumentError`] when it cannot even start again.
    pub(super) fn jump(&mut self, frame: u64, samples: Samples) -> Result<(), DocumentError> {
        self.samples = samples;
        let run_up = codec::run_up(self.facts.parameters.codec);
        self.go(frame, frame.saturating_sub(run_up))
    }

    /// Goes to somewhere near a frame, without a run-up: enough to see how loud it is.
    ///
    /// # Errors
    ///
    /// As [`Self::jump`].
    pub(super) fn glance(&mut self, frame: u64, out: &mut Vec<u8>) -> Result<(), DocumentError> {
        /// The first packet after a jump has lost what it overlaps with.
        const PACKETS: usize = 2;
        self.go(frame, frame)?;
        for _ in 0..PACKETS {
            let Some(packet) = self.packet() else {
                break;
            };
            out.clear();
            if let Err(Panicked) = self.decoder.decode(&packet, PLAYED, out) {
                self.decoder = Decoder::new(&self.facts.parameters)?;
            }
        }
        // It stands nowhere now.
        self.position = u64::MAX;
        Ok(())
    }

    fn go(&mut self, frame: u64, from: u64) -> Result<(), DocumentError> {
        self.replay.clear();
        self.ready.clear();
        self.ready_at = 0;
        self.leap = 0;
        self.sum = match frame {
            0 => sum(&self.facts, self.samples),
            _ => None,
        };
        self.ended = self.facts.end.is_some_and(|end| frame >= end);
        if from == 0 {
            self.rewind()?;
        } else {
            let (ts, track_id) = (self.facts.time_of(from), self.facts.track);
            let to = SeekTo::Timestamp { ts, track_id };
            match self.demuxer.seek(SeekMode::Accurate, to) {
                Ok(found) if self.facts.frame_of(found.actual_ts) <= frame.cast_signed() => {
                    self.decoder.reset();
                    self.fresh = Fresh::Jumped;
                }
                Err(Error::SeekError(SeekErrorKind::OutOfRange))
                    if self.facts.frames.is_none_or(|all| frame >= all) =>
                {
                    self.ended = true;
                }
                // Slower, and always possible.
                Ok(_) | Err(_) => self.rewind()?,
            }
        }
        self.position = frame;
        Ok(())
    }

    fn rewind(&mut self) -> Result<(), DocumentError> {
        self.demuxer = container::open(&self.memory)?;
        self.decoder = Decoder::new(&self.facts.parameters)?;
        self.fresh = Fresh::VeryFirst;
        self.next = 0;
        Ok(())
    }

    /// Decodes packets until there is something to hand out; `false` at the end.
    fn decode_next(&mut self) -> bool {
        self.ready.clear();
        self.ready_at = 0;
        while self.ready.is_empty() {
            let Some(packet) = self.packet() else {
                return false;
            };
            self.decode(&packet);
            if self
                .facts
                .end
                .is_some_and(|end| self.next >= end.cast_signed())
            {
                return !self.ready.is_empty();
            }
        }
        true
    }

    /// The next packet of the track; `None` at the end.
    fn packet(&mut self) -> Option<Packet> {
        if let Some(packet) = self.replay.pop_front() {
            return Some(packet);
        }
        let mut errors = 0;
        while errors < MAX_ERRORS {
            match self.demuxer.next_packet() {
                Ok(Some(packet)) if packet.track_id == self.facts.track => {
                    self.met.damage |= errors > 0;
                    return Some(packet);
                }
                Ok(Some(_)) => errors = 0,
                Ok(None) => break,
                // Another stream follows, with other properties.
                Err(Error::ResetRequired) => return None,
                Err(Error::IoError(error)) if error.kind() == std::io::ErrorKind::UnexpectedEof => {
                    // Some say it of every end that is not announced.
                    errors += 1;
                    break;
                }
                Err(_) => errors += 1,
            }
        }
        let told = self.facts.frames.filter(|_| self.facts.trims);
        let is_early = told.is_some_and(|frames| self.next < frames.cast_signed());
        self.met.early_end |= errors > 0 && is_early && self.fresh == Fresh::No;
        None
    }

    fn decode(&mut self, packet: &Packet) {
        let mut bytes = std::mem::take(&mut self.ready);
        let decoded = self.decoder.decode(packet, self.samples, &mut bytes);
        self.ready = bytes;
        let decoded = match decoded {
            Ok(decoded) => decoded.filter(|decoded| decoded.spec == self.facts.spec),
            Err(Panicked) => {
                // The next packet begins with a new one; a sound that has none any more
                // has had one before.
                if let Ok(decoder) = Decoder::new(&self.facts.parameters) {
                    self.decoder = decoder;
                }
                None
            }
        };
        let frames = decoded.map_or(0, |decoded| decoded.frames);
        if decoded.is_none() {
            self.ready.clear();
            // A decoder may need some packets after a jump before it can do anything.
            self.met.damage |= self.fresh == Fresh::No;
        }
        self.place(packet, i64::try_from(frames).unwrap_or(0));
    }

    /// Cuts what was decoded to what is to be heard, and puts silence before it
    /// where something is missing.
    fn place(&mut self, packet: &Packet, frames: i64) {
        let start = self.start_of(packet, frames);
        self.fresh = Fresh::No;
        self.last = Some(packet.pts);
        let trimmed = match self.facts.trims {
            true => self.facts.frames_of(packet.trim_end.get()),
            false => 0,
        };
        let trimmed = trimmed.saturating_add(self.facts.padding_of(packet.pts));
        let mut stop = start.saturating_add(frames);
        self.next = stop;
        stop = stop.saturating_sub(i64::try_from(trimmed).unwrap_or(i64::MAX));
        if let Some(end) = self.facts.end {
            stop = stop.min(end.cast_signed());
        }
        let position = self.position.cast_signed();
        if stop <= position.max(start) || frames == 0 {
            self.ready.clear();
            return;
        }
        let frame_bytes = self.facts.frame_bytes();
        let keep = bytes(stop - start, frame_bytes);
        self.ready.truncate(keep);
        if start < position {
            self.ready_at = bytes(position - start, frame_bytes);
        } else if start > position {
            let gap = start - position;
            if gap <= MAX_GAP_SECONDS * i64::from(self.facts.spec.rate) {
                let silence = bytes(gap, frame_bytes);
                self.ready.splice(0..0, std::iter::repeat_n(0, silence));
                self.met.damage = true;
            } else {
                self.leap += gap;
                self.next -= gap;
            }
        }
    }

    /// The frame that a packet begins with.
    fn start_of(&self, packet: &Packet, frames: i64) -> i64 {
        let told = self.facts.frame_of(packet.pts).saturating_sub(self.leap);
        match (self.fresh, self.facts.first) {
            (Fresh::VeryFirst, First::Before(skip)) => -skip,
            (Fresh::VeryFirst, First::Overlap) => -frames,
            (Fresh::VeryFirst | Fresh::Jumped, _) => told,
            (Fresh::No, _) if self.facts.is_exact() => told,
            // Several packets with one time, as Matroska has them, follow each other.
            (Fresh::No, _) if self.last == Some(packet.pts) => self.next,
            // Coarser than frames: packets follow each other unless they are far apart.
            (Fresh::No, _) => {
                let near = i64::from(self.facts.spec.rate) / 20;
                match told.abs_diff(self.next) > near.unsigned_abs() {
                    true => told,
                    false => self.next,
                }
            }
        }
    }

    /// How long the sound is by the packets it has, without decoding them.
    fn count(&mut self) -> Option<u64> {
        let mut last = None;
        while let Some(packet) = self.packet() {
            let end = packet.pts.saturating_add(packet.block_dur());
            last = last.max(Some(self.facts.frame_of(end)));
        }
        u64::try_from(last?).ok().filter(|frames| *frames > 0)
    }
}

/// The track that is heard, and what it says of itself.
fn choose(demuxer: &Demuxer) -> Result<(Track, AudioCodecParameters), DocumentError> {
    let of = |track: &Track| match &track.codec_params {
        Some(CodecParameters::Audio(parameters)) => Some((track.clone(), parameters.clone())),
        _ => None,
    };
    let default = demuxer.default_track(TrackType::Audio).and_then(of);
    let all = demuxer.tracks().iter().filter_map(of);
    let mut why = None;
    for (track, parameters) in default.into_iter().chain(all) {
        match Decoder::new(&parameters) {
            Ok(_) => return Ok((track, parameters)),
            Err(error) => drop(why.get_or_insert(error)),
        }
    }
    Err(why.unwrap_or_else(|| {
        DocumentError::Unsupported("there is no sound in it that Pellucid can play".to_owned())
    }))
}

/// Decodes until something comes out; tells what it is, and keeps the packets.
fn first_packets(
    demuxer: &mut Demuxer,
    decoder: &mut Decoder,
    track: u32,
) -> Result<(codec::Spec, VecDeque<Packet>), DocumentError> {
    let mut packets = VecDeque::new();
    let mut errors = 0;
    while packets.len() < MAX_FIRST_PACKETS && errors < MAX_ERRORS {
        let packet = match demuxer.next_packet() {
            Ok(Some(packet)) if packet.track_id == track => packet,
            Ok(Some(_)) => continue,
            Ok(None) => break,
            Err(Error::IoError(_) | Error::ResetRequired) => break,
            Err(_) => {
                errors += 1;
                continue;
            }
        };
        let decoded = decoder.decode(&packet, PLAYED, &mut Vec::new());
        packets.push_back(packet);
        match decoded {
            Ok(Some(decoded)) => return Ok((decoded.spec, packets)),
            Ok(None) => {}
            Err(Panicked) => break,
        }
    }
    Err(DocumentError::Damaged(
        "nothing of the sound can be decoded".to_owned(),
    ))
}

fn sum(facts: &Facts, samples: Samples) -> Option<Sum> {
    match samples {
        Samples::Int32 => Sum::of(&facts.parameters, facts.coding),
        Samples::Float32 => None,
    }
}

fn frames(bytes: usize, frame_bytes: usize) -> u32 {
    u32::try_from(bytes / frame_bytes.max(1)).unwrap_or(u32::MAX)
}

fn bytes(frames: i64, frame_bytes: usize) -> usize {
    usize::try_from(frames)
        .unwrap_or(0)
        .saturating_mul(frame_bytes)
}
