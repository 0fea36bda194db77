//! Who may depend on whom, read from `cargo metadata`.

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
];

/// Crates that reach devices, windows or the network.
const DEVICES: &[&str] = &[
    "winit", "wgpu", "egui", "cpal", "rfd", "arboard", "zbus", "socket2",
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Names of packages, and what each needs when it runs.
struct Graph {
    names: HashMap<String, String>,
    needs: HashMap<String, Vec<String>>,
}

impl Graph {
    fn read() -> Self {
        let output = Command::new(env!("CARGO"))
            .args(["metadata", "--format-version", "1", "--locked"])
            .current_dir(root())
            .output()
            .unwrap();
        let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let packages = metadata["packages"].as_array().unwrap();
        let names = packages
            .iter()
            .map(|p| (text(&p["id"]), text(&p["name"])))
            .collect();
        let nodes = metadata["resolve"]["nodes"].as_array().unwrap();
        let needs = nodes.iter().map(|node| {
            let deps = node["deps"].as_array().unwrap().iter();
            let runs = deps.filter(|dep| {
                let kinds = dep["dep_kinds"].as_array().unwrap();
                kinds.iter().any(|kind| kind["kind"].is_null())
            });
            (
                text(&node["id"]),
                runs.map(|dep| text(&dep["pkg"])).collect(),
            )
        });
        Self {
            names,
            needs: needs.collect(),
        }
    }

    fn id(&self, name: &str) -> &str {
        let found = self
            .names
            .iter()
            .find(|(id, n)| *n == name && id.starts_with("path+"));
        found
            .unwrap_or_else(|| panic!("{name} is no crate of ours"))
            .0
    }

    /// The shortest way from one of our crates to a package, as names.
    fn path(&self, from: &str, to: &str) -> Option<String> {
        let start = self.id(from).to_owned();
        let mut ways = HashMap::from([(start.clone(), self.names[&start].clone())]);
        let mut queue = VecDeque::from([start]);
        while let Some(at) = queue.pop_front() {
            let way = ways[&at].clone();
            if self.names[&at] == to && at != self.id(from) {
                return Some(way);
            }
            for next in &self.needs[&at] {
                if !ways.contains_key(next) {
                    ways.insert(next.clone(), format!("{way} → {}", self.names[next]));
                    queue.push_back(next.clone());
                }
            }
        }
        None
    }

    fn forbids(&self, from: &str, to: &[&str]) {
        for name in to {
            assert_eq!(self.path(from, name), None, "{from} must not reach {name}");
        }
    }

    fn direct(&self, name: &str) -> Vec<&str> {
        let ours = self.names.iter().filter(|(id, _)| id.starts_with("path+"));
        let mut found: Vec<&str> = ours
            .filter(|(id, _)| self.needs[*id].iter().any(|need| self.names[need] == name))
            .map(|(_, name)| name.as_str())
            .collect();
        found.sort_unstable();
        found
    }
}

#[test]
fn broker_reaches_no_decoder_and_no_renderer() {
    let graph = Graph::read();
    graph.forbids("app", DECODERS);
    graph.forbids("app", &["renderer-sandbox"]);
}

#[test]
fn renderer_reaches_no_broker_and_no_device() {
    let graph = Graph::read();
    graph.forbids("renderer-sandbox", &["app"]);
    graph.forbids("renderer-sandbox", DEVICES);
}

#[test]
fn protocol_and_confinement_know_nothing_of_each_other() {
    let graph = Graph::read();
    graph.forbids(
        "ipc",
        &["capmode", "nix", "libc", "app", "renderer-sandbox"],
    );
    graph.forbids("capmode", &["ipc", "app", "renderer-sandbox"]);
}

#[test]
fn system_calls_and_the_encoding_are_named_in_one_crate_each() {
    let graph = Graph::read();
    assert_eq!(graph.direct("libc"), ["capmode"]);
    assert_eq!(graph.direct("bincode"), ["ipc"]);
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
