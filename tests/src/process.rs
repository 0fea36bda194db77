//! Processes as `/proc` shows them (Linux).

use std::fmt;
use std::fs;
use std::path::PathBuf;

/// A process by its number.
#[derive(Debug, Clone, Copy)]
pub struct Process(i32);

/// Text of a `status` file.
pub struct Status(String);

/// A line of `mountinfo`.
#[derive(Debug)]
pub struct Mount {
    /// Where it is mounted.
    pub point: String,
    /// Its options, with commas between them.
    pub options: String,
}

impl Process {
    /// A process that is, or was, there.
    #[must_use]
    pub fn new(pid: i32) -> Self {
        Self(pid)
    }

    /// Its number.
    #[must_use]
    pub fn pid(self) -> i32 {
        self.0
    }

    /// One of its files under `/proc`.
    #[must_use]
    pub fn path(self, name: &str) -> PathBuf {
        PathBuf::from(format!("/proc/{}/{name}", self.0))
    }

    /// `status` of every thread; none when it is gone.
    #[must_use]
    pub fn threads(self) -> Vec<Status> {
        let tasks = fs::read_dir(self.path("task")).into_iter().flatten();
        tasks
            .filter_map(|task| fs::read_to_string(task.ok()?.path().join("status")).ok())
            .map(Status)
            .collect()
    }

    /// `status` of its first thread, empty when it is gone.
    #[must_use]
    pub fn status(self) -> Status {
        Status(fs::read_to_string(self.path("status")).unwrap_or_default())
    }

    /// Number of its parent, 0 when it is gone.
    #[must_use]
    pub fn parent(self) -> i32 {
        self.status().field("PPid:").parse().unwrap_or(0)
    }

    /// `R`, `S`, `T`, `Z`…; a space when it is gone.
    #[must_use]
    pub fn state(self) -> char {
        self.status().field("State:").chars().next().unwrap_or(' ')
    }

    /// CPU time that it has used, in ticks of the clock.
    #[must_use]
    pub fn ticks(self) -> u64 {
        let stat = fs::read_to_string(self.path("stat")).unwrap_or_default();
        let behind_name = stat.rsplit(')').next().unwrap_or_default();
        let used = behind_name.split_whitespace().skip(11).take(2);
        used.filter_map(|ticks| ticks.parse::<u64>().ok()).sum()
    }

    /// Memory it has now, in bytes.
    #[must_use]
    pub fn resident_bytes(self) -> u64 {
        let status = self.status();
        let kib = status.field("VmRSS:").split_whitespace().next();
        kib.and_then(|kib| kib.parse::<u64>().ok()).unwrap_or(0) * 1024
    }

    /// A namespace's own name; `None` when this user may not ask.
    #[must_use]
    pub fn namespace(self, kind: &str) -> Option<String> {
        let link = fs::read_link(self.path("ns").join(kind)).ok()?;
        Some(link.to_string_lossy().into_owned())
    }

    /// What is mounted for it; `None` when this user may not ask.
    #[must_use]
    pub fn mounts(self) -> Option<Vec<Mount>> {
        let text = fs::read_to_string(self.path("mountinfo")).ok()?;
        let mount = |line: &str| {
            let mut fields = line.split(' ').skip(4).map(str::to_owned);
            Some(Mount {
                point: fields.next()?,
                options: fields.next()?,
            })
        };
        text.lines().map(mount).collect()
    }

    /// Its descriptors and what each leads to; `None` when this user may not ask.
    #[must_use]
    pub fn descriptors(self) -> Option<Vec<(i32, String)>> {
        let mut found = Vec::new();
        for entry in fs::read_dir(self.path("fd")).ok()? {
            let entry = entry.ok()?;
            let number = entry.file_name().to_string_lossy().parse().ok()?;
            let target = fs::read_link(entry.path()).ok()?;
            found.push((number, target.to_string_lossy().into_owned()));
        }
        found.sort_unstable();
        Some(found)
    }
}

impl Status {
    /// What stands behind a name such as `State:`; empty when it is not there.
    #[must_use]
    pub fn field(&self, name: &str) -> &str {
        let mut lines = self.0.lines();
        let value = lines.find_map(|line| line.strip_prefix(name));
        value.unwrap_or_default().trim()
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Whether a process runs; one that is dead and not reaped does not.
#[must_use]
pub fn is_alive(pid: i32) -> bool {
    !matches!(Process(pid).state(), ' ' | 'Z' | 'X')
}

/// Children of every thread of a process, dead ones that are not reaped too.
#[must_use]
pub fn children(pid: i32) -> Vec<i32> {
    let tasks = fs::read_dir(Process(pid).path("task"))
        .into_iter()
        .flatten();
    let lists =
        tasks.filter_map(|task| fs::read_to_string(task.ok()?.path().join("children")).ok());
    lists
        .flat_map(|list| {
            let numbers = list.split_whitespace().filter_map(|pid| pid.parse().ok());
            numbers.collect::<Vec<i32>>()
        })
        .collect()
}
