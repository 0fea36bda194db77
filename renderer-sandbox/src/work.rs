//! What a worker does with a job. A panic in a job ends that job with a
//! sentence, and the worker goes on.

use crate::format::{Document, DocumentError, Painter, held};
use crate::outbox::Listed;
use crate::panic;
use crate::pool::{Job, Opened, Refusal, Shared};
use crate::requests::cancelled;
use crate::search;
use crate::surface::{Coming, Surface};
use capmode::{DocumentMemory, Slot};
use ipc::limits::MAX_TEXT_BYTES;
use ipc::{
    Event, Failure, FailureKind, PageEntry, PageIndex, RequestId, Secret, Stretch, Text, Tile,
};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

/// The painter of one worker, made when it is needed first.
type OwnPainter = Option<Box<dyn Painter>>;

/// Works for ever.
pub(crate) fn run(shared: &Shared) {
    let mut painter = None;
    loop {
        let job = shared.jobs.pop();
        capmode::heap::make_room();
        work(shared, &mut painter, job);
    }
}

fn work(shared: &Shared, painter: &mut OwnPainter, job: Job) {
    match job {
        Job::Open(memory, password) => {
            let opened = open(shared, memory, password.as_ref());
            shared.opened.push(opened);
        }
        Job::Paint(id, tile, early, coming, number) => {
            paint(shared, painter, id, (tile, early), (coming, number));
        }
        Job::Pages(id, first, count) => {
            list(shared, id, |document| Ok(pages(document, first, count)));
        }
        Job::Info(id) => list(shared, id, |document| Ok(document.info(shared.confined))),
        Job::Text(id, page) => {
            list(shared, id, |document| {
                let words = shared.texts.of(document, shared.confined, page)?;
                Ok(words.to_vec())
            });
        }
        Job::Outline(id) => list(shared, id, |document| Ok(document.outline(shared.confined))),
        Job::Links(id, page) => {
            list(shared, id, |document| {
                Ok(document.links(shared.confined, page))
            });
        }
        Job::Frames(id, page) => {
            list(shared, id, |document| {
                document.frames(shared.confined, page)
            });
        }
        Job::Search(id, page, query) => {
            list(shared, id, |document| {
                search::page(shared, document, page, &query)
            });
        }
        Job::Attachments(id) => {
            list(shared, id, |document| {
                Ok(document.attachments(shared.confined))
            });
        }
        Job::Extract(id, attachment, offset, slot, number) => {
            extract(shared, id, attachment, offset, (slot, number));
        }
        Job::Layers(id) => list(shared, id, |document| Ok(document.layers(shared.confined))),
        Job::ShowLayers(id, shown) => list(shared, id, |document| {
            document.show_layers(shared.confined, &shown)?;
            Ok(document.layers(shared.confined))
        }),
        Job::Signatures(id) => {
            list(shared, id, |document| {
                Ok(document.signatures(shared.confined))
            });
        }
        Job::Wishes(id) => list(shared, id, |document| Ok(document.wishes(shared.confined))),
        Job::Notes(id) => list(shared, id, |document| Ok(document.notes(shared.confined))),
        Job::Images(id, page) => {
            list(shared, id, |document| {
                Ok(document.images(shared.confined, page))
            });
        }
        Job::Sound(id, stretch, slot, number) => sound(shared, id, stretch, (slot, number)),
        Job::Waveform(id, buckets) => {
            list(shared, id, |document| {
                document.waveform(shared.confined, buckets)
            });
        }
        Job::Chapters(id) => list(
            shared,
            id,
            |document| Ok(document.chapters(shared.confined)),
        ),
    }
}

fn open(shared: &Shared, memory: Arc<DocumentMemory>, password: Option<&Secret>) -> Opened {
    // Nothing of a document that is half open outlives the unwinding: it owns
    // what it has made, and the bytes it reads never change.
    let opened = catch_unwind(AssertUnwindSafe(|| {
        held::hold(&memory)?;
        (shared.opener)(shared.confined, memory, password)
    }));
    match opened {
        Ok(Ok(mut document)) => {
            document.use_fonts(Arc::clone(&shared.fonts));
            // Leaked: a renderer never serves two documents.
            let _ = shared.document.set(Box::leak(document));
            Ok(())
        }
        Ok(Err(DocumentError::Password { wrong })) => Err(Refusal::Password { wrong }),
        Ok(Err(error)) => Err(Refusal::Failed(told(&error))),
        Err(_) => Err(Refusal::Failed(panic::failure())),
    }
}

fn paint(
    shared: &Shared,
    painter: &mut OwnPainter,
    id: RequestId,
    tile: (Tile, bool),
    (mut coming, number): (Coming, u8),
) {
    let result = if shared.requests().is_cancelled(id) {
        None
    } else {
        Some(draw(shared, painter, tile, &mut coming))
    };
    shared.give_back_coming(number, coming);
    let event = match result {
        None => cancelled(id),
        Some(Ok(whole)) => Event::Painted { id, whole },
        Some(Err(failure)) => Event::Failed { id, failure },
    };
    shared.answer(id, &event);
}

fn draw(
    shared: &Shared,
    painter: &mut OwnPainter,
    (tile, early): (Tile, bool),
    coming: &mut Coming,
) -> Result<bool, Failure> {
    let document = document(shared)?;
    let mut surface = Surface::coming(coming, tile.size());
    // A painter that panicked may be half changed, so it is dropped below; the
    // slot holds pixels, of which any are valid.
    let drawn = catch_unwind(AssertUnwindSafe(|| {
        let painter = painter.get_or_insert_with(|| document.painter());
        match early {
            true => painter.paint_early(shared.confined, tile, &mut surface),
            false => painter
                .paint(shared.confined, tile, &mut surface)
                .map(|()| true),
        }
    }));
    match drawn {
        Ok(result) => result.map_err(|error| told(&error)),
        Err(_) => {
            *painter = None;
            Err(panic::failure())
        }
    }
}

/// Copies what fits of an attachment into a slot.
fn extract(
    shared: &Shared,
    id: RequestId,
    attachment: u32,
    offset: u64,
    (mut slot, number): (Slot, u8),
) {
    let copied = if shared.requests().is_cancelled(id) {
        None
    } else {
        Some(copy(shared, attachment, offset, slot.bytes_mut()))
    };
    shared.give_back(number, slot);
    let event = match copied {
        None => cancelled(id),
        Some(Ok((bytes, last))) => Event::Copied { id, bytes, last },
        Some(Err(failure)) => Event::Failed { id, failure },
    };
    shared.answer(id, &event);
}

/// How many bytes were copied, and whether the attachment ends there.
fn copy(
    shared: &Shared,
    attachment: u32,
    offset: u64,
    slot: &mut [u8],
) -> Result<(u32, bool), Failure> {
    let document = document(shared)?;
    // As in `list`.
    let content = catch_unwind(AssertUnwindSafe(|| {
        document.attachment(shared.confined, attachment)
    }));
    let content = content
        .map_err(|_| panic::failure())?
        .map_err(|error| told(&error))?;
    let start = usize::try_from(offset).unwrap_or(usize::MAX);
    let rest = content.get(start..).unwrap_or_default();
    let len = rest.len().min(slot.len());
    if let (Some(to), Some(from)) = (slot.get_mut(..len), rest.get(..len)) {
        to.copy_from_slice(from);
    }
    Ok((u32::try_from(len).unwrap_or(0), len == rest.len()))
}

/// Puts a stretch of sound into a slot.
fn sound(shared: &Shared, id: RequestId, stretch: Stretch, (mut slot, number): (Slot, u8)) {
    let heard = if shared.requests().is_cancelled(id) {
        None
    } else {
        Some(hear(shared, stretch, slot.bytes_mut()))
    };
    shared.give_back(number, slot);
    let event = match heard {
        None => cancelled(id),
        Some(Ok((frames, last, met))) => Event::Sound {
            id,
            frames,
            last,
            met,
        },
        Some(Err(failure)) => Event::Failed { id, failure },
    };
    shared.answer(id, &event);
}

/// How many frames came, whether the sound ends there, and what was met by then.
fn hear(shared: &Shared, stretch: Stretch, slot: &mut [u8]) -> Result<(u32, bool, u8), Failure> {
    let document = document(shared)?;
    // A reader that panicked is not used again.
    let heard = catch_unwind(AssertUnwindSafe(|| {
        let heard = document.sound(shared.confined, stretch, slot);
        heard.map(|(frames, last)| (frames, last, document.met()))
    }));
    let (frames, last, met) = heard
        .map_err(|_| panic::failure())?
        .map_err(|error| told(&error))?;
    // Nothing at all is the end, whatever the reason.
    Ok((frames, last || frames == 0, met))
}

fn list<T: Listed>(
    shared: &Shared,
    id: RequestId,
    make: impl FnOnce(&'static dyn Document) -> Result<Vec<T>, DocumentError>,
) {
    if shared.requests().is_cancelled(id) {
        return shared.answer(id, &cancelled(id));
    }
    // A document is only read; what it keeps for later is behind locks of its
    // own, which a panic poisons.
    let made = document(shared).and_then(|document| {
        catch_unwind(AssertUnwindSafe(|| make(document)))
            .map_err(|_| panic::failure())?
            .map_err(|error| told(&error))
    });
    match made {
        Ok(list) => shared.answer_list(id, list),
        Err(failure) => shared.answer(id, &Event::Failed { id, failure }),
    }
}

fn pages(document: &dyn Document, first: PageIndex, count: u32) -> Vec<PageEntry> {
    let end = first
        .get()
        .saturating_add(count)
        .min(document.summary().pages);
    (first.get()..end)
        .filter_map(PageIndex::new)
        .map(|page| document.page(page))
        .collect()
}

fn document(shared: &Shared) -> Result<&'static dyn Document, Failure> {
    shared.document.get().copied().ok_or_else(lost)
}

/// The error as the broker is told. Only opening can ask for a password.
fn told(error: &DocumentError) -> Failure {
    error.to_failure().unwrap_or_else(lost)
}

fn lost() -> Failure {
    Failure {
        kind: FailureKind::Internal,
        detail: Text::cleaned("the renderer lost its document", MAX_TEXT_BYTES),
    }
}
