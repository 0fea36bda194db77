//! What the things are called that a document says about itself, and their order.

use ipc::{InfoField, InfoKey};

/// What a document says, in the order in which people look for it; and all the rest.
pub(crate) fn curated<'a>(
    fields: impl IntoIterator<Item = &'a InfoField>,
) -> (Vec<&'a InfoField>, Vec<&'a InfoField>) {
    let is_rest = |field: &&InfoField| field.key == InfoKey::Metadata;
    let (rest, mut told): (Vec<_>, Vec<_>) = fields.into_iter().partition(is_rest);
    told.sort_by_key(|field| rank(field.key));
    (told, rest)
}

/// First what it is and whose, then how it was made, then how it is stored.
fn rank(key: InfoKey) -> u8 {
    use InfoKey as K;
    match key {
        K::Title => 0,
        K::Author | K::Artist => 1,
        K::Album => 2,
        K::AlbumArtist => 3,
        K::Track => 4,
        K::Disc => 5,
        K::Composer => 6,
        K::Genre => 7,
        K::Subject => 8,
        K::Comment => 9,
        K::Keywords => 10,
        K::Rating => 11,
        K::Date | K::Created => 12,
        K::Modified => 13,
        K::Copyright => 14,
        K::Camera => 15,
        K::Lens => 16,
        K::Exposure => 17,
        K::Location => 18,
        K::PixelSize => 19,
        K::ColorType => 20,
        K::ColorProfile => 21,
        K::Orientation => 22,
        K::Animation => 23,
        K::Duration => 24,
        K::Codec => 25,
        K::SampleRate => 26,
        K::Channels => 27,
        K::BitDepth => 28,
        K::BitRate => 29,
        K::TrackGain => 30,
        K::AlbumGain => 31,
        K::Creator => 32,
        K::Producer => 33,
        K::Version => 34,
        K::Encryption => 35,
        K::Permissions => 36,
        K::Repaired => 37,
        K::Notice => 38,
        K::Metadata => 39,
    }
}

pub(crate) fn heading(key: InfoKey) -> &'static str {
    match key {
        InfoKey::Version => "Version",
        InfoKey::Title => "Title",
        InfoKey::Author => "Author",
        InfoKey::Subject => "Subject",
        InfoKey::Keywords => "Keywords",
        InfoKey::Creator => "Made with",
        InfoKey::Producer => "Producer",
        InfoKey::Created => "Created",
        InfoKey::Modified => "Modified",
        InfoKey::Encryption => "Encryption",
        InfoKey::PixelSize => "Stored size",
        InfoKey::ColorType => "Colours",
        InfoKey::ColorProfile => "Colour profile",
        InfoKey::Orientation => "Orientation",
        InfoKey::Animation => "Animation",
        InfoKey::Camera => "Camera",
        InfoKey::Lens => "Lens",
        InfoKey::Exposure => "Exposure",
        InfoKey::Location => "Location",
        InfoKey::Notice => "Notice",
        InfoKey::Permissions => "Permissions",
        InfoKey::Repaired => "Repaired",
        InfoKey::Artist => "Artist",
        InfoKey::Album => "Album",
        InfoKey::AlbumArtist => "Album artist",
        InfoKey::Track => "Track",
        InfoKey::Disc => "Disc",
        InfoKey::Date => "Date",
        InfoKey::Genre => "Genre",
        InfoKey::Composer => "Composer",
        InfoKey::Comment => "Comment",
        InfoKey::Codec => "Codec",
        InfoKey::SampleRate => "Sample rate",
        InfoKey::Channels => "Channels",
        InfoKey::BitDepth => "Bits a sample",
        InfoKey::BitRate => "Bit rate",
        InfoKey::Duration => "Duration",
        InfoKey::TrackGain => "Track gain",
        InfoKey::AlbumGain => "Album gain",
        InfoKey::Copyright => "Copyright",
        InfoKey::Rating => "Rating",
        InfoKey::Metadata => "Metadata",
    }
}

pub(super) fn name(key: InfoKey) -> &'static str {
    match key {
        InfoKey::Version => "version",
        InfoKey::Title => "title",
        InfoKey::Author => "author",
        InfoKey::Subject => "subject",
        InfoKey::Keywords => "keywords",
        InfoKey::Creator => "creator",
        InfoKey::Producer => "producer",
        InfoKey::Created => "created",
        InfoKey::Modified => "modified",
        InfoKey::Encryption => "encryption",
        InfoKey::PixelSize => "pixel_size",
        InfoKey::ColorType => "color_type",
        InfoKey::ColorProfile => "color_profile",
        InfoKey::Orientation => "orientation",
        InfoKey::Animation => "animation",
        InfoKey::Camera => "camera",
        InfoKey::Lens => "lens",
        InfoKey::Exposure => "exposure",
        InfoKey::Location => "location",
        InfoKey::Notice => "notice",
        InfoKey::Permissions => "permissions",
        InfoKey::Repaired => "repaired",
        InfoKey::Artist => "artist",
        InfoKey::Album => "album",
        InfoKey::AlbumArtist => "album_artist",
        InfoKey::Track => "track",
        InfoKey::Disc => "disc",
        InfoKey::Date => "date",
        InfoKey::Genre => "genre",
        InfoKey::Composer => "composer",
        InfoKey::Comment => "comment",
        InfoKey::Codec => "codec",
        InfoKey::SampleRate => "sample_rate",
        InfoKey::Channels => "channels",
        InfoKey::BitDepth => "bit_depth",
        InfoKey::BitRate => "bit_rate",
        InfoKey::Duration => "duration",
        InfoKey::TrackGain => "track_gain",
        InfoKey::AlbumGain => "album_gain",
        InfoKey::Copyright => "copyright",
        InfoKey::Rating => "rating",
        InfoKey::Metadata => "metadata",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn title_comes_first_and_what_programs_have_written_behind_the_rest() {
        let keys = [
            InfoKey::Metadata,
            InfoKey::PixelSize,
            InfoKey::Location,
            InfoKey::Camera,
            InfoKey::Created,
            InfoKey::Title,
        ];
        let fields = keys.map(|key| InfoField {
            key,
            value: ipc::Text::default(),
        });
        let (told, rest) = curated(&fields);
        let told: Vec<&str> = told.iter().map(|field| heading(field.key)).collect();
        let order = ["Title", "Created", "Camera", "Location", "Stored size"];
        assert_eq!(told, order);
        assert_eq!(rest.len(), 1);
    }
}
