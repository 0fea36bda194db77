//! Filters of rows (PNG, third edition, 9.2).

/// Undoes the filter of a row, whose pixels have so many bytes.
pub(super) fn undo(filter: u8, row: &mut [u8], above: &[u8], pixel: usize) -> Result<(), String> {
    match pixel {
        2 => undo_as::<2>(filter, row, above),
        3 => undo_as::<3>(filter, row, above),
        4 => undo_as::<4>(filter, row, above),
        6 => undo_as::<6>(filter, row, above),
        8 => undo_as::<8>(filter, row, above),
        _ => undo_as::<1>(filter, row, above),
    }
}

fn undo_as<const N: usize>(filter: u8, row: &mut [u8], above: &[u8]) -> Result<(), String> {
    let pixels = row.as_chunks_mut::<N>().0.iter_mut();
    let above_pixels = above.as_chunks::<N>().0;
    let mut left = [0_u8; N];
    match filter {
        0 => {}
        1 => {
            for pixel in pixels {
                for at in 0..N {
                    pixel[at] = pixel[at].wrapping_add(left[at]);
                }
                left = *pixel;
            }
        }
        2 => {
            for (value, up) in row.iter_mut().zip(above) {
                *value = value.wrapping_add(*up);
            }
        }
        3 => {
            for (pixel, up) in pixels.zip(above_pixels) {
                for at in 0..N {
                    let mean = (u16::from(left[at]) + u16::from(up[at])) / 2;
                    pixel[at] = pixel[at].wrapping_add(mean as u8);
                }
                left = *pixel;
            }
        }
        4 => {
            let (mut left, mut corner) = ([0_i16; N], [0_i16; N]);
            for (pixel, up) in pixels.zip(above_pixels) {
                for at in 0..N {
                    let near = paeth(left[at], i16::from(up[at]), corner[at]);
                    pixel[at] = pixel[at].wrapping_add(near as u8);
                    (left[at], corner[at]) = (i16::from(pixel[at]), i16::from(up[at]));
                }
            }
        }
        _ => return Err("a row has a filter that is not known".to_owned()),
    }
    Ok(())
}

/// Whichever of the three is closest to what a plane through them would have here.
fn paeth(left: i16, up: i16, corner: i16) -> i16 {
    let (pa, pb) = (up - corner, left - corner);
    let pc = (pa + pb).abs();
    let (pa, pb) = (pa.abs(), pb.abs());
    let near = if pb <= pc { up } else { corner };
    if pa <= pb && pa <= pc { left } else { near }
}
