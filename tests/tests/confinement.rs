//! Every attempt of a renderer that was taken over, one test each, by the real
//! launcher and the real confinement.
//!
//! - `serving …`: behind every wall. The process dies.
//! - `starting …`: before the last wall. What starting needs is allowed.
//! - `without Landlock …`: the filter alone. The process still dies.
//! - `without seccomp …`: what namespaces, limits and Landlock then still hold.

use std::process::ExitCode;

#[cfg(not(target_os = "linux"))]
fn main() -> ExitCode {
    println!("skipped: these attempts are Linux system calls");
    println!("0 passed, 0 failed, 1 skipped");
    ExitCode::SUCCESS
}

#[cfg(target_os = "linux")]
fn main() -> ExitCode {
    linux::main()
}

#[cfg(target_os = "linux")]
mod linux {
    use capmode::posture::Layer;
    use capmode::probe::Outcome;
    use capmode::probe::scripted::{Script, names, run};
    use capmode::{Launcher, Layers};
    use libtest_mimic::{Arguments, Failed, Trial};
    use std::process::ExitCode;
    use std::sync::{Arc, Mutex};

    const ENOENT: i32 = 2;
    const ESRCH: i32 = 3;
    const EBADF: i32 = 9;
    const EACCES: i32 = 13;
    const EFAULT: i32 = 14;
    const EINVAL: i32 = 22;
    const EPERM: i32 = 1;
    const EFBIG: i32 = 27;
    const ENOSYS: i32 = 38;

    /// The one attempt that must not kill: a C library may try it.
    const UNKNOWN: &str = "unknown-number";

    /// What starting needs and the last wall takes away, and what it gives with
    /// the attempt's arguments.
    const STARTING: &[(&str, Outcome)] = &[
        ("new-thread", Outcome::Refused(ENOSYS)),
        ("map-pixels", Outcome::Succeeded),
        ("map-document", Outcome::Succeeded),
        ("map-document-writable", Outcome::Refused(EACCES)),
        ("seek-document", Outcome::Succeeded),
        ("seals-document", Outcome::Succeeded),
        ("prctl-name", Outcome::Refused(EFAULT)),
        ("rseq", Outcome::Refused(EINVAL)),
        ("seccomp-filter", Outcome::Refused(EFAULT)),
    ];

    /// What the other layers answer when there is no filter at all.
    const WITHOUT_SECCOMP: &[(&str, &[i32])] = &[
        ("open-file", &[ENOENT, EACCES]),
        ("open-directory", &[EACCES]),
        ("create-file", &[ENOENT, EACCES]),
        ("reopen-document", &[ENOENT, EACCES]),
        ("stat-file", &[ENOENT]),
        ("change-root", &[EPERM, EACCES]),
        ("mount", &[EPERM]),
        ("exec-document", &[EACCES]),
        ("exec-shell", &[ENOENT, EACCES]),
        ("user-namespace", &[EPERM]),
        ("signal-all", &[ESRCH, EPERM]),
        ("signal-other", &[ESRCH, EPERM]),
        ("trace", &[ESRCH, EPERM]),
        ("make-executable", &[EACCES]),
        ("shrink-pixels", &[EPERM]),
        ("grow-pixels", &[EPERM, EFBIG]),
        ("write-document", &[EBADF]),
        ("map-document-writable", &[EACCES, EPERM]),
        ("map-write-execute", &[EACCES]),
        ("setns", &[EINVAL, EPERM]),
        ("umount2", &[EPERM, EFAULT]),
        ("pivot_root", &[EPERM, EFAULT]),
        ("setuid", &[EPERM, EINVAL]),
        ("sethostname", &[EPERM]),
        ("settimeofday", &[EPERM, EFAULT]),
        ("swapon", &[EPERM]),
        ("init_module", &[EPERM, ENOSYS]),
        ("reboot-nothing", &[EPERM, EINVAL]),
    ];

    type Shared = Arc<Mutex<Launcher>>;

    pub(super) fn main() -> ExitCode {
        let arguments = Arguments::from_args();
        let hostile = tests::program("hostile-renderer");
        let launcher = Launcher::start(&hostile, &hostile);
        let bare = Launcher::start_without_filter(&hostile, &hostile);
        match (launcher, bare) {
            (Ok(launcher), Ok(bare)) => {
                let shared = |launcher| Arc::new(Mutex::new(launcher));
                libtest_mimic::run(&arguments, trials(&shared(launcher), &shared(bare))).exit_code()
            }
            (launcher, bare) => {
                println!(
                    "the launcher does not start: {:?} {:?}",
                    launcher.err(),
                    bare.err()
                );
                ExitCode::FAILURE
            }
        }
    }

    fn trials(launcher: &Shared, bare: &Shared) -> Vec<Trial> {
        let none = Layers::default();
        let landlock: Layers = std::iter::once(Layer::Landlock).collect();
        let seccomp: Layers = std::iter::once(Layer::SeccompStart).collect();
        let mut trials = Vec::new();
        for attempt in names() {
            let killed = |name| {
                if name == UNKNOWN {
                    Outcome::Refused(ENOSYS)
                } else {
                    Outcome::Killed
                }
            };
            let serving = Script {
                without: none,
                lock: true,
                attempt,
            };
            trials.push(trial("serving", launcher, serving, vec![killed(attempt)]));
            let alone = Script {
                without: landlock,
                lock: true,
                attempt,
            };
            trials.push(trial(
                "without Landlock",
                launcher,
                alone,
                vec![killed(attempt)],
            ));
            // It would go on as two threads on one stack.
            if attempt != "clone-thread" {
                let starting = Script {
                    without: none,
                    lock: false,
                    attempt,
                };
                let allowed = STARTING.iter().find(|(name, _)| *name == attempt);
                let expected = allowed.map_or(killed(attempt), |(_, outcome)| *outcome);
                trials.push(trial("starting", launcher, starting, vec![expected]));
            }
        }
        for (attempt, errnos) in WITHOUT_SECCOMP {
            let script = Script {
                without: seccomp,
                lock: false,
                attempt,
            };
            let expected = errnos
                .iter()
                .map(|errno| Outcome::Refused(*errno))
                .collect();
            trials.push(trial("without seccomp", bare, script, expected));
        }
        trials
    }

    fn trial(stage: &str, launcher: &Shared, script: Script, expected: Vec<Outcome>) -> Trial {
        let launcher = Arc::clone(launcher);
        Trial::test(format!("{stage}: {}", script.attempt), move || {
            let mut launcher = launcher
                .lock()
                .map_err(|_| Failed::from("the launcher is lost"))?;
            let outcome =
                run(&mut launcher, &script).map_err(|error| Failed::from(error.to_string()))?;
            if expected.contains(&outcome) {
                return Ok(());
            }
            Err(format!("{outcome:?}, where one of {expected:?} must happen").into())
        })
    }
}
