//! Memory files (`memfd_create(3)`, an anonymous `shm_open2(2)`), their seals
//! and the rights a renderer gets on them.

use super::rights;
use nix::errno::Errno;
use nix::fcntl::{FcntlArg, SealFlag, fcntl};
use nix::sys::memfd::{MFdFlags, memfd_create};
use nix::sys::stat::fstat;
use std::fs::File;
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

pub(crate) fn create_pixels(bytes: u64) -> io::Result<File> {
    let file = create(c"pellucid-pixels")?;
    file.set_len(bytes)?;
    seal(
        &file,
        SealFlag::F_SEAL_SHRINK | SealFlag::F_SEAL_GROW | SealFlag::F_SEAL_SEAL,
    )?;
    Ok(file)
}

pub(crate) fn pixels_for_renderer(file: &File) -> io::Result<OwnedFd> {
    limited(file, rights::PIXELS)
}

/// Nothing to do: a second mapping gains a renderer nothing that its rights do
/// not give it anyway, and there is no seal against it.
#[expect(clippy::unnecessary_wraps, reason = "Linux seals here, which can fail")]
pub(crate) fn seal_pixels(_: &File) -> io::Result<()> {
    Ok(())
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

pub(crate) fn fonts_for_renderer(file: &File) -> io::Result<OwnedFd> {
    limited(file, rights::FONTS)
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

pub(crate) fn snapshot_for_renderer(file: &File) -> io::Result<OwnedFd> {
    limited(file, rights::SNAPSHOT)
}

/// The seals cannot be asked for without a right that nothing else needs; the
/// broker has set them, and the size is looked at.
pub(crate) fn check_snapshot(document: BorrowedFd<'_>, bytes: u64) -> io::Result<()> {
    match u64::try_from(fstat(document)?.st_size) {
        Ok(len) if len == bytes => Ok(()),
        _ => Err(Errno::EINVAL.into()),
    }
}

pub(crate) fn limit_document(document: BorrowedFd<'_>) -> io::Result<()> {
    rights::limit(document, rights::DOCUMENT)
}

fn limited(file: &File, wanted: rights::Rights) -> io::Result<OwnedFd> {
    let duplicate = file.try_clone()?;
    rights::limit(duplicate.as_fd(), wanted)?;
    Ok(duplicate.into())
}

fn create(name: &std::ffi::CStr) -> io::Result<File> {
    let flags = MFdFlags::MFD_CLOEXEC | MFdFlags::MFD_ALLOW_SEALING;
    Ok(memfd_create(name, flags)?.into())
}

fn seal(file: &File, seals: SealFlag) -> io::Result<()> {
    fcntl(file.as_fd(), FcntlArg::F_ADD_SEALS(seals))?;
    Ok(())
}
