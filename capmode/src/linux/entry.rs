//! Where a static renderer begins: one system call before the C library's own
//! start, so that relocating costs one fault instead of two hundred.
//!
//! A static position-independent program relocates some 40,000 pointers in 800
//! KB of tables before `main`; each page of them is copied when it is first
//! written to. Asking for all of them at once (Linux 5.14,
//! `MADV_POPULATE_WRITE`) spares the exceptions. Without the call, or on another
//! processor, everything works and takes a little longer.
//!
//! `renderer-sandbox/build.rs` makes this the entry of the program.

// Finds `PT_GNU_RELRO` in the program headers (`elf(5)`) behind the linker's
// `__ehdr_start`, and passes its pages to `madvise(2)`, whose answer does not
// matter.
//
// SAFETY: at entry the stack pointer points at `argc` and `rdx` holds what
// `_start` gives to `atexit` (System V ABI, AMD64, 3.4.1); the stack is not
// touched and `rdx` is put back, so `_start` begins as if it were first.
// Nothing has been relocated, so everything is addressed relative to `rip`. The
// kernel has mapped the headers, which are read only up to `e_phnum`; the
// advice changes no byte of memory.
std::arch::global_asm!(
    ".globl pellucid_start",
    ".hidden pellucid_start",
    ".hidden __ehdr_start",
    ".type pellucid_start, @function",
    "pellucid_start:",
    "mov r8, rdx",
    "lea r9, [rip + __ehdr_start]",
    "movzx ecx, word ptr [r9 + 56]", // e_phnum
    "mov rbx, r9",
    "add rbx, [r9 + 32]", // e_phoff
    "2:",
    "test ecx, ecx",
    "jz 4f",
    "cmp dword ptr [rbx], 0x6474e552", // p_type
    "je 3f",
    "add rbx, 56", // the next header
    "dec ecx",
    "jmp 2b",
    "3:",
    "mov rdi, r9",
    "add rdi, [rbx + 16]", // p_vaddr
    "mov rsi, rdi",
    "add rsi, [rbx + 40]", // p_memsz
    "and rdi, -4096",
    "sub rsi, rdi",
    "mov edx, 23", // MADV_POPULATE_WRITE
    "mov eax, 28", // SYS_madvise
    "syscall",
    "4:",
    "mov rdx, r8",
    "jmp _start",
    ".size pellucid_start, . - pellucid_start",
);
