//! Printing through the desktop's own dialog (`org.freedesktop.portal.Print`), which
//! gets a descriptor of our copy: no name and no option of a document.

use std::fs::File;
use std::os::fd::AsFd;
use std::time::Duration;
use zbus::blocking::{Connection, Proxy, connection};
use zbus::zvariant::{Fd, ObjectPath, OwnedObjectPath, OwnedValue, Value};

const DESKTOP: &str = "org.freedesktop.portal.Desktop";
const PRINT: &str = "org.freedesktop.portal.Print";
const REQUEST: &str = "org.freedesktop.portal.Request";
/// The last part of the path of a request; there is one at a time on a connection.
const TOKEN: &str = "pellucid";
/// Longest wait for the portal to take the question; it may have to be started. The
/// dialog itself stays as long as the user looks at it.
const PATIENCE: Duration = Duration::from_secs(10);

/// What became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Asked {
    /// The dialog was confirmed.
    Printed,
    Cancelled,
    /// The portal gave up, or ended.
    Failed,
    /// Nobody answers there: another way is to be taken.
    NoPortal,
}

/// Shows the dialog, and waits until the user is through with it.
pub(super) fn send(copy: &File) -> Asked {
    let connection = connection::Builder::session()
        .map(|builder| builder.method_timeout(PATIENCE))
        .and_then(connection::Builder::build);
    match connection {
        Ok(connection) => ask(&connection, copy).unwrap_or(Asked::NoPortal),
        Err(_) => Asked::NoPortal,
    }
}

fn ask(connection: &Connection, copy: &File) -> zbus::Result<Asked> {
    let desktop = "/org/freedesktop/portal/desktop";
    let portal = Proxy::new(connection, DESKTOP, desktop, PRINT)?;
    // Listened for before asking: the answer may come before the call returns.
    let name = connection.unique_name();
    let name = name.map_or("", |name| name.trim_start_matches(':'));
    let path = format!("{desktop}/request/{}/{TOKEN}", name.replace('.', "_"));
    let request = Proxy::new(connection, DESKTOP, ObjectPath::try_from(path)?, REQUEST)?;
    let mut answers = request.receive_signal("Response")?;
    let mut ends = request.receive_owner_changed()?;
    let options = std::collections::HashMap::from([
        ("handle_token", Value::from(TOKEN)),
        ("modal", Value::from(true)),
    ]);
    let document = Fd::from(copy.as_fd());
    let asked: OwnedObjectPath = portal.call("Print", &("", "Pellucid", document, options))?;
    drop(asked);
    // A portal that ends says nothing any more; its end is then seen here.
    let (teller, told) = crossbeam_channel::bounded(2);
    let watcher = teller.clone();
    let watch = move || {
        if ends.any(|owner| owner.is_none()) {
            let _ = watcher.send(Asked::Failed);
        }
    };
    let listen = move || {
        let answer = answers.next();
        let body = answer.and_then(|answer| {
            let body = answer.body();
            body.deserialize::<(u32, std::collections::HashMap<String, OwnedValue>)>()
                .ok()
        });
        let _ = teller.send(match body {
            Some((0, _)) => Asked::Printed,
            Some((1, _)) => Asked::Cancelled,
            _ => Asked::Failed,
        });
    };
    for (name, run) in [
        ("print answer", Box::new(listen) as Box<dyn FnOnce() + Send>),
        ("print end", Box::new(watch)),
    ] {
        std::thread::Builder::new()
            .name(name.to_owned())
            .spawn(run)?;
    }
    let told = told.recv().unwrap_or(Asked::Failed);
    // Both threads wait on the connection, and end with it.
    connection.clone().close()?;
    Ok(told)
}
