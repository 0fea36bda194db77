//! Telling apart why a process aborts.
//!
//! The standard library aborts when memory runs out and when a stack
//! overflows. In a process that is the first of its pid namespace `SIGABRT` is
//! ignored unless it is handled, and the abort ends as a fault that says
//! nothing. So a handler ends the process with a code of the caller's choice.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::io;
use std::sync::atomic::{AtomicI32, Ordering};

thread_local! {
    /// Whether this thread's last request for memory was refused. A caller that
    /// gives up aborts before it asks again; one that copes asks for more.
    static REFUSED: Cell<bool> = const { Cell::new(false) };
}
static CODE_OUT_OF_MEMORY: AtomicI32 = AtomicI32::new(1);
static CODE_ABORTED: AtomicI32 = AtomicI32::new(1);

/// The system's allocator, which remembers whether it has just refused.
#[derive(Debug)]
pub struct Allocator;

fn note(block: *mut u8) -> *mut u8 {
    // Needs no destructor and no memory, so it is there as long as the thread.
    if REFUSED.get() != block.is_null() {
        REFUSED.set(block.is_null());
    }
    block
}

// SAFETY: every call is passed on unchanged to the system's allocator, which
// keeps the contract; noting a refusal allocates nothing.
unsafe impl GlobalAlloc for Allocator {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller keeps the contract of `alloc`.
        note(unsafe { System.alloc(layout) })
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller keeps the contract of `alloc_zeroed`.
        note(unsafe { System.alloc_zeroed(layout) })
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // SAFETY: the caller keeps the contract of `realloc`.
        note(unsafe { System.realloc(block, layout, size) })
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: the caller keeps the contract of `dealloc`.
        unsafe { System.dealloc(block, layout) }
    }
}

/// From here on an abort ends the process with one of two codes: after memory
/// was refused (only told with [`Allocator`] in place), and otherwise.
///
/// # Errors
///
/// The `errno` of `sigaction(2)`.
pub fn exit_on_abort(out_of_memory: u8, aborted: u8) -> io::Result<()> {
    CODE_OUT_OF_MEMORY.store(out_of_memory.into(), Ordering::Relaxed);
    CODE_ABORTED.store(aborted.into(), Ordering::Relaxed);
    let action = nix::sys::signal::SigAction::new(
        nix::sys::signal::SigHandler::Handler(on_abort),
        nix::sys::signal::SaFlags::SA_ONSTACK,
        nix::sys::signal::SigSet::empty(),
    );
    // SAFETY: the handler loads atomics and a cell of its own thread, and calls
    // _exit; all are async-signal-safe, and it never returns.
    unsafe { nix::sys::signal::sigaction(nix::sys::signal::Signal::SIGABRT, &action) }?;
    Ok(())
}

/// Ends the process at once, whatever its other threads do. Unlike
/// `std::process::exit` it never waits for another thread that ends it too.
pub fn exit_now(code: u8) -> ! {
    // SAFETY: _exit takes a number and runs nothing of this process's.
    unsafe { libc::_exit(code.into()) }
}

extern "C" fn on_abort(_: libc::c_int) {
    let code = if REFUSED.get() {
        &CODE_OUT_OF_MEMORY
    } else {
        &CODE_ABORTED
    };
    // SAFETY: _exit takes a number and runs nothing of this process's.
    unsafe { libc::_exit(code.load(Ordering::Relaxed)) }
}
