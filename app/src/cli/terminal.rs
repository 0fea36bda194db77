//! Names and words as they may be printed: a file's name can hold anything.

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
