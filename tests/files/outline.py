"""A PDF whose outline has so many entries: outline.py ENTRIES FILE. Made in streams, so that ten million fit in 100 MB."""

import struct
import sys
import zlib

A_STREAM = 100_000
FIRST = 5  # Behind the catalog, the pages, a page and the outline.


def main():
    entries, file = int(sys.argv[1]), open(sys.argv[2], "wb")
    last = FIRST + entries - 1
    places = {}

    def write(number, body):
        places[number] = file.tell()
        file.write(b"%d 0 obj\n" % number + body + b"\nendobj\n")

    file.write(b"%PDF-1.7\n")
    write(1, b"<< /Type /Catalog /Pages 2 0 R /Outlines 4 0 R >>")
    write(2, b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>")
    write(3, b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 100 100] >>")
    write(4, b"<< /First %d 0 R /Last %d 0 R /Count %d >>" % (FIRST, last, entries))
    rows = [struct.pack(">BII", 0, 0, 65535)]
    rows += [struct.pack(">BII", 1, places[number], 0) for number in range(1, FIRST)]
    streams = range(last + 1, last + 1 + (entries + A_STREAM - 1) // A_STREAM)
    for stream, first in zip(streams, range(FIRST, last + 1, A_STREAM)):
        numbers = range(first, min(first + A_STREAM, last + 1))
        items = [b"<< /Title (n) /Parent 4 0 R /Next %d 0 R >> " % (number + 1) for number in numbers]
        if numbers[-1] == last:
            items[-1] = b"<< /Title (n) /Parent 4 0 R >> "
        at, table = 0, []
        for number, item in zip(numbers, items):
            table.append(b"%d %d " % (number, at))
            at += len(item)
        table = b"".join(table)
        packed = zlib.compress(table + b"".join(items), 1)
        write(stream, b"<< /Type /ObjStm /N %d /First %d /Filter /FlateDecode /Length %d >>\nstream\n%b\nendstream"
              % (len(items), len(table), len(packed), packed))
        rows += [struct.pack(">BII", 2, stream, index) for index in range(len(items))]
    rows += [struct.pack(">BII", 1, places[stream], 0) for stream in streams]
    start = file.tell()
    rows.append(struct.pack(">BII", 1, start, 0))
    packed = zlib.compress(b"".join(rows), 1)
    table = b"<< /Type /XRef /Size %d /W [1 4 4] /Root 1 0 R /Filter /FlateDecode /Length %d >>\nstream\n%b\nendstream"
    write(streams[-1] + 1, table % (len(rows), len(packed), packed))
    file.write(b"startxref\n%d\n%%%%EOF\n" % start)


main()
