//! What a panic says: place and words, no backtrace (which would open files).

use crate::serve::{self, End};
use capmode::Channel;
use ipc::limits::MAX_TEXT_BYTES;
use ipc::{Event, Failure, FailureKind, RendererExit, Text};
use std::cell::RefCell;
use std::panic::PanicHookInfo;

thread_local! {
    static LAST: RefCell<Option<(String, String)>> = const { RefCell::new(None) };
}

/// From here on the last panic of each thread is remembered, and nothing is printed.
pub fn remember() {
    std::panic::set_hook(Box::new(|info| {
        let place = info.location().map_or_else(String::new, |at| {
            // The file's own name says enough, and nothing about the machine it was built on.
            let file = at.file().rsplit('/').next().unwrap_or_default();
            format!("{file}:{}", at.line())
        });
        let words = words(info).to_owned();
        LAST.with(|last| *last.borrow_mut() = Some((place, words)));
    }));
}

/// As much of what it says as a message can hold: it may quote the document.
fn words<'i>(info: &'i PanicHookInfo<'_>) -> &'i str {
    let words = info.payload_as_str().unwrap_or("no words");
    words
        .get(..words.floor_char_boundary(MAX_TEXT_BYTES))
        .unwrap_or_default()
}

/// The last panic of this thread, as an answer to the request it happened in.
#[must_use]
pub fn failure() -> Failure {
    let (place, words) = take();
    Failure {
        kind: FailureKind::Internal,
        detail: Text::cleaned(
            &format!("a defect in the renderer at {place}: {words}"),
            MAX_TEXT_BYTES,
        ),
    }
}

/// Tells the broker about the last panic of this thread, as the last word.
pub fn report(channel: &Channel) -> End {
    let (place, words) = take();
    let event = Event::Panicked {
        place: Text::cleaned(&place, MAX_TEXT_BYTES),
        message: Text::cleaned(&words, MAX_TEXT_BYTES),
    };
    // A broker that is gone needs no report.
    let _ = serve::send(channel, &event);
    End(RendererExit::Panic)
}

fn take() -> (String, String) {
    LAST.with(|last| last.borrow_mut().take())
        .unwrap_or_else(|| ("an unknown place".to_owned(), "no words".to_owned()))
}
