//! Process attributes (`prctl(2)`), each set and asked back.

use std::io;

/// `PR_SET_MDWE` (Linux 6.3).
const PR_SET_MDWE: libc::c_int = 65;
/// Memory that was ever writable cannot become executable.
const PR_MDWE_REFUSE_EXEC_GAIN: libc::c_ulong = 1;
/// `PR_SET_SPECULATION_CTRL`, and what is set with it.
const PR_SET_SPECULATION_CTRL: libc::c_int = 53;
const PR_SPEC_STORE_BYPASS: libc::c_ulong = 0;
const PR_SPEC_INDIRECT_BRANCH: libc::c_ulong = 1;
const PR_SPEC_FORCE_DISABLE: libc::c_ulong = 1 << 3;

fn prctl(option: libc::c_int, argument: libc::c_ulong, second: libc::c_ulong) -> io::Result<i64> {
    // SAFETY: every option used in this file takes numbers, no pointers; the
    // unused arguments are zero as the kernel demands.
    let result = unsafe { libc::prctl(option, argument, second, 0_u64, 0_u64) };
    super::check(result.into())
}

/// exec can never give more privileges.
pub(crate) fn set_no_new_privs() -> io::Result<()> {
    prctl(libc::PR_SET_NO_NEW_PRIVS, 1, 0)?;
    ensure(prctl(libc::PR_GET_NO_NEW_PRIVS, 0, 0)? == 1)
}

/// No core dump, no tracing; files under `/proc` belong to root. exec undoes it.
pub(crate) fn set_not_dumpable() -> io::Result<()> {
    prctl(libc::PR_SET_DUMPABLE, 0, 0)?;
    ensure(prctl(libc::PR_GET_DUMPABLE, 0, 0)? == 0)
}

/// SIGKILL when the thread that made this process ends. Async-signal-safe.
pub(crate) fn set_parent_death() -> io::Result<()> {
    prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL as libc::c_ulong, 0).map(drop)
}

/// Memory that was writable can never be executed; `false` before Linux 6.3.
pub(crate) fn set_no_exec_gain() -> bool {
    prctl(PR_SET_MDWE, PR_MDWE_REFUSE_EXEC_GAIN, 0).is_ok()
}

/// Switches off speculation that leaks; `false` where the processor or the
/// kernel offers no switch (in most virtual machines).
pub(crate) fn set_no_speculation() -> bool {
    let bypass = prctl(
        PR_SET_SPECULATION_CTRL,
        PR_SPEC_STORE_BYPASS,
        PR_SPEC_FORCE_DISABLE,
    );
    let branch = prctl(
        PR_SET_SPECULATION_CTRL,
        PR_SPEC_INDIRECT_BRANCH,
        PR_SPEC_FORCE_DISABLE,
    );
    bypass.is_ok() && branch.is_ok()
}

/// Takes a capability out of what any later exec could give. Async-signal-safe.
pub(crate) fn drop_bounding(capability: libc::c_ulong) -> io::Result<()> {
    prctl(libc::PR_CAPBSET_DROP, capability, 0).map(drop)
}

fn ensure(holds: bool) -> io::Result<()> {
    if holds {
        Ok(())
    } else {
        Err(io::Error::other("the attribute did not stay set"))
    }
}
