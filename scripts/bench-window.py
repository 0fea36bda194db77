#!/usr/bin/env python3
"""How long until the document's own pixels are on the screen.

Starts viewers by turns on a page of one colour under Xvfb, whose screen is a
file that is looked at without asking anybody, and prints the time from exec to
the first pixel of that colour: the median, and the ratio to ours.

Then the same with a photograph of one colour, and viewers of pictures.

    make bench-window
"""

import contextlib
import mmap
import os
import shutil
import signal
import statistics
import struct
import subprocess
import sys
import tempfile
import time
import zlib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
COLOR = (0xC7, 0x15, 0x85)
WIDTH, HEIGHT = 1280, 1024
DISPLAY = ":93"
PATIENCE_S = 20
VIEWERS = [
    ["pellucid", "--private"],
    ["pellucid", "--private", "--gpu", "vulkan"],
    ["zathura"],
    ["evince"],
    ["xpdf"],
    ["mupdf"],
]


def page_of_one_color(path):
    """A PDF, one page, all of COLOR."""
    red, green, blue = (channel / 255 for channel in COLOR)
    content = f"{red:.4f} {green:.4f} {blue:.4f} rg 0 0 612 792 re f".encode()
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
    ]
    out, places = bytearray(b"%PDF-1.4\n"), []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = len(out)
    out += b"xref\n0 5\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % p for p in places)
    out += b"trailer << /Size 5 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % table
    path.write_bytes(out)


# Viewers of pictures.
PICTURE_VIEWERS = [
    ["pellucid", "--private"],
    ["imv-x11"],
    ["feh"],
]
PICTURE_WIDTH, PICTURE_HEIGHT = 1000, 800


def picture_of_one_color(path):
    """A PNG, all of COLOR."""
    row = b"\0" + bytes(COLOR) * PICTURE_WIDTH

    def chunk(kind, data):
        checked = kind + data
        return struct.pack(">I", len(data)) + checked + struct.pack(">I", zlib.crc32(checked))

    header = struct.pack(">IIBBBBB", PICTURE_WIDTH, PICTURE_HEIGHT, 8, 2, 0, 0, 0)
    data = zlib.compress(row * PICTURE_HEIGHT)
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b""))


class Screen:
    """The screen of an Xvfb as it is in its memory."""

    def __init__(self, folder):
        self.server = subprocess.Popen(
            ["Xvfb", DISPLAY, "-screen", "0", f"{WIDTH}x{HEIGHT}x24", "-fbdir", folder, "-noreset"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        file = Path(folder) / "Xvfb_screen0"
        for _ in range(200):
            if file.exists() and file.stat().st_size > WIDTH * HEIGHT * 4:
                break
            time.sleep(0.02)
        time.sleep(0.3)
        self.map = mmap.mmap(os.open(file, os.O_RDONLY), 0, prot=mmap.PROT_READ)
        start = len(self.map) - WIDTH * HEIGHT * 4
        # A grid that no window of a page can slip through.
        self.places = [
            start + (y * WIDTH + x) * 4 for y in range(40, HEIGHT, 80) for x in range(40, WIDTH, 80)
        ]

    def shows_page(self):
        red, green, blue = COLOR
        for place in self.places:
            pixel = self.map[place : place + 3]
            near = abs(pixel[0] - blue) < 4 and abs(pixel[1] - green) < 4 and abs(pixel[2] - red) < 4
            if near:
                return True
        return False

    def close(self):
        self.server.terminate()
        self.server.wait()


def once(screen, command, environment):
    """Milliseconds, or None when nothing was seen."""
    started = time.perf_counter()
    viewer = subprocess.Popen(
        command,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    took = None
    while time.perf_counter() - started < PATIENCE_S and viewer.poll() is None:
        if screen.shows_page():
            took = (time.perf_counter() - started) * 1000
            break
        time.sleep(0.0005)
    with contextlib.suppress(ProcessLookupError):
        # One that cannot use this screen has ended.
        os.killpg(viewer.pid, signal.SIGKILL)
    viewer.wait()
    for _ in range(400):
        if not screen.shows_page():
            break
        time.sleep(0.01)
    time.sleep(0.05)
    return took


def main():
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 7
    if shutil.which("Xvfb") is None:
        sys.exit("bench-window: Xvfb is missing (apt-get install xvfb)")
    folder = tempfile.mkdtemp()
    document = Path(folder) / "page.pdf"
    page_of_one_color(document)
    screen = Screen(folder)
    environment = {
        **os.environ,
        "DISPLAY": DISPLAY,
        "HOME": folder,
        "XDG_RUNTIME_DIR": folder,
        "NO_AT_BRIDGE": "1",
        "GSETTINGS_BACKEND": "memory",
    }
    environment.pop("WAYLAND_DISPLAY", None)
    picture = Path(folder) / "picture.png"
    picture_of_one_color(picture)
    try:
        for what, viewers, file in [("document", VIEWERS, document), ("picture", PICTURE_VIEWERS, picture)]:
            print(f"from exec to the {what}'s pixels on the screen, {runs} runs by turns")
            compare(screen, environment, viewers, file, runs)
    finally:
        screen.close()
        shutil.rmtree(folder, ignore_errors=True)


def compare(screen, environment, viewers, file, runs):
    """Starts the viewers by turns, and prints what they took."""
    ours = os.environ.get("PELLUCID", str(ROOT / "target/release/pellucid"))
    commands = []
    for viewer in viewers:
        program = ours if viewer[0] == "pellucid" else shutil.which(viewer[0])
        if program is None:
            print(f"bench-window: {viewer[0]} is not installed, left out")
            continue
        commands.append((" ".join(viewer), [program, *viewer[1:], str(file)]))
    times = {name: [] for name, _ in commands}
    for _ in range(runs):
        for name, command in commands:
            times[name].append(once(screen, command, environment))
    base = None
    for name, _ in commands:
        seen = [took for took in times[name] if took is not None]
        if not seen:
            print(f"  {name:32} nothing was seen")
            continue
        median = statistics.median(seen)
        base = base or median
        print(f"  {name:32} median {median:7.1f} ms  least {min(seen):7.1f} ms  {median / base:5.2f} times ours")


main()
