//! The memory of a worker's own blocks, made ready before it is needed.

use crate::sys::allocator;

/// Once for each worker, on its own thread and before the last wall is up.
pub fn prepare() {
    allocator::prepare_heap();
}

/// Before each job: what it will take is had in one piece.
pub fn make_room() {
    allocator::make_room();
}
