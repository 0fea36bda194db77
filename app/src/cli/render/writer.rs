//! A page's own thread: puts its tiles in order and encodes them. A tile comes
//! whole or in pieces, rows from the top ([`Plan::piece_bytes`]).

use super::plan::Plan;
use crate::cli::arguments::Encoding;
use crate::cli::output::Output;
use crate::cli::png::{self, Header};
use crate::cli::{jpeg, webp};
use crossbeam_channel::{Receiver, Sender, bounded};
use std::collections::{BTreeMap, VecDeque};
use std::io::{self, BufWriter, Write};
use std::path::PathBuf;
use std::thread::{self, JoinHandle};

/// Bytes that wait for the encoder before drawing waits for it; the next piece
/// may be beyond them. Half of A4 at 150 dpi.
const QUEUE_BYTES: usize = 4 * 1024 * 1024;

/// Pieces that wait, at least: a tile that comes whole may be larger than all that.
const QUEUE: usize = 2;

/// Where a page goes.
pub(super) enum Target {
    /// Standard output.
    Standard,
    /// A file.
    File(PathBuf),
}

/// What a writer says to a tile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Given {
    /// There are more to come.
    More,
    /// It was the last one.
    Complete,
    /// It cannot write any more; [`Writer::finish`] says why.
    Refused,
}

/// A page that is being written.
pub(super) struct Writer {
    tiles: Option<Sender<(usize, Vec<u8>)>>,
    /// Bytes that have not come yet.
    missing: usize,
    refused: bool,
    thread: JoinHandle<io::Result<()>>,
    name: String,
}

impl Writer {
    pub(super) fn start(plan: &Plan, target: Target, encoding: Encoding) -> Self {
        let (tiles, received) = bounded(QUEUE.max(QUEUE_BYTES / plan.piece_bytes()));
        let name = match &target {
            Target::Standard => "standard output".to_owned(),
            Target::File(path) => path.to_string_lossy().into_owned(),
        };
        let missing = (0..plan.tiles()).map(|number| bytes_of(plan, number)).sum();
        let plan = plan.clone();
        Self {
            tiles: Some(tiles),
            missing,
            refused: false,
            thread: thread::spawn(move || write(&plan, target, encoding, received)),
            name,
        }
    }

    /// Takes pixels of a tile.
    pub(super) fn give(&mut self, number: usize, pixels: Vec<u8>) -> Given {
        self.missing = self.missing.saturating_sub(pixels.len());
        let taken = match &self.tiles {
            Some(tiles) => tiles.send((number, pixels)).is_ok(),
            None => true,
        };
        if !taken {
            self.refused = true;
            return Given::Refused;
        }
        if self.missing > 0 {
            return Given::More;
        }
        self.tiles = None;
        Given::Complete
    }

    /// Whether it has been given every tile.
    pub(super) fn is_complete(&self) -> bool {
        self.missing == 0
    }

    /// Waits until the page is written; the error comes with the file's name.
    pub(super) fn finish(mut self) -> Result<(), (String, io::Error)> {
        let told_here = self.is_complete() || self.refused;
        self.tiles = None;
        let written = self.thread.join();
        match written.unwrap_or_else(|_| Err(io::Error::other("encoding failed"))) {
            Err(error) if told_here => Err((self.name, error)),
            // What is not complete has been told, and leaves no file.
            _ => Ok(()),
        }
    }

    /// Drops what has been written.
    pub(super) fn give_up(mut self) {
        self.tiles = None;
        // It ends with an error, because rows are missing; that is wanted.
        let _ = self.thread.join();
    }
}

fn write(
    plan: &Plan,
    target: Target,
    encoding: Encoding,
    tiles: Receiver<(usize, Vec<u8>)>,
) -> io::Result<()> {
    let mut bands = Bands::new(plan, tiles).peekable();
    // Paper is opaque, and of a picture in several bands nobody knows yet.
    let alpha = plan.dpi.is_none()
        && match bands.peek() {
            Some(Ok(band)) => plan.tiles() > 1 || png::has_alpha(band),
            _ => false,
        };
    let header = Header {
        width: plan.px.0,
        height: plan.px.1,
        alpha,
        dpi: plan.dpi,
    };
    let output = match target {
        Target::Standard => Output::standard(),
        Target::File(path) => Output::create(&path)?,
    };
    let mut output = BufWriter::with_capacity(1 << 18, output);
    match encoding {
        Encoding::Jpeg(quality) => jpeg::write(&mut output, plan.px, quality, bands)?,
        Encoding::WebP => webp::write(&mut output, plan.px, bands)?,
        Encoding::Png => png::write(&mut output, header, bands)?,
    }
    output.flush()?;
    output.into_inner().map_err(io::Error::from)?.finish()
}

fn bytes_of(plan: &Plan, number: usize) -> usize {
    plan.tile(number).map_or(0, |tile| tile.size().bytes())
}

/// Tiles, in whatever order they come, as rows from the top.
struct Bands {
    tiles: Receiver<(usize, Vec<u8>)>,
    /// Pieces of tiles whose turn has not come.
    early: BTreeMap<usize, VecDeque<Vec<u8>>>,
    plan: Plan,
    next: usize,
    /// Bytes of the next tile that have been passed on.
    passed: usize,
}

impl Bands {
    fn new(plan: &Plan, tiles: Receiver<(usize, Vec<u8>)>) -> Self {
        Self {
            tiles,
            early: BTreeMap::new(),
            plan: plan.clone(),
            next: 0,
            passed: 0,
        }
    }

    /// The next pixels of a tile, as they came.
    fn piece(&mut self, number: usize) -> io::Result<Vec<u8>> {
        loop {
            if let Some(pixels) = self.early.get_mut(&number).and_then(VecDeque::pop_front) {
                return Ok(pixels);
            }
            let (came, pixels) = self
                .tiles
                .recv()
                .map_err(|_| io::Error::other("the page was given up"))?;
            self.early.entry(came).or_default().push_back(pixels);
        }
    }

    /// Rows of the only column.
    fn rows(&mut self) -> io::Result<Vec<u8>> {
        let rows = self.piece(self.next)?;
        self.passed += rows.len();
        if self.passed >= bytes_of(&self.plan, self.next) {
            self.early.remove(&self.next);
            self.next += 1;
            self.passed = 0;
        }
        Ok(rows)
    }

    /// One band: its columns side by side, each of which comes whole.
    fn band(&mut self) -> io::Result<Vec<u8>> {
        let first = self.next;
        self.next += self.plan.columns();
        let row_bytes = self.plan.px.0 as usize * 4;
        let mut band = Vec::new();
        let mut left = 0;
        for number in first..self.next {
            let pixels = self.piece(number)?;
            let size = self.plan.tile(number).map(|tile| tile.size());
            let size = size.ok_or_else(|| io::Error::other("no such tile"))?;
            band.resize(row_bytes * usize::from(size.height_px()), 0);
            let rows = band.chunks_exact_mut(row_bytes);
            for (row, tile_row) in rows.zip(pixels.chunks_exact(size.row_bytes())) {
                if let Some(place) = row.get_mut(left..left + tile_row.len()) {
                    place.copy_from_slice(tile_row);
                }
            }
            left += size.row_bytes();
        }
        Ok(band)
    }
}

impl Iterator for Bands {
    type Item = io::Result<Vec<u8>>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.next >= self.plan.tiles() {
            return None;
        }
        Some(if self.plan.columns() == 1 {
            self.rows()
        } else {
            self.band()
        })
    }
}
