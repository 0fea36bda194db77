//! JPEG XL, by `jxl-oxide`, on the worker's own thread.
//!
//! Colours that are named are turned into sRGB by the library, HDR with its tone
//! map; those of an ICC profile come as they are, and the profile is applied here.

use super::DocumentError;
use super::colour;
use super::decode::{Decoded, Header, damaged};
use super::samples::{Channels, Depth, Kind, Samples, zeroed};
use super::words::{self, undecodable};
use crate::budget;
use jxl_oxide::color::ColourEncoding;
use jxl_oxide::{
    AllocTracker, EnumColourEncoding, ExtraChannelType, JxlImage, JxlThreadPool, PixelFormat,
    RenderingIntent,
};

/// What the decoder takes beside its samples, in bytes a pixel: three planes of
/// floats, twice while they are filtered, and one of alpha.
pub(super) const SCRATCH: u64 = 28;

pub(super) fn header(document: &[u8]) -> Result<Header, DocumentError> {
    let image = opened(document)?;
    let mut header = Header::new((image.width(), image.height()), kind(&image));
    header.icc = profile(&image);
    header.exif = exif(&image);
    header.xmp = xmp(&image);
    header.scratch = SCRATCH;
    Ok(header)
}

pub(super) fn decode(document: &[u8]) -> Result<Decoded, DocumentError> {
    let image = opened(document)?;
    let bytes = samples(&image, 0)?;
    let cut = (!image.is_loading_done()).then(|| words::cut(words::ENDS_EARLY));
    let kind = kind(&image);
    let samples = Samples { bytes, kind };
    Ok(Decoded { samples, cut })
}

/// A picture that moves.
pub(super) struct Moving(JxlImage);

impl Moving {
    /// Opens one; a picture that stands still is refused.
    pub(super) fn open(document: &[u8]) -> Result<Self, DocumentError> {
        let image = opened(document)?;
        let moves = image.image_header().metadata.animation.is_some();
        let still = || damaged("it does not move");
        moves.then_some(Self(image)).ok_or_else(still)
    }

    /// How often it is played, 0 for ever.
    pub(super) fn plays(&self) -> u32 {
        let animation = self.0.image_header().metadata.animation.as_ref();
        animation.map_or(1, |animation| animation.num_loops)
    }

    /// How long each frame is shown, in milliseconds.
    pub(super) fn durations_ms(&self) -> Vec<u32> {
        let Some(animation) = &self.0.image_header().metadata.animation else {
            return Vec::new();
        };
        let ticks = u64::from(animation.tps_numerator.max(1));
        let frames = (0..self.0.num_loaded_keyframes()).map_while(|index| {
            let duration = u64::from(self.0.frame_header(index)?.duration);
            let ms = duration * 1000 * u64::from(animation.tps_denominator) / ticks;
            Some(u32::try_from(ms).unwrap_or(u32::MAX))
        });
        frames.collect()
    }

    /// Width and height, upright.
    pub(super) fn size(&self) -> (u32, u32) {
        (self.0.width(), self.0.height())
    }

    /// A frame, straight RGBA8; `None` behind the last.
    pub(super) fn frame(&self, index: usize) -> Result<Option<Vec<u8>>, DocumentError> {
        if index >= self.0.num_loaded_keyframes() {
            return Ok(None);
        }
        let bytes = samples(&self.0, index)?;
        let kind = kind(&self.0);
        let rgba = colour::straight_rgba8(Samples { bytes, kind })?;
        Ok(Some(rgba))
    }
}

fn refusal(error: &dyn std::fmt::Display) -> DocumentError {
    damaged(&undecodable(&error.to_string()))
}

fn opened(document: &[u8]) -> Result<JxlImage, DocumentError> {
    let most = usize::try_from(budget::pictures()).unwrap_or(usize::MAX);
    let mut image = JxlImage::builder()
        .pool(JxlThreadPool::none())
        .alloc_tracker(AllocTracker::with_limit(most))
        .read(document)
        .map_err(|error| refusal(&error))?;
    let metadata = &image.image_header().metadata;
    let named = matches!(metadata.colour_encoding, ColourEncoding::Enum(_));
    if named || metadata.xyb_encoded {
        let intent = RenderingIntent::Relative;
        let wanted = if image.pixel_format().is_grayscale() {
            EnumColourEncoding::gray_srgb(intent)
        } else {
            EnumColourEncoding::srgb(intent)
        };
        image.request_color_encoding(wanted);
    }
    Ok(image)
}

fn kind(image: &JxlImage) -> Kind {
    let channels = match image.pixel_format() {
        PixelFormat::Gray => Channels::Grey,
        PixelFormat::Graya => Channels::GreyAlpha,
        PixelFormat::Rgb => Channels::Rgb,
        PixelFormat::Rgba => Channels::Rgba,
        PixelFormat::Cmyk | PixelFormat::Cmyka => Channels::Cmyk,
    };
    let metadata = &image.image_header().metadata;
    let depth = if metadata.bit_depth.bits_per_sample() > 8 {
        Depth::Sixteen
    } else {
        Depth::Eight
    };
    let mut kind = Kind::new(channels, depth);
    kind.associated = metadata.ec_info.iter().any(|channel| {
        matches!(
            channel.ty,
            ExtraChannelType::Alpha {
                alpha_associated: true
            }
        )
    });
    kind
}

/// The profile that holds for what the decoder gives; none where that is sRGB.
fn profile(image: &JxlImage) -> Option<Vec<u8>> {
    let metadata = &image.image_header().metadata;
    let named = matches!(metadata.colour_encoding, ColourEncoding::Enum(_));
    if named || metadata.xyb_encoded {
        return None;
    }
    image.original_icc().map(<[u8]>::to_vec)
}

fn exif(image: &JxlImage) -> Option<Vec<u8>> {
    match image.aux_boxes().first_exif().ok()? {
        jxl_oxide::AuxBoxData::Data(exif) => Some(exif.payload().to_vec()),
        _ => None,
    }
}

fn xmp(image: &JxlImage) -> Option<Vec<u8>> {
    match image.aux_boxes().first_xml() {
        jxl_oxide::AuxBoxData::Data(packet) => Some(packet.to_vec()),
        _ => None,
    }
}

/// Samples of a frame in native bytes.
fn samples(image: &JxlImage, frame: usize) -> Result<Vec<u8>, DocumentError> {
    let render = image.render_frame(frame).map_err(|error| refusal(&error))?;
    let kind = kind(image);
    let mut stream = match image.pixel_format() {
        PixelFormat::Cmyka => render.stream_no_alpha(),
        _ => render.stream(),
    };
    let pixels = u64::from(stream.width()) * u64::from(stream.height());
    if stream.channels() as usize != kind.channels.count() {
        return Err(damaged(
            "its pixels have other channels than its header says",
        ));
    }
    let count = pixels * u64::from(stream.channels());
    let mut bytes = zeroed(count * kind.depth.bytes() as u64)?;
    if kind.depth == Depth::Eight {
        stream.write_to_buffer(&mut bytes);
    } else {
        let mut row = vec![0_u16; stream.width() as usize * kind.channels.count()];
        for to in bytes.chunks_exact_mut(row.len().max(1) * 2) {
            stream.write_to_buffer(&mut row);
            let (to, _) = to.as_chunks_mut::<2>();
            for (to, from) in to.iter_mut().zip(&row) {
                *to = from.to_ne_bytes();
            }
        }
    }
    if kind.channels == Channels::Cmyk {
        // All ink is 0 in the file (ISO/IEC 18181-1), and the most here.
        bytes.iter_mut().for_each(|byte| *byte = !*byte);
    }
    Ok(bytes)
}
