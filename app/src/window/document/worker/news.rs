//! What a worker tells the window.

use crate::broker::{BrokerError, Standing};
use crate::cli::Output;
use crate::window::browse::named::Named;
use crate::window::chrome::chooser::Answer;
use crate::window::document::unpack::Unpacked;
use crate::window::document::wanted::TileKey;
use crate::window::listening::ear::Ear;
use crate::window::shell::{Moved, Saved};
use capmode::Measured;
use ipc::{
    Attachment, Chapter, Frames, InfoField, Layer, Link, Match, Note, OutlineEntry, PageEntry,
    PageImage, Peak, Signature, Summary, TextRun, Wish,
};
use std::path::PathBuf;
use std::time::SystemTime;

/// What a worker tells.
#[derive(Debug)]
pub(crate) enum News {
    /// The document is open.
    Opened(Summary, Option<Standing>, Option<i32>),
    /// It needs a password, or another one.
    PasswordNeeded {
        /// Whether one was tried.
        wrong: bool,
    },
    /// Sizes and labels of pages.
    Pages(u32, Vec<PageEntry>),
    /// What the document says about itself.
    Info(Vec<InfoField>),
    /// How its process is doing, seen from outside.
    Measured(Measured),
    /// How long the frames of a picture are shown, where it moves.
    Frames(Frames),
    /// Pictures of the folder that a picture is in, and when that was changed last.
    Siblings(Vec<PathBuf>, Option<SystemTime>),
    /// A picture for the clipboard, or why there is none.
    Picture(Result<Vec<u8>, String>),
    /// What became of a file that the user has moved.
    Moved(Moved),
    /// What the user has named, and which of it are folders.
    Named(Vec<Named>),
    /// What was taken for a file is a folder, and these pictures are in it.
    Folder(PathBuf, Vec<PathBuf>),
    /// The outline.
    Outline(Vec<OutlineEntry>),
    /// Files inside the document.
    Attachments(Vec<Attachment>),
    /// All layers, as they are shown now.
    Layers(Vec<Layer>),
    /// Signatures, none of them verified.
    Signatures(Vec<Signature>),
    /// What the document wants to be done and is not.
    Refused(Vec<Wish>),
    /// What readers have noted on the pages.
    Notes(Vec<Note>),
    /// How many bytes of an attachment are out, by its number.
    Unpacking(u32, u64),
    /// An attachment is where it was wanted, or why it is not.
    Unpacked(Unpacked),
    /// Links of a page.
    Links(u32, Vec<Link>),
    /// Where pictures stand on a page.
    Images(u32, Vec<PageImage>),
    /// Words of a page, and whether those are all.
    Text(u32, Vec<TextRun>, bool),
    /// What a search has found on a page, and whether that is all of it.
    Found(Search, u32, Result<Vec<Match>, String>, bool),
    /// A tile: premultiplied RGBA8, rows packed; of a whole page the part that is
    /// drawn on; and whether it is all there.
    Tile(TileKey, Vec<u8>, Option<[f32; 4]>, bool),
    /// A tile cannot be drawn; why.
    TileFailed(TileKey, String),
    /// A safe copy: pages that are written, and pages in all.
    Copying(usize, usize),
    /// A safe copy is whole, or why there is none.
    Copied(Result<(), String>),
    /// Peaks of a sound, from a bucket on.
    Peaks(u16, Vec<Peak>),
    /// Chapters of a sound.
    Chapters(Vec<Chapter>),
    /// The session that the player plays, or why there is none.
    Ear(Result<Box<Ear>, BrokerError>),
    /// The same for the sound that follows.
    NextEar(PathBuf, Result<Box<Ear>, BrokerError>),
    /// The cover of a sound: its size, and premultiplied RGBA8.
    Cover((u16, u16), Vec<u8>),
    /// Something to tell the user.
    Say(String),
    /// Where something is to go, as the user has said in the system's dialog.
    SaveTo(Saved, PathBuf),
    /// A name that no file has, for what is to be saved.
    Proposed(PathBuf),
    /// A file to write to, or why there is none.
    Place(Saved, PathBuf, Result<Output, String>),
    /// What the chooser has asked.
    Listed(Answer),
    /// Printers that the system has.
    Printers(Vec<String>),
    /// The renderer is gone, or never was. The last news.
    Ended(BrokerError),
}

/// Number of a search, never used twice.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub(crate) struct Search(pub(crate) u64);
