#!/usr/bin/env python3
"""Scrolling a long document at full speed, and opening one of 10,000 pages.

Turns the wheel over 500 pages of plain colours for 30 s under Xvfb, and looks
at a column of the screen meanwhile, without asking anybody. Prints the longest
time in which nothing moved (an upper bound for how long input was held up), the
longest time for which a page was blank, and the most memory of all processes
together. Then opens 10 and 10,000 pages by turns: from exec to the first page.

    python3 scripts/bench-scroll.py
"""

import mmap
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WIDTH, HEIGHT = 1280, 1024
DISPLAY = ":94"
SECONDS = 30
# A column inside the page, and the rows between header and lower edge of the window.
COLUMN, TOP, BOTTOM = 400, 60, 850
# How often the screen is looked at while a document opens. Four times as often, this
# program takes so much of one of two cores that the renderer waits for it.
LOOK_S = 0.002
WHITE = b"\xff\xff\xff"
COLORS = [(200, 30, 40), (20, 160, 60), (30, 60, 210)]


def document(path, pages):
    """A PDF of so many pages, each in one of the colours."""
    objects = ["<< /Type /Catalog /Pages 2 0 R >>", ""]
    kids = []
    for page in range(pages):
        color = " ".join(f"{channel / 255:.4f}" for channel in COLORS[page % 3])
        content = f"{color} rg 0 0 400 300 re f"
        number = len(objects) + 1
        kids.append(f"{number} 0 R")
        objects.append(f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 400 300] /Contents {number + 1} 0 R >>")
        objects.append(f"<< /Length {len(content)} >>\nstream\n{content}\nendstream")
    objects[1] = f"<< /Type /Pages /Kids [{' '.join(kids)}] /Count {pages} >>"
    out, places = bytearray(b"%PDF-1.4\n"), []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n{body}\nendobj\n".encode()
    table = len(out)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += f"trailer << /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{table}\n%%EOF\n".encode()
    path.write_bytes(out)


class Screen:
    """The screen of an Xvfb as it is in its memory."""

    def __init__(self, folder):
        command = ["Xvfb", DISPLAY, "-screen", "0", f"{WIDTH}x{HEIGHT}x24", "-fbdir", folder, "-noreset"]
        self.server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        file = Path(folder) / "Xvfb_screen0"
        while not file.exists() or file.stat().st_size < WIDTH * HEIGHT * 4:
            time.sleep(0.02)
        time.sleep(0.3)
        self.map = mmap.mmap(os.open(file, os.O_RDONLY), 0, prot=mmap.PROT_READ)
        self.start = len(self.map) - WIDTH * HEIGHT * 4

    def column(self):
        """Every second pixel of the column."""
        places = range(TOP, BOTTOM, 2)
        return [self.map[at : at + 3] for at in (self.start + (y * WIDTH + COLUMN) * 4 for y in places)]


def memory(pid):
    """Proportional memory of a process and all it started, in MiB."""
    total, pids = 0, [pid]
    for parent in pids:
        try:
            children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
            pids.extend(int(child) for child in children)
            rollup = Path(f"/proc/{parent}/smaps_rollup").read_text()
            total += next(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:"))
        except (OSError, StopIteration):
            pass  # It has ended meanwhile.
    return total / 1024


def start(path, environment):
    ours = os.environ.get("PELLUCID", str(ROOT / "target/release/pellucid"))
    quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    return subprocess.Popen([ours, "--private", str(path)], env=environment, start_new_session=True, **quiet)


def stop(viewer):
    os.killpg(viewer.pid, signal.SIGKILL)
    viewer.wait()


def shows_page(column):
    red, green, blue = COLORS[0]
    wanted = bytes([blue, green, red])
    return sum(all(abs(a - b) < 4 for a, b in zip(pixel, wanted)) for pixel in column) > 50


def scroll(screen, path, environment):
    viewer = start(path, environment)
    while not shows_page(screen.column()):
        time.sleep(0.01)
    time.sleep(1)
    subprocess.run(["xdotool", "mousemove", str(COLUMN), "400"], env=environment, check=True)
    wheel = ["xdotool", "click", "--repeat", str(SECONDS * 60), "--delay", "16", "5"]
    wheel = subprocess.Popen(wheel, env=environment)
    began = time.perf_counter()
    last, moved, white_since = screen.column(), began + 0.5, None
    still, blank, most, looks, next_memory = [], 0.0, 0.0, 0, began
    while time.perf_counter() - began < SECONDS and wheel.poll() is None:
        now, column = time.perf_counter(), screen.column()
        looks += 1
        if column != last:
            still.append(now - moved)
            last, moved = column, max(now, moved)
        # A fifth of the column in white is a page that is not drawn.
        if column.count(WHITE) > len(column) / 5:
            white_since = white_since or now
            blank = max(blank, now - white_since)
        else:
            white_since = None
        if now > next_memory:
            most, next_memory = max(most, memory(viewer.pid)), now + 0.5
        time.sleep(0.001)
    wheel.kill()
    stop(viewer)
    still.sort()
    print(f"scrolled for {SECONDS} s, {len(still)} frames seen in {looks} looks")
    print(f"  nothing moved for at most {still[-1] * 1000:.0f} ms, p99 {still[len(still) * 99 // 100] * 1000:.0f} ms")
    print(f"  a page was blank for at most {blank * 1000:.0f} ms")
    print(f"  at most {most:.0f} MiB in all processes together")


def opening(screen, paths, environment):
    times = {path: [] for path in paths}
    for _ in range(7):
        for path in paths:
            began = time.perf_counter()
            viewer = start(path, environment)
            while not shows_page(screen.column()):
                time.sleep(LOOK_S)
            times[path].append((time.perf_counter() - began) * 1000)
            stop(viewer)
            while shows_page(screen.column()):
                time.sleep(0.01)
    few, many = (statistics.median(times[path]) for path in paths)
    print(f"opening 10 pages: median {few:.1f} ms; 10,000 pages: {many:.1f} ms, {many / few:.2f} times")


def main():
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "DISPLAY": DISPLAY, "HOME": folder, "XDG_RUNTIME_DIR": folder}
        environment.pop("WAYLAND_DISPLAY", None)
        paths = {pages: Path(folder) / f"{pages}.pdf" for pages in (10, 500, 10_000)}
        for pages, path in paths.items():
            document(path, pages)
        screen = Screen(folder)
        try:
            scroll(screen, paths[500], environment)
            opening(screen, [paths[10], paths[10_000]], environment)
        finally:
            screen.server.terminate()
            screen.server.wait()


if __name__ == "__main__":
    sys.exit(main())
