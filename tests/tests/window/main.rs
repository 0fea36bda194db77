//! The window as a user has it: the real programs under Xvfb, keys from xdotool,
//! and what is on the screen. What several parts need stands here.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod copies;
mod desktop;
mod files;
mod memory;
mod moving;
mod panels;
mod renderers;
mod sharpness;
mod wayland;
mod words;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use std::fs;
use std::path::PathBuf;
use std::time::Duration;
use tests::screen::{Color, Screen, Viewer, colored_pages};
use tests::settled;

/// Longest wait for anything: machines that test are slow.
const PATIENCE: Duration = Duration::from_secs(30);

const RED: Color = [200, 30, 40];
const GREEN: Color = [20, 160, 60];
const BLUE: Color = [30, 60, 210];

/// A document of these pages, in the screen's folder.
fn document(screen: &Screen, name: &str, pages: &[Color]) -> PathBuf {
    let path = screen.folder().join(name);
    fs::write(&path, colored_pages(pages)).unwrap();
    path
}

/// A window that shows a document whose first page has a colour.
fn opened(screen: &Screen, pages: &[Color]) -> (Viewer, PathBuf) {
    let path = document(screen, "document.pdf", pages);
    let viewer = screen.pellucid(&[&path], &[]);
    assert!(screen.shows(pages[0]), "the first page is not shown");
    (viewer, path)
}

/// Pixels of this colour, once no more of it is drawn.
fn whole(screen: &Screen, color: Color) -> usize {
    let quiet = Duration::from_secs(1);
    settled(PATIENCE, quiet, || screen.count(color)).unwrap()
}

fn signal_all(pids: &[i32], signal: Signal) {
    assert!(!pids.is_empty(), "there is no renderer to signal");
    for pid in pids {
        // One that has just ended needs no signal.
        let _ = kill(Pid::from_raw(*pid), signal);
    }
}
