//! `pellucid-renderer`: the launcher, one confined renderer, or a probe. Never
//! started by people.

use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: capmode::abort::Allocator = capmode::abort::Allocator;

fn main() -> ExitCode {
    match capmode::role() {
        Some(capmode::Role::Launcher) => capmode::launcher_main(),
        Some(capmode::Role::Renderer) => renderer_sandbox::main(),
        Some(capmode::Role::Probe) => capmode::probe::main(),
        None => {
            eprintln!(
                "pellucid-renderer is started by pellucid, not by people; see pellucid --help"
            );
            ExitCode::FAILURE
        }
    }
}
