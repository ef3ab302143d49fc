use crate::look::Language;
use crate::overlays::bench::Bench;
use crate::overlays::{Overlay, detail};

use super::Subject;

fn opened(subject: Subject) -> Bench {
    let mut bench = Bench::new();
    detail::open(&mut bench.screen, subject);
    bench
}

#[test]
fn every_field_is_shown() {
    let mut bench = opened(Subject::Order("A14".into()));
    insta::assert_snapshot!("order_120x40", bench.drawn(120, 40));
    insta::assert_snapshot!("order_20x5", bench.drawn(20, 5));
    bench.draws_everywhere();
    let mut bench = opened(Subject::Order("A19".into()));
    bench.view.orders.push(crate::view::fixture::protection());
    insta::assert_snapshot!("protection_80x24", bench.drawn(80, 24));
    bench.draws_everywhere();
    let mut bench = opened(Subject::Order("A17".into()));
    assert!(!bench.drawn(80, 24).contains("Attached to it"));
    bench.view.orders.push(crate::view::fixture::protection());
    let drawn = bench.drawn(80, 24);
    assert!(drawn.contains("Attached to it  A19"), "{drawn}");
    let mut bench = opened(Subject::Condition("c1".into()));
    insta::assert_snapshot!("condition_80x24", bench.drawn(80, 24));
    bench.draws_everywhere();
    let subject = Subject::Position { account: "SIM-1".into(), item: "TXFH1".into() };
    let mut bench = opened(subject);
    bench.screen.look.language = Language::TraditionalChinese;
    insta::assert_snapshot!("position_zh", bench.drawn(80, 24));
    bench.draws_everywhere();
    insta::assert_snapshot!("futures_80x24", opened(Subject::Futures("TXF".into())).drawn(80, 24));
    let mut bench = opened(Subject::Positions(String::new()));
    insta::assert_snapshot!("positions_80x24", bench.drawn(80, 24));
}

#[test]
fn it_moves_and_closes() {
    let mut bench = opened(Subject::Order("A14".into()));
    bench.drawn(80, 8);
    bench.keys("down down up pagedown end pageup home end");
    assert!(bench.drawn(80, 8).contains("Exchange id"));
    bench.keys("home");
    assert!(bench.drawn(80, 8).contains("EXFH1"));
    bench.keys("enter");
    assert_eq!(bench.top(), None);
}

#[test]
fn what_is_gone_says_so() {
    let mut bench = opened(Subject::Order("A14".into()));
    bench.view.orders.clear();
    assert!(bench.drawn(80, 24).contains("It is no longer there."));
    bench.keys("down esc");
    assert_eq!(bench.top(), None);
    let mut bench = opened(Subject::Futures("ZZZ".into()));
    assert!(bench.drawn(80, 24).contains("It is no longer there."));
    assert!(matches!(bench.top(), Some(Overlay::Detail(_))));
}
