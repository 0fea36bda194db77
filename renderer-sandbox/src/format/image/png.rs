//! Chunks of a PNG that `image` passes over: how the colours are meant where
//! there is no ICC profile (PNG, third edition, 11.3.2).

use super::light::Light;
use moxcms::{
    Chromaticity, CicpColorPrimaries, CicpProfile, ColorPrimaries, ColorProfile,
    MatrixCoefficients, ProfileText, TransferCharacteristics, WHITE_POINT_D65, curve_from_gamma,
};

/// Gamma is stored × 100 000.
const SCALE: f32 = 100_000.0;

/// The gamma that stands for sRGB in files that know no better, 1 / 2.2.
const USUAL_GAMMA: u32 = 45_455;

/// Gammas that can be meant: curves from 1 / 10 to 10.
const GAMMAS: std::ops::RangeInclusive<u32> = 10_000..=1_000_000;

/// Chunks after the signature: kind and data, as far as the file goes.
pub(super) fn chunks(document: &[u8]) -> impl Iterator<Item = ([u8; 4], &[u8])> {
    let mut rest = document.get(8..).unwrap_or_default();
    std::iter::from_fn(move || {
        let (len, after) = rest.split_first_chunk::<4>()?;
        let (kind, data) = after.split_first_chunk::<4>()?;
        let len = usize::try_from(u32::from_be_bytes(*len)).unwrap_or(usize::MAX);
        // The checksum takes 4 bytes.
        rest = data.get(len.saturating_add(4)..).unwrap_or_default();
        Some((*kind, data.get(..len).unwrap_or(data)))
    })
}

/// The colours of code points before the picture as an ICC profile, which hold whatever
/// else is said (4.3); `None` where there are none that can be meant.
pub(super) fn coded(document: &[u8]) -> Option<Vec<u8>> {
    let data = code_point_data(document)?;
    code_points(data).and_then(|made| made.encode().ok())
}

fn code_point_data(document: &[u8]) -> Option<&[u8]> {
    let mut before = chunks(document).take_while(|(kind, _)| kind != b"IDAT");
    before
        .find(|(kind, _)| kind == b"cICP")
        .map(|(_, data)| data)
}

/// The colours that the other chunks before the picture describe, as an ICC profile;
/// `None` for sRGB and for what cannot be meant.
pub(super) fn profile(document: &[u8]) -> Option<Vec<u8>> {
    let (mut gamma, mut primaries) = (None, None);
    for (kind, data) in chunks(document) {
        match &kind {
            b"sRGB" => return None,
            b"gAMA" => gamma = data.first_chunk().map(|bytes| u32::from_be_bytes(*bytes)),
            b"cHRM" => primaries = chromaticities(data),
            b"IDAT" => break,
            _ => {}
        }
    }
    let gamma = gamma.filter(|gamma| GAMMAS.contains(gamma))?;
    if gamma == USUAL_GAMMA && primaries.is_none() {
        return None;
    }
    calibrated(gamma, primaries).encode().ok()
}

fn calibrated(gamma: u32, primaries: Option<(Chromaticity, ColorPrimaries)>) -> ColorProfile {
    let mut made = ColorProfile::new_srgb();
    made.cicp = None;
    let exponent = SCALE / gamma as f32;
    let mut name = format!("gamma {exponent:.2}");
    if gamma != USUAL_GAMMA {
        let curve = Some(curve_from_gamma(exponent));
        (made.red_trc, made.green_trc, made.blue_trc) = (curve.clone(), curve.clone(), curve);
    }
    if let Some((white, primaries)) = primaries {
        made.update_rgb_colorimetry(white.to_xyyb(), primaries);
        name.push_str(" and primaries of its own");
    } else {
        made.media_white_point = Some(WHITE_POINT_D65.to_xyzd());
    }
    made.description = Some(ProfileText::PlainString(name));
    made
}

/// White, red, green, blue; x and y of each. `None` where they span no colours.
fn chromaticities(data: &[u8]) -> Option<(Chromaticity, ColorPrimaries)> {
    let (numbers, _) = data.as_chunks::<4>();
    let mut numbers = numbers
        .iter()
        .map(|number| u32::from_be_bytes(*number) as f32 / SCALE);
    let mut point = || Some(Chromaticity::new(numbers.next()?, numbers.next()?));
    let (white, red, green, blue) = (point()?, point()?, point()?, point()?);
    let possible = |p: &Chromaticity| p.x <= 1.0 && (0.001..=1.0).contains(&p.y);
    let area = (green.x - red.x) * (blue.y - red.y) - (blue.x - red.x) * (green.y - red.y);
    let sane = [white, red, green, blue].iter().all(possible) && area.abs() > 0.01;
    sane.then_some((white, ColorPrimaries { red, green, blue }))
}

/// Coding-independent code points (ITU-T H.273) of standard dynamic range.
fn code_points(data: &[u8]) -> Option<ColorProfile> {
    let [primaries, transfer, 0, 1, ..] = *data else {
        return None;
    };
    made_of(primaries, transfer)
}

/// High dynamic range, where the chunk `cICP` says so.
pub(super) fn light(document: &[u8]) -> Option<Light> {
    match *code_point_data(document)? {
        [primaries, transfer, 0, 1, ..] => Light::new(primaries.into(), transfer.into()),
        _ => None,
    }
}

/// The colours of code points as an ICC profile; `None` for sRGB, for what is not
/// said, and for high dynamic range.
pub(super) fn profile_of(primaries: u16, transfer: u16) -> Option<Vec<u8>> {
    const SRGB: u16 = 13;
    const NOT_SAID: u16 = 2;
    let primaries = if primaries == NOT_SAID { 1 } else { primaries };
    // Video of the usual range is shown like sRGB by everybody (transfers of BT.709, 601, 2020).
    let usual = matches!(transfer, 1 | NOT_SAID | 6 | 14 | 15 | SRGB);
    if usual && primaries == 1 {
        return None;
    }
    let transfer = if usual { SRGB } else { transfer };
    let made = made_of(u8::try_from(primaries).ok()?, u8::try_from(transfer).ok()?)?;
    made.encode().ok()
}

fn made_of(primaries: u8, transfer: u8) -> Option<ColorProfile> {
    if Light::new(primaries.into(), transfer.into()).is_some() {
        return None;
    }
    let mut made = ColorProfile::new_from_cicp(CicpProfile {
        color_primaries: CicpColorPrimaries::try_from(primaries).ok()?,
        transfer_characteristics: TransferCharacteristics::try_from(transfer).ok()?,
        matrix_coefficients: MatrixCoefficients::Identity,
        full_range: true,
    });
    let name = format!("code points {primaries}/{transfer}");
    made.description = Some(ProfileText::PlainString(name));
    Some(made)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::image::profile::Profile;

    fn file(chunks: &[(&[u8; 4], &[u8])]) -> Vec<u8> {
        let mut file = b"\x89PNG\r\n\x1a\n".to_vec();
        for (kind, data) in chunks {
            file.extend((data.len() as u32).to_be_bytes());
            file.extend(*kind);
            file.extend(*data);
            file.extend([0; 4]);
        }
        file
    }

    fn gamma(value: u32) -> [u8; 4] {
        value.to_be_bytes()
    }

    #[test]
    fn gamma_is_applied_unless_it_stands_for_srgb() {
        let linear = profile(&file(&[(b"gAMA", &gamma(100_000))])).unwrap();
        let linear = Profile::read(&linear).unwrap();
        assert!(!linear.is_srgb());
        assert_eq!(profile(&file(&[(b"gAMA", &gamma(USUAL_GAMMA))])), None);
        assert_eq!(profile(&file(&[(b"gAMA", &gamma(0))])), None);
        let both = file(&[(b"gAMA", &gamma(100_000)), (b"sRGB", &[0])]);
        assert_eq!(profile(&both), None);
        let late = file(&[(b"IDAT", &[]), (b"gAMA", &gamma(100_000))]);
        assert_eq!(profile(&late), None);
    }

    #[test]
    fn primaries_of_srgb_are_srgb_and_a_line_is_none() {
        let numbers = |xy: [u32; 8]| xy.map(u32::to_be_bytes).concat();
        let srgb = numbers([31270, 32900, 64000, 33000, 30000, 60000, 15000, 6000]);
        let (white, primaries) = chromaticities(&srgb).unwrap();
        let mut made = ColorProfile::new_srgb();
        made.update_rgb_colorimetry(white.to_xyyb(), primaries);
        let made = Profile::read(&made.encode().unwrap()).unwrap();
        assert!(made.is_srgb());
        assert!(chromaticities(&numbers([1000; 8])).is_none());
        assert!(chromaticities(&srgb[..31]).is_none());
    }

    #[test]
    fn code_points_of_display_p3_are_no_srgb() {
        let p3 = coded(&file(&[(b"cICP", &[12, 13, 0, 1])])).unwrap();
        assert!(!Profile::read(&p3).unwrap().is_srgb());
        assert_eq!(coded(&file(&[(b"cICP", &[9, 16, 0, 1])])), None);
        assert_eq!(coded(&file(&[(b"cICP", &[255, 255])])), None);
    }
}
