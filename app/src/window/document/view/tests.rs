//! Places that stay where they are while the view changes.

use super::*;

fn document(pages: u32) -> (View, Layout) {
    let mut layout = Layout::new(pages, Arrangement::default());
    layout.learn(0, (0..pages).map(|_| (600.0, 800.0)));
    let mut view = View::new(false);
    view.resize(&layout, (1000.0, 700.0), 1.0);
    (view, layout)
}

#[test]
fn middle_of_a_picture_stays_when_the_view_changes_its_size() {
    let mut layout = Layout::new(1, Arrangement::default());
    layout.learn(0, std::iter::once((4000.0, 3000.0)));
    let mut view = View::new(true);
    view.resize(&layout, (500.0, 800.0), 1.0);
    view.look_at(&layout, 1.0, (0.4, 0.6));
    for viewport in [(1000.0, 800.0), (300.0, 300.0), (500.0, 800.0)] {
        view.resize(&layout, viewport, 1.0);
        let (across, down) = view.middle(&layout);
        let near = |a: f64, b: f64| (a - b).abs() < 0.001;
        assert!(near(across, 0.4) && near(down, 0.6), "{across} {down}");
    }
}

#[test]
fn middle_of_a_picture_stays_when_it_is_shown_at_its_own_size() {
    let mut layout = Layout::new(1, Arrangement::default());
    layout.learn(0, std::iter::once((4000.0, 3000.0)));
    let mut view = View::new(true);
    view.resize(&layout, (1000.0, 700.0), 1.0);
    view.set_zoom(&mut layout, Zoom::Times(1.0));
    // What fits stands on whole pixels, each of which is four of the picture.
    let (left, top) = view.scroll();
    assert!((left - 1500.0).abs() <= 4.0 && (top - 1150.0).abs() <= 4.0);
    view.set_zoom(&mut layout, Zoom::Page);
    assert_eq!(view.scroll(), (0.0, 0.0));
}

#[test]
fn point_under_the_pointer_stays_there_while_zooming() {
    let (mut view, layout) = document(20);
    view.scroll_by(&layout, (0.0, 5000.0));
    let anchor = (700.0, 300.0);
    let under = |view: &View| {
        let placed = view.visible(&layout, 0.0);
        let page = placed
            .iter()
            .find(|page| page.top <= anchor.1 && anchor.1 < page.top + page.height)
            .unwrap();
        let across = (anchor.0 - page.left) / page.width;
        (
            page.page,
            across * 600.0,
            (anchor.1 - page.top) / page.height * 800.0,
        )
    };
    let before = under(&view);
    for times in [2.0, 3.7, 8.0, 1.9] {
        view.zoom_to(&layout, times, anchor);
        let after = under(&view);
        assert_eq!(after.0, before.0);
        let off = (after.1 - before.1).hypot(after.2 - before.2) * view.scale();
        assert!(off < 4.0, "{off} px off at {times}");
    }
}

#[test]
fn part_in_the_middle_of_one_picture_is_that_of_another_of_any_size() {
    let picture = |width, height| {
        let mut layout = Layout::new(1, Arrangement::default());
        layout.learn(0, [(width, height)].into_iter());
        let mut view = View::new(true);
        view.resize(&layout, (1000.0, 700.0), 1.0);
        (view, layout)
    };
    let (mut one, layout) = picture(4000.0, 3000.0);
    one.zoom_to(&layout, 2.0, (900.0, 600.0));
    let middle = one.middle(&layout);
    assert!(middle.0 > 0.6 && middle.1 > 0.6, "{middle:?}");
    let (mut other, mut layout) = picture(6000.0, 2000.0);
    other.look(&mut layout, one.looks());
    other.show_middle(&layout, middle);
    let after = other.middle(&layout);
    assert!((after.0 - middle.0).abs() < 1e-3 && (after.1 - middle.1).abs() < 1e-3);
    assert_eq!(other.times(), 2.0);
}

#[test]
fn place_survives_another_size_of_the_window() {
    let (mut view, layout) = document(50);
    view.go(
        &layout,
        Place {
            page: 17,
            down: 0.25,
        },
    );
    view.resize(&layout, (640.0, 480.0), 1.0);
    let place = view.place(&layout);
    assert_eq!(place.page, 17);
    assert!((place.down - 0.25).abs() < 0.01, "{place:?}");
}

#[test]
fn pages_stand_on_whole_pixels_wherever_one_scrolls() {
    let (mut view, layout) = document(9);
    for step in 0..40 {
        view.scroll_by(&layout, (0.3, 13.7 + f64::from(step)));
        for page in view.visible(&layout, 100.0) {
            for side in [page.left, page.top, page.width, page.height] {
                assert_eq!(side, side.round(), "{page:?}");
            }
        }
    }
}

#[test]
fn zoom_ends_at_its_limits() {
    let (mut view, layout) = document(2);
    (0..40).for_each(|_| view.zoom_step(&layout, true));
    assert_eq!(view.times(), ZOOMS.1);
    (0..40).for_each(|_| view.zoom_step(&layout, false));
    assert!((view.times() - ZOOMS.0).abs() < 1e-9);
}

#[test]
fn picture_is_made_smaller_to_fit_and_never_larger() {
    let mut layout = Layout::new(1, Arrangement::default());
    layout.learn(0, [(4000.0, 100.0)].into_iter());
    let mut view = View::new(true);
    view.resize(&layout, (1000.0, 700.0), 2.0);
    assert_eq!(view.times(), 0.25);
    layout.learn(0, [(40.0, 30.0)].into_iter());
    view.change(&mut layout, |_, _| {});
    assert_eq!(view.times(), 1.0);
    let placed = view.visible(&layout, 0.0);
    assert_eq!((placed[0].left, placed[0].top), (480.0, 335.0));
}

#[test]
fn pointer_that_moves_by_parts_of_pixels_is_followed_in_the_end() {
    let (mut view, layout) = document(9);
    for _ in 0..100 {
        view.pan_by(&layout, (0.0, 0.3));
    }
    assert_eq!(view.scroll().1, 30.0);
    for _ in 0..200 {
        view.pan_by(&layout, (0.0, -0.3));
    }
    assert_eq!(view.scroll().1, 0.0);
}

#[test]
fn notch_of_the_wheel_turns_one_page_however_it_is_spread() {
    let (mut view, mut layout) = document(9);
    view.change(&mut layout, |view, _| {
        (view.continuous, view.zoom) = (false, Zoom::Page);
    });
    for notch in 1..=4 {
        (0..8).for_each(|_| view.wheel_by(&layout, (0.0, 5.0)));
        assert_eq!(view.current_page(&layout), notch);
    }
    (0..8).for_each(|_| view.wheel_by(&layout, (0.0, -5.0)));
    assert_eq!(view.current_page(&layout), 3);
}

#[test]
fn margins_are_left_out_when_content_fits() {
    let (mut view, mut layout) = document(3);
    layout.learn_content(0, [0.25, 0.1, 0.5, 0.9]);
    view.set_zoom(&mut layout, Zoom::Content);
    let placed = view.visible(&layout, 0.0)[0];
    let left = placed.left + placed.width * 0.25;
    let right = placed.left + placed.width * 0.5;
    assert!((left - 8.0).abs() <= 2.0, "{left}");
    assert!((right - 992.0).abs() <= 2.0, "{right}");
}

#[test]
fn looks_come_back_as_they_were_and_nonsense_is_made_sound() {
    let (mut view, mut layout) = document(5);
    view.zoom_to(&layout, 3.0, (0.0, 0.0));
    let looks = view.looks();
    let (mut other, _) = document(5);
    other.look(&mut layout, looks);
    assert_eq!(other.times(), 3.0);
    let broken = Looks {
        zoom: Zoom::Times(f64::NAN),
        ..looks
    };
    assert_eq!(broken.checked().zoom, Zoom::Times(1.0));
}

#[test]
fn next_and_previous_page_are_known_when_one_is_shown_alone() {
    let (mut view, mut layout) = document(3);
    assert!(view.beside(&layout).is_empty());
    view.change(&mut layout, |view, _| view.continuous = false);
    view.turn_page(&layout, 1);
    let beside: Vec<u32> = view.beside(&layout).iter().map(|page| page.page).collect();
    assert_eq!(beside, [2, 0]);
}

#[test]
fn one_page_at_a_time_turns_at_its_end() {
    let (mut view, mut layout) = document(3);
    view.change(&mut layout, |view, _| {
        view.continuous = false;
        view.zoom = Zoom::Page;
    });
    assert!(view.scroll_by(&layout, (0.0, 50.0)));
    assert_eq!(view.current_page(&layout), 1);
    assert_eq!(view.visible(&layout, 0.0).len(), 1);
    view.turn_page(&layout, -1);
    assert_eq!(view.current_page(&layout), 0);
    assert!(!view.scroll_by(&layout, (0.0, -50.0)));
}

/// Pages of a comic: one as wide as the view when it fits, one twice as wide, a small one.
fn comic() -> (View, Layout) {
    let mut layout = Layout::new(3, Arrangement::default());
    let sizes = [(1000.0, 1400.0), (4000.0, 1400.0), (400.0, 300.0)];
    layout.learn(0, sizes.into_iter());
    let mut view = View::new(true);
    view.resize(&layout, (1000.0, 700.0), 1.0);
    view.change(&mut layout, |_, _| {});
    (view, layout)
}

#[test]
fn page_beside_wider_ones_stands_in_the_middle() {
    let (mut view, layout) = comic();
    let left = |view: &View, page| {
        let seen = view.visible(&layout, 0.0);
        let placed = seen.iter().find(|placed| placed.page == page).unwrap();
        (placed.left, placed.width)
    };
    assert_eq!(left(&view, 0), (250.0, 500.0));
    view.turn_page(&layout, 2);
    assert_eq!(left(&view, 2), (400.0, 200.0));
}

#[test]
fn each_page_that_is_shown_alone_fits() {
    let (mut view, mut layout) = comic();
    view.change(&mut layout, |view, _| view.continuous = false);
    let times = |view: &View| view.times();
    assert_eq!(times(&view), 0.5);
    view.turn_page(&layout, 1);
    assert_eq!(times(&view), 0.25);
    assert_eq!(view.reach(&layout), (0.0, 0.0));
    view.scroll_by(&layout, (0.0, 1.0));
    assert_eq!((view.current_page(&layout), times(&view)), (2, 1.0));
    view.scroll_by(&layout, (0.0, -1.0));
    assert_eq!((view.current_page(&layout), times(&view)), (1, 0.25));
    let placed = view.visible(&layout, 0.0)[0];
    assert_eq!((placed.left, placed.width), (0.0, 1000.0));
}
