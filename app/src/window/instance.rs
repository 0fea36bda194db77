//! One window for all: a second `pellucid FILE` hands its open file to the one
//! that runs. The socket lies in the user's own runtime directory, and both
//! sides look whether the other one is the same user.

use super::opening::Origin;
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

/// How long the other side may take.
const PATIENCE: Duration = Duration::from_secs(2);

/// Hands files to the window that runs already; tells whether there is one and
/// it has them all.
pub(crate) fn hand_over(files: &[PathBuf]) -> bool {
    let Some(socket) = socket() else {
        return false;
    };
    // What is not a file is opened here, where it can be said why not.
    let opened: io::Result<Vec<(File, PathBuf)>> = files.iter().map(|name| open(name)).collect();
    match opened {
        Ok(files) if !files.is_empty() => files
            .iter()
            .all(|(file, path)| hand(&socket, file, path).is_ok()),
        _ => false,
    }
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

fn hand(socket: &Path, file: &File, path: &Path) -> io::Result<()> {
    let stream = UnixStream::connect(socket)?;
    check_same_user(&stream)?;
    let channel = Channel::over_stream(stream);
    match channel.send_with(path.as_os_str().as_bytes(), &[file.as_fd()])? {
        Sent::Done => Ok(()),
        Sent::Full => Err(io::ErrorKind::WouldBlock.into()),
    }
}

/// Waits for files from later starts, on a thread of its own. Where that cannot
/// be, every start has a window of its own.
pub(crate) fn listen(
    files: Sender<Vec<Origin>>,
    wake: impl Fn() + Send + 'static,
) -> Option<Listening> {
    let socket = socket()?;
    let listener = bind(&socket).ok()?;
    let serve = move || {
        for stream in listener.incoming().flatten() {
            let Ok(origin) = receive(stream) else {
                continue;
            };
            if files.send(vec![origin]).is_err() {
                return;
            }
            wake();
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

fn receive(stream: UnixStream) -> io::Result<Origin> {
    check_same_user(&stream)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    let channel = Channel::over_stream(stream);
    let mut buffer = [0; MAX_NAME + 1];
    let (received, descriptors) = channel.receive_with(&mut buffer)?;
    let (Received::Message(name), Ok([file])) = (received, <[OwnedFd; 1]>::try_from(descriptors))
    else {
        return Err(io::ErrorKind::InvalidData.into());
    };
    let (file, path) = (File::from(file), PathBuf::from(OsStr::from_bytes(name)));
    if !file.metadata()?.is_file() {
        // A pipe is read to its end in the window, once.
        return Ok(Origin::stream(file));
    }
    // Under its name it can be watched and found again.
    if path.is_absolute() && is_same(&file, &path).unwrap_or(false) {
        return Ok(Origin::Path(path));
    }
    Ok(Origin::Handed(Arc::new(file), path))
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
