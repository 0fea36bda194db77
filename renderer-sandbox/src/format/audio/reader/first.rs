//! What a sound is: the track that is heard, and its first packets.

use super::Reader;
use super::packets::MAX_ERRORS;
use crate::format::DocumentError;
use crate::format::audio::PLAYED;
use crate::format::audio::codec::{self, Decoder, Panicked};
use crate::format::audio::container::Demuxer;
use crate::format::audio::facts::Facts;
use crate::format::audio::tags::Told;
use capmode::DocumentMemory;
use ipc::Format;
use std::collections::VecDeque;
use std::sync::Arc;
use symphonia::core::codecs::CodecParameters;
use symphonia::core::codecs::audio::AudioCodecParameters;
use symphonia::core::errors::Error;
use symphonia::core::formats::{Track, TrackType};
use symphonia::core::packet::Packet;

/// Packets that are decoded to find out what the sound is.
const MAX_FIRST_PACKETS: usize = 64;

impl Reader {
    /// The first reader of a sound, which finds out what the sound is.
    ///
    /// # Errors
    ///
    /// [`DocumentError`] when nothing of it can be decoded.
    pub(in crate::format::audio) fn first(
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
