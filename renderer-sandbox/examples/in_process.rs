//! The same drawing without any sandbox, for `make bench`.
//!
//! `in_process N FILE…`: page 1 at 150 dpi on one thread, as
//! `app/examples/sandbox_costs.rs pages` draws it; least of N, in µs.

use capmode::{Confined, DocumentMemory};
use ipc::{PageIndex, PageSize, Tile, TileSize};
use renderer_sandbox::format;
use renderer_sandbox::surface::Surface;
use std::error::Error;
use std::sync::Arc;
use std::time::Instant;

type Outcome<T> = Result<T, Box<dyn Error>>;

fn main() -> Outcome<()> {
    let mut arguments = std::env::args().skip(1);
    let n = arguments.next().ok_or("in_process N FILE…")?.parse()?;
    for file in arguments {
        // As large a stack as a worker has.
        let named = file.clone();
        let drawn = std::thread::Builder::new()
            .stack_size(capmode::WORKER_STACK_BYTES)
            .spawn(move || page(&named, n).map_err(|error| error.to_string()))?
            .join();
        match drawn {
            Ok(Ok(Some(took))) => println!("{took}\t{file}"),
            Ok(Ok(None)) => eprintln!("{file}: page 1 is larger than one tile"),
            Ok(Err(error)) => eprintln!("{file}: {error}"),
            Err(_) => eprintln!("{file}: a panic"),
        }
    }
    Ok(())
}

/// Least time of `n` for page 1, in µs; `None` when it is more than one tile.
fn page(file: &str, n: usize) -> Outcome<Option<u128>> {
    let confined = Confined::pretended();
    let memory = Arc::new(DocumentMemory::Copied(std::fs::read(file)?));
    let document: &'static dyn format::Document = Box::leak(format::open(&confined, memory, None)?);
    let first = PageIndex::new(0).ok_or("there is a first page")?;
    let Some(tile) = whole(first, document.page(first).size) else {
        return Ok(None);
    };
    let mut painter = document.painter();
    let mut pixels = vec![0; tile.size().bytes()];
    let mut least = u128::MAX;
    for _ in 0..n {
        let started = Instant::now();
        let mut surface = Surface::new(&mut pixels, tile.size()).ok_or("it is large enough")?;
        painter.paint(&confined, tile, &mut surface)?;
        least = least.min(started.elapsed().as_micros());
    }
    Ok(Some(least))
}

fn whole(page: PageIndex, size: PageSize) -> Option<Tile> {
    let pixels = |points: f32| (points * 150.0 / 72.0).ceil().clamp(1.0, 65_535.0) as u16;
    let (width, height) = (pixels(size.width()), pixels(size.height()));
    let size = TileSize::new(width, height)?;
    Tile::new(page, (width.into(), height.into()), (0, 0), size)
}
