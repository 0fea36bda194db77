//! The confined process: turns the bytes of one document into pixels and words.
//!
//! Trust: the document is an attacker's. What the broker says is checked as
//! well, but a renderer that refuses it can only end. This process may compute,
//! draw into its slots, and send events; see `capmode` for how that is held.
//!
//! Order of events: threads, where the system makes none later → [`capmode::confine()`] → `Confined` → `Open` with three
//! descriptors → map them, start the workers, put up the last wall → `Locked` →
//! sniff and parse → `Opened` → requests, on every core.
//!
//! | module | holds |
//! |---|---|
//! | [`serve`] | the order of events, and the loop that receives requests |
//! | [`requests`] | what has not been answered, and lists that wait for credit |
//! | [`outbox`] | lists cut into parts |
//! | [`queue`] | jobs that wait for a worker |
//! | [`threads`] | where their threads come from |
//! | `pool`, `work` | the workers, and what they do with a job |
//! | [`mod@panic`] | what a panic says, without a backtrace |
//! | [`fonts`] | asking the broker for fonts that the document does not carry |
//! | `budget` | how much of its memory pictures may take |
//! | [`surface`] | a slot as rows of pixels |
//! | `search`, `texts` | words that are looked for, and those of pages that were read |
//! | [`mod@format`] | one module for each kind of document |

mod budget;
pub mod fonts;
pub mod format;
pub mod outbox;
pub mod panic;
mod pool;
pub mod queue;
pub mod requests;
mod search;
pub mod serve;
pub mod surface;
mod texts;
pub mod threads;
mod work;

#[cfg(feature = "test-support")]
pub use budget::hold_at_most;

use ipc::message::BUILD;
use ipc::{Claim, Event, RendererExit};
use serve::End;
use std::process::ExitCode;
use threads::Threads;

/// Confines this process and serves one document.
#[must_use]
pub fn main() -> ExitCode {
    let end = run().unwrap_or_else(|end| end);
    ExitCode::from(end.0.code())
}

fn run() -> Result<End, End> {
    panic::remember();
    let (out_of_memory, aborted) = (RendererExit::OutOfMemory, RendererExit::Aborted);
    capmode::abort::exit_on_abort(out_of_memory.code(), aborted.code())
        .map_err(|_| End(RendererExit::NotConfined))?;
    let threads =
        Threads::start(capmode::early_workers()).map_err(|_| End(RendererExit::OutOfMemory))?;
    let (confined, channel) = capmode::confine().map_err(|_| End(RendererExit::NotConfined))?;
    let (layers, landlock_abi) = confined.layers().to_bits();
    let claim = Claim {
        build: BUILD,
        layers,
        landlock_abi,
    };
    serve::send(&channel, &Event::Confined(claim))?;
    // Leaked: the process ends with its document.
    let confined = Box::leak(Box::new(confined));
    let channel = Box::leak(Box::new(channel));
    let served = std::panic::catch_unwind(|| {
        serve::serve(
            confined,
            channel,
            threads,
            capmode::Confined::lock,
            format::open,
        )
    });
    served.unwrap_or_else(|_| Err(panic::report(channel)))
}
