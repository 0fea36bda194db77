//! The policy table as a BPF program (`seccomp(2)`, `bpf(4)`).
//!
//! Shape of the program: refuse another architecture and x32 → answer unknown
//! numbers → find the call of the stage in a tree of comparisons → the rows of
//! that call in turn, the first that fits decides, none is the stage's default.
//! The number stays in the accumulator until the call is found.
//!
//! A tree, because the kernel walks the program for each number when it is
//! installed (to know which calls it need not ask about), and later for each
//! call whose arguments are compared; and short, because it is translated then.

use super::policy::{Argument, ROWS, Row, Stage, Verdict, X32_BIT};

/// One BPF instruction.
pub(crate) type Instruction = libc::sock_filter;

/// `AUDIT_ARCH_*` of this build (`linux/audit.h`): the ELF machine, 64 bit,
/// little-endian.
#[cfg(target_arch = "x86_64")]
pub(super) const ARCH: u32 = 62 | 0x8000_0000 | 0x4000_0000;
/// `AUDIT_ARCH_*` of this build (`linux/audit.h`).
#[cfg(target_arch = "aarch64")]
pub(super) const ARCH: u32 = 183 | 0x8000_0000 | 0x4000_0000;

// Offsets in `struct seccomp_data`.
const NUMBER: u32 = 0;
const ARCHITECTURE: u32 = 4;
const ARGUMENTS: u32 = 16;

const LOAD: u16 = (libc::BPF_LD | libc::BPF_W | libc::BPF_ABS) as u16;
const AND: u16 = (libc::BPF_ALU | libc::BPF_AND | libc::BPF_K) as u16;
const EQUAL: u16 = (libc::BPF_JMP | libc::BPF_JEQ | libc::BPF_K) as u16;
const GREATER: u16 = (libc::BPF_JMP | libc::BPF_JGT | libc::BPF_K) as u16;
const AT_LEAST: u16 = (libc::BPF_JMP | libc::BPF_JGE | libc::BPF_K) as u16;
const JUMP: u16 = (libc::BPF_JMP | libc::BPF_JA) as u16;
const RETURN: u16 = (libc::BPF_RET | libc::BPF_K) as u16;

/// Room for the longest program, so that it is made in one piece of memory.
const ROOM: usize = 512;

/// Compiles the filter of a stage for a process of this number.
pub(crate) fn compile(stage: Stage, own_pid: u32) -> Vec<Instruction> {
    let mut rows: Vec<&Row> = ROWS
        .iter()
        .filter(|row| row.stages.contains(&stage))
        .collect();
    // Rows of one call stay in their order.
    rows.sort_by_key(|row| row.number);
    let calls: Vec<&[&Row]> = rows
        .chunk_by(|one, next| one.number == next.number)
        .collect();
    let mut program = Program {
        code: Vec::with_capacity(ROOM),
        default: statement(RETURN, default_of(stage)),
        own_pid,
    };
    program.code.extend(prologue());
    program.find(&calls);
    program.code
}

/// A filter that is being written.
struct Program {
    code: Vec<Instruction>,
    /// What no row allows.
    default: Instruction,
    own_pid: u32,
}

/// What happens to a known call that no row allows.
fn default_of(stage: Stage) -> u32 {
    answer(match stage {
        // The launcher's filter is behind every renderer's own, and sees the
        // start of a program: what a newer C library tries there must fail, not kill.
        Stage::Launch => Verdict::Fail(libc::ENOSYS),
        Stage::Start | Stage::Serve => Verdict::Kill,
    })
}

fn prologue() -> [Instruction; 8] {
    let kill = statement(RETURN, answer(Verdict::Kill));
    let unknown = statement(RETURN, answer(Verdict::Fail(libc::ENOSYS)));
    [
        statement(LOAD, ARCHITECTURE),
        branch(EQUAL, ARCH, 1, 0),
        kill,
        statement(LOAD, NUMBER),
        branch(AT_LEAST, X32_BIT, 0, 1),
        kill,
        branch(GREATER, super::policy::LAST_KNOWN, 0, 1),
        unknown,
    ]
}

impl Program {
    /// Halves the calls, in the order of their numbers, until one is left.
    fn find(&mut self, calls: &[&[&Row]]) {
        let (low, high) = match calls {
            [] => return self.code.push(self.default),
            [rows] => {
                self.code.push(branch(EQUAL, number(rows), 1, 0));
                self.code.push(self.default);
                return self.decide(rows);
            }
            _ => calls.split_at(calls.len() / 2),
        };
        let first = high.first().map_or(u32::MAX, |rows| number(rows));
        let at = self.code.len();
        self.code.push(branch(AT_LEAST, first, 0, 1));
        self.find(low);
        let over = self.code.len() - at - 1;
        match (u8::try_from(over), self.code.get_mut(at)) {
            (Ok(over), Some(place)) => *place = branch(AT_LEAST, first, over, 0),
            // Too far for a branch. Jumps are relative: what was written may move.
            _ => {
                let jump = statement(JUMP, u32::try_from(over).unwrap_or(u32::MAX));
                self.code.insert(at + 1, jump);
            }
        }
        self.find(high);
    }

    /// The rows of one call: the first that fits decides.
    fn decide(&mut self, rows: &[&Row]) {
        for row in rows {
            self.one_row(row);
            if row.arguments.is_empty() {
                return;
            }
        }
        self.code.push(self.default);
    }

    /// The conditions of a row; the first that fails jumps behind the row.
    fn one_row(&mut self, row: &Row) {
        let start = self.code.len();
        for (index, argument) in row.arguments {
            let low = ARGUMENTS + 8 * u32::from(*index);
            if argument.is_64_bit() {
                self.code.push(statement(LOAD, low + 4));
                self.code.push(branch(EQUAL, 0, 0, LEAVES));
            }
            self.code.push(statement(LOAD, low));
            self.test(*argument);
        }
        self.code.push(statement(RETURN, answer(row.verdict)));
        let end = self.code.len();
        for (at, exit) in self.code.iter_mut().enumerate().skip(start) {
            if exit.jf == LEAVES {
                // A row is a dozen instructions.
                exit.jf = u8::try_from(end - at - 1).unwrap_or(u8::MAX);
            }
        }
    }

    /// Tests the loaded word: goes on when it holds, and leaves the row when not.
    fn test(&mut self, argument: Argument) {
        match argument {
            Argument::Is(values) | Argument::IsLong(values) => self.one_of(values),
            Argument::Only(bits) | Argument::OnlyLong(bits) => {
                self.code.push(statement(AND, !bits));
                self.code.push(branch(EQUAL, 0, 0, LEAVES));
            }
            Argument::Null => self.code.push(branch(EQUAL, 0, 0, LEAVES)),
            Argument::OwnPid => self.code.push(branch(EQUAL, self.own_pid, 0, LEAVES)),
        }
    }

    /// Each value jumps over the values after it; the last one leaves the row.
    fn one_of(&mut self, values: &[u32]) {
        if values.is_empty() {
            // Nothing is greater: no value, no permission.
            self.code.push(branch(GREATER, u32::MAX, 0, LEAVES));
        }
        for (value, after) in values.iter().zip((0..values.len()).rev()) {
            let over = u8::try_from(after).unwrap_or(u8::MAX);
            let not = if after == 0 { LEAVES } else { 0 };
            self.code.push(branch(EQUAL, *value, over, not));
        }
    }
}

/// Stands for the end of the row until that is known. No jump within a row is as long.
const LEAVES: u8 = u8::MAX;

fn number(rows: &[&Row]) -> u32 {
    let number = rows.first().map(|row| u32::try_from(row.number));
    number.and_then(Result::ok).unwrap_or(u32::MAX)
}

fn answer(verdict: Verdict) -> u32 {
    match verdict {
        Verdict::Allow => libc::SECCOMP_RET_ALLOW,
        Verdict::Kill => libc::SECCOMP_RET_KILL_PROCESS,
        Verdict::Fail(errno) => libc::SECCOMP_RET_ERRNO | errno.unsigned_abs(),
    }
}

fn statement(code: u16, k: u32) -> Instruction {
    Instruction {
        code,
        jt: 0,
        jf: 0,
        k,
    }
}

fn branch(code: u16, k: u32, jt: u8, jf: u8) -> Instruction {
    Instruction { code, jt, jf, k }
}

#[cfg(test)]
mod tests {
    use super::super::interpret::{Call, run};
    use super::super::policy::{Argument, ROWS, Row, Stage, Verdict, X32_BIT};
    use super::{ARCH, ROOM, answer, compile, default_of};

    const PID: u32 = 1;

    /// A call with arguments that satisfy a row.
    fn satisfying(row: &Row) -> Call {
        let mut arguments = [0; 6];
        for (index, argument) in row.arguments {
            arguments[usize::from(*index)] = match argument {
                Argument::Is(values) | Argument::IsLong(values) => u64::from(values[0]),
                Argument::Only(bits) | Argument::OnlyLong(bits) => u64::from(*bits),
                Argument::Null => 0,
                Argument::OwnPid => u64::from(PID),
            };
        }
        Call {
            number: u32::try_from(row.number).unwrap(),
            arch: ARCH,
            arguments,
        }
    }

    fn verdict(stage: Stage, call: &Call) -> u32 {
        run(&compile(stage, PID), call)
    }

    fn rows_of(stage: Stage) -> impl Iterator<Item = &'static Row> {
        ROWS.iter().filter(move |row| row.stages.contains(&stage))
    }

    #[test]
    fn every_row_gives_its_verdict_to_every_value_it_names() {
        for stage in Stage::ALL {
            for row in rows_of(stage) {
                let call = satisfying(row);
                assert_eq!(
                    verdict(stage, &call),
                    answer(row.verdict),
                    "{stage:?} {row:?}"
                );
                for (index, argument) in row.arguments {
                    let (Argument::Is(values) | Argument::IsLong(values)) = argument else {
                        continue;
                    };
                    for value in *values {
                        let mut call = call.clone();
                        call.arguments[usize::from(*index)] = u64::from(*value);
                        assert_eq!(verdict(stage, &call), answer(row.verdict), "{row:?}");
                    }
                }
            }
        }
    }

    #[test]
    fn a_changed_argument_is_refused() {
        for stage in [Stage::Start, Stage::Serve] {
            for row in rows_of(stage).filter(|row| row.verdict == Verdict::Allow) {
                for (index, argument) in row.arguments {
                    let mut bits = vec![1 << 20, 1 << 30, 1 << 31];
                    if argument.is_64_bit() {
                        bits.extend([1 << 32, 1 << 63]);
                    }
                    for bit in bits {
                        let mut call = satisfying(row);
                        call.arguments[usize::from(*index)] ^= bit;
                        assert_eq!(
                            verdict(stage, &call),
                            default_of(stage),
                            "{stage:?} {row:?} argument {index} bit {bit:#x}"
                        );
                    }
                }
            }
        }
    }

    #[test]
    fn calls_without_a_row_kill_and_unknown_numbers_do_not_exist() {
        for stage in [Stage::Start, Stage::Serve] {
            for number in 0..=600 {
                if rows_of(stage).any(|row| row.number == i64::from(number)) {
                    continue;
                }
                let call = Call {
                    number,
                    arch: ARCH,
                    arguments: [0; 6],
                };
                let expected = if number > super::super::policy::LAST_KNOWN {
                    answer(Verdict::Fail(libc::ENOSYS))
                } else {
                    answer(Verdict::Kill)
                };
                assert_eq!(verdict(stage, &call), expected, "{stage:?} {number}");
            }
        }
    }

    #[test]
    fn another_architecture_and_x32_kill_in_every_stage() {
        let getpid = u32::try_from(libc::SYS_getpid).unwrap();
        for stage in Stage::ALL {
            for arch in [0, 0x4000_0003, ARCH ^ 1] {
                let call = Call {
                    number: getpid,
                    arch,
                    arguments: [0; 6],
                };
                assert_eq!(verdict(stage, &call), answer(Verdict::Kill));
            }
            let call = Call {
                number: getpid | X32_BIT,
                arch: ARCH,
                arguments: [0; 6],
            };
            assert_eq!(verdict(stage, &call), answer(Verdict::Kill));
        }
    }

    #[test]
    fn a_later_stage_allows_nothing_that_an_earlier_one_refuses() {
        for (later, earlier) in [(Stage::Serve, Stage::Start), (Stage::Start, Stage::Launch)] {
            for row in rows_of(later).filter(|row| row.verdict == Verdict::Allow) {
                let call = satisfying(row);
                assert_eq!(
                    verdict(earlier, &call),
                    answer(Verdict::Allow),
                    "{later:?} {row:?}"
                );
            }
        }
    }

    #[test]
    fn serving_needs_at_most_thirty_calls() {
        let mut numbers: Vec<i64> = rows_of(Stage::Serve).map(|row| row.number).collect();
        numbers.sort_unstable();
        numbers.dedup();
        assert!(numbers.len() <= 30, "{}", numbers.len());
    }

    #[test]
    fn no_two_rows_of_a_call_are_the_same() {
        for (at, row) in ROWS.iter().enumerate() {
            let twin = ROWS
                .iter()
                .skip(at + 1)
                .find(|other| other.number == row.number && other.arguments == row.arguments);
            assert!(twin.is_none(), "{row:?}");
        }
    }

    #[test]
    fn every_program_fits_in_the_kernel() {
        for stage in Stage::ALL {
            let length = compile(stage, PID).len();
            // BPF_MAXINSNS is 4096.
            assert!(length <= ROOM, "{stage:?}: {length}");
        }
    }
}
