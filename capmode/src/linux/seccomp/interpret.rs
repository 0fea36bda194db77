//! BPF as the kernel runs it, so that tests ask the program and not the table.

use super::compile::Instruction;

/// `struct seccomp_data` without the instruction pointer.
#[derive(Debug, Clone)]
pub(super) struct Call {
    pub(super) number: u32,
    pub(super) arch: u32,
    pub(super) arguments: [u64; 6],
}

impl Call {
    fn word(&self, offset: u32) -> u32 {
        match offset {
            0 => self.number,
            4 => self.arch,
            16..64 => {
                let at = usize::try_from((offset - 16) / 8).unwrap();
                let shift = if offset.is_multiple_of(8) { 0 } else { 32 };
                (self.arguments[at] >> shift) as u32
            }
            _ => panic!("offset {offset} is outside seccomp_data"),
        }
    }
}

/// Runs a program and returns its answer. Panics where the kernel's verifier
/// would refuse the program.
pub(super) fn run(program: &[Instruction], call: &Call) -> u32 {
    let mut accumulator = 0_u32;
    let mut at = 0;
    loop {
        let Instruction { code, jt, jf, k } = program[at];
        at += 1;
        let jump = |holds: bool| usize::from(if holds { jt } else { jf });
        match code {
            0x20 => accumulator = call.word(k),
            0x54 => accumulator &= k,
            0x15 => at += jump(accumulator == k),
            0x25 => at += jump(accumulator > k),
            0x35 => at += jump(accumulator >= k),
            0x05 => at += usize::try_from(k).unwrap(),
            0x06 => return k,
            other => panic!("unknown instruction {other:#x}"),
        }
    }
}
