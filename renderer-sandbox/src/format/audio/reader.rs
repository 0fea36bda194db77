//! Frames of a sound, from any position on.
//!
//! Every decoded packet has a place in frames. What lies before the position that
//! is read is dropped (what an encoder put before the sound, and the run-up after
//! a jump), what is missing is silence, and what lies behind the end is cut.
//!
//! | file | holds |
//! |---|---|
//! | `first` | what the sound is, by its first packets |
//! | `packets` | from packet to packet, over what cannot be decoded, to the end |
//! | `places` | where in the sound a packet is |
//! | `jump` | to another frame |

mod first;
mod jump;
mod packets;
mod places;

use super::super::DocumentError;
use super::codec::Decoder;
use super::container::{self, Demuxer};
use super::facts::Facts;
use super::met::Met;
use super::sum::Sum;
use capmode::DocumentMemory;
use ipc::Samples;
use std::collections::VecDeque;
use std::sync::Arc;
use symphonia::core::packet::Packet;
use symphonia::core::units::Timestamp;

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
    /// Whether the container has come to its end.
    is_over: bool,
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
            is_over: false,
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
