//! What the content of a document is.

use crate::codec::{Decode, Encode};

/// What the content of a document is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Encode, Decode)]
pub enum Format {
    /// PDF (ISO 32000).
    Pdf,
    /// PNG, also animated (APNG).
    Png,
    /// JPEG (JFIF, Exif).
    Jpeg,
    /// GIF 87a and 89a.
    Gif,
    /// WebP, lossy, lossless, animated.
    WebP,
    /// TIFF, also multi-page.
    Tiff,
    /// Windows and OS/2 bitmap.
    Bmp,
    /// Windows icon or cursor.
    Ico,
    /// PBM, PGM, PPM, PAM.
    Pnm,
    /// Quite OK image.
    Qoi,
    /// Truevision TGA.
    Tga,
    /// DirectDraw surface.
    Dds,
    /// Radiance HDR.
    Hdr,
    /// OpenEXR.
    Exr,
    /// farbfeld.
    Farbfeld,
    /// SVG, also compressed.
    Svg,
    /// JPEG XL, alone or in a container.
    JpegXl,
    /// AVIF, also a sequence.
    Avif,
    /// HEIC: the same container, coded with H.265.
    Heic,
    /// JPEG 2000, alone or in JP2.
    Jpeg2000,
    /// Photoshop: the picture of all layers.
    Psd,
    /// A ZIP archive of pictures.
    Comic,
    /// A camera's raw picture: the preview in it.
    Raw,
    /// PCX.
    Pcx,
    /// Silicon Graphics image.
    Sgi,
    /// X bitmap.
    Xbm,
    /// X pixmap.
    Xpm,
    /// Apple icon.
    Icns,
    /// WAV, also RF64.
    Wav,
    /// AIFF and AIFF-C.
    Aiff,
    /// Core Audio format.
    Caf,
    /// FLAC.
    Flac,
    /// MPEG audio, layers 1 to 3.
    Mp3,
    /// Ogg: Vorbis, Opus, FLAC.
    Ogg,
    /// AAC without a container (ADTS).
    Aac,
    /// The sound of an MPEG-4 or QuickTime file.
    Mp4,
    /// The sound of a Matroska or WebM file.
    Matroska,
}

impl Format {
    /// Whether it is heard.
    #[must_use]
    pub fn is_sound(self) -> bool {
        matches!(
            self,
            Self::Wav
                | Self::Aiff
                | Self::Caf
                | Self::Flac
                | Self::Mp3
                | Self::Ogg
                | Self::Aac
                | Self::Mp4
                | Self::Matroska
        )
    }

    /// Its usual name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Pdf => "PDF",
            Self::Png => "PNG",
            Self::Jpeg => "JPEG",
            Self::Gif => "GIF",
            Self::WebP => "WebP",
            Self::Tiff => "TIFF",
            Self::Bmp => "BMP",
            Self::Ico => "ICO",
            Self::Pnm => "PNM",
            Self::Qoi => "QOI",
            Self::Tga => "TGA",
            Self::Dds => "DDS",
            Self::Hdr => "Radiance HDR",
            Self::Exr => "OpenEXR",
            Self::Farbfeld => "farbfeld",
            Self::Svg => "SVG",
            Self::JpegXl => "JPEG XL",
            Self::Avif => "AVIF",
            Self::Heic => "HEIC",
            Self::Jpeg2000 => "JPEG 2000",
            Self::Psd => "Photoshop",
            Self::Comic => "comic book (ZIP)",
            Self::Raw => "camera raw",
            Self::Pcx => "PCX",
            Self::Sgi => "SGI",
            Self::Xbm => "X bitmap",
            Self::Xpm => "X pixmap",
            Self::Icns => "Apple icon",
            Self::Wav => "WAV",
            Self::Aiff => "AIFF",
            Self::Caf => "Core Audio",
            Self::Flac => "FLAC",
            Self::Mp3 => "MPEG audio",
            Self::Ogg => "Ogg",
            Self::Aac => "AAC",
            Self::Mp4 => "MPEG-4",
            Self::Matroska => "Matroska",
        }
    }
}
