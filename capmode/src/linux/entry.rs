//! Where a static renderer begins: its tables are copied and relocated here,
//! before the C library's own start, in a quarter of the time.
//!
//! A static position-independent program relocates some 60,000 pointers in 1.1 MB
//! of tables before `main`, and each page of them is copied when it is first
//! written to: 290 exceptions, or 0.4 ms when all are asked for at once. Here they
//! are copied into one huge page (2 MB), which is had in one piece, and moved to
//! where they belong. Where there are no huge pages, the pages are asked for at once
//! (Linux 5.14, `MADV_POPULATE_WRITE`); where that is not known either, they come
//! one by one.
//!
//! The pointers are packed by the linker (`DT_RELR`: an address, and bits for the
//! words behind it). The C library walks over every bit; here only those that are
//! set are looked at, and it is told that none are left. What the linker has not
//! packed is the C library's.
//!
//! `renderer-sandbox/build.rs` makes this the entry of the program, and asks the
//! linker to pack.

// 1. Finds `PT_GNU_RELRO` in the program headers (`elf(5)`) behind the linker's
//    `__ehdr_start`: whole pages that hold nothing but what is relocated.
// 2. Maps 4 MB, of which 2 MB are aligned, asks for a huge page there, copies the
//    pages into it, and moves them over the old ones. A step that the kernel refuses
//    leads to 3, and all that is left of the 4 MB is given back.
// 3. Otherwise asks for the pages where they are.
// 4. Finds `DT_RELR` and `DT_RELRSZ` in the linker's `_DYNAMIC`, adds the address of
//    the program to every word that is named there (generic ABI, "Relative Relocation
//    Table"), and sets the size to 0: the C library finds an empty table.
//
// Registers: r14 the program's address, r15 what was in rdx, r12 and r13 the pages
// and their length, rbp the 4 MB, rbx the 2 MB.
//
// SAFETY: at entry the stack pointer points at `argc` and `rdx` holds what
// `_start` gives to `atexit` (System V ABI, AMD64, 3.4.1); the stack is not touched
// and `rdx` is put back, so `_start` begins as if it were first. Nothing has been
// relocated, so everything is addressed relative to `rip`. The kernel has mapped the
// headers, which are read only up to `e_phnum`. The pages of 2 are whole, lie in one
// segment that can be read and written, and are copied into memory that nobody else
// has, which is as long; moving puts the same bytes at the same addresses. Should
// moving fail after the old pages are gone, the next instruction that reads them ends
// this process, before it has been given anything. `_DYNAMIC` ends with `DT_NULL`;
// it and the words that are named are in segments that can be written until the C
// library makes them read-only, as the linker put them there to be relocated. Each is
// relocated once: here, or by the C library where there is no table. The direction
// flag is clear at entry, as the ABI says.
std::arch::global_asm!(
    ".globl pellucid_start",
    ".hidden pellucid_start",
    ".hidden __ehdr_start",
    ".hidden _DYNAMIC",
    ".type pellucid_start, @function",
    "pellucid_start:",
    "mov r15, rdx",
    "lea r14, [rip + __ehdr_start]",
    // 1.
    "movzx ecx, word ptr [r14 + 56]", // e_phnum
    "mov rbx, r14",
    "add rbx, [r14 + 32]", // e_phoff
    "2:",
    "test ecx, ecx",
    "jz 6f",
    "cmp dword ptr [rbx], 0x6474e552", // p_type
    "je 3f",
    "add rbx, 56", // the next header
    "dec ecx",
    "jmp 2b",
    "3:",
    "mov r12, r14",
    "add r12, [rbx + 16]", // p_vaddr
    "mov r13, r12",
    "add r13, [rbx + 40]", // p_memsz
    "and r12, -4096",
    "and r13, -4096",
    "sub r13, r12",
    "jbe 6f",
    "cmp r13, 0x200000",
    "ja 5f",
    // 2.
    "xor edi, edi",
    "mov esi, 0x400000",
    "mov edx, 3",     // PROT_READ | PROT_WRITE
    "mov r10d, 0x22", // MAP_PRIVATE | MAP_ANONYMOUS
    "mov r8, -1",
    "xor r9d, r9d",
    "mov eax, 9", // SYS_mmap
    "syscall",
    "cmp rax, -4096",
    "ja 5f",
    "mov rbp, rax",
    "lea rbx, [rax + 0x1fffff]",
    "and rbx, -0x200000",
    "mov rdi, rbx",
    "mov esi, 0x200000",
    "mov edx, 14", // MADV_HUGEPAGE
    "mov eax, 28", // SYS_madvise
    "syscall",
    "test eax, eax",
    "jnz 4f",
    "mov rdi, rbx",
    "mov rsi, r13",
    "mov edx, 23", // MADV_POPULATE_WRITE
    "mov eax, 28", // SYS_madvise
    "syscall",
    "test eax, eax",
    "jnz 4f",
    "mov rdi, rbx",
    "mov rsi, r12",
    "mov rcx, r13",
    "shr rcx, 3",
    "rep movsq",
    "mov rdi, rbx",
    "mov rsi, r13",
    "mov rdx, r13",
    "mov r10d, 3", // MREMAP_MAYMOVE | MREMAP_FIXED
    "mov r8, r12",
    "mov eax, 25", // SYS_mremap
    "syscall",
    "cmp rax, r12",
    "jne 4f",
    "xor r13d, r13d", // nothing is left to ask for
    "4:",
    "mov rdi, rbp",
    "mov esi, 0x400000",
    "mov eax, 11", // SYS_munmap
    "syscall",
    "test r13, r13",
    "jz 6f",
    // 3.
    "5:",
    "mov rdi, r12",
    "mov rsi, r13",
    "mov edx, 23", // MADV_POPULATE_WRITE
    "mov eax, 28", // SYS_madvise
    "syscall",
    // 4.
    "6:",
    "lea rbx, [rip + _DYNAMIC]",
    "xor esi, esi",
    "xor edi, edi",
    "7:",
    "mov rax, [rbx]", // d_tag
    "test rax, rax",
    "jz 9f",
    "cmp rax, 36", // DT_RELR
    "cmove rsi, [rbx + 8]",
    "cmp rax, 35", // DT_RELRSZ
    "jne 8f",
    "mov rdi, [rbx + 8]",
    "mov qword ptr [rbx + 8], 0",
    "8:",
    "add rbx, 16", // the next entry
    "jmp 7b",
    "9:",
    "add rsi, r14", // where the table begins, and where it ends
    "add rdi, rsi",
    "20:",
    "cmp rsi, rdi",
    "jae 24f",
    "lodsq",
    "test al, 1",
    "jnz 21f",
    "lea rbx, [r14 + rax]", // an address
    "add [rbx], r14",
    "add rbx, 8",
    "jmp 20b",
    "21:",
    "shr rax, 1", // bits for the next 63 words
    "jz 23f",
    "22:",
    "bsf rcx, rax",
    "add [rbx + rcx * 8], r14",
    "lea rcx, [rax - 1]",
    "and rax, rcx",
    "jnz 22b",
    "23:",
    "add rbx, 63 * 8",
    "jmp 20b",
    "24:",
    "mov rdx, r15",
    "jmp _start",
    ".size pellucid_start, . - pellucid_start",
);
