//! What `/proc` shows of a renderer from outside, thread by thread.

use super::process::Descriptor;
use crate::posture::{Expected, Layer, Layers, Measured};
use std::fs;
use std::io;

/// What Linux has. Speculation and exec gain are shown where they are in force,
/// but depend on the processor and the newest kernels, and the filter does not
/// rely on them. `SeccompServe` comes later, and is asked for then.
pub(crate) fn expected() -> Expected {
    let required = [
        Layer::Descriptors,
        Layer::ResourceLimits,
        Layer::NoNewPrivileges,
        Layer::NotDumpable,
        Layer::NoCapabilities,
        Layer::SeccompStart,
    ];
    let more = [
        Layer::ParentDeath,
        Layer::UserNamespace,
        Layer::PidNamespace,
        Layer::EmptyRoot,
        Layer::NetworkNamespace,
        Layer::IpcNamespace,
        Layer::UtsNamespace,
        Layer::CgroupNamespace,
        Layer::Landlock,
    ];
    let required: Layers = required.into_iter().collect();
    Expected {
        required,
        full: required.union(more.into_iter().collect()),
    }
}

pub(crate) fn measure(process: &Descriptor) -> io::Result<Measured> {
    let gone = || io::Error::from_raw_os_error(libc::ESRCH);
    let pid = process.pid().ok_or_else(gone)?;
    let mut measured = threads(pid).map_err(|error| match error.kind() {
        // Its folder goes with it.
        io::ErrorKind::NotFound => gone(),
        _ => error,
    })?;
    measured.cpu_ms = cpu_ms(pid).unwrap_or(0);
    measured.descriptors = descriptors(pid);
    // The number may have been another's by now, unless it still is the pidfd's.
    match process.pid() {
        Some(still) if still == pid => Ok(measured),
        _ => Err(gone()),
    }
}

/// What every thread of a process shows.
fn threads(pid: i32) -> io::Result<Measured> {
    let mut measured = Measured::default();
    for task in fs::read_dir(format!("/proc/{pid}/task"))? {
        let status = fs::read_to_string(task?.path().join("status"))?;
        measured.add_thread(&Status(&status));
    }
    Ok(measured)
}

impl Measured {
    fn add_thread(&mut self, status: &Status<'_>) {
        self.threads += 1;
        let filters = status.number("Seccomp_filters:");
        self.filters = match (self.filters, filters) {
            (Some(least), Some(these)) => Some(least.min(these)),
            (least, these) => least.or(these),
        };
        let filtered = status.number("Seccomp:") == Some(2);
        self.note(
            Layer::NoNewPrivileges,
            status.number("NoNewPrivs:") == Some(1),
        );
        self.note(Layer::SeccompStart, filtered);
        self.note(Layer::NoCapabilities, status.has_no_capabilities());
        self.note(Layer::PidNamespace, status.is_in_a_pid_namespace());
        if let Some(kib) = status.number("VmRSS:") {
            self.resident_bytes = u64::from(kib) * 1024;
        }
    }

    /// A layer is in force when it is in every thread.
    fn note(&mut self, layer: Layer, holds: bool) {
        if holds && !self.absent.contains(layer) {
            self.seen.insert(layer);
        } else if !holds {
            self.absent.insert(layer);
            self.seen.remove(layer);
        }
    }
}

/// Text of `/proc/<pid>/status`.
struct Status<'a>(&'a str);

impl<'a> Status<'a> {
    fn field(&self, name: &str) -> Option<&'a str> {
        let mut lines = self.0.lines();
        lines
            .find_map(|line| line.strip_prefix(name))
            .map(str::trim)
    }

    fn number(&self, name: &str) -> Option<u32> {
        self.field(name)?.split_whitespace().next()?.parse().ok()
    }

    fn has_no_capabilities(&self) -> bool {
        ["CapInh:", "CapPrm:", "CapEff:", "CapAmb:"]
            .iter()
            .all(|set| {
                self.field(set)
                    .is_some_and(|bits| bits.chars().all(|c| c == '0'))
            })
    }

    /// One number for each namespace it is in, from this process's own inwards.
    fn is_in_a_pid_namespace(&self) -> bool {
        self.field("NSpid:")
            .is_some_and(|ids| ids.split_whitespace().count() > 1)
    }
}

/// User and system time of all threads (`proc_pid_stat(5)`, fields 14 and 15).
fn cpu_ms(pid: i32) -> Option<u64> {
    /// `USER_HZ`, which is 100 on every Linux of today.
    const MS_PER_TICK: u64 = 10;
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let (_, after_name) = stat.rsplit_once(')')?;
    let fields: Vec<&str> = after_name.split_whitespace().collect();
    let ticks = |index: usize| fields.get(index)?.parse::<u64>().ok();
    Some((ticks(11)? + ticks(12)?) * MS_PER_TICK)
}

/// Open descriptors. Nobody may look into the folder, but its size is their number
/// since Linux 6.2; before, it is 0.
fn descriptors(pid: i32) -> Option<u32> {
    let folder = fs::metadata(format!("/proc/{pid}/fd")).ok()?;
    u32::try_from(folder.len()).ok().filter(|count| *count > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONFINED: &str = "NSpid:\t7\t1\nVmRSS:\t  1200 kB\nCapInh:\t0000000000000000\n\
        CapPrm:\t0000000000000000\nCapEff:\t0000000000000000\nCapAmb:\t0000000000000000\n\
        NoNewPrivs:\t1\nSeccomp:\t2\nSeccomp_filters:\t3\n";

    #[test]
    fn one_thread_without_a_filter_is_enough_to_lose_the_layer() {
        let free = CONFINED
            .replace("Seccomp:\t2", "Seccomp:\t0")
            .replace("filters:\t3", "filters:\t0");
        for order in [[CONFINED, &free], [&free, CONFINED]] {
            let mut measured = Measured::default();
            order
                .iter()
                .for_each(|text| measured.add_thread(&Status(text)));
            assert!(measured.absent.contains(Layer::SeccompStart));
            assert!(!measured.seen.contains(Layer::SeccompStart));
            assert!(measured.seen.contains(Layer::PidNamespace));
            assert_eq!((measured.threads, measured.filters), (2, Some(0)));
        }
    }

    #[test]
    fn a_capability_in_any_set_is_seen() {
        let mut measured = Measured::default();
        measured.add_thread(&Status(&CONFINED.replace("CapEff:\t0000", "CapEff:\t0001")));
        assert!(measured.absent.contains(Layer::NoCapabilities));
    }
}
