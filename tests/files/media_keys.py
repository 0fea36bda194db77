#!/usr/bin/python3
"""What a desktop does with a sound that is played: media_keys.py PELLUCID ONE TWO.

Runs in a session bus of its own (dbus-run-session), where it is who keeps machines
awake. Starts the window and does what media keys and panels do (MPRIS 2.2).
"""

import subprocess
import sys
import threading
import time

from gi.repository import Gio, GLib

PATIENCE_S = 30
PATH = "/org/mpris/MediaPlayer2"
PLAYER = "org.mpris.MediaPlayer2.Player"
POWER = """
<node><interface name="org.freedesktop.PowerManagement.Inhibit">
  <method name="Inhibit">
    <arg type="s" direction="in"/><arg type="s" direction="in"/><arg type="u" direction="out"/>
  </method>
  <method name="UnInhibit"><arg type="u" direction="in"/></method>
</interface></node>
"""

awake = set()
changed = set()
sought = []


def on_power(_connection, _sender, _path, _interface, method, arguments, invocation):
    if method == "Inhibit":
        awake.add(7)
        invocation.return_value(GLib.Variant("(u)", (7,)))
    else:
        awake.discard(arguments.unpack()[0])
        invocation.return_value(None)


def on_signal(_connection, _sender, _path, interface, signal, arguments):
    if signal == "PropertiesChanged":
        changed.update(arguments.unpack()[1])
    elif signal == "Seeked":
        sought.append(arguments.unpack()[0])


def wait_for(what, holds):
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end:
        try:
            if holds():
                return
        except GLib.Error:
            pass  # It is not there yet.
        time.sleep(0.05)
    sys.exit(f"never seen: {what}; changed {sorted(changed)}, sought {sought}")


def main():
    bus = Gio.bus_get_sync(Gio.BusType.SESSION)
    power = Gio.DBusNodeInfo.new_for_xml(POWER).interfaces[0]
    bus.register_object("/org/freedesktop/PowerManagement/Inhibit", power, on_power, None, None)
    Gio.bus_own_name_on_connection(bus, "org.freedesktop.PowerManagement", Gio.BusNameOwnerFlags.NONE, None, None)
    bus.signal_subscribe(None, None, None, PATH, None, Gio.DBusSignalFlags.NONE, on_signal)
    threading.Thread(target=GLib.MainLoop().run, daemon=True).start()
    viewer = subprocess.Popen([sys.argv[1], "--private", *sys.argv[2:]])
    name = f"org.mpris.MediaPlayer2.pellucid.instance{viewer.pid}"

    def call(interface, method, arguments=None):
        return bus.call_sync(name, PATH, interface, method, arguments, None, Gio.DBusCallFlags.NO_AUTO_START, -1, None)

    def ask(field, interface=PLAYER):
        properties = "org.freedesktop.DBus.Properties"
        return call(properties, "Get", GLib.Variant("(ss)", (interface, field))).unpack()[0]

    def change(field, value):
        call("org.freedesktop.DBus.Properties", "Set", GLib.Variant("(ssv)", (PLAYER, field, value)))

    def title():
        return ask("Metadata").get("xesam:title")

    def press(method, arguments=None):
        call(PLAYER, method, arguments)

    try:
        wait_for("a player that plays", lambda: ask("PlaybackStatus") == "Playing")
        wait_for("the title", lambda: title() == "one.wav")
        assert ask("Identity", "org.mpris.MediaPlayer2") == "Pellucid"
        assert ask("Metadata")["mpris:length"] == 40_000_000, ask("Metadata")
        wait_for("the sound going on", lambda: ask("Position") > 200_000)
        wait_for("a machine that is kept awake", lambda: awake)
        wait_for("a next sound", lambda: ask("CanGoNext"))

        press("Pause")
        wait_for("a pause", lambda: ask("PlaybackStatus") == "Paused")
        wait_for("a machine that may sleep", lambda: not awake)
        def stands():
            place = ask("Position")
            time.sleep(0.3)
            return ask("Position") == place
        wait_for("a sound that stands in a pause", stands)
        press("PlayPause")
        wait_for("the sound again", lambda: ask("PlaybackStatus") == "Playing" and awake)

        press("Seek", GLib.Variant("(x)", (10_000_000,)))
        wait_for("a jump", lambda: 10_000_000 < ask("Position") < 20_000_000)
        wait_for("the signal of a jump", lambda: sought)
        track = ask("Metadata")["mpris:trackid"]
        press("SetPosition", GLib.Variant("(ox)", ("/org/pellucid/track/999", 1)))
        press("SetPosition", GLib.Variant("(ox)", (track, 30_000_000)))
        wait_for("a place", lambda: ask("Position") >= 30_000_000)

        change("Volume", GLib.Variant("d", 0.5))
        wait_for("another volume", lambda: ask("Volume") == 0.5)
        change("Rate", GLib.Variant("d", 2.0))
        wait_for("another speed", lambda: ask("Rate") == 2.0)

        # Ten seconds are left, at twice the speed: the next one follows by itself.
        wait_for("the second file", lambda: title() == "two.wav")
        wait_for("the second file playing", lambda: ask("PlaybackStatus") == "Playing")
        press("Previous")
        press("Next")
        wait_for("the last file", lambda: title() == "two.wav" and not ask("CanGoNext"))
        told = {"PlaybackStatus", "Metadata", "Volume", "Rate", "CanGoNext"}
        wait_for("every change being told", lambda: told <= changed)
        try:
            press("OpenUri", GLib.Variant("(s)", ("file:///etc/passwd",)))
            sys.exit("it opens what others ask for")
        except GLib.Error:
            pass
        call("org.mpris.MediaPlayer2", "Quit")
        assert viewer.wait(PATIENCE_S) == 0
    finally:
        viewer.kill()
        viewer.wait()


main()
