//! The scan of a JPEG bit by bit (ITU-T T.81, annexes C and F).

use super::window::Window;

/// Bits of a code that are looked up in a table small enough for the fastest cache.
const SHORT: u32 = 11;

/// Symbols by their codes.
pub(super) struct Codes {
    /// The same as `table` for codes of at most [`SHORT`] bits, which are nearly all.
    short: Vec<(u8, u8)>,
    /// By the next 16 bits: the length of the code and its symbol; length 0 is none.
    table: Vec<(u8, u8)>,
    /// The segment's own words: 16 counts, and the symbols.
    pub(super) segment: Vec<u8>,
}

impl Codes {
    /// Reads one table of a segment; what follows it, too.
    pub(super) fn read(data: &[u8]) -> Option<(Self, &[u8])> {
        let (counts, rest) = data.split_first_chunk::<16>()?;
        let total = counts.iter().map(|count| usize::from(*count)).sum();
        let (symbols, after) = rest.split_at_checked(total)?;
        let mut table = vec![(0, 0); 1 << 16];
        let mut symbol = symbols.iter();
        let mut start = 0_usize;
        for (length, count) in (1_u8..).zip(counts) {
            for _ in 0..*count {
                let width = 1_usize << (16 - length);
                let places = table.get_mut(start..start + width)?;
                places.fill((length, *symbol.next()?));
                start += width;
            }
        }
        let segment = data.get(..16 + total)?.to_vec();
        let short = table.iter().step_by(1 << (16 - SHORT));
        let is_short = |(length, _): &(u8, u8)| u32::from(*length) <= SHORT;
        let short = short.map(|code| if is_short(code) { *code } else { (0, 0) });
        let codes = Self {
            short: short.collect(),
            table,
            segment,
        };
        Some((codes, after))
    }

    /// The length of the code that the next 16 bits begin with, and its symbol.
    #[inline]
    fn find(&self, next: u16) -> Option<(u8, u8)> {
        let mut code = *self.short.get(usize::from(next >> (16 - SHORT)))?;
        if code.0 == 0 {
            code = *self.table.get(usize::from(next))?;
        }
        (code.0 > 0).then_some(code)
    }
}

/// A place in a scan. It is small, and copied to come back to.
#[derive(Clone, Copy)]
pub(super) struct Reader {
    /// The next byte that is not in `bits`.
    at: usize,
    bits: u64,
    count: u32,
    /// Zeros that were read after the end.
    beyond: u32,
}

impl Reader {
    /// At this place of the document.
    pub(super) fn new(at: usize) -> Self {
        Self {
            at,
            bits: 0,
            count: 0,
            beyond: 0,
        }
    }

    /// Has at least 32 bits ready, where fewer were; zeros stand for what a marker or
    /// the end cuts off.
    fn fill(&mut self, scan: &mut Window<'_>) {
        let next = scan.from(self.at, 4).first_chunk::<4>();
        let next = next.map(|next| u32::from_be_bytes(*next));
        if let Some(next) = next.filter(|next| !has_marker_byte(*next)) {
            self.bits = self.bits << 32 | u64::from(next);
            self.count += 32;
            self.at += 4;
            return;
        }
        // At most 63, so that all of them can be passed over.
        while self.count < 56 {
            let byte = match scan.from(self.at, 2) {
                [0xff, 0, ..] => {
                    self.at += 2;
                    0xff
                }
                [0xff, ..] | [] => self.zero(),
                [byte, ..] => {
                    self.at += 1;
                    *byte
                }
            };
            self.bits = self.bits << 8 | u64::from(byte);
            self.count += 8;
        }
    }

    fn zero(&mut self) -> u8 {
        self.beyond += 8;
        0
    }

    /// The next symbol with the bits that belong to it, whose number the low half of the
    /// symbol tells: the code, the symbol, and the bits.
    pub(super) fn coefficient(
        &mut self,
        scan: &mut Window<'_>,
        codes: &Codes,
    ) -> Option<(Field, u8, Field)> {
        // At most 16 and 15 bits.
        let (symbol, code) = self.symbol(scan, codes)?;
        let value = self.field(scan, symbol & 15)?;
        Some((code, symbol, value))
    }

    /// Passes over the next symbol and the bits that belong to it; tells the symbol.
    #[inline]
    pub(super) fn pass_over(&mut self, scan: &mut Window<'_>, codes: &Codes) -> Option<u8> {
        if self.count < 32 {
            self.fill(scan);
        }
        let next = (self.bits >> (self.count - 16)) as u16;
        let (length, symbol) = codes.find(next)?;
        // At most 16 and 15 of the 32 that are ready.
        self.count -= u32::from(length) + u32::from(symbol & 15);
        (self.count >= self.beyond).then_some(symbol)
    }

    /// The next symbol, and its code.
    pub(super) fn symbol(&mut self, scan: &mut Window<'_>, codes: &Codes) -> Option<(u8, Field)> {
        if self.count < 32 {
            self.fill(scan);
        }
        let next = (self.bits >> (self.count - 16)) as u16;
        let (length, symbol) = codes.find(next)?;
        let field = self.take(length)?;
        Some((symbol, field))
    }

    /// The next bits, at most 16.
    pub(super) fn field(&mut self, scan: &mut Window<'_>, length: u8) -> Option<Field> {
        if self.count < 32 {
            self.fill(scan);
        }
        self.take(length)
    }

    fn take(&mut self, length: u8) -> Option<Field> {
        self.count -= u32::from(length);
        let mask = (1_u64 << length) - 1;
        let value = (self.bits >> self.count & mask) as u16;
        // What was read after the end is no picture.
        (self.count >= self.beyond).then_some(Field { value, length })
    }

    /// Goes behind the marker that stands here.
    pub(super) fn restart(&mut self, scan: &mut Window<'_>) -> Option<()> {
        // Bytes that are ready beyond the marker are zeros, and not counted in `at`.
        while scan.from(self.at, 2).starts_with(&[0xff, 0xff]) {
            self.at += 1;
        }
        let [0xff, 0xd0..=0xd7, ..] = *scan.from(self.at, 2) else {
            return None;
        };
        *self = Self::new(self.at + 2);
        Some(())
    }
}

/// Whether one of four bytes is 0xff: whether one of their inverses is 0.
fn has_marker_byte(bytes: u32) -> bool {
    let inverse = !bytes;
    inverse.wrapping_sub(0x0101_0101) & !inverse & 0x8080_8080 != 0
}

/// Bits as they are written.
#[derive(Clone, Copy)]
pub(super) struct Field {
    pub(super) value: u16,
    pub(super) length: u8,
}

/// A number of this many bits, as differences and coefficients are written.
pub(super) fn number(field: Field) -> i32 {
    let value = i32::from(field.value);
    match field.length {
        0 => 0,
        length if value < 1 << (length - 1) => value - (1 << length) + 1,
        _ => value,
    }
}

/// The same the other way: how many bits, and which.
pub(super) fn written(number: i32) -> Option<Field> {
    let length = 32 - number.unsigned_abs().leading_zeros();
    let value = if number < 0 { number - 1 } else { number };
    (length <= 11).then(|| Field {
        value: (value & ((1 << length) - 1)) as u16,
        length: length as u8,
    })
}

/// Writes a scan.
#[derive(Default)]
pub(super) struct Writer {
    pub(super) bytes: Vec<u8>,
    bits: u32,
    count: u32,
}

impl Writer {
    pub(super) fn put(&mut self, field: Field) {
        self.bits = self.bits << field.length | u32::from(field.value);
        self.count += u32::from(field.length);
        while self.count >= 8 {
            self.count -= 8;
            let byte = (self.bits >> self.count) as u8;
            self.bytes.push(byte);
            if byte == 0xff {
                self.bytes.push(0);
            }
        }
    }

    /// Fills the last byte with ones.
    pub(super) fn end(&mut self) {
        if self.count > 0 {
            let length = (8 - self.count) as u8;
            let value = (1 << length) - 1;
            self.put(Field { value, length });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::window::Content;
    use super::*;

    #[test]
    fn numbers_are_read_as_they_are_written() {
        for number in [-2047, -255, -3, -1, 0, 1, 2, 77, 2047] {
            assert_eq!(super::number(written(number).unwrap()), number);
        }
        assert!(written(2048).is_none());
    }

    #[test]
    fn codes_are_read_and_written_through_stuffed_bytes_to_the_end() {
        // Two symbols: 0 is "0", 7 is "10".
        let mut segment = vec![0; 16];
        (segment[0], segment[1]) = (1, 1);
        segment.extend([0, 7]);
        let (codes, rest) = Codes::read(&segment).unwrap();
        assert!(rest.is_empty());
        let mut writer = Writer::default();
        let field = |value, length| Field { value, length };
        writer.put(field(0b10, 2));
        writer.put(field(0x3ff, 10));
        writer.put(field(0, 1));
        writer.end();
        let mut scan = Window::new(Content::Held(&writer.bytes));
        let mut reader = Reader::new(0);
        assert_eq!(reader.symbol(&mut scan, &codes).unwrap().0, 7);
        assert_eq!(reader.field(&mut scan, 10).unwrap().value, 0x3ff);
        assert_eq!(reader.symbol(&mut scan, &codes).unwrap().0, 0);
        let read = (0..20).take_while(|_| reader.field(&mut scan, 1).is_some());
        assert!(read.count() < 8, "there is an end");
    }
}
