//! The command line as a user meets it: files, standard input, passwords,
//! every exit code, and systems that lack a layer.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on has failed"
)]

mod convert;
mod exit_codes;
mod info;
mod passwords;
mod render;
mod sandbox;
mod text;

use std::fs;
use std::path::Path;
use std::process::Output;
use tests::pellucid;

fn code(output: &Output) -> i32 {
    output.status.code().unwrap_or(-1)
}

fn words(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Runs with arguments that are paths and words.
fn run(arguments: &[&dyn AsRef<std::ffi::OsStr>]) -> Output {
    let arguments: Vec<_> = arguments.iter().map(|argument| argument.as_ref()).collect();
    pellucid(&arguments)
}

/// Fails with this code, one line on standard error, and the words in it.
fn fails(output: &Output, expected: i32, parts: &[&str]) {
    let told = words(&output.stderr);
    assert_eq!(code(output), expected, "{told}");
    assert!(
        told.starts_with("pellucid: ") && told.lines().count() == 1,
        "{told}"
    );
    for part in parts {
        assert!(told.contains(part), "{part:?} is not in {told}");
    }
}

/// Width, height, channels and samples of a PNG of ours.
fn decode(path: &Path) -> (u32, u32, usize, Vec<u8>) {
    let decoder = png::Decoder::new(std::io::BufReader::new(fs::File::open(path).unwrap()));
    let mut reader = decoder.read_info().unwrap();
    let mut samples = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut samples).unwrap();
    (info.width, info.height, info.color_type.samples(), samples)
}
