//! Printing: what is sent is our own copy, by the desktop's dialog for printing, and
//! where there is none by the system's print command on its standard input. No name
//! and no option comes from a document.

mod portal;

use std::fs::File;
use std::io::{self, Seek};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// How long the list of printers may take: asking a server that is away takes long.
const PATIENCE: Duration = Duration::from_millis(300);

/// Printers that the system has; none where it cannot say.
pub(crate) fn printers() -> Vec<String> {
    let listed = Command::new("lpstat")
        .arg("-e")
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .stdout(Stdio::piped())
        .spawn();
    let Ok(mut child) = listed else {
        return Vec::new();
    };
    let begun = Instant::now();
    while matches!(child.try_wait(), Ok(None)) {
        if begun.elapsed() > PATIENCE {
            // It is waited for below, so that nothing of it is left.
            let _ = child.kill();
            break;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    let said = child.wait_with_output().map(|output| output.stdout);
    let said = String::from_utf8_lossy(&said.unwrap_or_default()).into_owned();
    said.lines()
        .filter(|name| is_name(name))
        .map(str::to_owned)
        .collect()
}

/// What a printer may be called here: nothing that could be an option.
fn is_name(name: &str) -> bool {
    let fits = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '@' | ':' | '+');
    !name.is_empty() && !name.starts_with('-') && name.chars().all(fits)
}

/// How a copy is printed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Way {
    /// The desktop asks how.
    Dialog,
    /// By this printer, or the usual one.
    Printer(Option<String>),
}

/// Prints a PDF of ours from its start; tells what became of it.
///
/// # Errors
///
/// Why it is not printed: there is no print command, or what it said.
pub(crate) fn send(mut copy: File, way: &Way) -> io::Result<&'static str> {
    copy.rewind()?;
    let sent = "Sent to the printer";
    let printer = match way {
        Way::Printer(printer) => printer.as_deref(),
        Way::Dialog => match portal::send(&copy) {
            portal::Asked::Printed => return Ok(sent),
            portal::Asked::Cancelled => return Ok("Not printed: the dialog was left"),
            portal::Asked::Failed => {
                return Err(io::Error::other("the desktop's dialog for printing failed"));
            }
            portal::Asked::NoPortal => None,
        },
    };
    run_command(copy, printer).map(|()| sent)
}

fn run_command(mut copy: File, printer: Option<&str>) -> io::Result<()> {
    copy.rewind()?;
    let mut command = Command::new("lp");
    command.args(["-s", "-t", "Pellucid"]);
    if let Some(printer) = printer.filter(|name| is_name(name)) {
        command.args(["-d", printer]);
    }
    let output = command.arg("-").stdin(copy).stdout(Stdio::null()).output();
    let output = output.map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => io::Error::other("this system has no print command (lp)"),
        _ => error,
    })?;
    if output.status.success() {
        return Ok(());
    }
    let said = crate::cli::printable(String::from_utf8_lossy(&output.stderr).trim());
    Err(io::Error::other(said))
}

#[cfg(test)]
mod tests {
    use super::is_name;

    #[test]
    fn printers_name_is_never_an_option() {
        assert!(is_name("Office_2.floor") && is_name("Büro"));
        for bad in ["", "-o", "a b", "a\nb", "../x"] {
            assert!(!is_name(bad), "{bad:?}");
        }
    }
}
