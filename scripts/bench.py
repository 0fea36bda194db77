"""Measures Pellucid beside its peers, in one run: bench.py HOST FOLDER.

Called by `make bench`. Prints the machine, then one line for each figure that
MEASURED.md quotes. Files are measured by turns, and the least time of each
counts: whatever else runs only ever adds. Needs nothing but Python.
"""

import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

RUNS = int(os.environ.get("RUNS", "5"))
STARTS = int(os.environ.get("STARTS", "200"))
LIMIT_S = 60
# In-process rendering takes at least this long where the two are compared, in µs.
WORTH_COMPARING_US = 5000
BIN = "target/release"


def commands(file, folder):
    """Page 1 at 150 dpi into a PNG file, by each program that is here."""
    out = os.path.join(folder, "page")
    known = {
        "pellucid": [f"{BIN}/pellucid", "render", file, "-p", "1", "--dpi", "150", "-o", out + ".png"],
        "mutool": ["mutool", "draw", "-q", "-r", "150", "-o", out + ".mu.png", file, "1"],
        "pdftoppm": ["pdftoppm", "-png", "-r", "150", "-f", "1", "-l", "1", "-singlefile", file, out],
    }
    return {name: command for name, command in known.items() if shutil.which(command[0])}


def seconds(command):
    """How long a program takes; None when it fails or takes longer than the limit."""
    started = time.perf_counter()
    try:
        done = subprocess.run(command, capture_output=True, timeout=LIMIT_S, check=False)
    except subprocess.TimeoutExpired:
        return None
    return time.perf_counter() - started if done.returncode == 0 else None


def least_times(file, folder):
    """Least time of each program for one file, run by turns."""
    best = {}
    programs = commands(file, folder)
    for _ in range(RUNS):
        for name, command in list(programs.items()):
            took = seconds(command)
            if took is None:
                del programs[name]
                best.pop(name, None)
            else:
                best[name] = min(took, best.get(name, took))
    return best


def against_peers(files):
    """Whole process, page 1; returns the files that we draw."""
    with tempfile.TemporaryDirectory() as folder:
        times = {file: least_times(file, folder) for file in files}
    drawn = [file for file in files if "pellucid" in times[file]]
    print(f"whole_process files={len(files)} drawn={len(drawn)} runs={RUNS}")
    for peer in ("mutool", "pdftoppm"):
        compare(peer, [times[file] for file in drawn if peer in times[file]])
    for file in drawn:
        name_slow(file, times[file])
    return drawn


def compare(peer, both):
    if not both:
        print(f"whole_process peer={peer} skipped: not installed, or it draws none of the files")
        return
    ours = [times["pellucid"] * 1000 for times in both]
    theirs = [times[peer] * 1000 for times in both]
    median = statistics.median
    print(
        f"whole_process peer={peer} files={len(both)}"
        f" median_ms={median(ours):.1f}/{median(theirs):.1f} ratio={median(ours) / median(theirs):.2f}"
        f" sum_ms={sum(ours):.0f}/{sum(theirs):.0f} ratio={sum(ours) / sum(theirs):.2f}"
    )


def name_slow(file, times):
    """Names a file that takes us more than three times the best peer."""
    peers = {name: took for name, took in times.items() if name != "pellucid"}
    if peers and times["pellucid"] > 3 * min(peers.values()):
        figures = " ".join(f"{name}={took * 1000:.0f}ms" for name, took in times.items())
        print(f"slow {figures} {file}")


def lines(command):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=False)
    return done.stdout.splitlines()


def page_times(command):
    """Lines of microseconds, a tab and a file."""
    pairs = (line.split("\t", 1) for line in lines(command))
    return {file: int(micros) for micros, file in pairs}


def sandboxed_against_in_process(files, host):
    """The same pages in a renderer and without one, by turns, least of each."""
    renderer = f"{BIN}/pellucid-renderer"
    ways = {
        "sandboxed": [f"{BIN}/examples/sandbox_costs", "pages", renderer, str(RUNS)],
        "in_process": [f"target/static/{host}/release/examples/in_process", str(RUNS)],
    }
    best = {name: {} for name in ways}
    for file in files:
        for _ in range(2):
            for name, command in ways.items():
                for drawn, took in page_times([*command, file]).items():
                    best[name][drawn] = min(took, best[name].get(drawn, took))
    both = [file for file in best["in_process"] if file in best["sandboxed"]]
    long = [file for file in both if best["in_process"][file] >= WORTH_COMPARING_US]
    if not long:
        print(f"sandbox_cost skipped: no page of {len(both)} takes over {WORTH_COMPARING_US} us")
        return
    ratios = sorted(best["sandboxed"][file] / best["in_process"][file] for file in long)
    sums = [sum(best[name][file] for file in long) / 1000 for name in ways]
    print(
        f"sandbox_cost pages={len(long)} over_us={WORTH_COMPARING_US}"
        f" median_ratio={statistics.median(ratios):.3f} p90_ratio={ratios[len(ratios) * 9 // 10]:.3f}"
        f" sum_ms={sums[0]:.0f}/{sums[1]:.0f} ratio={sums[0] / sums[1]:.3f}"
    )


def starts():
    """A renderer against bubblewrap, and copying a slot."""
    costs = f"{BIN}/examples/sandbox_costs"
    found = lines([costs, "start", f"{BIN}/pellucid-renderer", str(STARTS)])
    print("\n".join(found))
    medians = [int(line.split("median=")[1].split()[0]) for line in found]
    if len(medians) == 2:
        print(f"start_ratio to_bwrap={medians[0] / medians[1]:.3f}")
    else:
        print("start_ratio skipped: bwrap is not here or may not make namespaces")
    spare = [costs, "spare", f"{BIN}/pellucid-renderer", str(STARTS), "assets/samples/sample.pdf"]
    print("\n".join(lines(spare)))
    print("\n".join(lines([costs, "hand-over", "50"])))


def machine():
    model = platform.processor() or platform.machine()
    if os.path.exists("/proc/cpuinfo"):
        with open("/proc/cpuinfo", encoding="utf-8") as cpuinfo:
            names = [line.split(":", 1)[1].strip() for line in cpuinfo if line.startswith("model name")]
        model = names[0] if names else model
    load = os.getloadavg()[0]
    print(f"machine cpu='{model}' cores={os.cpu_count()} system={platform.system()} {platform.release()} load={load:.1f}")


def main():
    host, folder = sys.argv[1:]
    names = sorted(name for name in os.listdir(folder) if name.lower().endswith(".pdf"))
    machine()
    starts()
    drawn = against_peers([os.path.join(folder, name) for name in names])
    sandboxed_against_in_process(drawn, host)


main()
