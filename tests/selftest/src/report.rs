//! A line for each row, and the count.

use std::fmt::Display;
use std::process::ExitCode;

/// What has been tried.
#[derive(Debug, Default)]
pub(crate) struct Report {
    passed: usize,
    failed: usize,
    skipped: usize,
}

impl Report {
    /// Notes a row: what was seen, or what was seen instead of what must be.
    pub(crate) fn row(&mut self, row: &str, name: &str, result: Result<String, impl Display>) {
        match result {
            Ok(seen) => {
                self.passed += 1;
                line("ok", row, name, &seen);
            }
            Err(seen) => {
                self.failed += 1;
                line("FAILED", row, name, &seen.to_string());
            }
        }
    }

    /// Notes a row that this system cannot have.
    pub(crate) fn skip(&mut self, row: &str, name: &str, reason: &str) {
        self.skipped += 1;
        line("skipped", row, name, reason);
    }

    /// Prints the count.
    pub(crate) fn close(self) -> ExitCode {
        let Self {
            passed,
            failed,
            skipped,
        } = self;
        println!("{passed} passed, {failed} failed, {skipped} skipped");
        if failed == 0 {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        }
    }
}

fn line(word: &str, row: &str, name: &str, seen: &str) {
    println!("{word:<8} {row:<6} {name:<28} {seen}");
}
