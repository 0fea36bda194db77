//! Many files at the same time, one on each core, each in a renderer of its own.

use super::super::arguments::{self, Convert, Kind, is_standard_input};
use super::super::exit::{Exit, Failed};
use super::super::open;
use super::super::output::is_same_file;
use super::super::progress::Progress;
use super::left_out::LeftOut;
use super::{Job, usage};
use crate::broker::Renderers;
use std::collections::HashMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;

/// Converts every file; one that fails does not keep the others back, and the first
/// failure decides the exit code.
pub(super) fn run(convert: &Convert, kind: Kind) -> Result<(), Failed> {
    let outputs = outputs(convert, kind)?;
    let access = convert.access.among_others();
    let work = Work {
        convert,
        kind,
        renderers: open::renderers(&access, convert.files.len())?,
        access,
        outputs,
        next: AtomicUsize::new(0),
        interrupted: open::interruption()?,
        state: Mutex::new(State {
            progress: Progress::new("file", convert.files.len()),
            done: 0,
            failed: None,
            left_out: None,
        }),
    };
    let threads = thread::available_parallelism().map_or(1, usize::from);
    thread::scope(|scope| {
        for _ in 0..threads.min(convert.files.len()) {
            scope.spawn(|| work.run());
        }
    });
    let state = work
        .state
        .into_inner()
        .unwrap_or_else(PoisonError::into_inner);
    drop(state.progress);
    state.left_out.iter().for_each(LeftOut::tell);
    state.failed.map_or(Ok(()), Err)
}

/// What each file becomes: its own name with another end, in the folder that was
/// named, or beside it.
fn outputs(convert: &Convert, kind: Kind) -> Result<Vec<PathBuf>, Failed> {
    let mut made: HashMap<PathBuf, &Path> = HashMap::new();
    let mut outputs = Vec::new();
    for file in &convert.files {
        let stem = file.file_stem().filter(|_| !is_standard_input(file));
        let Some(stem) = stem else {
            return usage("with --to every file needs a name of its own");
        };
        let mut name = OsString::from(stem);
        name.push(".");
        name.push(kind.end());
        let folder = convert.output.as_deref().or(file.parent());
        let output = folder.unwrap_or(Path::new("")).join(name);
        if is_same_file(&output, file) {
            let sentence = "the copy would replace it; choose another folder with -o";
            return Err(Failed::new(
                Exit::Usage,
                Some(&arguments::name(file)),
                sentence,
            ));
        }
        if let Some(other) = made.insert(output.clone(), file) {
            let sentence = format!(
                "{} and {} would both become {}; nothing was converted",
                other.display(),
                file.display(),
                output.display()
            );
            return usage(&sentence);
        }
        outputs.push(output);
    }
    Ok(outputs)
}

/// What is shared by all threads.
struct Work<'a> {
    convert: &'a Convert,
    kind: Kind,
    outputs: Vec<PathBuf>,
    access: arguments::Access,
    renderers: Renderers,
    next: AtomicUsize,
    interrupted: Arc<AtomicBool>,
    state: Mutex<State>,
}

struct State {
    progress: Progress,
    done: usize,
    failed: Option<Failed>,
    left_out: Option<LeftOut>,
}

impl Work<'_> {
    /// Takes file after file.
    fn run(&self) {
        while !self.interrupted.load(Ordering::Relaxed) {
            let next = self.next.fetch_add(1, Ordering::Relaxed);
            let (Some(file), Some(output)) = (self.convert.files.get(next), self.outputs.get(next))
            else {
                return;
            };
            let done = self.one(file, output);
            let mut state = self.state();
            state.done += 1;
            match done {
                Ok(left_out) => match &mut state.left_out {
                    Some(all) => all.add(&left_out),
                    none => *none = Some(left_out),
                },
                Err(new) => state.note(new),
            }
            let done = state.done;
            state.progress.at(done);
        }
    }

    fn one(&self, file: &Path, output: &Path) -> Result<LeftOut, Failed> {
        let (renderers, interrupted) = (&self.renderers, &self.interrupted);
        let mut opened = open::open_file(file, &self.access, renderers, interrupted)?;
        let left_out = LeftOut::of(&mut opened, self.kind);
        let numbered = self.numbered(output, &mut opened)?;
        let job = Job {
            convert: self.convert,
            file,
            output: &numbered,
            kind: self.kind,
            is_alone: false,
        };
        job.run(opened)?;
        Ok(left_out)
    }

    /// The name of what is made, with a number where it is several files.
    fn numbered(&self, output: &Path, opened: &mut open::Opened) -> Result<PathBuf, Failed> {
        // A percent sign in a name is no number.
        let literal = |text: &std::ffi::OsStr| -> OsString {
            use std::os::unix::ffi::{OsStrExt, OsStringExt};
            let bytes = text.as_bytes().iter();
            let doubled = bytes.flat_map(|byte| match byte {
                b'%' => vec![b'%', b'%'],
                other => vec![*other],
            });
            OsString::from_vec(doubled.collect())
        };
        if matches!(self.kind, Kind::Pdf | Kind::Wav) {
            return Ok(output.to_owned());
        }
        let several = opened.page_list(&self.convert.pages)?.len() > 1;
        let stem = output.with_extension("");
        let mut name = literal(stem.as_os_str());
        name.push(if several { "-%d." } else { "." });
        name.push(self.kind.end());
        Ok(name.into())
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // A count and a sentence: nothing is left half done in it.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Tells a failure; the first one is told last, and decides the exit code.
    fn note(&mut self, new: Failed) {
        match &self.failed {
            // That the user has stopped it is told once.
            Some(first) if new.exit == Exit::Interrupted && first.exit == new.exit => {}
            Some(_) => new.tell(),
            None => self.failed = Some(new),
        }
    }
}
