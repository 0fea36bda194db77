//! The channel between the broker and a renderer: a `SOCK_SEQPACKET` pair, so
//! that one datagram is one message.
//!
//! Trust: the broker receives without a control buffer, so that no descriptor
//! of the renderer's can ever arrive; buffers belong to the receiver and are
//! never sized by the sender. An empty message cannot be told from the end of
//! the connection and is never sent.

use nix::errno::Errno;
use nix::sys::socket::{
    AddressFamily, ControlMessage, ControlMessageOwned, MsgFlags, SockFlag, SockType, recv,
    recvmsg, send, sendmsg, socketpair,
};
use std::io::{self, IoSlice, IoSliceMut};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, FromRawFd, OwnedFd, RawFd};
use std::os::unix::net::UnixStream;

/// Most descriptors that travel with one message: document, pixels and fonts.
pub const MAX_DESCRIPTORS: usize = 3;

/// What says that a message ends where a send ends. Linux and FreeBSD up to 14
/// take that for granted; the newer sockets of FreeBSD want to be told.
#[cfg(target_os = "freebsd")]
const END: MsgFlags = MsgFlags::MSG_EOR;
#[cfg(not(target_os = "freebsd"))]
const END: MsgFlags = MsgFlags::empty();

/// One end of a channel.
#[derive(Debug)]
pub struct Channel {
    socket: OwnedFd,
    /// What every send is flagged with.
    flags: MsgFlags,
}

/// What was received.
#[derive(Debug, PartialEq, Eq)]
pub enum Received<'b> {
    /// A message; never empty.
    Message(&'b [u8]),
    /// Nothing is there yet (only from [`Channel::try_receive`]).
    Nothing,
    /// The other end is gone.
    Closed,
    /// A message longer than the buffer; it is lost.
    TooLong,
}

/// Whether a message went out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sent {
    /// It is on its way.
    Done,
    /// The other end does not read; try again when the channel is writable.
    Full,
}

impl Channel {
    /// Makes both ends, each closed on exec.
    ///
    /// # Errors
    ///
    /// The `errno` of `socketpair(2)`.
    pub fn pair() -> io::Result<(Self, Self)> {
        let (a, b) = socketpair(
            AddressFamily::Unix,
            SockType::SeqPacket,
            None,
            SockFlag::SOCK_CLOEXEC,
        )?;
        Ok((a.into(), b.into()))
    }

    /// A stream to talk over once: one message, which fits in its buffer, is
    /// sent and received whole before another one is.
    #[must_use]
    pub fn over_stream(stream: UnixStream) -> Self {
        Self {
            socket: stream.into(),
            flags: MsgFlags::MSG_NOSIGNAL,
        }
    }

    /// Sends one message and waits until it is on its way.
    ///
    /// # Errors
    ///
    /// The `errno` of `sendto(2)`; `EPIPE` when the other end is gone.
    pub fn send(&self, message: &[u8]) -> io::Result<()> {
        retry(|| send(self.socket.as_raw_fd(), message, self.flags))?;
        Ok(())
    }

    /// Sends one message if that does not have to wait.
    ///
    /// # Errors
    ///
    /// As [`Self::send`].
    pub fn try_send(&self, message: &[u8]) -> io::Result<Sent> {
        let flags = self.flags | MsgFlags::MSG_DONTWAIT;
        match retry(|| send(self.socket.as_raw_fd(), message, flags)) {
            Ok(_) => Ok(Sent::Done),
            Err(Errno::EAGAIN | Errno::ENOBUFS) => Ok(Sent::Full),
            Err(errno) => Err(errno.into()),
        }
    }

    /// Sends one message with descriptors, if that does not have to wait.
    ///
    /// # Errors
    ///
    /// As [`Self::send`]; `EINVAL` for more than [`MAX_DESCRIPTORS`].
    pub fn send_with(&self, message: &[u8], descriptors: &[BorrowedFd<'_>]) -> io::Result<Sent> {
        if descriptors.len() > MAX_DESCRIPTORS {
            return Err(Errno::EINVAL.into());
        }
        let raw: Vec<RawFd> = descriptors.iter().map(AsRawFd::as_raw_fd).collect();
        let control = [ControlMessage::ScmRights(&raw)];
        let flags = self.flags | MsgFlags::MSG_DONTWAIT;
        let parts = [IoSlice::new(message)];
        match retry(|| sendmsg::<()>(self.socket.as_raw_fd(), &parts, &control, flags, None)) {
            Ok(_) => Ok(Sent::Done),
            Err(Errno::EAGAIN | Errno::ENOBUFS) => Ok(Sent::Full),
            Err(errno) => Err(errno.into()),
        }
    }

    /// Waits for a message. Descriptors that come with it are never taken.
    ///
    /// `buffer` should be one byte longer than the longest message.
    ///
    /// # Errors
    ///
    /// The `errno` of `recvfrom(2)`.
    pub fn receive<'b>(&self, buffer: &'b mut [u8]) -> io::Result<Received<'b>> {
        self.receive_flags(buffer, MsgFlags::empty())
    }

    /// Takes a message if one is there, as [`Self::receive`].
    ///
    /// # Errors
    ///
    /// As [`Self::receive`].
    pub fn try_receive<'b>(&self, buffer: &'b mut [u8]) -> io::Result<Received<'b>> {
        self.receive_flags(buffer, MsgFlags::MSG_DONTWAIT)
    }

    fn receive_flags<'b>(&self, buffer: &'b mut [u8], flags: MsgFlags) -> io::Result<Received<'b>> {
        let received = match retry(|| recv(self.socket.as_raw_fd(), buffer, flags)) {
            // Told once, before what is still queued, when the other end went
            // away with messages that it had not read.
            Err(Errno::ECONNRESET) => retry(|| recv(self.socket.as_raw_fd(), buffer, flags)),
            received => received,
        };
        match received {
            Ok(0) | Err(Errno::ECONNRESET) => Ok(Received::Closed),
            Ok(len) if len == buffer.len() => Ok(Received::TooLong),
            Ok(len) => Ok(Received::Message(buffer.get(..len).unwrap_or_default())),
            Err(Errno::EAGAIN) => Ok(Received::Nothing),
            Err(errno) => Err(errno.into()),
        }
    }

    /// Waits for a message and the descriptors that come with it, closed on
    /// exec. Only for the side that trusts its peer with descriptors.
    ///
    /// # Errors
    ///
    /// The `errno` of `recvmsg(2)`; `EPROTO` when more than
    /// [`MAX_DESCRIPTORS`] came, and those that fitted are closed.
    pub fn receive_with<'b>(
        &self,
        buffer: &'b mut [u8],
    ) -> io::Result<(Received<'b>, Vec<OwnedFd>)> {
        let mut control = nix::cmsg_space!([RawFd; MAX_DESCRIPTORS]);
        let (len, flags, descriptors) = {
            let mut parts = [IoSliceMut::new(buffer)];
            // Blocking, and no handler that returns is ever installed where this
            // is called, so there is no EINTR to repeat for.
            let message = recvmsg::<()>(
                self.socket.as_raw_fd(),
                &mut parts,
                Some(&mut control),
                MsgFlags::MSG_CMSG_CLOEXEC,
            )?;
            let mut descriptors = Vec::new();
            for item in message.cmsgs()? {
                if let ControlMessageOwned::ScmRights(raw) = item {
                    descriptors.extend(raw.into_iter().map(own));
                }
            }
            (message.bytes, message.flags, descriptors)
        };
        if flags.contains(MsgFlags::MSG_CTRUNC) {
            return Err(Errno::EPROTO.into());
        }
        let received = match len {
            0 => Received::Closed,
            _ if len == buffer.len() => Received::TooLong,
            _ => Received::Message(buffer.get(..len).unwrap_or_default()),
        };
        Ok((received, descriptors))
    }
}

impl AsFd for Channel {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.socket.as_fd()
    }
}

impl From<OwnedFd> for Channel {
    fn from(descriptor: OwnedFd) -> Self {
        Self {
            socket: descriptor,
            flags: MsgFlags::MSG_NOSIGNAL.union(END),
        }
    }
}

impl From<Channel> for OwnedFd {
    fn from(channel: Channel) -> Self {
        channel.socket
    }
}

/// Takes ownership of a descriptor that the kernel has just put into this process.
fn own(raw: RawFd) -> OwnedFd {
    // SAFETY: the number comes from a SCM_RIGHTS message that recvmsg returned
    // to us alone; it is open and nothing else in this process knows it.
    unsafe { OwnedFd::from_raw_fd(raw) }
}

/// Repeats a call that a signal interrupted.
fn retry<T>(mut call: impl FnMut() -> nix::Result<T>) -> nix::Result<T> {
    loop {
        match call() {
            Err(Errno::EINTR) => {}
            other => return other,
        }
    }
}
