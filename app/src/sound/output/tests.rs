//! The output with a device that says what it is given.

use super::{Open, Output, Piece, Playing, Ring, Shared, run};
use ipc::{Coding, Loudness, Sound};
use std::io;
use std::os::unix::net::UnixStream;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

const RATE: u32 = 1000;

/// A device that says what it is given.
struct Heard(Sender<Vec<i32>>);

impl Output for Heard {
    fn rate(&self) -> u32 {
        RATE
    }

    fn write(&mut self, samples: &[i32]) -> io::Result<()> {
        self.0.send(samples.to_vec()).map_err(io::Error::other)
    }

    fn delay(&mut self) -> u32 {
        0
    }

    fn stop(&mut self) {}

    fn drain(&mut self) {}
}

/// Half a second at half of full scale.
fn piece(from: u64) -> Piece {
    let sound = Sound {
        rate: RATE,
        channels: 2,
        layout: 3,
        frames: None,
        coding: Coding::Lossless(16),
        loudness: Loudness::default(),
    };
    let samples = vec![0.5; RATE as usize];
    Piece {
        track: 1,
        sound,
        from,
        samples,
    }
}

/// Listens until so many samples have been heard, or have not.
fn listen(heard: &Receiver<Vec<i32>>, count: usize, are_heard: bool) {
    let mut rest = count;
    while rest > 0 {
        let samples = heard.recv().unwrap();
        let loud = samples.iter().filter(|sample| **sample != 0).count();
        rest = rest.saturating_sub(match are_heard {
            true => loud,
            false => samples.len() - loud,
        });
    }
}

#[test]
fn what_is_late_is_one_interruption_however_long() {
    let ring = Ring::new(UnixStream::pair().unwrap().0);
    let shared = Shared::new(|| {});
    let (say, heard) = channel();
    let open: Open = Box::new(move |_| Ok(Box::new(Heard(say.clone()))));
    ring.clear(true);
    ring.push(piece(0));
    let counts = thread::scope(|scope| {
        scope.spawn(|| run(open, &ring, &shared));
        // Several blocks of silence behind each piece.
        let counts = [500, 1000].map(|next| {
            listen(&heard, RATE as usize, true);
            listen(&heard, RATE as usize / 5, false);
            let count = shared.state().underruns;
            ring.push(piece(next));
            count
        });
        ring.close();
        counts
    });
    assert_eq!(counts, [1, 2]);
}
#[test]
fn what_is_left_in_the_filters_is_as_loud_as_the_sound_was() {
    let ring = Ring::new(UnixStream::pair().unwrap().0);
    let shared = Shared::new(|| {});
    shared.change(|settings| settings.muted = true);
    let (say, heard) = channel();
    let mut playing = Playing {
        open: Box::new(move |_| Ok(Box::new(Heard(say.clone())))),
        output: None,
        chain: None,
        level: 0.0,
        ring: &ring,
        shared: &shared,
        is_lacking: false,
    };
    // Three sounds of three rates, of which the device has none.
    for (track, rate) in [(1, RATE * 2), (2, RATE * 3), (3, RATE * 4)] {
        let mut piece = piece(0);
        (piece.track, piece.sound.rate) = (track, rate);
        playing.play(&piece);
    }
    playing.ended();
    drop(playing);
    let samples: Vec<i32> = heard.into_iter().flatten().collect();
    // 500 frames of each.
    assert_eq!(samples.len(), 2 * (250 + 167 + 125));
    assert!(samples.iter().all(|sample| *sample == 0), "it is muted");
}
