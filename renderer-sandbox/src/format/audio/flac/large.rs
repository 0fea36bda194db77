//! Blocks of 65,536 samples. RFC 9639 (9.1.6) forbids them, and decoders count samples
//! in 16 bits; but the header of a frame has room for them, and encoders have written
//! them. A header is read with one sample fewer, and the subframes by the library's
//! parts, which do not care.

use super::rare::Decoded;
use bitstream_io::{BigEndian, BitRead, BitReader, SignedBitCount};
use flac_codec::Error;
use flac_codec::metadata::Streaminfo;
use flac_codec::stream::{
    ChannelAssignment, FrameHeader, Subframe, SubframeHeader, SubframeHeaderType,
};
use std::io::Cursor;
use symphonia::core::checksum::{Crc8Ccitt, Crc16Ansi};
use symphonia::core::io::Monitor;

/// Samples of each channel in such a block.
pub(super) const SAMPLES: u32 = 1 << 16;

/// The same, as places in memory are counted.
const COUNT: usize = SAMPLES as usize;

/// Most bits of a sample: 32, and one more for a difference.
const MAX_BITS: u32 = 33;

/// Where the number of a frame begins (RFC 9639, 9.1).
const NUMBER_AT: usize = 4;

/// Bytes of the sum at the end of a frame.
const SUM_BYTES: usize = 2;

/// Whether a frame begins like one with such a block.
pub(super) fn is_one(frame: &[u8]) -> bool {
    places(frame).is_some()
}

/// The header of such a block, with one sample fewer and a sum that is right for it;
/// `None` for every other header.
pub(super) fn with_one_fewer(header: &[u8]) -> Option<Vec<u8>> {
    let (size_at, sum_at) = places(header)?;
    let (told, rest) = header.split_at_checked(sum_at)?;
    if sum(told) != *rest.first()? {
        return None;
    }
    let mut header = told.to_vec();
    *header.get_mut(size_at + 1)? -= 1;
    header.push(sum(&header));
    Some(header)
}

/// Where the size of the block and the sum of the header stand, if the size is such.
fn places(header: &[u8]) -> Option<(usize, usize)> {
    let [0xFF, _, sizes, _, number, ..] = header else {
        return None;
    };
    // As in UTF-8: as many bytes as there are ones before the first zero.
    let number_bytes = number.leading_ones().max(1) as usize;
    let size_at = NUMBER_AT + number_bytes;
    let is_such = sizes >> 4 == 7 && header.get(size_at..)?.starts_with(&[0xFF, 0xFF]);
    let rate_bytes = match sizes & 0xF {
        0xC => 1,
        0xD | 0xE => 2,
        _ => 0,
    };
    is_such.then_some((size_at, size_at + 2 + rate_bytes))
}

fn sum(header: &[u8]) -> u8 {
    let mut sum = Crc8Ccitt::new(0);
    sum.process_buf_bytes(header);
    sum.crc()
}

/// Decodes a frame with such a block, whatever stands behind it. What its header leaves
/// open is taken from `info`. `None` for a broken one.
pub(super) fn decode(frame: &[u8], info: Option<&Streaminfo>) -> Option<Decoded> {
    let fewer = with_one_fewer(frame)?;
    let read = FrameHeader::read_subset(&mut fewer.as_slice());
    let header = match (read, info) {
        (Err(_), Some(info)) => FrameHeader::read(&mut fewer.as_slice(), info),
        (read, _) => read,
    };
    let header = header.ok()?;
    let mut bits = BitReader::endian(Cursor::new(frame.get(fewer.len()..)?), BigEndian);
    let channels = channels(&mut bits, &header).ok()?;
    bits.byte_align();
    let read = usize::try_from(bits.into_reader().position()).ok()?;
    let (told, rest) = frame.split_at_checked(fewer.len() + read)?;
    let mut sum = Crc16Ansi::new(0);
    sum.process_buf_bytes(told);
    if rest.get(..SUM_BYTES)? != sum.crc().to_be_bytes() {
        return None;
    }
    let unused = 32_u32.checked_sub(header.bits_per_sample.into())?;
    let count = channels.len();
    let mut samples = Vec::with_capacity(COUNT * count);
    for place in 0..COUNT {
        for channel in &channels {
            let sample = i32::try_from(*channel.get(place)?).ok()?;
            samples.push(sample << unused);
        }
    }
    Some((samples, header.sample_rate.into(), count))
}

/// The samples of each channel.
fn channels(bits: &mut impl BitRead, header: &FrameHeader) -> Result<Vec<Vec<i64>>, Error> {
    let of_sample = u32::from(header.bits_per_sample);
    let mut subframe = |more: u32| {
        let width = SignedBitCount::try_from(of_sample + more);
        subframe(bits, width.map_err(|_| Error::ExcessiveBps)?)
    };
    let both = |first: Vec<i64>, second: Vec<i64>, side: fn(i64, i64) -> (i64, i64)| {
        let (left, right) = first
            .into_iter()
            .zip(second)
            .map(|(first, second)| side(first, second))
            .unzip();
        vec![left, right]
    };
    Ok(match header.channel_assignment {
        ChannelAssignment::Independent(_) => (0..header.channel_assignment.count())
            .map(|_| subframe(0))
            .collect::<Result<_, _>>()?,
        ChannelAssignment::LeftSide => {
            both(subframe(0)?, subframe(1)?, |left, side| (left, left - side))
        }
        ChannelAssignment::SideRight => both(subframe(1)?, subframe(0)?, |side, right| {
            (right + side, right)
        }),
        ChannelAssignment::MidSide => both(subframe(0)?, subframe(1)?, |middle, side| {
            // The lowest bit of the sum is that of the difference.
            let sum = middle << 1 | side & 1;
            ((sum + side) >> 1, (sum - side) >> 1)
        }),
    })
}

/// The samples of a subframe (RFC 9639, 9.2).
fn subframe(bits: &mut impl BitRead, width: SignedBitCount<MAX_BITS>) -> Result<Vec<i64>, Error> {
    let SubframeHeader { type_, wasted_bps } = bits.parse()?;
    let width = width
        .checked_sub::<MAX_BITS>(wasted_bps)
        .ok_or(Error::ExcessiveWastedBits)?;
    let some = |bits: &mut dyn FnMut() -> std::io::Result<i64>, count: usize| {
        (0..count).map(|_| bits()).collect::<Result<Vec<_>, _>>()
    };
    let subframe = match type_ {
        SubframeHeaderType::Constant => {
            let sample: i64 = bits.read_signed_counted(width)?;
            return Ok(vec![sample << wasted_bps; COUNT]);
        }
        SubframeHeaderType::Verbatim => Subframe::Verbatim {
            samples: some(&mut || bits.read_signed_counted(width), COUNT)?,
            wasted_bps,
        },
        SubframeHeaderType::Fixed { order } => Subframe::Fixed {
            order,
            warm_up: some(&mut || bits.read_signed_counted(width), order.into())?,
            residuals: bits.parse_using((COUNT, order.into()))?,
            wasted_bps,
        },
        SubframeHeaderType::Lpc { order } => {
            let count = usize::from(order.get());
            let warm_up = some(&mut || bits.read_signed_counted(width), count)?;
            let precision = SignedBitCount::try_from(bits.read::<4, u32>()? + 1)
                .map_err(|_| Error::InvalidQlpPrecision)?;
            let shift = u32::try_from(bits.read::<5, i32>()?);
            let coefficients = (0..count).map(|_| bits.read_signed_counted(precision));
            let coefficients = coefficients.collect::<Result<Vec<i32>, _>>()?;
            Subframe::Lpc {
                order,
                warm_up,
                precision,
                shift: shift.map_err(|_| Error::NegativeLpcShift)?,
                coefficients,
                residuals: bits.parse_using((COUNT, count))?,
                wasted_bps,
            }
        }
    };
    Ok(subframe.decode().collect())
}

#[cfg(test)]
mod tests {
    use super::super::tests::{block, file, info, opened, sum8, sum16};
    use super::*;
    use bitstream_io::{BitCount, BitWrite, BitWriter};
    use capmode::Confined;
    use flac_codec::stream::{ResidualPartition, Residuals};
    use ipc::{InfoKey, Samples, Stretch};
    use std::num::NonZero;

    /// A frame of 16 bits, whose subframes are given with the bits of their samples.
    fn frame(number: u8, channels: u8, subframes: &[(Subframe<i64>, u32)]) -> Vec<u8> {
        let mut bytes = vec![0xFF, 0xF8, 0x79, channels << 4 | 0x08, number, 0xFF, 0xFF];
        bytes.push(sum8(&bytes));
        let mut writer = BitWriter::endian(&mut bytes, BigEndian);
        for (subframe, width) in subframes {
            let width = SignedBitCount::<MAX_BITS>::try_from(*width).unwrap();
            writer.build_using(subframe, width).unwrap();
        }
        writer.byte_align().unwrap();
        let sum = sum16(&bytes);
        bytes.extend(sum.to_be_bytes());
        bytes
    }

    /// Something that goes up and down, below 1500.
    fn wave(step: usize) -> Vec<i64> {
        let at = |place: usize| i64::try_from(place * step % 3000).unwrap() - 1500;
        (0..COUNT).map(|place| at(place).abs()).collect()
    }

    fn verbatim(samples: &[i64]) -> Subframe<i64> {
        Subframe::Verbatim {
            samples: samples.to_vec(),
            wasted_bps: 0,
        }
    }

    /// What a sample is more than the one before it, in two partitions.
    fn steps(samples: &[i64]) -> Residuals<i64> {
        let steps: Vec<i64> = samples.windows(2).map(|two| two[1] - two[0]).collect();
        let (first, second) = steps.split_at(COUNT / 2 - 1);
        let partition = |residuals: &[i64]| ResidualPartition::Standard {
            rice: BitCount::new::<6>(),
            residuals: residuals.to_vec(),
        };
        Residuals::Method0 {
            partitions: vec![partition(first), partition(second)],
        }
    }

    fn fixed(samples: &[i64]) -> Subframe<i64> {
        Subframe::Fixed {
            order: 1,
            warm_up: vec![samples[0]],
            residuals: steps(samples),
            wasted_bps: 0,
        }
    }

    /// Twice the sample before, halved.
    fn predicted(samples: &[i64]) -> Subframe<i64> {
        Subframe::Lpc {
            order: NonZero::new(1).unwrap(),
            warm_up: vec![samples[0]],
            precision: SignedBitCount::new::<3>(),
            shift: 1,
            coefficients: vec![2],
            residuals: steps(samples),
            wasted_bps: 0,
        }
    }

    fn constant(sample: i64) -> Subframe<i64> {
        Subframe::Constant {
            block_size: 0,
            sample,
            wasted_bps: 0,
        }
    }

    #[test]
    fn blocks_of_65536_samples_are_heard() {
        let (one, other) = (wave(7), wave(11));
        let sides = |a: i64, b: i64| a - b;
        let side: Vec<i64> = one.iter().zip(&other).map(|(a, b)| sides(*a, *b)).collect();
        let middle: Vec<i64> = one.iter().zip(&other).map(|(a, b)| (a + b) >> 1).collect();
        let frames = [
            frame(0, 1, &[(verbatim(&one), 16), (predicted(&other), 16)]),
            frame(1, 8, &[(fixed(&one), 16), (fixed(&side), 17)]),
            frame(2, 9, &[(verbatim(&side), 17), (fixed(&other), 16)]),
            frame(3, 10, &[(predicted(&middle), 16), (verbatim(&side), 17)]),
            frame(4, 1, &[(constant(-3), 16), (constant(7), 16)]),
        ];
        let mut of_all: Vec<i64> = one.iter().zip(&other).flat_map(|(a, b)| [*a, *b]).collect();
        of_all = of_all.repeat(4);
        of_all.extend([-3, 7].repeat(COUNT));
        let total = u64::from(SAMPLES) * 5;
        let mut bytes = file(&[block(0, true, &info(2, 16, total))], &frames.concat());
        // Behind the last frame there may be something else.
        bytes.extend(b"TAG");
        let document = opened(&bytes);
        for from in [0, u64::from(SAMPLES) * 3 + 5] {
            let frames = u32::try_from(total - from).unwrap();
            let mut out = vec![0; (frames as usize + 1) * 8];
            // One more, as the end is met behind the last one.
            let stretch = Stretch::new(from, frames + 1, Samples::Int32).unwrap();
            let (came, last) = document
                .sound(&Confined::pretended(), stretch, &mut out)
                .unwrap();
            assert_eq!((came, last), (frames, true), "from {from}");
            let expected = of_all.iter().skip(usize::try_from(from).unwrap() * 2);
            let samples = out.as_chunks::<4>().0.iter().take(frames as usize * 2);
            let samples = samples.map(|sample| i64::from(i32::from_le_bytes(*sample)) >> 16);
            assert!(samples.eq(expected.copied()), "other samples from {from}");
        }
        let told = document.info(&Confined::pretended());
        assert!(told.iter().all(|field| field.key != InfoKey::Notice));
    }

    #[test]
    fn a_block_that_is_cut_or_whose_sum_is_wrong_is_none() {
        let whole = frame(0, 0, &[(fixed(&wave(7)), 16)]);
        assert!(decode(&whole, None).is_some());
        for end in [0, 5, 8, 100, whole.len() - 1] {
            assert!(decode(&whole[..end], None).is_none(), "cut at {end}");
        }
        for at in [3, 7, 200, whole.len() - 1] {
            let mut broken = whole.clone();
            broken[at] ^= 1;
            assert!(decode(&broken, None).is_none(), "changed at {at}");
        }
    }
}
