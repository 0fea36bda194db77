//! What wakes the window when another thread has news for it.

use std::sync::{Arc, OnceLock};

/// Called on any thread; the window then looks. Before there is a window, nobody is
/// woken: it looks once it is there.
#[derive(Clone, Default)]
pub(crate) struct Waker(Arc<OnceLock<Box<dyn Fn() + Send + Sync>>>);

impl Waker {
    /// Says once what wakes the window.
    pub(super) fn leads_to(&self, wake: impl Fn() + Send + Sync + 'static) {
        // A second window there never is.
        let _ = self.0.set(Box::new(wake));
    }

    /// Has the window look.
    pub(crate) fn wake(&self) {
        if let Some(wake) = self.0.get() {
            wake();
        }
    }

    /// The same, to be called by those who know no waker.
    pub(crate) fn bell(&self) -> impl Fn() + Send + Sync + use<> {
        let waker = self.clone();
        move || waker.wake()
    }
}
