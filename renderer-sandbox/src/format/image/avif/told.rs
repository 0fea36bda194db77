//! What a file tells of its picture: by its items, or where it has none, by its tracks.

use super::hevc::Config;
use super::track::{Entry, Moving};
use super::{DocumentError, damaged, unsupported};
use crate::format::image::heif::{Bytes, Heif, Kind as Letters, boxes};
use crate::format::image::samples::{Channels, Depth, Kind};
use image::metadata::Orientation;

/// What alpha is called in AVIF, and in HEIC.
const ALPHA: [&[u8]; 2] = [
    b"urn:mpeg:mpegB:cicp:systems:auxiliary:alpha\0",
    b"urn:mpeg:hevc:2015:auxid:1\0",
];

/// How colours are meant (`nclx`); 2 is "not said".
#[derive(Debug, Clone, Copy)]
pub(super) struct CodePoints {
    pub(super) primaries: u16,
    pub(super) transfer: u16,
    pub(super) matrix: u16,
    pub(super) full: bool,
}

/// The picture of a file.
pub(super) struct Told<'d> {
    pub(super) place: Place<'d>,
    /// As it is stored, before anything of it is left out.
    pub(super) size: (u32, u32),
    pub(super) bits: u8,
    pub(super) grey: bool,
    pub(super) has_alpha: bool,
    pub(super) premultiplied: bool,
    pub(super) points: Option<CodePoints>,
    pub(super) icc: Option<&'d [u8]>,
    pub(super) orientation: Orientation,
    pub(super) crop: Option<Crop>,
}

/// Where its coded pictures are.
pub(super) enum Place<'d> {
    Items { heif: Heif<'d>, alpha: Option<u32> },
    Track(Moving<'d>),
}

/// The part of a picture that is shown (`clap`), in pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Crop {
    pub(super) left: u32,
    pub(super) top: u32,
    pub(super) size: (u32, u32),
}

/// What is said of a coded picture beside its data.
pub(super) enum Coding<'d> {
    Av1,
    Hevc(Config<'d>),
}

impl Coding<'_> {
    /// What the coding says of colours where the file does not; a decoder of AV1 tells it
    /// with each picture.
    fn points(&self) -> Option<CodePoints> {
        match self {
            Self::Av1 => None,
            Self::Hevc(config) => Some(config.points()),
        }
    }
}

impl<'d> Told<'d> {
    pub(super) fn read(document: &'d [u8]) -> Result<Self, DocumentError> {
        match Heif::read(document) {
            // Items of which none is the picture do not say what a file shows.
            Ok(heif) if heif.primary != 0 => Self::of_items(heif),
            other => match Moving::read(document) {
                Some(moving) => Self::of_track(moving),
                None => Err(other
                    .err()
                    .unwrap_or_else(|| damaged("it holds no picture"))),
            },
        }
    }

    fn of_items(heif: Heif<'d>) -> Result<Self, DocumentError> {
        let item = heif.primary;
        let first = first_cell(&heif, item)?;
        let size = heif.size(item).or_else(|| heif.size(first));
        let size = size.ok_or_else(|| damaged("its picture has no size"))?;
        let coding = coding(&heif, first)?;
        let (bits, grey) = match &coding {
            Coding::Av1 => av1_bits(heif.property(first, b"av1C"))?,
            Coding::Hevc(config) => (config.bits, config.grey),
        };
        let is_alpha = |other: &u32| {
            let body = heif.property(*other, b"auxC");
            let name = body.and_then(|body| body.0.get(4..));
            name.is_some_and(|name| ALPHA.iter().any(|kind| name.starts_with(kind)))
        };
        let alpha = heif.referring(item, b"auxl").find(is_alpha);
        let (points, icc) = colours(heif.all(item).chain(heif.all(first)));
        let points = points.or_else(|| coding.points());
        Ok(Self {
            size,
            bits,
            grey,
            has_alpha: alpha.is_some(),
            premultiplied: alpha.is_some_and(|alpha| heif.refers(item, b"prem").contains(&alpha)),
            points,
            icc,
            orientation: heif.orientation(item),
            crop: heif
                .property(item, b"clap")
                .and_then(|clap| crop(clap, size)),
            place: Place::Items { heif, alpha },
        })
    }

    /// The first frame of what moves.
    fn of_track(moving: Moving<'d>) -> Result<Self, DocumentError> {
        let Entry {
            size, properties, ..
        } = moving.entry;
        let all = || boxes(properties);
        let coding = moving.entry.coding()?;
        let (bits, grey) = match &coding {
            Coding::Av1 => {
                let config = all().find(|(kind, _)| kind == b"av1C");
                av1_bits(config.map(|(_, body)| body))?
            }
            Coding::Hevc(config) => (config.bits, config.grey),
        };
        let (points, icc) = colours(all());
        let points = points.or_else(|| coding.points());
        Ok(Self {
            size,
            bits,
            grey,
            has_alpha: moving.alpha.is_some(),
            premultiplied: moving.premultiplied,
            points,
            icc,
            orientation: Orientation::NoTransforms,
            crop: None,
            place: Place::Track(moving),
        })
    }

    /// How its samples are shown.
    pub(super) fn kind(&self) -> Kind {
        let channels = match (self.grey, self.has_alpha) {
            (true, false) => Channels::Grey,
            (true, true) => Channels::GreyAlpha,
            (false, false) => Channels::Rgb,
            (false, true) => Channels::Rgba,
        };
        let depth = if self.bits > 8 {
            Depth::Sixteen
        } else {
            Depth::Eight
        };
        let mut kind = Kind::new(channels, depth);
        kind.associated = self.premultiplied;
        kind
    }
}

/// The item itself, or the first of those that it is made of.
fn first_cell(heif: &Heif<'_>, item: u32) -> Result<u32, DocumentError> {
    match heif.kind(item).as_ref() {
        Some(b"av01" | b"hvc1") => Ok(item),
        Some(b"grid" | b"iden") => {
            let cells = heif.refers(item, b"dimg");
            let first = cells.first().copied();
            let first = first.ok_or_else(|| damaged("its grid is empty"))?;
            match heif.kind(first).as_ref() {
                Some(b"av01" | b"hvc1") => Ok(first),
                other => Err(other_coding(other)),
            }
        }
        other => Err(other_coding(other)),
    }
}

fn other_coding(kind: Option<&Letters>) -> DocumentError {
    match kind {
        Some(kind) => unsupported(&format!("its coding is {}", kind.escape_ascii())),
        None => damaged("it holds no picture"),
    }
}

/// What an item is coded with.
pub(super) fn coding<'d>(heif: &Heif<'d>, item: u32) -> Result<Coding<'d>, DocumentError> {
    match heif.kind(item).as_ref() {
        Some(b"av01") => Ok(Coding::Av1),
        Some(b"hvc1") => hevc(heif.property(item, b"hvcC")),
        other => Err(other_coding(other)),
    }
}

/// H.265, by its box `hvcC`.
pub(super) fn hevc(config: Option<Bytes<'_>>) -> Result<Coding<'_>, DocumentError> {
    let config = config.and_then(Config::read);
    config.map(Coding::Hevc).ok_or_else(no_configuration)
}

fn no_configuration() -> DocumentError {
    damaged("its picture has no configuration")
}

/// The flags of the box `av1C`.
fn av1_bits(config: Option<Bytes<'_>>) -> Result<(u8, bool), DocumentError> {
    let config = config.ok_or_else(no_configuration)?;
    let flags = config.0.get(2).copied().unwrap_or(0);
    let bits = match flags & 0b0110_0000 {
        0b0100_0000 => 10,
        0b0110_0000 => 12,
        _ => 8,
    };
    Ok((bits, flags & 0b0001_0000 != 0))
}

/// Code points and the profile, of all that is said of colours.
fn colours<'d>(
    properties: impl Iterator<Item = (Letters, Bytes<'d>)>,
) -> (Option<CodePoints>, Option<&'d [u8]>) {
    let (mut points, mut icc) = (None, None);
    for (kind, body) in properties {
        match (&kind, body.0) {
            (b"colr", [b'n', b'c', b'l', b'x', rest @ ..]) => {
                points = points.or_else(|| code_points(Bytes(rest)));
            }
            (b"colr", [b'p', b'r', b'o', b'f', rest @ ..])
            | (b"colr", [b'r', b'I', b'C', b'C', rest @ ..]) => icc = icc.or(Some(rest)),
            _ => {}
        }
    }
    (points, icc)
}

fn code_points(mut body: Bytes<'_>) -> Option<CodePoints> {
    let mut short = || u16::try_from(body.int(2)?).ok();
    let (primaries, transfer, matrix) = (short()?, short()?, short()?);
    Some(CodePoints {
        primaries,
        transfer,
        matrix,
        full: body.number(1)? & 0x80 != 0,
    })
}

/// The part of a picture of this size that `clap` leaves: its width and height, and how
/// far its middle is from that of the picture, as fractions (ISO/IEC 14496-12, 12.1.4).
/// What is no rectangle of whole pixels inside leaves all of it.
fn crop(mut body: Bytes<'_>, size: (u32, u32)) -> Option<Crop> {
    let mut fraction = || {
        let above = body.int(4)?.cast_signed();
        let below = body.int(4)?;
        (below > 0).then(|| f64::from(above) / f64::from(below))
    };
    let (width, height) = (fraction()?, fraction()?);
    let (right, down) = (fraction()?, fraction()?);
    let start = |whole: u32, part: f64, moved: f64| {
        let start = (f64::from(whole) - part) / 2.0 + moved;
        let inside = start >= 0.0 && part >= 1.0 && start + part <= f64::from(whole);
        (inside && start.fract() == 0.0 && part.fract() == 0.0).then_some(start as u32)
    };
    Some(Crop {
        left: start(size.0, width, right)?,
        top: start(size.1, height, down)?,
        size: (width as u32, height as u32),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn part_that_is_shown_lies_around_the_middle_that_is_told() {
        let clap = |numbers: [i32; 8]| {
            let bytes = numbers.map(i32::to_be_bytes).concat();
            crop(Bytes(&bytes), (100, 60))
        };
        let centred = Crop {
            left: 10,
            top: 5,
            size: (80, 50),
        };
        assert_eq!(clap([80, 1, 50, 1, 0, 1, 0, 1]), Some(centred));
        assert_eq!(clap([160, 2, 50, 1, 0, 7, 0, 1]), Some(centred));
        let moved = Crop {
            left: 0,
            top: 10,
            ..centred
        };
        assert_eq!(clap([80, 1, 50, 1, -10, 1, 10, 2]), Some(moved));
        for wrong in [
            [80, 0, 50, 1, 0, 1, 0, 1],
            [101, 1, 50, 1, 0, 1, 0, 1],
            [80, 1, 50, 1, 11, 1, 0, 1],
            [0, 1, 50, 1, 0, 1, 0, 1],
            [81, 1, 50, 1, 0, 1, 0, 1],
        ] {
            assert_eq!(clap(wrong), None, "{wrong:?}");
        }
        assert_eq!(crop(Bytes(&[0, 0, 0]), (100, 60)), None);
    }
}
