//! `pellucid-renderer`: the launcher, or one confined renderer. Never started
//! by people.

use std::process::ExitCode;

fn main() -> ExitCode {
    match capmode::role() {
        Some(capmode::Role::Launcher) => capmode::launcher_main(),
        Some(capmode::Role::Probe) => capmode::probe::main(),
        Some(capmode::Role::Renderer) => renderer_sandbox::main(),
        None => {
            eprintln!(
                "pellucid-renderer is started by pellucid, not by people; see pellucid --help"
            );
            ExitCode::FAILURE
        }
    }
}
