//! Containers: what lies in them, in what order, and what is broken in them.

use super::*;

/// A WAV file that holds another one.
fn envelope(number: u16, content: &[u8]) -> Vec<u8> {
    let mut file = wav(8000, 1, 16, content);
    file.splice(20..22, number.to_le_bytes());
    file.extend(b"LIST\x04\0\0\0abcd");
    file
}

#[test]
fn what_a_wave_is_coded_with_is_named_where_it_cannot_be_played() {
    let named = "is coded with AC-3 inside WAVE, which";
    let unreadable = "is not coded as it says";
    for (number, words) in [(0x31, "GSM 6.10"), (0x2000, named), (0x55, unreadable)] {
        let file = envelope(number, &[0; 2000]);
        let refusal = opened(&file).map(drop).unwrap_err().to_string();
        assert!(refusal.contains(words), "{refusal}");
    }
}

#[test]
fn sound_inside_a_wave_is_heard_as_it_is_by_itself() {
    let flac = seed!("tone.flac").1;
    // Only its frames lie in a WAVE.
    let frames = memchr::memmem::find(flac, b"\xFF\xF8").unwrap();
    for (number, content) in [
        (0x55, seed!("tone.mp3").1),
        (0x50, seed!("tone.mp2").1),
        (0xFF, seed!("tone.aac").1),
        (0x1610, seed!("tone.aac").1),
        (0xF1AC, &flac[frames..]),
    ] {
        let document = opened(&envelope(number, content)).unwrap();
        let alone = opened(content).unwrap();
        assert_eq!(document.summary().format, Format::Wav, "{number:x}");
        assert_eq!(sound_of(&*document), sound_of(&*alone), "{number:x}");
        let whole = heard(&*document, 0, 100_000);
        assert!(!whole.0.is_empty(), "{number:x}");
        assert_eq!(whole, heard(&*alone, 0, 100_000), "{number:x}");
    }
}

#[test]
fn aiff_is_heard_whatever_is_wrong_around_its_sound() {
    let whole = seed!("tone.aiff").1;
    let expected = heard(&*opened(whole).unwrap(), 0, 1000);
    let sound = memchr::memmem::find(whole, b"SSND").unwrap();
    let with = |at: usize, bytes: &[u8]| {
        let mut file = whole.to_vec();
        file[at..at + bytes.len()].copy_from_slice(bytes);
        file
    };
    let behind = |chunk: &[u8]| [whole, chunk].concat();
    for (what, file) in [
        ("size of all that is too small", with(4, &[0, 0, 0, 20])),
        ("size of all that is too large", with(4, &[0x7F; 4])),
        ("sound that is too long", with(sound + 4, &[0x7F; 4])),
        ("a chunk that is too long", behind(b"MARK\xFF\0\0\0ab")),
        (
            "a chunk that is nonsense",
            behind(b"COMT\0\0\0\x03\0\x09a\0"),
        ),
        ("a second description", behind(b"COMM\0\0\0\x01a\0")),
    ] {
        let mut file = file;
        if what.starts_with("a ") {
            let size = u32::try_from(file.len() - 8).unwrap();
            file[4..8].copy_from_slice(&size.to_be_bytes());
        }
        match opened(&file) {
            Ok(document) => assert_eq!(heard(&*document, 0, 1000), expected, "{what}"),
            Err(error) => panic!("{what}: {error}"),
        }
    }
}

#[test]
fn a_recording_that_was_not_finished_is_heard_to_its_end() {
    let mut file = TONE[..844].to_vec();
    let samples = heard(&*opened(TONE).unwrap(), 0, 1000);
    assert_eq!(samples.0.len(), 400);
    file[4..8].fill(0);
    file[40..44].fill(0);
    assert_eq!(heard(&*opened(&file).unwrap(), 0, 1000), samples);
    // As they go into a pipe.
    file[4..8].fill(0xFF);
    file[40..44].fill(0xFF);
    let document = opened(&file).unwrap();
    assert_eq!(sound_of(&*document).frames, Some(400));
    assert_eq!(heard(&*document, 0, 1000), samples);
    assert_eq!(notices(&*document), Vec::<String>::new());
    file[40..44].fill(0);
    // An empty sound, and what is said about it.
    file.truncate(44);
    file.extend(b"LIST\x04\0\0\0abcd");
    assert!(opened(&file).is_err());
}

#[test]
fn description_of_aiff_that_is_longer_than_it_needs_to_be_is_read() {
    let whole = seed!("tone.aiff").1;
    let expected = heard(&*opened(whole).unwrap(), 0, 1000);
    let at = memchr::memmem::find(whole, b"COMM").unwrap();
    let mut file = whole.to_vec();
    file.splice(at + 8 + 18..at + 8 + 18, [0; 40]);
    file[at + 7] += 40;
    let size = u32::try_from(file.len() - 8).unwrap();
    file[4..8].copy_from_slice(&size.to_be_bytes());
    assert_eq!(heard(&*opened(&file).unwrap(), 0, 1000), expected);
}

#[test]
fn wave_with_sizes_of_64_bits_is_read() {
    // Its marks, then sizes of everything, of the samples, and how many there are.
    let mut bytes = b"RF64\xFF\xFF\xFF\xFFWAVEds64\x1C\0\0\0".to_vec();
    for size in [900_u64, 800, 400] {
        bytes.extend(size.to_le_bytes());
    }
    bytes.extend([0; 4]);
    bytes.extend(&TONE[12..36]);
    bytes.extend(b"data\xFF\xFF\xFF\xFF");
    bytes.extend(&TONE[44..844]);
    bytes.extend(b"LIST\x04\0\0\0abcd");
    let document = opened(&bytes).unwrap();
    assert_eq!(sound_of(&*document).frames, Some(400));
    let plain = opened(TONE).unwrap();
    assert_eq!(heard(&*document, 0, 1000), heard(&*plain, 0, 1000));
}

/// The packets of sound of an Ogg file whose packets of sound lie in one page.
fn packets(ogg: &[u8]) -> Vec<&[u8]> {
    let page = memchr::memmem::rfind(ogg, b"OggS").unwrap();
    let count = usize::from(ogg[page + 26]);
    let (sizes, mut rest) = ogg[page + 27..].split_at(count);
    let mut packets = Vec::new();
    for size in sizes {
        let (packet, after) = rest.split_at((*size).into());
        packets.push(packet);
        rest = after;
    }
    packets
}

/// A page of Ogg with whole packets.
fn page(flags: u8, granule: u64, number: u32, packets: &[&[u8]]) -> Vec<u8> {
    let mut page = [b"OggS\0", &[flags][..], &granule.to_le_bytes()].concat();
    page.extend([7, 0, 0, 0]);
    page.extend(number.to_le_bytes());
    page.extend([0; 4]);
    page.push(u8::try_from(packets.len()).unwrap());
    page.extend(
        packets
            .iter()
            .map(|packet| u8::try_from(packet.len()).unwrap()),
    );
    packets.iter().for_each(|packet| page.extend(*packet));
    let sum = page.iter().fold(0_u32, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte) << 24, |sum, _| {
            (sum << 1) ^ if sum >> 31 == 0 { 0 } else { 0x04C1_1DB7 }
        })
    });
    page[22..26].copy_from_slice(&sum.to_le_bytes());
    page
}

#[test]
fn opus_that_was_cut_out_of_a_stream_begins_where_its_encoder_did() {
    let whole = seed!("tone.opus").1;
    let packets = packets(whole);
    let [first, second, third] = packets[..] else {
        panic!("{} packets", packets.len());
    };
    let heard_from = |start: u64, end: u8| {
        let file = [
            page(2, 0, 0, &[b"OpusHead\x01\x01\x38\x01\x40\x1f\0\0\0\0\0"]),
            page(0, 0, 1, &[b"OpusTags\0\0\0\0\0\0\0\0"]),
            page(0, start + 2 * 960, 2, &[first, second]),
            page(end, start + 3 * 960, 3, &[third]),
        ];
        let document = opened(&file.concat()).unwrap();
        let (samples, last) = heard(&*document, 0, 10_000);
        assert!(last);
        let frames = sound_of(&*document).frames;
        assert_eq!(frames, Some(samples.len() as u64), "{start} {end}");
        assert_eq!(notices(&*document), Vec::<String>::new(), "{start} {end}");
        samples
    };
    let expected = heard_from(0, 4);
    assert_eq!(expected.len(), 3 * 960 - 0x138);
    for (start, end) in [(104, 4), (104, 0), (0, 0), (50_000, 4)] {
        assert_eq!(heard_from(start, end), expected, "{start} {end}");
    }
}

/// An Ogg file of these packets of Opus.
fn opus_of(packets: &[&[u8]]) -> Vec<u8> {
    let end = 960 * packets.len() as u64;
    let pages = [
        page(2, 0, 0, &[b"OpusHead\x01\x01\x38\x01\x40\x1f\0\0\0\0\0"]),
        page(0, 0, 1, &[b"OpusTags\0\0\0\0\0\0\0\0"]),
        page(4, end, 2, packets),
    ];
    pages.concat()
}

#[test]
fn packets_of_matroska_that_share_a_time_follow_each_other() {
    let (whole, opus) = (seed!("tone.mka").1, seed!("tone.opus").1);
    let packets = packets(opus).repeat(3);
    let cluster = memchr::memmem::find(whole, b"\x1F\x43\xB6\x75").unwrap();
    // One block of all packets, whose sizes stand before them, but for the last.
    let (_, sized) = packets.split_last().unwrap();
    let mut block = vec![0x81, 0, 0, 0x82, u8::try_from(sized.len()).unwrap()];
    block.extend(
        sized
            .iter()
            .map(|packet| u8::try_from(packet.len()).unwrap()),
    );
    block.extend(packets.concat());
    let size = |bytes: &[u8]| (0x4000 | u16::try_from(bytes.len()).unwrap()).to_be_bytes();
    let content = [&[0xE7, 0x81, 0, 0xA3][..], &size(&block), &block].concat();
    let mut file = [&whole[..cluster + 4], &size(&content), &content].concat();
    // The whole goes on to the end of the file.
    let segment = memchr::memmem::find(&file, b"\x18\x53\x80\x67").unwrap();
    file[segment + 4..segment + 12].fill(0xFF);
    file[segment + 4] = 0x01;
    // What says where everything is becomes void: 67 bytes of nothing.
    let places = memchr::memmem::find(&file, b"\x11\x4D\x9B\x74\xC0").unwrap();
    file[places..places + 2].copy_from_slice(&[0xEC, 0x80 | 67]);
    let document = opened(&file).unwrap();
    let all = heard(&*document, 0, 10_000);
    let expected = heard(&*opened(&opus_of(&packets)).unwrap(), 0, 10_000);
    assert_eq!(expected.0.len(), 9 * 960 - 0x138);
    assert_eq!(all, expected);
    assert_eq!(notices(&*document), Vec::<String>::new());
}

#[test]
fn packets_that_are_larger_than_memory_are_refused_before_it_is_taken() {
    let mut file = seed!("tone.caf").1.to_vec();
    // Frames of a packet, behind what the samples are and their bytes.
    let at = memchr::memmem::find(&file, b"lpcm").unwrap() + 12;
    assert_eq!(file[at..at + 4], [0, 0, 0, 1]);
    file[at] = 0xFF;
    let refusal = opened(&file).err().unwrap().to_string();
    assert!(refusal.contains("packets of up to"), "{refusal}");
}
