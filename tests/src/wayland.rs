//! A Wayland compositor without a monitor (sway), what is on it, and hands for
//! its keyboard.

use crate::screen::{Color, is_installed, processes_of};
use crate::{eventually, program};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use tempfile::TempDir;

/// Longest wait for anything to be seen: machines that test are slow.
const PATIENCE: Duration = Duration::from_secs(30);

/// A user who is nobody: sway does not run as root.
const NOBODY: &str = "65534";

/// A compositor, and a runtime directory for what runs on it.
pub struct Compositor {
    server: Child,
    folder: TempDir,
    socket: PathBuf,
}

/// What a test needs and is not there.
#[must_use]
pub fn missing() -> Option<&'static str> {
    ["sway", "grim", "wtype", "setpriv"]
        .into_iter()
        .find(|name| !is_installed(name))
}

#[expect(clippy::expect_used, reason = "a test that cannot run has failed")]
impl Compositor {
    /// Starts one at a scale; `None` when what it needs is not installed, which is said.
    ///
    /// # Panics
    ///
    /// When it does not start.
    #[must_use]
    pub fn start(scale: u32) -> Option<Self> {
        if let Some(missing) = missing() {
            eprintln!("skipped: {missing} is not installed");
            return None;
        }
        let folder = tempfile::tempdir().expect("a folder can be made");
        let open = fs::Permissions::from_mode(0o777);
        fs::set_permissions(folder.path(), open).expect("it is ours");
        let config = folder.path().join("config");
        let lines = format!(
            "output * resolution 1280x1024 scale {scale}\noutput * bg #000000 solid_color\n\
             default_border none\nxwayland disable\n"
        );
        fs::write(&config, lines).expect("the folder can be written");
        let root = nix::unistd::geteuid().is_root();
        let mut command = if root {
            let mut command = Command::new("setpriv");
            command.args([
                "--reuid",
                NOBODY,
                "--regid",
                NOBODY,
                "--clear-groups",
                "sway",
            ]);
            command
        } else {
            Command::new("sway")
        };
        let server = command
            .arg("--config")
            .arg(&config)
            .env("XDG_RUNTIME_DIR", folder.path())
            .env("HOME", folder.path())
            .env("WLR_BACKENDS", "headless")
            .env("WLR_RENDERER", "pixman")
            .env("WLR_LIBINPUT_NO_DEVICES", "1")
            .env_remove("WAYLAND_DISPLAY")
            .env_remove("DISPLAY")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("sway starts");
        let mut socket = None;
        let started = eventually(PATIENCE, || {
            socket = find_socket(folder.path());
            socket.is_some()
        });
        assert!(started, "sway makes no socket");
        Some(Self {
            server,
            socket: socket.expect("it was found"),
            folder,
        })
    }

    /// A folder that what runs on it may use.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Where it listens.
    #[must_use]
    pub fn socket(&self) -> &Path {
        &self.socket
    }

    /// A program that uses this compositor.
    #[must_use]
    pub fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command
            .env("WAYLAND_DISPLAY", &self.socket)
            .env("XDG_RUNTIME_DIR", self.folder.path())
            .env("HOME", self.folder.path())
            .env_remove("DISPLAY")
            .env_remove("XDG_STATE_HOME")
            .env_remove("XDG_CONFIG_HOME")
            .stdin(Stdio::null());
        command
    }

    /// Starts `pellucid` on it.
    ///
    /// # Panics
    ///
    /// When it cannot be started.
    #[must_use]
    pub fn pellucid(&self, arguments: &[&Path]) -> Client {
        let mut command = self.command(&program("pellucid"));
        Client(command.args(arguments).spawn().expect("pellucid starts"))
    }

    /// All pixels, and the length of a row.
    ///
    /// # Panics
    ///
    /// When no picture can be taken.
    #[must_use]
    pub fn pixels(&self) -> (Vec<Color>, usize) {
        let taken = self
            .command(Path::new("grim"))
            .args(["-t", "ppm", "-"])
            .output()
            .expect("grim starts");
        let (header, pixels) = split_header(&taken.stdout).expect("grim writes PPM");
        let width = header.split_whitespace().nth(1);
        let width = width.and_then(|width| width.parse().ok());
        let (pixels, _) = pixels.as_chunks::<3>();
        (pixels.to_vec(), width.expect("PPM tells its width"))
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

    fn count(&self, color: Color) -> usize {
        let near = |pixel: &&Color| pixel.iter().zip(color).all(|(a, b)| a.abs_diff(b) <= 3);
        self.pixels().0.iter().filter(near).count()
    }

    /// Presses keys and types letters, as wtype has them: `-k End`, `-M ctrl a -m ctrl`.
    ///
    /// # Panics
    ///
    /// When it cannot.
    pub fn write(&self, arguments: &[&str]) {
        let done = self
            .command(Path::new("wtype"))
            .args(["-d", "40", "-s", "200"])
            .args(arguments)
            .args(["-s", "200"])
            .status();
        assert!(done.expect("wtype starts").success(), "wtype {arguments:?}");
    }
}

impl Drop for Compositor {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

fn find_socket(folder: &Path) -> Option<PathBuf> {
    let entries = fs::read_dir(folder).ok()?.flatten();
    let is_socket = |name: &str| name.starts_with("wayland-") && !name.ends_with(".lock");
    let mut found = entries.filter(|entry| entry.file_name().to_str().is_some_and(is_socket));
    found.next().map(|entry| entry.path())
}

/// The three lines that a PPM begins with, and its pixels.
fn split_header(bytes: &[u8]) -> Option<(&str, &[u8])> {
    let ends = bytes.iter().enumerate().filter(|(_, byte)| **byte == b'\n');
    let (end, _) = ends.take(3).last()?;
    let (header, pixels) = bytes.split_at_checked(end + 1)?;
    Some((std::str::from_utf8(header).ok()?, pixels))
}

/// A running `pellucid`.
pub struct Client(Child);

#[expect(clippy::expect_used, reason = "a test that cannot run has failed")]
impl Client {
    /// Renderers: what the launcher started.
    #[must_use]
    pub fn renderers(&self) -> Vec<i32> {
        let pid = i32::try_from(self.0.id()).expect("a pid is small");
        let launchers = processes_of(pid);
        launchers.into_iter().flat_map(processes_of).collect()
    }

    /// Whether it ends well.
    #[must_use]
    pub fn ends(&mut self) -> bool {
        let mut status = None;
        let _ = eventually(PATIENCE, || {
            status = self.0.try_wait().expect("it is a child");
            status.is_some()
        });
        status.is_some_and(|status| status.success())
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
