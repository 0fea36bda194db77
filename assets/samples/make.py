#!/usr/bin/env python3
"""Makes the sample documents: sample.pdf, sample.png and sample.flac. Deterministic, standard library only.

The files are committed; run this after a change, and commit what it writes.
"""
import hashlib
import math
import pathlib
import struct
import zlib

HERE = pathlib.Path(__file__).parent
INK, BLUE, PALE, GREY = "0.13 0.15 0.19", "0.16 0.40 0.65", "0.90 0.94 0.98", "0.45 0.48 0.53"


class Page:
    """Collects the drawing operators of one A4 page; y grows downwards from the top."""

    def __init__(self):
        self.operators = []

    def text(self, x, y, size, words, font="F1", colour=INK):
        words = words.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
        encoded = words.encode("cp1252").decode("latin-1")
        self.operators.append(f"{colour} rg BT /{font} {size} Tf {x} {842 - y} Td ({encoded}) Tj ET")

    def box(self, x, y, width, height, colour):
        self.operators.append(f"{colour} rg {x} {842 - y - height} {width} {height} re f")

    def line(self, points, colour, width=1):
        path = " ".join(f"{x:.2f} {842 - y:.2f} {'l' if i else 'm'}" for i, (x, y) in enumerate(points))
        self.operators.append(f"{colour} RG {width} w 1 J 1 j {path} S")

    def circle(self, x, y, radius, colour):
        k, y = radius * 0.5523, 842 - y
        self.operators.append(
            f"{colour} rg {x + radius} {y} m {x + radius} {y + k} {x + k} {y + radius} {x} {y + radius} c "
            f"{x - k} {y + radius} {x - radius} {y + k} {x - radius} {y} c "
            f"{x - radius} {y - k} {x - k} {y - radius} {x} {y - radius} c "
            f"{x + k} {y - radius} {x + radius} {y - k} {x + radius} {y} c f")

    def bytes(self):
        return "\n".join(self.operators).encode("latin-1")


def cover():
    page = Page()
    page.box(0, 0, 595, 250, PALE)
    for i in range(9):
        page.circle(470 - i * 6, 125, 90 - i * 10, f"{0.86 - i * 0.08:.2f} {0.92 - i * 0.06:.2f} {0.98 - i * 0.03:.2f}")
    page.text(60, 125, 44, "Pellucid", "F2", BLUE)
    page.text(60, 160, 15, "letting light through and nothing else", "F3", GREY)
    y = 310
    for paragraph in (
        ("A document is a program for the machine that shows it. Fonts, pictures and page",
         "descriptions are parsed by code that was written for friendly input, and one",
         "mistake in it gives the author of the file what the reader has."),
        ("Pellucid parses nothing in the process that has the window and the files. Each",
         "document goes to a process of its own, which has given up everything before it",
         "sees the first byte, and hands back nothing but pixels."),
    ):
        for words in paragraph:
            page.text(60, y, 12, words)
            y += 18
        y += 14
    page.text(60, 790, 9, "This page is drawn by the renderer that it describes.", "F3", GREY)
    return page


def figure():
    page = Page()
    page.text(60, 90, 24, "Lines, curves and numbers", "F2", BLUE)
    page.box(60, 120, 475, 260, PALE)
    for i in range(6):
        page.line([(60, 120 + i * 52), (535, 120 + i * 52)], "0.80 0.85 0.90", 0.5)
    wave = [(60 + t * 4.75, 250 - 100 * math.sin(t / 9) * math.exp(-t / 60)) for t in range(101)]
    page.line(wave, BLUE, 2)
    page.line([(60 + t * 4.75, 250 - 100 * math.exp(-t / 60)) for t in range(101)], GREY, 0.75)
    page.text(60, 400, 9, "A damped wave, and the curve that bounds it.", "F3", GREY)
    page.text(60, 450, 13, "Hairlines from 0.1 to 2 points", "F2")
    for i in range(20):
        page.line([(60 + i * 24, 470), (76 + i * 24, 500)], INK, 0.1 * (i + 1))
    page.text(60, 545, 13, "Sizes from 6 to 24 points", "F2")
    y = 566
    for size in (6, 8, 10, 12, 16, 20, 24):
        page.text(60, y, size, f"{size} pt: quick brown foxes, 0123456789, \u00e4\u00f6\u00fc \u00e9\u00e8 \u20ac")
        y += size * 1.45
    return page


def table():
    page = Page()
    page.text(60, 90, 24, "What a renderer may do", "F2", BLUE)
    rows = [("It may", "It may not"), ("compute", "open a file"), ("draw into its own pixels", "connect to anything"),
            ("answer the broker", "start a program"), ("die", "signal another process"), ("", "run what it wrote"),
            ("", "learn of other documents")]
    for i, (left, right) in enumerate(rows):
        y = 120 + i * 30
        page.box(60, y, 475, 30, PALE if i % 2 else "1 1 1")
        font = "F2" if i == 0 else "F1"
        page.text(72, y + 20, 12, left, font)
        page.text(310, y + 20, 12, right, font)
    page.line([(60, 150), (535, 150)], BLUE, 1)
    return page


def stream(content):
    packed = zlib.compress(content, 9)
    return b"<< /Length %d /Filter /FlateDecode >>\nstream\n%b\nendstream" % (len(packed), packed)


def pdf(pages):
    objects = [b"<< /Type /Catalog /Pages 2 0 R /PageLabels << /Nums [0 << /S /r >> 1 << /S /D >>] >> >>", b"",
               *(b"<< /Type /Font /Subtype /Type1 /BaseFont /%b /Encoding /WinAnsiEncoding >>" % name
                 for name in (b"Helvetica", b"Helvetica-Bold", b"Helvetica-Oblique")),
               b"<< /Title (Pellucid, a sample) /Author (The Pellucid contributors) /CreationDate (D:20261123120000Z) >>"]
    kids = []
    for page in pages:
        objects.append(stream(page.bytes()))
        kids.append(len(objects) + 1)
        objects.append(b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents %d 0 R "
                       b"/Resources << /Font << /F1 3 0 R /F2 4 0 R /F3 5 0 R >> >> >>" % len(objects))
    objects[1] = b"<< /Type /Pages /Count %d /Kids [%b] >>" % (len(kids), b" ".join(b"%d 0 R" % kid for kid in kids))
    out, offsets = bytearray(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"), []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    out += b"trailer\n<< /Size %d /Root 1 0 R /Info 6 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
    return bytes(out)


def png(width, height, pixel):
    rows = b"".join(b"\0" + b"".join(bytes(pixel(x, y)) for x in range(width)) for y in range(height))

    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows, 9)) + chunk(b"IEND", b""))


def lens(x, y):
    """A glass disc over nothing: half transparent, with a bright rim."""
    distance = math.hypot(x - 120, y - 90) / 80
    if distance > 1:
        return 0, 0, 0, 0
    rim = max(0.0, (distance - 0.85) / 0.15)
    return int(60 + 150 * rim), int(120 + 110 * rim), int(190 + 60 * rim), int(90 + 150 * rim)


def crc(data, bits, polynomial):
    value = 0
    for byte in data:
        value ^= byte << (bits - 8)
        for _ in range(8):
            value = (value << 1 ^ (polynomial if value >> (bits - 1) else 0)) & ((1 << bits) - 1)
    return value.to_bytes(bits // 8, "big")


def flac(rate, samples):
    """One channel of 16 bits, in one frame whose samples are kept as they are."""
    count = len(samples)
    packed = struct.pack(f"<{count}h", *samples)
    fields = rate << 44 | 0 << 41 | 15 << 36 | count
    info = struct.pack(">HH", count, count) + bytes(6) + fields.to_bytes(8, "big") + hashlib.md5(packed).digest()
    # 16 bits with the length of the block at the end, 8 kHz, one channel, 16 bits, frame 0.
    frame = b"\xff\xf8\x74\x08\x00" + struct.pack(">H", count - 1)
    frame += crc(frame, 8, 0x07) + b"\x02" + struct.pack(f">{count}h", *samples)
    return b"fLaC\x80" + len(info).to_bytes(3, "big") + info + frame + crc(frame, 16, 0x8005)


if __name__ == "__main__":
    (HERE / "sample.flac").write_bytes(flac(8000, [(i * 997) % 20_001 - 10_000 for i in range(400)]))
    (HERE / "sample.pdf").write_bytes(pdf([cover(), figure(), table()]))
    (HERE / "sample.png").write_bytes(png(240, 180, lens))
