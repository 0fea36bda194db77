//! On FreeBSD each attempt is made twice: with the trap, which kills for what
//! capability mode or a missing right refuses, and without it, to see the error.

use super::attempt;
use crate::report::Report;
use capmode::posture::Layer;
use capmode::probe::Outcome;
use capmode::probe::scripted::{Script, names};
use capmode::{Launcher, Layers};

const EPERM: i32 = 1;
const ENOENT: i32 = 2;
const EBADF: i32 = 9;
const ENOMEM: i32 = 12;
const EACCES: i32 = 13;
const EINVAL: i32 = 22;
const EMFILE: i32 = 24;
const EFBIG: i32 = 27;
const EAGAIN: i32 = 35;
const EPROTONOSUPPORT: i32 = 43;
const EAFNOSUPPORT: i32 = 47;
const EOPNOTSUPP: i32 = 45;
const ENOBUFS: i32 = 55;
const NOT_CAPABLE: i32 = 93;
const CAPABILITY_MODE: i32 = 94;

/// Number of the row, name of the attempt, and what it may be refused with.
type Row = (&'static str, &'static str, &'static [i32]);

const MODE: &[i32] = &[CAPABILITY_MODE];
const RIGHTS: &[i32] = &[NOT_CAPABLE];
/// Refused before or behind the look at the rights.
const RIGHTS_OR_KIND: &[i32] = &[NOT_CAPABLE, EINVAL, EBADF];

const ROWS: &[Row] = &[
    ("57", "hold-more", &[EBADF]),
    ("62", "map-document-writable", &[NOT_CAPABLE, EACCES]),
    ("67", "more-rights-of-document", &[ENOENT]),
    ("68", "widen-document", RIGHTS),
    ("69", "write-duplicate", RIGHTS),
    ("70", "get-flags-document", RIGHTS),
    ("70", "set-flags-document", RIGHTS),
    ("70", "owner-signals-document", RIGHTS),
    ("70", "ioctl-document", RIGHTS),
    ("71", "write-document", RIGHTS),
    ("71", "write-at-document", RIGHTS),
    ("71", "chmod-document", RIGHTS),
    ("71", "owner-document", RIGHTS),
    ("71", "flags-document", RIGHTS_OR_KIND),
    ("71", "times-document", RIGHTS_OR_KIND),
    ("71", "lock-document", RIGHTS),
    ("71", "shrink-document", RIGHTS),
    ("71", "sync-document", RIGHTS_OR_KIND),
    ("71", "attribute-document", RIGHTS_OR_KIND),
    ("71", "limits-document", RIGHTS),
    ("71", "acl-document", RIGHTS_OR_KIND),
    ("71", "exec-document", RIGHTS_OR_KIND),
    ("71", "map-document-executable", RIGHTS),
    ("72", "shrink-pixels", RIGHTS),
    ("72", "grow-pixels", RIGHTS),
    ("72", "write-behind-pixels", &[EPERM, EFBIG]),
    ("72", "chmod-pixels", RIGHTS),
    ("72", "ioctl-pixels", RIGHTS),
    // `fcntl(2)` asks for no right here (`F_ADD_SEALS` in `kern_descrip.c`): the seals do it.
    ("72", "seal-pixels", &[EPERM]),
    ("72", "map-pixels-executable", RIGHTS),
    ("73", "open-file", MODE),
    ("73", "open-at", MODE),
    ("73", "create-file", MODE),
    ("73", "reopen-document", MODE),
    ("73", "stat-file", MODE),
    ("73", "read-link", MODE),
    ("73", "unlink", MODE),
    ("73", "rename", MODE),
    ("73", "make-directory", MODE),
    ("73", "change-directory", MODE),
    ("73", "fchdir-document", MODE),
    ("73", "change-root", MODE),
    ("74", "open-above", &[NOT_CAPABLE, 20]),
    ("75", "shared-name", MODE),
    ("75", "semaphore-name", MODE),
    ("75", "make-pipe", MODE),
    ("75", "socket-name", &[ENOBUFS, CAPABILITY_MODE]),
    ("77", "environment", &[ENOENT]),
    ("132", "signal-parent", MODE),
    ("132", "signal-all", MODE),
    ("132", "signal-group", MODE),
    (
        "136",
        "socket-internet",
        &[ENOBUFS, CAPABILITY_MODE, EPROTONOSUPPORT, EAFNOSUPPORT],
    ),
    ("136", "channel-address", &[CAPABILITY_MODE, NOT_CAPABLE]),
    (
        "136",
        "bind-channel",
        &[CAPABILITY_MODE, NOT_CAPABLE, EINVAL],
    ),
    ("136", "listen-channel", RIGHTS),
    ("136", "accept-channel", RIGHTS),
    ("136", "shutdown-channel", RIGHTS),
    ("136", "options-channel", RIGHTS),
    ("136", "set-options-channel", RIGHTS),
    ("136", "stat-channel", RIGHTS),
    ("136", "get-flags-channel", RIGHTS),
    ("136", "read-null", RIGHTS),
    ("136", "write-null", RIGHTS),
    ("137", "trace", MODE),
    ("137", "traceable", MODE),
    ("137", "ktrace", MODE),
    ("137", "wait-for-any", MODE),
    ("137", "load-module", MODE),
    ("137", "mount", MODE),
    ("137", "jail-attach", MODE),
    ("137", "signal-thread", MODE),
    ("137", "affinity-of-parent", MODE),
    ("137", "rfork", MODE),
    ("137", "exec-shell", MODE),
    ("137", "set-clock", MODE),
    ("138", "exec-pixels", RIGHTS_OR_KIND),
    ("139", "start-process", &[EAGAIN]),
    ("139", "start-descriptor", &[EAGAIN]),
    ("140", "see-processes", &[EPERM]),
    ("140", "files-of-parent", &[EPERM]),
    ("140", "arguments-of-parent", &[EPERM]),
    ("140", "write-sysctl", &[EPERM]),
    ("50", "become-root", &[EPERM]),
    ("50", "become-group", &[EPERM]),
    ("24", "raise-limit", &[EPERM]),
    ("142", "map-write-execute", &[EACCES]),
    ("142", "make-executable", &[EACCES]),
];

/// What may stay possible, or be refused in one of these ways by some kernels.
const RESIDUAL: &[Row] = &[
    (
        "134",
        "priority-of-parent",
        &[CAPABILITY_MODE, EPERM, EACCES, 3],
    ),
    ("134", "realtime-of-parent", &[CAPABILITY_MODE, EPERM, 3]),
    ("134", "scheduling-of-parent", &[CAPABILITY_MODE, EPERM, 3]),
    ("135", "group-of-parent", &[CAPABILITY_MODE, EPERM, 3]),
    ("135", "session-of-parent", &[CAPABILITY_MODE, EPERM, 3]),
    ("9", "make-thread", &[CAPABILITY_MODE, EAGAIN]),
    ("11", "make-kqueue", &[CAPABILITY_MODE, ENOMEM, EMFILE]),
    (
        "11",
        "make-pipe-pair",
        &[CAPABILITY_MODE, EMFILE, ENOMEM, 23],
    ),
    // The broker never goes by the offset: it reads at the places it names.
    ("60", "seek-document", &[CAPABILITY_MODE, NOT_CAPABLE]),
    (
        "141",
        "read-later",
        &[CAPABILITY_MODE, NOT_CAPABLE, EAGAIN, EOPNOTSUPP],
    ),
    ("141", "make-shared-memory", &[CAPABILITY_MODE, EMFILE]),
    ("141", "make-shared-lock", &[CAPABILITY_MODE, ENOMEM]),
    ("142", "executable-in-two-steps", &[CAPABILITY_MODE, EACCES]),
];

pub(super) fn run(launcher: &mut Launcher, report: &mut Report) {
    for (row, name, errnos) in ROWS {
        let trapped = |outcome| match outcome {
            Outcome::Killed => errnos.iter().any(|errno| is_violation(*errno)),
            Outcome::Refused(errno) => errnos.contains(&errno) && !is_violation(errno),
            _ => false,
        };
        let told = |outcome| matches!(outcome, Outcome::Refused(errno) if errnos.contains(&errno));
        let result = attempt(launcher, &script(name, true), trapped);
        report.row(row, name, result);
        let result = attempt(launcher, &script(name, false), told);
        report.row(row, &format!("{name}, no trap"), result);
    }
    for (row, name, errnos) in RESIDUAL {
        let known = |outcome| match outcome {
            Outcome::Succeeded => true,
            Outcome::Refused(errno) => errnos.contains(&errno),
            _ => false,
        };
        let result = attempt(launcher, &script(name, false), known);
        report.row(row, &format!("residual: {name}"), result);
    }
    for name in names() {
        let listed = ROWS
            .iter()
            .chain(RESIDUAL)
            .any(|(_, listed, _)| *listed == name);
        if !listed {
            report.row("?", name, Err::<String, _>("no row says how it must end"));
        }
    }
    report.skip(
        "93",
        "large document cut off",
        "takes a file that is larger than the largest snapshot, which is not written here",
    );
    report.skip("1-52", "system calls of Linux", "only Linux has them");
}

fn is_violation(errno: i32) -> bool {
    matches!(errno, NOT_CAPABLE | CAPABILITY_MODE)
}

fn script(attempt: &'static str, trap: bool) -> Script {
    let trap = (!trap).then_some(Layer::TrapViolations);
    Script {
        without: trap.into_iter().collect::<Layers>(),
        lock: true,
        attempt,
    }
}
