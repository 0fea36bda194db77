//! Opening: what becomes of the bytes that a session begins with.

use crate::broker::{open, open_request, start};
use crate::fake::{PAGES, PASSWORD};
use crate::{DONE, file};
use ipc::{DocumentSource, Event, FailureKind, Request, Secret};

#[test]
fn open_document_is_locked_and_then_told() {
    let (session, event) = open("fine");
    let Event::Opened(summary) = event else {
        panic!("{event:?}");
    };
    assert_eq!(summary.pages, PAGES);
    assert_eq!(session.close(), DONE);
}

#[test]
fn file_that_may_change_is_read_to_its_end() {
    let session = start();
    session.give(
        open_request(DocumentSource::File, 4),
        &[file(b"fine")],
        true,
    );
    assert_eq!(session.hear(), Event::Locked);
    assert!(matches!(session.hear(), Event::Opened(_)));
    assert_eq!(session.close(), DONE);
}

#[test]
fn file_that_became_shorter_is_refused_with_a_sentence() {
    let session = start();
    let request = open_request(DocumentSource::File, 4096);
    session.give(request, &[file(b"short")], true);
    assert_eq!(session.hear(), Event::Locked, "nothing is read before");
    let Event::Refused(failure) = session.hear() else {
        panic!("it was not refused");
    };
    assert_eq!(failure.kind, FailureKind::Unreadable);
    assert_eq!(
        failure.detail.as_str(),
        "it became shorter while it was read"
    );
    assert_eq!(session.close(), DONE);
}

#[test]
fn damaged_document_is_refused_and_the_renderer_waits_for_its_end() {
    let (session, event) = open("damaged");
    let Event::Refused(failure) = event else {
        panic!("{event:?}");
    };
    assert_eq!(failure.kind, FailureKind::Damaged);
    assert_eq!(session.close(), DONE);
}

#[test]
fn password_is_asked_for_until_it_fits() {
    let (session, event) = open("secret");
    assert_eq!(event, Event::PasswordNeeded { wrong: false });
    let unlock = |word: &str| Request::Unlock(Secret::new(word.to_owned()).unwrap());
    session.say(&unlock("guess"));
    assert_eq!(session.hear(), Event::PasswordNeeded { wrong: true });
    session.say(&unlock(PASSWORD));
    assert!(matches!(session.hear(), Event::Opened(summary) if summary.encrypted));
    assert_eq!(session.close(), DONE);
}

#[test]
fn spare_that_was_not_needed_ends_quietly() {
    assert_eq!(start().close(), DONE);
}
