//! Files that are watched: each as long as a tab shows it, however often it was opened.

use super::{Stage, stage};
use crate::window::opening::Origin;
use crate::window::watch::{Order, Watch};
use crossbeam_channel::Receiver;
use std::path::PathBuf;

/// How often the files of a folder were begun and ended to be watched.
fn counted(ordered: &Receiver<Order>) -> (Vec<PathBuf>, Vec<PathBuf>) {
    let (mut added, mut removed) = (Vec::new(), Vec::new());
    for order in ordered.try_iter() {
        match order {
            Order::Add(path, _) => added.push(path),
            Order::Remove(path) => removed.push(path),
            _ => {}
        }
    }
    (added, removed)
}

fn watched() -> (Stage, Receiver<Order>) {
    let mut stage = stage();
    let (watch, ordered) = Watch::idle();
    stage.shell.watch = watch;
    (stage, ordered)
}

#[test]
fn file_that_is_reloaded_is_watched_once_and_not_any_more_after_its_tab() {
    let (mut stage, ordered) = watched();
    let path = stage.file("a.pdf");
    stage.shell.open([Origin::Path(path.clone())]);
    for _ in 0..3 {
        stage.shell.reload(0, &mut stage.canvas);
    }
    assert_eq!(counted(&ordered), (vec![path.clone()], vec![]));
    stage.shell.close(0, &mut stage.canvas);
    assert_eq!(counted(&ordered), (vec![], vec![path]));
}

#[test]
fn picture_that_one_leafs_away_from_is_not_watched_any_more() {
    let (mut stage, ordered) = watched();
    let [a, b] = ["a.gif", "b.gif"].map(|name| stage.file(name));
    stage.shell.open([Origin::Path(a.clone())]);
    let id = stage.shell.tabs[0].id;
    stage.shell.siblings(id, vec![a.clone(), b.clone()], None);
    stage.shell.browse_to(&b, &mut stage.canvas);
    assert_eq!(counted(&ordered), (vec![a.clone(), b.clone()], vec![a]));
    stage.shell.close(0, &mut stage.canvas);
    assert_eq!(counted(&ordered), (vec![], vec![b]));
}
