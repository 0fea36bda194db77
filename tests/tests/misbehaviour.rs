//! A renderer that lies, floods, hangs or dies costs its own document and
//! nothing else: the broker says what happened, and goes on.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on has failed"
)]

use app::broker::limits::Limits;
use app::broker::{Broker, BrokerError, Programs, RendererEnd, Session, SoundPiece, Source};
use ipc::limits::MAX_PEAK;
use ipc::{Buckets, PageIndex, ProtocolError, Samples, Stretch, Summary, Tile, TileSize};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use tests::process::is_alive;

/// Long enough for every machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// Short enough to wait for.
const DEADLINE: Duration = Duration::from_secs(3);

fn broker() -> Broker {
    broker_with(PATIENCE)
}

/// A broker that waits so long for an answer.
fn broker_with(answer: Duration) -> Broker {
    let programs = Programs {
        renderer: tests::program("hostile-renderer"),
    };
    let limits = Limits {
        memory_bytes: 256 << 20,
        answer: Some(answer),
        workers: 1,
    };
    Broker::start(&programs, limits).unwrap()
}

/// A session with a renderer that will do what `word` says.
fn session(broker: &mut Broker, word: &str) -> Session {
    let source = Source::from_bytes(word.as_bytes()).unwrap();
    let renderer = broker.renderer().unwrap();
    Session::new(renderer, source, std::sync::Arc::default()).unwrap()
}

/// How a renderer ends that misbehaves before the document is open.
fn end_at_open(word: &str) -> RendererEnd {
    end_of_opening(broker(), word)
}

fn end_of_opening(mut broker: Broker, word: &str) -> RendererEnd {
    match session(&mut broker, word).open() {
        Err(BrokerError::Ended(end)) => end,
        other => panic!("{word}: {other:?}"),
    }
}

/// How a renderer ends that misbehaves when it is asked for text.
fn end_at_text(word: &str) -> RendererEnd {
    end_of_reading(broker(), word)
}

fn end_of_reading(mut broker: Broker, word: &str) -> RendererEnd {
    let mut session = session(&mut broker, word);
    session.open().unwrap();
    match session.text(PageIndex::new(0).unwrap()) {
        Err(BrokerError::Ended(end)) => end,
        other => panic!("{word}: {other:?}"),
    }
}

#[test]
fn bytes_that_are_no_message_end_the_renderer() {
    for word in [
        "garbage",
        "no-pages",
        "million-pages",
        "no-rate",
        "wild-rate",
        "no-channels",
        "wild-channels",
    ] {
        let end = end_at_open(word);
        assert!(
            matches!(end, RendererEnd::BadMessage(ProtocolError::Malformed(_))),
            "{word}: {end:?}"
        );
    }
    assert_eq!(
        end_at_open("too-long"),
        RendererEnd::BadMessage(ProtocolError::TooLong)
    );
}

#[test]
fn message_out_of_turn_ends_the_renderer() {
    // The one byte is the whole of `Locked`, which has been said.
    for word in ["wrong-phase", "one-byte"] {
        let end = end_at_open(word);
        assert!(
            matches!(end, RendererEnd::BadMessage(ProtocolError::Phase { .. })),
            "{word}: {end:?}"
        );
    }
}

#[test]
fn answer_that_nobody_asked_for_ends_the_renderer() {
    let end = end_at_text("wrong-id");
    assert!(
        matches!(
            end,
            RendererEnd::BadMessage(ProtocolError::UnknownRequest(_))
        ),
        "{end:?}"
    );
    let end = end_at_text("out-of-order");
    assert!(
        matches!(end, RendererEnd::BadMessage(ProtocolError::Part { .. })),
        "{end:?}"
    );
}

#[test]
fn second_answer_to_a_request_ends_the_renderer() {
    let mut broker = broker();
    let mut session = session(&mut broker, "twice");
    session.open().unwrap();
    let page = PageIndex::new(0).unwrap();
    assert_eq!(session.text(page).unwrap(), []);
    let second = session.text(page);
    assert!(
        matches!(second, Err(BrokerError::Ended(RendererEnd::BadMessage(_)))),
        "{second:?}"
    );
}

#[test]
fn piece_of_an_attachment_that_cannot_be_ends_the_renderer() {
    for word in ["copies-nothing", "copies-too-much"] {
        let mut broker = broker();
        let mut session = session(&mut broker, word);
        session.open().unwrap();
        let copied = session.extract(0, 100, |_| panic!("{word}: something was handed on"));
        assert!(
            matches!(
                copied,
                Err(BrokerError::Ended(RendererEnd::BadMessage(
                    ProtocolError::Malformed(_)
                )))
            ),
            "{word}: {copied:?}"
        );
    }
}

/// Asks for a hundred frames of what `word` makes of a sound.
fn sound(word: &str) -> (Session, Summary, Result<SoundPiece, BrokerError>) {
    let mut broker = broker();
    let mut session = session(&mut broker, word);
    let summary = session.open().unwrap();
    let stretch = Stretch::new(0, 100, Samples::Float32).unwrap();
    let piece = session.sound(stretch);
    (session, summary, piece)
}

#[test]
fn sound_that_cannot_be_ends_the_renderer() {
    for word in ["sound-too-long", "sound-backwards", "sound-endless"] {
        let (_, _, heard) = sound(word);
        assert!(
            matches!(
                heard,
                Err(BrokerError::Ended(RendererEnd::BadMessage(
                    ProtocolError::Malformed(_)
                )))
            ),
            "{word}: {heard:?}"
        );
    }
    let mut broker = broker();
    let mut session = session(&mut broker, "sound-peaks");
    session.open().unwrap();
    let peaks = session.waveform(Buckets::new(10, 0, 10, true).unwrap());
    assert!(
        matches!(peaks, Err(BrokerError::Ended(RendererEnd::BadMessage(_)))),
        "{peaks:?}"
    );
}

#[test]
fn samples_that_are_no_numbers_are_silence_and_no_sample_is_deafening() {
    let (mut session, summary, piece) = sound("sound-wild");
    let mut samples = Vec::new();
    session
        .read_sound(&summary.sound.unwrap(), &piece.unwrap(), &mut samples)
        .unwrap();
    let expected = [0.0, 0.0, 0.0, 0.0, MAX_PEAK, -0.5];
    assert_eq!(samples, [expected, expected].concat());
}

#[test]
fn renderer_that_wants_fonts_without_end_or_order_is_ended() {
    for word in ["wants-fonts", "wants-font-twice"] {
        let end = end_at_text(word);
        assert!(
            matches!(end, RendererEnd::BadMessage(ProtocolError::Malformed(_))),
            "{word}: {end:?}"
        );
    }
}

#[test]
fn silent_renderer_is_killed_at_the_deadline() {
    for (end, word) in [
        (end_of_opening as fn(Broker, &str) -> RendererEnd, "silent"),
        (end_of_reading, "hang"),
        (end_of_reading, "spin"),
    ] {
        let broker = broker_with(DEADLINE);
        let start = Instant::now();
        assert_eq!(end(broker, word), RendererEnd::Hung(DEADLINE), "{word}");
        assert!(start.elapsed() >= DEADLINE);
    }
}

#[test]
fn each_way_to_die_is_told_apart() {
    assert!(matches!(end_at_open("exit"), RendererEnd::Unexplained(_)));
    assert!(matches!(end_at_text("die"), RendererEnd::Unexplained(_)));
    assert_eq!(end_at_open("memory"), RendererEnd::OutOfMemory);
    assert_eq!(end_at_open("abort"), RendererEnd::Aborted);
    assert_eq!(end_at_open("overflow"), RendererEnd::Aborted);
    match end_at_open("panic") {
        RendererEnd::Panic { place, message } => {
            assert_eq!(place.as_str(), "hostile_renderer.rs:1");
            assert_eq!(message.as_str(), "as\u{FFFD}ked to");
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn document_that_lies_leaves_the_next_one_alone() {
    let mut broker = broker();
    let mut bad = session(&mut broker, "garbage");
    let mut good = session(&mut broker, "well-behaved");
    assert!(bad.open().is_err());
    good.open().unwrap();
    let size = TileSize::new(4, 4).unwrap();
    let tile = Tile::new(PageIndex::new(0).unwrap(), (4, 4), (0, 0), size).unwrap();
    assert!(good.paint(tile).unwrap().is_some());
}

#[test]
fn renderers_are_gone_with_their_sessions() {
    let mut broker = broker();
    let mut session = session(&mut broker, "hang");
    session.open().unwrap();
    let renderer = session.process().pid().unwrap();
    assert!(is_alive(renderer));
    drop(session);
    drop(broker);
    let gone = tests::eventually(PATIENCE, || !is_alive(renderer));
    assert!(gone, "{renderer}");
}

#[test]
fn answer_that_is_no_longer_wanted_makes_room_for_another_question() {
    let programs = Programs {
        renderer: tests::program("pellucid-renderer"),
    };
    let mut broker = Broker::start(&programs, Limits::default()).unwrap();
    let document = std::fs::read(tests::sample("sample.pdf")).unwrap();
    let source = Source::from_bytes(&document).unwrap();
    let renderer = broker.renderer().unwrap();
    let mut session = Session::new(renderer, source, std::sync::Arc::default()).unwrap();
    session.open().unwrap();
    let size = TileSize::new(800, 800).unwrap();
    let page = PageIndex::new(0).unwrap();
    let tile = Tile::new(page, (800, 800), (0, 0), size).unwrap();
    let mut asked = Vec::new();
    while let Some(ticket) = session.paint(tile).unwrap() {
        asked.push(ticket);
    }
    for ticket in asked {
        session.cancel(ticket).unwrap();
    }
    // Nobody rings this bell.
    let (_bell, wake) = std::os::unix::net::UnixStream::pair().unwrap();
    let answer = session
        .wait_or_wake(std::os::fd::AsFd::as_fd(&wake))
        .unwrap();
    assert!(answer.is_none());
    assert!(session.paint(tile).unwrap().is_some(), "a slot is free");
}

/// Puts a program under another name.
fn place(program: &Path, at: &Path) {
    // A link where the folder is on the same file system.
    if std::fs::hard_link(program, at).is_err() {
        std::fs::copy(program, at).unwrap();
    }
}

#[test]
fn command_whose_renderer_crashes_or_lies_ends_with_8_and_leaves_no_output() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    // It takes the renderer that lies beside it.
    place(&tests::program("pellucid"), &at("pellucid"));
    place(
        &tests::program("hostile-renderer"),
        &at("pellucid-renderer"),
    );
    let words = [
        "exit", "abort", "overflow", "panic", "garbage", "wrong-id", "die",
    ];
    for word in words {
        std::fs::write(at("document"), word).unwrap();
        let done = Command::new(at("pellucid"))
            .arg("render")
            .arg(at("document"))
            .arg("-o")
            .arg(at("page.png"))
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let told = String::from_utf8_lossy(&done.stderr);
        assert_eq!(done.status.code(), Some(8), "{word}: {told}");
        assert_eq!(told.lines().count(), 1, "{word}: {told}");
        assert!(told.contains("its renderer"), "{word}: {told}");
        assert!(!told.contains('\u{1b}'), "{word}: {told}");
        assert_eq!(
            std::fs::read_dir(folder.path()).unwrap().count(),
            3,
            "{word}"
        );
    }
}
