//! FLAC files of our own making (RFC 9639): frames in which every sample is the same.

/// Samples of a frame.
pub const FRAME_SAMPLES: u32 = 4096;

/// Bytes before the first frame.
const HEADER_BYTES: usize = 4 + 4 + 34;

/// A file of one channel, 44 100 samples a second of 16 bits, with so many frames, of
/// which these have a wrong sum.
#[must_use]
pub fn file(frames: u32, broken: &[u32]) -> Vec<u8> {
    let samples = u64::from(frames * FRAME_SAMPLES);
    let mut file = b"fLaC\x80\0\0\x22".to_vec();
    file.extend([0x10, 0, 0x10, 0, 0, 0, 0, 0, 0, 0]);
    // A rate of 20 bits, channels of 3 and bits of 5, each less one, and a length of 36.
    file.extend((44_100_u64 << 44 | 15 << 36 | samples).to_be_bytes());
    file.extend([0; 16]);
    debug_assert_eq!(file.len(), HEADER_BYTES);
    for number in 0..frames {
        let mut frame = frame(number);
        if let Some(last) = frame.last_mut().filter(|_| broken.contains(&number)) {
            *last ^= 0x55;
        }
        file.extend(frame);
    }
    file
}

fn frame(number: u32) -> Vec<u8> {
    // 4096 samples, 44 100 a second, one channel, 16 bits.
    let mut frame = vec![0xFF, 0xF8, 0xC9, 0x08];
    // Numbers are written as letters of UTF-8 are.
    let letter = char::from_u32(number).unwrap_or_default();
    frame.extend(letter.to_string().bytes());
    frame.push(sum(&frame, 8, 0x07) as u8);
    // One sample for all of them, one frame as loud as the next.
    frame.extend([0, 0x20, 0]);
    frame.extend((sum(&frame, 16, 0x8005) as u16).to_be_bytes());
    frame
}

/// A cyclic sum of so many bits.
fn sum(bytes: &[u8], bits: u32, polynomial: u32) -> u32 {
    let top = 1_u32 << (bits - 1);
    bytes.iter().fold(0, |sum, byte| {
        let sum = sum ^ u32::from(*byte) << (bits - 8);
        (0..8).fold(sum, |sum, _| {
            let shifted = sum << 1 & (top << 1).wrapping_sub(1);
            if sum & top == 0 {
                shifted
            } else {
                shifted ^ polynomial
            }
        })
    })
}
