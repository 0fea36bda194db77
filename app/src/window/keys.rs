//! What can be done in the window, and the keys for it.

mod action;
mod chord;
#[cfg(test)]
mod manual;
mod map;

pub(crate) use action::{ACTIONS, Action, Described, Place};
pub(crate) use map::{KeyMap, Pressed, number};
