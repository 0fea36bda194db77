//! Who may depend on whom, as cargo resolves it.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on has failed"
)]

use serde_json::Value;
use std::collections::{HashMap, VecDeque};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Crates that read document formats.
const DECODERS: &[&str] = &[
    "hayro",
    "hayro-syntax",
    "hayro-interpret",
    "pdf",
    "image",
    "tiff",
    "gif",
    "exr",
    "qoi",
    "image-webp",
    "zune-jpeg",
    "zune-core",
    "moxcms",
    "kamadak-exif",
    "symphonia",
    "resvg",
    "jxl-oxide",
    "re_rav1d",
    "hayro-jpeg2000",
    "symphonia-core",
    "opus-pure",
    "image-extras",
];

/// Crates that reach devices, windows or the network.
const DEVICES: &[&str] = &[
    "winit", "wgpu", "egui", "cpal", "rfd", "arboard", "zbus", "socket2",
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// What is linked into a crate, as `cargo tree` resolves its features on the
/// systems we run on. `cargo metadata` will not do: it counts an optional
/// dependency as present as soon as one of its features is named anywhere.
struct Graph {
    /// Each package and those it needs when it runs.
    needs: HashMap<String, Vec<String>>,
}

impl Graph {
    fn of(name: &str) -> Self {
        let output = Command::new(env!("CARGO"))
            .args(["tree", "--locked", "--package", name])
            .args(["--edges", "normal", "--prefix", "depth"])
            .args(["--target", "x86_64-unknown-linux-gnu"])
            .args(["--target", "x86_64-unknown-freebsd"])
            .current_dir(root())
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "cargo tree: {said}");
        let mut graph = Self {
            needs: HashMap::new(),
        };
        let mut above: Vec<String> = Vec::new();
        for line in String::from_utf8(output.stdout).unwrap().lines() {
            let digits = line.bytes().take_while(u8::is_ascii_digit).count();
            let (depth, rest) = line.split_at(digits);
            let Some(package) = rest.split_whitespace().next().map(str::to_owned) else {
                continue;
            };
            above.truncate(depth.parse().unwrap());
            if let Some(parent) = above.last() {
                let needs = graph.needs.entry(parent.clone()).or_default();
                needs.push(package.clone());
            }
            above.push(package);
        }
        assert!(
            graph.needs.contains_key(name),
            "{name} needs nothing at all"
        );
        graph
    }

    /// The shortest way from one package to another, as names.
    fn path(&self, from: &str, to: &str) -> Option<String> {
        let mut ways = HashMap::from([(from.to_owned(), from.to_owned())]);
        let mut queue = VecDeque::from([from.to_owned()]);
        while let Some(at) = queue.pop_front() {
            let way = ways[&at].clone();
            for next in self.needs.get(&at).into_iter().flatten() {
                if next == to {
                    return Some(format!("{way} → {next}"));
                }
                if !ways.contains_key(next) {
                    ways.insert(next.clone(), format!("{way} → {next}"));
                    queue.push_back(next.clone());
                }
            }
        }
        None
    }
}

fn forbids(from: &str, to: &[&str]) {
    let graph = Graph::of(from);
    for name in to {
        assert_eq!(graph.path(from, name), None, "{from} must not reach {name}");
    }
}

/// Those of our crates that name a package in their own manifest, for
/// anything but their tests.
fn direct(name: &str) -> Vec<String> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--locked", "--no-deps"])
        .current_dir(root())
        .output()
        .unwrap();
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let ours = metadata["packages"].as_array().unwrap().iter();
    let mut found: Vec<String> = ours
        .filter(|package| {
            let mut needs = package["dependencies"].as_array().unwrap().iter();
            needs.any(|need| need["name"] == name && need["kind"].is_null())
        })
        .map(|package| package["name"].as_str().unwrap().to_owned())
        .collect();
    found.sort_unstable();
    found
}

/// Crates that read and write: the broker has them to write. `app/clippy.toml` forbids
/// it to name what they read with, so that the linker leaves that out.
const WRITERS: &[&str] = &["image-webp"];

#[test]
fn broker_reaches_no_decoder_and_no_renderer() {
    let mut decoders = DECODERS.to_vec();
    decoders.retain(|name| !WRITERS.contains(name));
    forbids("app", &decoders);
    forbids("app", &["renderer-sandbox"]);
}

/// Source files under a folder, without tests.
fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        match path.file_stem() {
            Some(name) if name == "tests" => {}
            _ if path.is_dir() => found.extend(sources(&path)),
            _ => found.push(path),
        }
    }
    found
}

#[test]
fn what_the_broker_writes_with_is_never_named_to_read() {
    let forbidden = std::fs::read_to_string(root().join("app/clippy.toml")).unwrap();
    let readers = [
        "WebPDecoder",
        "Vp8Decoder",
        "png::Decoder",
        "StreamingDecoder",
    ];
    assert!(readers.iter().all(|reader| forbidden.contains(reader)));
    let mut writers = Vec::new();
    for source in sources(&root().join("app/src")) {
        let text = std::fs::read_to_string(&source).unwrap();
        for reader in readers {
            assert!(!text.contains(reader), "{}: {reader}", source.display());
        }
        if text.contains("image_webp") {
            writers.push(source.strip_prefix(root()).unwrap().to_owned());
        }
    }
    assert_eq!(writers, [Path::new("app/src/cli/webp.rs")]);
}

#[test]
fn renderer_reaches_no_broker_and_no_device() {
    forbids("renderer-sandbox", &["app"]);
    forbids("renderer-sandbox", DEVICES);
}

#[test]
fn protocol_and_confinement_know_nothing_of_each_other() {
    forbids(
        "ipc",
        &["capmode", "nix", "libc", "app", "renderer-sandbox"],
    );
    forbids("capmode", &["ipc", "app", "renderer-sandbox"]);
}

#[test]
fn system_calls_and_the_encoding_are_named_in_one_crate_each() {
    assert_eq!(direct("libc"), ["capmode"]);
    assert_eq!(direct("bincode"), ["ipc"]);
}

#[test]
fn unsafe_code_is_in_one_crate() {
    for folder in ["app", "ipc", "renderer-sandbox", "tests"] {
        let manifest = std::fs::read_to_string(root().join(folder).join("Cargo.toml")).unwrap();
        assert!(
            manifest.contains("[lints]\nworkspace = true"),
            "{folder} has lints of its own"
        );
    }
    let workspace = std::fs::read_to_string(root().join("Cargo.toml")).unwrap();
    assert!(workspace.contains("unsafe_code = \"forbid\""));
    let capmode = std::fs::read_to_string(root().join("capmode/Cargo.toml")).unwrap();
    assert!(capmode.contains("undocumented_unsafe_blocks = \"deny\""));
}
