//! Why a message was refused.

use thiserror::Error;

/// Why a message was refused. The process that sent it is not asked again: a
/// renderer is killed, and a renderer that refuses its broker ends.
#[derive(Debug, Clone, Copy, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum ProtocolError {
    /// No byte at all, which SEQPACKET cannot tell from the end.
    #[error("the message is empty")]
    Empty,
    /// Longer than a message may be.
    #[error(
        "the message is longer than {} bytes",
        crate::limits::MAX_MESSAGE_BYTES
    )]
    TooLong,
    /// The bytes are no message: cut short, an unknown type, a value out of
    /// its range, a length that is not there.
    #[error("the bytes are no message: {0}")]
    Malformed(&'static str),
    /// A whole message and something after it.
    #[error("{0} bytes follow the message")]
    TrailingBytes(usize),
    /// A message that the phase does not permit.
    #[error("{message} is not permitted in phase {phase:?}")]
    Phase {
        /// The message's name.
        message: &'static str,
        /// The phase it came in.
        phase: crate::Phase,
    },
    /// An answer to a request that nobody made, or that has been answered.
    #[error("request {0} is not waiting for this answer")]
    UnknownRequest(u32),
    /// A part that is out of order, beyond the credit, or of another list.
    #[error("part {got} came where part {expected} was due")]
    Part {
        /// Its number.
        got: u32,
        /// The number that was due.
        expected: u32,
    },
    /// More parts than the credit that was given.
    #[error("request {0} was answered beyond its credit")]
    Credit(u32),
    /// Answers to requests that it has not received.
    #[error("it answers and does not receive")]
    Unread,
    /// Built from another source than its peer.
    #[error("the two programs are not from the same build")]
    Build,
    /// What the renderer claims about its confinement is not what is seen from
    /// outside, or is no confinement at all.
    #[error("the claim about the confinement is not true")]
    Claim,
}
