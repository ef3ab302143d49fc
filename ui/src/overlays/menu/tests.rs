use crate::look::Language;
use crate::overlays::bench::{Bench, lines};
use crate::overlays::{Overlay, menu, paste};
use crate::view::{Running, View, fixture};

fn opened(view: View, digits: &str) -> Bench {
    let mut bench = Bench::of(view);
    let mut letters = digits.chars();
    menu::open(&mut bench.screen, letters.next().unwrap());
    bench.types(letters.as_str());
    bench
}

fn stopped() -> View {
    let mut view = fixture::view();
    view.machine.running = Running::Stopped;
    view
}

#[test]
fn every_number_does_what_it_always_did() {
    for (digits, opens) in [
        ("0", "LEAVE?"),
        ("2", "CONFIRM"),
        ("3", "3 Register an item"),
        ("4", "4 Create a condition"),
        ("5", "5 Select the order account"),
        ("6", "6 Send an order"),
        ("7", "7 Show futures"),
        ("8", "8 Show positions"),
        ("9", "CONFIRM"),
    ] {
        let mut bench = opened(fixture::view(), digits);
        assert_eq!(bench.keys("enter"), []);
        let drawn = bench.drawn(120, 40);
        assert!(drawn.contains(opens), "{digits}\n{drawn}");
    }
    let mut bench = opened(fixture::empty(), "1");
    bench.keys("enter");
    assert!(bench.drawn(120, 40).contains("1 Log in"));
    assert_eq!(lines(&opened(stopped(), "10").keys("enter")), ["start"]);
}

#[test]
fn nothing_happens_before_enter() {
    let mut bench = opened(stopped(), "1");
    bench.wait(60_000);
    assert!(bench.drawn(120, 40).contains("> 1_"), "no timeout");
    bench.keys("0");
    assert!(bench.drawn(120, 40).contains("> 10_  Start all components"));
    bench.wait(60_000);
    assert_eq!(lines(&bench.keys("enter")), ["start"]);
    let mut bench = opened(stopped(), "10");
    assert_eq!(bench.keys("backspace esc enter"), []);
    let mut bench = opened(stopped(), "10");
    assert_eq!(bench.keys("backspace backspace"), []);
    assert_eq!(bench.top(), None);
    let mut bench = opened(stopped(), "1");
    paste(&mut bench.screen, "0\n");
    assert!(bench.drawn(120, 40).contains("> 1_"), "no paste");
    bench.repeat("enter");
    assert!(matches!(bench.top(), Some(Overlay::Menu(_))), "held down");
}

#[test]
fn an_unknown_number_says_so_and_does_nothing() {
    for digits in ["11", "99", "100", "00", "01", "010"] {
        let mut bench = opened(stopped(), digits);
        let words = format!("no menu entry {digits}: there are 0 to 10");
        assert!(bench.drawn(120, 40).contains(&words), "{digits}");
        assert_eq!(bench.keys("enter"), []);
        assert_eq!(bench.told(), words);
        assert_eq!(bench.top(), None);
    }
}

#[test]
fn what_cannot_be_done_now_names_all_that_is_missing() {
    for (digits, words) in [
        ("2", "Log out: not now. Missing: a login (1)"),
        ("3", "Register an item: not now. Missing: a login (1)"),
        ("6", "Missing: a login (1); an item (3); an account (5)"),
        ("10", "Missing: a login (1); an item (3); a condition (4); an account (5)"),
    ] {
        let mut bench = opened(fixture::empty(), digits);
        assert!(bench.drawn(120, 40).contains(words), "{digits}");
        assert_eq!(bench.keys("enter"), []);
        assert!(bench.told().contains(words), "{}", bench.told());
        assert_eq!(bench.top(), None);
    }
    for (digits, words) in
        [("1", "somebody is logged in: log out (2)"), ("10", "everything runs already")]
    {
        let mut bench = opened(fixture::view(), digits);
        bench.keys("enter");
        assert!(bench.told().contains(words), "{}", bench.told());
    }
}

#[test]
fn the_menu_line_looks_as_it_should() {
    let mut bench = opened(stopped(), "10");
    insta::assert_snapshot!("menu_120x40", bench.drawn(120, 40));
    insta::assert_snapshot!("menu_80x24", bench.drawn(80, 24));
    insta::assert_snapshot!("menu_20x5", bench.drawn(20, 5));
    bench.screen.look.language = Language::TraditionalChinese;
    insta::assert_snapshot!("menu_zh", bench.drawn(80, 24));
    bench.draws_everywhere();
}
