//! `pellucid play`: one sound after another, without a gap.
//!
//! | file | holds |
//! |---|---|
//! | `keys` | what is pressed on the terminal |
//! | `line` | where it is, as one line |
//! | `told` | what is said beside that |

mod keys;
mod line;
mod told;

use super::arguments;
use super::exit::{Exit, Failed};
use super::open::{self, Opened};
use super::terminal;
use crate::broker::Renderers;
use crate::config::Config;
use crate::sound::{Failure, GainMode, MAX_SPEED, MIN_SPEED, Phase, Player, State, Track};
use ipc::{InfoField, InfoKey, Sound};
use keys::{Key, Keys};
use std::io::{self, IsTerminal, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, TryRecvError};
use std::thread;
use std::time::Duration;

/// Time between two looks at the position, the keyboard and the interrupt.
const LOOK: Duration = Duration::from_millis(100);

/// A step of the volume, and of the speed.
const VOLUME_STEP: f32 = 0.05;
const SPEED_STEP: f32 = 0.1;

pub(super) fn run(play: &arguments::Play) -> Result<(), Failed> {
    let renderers = open::renderers(&play.access, play.files.len())?;
    let interrupted = open::interruption()?;
    let (bell, wake) = UnixStream::pair().map_err(system)?;
    bell.set_nonblocking(true).map_err(system)?;
    wake.set_read_timeout(Some(LOOK)).map_err(system)?;
    let notify = move || {
        // One ring is as good as several.
        let _ = (&bell).write(&[1]);
    };
    let player = Player::start(play.device.clone(), notify).map_err(system)?;
    let volume = volume(play)?;
    player.set_volume(volume);
    player.set_speed(play.speed);
    player.set_gain(play.replaygain.into());
    let mut playing = Playing {
        play,
        player,
        renderers,
        interrupted,
        next: None,
        opened: Vec::new(),
        at: 0,
        asked: 0,
        is_reached: false,
        failed: None,
        settings: Settings {
            volume,
            speed: play.speed,
            gain: play.replaygain.into(),
            muted: false,
            between: Between::None,
        },
    };
    let keys = match io::stderr().is_terminal() {
        true => Keys::take(),
        false => None,
    };
    let ended = playing.run(&wake, keys);
    line::clear();
    ended?;
    told::tell_underruns(playing.player.state().underruns);
    playing.failed.map_or(Ok(()), Err)
}

/// As the command line says, else as `pellucid.toml` does, from 0 to 1.
fn volume(play: &arguments::Play) -> Result<f32, Failed> {
    let percent = match play.volume {
        Some(percent) => f32::from(percent),
        None => {
            let config = Config::load().map_err(|error| Failed::new(Exit::Usage, None, error))?;
            config.sound.volume.map_or(100.0, |said| said.get() as f32)
        }
    };
    Ok(percent / 100.0)
}

/// Which file a track is.
fn number(track: Option<u64>) -> Option<usize> {
    usize::try_from(track?).ok()
}

fn system(error: io::Error) -> Failed {
    Failed::new(Exit::Output, None, error)
}

/// A file that is open, or was.
struct File {
    name: String,
    /// Who plays what, as its tags say.
    title: Option<String>,
    sound: Sound,
    /// Notices that the user has been told.
    told: Vec<InfoField>,
}

/// A file that has been opened to be played.
struct Sounding {
    opened: Opened,
    title: Option<String>,
    /// Notices that were told of it.
    told: Vec<InfoField>,
}

struct Settings {
    volume: f32,
    speed: f32,
    gain: GainMode,
    muted: bool,
    between: Between,
}

/// What is played again and again.
enum Between {
    None,
    /// From here on, as soon as the end is pressed.
    From(u64),
    Both,
}

struct Playing<'a> {
    play: &'a arguments::Play,
    player: Player,
    /// Their launcher must outlive the sessions in the player.
    renderers: Renderers,
    interrupted: Arc<AtomicBool>,
    /// The file that is being opened, and whether to play it at once.
    next: Option<(Receiver<Result<Sounding, Failed>>, bool)>,
    /// Those that were given to the player, by their number.
    opened: Vec<Option<File>>,
    /// Which one is heard.
    at: usize,
    /// Which one was opened last.
    asked: usize,
    /// It is heard, or over: another may be opened.
    is_reached: bool,
    failed: Option<Failed>,
    settings: Settings,
}

impl Playing<'_> {
    fn run(&mut self, wake: &UnixStream, mut keys: Option<Keys>) -> Result<(), Failed> {
        self.opened.resize_with(self.play.files.len(), || None);
        self.open(0, true);
        loop {
            if self.interrupted.load(Ordering::Relaxed) {
                return Err(Failed::new(Exit::Interrupted, None, "interrupted"));
            }
            self.take_opened();
            let state = self.player.state();
            self.tell_met();
            if let Some(failure) = self.player.take_failure() {
                self.note_failure(failure)?;
            }
            if let Some(heard) = number(state.track) {
                self.at = heard;
            }
            let asked = Some(self.asked);
            self.is_reached |= number(state.track) == asked || number(state.empty) == asked;
            // One is opened ahead, while the last one is heard.
            if self.next.is_none() && state.phase != Phase::Empty && self.is_reached {
                self.open(self.asked + 1, false);
            }
            let nothing_comes = self.next.is_none() && self.is_reached;
            let is_over = matches!(state.phase, Phase::Ended | Phase::Empty);
            if is_over && nothing_comes && self.asked + 1 >= self.play.files.len() {
                return Ok(());
            }
            if keys.is_some() {
                self.show(&state);
            }
            while let Some(key) = keys.as_mut().and_then(Keys::next) {
                if key == Key::Quit {
                    return Ok(());
                }
                self.obey(key, &self.player.state());
            }
            let _ = (&*wake).read(&mut [0; 64]);
        }
    }

    /// Opens a file on a thread of its own: what is heard does not wait for it.
    fn open(&mut self, number: usize, at_once: bool) {
        let Some(file) = self.play.files.get(number).cloned() else {
            return;
        };
        (self.asked, self.is_reached) = (number, false);
        let (access, interrupted) = (self.play.access.clone(), Arc::clone(&self.interrupted));
        let renderers = self.renderers.clone();
        let (say, hear) = mpsc::channel();
        let open = move || {
            let opened = open_sound(&file, &access, &renderers, &interrupted);
            // Nobody waits for it after the end.
            let _ = say.send(opened);
        };
        match thread::Builder::new().spawn(open) {
            Ok(_) => self.next = Some((hear, at_once)),
            Err(error) => {
                self.is_reached = true;
                self.note(system(error));
            }
        }
    }

    fn take_opened(&mut self) {
        let Some((hear, at_once)) = &self.next else {
            return;
        };
        let at_once = *at_once;
        let opened = match hear.try_recv() {
            Ok(opened) => opened,
            Err(TryRecvError::Empty) => return,
            Err(TryRecvError::Disconnected) => {
                let words = "opening a file failed";
                Err(Failed::new(Exit::Renderer, None, words))
            }
        };
        self.next = None;
        match opened {
            Ok(sounding) => self.give(sounding, at_once),
            Err(failed) => {
                self.is_reached = true;
                self.note(failed);
                self.open(self.asked + 1, at_once);
            }
        }
    }

    fn give(&mut self, sounding: Sounding, at_once: bool) {
        let (title, told) = (sounding.title, sounding.told);
        let (session, summary, name) = sounding.opened.into_parts();
        let Some(sound) = summary.sound else {
            self.is_reached = true;
            return;
        };
        let track = Track {
            id: self.asked as u64,
            session,
            sound,
        };
        if let Some(place) = self.opened.get_mut(self.asked) {
            *place = Some(File {
                name,
                title,
                sound,
                told,
            });
        }
        match at_once {
            true => {
                self.at = self.asked;
                self.settings.between = Between::None;
                self.player.play(track, 0);
            }
            false => self.player.queue(track),
        }
    }

    fn tell_met(&mut self) {
        for met in self.player.take_met() {
            let file = usize::try_from(met.track).ok();
            let file = file.and_then(|number| self.opened.get_mut(number)?.as_mut());
            file.into_iter().for_each(|file| file.tell_met(&met));
        }
    }

    /// Told at once; the first one decides the exit code.
    fn note(&mut self, failed: Failed) {
        failed.tell();
        let quiet = Failed::new(failed.exit, None, "");
        self.failed.get_or_insert(quiet);
    }

    /// A sound that stopped early is left behind; without a device nothing goes on.
    fn note_failure(&mut self, failure: Failure) -> Result<(), Failed> {
        let Some(number) = number(failure.track) else {
            return Err(Failed::new(Exit::Output, None, &failure.words));
        };
        self.is_reached |= number == self.asked;
        let file = self.opened.get(number).and_then(Option::as_ref);
        let name = file.map(|file| file.name.clone());
        self.note(Failed::new(Exit::Renderer, name.as_deref(), &failure.words));
        Ok(())
    }

    fn file(&self) -> Option<&File> {
        self.opened.get(self.at)?.as_ref()
    }

    fn obey(&mut self, key: Key, state: &State) {
        let rate = self.file().map_or(1, |file| u64::from(file.sound.rate));
        let settings = &mut self.settings;
        match key {
            Key::Pause => self.player.set_paused(state.phase == Phase::Playing),
            Key::Seek(seconds) => {
                let step = seconds.unsigned_abs() * rate;
                self.player.seek(match seconds < 0 {
                    true => state.position.saturating_sub(step),
                    false => state.position.saturating_add(step),
                });
            }
            Key::Start => self.player.seek(0),
            Key::Part(tenths) => {
                if let Some(frames) = self.file().and_then(|file| file.sound.frames) {
                    self.player.seek(frames / 10 * u64::from(tenths));
                }
            }
            Key::Volume(steps) => {
                let step = f32::from(steps) * VOLUME_STEP;
                settings.volume = (settings.volume + step).clamp(0.0, 1.0);
                self.player.set_volume(settings.volume);
            }
            Key::Mute => {
                settings.muted = !settings.muted;
                self.player.set_muted(settings.muted);
            }
            Key::Speed(steps) => {
                let step = f32::from(steps) * SPEED_STEP;
                settings.speed = match steps {
                    0 => 1.0,
                    _ => (settings.speed + step).clamp(MIN_SPEED, MAX_SPEED),
                };
                self.player.set_speed(settings.speed);
            }
            Key::Gain => {
                settings.gain = match settings.gain {
                    GainMode::Off => GainMode::Track,
                    GainMode::Track => GainMode::Album,
                    GainMode::Album => GainMode::Off,
                };
                self.player.set_gain(settings.gain);
            }
            Key::Loop => {
                settings.between = match settings.between {
                    Between::None => Between::From(state.position),
                    Between::From(start) => {
                        self.player.set_loop(Some((start, state.position)));
                        Between::Both
                    }
                    Between::Both => {
                        self.player.set_loop(None);
                        Between::None
                    }
                };
            }
            Key::Next => self.go(self.at + 1),
            Key::Previous => self.go(self.at.saturating_sub(1)),
            Key::Quit => {}
        }
    }

    fn go(&mut self, number: usize) {
        match number < self.play.files.len() {
            true => self.open(number, true),
            false => {
                (self.asked, self.is_reached) = (self.play.files.len(), true);
                self.player.stop();
            }
        }
    }

    fn show(&self, state: &State) {
        if let Some(file) = self.file() {
            let of = (self.at + 1, self.play.files.len());
            line::show(&line::Shown {
                state,
                sound: &file.sound,
                name: file.title.as_deref().unwrap_or(&file.name),
                of,
                volume: self.settings.volume,
                muted: self.settings.muted,
                speed: self.settings.speed,
                gain: self.settings.gain,
                looped: match self.settings.between {
                    Between::None => line::Looped::No,
                    Between::From(start) => line::Looped::From(start),
                    Between::Both => line::Looped::Both,
                },
            });
        }
    }
}

/// Opens a file that must be sound.
fn open_sound(
    file: &Path,
    access: &arguments::Access,
    renderers: &Renderers,
    interrupted: &Arc<AtomicBool>,
) -> Result<Sounding, Failed> {
    let mut opened = open::open_file(file, access, renderers, interrupted)?;
    match opened.summary.sound {
        Some(_) => {
            let told = opened.tell_notices();
            let title = title(&mut opened);
            Ok(Sounding {
                opened,
                title,
                told,
            })
        }
        None => {
            let what = opened.summary.format.name();
            let sentence = format!("is no sound but {}", terminal::printable(what));
            Err(Failed::new(Exit::Unsupported, Some(&opened.name), sentence))
        }
    }
}

/// "Artist – Title", as far as its tags tell.
fn title(opened: &mut Opened) -> Option<String> {
    // What cannot be told is called as its file is.
    let fields = opened.session.info().unwrap_or_default();
    let told = |key| {
        let field = fields.iter().find(|field| field.key == key);
        let value = field.map(|field| field.value.as_str().trim().to_owned());
        value.filter(|value| !value.is_empty())
    };
    let title = told(InfoKey::Title)?;
    Some(match told(InfoKey::Artist) {
        Some(artist) => format!("{artist} – {title}"),
        None => title,
    })
}
