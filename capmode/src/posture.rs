//! Which layers of confinement are in force: claimed by the renderer, and
//! measured by the broker from outside.

use crate::process::ProcessDescriptor;
use crate::sys;
use std::fmt;
use std::io;

/// One layer of confinement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Layer {
    /// No descriptor but the channel and `/dev/null`.
    Descriptors,
    /// Budgets on memory, CPU time, files and descriptors.
    ResourceLimits,
    /// exec can never give more privileges.
    NoNewPrivileges,
    /// No core dump, no tracing by processes of the same user.
    NotDumpable,
    /// It dies when its parent dies.
    ParentDeath,
    /// No capability of the super-user.
    NoCapabilities,
    /// A user namespace of its own.
    UserNamespace,
    /// A process-number namespace of its own.
    PidNamespace,
    /// A mount namespace whose root is an empty, read-only directory.
    EmptyRoot,
    /// A network namespace without a network.
    NetworkNamespace,
    /// No System V or POSIX message objects of others.
    IpcNamespace,
    /// A host name of its own.
    UtsNamespace,
    /// A control-group tree of its own.
    CgroupNamespace,
    /// Landlock: every file, network and scope right denied.
    Landlock,
    /// Memory that was written can never be executed.
    NoExecGain,
    /// Speculation that leaks across processes is switched off.
    Speculation,
    /// seccomp stage 1: only the calls that starting needs.
    SeccompStart,
    /// seccomp stage 2: only the calls that rendering needs.
    SeccompServe,
    /// Capsicum capability mode.
    CapabilityMode,
    /// Rights, ioctl and fcntl limits on every descriptor.
    DescriptorRights,
    /// A capability violation kills.
    TrapViolations,
    /// No signal reaches another process, by `sigqueue(2)` either
    /// (FreeBSD-SA-26:28).
    SignalScope,
}

impl Layer {
    /// Every layer, in the order in which it is put up.
    pub const ALL: [Self; 22] = [
        Self::Descriptors,
        Self::ResourceLimits,
        Self::NoNewPrivileges,
        Self::NotDumpable,
        Self::ParentDeath,
        Self::NoCapabilities,
        Self::UserNamespace,
        Self::PidNamespace,
        Self::EmptyRoot,
        Self::NetworkNamespace,
        Self::IpcNamespace,
        Self::UtsNamespace,
        Self::CgroupNamespace,
        Self::Landlock,
        Self::NoExecGain,
        Self::Speculation,
        Self::SeccompStart,
        Self::SeccompServe,
        Self::CapabilityMode,
        Self::DescriptorRights,
        Self::TrapViolations,
        Self::SignalScope,
    ];

    /// Its name for people and for `--json`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Descriptors => "descriptors",
            Self::ResourceLimits => "resource-limits",
            Self::NoNewPrivileges => "no-new-privileges",
            Self::NotDumpable => "not-dumpable",
            Self::ParentDeath => "parent-death",
            Self::NoCapabilities => "no-capabilities",
            Self::UserNamespace => "user-namespace",
            Self::PidNamespace => "pid-namespace",
            Self::EmptyRoot => "empty-root",
            Self::NetworkNamespace => "network-namespace",
            Self::IpcNamespace => "ipc-namespace",
            Self::UtsNamespace => "uts-namespace",
            Self::CgroupNamespace => "cgroup-namespace",
            Self::Landlock => "landlock",
            Self::NoExecGain => "no-exec-gain",
            Self::Speculation => "speculation",
            Self::SeccompStart => "seccomp-start",
            Self::SeccompServe => "seccomp-serve",
            Self::CapabilityMode => "capability-mode",
            Self::DescriptorRights => "descriptor-rights",
            Self::TrapViolations => "trap-violations",
            Self::SignalScope => "signal-scope",
        }
    }

    /// What it keeps a document from doing, in a few words for the user.
    #[must_use]
    pub fn meaning(self) -> &'static str {
        match self {
            Self::Descriptors => "holds nothing but its channel, its document and its pixels",
            Self::ResourceLimits => "memory, CPU time, files and descriptors have a budget",
            Self::NoNewPrivileges => "cannot gain privileges by starting a program",
            Self::NotDumpable => "leaves no core dump and cannot be traced by other programs",
            Self::ParentDeath => "dies with the program that started it",
            Self::NoCapabilities => "has no capability of the super-user",
            Self::UserNamespace => "is nobody outside its own user namespace",
            Self::PidNamespace => "sees and signals no other process",
            Self::EmptyRoot => "sees an empty, read-only file system",
            Self::NetworkNamespace => "sees no network",
            Self::IpcNamespace => "shares no message queue or semaphore",
            Self::UtsNamespace => "does not see the host name change",
            Self::CgroupNamespace => "sees no control group of others",
            Self::Landlock => "may touch no file, port or outside process (Landlock)",
            Self::NoExecGain => "cannot turn data into code",
            Self::Speculation => "cannot use speculation against others",
            Self::SeccompStart => "could only make the system calls that starting needs",
            Self::SeccompServe => "can only make the system calls that drawing needs",
            Self::CapabilityMode => "has no global name space (Capsicum)",
            Self::DescriptorRights => "each descriptor allows only what it is for",
            Self::TrapViolations => "is killed when it tries what it may not",
            Self::SignalScope => "signals no other process (the kernel has FreeBSD-SA-26:28)",
        }
    }

    fn bit(self) -> u32 {
        1 << (self as u8)
    }
}

impl fmt::Display for Layer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A set of layers, and the Landlock ABI that is in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Layers {
    bits: u32,
    landlock_abi: u8,
}

impl Layers {
    /// The set as numbers, for a message.
    #[must_use]
    pub fn to_bits(self) -> (u32, u8) {
        (self.bits, self.landlock_abi)
    }

    /// The set from numbers of a message; `None` for an unknown layer.
    #[must_use]
    pub fn from_bits(bits: u32, landlock_abi: u8) -> Option<Self> {
        let known = Layer::ALL.iter().fold(0, |all, layer| all | layer.bit());
        (bits & !known == 0).then_some(Self { bits, landlock_abi })
    }

    /// Adds a layer.
    pub fn insert(&mut self, layer: Layer) {
        self.bits |= layer.bit();
    }

    /// Takes a layer away.
    pub fn remove(&mut self, layer: Layer) {
        self.bits &= !layer.bit();
    }

    /// Notes the Landlock ABI in force.
    pub fn set_landlock_abi(&mut self, abi: u8) {
        self.landlock_abi = abi;
    }

    /// The Landlock ABI in force, 0 for none.
    #[must_use]
    pub fn landlock_abi(self) -> u8 {
        self.landlock_abi
    }

    /// Whether a layer is in the set.
    #[must_use]
    pub fn contains(self, layer: Layer) -> bool {
        self.bits & layer.bit() != 0
    }

    /// Both sets together.
    #[must_use]
    pub fn union(self, other: Self) -> Self {
        Self {
            bits: self.bits | other.bits,
            landlock_abi: self.landlock_abi.max(other.landlock_abi),
        }
    }

    /// The layers in the set.
    pub fn iter(self) -> impl Iterator<Item = Layer> {
        Layer::ALL
            .into_iter()
            .filter(move |layer| self.contains(*layer))
    }
}

impl FromIterator<Layer> for Layers {
    fn from_iter<I: IntoIterator<Item = Layer>>(layers: I) -> Self {
        let mut set = Self::default();
        layers.into_iter().for_each(|layer| set.insert(layer));
        set
    }
}

/// What this system's best confinement consists of, and what of it a renderer
/// cannot do without.
#[derive(Debug, Clone, Copy)]
pub struct Expected {
    /// Without one of these nothing is opened.
    pub required: Layers,
    /// All of these together are [`Posture::Full`].
    pub full: Layers,
}

/// What this system's best confinement consists of.
#[must_use]
pub fn expected() -> Expected {
    sys::posture::expected()
}

/// How strongly a renderer is confined.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Posture {
    /// Every layer that this system knows is in force.
    Full,
    /// Enough to open documents; these layers are missing.
    Reduced(Vec<Layer>),
    /// Not enough: nothing may be opened. These required layers are missing.
    None(Vec<Layer>),
}

impl Posture {
    /// Judges the layers that are in force.
    #[must_use]
    pub fn of(layers: Layers) -> Self {
        let Expected { required, full } = expected();
        let missing = |wanted: Layers| -> Vec<Layer> {
            wanted
                .iter()
                .filter(|layer| !layers.contains(*layer))
                .collect()
        };
        match (missing(required), missing(full)) {
            (required, _) if !required.is_empty() => Self::None(required),
            (_, full) if !full.is_empty() => Self::Reduced(full),
            _ => Self::Full,
        }
    }
}

/// What the broker sees of a renderer from outside.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Measured {
    /// Layers that were seen to be in force, in every thread.
    pub seen: Layers,
    /// Layers that were seen not to be in force.
    pub absent: Layers,
    /// Threads of the renderer.
    pub threads: u32,
    /// seccomp filters in force, where the system tells.
    pub filters: Option<u32>,
    /// Bytes in memory.
    pub resident_bytes: u64,
    /// CPU time used, in milliseconds.
    pub cpu_ms: u64,
    /// Open descriptors, where the system tells others.
    pub descriptors: Option<u32>,
}

/// Looks at a renderer from outside. What cannot be seen (another process may
/// not look everywhere) is in neither set.
///
/// # Errors
///
/// The `errno` of looking; `ESRCH` when the renderer is gone.
pub fn measure(process: &ProcessDescriptor) -> io::Result<Measured> {
    sys::posture::measure(&process.0)
}
