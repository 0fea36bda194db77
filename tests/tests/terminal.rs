//! The command line on a terminal: a password that is typed, and interrupting.

#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on has failed"
)]

use nix::pty::{Winsize, openpty};
use nix::sys::signal::{Signal, kill};
use nix::sys::termios::{LocalFlags, tcgetattr};
use nix::unistd::Pid;
use std::fs::{self, File};
use std::io::{Read, Write};
use std::os::fd::OwnedFd;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;
use tests::card::{Card, RATE, tone, write_wav};
use tests::process::{Process, children};
use tests::{eventually, file, program, sample};

/// Long enough for every machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// Control-C and Control-D, as a keyboard sends them.
const INTERRUPT: &str = "\x03";
const END: &str = "\x04";

/// `pellucid` on a terminal of its own, which is standard error and the
/// keyboard; standard output is a pipe.
struct Terminal {
    child: Child,
    keyboard: File,
    /// The program's side, to look at how it is set.
    line: OwnedFd,
    screen: Arc<Mutex<String>>,
    watcher: thread::JoinHandle<()>,
    printed: thread::JoinHandle<String>,
}

impl Terminal {
    fn start(arguments: &[&str]) -> Self {
        Self::start_with(arguments, &[])
    }

    fn start_with(arguments: &[&str], variables: &[(&str, &str)]) -> Self {
        let size = Winsize {
            ws_row: 25,
            ws_col: 80,
            ws_xpixel: 0,
            ws_ypixel: 0,
        };
        let pair = openpty(&size, None).unwrap();
        let side = || Stdio::from(pair.slave.try_clone().unwrap());
        // A session of its own, with this terminal as the one that controls it.
        let mut child = Command::new("setsid")
            .args(["--ctty", "--wait"])
            .arg(program("pellucid"))
            .args(arguments)
            .envs(variables.iter().copied())
            .stdin(side())
            .stderr(side())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut output = child.stdout.take().unwrap();
        let printed = thread::spawn(move || {
            let mut text = String::new();
            output.read_to_string(&mut text).unwrap();
            text
        });
        let screen = Arc::new(Mutex::new(String::new()));
        let (mut reader, written) = (
            File::from(pair.master.try_clone().unwrap()),
            Arc::clone(&screen),
        );
        let watcher = thread::spawn(move || {
            let mut bytes = [0; 1024];
            while let Ok(count @ 1..) = reader.read(&mut bytes) {
                written
                    .lock()
                    .unwrap()
                    .push_str(&String::from_utf8_lossy(&bytes[..count]));
            }
        });
        Self {
            child,
            keyboard: File::from(pair.master),
            line: pair.slave,
            screen,
            watcher,
            printed,
        }
    }

    fn screen(&self) -> String {
        self.screen.lock().unwrap().clone()
    }

    /// Waits until something stands on the screen.
    fn shows(&self, words: &str) {
        let seen = eventually(PATIENCE, || self.screen().contains(words));
        assert!(seen, "{words:?} is not in {:?}", self.screen());
    }

    fn types(&mut self, keys: &str) {
        self.keyboard.write_all(keys.as_bytes()).unwrap();
    }

    fn echoes(&self) -> bool {
        let set = tcgetattr(&self.line).unwrap();
        set.local_flags.contains(LocalFlags::ECHO)
    }

    /// Exit code, what was printed, and what stood on the screen.
    fn end(mut self) -> (i32, String, String) {
        assert!(
            eventually(PATIENCE, || self.child.try_wait().unwrap().is_some()),
            "it does not end: {:?}",
            self.screen()
        );
        let code = self.child.wait().unwrap().code().unwrap_or(-1);
        assert!(self.echoes(), "the terminal is left without echo");
        // What was written last is read when nobody holds the other side any more.
        drop(self.line);
        self.watcher.join().unwrap();
        let screen = self.screen.lock().unwrap().clone();
        (code, self.printed.join().unwrap(), screen)
    }
}

fn path(path: &Path) -> &str {
    path.to_str().unwrap()
}

#[test]
fn password_is_typed_without_being_shown() {
    let encrypted = file("encrypted.pdf");
    let mut terminal = Terminal::start(&["info", path(&encrypted)]);
    terminal.shows("Password for ");
    assert!(!terminal.echoes());
    terminal.types("open sesame\n");
    let (code, printed, screen) = terminal.end();
    assert_eq!(code, 0, "{screen}");
    assert!(
        printed.contains("A small") || printed.contains("Pellucid"),
        "{printed}"
    );
    assert!(!screen.contains("sesame"), "{screen:?}");
}

#[test]
fn mistyped_password_is_asked_for_again_three_times_in_all() {
    let encrypted = file("encrypted.pdf");
    let mut terminal = Terminal::start(&["info", path(&encrypted)]);
    terminal.shows("Password for ");
    terminal.types("no\n");
    terminal.shows("The password is wrong. Password for ");
    terminal.types("open sesame\n");
    assert_eq!(terminal.end().0, 0);

    let mut terminal = Terminal::start(&["info", path(&encrypted)]);
    for asked in 1..=3 {
        let times = |terminal: &Terminal| terminal.screen().matches("Password for ").count();
        assert!(eventually(PATIENCE, || times(&terminal) == asked));
        terminal.types("no\n");
    }
    let (code, printed, screen) = terminal.end();
    assert_eq!((code, printed.as_str()), (5, ""));
    assert!(screen.contains("the password is wrong"), "{screen:?}");
}

#[test]
fn interrupting_the_question_ends_at_once_and_gives_the_echo_back() {
    let encrypted = file("encrypted.pdf");
    let mut terminal = Terminal::start(&["info", path(&encrypted)]);
    terminal.shows("Password for ");
    terminal.types(INTERRUPT);
    let (code, _, screen) = terminal.end();
    assert_eq!(code, 130, "{screen:?}");
}

#[test]
fn no_answer_is_no_password() {
    let encrypted = file("encrypted.pdf");
    let mut terminal = Terminal::start(&["info", path(&encrypted)]);
    terminal.shows("Password for ");
    terminal.types(END);
    let (code, _, screen) = terminal.end();
    assert_eq!(code, 5, "{screen:?}");
    assert!(screen.contains("a password is needed"), "{screen:?}");
}

#[test]
fn terminal_is_no_document_and_no_place_for_a_picture() {
    let terminal = Terminal::start(&["info", "-"]);
    let (code, _, screen) = terminal.end();
    assert_eq!(code, 2, "{screen:?}");
    assert!(screen.contains("is a terminal"), "{screen:?}");
    // Opening it by its name must not make it ours either, nor wait.
    let terminal = Terminal::start(&["info", "/dev/tty"]);
    let (code, _, screen) = terminal.end();
    assert_eq!(code, 2, "{screen:?}");
    assert!(screen.contains("/dev/tty: is a device"), "{screen:?}");
}

#[test]
fn interrupted_rendering_leaves_no_file_half_written() {
    let folder = tempfile::tempdir().unwrap();
    let template = folder.path().join("%d.png");
    let page = sample("sample.pdf");
    // Pages large enough that it takes a while.
    let arguments = [
        "render",
        path(&page),
        "--dpi",
        "2000",
        "-o",
        path(&template),
    ];
    let mut terminal = Terminal::start(&arguments);
    let began = eventually(PATIENCE, || {
        fs::read_dir(folder.path()).unwrap().count() > 0
    });
    assert!(began, "{:?}", terminal.screen());
    terminal.types(INTERRUPT);
    let (code, _, screen) = terminal.end();
    assert_eq!(code, 130, "{screen:?}");
    for entry in fs::read_dir(folder.path()).unwrap() {
        let entry = entry.unwrap().path();
        let bytes = fs::read(&entry).unwrap();
        assert!(bytes.ends_with(b"IEND\xaeB`\x82"), "{}", entry.display());
        assert!(!path(&entry).contains(".pellucid-"), "{}", entry.display());
    }
}

#[test]
fn progress_is_shown_on_a_terminal_and_wiped_away() {
    let folder = tempfile::tempdir().unwrap();
    let template = folder.path().join("%d.png");
    let page = sample("sample.pdf");
    let arguments = [
        "render",
        path(&page),
        "--dpi",
        "1200",
        "-o",
        path(&template),
    ];
    let terminal = Terminal::start(&arguments);
    let (code, _, screen) = terminal.end();
    assert_eq!(code, 0, "{screen:?}");
    // A machine that draws them at once has nothing to show.
    if !screen.is_empty() {
        assert!(
            screen.contains("page 0 of 3") || screen.contains("page 1 of 3"),
            "{screen:?}"
        );
        assert!(screen.ends_with("\r\x1b[K"), "{screen:?}");
    }
}

#[test]
fn sound_whose_renderer_dies_before_it_is_heard_costs_itself_alone() {
    let Some(card) = Card::new() else {
        return;
    };
    for (name, seconds) in [("one.wav", 6), ("two.wav", 2), ("three.wav", 1)] {
        write_wav(&card.path(name), &tone(0..seconds * RATE));
    }
    let files = ["one.wav", "two.wav", "three.wav"].map(|name| card.path(name));
    let [one, two, three] = files.each_ref().map(|file| path(file));
    let config = card.path("asound.conf");
    let variables = [("ALSA_CONFIG_PATH", path(&config))];
    let mut terminal = Terminal::start_with(&["play", one, two, three], &variables);
    terminal.shows("0:01 / ");
    let pellucid = i32::try_from(terminal.child.id()).unwrap();
    let renderers = || -> Vec<i32> {
        // What plays is started by ALSA, in a shell.
        let started = children(pellucid).into_iter().flat_map(children);
        let name = |pid: &i32| Process::new(*pid).status().field("Name:").to_owned();
        started
            .filter(|pid| name(pid) == "pellucid-render")
            .collect()
    };
    assert!(eventually(PATIENCE, || renderers().len() == 3));
    // All but the first: that of the second file, and the one that waits.
    let mut others = renderers();
    others.sort_unstable();
    for other in &others[1..] {
        kill(Pid::from_raw(*other), Signal::SIGKILL).unwrap();
    }
    let ends = eventually(PATIENCE, || terminal.child.try_wait().unwrap().is_some());
    assert!(ends, "the third is never played");
    let (code, _, screen) = terminal.end();
    let told = screen.rsplit('\r').find(|line| line.contains("two.wav: "));
    let told = told.unwrap_or("nothing is told");
    assert!(told.contains("its renderer"), "{told}");
    assert_eq!(code, 8, "{told}");
    // The first is heard to its end, and so is the third.
    let heard = card.played().len();
    assert!(heard >= 7 * RATE as usize, "{heard} frames");
}
