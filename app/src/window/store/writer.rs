//! Writes what is remembered, on a thread of its own: a home on a slow disk holds no
//! window. What is overtaken by something newer is not written.

use crossbeam_channel::{Receiver, Sender, bounded, unbounded};
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

/// How long the end of the window waits until the last of it is written.
const LAST_WAIT: Duration = Duration::from_secs(2);

enum Order {
    Write(Vec<u8>),
    /// Answered once everything before it is written.
    Settle(Sender<()>),
}

/// The end of the thread that says what to write.
#[derive(Debug)]
pub(super) struct Writer(Sender<Order>);

impl Writer {
    /// Starts one for a file.
    ///
    /// # Errors
    ///
    /// The `errno` of making a thread.
    pub(super) fn start(file: PathBuf) -> io::Result<Self> {
        let (orders, ordered) = unbounded();
        let named = thread::Builder::new().name("store".to_owned());
        named.spawn(move || serve(&file, &ordered))?;
        Ok(Self(orders))
    }

    pub(super) fn write(&self, bytes: Vec<u8>) {
        // The thread is there as long as this is.
        let _ = self.0.send(Order::Write(bytes));
    }

    /// Waits until all of it is written, but not for ever.
    pub(super) fn settle(&self) {
        let (done, settled) = bounded(1);
        if self.0.send(Order::Settle(done)).is_ok() {
            let _ = settled.recv_timeout(LAST_WAIT);
        }
    }
}

fn serve(file: &Path, ordered: &Receiver<Order>) {
    while let Ok(first) = ordered.recv() {
        let mut latest = None;
        let mut waiting = Vec::new();
        for order in std::iter::once(first).chain(ordered.try_iter()) {
            match order {
                Order::Write(bytes) => latest = Some(bytes),
                Order::Settle(done) => waiting.push(done),
            }
        }
        if let Some(bytes) = latest {
            // That it cannot be written stops nobody from reading a document.
            let _ = write(file, &bytes);
        }
        // Who has not waited so long needs no answer.
        for done in waiting {
            let _ = done.send(());
        }
    }
}

/// Writes it, whole or not at all.
fn write(file: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = file.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    let mut new = tempfile::NamedTempFile::new_in(folder)?;
    new.write_all(bytes)?;
    new.persist(file)?;
    Ok(())
}
