#!/usr/bin/env python3
"""Makes the pictures here: JPEGs whose components come in scans of their own, and, with
`-together`, the same blocks in one scan. They are committed; run this after a change of it,
and commit what it writes. Needs Pillow (libjpeg), ImageMagick and jpegtran."""
import math
import subprocess
import tempfile
from pathlib import Path

from PIL import Image

SIZE = (107, 83)


def color(x, y):
    wave = math.sin(x / 9) * 60 + math.cos(y / 13) * 60
    return (2 * x, int(128 + wave), y * 3)


def apart(name, scans, *more):
    """Of the file with one scan one with these."""
    with tempfile.NamedTemporaryFile("w", suffix=".scans") as script:
        script.write(scans)
        script.flush()
        tran = ["jpegtran", "-scans", script.name, *more, "-outfile", f"{name}.jpg"]
        subprocess.run([*tran, f"{name}-together.jpg"], check=True)


picture = Image.new("RGB", SIZE)
picture.putdata([color(x, y) for y in range(SIZE[1]) for x in range(SIZE[0])])
for name, subsampling in (("444", 0), ("420", 2)):
    picture.save(f"{name}-together.jpg", quality=80, subsampling=subsampling)
picture.save("restarts-together.jpg", quality=80, subsampling=2)
with tempfile.NamedTemporaryFile(suffix=".png") as file:
    picture.save(file.name)
    for name, factor in (("440", "1x2"), ("411", "4x1")):
        convert = ["convert", file.name, "-strip", "-quality", "80"]
        convert += ["-sampling-factor", factor, f"{name}-together.jpg"]
        subprocess.run(convert, check=True)
apart("444", "0; 1; 2;")
apart("420", "0; 1; 2;")
# The colours together, and before the brightness.
apart("440", "1 2; 0;")
apart("411", "0; 1 2;")
apart("restarts", "0; 2; 1;", "-restart", "5B")
