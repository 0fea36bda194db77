//! Blocks: words that follow each other in the drawing and on the page.

use super::pen::{BLOCK_STEP, LINE_STEP, Pen};
use hayro::kurbo::{Point, Vec2};
use ipc::TextRun;
use std::ops::Range;

/// A gap along a line from here on parts blocks, and columns where it goes on
/// over lines. The widest space of a justified line stays below.
pub(super) const GUTTER: f64 = 0.9;
/// How far up the next piece of a formula may stand.
const FORMULA_STEP: f64 = 1.5;
/// Sizes that differ more than this belong to different blocks.
const SIZE_RATIO: f64 = 1.5;
/// What of a letter's size is taken to tell lines apart: up from the baseline,
/// less than a line that is set without any lead.
const CORE: f64 = 0.5;
/// A word, and where its first and its last letter stand.
#[derive(Debug, Clone)]
pub(super) struct Word {
    pub(super) run: TextRun,
    pub(super) first: Pen,
    pub(super) last: Pen,
}

/// Words that stay together, in the frame of their direction: `left` to `right`
/// along the lines, `top` to `bottom` from line to line.
#[derive(Debug, Clone)]
pub(super) struct Block {
    pub(super) words: Range<usize>,
    pub(super) direction: u8,
    pub(super) size: f64,
    pub(super) left: f64,
    pub(super) right: f64,
    pub(super) top: f64,
    pub(super) bottom: f64,
    /// Baselines of its first and its last line.
    first: f64,
    last: f64,
    /// Whether most of its letters are written from right to left.
    pub(super) leftward: bool,
}

/// The direction of what stands askew.
pub(super) const ASKEW: u8 = 4;

/// Quarters of a turn, or [`ASKEW`].
fn direction(along: Vec2) -> u8 {
    // cos 10°.
    const STRAIGHT: f64 = 0.985;
    let [right, down] = [along.x, along.y];
    match () {
        () if right > STRAIGHT => 0,
        () if down > STRAIGHT => 1,
        () if right < -STRAIGHT => 2,
        () if down < -STRAIGHT => 3,
        () => ASKEW,
    }
}

/// A point in the frame of a direction: along its lines, and down from line to line.
fn in_frame(direction: u8, point: Point) -> (f64, f64) {
    match direction {
        1 => (point.y, -point.x),
        2 => (-point.x, -point.y),
        3 => (-point.y, point.x),
        _ => (point.x, point.y),
    }
}

/// A word as a block.
fn block(number: usize, word: &Word) -> Block {
    let direction = direction(word.first.along);
    let (left, base) = in_frame(direction, word.first.start);
    let (right, end) = in_frame(direction, word.last.end);
    let size = word.first.size;
    let letters = word.run.text.as_str();
    Block {
        words: number..number + 1,
        direction,
        size,
        left: left.min(right),
        right: left.max(right),
        top: base.min(end) - size * CORE,
        bottom: base.max(end),
        first: base,
        last: base,
        leftward: letters.chars().any(is_leftward),
    }
}

/// Hebrew, Arabic and their neighbours.
fn is_leftward(c: char) -> bool {
    matches!(c, '\u{590}'..='\u{8FF}' | '\u{FB1D}'..='\u{FDFF}' | '\u{FE70}'..='\u{FEFC}')
}

/// Words that go on where the ones before them end, as blocks.
pub(super) fn blocks(words: &[Word]) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    // The end of the last word of the last block.
    let mut end = 0.0;
    for (number, word) in words.iter().enumerate() {
        let next = block(number, word);
        let (right, _) = in_frame(next.direction, word.last.end);
        match blocks.last_mut().filter(|last| goes_on(last, end, &next)) {
            Some(last) => last.take(&next),
            None => blocks.push(next),
        }
        end = right;
    }
    blocks
}

/// Whether a word goes on where a block ends.
fn goes_on(block: &Block, end: f64, next: &Block) -> bool {
    let size = block.size.max(next.size);
    if block.direction != next.direction || size > block.size.min(next.size) * SIZE_RATIO {
        return false;
    }
    if block.direction == ASKEW {
        return true;
    }
    let down = (next.first - block.last) / size;
    let gap = (next.left - end) / size;
    if block.leftward || next.leftward {
        // Along such a line the pen may go either way.
        let aside = (next.left - block.right).max(block.left - next.right) / size;
        return (-FORMULA_STEP..BLOCK_STEP).contains(&down) && aside < GUTTER;
    }
    if down.abs() < LINE_STEP {
        return (-GUTTER..GUTTER).contains(&gap);
    }
    if down < 0.0 {
        return down > -FORMULA_STEP && gap.abs() < GUTTER;
    }
    let reach = GUTTER * size;
    down < BLOCK_STEP && next.left < block.right + reach && next.right > block.left - reach
}

impl Block {
    fn take(&mut self, next: &Self) {
        self.words.end = next.words.end;
        self.size = self.size.max(next.size);
        self.left = self.left.min(next.left);
        self.right = self.right.max(next.right);
        self.top = self.top.min(next.top);
        self.bottom = self.bottom.max(next.bottom);
        self.last = next.last;
        self.leftward |= next.leftward;
    }

    pub(super) fn width(&self) -> f64 {
        self.right - self.left
    }

    pub(super) fn is_one_line(&self) -> bool {
        self.bottom - self.top < self.size
    }
}
