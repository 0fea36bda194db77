//! What a PDF carries beside its pages, and what it leaves to its reader: small
//! files of our own, through the real programs.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on has failed"
)]

use app::broker::limits::Limits;
use app::broker::{Broker, Programs, Reply, Session, Source};
use ipc::{Coverage, ImageKind, LayerSet, NoteKind, PageIndex, RefusedAction, Tile, TileSize};
use std::time::Duration;
use tests::pdf::assemble;

/// A page of 100 by 100 points, objects 3 and 4, with `more` in its dictionary;
/// the objects behind it begin with number 5.
fn document(catalog: &str, page: &str, content: &str, objects: &[&str]) -> Vec<u8> {
    let mut all = vec![
        format!("<< /Type /Catalog /Pages 2 0 R {catalog} >>"),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        format!("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 100 100] /Contents 4 0 R {page} >>"),
        stream("", content),
    ];
    all.extend(objects.iter().map(|object| (*object).to_owned()));
    assemble(&all)
}

fn stream(dict: &str, content: &str) -> String {
    let length = content.len();
    format!("<< /Length {length} {dict} >>\nstream\n{content}\nendstream")
}

struct Opened {
    session: Session,
    _broker: Broker,
}

fn open(bytes: &[u8]) -> Opened {
    let programs = Programs {
        renderer: tests::program("pellucid-renderer"),
    };
    let limits = Limits {
        answer: Some(Duration::from_secs(60)),
        workers: 1,
        ..Limits::default()
    };
    let mut broker = Broker::start(&programs, limits).unwrap();
    let renderer = broker.renderer().unwrap();
    let source = Source::from_bytes(bytes).unwrap();
    let mut session = Session::new(renderer, source, std::sync::Arc::default()).unwrap();
    session.open().unwrap();
    Opened {
        session,
        _broker: broker,
    }
}

fn first() -> PageIndex {
    PageIndex::new(0).unwrap()
}

impl Opened {
    /// The page at 100 by 100 pixels, as colours of a point from the top left.
    fn draw(&mut self) -> impl Fn(usize, usize) -> [u8; 3] + use<> {
        let size = TileSize::new(100, 100).unwrap();
        let tile = Tile::new(first(), (100, 100), (0, 0), size).unwrap();
        self.session.paint(tile).unwrap().unwrap();
        let mut pixels = vec![0; size.bytes()];
        match self.session.wait().unwrap() {
            Reply::Painted(_, painted) => self.session.read(painted, &mut pixels).unwrap(),
            other => panic!("{other:?}"),
        }
        move |x, y| {
            let at = (y * 100 + x) * 4;
            [pixels[at], pixels[at + 1], pixels[at + 2]]
        }
    }

    fn words(&mut self) -> Vec<String> {
        let runs = self.session.text(first()).unwrap();
        runs.iter().map(|run| run.text.to_string()).collect()
    }
}

const WHITE: [u8; 3] = [255; 3];

#[test]
fn attached_files_are_told_and_saved_byte_by_byte() {
    let names = "/Names << /EmbeddedFiles << /Names [(one) 5 0 R (two) 7 0 R] >> >>";
    let bytes = document(
        names,
        "",
        "",
        &[
            "<< /Type /Filespec /F (../../x.txt) /Desc (about x) /EF << /F 6 0 R >> >>",
            &stream("/Subtype /text#2Fplain /Params << /Size 5 >>", "hello"),
            "<< /Type /Filespec /UF (b\u{1b}.bin) /EF << /F 6 0 R >> >>",
        ],
    );
    let mut opened = open(&bytes);
    let told = opened.session.attachments().unwrap();
    // The second one is the same file under another name.
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].name.as_str(), "../../x.txt");
    assert_eq!(told[0].media_type.as_str(), "text/plain");
    assert_eq!((told[0].bytes, told[0].page), (Some(5), None));
    let mut saved = Vec::new();
    let copied = opened.session.extract(0, 100, |piece| {
        saved.extend_from_slice(piece);
        Ok(())
    });
    assert_eq!((copied.unwrap(), saved.as_slice()), (5, &b"hello"[..]));
    assert!(opened.session.extract(7, 100, |_| Ok(())).is_err());
    assert!(
        opened.session.extract(0, 4, |_| Ok(())).is_err(),
        "too large"
    );
}

#[test]
fn layers_are_shown_as_the_document_says_until_they_are_switched() {
    let properties = "/OCProperties << /OCGs [5 0 R 6 0 R] \
        /D << /Order [5 0 R [6 0 R]] /OFF [6 0 R] /Locked [6 0 R] >> >>";
    let page = "/Resources << /Properties << /A 5 0 R /B 6 0 R >> >>";
    let content =
        "/OC /A BDC 1 0 0 rg 0 0 50 100 re f EMC /OC /B BDC 0 0 1 rg 50 0 50 100 re f EMC";
    let groups = [
        "<< /Type /OCG /Name (left) >>",
        "<< /Type /OCG /Name (right\u{202e}) >>",
    ];
    let mut opened = open(&document(properties, page, content, &groups));
    let layers = opened.session.layers().unwrap();
    let told: Vec<_> = layers
        .iter()
        .map(|layer| (layer.depth, layer.shown, layer.locked))
        .collect();
    assert_eq!(told, [(0, true, false), (1, false, true)]);
    assert_eq!(layers[0].name.as_str(), "left");
    let at = opened.draw();
    assert_eq!((at(25, 50), at(75, 50)), ([255, 0, 0], WHITE));
    let now = opened
        .session
        .show_layers(LayerSet::new([false, true]))
        .unwrap();
    assert_eq!((now[0].shown, now[1].shown), (false, true));
    let at = opened.draw();
    assert_eq!((at(25, 50), at(75, 50)), (WHITE, [0, 0, 255]));
    opened
        .session
        .show_layers(LayerSet::new([true, false]))
        .unwrap();
    let at = opened.draw();
    assert_eq!((at(25, 50), at(75, 50)), ([255, 0, 0], WHITE));
}

#[test]
fn document_without_layers_says_so_when_they_are_switched() {
    let mut opened = open(&document("", "", "", &[]));
    assert!(opened.session.layers().unwrap().is_empty());
    assert!(opened.session.show_layers(LayerSet::new([true])).is_err());
}

#[test]
fn signature_says_who_and_whether_it_is_about_the_whole_file() {
    let form = "/AcroForm << /SigFlags 3 /Fields [5 0 R] >>";
    let with_range = |range: &str| {
        let value = format!(
            "<< /Type /Sig /SubFilter /adbe.pkcs7.detached /Name (Ada) /M (D:20240102030405Z) \
             /ByteRange [{range}] /Contents <00ff00ff> >>"
        );
        let field = "<< /FT /Sig /T (Signed) /V 6 0 R >>";
        document(form, "", "", &[field, &value])
    };
    // Numbers of ten digits, so that filling them in moves nothing.
    let blank = with_range("0 0000000000 0000000000 0000000000");
    let at = blank
        .windows(10)
        .position(|part| part == b"<00ff00ff>")
        .unwrap();
    let range = |added: usize| {
        let (start, end) = (at, at + 10);
        let rest = blank.len() - end - added;
        format!("0 {start:010} {end:010} {rest:010}")
    };
    for (range, coverage) in [
        (range(0), Coverage::Whole),
        (range(7), Coverage::Added(7)),
        (
            "0 0000000005 0000000050 0000000001".to_owned(),
            Coverage::Broken,
        ),
        (
            "1 0000000005 0000000050 0000000001".to_owned(),
            Coverage::Broken,
        ),
    ] {
        let told = open(&with_range(&range)).session.signatures().unwrap();
        assert_eq!(told.len(), 1, "{range}");
        assert_eq!(told[0].coverage, coverage, "{range}");
        assert_eq!(told[0].signer.as_str(), "Ada");
        assert_eq!(told[0].field.as_str(), "Signed");
        assert_eq!(told[0].date.as_str(), "2024-01-02T03:04:05Z");
    }
}

#[test]
fn what_a_document_wants_to_do_is_listed_and_nothing_else() {
    let catalog = "/OpenAction << /S /JavaScript /JS (app.alert\\(1\\)) /Next << /S /Launch \
        /F (calc.exe) >> >> /Names << /JavaScript << /Names [(a) 5 0 R] >> >>";
    let page = "/AA << /O << /S /SubmitForm /F (http://example.org/) >> >> /Annots [6 0 R 7 0 R]";
    let objects = [
        "<< /S /JavaScript /JS (two) >>",
        "<< /Subtype /Link /Rect [0 0 9 9] /A << /S /URI /URI (http://example.org/) >> >>",
        "<< /Subtype /RichMedia /Rect [0 0 9 9] >>",
    ];
    let wishes = open(&document(catalog, page, "", &objects))
        .session
        .wishes()
        .unwrap();
    let told: Vec<_> = wishes
        .iter()
        .map(|wish| (wish.action, wish.detail.as_str(), wish.page.is_some()))
        .collect();
    assert_eq!(
        told,
        [
            (RefusedAction::JavaScript, "app.alert(1)", false),
            (RefusedAction::Launch, "calc.exe", false),
            (RefusedAction::JavaScript, "two", false),
            (RefusedAction::Form, "http://example.org/", true),
            (RefusedAction::Media, "RichMedia", true),
        ]
    );
}

#[test]
fn notes_are_told_with_their_answers_and_hidden_ones_are_not() {
    let rect = "/Rect [10 70 30 90] /Type /Annot";
    let objects = [
        format!(
            "<< {rect} /Subtype /Text /T (Ada) /M (D:20240102030405Z) /Contents (one\\rtwo) >>"
        ),
        // Marked words, with a name that would turn its neighbours around.
        format!("<< {rect} /Subtype /Highlight /T <FEFF0042202E> /Contents (see \\(4\\)) >>"),
        "<< /Type /Annot /Rect [0 0 1 1] /Subtype /Text /IRT 5 0 R /Contents (three) >>".to_owned(),
        format!("<< {rect} /Subtype /Text /F 2 /Contents (hidden) >>"),
        format!("<< {rect} /Subtype /Text /StateModel /Review /Contents (Accepted) >>"),
        format!("<< {rect} /Subtype /Link /Contents (a link) >>"),
        format!("<< {rect} /Subtype /Underline /Contents (  ) >>"),
        format!("<< {rect} /Subtype /FileAttachment /FS << /F (a) /Desc (figures) >> >>"),
        format!("<< {rect} /Subtype /StrikeOut /RC (<body><p>rich</p><p>words</p></body>) >>"),
        // Each answers the other.
        format!("<< {rect} /Subtype /Caret /IRT 15 0 R /Contents (egg) >>"),
        format!("<< {rect} /Subtype /Caret /IRT 14 0 R /Contents (hen) >>"),
        format!(
            "<< {rect} /Subtype /Ink /Contents ({}) >>",
            "long ".repeat(2000)
        ),
    ];
    let objects: Vec<&str> = objects.iter().map(String::as_str).collect();
    let annotations: Vec<String> = (5..17).map(|number| format!("{number} 0 R")).collect();
    let page = format!("/Annots [{}]", annotations.join(" "));
    let notes = open(&document("", &page, "", &objects))
        .session
        .notes()
        .unwrap();
    let told: Vec<_> = notes
        .iter()
        .take(7)
        .map(|note| {
            (
                note.kind,
                note.is_reply,
                note.lines.iter().map(ipc::Text::as_str).collect(),
            )
        })
        .collect();
    let expected: [(NoteKind, bool, Vec<&str>); 7] = [
        (NoteKind::Note, false, vec!["one", "two"]),
        (NoteKind::Note, true, vec!["three"]),
        (NoteKind::Highlight, false, vec!["see (4)"]),
        (NoteKind::File, false, vec!["figures"]),
        (NoteKind::StrikeOut, false, vec!["rich", "words"]),
        (NoteKind::Insertion, false, vec!["egg"]),
        (NoteKind::Insertion, false, vec!["hen"]),
    ];
    assert_eq!(told, expected);
    assert_eq!(notes.len(), 8);
    assert_eq!(notes[0].author.as_str(), "Ada");
    assert_eq!(notes[0].date.as_str(), "2024-01-02T03:04:05Z");
    // The answer is read where its note is.
    assert_eq!(notes[1].place.edges(), [10.0, 10.0, 30.0, 30.0]);
    assert_eq!(notes[2].author.as_str(), "B\u{FFFD}");
    let long: usize = notes[7].lines.iter().map(|line| line.as_str().len()).sum();
    assert!((2000..=2880).contains(&long), "{long}");
    let crowd = vec!["5 0 R"; 9000].join(" ");
    let crowd = document("", &format!("/Annots [{crowd}]"), "", &objects);
    assert_eq!(open(&crowd).session.notes().unwrap().len(), 4096);
}

#[test]
fn knots_in_every_list_are_untied() {
    let catalog = "/Names << /EmbeddedFiles 5 0 R /JavaScript 5 0 R >> \
        /AcroForm << /Fields [6 0 R] >> /OpenAction 7 0 R \
        /OCProperties << /OCGs [8 0 R] /D << /Order 9 0 R >> >>";
    let objects = [
        "<< /Kids [5 0 R 5 0 R 5 0 R] >>",
        "<< /T (a) /Kids [6 0 R 6 0 R] /Parent 6 0 R >>",
        "<< /S /JavaScript /JS (x) /Next 7 0 R >>",
        "<< /Type /OCG /Name (one) >>",
        "[8 0 R 9 0 R 9 0 R]",
    ];
    let mut opened = open(&document(catalog, "/Annots [6 0 R]", "", &objects));
    assert!(opened.session.attachments().unwrap().is_empty());
    assert!(opened.session.signatures().unwrap().is_empty());
    assert!(opened.session.wishes().unwrap().len() <= 64);
    assert_eq!(opened.session.layers().unwrap().len(), 1);
    let _ = opened.draw();
}

#[test]
fn pictures_are_told_apart_by_what_they_are() {
    let page = "/Resources << /XObject << /P 5 0 R /L 6 0 R >> /Font << /F << /Type /Font \
        /Subtype /Type1 /BaseFont /Helvetica >> >> >>";
    let photo = stream(
        "/Subtype /Image /Width 1 /Height 1 /BitsPerComponent 8 /ColorSpace /DeviceRGB",
        "abc",
    );
    let line = stream(
        "/Subtype /Image /Width 1 /Height 1 /BitsPerComponent 1 /ColorSpace /DeviceGray",
        "a",
    );
    let draw = "q 20 0 0 30 10 10 cm /P Do Q q 40 0 0 40 50 50 cm /L Do Q BT /F 9 Tf (x) Tj ET";
    let told = open(&document("", page, draw, &[&photo, &line]))
        .session
        .images(first())
        .unwrap();
    let boxes: Vec<_> = told
        .iter()
        .map(|one| (one.kind, one.place.edges()))
        .collect();
    assert_eq!(
        boxes,
        [
            (ImageKind::Photo, [10.0, 60.0, 30.0, 90.0]),
            (ImageKind::LineArt, [50.0, 10.0, 90.0, 50.0]),
        ]
    );
    // Words under the picture of a page do not make it less of a scan.
    let scan = "q 100 0 0 100 0 0 cm /P Do Q BT 3 Tr /F 9 Tf (x) Tj ET";
    let told = open(&document("", page, scan, &[&photo, &line]))
        .session
        .images(first())
        .unwrap();
    assert_eq!(told[0].kind, ImageKind::Scan);
}

#[test]
fn marks_without_an_appearance_are_drawn() {
    let marks = [
        "<< /Subtype /Highlight /Rect [10 80 30 90] /C [1 1 0] \
         /QuadPoints [10 90 30 90 10 80 30 80] >>",
        "<< /Subtype /Square /Rect [40 60 60 80] /C [1 0 0] /IC [0 1 0] /BS << /W 4 >> >>",
        "<< /Subtype /Ink /Rect [0 0 100 20] /C [0 0 1] /BS << /W 6 >> /InkList [[0 10 100 10]] >>",
        "<< /Subtype /FreeText /Rect [0 30 100 50] /DA (/Helv 12 Tf 0 g) /Contents (free words) >>",
        "<< /Subtype /Square /Rect [70 70 95 95] /F 2 /IC [0 0 0] >>",
    ];
    let page = "/Annots [5 0 R 6 0 R 7 0 R 8 0 R 9 0 R]";
    // Black below the highlight stays black, as ink under a marker does.
    let mut opened = open(&document("", page, "0 g 20 80 10 10 re f", &marks));
    let at = opened.draw();
    assert_eq!((at(15, 15), at(25, 15)), ([255, 255, 0], [0, 0, 0]));
    assert_eq!((at(50, 30), at(41, 30)), ([0, 255, 0], [255, 0, 0]));
    assert_eq!(at(50, 90), [0, 0, 255]);
    assert_eq!(at(82, 17), WHITE, "a hidden mark is hidden");
    assert_eq!(opened.words(), ["free", "words"]);
}

#[test]
fn links_have_the_border_that_they_ask_for() {
    let links = [
        "<< /Subtype /Link /Rect [10 60 90 90] /Border [0 0 4] /C [0 0 1] >>",
        "<< /Subtype /Link /Rect [10 30 90 50] /Border [0 0 4 [8 40]] >>",
        "<< /Subtype /Link /Rect [10 10 90 20] /BS << /W 4 /S /U >> /C [1 0 0] >>",
        "<< /Subtype /Link /Rect [0 0 100 100] /C [0 1 0] >>",
        "<< /Subtype /Link /Rect [0 0 100 100] /Border [0 0 0] /C [0 1 0] >>",
    ];
    let page = "/Annots [5 0 R 6 0 R 7 0 R 8 0 R 9 0 R]";
    let at = open(&document("", page, "", &links)).draw();
    // Inside of the rectangle, all around it and nowhere else.
    for place in [(12, 25), (88, 25), (50, 12), (50, 38)] {
        assert_eq!(at(place.0, place.1), [0, 0, 255], "{place:?}");
    }
    assert_eq!((at(50, 25), at(6, 25)), (WHITE, WHITE));
    // Without a colour it is black; dashes are heeded.
    assert_eq!((at(14, 68), at(40, 68)), ([0; 3], WHITE));
    assert_eq!(
        (at(50, 88), at(50, 82)),
        ([255, 0, 0], WHITE),
        "a line below"
    );
    assert_eq!(
        at(1, 50),
        WHITE,
        "one that asks for none, or for none of any width"
    );
}

#[test]
fn words_on_a_page_stand_in_a_box_unless_they_are_typed_there() {
    let words = |rect: &str, more: &str| {
        format!(
            "<< /Subtype /FreeText /Rect [{rect}] /BS << /W 4 >> /DA (/Helv 8 Tf 1 0 0 rg) /Contents (x) {more} >>"
        )
    };
    let boxed = words("10 60 90 90", "");
    let typed = words("10 10 90 40", "/IT /FreeTextTypeWriter");
    let at = open(&document(
        "",
        "/Annots [5 0 R 6 0 R]",
        "",
        &[&boxed, &typed],
    ))
    .draw();
    for (x, y) in [(12, 25), (88, 25), (50, 12), (50, 38)] {
        assert_eq!(at(x, y), [255, 0, 0], "{x} {y}");
    }
    assert_eq!((at(50, 25), at(12, 75), at(50, 62)), (WHITE, WHITE, WHITE));
}

#[test]
fn field_whose_appearance_lacks_its_value_shows_it_where_the_form_says_so() {
    let looks = stream(
        "/Type /XObject /Subtype /Form /BBox [0 0 100 20]",
        "1 0 0 rg 0 0 5 20 re f",
    );
    let field = "<< /Subtype /Widget /FT /Tx /T (n) /V (Grace) /Rect [0 80 100 100] \
                 /AP << /N 6 0 R >> >>";
    for (needed, words) in [(true, vec!["Grace".to_owned()]), (false, Vec::new())] {
        let form = format!(
            "/AcroForm << /Fields [5 0 R] /NeedAppearances {needed} /DA (/Helv 10 Tf 0 g) >>"
        );
        let made = document(&form, "/Annots [5 0 R]", "", &[field, &looks]);
        let mut opened = open(&made);
        assert_eq!(opened.words(), words, "{needed}");
        assert_eq!(opened.draw()(1, 1), [255, 0, 0], "its own look stays");
    }
}

#[test]
fn note_in_letters_beyond_windows_1252_is_drawn_with_a_font_of_the_system() {
    let note = "<< /Subtype /FreeText /Rect [0 0 100 100] /DA (/Helv 40 Tf 0 g) \
                /Contents <FEFF0416043604160436> >>";
    let mut opened = open(&document("", "/Annots [5 0 R]", "", &[note]));
    assert_eq!(opened.words(), ["\u{416}\u{436}\u{416}\u{436}"]);
    let has_font = std::process::Command::new("find")
        .args(["/usr/share/fonts", "/usr/local/share/fonts"])
        .args([
            "-name",
            "DejaVuSans.ttf",
            "-o",
            "-name",
            "NotoSans-Regular.ttf",
        ])
        .args(["-o", "-name", "LiberationSans-Regular.ttf"])
        .output();
    if has_font.is_ok_and(|found| found.stdout.is_empty()) {
        eprintln!("skipped: this system has none of the fonts that are asked for");
        return;
    }
    let at = opened.draw();
    let other =
        "<< /Subtype /FreeText /Rect [0 0 100 100] /DA (/Helv 40 Tf 0 g) /Contents (????) >>";
    let question_marks = open(&document("", "/Annots [5 0 R]", "", &[other])).draw();
    let is_dark = |color: [u8; 3]| color[0] < 100;
    let differ = (0..100).flat_map(|y| (0..100).map(move |x| (x, y)));
    let differ = differ.filter(|(x, y)| is_dark(at(*x, *y)) != is_dark(question_marks(*x, *y)));
    assert!(differ.count() > 100, "question marks are drawn");
}

#[test]
fn text_that_no_font_here_can_draw_is_still_read() {
    // Letters of a script that nobody has a font for.
    let note = "<< /Subtype /FreeText /Rect [0 0 100 50] /Contents <FEFFE7F0E7F100200041> >>";
    let mut opened = open(&document("", "/Annots [5 0 R]", "", &[note]));
    assert_eq!(opened.words(), ["\u{e7f0}\u{e7f1}", "A"]);
}

#[test]
fn fields_show_what_was_filled_in() {
    let form = "/AcroForm << /Fields [5 0 R 6 0 R 7 0 R 8 0 R] /DA (/Helv 10 Tf 0 g) >>";
    let fields = [
        "<< /Subtype /Widget /FT /Tx /T (n) /V (Grace) /Rect [0 80 100 100] >>",
        "<< /Subtype /Widget /FT /Btn /T (c) /V /Yes /AS /Yes /Rect [0 40 20 60] >>",
        "<< /Subtype /Widget /FT /Ch /Ff 131072 /V (k) /Opt [[(k) (Shown)]] /Rect [0 20 100 40] >>",
        "<< /Subtype /Widget /FT /Tx /Ff 8192 /V (secret) /Rect [0 0 100 20] >>",
    ];
    let page = "/Annots [5 0 R 6 0 R 7 0 R 8 0 R]";
    let mut opened = open(&document(form, page, "", &fields));
    let words = opened.words();
    assert!(words.contains(&"Grace".to_owned()), "{words:?}");
    assert!(words.contains(&"Shown".to_owned()), "{words:?}");
    assert!(words.contains(&"******".to_owned()), "{words:?}");
    let at = opened.draw();
    let dark = |x0: usize, y0: usize, x1: usize, y1: usize| {
        (y0..y1).any(|y| (x0..x1).any(|x| at(x, y)[0] < 100))
    };
    assert!(dark(0, 0, 100, 20), "the text");
    assert!(dark(0, 40, 20, 60), "the tick");
    assert!(!dark(30, 40, 100, 60), "nothing beside it");
}

#[test]
fn words_that_marked_content_gives_stand_for_its_glyphs() {
    let page =
        "/Resources << /Font << /F << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >>";
    let content = "BT /F 10 Tf 0 50 Td /Span << /ActualText (meant) >> BDC (shown) Tj EMC \
        ( \\256ne) Tj ET EMC EMC";
    let mut opened = open(&document("", page, content, &[]));
    assert_eq!(opened.words(), ["meant", "fine"]);
}
