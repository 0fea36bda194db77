//! Questions that may never be answered: a file system that is away holds whoever asks it.

use crossbeam_channel::bounded;
use std::thread;
use std::time::Duration;

/// Has something asked by a thread of its own, and waits so long for the answer. A thread
/// that waits for longer is left alone; what it comes to know is dropped.
pub(crate) fn within<T: Send + 'static>(
    patience: Duration,
    ask: impl FnOnce() -> T + Send + 'static,
) -> Option<T> {
    let (told, answer) = bounded(1);
    // Nobody takes it any more when it took too long.
    let work = move || drop(told.send(ask()));
    let named = thread::Builder::new().name("ask".to_owned());
    named.spawn(work).ok()?;
    answer.recv_timeout(patience).ok()
}

#[cfg(test)]
mod tests {
    use super::within;
    use crossbeam_channel::bounded;
    use std::time::Duration;

    #[test]
    fn answer_is_had_and_who_waits_for_ever_is_left() {
        assert_eq!(within(Duration::from_secs(60), || 7), Some(7));
        let (_kept, never) = bounded::<()>(0);
        let asked = within(Duration::from_millis(10), move || never.recv());
        assert_eq!(asked, None);
    }
}
