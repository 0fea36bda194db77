//! The renderer's side. A document that begins with [`MARK`] says how to
//! misbehave; every other one is served as by `pellucid-renderer`.

use crate::misbehaviour::{MARK, play};
use capmode::{Channel, Confined, DocumentMemory, MappedPixels};
use ipc::message::BUILD;
use ipc::{Claim, Event, RendererExit};
use renderer_sandbox::serve::{self, End};
use renderer_sandbox::threads::Threads;
use renderer_sandbox::{format, panic};
use std::process::ExitCode;

pub(crate) fn main() -> ExitCode {
    let end = run().unwrap_or_else(|end| end);
    ExitCode::from(end.0.code())
}

fn run() -> Result<End, End> {
    let not_confined = End(RendererExit::NotConfined);
    panic::remember();
    let (out_of_memory, aborted) = (RendererExit::OutOfMemory, RendererExit::Aborted);
    capmode::abort::exit_on_abort(out_of_memory.code(), aborted.code())
        .map_err(|_| not_confined)?;
    let threads = Threads::start(capmode::early_workers()).map_err(|_| not_confined)?;
    let (confined, channel) = capmode::confine().map_err(|_| not_confined)?;
    let confined: &'static Confined = Box::leak(Box::new(confined));
    let channel: &'static Channel = Box::leak(Box::new(channel));
    let (layers, landlock_abi) = confined.layers().to_bits();
    let claim = Claim {
        build: BUILD,
        layers,
        landlock_abi,
    };
    serve::send(channel, &Event::Confined(claim))?;
    let served = std::panic::catch_unwind(|| serve_or_play(confined, channel, threads));
    served.unwrap_or_else(|_| Err(panic::report(channel)))
}

fn serve_or_play(
    confined: &'static Confined,
    channel: &'static Channel,
    threads: Threads,
) -> Result<End, End> {
    let (open, granted) = serve::receive_open(channel)?;
    let [document, pixels, _fonts] = &granted;
    let memory = DocumentMemory::map_snapshot(document, open.document_bytes)
        .map_err(|_| End(RendererExit::Protocol))?;
    let word = memory.as_ref().strip_prefix(MARK).map(<[u8]>::to_vec);
    drop(memory);
    let Some(word) = word else {
        let granted = (open, granted);
        let lock = Confined::lock;
        return serve::serve_granted(confined, channel, threads, granted, lock, format::open);
    };
    let slots = MappedPixels::map(pixels, open.slots, open.slot_bytes);
    // Behind the last wall nothing can be closed, not even by unwinding.
    drop(granted);
    let word = String::from_utf8(word).unwrap_or_default();
    match (slots, confined.lock()) {
        (Ok(_), Ok(())) => play(channel, &word),
        _ => Err(End(RendererExit::NotConfined)),
    }
}
