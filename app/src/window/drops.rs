//! Files dropped on the window under Wayland, which winit 0.30 does not hear of. We
//! listen on its connection with a queue of our own; winit reads from the socket,
//! and wakes the loop that looks here.

mod list;
mod listen;

use super::opening::Origin;
use crossbeam_channel::Sender;
use listen::Listener;
use std::io;
use std::os::fd::OwnedFd;
use std::sync::Arc;
use std::thread;
use wayland_client::{Connection, EventQueue};
use winit::event_loop::OwnedDisplayHandle;

/// What hears of files that are held over the window.
pub(super) struct Drops {
    connection: Connection,
    queue: EventQueue<Listener>,
    listener: Listener,
    files: Sender<Vec<Origin>>,
    wake: Arc<dyn Fn() + Send + Sync>,
}

impl Drops {
    /// Listens, where the display is Wayland's. Dropped files go into `files`, and `wake` says so.
    pub(super) fn listen(
        display: OwnedDisplayHandle,
        files: Sender<Vec<Origin>>,
        wake: impl Fn() + Send + Sync + 'static,
    ) -> Option<Self> {
        let connection = Connection::from_backend(capmode::wayland::share(display)?);
        let queue = connection.new_event_queue();
        // The compositor answers with what it has; nobody waits for that.
        connection.display().get_registry(&queue.handle(), ());
        Some(Self {
            connection,
            queue,
            listener: Listener::default(),
            files,
            wake: Arc::new(wake),
        })
    }

    /// Looks what was said; tells whether a frame would look different now.
    pub(super) fn look(&mut self) -> bool {
        let was = self.listener.is_over();
        // A connection that is lost ends winit's loop.
        let _ = self.queue.dispatch_pending(&mut self.listener);
        if let Some(dropped) = self.listener.take_dropped() {
            self.read(dropped);
        }
        was != self.listener.is_over()
    }

    /// Whether files are held over the window.
    pub(super) fn is_over(&self) -> bool {
        self.listener.is_over()
    }

    /// Reads what was dropped, which takes as long as the other program likes.
    fn read(&self, dropped: listen::Dropped) {
        let (files, wake) = (self.files.clone(), Arc::clone(&self.wake));
        let connection = self.connection.clone();
        let read = move || {
            if let Ok(paths) = take(&connection, dropped) {
                let origins: Vec<_> = paths.into_iter().map(Origin::Path).collect();
                // A window that is gone needs no files.
                if !origins.is_empty() && files.send(origins).is_ok() {
                    wake();
                }
            }
        };
        let thread = thread::Builder::new().name("drop".to_owned());
        // Without a thread nothing was dropped.
        let _ = thread.spawn(read);
    }
}

fn take(connection: &Connection, dropped: listen::Dropped) -> io::Result<Vec<std::path::PathBuf>> {
    let (reader, writer): (OwnedFd, OwnedFd) =
        nix::unistd::pipe2(nix::fcntl::OFlag::O_CLOEXEC | nix::fcntl::OFlag::O_NONBLOCK)?;
    dropped.receive(&writer);
    connection.flush().map_err(io::Error::other)?;
    drop(writer);
    let paths = list::read(reader);
    dropped.finish();
    connection.flush().map_err(io::Error::other)?;
    paths
}
