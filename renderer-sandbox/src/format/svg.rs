//! SVG, by `resvg`: one page, drawn anew for every tile, so it is sharp at any zoom.
//!
//! Trust: none. Nothing outside the file is read: pictures stand in it as data or
//! are left out, there are no fonts of the system, and scripts do not exist for
//! the library. Text is shown in the fonts that are built in here, which is told.

use super::image::metadata;
use super::{Document, DocumentError, Painter};
use crate::surface::Surface;
use capmode::{Confined, DocumentMemory};
use flate2::read::GzDecoder;
use ipc::limits::MAX_TEXT_BYTES;
use ipc::{
    Format, InfoField, InfoKey, PageEntry, PageIndex, PageSize, Summary, Text, TextRun, Tile,
};
use resvg::tiny_skia::{PixmapMut, Transform};
use resvg::usvg::{ImageHrefResolver, Options, Tree};
use roxmltree::ParsingOptions;
use std::borrow::Cow;
use std::fmt::Display;
use std::io::Read;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Longest SVG, unpacked, in bytes. Maps of whole countries have 50 MB; a tree of
/// it takes some ten times as much.
const MAX_SVG_BYTES: u64 = 64 * 1024 * 1024;

/// How far a compressed file is looked into to find out what it is.
const HEAD_BYTES: u64 = 4096;

/// Family of the font that is built in.
const FAMILY: &str = "Ubuntu";

struct SvgDocument {
    tree: Tree,
    size: PageSize,
    left_out: usize,
    has_text: bool,
    /// What it says about itself.
    about: Vec<InfoField>,
}

/// The first bytes of what a gzip stream holds.
pub(super) fn unpacked_head(gzip: &[u8]) -> Vec<u8> {
    let mut head = Vec::new();
    // What is broken is as long as it is.
    let _ = GzDecoder::new(gzip).take(HEAD_BYTES).read_to_end(&mut head);
    head
}

pub(super) fn open(
    _: &Confined,
    memory: &DocumentMemory,
) -> Result<Box<dyn Document>, DocumentError> {
    let unpacked = unpacked(memory.as_ref())?;
    let text = decoded(&unpacked)?;
    let left_out = Arc::new(AtomicUsize::new(0));
    let unreadable =
        |error: &dyn Display| DocumentError::Damaged(format!("its SVG cannot be read: {error}"));
    // Entities are expanded within the library's own bounds.
    let xml = ParsingOptions {
        allow_dtd: true,
        ..ParsingOptions::default()
    };
    let parsed = roxmltree::Document::parse_with_options(&text, xml);
    let parsed = parsed.map_err(|error| unreadable(&error))?;
    let tree = Tree::from_xmltree(&parsed, &options(&left_out));
    let tree = tree.map_err(|error| unreadable(&error))?;
    let size = tree.size();
    let size = PageSize::new(size.width(), size.height()).ok_or_else(|| {
        let (width, height) = (size.width(), size.height());
        DocumentError::Limit(format!(
            "its size of {width} × {height} is beyond the limit of {} a side",
            ipc::limits::MAX_PAGE_SIDE
        ))
    })?;
    Ok(Box::new(SvgDocument {
        has_text: tree.has_text_nodes(),
        tree,
        size,
        left_out: left_out.load(Ordering::Relaxed),
        about: metadata::of_svg(&parsed),
    }))
}

fn unpacked(file: &[u8]) -> Result<Cow<'_, [u8]>, DocumentError> {
    let too_long = || {
        DocumentError::Limit(format!(
            "its SVG is longer than the limit of {} MiB",
            MAX_SVG_BYTES >> 20
        ))
    };
    if !file.starts_with(b"\x1f\x8b") {
        let fits = file.len() as u64 <= MAX_SVG_BYTES;
        return fits.then_some(Cow::Borrowed(file)).ok_or_else(too_long);
    }
    let mut all = Vec::new();
    let read = GzDecoder::new(file)
        .take(MAX_SVG_BYTES + 1)
        .read_to_end(&mut all);
    if all.len() as u64 > MAX_SVG_BYTES {
        return Err(too_long());
    }
    match read {
        // A tree that is cut is refused by the parser, with the place.
        Ok(_) => Ok(Cow::Owned(all)),
        Err(error) => Err(DocumentError::Damaged(format!(
            "it cannot be unpacked: {error}"
        ))),
    }
}

/// UTF-8, or UTF-16 with its mark.
fn decoded(bytes: &[u8]) -> Result<Cow<'_, str>, DocumentError> {
    let wide = |rest: &[u8], read: fn([u8; 2]) -> u16| {
        let (units, _) = rest.as_chunks::<2>();
        let units: Vec<u16> = units.iter().map(|unit| read(*unit)).collect();
        Cow::Owned(String::from_utf16_lossy(&units))
    };
    match bytes {
        [0xff, 0xfe, rest @ ..] => Ok(wide(rest, u16::from_le_bytes)),
        [0xfe, 0xff, rest @ ..] => Ok(wide(rest, u16::from_be_bytes)),
        _ => {
            let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
            Ok(String::from_utf8_lossy(bytes))
        }
    }
}

fn options(left_out: &Arc<AtomicUsize>) -> Options<'static> {
    let counted = Arc::clone(left_out);
    let mut options = Options {
        image_href_resolver: ImageHrefResolver {
            resolve_data: ImageHrefResolver::default_data_resolver(),
            resolve_string: Box::new(move |_, _| {
                counted.fetch_add(1, Ordering::Relaxed);
                None
            }),
        },
        ..Options::default()
    };
    options.resources_dir = None;
    // Every family that is asked for is one of these two.
    let fonts = options.fontdb_mut();
    fonts.load_font_data(epaint_default_fonts::UBUNTU_LIGHT.to_vec());
    fonts.load_font_data(epaint_default_fonts::HACK_REGULAR.to_vec());
    fonts.set_serif_family(FAMILY);
    fonts.set_sans_serif_family(FAMILY);
    fonts.set_cursive_family(FAMILY);
    fonts.set_fantasy_family(FAMILY);
    fonts.set_monospace_family("Hack");
    FAMILY.clone_into(&mut options.font_family);
    options
}

impl Document for SvgDocument {
    fn summary(&self) -> Summary {
        Summary {
            format: Format::Svg,
            pages: 1,
            encrypted: false,
            sound: None,
        }
    }

    fn page(&self, _: PageIndex) -> PageEntry {
        PageEntry {
            size: self.size,
            label: Text::default(),
        }
    }

    fn info(&self, _: &Confined) -> Vec<InfoField> {
        let field = |key, words: &str| InfoField {
            key,
            value: Text::cleaned(words, MAX_TEXT_BYTES),
        };
        let size = format!("{} × {}", self.size.width(), self.size.height());
        let mut fields = vec![
            field(InfoKey::PixelSize, &size),
            field(InfoKey::ColorType, "vector"),
        ];
        fields.extend(self.about.iter().cloned());
        if self.left_out > 0 {
            let words = format!("{} pictures outside the file, refused", self.left_out);
            fields.push(field(InfoKey::Notice, &words));
        }
        if self.has_text {
            fields.push(field(
                InfoKey::Notice,
                "its text is shown in the fonts of this program",
            ));
        }
        fields
    }

    fn text(&'static self, _: &Confined, _: PageIndex) -> Result<Vec<TextRun>, DocumentError> {
        Ok(Vec::new())
    }

    fn painter(&'static self) -> Box<dyn Painter> {
        Box::new(SvgPainter { document: self })
    }
}

struct SvgPainter {
    document: &'static SvgDocument,
}

impl Painter for SvgPainter {
    fn paint(
        &mut self,
        _: &Confined,
        tile: Tile,
        surface: &mut Surface<'_>,
    ) -> Result<(), DocumentError> {
        let (width, height) = (tile.size().width_px(), tile.size().height_px());
        let bytes = surface.bytes_mut();
        bytes.fill(0);
        let mut pixmap = PixmapMut::from_bytes(bytes, width.into(), height.into())
            .ok_or_else(|| DocumentError::Limit("the tile has no size".to_owned()))?;
        let (page_width, page_height) = tile.page_px();
        let size = self.document.size;
        let (x, y) = tile.origin_px();
        let transform = Transform::from_row(
            page_width as f32 / size.width(),
            0.0,
            0.0,
            page_height as f32 / size.height(),
            -(x as f32),
            -(y as f32),
        );
        resvg::render(&self.document.tree, transform, &mut pixmap);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::open as open_any;
    use ipc::TileSize;
    use std::io::Write;

    const RED_AND_BLUE: &str = r#"<svg xmlns="http://www.w3.org/2000/svg" width="4" height="2">
        <rect width="2" height="2" fill="red"/><rect x="2" width="2" height="2" fill="blue"/>
        <image href="file:///etc/passwd" width="4" height="2"/><script>alert(1)</script></svg>"#;

    fn opened(file: &[u8]) -> Result<&'static dyn Document, DocumentError> {
        let memory = Arc::new(DocumentMemory::Copied(file.to_vec()));
        open_any(&Confined::pretended(), memory, None).map(|document| &*Box::leak(document))
    }

    fn tile(document: &'static dyn Document, page_px: (u32, u32), at: (u32, u32)) -> Vec<[u8; 4]> {
        let size = TileSize::new(4, 2).unwrap();
        let tile = Tile::new(PageIndex::new(0).unwrap(), page_px, at, size).unwrap();
        let mut slot = vec![7; size.bytes()];
        let mut surface = Surface::new(&mut slot, size).unwrap();
        let mut painter = document.painter();
        painter
            .paint(&Confined::pretended(), tile, &mut surface)
            .unwrap();
        slot.as_chunks().0.to_vec()
    }

    fn gzip(content: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(content).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn drawing_is_sharp_at_any_zoom_also_when_it_is_compressed() {
        let (red, blue) = ([255, 0, 0, 255], [0, 0, 255, 255]);
        for file in [
            RED_AND_BLUE.as_bytes().to_vec(),
            gzip(RED_AND_BLUE.as_bytes()),
        ] {
            let document = opened(&file).unwrap();
            assert_eq!(document.summary().format, Format::Svg);
            let row = [red, red, blue, blue];
            assert_eq!(tile(document, (4, 2), (0, 0)), [row, row].concat());
            // Across the edge, at 1000 times the size.
            let large = tile(document, (4000, 2000), (1998, 999));
            assert_eq!(large, [row, row].concat());
        }
    }

    #[test]
    fn nothing_outside_the_file_is_shown_and_that_is_told() {
        let document = opened(RED_AND_BLUE.as_bytes()).unwrap();
        let fields = document.info(&Confined::pretended());
        let told = fields
            .iter()
            .any(|field| field.value.as_str().contains("refused"));
        assert!(told, "{fields:?}");
    }

    #[test]
    fn text_is_shown_in_the_font_that_is_built_in() {
        for family in ["sans-serif", "monospace", "Nobody Knows"] {
            let svg = format!(
                r#"<svg xmlns="http://www.w3.org/2000/svg" width="4" height="2"><text
                font-family="{family}" font-size="3" y="2">W</text></svg>"#
            );
            let shown = tile(opened(svg.as_bytes()).unwrap(), (4, 2), (0, 0));
            assert!(
                shown.iter().any(|pixel| pixel[3] > 40),
                "{family}: {shown:?}"
            );
        }
    }

    #[test]
    fn title_description_and_metadata_are_told() {
        let svg = r#"<svg xmlns="http://www.w3.org/2000/svg" xmlns:dc="http://purl.org/dc/elements/1.1/"
            xmlns:cc="http://creativecommons.org/ns#" xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
            width="4" height="2"><title>A  bridge</title><desc>over a
            <em>river</em></desc><metadata><rdf:RDF><cc:Work rdf:about=""><dc:format>image/svg+xml</dc:format>
            <dc:title>Other</dc:title><dc:creator><cc:Agent><dc:title>Anna</dc:title></cc:Agent></dc:creator>
            </cc:Work></rdf:RDF></metadata></svg>"#;
        let fields = opened(svg.as_bytes()).unwrap().info(&Confined::pretended());
        let told = |key, words: &str| {
            let mut of_key = fields.iter().filter(|field| field.key == key);
            of_key.any(|field| field.value.as_str() == words)
        };
        assert!(told(InfoKey::Title, "A bridge"), "{fields:?}");
        assert!(told(InfoKey::Subject, "over a river"), "{fields:?}");
        assert!(told(InfoKey::Author, "Anna"), "{fields:?}");
        assert!(told(InfoKey::Metadata, "RDF dc:title: Other"), "{fields:?}");
        let format = "RDF dc:format: image/svg+xml";
        assert!(told(InfoKey::Metadata, format), "{fields:?}");
    }

    #[test]
    fn bomb_is_refused_by_its_limit() {
        let mut bomb = RED_AND_BLUE.as_bytes().to_vec();
        bomb.resize(65 << 20, b' ');
        let refusal = opened(&gzip(&bomb)).map(drop).unwrap_err();
        assert!(refusal.to_string().contains("limit of 64 MiB"), "{refusal}");
    }

    #[test]
    fn every_prefix_is_shown_or_refused() {
        for len in 0..RED_AND_BLUE.len() {
            if let Ok(document) = opened(&RED_AND_BLUE.as_bytes()[..len])
                && document.summary().format == Format::Svg
            {
                tile(document, (4, 2), (0, 0));
            }
        }
    }
}
