#!/usr/bin/env python3
"""Searching a document of 1000 pages, beside pdftotext and grep: bench-search.py COSTS [FILE…].

Called by `make bench-search`; COSTS is the example search_costs. Makes the document itself: 1000 pages of 500 words in
a font that every reader has, one word on every page, one on the last page alone. By
turns, least of RUNS (5); whatever else runs only ever adds.
"""

import json
import os
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile
import time
import zlib

RUNS = int(os.environ.get("RUNS", "5"))
PAGES = 1000
LINES, WORDS_A_LINE = 50, 10
ROOT = pathlib.Path(__file__).resolve().parent.parent
PELLUCID = ROOT / "target/release/pellucid"


def made_up_words():
    """A vocabulary; the same in every run."""
    source = random.Random(5)
    syllables = [a + b for a in "bdfgklmnprstv" for b in "aeiou"]
    return ["".join(source.choices(syllables, k=source.randint(1, 4))) for _ in range(4000)]


def document():
    """The document, as bytes."""
    source, words = random.Random(7), made_up_words()
    objects = ["<< /Type /Catalog /Pages 2 0 R >>", None,
               "<< /Type /Font /Subtype /Type1 /BaseFont /Times-Roman >>"]
    kids = []
    for page in range(PAGES):
        lines = [" ".join(source.choices(words, k=WORDS_A_LINE)) for _ in range(LINES)]
        lines[source.randrange(LINES)] += " everywhere"
        if page == PAGES - 1:
            lines[-1] += " nowhereelse"
        shown = "".join(f"({line}) ' " for line in lines)
        content = zlib.compress(f"BT /F 11 Tf 14 TL 60 790 Td {shown} ET".encode())
        kids.append(f"{len(objects) + 1} 0 R")
        objects.append(f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {len(objects) + 2} 0 R "
                       "/Resources << /Font << /F 3 0 R >> >> >>")
        objects.append((f"<< /Filter /FlateDecode /Length {len(content)} >>", content))
    objects[1] = f"<< /Type /Pages /Kids [{' '.join(kids)}] /Count {PAGES} >>"
    return assembled(objects)


def assembled(objects):
    out, places = bytearray(b"%PDF-1.5\n"), []
    for number, one in enumerate(objects, 1):
        places.append(len(out))
        dictionary, content = one if isinstance(one, tuple) else (one, None)
        out += f"{number} 0 obj\n{dictionary}\n".encode()
        if content is not None:
            out += b"stream\n" + content + b"\nendstream\n"
        out += b"endobj\n"
    table = len(out)
    out += f"xref\n0 {len(places) + 1}\n0000000000 65535 f \n".encode()
    out += "".join(f"{place:010} 00000 n \n" for place in places).encode()
    out += f"trailer << /Size {len(places) + 1} /Root 1 0 R >>\nstartxref\n{table}\n%%EOF\n".encode()
    return bytes(out)


def took(command):
    """Milliseconds that a shell command takes, and to the first line that it prints."""
    started = time.perf_counter()
    with subprocess.Popen(["sh", "-c", command], stdout=subprocess.PIPE) as running:
        running.stdout.readline()
        first = time.perf_counter() - started
        running.stdout.read()
    return (time.perf_counter() - started) * 1000, first * 1000


def whole_programs(path):
    """Both programs from start to end."""
    ours = f"exec {PELLUCID} text --grep {{word}} {path}"
    theirs = f"pdftotext {path} - | grep {{word}}"
    for word in ("everywhere", "nowhereelse", "never"):
        best = {}
        for _ in range(RUNS):
            for name, command in (("ours", ours), ("theirs", theirs)):
                times = took(command.format(word=word))
                best[name] = [min(pair) for pair in zip(times, best.get(name, times))]
        (all_ours, first_ours), (all_theirs, first_theirs) = best["ours"], best["theirs"]
        print(f"search word={word} ours_ms={all_ours:.0f} pdftotext_grep_ms={all_theirs:.0f} "
              f"ratio={all_ours / all_theirs:.2f} first_line_ms={first_ours:.0f} (theirs {first_theirs:.0f})")


def in_a_document_that_is_open(costs, path):
    """From the question on, in one session."""
    renderer = ROOT / "target/release/pellucid-renderer"
    for word in ("everywhere", "nowhereelse"):
        done = subprocess.run([costs, renderer, path, word, str(RUNS)], capture_output=True, check=True)
        for line in done.stdout.decode().splitlines():
            name, times = line.split(" ", 1)
            times = json.loads(times)
            if times:
                print(f"open_document word={word} {name}_ms least={times[0] / 1000:.1f} "
                      f"median={times[len(times) // 2] / 1000:.1f} most={times[-1] / 1000:.1f} n={len(times)}")


def main():
    if not PELLUCID.is_file() or not shutil.which("pdftotext"):
        sys.exit("first: make build; needs pdftotext (poppler-utils)")
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "thousand.pdf")
        made = document()
        pathlib.Path(path).write_bytes(made)
        print(f"document pages={PAGES} words={PAGES * LINES * WORDS_A_LINE} bytes={len(made)} cores={os.cpu_count()}")
        whole_programs(path)
        for file in sys.argv[2:]:
            print(f"document {os.path.basename(file)}")
            whole_programs(file)
        in_a_document_that_is_open(sys.argv[1], path)


if __name__ == "__main__":
    main()
