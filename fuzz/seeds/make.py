#!/usr/bin/env python3
"""Makes the seeds: one small file a kind. Deterministic; what it writes is committed."""
import pathlib
import shutil
import struct
import subprocess
import zlib

HERE = pathlib.Path(__file__).parent
SAMPLES = HERE.parent.parent / "assets" / "samples"


def write(target, name, content):
    (HERE / target / name).write_bytes(content)


# Events and requests, as ipc encodes them: a number for the kind, then the fields.
write("decode_event", "locked", b"\x01")
write("decode_event", "opened", b"\x02\x00\x03\x00\x00")
write("decode_event", "password", b"\x03\x01")
write("decode_event", "refused", b"\x04\x01\x03why")
write("decode_event", "painted", b"\x05\x07\x01")
write("decode_event", "info", b"\x06\x07\x00\x01\x01\x01\x01\x05title")
write("decode_event", "text", b"\x06\x07\x00\x01\x02\x01\x04word" + struct.pack("<4f", 1, 2, 3, 4) + b"\x01")
write("decode_event", "pages", b"\x06\x07\x00\x01\x00\x01" + struct.pack("<2f", 595, 842) + b"\x01i")
write("decode_event", "failed", b"\x07\x07\x04\x00")
write("decode_event", "sound", b"\x0b\x07\x05\x01")
write("decode_event", "heard", b"\x02\x1b\x00\x00\x01\x01\x01\x00\x00\x02\x00\x00")
write("decode_request", "sound", b"\x14\x07\x00\x05\x00\x01")
write("decode_request", "waveform", b"\x15\x07\x04\x00\x04\x01")
write("decode_request", "unlock", b"\x01\x06secret")
write("decode_request", "paint", b"\x02\x07\x00\x64\x64\x00\x00\x40\x40\x01\x00")
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

# Pictures that are decoded strip by strip as well: of seven rows of rows, with components apart, progressive.
rows = b""
for left, top, across, down in ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)):
    rows += b"".join(b"\0" + bytes(x * 16 + y for x in range(left, 12, across)) for y in range(top, 9, down))
png = b"\x89PNG\r\n\x1a\n"
for kind, body in ((b"IHDR", struct.pack(">IIBBBBB", 12, 9, 8, 0, 0, 0, 1)), (b"IDAT", zlib.compress(rows)), (b"IEND", b"")):
    png += struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
write("render_document", "interlaced.png", png)
HUGE = HERE.parent.parent / "renderer-sandbox" / "src" / "format" / "image" / "huge" / "tests"
shutil.copy(HUGE / "apart" / "restarts.jpg", HERE / "render_document" / "apart.jpg")
shutil.copy(HUGE / "progressive" / "grey.jpg", HERE / "render_document" / "progressive.jpg")

# Sound: what can be written by hand; flac, lame, oggenc, opusenc and ffmpeg make the others (SOUNDS).
tone = b"".join(struct.pack("<h", int(8000 * ((i * 7) % 50 - 25) / 25)) for i in range(400))
fmt = struct.pack("<HHIIHH", 1, 1, 8000, 16000, 2, 16)
wav = b"RIFF" + struct.pack("<I", 36 + len(tone)) + b"WAVEfmt " + struct.pack("<I", 16) + fmt + b"data" + struct.pack("<I", len(tone)) + tone
write("render_document", "tone.wav", wav)
SOUNDS = {
    "tone.flac": ["-c:a", "flac", "-frame_size", "64"], "tone.mp3": ["-c:a", "libmp3lame", "-b:a", "32k"], "tone.ogg": ["-c:a", "libvorbis", "-q:a", "0"],
    "tone.opus": ["-c:a", "libopus", "-b:a", "8k"], "tone.m4a": ["-c:a", "aac", "-b:a", "16k"], "tone.aac": ["-c:a", "aac", "-b:a", "16k"],
    "alac.m4a": ["-c:a", "alac"], "tone.aiff": ["-c:a", "pcm_s16be"], "tone.caf": ["-c:a", "pcm_s16le"], "tone.mka": ["-c:a", "libopus", "-b:a", "8k"],
    "tone.mp2": ["-c:a", "mp2", "-ar", "16000", "-b:a", "32k"], "adpcm.wav": ["-c:a", "adpcm_ima_wav"],
}
if shutil.which("ffmpeg"):
    for name, how in SOUNDS.items():
        target = HERE / "render_document" / name
        exact = ["-bitexact", "-map_metadata", "-1"]
        # A format that is found by two frames must have them.
        again = ["-stream_loop", "9"] if name == "tone.mp2" else []
        subprocess.run(["ffmpeg", "-v", "error", "-y", *again, "-i", HERE / "render_document" / "tone.wav", *how, *exact, target], check=True)
