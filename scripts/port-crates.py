#!/usr/bin/env python3
"""Writes Makefile.crates and distinfo of the FreeBSD port from Cargo.lock: port-crates.py [--check]

With --check nothing is written, and a difference is an error. The sizes in distinfo are those of the
files that cargo has fetched, whose checksums are held against Cargo.lock; only writing needs them.
The archive of the release itself is not in distinfo: `make makesum` of the ports tree adds it when there is one.
"""
import hashlib
import os
import pathlib
import re
import subprocess
import sys
import tomllib

ROOT = pathlib.Path(__file__).resolve().parent.parent
PORT = ROOT / "assets/freebsd-port/x11/pellucid"
CACHE = pathlib.Path(os.environ.get("CARGO_HOME", pathlib.Path.home() / ".cargo")) / "registry/cache"


def crates():
    """Every crate of Cargo.lock that comes from the registry: name-version and checksum."""
    lock = tomllib.loads((ROOT / "Cargo.lock").read_text())
    return sorted((f"{package['name']}-{package['version']}", package["checksum"])
                  for package in lock["package"] if "source" in package)


def makefile(found):
    return "CARGO_CRATES=\t" + " \\\n\t\t".join(name for name, _ in found) + "\n"


def size(name, checksum):
    for path in CACHE.glob(f"*/{name}.crate"):
        data = path.read_bytes()
        if hashlib.sha256(data).hexdigest() == checksum:
            return len(data)
    sys.exit(f"port-crates: {name} has not been fetched")


def distinfo(found, stamp):
    lines = [f"TIMESTAMP = {stamp}"]
    for name, checksum in found:
        lines.append(f"SHA256 (rust/crates/{name}.crate) = {checksum}")
        lines.append(f"SIZE (rust/crates/{name}.crate) = {size(name, checksum)}")
    return "\n".join(lines) + "\n"


def check(found):
    """Names and checksums are compared; sizes follow from the checksums."""
    stale = []
    if (PORT / "Makefile.crates").read_text() != makefile(found):
        stale.append("Makefile.crates")
    said = re.findall(r"SHA256 \(rust/crates/(.*)\.crate\) = (\w+)", (PORT / "distinfo").read_text())
    if said != found:
        stale.append("distinfo")
    if stale:
        sys.exit(f"port-crates: {' and '.join(stale)} of the port differ from Cargo.lock; run: make port-crates")


def main():
    found = crates()
    if "--check" in sys.argv[1:]:
        return check(found)
    subprocess.run(["cargo", "fetch", "--locked", "--quiet"], cwd=ROOT, check=True)
    stamp = subprocess.run(["git", "log", "-1", "--format=%ct", "--", "Cargo.lock"], cwd=ROOT, check=True,
                           capture_output=True, text=True).stdout.strip()
    (PORT / "Makefile.crates").write_text(makefile(found))
    (PORT / "distinfo").write_text(distinfo(found, stamp))


if __name__ == "__main__":
    main()
