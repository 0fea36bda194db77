//! A file system of one file that answers when a test says so (FUSE).

use fuser::{
    BackgroundSession, Config, Errno, FileAttr, FileHandle, FileType, Filesystem, FopenFlags,
    Generation, INodeNo, LockOwner, MountOption, OpenFlags, ReplyAttr, ReplyData, ReplyDirectory,
    ReplyEntry, ReplyOpen, Request,
};
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, UNIX_EPOCH};

/// Name of the file.
const NAME: &str = "document";

/// Its number.
const FILE: INodeNo = INodeNo(2);

/// What a file system is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Call {
    /// Whether there is a file of a name.
    Name,
    /// What a file is like.
    Attributes,
    /// To open the file.
    Open,
    /// What is in the folder.
    List,
    /// What is in the file.
    Read,
}

impl Call {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::Name,
        Self::Attributes,
        Self::Open,
        Self::List,
        Self::Read,
    ];
}

/// What the file does when it is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reading {
    /// It answers.
    Answered,
    /// It keeps whoever asks this waiting.
    Held(Call),
    /// It ends here, whatever it said its size is.
    CutAt(u64),
    /// Every answer has other bytes than the last one: each is one more.
    Changing,
}

struct State {
    reading: Reading,
    /// What is not answered.
    silent: Vec<Call>,
    bytes: Vec<u8>,
    /// What it says its size is; zeros follow its bytes.
    size: u64,
    /// Those who wait.
    held: Vec<Held>,
    answers: u8,
}

/// Answers somebody who waits.
type Held = Box<dyn FnOnce(&mut State) + Send>;

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
            silent: match reading {
                Reading::Held(call) => vec![call],
                _ => Vec::new(),
            },
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

    /// The folder it is in.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Answers nobody from now on.
    pub fn fall_silent(&self) {
        lock(&self.state).silent = Call::ALL.to_vec();
    }

    /// Answers those who wait, and everybody from now on.
    pub fn answer(&self) {
        let mut state = lock(&self.state);
        state.silent.clear();
        for answer in std::mem::take(&mut state.held) {
            answer(&mut state);
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
    /// What is answered of the file's content.
    fn part(&self, offset: u64, size: u32) -> Vec<u8> {
        let end = match self.reading {
            Reading::CutAt(end) => end,
            _ => self.size,
        };
        let len = end.saturating_sub(offset).min(u64::from(size));
        // What is behind its bytes is zeros, and many of them: they are made at once.
        let added = match self.reading {
            Reading::Changing => self.answers,
            _ => 0,
        };
        let mut part = vec![added; usize::try_from(len).unwrap_or(0)];
        let begun = usize::try_from(offset).unwrap_or(usize::MAX);
        for (to, from) in part.iter_mut().zip(self.bytes.iter().skip(begun)) {
            *to = from.wrapping_add(added);
        }
        part
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

impl OneFile {
    /// Answers, or keeps whoever asks waiting.
    fn ask(&self, call: Call, answer: impl FnOnce(&mut State) + Send + 'static) {
        let mut state = lock(&self.0);
        if state.silent.contains(&call) {
            state.held.push(Box::new(answer));
        } else {
            answer(&mut state);
        }
    }
}

impl Filesystem for OneFile {
    fn lookup(&self, _: &Request, parent: INodeNo, name: &OsStr, reply: ReplyEntry) {
        let is_known = parent == INodeNo::ROOT && name == NAME;
        self.ask(Call::Name, move |state| match is_known {
            true => reply.entry(&Duration::ZERO, &state.attributes(FILE), Generation(0)),
            false => reply.error(Errno::ENOENT),
        });
    }

    fn getattr(&self, _: &Request, number: INodeNo, _: Option<FileHandle>, reply: ReplyAttr) {
        self.ask(Call::Attributes, move |state| {
            reply.attr(&Duration::ZERO, &state.attributes(number));
        });
    }

    fn open(&self, _: &Request, _: INodeNo, _: OpenFlags, reply: ReplyOpen) {
        self.ask(Call::Open, move |_| {
            reply.opened(FileHandle(0), FopenFlags::empty());
        });
    }

    fn readdir(
        &self,
        _: &Request,
        _: INodeNo,
        _: FileHandle,
        offset: u64,
        mut reply: ReplyDirectory,
    ) {
        self.ask(Call::List, move |_| {
            if offset == 0 {
                let _ = reply.add(FILE, 1, FileType::RegularFile, NAME);
            }
            reply.ok();
        });
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
        self.ask(Call::Read, move |state| {
            state.answers = state.answers.wrapping_add(1);
            reply.data(&state.part(offset, size));
        });
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    // Nothing is left half done in it.
    state.lock().unwrap_or_else(PoisonError::into_inner)
}
