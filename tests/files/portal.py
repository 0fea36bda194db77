"""A desktop's dialog for printing: keeps what it is given, and is confirmed or left.

portal.py FILE ANSWER PROGRAM…: owns the portal's name, runs the program, and ends with it.
"""

import os
import subprocess
import sys

from gi.repository import Gio, GLib

INTERFACES = """<node>
<interface name="org.freedesktop.portal.Print"><method name="Print">
<arg type="s" direction="in"/><arg type="s" direction="in"/><arg type="h" direction="in"/>
<arg type="a{sv}" direction="in"/><arg type="o" direction="out"/></method></interface>
<interface name="org.freedesktop.portal.Request"><signal name="Response">
<arg type="u"/><arg type="a{sv}"/></signal></interface></node>"""


def answer(bus, sender, path, call, parameters, invocation):
    _, title, handle, options = parameters.unpack()
    descriptor = invocation.get_message().get_unix_fd_list().get(handle)
    with os.fdopen(descriptor, "rb") as given, open(sys.argv[1], "wb") as kept:
        kept.write(title.encode() + b"\n" + given.read())
    request = "/org/freedesktop/portal/desktop/request/{}/{}".format(
        sender[1:].replace(".", "_"), options["handle_token"])
    invocation.return_value(GLib.Variant("(o)", (request,)))
    told = GLib.Variant("(ua{sv})", (int(sys.argv[2]), {}))
    bus.emit_signal(sender, request, "org.freedesktop.portal.Request", "Response", told)


def main():
    bus = Gio.bus_get_sync(Gio.BusType.SESSION)
    interface = Gio.DBusNodeInfo.new_for_xml(INTERFACES).interfaces[0]
    def take(bus, sender, path, _, call, parameters, invocation):
        answer(bus, sender, path, call, parameters, invocation)
    bus.register_object("/org/freedesktop/portal/desktop", interface, take)
    named = lambda *_: run(loop)
    loop = GLib.MainLoop()
    Gio.bus_own_name_on_connection(bus, "org.freedesktop.portal.Desktop", 0, named, None)
    loop.run()
    sys.exit(loop.ended)


def run(loop):
    program = subprocess.Popen(sys.argv[3:])
    def ended(_, status):
        loop.ended = os.waitstatus_to_exitcode(status)
        loop.quit()
    GLib.child_watch_add(GLib.PRIORITY_DEFAULT, program.pid, ended)


main()
