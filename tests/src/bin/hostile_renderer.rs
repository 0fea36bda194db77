//! A renderer that was taken over, started by the real launcher and confined by
//! the real code. As a probe it makes one attempt at the kernel; as a renderer
//! it opens what it is given and does what the document's first word says.

use capmode::{Channel, Received, Role};
use ipc::codec::{decode_request, encode_event};
use ipc::limits::MAX_MESSAGE_BYTES;
use ipc::message::BUILD;
use ipc::{
    Claim, Coding, Event, FontId, FontWanted, Format, InfoField, InfoKey, Items, Loudness, Part,
    Peak, RendererExit, Request, RequestId, Script, Sound, Summary, Text, TextRun,
};
use std::hint::black_box;
use std::io;
use std::process::ExitCode;
use std::sync::{Arc, Barrier};
use std::thread;

#[global_allocator]
static ALLOCATOR: capmode::abort::Allocator = capmode::abort::Allocator;

fn main() -> ExitCode {
    match capmode::role() {
        Some(Role::Launcher) => capmode::launcher_main(),
        #[cfg(target_os = "linux")]
        Some(Role::Probe) => capmode::probe::scripted::main(),
        Some(Role::Renderer) => match misbehave() {
            Ok(()) => ExitCode::SUCCESS,
            Err(_) => ExitCode::FAILURE,
        },
        _ => ExitCode::FAILURE,
    }
}

/// Follows the protocol as far as the document's word lets it.
fn misbehave() -> io::Result<()> {
    let (out_of_memory, aborted) = (RendererExit::OutOfMemory, RendererExit::Aborted);
    capmode::abort::exit_on_abort(out_of_memory.code(), aborted.code())?;
    let (confined, channel) = capmode::confine().map_err(io::Error::other)?;
    let (layers, landlock_abi) = confined.layers().to_bits();
    say(
        &channel,
        &Event::Confined(Claim {
            build: BUILD,
            layers,
            landlock_abi,
        }),
    )?;
    let mut buffer = [0; MAX_MESSAGE_BYTES + 1];
    let (received, descriptors) = channel.receive_with(&mut buffer)?;
    let open = match received {
        Received::Message(bytes) => decode_request(bytes).map_err(io::Error::other)?,
        _ => return Ok(()),
    };
    let (Request::Open(open), [document, pixels, _fonts]) = (open, descriptors.as_slice()) else {
        return Err(io::ErrorKind::InvalidData.into());
    };
    let memory = capmode::DocumentMemory::map_snapshot(document, open.document_bytes)?;
    let mut slots = capmode::MappedPixels::map(pixels, open.slots, open.slot_bytes)?;
    let word = std::str::from_utf8(memory.as_ref())
        .unwrap_or_default()
        .trim()
        .to_owned();
    drop(descriptors);
    let overflow = prepare_overflow();
    confined.lock().map_err(io::Error::other)?;
    say(&channel, &Event::Locked)?;
    if word == "overflow" {
        overflow.wait();
    }
    if before_open(&channel, &word)? {
        return Ok(());
    }
    let summary = match word.starts_with("sound-") {
        true => sound(),
        false => Summary {
            format: Format::Pdf,
            pages: 1,
            encrypted: false,
            sound: None,
        },
    };
    say(&channel, &Event::Opened(summary))?;
    loop {
        let request = match channel.receive(&mut buffer)? {
            Received::Message(bytes) => decode_request(bytes).map_err(io::Error::other)?,
            _ => return Ok(()),
        };
        answer(&channel, &word, &request, &mut slots)?;
    }
}

/// A second of stereo.
fn sound() -> Summary {
    Summary {
        format: Format::Flac,
        pages: 0,
        encrypted: false,
        sound: Some(Sound {
            rate: 48_000,
            channels: 2,
            layout: 3,
            frames: Some(48_000),
            coding: Coding::Lossy,
            loudness: Loudness::default(),
        }),
    }
}

/// What is wrong before the document is open; `true` when that is all.
fn before_open(channel: &Channel, word: &str) -> io::Result<bool> {
    match word {
        "silent" | "overflow" => loop {
            thread::park();
        },
        "garbage" => channel.send(&[0xFF; 64])?,
        "one-byte" => channel.send(&[1])?,
        "too-long" => channel.send(&[0; MAX_MESSAGE_BYTES + 1])?,
        "wrong-phase" => say(
            channel,
            &Event::Painted {
                id: RequestId(0),
                whole: true,
            },
        )?,
        "no-pages" => channel.send(&[2, 0, 0, 0, 0])?,
        "million-pages" => channel.send(&[2, 0, 252, 64, 66, 15, 0, 0, 0])?,
        // Sounds of no samples a second, of 2³² − 1, of no channels, and of 255.
        "no-rate" => channel.send(&[2, 27, 0, 0, 1, 0, 1, 0, 0, 2, 0, 0])?,
        "wild-rate" => {
            channel.send(&[2, 27, 0, 0, 1, 252, 255, 255, 255, 255, 1, 0, 0, 2, 0, 0])?
        }
        "no-channels" => channel.send(&[2, 27, 0, 0, 1, 1, 0, 0, 0, 2, 0, 0])?,
        "wild-channels" => channel.send(&[2, 27, 0, 0, 1, 1, 255, 0, 0, 2, 0, 0])?,
        "exit" => std::process::exit(3),
        "panic" => {
            let place = Text::cleaned("hostile_renderer.rs:1", 100);
            let message = Text::cleaned("as\u{1b}ked to", 100);
            say(channel, &Event::Panicked { place, message })?;
        }
        "spin-at-once" => loop {
            std::hint::spin_loop();
        },
        "memory" => hold(),
        "abort" => std::process::abort(),
        _ => return Ok(false),
    }
    wait_for_the_end(channel)?;
    Ok(true)
}

/// A worker that overflows its stack when somebody else waits with it. It runs
/// when this returns: nothing can be started behind the last wall.
fn prepare_overflow() -> Arc<Barrier> {
    let both = Arc::new(Barrier::new(2));
    let worker = Arc::clone(&both);
    thread::spawn(move || {
        worker.wait();
        worker.wait();
        nest(0)
    });
    both.wait();
    both
}

#[expect(unconditional_recursion, reason = "the stack is meant to overflow")]
fn nest(depth: usize) -> usize {
    let here = black_box([depth; 64]);
    nest(depth + 1) + here.len()
}

/// Takes memory until there is none.
fn hold() {
    let mut held = Vec::new();
    loop {
        held.push(vec![1_u8; 16 << 20]);
    }
}

/// What is wrong with an answer.
fn answer(
    channel: &Channel,
    word: &str,
    request: &Request,
    slots: &mut [capmode::Slot],
) -> io::Result<()> {
    let id = match request {
        Request::Paint { id, slot, .. } => {
            if let Some(slot) = slots.get_mut(usize::from(*slot)) {
                slot.bytes_mut().fill(0x55);
            }
            *id
        }
        Request::Sound { id, slot, .. } => {
            // No number, infinities, and numbers too small to be heard.
            let wild = [f32::NAN, f32::INFINITY, -f32::INFINITY, 1e-40, 1e38, -0.5];
            let wild = wild.iter().flat_map(|sample| sample.to_le_bytes());
            if let Some(slot) = slots.get_mut(usize::from(*slot)) {
                let bytes = slot.bytes_mut().iter_mut().zip(wild.cycle());
                bytes.take(48_000 * 8).for_each(|(to, from)| *to = from);
            }
            *id
        }
        Request::Text { id, .. }
        | Request::Waveform { id, .. }
        | Request::Chapters { id }
        | Request::Outline { id }
        | Request::Attachments { id }
        | Request::Extract { id, .. }
        | Request::Layers { id }
        | Request::ShowLayers { id, .. }
        | Request::Signatures { id }
        | Request::Wishes { id }
        | Request::Notes { id }
        | Request::Images { id, .. }
        | Request::Links { id, .. }
        | Request::Search { id, .. }
        | Request::Info { id }
        | Request::Pages { id, .. } => *id,
        _ => return Ok(()),
    };
    match word {
        "wrong-id" => say(
            channel,
            &Event::Painted {
                id: RequestId(id.0.wrapping_add(1000)),
                whole: true,
            },
        ),
        "twice" => {
            let part = Part {
                id,
                number: 0,
                last: true,
                items: Items::Text(Vec::new()),
            };
            say(channel, &Event::Part(part.clone()))?;
            say(channel, &Event::Part(part))
        }
        "out-of-order" => part(channel, id, 7),
        "flood" => {
            for number in 0.. {
                part(channel, id, number)?;
            }
            Ok(())
        }
        "flood-of-facts" => {
            for number in 0.. {
                facts(channel, id, number)?;
            }
            Ok(())
        }
        "copies-nothing" => {
            let (bytes, last) = (0, false);
            say(channel, &Event::Copied { id, bytes, last })
        }
        "copies-too-much" => {
            let (bytes, last) = (u32::MAX, true);
            say(channel, &Event::Copied { id, bytes, last })
        }
        "sound-wild" => {
            let (frames, last) = (6, true);
            heard(channel, id, frames, last)
        }
        "sound-too-long" => {
            let (frames, last) = (101, false);
            heard(channel, id, frames, last)
        }
        "sound-backwards" => {
            let (frames, last) = (u32::MAX, false);
            heard(channel, id, frames, last)
        }
        "sound-endless" => {
            let (frames, last) = (0, false);
            heard(channel, id, frames, last)
        }
        "sound-peaks" => {
            let part = Part {
                id,
                number: 0,
                last: true,
                items: Items::Peaks(vec![Peak::default(); 11]),
            };
            say(channel, &Event::Part(part))
        }
        "wants-fonts" => {
            for number in 0.. {
                want(channel, number)?;
            }
            Ok(())
        }
        "wants-font-twice" => {
            want(channel, 0)?;
            want(channel, 0)
        }
        "hang" => loop {
            std::thread::park();
        },
        "spin" => loop {
            std::hint::spin_loop();
        },
        "die" => std::process::exit(3),
        "memory-later" => {
            hold();
            Ok(())
        }
        _ => Ok(()),
    }
}

fn heard(channel: &Channel, id: RequestId, frames: u32, last: bool) -> io::Result<()> {
    let met = u8::MAX;
    let event = Event::Sound {
        id,
        frames,
        last,
        met,
    };
    say(channel, &event)
}

fn want(channel: &Channel, number: u32) -> io::Result<()> {
    let font = FontId(number);
    let wanted = FontWanted {
        family: Text::cleaned("../../../../etc/passwd", 100),
        script: Script::Other,
        serif: false,
        bold: false,
        italic: false,
    };
    say(channel, &Event::FontWanted { font, wanted })
}

fn part(channel: &Channel, id: RequestId, number: u32) -> io::Result<()> {
    let items = Items::Text(Vec::<TextRun>::new());
    say(
        channel,
        &Event::Part(Part {
            id,
            number,
            last: false,
            items,
        }),
    )
}

/// As many fields as a message holds, with nothing in them.
fn facts(channel: &Channel, id: RequestId, number: u32) -> io::Result<()> {
    let (key, value) = (InfoKey::Title, Text::default());
    let part = Part {
        id,
        number,
        last: false,
        items: Items::Info(vec![InfoField { key, value }; 2000]),
    };
    say(channel, &Event::Part(part))
}

fn say(channel: &Channel, event: &Event) -> io::Result<()> {
    channel.send(encode_event(event).map_err(io::Error::other)?.bytes())
}

/// Gives the broker time to be the one that ends this.
fn wait_for_the_end(channel: &Channel) -> io::Result<()> {
    let mut buffer = [0; MAX_MESSAGE_BYTES + 1];
    channel.receive(&mut buffer).map(drop)
}
