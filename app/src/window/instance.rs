//! One window for all: a second `pellucid FILE` hands its open file to the one
//! that runs. The socket lies in the user's own runtime directory, and both
//! sides look whether the other one is the same user.

use super::opening::Origin;
use super::within::within;
use capmode::{Channel, Received, Sent};
use crossbeam_channel::Sender;
use nix::unistd::geteuid;
use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::{self, IsTerminal};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::MetadataExt;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

/// Longest name of a file that is handed over (`PATH_MAX`).
const MAX_NAME: usize = 4096;

/// Most files of one start that are taken: the number of descriptors that are open is bounded.
const MOST_FILES: usize = 256;

/// What the window says when it has a file.
const HAVE_IT: &[u8] = b"+";

/// How long the other side may take.
const PATIENCE: Duration = Duration::from_secs(2);

/// How long a file system may take to open a file: less than the other side waits.
const OPENING: Duration = Duration::from_secs(1);

/// Most starts that are served at the same time.
const MOST_WAITING: usize = 8;

/// Hands files to the window that runs already; tells whether there is one and
/// it has them all.
pub(crate) fn hand_over(files: &[PathBuf]) -> bool {
    // Nobody is asked for files as long as nobody listens.
    let there = socket().and_then(|socket| connect(&socket).ok());
    let Some(channel) = there.filter(|_| (1..=MOST_FILES).contains(&files.len())) else {
        return false;
    };
    // What is not a file is opened here, where it can be said why not.
    let opened: Option<Vec<_>> = files.iter().cloned().map(open_soon).collect();
    opened.is_some_and(|files| {
        files
            .iter()
            .all(|(file, path)| hand(&channel, file, path).is_ok())
    })
}

/// Opens a file, unless that takes long: then the window of this start waits for it.
fn open_soon(name: PathBuf) -> Option<(File, PathBuf)> {
    within(OPENING, move || open(&name))?.ok()
}

fn open(name: &Path) -> io::Result<(File, PathBuf)> {
    if name.as_os_str() == "-" {
        let input = io::stdin();
        // What is typed belongs to the terminal it is typed at.
        if input.is_terminal() {
            return Err(io::ErrorKind::InvalidInput.into());
        }
        let input = input.as_fd().try_clone_to_owned()?;
        return Ok((File::from(input), PathBuf::from("standard input")));
    }
    let path = std::path::absolute(name)?;
    let file = File::open(&path)?;
    if !file.metadata()?.is_file() || path.as_os_str().len() >= MAX_NAME {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    Ok((file, path))
}

fn connect(socket: &Path) -> io::Result<Channel> {
    let stream = UnixStream::connect(socket)?;
    check_same_user(&stream)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    Ok(Channel::over_stream(stream))
}

/// Hands one file over, and waits until the window has it.
fn hand(channel: &Channel, file: &File, path: &Path) -> io::Result<()> {
    match channel.send_with(path.as_os_str().as_bytes(), &[file.as_fd()])? {
        Sent::Done => {}
        Sent::Full => return Err(io::ErrorKind::WouldBlock.into()),
    }
    match channel.receive(&mut [0; HAVE_IT.len() + 1])? {
        Received::Message(HAVE_IT) => Ok(()),
        _ => Err(io::ErrorKind::InvalidData.into()),
    }
}

/// Waits for files from later starts, on a thread of its own. Where that cannot
/// be, every start has a window of its own.
pub(crate) fn listen(
    files: Sender<Vec<Origin>>,
    wake: impl Fn() + Send + Sync + 'static,
) -> Option<Listening> {
    let socket = socket()?;
    let listener = bind(&socket).ok()?;
    let wake = Arc::new(wake);
    let serve = move || {
        let waiting = Arc::new(());
        for stream in listener.incoming().flatten() {
            if Arc::strong_count(&waiting) > MOST_WAITING {
                // Who is not answered opens a window of its own.
                continue;
            }
            let (files, wake) = (files.clone(), Arc::clone(&wake));
            let waiting = Arc::clone(&waiting);
            let take = move || {
                let origins = receive(stream).unwrap_or_default();
                // A window that is gone needs no files.
                if !origins.is_empty() && files.send(origins).is_ok() {
                    wake();
                }
                drop(waiting);
            };
            let named = thread::Builder::new().name("hand-over".to_owned());
            let _ = named.spawn(take);
        }
    };
    thread::Builder::new()
        .name("instance".to_owned())
        .spawn(serve)
        .ok()?;
    Some(Listening(socket))
}

/// The socket of this window; it goes with it.
pub(crate) struct Listening(PathBuf);

impl Drop for Listening {
    fn drop(&mut self) {
        // A later window may have taken it away already.
        let _ = fs::remove_file(&self.0);
    }
}

/// Binds the socket; one that nobody listens at any more is replaced.
fn bind(socket: &Path) -> io::Result<UnixListener> {
    match UnixListener::bind(socket) {
        Err(error) if error.kind() == io::ErrorKind::AddrInUse => {
            if UnixStream::connect(socket).is_ok() {
                return Err(error);
            }
            fs::remove_file(socket)?;
            UnixListener::bind(socket)
        }
        bound => bound,
    }
}

/// Takes all files of one start.
fn receive(stream: UnixStream) -> io::Result<Vec<Origin>> {
    check_same_user(&stream)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    let channel = Channel::over_stream(stream);
    let mut origins = Vec::new();
    // One that breaks off has handed over what it was told so.
    while let Ok(Some((file, name))) = next(&channel)
        && origins.len() < MOST_FILES
    {
        origins.push(origin(file, name));
    }
    Ok(origins)
}

/// The next file and its name; `None` after the last.
fn next(channel: &Channel) -> io::Result<Option<(File, PathBuf)>> {
    let mut buffer = [0; MAX_NAME + 1];
    let (received, descriptors) = channel.receive_with(&mut buffer)?;
    let name = match received {
        Received::Message(name) => PathBuf::from(OsStr::from_bytes(name)),
        Received::Closed => return Ok(None),
        _ => return Err(io::ErrorKind::InvalidData.into()),
    };
    let Ok([file]) = <[OwnedFd; 1]>::try_from(descriptors) else {
        return Err(io::ErrorKind::InvalidData.into());
    };
    channel.send(HAVE_IT)?;
    Ok(Some((File::from(file), name)))
}

/// What was handed over, under its name where that can be known.
fn origin(file: File, path: PathBuf) -> Origin {
    let name = path.clone();
    let look = move || -> io::Result<Origin> {
        if !file.metadata()?.is_file() {
            // A pipe is read to its end in the window, once.
            return Ok(Origin::stream(file));
        }
        // Under its name it can be watched and found again.
        if path.is_absolute() && is_same(&file, &path).unwrap_or(false) {
            return Ok(Origin::Path(path));
        }
        Ok(Origin::Handed(Arc::new(file), path))
    };
    let looked = within(OPENING, look).and_then(Result::ok);
    looked.unwrap_or(Origin::Path(name))
}

fn is_same(file: &File, path: &Path) -> io::Result<bool> {
    let (one, other) = (file.metadata()?, fs::metadata(path)?);
    Ok((one.dev(), one.ino()) == (other.dev(), other.ino()))
}

fn check_same_user(stream: &UnixStream) -> io::Result<()> {
    #[cfg(target_os = "linux")]
    let user =
        nix::sys::socket::getsockopt(stream, nix::sys::socket::sockopt::PeerCredentials)?.uid();
    #[cfg(not(target_os = "linux"))]
    let user = nix::unistd::getpeereid(stream)?.0.as_raw();
    if user == geteuid().as_raw() {
        Ok(())
    } else {
        Err(io::ErrorKind::PermissionDenied.into())
    }
}

fn socket() -> Option<PathBuf> {
    let folder = std::env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from)?;
    folder.is_absolute().then(|| folder.join("pellucid-window"))
}
