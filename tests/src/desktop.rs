//! What a desktop has beside windows.

use crate::screen::is_installed;
use std::process::{Command, Stdio};

/// Whether there can be a D-Bus session, and a Python that can do this in it; what is
/// missing is said.
#[must_use]
pub fn has_session(python: &str) -> bool {
    let mut tried = Command::new("/usr/bin/python3");
    let tried = tried.args(["-c", python]).stderr(Stdio::null()).status();
    if !is_installed("dbus-run-session") || !tried.is_ok_and(|status| status.success()) {
        eprintln!("skipped: there is no D-Bus session, or Python says no to {python}");
        return false;
    }
    let named = Command::new("id").arg("-un").stderr(Stdio::null()).output();
    let named = named.is_ok_and(|id| id.status.success());
    if !named {
        eprintln!("skipped: D-Bus serves no user without a name");
    }
    named
}
