//! What is selected of two small pages.

use super::*;
use ipc::Text;

fn run(text: &str, left: f32, top: f32, then: Separator) -> TextRun {
    let right = left + 10.0 * text.len() as f32;
    TextRun {
        text: Text::new(text.to_owned()).unwrap(),
        place: PageBox::new(left, top, right, top + 10.0).unwrap(),
        then,
    }
}

fn two_pages() -> Selection {
    let mut selection = Selection::default();
    let words = vec![
        run("Hello", 0.0, 0.0, Separator::Space),
        run("world", 60.0, 0.0, Separator::Line),
        run("again", 0.0, 20.0, Separator::Block),
    ];
    selection.learn(0, words.clone(), true);
    selection.learn(1, words, true);
    selection
}

#[test]
fn letters_between_two_places_are_selected_either_way() {
    let mut selection = two_pages();
    selection.begin(0, (20.0, 5.0), Grain::Letter);
    selection.extend(0, (80.0, 5.0));
    assert_eq!(selection.text(), "llo wo");
    selection.begin(0, (80.0, 5.0), Grain::Letter);
    selection.extend(0, (20.0, 5.0));
    assert_eq!(selection.text(), "llo wo");
    let places = selection.places(0);
    assert_eq!(places.len(), 1);
    assert_eq!(places[0].edges(), [20.0, 0.0, 80.0, 10.0]);
}

#[test]
fn words_lines_and_pages_are_selected_whole() {
    let mut selection = two_pages();
    selection.begin(0, (75.0, 3.0), Grain::Word);
    assert_eq!(selection.text(), "world");
    selection.begin(0, (75.0, 3.0), Grain::Line);
    assert_eq!(selection.text(), "Hello world");
    selection.begin(0, (0.0, 25.0), Grain::Letter);
    selection.extend(1, (50.0, 5.0));
    assert_eq!(selection.text(), "again\n\nHello");
    selection.all(2);
    assert!(selection.text().ends_with("again") && selection.text().len() > 30);
    selection.clear();
    assert!(selection.is_empty() && selection.text().is_empty());
}

#[test]
fn selection_grows_by_whole_words_on_both_sides_of_the_first() {
    let mut selection = two_pages();
    selection.begin(0, (75.0, 3.0), Grain::Word);
    selection.extend(0, (20.0, 25.0));
    assert_eq!(selection.text(), "world\nagain");
    selection.extend(0, (20.0, 3.0));
    assert_eq!(selection.text(), "Hello world");
    selection.begin(0, (20.0, 5.0), Grain::Letter);
    selection.extend(1, (20.0, 25.0));
    assert_eq!(selection.text(), "llo world\nagain\n\nHello world\nag");
}

#[test]
fn rectangle_takes_a_column_out_of_its_lines() {
    let mut selection = two_pages();
    selection.select_area(0, (110.0, 40.0), (55.0, -5.0));
    assert_eq!(selection.text(), "world");
    selection.select_area(0, (-1.0, -1.0), (21.0, 40.0));
    assert_eq!(selection.text(), "He\nag");
    assert_eq!(selection.places(0).len(), 2);
    assert!(selection.places(1).is_empty());
}

#[test]
fn flowing_text_has_neither_line_breaks_nor_hyphens_of_them() {
    let mut selection = Selection::default();
    let words = [
        ("a", Separator::Space),
        ("well-", Separator::Line),
        ("Known", Separator::Space),
        ("exam-", Separator::Line),
        ("ple", Separator::Block),
        ("end", Separator::Block),
    ];
    let runs = (0_u8..).zip(words);
    let runs = runs.map(|(line, (text, then))| run(text, 0.0, f32::from(line) * 20.0, then));
    selection.learn(0, runs.collect(), true);
    selection.all(1);
    assert_eq!(selection.flowing_text(), "a well- Known example\n\nend");
    assert_eq!(selection.text(), "a well-\nKnown exam-\nple\n\nend");
}

#[test]
fn pages_that_have_not_come_are_counted() {
    let mut selection = two_pages();
    assert_eq!(selection.unknown(0..2), [0, 1]);
    assert!(selection.unknown(0..2).is_empty());
    selection.learn(2, Vec::new(), false);
    selection.all(4);
    assert_eq!(selection.missing(4), (2, 4));
}
