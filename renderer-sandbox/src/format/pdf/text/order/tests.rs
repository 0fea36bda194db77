use super::super::block::Word;
use super::super::pen::{Pen, between};
use super::arrange;
use hayro::kurbo::{Point, Vec2};
use ipc::{PageBox, Separator, Text, TextRun};

const SIZE: f64 = 10.0;

/// Words drawn one after another along lines: `(x, baseline, text)`, every letter
/// half as wide as the size, every space a quarter.
fn drawn(lines: &[(f64, f64, &str)]) -> Vec<Word> {
    let mut words: Vec<Word> = Vec::new();
    for (x, base, line) in lines {
        let mut left = *x;
        for text in line.split(' ') {
            let width = text.chars().count() as f64 * SIZE / 2.0;
            let letter = |from: f64| Pen {
                start: Point::new(from, *base),
                end: Point::new(from + SIZE / 2.0, *base),
                along: Vec2::new(1.0, 0.0),
                size: SIZE,
            };
            let (first, last) = (letter(left), letter(left + width - SIZE / 2.0));
            if let Some(before) = words.last_mut() {
                before.run.then = between(&before.last, &first);
            }
            let place = PageBox::new(0.0, 0.0, 1.0, 1.0).unwrap();
            let run = TextRun {
                text: Text::new(text.to_owned()).unwrap(),
                place,
                then: Separator::Block,
            };
            words.push(Word { run, first, last });
            left += width + SIZE / 4.0;
        }
    }
    words
}

fn read(lines: &[(f64, f64, &str)]) -> String {
    arrange(drawn(lines))
        .iter()
        .flat_map(|run| {
            let then = match run.then {
                Separator::None => "",
                Separator::Space => " ",
                Separator::Line | Separator::Block => "/",
            };
            [run.text.as_str(), then]
        })
        .collect()
}

const LEFT: f64 = 50.0;
const RIGHT: f64 = 200.0;

/// A title, two columns of five lines, and the number of the page.
const PAPER: [(f64, f64, &str); 12] = [
    (
        LEFT,
        40.0,
        "A title over the width of both of the columns here",
    ),
    (LEFT, 100.0, "left one aaa bbb ccc ddd"),
    (LEFT, 112.0, "left two aaa bbb ccc ddd"),
    (LEFT, 124.0, "left three aaa bbb ccc d"),
    (LEFT, 136.0, "left four aaa bbb ccc dd"),
    (LEFT, 148.0, "left five aaa bbb ccc dd"),
    (RIGHT, 100.0, "right one aaa bbb ccc dd"),
    (RIGHT, 112.0, "right two aaa bbb ccc dd"),
    (RIGHT, 124.0, "right three aaa bbb ccc"),
    (RIGHT, 136.0, "right four aaa bbb ccc d"),
    (RIGHT, 148.0, "right five aaa bbb ccc d"),
    (300.0, 190.0, "17"),
];

#[test]
fn columns_drawn_line_by_line_across_are_read_one_after_the_other() {
    let right = read(&PAPER);
    assert!(right.starts_with("A title over"));
    assert!(right.contains("left five aaa bbb ccc dd/right one"));
    assert!(right.ends_with("ccc d/17/"));
    let across = [0, 1, 6, 2, 7, 3, 8, 4, 9, 5, 10, 11].map(|line: usize| PAPER[line]);
    assert_eq!(read(&across), right);
}

#[test]
fn foot_and_head_that_are_drawn_first_or_last_stand_where_they_are_seen() {
    let right = read(&PAPER);
    let foot_first = [11, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 0].map(|line: usize| PAPER[line]);
    assert_eq!(read(&foot_first), right);
    let right_first = [11, 0, 6, 7, 8, 9, 10, 1, 2, 3, 4, 5].map(|line: usize| PAPER[line]);
    assert_eq!(read(&right_first), right);
}

#[test]
fn order_of_a_page_does_not_depend_on_the_order_of_drawing_its_lines() {
    let right = read(&PAPER);
    // Every line goes somewhere else: 5 and 12 have no common divisor.
    let mixed: Vec<_> = (0..12).map(|line| PAPER[line * 5 % 12]).collect();
    assert_eq!(read(&mixed), right);
    let reversed: Vec<_> = PAPER.iter().rev().copied().collect();
    assert_eq!(read(&reversed), right);
}

#[test]
fn rows_of_a_table_stay_rows() {
    let table = [
        (50.0, 100.0, "Apples"),
        (150.0, 100.0, "3"),
        (250.0, 100.0, "2.50"),
        (50.0, 112.0, "Pears"),
        (150.0, 112.0, "14"),
        (250.0, 112.0, "1.20"),
        (50.0, 124.0, "Plums"),
        (150.0, 124.0, "5"),
        (250.0, 124.0, "0.80"),
    ];
    assert_eq!(read(&table), "Apples/3/2.50/Pears/14/1.20/Plums/5/0.80/");
    // A cell of two lines is not torn where it is drawn as a whole.
    let cells = [
        (50.0, 100.0, "Golden"),
        (50.0, 112.0, "apples"),
        (150.0, 100.0, "3"),
        (50.0, 130.0, "Pears"),
        (150.0, 130.0, "14"),
        (50.0, 142.0, "Plums"),
        (150.0, 142.0, "5"),
    ];
    assert_eq!(read(&cells), "Golden/apples/3/Pears/14/Plums/5/");
}

#[test]
fn numbers_of_a_list_stay_with_what_they_number() {
    let list: Vec<_> = (0..6)
        .flat_map(|item| {
            let base = 100.0 + f64::from(item) * 12.0;
            [(50.0, base, "1."), (75.0, base, "some words of the list")]
        })
        .collect();
    assert!(read(&list).starts_with("1. some words of the list/1. some"));
}

#[test]
fn words_of_a_line_that_are_drawn_out_of_order_are_read_along_it() {
    let line = [
        (50.0, 100.0, "The"),
        (92.5, 100.0, "fox"),
        (67.5, 100.0, "bold"),
        (110.0, 100.0, "jumps"),
    ];
    assert_eq!(read(&line), "The bold fox jumps/");
}

#[test]
fn formula_is_read_as_it_is_drawn() {
    let formula = [
        (50.0, 100.0, "thus x ="),
        (91.0, 93.0, "a"),
        (91.0, 107.0, "b"),
        (98.0, 100.0, "+ c and so on"),
        (50.0, 120.0, "next line"),
    ];
    assert_eq!(
        read(&formula).replace(['/', ' '], ""),
        "thusx=ab+candsoonnextline"
    );
}

#[test]
fn nothing_is_lost_or_doubled() {
    let many: Vec<_> = (0_u32..400)
        .map(|n| {
            let at = n.wrapping_mul(2_654_435_761);
            (f64::from(at % 500), f64::from(at / 500 % 700), "w")
        })
        .collect();
    assert_eq!(arrange(drawn(&many)).len(), 400);
    assert!(arrange(Vec::new()).is_empty());
}
