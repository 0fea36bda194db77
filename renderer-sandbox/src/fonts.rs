//! Fonts that the document does not carry, from the broker.
//!
//! A worker that needs one asks and waits; the thread that receives requests
//! puts the answer here. Each font is asked for once. The bytes lie in memory
//! that the broker fills and this process can only read.

use crate::serve;
use capmode::{Channel, MappedFonts};
use ipc::limits::MAX_FONTS;
use ipc::{Event, FontId, FontPlace, FontWanted};
use std::collections::HashMap;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

/// What was asked for, and what was answered.
pub struct Fonts {
    memory: MappedFonts,
    channel: &'static Channel,
    asked: Mutex<Asked>,
    answered: Condvar,
}

#[derive(Default)]
struct Asked {
    numbers: HashMap<FontWanted, FontId>,
    /// By number; `None` while the answer is not there.
    answers: Vec<Option<Answer>>,
}

#[derive(Clone, Copy)]
enum Answer {
    Nothing,
    At(FontPlace),
}

/// The bytes of a font.
pub struct FontBytes {
    fonts: Arc<Fonts>,
    place: FontPlace,
}

impl AsRef<[u8]> for FontBytes {
    fn as_ref(&self) -> &[u8] {
        let (offset, bytes) = (self.place.offset as usize, self.place.bytes as usize);
        self.fonts.memory.piece(offset, bytes).unwrap_or_default()
    }
}

impl Fonts {
    pub(crate) fn new(memory: MappedFonts, channel: &'static Channel) -> Self {
        Self {
            memory,
            channel,
            asked: Mutex::default(),
            answered: Condvar::new(),
        }
    }

    /// Asks for a font and waits for the answer; `None` when there is none, or
    /// when enough has been asked for.
    pub fn get(self: &Arc<Self>, wanted: &FontWanted) -> Option<FontBytes> {
        let mut asked = self.asked();
        let number = match asked.numbers.get(wanted) {
            Some(number) => *number,
            None => self.ask(&mut asked, wanted)?,
        };
        let index = number.0 as usize;
        loop {
            match asked.answers.get(index).copied()? {
                Some(Answer::Nothing) => return None,
                Some(Answer::At(place)) => {
                    let fonts = Arc::clone(self);
                    return Some(FontBytes { fonts, place });
                }
                None => {
                    let woken = self.answered.wait(asked);
                    asked = woken.unwrap_or_else(PoisonError::into_inner);
                }
            }
        }
    }

    /// Sent while the table is held, so that numbers arrive in order.
    fn ask(&self, asked: &mut Asked, wanted: &FontWanted) -> Option<FontId> {
        let number = u32::try_from(asked.answers.len()).ok()?;
        if number >= MAX_FONTS {
            return None;
        }
        let font = FontId(number);
        asked.numbers.insert(wanted.clone(), font);
        asked.answers.push(None);
        let wanted = wanted.clone();
        // Without a broker this process ends.
        let _ = serve::send(self.channel, &Event::FontWanted { font, wanted });
        Some(font)
    }

    /// Notes an answer; `false` when nobody has asked, or it has been answered.
    pub(crate) fn answer(&self, font: FontId, place: Option<FontPlace>) -> bool {
        let mut asked = self.asked();
        match asked.answers.get_mut(font.0 as usize) {
            Some(waiting @ None) => {
                *waiting = Some(place.map_or(Answer::Nothing, Answer::At));
                self.answered.notify_all();
                true
            }
            _ => false,
        }
    }

    fn asked(&self) -> MutexGuard<'_, Asked> {
        // Held for one operation of a collection, which is never half done.
        self.asked.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
