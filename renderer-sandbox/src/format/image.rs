//! Pictures: pages in pixels, upright, some of them moving.
//!
//! Trust: none. Sizes are checked before memory is taken. The header of a page is
//! read when its size is asked for; the pixels when a tile of it is asked for, and
//! are then shared by all painters. Colours are turned into sRGB, alpha is
//! multiplied in, and the EXIF orientation is applied once.

mod avif;
mod bmp;
mod canvas;
mod colour;
mod comic;
mod dds;
mod decode;
mod fax;
mod frames;
mod gif;
mod heif;
mod huge;
mod ico;
mod info;
mod jpeg;
mod jpeg2000;
mod jpegxl;
mod lab;
mod library;
mod light;
pub(in crate::format) mod metadata;
mod movie;
mod painter;
mod pfm;
mod pixels;
mod places;
mod png;
mod profile;
mod psd;
mod raw;
mod runs;
pub(super) mod samples;
mod source;
mod store;
#[cfg(test)]
mod tests;
mod tiff;
mod tone;
mod words;

use super::{Document, DocumentError, FrameTime, Painter};
use crate::budget;
use capmode::{Confined, DocumentFile, DocumentMemory};
use decode::{Header, Picture};
use frames::Frames;
use huge::Huge;
use huge::skeleton::Skeleton;
use huge::window::Content;
use image::metadata::Orientation;
use ipc::limits::MAX_LABEL_BYTES;
use ipc::{Format, InfoField, PageEntry, PageIndex, PageSize, Summary, Text, TextRun};
use movie::Movie;
use places::{Place, first_picture, places};
use std::borrow::Cow;
use std::sync::{Arc, Mutex, OnceLock};
use store::{Held, Store};

pub(super) use pfm::is_float_map;
pub(super) use raw::is_raw;

/// An open picture, or several in one file.
pub(super) struct ImageDocument {
    memory: Arc<DocumentMemory>,
    /// Bytes of the budget that the document itself takes.
    held: u64,
    format: Format,
    pages: Vec<Page>,
    store: Store,
    /// The only page, where it is too large to be held.
    huge: OnceLock<Result<Huge, DocumentError>>,
    frames: OnceLock<Frames>,
    movie: Mutex<Option<Movie>>,
}

struct Page {
    place: Place,
    header: OnceLock<Result<Header, DocumentError>>,
}

/// Opens a picture of a format that was found by its content.
pub(super) fn open(
    _: &Confined,
    memory: Arc<DocumentMemory>,
    format: Format,
) -> Result<Box<dyn Document>, DocumentError> {
    // A mapping is not private memory; a copy takes from the same budget.
    let held = match &*memory {
        DocumentMemory::Mapped(_) => 0,
        copy => copy.as_ref().len() as u64,
    };
    let places = places((*memory).as_ref(), format)?;
    let pages = places.into_iter().map(|place| Page {
        place,
        header: OnceLock::new(),
    });
    let document = ImageDocument {
        held,
        format,
        pages: pages.collect(),
        memory,
        store: Store::default(),
        huge: OnceLock::new(),
        frames: OnceLock::new(),
        movie: Mutex::default(),
    };
    // A file whose first picture cannot be shown is not opened.
    document.header(0)?;
    Ok(Box::new(document))
}

/// What has to be held of a picture whose rows are read from its file when they are
/// needed; `None` where it is to be held as a whole.
pub(super) fn skeleton(file: &DocumentFile) -> Option<Vec<u8>> {
    let skeleton = Skeleton::read(file)?;
    let held = skeleton.bytes.len() as u64;
    // What is wrong with it is said of the whole.
    let header = decode::header(skeleton.picture(), held, true).ok()?;
    header.is_huge.then_some(skeleton.bytes)
}

impl ImageDocument {
    /// Does something with a picture, which is unpacked for it where it must be.
    fn with_picture<T>(
        &self,
        page: &Page,
        make: impl FnOnce(Picture<'_>, u64) -> Result<T, DocumentError>,
    ) -> Result<T, DocumentError> {
        let file = (*self.memory).as_ref();
        match &page.place {
            Place::Part(part) => {
                let picture = Picture {
                    file,
                    format: self.format,
                    part: *part,
                };
                make(picture, self.held)
            }
            Place::Range(range) => {
                let file = file.get(range.clone()).unwrap_or_default();
                let picture = Picture {
                    file,
                    format: Format::Jpeg,
                    part: 0,
                };
                make(picture, self.held)
            }
            Place::Member(member) => {
                let unpacked = comic::unpacked(file, member)?;
                let held = match &unpacked {
                    Cow::Borrowed(_) => self.held,
                    Cow::Owned(copy) => self.held + copy.len() as u64,
                };
                make(first_picture(&unpacked)?, held)
            }
        }
    }

    fn found(&self, page: usize) -> Result<&Page, DocumentError> {
        let none = || DocumentError::Damaged("there is no such page".to_owned());
        self.pages.get(page).ok_or_else(none)
    }

    fn header(&self, page: usize) -> Result<&Header, DocumentError> {
        let page = self.found(page)?;
        let is_alone = self.pages.len() == 1 && matches!(page.place, Place::Part(_));
        let read = || {
            self.with_picture(page, |picture, held| {
                let header = decode::header(picture, held, is_alone)?;
                match self.held_as(page) {
                    Some(turned) if header.exif.is_none() => {
                        decode::turned(header, turned, picture, held, is_alone)
                    }
                    _ => Ok(header),
                }
            })
        };
        let header = page.header.get_or_init(read);
        header.as_ref().map_err(Clone::clone)
    }

    /// How a camera was held whose preview this is.
    fn held_as(&self, page: &Page) -> Option<Orientation> {
        match page.place {
            Place::Range(_) => raw::orientation((*self.memory).as_ref()),
            _ => None,
        }
    }

    /// The name of a page in a comic book, where it is short enough.
    fn label(&self, page: usize) -> Text {
        match self.pages.get(page).map(|page| &page.place) {
            Some(Place::Member(member)) => {
                let name = member.name.rsplit('/').next().unwrap_or_default();
                let name = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
                let short = name.len() <= MAX_LABEL_BYTES;
                Text::cleaned(if short { name } else { "" }, MAX_LABEL_BYTES)
            }
            _ => Text::default(),
        }
    }

    fn size(&self, page: usize) -> Option<PageSize> {
        let (width, height) = self.header(page).ok()?.upright_size();
        PageSize::new(width as f32, height as f32)
    }

    /// Frames of the only page of a file that may move.
    fn moving(&self) -> &Frames {
        self.frames
            .get_or_init(|| Frames::read((*self.memory).as_ref(), self.format))
    }

    /// Whether it moves, and its frames fit in memory.
    fn is_moving(&self, header: &Header) -> bool {
        let pixels = u64::from(header.width).saturating_mul(u64::from(header.height));
        let needed = pixels.saturating_mul(movie::PIXEL_BYTES);
        self.moving().is_moving() && needed.saturating_add(self.held) <= budget::pictures()
    }

    /// A page that is too large to be held.
    fn huge(&'static self, page: PageIndex) -> Result<Option<&'static Huge>, DocumentError> {
        let header = self.header(page.as_usize())?;
        if !header.is_huge {
            return Ok(None);
        }
        let open = || {
            let picture = Picture {
                file: (*self.memory).as_ref(),
                format: self.format,
                part: 0,
            };
            let content = match self.memory.beyond() {
                Some(file) => Content::File(file),
                None => Content::Held(picture.file),
            };
            Huge::open(picture, content, header)
        };
        let huge = self.huge.get_or_init(open);
        huge.as_ref().map(Some).map_err(Clone::clone)
    }

    fn pixels(&'static self, page: PageIndex, frame: u32) -> Result<Held<'static>, DocumentError> {
        let index = page.as_usize();
        let header = self.header(index)?;
        let key = (page.get(), frame);
        let is_moving = self.is_moving(header);
        let frames = if is_moving {
            self.moving().durations_ms.len()
        } else {
            1
        };
        if u64::from(frame) >= frames as u64 {
            return Err(DocumentError::Damaged("there is no such frame".to_owned()));
        }
        let page = self.found(index)?;
        if is_moving {
            let pixels = u64::from(header.width).saturating_mul(u64::from(header.height));
            let needed = pixels.saturating_mul(movie::PIXEL_BYTES);
            return self
                .store
                .get(key, needed, || match self.frame(header, frame) {
                    // The picture for programs that know no frames.
                    Err(refusal) if frame == 0 => self
                        .with_picture(page, |picture, _| decode::pixels(picture, header))
                        .map_err(|_| refusal),
                    frame => decode::frame(frame?, header),
                });
        }
        self.store.get(key, header.needed_bytes(), || {
            self.with_picture(page, |picture, _| decode::pixels(picture, header))
        })
    }

    fn frame(&'static self, header: &Header, number: u32) -> Result<Vec<u8>, DocumentError> {
        // A panic leaves frames that are half drawn: they begin again.
        let mut movie = self.movie.lock().unwrap_or_else(|poisoned| {
            self.movie.clear_poison();
            let mut movie = poisoned.into_inner();
            *movie = None;
            movie
        });
        let movie = movie.get_or_insert_with(|| {
            let size = (header.width, header.height);
            Movie::new((*self.memory).as_ref(), self.format, size)
        });
        movie.frame(number)
    }
}

impl Document for ImageDocument {
    fn summary(&self) -> Summary {
        Summary {
            format: self.format,
            pages: u32::try_from(self.pages.len()).unwrap_or(u32::MAX),
            encrypted: false,
            sound: None,
        }
    }

    fn page(&self, page: PageIndex) -> PageEntry {
        // What cannot be read has the size of the first, and says why when it is drawn.
        let size = self.size(page.as_usize()).or_else(|| self.size(0));
        PageEntry {
            size: size.unwrap_or(PageSize::ONE),
            label: self.label(page.as_usize()),
        }
    }

    fn info(&self, _: &Confined) -> Vec<InfoField> {
        let (Ok(page), Ok(header)) = (self.found(0), self.header(0)) else {
            return Vec::new();
        };
        let read = self.with_picture(page, |picture, _| {
            Ok(info::read(picture, header, self.moving()))
        });
        let mut fields = read.unwrap_or_default();
        if self.format == Format::Raw {
            let told = metadata::of_raw((*self.memory).as_ref()).into_iter();
            fields.extend(
                told.filter(|field| !fields.contains(field))
                    .collect::<Vec<_>>(),
            );
            fields.push(info::notice("the camera's own preview is shown"));
        }
        if let Some(Ok(huge)) = self.huge.get() {
            let told = huge.peek().map(|pixels| pixels.notices.as_slice());
            let told = told.unwrap_or_default().iter();
            fields.extend(told.map(|words| info::notice(words)));
        }
        // What decoding has told, once it has happened.
        if let Some(pixels) = self.store.peek((0, 0)) {
            fields.extend(pixels.notices.iter().map(|words| info::notice(words)));
        }
        fields
    }

    fn text(&'static self, _: &Confined, _: PageIndex) -> Result<Vec<TextRun>, DocumentError> {
        Ok(Vec::new())
    }

    fn frames(&self, _: &Confined, page: PageIndex) -> Result<Vec<FrameTime>, DocumentError> {
        if !self.is_moving(self.header(page.as_usize())?) {
            return Ok(Vec::new());
        }
        let frames = self.moving();
        let plays = frames.plays.unwrap_or(1);
        let shown = frames.durations_ms.iter();
        Ok(shown
            .map(|shown_ms| FrameTime {
                plays,
                shown_ms: *shown_ms,
            })
            .collect())
    }

    fn painter(&'static self) -> Box<dyn Painter> {
        Box::new(painter::ImagePainter::new(self))
    }
}
