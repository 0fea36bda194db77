//! A document that does what its text says.
//!
//! Its bytes are a word: `fine`, `damaged`, `defect`, `secret`; behind it may
//! follow the number of its gate, which is closed at first. What happens to a
//! page is decided by its number.

use capmode::{Confined, DocumentMemory};
use ipc::limits::MAX_TEXT_BYTES;
use ipc::{
    FontWanted, Format, InfoField, InfoKey, PageBox, PageEntry, PageIndex, PageSize, Script,
    Secret, Separator, Summary, Text, TextRun, Tile,
};
use renderer_sandbox::fonts::Fonts;
use renderer_sandbox::format::{Document, DocumentError, Painter};
use renderer_sandbox::surface::Surface;
use std::sync::{Arc, Condvar, Mutex};

/// Drawn, and its text is short.
pub(crate) const PLAIN: u32 = 0;
/// Painting and reading panic.
pub(crate) const DEFECT: u32 = 1;
/// Painting and reading wait for the gate.
pub(crate) const GATED: u32 = 2;
/// It is damaged.
pub(crate) const DAMAGED: u32 = 3;
/// Its text is [`LONG_TEXT`] words of four to a part.
pub(crate) const LONG: u32 = 4;
/// Its text is what stands in a font that has to be asked for.
pub(crate) const FONT: u32 = 5;
pub(crate) const PAGES: u32 = 6;

pub(crate) const LONG_TEXT: usize = 4000;
pub(crate) const PASSWORD: &str = "open sesame";

/// What holds painters back until a test lets them go.
pub(crate) struct Gate {
    open: Mutex<bool>,
    changed: Condvar,
}

static GATES: [Gate; 9] = [const {
    Gate {
        open: Mutex::new(false),
        changed: Condvar::new(),
    }
}; 9];

impl Gate {
    pub(crate) fn of(number: usize) -> &'static Self {
        &GATES[number]
    }

    pub(crate) fn open(&self) {
        *self.open.lock().unwrap() = true;
        self.changed.notify_all();
    }

    fn pass(&self) {
        let open = self.open.lock().unwrap();
        drop(self.changed.wait_while(open, |open| !*open).unwrap());
    }
}

struct Fake {
    gate: &'static Gate,
    encrypted: bool,
    fonts: Option<Arc<Fonts>>,
}

pub(crate) fn open(
    _: &Confined,
    memory: Arc<DocumentMemory>,
    password: Option<&Secret>,
) -> Result<Box<dyn Document>, DocumentError> {
    let words = std::str::from_utf8((*memory).as_ref()).unwrap();
    let (word, gate) = words.split_once(' ').unwrap_or((words, "0"));
    let fake = |encrypted| Fake {
        gate: Gate::of(gate.parse().unwrap()),
        encrypted,
        fonts: None,
    };
    match word {
        "fine" => Ok(Box::new(fake(false))),
        "damaged" => Err(DocumentError::Damaged("its head is missing".to_owned())),
        "defect" => panic!("a defect on purpose\nwhile opening"),
        "secret" => match password.map(Secret::expose) {
            Some(PASSWORD) => Ok(Box::new(fake(true))),
            tried => Err(DocumentError::Password {
                wrong: tried.is_some(),
            }),
        },
        other => panic!("no such document: {other}"),
    }
}

impl Document for Fake {
    fn summary(&self) -> Summary {
        Summary {
            format: Format::Pdf,
            pages: PAGES,
            encrypted: self.encrypted,
            sound: None,
        }
    }

    fn page(&self, page: PageIndex) -> PageEntry {
        PageEntry {
            size: PageSize::new(100.0, 200.0).unwrap(),
            label: Text::new(page.number().to_string()).unwrap(),
        }
    }

    fn info(&self, _: &Confined) -> Vec<InfoField> {
        let value = Text::new("a fake".to_owned()).unwrap();
        vec![InfoField {
            key: InfoKey::Title,
            value,
        }]
    }

    fn attachment(&self, _: &Confined, _: u32) -> Result<Arc<Vec<u8>>, DocumentError> {
        let content = (0..10_000).map(|at| (at / 4096) as u8);
        Ok(Arc::new(content.collect()))
    }

    fn use_fonts(&mut self, fonts: Arc<Fonts>) {
        self.fonts = Some(fonts);
    }

    fn text(&'static self, _: &Confined, page: PageIndex) -> Result<Vec<TextRun>, DocumentError> {
        let (count, bytes) = match page.get() {
            DEFECT => panic!("a defect on purpose"),
            DAMAGED => return Err(DocumentError::Damaged("no words".to_owned())),
            LONG => (LONG_TEXT, MAX_TEXT_BYTES),
            GATED => {
                self.gate.pass();
                (1, 1)
            }
            _ => (2, 5),
        };
        let words = match page.get() {
            FONT => self.font(),
            _ => "x".repeat(bytes),
        };
        let run = TextRun {
            text: Text::new(words).unwrap(),
            place: PageBox::new(0.0, 0.0, 1.0, 1.0).unwrap(),
            then: Separator::Space,
        };
        Ok(vec![run; count])
    }

    fn painter(&'static self) -> Box<dyn Painter> {
        Box::new(FakePainter {
            document: self,
            painted: 0,
        })
    }
}

impl Fake {
    fn font(&self) -> String {
        let wanted = FontWanted {
            family: Text::new("Fake".to_owned()).unwrap(),
            script: Script::Other,
            serif: false,
            bold: false,
            italic: false,
        };
        let bytes = self.fonts.as_ref().unwrap().get(&wanted).unwrap();
        String::from_utf8(bytes.as_ref().to_vec()).unwrap()
    }
}

/// Draws the number of tiles it has begun, in every byte.
struct FakePainter {
    document: &'static Fake,
    painted: u8,
}

impl Painter for FakePainter {
    fn paint(
        &mut self,
        _: &Confined,
        tile: Tile,
        surface: &mut Surface<'_>,
    ) -> Result<(), DocumentError> {
        self.painted += 1;
        match tile.page().get() {
            DEFECT => panic!("a defect on purpose"),
            DAMAGED => return Err(DocumentError::Damaged("nothing to draw".to_owned())),
            GATED => self.document.gate.pass(),
            _ => {}
        }
        surface.bytes_mut().fill(self.painted);
        Ok(())
    }

    /// Every page takes long but the first.
    fn paint_early(
        &mut self,
        confined: &Confined,
        tile: Tile,
        surface: &mut Surface<'_>,
    ) -> Result<bool, DocumentError> {
        self.paint(confined, tile, surface)?;
        Ok(tile.page().get() == PLAIN)
    }
}
