//! How it ends: one code for each reason, one line that says which.

use crate::{code, fails, run};
use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};
use tests::sample;

#[test]
fn usage_is_1() {
    assert_eq!(code(&run(&[&"render"])), 1);
    assert_eq!(code(&run(&[&"no-such-command", &"--x"])), 1);
    assert_eq!(
        code(&run(&[&"render", &sample("sample.pdf"), &"-p", &"x"])),
        1
    );
    let far = run(&[
        &"render",
        &sample("sample.pdf"),
        &"-p",
        &"4",
        &"-o",
        &"/dev/null",
    ]);
    fails(&far, 1, &["has no page 4, only 3"]);
    let many = run(&[&"render", &sample("sample.pdf"), &"-o", &"one.png"]);
    fails(&many, 1, &["%d"]);
    assert_eq!(code(&run(&[&"--help"])), 0);
    assert_eq!(code(&run(&[&"--version"])), 0);
}

#[test]
fn what_cannot_be_opened_is_2() {
    fails(
        &run(&[&"info", &"/no/such/file"]),
        2,
        &["/no/such/file: cannot be opened"],
    );
    let folder = tempfile::tempdir().unwrap();
    let empty = folder.path().join("empty.pdf");
    fs::write(&empty, "").unwrap();
    fails(&run(&[&"info", &empty]), 2, &["is empty"]);
}

#[test]
fn what_is_no_file_is_refused_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let fifo = folder.path().join("fifo");
    assert!(
        Command::new("mkfifo")
            .arg(&fifo)
            .status()
            .unwrap()
            .success()
    );
    let link = folder.path().join("link");
    std::os::unix::fs::symlink(&fifo, &link).unwrap();
    let socket = folder.path().join("socket");
    let _listener = std::os::unix::net::UnixListener::bind(&socket).unwrap();
    for (path, what) in [
        (folder.path(), "a directory"),
        (&fifo, "a pipe"),
        (&link, "a pipe"),
        (Path::new("/dev/zero"), "a device"),
    ] {
        let start = Instant::now();
        fails(&run(&[&"info", &path]), 2, &[what]);
        assert!(
            start.elapsed() < Duration::from_secs(20),
            "{}",
            path.display()
        );
    }
    assert_eq!(code(&run(&[&"info", &socket])), 2);
}

#[test]
fn unknown_content_is_3() {
    let folder = tempfile::tempdir().unwrap();
    // The name says PDF, the content does not.
    let liar = folder.path().join("liar.pdf");
    fs::write(&liar, b"wvpk\0\0\0\x22 and no more").unwrap();
    fails(&run(&[&"info", &liar]), 3, &["liar.pdf", "WavPack audio"]);
}

#[test]
fn damage_is_4_and_leaves_no_output() {
    let folder = tempfile::tempdir().unwrap();
    let (broken, out) = (
        folder.path().join("broken.pdf"),
        folder.path().join("out.png"),
    );
    fs::write(&broken, b"%PDF-1.7\nnothing else").unwrap();
    fails(&run(&[&"render", &broken, &"-o", &out]), 4, &["is damaged"]);
    let png = folder.path().join("broken.png");
    fs::write(&png, &fs::read(sample("sample.png")).unwrap()[..30]).unwrap();
    fails(&run(&[&"render", &png, &"-o", &out]), 4, &["is damaged"]);
    assert!(!out.exists());
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
}

#[test]
fn limit_is_6_and_named() {
    let folder = tempfile::tempdir().unwrap();
    let bomb = folder.path().join("bomb.png");
    let mut header = fs::read(sample("sample.png")).unwrap();
    header[16..24].copy_from_slice(&[0, 1, 0x86, 0xA0, 0, 1, 0x86, 0xA0]);
    let checksum = crc32(&header[12..29]);
    header[29..33].copy_from_slice(&checksum.to_be_bytes());
    fs::write(&bomb, &header).unwrap();
    let start = Instant::now();
    fails(&run(&[&"info", &bomb]), 6, &["100000 × 100000", "limit of"]);
    assert!(start.elapsed() < Duration::from_secs(20));
}

/// CRC-32 as PNG has it, bit by bit.
fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
            (crc >> 1) ^ (0xEDB8_8320 & (crc & 1).wrapping_neg())
        })
    })
}

#[test]
fn output_that_cannot_be_written_is_9() {
    let out = "/no/such/folder/out.png";
    fails(
        &run(&[&"render", &sample("sample.png"), &"-o", &out]),
        9,
        &[out],
    );
    let full = run(&[&"render", &sample("sample.png"), &"-o", &"/dev/full"]);
    fails(&full, 9, &["/dev/full"]);
    assert!(Path::new("/dev/full").exists());
    let folder = tempfile::tempdir().unwrap();
    fails(
        &run(&[&"render", &sample("sample.png"), &"-o", &folder.path()]),
        9,
        &["directory"],
    );
}
