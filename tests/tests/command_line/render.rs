//! `pellucid render`: pages become pictures.

use crate::{code, decode, run, words};
use std::fs;
use std::io::Write;
use std::process::{Command, Stdio};
use tests::{program, sample};

#[test]
fn pages_become_files() {
    let folder = tempfile::tempdir().unwrap();
    let template = folder.path().join("page-%02d.png");
    let done = run(&[
        &"render",
        &sample("sample.pdf"),
        &"-p",
        &"3,1-2",
        &"--dpi",
        &"72",
        &"-o",
        &template,
    ]);
    assert_eq!(code(&done), 0, "{}", words(&done.stderr));
    assert_eq!(words(&done.stderr), "");
    for page in ["page-01.png", "page-02.png", "page-03.png"] {
        let (width, height, channels, samples) = decode(&folder.path().join(page));
        assert_eq!((width, height, channels), (595, 842, 3));
        assert!(
            samples.iter().any(|sample| *sample != 255),
            "{page} is blank"
        );
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 3);
}

#[test]
fn picture_keeps_its_size_and_its_transparency() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out.png");
    let done = run(&[&"render", &sample("sample.png"), &"-o", &out]);
    assert_eq!(code(&done), 0, "{}", words(&done.stderr));
    let (ours, theirs) = (decode(&out), decode(&sample("sample.png")));
    assert_eq!((ours.0, ours.1, ours.2), (theirs.0, theirs.1, 4));
    let (ours, _) = ours.3.as_chunks::<4>();
    let (theirs, _) = theirs.3.as_chunks::<4>();
    for (our, their) in ours.iter().zip(theirs) {
        assert_eq!(our[3], their[3]);
        // Multiplying alpha in and dividing it out again rounds twice.
        let close = (0..3).all(|c| our[c].abs_diff(their[c]) <= 2);
        assert!(close || their[3] == 0, "{our:?} {their:?}");
    }
    let small = run(&[
        &"render",
        &sample("sample.png"),
        &"--size",
        &"100x100",
        &"-o",
        &out,
    ]);
    assert_eq!(code(&small), 0);
    assert_eq!((decode(&out).0, decode(&out).1), (100, 75));
    let large = run(&[
        &"render",
        &sample("sample.png"),
        &"--size",
        &"4000x4000",
        &"-o",
        &out,
    ]);
    assert_eq!(code(&large), 0);
    assert_eq!(
        (decode(&out).0, decode(&out).1),
        (240, 180),
        "pictures are not enlarged"
    );
}

#[test]
fn standard_input_becomes_standard_output() {
    let mut child = Command::new(program("pellucid"))
        .args(["render", "-", "-p", "1", "-o", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let document = fs::read(sample("sample.pdf")).unwrap();
    child.stdin.take().unwrap().write_all(&document).unwrap();
    let done = child.wait_with_output().unwrap();
    assert_eq!(code(&done), 0);
    assert!(done.stdout.starts_with(b"\x89PNG\r\n\x1a\n"));
    assert!(done.stdout.ends_with(b"IEND\xaeB`\x82"));
}

#[test]
fn large_page_in_many_tiles_joins_without_a_seam() {
    let folder = tempfile::tempdir().unwrap();
    let (large, small) = (
        folder.path().join("large.png"),
        folder.path().join("small.png"),
    );
    // 4958 × 7017 px are 139 MB: three bands of at most 64 MiB.
    for (dpi, out) in [("600", &large), ("150", &small)] {
        let done = run(&[
            &"render",
            &sample("sample.pdf"),
            &"-p",
            &"1",
            &"--dpi",
            &dpi,
            &"-o",
            out,
        ]);
        assert_eq!(code(&done), 0, "{}", words(&done.stderr));
    }
    let (wide, high, _, large) = decode(&large);
    assert_eq!((wide, high), (4958, 7017));
    // No band is missing: each has ink of the page that it is of.
    let row = |y: usize| &large[y * wide as usize * 3..][..wide as usize * 3];
    assert!(row(100).iter().any(|sample| *sample != 255));
    assert!((2600..3400).any(|y| row(y).iter().any(|sample| *sample < 128)));
    assert!((6500..6600).any(|y| row(y).iter().any(|sample| *sample < 200)));
}
