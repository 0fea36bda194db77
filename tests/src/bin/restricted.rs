//! Runs a program on a system that lacks something: `restricted WHAT,… PROGRAM ARGUMENTS`.
//!
//! An outer seccomp filter makes the calls fail as they would on such a system:
//! `userns` (user namespaces refused), `landlock` (not in the kernel), `seccomp`
//! (no filters at all).

use std::process::ExitCode;

#[cfg(target_os = "linux")]
fn main() -> ExitCode {
    use std::os::unix::process::CommandExt;
    let arguments: Vec<String> = std::env::args().collect();
    let [_, lacks, program, rest @ ..] = arguments.as_slice() else {
        eprintln!("usage: restricted WHAT,… PROGRAM ARGUMENTS");
        return ExitCode::FAILURE;
    };
    for lack in lacks.split(',') {
        if let Err(error) = linux::take_away(lack) {
            eprintln!("restricted: {lack}: {error}");
            return ExitCode::FAILURE;
        }
    }
    let error = std::process::Command::new(program).args(rest).exec();
    eprintln!("restricted: {program}: {error}");
    ExitCode::FAILURE
}

#[cfg(not(target_os = "linux"))]
fn main() -> ExitCode {
    eprintln!("restricted: only Linux has such filters");
    ExitCode::FAILURE
}

#[cfg(target_os = "linux")]
mod linux {
    use seccompiler::SeccompCmpOp::MaskedEq;
    use seccompiler::{
        BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCondition, SeccompFilter, SeccompRule,
        TargetArch, apply_filter,
    };
    use std::collections::BTreeMap;
    use std::error::Error;

    const NEW_USER: u64 = 0x1000_0000;
    const EPERM: u32 = 1;
    const EINVAL: u32 = 22;
    const ENOSYS: u32 = 38;

    // Numbers of calls on both architectures that are built.
    #[cfg(target_arch = "x86_64")]
    mod nr {
        pub(super) const CLONE: i64 = 56;
        pub(super) const UNSHARE: i64 = 272;
        pub(super) const SECCOMP: i64 = 317;
    }
    #[cfg(target_arch = "aarch64")]
    mod nr {
        pub(super) const CLONE: i64 = 220;
        pub(super) const UNSHARE: i64 = 97;
        pub(super) const SECCOMP: i64 = 277;
    }
    const LANDLOCK_CREATE_RULESET: i64 = 444;

    pub(super) fn take_away(what: &str) -> Result<(), Box<dyn Error>> {
        let (rules, errno): (Vec<(i64, Vec<SeccompRule>)>, u32) = match what {
            "userns" => {
                let asks = SeccompCondition::new(
                    0,
                    SeccompCmpArgLen::Qword,
                    MaskedEq(NEW_USER),
                    NEW_USER,
                )?;
                let rule = vec![SeccompRule::new(vec![asks])?];
                (vec![(nr::CLONE, rule.clone()), (nr::UNSHARE, rule)], EPERM)
            }
            "landlock" => (vec![(LANDLOCK_CREATE_RULESET, Vec::new())], ENOSYS),
            "seccomp" => (vec![(nr::SECCOMP, Vec::new())], EINVAL),
            other => return Err(format!("nobody knows how to take {other} away").into()),
        };
        let rules: BTreeMap<_, _> = rules.into_iter().collect();
        let arch = TargetArch::try_from(std::env::consts::ARCH)?;
        let filter = SeccompFilter::new(
            rules,
            SeccompAction::Allow,
            SeccompAction::Errno(errno),
            arch,
        )?;
        let program: BpfProgram = filter.try_into()?;
        Ok(apply_filter(&program)?)
    }
}
