//! A document in the window: its renderer, what it looks like, where the user is.
//!
//! | file | holds |
//! |---|---|
//! | `worker` | the thread that drives the session of a document; `worker/carried` what it carries |
//! | `copy_work` | a safe copy that it makes meanwhile |
//! | `unpack` | attachments that it takes out meanwhile |
//! | `carried` | what a document carries beside its pages. Pure |
//! | `marks` | places that the user has marked |
//! | `hints` | labels of links, for the keyboard. Pure |
//! | `find` | a search as far as it is |
//! | `selection` | text that is selected. Pure |
//! | `content` | the part of a page that is drawn on. Pure |
//! | `player` | which frame of a picture that moves is shown. Pure |
//! | `layout` | where pages stand. Pure |
//! | `view` | zoom, place and turn. Pure |
//! | `wanted` | which tiles are to be drawn, in which order. Pure |
//! | `tiles` | tiles that are drawn, within a budget of bytes |

pub(crate) mod carried;
pub(crate) mod content;
pub(crate) mod copy_work;
pub(crate) mod find;
pub(crate) mod hints;
pub(crate) mod layout;
pub(crate) mod marks;
pub(crate) mod player;
pub(crate) mod selection;
pub(crate) mod tiles;
pub(crate) mod unpack;
pub(crate) mod view;
pub(crate) mod wanted;
pub(crate) mod worker;
