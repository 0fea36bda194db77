//! With which code a renderer ends, so that the broker can say why.

/// Why a renderer ended by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RendererExit {
    /// The broker closed the channel.
    Done,
    /// A panic outside any request, told by `Event::Panicked` if it still could.
    Panic,
    /// A required layer of confinement could not be put up.
    NotConfined,
    /// The broker said something that the protocol does not permit.
    Protocol,
    /// Memory ran out.
    OutOfMemory,
    /// The process aborted: a stack overflow, or a defect that cannot unwind.
    Aborted,
}

impl RendererExit {
    const CODES: [(Self, u8); 6] = [
        (Self::Done, 0),
        (Self::Panic, 101),
        (Self::NotConfined, 110),
        (Self::Protocol, 111),
        (Self::OutOfMemory, 112),
        (Self::Aborted, 113),
    ];

    /// The exit code, 0..=255.
    #[must_use]
    pub fn code(self) -> u8 {
        let found = Self::CODES.iter().find(|(exit, _)| *exit == self);
        found.map_or(u8::MAX, |(_, code)| *code)
    }

    /// What an exit code says; `None` for one that no renderer returns.
    #[must_use]
    pub fn from_code(code: i32) -> Option<Self> {
        let found = Self::CODES
            .iter()
            .find(|(_, known)| i32::from(*known) == code);
        found.map(|(exit, _)| *exit)
    }
}

#[cfg(test)]
mod tests {
    use super::RendererExit;

    #[test]
    fn every_code_names_one_reason() {
        for (exit, code) in RendererExit::CODES {
            assert_eq!(RendererExit::from_code(code.into()), Some(exit));
            assert_eq!(exit.code(), code);
        }
        assert_eq!(RendererExit::from_code(1), None);
    }
}
