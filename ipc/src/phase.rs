//! Which message may be said when; both sides hold the same table.
//!
//! | phase | the broker may say | the renderer may say |
//! |---|---|---|
//! | `Starting` | – | `Confined` → `Confined` |
//! | `Confined` | `Open` → `Locking` | – |
//! | `Locking` | – | `Locked` → `Opening` |
//! | `Opening` | – | `Opened` → `Ready`, `PasswordNeeded` → `NeedsPassword`, `Refused` → `Closed` |
//! | `NeedsPassword` | `Unlock` → `Opening` | – |
//! | `Ready` | `Paint` `Pages` `Info` `Text` `Outline` `Links` `Search` `Attachments` `Extract` `Layers` `ShowLayers` `Signatures` `Wishes` `Images` `Font` `Sound` `Waveform` `Chapters` `Notes` `Credit` `Cancel` | `Painted` `Copied` `Sound` `Part` `Failed` `FontWanted` |
//! | `Closed` | – | – |
//!
//! `Panicked` may be said in every phase but `Closed`, and closes. `Refused`
//! may also be said while `Locking`: the memory may not be there.

use crate::error::ProtocolError;
use crate::message::{Event, EventKind, Request, RequestKind};

/// How far a session is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Phase {
    /// The renderer exists and confines itself.
    Starting,
    /// It is confined and holds nothing but its channel.
    Confined,
    /// It has been given the document and puts up the last wall.
    Locking,
    /// It parses the document.
    Opening,
    /// The document needs a password.
    NeedsPassword,
    /// The document is open.
    Ready,
    /// Nothing more is said.
    Closed,
}

impl Phase {
    /// Every phase, for tables and tests.
    pub const ALL: [Self; 7] = [
        Self::Starting,
        Self::Confined,
        Self::Locking,
        Self::Opening,
        Self::NeedsPassword,
        Self::Ready,
        Self::Closed,
    ];

    /// The phase after the broker says `request`.
    ///
    /// # Errors
    ///
    /// [`ProtocolError::Phase`] if it may not be said now.
    pub fn after_request(self, request: &Request) -> Result<Self, ProtocolError> {
        use RequestKind as R;
        match (self, request.kind()) {
            (Self::Confined, R::Open) => Ok(Self::Locking),
            (Self::NeedsPassword, R::Unlock) => Ok(Self::Opening),
            (
                Self::Ready,
                R::Paint
                | R::Pages
                | R::Info
                | R::Text
                | R::Outline
                | R::Links
                | R::Search
                | R::Frames
                | R::Attachments
                | R::Extract
                | R::Layers
                | R::ShowLayers
                | R::Signatures
                | R::Wishes
                | R::Images
                | R::Font
                | R::Sound
                | R::Waveform
                | R::Chapters
                | R::Notes
                | R::Credit
                | R::Cancel,
            ) => Ok(Self::Ready),
            (phase, kind) => Err(ProtocolError::Phase {
                message: request_name(kind),
                phase,
            }),
        }
    }

    /// The phase after the renderer says `event`.
    ///
    /// # Errors
    ///
    /// [`ProtocolError::Phase`] if it may not be said now.
    pub fn after_event(self, event: &Event) -> Result<Self, ProtocolError> {
        use EventKind as E;
        match (self, event.kind()) {
            (Self::Starting, E::Confined) => Ok(Self::Confined),
            (Self::Locking, E::Locked) => Ok(Self::Opening),
            (Self::Opening, E::Opened) => Ok(Self::Ready),
            (Self::Opening, E::PasswordNeeded) => Ok(Self::NeedsPassword),
            (Self::Locking | Self::Opening, E::Refused) => Ok(Self::Closed),
            (
                Self::Ready,
                E::Painted | E::Copied | E::Sound | E::Part | E::Failed | E::FontWanted,
            ) => Ok(Self::Ready),
            (phase, E::Panicked) if phase != Self::Closed => Ok(Self::Closed),
            (phase, kind) => Err(ProtocolError::Phase {
                message: event_name(kind),
                phase,
            }),
        }
    }
}

fn request_name(kind: RequestKind) -> &'static str {
    match kind {
        RequestKind::Open => "Open",
        RequestKind::Unlock => "Unlock",
        RequestKind::Paint => "Paint",
        RequestKind::Pages => "Pages",
        RequestKind::Info => "Info",
        RequestKind::Text => "Text",
        RequestKind::Outline => "Outline",
        RequestKind::Links => "Links",
        RequestKind::Search => "Search",
        RequestKind::Frames => "Frames",
        RequestKind::Credit => "Credit",
        RequestKind::Cancel => "Cancel",
        RequestKind::Attachments => "Attachments",
        RequestKind::Extract => "Extract",
        RequestKind::Layers => "Layers",
        RequestKind::ShowLayers => "ShowLayers",
        RequestKind::Signatures => "Signatures",
        RequestKind::Wishes => "Wishes",
        RequestKind::Images => "Images",
        RequestKind::Font => "Font",
        RequestKind::Sound => "Sound",
        RequestKind::Waveform => "Waveform",
        RequestKind::Chapters => "Chapters",
        RequestKind::Notes => "Notes",
    }
}

fn event_name(kind: EventKind) -> &'static str {
    match kind {
        EventKind::Confined => "Confined",
        EventKind::Locked => "Locked",
        EventKind::Opened => "Opened",
        EventKind::PasswordNeeded => "PasswordNeeded",
        EventKind::Refused => "Refused",
        EventKind::Painted => "Painted",
        EventKind::Part => "Part",
        EventKind::Failed => "Failed",
        EventKind::Panicked => "Panicked",
        EventKind::Copied => "Copied",
        EventKind::FontWanted => "FontWanted",
        EventKind::Sound => "Sound",
    }
}
