//! `pellucid info`: what a document is, and what it says about itself.

mod contents;
mod keys;
mod sound;

use super::arguments;
use super::exit::Failed;
use super::open::{self, Opened};
use super::terminal::{self, printable};
use crate::broker::{BrokerError, Session, Standing};
use capmode::Posture;
use contents::Contents;
#[cfg(feature = "window")]
pub(crate) use contents::{coverage, note_kind, wish};
use ipc::{InfoField, LinkTarget, OutlineEntry, PageEntry, PageIndex, RefusedAction};
use keys::name;
pub(crate) use keys::{curated, heading};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

/// Pages whose sizes and links are told.
const PAGES_TOLD: u32 = 1000;

pub(super) fn run(info: &arguments::Info) -> Result<(), Failed> {
    let mut opened = open::open(&info.document.file, &info.document.access)?;
    let name = opened.name.clone();
    let about = |error: BrokerError| Failed::about(&name, &error);
    let fields = opened.session.info().map_err(about)?;
    let told = opened.summary.pages.min(PAGES_TOLD);
    let pages = match PageIndex::new(0) {
        Some(first) if told > 0 => opened.session.pages(first, told).map_err(about)?,
        _ => Vec::new(),
    };
    let outline = opened.session.outline().map_err(about)?;
    let outline_cut = opened.session.was_cut();
    let links = Links::read(&mut opened.session, told).map_err(about)?;
    let pages_cut = told < opened.summary.pages;
    // What is not told whole.
    let lists = [
        ("outline", outline_cut),
        ("pages", pages_cut),
        ("links", links.cut || pages_cut),
    ];
    let cut = lists.iter().filter(|(_, cut)| *cut).map(|(list, _)| *list);
    let cut: Vec<&str> = cut.collect();
    let contents = Contents::read(&mut opened.session).map_err(about)?;
    let chapters = match opened.summary.sound {
        Some(_) => opened.session.chapters().map_err(about)?,
        None => Vec::new(),
    };
    let text = if info.json {
        let mut json = as_json(&opened, &fields, &pages);
        if told > 0 {
            json["frames"] = frames(&mut opened.session).map_err(about)?;
        }
        if let Some(sound) = opened.summary.sound {
            json["sound"] = sound::json(&sound, &chapters);
        }
        json["outline"] = outline.iter().map(entry).collect();
        json["links"] = links.as_json();
        json["cut"] = json!(cut);
        contents.add_json(&mut json);
        format!("{json:#}\n")
    } else {
        let mut text = as_text(&opened, &fields, &pages, &outline, &links, &contents);
        if let Some(sound) = opened.summary.sound {
            text.push_str(&sound::chapter_lines(&sound, &chapters));
        }
        text
    };
    print(&text)?;
    // JSON says it itself.
    if !info.json && !cut.is_empty() {
        let note = format!("note: too long to be told whole: {}", cut.join(", "));
        terminal::tell(&format!("{}: {note}", printable(&name)));
    }
    Ok(())
}

/// How long each frame of the first page is shown; null where it does not move.
fn frames(session: &mut Session) -> Result<Value, BrokerError> {
    let Some(first) = PageIndex::new(0) else {
        return Ok(Value::Null);
    };
    let frames = session.frames(first)?;
    if frames.durations_ms.is_empty() {
        return Ok(Value::Null);
    }
    Ok(json!({ "plays": frames.plays, "durations_ms": frames.durations_ms }))
}

/// Where the links of a document lead.
#[derive(Default)]
struct Links {
    /// The page that a link stands on, and the page that it leads to.
    inside: Vec<(u32, u32)>,
    addresses: BTreeSet<String>,
    refused: BTreeMap<&'static str, usize>,
    /// Whether a page has more of them than are told.
    cut: bool,
}

impl Links {
    fn read(session: &mut Session, pages: u32) -> Result<Self, BrokerError> {
        let mut all = Self::default();
        for page in (0..pages).filter_map(PageIndex::new) {
            let links = session.links(page)?;
            all.cut |= session.was_cut();
            for link in links {
                match link.target {
                    LinkTarget::Inside(place) => {
                        all.inside.push((page.number(), place.page.number()));
                    }
                    LinkTarget::Address(address) => {
                        all.addresses.insert(address.to_string());
                    }
                    LinkTarget::Refused(action) => {
                        *all.refused.entry(action_name(action)).or_default() += 1;
                    }
                }
            }
        }
        Ok(all)
    }

    fn as_json(&self) -> Value {
        json!({
            "inside": self.inside.len(),
            "pages": self.inside,
            "addresses": self.addresses,
            "refused": self.refused,
        })
    }

    /// `None` where there is none.
    fn as_text(&self) -> Option<String> {
        let mut parts = Vec::new();
        if !self.inside.is_empty() {
            parts.push(format!("{} to places inside", self.inside.len()));
        }
        if !self.addresses.is_empty() {
            parts.push(format!("{} addresses outside", self.addresses.len()));
        }
        for (action, count) in &self.refused {
            parts.push(format!("{count} × {action}, refused"));
        }
        (!parts.is_empty()).then(|| parts.join("; "))
    }
}

fn action_name(action: RefusedAction) -> &'static str {
    match action {
        RefusedAction::Launch => "launch",
        RefusedAction::JavaScript => "javascript",
        RefusedAction::Form => "form",
        RefusedAction::OtherDocument => "other_document",
        RefusedAction::Media => "media",
        RefusedAction::Other => "other",
    }
}

fn entry(entry: &OutlineEntry) -> Value {
    let page = entry.leads_to.map(|place| place.page.number());
    json!({ "depth": entry.depth, "title": entry.title.as_str(), "page": page })
}

/// Prints to standard output. A reader that has gone away is told by the exit
/// code alone.
pub(super) fn print(text: &str) -> Result<(), Failed> {
    let mut stdout = io::stdout().lock();
    let printed = stdout
        .write_all(text.as_bytes())
        .and_then(|()| stdout.flush());
    printed.map_err(|error| Failed::output("standard output", &error))
}

fn as_text(
    opened: &Opened,
    fields: &[InfoField],
    pages: &[PageEntry],
    outline: &[OutlineEntry],
    links: &Links,
    contents: &Contents,
) -> String {
    let summary = opened.summary;
    let mut lines = vec![
        ("File", printable(&opened.name)),
        ("Format", summary.format.name().to_owned()),
    ];
    if summary.sound.is_none() {
        lines.push(("Pages", summary.pages.to_string()));
    }
    if let Some(page) = pages.first() {
        let (width, height) = (page.size.width(), page.size.height());
        let unit = unit(opened);
        let all = pages.iter().all(|other| other.size == page.size);
        let others = if all {
            ""
        } else {
            " (first page; others differ)"
        };
        lines.push(("Page size", format!("{width} × {height} {unit}{others}")));
    }
    let (told, rest) = curated(fields);
    for field in told {
        lines.push((heading(field.key), field.value.to_string()));
    }
    if !outline.is_empty() {
        lines.push(("Outline", format!("{} entries", outline.len())));
    }
    if let Some(links) = links.as_text() {
        lines.push(("Links", links));
    }
    lines.extend(contents.lines());
    lines.push(("Sandbox", sandbox(opened.session.standing())));
    for field in rest {
        lines.push((heading(field.key), field.value.to_string()));
    }
    let lines = lines
        .iter()
        .map(|(title, value)| format!("{title:<14} {value}\n"));
    lines.collect()
}

fn unit(opened: &Opened) -> &'static str {
    match opened.summary.format {
        ipc::Format::Pdf => "pt",
        _ => "px",
    }
}

fn sandbox(standing: Option<&Standing>) -> String {
    match standing.map(|standing| &standing.posture) {
        Some(Posture::Full) => "full".to_owned(),
        Some(Posture::Reduced(missing)) => {
            let names: Vec<&str> = missing.iter().map(|layer| layer.name()).collect();
            format!("reduced, without {}", names.join(", "))
        }
        Some(Posture::None(_)) | None => "none".to_owned(),
    }
}

fn as_json(opened: &Opened, fields: &[InfoField], pages: &[PageEntry]) -> Value {
    let mut info = Map::new();
    for field in fields {
        let key = name(field.key).to_owned();
        let list = info.entry(key).or_insert_with(|| json!([]));
        if let Value::Array(list) = list {
            list.push(json!(field.value.as_str()));
        }
    }
    let pages: Vec<Value> = pages
        .iter()
        .map(|page| json!({ "width": page.size.width(), "height": page.size.height(), "label": page.label.as_str() }))
        .collect();
    json!({
        "file": opened.name,
        "format": opened.summary.format.name(),
        "page_count": opened.summary.pages,
        "encrypted": opened.summary.encrypted,
        "unit": unit(opened),
        "pages": pages,
        "info": info,
        "sandbox": sandbox(opened.session.standing()),
    })
}
