"""Opens every file under a folder with the real programs: corpus.py FOLDER DPI.

Called by `make corpus`. Each file is rendered, every page of it, and asked for
its info and its text. Prints each file that is not drawn with its sentence, then
how many ended how. Ends with 1 when something happened that no document may
cause: a crash, a hang, an exit code that is not documented, an output that is
half written, a process that is left. Needs nothing but Python.

JOBS files at a time (1), LIMIT_S seconds a file (900).
"""

import collections
import concurrent.futures
import ctypes
import os
import pathlib
import subprocess
import sys
import tempfile
import time

BIN = os.environ.get("BIN", "target/release")
JOBS = int(os.environ.get("JOBS", "1"))
# Far above what one page may take: a file of many pages may take long.
LIMIT_S = float(os.environ.get("LIMIT_S", "900"))
# How long a process that was killed may still be seen, in seconds.
GONE_S = 5

# How the program ends for a document, by its exit code.
ENDS = {0: "drawn", 2: "unreadable", 3: "unsupported", 4: "damaged", 5: "password", 6: "limit", 8: "crashed"}
# Sentences of a renderer that was stopped at its deadline.
HUNG = "did not answer within"
# Ends that are a defect of ours, whatever the document holds.
DEFECTS = ("crashed", "hung", "no end", "odd code", "half written", "silent")

PNG_START = b"\x89PNG\r\n\x1a\n"
PNG_END = b"IEND\xaeB`\x82"


def adopt_orphans():
    """On Linux, whatever a program leaves behind becomes our child, and is seen."""
    pr_set_child_subreaper = 36
    try:
        return ctypes.CDLL(None).prctl(pr_set_child_subreaper, 1, 0, 0, 0) == 0
    except (AttributeError, OSError):
        return False


def children():
    """Processes whose parent is this one, without those that are dead."""
    found = set()
    for task in pathlib.Path("/proc/self/task").iterdir():
        try:
            found.update(map(int, (task / "children").read_text().split()))
        except OSError:
            pass
    return {pid for pid in found if not is_dead(pid)}


def is_dead(pid):
    try:
        return ") Z " in pathlib.Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return True


def left_processes():
    """What is still there a while after the last program has ended."""
    end = time.monotonic() + GONE_S
    while (left := children()) and time.monotonic() < end:
        time.sleep(0.05)
    return left


def run(arguments):
    """Exit code and standard error of the program; None for a code when it has no end."""
    command = [f"{BIN}/pellucid", *arguments]
    try:
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, timeout=LIMIT_S, check=False
        )
    except subprocess.TimeoutExpired:
        return None, f"no end within {LIMIT_S:.0f} s"
    return done.returncode, done.stderr.decode(errors="replace").strip()


def end_of(code, told):
    """One word for how it ended."""
    if code is None:
        return "no end"
    if code not in ENDS:
        return "odd code"
    if code != 0 and not told:
        return "silent"
    return "hung" if code == 6 and HUNG in told else ENDS[code]


def is_whole(path):
    data = path.read_bytes()
    return data.startswith(PNG_START) and data.endswith(PNG_END)


def render(path, dpi):
    """How rendering ended, what was told, and how many pages were written."""
    with tempfile.TemporaryDirectory() as folder:
        output = os.path.join(folder, "%d.png")
        code, told = run(["render", str(path), "--dpi", dpi, "-o", output])
        written = list(pathlib.Path(folder).iterdir())
        end = end_of(code, told)
        if not all(map(is_whole, written)) or (end == "drawn" and not written):
            end = "half written"
        return end, told, len(written)


def look_at(path, dpi):
    """Everything that is found out about a file."""
    started = time.monotonic()
    end, told, pages = render(path, dpi)
    took = time.monotonic() - started
    others = []
    for command in ("info", "text"):
        code, words = run([command, str(path)])
        other = end_of(code, words)
        if other in DEFECTS:
            others.append((f"{command}: {other}", words))
    return end, told, pages, took, others


def files_under(folder):
    return sorted(path for path in pathlib.Path(folder).rglob("*") if path.is_file())


def kind_of(path):
    return path.suffix.lower().lstrip(".") or "none"


def tell(folder, path, end, told, took):
    name = path.relative_to(folder)
    # The name stands in front of the line already.
    words = told.replace(f"pellucid: {path}", "").lstrip(": ").replace("\n", " / ")
    print(f"{end:<12} {name}  ({took:.1f} s)  {words}", flush=True)


def summary(ends):
    total = sum(ends.values())
    locked = ends["password"]
    share = 100 * ends["drawn"] / (total - locked) if total > locked else 100
    parts = [f"{count} {end}" for end, count in sorted(ends.items(), key=lambda item: -item[1])]
    return f"{', '.join(parts)}; {share:.2f} % of those without a password"


def main(folder, dpi):
    adopts = adopt_orphans()
    paths = files_under(folder)
    if not paths:
        print(f"corpus: no file under {folder}", file=sys.stderr)
        return 1
    by_kind, all_ends, pages_drawn, defects, slowest = {}, collections.Counter(), 0, 0, []
    with concurrent.futures.ThreadPoolExecutor(JOBS) as pool:
        for path, result in zip(paths, pool.map(lambda path: look_at(path, dpi), paths)):
            end, told, pages, took, others = result
            by_kind.setdefault(kind_of(path), collections.Counter())[end] += 1
            all_ends[end] += 1
            pages_drawn += pages
            slowest.append((took, path.relative_to(folder)))
            # A document may be drawn and still have something to say.
            if end != "drawn" or told:
                tell(folder, path, end, told, took)
            for other, words in others:
                tell(folder, path, other, words, took)
            defects += (end in DEFECTS) + len(others)
    left = left_processes() if adopts else set()
    print("\nSlowest: " + ", ".join(f"{name} {took:.1f} s" for took, name in sorted(slowest, reverse=True)[:5]))
    for kind in sorted(by_kind):
        print(f"{kind}: {summary(by_kind[kind])}")
    print(f"\n{len(paths)} files, {pages_drawn} pages: {summary(all_ends)}")
    print(f"left processes: {' '.join(map(str, sorted(left))) or 'none'}" if adopts else "left processes: not looked for")
    print(f"defects of ours: {defects or 'none'}")
    return 1 if defects or left else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2]))
