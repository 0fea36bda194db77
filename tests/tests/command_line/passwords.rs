//! Passwords: asked for, wrong, right, and whose they are.

use crate::{code, fails, run, words};
use serde_json::Value;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use tests::{file, program};

/// Opens a file with a password on descriptor 0.
fn with_password(path: &Path, password: &str) -> Output {
    let mut child = Command::new(program("pellucid"))
        .args(["info", "--json", "--password-fd", "0"])
        .arg(path)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(password.as_bytes())
        .unwrap();
    child.wait_with_output().unwrap()
}

#[test]
fn password_is_5_until_it_is_right() {
    let encrypted = file("encrypted.pdf");
    fails(&run(&[&"info", &encrypted]), 5, &["a password is needed"]);
    fails(
        &with_password(&encrypted, "wrong\n"),
        5,
        &["the password is wrong"],
    );
    let right = with_password(&encrypted, "open sesame\n");
    assert_eq!(code(&right), 0, "{}", words(&right.stderr));
    let info: Value = serde_json::from_slice(&right.stdout).unwrap();
    assert_eq!(info["encrypted"], true);
    assert_eq!(info["page_count"], 3);
    assert_eq!(
        code(&with_password(&encrypted, "open sesame")),
        0,
        "no line end"
    );
    // Opens without one: only changing it needs the owner's.
    assert_eq!(code(&run(&[&"info", &file("owner-only.pdf")])), 0);
}

#[test]
fn owner_and_user_password_are_told_apart() {
    // Revision 6, where only one of them fits each lock, and 4, where the owner's
    // unlocks the user's.
    for path in [file("encrypted.pdf"), file("two-passwords.pdf")] {
        for (password, whose) in [
            ("open sesame", "user password"),
            ("owner", "owner password"),
        ] {
            let opened = with_password(&path, password);
            assert_eq!(code(&opened), 0, "{}", words(&opened.stderr));
            let info: Value = serde_json::from_slice(&opened.stdout).unwrap();
            assert_eq!(info["page_count"], 3);
            let told = info["info"]["encryption"][0].as_str().unwrap();
            assert!(told.contains(whose), "{told}");
            let limits = info["info"]["permissions"][0].as_str().unwrap();
            let none = limits.contains("everything") || limits.contains("does not apply");
            assert_eq!(
                none,
                whose.starts_with("owner") || limits.contains("everything")
            );
        }
        fails(&with_password(&path, "own"), 5, &["the password is wrong"]);
    }
    let limited = with_password(&file("two-passwords.pdf"), "owner");
    let told = words(&limited.stdout);
    assert!(
        told.contains("does not want: printing") && told.contains("does not apply"),
        "{told}"
    );
}
