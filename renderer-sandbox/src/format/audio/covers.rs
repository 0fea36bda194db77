//! Pictures in a sound: told and handed out like files inside a document, and
//! decoded by a renderer of their own.

use super::tags::Told;
use ipc::limits::MAX_TEXT_BYTES;
use ipc::{Attachment, Text};
use std::sync::Arc;
use symphonia::core::meta::{StandardVisualKey, Visual};

/// Most pictures that are told; albums have a cover and a booklet.
const MAX_COVERS: usize = 64;

/// A picture.
pub(super) struct Cover {
    name: &'static str,
    media_type: String,
    bytes: Arc<Vec<u8>>,
}

/// The pictures of a file, the front cover first.
pub(super) fn of(told: &Told) -> Vec<Cover> {
    let mut pictures: Vec<&Visual> = told.pictures().take(MAX_COVERS).collect();
    let front = Some(StandardVisualKey::FrontCover);
    pictures.sort_by_key(|picture| match picture.usage {
        usage if usage == front => 0,
        None | Some(StandardVisualKey::Other) => 1,
        Some(_) => 2,
    });
    pictures.into_iter().map(Cover::new).collect()
}

impl Cover {
    fn new(picture: &Visual) -> Self {
        Self {
            name: name(picture.usage),
            media_type: picture.media_type.clone().unwrap_or_default(),
            bytes: Arc::new(picture.data.to_vec()),
        }
    }

    /// As it is told.
    pub(super) fn attachment(&self) -> Attachment {
        Attachment {
            name: Text::cleaned(self.name, MAX_TEXT_BYTES),
            description: Text::default(),
            media_type: Text::cleaned(&self.media_type, MAX_TEXT_BYTES),
            bytes: Some(self.bytes.len() as u64),
            page: None,
        }
    }

    /// All of it.
    pub(super) fn bytes(&self) -> Arc<Vec<u8>> {
        Arc::clone(&self.bytes)
    }
}

fn name(usage: Option<StandardVisualKey>) -> &'static str {
    use StandardVisualKey as K;
    match usage {
        Some(K::FrontCover) => "front cover",
        Some(K::BackCover) => "back cover",
        Some(K::Leaflet) => "leaflet",
        Some(K::Media) => "media",
        Some(K::FileIcon | K::OtherIcon) => "icon",
        Some(
            K::LeadArtistPerformerSoloist | K::ArtistPerformer | K::Conductor | K::BandOrchestra,
        ) => "artist",
        _ => "picture",
    }
}
