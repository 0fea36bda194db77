//! Keeping the machine awake while a sound plays. The screen may go dark.

use super::PATIENCE;
use crossbeam_channel::Receiver;
use std::collections::HashMap;
use zbus::blocking::connection;
use zbus::blocking::{Connection, Proxy};
use zbus::zvariant::{OwnedObjectPath, Value};

/// What the desktop shows as the reason.
const REASON: &str = "A sound is played";

/// `Inhibit` of the portal: do not suspend.
const SUSPEND: u32 = 4;

/// Who was asked, and how to take it back.
enum Held {
    Portal(OwnedObjectPath),
    Power(u32),
    Screen(u32),
}

/// Keeps the machine awake whenever the last word is yes. It ends with the sender, and
/// with its connection everything that was asked for does.
pub(super) fn keep(playing: &Receiver<bool>) -> zbus::Result<()> {
    let connection = connection::Builder::session()?
        .method_timeout(PATIENCE)
        .build()?;
    let mut held = Vec::new();
    while let Ok(first) = playing.recv() {
        // Only the last of several counts.
        let wanted = playing.try_iter().last().unwrap_or(first);
        if wanted && held.is_empty() {
            held = ask(&connection);
        } else if !wanted {
            held.drain(..).for_each(|held| release(&connection, &held));
        }
    }
    Ok(())
}

/// Asks who may be there. The portal says yes also where nobody behind it can do it.
fn ask(connection: &Connection) -> Vec<Held> {
    let portal = || -> zbus::Result<Held> {
        let portal = Proxy::new(
            connection,
            "org.freedesktop.portal.Desktop",
            "/org/freedesktop/portal/desktop",
            "org.freedesktop.portal.Inhibit",
        )?;
        let options = HashMap::from([("reason", Value::from(REASON))]);
        let request = portal.call("Inhibit", &("", SUSPEND, options))?;
        Ok(Held::Portal(request))
    };
    let power = || power(connection)?.call("Inhibit", &("Pellucid", REASON));
    let screen = || screen(connection)?.call("Inhibit", &("Pellucid", REASON));
    let mut held: Vec<Held> = portal().into_iter().collect();
    held.extend(power().map(Held::Power));
    if held.is_empty() {
        held.extend(screen().map(Held::Screen));
    }
    held
}

fn release(connection: &Connection, held: &Held) {
    let released = match held {
        Held::Portal(request) => Proxy::new(
            connection,
            "org.freedesktop.portal.Desktop",
            request,
            "org.freedesktop.portal.Request",
        )
        .and_then(|request| request.call("Close", &())),
        Held::Power(cookie) => power(connection).and_then(|it| it.call("UnInhibit", &(cookie,))),
        Held::Screen(cookie) => screen(connection).and_then(|it| it.call("UnInhibit", &(cookie,))),
    };
    // Who is gone has forgotten it.
    let _: zbus::Result<()> = released;
}

fn power(connection: &Connection) -> zbus::Result<Proxy<'_>> {
    Proxy::new(
        connection,
        "org.freedesktop.PowerManagement",
        "/org/freedesktop/PowerManagement/Inhibit",
        "org.freedesktop.PowerManagement.Inhibit",
    )
}

fn screen(connection: &Connection) -> zbus::Result<Proxy<'_>> {
    Proxy::new(
        connection,
        "org.freedesktop.ScreenSaver",
        "/org/freedesktop/ScreenSaver",
        "org.freedesktop.ScreenSaver",
    )
}
