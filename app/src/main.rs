//! `pellucid`.
fn main() {}
