//! Files dragged onto a window from a program of ours, as file managers do it.

pub mod wayland;
pub mod x11;
