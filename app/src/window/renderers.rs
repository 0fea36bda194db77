//! Renderers for the documents of a window, and what some of them are allowed
//! more or less.

use crate::broker::Renderers;
use crate::broker::limits::Limits;
use std::time::Duration;

/// How long a picture that is shown small may take; what takes longer is shown large alone.
const SMALL: Duration = Duration::from_secs(10);

/// How many times the memory a document gets that is allowed more.
pub(crate) const GENEROUS: u64 = 4;

/// For every document that is opened in a window: a first one waits at once.
pub(crate) fn start(limits: Limits) -> Renderers {
    let renderers = Renderers::new(None, limits, usize::MAX);
    renderers.prepare();
    renderers
}

/// For a document that the user allows more, once: four times the memory, and as
/// long as it takes.
pub(crate) fn generous(renderers: &Renderers) -> Renderers {
    let limits = |usual: Limits| Limits {
        memory_bytes: usual.memory_bytes.saturating_mul(GENEROUS),
        answer: None,
        ..usual
    };
    renderers.with(limits, 1)
}

/// For pictures that are shown small, so many of them: one core each.
pub(crate) fn small(renderers: &Renderers, expected: usize) -> Renderers {
    let limits = |usual| Limits {
        workers: 1,
        answer: Some(SMALL),
        ..usual
    };
    renderers.with(limits, expected)
}
