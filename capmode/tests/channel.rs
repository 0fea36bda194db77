//! One datagram is one message, and descriptors go one way.

use capmode::channel::MAX_DESCRIPTORS;
use capmode::{Channel, Received, Sent};
use std::fs::File;
use std::os::fd::AsFd;

fn open_descriptors() -> usize {
    let fds = if cfg!(target_os = "linux") {
        "/proc/self/fd"
    } else {
        "/dev/fd"
    };
    std::fs::read_dir(fds).map_or(0, Iterator::count)
}

#[test]
fn message_arrives_whole_and_alone() {
    let (a, b) = Channel::pair().unwrap();
    a.send(b"one").unwrap();
    a.send(b"two").unwrap();
    let mut buffer = [0; 16];
    assert_eq!(b.receive(&mut buffer).unwrap(), Received::Message(b"one"));
    assert_eq!(b.receive(&mut buffer).unwrap(), Received::Message(b"two"));
    assert_eq!(b.try_receive(&mut buffer).unwrap(), Received::Nothing);
    drop(a);
    assert_eq!(b.receive(&mut buffer).unwrap(), Received::Closed);
}

#[test]
fn message_that_fills_the_buffer_is_too_long() {
    let (a, b) = Channel::pair().unwrap();
    a.send(&[7; 17]).unwrap();
    a.send(&[7; 16]).unwrap();
    a.send(&[7; 15]).unwrap();
    let mut buffer = [0; 16];
    assert_eq!(b.receive(&mut buffer).unwrap(), Received::TooLong);
    assert_eq!(b.receive(&mut buffer).unwrap(), Received::TooLong);
    assert_eq!(b.receive(&mut buffer).unwrap(), Received::Message(&[7; 15]));
}

#[test]
fn peer_that_does_not_read_stops_nobody() {
    let (a, b) = Channel::pair().unwrap();
    let mut sent = 0;
    while a.try_send(&[1; 4096]).unwrap() == Sent::Done {
        sent += 1;
        assert!(sent < 1_000_000, "the socket never fills");
    }
    assert_eq!(a.send_with(b"x", &[]).unwrap(), Sent::Full);
    drop(b);
    assert!(a.try_send(b"x").is_err());
}

#[test]
fn descriptors_arrive_where_they_are_asked_for() {
    let (a, b) = Channel::pair().unwrap();
    let file = File::open("/dev/null").unwrap();
    a.send_with(b"x", &[file.as_fd(), file.as_fd()]).unwrap();
    let mut buffer = [0; 16];
    let (received, descriptors) = b.receive_with(&mut buffer).unwrap();
    assert_eq!(received, Received::Message(b"x"));
    assert_eq!(descriptors.len(), 2);
    let too_many = [file.as_fd(); MAX_DESCRIPTORS + 1];
    assert!(a.send_with(b"x", &too_many).is_err());
}

#[test]
fn descriptors_never_arrive_by_a_plain_receive() {
    let (a, b) = Channel::pair().unwrap();
    let file = File::open("/dev/null").unwrap();
    let before = open_descriptors();
    for _ in 0..100 {
        a.send_with(b"x", &[file.as_fd(), file.as_fd()]).unwrap();
        let mut buffer = [0; 16];
        assert_eq!(b.receive(&mut buffer).unwrap(), Received::Message(b"x"));
    }
    // Other tests of this program open and close theirs meanwhile.
    assert!(open_descriptors() < before + 50);
}

#[test]
fn last_words_arrive_although_the_peer_left_without_reading() {
    let (broker, renderer) = Channel::pair().unwrap();
    broker.send(b"never read").unwrap();
    renderer.send(b"last words").unwrap();
    drop(renderer);
    let mut buffer = [0; 64];
    assert_eq!(
        broker.try_receive(&mut buffer).unwrap(),
        Received::Message(b"last words")
    );
    assert_eq!(broker.try_receive(&mut buffer).unwrap(), Received::Closed);
}
