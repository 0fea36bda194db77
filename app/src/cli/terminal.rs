//! Names and words as they may be printed: a file's name can hold anything.

use std::io::{self, IsTerminal, Write};

/// Says something on standard error, in place of a line of progress. When even
/// that cannot be written, the exit code says enough.
pub(crate) fn tell(sentence: &str) {
    let mut stderr = io::stderr().lock();
    let clear = if stderr.is_terminal() { "\r\x1b[K" } else { "" };
    let _ = writeln!(stderr, "{clear}pellucid: {sentence}");
}

/// Text without anything that a terminal obeys.
pub(crate) fn printable(text: &str) -> String {
    text.chars()
        .map(|c| {
            if ipc::text::is_forbidden(c) {
                char::REPLACEMENT_CHARACTER
            } else {
                c
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_name_cannot_drive_the_terminal() {
        assert_eq!(
            super::printable("a\u{1b}[2Jb\n.pdf"),
            "a\u{FFFD}[2Jb\u{FFFD}.pdf"
        );
    }
}
