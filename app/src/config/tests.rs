//! What a file may say, and how a mistake in it is told.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use super::*;
use std::fs;

fn read(text: &str) -> Result<Config, String> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("pellucid.toml");
    fs::write(&file, text).unwrap();
    Config::read(&file).map_err(|error| error.to_string())
}

/// The line that is told, and that the file is named.
fn mistake(text: &str) -> (usize, String) {
    let told = read(text).unwrap_err();
    let (name, rest) = told.split_once(", line ").unwrap();
    assert!(name.ends_with("/pellucid.toml"), "{told}");
    let (line, mistake) = rest.split_once(": ").unwrap();
    (line.parse().unwrap(), mistake.to_owned())
}

#[test]
fn everything_that_the_manual_names_is_read() {
    let config = read(MANUAL).unwrap();
    assert_eq!(config.window.theme, Some(Theme::Dark));
    assert_eq!(config.window.contrast, Some(Contrast::High));
    assert_eq!(config.window.motion, Some(Motion::Reduced));
    assert_eq!(config.window.scale.unwrap().get(), 120);
    assert!(config.window.gpu.is_some());
    assert_eq!(config.window.private, Some(true));
    assert_eq!(config.window.new_instance, Some(true));
    assert_eq!(config.document.fit, Some(Fit::Page));
    assert_eq!(config.document.pages, Some(Paging::Cover));
    assert_eq!(config.document.continuous, Some(false));
    assert_eq!(config.document.right_to_left, Some(true));
    assert_eq!(config.document.slide_seconds.unwrap().get(), 8);
    assert_eq!(config.sound.volume.unwrap().get(), 60);
    let limits = config.renderer.limits();
    assert_eq!(limits.memory_bytes, 512 * MIB);
    assert_eq!(limits.answer, Some(Duration::from_secs(30)));
}

/// Every key once.
const MANUAL: &str = r#"
[window]
theme = "dark"
contrast = "high"
motion = "reduced"
scale = 120
gpu = "cpu"
private = true
new-instance = true
[document]
fit = "page"
pages = "cover"
continuous = false
right-to-left = true
slide-seconds = 8
[sound]
volume = 60
[renderer]
memory = 512
timeout = 30
"#;

#[test]
fn manual_names_every_key_and_every_value() {
    let manual = include_str!("../../../assets/man/pellucid.toml.5");
    let keys = MANUAL.lines().filter_map(|line| line.split_once(" = "));
    for (key, _) in keys {
        assert!(manual.contains(&format!(".It Ic {key}")), "{key}");
    }
    let values = "system light dark usual high reduced page width content one two cover auto \
                  vulkan gl cpu";
    for value in values.split_whitespace() {
        assert!(manual.contains(&format!(".Qq {value}")), "{value}");
    }
}

#[test]
fn nothing_said_is_as_usual() {
    assert_eq!(read("").unwrap(), Config::default());
    let none = Config::read(Path::new("/nonexistent/pellucid.toml")).unwrap();
    assert_eq!(none, Config::default());
    let (limits, usual) = (none.renderer.limits(), Limits::default());
    assert_eq!(limits.memory_bytes, usual.memory_bytes);
    assert_eq!(limits.answer, usual.answer);
    let for_ever = read("[renderer]\ntimeout = 0").unwrap();
    assert_eq!(for_ever.renderer.limits().answer, None);
}

#[test]
fn mistakes_are_told_with_file_and_line() {
    let (line, words) = mistake("# mine\n[window]\ntheem = \"dark\"");
    assert_eq!(line, 3);
    assert!(
        words.contains("theem") && words.contains("theme"),
        "{words}"
    );
    let (line, words) = mistake("[window]\n\ntheme = \"purple\"");
    assert_eq!(line, 3);
    assert!(
        words.contains("purple") && words.contains("dark"),
        "{words}"
    );
    let (line, words) = mistake("[window]\nscale = \"large\"");
    assert_eq!(line, 2);
    assert!(words.contains("large"), "{words}");
    let (line, words) = mistake("[window]\ntheme = \"dark\"\nscale = 69");
    assert_eq!(line, 3);
    assert!(words.contains("from 70 to 300"), "{words}");
    assert_eq!(mistake("[renderer]\nmemory = -1").0, 2);
    assert_eq!(mistake("[renderer]\nmemory = 9223372036854775808").0, 2);
    assert_eq!(mistake("[sound]\nvolume = 101").0, 2);
    assert_eq!(mistake("\n[viewer]\nx = 1").0, 2);
    assert_eq!(mistake("[window").0, 1);
    assert_eq!(mistake("window = 3").0, 1);
    assert_eq!(mistake("[window]\nprivate = 1").0, 2);
    assert_eq!(mistake("[window]\nscale = 100\nscale = 110").0, 3);
}

#[test]
fn what_is_no_small_text_file_is_refused() {
    let largest = usize::try_from(MAX_BYTES).unwrap();
    assert!(read(&"#".repeat(largest)).is_ok());
    let told = read(&"#".repeat(largest + 1)).unwrap_err();
    assert!(told.contains("more than 262144 bytes"), "{told}");
    let folder = tempfile::tempdir().unwrap();
    let told = Config::read(folder.path()).unwrap_err().to_string();
    assert!(told.contains("cannot be read"), "{told}");
    let file = folder.path().join("pellucid.toml");
    fs::write(&file, b"\xFF\xFE").unwrap();
    assert!(Config::read(&file).is_err());
}
