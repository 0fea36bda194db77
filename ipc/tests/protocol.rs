//! The bytes of every message, and what becomes of bytes that are no message.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use ipc::codec::{decode_event, decode_request, encode_event, encode_request};
use ipc::limits::MAX_MESSAGE_BYTES;
use ipc::{
    Attachment, Buckets, Chapter, Claim, Coding, Coverage, Destination, DocumentSource, Event,
    Failure, FailureKind, FontId, FontPlace, FontWanted, Format, Frames, Gain, ImageKind,
    InfoField, InfoKey, Items, Layer, LayerSet, Link, LinkTarget, Loudness, Match, Open,
    OutlineEntry, PageBox, PageEntry, PageImage, PageIndex, PageSize, Part, Peak, Phase,
    ProtocolError, Query, RefusedAction, Request, RequestId, Samples, Script, Secret, Separator,
    Signature, Sound, Stretch, Summary, Text, TextRun, Tile, TileSize, Wish,
};

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

/// Every kind of request, and its bytes.
fn requests() -> Vec<(Request, &'static str)> {
    let size = TileSize::new(1240, 877).unwrap();
    let tile = Tile::new(page(2), (1240, 1754), (0, 877), size).unwrap();
    let tile = tile.of_frame(9).unwrap();
    let open = Open {
        source: DocumentSource::File,
        document_bytes: 1 << 33,
        slots: 3,
        slot_bytes: 64 << 20,
        workers: 2,
    };
    let secret = Secret::new("sesame".to_owned()).unwrap();
    let query = Query {
        pattern: text("ab"),
        match_case: true,
        match_accents: false,
        whole_word: true,
        regex: false,
    };
    vec![
        (Request::Open(open), "0001fd000000000200000003fc0000000402"),
        (Request::Unlock(secret), "0106736573616d65"),
        (
            Request::Paint {
                id: ID,
                tile,
                slot: 1,
            },
            "020702fbd804fbda0600fb6d03fbd804fb6d030901",
        ),
        (
            Request::Pages {
                id: ID,
                first: page(250),
                count: 251,
            },
            "0307fafbfb00",
        ),
        (Request::Info { id: ID }, "0407"),
        (
            Request::Text {
                id: ID,
                page: page(1),
            },
            "050701",
        ),
        (Request::Outline { id: ID }, "0607"),
        (
            Request::Links {
                id: ID,
                page: page(1),
            },
            "070701",
        ),
        (
            Request::Search {
                id: ID,
                page: page(1),
                query,
            },
            "08070102616201000100",
        ),
        (
            Request::Frames {
                id: ID,
                page: page(1),
            },
            "090701",
        ),
        (Request::Credit { id: ID, parts: 16 }, "0a0710"),
        (
            Request::Cancel {
                id: RequestId(u32::MAX),
            },
            "0bfcffffffff",
        ),
        (Request::Attachments { id: ID }, "0c07"),
        (
            Request::Extract {
                id: ID,
                attachment: 2,
                offset: 1 << 32,
                slot: 1,
            },
            "0d0702fd000000000100000001",
        ),
        (Request::Layers { id: ID }, "0e07"),
        (
            Request::ShowLayers {
                id: ID,
                shown: LayerSet::new([true, false, true]),
            },
            "0f070105",
        ),
        (Request::Signatures { id: ID }, "1007"),
        (Request::Wishes { id: ID }, "1107"),
        (
            Request::Images {
                id: ID,
                page: page(1),
            },
            "120701",
        ),
        (
            Request::Font {
                font: FontId(3),
                place: FontPlace::new(4096, 100),
            },
            "130301fb001064",
        ),
        (
            Request::Sound {
                id: ID,
                stretch: Stretch::new(1 << 32, 48_000, Samples::Int32).unwrap(),
                slot: 1,
            },
            "1407fd0000000001000000fb80bb0101",
        ),
        (
            Request::Waveform {
                id: ID,
                buckets: Buckets::new(1000, 40, 20, true).unwrap(),
            },
            "1507fbe803281401",
        ),
        (Request::Chapters { id: ID }, "1607"),
    ]
}

/// What a document carries beside its pages.
fn contents() -> Vec<(Items, &'static str)> {
    let attachment = Attachment {
        name: text("a.txt"),
        description: text("d"),
        media_type: text("text/plain"),
        bytes: Some(300),
        page: Some(page(1)),
    };
    let layer = Layer {
        depth: 1,
        name: text("L"),
        shown: true,
        locked: false,
    };
    let signature = Signature {
        field: text("f"),
        signer: text("s"),
        reason: text("r"),
        date: text("d"),
        kind: text("k"),
        coverage: Coverage::Added(300),
    };
    let wish = Wish {
        action: RefusedAction::Launch,
        occasion: text("o"),
        detail: text("d"),
        page: None,
    };
    let image = PageImage {
        place: PageBox::new(1.0, 2.0, 3.0, 4.5).unwrap(),
        kind: ImageKind::Scan,
    };
    vec![
        (
            Items::Attachments(vec![attachment]),
            "0607fb2c0101070105612e74787401640a746578742f706c61696e01fb2c010101",
        ),
        (Items::Layers(vec![layer]), "0607fb2c0101080101014c0100"),
        (
            Items::Signatures(vec![signature]),
            "0607fb2c010109010166017301720164016b01fb2c01",
        ),
        (Items::Wishes(vec![wish]), "0607fb2c01010a0100016f016400"),
        (
            Items::Images(vec![image]),
            "0607fb2c01010b010000803f00000040000040400000904002",
        ),
        (
            Items::Peaks(vec![Peak {
                low: -127,
                high: 5,
                rms: 255,
            }]),
            "0607fb2c01010c018105ff",
        ),
        (
            Items::Chapters(vec![Chapter {
                start: 300,
                title: text("C"),
            }]),
            "0607fb2c01010d01fb2c010143",
        ),
    ]
}

/// Every kind of event and of list, and its bytes.
fn events() -> Vec<(Event, &'static str)> {
    let claim = Claim {
        build: 0x0102_0304_0506_0708,
        layers: 0x1F,
        landlock_abi: 7,
    };
    let summary = Summary {
        format: Format::Pdf,
        pages: 3,
        encrypted: true,
        sound: None,
    };
    let heard = Summary {
        format: Format::Flac,
        pages: 0,
        encrypted: false,
        sound: Some(Sound {
            rate: 44_100,
            channels: 2,
            layout: 3,
            frames: Some(300),
            coding: Coding::Lossless(16),
            loudness: Loudness {
                track: Gain::new(-7.5, Some(1.0)),
                album: None,
            },
        }),
    };
    let entry = PageEntry {
        size: PageSize::new(595.0, 842.0).unwrap(),
        label: text("iv"),
    };
    let field = InfoField {
        key: InfoKey::Title,
        value: text("A title"),
    };
    let place = PageBox::new(1.0, 2.0, 3.0, 4.5).unwrap();
    let destination = Destination {
        page: page(1),
        top: Some(4.0),
    };
    let outline = OutlineEntry {
        depth: 2,
        title: text("T"),
        leads_to: Some(destination),
    };
    let link = |target| Link { place, target };
    let links = vec![
        link(LinkTarget::Inside(destination)),
        link(LinkTarget::Address(text("a:b"))),
        link(LinkTarget::Refused(RefusedAction::JavaScript)),
    ];
    let found = Match {
        places: vec![place],
        before: text("b"),
        found: text("f"),
        after: text("a"),
    };
    let frames = Frames {
        plays: 3,
        durations_ms: vec![40, 1000],
    };
    let run = TextRun {
        text: text("wörd"),
        place: PageBox::new(1.0, 2.0, 3.0, 4.5).unwrap(),
        then: Separator::Line,
    };
    let carried = contents()
        .into_iter()
        .map(|(items, bytes)| (part(items), bytes));
    let wanted = FontWanted {
        family: text("Ryumin"),
        script: Script::Japanese,
        serif: true,
        bold: false,
        italic: true,
    };
    let mut events = vec![
        (Event::Confined(claim), "00fd08070605040302011f07"),
        (Event::Locked, "01"),
        (Event::Opened(summary), "0200030100"),
        (
            Event::Opened(heard),
            "021e000001fb44ac020301fb2c010010010000f0c0010000803f00",
        ),
        (Event::PasswordNeeded { wrong: true }, "0301"),
        (Event::Refused(failure()), "040209746f6f206c61726765"),
        (Event::Painted { id: ID }, "0507"),
        (
            part(Items::Pages(vec![entry])),
            "0607fb2c0101000100c0144400805244026976",
        ),
        (
            part(Items::Info(vec![field])),
            "0607fb2c01010101010741207469746c65",
        ),
        (
            part(Items::Text(vec![run])),
            "0607fb2c010102010577c3b672640000803f00000040000040400000904002",
        ),
        (
            part(Items::Outline(vec![outline])),
            "0607fb2c0101030102015401010100008040",
        ),
        (
            part(Items::Links(links)),
            "0607fb2c010104030000803f000000400000404000009040000101000080400000803f0000004000004040000090400103613a620000803f0000004000004040000090400201",
        ),
        (
            part(Items::Matches(vec![found])),
            "0607fb2c01010501010000803f000000400000404000009040016201660161",
        ),
        (part(Items::Frames(frames)), "0607fb2c010106030228fbe803"),
        (
            Event::Failed {
                id: ID,
                failure: failure(),
            },
            "07070209746f6f206c61726765",
        ),
        (
            Event::Panicked {
                place: text("a.rs:1"),
                message: text("why"),
            },
            "0806612e72733a3103776879",
        ),
        (
            Event::Copied {
                id: ID,
                bytes: 300,
                last: true,
            },
            "0907fb2c0101",
        ),
        (
            Event::FontWanted {
                font: FontId(3),
                wanted,
            },
            "0a03065279756d696e01010001",
        ),
        (
            Event::Sound {
                id: ID,
                frames: 300,
                last: true,
            },
            "0b07fb2c0101",
        ),
    ];
    events.extend(carried);
    events
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
