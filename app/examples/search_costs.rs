//! What a search costs, for scripts/bench-search.py, which reads the lines.
//!
//! `search_costs RENDERER FILE WORD N`: in a document that is open, with as many
//! workers as the window has: from the question to the first match (`first_hit`)
//! and to the end (`whole`), the same again (`again`), and from giving up in the
//! middle until nothing of it runs any more (`cancelled`). In µs, sorted.

use app::broker::limits::Limits;
use app::broker::{Broker, Programs, Reply, Session, Source, Ticket};
use ipc::{Items, PageIndex, Query, Text};
use std::collections::HashSet;
use std::error::Error;
use std::path::Path;
use std::time::{Duration, Instant};

type Outcome<T> = Result<T, Box<dyn Error>>;

/// As `pellucid text --grep` asks.
const AT_ONCE: usize = 32;
/// As the window asks, so that tiles come in between.
const AT_ONCE_IN_THE_WINDOW: usize = 4;

fn main() -> Outcome<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let [renderer, file, word, n] = words.as_slice() else {
        return Err("see the first lines of app/examples/search_costs.rs".into());
    };
    let pattern = Text::new((*word).to_owned()).ok_or("no word to search for")?;
    let query = Query {
        pattern,
        match_case: true,
        match_accents: true,
        whole_word: false,
        regex: false,
    };
    let mut rows: [(&str, Vec<u128>); 5] = [
        "first_hit",
        "first_hit_in_window",
        "whole",
        "again",
        "cancelled",
    ]
    .map(|name| (name, Vec::new()));
    for _ in 0..n.parse::<usize>()? {
        let times = once(Path::new(renderer), Path::new(file), &query)?;
        for ((_, all), took) in rows.iter_mut().zip(times) {
            all.extend(took.map(|took| took.as_micros()));
        }
    }
    for (name, mut all) in rows {
        all.sort_unstable();
        println!("{name} {all:?}");
    }
    Ok(())
}

fn once(renderer: &Path, file: &Path, query: &Query) -> Outcome<[Option<Duration>; 5]> {
    let (first_in_window, _) = search(&mut open(renderer, file)?, query, AT_ONCE_IN_THE_WINDOW)?;
    let mut opened = open(renderer, file)?;
    let (first, whole) = search(&mut opened, query, AT_ONCE)?;
    let (_, again) = search(&mut opened, query, AT_ONCE)?;
    let cancelled = cancel(&mut open(renderer, file)?, query)?;
    Ok([
        first,
        first_in_window,
        Some(whole),
        Some(again),
        Some(cancelled),
    ])
}

struct Opened {
    session: Session,
    pages: u32,
    _broker: Broker,
}

fn open(renderer: &Path, file: &Path) -> Outcome<Opened> {
    let programs = Programs {
        renderer: renderer.into(),
    };
    let mut broker = Broker::start(&programs, Limits::default())?;
    let confined = broker.renderer()?;
    let source = Source::open(file)?;
    let mut session = Session::new(confined, source, std::sync::Arc::default())?;
    let pages = session.open()?.pages;
    Ok(Opened {
        session,
        pages,
        _broker: broker,
    })
}

/// When the first match came, and when the last page was done.
fn search(
    opened: &mut Opened,
    query: &Query,
    at_once: usize,
) -> Outcome<(Option<Duration>, Duration)> {
    let started = Instant::now();
    let mut first = None;
    let mut pages = 0..opened.pages;
    let mut asked = HashSet::new();
    loop {
        ask(&mut opened.session, &mut pages, query, at_once, &mut asked)?;
        if asked.is_empty() {
            return Ok((first, started.elapsed()));
        }
        match opened.session.wait()? {
            Reply::Items(ticket, Items::Matches(matches), last) => {
                if !matches.is_empty() {
                    first.get_or_insert_with(|| started.elapsed());
                }
                if last {
                    asked.remove(&ticket);
                }
            }
            other => return Err(format!("not an answer: {other:?}").into()),
        }
    }
}

fn ask(
    session: &mut Session,
    pages: &mut std::ops::Range<u32>,
    query: &Query,
    at_once: usize,
    asked: &mut HashSet<Ticket>,
) -> Outcome<()> {
    while asked.len() < at_once
        && let Some(page) = pages.next().and_then(PageIndex::new)
    {
        asked.extend(session.ask_search(page, query.clone())?);
    }
    Ok(())
}

/// From giving up until another question is answered, which waits for a worker.
fn cancel(opened: &mut Opened, query: &Query) -> Outcome<Duration> {
    let mut pages = 0..opened.pages;
    let mut asked = HashSet::new();
    ask(&mut opened.session, &mut pages, query, AT_ONCE, &mut asked)?;
    opened.session.wait()?;
    let started = Instant::now();
    for ticket in asked {
        opened.session.cancel(ticket)?;
    }
    opened.session.info()?;
    Ok(started.elapsed())
}
