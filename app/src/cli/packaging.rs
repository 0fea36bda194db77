//! What is installed beside the program is about this program: completions and
//! manual, held against the command line as it is.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use super::arguments::Arguments;
use clap::{Command, CommandFactory};
use clap_complete::Shell;
use std::fs;
use std::path::{Path, PathBuf};

fn asset(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../assets")
        .join(name)
}

/// They are committed, so that nobody who packages has to run what was built for
/// another system. After a change of the command line, write them anew with
/// `PELLUCID_WRITE=1 cargo test -p app completions`.
#[test]
#[cfg(feature = "window")]
fn completions_are_those_of_this_command_line() {
    for (shell, name) in [
        (Shell::Bash, "pellucid.bash"),
        (Shell::Zsh, "_pellucid"),
        (Shell::Fish, "pellucid.fish"),
    ] {
        let mut made = Vec::new();
        clap_complete::generate(shell, &mut Arguments::command(), "pellucid", &mut made);
        let path = asset("completions").join(name);
        if std::env::var_os("PELLUCID_WRITE").is_some() {
            fs::write(&path, &made).unwrap();
        }
        let kept = fs::read(&path).unwrap_or_default();
        assert!(kept == made, "{name} is of another command line");
    }
}

/// Every command and option, as mdoc writes them.
fn names(command: &Command) -> Vec<String> {
    let options = command.get_arguments().filter_map(|argument| {
        let long = argument.get_long()?;
        Some(format!("Fl -{long}")).filter(|_| !argument.is_hide_set())
    });
    let short = command.get_arguments().filter_map(|argument| {
        let long = argument.get_long()?;
        Some(format!("Fl {} , -{long}", argument.get_short()?))
    });
    let mut names: Vec<String> = short.collect();
    let with_short: Vec<String> = command
        .get_arguments()
        .filter(|argument| argument.get_short().is_some())
        .filter_map(|argument| argument.get_long().map(|long| format!("Fl -{long}")))
        .collect();
    names.extend(options.filter(|name| !with_short.contains(name)));
    for below in command.get_subcommands() {
        names.push(format!("Cm {}", below.get_name()));
        names.extend(self::names(below));
    }
    names
}

#[test]
fn manual_names_every_command_and_every_option() {
    let manual = fs::read_to_string(asset("man/pellucid.1")).unwrap();
    let missing: Vec<String> = names(&Arguments::command())
        .into_iter()
        .filter(|name| !manual.contains(name.as_str()))
        .collect();
    assert!(missing.is_empty(), "pellucid.1 says nothing of {missing:?}");
}
