//! The table as tests ask it: which permissions there are, and which of them a
//! call needs.

use super::policy::{Argument, ROWS, Stage as Inner, Verdict};

/// From when on a permission is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stage {
    /// The launcher, and a renderer before it is confined.
    Launch,
    /// A confined renderer that has received nothing.
    Start,
    /// A renderer that parses its document.
    Serve,
}

impl Stage {
    /// All of them, the first one first.
    pub const ALL: [Self; 3] = [Self::Launch, Self::Start, Self::Serve];

    fn inner(self) -> Inner {
        match self {
            Self::Launch => Inner::Launch,
            Self::Start => Inner::Start,
            Self::Serve => Inner::Serve,
        }
    }
}

/// A row, or one of the values that a row names.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Permission {
    /// Position of the row in the table.
    pub row: usize,
    /// Argument and value, where the row names several.
    pub value: Option<(u8, u32)>,
}

/// A permission and what is said of it.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Which one.
    pub permission: Permission,
    /// Number of the call.
    pub number: i64,
    /// The latest stage in which it holds: where it must be needed.
    pub stage: Stage,
    /// Why it is there.
    pub why: &'static str,
    /// Why it may not be needed on the system where the tests run.
    pub elsewhere: Option<&'static str>,
}

/// Every permission.
#[must_use]
pub fn entries() -> Vec<Entry> {
    let mut entries = Vec::new();
    for (row, content) in ROWS.iter().enumerate() {
        let latest = |stage: &&Stage| content.stages.contains(&stage.inner());
        let Some(stage) = Stage::ALL.iter().rev().find(latest) else {
            continue;
        };
        let values = content.arguments.iter().flat_map(|(index, argument)| {
            let values = named(*argument);
            values.iter().map(|value| Some((*index, *value)))
        });
        for value in std::iter::once(None).chain(values) {
            entries.push(Entry {
                permission: Permission { row, value },
                number: content.number,
                stage: *stage,
                why: content.why,
                elsewhere: content.elsewhere,
            });
        }
    }
    entries
}

/// Values of which each is a permission of its own.
fn named(argument: Argument) -> &'static [u32] {
    match argument {
        Argument::Is(values) | Argument::IsLong(values) if values.len() > 1 => values,
        _ => &[],
    }
}

/// The permissions without which this call of a process of this number would
/// not be answered as it is: none when two rows allow it.
#[must_use]
pub fn needed_for(stage: Stage, number: i64, arguments: [u64; 6], pid: u32) -> Vec<Permission> {
    let fits = |argument: &(u8, Argument)| {
        let value = arguments.get(usize::from(argument.0)).copied();
        value.is_some_and(|value| accepts(argument.1, value, pid))
    };
    let mut rows = ROWS.iter().enumerate().filter(|(_, row)| {
        row.stages.contains(&stage.inner())
            && row.number == number
            && row.arguments.iter().all(fits)
            // What fails is not needed for what the default does as well.
            && row.verdict != Verdict::Kill
    });
    let (Some((row, content)), None) = (rows.next(), rows.next()) else {
        return Vec::new();
    };
    let mut found = vec![Permission { row, value: None }];
    for (index, argument) in content.arguments {
        let value = arguments.get(usize::from(*index)).copied().unwrap_or(0);
        // Already known to be one of them, in the word that is compared.
        let low = (value & u64::from(u32::MAX)) as u32;
        if named(*argument).contains(&low) {
            found.push(Permission {
                row,
                value: Some((*index, low)),
            });
        }
    }
    found
}

/// Whether an argument is as a row wants it, as the compiled program decides it.
fn accepts(argument: Argument, value: u64, pid: u32) -> bool {
    let (high, low) = (value >> 32, (value & u64::from(u32::MAX)) as u32);
    if argument.is_64_bit() && high != 0 {
        return false;
    }
    match argument {
        Argument::Is(values) | Argument::IsLong(values) => values.contains(&low),
        Argument::Only(bits) | Argument::OnlyLong(bits) => low & !bits == 0,
        Argument::Null => low == 0,
        Argument::OwnPid => low == pid,
    }
}
