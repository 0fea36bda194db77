//! The bytes of every message, and what becomes of bytes that are no message.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod events;
mod requests;

use events::events;
use ipc::codec::{decode_event, decode_request, encode_event, encode_request};
use ipc::limits::{MAX_MESSAGE_BYTES, MAX_NOTE_LINES};
use ipc::{
    Event, Failure, FailureKind, FontPlace, InfoField, InfoKey, Items, PageIndex, Part, Phase,
    ProtocolError, RequestId, Text,
};
use requests::requests;

const ID: RequestId = RequestId(7);

fn text(text: &str) -> Text {
    Text::new(text.to_owned()).unwrap()
}

fn failure() -> Failure {
    Failure {
        kind: FailureKind::Limit,
        detail: text("too large"),
    }
}

fn page(index: u32) -> PageIndex {
    PageIndex::new(index).unwrap()
}

fn part(items: Items) -> Event {
    Event::Part(Part {
        id: ID,
        number: 300,
        last: true,
        items,
    })
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn every_request_has_these_bytes() {
    for (request, bytes) in requests() {
        let encoded = encode_request(&request).unwrap();
        assert_eq!(hex(encoded.bytes()), bytes, "{request:?}");
        assert_eq!(decode_request(encoded.bytes()).unwrap(), request);
    }
}

#[test]
fn every_event_has_these_bytes() {
    for (event, bytes) in events() {
        let encoded = encode_event(&event).unwrap();
        assert_eq!(hex(encoded.bytes()), bytes, "{event:?}");
        assert_eq!(decode_event(encoded.bytes()).unwrap(), event);
    }
}

#[test]
fn message_that_is_cut_or_longer_is_refused() {
    for (event, _) in events() {
        let mut bytes = encode_event(&event).unwrap().bytes().to_vec();
        for end in 0..bytes.len() {
            assert!(
                decode_event(&bytes[..end]).is_err(),
                "{event:?} cut at {end}"
            );
        }
        bytes.push(0);
        let trailing = Err(ProtocolError::TrailingBytes(1));
        assert_eq!(decode_event(&bytes), trailing, "{event:?}");
    }
    assert_eq!(decode_event(&[]), Err(ProtocolError::Empty));
    let long = [0; MAX_MESSAGE_BYTES + 1];
    assert_eq!(decode_event(&long), Err(ProtocolError::TooLong));
}

#[test]
fn length_that_is_not_there_is_refused() {
    // Lists of 2^32 and of 2^64 items, in a message of a few bytes.
    for length in [
        &[252, 255, 255, 255, 255][..],
        &[253, 255, 255, 255, 255, 255, 255, 255, 255],
    ] {
        for list in 0..3 {
            let mut bytes = vec![6, 7, 0, 1, list];
            bytes.extend_from_slice(length);
            assert!(matches!(
                decode_event(&bytes),
                Err(ProtocolError::Malformed(_))
            ));
        }
    }
}

#[test]
fn million_random_and_changed_messages_are_decoded_or_refused() {
    // A fixed sequence (xorshift64*), so that a failure repeats.
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    let mut next = move |below: usize| {
        state ^= state >> 12;
        state ^= state << 25;
        state ^= state >> 27;
        (state.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) as usize % below
    };
    let encoded = events()
        .into_iter()
        .map(|(m, _)| encode_event(&m).unwrap().bytes().to_vec());
    let golden: Vec<Vec<u8>> = encoded.collect();
    let mut decoded = 0;
    for round in 0..1_000_000 {
        let bytes: Vec<u8> = if round % 2 == 0 {
            (0..next(64)).map(|_| next(256) as u8).collect()
        } else {
            let mut bytes = golden[next(golden.len())].clone();
            let at = next(bytes.len());
            bytes[at] = next(256) as u8;
            bytes
        };
        decoded += usize::from(decode_event(&bytes).is_ok());
        decoded += usize::from(decode_request(&bytes).is_ok());
    }
    assert!(
        decoded > 1000,
        "only {decoded} were messages: nothing was tried"
    );
}

#[test]
fn font_outside_its_memory_is_refused() {
    assert_eq!(FontPlace::new(0, 0), None);
    assert_eq!(FontPlace::new(u32::MAX, 1), None);
    assert_eq!(FontPlace::new(0, (64 << 20) + 1), None);
    assert!(FontPlace::new((192 << 20) - 1, 1).is_some());
    // The answer to font 3 at the last byte there is, and two bytes long.
    let bytes = [19, 3, 1, 252, 255, 255, 255, 11, 2];
    assert!(decode_request(&bytes).is_err());
}

#[test]
fn values_out_of_their_range_are_refused() {
    let mut entry = vec![6, 7, 0, 1, 0, 1];
    entry.extend(f32::NAN.to_le_bytes());
    entry.extend(842.0_f32.to_le_bytes());
    entry.push(0);
    assert!(decode_event(&entry).is_err(), "a width that is no number");
    // What the sounds below would be with one number changed.
    assert!(decode_event(&[2, 27, 0, 0, 1, 1, 1, 0, 0, 2, 0, 0]).is_ok());
    assert!(decode_event(&[2, 27, 0, 0, 1, 1, 1, 0, 0, 0, 32, 0, 0]).is_ok());
    for bytes in [
        &[2, 0, 0, 0, 0][..],                       // no pages
        &[2, 0, 252, 0, 0, 9, 0, 0, 0],             // 589 824 pages
        &[2, 99, 1, 0, 0],                          // an unknown format
        &[2, 27, 1, 0, 1, 1, 1, 0, 0, 2, 0, 0],     // a sound with a page
        &[2, 27, 0, 0, 1, 0, 1, 0, 0, 2, 0, 0],     // no frames a second
        &[2, 27, 0, 0, 1, 1, 0, 0, 0, 2, 0, 0],     // no channels
        &[2, 27, 0, 0, 1, 1, 255, 0, 0, 2, 0, 0],   // 255 channels
        &[2, 27, 0, 0, 1, 1, 1, 0, 0, 0, 33, 0, 0], // samples of 33 bits
        &[3, 2],                                    // a boolean that is 2
        &[4, 0, 1, 0x1B],                           // an escape in a sentence
        &[4, 0, 2, 0xC3, 0x28],                     // no UTF-8
        &[12],                                      // an unknown event
    ] {
        assert!(
            matches!(decode_event(bytes), Err(ProtocolError::Malformed(_))),
            "{bytes:?}"
        );
    }
}

#[test]
fn keys_of_what_a_document_says_keep_their_numbers() {
    for (key, number) in [
        (InfoKey::Version, 0),
        (InfoKey::Location, 18),
        (InfoKey::AlbumGain, 38),
        (InfoKey::Copyright, 39),
        (InfoKey::Rating, 40),
        (InfoKey::Metadata, 41),
    ] {
        let value = text("x");
        let event = part(Items::Info(vec![InfoField { key, value }]));
        let bytes = encode_event(&event).unwrap();
        assert_eq!(bytes.bytes().iter().rev().nth(2), Some(&number), "{key:?}");
        assert_eq!(decode_event(bytes.bytes()).unwrap(), event);
    }
}

#[test]
fn note_without_words_with_too_many_or_of_another_kind_is_refused() {
    let bytes = |kind: u8, lines: usize| {
        let mut bytes = vec![6, 7, 0, 1, 14, 1, 0];
        let edges = [0.0_f32, 0.0, 1.0, 1.0];
        bytes.extend(edges.iter().flat_map(|edge| edge.to_le_bytes()));
        bytes.extend([kind, 0, 0, 0, u8::try_from(lines).unwrap()]);
        bytes.extend((0..lines).flat_map(|_| [1, b'a']));
        bytes
    };
    for lines in [1, MAX_NOTE_LINES] {
        assert!(decode_event(&bytes(7, lines)).is_ok(), "{lines}");
    }
    for (kind, lines) in [(0, 0), (0, MAX_NOTE_LINES + 1), (8, 1)] {
        assert!(decode_event(&bytes(kind, lines)).is_err(), "{kind} {lines}");
    }
    let mut turning = bytes(0, 1);
    turning.truncate(turning.len() - 2);
    // U+202E in UTF-8.
    turning.extend([3, 0xe2, 0x80, 0xae]);
    assert!(decode_event(&turning).is_err());
}

#[test]
fn nothing_is_said_out_of_turn() {
    let asks: &[&str] = &[
        "Paint",
        "Pages",
        "Info",
        "Text",
        "Outline",
        "Links",
        "Search",
        "Frames",
        "Credit",
        "Cancel",
        "Attachments",
        "Extract",
        "Layers",
        "ShowLayers",
        "Signatures",
        "Wishes",
        "Images",
        "Font",
        "Sound",
        "Waveform",
        "Chapters",
        "Notes",
    ];
    let may_say: [(Phase, &[&str], &[&str]); 7] = [
        (Phase::Starting, &[], &["Confined", "Panicked"]),
        (Phase::Confined, &["Open"], &["Panicked"]),
        (Phase::Locking, &[], &["Locked", "Refused", "Panicked"]),
        (
            Phase::Opening,
            &[],
            &["Opened", "PasswordNeeded", "Refused", "Panicked"],
        ),
        (Phase::NeedsPassword, &["Unlock"], &["Panicked"]),
        (
            Phase::Ready,
            asks,
            &[
                "Painted",
                "Copied",
                "Sound",
                "Part",
                "Failed",
                "FontWanted",
                "Panicked",
            ],
        ),
        (Phase::Closed, &[], &[]),
    ];
    assert_eq!(may_say.map(|(phase, ..)| phase), Phase::ALL);
    for (phase, broker, renderer) in may_say {
        for (request, _) in requests() {
            let name = format!("{:?}", request.kind());
            let may = broker.contains(&name.as_str());
            assert_eq!(
                phase.after_request(&request).is_ok(),
                may,
                "{phase:?} {name}"
            );
        }
        for (event, _) in events() {
            let name = format!("{:?}", event.kind());
            let may = renderer.contains(&name.as_str());
            assert_eq!(phase.after_event(&event).is_ok(), may, "{phase:?} {name}");
        }
    }
}
