#!/usr/bin/env python3
"""Makes the seeds: one small file a kind. Deterministic; what it writes is committed."""
import pathlib
import shutil
import struct
import zlib

HERE = pathlib.Path(__file__).parent
SAMPLES = HERE.parent.parent / "assets" / "samples"


def write(target, name, content):
    (HERE / target / name).write_bytes(content)


# Events and requests, as ipc encodes them: a number for the kind, then the fields.
write("decode_event", "locked", b"\x01")
write("decode_event", "opened", b"\x02\x00\x03\x00")
write("decode_event", "password", b"\x03\x01")
write("decode_event", "refused", b"\x04\x01\x03why")
write("decode_event", "painted", b"\x05\x07")
write("decode_event", "info", b"\x06\x07\x00\x01\x01\x01\x01\x05title")
write("decode_event", "text", b"\x06\x07\x00\x01\x02\x01\x04word" + struct.pack("<4f", 1, 2, 3, 4) + b"\x01")
write("decode_event", "pages", b"\x06\x07\x00\x01\x00\x01" + struct.pack("<2f", 595, 842) + b"\x01i")
write("decode_event", "failed", b"\x07\x07\x04\x00")
write("decode_request", "unlock", b"\x01\x06secret")
write("decode_request", "paint", b"\x02\x07\x00\x64\x64\x00\x00\x40\x40\x01")
write("decode_request", "pages", b"\x03\x07\x00\x0a")
write("decode_request", "info", b"\x04\x07")
write("decode_request", "text", b"\x05\x07\x01")
write("decode_request", "credit", b"\x06\x07\x10")
write("decode_request", "cancel", b"\x07\x07")
write("broker_session", "nothing", b"\x00" * 16)

shutil.copy(SAMPLES / "sample.pdf", HERE / "render_document" / "sample.pdf")
pixel = b"\0\xff\x80\x00\xff"
png = b"\x89PNG\r\n\x1a\n"
for kind, body in ((b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 6, 0, 0, 0)), (b"IDAT", zlib.compress(pixel)), (b"IEND", b"")):
    png += struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
write("render_document", "pixel.png", png)
write("render_document", "pixel.ppm", b"P6\n1 1\n255\n\xff\x80\x00")
write("render_document", "pixel.bmp", b"BM" + struct.pack("<IHHI", 58, 0, 0, 54) + struct.pack("<IiiHHIIiiII", 40, 1, 1, 1, 24, 0, 4, 0, 0, 0, 0) + b"\0\x80\xff\0")
write("render_document", "pixel.tga", struct.pack("<BBBHHBHHHHBB", 0, 0, 2, 0, 0, 0, 0, 0, 1, 1, 24, 0) + b"\0\x80\xff")
write("render_document", "pixel.ff", b"farbfeld" + struct.pack(">II4H", 1, 1, 65535, 32768, 0, 65535))
write("render_document", "pixel.qoi", b"qoif" + struct.pack(">IIBB", 1, 1, 4, 0) + b"\xff\xff\x80\0\xff" + b"\0" * 7 + b"\x01")
write("render_document", "pixel.gif", b"GIF89a\x01\0\x01\0\x80\0\0\xff\x80\0\0\0\0,\0\0\0\0\x01\0\x01\0\0\x02\x02D\x01\0;")
write("render_document", "pixel.hdr", b"#?RADIANCE\nFORMAT=32-bit_rle_rgbe\n\n-Y 1 +X 1\n\x80\x40\x20\x81")
