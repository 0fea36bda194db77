//! Sealed memory: sizes stay, documents stay, and reading never faults.
#![cfg(target_os = "linux")]

use capmode::memory::SnapshotError;
use capmode::{
    DocumentFile, DocumentMemory, FontMemory, MappedFonts, MappedPixels, SharedMemory, Snapshot,
};
use std::fs::File;
use std::io::{Seek, SeekFrom, Write};

#[test]
fn pixels_that_one_side_draws_are_what_the_other_reads() {
    let memory = SharedMemory::create(2 * 4096).unwrap();
    let mut slots = MappedPixels::map(&memory.for_renderer().unwrap(), 2, 4096).unwrap();
    slots[1].bytes_mut().fill(7);
    slots[0].bytes_mut()[4095] = 9;
    let mut read = [0; 4];
    memory.read_at(4095, &mut read).unwrap();
    assert_eq!(read, [9, 7, 7, 7]);
    assert!(memory.read_at(2 * 4096 - 1, &mut read).is_err());
}

#[test]
fn pixel_memory_keeps_its_size_and_its_mappings() {
    let memory = SharedMemory::create(4096).unwrap();
    let descriptor = memory.for_renderer().unwrap();
    let file = File::from(descriptor.try_clone().unwrap());
    assert!(file.set_len(0).is_err());
    assert!(file.set_len(8192).is_err());
    let mut slot = MappedPixels::map(&descriptor, 1, 4096).unwrap();
    memory.seal_mappings().unwrap();
    assert!(MappedPixels::map(&descriptor, 1, 4096).is_err());
    slot[0].bytes_mut()[0] = 1;
    assert!(memory.seal_mappings().is_err(), "the seals are sealed");
}

#[test]
fn snapshot_cannot_be_written_through_any_descriptor() {
    let snapshot = Snapshot::copy_of(&b"some bytes"[..], 100).unwrap();
    let mut file = File::from(snapshot.for_renderer().unwrap());
    assert!(file.write_all(b"x").is_err());
    assert!(file.set_len(0).is_err());
}

#[test]
fn snapshot_descriptors_have_offsets_of_their_own() {
    let snapshot = Snapshot::copy_of(&b"some bytes"[..], 100).unwrap();
    let mut one = File::from(snapshot.for_renderer().unwrap());
    let mut other = File::from(snapshot.for_renderer().unwrap());
    one.seek(SeekFrom::End(0)).unwrap();
    assert_eq!(other.stream_position().unwrap(), 0);
}

#[test]
fn snapshot_of_too_much_names_the_limit() {
    let refused = Snapshot::copy_of(&[0; 101][..], 100).unwrap_err();
    assert!(matches!(refused, SnapshotError::TooLarge(100)), "{refused}");
    assert_eq!(Snapshot::copy_of(&[0; 100][..], 100).unwrap().bytes(), 100);
}

#[test]
fn font_that_is_put_there_after_mapping_is_seen() {
    let mut memory = FontMemory::create(1 << 30).unwrap();
    let fonts = MappedFonts::map(&memory.for_renderer().unwrap(), 1 << 30).unwrap();
    assert_eq!(memory.append(&b"first"[..], 100).unwrap(), (0, 5));
    assert_eq!(memory.append(&b"second"[..], 100).unwrap(), (4096, 6));
    assert_eq!(fonts.piece(0, 5), Some(&b"first"[..]));
    assert_eq!(fonts.piece(4096, 6), Some(&b"second"[..]));
    assert_eq!(fonts.piece((1 << 30) - 1, 2), None);
    assert_eq!(fonts.piece(usize::MAX, 2), None);
}

#[test]
fn font_that_is_too_large_is_refused_and_leaves_room_for_others() {
    let mut memory = FontMemory::create(2 * 4096).unwrap();
    assert!(memory.append(&[1; 101][..], 100).is_err());
    assert_eq!(memory.append(&[2; 100][..], 100).unwrap(), (4096, 100));
    assert!(memory.append(&[3; 1][..], 100).is_err(), "it is full");
}

#[test]
fn memory_for_fonts_cannot_be_written_by_who_reads_it() {
    let memory = FontMemory::create(4096).unwrap();
    let mut file = File::from(memory.for_renderer().unwrap());
    assert!(file.write_all(b"x").is_err());
    assert!(file.set_len(0).is_err());
}

#[test]
fn only_sealed_memory_of_the_right_size_is_mapped() {
    let snapshot = Snapshot::copy_of(&b"some bytes"[..], 100).unwrap();
    let descriptor = snapshot.for_renderer().unwrap();
    let mapped = DocumentMemory::map_snapshot(&descriptor, 10).unwrap();
    assert_eq!(mapped.as_ref(), b"some bytes");
    assert!(DocumentMemory::map_snapshot(&descriptor, 11).is_err());
    let unsealed = SharedMemory::create(10).unwrap().for_renderer().unwrap();
    assert!(DocumentMemory::map_snapshot(&unsealed, 10).is_err());
}

/// A file without a name.
#[expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
fn nameless(content: &[u8]) -> File {
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(content).unwrap();
    file
}

#[test]
fn file_that_has_shrunk_is_a_short_read() {
    let file = nameless(b"0123456789");
    let whole = DocumentFile::new(file.try_clone().unwrap().into(), 10);
    assert_eq!(whole.read_all().unwrap(), b"0123456789");
    let mut middle = [0; 4];
    assert_eq!(whole.read_at(3, &mut middle).unwrap(), 4);
    assert_eq!(&middle, b"3456");
    let short = DocumentFile::new(file.try_clone().unwrap().into(), 11);
    let refused = short.read_all().unwrap_err();
    assert_eq!(refused.kind(), std::io::ErrorKind::UnexpectedEof);
    file.set_len(5).unwrap();
    assert_eq!(whole.read_at(3, &mut middle).unwrap(), 2);
    assert_eq!(whole.read_at(7, &mut middle).unwrap(), 0);
    assert_eq!(whole.read_at(u64::MAX, &mut middle).unwrap(), 0);
}

#[test]
fn file_of_which_a_part_is_held_tells_that_there_is_more() {
    let file = DocumentFile::new(nameless(b"0123456789").into(), 10);
    assert!(!file.is_held());
    let memory = DocumentMemory::File(file);
    assert_eq!(memory.as_ref(), b"");
    let file = memory.beyond().unwrap();
    file.hold(b"012".to_vec());
    file.hold(b"what comes second is left out".to_vec());
    assert_eq!(memory.as_ref(), b"012");
    assert!(memory.beyond().is_some());
    let whole = DocumentFile::new(nameless(b"01").into(), 2);
    whole.hold(whole.read_all().unwrap());
    assert!(DocumentMemory::File(whole).beyond().is_none());
}
