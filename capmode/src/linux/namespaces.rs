//! What the launcher makes once for all renderers: user, mount, network, IPC,
//! host-name and control-group namespaces, and an empty root.
//!
//! A step that the system refuses is left out, and its layer with it. Whether
//! one is allowed is found by trying: on some systems a user namespace can be
//! made but not used.

use crate::posture::{Layer, Layers};
use nix::mount::{MntFlags, MsFlags, mount, umount2};
use nix::sched::{CloneFlags, unshare};
use nix::unistd::{chdir, getegid, geteuid, pivot_root};
use std::fs;
use std::io;

/// The user and group the launcher is inside its namespace. Not 0, so that
/// exec drops every capability.
const INSIDE_ID: u32 = 1000;

/// Directories of which one is there to mount the empty root on for a moment.
const MOUNT_POINTS: [&str; 4] = ["/tmp", "/proc", "/dev", "/usr"];

/// What was made, and the first refusal.
pub(crate) struct Made {
    pub(crate) layers: Layers,
    pub(crate) refused: Option<io::Error>,
}

/// Makes every namespace that the system allows.
pub(crate) fn make() -> Made {
    let mut made = Made {
        layers: Layers::default(),
        refused: None,
    };
    let outside = (geteuid().as_raw(), getegid().as_raw());
    made.step(
        None,
        unshare_one(CloneFlags::CLONE_NEWUSER).and_then(|()| map_ids(outside)),
    );
    for (layer, flag) in [
        (Layer::NetworkNamespace, CloneFlags::CLONE_NEWNET),
        (Layer::IpcNamespace, CloneFlags::CLONE_NEWIPC),
        (Layer::UtsNamespace, CloneFlags::CLONE_NEWUTS),
        (Layer::CgroupNamespace, CloneFlags::CLONE_NEWCGROUP),
    ] {
        made.step(Some(layer), unshare_one(flag));
    }
    made.step(
        Some(Layer::EmptyRoot),
        unshare_one(CloneFlags::CLONE_NEWNS).and_then(|()| empty_root()),
    );
    made
}

impl Made {
    fn step(&mut self, layer: Option<Layer>, result: io::Result<()>) {
        match result {
            Ok(()) => {
                if let Some(layer) = layer {
                    self.layers.insert(layer);
                }
            }
            Err(error) => {
                self.refused.get_or_insert(error);
            }
        }
    }
}

fn unshare_one(flag: CloneFlags) -> io::Result<()> {
    Ok(unshare(flag)?)
}

/// Maps this user alone, as an ordinary user.
fn map_ids((user, group): (u32, u32)) -> io::Result<()> {
    fs::write("/proc/self/setgroups", "deny")?;
    fs::write("/proc/self/uid_map", format!("{INSIDE_ID} {user} 1"))?;
    fs::write("/proc/self/gid_map", format!("{INSIDE_ID} {group} 1"))
}

/// Makes an empty, read-only directory the root and drops every other mount.
fn empty_root() -> io::Result<()> {
    const NONE: Option<&str> = None;
    let quiet = MsFlags::MS_NOSUID | MsFlags::MS_NODEV | MsFlags::MS_NOEXEC;
    mount(NONE, "/", NONE, MsFlags::MS_REC | MsFlags::MS_PRIVATE, NONE)?;
    let options = Some("size=4k,nr_inodes=2,mode=555");
    let place = MOUNT_POINTS
        .into_iter()
        .find(|place| mount(Some("empty"), *place, Some("tmpfs"), quiet, options).is_ok())
        .ok_or_else(io::Error::last_os_error)?;
    chdir(place)?;
    pivot_root(".", ".")?;
    umount2(".", MntFlags::MNT_DETACH)?;
    chdir("/")?;
    let read_only = MsFlags::MS_REMOUNT | MsFlags::MS_BIND | MsFlags::MS_RDONLY | quiet;
    Ok(mount(NONE, "/", NONE, read_only, NONE)?)
}
