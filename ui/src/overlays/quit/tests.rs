use crate::action::Action;
use crate::look::Language;
use crate::overlays::bench::{Bench, lines};
use crate::overlays::quit;
use crate::view::{View, fixture};

fn opened(view: View) -> Bench {
    let mut bench = Bench::of(view);
    bench.wait(1_000);
    assert_eq!(quit::open(&mut bench.screen, &bench.view), []);
    bench
}

/// Nothing is held by a condition.
fn free() -> View {
    let mut view = fixture::view();
    view.conditions.clear();
    view
}

#[test]
fn leaving_is_chosen_and_staying_is_what_enter_does() {
    for (view, keys, line) in [
        (free(), "enter", None),
        (free(), "esc", None),
        (free(), "y q Q", None),
        (free(), "tab tab enter", None),
        (free(), "down enter", Some("quit")),
        (fixture::empty(), "tab enter", Some("quit")),
        (fixture::view(), "enter", None),
        (fixture::view(), "down enter", Some("quit --flatten")),
        (fixture::view(), "down down enter", Some("quit --abandon")),
        (fixture::view(), "up enter", Some("quit --abandon")),
    ] {
        let actions = opened(view).keys(keys);
        assert_eq!(lines(&actions), line.into_iter().collect::<Vec<_>>(), "{keys}");
    }
}

#[test]
fn ctrl_c_twice_leaves_in_good_order() {
    let mut bench = opened(free());
    bench.wait(1_900);
    assert_eq!(lines(&bench.press("ctrl-c")), ["quit"]);
    assert_eq!(bench.keys("ctrl-c ctrl-c enter"), [], "once is enough");
    assert_eq!(bench.answer(Ok("")), [Action::Leave]);

    let mut bench = opened(free());
    bench.wait(2_100);
    assert_eq!(bench.press("ctrl-c"), []);

    let mut bench = opened(free());
    assert_eq!(lines(&quit::open(&mut bench.screen, &bench.view)), ["quit"]);
    assert_eq!(bench.screen.overlays.len(), 1);
    assert_eq!(opened(free()).repeat("ctrl-c"), [], "held down");
}

#[test]
fn a_machine_that_cannot_be_left_says_why_and_what_else_there_is() {
    let mut bench = opened(free());
    bench.keys("tab enter");
    assert_eq!(bench.answer(Err(("POSITION_OPEN", "conditions hold 1 lots"))), []);
    let drawn = bench.drawn(120, 40);
    assert!(drawn.contains("Not left: conditions hold 1 lots"), "{drawn}");
    assert_eq!(lines(&bench.keys("down enter")), ["quit --flatten"]);
    bench.keys("esc");
    bench.answer(Err(("POSITION_OPEN", "still open")));
    assert_eq!(bench.told(), "still open");
}

#[test]
fn it_lists_what_would_be_left_behind() {
    let mut bench = opened(fixture::view());
    insta::assert_snapshot!("quit_120x40", bench.drawn(120, 40));
    insta::assert_snapshot!("quit_80x24", bench.drawn(80, 24));
    insta::assert_snapshot!("quit_20x5", bench.drawn(20, 5));
    bench.draws_everywhere();
    let mut bench = opened(fixture::empty());
    bench.screen.look.language = Language::TraditionalChinese;
    insta::assert_snapshot!("quit_empty_zh", bench.drawn(80, 24));
}
