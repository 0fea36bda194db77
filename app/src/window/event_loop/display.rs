//! The window system: which one answers.

use super::Wake;
use std::os::unix::net::UnixStream;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use winit::event_loop::EventLoop;

/// The event loop of the window system that answers.
pub(super) fn event_loop() -> Result<EventLoop<Wake>, String> {
    let mut builder = EventLoop::<Wake>::with_user_event();
    #[cfg(any(target_os = "linux", target_os = "freebsd"))]
    if is_set("DISPLAY") && !wayland_answers() {
        // A Wayland socket without a compositor is no reason to have no window.
        winit::platform::x11::EventLoopBuilderExtX11::with_x11(&mut builder);
    } else if !is_set("DISPLAY") && !wayland_answers() {
        return Err(
            "there is no display: neither WAYLAND_DISPLAY nor DISPLAY leads to one".to_owned(),
        );
    }
    // winit panics where a library of the window system is missing.
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| {}));
    let built = catch_unwind(AssertUnwindSafe(|| builder.build()));
    std::panic::set_hook(hook);
    match built {
        Ok(built) => built.map_err(|error| format!("the display cannot be used: {error}")),
        Err(cause) => {
            let words = cause.downcast_ref::<String>().map_or("", String::as_str);
            Err(format!(
                "a library of the window system is missing: {words}"
            ))
        }
    }
}

fn is_set(variable: &str) -> bool {
    std::env::var_os(variable).is_some_and(|value| !value.is_empty())
}

/// Whether somebody listens where Wayland should be.
fn wayland_answers() -> bool {
    let Some(name) = std::env::var_os("WAYLAND_DISPLAY").filter(|name| !name.is_empty()) else {
        return is_set("WAYLAND_SOCKET");
    };
    let folder = std::env::var_os("XDG_RUNTIME_DIR").unwrap_or_default();
    UnixStream::connect(PathBuf::from(folder).join(name)).is_ok()
}
