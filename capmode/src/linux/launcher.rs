//! The launcher's loop: prepare once, then one clone and one exec a request.
//!
//! The launcher ends when its control channel closes. It sets no parent-death
//! signal, which would follow the thread of the broker that started it.

use super::limits;
use super::namespaces::{self, Made};
use super::process::encode;
use super::seccomp::{self, Stage};
use super::spawn::{self, Plan};
use super::{check, prctl};
use crate::channel::{Channel, Received};
use crate::confine::CHANNEL_FD;
use crate::launcher::wire::{REQUEST_BYTES, Reply, Request, STEPS};
use crate::launcher::{PROBE_ARGUMENT, RENDERER_NAME, START_PROBE};
use crate::posture::Layer;
use crate::process::Exit;
use nix::errno::Errno;
use nix::fcntl::{FcntlArg, OFlag, fcntl};
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::socket::{SockType, getsockopt, sockopt};
use nix::sys::stat::Mode;
use nix::unistd::{pipe2, setsid, write};
use std::ffi::CString;
use std::fs::{self, File};
use std::io::{self, Read};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, FromRawFd, OwnedFd, RawFd};
use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, Instant};

/// The launcher's own descriptors start here, clear of those it gives a child.
const OWN_FDS: RawFd = 10;

/// Most renderers at a time. Each costs the launcher two descriptors.
const MAX_RENDERERS: usize = 400;

/// How long renderers are given to end by themselves when the broker is gone.
const FAREWELL: Duration = Duration::from_millis(50);

/// What the kernel's account of CPU time may differ by from its limit, in
/// milliseconds.
const SLACK_MS: u64 = 500;

/// Makes the kernel choose a renderer first when memory runs out
/// (`proc_pid_oom_score_adj(5)`, −1000…1000).
const OOM_SCORE: &str = "500";

/// Option of a Unix socket (Linux 6.16): whether it accepts descriptors.
const SO_PASSRIGHTS: libc::c_int = 83;

/// Refuses a program that the dynamic loader would have to find: there is
/// nothing to find in an empty root.
pub(crate) fn check_program(program: &Path) -> io::Result<()> {
    let mut start = Vec::new();
    File::open(program)?.take(4096).read_to_end(&mut start)?;
    match elf_needs_loader(&start) {
        Some(false) => Ok(()),
        Some(true) => Err(io::Error::other(
            "is linked dynamically; build it with make build",
        )),
        None => Err(io::Error::other("is no program for this machine")),
    }
}

/// Whether a 64-bit ELF file asks for an interpreter (`elf(5)`, `PT_INTERP`).
fn elf_needs_loader(start: &[u8]) -> Option<bool> {
    const PT_INTERP: u32 = 3;
    let u16_at = |at: usize| Some(u16::from_le_bytes(start.get(at..at + 2)?.try_into().ok()?));
    let u32_at = |at: usize| Some(u32::from_le_bytes(start.get(at..at + 4)?.try_into().ok()?));
    let is_elf64 = start.get(..5)? == b"\x7fELF\x02";
    let table = usize::try_from(u32_at(32)?).ok()?;
    let (entry, count) = (usize::from(u16_at(54)?), usize::from(u16_at(56)?));
    let mut kinds = (0..count).map(|index| u32_at(table.checked_add(index * entry)?));
    is_elf64.then(|| kinds.any(|kind| kind == Some(PT_INTERP)))
}

/// The broker's end takes no descriptors, where the kernel can be told so.
pub(crate) fn harden_channel(channel: &Channel) {
    let off: libc::c_int = 0;
    // SAFETY: setsockopt reads 4 bytes of an int that lives on this stack. An
    // older kernel refuses the option; the broker takes no descriptors anyway.
    unsafe {
        libc::setsockopt(
            channel.as_fd().as_raw_fd(),
            libc::SOL_SOCKET,
            SO_PASSRIGHTS,
            (&raw const off).cast(),
            4,
        );
    }
}

/// Whether descriptor 3 is a channel, as a launcher would have left it.
pub(crate) fn has_channel() -> bool {
    // SAFETY: only asked about, and not kept: a number that is not open gives
    // EBADF.
    let channel = unsafe { BorrowedFd::borrow_raw(CHANNEL_FD) };
    matches!(
        getsockopt(&channel, sockopt::SockType),
        Ok(SockType::SeqPacket)
    )
}

pub(crate) fn main() -> ExitCode {
    match prepare() {
        Ok(launcher) => launcher.serve(),
        Err(error) => {
            eprintln!("{RENDERER_NAME}: the launcher cannot prepare itself: {error}");
            ExitCode::FAILURE
        }
    }
}

struct Launcher {
    control: Channel,
    program: OwnedFd,
    null: OwnedFd,
    own_user_ns: bool,
    running: Vec<Running>,
    stack: spawn::Stack,
}

/// A renderer that has not been reaped.
struct Running {
    pidfd: OwnedFd,
    report: OwnedFd,
    /// CPU time it may take, in seconds.
    cpu_seconds: u32,
}

fn prepare() -> io::Result<Launcher> {
    let control = take_descriptor(0)?;
    let program = take_descriptor(1)?;
    close_from(3, &[control.as_raw_fd(), program.as_raw_fd()])?;
    let control = Channel::from(control);
    let null = nix::fcntl::open("/dev/null", OFlag::O_RDWR | OFlag::O_CLOEXEC, Mode::empty())?;
    let null = move_up(null.as_fd())?;
    spawn::silence(&null)?;
    // A process group leader cannot make a session, and needs none.
    let _ = setsid();
    prctl::set_no_new_privs()?;
    // Best effort: the order in which processes are killed is no promise.
    let _ = fs::write("/proc/self/oom_score_adj", OOM_SCORE);
    let made = namespaces::make();
    let mut stack = spawn::Stack::new();
    let own_user_ns = spawn::can_have_namespaces(&mut stack);
    announce(&control, &made, own_user_ns)?;
    if !skips_filter() {
        seccomp::install(Stage::Launch)?;
    }
    Ok(Launcher {
        control,
        program,
        null,
        own_user_ns,
        running: Vec::new(),
        stack,
    })
}

/// Whether tests asked for a launcher whose filter does not stand behind those
/// of the renderer. The product has no such switch.
fn skips_filter() -> bool {
    cfg!(feature = "test-support") && std::env::args().nth(1).as_deref() == Some("--no-filter")
}

/// Tells the broker what every renderer will have.
fn announce(control: &Channel, made: &Made, own_user_ns: bool) -> io::Result<()> {
    let mut layers = made.layers;
    if own_user_ns {
        layers.insert(Layer::UserNamespace);
        layers.insert(Layer::PidNamespace);
    }
    let refused = made.refused.as_ref().and_then(io::Error::raw_os_error);
    let reply = Reply {
        layers: layers.to_bits().0,
        step: 0,
        errno: refused.unwrap_or(0),
    };
    control.send(&reply.to_bytes())
}

impl Launcher {
    fn serve(mut self) -> ExitCode {
        loop {
            let ready = match self.poll() {
                Ok(ready) => ready,
                Err(_) => return ExitCode::FAILURE,
            };
            for index in ready.ended.into_iter().rev() {
                let ended = self.running.swap_remove(index);
                // A broker that no longer listens has dropped the renderer.
                let _ = ended.reap();
            }
            if ready.request && !self.answer() {
                self.bury();
                return ExitCode::SUCCESS;
            }
        }
    }

    /// The broker is gone, and every renderer's channel with it: they end by
    /// themselves, and nobody else would reap them soon. One that hangs is
    /// killed when this process ends.
    fn bury(&mut self) {
        let start = Instant::now();
        while !self.running.is_empty() {
            let left = FAREWELL.saturating_sub(start.elapsed());
            let mut wanted: Vec<PollFd<'_>> = (self.running.iter())
                .map(|renderer| PollFd::new(renderer.pidfd.as_fd(), PollFlags::POLLIN))
                .collect();
            let timeout = PollTimeout::try_from(left).unwrap_or(PollTimeout::ZERO);
            match poll(&mut wanted, timeout) {
                Ok(1..) | Err(Errno::EINTR) => {}
                _ => return,
            }
            let ended: Vec<bool> = (wanted.iter()).map(|fd| fd.any().unwrap_or(true)).collect();
            for (index, _) in ended.iter().enumerate().rev().filter(|(_, ended)| **ended) {
                // Nobody reads the report any more.
                let _ = self.running.swap_remove(index).reap();
            }
        }
    }

    /// Waits for a request or the end of a renderer.
    fn poll(&self) -> io::Result<Ready> {
        let input = PollFlags::POLLIN;
        let mut wanted = vec![PollFd::new(self.control.as_fd(), input)];
        wanted.extend(
            self.running
                .iter()
                .map(|r| PollFd::new(r.pidfd.as_fd(), input)),
        );
        loop {
            match poll(&mut wanted, PollTimeout::NONE) {
                Ok(_) => break,
                Err(Errno::EINTR) => {}
                Err(errno) => return Err(errno.into()),
            }
        }
        let hit = |fd: &PollFd<'_>| fd.any().unwrap_or(true);
        let ended = wanted.iter().skip(1).enumerate();
        Ok(Ready {
            request: wanted.first().is_some_and(hit),
            ended: ended.filter(|(_, fd)| hit(fd)).map(|(i, _)| i).collect(),
        })
    }

    /// Answers one request; `false` when the broker is gone.
    fn answer(&mut self) -> bool {
        let mut buffer = [0; REQUEST_BYTES + 1];
        let (request, descriptors) = match self.control.receive_with(&mut buffer) {
            Ok((Received::Message(bytes), descriptors)) => {
                (Request::from_bytes(bytes), descriptors)
            }
            _ => return false,
        };
        match self.start(request, descriptors) {
            Ok((running, for_broker)) => {
                let fds = [running.pidfd.as_fd(), for_broker.as_fd()];
                let sent = self.control.send_with(&Reply::default().to_bytes(), &fds);
                self.running.push(running);
                sent.is_ok()
            }
            Err((step, error)) => {
                let step = STEPS.iter().position(|s| *s == step).unwrap_or(0);
                let reply = Reply {
                    layers: 0,
                    step: u8::try_from(step).unwrap_or(0),
                    errno: error.raw_os_error().unwrap_or(libc::EIO),
                };
                self.control.send(&reply.to_bytes()).is_ok()
            }
        }
    }

    fn start(
        &mut self,
        request: Option<Request>,
        descriptors: Vec<OwnedFd>,
    ) -> Result<(Running, OwnedFd), (&'static str, io::Error)> {
        let bad_request = || (STEPS[1], io::Error::from(Errno::EBADMSG));
        let request = request.ok_or_else(bad_request)?;
        let [channel] = <[OwnedFd; 1]>::try_from(descriptors).map_err(|_| bad_request())?;
        if self.running.len() >= MAX_RENDERERS {
            return Err((STEPS[2], Errno::EMFILE.into()));
        }
        let channel = move_up(channel.as_fd()).map_err(|e| (STEPS[2], e))?;
        let (for_broker, report) = pipe2(OFlag::O_CLOEXEC).map_err(|e| (STEPS[3], e.into()))?;
        let report = move_up(report.as_fd()).map_err(|e| (STEPS[3], e))?;
        let pidfd = self
            .clone_renderer(&request, &channel)
            .map_err(|e| (STEPS[2], e))?;
        let pidfd = move_up(pidfd.as_fd()).map_err(|e| (STEPS[5], e))?;
        let running = Running {
            pidfd,
            report,
            cpu_seconds: request.cpu_seconds,
        };
        Ok((running, for_broker))
    }

    fn clone_renderer(&mut self, request: &Request, channel: &OwnedFd) -> io::Result<OwnedFd> {
        let name = CString::new(RENDERER_NAME)?;
        let probe = CString::new(PROBE_ARGUMENT)?;
        let first = if request.role == START_PROBE {
            probe.as_ptr()
        } else {
            std::ptr::null()
        };
        let plan = Plan {
            program: self.program.as_fd(),
            null: self.null.as_fd(),
            channel: channel.as_fd(),
            limits: limits::table(request, self.own_user_ns),
            arguments: [name.as_ptr(), first, std::ptr::null()],
            namespaces: self.own_user_ns,
        };
        spawn::spawn(&plan, &mut self.stack)
    }
}

/// What [`Launcher::poll`] found.
struct Ready {
    request: bool,
    /// Indices into `running`, ascending.
    ended: Vec<usize>,
}

impl Running {
    /// Reaps the renderer and tells the broker how it ended.
    fn reap(self) -> io::Result<()> {
        let (exit, cpu_ms) = reap(self.pidfd.as_fd())?;
        let limit_ms = u64::from(self.cpu_seconds) * 1000;
        let exit = match exit {
            // The first process of a pid namespace ignores the signal that warns,
            // and is killed at the limit: nobody else knows why by then.
            Exit::Signal(libc::SIGKILL) if cpu_ms.saturating_add(SLACK_MS) >= limit_ms => {
                Exit::Signal(libc::SIGXCPU)
            }
            exit => exit,
        };
        write(&self.report, &encode(exit))?;
        Ok(())
    }
}

/// Reaps a process that has ended: how, and the CPU time of all its threads.
fn reap(pidfd: BorrowedFd<'_>) -> io::Result<(Exit, u64)> {
    let mut info = MaybeUninit::<libc::siginfo_t>::zeroed();
    let mut usage = MaybeUninit::<libc::rusage>::zeroed();
    // SAFETY: the kernel writes a siginfo_t and a rusage, for which there is room
    // on this stack; the descriptor lives until the call returns.
    let result = unsafe {
        libc::syscall(
            libc::SYS_waitid,
            libc::P_PIDFD,
            pidfd.as_raw_fd(),
            info.as_mut_ptr(),
            libc::WEXITED,
            usage.as_mut_ptr(),
        )
    };
    check(result)?;
    // SAFETY: zeros are a siginfo_t, and the kernel has filled it in.
    let info = unsafe { info.assume_init() };
    // SAFETY: zeros are a rusage, and the kernel has filled it in.
    let usage = unsafe { usage.assume_init() };
    // SAFETY: what waitid fills in is the part about a child, with its status.
    let status = unsafe { info.si_status() };
    let exit = match info.si_code {
        libc::CLD_EXITED => Exit::Code(status),
        libc::CLD_KILLED | libc::CLD_DUMPED if status == libc::SIGSYS => Exit::Violation,
        libc::CLD_KILLED | libc::CLD_DUMPED => Exit::Signal(status),
        _ => Exit::Lost,
    };
    Ok((
        exit,
        milliseconds(usage.ru_utime) + milliseconds(usage.ru_stime),
    ))
}

fn milliseconds(time: libc::timeval) -> u64 {
    let part = |number: i64| u64::try_from(number).unwrap_or(0);
    part(time.tv_sec) * 1000 + part(time.tv_usec) / 1000
}

/// Takes over an inherited descriptor and moves it out of a child's way.
fn take_descriptor(number: RawFd) -> io::Result<OwnedFd> {
    // SAFETY: descriptors 0 and 1 were given to this process by the broker for
    // this use, and nothing in the launcher uses them under another name.
    let inherited = unsafe { BorrowedFd::borrow_raw(number) };
    move_up(inherited)
}

fn move_up(descriptor: BorrowedFd<'_>) -> io::Result<OwnedFd> {
    let raw = fcntl(descriptor, FcntlArg::F_DUPFD_CLOEXEC(OWN_FDS))?;
    // SAFETY: fcntl has just made this descriptor for us alone.
    Ok(unsafe { OwnedFd::from_raw_fd(raw) })
}

/// Closes every descriptor from `first` on but those in `keep` (sorted or not).
fn close_from(first: RawFd, keep: &[RawFd]) -> io::Result<()> {
    let mut keep = keep.to_vec();
    keep.sort_unstable();
    let mut start = first;
    for kept in keep {
        if start < kept {
            close_range(start, kept - 1)?;
        }
        start = kept + 1;
    }
    close_range(start, RawFd::MAX)
}

/// Closes the descriptors `first..=last`, open or not.
pub(crate) fn close_range(first: RawFd, last: RawFd) -> io::Result<()> {
    // SAFETY: close_range takes numbers; the callers keep what they still use
    // out of the range.
    let result = unsafe { libc::syscall(libc::SYS_close_range, first, last, 0) };
    check(result).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn program_that_needs_a_loader_is_refused() {
        // The test program itself is linked dynamically.
        let this = std::env::current_exe().unwrap();
        let refusal = check_program(&this).unwrap_err();
        assert!(refusal.to_string().contains("dynamically"), "{refusal}");
        assert!(check_program(Path::new("/etc/passwd")).is_err());
        assert_eq!(elf_needs_loader(b"\x7fELF\x02"), None);
    }
}
