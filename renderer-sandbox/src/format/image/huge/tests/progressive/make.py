#!/usr/bin/env python3
"""Makes the pictures here: progressive JPEGs in scans of every kind. They are committed;
run this after a change of it, and commit what it writes. Needs Pillow (libjpeg) and
ImageMagick, which knows more ways to leave samples of colour out."""
import math
import subprocess
import tempfile

from PIL import Image

SIZE = (211, 157)


def color(x, y):
    wave = math.sin(x / 9) * 60 + math.cos(y / 13) * 60
    return (x, int(128 + wave), y * 3 // 2)


picture = Image.new("RGB", SIZE)
picture.putdata([color(x, y) for y in range(SIZE[1]) for x in range(SIZE[0])])
usual = {"progressive": True, "quality": 80}
for name, subsampling in (("444", 0), ("422", 1), ("420", 2)):
    picture.save(f"{name}.jpg", subsampling=subsampling, **usual)
picture.save("restarts.jpg", subsampling=2, restart_marker_blocks=5, **usual)
picture.convert("L").save("grey.jpg", **usual)
picture.convert("CMYK").save("cmyk.jpg", **usual)
with tempfile.NamedTemporaryFile(suffix=".png") as file:
    picture.save(file.name)
    for name, factor in (("440", "1x2"), ("411", "4x1")):
        convert = ["convert", file.name, "-strip", "-interlace", "JPEG", "-quality", "80"]
        subprocess.run([*convert, "-sampling-factor", factor, f"{name}.jpg"], check=True)
