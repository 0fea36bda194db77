//! Renderers for the documents of a window: one waits, confined and empty, so
//! that the next document need not.

use crate::broker::limits::Limits;
use crate::broker::{Broker, BrokerError, Programs, Renderer};
use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

/// How long a picture that is shown small may take; what takes longer is shown large alone.
const SMALL: Duration = Duration::from_secs(10);

/// How many times the memory a document gets that is allowed more.
pub(crate) const GENEROUS: u64 = 4;

/// Shared by all documents of a window.
#[derive(Clone)]
pub(crate) struct Renderers {
    inner: Arc<Mutex<Inner>>,
}

struct Inner {
    limits: Limits,
    broker: Option<Broker>,
    spare: Option<Renderer>,
}

impl Renderers {
    /// Starts the launcher and a first renderer, on a thread of their own.
    pub(crate) fn start(limits: Limits) -> Self {
        let inner = Inner {
            limits,
            broker: None,
            spare: None,
        };
        let renderers = Self {
            inner: Arc::new(Mutex::new(inner)),
        };
        renderers.refill();
        renderers
    }

    /// For a document that the user allows more, once: four times the memory,
    /// and as long as it takes.
    pub(crate) fn generous(&self) -> Self {
        let limits = self.with(|inner| inner.limits);
        let inner = Inner {
            limits: Limits {
                memory_bytes: limits.memory_bytes.saturating_mul(GENEROUS),
                answer: None,
                ..limits
            },
            broker: None,
            spare: None,
        };
        Self {
            inner: Arc::new(Mutex::new(inner)),
        }
    }

    /// For pictures that are shown small: one core each.
    pub(crate) fn small(&self) -> Self {
        let inner = Inner {
            limits: Limits {
                workers: 1,
                answer: Some(SMALL),
                ..self.with(|inner| inner.limits)
            },
            broker: None,
            spare: None,
        };
        Self {
            inner: Arc::new(Mutex::new(inner)),
        }
    }

    /// A renderer for a document, and another one in its place.
    ///
    /// # Errors
    ///
    /// [`BrokerError::Launch`] when there is no sandbox.
    pub(crate) fn take(&self) -> Result<Renderer, BrokerError> {
        let taken = self.with(|inner| match inner.spare.take() {
            Some(spare) if spare.is_alive() => Ok(spare),
            _ => inner.renderer(),
        });
        self.refill();
        taken
    }

    /// Puts a spare there in the background. That it cannot be started is told
    /// to the document that needs one.
    fn refill(&self) {
        let renderers = self.clone();
        let fill = move || {
            renderers.with(|inner| {
                if inner.spare.is_none() {
                    inner.spare = inner.renderer().ok();
                }
            });
        };
        let _ = thread::Builder::new().name("spare".to_owned()).spawn(fill);
    }

    fn with<T>(&self, work: impl FnOnce(&mut Inner) -> T) -> T {
        work(&mut self.inner.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Inner {
    /// A launcher that is gone is started again, once.
    fn renderer(&mut self) -> Result<Renderer, BrokerError> {
        if let Some(broker) = &mut self.broker
            && let Ok(renderer) = broker.renderer()
        {
            return Ok(renderer);
        }
        let programs = Programs::find().map_err(|error: io::Error| BrokerError::Io(error))?;
        let broker = self.broker.insert(Broker::start(&programs, self.limits)?);
        broker.renderer()
    }
}
