//! PDF, by `hayro`.
//!
//! Trust: none. hayro forbids `unsafe` in itself and repairs what it can; a
//! panic in it ends one request, a hang ends this process from outside. Pages
//! are in points as they are shown: cropped, rotated, multiplied by their
//! user unit.

mod destination;
mod info;
mod labels;
mod links;
mod outline;
mod painter;
mod strings;
mod text;

use super::{Document, DocumentError, Painter};
use capmode::{Confined, DocumentMemory};
use destination::Destinations;
use hayro::hayro_interpret::InterpreterSettings;
use hayro::hayro_syntax::page::Page;
use hayro::hayro_syntax::{DecryptionError, LoadPdfError, Pdf};
use ipc::limits::{MAX_LABEL_BYTES, MAX_PAGE_SIDE, MAX_PAGES};
use ipc::{
    Format, InfoField, Link, OutlineEntry, PageEntry, PageIndex, PageSize, Secret, Summary, Text,
    TextRun,
};
use std::sync::{Arc, OnceLock};

/// Bytes at both ends of a file in which a trailer stands, where it says
/// whether the file is encrypted.
const TRAILER_BYTES: usize = 64 * 1024;

/// Shortest side of a page, in points; what is thinner cannot be seen.
const MIN_PAGE_SIDE: f32 = 0.1;

/// An open PDF.
pub(super) struct PdfDocument {
    pdf: Pdf,
    settings: InterpreterSettings,
    labels: OnceLock<Vec<String>>,
    destinations: OnceLock<Destinations>,
    pages: u32,
    encrypted: bool,
}

/// Opens a PDF, with a password where it has one.
pub(super) fn open(
    _: &Confined,
    memory: Arc<DocumentMemory>,
    password: Option<&Secret>,
) -> Result<Box<dyn Document>, DocumentError> {
    let encrypted = is_encrypted((*memory).as_ref());
    let pdf = Pdf::new_with_password(memory, password.map_or("", Secret::expose))
        .map_err(|error| refusal(error, password.is_some()))?;
    let pages = count_pages(&pdf)?;
    Ok(Box::new(PdfDocument {
        pdf,
        settings: InterpreterSettings::default(),
        labels: OnceLock::new(),
        destinations: OnceLock::new(),
        pages,
        encrypted,
    }))
}

fn refusal(error: LoadPdfError, tried: bool) -> DocumentError {
    let damaged = |what: &str| DocumentError::Damaged(what.to_owned());
    match error {
        LoadPdfError::Invalid => damaged("neither its table of objects nor a page can be found"),
        LoadPdfError::Decryption(DecryptionError::PasswordProtected) => {
            DocumentError::Password { wrong: tried }
        }
        LoadPdfError::Decryption(DecryptionError::UnsupportedAlgorithm) => {
            DocumentError::Unsupported("it is encrypted in a way that is not known here".to_owned())
        }
        LoadPdfError::Decryption(_) => damaged("what it says about its encryption is broken"),
    }
}

fn count_pages(pdf: &Pdf) -> Result<u32, DocumentError> {
    let found = pdf.pages().len();
    match u32::try_from(found) {
        Ok(0) => Err(DocumentError::Damaged(
            "no page can be found in it".to_owned(),
        )),
        Ok(pages) if pages <= MAX_PAGES => Ok(pages),
        _ => Err(DocumentError::Limit(format!(
            "it has {found} pages, more than the limit of {MAX_PAGES}"
        ))),
    }
}

/// Whether a trailer names an encryption dictionary (ISO 32000-2:2020, 7.5.5).
fn is_encrypted(bytes: &[u8]) -> bool {
    let head = bytes.get(..TRAILER_BYTES).unwrap_or(bytes);
    let tail = bytes.get(bytes.len().saturating_sub(TRAILER_BYTES)..);
    [head, tail.unwrap_or_default()].into_iter().any(|part| {
        memchr::memmem::find_iter(part, b"/Encrypt").any(|at| {
            // Not /EncryptMetadata.
            part.get(at + 8)
                .is_some_and(|next| !next.is_ascii_alphabetic())
        })
    })
}

impl PdfDocument {
    fn hayro_page(&self, page: PageIndex) -> Option<&Page<'_>> {
        self.pdf.pages().get(page.as_usize())
    }

    fn labels(&self) -> &[String] {
        self.labels
            .get_or_init(|| labels::read(&self.pdf, self.pages))
    }

    fn destinations(&self) -> &Destinations {
        self.destinations
            .get_or_init(|| Destinations::read(&self.pdf))
    }
}

impl Document for PdfDocument {
    fn summary(&self) -> Summary {
        Summary {
            format: Format::Pdf,
            pages: self.pages,
            encrypted: self.encrypted,
        }
    }

    fn page(&self, page: PageIndex) -> PageEntry {
        let size = self.hayro_page(page).and_then(size_of);
        let label = self
            .labels()
            .get(page.as_usize())
            .map_or("", String::as_str);
        PageEntry {
            size: size.unwrap_or_else(fallback_size),
            label: Text::cleaned(label, MAX_LABEL_BYTES),
        }
    }

    fn info(&self, _: &Confined) -> Vec<InfoField> {
        info::read(self)
    }

    fn text(&self, _: &Confined, page: PageIndex) -> Result<Vec<TextRun>, DocumentError> {
        let page = self.hayro_page(page).ok_or_else(no_such_page)?;
        Ok(text::read(page, &self.settings))
    }

    fn outline(&self, _: &Confined) -> Vec<OutlineEntry> {
        outline::read(self)
    }

    fn links(&self, _: &Confined, page: PageIndex) -> Vec<Link> {
        self.hayro_page(page)
            .map_or_else(Vec::new, |page| links::read(self, page))
    }

    fn painter(&'static self) -> Box<dyn Painter> {
        Box::new(painter::PdfPainter::new(self))
    }
}

fn no_such_page() -> DocumentError {
    DocumentError::Damaged("the page cannot be found any more".to_owned())
}

/// Size as shown, in points. A user unit is that many points (ISO
/// 32000-2:2020, table 31).
fn size_of(page: &Page<'_>) -> Option<PageSize> {
    let (width, height) = page.render_dimensions();
    let unit = user_unit(page);
    let side = |units: f32| (units * unit).clamp(MIN_PAGE_SIDE, MAX_PAGE_SIDE);
    PageSize::new(side(width), side(height))
}

fn user_unit(page: &Page<'_>) -> f32 {
    let unit = page.raw().get::<f32>("UserUnit").unwrap_or(1.0);
    if unit.is_finite() && unit > 0.0 {
        unit
    } else {
        1.0
    }
}

/// US Letter, for a page whose boxes say nothing that makes sense.
#[expect(clippy::expect_used, reason = "the numbers are in this line")]
fn fallback_size() -> PageSize {
    PageSize::new(612.0, 792.0).expect("612 × 792 points is a size")
}
