//! Runs of equal bytes, as Photoshop, TIFF and the Macintosh pack them.

/// `PackBits`; `false` when there is too little.
pub(super) fn unpack(mut packed: &[u8], row: &mut [u8]) -> bool {
    let mut filled = 0;
    while filled < row.len() {
        let Some((control, rest)) = packed.split_first() else {
            return false;
        };
        let left = row.get_mut(filled..).unwrap_or_default();
        packed = match *control {
            128 => rest,
            count @ 0..128 => {
                let count = usize::from(count) + 1;
                let copied = count.min(rest.len()).min(left.len());
                if let (Some(to), Some(from)) = (left.get_mut(..copied), rest.get(..copied)) {
                    to.copy_from_slice(from);
                }
                filled += copied;
                rest.get(count..).unwrap_or_default()
            }
            count => {
                let Some((byte, rest)) = rest.split_first() else {
                    return false;
                };
                let count = (257 - usize::from(count)).min(left.len());
                left.iter_mut().take(count).for_each(|to| *to = *byte);
                filled += count;
                rest
            }
        };
    }
    true
}

#[cfg(test)]
mod tests {
    use super::unpack;

    #[test]
    fn runs_and_copies_fill_a_row_and_no_more() {
        let mut row = [9; 6];
        assert!(unpack(&[0xFE, 7, 128, 1, 1, 2, 0xFF, 3], &mut row));
        assert_eq!(row, [7, 7, 7, 1, 2, 3]);
        assert!(!unpack(&[0xFE, 7], &mut row));
        assert!(!unpack(&[], &mut row));
    }
}
