//! `pellucid attachment`: saves a file that is inside a document.
//!
//! Which file is written is what the user says on the command line; the name
//! that the document gives is only compared.

use super::arguments;
use super::exit::{Exit, Failed};
use super::open;
use super::output::Output;
use super::terminal::printable;
use crate::broker::BrokerError;
use crate::broker::limits::MAX_ATTACHMENT_BYTES;
use ipc::Attachment;
use std::io::Write;

pub(super) fn run(wanted: &arguments::Attachment) -> Result<(), Failed> {
    let mut opened = open::open(&wanted.document.file, &wanted.document.access)?;
    let name = opened.name.clone();
    let about = |error: BrokerError| Failed::about(&name, &error);
    let all = opened.session.attachments().map_err(about)?;
    let Some(number) = number_of(&all, &wanted.name) else {
        let sentence = format!(
            "has no attachment {}; it has {}",
            printable(&wanted.name),
            list(&all)
        );
        return Err(Failed::new(Exit::Usage, Some(&name), sentence));
    };
    let target = wanted.output.to_string_lossy();
    let failed = |error: std::io::Error| Failed::output(&target, &error);
    let mut output = match wanted.output.as_os_str() == "-" {
        true => Output::standard(),
        false => Output::create(&wanted.output).map_err(failed)?,
    };
    let mut unwritten = None;
    let extracted = opened
        .session
        .extract(number, MAX_ATTACHMENT_BYTES, |bytes| {
            output.write_all(bytes).map_err(|error| {
                unwritten = Some(failed(error));
                BrokerError::Interrupted
            })
        });
    match (extracted, unwritten) {
        (_, Some(failed)) => Err(failed),
        (Err(error), None) => Err(about(error)),
        (Ok(_), None) => output.finish().map_err(failed),
    }
}

/// By its name, or else by its number from 1.
fn number_of(all: &[Attachment], wanted: &str) -> Option<u32> {
    let by_name = all.iter().position(|one| one.name.as_str() == wanted);
    let by_number = || {
        let number: usize = wanted.parse().ok()?;
        number.checked_sub(1).filter(|number| *number < all.len())
    };
    u32::try_from(by_name.or_else(by_number)?).ok()
}

fn list(all: &[Attachment]) -> String {
    const MOST: usize = 20;
    if all.is_empty() {
        return "none".to_owned();
    }
    let names = all.iter().take(MOST).map(|one| one.name.to_string());
    let rest = if all.len() > MOST { ", …" } else { "" };
    format!("{}{rest}", names.collect::<Vec<_>>().join(", "))
}
