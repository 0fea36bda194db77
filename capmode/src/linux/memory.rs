//! Memory files and their seals (`memfd_create(2)`, `fcntl(2)`).

use nix::errno::Errno;
use nix::fcntl::{FcntlArg, SealFlag, fcntl};
use nix::sys::memfd::{MFdFlags, memfd_create};
use nix::unistd::{Whence, lseek};
use std::fs::{File, OpenOptions};
use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
use std::os::unix::fs::OpenOptionsExt;

/// `MFD_NOEXEC_SEAL` (Linux 6.3): the memory can never be executed as a program.
const MFD_NOEXEC_SEAL: MFdFlags = MFdFlags::from_bits_retain(0x8);
/// `F_SEAL_FUTURE_WRITE` (Linux 5.1): no new writable mapping.
const SEAL_FUTURE_WRITE: SealFlag = SealFlag::from_bits_retain(0x10);

/// Makes pixel memory: the size is sealed, new mappings are still possible.
pub(crate) fn create_pixels(bytes: u64) -> io::Result<File> {
    let file = create(c"pellucid-pixels")?;
    file.set_len(bytes)?;
    seal(&file, SealFlag::F_SEAL_SHRINK | SealFlag::F_SEAL_GROW)?;
    Ok(file)
}

pub(crate) fn pixels_for_renderer(file: &File) -> io::Result<OwnedFd> {
    Ok(file.try_clone()?.into())
}

pub(crate) fn seal_pixels(file: &File) -> io::Result<()> {
    seal(file, SEAL_FUTURE_WRITE | SealFlag::F_SEAL_SEAL)
}

/// Makes memory for fonts, which the broker fills later: the size is sealed.
pub(crate) fn create_fonts(bytes: u64) -> io::Result<File> {
    let file = create(c"pellucid-fonts")?;
    file.set_len(bytes)?;
    seal(
        &file,
        SealFlag::F_SEAL_SHRINK | SealFlag::F_SEAL_GROW | SealFlag::F_SEAL_SEAL,
    )?;
    Ok(file)
}

/// Read only where there is `/proc`; elsewhere the filter leaves a renderer no
/// way to write to it, and it could only spoil fonts of its own.
pub(crate) fn fonts_for_renderer(file: &File) -> io::Result<OwnedFd> {
    read_only(file)
}

pub(crate) fn create_snapshot() -> io::Result<File> {
    create(c"pellucid-document")
}

pub(crate) fn seal_snapshot(file: &File) -> io::Result<()> {
    seal(
        file,
        SealFlag::F_SEAL_WRITE
            | SealFlag::F_SEAL_SHRINK
            | SealFlag::F_SEAL_GROW
            | SealFlag::F_SEAL_SEAL,
    )
}

/// A read-only open file description of its own, so that nothing done to it
/// moves the broker's offset. Without `/proc` the seal alone keeps it from
/// being written.
pub(crate) fn snapshot_for_renderer(file: &File) -> io::Result<OwnedFd> {
    read_only(file)
}

fn read_only(file: &File) -> io::Result<OwnedFd> {
    let path = format!("/proc/self/fd/{}", file.as_raw_fd());
    match OpenOptions::new()
        .read(true)
        .custom_flags(libc::O_CLOEXEC)
        .open(path)
    {
        Ok(reopened) => Ok(reopened.into()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(file.try_clone()?.into()),
        Err(error) => Err(error),
    }
}

/// Refuses memory that could still change under a mapping, or is too short.
pub(crate) fn check_snapshot(document: BorrowedFd<'_>, bytes: u64) -> io::Result<()> {
    let seals = SealFlag::from_bits_retain(fcntl(document, FcntlArg::F_GET_SEALS)?);
    let wanted = SealFlag::F_SEAL_WRITE | SealFlag::F_SEAL_SHRINK;
    // Not fstat, which the C library makes of a call that also takes paths.
    let len = u64::try_from(lseek(document, 0, Whence::SeekEnd)?).unwrap_or(0);
    if seals.contains(wanted) && len == bytes {
        Ok(())
    } else {
        Err(Errno::EINVAL.into())
    }
}

/// The filter leaves a renderer nothing to do with a file but `pread`.
#[expect(
    clippy::unnecessary_wraps,
    reason = "the other backends take rights away here, which can fail"
)]
pub(crate) fn limit_document(_: BorrowedFd<'_>) -> io::Result<()> {
    Ok(())
}

fn create(name: &std::ffi::CStr) -> io::Result<File> {
    let flags = MFdFlags::MFD_CLOEXEC | MFdFlags::MFD_ALLOW_SEALING;
    let memory = match memfd_create(name, flags | MFD_NOEXEC_SEAL) {
        // Before Linux 6.3.
        Err(Errno::EINVAL) => memfd_create(name, flags),
        other => other,
    };
    Ok(memory?.into())
}

fn seal(file: &File, seals: SealFlag) -> io::Result<()> {
    fcntl(file.as_fd(), FcntlArg::F_ADD_SEALS(seals))?;
    Ok(())
}
