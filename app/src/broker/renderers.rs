//! Renderers for documents that come one after another: one waits, confined and
//! empty, so that the next document need not.
//!
//! Exactly one waits, and only while another document is expected. It is given
//! one document or none, never a second one; one that has ended meanwhile is
//! passed over; it is given up when memory is short, and goes with the broker
//! like every renderer.

use super::limits::Limits;
use super::pressure::{self, Watch};
use super::{Broker, BrokerError, Programs, Renderer};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, Weak};
use std::thread;

/// One launcher, and the renderers it starts. Cloned for every thread that opens
/// documents.
#[derive(Clone)]
pub struct Renderers {
    /// Held while a renderer is started, which takes as long as the launcher does.
    inner: Arc<Mutex<Inner>>,
    /// Beside it, for those who may not wait that long.
    programs: Arc<OnceLock<Programs>>,
    limits: Limits,
}

struct Inner {
    programs: Arc<OnceLock<Programs>>,
    limits: Limits,
    broker: Option<Broker>,
    spare: Option<Renderer>,
    /// Documents that are still expected.
    expected: usize,
    /// Whether memory runs short; from the first spare of a window on.
    watch: Option<Watch>,
}

impl Renderers {
    /// For so many documents; [`usize::MAX`] when nobody knows. Nothing is started
    /// yet. Without `programs` they are looked for when one is needed.
    #[must_use]
    pub fn new(programs: Option<Programs>, limits: Limits, expected: usize) -> Self {
        let programs = programs.map_or_else(OnceLock::new, OnceLock::from);
        Self::begun(Arc::new(programs), limits, expected)
    }

    fn begun(programs: Arc<OnceLock<Programs>>, limits: Limits, expected: usize) -> Self {
        let inner = Inner {
            programs: Arc::clone(&programs),
            limits,
            broker: None,
            spare: None,
            expected,
            watch: None,
        };
        Self {
            inner: Arc::new(Mutex::new(inner)),
            programs,
            limits,
        }
    }

    /// The same for other documents, which get other limits: a launcher of its own.
    /// Never waits, also while a renderer is being started.
    #[must_use]
    pub fn with(&self, limits: impl FnOnce(Limits) -> Limits, expected: usize) -> Self {
        Self::begun(Arc::clone(&self.programs), limits(self.limits), expected)
    }

    /// Starts the launcher, which prepares itself meanwhile.
    ///
    /// # Errors
    ///
    /// [`BrokerError::Launch`] when there is no sandbox.
    pub fn begin(&self) -> Result<(), BrokerError> {
        self.lock(|inner| inner.broker().map(drop))
    }

    /// Starts the launcher and a first spare on a thread of their own, and watches
    /// from then on whether memory runs short.
    pub fn prepare(&self) {
        let waiting = Arc::downgrade(&self.inner);
        let watch = Watch::start(move || give_up(&waiting));
        self.lock(|inner| inner.watch = watch.ok());
        self.refill();
    }

    /// A renderer for a document, and another one in its place if more documents
    /// are expected.
    ///
    /// # Errors
    ///
    /// [`BrokerError::Launch`] when there is no sandbox.
    pub fn take(&self) -> Result<Renderer, BrokerError> {
        let (taken, more) = self.lock(|inner| {
            inner.expected = inner.expected.saturating_sub(1);
            (inner.take(), inner.expected > 0)
        });
        if more {
            self.refill();
        }
        taken
    }

    /// Puts a spare there in the background. That it cannot be started is told
    /// to the document that needs one.
    fn refill(&self) {
        let renderers = self.clone();
        let fill = move || {
            if !pressure::is_high() {
                renderers.lock(Inner::refill);
            }
        };
        let _ = thread::Builder::new().name("spare".to_owned()).spawn(fill);
    }

    fn lock<T>(&self, work: impl FnOnce(&mut Inner) -> T) -> T {
        work(&mut self.inner.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Ends the spare; there is another one after the next document.
fn give_up(inner: &Weak<Mutex<Inner>>) {
    if let Some(inner) = inner.upgrade() {
        let mut inner = inner.lock().unwrap_or_else(PoisonError::into_inner);
        inner.spare = None;
    }
}

impl Inner {
    /// The spare, or one that is started now.
    fn take(&mut self) -> Result<Renderer, BrokerError> {
        match self.spare.take() {
            Some(spare) if spare.is_alive() => Ok(spare),
            _ => self.renderer(),
        }
    }

    fn refill(&mut self) {
        let waits = self.spare.as_ref().is_some_and(Renderer::is_alive);
        if !waits && self.expected > 0 {
            self.spare = self.renderer().ok();
        }
    }

    /// A launcher that is gone is started again, once.
    fn renderer(&mut self) -> Result<Renderer, BrokerError> {
        if let Some(broker) = &mut self.broker
            && let Ok(renderer) = broker.renderer()
        {
            return Ok(renderer);
        }
        self.broker = None;
        self.broker()?.renderer()
    }

    fn broker(&mut self) -> Result<&mut Broker, BrokerError> {
        let broker = match self.broker.take() {
            Some(broker) => broker,
            None => Broker::start(&self.programs()?, self.limits)?,
        };
        Ok(self.broker.insert(broker))
    }

    fn programs(&self) -> Result<Programs, BrokerError> {
        if let Some(programs) = self.programs.get() {
            return Ok(programs.clone());
        }
        let found = Programs::find()?;
        Ok(self.programs.get_or_init(|| found).clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::PathBuf;

    #[test]
    fn missing_program_is_told_to_the_document_and_nothing_panics() {
        let programs = Programs {
            renderer: PathBuf::from("/nowhere/pellucid-renderer"),
        };
        let renderers = Renderers::new(Some(programs), Limits::default(), usize::MAX);
        renderers.prepare();
        assert!(matches!(renderers.begin(), Err(BrokerError::Launch(_))));
        assert!(matches!(renderers.take(), Err(BrokerError::Launch(_))));
    }

    #[test]
    fn renderers_with_other_limits_are_had_while_one_is_being_started() {
        let renderers = Renderers::new(None, Limits::default(), 1);
        let starting = renderers.inner.lock().unwrap();
        let (others, had) = std::sync::mpsc::channel();
        let usual = renderers.clone();
        thread::spawn(move || others.send(usual.with(|limits| limits, 2)).unwrap());
        let others = had.recv_timeout(std::time::Duration::from_secs(10));
        assert!(others.is_ok(), "it waits for the start of another one");
        drop(starting);
    }

    #[test]
    fn giving_up_after_the_end_does_nothing() {
        let renderers = Renderers::new(None, Limits::default(), 1);
        let weak = Arc::downgrade(&renderers.inner);
        give_up(&weak);
        drop(renderers);
        give_up(&weak);
        assert!(weak.upgrade().is_none());
    }
}
