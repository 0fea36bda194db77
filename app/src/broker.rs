//! Renderers and the documents they are given.
//!
//! Trust: the launcher is ours; a renderer is believed in nothing. What it says
//! is decoded into checked types by `ipc`, and held against what was asked by
//! [`dispatch`]. Every way in which it can fail ends in one place,
//! `Session::fail`, as one [`BrokerError`].
//!
//! | file | holds |
//! |---|---|
//! | `programs` | where the renderer's program is |
//! | `limits` | budgets and deadlines with their arithmetic |
//! | `source` | a file or standard input as something to hand over |
//! | `dispatch` | what may be said now; numbers, slots and credit. No I/O. `requests`: what is asked; `events`: what is answered |
//! | `renderer` | a started renderer, looked at from outside |
//! | `renderers` | for documents one after another: one renderer waits. `pressure`: not when memory is short |
//! | `session` | a renderer with its document: asking and waiting. `talk`: sending, receiving, giving up; `outgoing`: what waits to be sent; `lists`, `extract`, `sound`: what is asked for |
//! | `fonts` | fonts that a document does not carry |
//! | `error` | why something is not shown, in words |

pub mod dispatch;
mod error;
mod fonts;
pub mod limits;
mod pressure;
mod programs;
mod renderer;
mod renderers;
mod session;
mod source;

pub(crate) use error::words;
pub use error::{BrokerError, RendererEnd};
#[cfg(feature = "window")]
pub(crate) use fonts::system_font;
pub use programs::Programs;
pub use renderer::{Renderer, Standing};
pub use renderers::Renderers;
pub use session::{CopiedPiece, PaintedTile, Reply, Session, SoundPiece, Ticket};
pub use source::{Source, SourceError};

use capmode::{Launcher, Layers, probe};
use limits::Limits;

/// Starts renderers.
pub struct Broker {
    launcher: Launcher,
    limits: Limits,
}

impl Broker {
    /// Starts the launcher, which prepares itself meanwhile.
    ///
    /// # Errors
    ///
    /// [`BrokerError::Launch`] when there is no program or no sandbox.
    pub fn start(programs: &Programs, limits: Limits) -> Result<Self, BrokerError> {
        let launcher = Launcher::start(&programs.renderer, &programs.renderer)?;
        Ok(Self { launcher, limits })
    }

    /// Starts a renderer that can be given a document of any kind. It confines
    /// itself meanwhile; [`Session::open`] waits for that.
    ///
    /// # Errors
    ///
    /// [`BrokerError::Launch`].
    pub fn renderer(&mut self) -> Result<Renderer, BrokerError> {
        let spawned = self.launcher.spawn(&self.limits.budget())?;
        let provided = self.layers()?.0;
        Ok(Renderer::new(spawned, provided, self.limits))
    }

    /// The layers that the launcher gives every renderer, and why one is missing.
    ///
    /// # Errors
    ///
    /// [`BrokerError::Launch`].
    pub fn layers(&mut self) -> Result<(Layers, Option<String>), BrokerError> {
        let (layers, reason) = self.launcher.layers()?;
        Ok((layers, reason.map(ToString::to_string)))
    }

    /// Tries to escape from the sandbox in every way that is known.
    ///
    /// # Errors
    ///
    /// [`BrokerError::Launch`] when a probe cannot be started.
    pub fn probe(&mut self) -> Result<Vec<probe::Report>, BrokerError> {
        Ok(probe::run_all(&mut self.launcher)?)
    }

    /// Tries what the sandbox is known to leave possible on this system.
    ///
    /// # Errors
    ///
    /// As [`Self::probe`].
    pub fn probe_residual(&mut self) -> Result<Vec<probe::Report>, BrokerError> {
        Ok(probe::run_residual(&mut self.launcher)?)
    }
}
