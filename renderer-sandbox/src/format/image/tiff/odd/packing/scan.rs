//! Grey of 4 bits as `ThunderScan` packs it: runs, small differences and values, two
//! pixels to a byte.

/// What the two upper bits of a byte say; the others are the value. The third differences
/// are of 2 bits, of 3 bits the others.
const RUN: u8 = 0;
const THREE: u8 = 1;
const TWO: u8 = 2;

/// Differences of 2 and of 3 bits; one of each means that no pixel follows.
const SMALL: [Option<u8>; 4] = [Some(0), Some(1), None, Some(15)];
const LARGE: [Option<u8>; 8] = [
    Some(0),
    Some(1),
    Some(2),
    Some(3),
    None,
    Some(13),
    Some(14),
    Some(15),
];

/// Bytes that were unpacked, in rows of `columns` pixels.
pub(super) fn unpack(data: &[u8], out: &mut [u8], columns: usize) -> usize {
    let mut rest = data.iter();
    let mut filled = 0;
    for row in out.chunks_exact_mut(columns.div_ceil(2).max(1)) {
        let mut pixels = Row {
            row,
            columns,
            count: 0,
            last: 0,
        };
        while pixels.count < columns {
            let Some(byte) = rest.next() else {
                return filled;
            };
            let value = byte & 0x3F;
            match byte >> 6 {
                RUN => (0..value).for_each(|_| pixels.put(Some(0))),
                THREE => [4, 2, 0]
                    .iter()
                    .for_each(|at| pixels.put(difference(&SMALL, value >> at & 3))),
                TWO => [3, 0]
                    .iter()
                    .for_each(|at| pixels.put(difference(&LARGE, value >> at & 7))),
                _ => pixels.put(Some(value.wrapping_sub(pixels.last))),
            }
        }
        filled += columns.div_ceil(2);
    }
    filled
}

fn difference(all: &[Option<u8>], code: u8) -> Option<u8> {
    all.get(usize::from(code)).copied().flatten()
}

/// A row that is filled pixel by pixel.
struct Row<'o> {
    row: &'o mut [u8],
    columns: usize,
    count: usize,
    last: u8,
}

impl Row<'_> {
    fn put(&mut self, difference: Option<u8>) {
        let Some(difference) = difference.filter(|_| self.count < self.columns) else {
            return;
        };
        self.last = self.last.wrapping_add(difference) & 0xF;
        let shift = if self.count.is_multiple_of(2) { 4 } else { 0 };
        if let Some(to) = self.row.get_mut(self.count / 2) {
            *to |= self.last << shift;
        }
        self.count += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_differences_and_runs_follow_the_pixel_before() {
        // 5; the same twice; +1, none, -1; +3, -2: eight pixels.
        let packed = [0xC5, 0x02, 0b0101_1011, 0b1001_1110];
        let mut out = [0; 4];
        assert_eq!(unpack(&packed, &mut out, 7), 4);
        assert_eq!(out, [0x55, 0x56, 0x58, 0x60]);
        // A row begins with black, and one that is cut is not counted.
        let mut out = [0; 2];
        assert_eq!(unpack(&[0xC5, 0x01, 0x01], &mut out, 2), 1);
        assert_eq!(out, [0x55, 0]);
    }
}
