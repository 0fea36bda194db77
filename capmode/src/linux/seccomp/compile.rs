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
use std::collections::BTreeMap;

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

/// Compiles the filter of a stage for a process of this number.
pub(crate) fn compile(stage: Stage, own_pid: u32) -> Vec<Instruction> {
    let default = statement(RETURN, default_of(stage));
    let mut calls: BTreeMap<u32, Vec<&Row>> = BTreeMap::new();
    for row in ROWS.iter().filter(|row| row.stages.contains(&stage)) {
        let number = u32::try_from(row.number).unwrap_or(u32::MAX);
        calls.entry(number).or_default().push(row);
    }
    let calls: Vec<(u32, Vec<Instruction>)> = (calls.into_iter())
        .map(|(number, rows)| (number, decide(&rows, default, own_pid)))
        .collect();
    let mut program = prologue();
    program.extend(find(&calls, default));
    program
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

fn prologue() -> Vec<Instruction> {
    let kill = statement(RETURN, answer(Verdict::Kill));
    let unknown = statement(RETURN, answer(Verdict::Fail(libc::ENOSYS)));
    vec![
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

/// Halves the calls, in the order of their numbers, until one is left.
fn find(calls: &[(u32, Vec<Instruction>)], default: Instruction) -> Vec<Instruction> {
    let (low, high) = match calls {
        [] => return vec![default],
        [(number, rows)] => {
            let mut code = vec![branch(EQUAL, *number, 1, 0), default];
            code.extend(rows);
            return code;
        }
        _ => calls.split_at(calls.len() / 2),
    };
    let first = high.first().map_or(u32::MAX, |(number, _)| *number);
    let low = find(low, default);
    let mut code = match u8::try_from(low.len()) {
        Ok(over) => vec![branch(AT_LEAST, first, over, 0)],
        Err(_) => vec![
            branch(AT_LEAST, first, 0, 1),
            statement(JUMP, u32::try_from(low.len()).unwrap_or(u32::MAX)),
        ],
    };
    code.extend(low);
    code.extend(find(high, default));
    code
}

/// The rows of one call: the first that fits decides.
fn decide(rows: &[&Row], default: Instruction, own_pid: u32) -> Vec<Instruction> {
    let mut code = Vec::new();
    for row in rows {
        code.extend(one_row(row, own_pid));
        if row.arguments.is_empty() {
            return code;
        }
    }
    code.push(default);
    code
}

/// The conditions of a row; the first that fails jumps behind the row.
fn one_row(row: &Row, own_pid: u32) -> Vec<Instruction> {
    let mut code = Vec::new();
    // Branches that leave the row when they do not hold.
    let mut exits = Vec::new();
    for (index, argument) in row.arguments {
        let low = ARGUMENTS + 8 * u32::from(*index);
        if argument.is_64_bit() {
            code.push(statement(LOAD, low + 4));
            exits.push(code.len());
            code.push(branch(EQUAL, 0, 0, 0));
        }
        code.push(statement(LOAD, low));
        code.extend(test(*argument, own_pid));
        exits.push(code.len() - 1);
    }
    code.push(statement(RETURN, answer(row.verdict)));
    let end = code.len();
    for exit in exits {
        if let Some(branch) = code.get_mut(exit) {
            // A row is a dozen instructions.
            branch.jf = u8::try_from(end - exit - 1).unwrap_or(u8::MAX);
        }
    }
    code
}

/// Tests the loaded word: goes on when it holds. When it does not, the last
/// branch says so.
fn test(argument: Argument, own_pid: u32) -> Vec<Instruction> {
    match argument {
        Argument::Is(values) | Argument::IsLong(values) => one_of(values),
        Argument::Only(bits) | Argument::OnlyLong(bits) => {
            vec![statement(AND, !bits), branch(EQUAL, 0, 0, 0)]
        }
        Argument::Null => vec![branch(EQUAL, 0, 0, 0)],
        Argument::OwnPid => vec![branch(EQUAL, own_pid, 0, 0)],
    }
}

/// Each value jumps over the values after it.
fn one_of(values: &[u32]) -> Vec<Instruction> {
    if values.is_empty() {
        // Nothing is greater: no value, no permission.
        return vec![branch(GREATER, u32::MAX, 0, 0)];
    }
    let after = (0..values.len()).rev();
    let tests = values.iter().zip(after);
    tests
        .map(|(value, after)| branch(EQUAL, *value, u8::try_from(after).unwrap_or(u8::MAX), 0))
        .collect()
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
    use super::{ARCH, answer, compile, default_of};

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
            // BPF_MAXINSNS.
            assert!(compile(stage, PID).len() <= 4096);
        }
    }
}
