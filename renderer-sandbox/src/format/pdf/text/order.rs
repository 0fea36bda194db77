//! Reading order: the order of drawing, mended where the places of the words
//! say that it is another one.
//!
//! Words that follow each other in the drawing and on the page make a block,
//! which is never torn: a formula, a paragraph, a cell. Blocks are ordered by
//! cuts: bands from top to bottom, inside them columns that an empty gutter
//! parts. Where neither is there, and in tables, the order of drawing stays, as
//! a producer knows better what belongs together.

use super::block::{ASKEW, Block, GUTTER, Word, blocks};
use super::pen::{between, strength};
use ipc::{Separator, TextRun};

/// Most blocks that are ordered; a page of a newspaper has some hundred.
const MAX_BLOCKS: usize = 50_000;
/// Deepest cut; a page of columns of tables of lines has six.
const MAX_CUTS: usize = 12;

/// A line that stands so far from all others, at the top or the foot of a page,
/// belongs to no column.
const MARGIN: f64 = 1.2;
/// And so does one whose letters are so much larger than most, at the top.
const TITLE: f64 = 1.2;
/// Most such lines at either end.
const MAX_MARGIN_LINES: usize = 3;

/// Columns of running text have so many lines, so many words in each, and lines
/// that fill so much of them: what is less can be a table.
const PROSE_LINES: usize = 4;
const PROSE_WORDS: usize = 3;
const PROSE_FILL: f64 = 0.6;

/// Puts the words of a page, which come as they were drawn, into reading order.
pub(super) fn arrange(words: Vec<Word>) -> Vec<TextRun> {
    let blocks = blocks(&words);
    let mut order = Vec::with_capacity(blocks.len());
    if blocks.len() > MAX_BLOCKS {
        order.extend(0..blocks.len());
    } else {
        let page = Page { blocks: &blocks };
        for direction in page.directions() {
            let set = (0..blocks.len()).filter(|block| blocks[*block].direction == direction);
            page.place(&set.collect::<Vec<_>>(), MAX_CUTS, &mut order);
        }
    }
    join(words, &blocks, &order)
}

/// Words in the order of their blocks, with what stands between them.
fn join(words: Vec<Word>, blocks: &[Block], order: &[usize]) -> Vec<TextRun> {
    let in_order: Vec<usize> = order
        .iter()
        .flat_map(|block| blocks[*block].words.clone())
        .collect();
    let then: Vec<Separator> = in_order
        .iter()
        .zip(in_order.iter().skip(1))
        .map(|(this, next)| match (*next == this + 1, &words[*this]) {
            (true, word) => word.run.then,
            (false, word) => {
                let found = between(&word.last, &words[*next].first);
                if strength(found) < strength(Separator::Space) {
                    Separator::Space
                } else {
                    found
                }
            }
        })
        .collect();
    let mut words: Vec<Option<TextRun>> = words.into_iter().map(|word| Some(word.run)).collect();
    let then = then.into_iter().chain([Separator::Block]);
    let runs = in_order.iter().zip(then).filter_map(|(word, then)| {
        let run = words.get_mut(*word)?.take()?;
        Some(TextRun { then, ..run })
    });
    runs.collect()
}

/// A part of a line that is taken, from left to right.
type Span = (f64, f64);

/// Blocks from one side of a page to the other, in the order of drawing.
struct Band {
    blocks: Vec<usize>,
    top: f64,
    bottom: f64,
    /// What of its width is taken; what is left between these are gutters.
    taken: Vec<Span>,
}

struct Page<'a> {
    blocks: &'a [Block],
}

impl Page<'_> {
    /// Directions of lines, in the order in which they are drawn first.
    fn directions(&self) -> Vec<u8> {
        let mut found = Vec::new();
        for block in self.blocks {
            if !found.contains(&block.direction) {
                found.push(block.direction);
            }
        }
        found
    }

    fn place(&self, set: &[usize], cuts: usize, order: &mut Vec<usize>) {
        let askew = set
            .first()
            .is_some_and(|first| self.blocks[*first].direction == ASKEW);
        if set.len() < 2 || cuts == 0 || askew {
            return order.extend(set);
        }
        let size = self.median_size(set);
        let gutter = size * GUTTER;
        let rows = self.rows(set, gutter);
        let margins = match cuts {
            MAX_CUTS => self.margins(&rows, size),
            _ => (0, 0),
        };
        let bands = merged(rows, margins, gutter);
        match bands.as_slice() {
            [band] if band.taken.len() > 1 => self.columns(band, gutter, cuts, order),
            [band] => self.line(&band.blocks, order),
            bands => {
                for band in bands {
                    self.place(&band.blocks, cuts - 1, order);
                }
            }
        }
    }

    fn median_size(&self, set: &[usize]) -> f64 {
        let mut sizes: Vec<f64> = set.iter().map(|block| self.blocks[*block].size).collect();
        let middle = sizes.len() / 2;
        *sizes.select_nth_unstable_by(middle, f64::total_cmp).1
    }

    /// The thinnest bands that no block crosses, from top to bottom.
    fn rows(&self, set: &[usize], gutter: f64) -> Vec<Band> {
        let mut sorted = set.to_vec();
        sorted.sort_by(|a, b| self.blocks[*a].top.total_cmp(&self.blocks[*b].top));
        let mut rows: Vec<Band> = Vec::new();
        for number in sorted {
            let block = &self.blocks[number];
            match rows.last_mut().filter(|row| block.top < row.bottom) {
                Some(row) => {
                    row.blocks.push(number);
                    row.bottom = row.bottom.max(block.bottom);
                }
                None => rows.push(Band {
                    blocks: vec![number],
                    top: block.top,
                    bottom: block.bottom,
                    taken: Vec::new(),
                }),
            }
        }
        for row in &mut rows {
            row.blocks.sort_unstable();
            let spans = row.blocks.iter().map(|block| &self.blocks[*block]);
            row.taken = united(
                spans.map(|block| (block.left, block.right)).collect(),
                gutter,
            );
        }
        rows
    }

    /// How many rows at the top and at the foot are lines of the margin; `size` is
    /// that of most blocks.
    fn margins(&self, rows: &[Band], size: f64) -> (usize, usize) {
        let is_line = |row: &Band| {
            let mut blocks = row.blocks.iter();
            blocks.all(|block| self.blocks[*block].is_one_line())
        };
        let apart = |upper: &Band, lower: &Band| {
            let sizes = [upper, lower].map(|row| self.median_size(&row.blocks));
            lower.top - upper.bottom > sizes[0].min(sizes[1]) * MARGIN
        };
        let is_title = |row: &Band| self.median_size(&row.blocks) > size * TITLE;
        let top = rows.iter().zip(rows.iter().skip(1)).take(MAX_MARGIN_LINES);
        let top = top.take_while(|(row, next)| is_line(row) && (apart(row, next) || is_title(row)));
        let foot = rows.iter().rev().zip(rows.iter().rev().skip(1));
        let foot = foot.take(MAX_MARGIN_LINES);
        let foot = foot.take_while(|(row, above)| is_line(row) && apart(above, row));
        (top.count(), foot.count())
    }

    /// Blocks that no cut parts: a line, or what lies over each other.
    fn line(&self, set: &[usize], order: &mut Vec<usize>) {
        let blocks = || set.iter().map(|block| &self.blocks[*block]);
        let (mut top, mut bottom) = (f64::MIN, f64::MAX);
        for block in blocks() {
            (top, bottom) = (top.max(block.top), bottom.min(block.bottom));
        }
        let is_line = top < bottom && blocks().all(|block| block.is_one_line());
        let mut set = set.to_vec();
        if is_line && !blocks().any(|block| block.leftward) {
            set.sort_by(|a, b| self.blocks[*a].left.total_cmp(&self.blocks[*b].left));
        }
        order.extend(set);
    }

    /// Blocks that gutters part into columns.
    fn columns(&self, band: &Band, gutter: f64, cuts: usize, order: &mut Vec<usize>) {
        let mut columns: Vec<Vec<usize>> = vec![Vec::new(); band.taken.len()];
        // How often the pen went from one column to another.
        let (mut changes, mut last) = (0, None);
        for number in &band.blocks {
            let middle = self.blocks[*number]
                .left
                .midpoint(self.blocks[*number].right);
            let column = band.taken.partition_point(|(_, right)| *right < middle);
            let column = column.min(columns.len() - 1);
            columns[column].push(*number);
            changes += usize::from(last.replace(column).is_some_and(|last| last != column));
        }
        let one_by_one = changes <= 2 * (columns.len() - 1);
        let torn = || changes * 2 >= band.blocks.len() && self.are_prose(&columns, &band.taken);
        if !one_by_one && !torn() {
            if self.is_coherent(&band.blocks) {
                return order.extend(&band.blocks);
            }
            let rows = self.rows(&band.blocks, gutter);
            if rows.len() > 1 {
                return rows
                    .iter()
                    .for_each(|row| self.place(&row.blocks, cuts - 1, order));
            }
        }
        if self.are_leftward(&band.blocks) {
            columns.reverse();
        }
        for column in columns {
            self.place(&column, cuts - 1, order);
        }
    }

    /// Whether most blocks are written from right to left.
    fn are_leftward(&self, set: &[usize]) -> bool {
        let leftward = set.iter().filter(|block| self.blocks[**block].leftward);
        leftward.count() * 2 > set.len()
    }

    /// Whether two or more columns hold running text and none a table's cells.
    fn are_prose(&self, columns: &[Vec<usize>], taken: &[Span]) -> bool {
        let prose = columns.iter().zip(taken).filter(|(column, span)| {
            let lines = || column.iter().map(|block| &self.blocks[*block]);
            let full = lines().filter(|line| line.width() >= (span.1 - span.0) * PROSE_FILL);
            let wordy = lines().filter(|line| line.words.len() >= PROSE_WORDS);
            let half = column.len() / 2;
            column.len() >= PROSE_LINES && full.count() > half && wordy.count() > half
        });
        let all = columns.len();
        prose.count() == all && all > 1
    }

    /// Whether the order of drawing goes down, or to the right, nearly always.
    fn is_coherent(&self, set: &[usize]) -> bool {
        let leftward = self.are_leftward(set);
        let steps = set.iter().zip(set.iter().skip(1));
        let back = steps.filter(|(this, next)| {
            let (this, next) = (&self.blocks[**this], &self.blocks[**next]);
            let up = next.top < this.top - this.size;
            let aside = match leftward {
                false => next.left < this.right - this.size,
                true => next.right > this.left + this.size,
            };
            up && aside
        });
        back.count() * 20 <= set.len()
    }
}

/// Bands of rows that go on with the same gutters; lines of the margins stay apart.
fn merged(rows: Vec<Band>, (top, foot): (usize, usize), gutter: f64) -> Vec<Band> {
    let body = top..rows.len().saturating_sub(foot);
    let mut bands: Vec<Band> = Vec::new();
    for (number, row) in rows.into_iter().enumerate() {
        let inside = body.contains(&number) && number > body.start;
        if let Some(last) = bands.last_mut().filter(|_| inside) {
            let both = last.taken.iter().chain(&row.taken).copied().collect();
            let taken = united(both, gutter);
            if taken.len() > 1 {
                last.taken = taken;
                last.blocks.extend(row.blocks);
                last.bottom = row.bottom;
                continue;
            }
        }
        bands.push(row);
    }
    for band in &mut bands {
        band.blocks.sort_unstable();
    }
    bands
}

/// Spans as one where less than a gutter is between them, from left to right.
fn united(mut spans: Vec<Span>, gutter: f64) -> Vec<Span> {
    spans.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut united: Vec<Span> = Vec::new();
    for (left, right) in spans {
        match united.last_mut().filter(|last| left < last.1 + gutter) {
            Some(last) => last.1 = last.1.max(right),
            None => united.push((left, right)),
        }
    }
    united
}

#[cfg(test)]
mod tests;
