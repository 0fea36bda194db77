//! Who ends with whom.

use crate::report::Report;
use crate::{ANSWER, broker, programs};
use app::broker::BrokerError;
use capmode::posture::Layer;
use capmode::{Budget, Exit, Launcher, Layers, Received, Spawned};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use std::io::{self, BufRead, BufReader, Read};
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

/// Argument of a process that starts a renderer and waits to be killed.
pub(crate) const HOLD: &str = "hold";

/// How long a renderer may outlive what it belongs to.
const PATIENCE: Duration = Duration::from_secs(30);

const BUDGET: Budget = Budget {
    memory_bytes: 64 << 20,
    shared_bytes: 1 << 20,
    cpu_seconds: 60,
    workers: 1,
};

pub(crate) fn run(report: &mut Report) {
    report.row("124", "confined-first", confined_first());
    report.row("143", "kill", killed());
    report.row("143", "close", closed());
    report.row("122", "launcher-dies", launcher_dies());
    report.row("122", "broker-dies", broker_dies());
}

/// What the broker has seen of a renderer before it gave the document away.
fn confined_first() -> Result<String, BrokerError> {
    let mut broker = broker(ANSWER)?;
    let mut session = crate::session(&mut broker, crate::documents::PDF)?;
    session.open()?;
    let standing = session.standing().ok_or(BrokerError::Interrupted)?;
    let seen = names(standing.seen);
    Ok(format!("{:?}; seen from outside: {seen}", standing.posture))
}

fn names(layers: Layers) -> String {
    let names: Vec<&str> = layers.iter().map(Layer::name).collect();
    names.join(" ")
}

/// A renderer that has said that it is confined.
fn start() -> io::Result<(Launcher, Spawned)> {
    let program = programs()?.renderer;
    let mut launcher = Launcher::start(&program, &program).map_err(io::Error::other)?;
    let spawned = launcher.spawn(&BUDGET).map_err(io::Error::other)?;
    match spawned.channel.receive(&mut [0; 64])? {
        Received::Message(_) => Ok((launcher, spawned)),
        other => Err(io::Error::other(format!(
            "it has not confined itself: {other:?}, {:?}",
            spawned.process.wait(PATIENCE)?
        ))),
    }
}

fn killed() -> io::Result<String> {
    let (_launcher, spawned) = start()?;
    spawned.process.kill()?;
    expect(spawned.process.wait(PATIENCE)?)
}

fn expect(exit: Option<Exit>) -> io::Result<String> {
    match exit {
        Some(Exit::Signal(9) | Exit::Lost) => Ok(format!("{exit:?}")),
        _ => Err(io::Error::other(format!("{exit:?}"))),
    }
}

/// Its process descriptor is closed, and with its end its channel closes.
fn closed() -> io::Result<String> {
    let (_launcher, Spawned { process, channel }) = start()?;
    drop(process);
    match channel.receive(&mut [0; 64])? {
        Received::Closed => Ok("gone".to_owned()),
        other => Err(io::Error::other(format!("{other:?}"))),
    }
}

fn launcher_dies() -> io::Result<String> {
    let (launcher, spawned) = start()?;
    let pid = i32::try_from(launcher.pid()).map_err(io::Error::other)?;
    kill(Pid::from_raw(pid), Signal::SIGKILL)?;
    expect(spawned.process.wait(PATIENCE)?)
}

/// Another process of this program holds a renderer and is killed.
fn broker_dies() -> io::Result<String> {
    let mut holder = Command::new(programs()?.renderer)
        .arg(HOLD)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    let out = holder.stdout.take().ok_or(io::ErrorKind::BrokenPipe)?;
    let mut line = String::new();
    BufReader::new(out).read_line(&mut line)?;
    holder.kill()?;
    holder.wait()?;
    let pid = line.trim().parse().map_err(io::Error::other)?;
    let end = Instant::now() + PATIENCE;
    while Instant::now() < end {
        if has_ended(pid) {
            return Ok("gone".to_owned());
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    Err(io::Error::other(format!("{pid} is still there")))
}

/// Where the first process of the system collects nobody, as in a bare root file
/// system, what was killed stays in the table of processes.
#[cfg(target_os = "freebsd")]
fn has_ended(pid: i32) -> bool {
    capmode::probe::scripted::has_ended(pid)
}

#[cfg(not(target_os = "freebsd"))]
fn has_ended(pid: i32) -> bool {
    kill(Pid::from_raw(pid), None) == Err(nix::errno::Errno::ESRCH)
}

/// That process: prints the number of its renderer, and waits.
pub(crate) fn hold() -> ExitCode {
    let Ok((_launcher, spawned)) = start() else {
        return ExitCode::FAILURE;
    };
    println!("{}", spawned.process.pid().unwrap_or(0));
    // It is killed while it waits here.
    let _ = io::stdin().read(&mut [0; 1]);
    ExitCode::SUCCESS
}
