//! Frames of an AVIF that moves, one after another: each is made of those before it.

use super::super::colour;
use super::super::samples::Samples;
use super::frame::Stream;
use super::track::Moving;
use super::{Canvas, DocumentError, Told, damaged, put};

/// Decodes the frames of one file.
pub(in super::super) struct Frames<'d> {
    told: Told<'d>,
    moving: Moving<'d>,
    colours: Stream,
    alpha: Stream,
    next: usize,
}

impl<'d> Frames<'d> {
    /// Opens a file that has tracks.
    ///
    /// # Errors
    ///
    /// [`DocumentError::Damaged`] for one that has none.
    pub(in super::super) fn open(document: &'d [u8]) -> Result<Self, DocumentError> {
        let moving = Moving::read(document);
        Ok(Self {
            told: Told::read(document)?,
            moving: moving.ok_or_else(|| damaged("it does not move"))?,
            colours: Stream::new()?,
            alpha: Stream::new()?,
            next: 0,
        })
    }

    /// Width and height as they are stored.
    pub(in super::super) fn size(&self) -> (u32, u32) {
        self.told.size
    }

    /// The next frame, straight RGBA8; `None` behind the last.
    pub(in super::super) fn next(&mut self) -> Result<Option<Vec<u8>>, DocumentError> {
        let Some(data) = self.moving.colours.get(self.next) else {
            return Ok(None);
        };
        let alpha = self.moving.alpha.as_ref();
        let alpha = alpha.and_then(|frames| frames.get(self.next));
        self.next += 1;
        let mut out = Canvas::new(&self.told)?;
        let kind = out.kind;
        let picture = self.colours.next(data)?;
        let channels = if self.told.grey { 0..1 } else { 0..3 };
        put(&self.told, &picture, (0, 0), channels, &mut out)?;
        if self.told.has_alpha {
            let last = kind.channels.count() - 1;
            match alpha {
                Some(data) => {
                    let picture = self.alpha.next(data)?;
                    put(&self.told, &picture, (0, 0), last..last + 1, &mut out)?;
                }
                None => out.opaque(),
            }
        }
        let samples = Samples {
            bytes: out.bytes,
            kind,
        };
        colour::straight_rgba8(samples).map(Some)
    }
}
