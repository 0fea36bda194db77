//! Pages and pictures of ours as they must look, by the real command line: what
//! each drawing gives is computed from what it says, and colours may differ by
//! what rounding and a profile may change.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on has failed"
)]

use std::fs;
use std::path::Path;
use tests::pdf::assemble;
use tests::pellucid;

/// Most that a channel may differ by.
const TOLERANCE: u8 = 3;

const WHITE: [u8; 3] = [255, 255, 255];
const BLACK: [u8; 3] = [0, 0, 0];
const RED: [u8; 3] = [255, 0, 0];
const GREEN: [u8; 3] = [0, 255, 0];
const BLUE: [u8; 3] = [0, 0, 255];

/// What was drawn, three channels a pixel.
struct Picture {
    width: usize,
    height: usize,
    samples: Vec<u8>,
}

impl Picture {
    fn at(&self, x: usize, y: usize) -> [u8; 3] {
        let start = (y * self.width + x) * 3;
        self.samples[start..start + 3].try_into().unwrap()
    }

    /// Fails unless the pixel has this colour.
    fn is(&self, (x, y): (usize, usize), color: [u8; 3]) {
        let found = self.at(x, y);
        let near = found
            .iter()
            .zip(color)
            .all(|(a, b)| a.abs_diff(b) <= TOLERANCE);
        assert!(near, "({x}, {y}) is {found:?}, not {color:?}");
    }

    /// Pixels of a rectangle that are darker than half.
    fn dark(&self, (left, top, right, bottom): (usize, usize, usize, usize)) -> usize {
        let rows = (top..bottom).flat_map(|y| (left..right).map(move |x| (x, y)));
        rows.filter(|(x, y)| self.at(*x, *y).iter().all(|sample| *sample < 128))
            .count()
    }
}

/// Draws bytes, whatever they are, at 72 dots per inch: a point is a pixel.
fn draw(bytes: &[u8]) -> Picture {
    draw_at("72", bytes)
}

fn draw_at(dpi: &str, bytes: &[u8]) -> Picture {
    let folder = tempfile::tempdir().unwrap();
    let (document, out) = (
        folder.path().join("document"),
        folder.path().join("out.png"),
    );
    fs::write(&document, bytes).unwrap();
    let arguments = [
        Path::new("render"),
        &document,
        Path::new("--dpi"),
        Path::new(dpi),
    ];
    let output = [Path::new("-o"), &out];
    let done = pellucid(&[arguments.as_slice(), &output].concat());
    assert!(
        done.status.success(),
        "{}",
        String::from_utf8_lossy(&done.stderr)
    );
    let decoder = png::Decoder::new(std::io::BufReader::new(fs::File::open(&out).unwrap()));
    let mut reader = decoder.read_info().unwrap();
    let mut samples = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut samples).unwrap();
    assert_eq!(info.color_type.samples(), 3, "opaque");
    Picture {
        width: info.width as usize,
        height: info.height as usize,
        samples,
    }
}

/// A page of 100 by 60 points with what stands in its dictionary beside, and
/// objects after its contents (5, 6, …).
fn page(more: &str, contents: &str, objects: &[String]) -> Vec<u8> {
    let mut all = vec![
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        format!("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 100 60] /Contents 4 0 R {more} >>"),
        stream("", contents),
    ];
    all.extend_from_slice(objects);
    assemble(&all)
}

fn stream(dictionary: &str, content: &str) -> String {
    let bytes = content.len();
    format!("<< {dictionary} /Length {bytes} >>\nstream\n{content}\nendstream")
}

#[test]
fn page_whose_boxes_leave_nothing_is_shown_whole() {
    let all = "1 0 0 rg 0 0 1000 1000 re f";
    for (boxes, expected) in [
        ("/CropBox [300 300 400 400]", (100, 60)),
        ("/CropBox [0 0 0 0]", (100, 60)),
        ("/CropBox [20 10 60 10]", (100, 60)),
        ("/CropBox [90 50 400 400]", (10, 10)),
        // The later of two entries counts.
        ("/MediaBox [5 5 5 5]", (612, 792)),
        ("/MediaBox [0 0 0 0] /CropBox [0 0 100 60]", (612, 792)),
    ] {
        let drawn = draw(&page(boxes, all, &[]));
        assert_eq!((drawn.width, drawn.height), expected, "{boxes}");
        drawn.is((0, 0), RED);
        drawn.is((drawn.width - 1, drawn.height - 1), RED);
    }
}

#[test]
fn colours_of_each_space_are_those_that_are_named() {
    let drawn = draw(&page(
        "",
        "1 0 0 rg 0 0 20 60 re f  0.5 g 20 0 20 60 re f  0 0 1 0 k 40 0 20 60 re f \
         /DeviceRGB cs 0 1 0 sc 60 0 20 60 re f",
        &[],
    ));
    assert_eq!((drawn.width, drawn.height), (100, 60));
    drawn.is((10, 30), RED);
    drawn.is((30, 30), [128, 128, 128]);
    // Yellow of CMYK is no pure yellow of a screen: only blue is taken away.
    let [red, green, blue] = drawn.at(50, 30);
    assert!(
        red > 200 && green > 200 && blue < 90,
        "{:?}",
        drawn.at(50, 30)
    );
    drawn.is((70, 30), GREEN);
    drawn.is((90, 30), WHITE);
}

#[test]
fn a_page_is_turned_clockwise_and_cropped() {
    // A red corner at the bottom left, which turning clockwise takes to the top left.
    let corner = "1 0 0 rg 0 0 20 20 re f";
    let turned = draw(&page("/Rotate 90", corner, &[]));
    assert_eq!((turned.width, turned.height), (60, 100));
    turned.is((5, 5), RED);
    turned.is((55, 95), WHITE);
    let back = draw(&page("/Rotate -90", corner, &[]));
    back.is((55, 95), RED);
    let over = draw(&page("/Rotate 180", corner, &[]));
    over.is((95, 5), RED);
    let cropped = draw(&page("/CropBox [10 10 40 30]", corner, &[]));
    assert_eq!((cropped.width, cropped.height), (30, 20));
    cropped.is((5, 15), RED);
    cropped.is((15, 15), WHITE);
    let larger = draw(&page("/UserUnit 2", corner, &[]));
    assert_eq!((larger.width, larger.height), (200, 120));
    larger.is((35, 85), RED);
}

#[test]
fn paths_are_clipped_stroked_and_filled_by_their_rule() {
    let drawn = draw(&page(
        "",
        // A clip of the left half, under everything that follows in it.
        "q 0 0 50 60 re W n 0 0 1 rg 0 0 100 60 re f Q \
         1 0 0 RG 4 w 60 30 m 100 30 l S \
         0 g 60 5 30 20 re 65 10 20 10 re f*",
        &[],
    ));
    drawn.is((25, 30), BLUE);
    drawn.is((75, 50), BLACK);
    // y is up there and down here: 10 to 20 is 40 to 50, and has a hole.
    drawn.is((75, 45), WHITE);
    drawn.is((62, 45), BLACK);
    for y in [28, 31] {
        drawn.is((80, y), RED);
    }
    drawn.is((80, 25), WHITE);
    drawn.is((55, 45), WHITE);
}

#[test]
fn fine_lines_leave_a_small_picture_of_their_page_light() {
    // Lines of half a point, every fourth point: an eighth of the page.
    let lines = (0..25).map(|x| format!("{0} 0 m {0} 60 l S ", 4 * x + 1));
    let contents = format!("0.5 w {}", lines.collect::<String>());
    let drawn = draw_at("18", &page("", &contents, &[]));
    assert_eq!((drawn.width, drawn.height), (25, 15));
    let [grey, ..] = drawn.at(12, 7);
    assert!(
        (140..230).contains(&grey),
        "a line a pixel is black: {grey}"
    );
}

#[test]
fn transparency_and_blending_are_as_computed() {
    let states = "/Resources << /ExtGState << /H << /ca 0.5 >> /M << /BM /Multiply >> >> >>";
    let drawn = draw(&page(
        states,
        "0 0 1 rg 0 0 100 60 re f /H gs 1 0 0 rg 0 0 50 60 re f \
         q /M gs 1 1 0 rg 50 0 50 60 re f Q",
        &[],
    ));
    drawn.is((25, 30), [128, 0, 128]);
    // Yellow times blue is black, half of it over blue.
    drawn.is((75, 30), [0, 0, 128]);
}

#[test]
fn a_gradient_goes_evenly_from_end_to_end() {
    let shading = "/Resources << /Shading << /S << /ShadingType 2 /ColorSpace /DeviceRGB \
        /Coords [0 0 100 0] /Function << /FunctionType 2 /Domain [0 1] /C0 [1 0 0] /C1 [0 0 1] \
        /N 1 >> >> >> >>";
    let drawn = draw(&page(shading, "/S sh", &[]));
    for x in [0, 25, 50, 75, 99] {
        let share = (x as f32 + 0.5) / 100.0;
        let blue = (share * 255.0).round() as u8;
        drawn.is((x, 30), [255 - blue, 0, blue]);
    }
}

#[test]
fn an_image_stands_upright_and_fills_its_square() {
    // Two by two pixels: red green, blue black, as hexadecimal digits.
    let image = stream(
        "/Type /XObject /Subtype /Image /Width 2 /Height 2 /BitsPerComponent 8 \
         /ColorSpace /DeviceRGB /Filter /ASCIIHexDecode",
        "FF000000FF000000FF000000>",
    );
    let drawn = draw(&page(
        "/Resources << /XObject << /I 5 0 R >> >>",
        "40 0 0 40 10 10 cm /I Do",
        &[image],
    ));
    drawn.is((15, 15), RED);
    drawn.is((45, 15), GREEN);
    drawn.is((15, 45), BLUE);
    drawn.is((45, 45), BLACK);
    drawn.is((5, 5), WHITE);
    drawn.is((55, 30), WHITE);
}

#[test]
fn a_form_is_placed_by_its_matrix_and_cut_by_its_box() {
    let form = stream(
        "/Type /XObject /Subtype /Form /BBox [0 0 10 10] /Matrix [2 0 0 2 20 10]",
        "0 1 0 rg -50 -50 100 100 re f",
    );
    let drawn = draw(&page(
        "/Resources << /XObject << /F 5 0 R >> >>",
        "/F Do",
        &[form],
    ));
    drawn.is((30, 40), GREEN);
    for outside in [(18, 40), (42, 40), (30, 52), (30, 28)] {
        drawn.is(outside, WHITE);
    }
}

#[test]
fn letters_stand_on_their_line_and_take_their_width() {
    let font = "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>";
    let drawn = draw(&page(
        "/Resources << /Font << /F 5 0 R >> >>",
        "BT /F 30 Tf 10 20 Td (HHH) Tj ET",
        &[font.to_owned()],
    ));
    // H of Helvetica is 0.722 wide and 0.718 high: 22 and 21.5 points.
    let letters = (10, 18, 76, 41);
    assert!(drawn.dark(letters) > 300, "{}", drawn.dark(letters));
    let all = drawn.dark((0, 0, 100, 60));
    assert_eq!(all, drawn.dark(letters), "ink beside the letters");
    // The bars of three H, and nothing between the letters.
    let row: Vec<bool> = (0..100)
        .map(|x| drawn.dark((x, 35, x + 1, 36)) == 1)
        .collect();
    let bars = row.windows(2).filter(|pair| !pair[0] && pair[1]).count();
    assert_eq!(bars, 6);
}

// Pictures, byte by byte.

/// Red green blue black, left to right and top to bottom.
fn is_the_four(drawn: &Picture) {
    assert_eq!((drawn.width, drawn.height), (2, 2));
    for (place, color) in [
        ((0, 0), RED),
        ((1, 0), GREEN),
        ((0, 1), BLUE),
        ((1, 1), BLACK),
    ] {
        drawn.is(place, color);
    }
}

#[test]
fn simple_pictures_are_drawn_pixel_by_pixel() {
    is_the_four(&draw(
        b"P3\n# words\n2 2 255\n255 0 0 0 255 0\n0 0 255 0 0 0\n",
    ));
    is_the_four(&draw(
        b"P6 2 2 255\n\xff\x00\x00\x00\xff\x00\x00\x00\xff\x00\x00\x00",
    ));
    let farbfeld = [
        &b"farbfeld\0\0\0\x02\0\0\0\x02"[..],
        b"\xff\xff\0\0\0\0\xff\xff\0\0\xff\xff\0\0\xff\xff",
        b"\0\0\0\0\xff\xff\xff\xff\0\0\0\0\0\0\xff\xff",
    ];
    is_the_four(&draw(&farbfeld.concat()));
    // Bottom row first, blue before red, rows of a multiple of four bytes.
    let bitmap = [
        &b"BM\x46\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0\x02\0\0\0\x02\0\0\0\x01\0\x18\0"[..],
        &[0; 24],
        b"\xff\0\0\0\0\0\0\0\0\0\xff\0\xff\0\0\0",
    ];
    is_the_four(&draw(&bitmap.concat()));
    // The same order without padding; 2 is true colour, bit 5 would turn it over.
    let targa = [
        &b"\0\0\x02\0\0\0\0\0\0\0\0\0\x02\0\x02\0\x18\0"[..],
        b"\xff\0\0\0\0\0\0\0\xff\0\xff\0",
    ];
    is_the_four(&draw(&targa.concat()));
    // Four whole pixels, and the end.
    let qoi = [
        &b"qoif\0\0\0\x02\0\0\0\x02\x03\0"[..],
        b"\xfe\xff\0\0\xfe\0\xff\0\xfe\0\0\xff\xfe\0\0\0",
        b"\0\0\0\0\0\0\0\x01",
    ];
    is_the_four(&draw(&qoi.concat()));
}
