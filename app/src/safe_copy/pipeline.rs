//! Threads that encode what was drawn, and the one that writes it page by page.

use super::copying::Sheet;
use super::file::File;
use super::image::{self, Coding, Image};
use super::words::{FONT, Letters};
use crossbeam_channel::{Receiver, Sender, unbounded};
use ipc::TextRun;
use pdf_writer::types::Predictor;
use pdf_writer::writers::{Catalog, DocumentInfo};
use pdf_writer::{Chunk, Content, Filter, Finish, Name, Rect, Ref, TextStr};
use std::collections::BTreeMap;
use std::io::{self, BufWriter, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::{self, JoinHandle};

/// Longest side of a page, in units (ISO 32000-2:2020, annex C).
const MAX_SIDE: f32 = 14_400.0;

/// Something of a page, by the page's place in the copy.
pub(super) enum Piece {
    /// A tile by its number, as it was drawn.
    Pixels(usize, usize, Vec<u8>),
    /// The words.
    Words(usize, Vec<TextRun>),
}

enum Ready {
    Image(usize, usize, io::Result<Image>),
    Words(usize, Vec<TextRun>),
}

/// The threads.
pub(super) struct Pipeline<W> {
    pieces: Sender<Piece>,
    written: Arc<AtomicUsize>,
    over: Arc<AtomicBool>,
    writer: JoinHandle<io::Result<W>>,
}

impl<W: Write + Send + 'static> Pipeline<W> {
    /// Starts them. `step` is called, on any thread, whenever a page is written,
    /// and when writing has failed.
    pub(super) fn start(
        output: W,
        sheets: Arc<[Sheet]>,
        with_words: bool,
        threads: usize,
        step: impl Fn() + Send + 'static,
    ) -> io::Result<Self> {
        let (pieces, drawn) = unbounded::<Piece>();
        let (encoded, ready) = unbounded();
        for _ in 0..threads {
            let (drawn, encoded, sheets) = (drawn.clone(), encoded.clone(), Arc::clone(&sheets));
            let name = "encoder".to_owned();
            thread::Builder::new()
                .name(name)
                .spawn(move || encode(&drawn, &encoded, &sheets))?;
        }
        let written = Arc::new(AtomicUsize::new(0));
        let over = Arc::new(AtomicBool::new(false));
        let (done, ended) = (Arc::clone(&written), Arc::clone(&over));
        let write = move || {
            let at = |page| {
                done.store(page, Ordering::Release);
                step();
            };
            let book = Book::begin(output, &sheets, with_words);
            let finished = book.and_then(|book| book.write(&ready, &at));
            // Said before the step, so that who is woken by it sees it.
            ended.store(true, Ordering::Release);
            step();
            finished
        };
        let writer = thread::Builder::new()
            .name("copy".to_owned())
            .spawn(write)?;
        Ok(Self {
            pieces,
            written,
            over,
            writer,
        })
    }

    /// Hands over a piece; one that nobody takes is dropped, and [`Self::finish`] says why.
    pub(super) fn give(&self, piece: Piece) {
        let _ = self.pieces.send(piece);
    }

    /// Pages that are written.
    pub(super) fn written(&self) -> usize {
        self.written.load(Ordering::Acquire)
    }

    /// Whether no more is written, be it because all is.
    pub(super) fn is_over(&self) -> bool {
        self.over.load(Ordering::Acquire) || self.writer.is_finished()
    }

    /// Waits for the end; an error when pages are missing.
    pub(super) fn finish(self) -> io::Result<W> {
        drop(self.pieces);
        self.writer
            .join()
            .unwrap_or_else(|_| Err(io::Error::other("writing the copy failed")))
    }
}

fn encode(drawn: &Receiver<Piece>, encoded: &Sender<Ready>, sheets: &[Sheet]) {
    for piece in drawn {
        let ready = match piece {
            Piece::Words(sheet, words) => Ready::Words(sheet, words),
            Piece::Pixels(sheet, number, pixels) => {
                let tile = sheets.get(sheet).and_then(|sheet| sheet.plan.tile(number));
                let size = tile.map(|tile| tile.size());
                let (width, height) =
                    size.map_or((0, 0), |size| (size.width_px(), size.height_px()));
                Ready::Image(sheet, number, image::encode(&pixels, width, height))
            }
        };
        if encoded.send(ready).is_err() {
            // The writer has failed.
            return;
        }
    }
}

/// What has come of a page that is not written yet.
#[derive(Default)]
struct Pending {
    images: BTreeMap<usize, Image>,
    words: Option<Vec<TextRun>>,
}

/// The copy as it is written.
struct Book<'a, W: Write> {
    file: File<BufWriter<W>>,
    sheets: &'a [Sheet],
    letters: Option<Letters>,
    catalog: Ref,
    tree: Ref,
    font: Ref,
    pages: Vec<Ref>,
}

impl<'a, W: Write> Book<'a, W> {
    fn begin(output: W, sheets: &'a [Sheet], with_words: bool) -> io::Result<Self> {
        let mut file = File::begin(BufWriter::with_capacity(1 << 18, output))?;
        let [catalog, tree, font] = std::array::from_fn(|_| file.number());
        Ok(Self {
            file,
            sheets,
            letters: with_words.then(Letters::default),
            catalog,
            tree,
            font,
            pages: Vec::new(),
        })
    }

    /// Writes page after page as they are complete.
    fn write(mut self, ready: &Receiver<Ready>, step: &dyn Fn(usize)) -> io::Result<W> {
        let mut pending: BTreeMap<usize, Pending> = BTreeMap::new();
        while self.pages.len() < self.sheets.len() {
            let came = ready
                .recv()
                .map_err(|_| io::Error::other("the copy was given up"))?;
            match came {
                Ready::Image(sheet, number, image) => {
                    drop(
                        pending
                            .entry(sheet)
                            .or_default()
                            .images
                            .insert(number, image?),
                    );
                }
                Ready::Words(sheet, words) => pending.entry(sheet).or_default().words = Some(words),
            }
            while let Some(sheet) = self.sheets.get(self.pages.len()) {
                let is_complete = |pending: &Pending| {
                    pending.images.len() == sheet.plan.tiles()
                        && (pending.words.is_some() || self.letters.is_none())
                };
                let next = self.pages.len();
                if !pending.get(&next).is_some_and(is_complete) {
                    break;
                }
                self.page(sheet, pending.remove(&next).unwrap_or_default())?;
                step(self.pages.len());
            }
        }
        self.finish()
    }

    fn page(&mut self, sheet: &Sheet, pending: Pending) -> io::Result<()> {
        let (page, contents) = (self.file.number(), self.file.number());
        // A page that is too long for the format is given in larger units.
        let units = (sheet.points.0.max(sheet.points.1) / MAX_SIDE)
            .ceil()
            .max(1.0);
        let (width, height) = (sheet.points.0 / units, sheet.points.1 / units);
        let mut content = Content::new();
        let mut images = Vec::new();
        for (number, image) in pending.images {
            let name = format!("I{number}");
            let id = self.file.number();
            if let Some(matrix) = place(sheet, number, width, height) {
                content.save_state();
                content.transform(matrix);
                content.x_object(Name(name.as_bytes()));
                content.restore_state();
            }
            self.image(id, &image)?;
            images.push((name, id));
        }
        if let (Some(letters), Some(words)) = (&mut self.letters, &pending.words) {
            letters.set(&mut content, words, height, sheet.points_per_unit / units);
        }
        let packed = image::deflate(content.finish().as_slice())?;
        let mut chunk = Chunk::new();
        chunk.stream(contents, &packed).filter(Filter::FlateDecode);
        self.file.write(&chunk)?;
        let mut chunk = Chunk::new();
        let mut entry = chunk.page(page);
        entry
            .parent(self.tree)
            .contents(contents)
            .media_box(Rect::new(0.0, 0.0, width, height));
        if units > 1.0 {
            entry.user_unit(units);
        }
        let mut resources = entry.resources();
        resources
            .x_objects()
            .pairs(images.iter().map(|(name, id)| (Name(name.as_bytes()), *id)));
        if self.letters.is_some() {
            resources.fonts().pair(FONT, self.font);
        }
        resources.finish();
        entry.finish();
        self.file.write(&chunk)?;
        self.pages.push(page);
        Ok(())
    }

    fn image(&mut self, id: Ref, image: &Image) -> io::Result<()> {
        let mut chunk = Chunk::with_capacity(image.bytes.len() + 2048);
        let mut object = chunk.image_xobject(id, &image.bytes);
        object.width(image.width.into()).height(image.height.into());
        match &image.coding {
            Coding::Palette { bits, colors } => {
                object.bits_per_component((*bits).into());
                object.filter(Filter::FlateDecode);
                let last = i32::try_from(colors.len()).unwrap_or(i32::MAX) - 1;
                let space = object.color_space();
                space.indexed(Name(b"DeviceRGB"), last, colors.as_flattened());
            }
            Coding::Rgb => {
                object.bits_per_component(8);
                object.filter(Filter::FlateDecode);
                object.color_space().device_rgb();
                let mut parms = object.decode_parms();
                parms
                    .predictor(Predictor::PngOptimum)
                    .colors(3)
                    .columns(image.width.into());
            }
            Coding::Jpeg { gray } => {
                object.bits_per_component(8);
                object.filter(Filter::DctDecode);
                match gray {
                    true => object.color_space().device_gray(),
                    false => object.color_space().device_rgb(),
                }
            }
        }
        object.finish();
        self.file.write(&chunk)
    }

    fn finish(mut self) -> io::Result<W> {
        if let Some(letters) = &self.letters {
            letters.write(&mut self.file, self.font)?;
        }
        let mut chunk = Chunk::new();
        let count = i32::try_from(self.pages.len()).unwrap_or(i32::MAX);
        chunk
            .pages(self.tree)
            .count(count)
            .kids(self.pages.iter().copied());
        self.file.write(&chunk)?;
        let mut chunk = Chunk::new();
        chunk
            .indirect(self.catalog)
            .start::<Catalog<'_>>()
            .pages(self.tree);
        self.file.write(&chunk)?;
        let info = self.file.number();
        let mut chunk = Chunk::new();
        let producer = concat!("Pellucid ", env!("CARGO_PKG_VERSION"));
        chunk
            .indirect(info)
            .start::<DocumentInfo<'_>>()
            .producer(TextStr(producer));
        self.file.write(&chunk)?;
        let output = self.file.finish(self.catalog, info)?;
        output.into_inner().map_err(io::Error::from)
    }
}

/// Where a tile lies on a page so large, as the matrix that puts it there.
fn place(sheet: &Sheet, number: usize, width: f32, height: f32) -> Option<[f32; 6]> {
    let tile = sheet.plan.tile(number)?;
    let across = |px: u32| px as f32 / sheet.plan.px.0 as f32 * width;
    let down = |px: u32| px as f32 / sheet.plan.px.1 as f32 * height;
    let (left, top) = tile.origin_px();
    let right = left + u32::from(tile.size().width_px());
    let bottom = top + u32::from(tile.size().height_px());
    let (wide, high) = (across(right) - across(left), down(bottom) - down(top));
    Some([wide, 0.0, 0.0, high, across(left), height - down(bottom)])
}
