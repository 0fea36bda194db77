//! PDF, by `hayro`.
//!
//! Trust: none. hayro forbids `unsafe` in itself and repairs what it can; a
//! panic in it ends one request, a hang ends this process from outside. Pages
//! are in points as they are shown: cropped, rotated, multiplied by their
//! user unit.

mod attachments;
mod boxes;
mod damage;
mod destination;
mod fonts;
mod images;
mod info;
mod kept_fonts;
mod labels;
mod layers;
mod links;
mod names;
mod notes;
mod outline;
mod overlay;
mod owner;
mod painter;
mod recover;
mod signatures;
mod standard;
mod strings;
mod text;
mod update;
mod wishes;

use super::{Document, DocumentError, Painter};
use crate::fonts::Fonts;
use capmode::{Confined, DocumentMemory};
use destination::Destinations;
use hayro::hayro_interpret::InterpreterSettings;
use hayro::hayro_syntax::page::Page;
use hayro::hayro_syntax::{DecryptionError, LoadPdfError, Pdf};
use hayro::kurbo::Rect;
use ipc::limits::{MAX_LABEL_BYTES, MAX_PAGE_SIDE, MAX_PAGES};
use ipc::{
    Attachment, Format, InfoField, Layer, LayerSet, Link, Note, OutlineEntry, PageBox, PageEntry,
    PageImage, PageIndex, PageSize, Secret, Signature, Summary, Text, TextRun, Wish,
};
use layers::Layers;
use overlay::Overlays;
use owner::Locks;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

/// Bytes at both ends of a file in which a trailer stands, where it says
/// whether the file is encrypted.
const TRAILER_BYTES: usize = 64 * 1024;

/// Shortest side of a page, in points; what is thinner cannot be seen.
const MIN_PAGE_SIDE: f32 = 0.1;

/// An open PDF.
pub(super) struct PdfDocument {
    pdf: Pdf,
    /// For drawing: with fonts of the broker.
    settings: InterpreterSettings,
    /// For reading: what stands there does not depend on the shape of letters.
    reading: InterpreterSettings,
    /// As it was opened, because layers are switched in a document that is opened again.
    password: Option<Secret>,
    /// Whether that was the owner's, to whom no limits apply.
    by_owner: bool,
    /// Where fonts come from that it does not carry.
    fonts: Option<Arc<Fonts>>,
    /// Whether it writes more letters than the standard fonts of this program have.
    wants_more: Arc<AtomicBool>,
    layers: OnceLock<Layers>,
    overlays: Overlays,
    attachments: OnceLock<Vec<attachments::Found>>,
    unpacked: Mutex<Option<(u32, Arc<Vec<u8>>)>>,
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
    let Unlocked {
        pdf,
        password,
        by_owner,
    } = unlock(&memory, password)?;
    let given = password.as_ref().map_or("", Secret::expose);
    let pdf = boxes::mended(&pdf, given).unwrap_or(pdf);
    let pages = count_pages(&pdf)?;
    Ok(Box::new(PdfDocument {
        pdf,
        settings: InterpreterSettings::default(),
        reading: InterpreterSettings::default(),
        password,
        by_owner,
        fonts: None,
        wants_more: Arc::default(),
        layers: OnceLock::new(),
        overlays: Overlays::default(),
        attachments: OnceLock::new(),
        unpacked: Mutex::default(),
        labels: OnceLock::new(),
        destinations: OnceLock::new(),
        pages,
        encrypted,
    }))
}

struct Unlocked {
    pdf: Pdf,
    /// The password that hayro takes.
    password: Option<Secret>,
    by_owner: bool,
}

/// Opens a document with the user's password or the owner's.
fn unlock(
    memory: &Arc<DocumentMemory>,
    password: Option<&Secret>,
) -> Result<Unlocked, DocumentError> {
    let open = |password: &str| Pdf::new_with_password(Arc::clone(memory), password);
    let tried = password.map_or("", Secret::expose);
    let locks = || Locks::read((**memory).as_ref());
    let error = match open(tried) {
        Ok(pdf) => {
            let by_owner =
                password.is_some() && locks().is_some_and(|locks| locks.is_not_the_users(tried));
            let password = password.cloned();
            return Ok(Unlocked {
                pdf,
                password,
                by_owner,
            });
        }
        Err(error) => error,
    };
    let user = locks().filter(|_| password.is_some());
    let user = user.and_then(|locks| Secret::new(locks.user_password(tried)?.to_string()));
    if let Some(user) = user
        && let Ok(pdf) = open(user.expose())
    {
        return Ok(Unlocked {
            pdf,
            password: Some(user),
            by_owner: true,
        });
    }
    Err(refusal(error, password.is_some()))
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

    /// Before the fonts of a page are asked for.
    fn look_at_fonts(&self, page: &Page<'_>) {
        if !self.wants_more.load(Ordering::Relaxed) && standard::wants_more(page.resources()) {
            self.wants_more.store(true, Ordering::Relaxed);
        }
    }

    fn labels(&self) -> &[String] {
        self.labels
            .get_or_init(|| labels::read(&self.pdf, self.pages))
    }

    fn layers(&self) -> &Layers {
        self.layers.get_or_init(|| Layers::read(&self.pdf))
    }

    fn attachments(&self) -> &[attachments::Found] {
        self.attachments.get_or_init(|| attachments::read(self))
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
            sound: None,
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

    fn text(&'static self, _: &Confined, page: PageIndex) -> Result<Vec<TextRun>, DocumentError> {
        let overlay = self.overlays.of(self, page);
        let overlay = overlay.as_ref().and_then(|pdf| {
            let page = pdf.pages().first()?;
            Some((page, text::Faces::new(pdf, &self.reading)))
        });
        let page = self.hayro_page(page).ok_or_else(no_such_page)?;
        Ok(kept_fonts::with(self, |faces| {
            text::read(page, overlay, faces)
        }))
    }

    fn outline(&self, _: &Confined) -> Vec<OutlineEntry> {
        outline::read(self)
    }

    fn links(&self, _: &Confined, page: PageIndex) -> Vec<Link> {
        self.hayro_page(page)
            .map_or_else(Vec::new, |page| links::read(self, page))
    }

    fn attachments(&self, _: &Confined) -> Vec<Attachment> {
        let found = PdfDocument::attachments(self);
        found.iter().map(|found| found.told.clone()).collect()
    }

    /// Kept while it is copied piece by piece.
    fn attachment(&self, _: &Confined, number: u32) -> Result<Arc<Vec<u8>>, DocumentError> {
        let mut unpacked = lock(&self.unpacked);
        if let Some((kept, content)) = &*unpacked
            && *kept == number
        {
            return Ok(Arc::clone(content));
        }
        let found = usize::try_from(number)
            .ok()
            .and_then(|number| PdfDocument::attachments(self).get(number));
        let missing = || DocumentError::Damaged("there is no such attachment".to_owned());
        let content = attachments::content(self, found.ok_or_else(missing)?)?;
        *unpacked = Some((number, Arc::clone(&content)));
        Ok(content)
    }

    fn layers(&self, _: &Confined) -> Vec<Layer> {
        PdfDocument::layers(self).told()
    }

    fn show_layers(&self, _: &Confined, shown: &LayerSet) -> Result<(), DocumentError> {
        let password = self.password.as_ref().map_or("", Secret::expose);
        PdfDocument::layers(self).show(&self.pdf, password, shown)
    }

    fn signatures(&self, _: &Confined) -> Vec<Signature> {
        signatures::read(self)
    }

    fn wishes(&self, _: &Confined) -> Vec<Wish> {
        wishes::read(self)
    }

    fn notes(&self, _: &Confined) -> Vec<Note> {
        notes::read(self)
    }

    fn images(&self, _: &Confined, page: PageIndex) -> Vec<PageImage> {
        self.hayro_page(page)
            .map_or_else(Vec::new, |page| images::read(self, page))
    }

    fn use_fonts(&mut self, fonts: Arc<Fonts>) {
        let wants_more = Arc::clone(&self.wants_more);
        self.settings.font_resolver = fonts::resolver(Arc::clone(&fonts), wants_more);
        self.fonts = Some(fonts);
    }

    fn painter(&'static self) -> Box<dyn Painter> {
        Box::new(painter::PdfPainter::new(self))
    }
}

/// What is behind these locks is put there and taken out whole.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
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

/// A box on a page as it is shown, kept inside what can be said.
fn page_box(area: Rect) -> Option<PageBox> {
    let limit = f64::from(MAX_PAGE_SIDE);
    let edge = |value: f64| value.clamp(-limit, limit) as f32;
    PageBox::new(edge(area.x0), edge(area.y0), edge(area.x1), edge(area.y1))
}

/// US Letter, for a page whose boxes say nothing that makes sense.
#[expect(clippy::expect_used, reason = "the numbers are in this line")]
fn fallback_size() -> PageSize {
    PageSize::new(612.0, 792.0).expect("612 × 792 points is a size")
}
