#!/usr/bin/python3
"""What a screen reader sees and does: reader.py PELLUCID DOCUMENT.

Runs in a session bus of its own (dbus-run-session). Starts the window, walks
through its tree, and presses buttons. Ends with 0 when everything has a name
and the buttons did what they say.
"""

import subprocess
import sys
import time

import pyatspi
from gi.repository import Gio, GLib

PATIENCE_S = 30
# What a person can act on or is to be told about.
ACTED_ON = {"push button", "toggle button", "text", "entry", "check box", "page tab", "slider", "image", "frame"}


def enable():
    """Says that a screen reader runs, as one does when it starts."""
    bus = Gio.bus_get_sync(Gio.BusType.SESSION)
    for name in ("IsEnabled", "ScreenReaderEnabled"):
        value = GLib.Variant("(ssv)", ("org.a11y.Status", name, GLib.Variant("b", True)))
        properties = "org.freedesktop.DBus.Properties"
        bus.call_sync(
            "org.a11y.Bus", "/org/a11y/bus", properties, "Set", value, None, Gio.DBusCallFlags.NONE, -1, None
        )


def nodes(node):
    """A node and everything in it."""
    yield node
    for child in node:
        if child is not None:
            yield from nodes(child)


def tree():
    """Roles and names of the window, with the nodes; empty when it is not there."""
    for app in pyatspi.Registry.getDesktop(0):
        if app is not None and "pellucid" in (app.name or "").lower():
            return [(node.getRoleName(), node.name or "", node) for node in nodes(app)]
    return []


def wait_for(what, holds):
    """The tree, once something holds in it."""
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end:
        try:
            found = tree()
            if holds(found):
                return found
        except (LookupError, RuntimeError, GLib.Error):
            pass  # The window has changed meanwhile.
        time.sleep(0.1)
    for role, name, _ in tree():
        print(f"  {role}: {name}", file=sys.stderr)
    sys.exit(f"never seen: {what}")


def press(found, name):
    """Presses the button whose name begins so."""
    for role, this, node in found:
        if role in ("push button", "toggle button") and this.startswith(name):
            node.queryAction().doAction(0)
            return
    sys.exit(f"there is no button {name}")


def has(found, role, part):
    return any(this == role and part in name for this, name, _ in found)


def main():
    enable()
    viewer = subprocess.Popen([sys.argv[1], "--private", sys.argv[2]])
    try:
        found = wait_for("the pages", lambda found: has(found, "image", "Page 1 of 3"))
        print("\n".join(f"{role}: {name}" for role, name, _ in found))
        unnamed = sorted({role for role, name, _ in found if role in ACTED_ON and not name})
        if unnamed:
            sys.exit(f"without a name: {', '.join(unnamed)}")
        if not has(found, "frame", "Pellucid"):
            sys.exit("the window has no name")
        press(found, "Isolated")
        found = wait_for("the shield's dialog", lambda found: has(found, "push button", "Stop renderer"))
        press(found, "Stop renderer")
        wait_for("the page that says so", lambda found: has(found, "push button", "Reload"))
    finally:
        viewer.kill()
        viewer.wait()


if __name__ == "__main__":
    main()
