//! `pellucid check`, and systems that lack a layer of confinement.

use crate::{code, run, words};
use serde_json::Value;
use std::process::{Command, Output, Stdio};
use tests::{program, sample};

#[test]
fn check_proves_the_sandbox() {
    let done = run(&[&"check", &"--json"]);
    assert_eq!(code(&done), 0, "{}", words(&done.stderr));
    let check: Value = serde_json::from_slice(&done.stdout).unwrap();
    let attempts = check["attempts"].as_array().unwrap();
    assert!(attempts.len() >= 25, "{}", attempts.len());
    assert!(attempts.iter().all(|attempt| attempt["stopped"] == true));
    let told = words(&run(&[&"check"]).stdout);
    assert!(told.contains("attempts to escape were stopped"), "{told}");
}

#[cfg(target_os = "linux")]
fn restricted(lacks: &str, arguments: &[&dyn AsRef<std::ffi::OsStr>]) -> Output {
    Command::new(program("restricted"))
        .arg(lacks)
        .arg(program("pellucid"))
        .args(arguments.iter().map(|argument| argument.as_ref()))
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

#[cfg(target_os = "linux")]
#[test]
fn weaker_sandbox_opens_and_is_told() {
    let path = sample("sample.pdf");
    for (lacks, missing) in [
        ("userns", vec!["user-namespace", "pid-namespace"]),
        ("landlock", vec!["landlock"]),
        ("userns,landlock", vec!["user-namespace", "landlock"]),
    ] {
        let done = restricted(lacks, &[&"info", &path]);
        let told = words(&done.stderr);
        assert_eq!(code(&done), 0, "{lacks}: {told}");
        assert!(words(&done.stdout).contains("reduced"), "{lacks}");
        for layer in missing {
            assert!(told.contains(layer), "{lacks}: {told}");
        }
        let check = restricted(lacks, &[&"check", &"--json"]);
        assert_eq!(code(&check), 0, "{lacks}: {}", words(&check.stderr));
        let check: Value = serde_json::from_slice(&check.stdout).unwrap();
        assert_eq!(check["posture"], "reduced");
        let attempts = check["attempts"].as_array().unwrap();
        assert!(
            attempts.iter().all(|attempt| attempt["stopped"] == true),
            "{lacks}"
        );
    }
}

#[cfg(target_os = "linux")]
#[test]
fn nothing_opens_without_seccomp() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out.png");
    let path = sample("sample.png");
    assert_eq!(
        code(&restricted("seccomp", &[&"render", &path, &"-o", &out])),
        7
    );
    assert!(!out.exists());
    assert_eq!(code(&restricted("seccomp", &[&"check"])), 7);
}
