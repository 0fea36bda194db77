//! Which message it is, for the table of phases.

use super::{Event, Request};

/// [`Request`] without its fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "each is named and described as in Request")]
pub enum RequestKind {
    Open,
    Unlock,
    Paint,
    Pages,
    Info,
    Text,
    Outline,
    Links,
    Search,
    Frames,
    Credit,
    Cancel,
    Attachments,
    Extract,
    Layers,
    ShowLayers,
    Signatures,
    Wishes,
    Images,
    Font,
    Sound,
    Waveform,
    Chapters,
    Notes,
}

/// [`Event`] without its fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "each is named and described as in Event")]
pub enum EventKind {
    Confined,
    Locked,
    Opened,
    PasswordNeeded,
    Refused,
    Painted,
    Part,
    Failed,
    Panicked,
    Copied,
    FontWanted,
    Sound,
}

impl Request {
    /// Which request this is.
    #[must_use]
    pub fn kind(&self) -> RequestKind {
        match self {
            Self::Open(_) => RequestKind::Open,
            Self::Unlock(_) => RequestKind::Unlock,
            Self::Paint { .. } => RequestKind::Paint,
            Self::Pages { .. } => RequestKind::Pages,
            Self::Info { .. } => RequestKind::Info,
            Self::Text { .. } => RequestKind::Text,
            Self::Outline { .. } => RequestKind::Outline,
            Self::Links { .. } => RequestKind::Links,
            Self::Search { .. } => RequestKind::Search,
            Self::Frames { .. } => RequestKind::Frames,
            Self::Credit { .. } => RequestKind::Credit,
            Self::Cancel { .. } => RequestKind::Cancel,
            Self::Attachments { .. } => RequestKind::Attachments,
            Self::Extract { .. } => RequestKind::Extract,
            Self::Layers { .. } => RequestKind::Layers,
            Self::ShowLayers { .. } => RequestKind::ShowLayers,
            Self::Signatures { .. } => RequestKind::Signatures,
            Self::Wishes { .. } => RequestKind::Wishes,
            Self::Images { .. } => RequestKind::Images,
            Self::Font { .. } => RequestKind::Font,
            Self::Sound { .. } => RequestKind::Sound,
            Self::Waveform { .. } => RequestKind::Waveform,
            Self::Chapters { .. } => RequestKind::Chapters,
            Self::Notes { .. } => RequestKind::Notes,
        }
    }
}

impl Event {
    /// Which event this is.
    #[must_use]
    pub fn kind(&self) -> EventKind {
        match self {
            Self::Confined(_) => EventKind::Confined,
            Self::Locked => EventKind::Locked,
            Self::Opened(_) => EventKind::Opened,
            Self::PasswordNeeded { .. } => EventKind::PasswordNeeded,
            Self::Refused(_) => EventKind::Refused,
            Self::Painted { .. } => EventKind::Painted,
            Self::Part(_) => EventKind::Part,
            Self::Failed { .. } => EventKind::Failed,
            Self::Panicked { .. } => EventKind::Panicked,
            Self::Copied { .. } => EventKind::Copied,
            Self::FontWanted { .. } => EventKind::FontWanted,
            Self::Sound { .. } => EventKind::Sound,
        }
    }
}
