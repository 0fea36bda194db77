//! A file system of one file that answers when a test says so (FUSE).

use fuser::{
    BackgroundSession, Config, Errno, FileAttr, FileHandle, FileType, Filesystem, Generation,
    INodeNo, LockOwner, MountOption, OpenFlags, ReplyAttr, ReplyData, ReplyEntry, Request,
};
use std::ffi::OsStr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, UNIX_EPOCH};

/// Name of the file.
const NAME: &str = "document";

/// Its number.
const FILE: INodeNo = INodeNo(2);

/// What the file does when it is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reading {
    /// It answers.
    Answered,
    /// It keeps whoever reads waiting.
    Held,
    /// It ends here, whatever it said its size is.
    CutAt(u64),
    /// Every answer has other bytes than the last one: each is one more.
    Changing,
}

struct State {
    reading: Reading,
    bytes: Vec<u8>,
    /// What it says its size is; zeros follow its bytes.
    size: u64,
    /// Those who wait.
    held: Vec<Waiting>,
    answers: u8,
}

struct Waiting {
    reply: ReplyData,
    offset: u64,
    size: u32,
}

/// The file system, mounted until this goes.
pub struct Mounted {
    state: Arc<Mutex<State>>,
    // Before the folder: what is mounted cannot be removed.
    _session: BackgroundSession,
    folder: tempfile::TempDir,
}

struct OneFile(Arc<Mutex<State>>);

impl Mounted {
    /// Mounts a file with these bytes, which says that it has `size`.
    ///
    /// # Errors
    ///
    /// What the system says when it mounts nothing for this user.
    pub fn new(bytes: Vec<u8>, size: u64, reading: Reading) -> std::io::Result<Self> {
        let state = Arc::new(Mutex::new(State {
            reading,
            bytes,
            size,
            held: Vec::new(),
            answers: 0,
        }));
        let folder = tempfile::tempdir()?;
        let mut config = Config::default();
        config.mount_options = vec![MountOption::RO, MountOption::FSName("pellucid-test".into())];
        let session = fuser::spawn_mount(OneFile(Arc::clone(&state)), folder.path(), &config)?;
        Ok(Self {
            state,
            _session: session,
            folder,
        })
    }

    /// Where the file is.
    #[must_use]
    pub fn file(&self) -> PathBuf {
        self.folder.path().join(NAME)
    }

    /// How many wait for an answer.
    #[must_use]
    pub fn waiting(&self) -> usize {
        lock(&self.state).held.len()
    }

    /// Answers those who wait, and everybody from now on.
    pub fn answer(&self) {
        let mut state = lock(&self.state);
        state.reading = Reading::Answered;
        for one in std::mem::take(&mut state.held) {
            one.reply.data(&state.part(one.offset, one.size));
        }
    }
}

impl Drop for Mounted {
    fn drop(&mut self) {
        // Nobody waits for ever, and unmounting waits for nobody.
        self.answer();
    }
}

impl State {
    fn part(&self, offset: u64, size: u32) -> Vec<u8> {
        let end = match self.reading {
            Reading::CutAt(end) => end,
            _ => self.size,
        };
        let stop = end.min(offset + u64::from(size));
        (offset..stop)
            .map(|at| {
                let at = usize::try_from(at).unwrap_or(usize::MAX);
                self.bytes.get(at).copied().unwrap_or(0)
            })
            .map(|byte| match self.reading {
                Reading::Changing => byte.wrapping_add(self.answers),
                _ => byte,
            })
            .collect()
    }

    fn attributes(&self, number: INodeNo) -> FileAttr {
        let is_file = number == FILE;
        FileAttr {
            ino: number,
            size: if is_file { self.size } else { 0 },
            blocks: 1,
            atime: UNIX_EPOCH,
            mtime: UNIX_EPOCH,
            ctime: UNIX_EPOCH,
            crtime: UNIX_EPOCH,
            kind: if is_file {
                FileType::RegularFile
            } else {
                FileType::Directory
            },
            perm: if is_file { 0o444 } else { 0o755 },
            nlink: 1,
            uid: nix::unistd::getuid().as_raw(),
            gid: nix::unistd::getgid().as_raw(),
            rdev: 0,
            flags: 0,
            blksize: 4096,
        }
    }
}

impl Filesystem for OneFile {
    fn lookup(&self, _: &Request, parent: INodeNo, name: &OsStr, reply: ReplyEntry) {
        if parent == INodeNo::ROOT && name == NAME {
            let attributes = lock(&self.0).attributes(FILE);
            reply.entry(&Duration::ZERO, &attributes, Generation(0));
        } else {
            reply.error(Errno::ENOENT);
        }
    }

    fn getattr(&self, _: &Request, number: INodeNo, _: Option<FileHandle>, reply: ReplyAttr) {
        reply.attr(&Duration::ZERO, &lock(&self.0).attributes(number));
    }

    fn read(
        &self,
        _: &Request,
        _: INodeNo,
        _: FileHandle,
        offset: u64,
        size: u32,
        _: OpenFlags,
        _: Option<LockOwner>,
        reply: ReplyData,
    ) {
        let mut state = lock(&self.0);
        if state.reading == Reading::Held {
            state.held.push(Waiting {
                reply,
                offset,
                size,
            });
        } else {
            state.answers = state.answers.wrapping_add(1);
            reply.data(&state.part(offset, size));
        }
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    // Nothing is left half done in it.
    state.lock().unwrap_or_else(PoisonError::into_inner)
}
