//! A document in the window: its renderer, what it looks like, where the user is.
//!
//! | file | holds |
//! |---|---|
//! | `worker` | the thread that drives the session of a document |
//! | `layout` | where pages stand. Pure |
//! | `view` | zoom, place and turn. Pure |
//! | `wanted` | which tiles are to be drawn, in which order. Pure |
//! | `tiles` | tiles that are drawn, within a budget of bytes |

pub(crate) mod layout;
pub(crate) mod tiles;
pub(crate) mod view;
pub(crate) mod wanted;
pub(crate) mod worker;
