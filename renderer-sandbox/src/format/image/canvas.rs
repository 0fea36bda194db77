//! What a moving picture is drawn on: straight RGBA8, frame over frame.
//!
//! Frames may stand anywhere; what reaches past the canvas is left out.

use super::DocumentError;
use super::samples::zeroed;

/// Most pixels of a frame that is larger than its canvas. With the 20 B that each takes it
/// is 80 MiB, of which a budget that is counted in canvases knows nothing.
const MOST_BEYOND_PX: u64 = 4 << 20;

/// What is said of a larger one.
pub(super) const FRAME_TOO_LARGE: &str = "a frame is much larger than its picture";

/// A rectangle on the canvas, in pixels; it may reach past it.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Area {
    pub(super) left: u32,
    pub(super) top: u32,
    pub(super) width: u32,
    pub(super) height: u32,
}

/// What becomes of a frame before the next is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Disposal {
    /// It stays.
    Keep,
    /// Its area becomes transparent.
    Clear,
    /// Its area becomes what it was before.
    Restore,
}

/// How a frame is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Blend {
    /// Its pixels replace what is there.
    Replace,
    /// It is laid over what is there.
    Over,
}

/// The canvas, and what is to be done before the next frame.
pub(super) struct Canvas {
    width: u32,
    height: u32,
    rgba: Vec<u8>,
    pending: Option<(Area, Disposal)>,
    /// The pixels of the pending area as they were before.
    saved: Vec<u8>,
}

impl Canvas {
    /// A transparent canvas.
    pub(super) fn new(width: u32, height: u32) -> Result<Self, DocumentError> {
        let pixels = u64::from(width).saturating_mul(u64::from(height));
        Ok(Self {
            width,
            height,
            rgba: zeroed(pixels.saturating_mul(4))?,
            pending: None,
            saved: Vec::new(),
        })
    }

    /// What is seen.
    pub(super) fn rgba(&self) -> &[u8] {
        &self.rgba
    }

    /// The same, where nothing more is drawn.
    pub(super) fn into_rgba(self) -> Vec<u8> {
        self.rgba
    }

    /// Whether a frame takes no more memory than one is counted with.
    pub(super) fn has_room_for(&self, area: Area) -> bool {
        let pixels = |width: u32, height: u32| u64::from(width) * u64::from(height);
        let own = pixels(self.width, self.height);
        pixels(area.width, area.height) <= own.max(MOST_BEYOND_PX)
    }

    /// Draws a frame: straight RGBA8, packed rows of the area's width.
    pub(super) fn draw(&mut self, area: Area, frame: &[u8], blend: Blend, disposal: Disposal) {
        self.dispose();
        if disposal == Disposal::Restore {
            self.save(area);
        }
        for (row, from) in frame
            .chunks_exact(area.width.max(1) as usize * 4)
            .enumerate()
        {
            let Some(to) = self.row_mut(area, row) else {
                break;
            };
            match blend {
                Blend::Replace => {
                    let len = to.len();
                    to.copy_from_slice(from.get(..len).unwrap_or_default());
                }
                Blend::Over => lay_over(from, to),
            }
        }
        self.pending = Some((area, disposal));
    }

    fn dispose(&mut self) {
        let Some((area, disposal)) = self.pending.take() else {
            return;
        };
        match disposal {
            Disposal::Keep => {}
            Disposal::Clear => {
                for row in 0..area.height as usize {
                    match self.row_mut(area, row) {
                        Some(pixels) => pixels.fill(0),
                        None => break,
                    }
                }
            }
            Disposal::Restore => self.restore(area),
        }
    }

    fn save(&mut self, area: Area) {
        let mut saved = std::mem::take(&mut self.saved);
        saved.clear();
        for row in 0..area.height as usize {
            match self.row_mut(area, row) {
                Some(pixels) => saved.extend_from_slice(pixels),
                None => break,
            }
        }
        self.saved = saved;
    }

    fn restore(&mut self, area: Area) {
        let saved = std::mem::take(&mut self.saved);
        let mut rest = saved.as_slice();
        for row in 0..area.height as usize {
            let Some(pixels) = self.row_mut(area, row) else {
                break;
            };
            let Some((from, after)) = rest.split_at_checked(pixels.len()) else {
                break;
            };
            pixels.copy_from_slice(from);
            rest = after;
        }
        self.saved = saved;
    }

    /// A row of an area, as far as it lies on the canvas; `None` below it, or
    /// where nothing of it does.
    fn row_mut(&mut self, area: Area, row: usize) -> Option<&mut [u8]> {
        let top = usize::try_from(area.top).ok()?.checked_add(row)?;
        if row >= area.height as usize || top >= self.height as usize {
            return None;
        }
        let width = area.width.min(self.width.checked_sub(area.left)?) as usize * 4;
        let start = (top * self.width as usize + area.left as usize) * 4;
        self.rgba.get_mut(start..start + width)
    }
}

/// Source over destination, neither multiplied by its alpha (APNG 1.0).
fn lay_over(from: &[u8], to: &mut [u8]) {
    let (from, _) = from.as_chunks::<4>();
    let (to, _) = to.as_chunks_mut::<4>();
    for (to, from) in to.iter_mut().zip(from) {
        match (from[3], to[3]) {
            (0, _) => {}
            (255, _) | (_, 0) => *to = *from,
            (above, below) => *to = mixed(*from, above.into(), *to, below.into()),
        }
    }
}

fn mixed(from: [u8; 4], above: u32, to: [u8; 4], below: u32) -> [u8; 4] {
    let (over, under) = (above * 255, (255 - above) * below);
    let all = over + under;
    let colour = |index: usize| {
        let (a, b) = (from.get(index), to.get(index));
        let (a, b) = (a.copied().unwrap_or(0), b.copied().unwrap_or(0));
        ((u32::from(a) * over + u32::from(b) * under + all / 2) / all) as u8
    };
    [colour(0), colour(1), colour(2), ((all + 127) / 255) as u8]
}

#[cfg(test)]
mod tests {
    use super::*;

    const RED: [u8; 4] = [255, 0, 0, 255];
    const BLUE: [u8; 4] = [0, 0, 255, 255];

    fn area(left: u32, top: u32, width: u32, height: u32) -> Area {
        Area {
            left,
            top,
            width,
            height,
        }
    }

    fn filled(canvas: &mut Canvas, at: Area, colour: [u8; 4], disposal: Disposal) {
        let frame = colour.repeat((at.width * at.height) as usize);
        canvas.draw(at, &frame, Blend::Over, disposal);
    }

    fn alphas(canvas: &Canvas) -> Vec<u8> {
        canvas.rgba().chunks(4).map(|pixel| pixel[3]).collect()
    }

    #[test]
    fn frame_is_cleared_or_restored_before_the_next_one() {
        let mut canvas = Canvas::new(3, 1).unwrap();
        filled(&mut canvas, area(0, 0, 3, 1), RED, Disposal::Keep);
        filled(&mut canvas, area(1, 0, 1, 1), BLUE, Disposal::Restore);
        assert_eq!(canvas.rgba(), [RED, BLUE, RED].concat());
        filled(&mut canvas, area(2, 0, 1, 1), BLUE, Disposal::Clear);
        assert_eq!(canvas.rgba(), [RED, RED, BLUE].concat());
        filled(&mut canvas, area(0, 0, 1, 1), BLUE, Disposal::Keep);
        assert_eq!(canvas.rgba(), [BLUE, RED, [0; 4]].concat());
    }

    #[test]
    fn what_reaches_past_the_canvas_is_left_out() {
        let mut canvas = Canvas::new(2, 2).unwrap();
        filled(&mut canvas, area(1, 1, 9, 9), RED, Disposal::Restore);
        assert_eq!(alphas(&canvas), [0, 0, 0, 255]);
        filled(&mut canvas, area(7, 7, 1, 1), RED, Disposal::Clear);
        assert_eq!(alphas(&canvas), [0; 4]);
        filled(
            &mut canvas,
            area(u32::MAX, u32::MAX, 1, 1),
            RED,
            Disposal::Keep,
        );
        canvas.draw(area(0, 0, 2, 2), &[255; 8], Blend::Replace, Disposal::Keep);
        assert_eq!(alphas(&canvas), [255, 255, 0, 0]);
    }

    #[test]
    fn frames_have_room_that_are_no_larger_than_their_canvas_or_small() {
        let canvas = Canvas::new(5000, 2).unwrap();
        assert!(canvas.has_room_for(area(9, 9, 2048, 2048)));
        assert!(!canvas.has_room_for(area(0, 0, 2049, 2048)));
        assert!(!canvas.has_room_for(area(0, 0, u32::MAX, u32::MAX)));
        let large = Canvas::new(3000, 2000).unwrap();
        assert!(large.has_room_for(area(0, 0, 2000, 3000)));
    }

    #[test]
    fn half_transparent_frame_mixes_with_what_is_below() {
        let mut canvas = Canvas::new(1, 1).unwrap();
        filled(&mut canvas, area(0, 0, 1, 1), RED, Disposal::Keep);
        filled(
            &mut canvas,
            area(0, 0, 1, 1),
            [0, 0, 255, 128],
            Disposal::Keep,
        );
        assert_eq!(canvas.rgba(), [127, 0, 128, 255]);
        canvas.draw(
            area(0, 0, 1, 1),
            &[1, 2, 3, 4],
            Blend::Replace,
            Disposal::Keep,
        );
        assert_eq!(canvas.rgba(), [1, 2, 3, 4]);
    }
}
