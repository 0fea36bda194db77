#!/usr/bin/python3
"""The panels of attachments and layers, as a screen reader uses them: panels.py PELLUCID DOCUMENT.

Runs in a session bus of its own (dbus-run-session). Saves the attachment data.csv where the
dialog proposes, waits for a line or the end of its input, hides the layer "left", shows
the layer "right", and stays until the window is closed.
"""

import subprocess
import sys

from reader import enable, wait_for


def act(name, roles=("push button", "toggle button", "check box", "radio button", "page tab", "label")):
    """Waits for something of this name that can be pressed, and presses it."""
    def pressable(found):
        for role, this, node in found:
            if this == name and role in roles and node.queryAction().nActions > 0:
                return node
        return None

    def holds(found):
        try:
            return pressable(found) is not None
        except NotImplementedError:
            return False
    pressable(wait_for(name, holds)).queryAction().doAction(0)


def main():
    enable()
    viewer = subprocess.Popen([sys.argv[1], "--private", sys.argv[2]])
    wait_for("the page", lambda found: any("Page 1 of 1" in name for _, name, _ in found))
    act("Side panel (F9)")
    act("Attachments")
    act("Save data.csv")
    wait_for("the dialog", lambda found: any(name == "Save an attachment" for _, name, _ in found))
    act("Save")
    wait_for("what became of it", lambda found: any(name.startswith("Saved as") for _, name, _ in found))
    # Until who has started it has looked at the layers as they are.
    sys.stdin.readline()
    act("Layers")
    act("left")
    act("right")
    sys.exit(viewer.wait())


if __name__ == "__main__":
    main()
