//! WAVE whose samples of 24 bits take four bytes.

use super::*;

/// A tone of whole numbers of 24 bits, after some silence.
fn numbers() -> Vec<i32> {
    let silence = [0; 100];
    let tone = (0..4000).map(|frame| (f64::from(frame / 2) / 10.0).sin());
    let tone = tone.map(|sample| (sample * 4_000_000.0) as i32);
    silence.into_iter().chain(tone).collect()
}

fn file(word: impl Fn(i32) -> [u8; 4]) -> Vec<u8> {
    let data: Vec<u8> = numbers().into_iter().flat_map(word).collect();
    let mut file = wav(8000, 2, 24, &data);
    // Bytes of a frame.
    file[32] = 8;
    file
}

/// The same in three bytes each, as it is read everywhere.
fn packed() -> Vec<f32> {
    let numbers = numbers().into_iter();
    let data = numbers.flat_map(|number| number.to_le_bytes().into_iter().take(3));
    let data: Vec<u8> = data.collect();
    heard(&*opened(&wav(8000, 2, 24, &data)).unwrap(), 0, 100_000).0
}

#[test]
fn samples_of_24_bits_in_4_bytes_are_heard_wherever_they_lie() {
    let expected = packed();
    assert_eq!(expected.len(), 4100);
    for (name, file) in [
        (
            "floating point as large",
            file(|it| (it as f32).to_le_bytes()),
        ),
        (
            "floating point",
            file(|it| (it as f32 / 8_388_608.0).to_le_bytes()),
        ),
        ("above", file(|it| (it << 8).to_le_bytes())),
        ("below", file(i32::to_le_bytes)),
        ("silence", file(|_| [0; 4])),
    ] {
        let document = opened(&file).unwrap();
        let (samples, last) = heard(&*document, 0, 100_000);
        assert!(last, "{name}");
        match name {
            "silence" => assert_eq!(samples, [0.0; 4100]),
            _ => assert!(samples == expected, "{name}"),
        }
        // From a place between, and in parts that end anywhere.
        let (rest, _) = heard(&*document, 1001, 313);
        assert!(name == "silence" || rest == expected[2002..2628], "{name}");
    }
}

#[test]
fn samples_of_24_bits_in_4_bytes_that_could_be_anything_are_refused() {
    let mut state = 1_u32;
    let mut noise = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        state
    };
    let data: Vec<u8> = (0..4000).flat_map(|_| noise().to_be_bytes()).collect();
    let mut file = wav(8000, 2, 24, &data);
    file[32] = 8;
    let refusal = opened(&file).err().unwrap();
    assert!(
        refusal.to_string().contains("it does not say where"),
        "{refusal}"
    );
}

#[test]
fn every_cut_of_such_a_file_is_read_or_refused() {
    let whole = file(|it| (it as f32).to_le_bytes());
    for end in (0..whole.len()).step_by(97).chain(0..60) {
        if let Ok(document) = opened(&whole[..end]) {
            let (samples, last) = heard(&*document, 0, 100_000);
            assert!(last && samples.len() <= 4100, "cut at {end}");
        }
    }
}
