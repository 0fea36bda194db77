//! A screen without a monitor (Xvfb), what is on it, and hands for its keyboard.

use crate::process::Process;
use crate::{eventually, program};
use std::fs::{self, File};
use std::io::{Read, Seek, SeekFrom};
use std::os::fd::{AsRawFd, OwnedFd};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;
use tempfile::TempDir;

/// Longest wait for anything to be seen: machines that test are slow.
const PATIENCE: Duration = Duration::from_secs(30);

/// How often keys are pressed of which nothing comes.
const TRIES: u32 = 3;

/// Longest wait for what was killed.
const LAST_WAIT: Duration = Duration::from_secs(10);

/// Width and height of the screen, in pixels.
const SIZE: (usize, usize) = (1280, 1024);

/// Red, green, blue.
pub type Color = [u8; 3];

/// A screen, and a home for what runs on it.
pub struct Screen {
    server: Child,
    display: String,
    memory: PathBuf,
    home: TempDir,
}

/// What a test needs and is not there.
#[must_use]
pub fn missing() -> Option<&'static str> {
    ["Xvfb", "xdotool"]
        .into_iter()
        .find(|name| !is_installed(name))
}

/// Whether a program can be found.
#[must_use]
pub fn is_installed(name: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.join(name).is_file())
}

#[expect(clippy::expect_used, reason = "a test that cannot run has failed")]
impl Screen {
    /// Starts one; `None` when what it needs is not installed, which is said.
    ///
    /// # Panics
    ///
    /// When it does not start.
    #[must_use]
    pub fn start() -> Option<Self> {
        if let Some(missing) = missing() {
            eprintln!("skipped: {missing} is not installed");
            return None;
        }
        let home = tempfile::tempdir().expect("a folder can be made");
        let (read, write) = std::io::pipe().expect("a pipe can be made");
        let write = OwnedFd::from(write);
        // The server says on this descriptor which display it took.
        let number = inheritable(&write);
        let server = Command::new("Xvfb")
            .args([
                "-displayfd",
                &number,
                "-nolisten",
                "tcp",
                "-noreset",
                "-fbdir",
            ])
            .arg(home.path())
            .args(["-screen", "0", &format!("{}x{}x24", SIZE.0, SIZE.1)])
            .stderr(Stdio::null())
            .spawn()
            .expect("Xvfb starts");
        drop(write);
        let mut said = String::new();
        let mut read = read;
        let mut byte = [0];
        while !said.ends_with('\n') && read.read(&mut byte).expect("Xvfb says its display") == 1 {
            said.push(char::from(byte[0]));
        }
        let display = format!(":{}", said.trim());
        let memory = home.path().join("Xvfb_screen0");
        Some(Self {
            server,
            display,
            memory,
            home,
        })
    }

    /// Starts `pellucid` on it.
    ///
    /// # Panics
    ///
    /// When it cannot be started.
    #[must_use]
    pub fn pellucid(&self, arguments: &[&Path], variables: &[(&str, &str)]) -> Viewer {
        let mut command = self.command(&program("pellucid"));
        command.args(arguments).envs(variables.iter().copied());
        Viewer {
            child: command.spawn().expect("pellucid starts"),
            screen: self.display.clone(),
        }
    }

    /// A program that uses this screen and this home.
    #[must_use]
    pub fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command
            .env("DISPLAY", &self.display)
            .env("HOME", self.home.path())
            .env("XDG_RUNTIME_DIR", self.home.path())
            .env_remove("WAYLAND_DISPLAY")
            .env_remove("XDG_STATE_HOME")
            .env_remove("XDG_CONFIG_HOME")
            .stdin(Stdio::null());
        command
    }

    /// Its name, as in `DISPLAY`.
    #[must_use]
    pub fn display(&self) -> &str {
        &self.display
    }

    /// A folder of this screen's own.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.home.path()
    }

    /// All pixels, rows top to bottom.
    ///
    /// # Panics
    ///
    /// When the server's memory cannot be read.
    #[must_use]
    pub fn pixels(&self) -> Vec<Color> {
        let mut file = File::open(&self.memory).expect("the screen's memory is a file");
        let bytes = SIZE.0 * SIZE.1 * 4;
        file.seek(SeekFrom::End(
            -i64::try_from(bytes).expect("a screen is small"),
        ))
        .expect("the screen has its size");
        let mut memory = vec![0; bytes];
        file.read_exact(&mut memory)
            .expect("the screen has its size");
        let (pixels, _) = memory.as_chunks::<4>();
        pixels
            .iter()
            .map(|[blue, green, red, _]| [*red, *green, *blue])
            .collect()
    }

    /// A row of [`Self::pixels`].
    #[must_use]
    pub fn width() -> usize {
        SIZE.0
    }

    /// Pixels of this colour, as far as a profile may change it.
    #[must_use]
    pub fn count(&self, color: Color) -> usize {
        let near = |pixel: &&Color| pixel.iter().zip(color).all(|(a, b)| a.abs_diff(b) <= 3);
        self.pixels().iter().filter(near).count()
    }

    /// Waits until a large part of the screen has this colour.
    #[must_use]
    pub fn shows(&self, color: Color) -> bool {
        eventually(PATIENCE, || self.count(color) > 20_000)
    }

    /// Waits until the screen has hardly anything of this colour.
    #[must_use]
    pub fn hides(&self, color: Color) -> bool {
        eventually(PATIENCE, || self.count(color) < 200)
    }

    /// Presses keys, by the names of xdotool.
    ///
    /// # Panics
    ///
    /// When it cannot.
    pub fn press(&self, keys: &[&str]) {
        // Without a window manager nobody gives the window the keyboard.
        self.xdotool(&[
            "search",
            "--sync",
            "--onlyvisible",
            "--name",
            "Pellucid",
            "windowfocus",
            "--sync",
        ]);
        self.xdotool(&[&["key", "--delay", "40"], keys].concat());
    }

    /// Presses keys, and once more when nothing comes of it: a window that is not ready
    /// for them yet leaves them. Whether `holds` came to hold.
    #[must_use]
    pub fn press_until(&self, keys: &[&str], mut holds: impl FnMut() -> bool) -> bool {
        (0..TRIES).any(|_| {
            self.press(keys);
            eventually(PATIENCE / TRIES, &mut holds)
        })
    }

    /// Types letters.
    ///
    /// # Panics
    ///
    /// When it cannot.
    pub fn write(&self, letters: &str) {
        self.xdotool(&["type", "--delay", "40", letters]);
    }

    /// Moves the pointer and turns the wheel (4 up, 5 down) or clicks (1).
    ///
    /// # Panics
    ///
    /// When it cannot.
    pub fn click(&self, x: u32, y: u32, button: u32, times: u32) {
        self.xdotool(&["mousemove", &x.to_string(), &y.to_string()]);
        let (button, times) = (button.to_string(), times.to_string());
        self.xdotool(&["click", "--repeat", &times, "--delay", "30", &button]);
    }

    /// Clicks with shift held.
    ///
    /// # Panics
    ///
    /// When it cannot.
    pub fn shift_click(&self, x: u32, y: u32) {
        let (x, y) = (x.to_string(), y.to_string());
        self.xdotool(&["mousemove", &x, &y, "keydown", "shift", "sleep", "0.2"]);
        self.xdotool(&["click", "1", "sleep", "0.2", "keyup", "shift"]);
    }

    /// Presses the first button at one place, and lets it go at another.
    ///
    /// # Panics
    ///
    /// When it cannot.
    pub fn drag(&self, from: (u32, u32), to: (u32, u32)) {
        let place = |(x, y): (u32, u32)| [x.to_string(), y.to_string()];
        let [(x, y), half, end] = [
            from,
            (u32::midpoint(from.0, to.0), u32::midpoint(from.1, to.1)),
            to,
        ];
        self.xdotool(&[
            "mousemove",
            &x.to_string(),
            &y.to_string(),
            "mousedown",
            "1",
        ]);
        for stop in [half, end] {
            let [x, y] = place(stop);
            self.xdotool(&["sleep", "0.1", "mousemove", &x, &y]);
        }
        self.xdotool(&["sleep", "0.1", "mouseup", "1"]);
    }

    /// Whether a window manager has taken over.
    ///
    /// # Panics
    ///
    /// When it cannot be asked.
    #[must_use]
    pub fn is_managed(&self) -> bool {
        let mut asking = self.command(Path::new("xdotool"));
        let asking = asking.arg("get_num_desktops").stderr(Stdio::null());
        asking.output().expect("xdotool starts").status.success()
    }

    /// What is in the clipboard.
    ///
    /// # Panics
    ///
    /// When it cannot be asked.
    #[must_use]
    pub fn clipboard(&self) -> String {
        self.selection("clipboard")
    }

    /// What is selected ("primary"), or in the clipboard.
    ///
    /// # Panics
    ///
    /// When it cannot be asked.
    #[must_use]
    pub fn selection(&self, name: &str) -> String {
        let output = self
            .command(Path::new("xclip"))
            .args(["-out", "-selection", name])
            .output()
            .expect("xclip starts");
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    fn xdotool(&self, arguments: &[&str]) {
        let done = self
            .command(Path::new("xdotool"))
            .args(arguments)
            .stdout(Stdio::null())
            .status();
        assert!(
            done.expect("xdotool starts").success(),
            "xdotool {arguments:?}"
        );
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

/// Lets a child have a descriptor; its number there.
fn inheritable(descriptor: &OwnedFd) -> String {
    let flags = nix::fcntl::FdFlag::empty();
    // Should this fail, the server says so.
    let _ = nix::fcntl::fcntl(descriptor, nix::fcntl::FcntlArg::F_SETFD(flags));
    descriptor.as_raw_fd().to_string()
}

/// A running `pellucid` with its window.
pub struct Viewer {
    child: Child,
    screen: String,
}

#[expect(clippy::expect_used, reason = "a test that cannot run has failed")]
impl Viewer {
    /// Processes that it started, and those that they started.
    #[must_use]
    pub fn descendants(&self) -> Vec<i32> {
        let parents: Vec<(i32, i32)> = processes();
        let mut found = vec![i32::try_from(self.child.id()).expect("a pid is small")];
        let mut next = 0;
        while let Some(parent) = found.get(next).copied() {
            found.extend(
                parents
                    .iter()
                    .filter(|(_, of)| *of == parent)
                    .map(|(pid, _)| *pid),
            );
            next += 1;
        }
        found.remove(0);
        found
    }

    /// Renderers: what the launcher started.
    #[must_use]
    pub fn renderers(&self) -> Vec<i32> {
        let launchers = processes_of(i32::try_from(self.child.id()).expect("small"));
        launchers.into_iter().flat_map(processes_of).collect()
    }

    /// Waits until it uses no more CPU time than so many ticks of the clock in so long.
    #[must_use]
    pub fn rests(&self, span: Duration, ticks: u64) -> bool {
        let process = Process::new(i32::try_from(self.child.id()).expect("a pid is small"));
        eventually(PATIENCE, || {
            let before = process.ticks();
            std::thread::sleep(span);
            process.ticks() - before <= ticks
        })
    }

    /// Waits for its end.
    #[must_use]
    pub fn ends(&mut self) -> Option<ExitStatus> {
        let mut status = None;
        let _ = eventually(PATIENCE, || {
            status = self.child.try_wait().expect("it is a child");
            status.is_some()
        });
        status
    }

    /// The display it is on.
    #[must_use]
    pub fn display(&self) -> &str {
        &self.screen
    }
}

impl Drop for Viewer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        // One that a file system holds ends when that answers.
        let _ = eventually(LAST_WAIT, || !matches!(self.child.try_wait(), Ok(None)));
    }
}

/// Processes that a process has started.
#[must_use]
pub fn processes_of(parent: i32) -> Vec<i32> {
    let of_parent = processes().into_iter().filter(|(_, of)| *of == parent);
    of_parent.map(|(pid, _)| pid).collect()
}

/// Every process with its parent.
fn processes() -> Vec<(i32, i32)> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    let pids = entries.filter_map(|entry| entry.file_name().to_str()?.parse::<i32>().ok());
    pids.filter_map(|pid| {
        let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
        let mut fields = stat.rsplit(')').next()?.split_whitespace();
        let state = fields.next()?;
        let parent = fields.next()?.parse().ok()?;
        (state != "Z").then_some((pid, parent))
    })
    .collect()
}

/// A PDF with a page for each colour, 400 by 300 points, all of it in that colour.
#[must_use]
pub fn colored_pages(colors: &[Color]) -> Vec<u8> {
    let fills: Vec<String> = colors.iter().map(fill).collect();
    crate::pdf::document(&fills, &[], "")
}

/// Three such pages with black words on them. The second holds `needle`. The
/// whole first page is a link to the third, above its words, which stand at its
/// left from 100 to 140 points below the top; its outline leads there, too.
#[must_use]
pub fn readable_pages(colors: [Color; 3]) -> Vec<u8> {
    let words = [
        "Some words to take along",
        "a needle in the hay",
        "the last page",
    ];
    let pages: Vec<String> = colors
        .iter()
        .zip(words)
        .map(|(color, words)| {
            let fill = fill(color);
            format!("{fill} 0 g BT /F 32 Tf 10 165 Td ({words}) Tj ET")
        })
        .collect();
    let third = crate::pdf::page_number(2);
    let link =
        format!("<< /Type /Annot /Subtype /Link /Rect [0 220 400 300] /Dest [{third} 0 R /Fit] >>");
    let outline = format!("<< /Title (Third) /Dest [{third} 0 R /Fit] >>");
    crate::pdf::document(&pages, &[link], &outline)
}

fn fill([red, green, blue]: &Color) -> String {
    let part = |channel: &u8| f64::from(*channel) / 255.0;
    let (red, green, blue) = (part(red), part(green), part(blue));
    format!("{red:.4} {green:.4} {blue:.4} rg 0 0 400 300 re f")
}
