//! The manual of `keys.toml` is about the actions that there are.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use super::action::ACTIONS;

#[test]
fn manual_lists_every_action_and_no_other() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../assets/man/pellucid-keys.5");
    let manual = std::fs::read_to_string(path).unwrap();
    let (_, list) = manual.split_once(".Sh ACTIONS").unwrap();
    let (list, _) = list.split_once(".Sh EXAMPLES").unwrap();
    let listed: Vec<&str> = list
        .lines()
        .filter_map(|line| line.strip_prefix(".It Ic "))
        .collect();
    let known: Vec<&str> = ACTIONS.iter().map(|row| row.name).collect();
    assert_eq!(listed, known);
}
