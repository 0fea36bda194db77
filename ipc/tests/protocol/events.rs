//! Every kind of event and of list, and its bytes.

use crate::{ID, failure, page, part, text};
use ipc::{
    Attachment, Chapter, Claim, Coding, Coverage, Destination, Event, FontId, FontWanted, Format,
    Frames, Gain, ImageKind, InfoField, InfoKey, Items, Layer, Link, LinkTarget, Loudness, Match,
    Note, NoteKind, OutlineEntry, PageBox, PageEntry, PageImage, PageSize, Peak, RefusedAction,
    Script, Separator, Signature, Sound, Summary, TextRun, Wish,
};

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
    let note = Note {
        page: page(1),
        place: PageBox::new(1.0, 2.0, 3.0, 4.5).unwrap(),
        kind: NoteKind::Highlight,
        is_reply: true,
        author: text("a"),
        date: text("d"),
        lines: vec![text("hi"), text("you")],
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
        (
            Items::Notes(vec![note]),
            "0607fb2c01010e01010000803f0000004000004040000090400101016101640202686903796f75",
        ),
    ]
}

/// Every kind of event and of list, and its bytes.
pub(crate) fn events() -> Vec<(Event, &'static str)> {
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
            "021f000001fb44ac020301fb2c010010010000f0c0010000803f00",
        ),
        (Event::PasswordNeeded { wrong: true }, "0301"),
        (Event::Refused(failure()), "040209746f6f206c61726765"),
        (
            Event::Painted {
                id: ID,
                whole: true,
            },
            "050701",
        ),
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
                met: 2,
            },
            "0b07fb2c010102",
        ),
    ];
    events.extend(carried);
    events
}
