//! Fax of every kind, by `hayro-ccitt`: rows of bits, black as ones.

use super::DocumentError;
use super::decode::damaged;
use hayro_ccitt::{DecodeSettings, DecoderContext, EncodingMode};

/// Fax (ITU-T T.4 and T.6).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Fax {
    mode: EncodingMode,
    /// Whether each row begins with a new byte.
    aligned: bool,
}

impl Fax {
    pub(super) fn new(mode: EncodingMode, aligned: bool) -> Self {
        Self { mode, aligned }
    }

    pub(super) fn unpack(
        self,
        data: &[u8],
        out: &mut [u8],
        (columns, rows): (usize, usize),
    ) -> Result<usize, DocumentError> {
        let side = |side: usize| u32::try_from(side).map_err(|_| damaged("a fax is too large"));
        let settings = DecodeSettings {
            columns: side(columns)?,
            rows: side(rows)?,
            end_of_block: true,
            end_of_line: false,
            rows_are_byte_aligned: self.aligned,
            encoding: self.mode,
            strict: false,
        };
        let row_bytes = columns.div_ceil(8);
        let mut sink = Rows {
            out,
            row_bytes,
            columns,
            filled: 0,
        };
        let done = hayro_ccitt::decode(data, &mut sink, &mut DecoderContext::new(settings));
        // What was decoded of a fax that is damaged is shown.
        match done {
            Err(_) if sink.filled == 0 => Err(damaged("its fax cannot be decoded")),
            _ => Ok(sink.filled),
        }
    }
}

/// Rows of bits, black as ones.
struct Rows<'o> {
    out: &'o mut [u8],
    row_bytes: usize,
    columns: usize,
    filled: usize,
}

impl hayro_ccitt::Decoder for Rows<'_> {
    fn push_row(&mut self, changes: &[u32]) {
        let rest = self.out.get_mut(self.filled..).unwrap_or_default();
        let row = rest.get_mut(..self.row_bytes).unwrap_or_default();
        for run in changes.chunks(2) {
            let (start, end) = match *run {
                [start, end] => (start as usize, end as usize),
                [start] => (start as usize, self.columns),
                _ => continue,
            };
            for column in start..end.min(self.columns) {
                if let Some(byte) = row.get_mut(column / 8) {
                    *byte |= 0x80 >> (column % 8);
                }
            }
        }
        self.filled += row.len();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn black_of_a_fax_is_ones() {
        let fax = Fax {
            mode: EncodingMode::Group3_1D,
            aligned: true,
        };
        // Four white (1011), three black (10), one white (000111); then all white (10011).
        let rows = [0b1011_1000, 0b0111_0000, 0b1001_1000];
        let mut out = [0; 2];
        assert_eq!(fax.unpack(&rows, &mut out, (8, 2)).unwrap(), 2);
        assert_eq!(out, [0b0000_1110, 0]);
    }
}
