//! The connection to the Wayland compositor, shared with the library that has opened
//! it. What a compositor says about a window it says to the connection the window
//! was made on, so what that library does not listen to has to be heard here.

use raw_window_handle::{HasDisplayHandle, RawDisplayHandle};
use wayland_backend::client::Backend;

/// The Wayland connection that `owner` holds, for queues of our own; `None` where it
/// is of another window system. The connection is kept until the process ends.
#[must_use]
pub fn share<H: HasDisplayHandle + 'static>(owner: H) -> Option<Backend> {
    // The backend can be cloned at will, so nothing shorter would do.
    let owner: &'static H = Box::leak(Box::new(owner));
    let display = match owner.display_handle().ok()?.as_raw() {
        RawDisplayHandle::Wayland(handle) => handle.display.as_ptr().cast(),
        _ => return None,
    };
    // SAFETY: the pointer must be a `wl_display` for as long as the backend or a clone
    // of it exists. `HasDisplayHandle` is an unsafe trait: its implementor promises
    // that the handle of the Wayland variant holds a valid `wl_display`, for the
    // lifetime of the borrow it was got through. That borrow is of a leaked box, so
    // `'static`, and nobody can end it.
    Some(unsafe { Backend::from_foreign_display(display) })
}
