//! What is said of files beside where one is in them.

use super::super::open;
use super::super::terminal;
use super::File;
use crate::sound::Met;

impl File {
    /// What was met in the file, as far as it was not told before.
    pub(super) fn tell_met(&mut self, met: &Met) {
        for notice in &met.notices {
            if !self.told.contains(notice) {
                open::tell_notice(&self.name, notice);
                self.told.push(notice.clone());
            }
        }
    }
}

/// Gaps that are not in the files.
pub(super) fn tell_underruns(count: u64) {
    match count {
        0 => {}
        1 => terminal::tell("the sound was interrupted once: it was not decoded in time"),
        _ => {
            let times = format!("the sound was interrupted {count} times");
            terminal::tell(&format!("{times}: it was not decoded in time"));
        }
    }
}
