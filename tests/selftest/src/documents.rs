//! Documents that are compiled in, opened by confined renderers: their words
//! and their pixels.

use crate::report::Report;
use crate::{ANSWER, broker, session};
use app::broker::{BrokerError, Reply};
use ipc::{Failure, FailureKind, PageIndex, Samples, Secret, Stretch, Tile, TileSize};

pub(crate) const PDF: &[u8] = include_bytes!("../../../assets/samples/sample.pdf");
const PNG: &[u8] = include_bytes!("../../../assets/samples/sample.png");
/// 400 samples at 8 kHz: (997 i) mod 20 001 − 10 000.
const FLAC: &[u8] = include_bytes!("../../../assets/samples/sample.flac");
const ENCRYPTED: &[u8] = include_bytes!("../../files/encrypted.pdf");
/// As `tests/files/make` has it.
const PASSWORD: &str = "open sesame";

/// A place in pixels, and what is there: premultiplied RGBA.
type Pixel = ((u16, u16), [u8; 4]);

/// Paper, the pale box, and the innermost circle of `assets/samples/make.py`.
const PDF_PIXELS: &[Pixel] = &[
    ((20, 700), [255, 255, 255, 255]),
    ((20, 20), [230, 240, 250, 255]),
    ((422, 125), [56, 112, 189, 255]),
];

/// Nothing, and the middle of the glass: (60, 120, 190) at 90 of 255.
const PNG_PIXELS: &[Pixel] = &[((0, 0), [0, 0, 0, 0]), ((120, 90), [21, 42, 67, 90])];

/// How far a colour may be off: drawing rounds.
const TOLERANCE: u8 = 2;

pub(crate) fn run(report: &mut Report) {
    report.row("open", "pdf-pixels", pixels(PDF, (595, 842), PDF_PIXELS));
    report.row("open", "png-pixels", pixels(PNG, (240, 180), PNG_PIXELS));
    report.row("open", "pdf-words", words());
    report.row("open", "flac-samples", sound());
    report.row("106", "pdf-password", password());
    report.row("120", "png-too-large", too_large());
    report.row("120", "pdf-cut-off", cut_off());
}

fn other(seen: String) -> BrokerError {
    std::io::Error::other(seen).into()
}

fn pixels(document: &[u8], size: (u16, u16), expected: &[Pixel]) -> Result<String, BrokerError> {
    let drawn = draw(document, size)?;
    let row_pixels = usize::from(size.0);
    for ((x, y), wanted) in expected {
        let at = (usize::from(*y) * row_pixels + usize::from(*x)) * 4;
        let found = drawn.get(at..at + 4).unwrap_or_default();
        let near = |(one, two): (&u8, &u8)| one.abs_diff(*two) <= TOLERANCE;
        if found.len() != 4 || !found.iter().zip(wanted).all(near) {
            return Err(other(format!("{found:?} at {x},{y}, not {wanted:?}")));
        }
    }
    Ok(format!("{} pixels are as they were drawn", expected.len()))
}

/// The first page, as one tile.
fn draw(document: &[u8], (width, height): (u16, u16)) -> Result<Vec<u8>, BrokerError> {
    let mut broker = broker(ANSWER)?;
    let mut session = session(&mut broker, document)?;
    session.open()?;
    let invalid = || other("no such tile".to_owned());
    let size = TileSize::new(width, height).ok_or_else(invalid)?;
    let page = PageIndex::new(0).ok_or_else(invalid)?;
    let page_px = (u32::from(width), u32::from(height));
    let tile = Tile::new(page, page_px, (0, 0), size).ok_or_else(invalid)?;
    session.paint(tile)?;
    let mut out = vec![0; size.bytes()];
    match session.wait()? {
        Reply::Painted(_, painted) => session.read(painted, &mut out)?,
        Reply::Failed(_, failure) => return Err(BrokerError::Failure(failure)),
        Reply::Items(..) | Reply::Copied(..) | Reply::Sound(..) => return Err(invalid()),
    }
    Ok(out)
}

/// Every sample of the sound is as it was written.
fn sound() -> Result<String, BrokerError> {
    let mut broker = broker(ANSWER)?;
    let mut session = session(&mut broker, FLAC)?;
    let none = || other("no sound".to_owned());
    let sound = session.open()?.sound.ok_or_else(none)?;
    let stretch = Stretch::new(0, 4096, Samples::Float32).ok_or_else(none)?;
    let piece = session.sound(stretch)?;
    let mut heard = Vec::new();
    session.read_sound(&sound, &piece, &mut heard)?;
    let written = (0..400_u16)
        .map(|i| f32::from(u16::try_from(u32::from(i) * 997 % 20_001).unwrap_or(0)) - 10_000.0);
    let written: Vec<f32> = written.map(|sample| sample / 32_768.0).collect();
    if (sound.rate, sound.channels) == (8000, 1) && heard == written {
        Ok(format!("{} samples are as they were written", heard.len()))
    } else {
        Err(other(format!("{sound:?}, {} samples", heard.len())))
    }
}

fn words() -> Result<String, BrokerError> {
    let mut broker = broker(ANSWER)?;
    let mut session = session(&mut broker, PDF)?;
    session.open()?;
    let page = PageIndex::new(0).ok_or(BrokerError::Interrupted)?;
    let runs = session.text(page)?;
    let words: Vec<&str> = runs.iter().map(|run| run.text.as_str()).collect();
    let text = words.join(" ");
    if text.contains("letting light through") {
        Ok(format!("{} letters", text.chars().count()))
    } else {
        Err(other(text))
    }
}

fn password() -> Result<String, BrokerError> {
    let mut broker = broker(ANSWER)?;
    let mut session = session(&mut broker, ENCRYPTED)?;
    let asked = session.open();
    let wrong = session.unlock(secret("wrong")?);
    let right = session.unlock(secret(PASSWORD)?);
    match (&asked, &wrong, &right) {
        (
            Err(BrokerError::Password { wrong: false }),
            Err(BrokerError::Password { wrong: true }),
            Ok(summary),
        ) => Ok(format!("{} page(s)", summary.pages)),
        _ => Err(other(format!("{asked:?}, {wrong:?}, {right:?}"))),
    }
}

fn secret(word: &str) -> Result<Secret, BrokerError> {
    Secret::new(word.to_owned()).ok_or_else(|| other("no secret".to_owned()))
}

/// The first bytes of a picture of 100 000 pixels each way.
fn too_large() -> Result<String, BrokerError> {
    let mut header = b"IHDR".to_vec();
    header.extend(100_000_u32.to_be_bytes());
    header.extend(100_000_u32.to_be_bytes());
    header.extend([8, 6, 0, 0, 0]);
    let mut png = b"\x89PNG\r\n\x1a\n\0\0\0\x0d".to_vec();
    png.extend(&header);
    png.extend(crc32(&header).to_be_bytes());
    png.extend(b"\0\0\0\0IDAT\x35\xaf\x06\x1e");
    refused(&png, FailureKind::Limit)
}

fn crc32(bytes: &[u8]) -> u32 {
    let step = |crc: u32| (crc >> 1) ^ (0xEDB8_8320 * (crc & 1));
    let byte = |crc: u32, byte: &u8| (0..8).fold(crc ^ u32::from(*byte), |crc, _| step(crc));
    !bytes.iter().fold(u32::MAX, byte)
}

fn cut_off() -> Result<String, BrokerError> {
    refused(PDF.get(..40).unwrap_or_default(), FailureKind::Damaged)
}

fn refused(document: &[u8], wanted: FailureKind) -> Result<String, BrokerError> {
    let mut broker = broker(ANSWER)?;
    let mut session = session(&mut broker, document)?;
    match session.open() {
        Err(BrokerError::Failure(Failure { kind, detail })) if kind == wanted => {
            Ok(detail.as_str().to_owned())
        }
        end => Err(other(format!("{end:?}"))),
    }
}
