//! On Linux the filter kills for every call that drawing does not need.
//! `tests/confinement.rs` tries the same with single layers switched off.

use super::attempt;
use crate::report::Report;
use capmode::probe::Outcome;
use capmode::probe::scripted::{Script, names};
use capmode::{Launcher, Layers};

/// A number that no kernel knows: a C library may try it.
const UNKNOWN: &str = "unknown-number";
const ENOSYS: i32 = 38;

pub(super) fn run(launcher: &mut Launcher, report: &mut Report) {
    for name in names() {
        let script = Script {
            without: Layers::default(),
            lock: true,
            attempt: name,
        };
        let expected = match name {
            UNKNOWN => Outcome::Refused(ENOSYS),
            _ => Outcome::Killed,
        };
        let result = attempt(launcher, &script, |outcome| outcome == expected);
        report.row("1-82", name, result);
    }
    report.skip("132-142", "capability mode", "only FreeBSD has it");
}
