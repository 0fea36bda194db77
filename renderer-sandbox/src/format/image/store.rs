//! Decoded pictures of one document, shared by all painters and bounded in memory.
//!
//! Each picture is decoded once, by whoever asks first; the others wait for it.
//! What decoding will take is reserved before it begins, so that several workers
//! together stay within [`budget::pictures`]. Of what nobody draws any more,
//! [`KEPT_BYTES`] stay for a next time.

use super::DocumentError;
use super::pixels::Pixels;
use crate::budget;
use std::ops::Deref;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

/// Most memory of pictures that nobody draws, in bytes: the pages before and
/// after this one, or some frames to step back to. The last picture stays whatever its size.
const KEPT_BYTES: u64 = 96 * 1024 * 1024;

/// Which picture: page and frame.
pub(super) type Key = (u32, u32);

type Outcome = Result<Arc<Pixels>, DocumentError>;

/// The pictures.
#[derive(Default)]
pub(super) struct Store {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    /// Least recently asked for first.
    kept: Vec<(Key, Outcome)>,
    /// Being decoded, each with the bytes that are reserved for it.
    decoding: Vec<(Key, u64)>,
}

/// A picture that is drawn from; it stays while this lives.
pub(super) struct Held<'s> {
    pixels: Option<Arc<Pixels>>,
    store: &'s Store,
}

impl Deref for Held<'_> {
    type Target = Pixels;

    fn deref(&self) -> &Pixels {
        static NONE: Pixels = Pixels::none();
        self.pixels.as_deref().unwrap_or(&NONE)
    }
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        self.pixels = None;
        self.store.changed.notify_all();
    }
}

impl Store {
    /// The picture, which `decode` makes where it is not there; that takes at most
    /// `needed` bytes at a time, which is no more than [`budget::pictures`].
    pub(super) fn get(
        &self,
        key: Key,
        needed: u64,
        decode: impl FnOnce() -> Result<Pixels, DocumentError>,
    ) -> Result<Held<'_>, DocumentError> {
        if let Some(outcome) = self.found_or_reserved(key, needed) {
            return self.held(outcome);
        }
        // A panic in a decoder must not leave the others waiting.
        let reserved = Reserved { key, store: self };
        let outcome = decode().map(Arc::new);
        let mut state = self.lock();
        state.kept.push((key, outcome.clone()));
        drop(state);
        drop(reserved);
        self.held(outcome)
    }

    /// What is there of a picture already.
    pub(super) fn peek(&self, key: Key) -> Option<Arc<Pixels>> {
        let state = self.lock();
        let found = state.kept.iter().find(|(kept, _)| *kept == key)?;
        found.1.as_ref().ok().cloned()
    }

    /// The picture, or `None` when this one is to decode it: the memory is reserved.
    fn found_or_reserved(&self, key: Key, needed: u64) -> Option<Outcome> {
        let mut state = self.lock();
        loop {
            if let Some(place) = state.kept.iter().position(|(kept, _)| *kept == key) {
                let found = state.kept.remove(place);
                let outcome = found.1.clone();
                state.kept.push(found);
                return Some(outcome);
            }
            let busy = state.decoding.iter().any(|(decoding, _)| *decoding == key);
            if !busy && state.make_room(needed) {
                state.decoding.push((key, needed));
                return None;
            }
            state = self
                .changed
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn held(&self, outcome: Outcome) -> Result<Held<'_>, DocumentError> {
        outcome.map(|pixels| Held {
            pixels: Some(pixels),
            store: self,
        })
    }

    /// Nothing is half done while it is held.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Drops what nobody draws until `needed` bytes more fit; `false` when some
    /// must be waited for.
    fn make_room(&mut self, needed: u64) -> bool {
        let limit = budget::pictures().saturating_sub(needed);
        let reserved = self.decoding.iter().map(|(_, bytes)| *bytes).sum::<u64>();
        while self.kept_bytes() > KEPT_BYTES || self.kept_bytes().saturating_add(reserved) > limit {
            let idle = |(_, outcome): &(Key, Outcome)| matches!(outcome, Ok(pixels) if Arc::strong_count(pixels) == 1);
            match self.kept.iter().position(idle) {
                Some(place) => drop(self.kept.remove(place)),
                None => break,
            }
        }
        let nothing_else = self.decoding.is_empty() && self.kept_bytes() == 0;
        nothing_else || self.kept_bytes().saturating_add(reserved) <= limit
    }

    fn kept_bytes(&self) -> u64 {
        let pixels = self
            .kept
            .iter()
            .filter_map(|(_, outcome)| outcome.as_ref().ok());
        pixels.map(|pixels| pixels.rgba.len() as u64).sum()
    }
}

/// A picture that is being decoded.
struct Reserved<'s> {
    key: Key,
    store: &'s Store,
}

impl Drop for Reserved<'_> {
    fn drop(&mut self) {
        let mut state = self.store.lock();
        state.decoding.retain(|(key, _)| *key != self.key);
        drop(state);
        self.store.changed.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::thread;

    fn made(mib: u32) -> Result<Pixels, DocumentError> {
        let (width, height) = (1024, 256 * mib);
        let rgba = vec![0; (width * height * 4) as usize];
        Ok(Pixels::new(width, height, rgba).unwrap())
    }

    #[test]
    fn picture_is_decoded_once_for_many_painters() {
        let (store, decoded) = (Store::default(), AtomicUsize::new(0));
        thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    let decode = || {
                        decoded.fetch_add(1, Ordering::Relaxed);
                        made(1)
                    };
                    assert_eq!(store.get((0, 0), 1 << 20, decode).unwrap().width, 1024);
                });
            }
        });
        assert_eq!(decoded.into_inner(), 1);
    }

    #[test]
    fn refusal_is_kept_too() {
        let store = Store::default();
        let refuse = || Err(DocumentError::Damaged("broken".to_owned()));
        assert!(store.get((0, 0), 1, refuse).is_err());
        let again = store.get((0, 0), 1, || made(1)).map(drop).unwrap_err();
        assert_eq!(again.to_string(), "broken");
    }

    #[test]
    fn old_pictures_go_and_the_last_stays() {
        let store = Store::default();
        for page in 0..10 {
            drop(store.get((page, 0), 64 << 20, || made(40)).unwrap());
        }
        let kept: Vec<u32> = (0..10)
            .filter(|page| store.peek((*page, 0)).is_some())
            .collect();
        assert_eq!(kept, [7, 8, 9]);
    }

    #[test]
    fn two_that_do_not_fit_together_are_decoded_one_after_the_other() {
        let (store, at_once) = (Store::default(), AtomicUsize::new(0));
        thread::scope(|scope| {
            for page in 0..4 {
                let (store, at_once) = (&store, &at_once);
                scope.spawn(move || {
                    let held = store.get((page, 0), budget::pictures() / 2 + 1, || {
                        assert_eq!(at_once.fetch_add(1, Ordering::SeqCst), 0);
                        thread::yield_now();
                        at_once.fetch_sub(1, Ordering::SeqCst);
                        made(1)
                    });
                    drop(held.unwrap());
                });
            }
        });
    }

    #[test]
    fn panic_while_decoding_leaves_nobody_waiting() {
        let store = Store::default();
        let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            let _ = store.get((0, 0), 1, || panic!("a decoder's defect"));
        }));
        assert!(panicked.is_err());
        assert!(store.get((0, 0), 1, || made(1)).is_ok());
    }
}
