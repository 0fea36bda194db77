//! A started renderer, until it has been looked at and may be given a document.

use super::error::{BrokerError, RendererEnd};
use super::limits::Limits;
use capmode::posture::{self, Layer};
use capmode::{Channel, Layers, Posture, ProcessDescriptor, Spawned};
use ipc::message::BUILD;
use ipc::{Claim, ProtocolError};
use nix::errno::Errno;

/// A renderer that has been given nothing yet.
pub struct Renderer {
    pub(super) process: ProcessDescriptor,
    pub(super) channel: Channel,
    pub(super) limits: Limits,
    provided: Layers,
    /// seccomp filters that were in force when it said that it is confined.
    filters: Option<u32>,
}

/// How a renderer stands: what holds it, and how that is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// Every layer that is in force.
    pub layers: Layers,
    /// Those that were seen from outside.
    pub seen: Layers,
    /// What that amounts to.
    pub posture: Posture,
}

impl Renderer {
    pub(super) fn new(spawned: Spawned, provided: Layers, limits: Limits) -> Self {
        Self {
            process: spawned.process,
            channel: spawned.channel,
            limits,
            provided,
            filters: None,
        }
    }

    /// Whether its process still runs.
    #[must_use]
    pub fn is_alive(&self) -> bool {
        self.process.is_alive()
    }

    /// Holds a claim against what is seen from outside, and against what has to
    /// be.
    pub(super) fn judge(&mut self, claim: Claim) -> Result<Standing, BrokerError> {
        let bad = |error| BrokerError::Ended(RendererEnd::BadMessage(error));
        if claim.build != BUILD {
            return Err(bad(ProtocolError::Build));
        }
        let claimed = Layers::from_bits(claim.layers, claim.landlock_abi)
            .ok_or_else(|| bad(ProtocolError::Claim))?;
        let measured = posture::measure(&self.process)?;
        self.filters = measured.filters;
        let layers = claimed.union(self.provided);
        if measured.absent.iter().any(|layer| layers.contains(layer)) {
            return Err(bad(ProtocolError::Claim));
        }
        match Posture::of(layers) {
            Posture::None(missing) => Err(BrokerError::NotConfined(missing)),
            posture => Ok(Standing {
                layers,
                seen: measured.seen,
                posture,
            }),
        }
    }

    /// Looks whether the last wall is up in every thread: one filter more than
    /// when it was confined.
    pub(super) fn check_locked(&self, standing: &mut Standing) -> Result<(), BrokerError> {
        let measured = match posture::measure(&self.process) {
            // It has ended meanwhile; its last words say why.
            Err(error) if error.raw_os_error() == Some(Errno::ESRCH as i32) => return Ok(()),
            measured => measured?,
        };
        match (self.filters, measured.filters) {
            (Some(before), Some(now)) if now <= before => {
                let error = ProtocolError::Claim;
                Err(BrokerError::Ended(RendererEnd::BadMessage(error)))
            }
            (Some(_), Some(_)) => {
                standing.layers.insert(Layer::SeccompServe);
                standing.seen.insert(Layer::SeccompServe);
                Ok(())
            }
            _ => Ok(()),
        }
    }
}
