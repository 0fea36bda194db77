//! What the desktop wants of windows: dark or light, contrast, motion, size of
//! letters. The settings portal tells (`org.freedesktop.portal.Settings`), on a
//! thread of its own: where nobody answers, nobody waits.

use crossbeam_channel::{Receiver, Sender, unbounded};
use egui::Theme;
use std::collections::HashMap;
use std::thread;
use std::time::Duration;
use zbus::blocking::{Connection, Proxy, connection};
use zbus::zvariant::OwnedValue;

/// Where what is wanted stands.
const APPEARANCE: &str = "org.freedesktop.appearance";
const GNOME: &str = "org.gnome.desktop.interface";

/// Longest wait for the portal, which may have to be started first.
const PATIENCE: Duration = Duration::from_secs(5);

/// What the desktop wants.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Desktop {
    /// `None` where it does not say.
    pub(crate) theme: Option<Theme>,
    pub(crate) high_contrast: bool,
    /// Nothing is to move by itself.
    pub(crate) still: bool,
    /// Size of letters, 1 being the usual one.
    pub(crate) letters: f32,
}

impl Default for Desktop {
    fn default() -> Self {
        Self {
            theme: None,
            high_contrast: false,
            still: false,
            letters: 1.0,
        }
    }
}

/// Settings by namespace and name, as the portal has them.
type Values = HashMap<String, HashMap<String, OwnedValue>>;

/// Asks, and goes on listening. The first answer comes in any case, if only to
/// say that there is none.
pub(crate) fn listen(wake: impl Fn() + Send + 'static) -> Receiver<Desktop> {
    let (teller, wants) = unbounded();
    let ask = move || {
        if follow(&teller, &wake).is_err() {
            // Nobody listens any more when the window is gone.
            let _ = teller.send(Desktop::default());
            wake();
        }
    };
    // Without a thread there is no answer, and nobody waits for one for long.
    let _ = thread::Builder::new().name("desktop".to_owned()).spawn(ask);
    wants
}

fn follow(teller: &Sender<Desktop>, wake: &impl Fn()) -> zbus::Result<()> {
    let connection: Connection = connection::Builder::session()?
        .method_timeout(PATIENCE)
        .build()?;
    let portal = Proxy::new(
        &connection,
        "org.freedesktop.portal.Desktop",
        "/org/freedesktop/portal/desktop",
        "org.freedesktop.portal.Settings",
    )?;
    let changes = portal.receive_signal("SettingChanged")?;
    let tell = || -> zbus::Result<bool> {
        let values: Values = portal.call("ReadAll", &(vec![APPEARANCE, GNOME],))?;
        let listened = teller.send(read(&values)).is_ok();
        wake();
        Ok(listened)
    };
    if !tell()? {
        return Ok(());
    }
    for _ in changes {
        // A portal that has gone away meanwhile has changed nothing.
        if !tell().unwrap_or(true) {
            break;
        }
    }
    Ok(())
}

fn read(values: &Values) -> Desktop {
    let value = |space: &str, name: &str| values.get(space)?.get(name);
    let number = |name: &str| {
        let value = value(APPEARANCE, name)?;
        u32::try_from(value).ok()
    };
    let moves = value(GNOME, "enable-animations").and_then(|value| bool::try_from(value).ok());
    let letters = value(GNOME, "text-scaling-factor").and_then(|value| f64::try_from(value).ok());
    let letters = letters.filter(|letters| letters.is_finite()).unwrap_or(1.0);
    Desktop {
        theme: number("color-scheme").map(|scheme| match scheme {
            1 => Theme::Dark,
            // No preference is the usual look, which is light.
            _ => Theme::Light,
        }),
        high_contrast: number("contrast") == Some(1),
        still: number("reduced-motion") == Some(1) || moves == Some(false),
        letters: letters.clamp(0.5, 3.0) as f32,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use zbus::zvariant::Value;

    fn values(space: &str, pairs: &[(&str, Value<'_>)]) -> Values {
        let own = |value: &Value<'_>| value.try_to_owned().unwrap();
        let pairs = pairs
            .iter()
            .map(|(name, value)| ((*name).to_owned(), own(value)));
        Values::from([(space.to_owned(), pairs.collect())])
    }

    #[test]
    fn wishes_that_the_portal_tells_are_understood() {
        let pairs = [
            ("color-scheme", Value::U32(1)),
            ("contrast", Value::U32(1)),
            ("reduced-motion", Value::U32(1)),
        ];
        let wants = read(&values(APPEARANCE, &pairs));
        assert_eq!(wants.theme, Some(Theme::Dark));
        assert!(wants.high_contrast && wants.still);
        let wants = read(&values(APPEARANCE, &[("color-scheme", Value::U32(0))]));
        assert_eq!(wants.theme, Some(Theme::Light));
        assert_eq!(read(&Values::new()), Desktop::default());
    }

    #[test]
    fn nonsense_of_the_portal_is_passed_over() {
        let pairs = [
            ("text-scaling-factor", Value::F64(f64::NAN)),
            ("enable-animations", Value::from("no")),
        ];
        assert_eq!(read(&values(GNOME, &pairs)), Desktop::default());
        let wants = read(&values(
            GNOME,
            &[("text-scaling-factor", Value::F64(900.0))],
        ));
        assert_eq!(wants.letters, 3.0);
    }
}
