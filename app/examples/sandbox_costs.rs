//! What the sandbox costs, for `make bench` (scripts/bench.py reads the lines).
//!
//! `start RENDERER N`: a renderer, from the request to its `Confined`, and
//! `bwrap --unshare-all` around nothing, by turns; µs, sorted.
//! `spare RENDERER N FILE`: from asking for a renderer to the open document, with
//! one that is started then, and with one that waits; by turns; µs, sorted.
//! `pages RENDERER N FILE…`: page 1 at 150 dpi with one worker, from the
//! request to the pixels in the broker's own memory; least of N, in µs.
//! `hand-over N`: copying a drawn slot, by size; µs, sorted.

use app::broker::limits::Limits;
use app::broker::{Broker, BrokerError, Programs, Renderer, Renderers, Reply, Session, Source};
use capmode::{Launcher, Received, SharedMemory};
use ipc::limits::{MAX_MESSAGE_BYTES, MAX_SLOT_BYTES};
use ipc::{PageIndex, PageSize, Tile, TileSize};
use std::error::Error;
use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

type Outcome<T> = Result<T, Box<dyn Error>>;

/// What a renderer is given here: one worker, and time enough for any page.
const LIMITS: Limits = Limits {
    memory_bytes: app::broker::limits::MEMORY_BYTES,
    answer: Some(Duration::from_secs(20)),
    workers: 1,
};

/// Pixels of a 1080p frame, of a 4K frame, and of a whole slot.
const FRAMES: [(&str, usize); 3] = [
    ("1920x1080", 1920 * 1080 * 4),
    ("3840x2160", 3840 * 2160 * 4),
    ("whole_slot", MAX_SLOT_BYTES),
];

fn main() -> Outcome<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["start", renderer, n] => start(Path::new(renderer), n.parse()?),
        ["spare", renderer, n, file] => spare(renderer.into(), n.parse()?, Path::new(file)),
        ["pages", renderer, n, files @ ..] => pages(renderer.into(), n.parse()?, files),
        ["hand-over", n] => hand_over(n.parse()?),
        _ => Err("see the first lines of app/examples/sandbox_costs.rs".into()),
    }
}

fn start(renderer: &Path, n: usize) -> Outcome<()> {
    let mut launcher = Launcher::start(renderer, renderer)?;
    let bwrap = bwrap().is_ok();
    let (mut ours, mut peers) = (Vec::new(), Vec::new());
    for _ in 0..n {
        ours.push(confined(&mut launcher)?);
        if bwrap {
            peers.push(self::bwrap()?);
        }
    }
    print_sorted("start_to_confined", ours);
    if bwrap {
        print_sorted("bwrap", peers);
    }
    Ok(())
}

/// From the request to the renderer's first word, in µs.
fn confined(launcher: &mut Launcher) -> Outcome<u128> {
    let started = Instant::now();
    let spawned = launcher.spawn(&LIMITS.budget())?;
    let mut buffer = [0; MAX_MESSAGE_BYTES + 1];
    let Received::Message(_) = spawned.channel.receive(&mut buffer)? else {
        return Err("the renderer did not start".into());
    };
    let took = started.elapsed().as_micros();
    spawned.process.kill()?;
    spawned.process.wait(Duration::from_secs(5))?;
    Ok(took)
}

/// Time in which a spare that has just been asked for gets ready, many times over.
const READY: Duration = Duration::from_millis(20);

fn spare(renderer: PathBuf, n: usize, file: &Path) -> Outcome<()> {
    let programs = Programs { renderer };
    let mut broker = Broker::start(&programs, LIMITS)?;
    let renderers = Renderers::new(Some(programs), LIMITS, usize::MAX);
    renderers.prepare();
    let (mut cold, mut warm) = (Vec::new(), Vec::new());
    for _ in 0..n {
        cold.push(open(file, || broker.renderer())?);
        std::thread::sleep(READY);
        warm.push(open(file, || renderers.take())?);
    }
    print_sorted("open_cold", cold);
    print_sorted("open_with_spare", warm);
    Ok(())
}

/// From asking for a renderer to the document that is open in it, in µs.
fn open(file: &Path, ask: impl FnOnce() -> Result<Renderer, BrokerError>) -> Outcome<u128> {
    let source = Source::open(file)?;
    let started = Instant::now();
    Session::new(ask()?, source, Default::default())?.open()?;
    Ok(started.elapsed().as_micros())
}

/// The same with bubblewrap around a program that does nothing, in µs.
fn bwrap() -> Outcome<u128> {
    let started = Instant::now();
    let status = Command::new("bwrap")
        .args(["--unshare-all", "--ro-bind", "/", "/", "true"])
        .stderr(Stdio::null())
        .status()?;
    if !status.success() {
        return Err("bwrap cannot start anything here".into());
    }
    Ok(started.elapsed().as_micros())
}

fn pages(renderer: PathBuf, n: usize, files: &[&str]) -> Outcome<()> {
    let mut broker = Broker::start(&Programs { renderer }, LIMITS)?;
    for file in files {
        match page(&mut broker, Path::new(file), n) {
            Ok(Some(took)) => println!("{took}\t{file}"),
            Ok(None) => eprintln!("{file}: page 1 is larger than one tile"),
            Err(error) => eprintln!("{file}: {error}"),
        }
    }
    Ok(())
}

/// Least time of `n` for page 1, in µs; `None` when it is more than one tile.
fn page(broker: &mut Broker, file: &Path, n: usize) -> Outcome<Option<u128>> {
    let mut session = Session::new(broker.renderer()?, Source::open(file)?, Default::default())?;
    session.open()?;
    let first = PageIndex::new(0).ok_or("there is a first page")?;
    let sizes = session.pages(first, 1)?;
    let Some(tile) = sizes.first().and_then(|entry| whole(first, entry.size)) else {
        return Ok(None);
    };
    let mut pixels = vec![0; tile.size().bytes()];
    let mut least = u128::MAX;
    for _ in 0..n {
        let started = Instant::now();
        session.paint(tile)?;
        match session.wait()? {
            Reply::Painted(_, painted) => session.read(painted, &mut pixels)?,
            Reply::Failed(_, failure) => return Err(failure.detail.as_str().into()),
            Reply::Items(..) | Reply::Copied(..) | Reply::Sound(..) => {
                return Err("something else came for a tile".into());
            }
        }
        least = least.min(started.elapsed().as_micros());
    }
    Ok(Some(least))
}

/// The whole page as one tile at 150 dpi, as renderer-sandbox/examples/in_process.rs draws it.
fn whole(page: PageIndex, size: PageSize) -> Option<Tile> {
    let pixels = |points: f32| (points * 150.0 / 72.0).ceil().clamp(1.0, 65_535.0) as u16;
    let (width, height) = (pixels(size.width()), pixels(size.height()));
    let size = TileSize::new(width, height)?;
    Tile::new(page, (width.into(), height.into()), (0, 0), size)
}

fn hand_over(n: usize) -> Outcome<()> {
    for (name, bytes) in FRAMES {
        let memory = SharedMemory::create(bytes as u64)?;
        let mut pixels = vec![0; bytes];
        // What nobody has drawn is not there, and reading it would cost nothing.
        File::from(memory.for_renderer()?).write_all_at(&vec![0x7f; bytes], 0)?;
        let mut times = Vec::new();
        for _ in 0..n {
            let started = Instant::now();
            memory.read_at(0, &mut pixels)?;
            times.push(started.elapsed().as_micros());
        }
        print_sorted(&format!("hand_over_{name}"), times);
    }
    Ok(())
}

fn print_sorted(name: &str, mut micros: Vec<u128>) {
    micros.sort_unstable();
    let at = |share: usize| micros.get(micros.len() * share / 100).copied();
    let (median, p99) = (at(50).unwrap_or(0), at(99).unwrap_or(0));
    println!("{name}_us median={median} p99={p99} n={}", micros.len());
}
