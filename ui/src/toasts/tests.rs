use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::layout::Rect;

use crate::action::Action;
use crate::event::Event;
use crate::overlays::bench::Bench;
use crate::view::{Alert, Order, OrderState, fixture};

use super::{COUNT_MAX, Kind, Toasts, draw};

fn line(bench: &Bench, width: u16) -> String {
    let mut terminal = Terminal::new(TestBackend::new(width, 1)).unwrap();
    terminal.draw(|frame| draw(frame, Rect::new(0, 0, width, 1), &bench.screen)).unwrap();
    crate::overlays::bench::bare(terminal.backend().to_string().trim_end())
}

#[test]
fn each_kind_lasts_its_time_and_errors_until_they_are_seen() {
    for (kind, seconds) in [(Kind::Ok, 2), (Kind::Info, 3), (Kind::Warn, 6)] {
        let mut bench = Bench::new();
        bench.screen.toasts.push_news(kind, "told");
        bench.wait(0);
        bench.wait(seconds * 1_000 - 1);
        assert_eq!(bench.told(), "told");
        bench.wait(1);
        assert!(bench.screen.toasts.is_empty(), "{kind:?}");
    }
    let mut bench = Bench::new();
    bench.screen.toasts.push_news(Kind::Error, "bad");
    bench.wait(0);
    bench.screen.toasts.push_news(Kind::Ok, "good");
    bench.wait(0);
    assert_eq!(bench.told(), "bad", "an error is seen first");
    bench.screen.toasts.push_news(Kind::Warn, "refused");
    bench.wait(0);
    assert_eq!(bench.told(), "refused", "but what is refused now is seen now");
    bench.wait(6_000);
    assert_eq!(bench.told(), "bad");
    bench.wait(13_000);
    assert_eq!(bench.told(), "bad");
    bench.screen.toasts.push_news(Kind::Ok, "good");
    bench.wait(0);
    assert_eq!(bench.told(), "good", "after its time it makes room");
    bench.wait(2_000);
    assert_eq!(bench.told(), "bad", "and comes back");
    bench.wait(3_600_000);
    assert!(bench.screen.toasts.dismiss());
    assert!(!bench.screen.toasts.dismiss());
}

#[test]
fn a_warning_that_comes_with_an_answer_is_not_hidden_by_it() {
    let mut bench = Bench::new();
    bench.screen.toasts.push_news(Kind::Warn, "A1 is canceled when the exchange answers");
    bench.wait(0);
    bench.wait(5);
    bench.screen.toasts.push(Kind::Ok, "done: cancel A1");
    bench.wait(0);
    assert_eq!(bench.told(), "A1 is canceled when the exchange answers");
}

#[test]
fn one_is_shown_and_the_others_are_counted() {
    let mut bench = Bench::new();
    bench.screen.toasts.push_news(Kind::Ok, "first");
    bench.screen.toasts.push_news(Kind::Warn, "second");
    bench.screen.toasts.push_news(Kind::Warn, "second");
    assert_eq!(line(&bench, 60), "◌ Warning: second  +1 more");
    bench.screen.toasts.push_news(Kind::Error, "委託 A1 被拒\u{1b}[2J 因為保證金不足");
    assert_eq!(line(&bench, 80), "! ERROR: 委託 A1 被拒 [2J 因為保證金不足  +2 more  Esc: seen");
    for width in 1..60 {
        line(&bench, width);
    }
    for number in 0..500 {
        bench.screen.toasts.push_news(Kind::Ok, format!("{number}"));
    }
    assert_eq!(bench.screen.toasts.more() + 1, COUNT_MAX);
    assert!(bench.told().contains("被拒"), "an error goes last");
}

#[test]
fn an_answer_to_a_key_is_not_hidden_by_what_was_told_before() {
    let mut bench = Bench::new();
    let toasts = |bench: &mut Bench, kind, text: &str| {
        bench.screen.toasts.push(kind, text);
        bench.wait(0);
    };
    bench.screen.toasts.push_news(Kind::Error, "refused A16");
    bench.wait(0);
    bench.wait(1_500);
    toasts(&mut bench, Kind::Warn, "dropped after 10 s, nothing sent");
    toasts(&mut bench, Kind::Ok, "sent: buy 1");
    assert_eq!(bench.told(), "sent: buy 1");
    bench.screen.toasts.push_news(Kind::Ok, "filled A17");
    bench.wait(0);
    assert_eq!(bench.told(), "filled A17");
    toasts(&mut bench, Kind::Ok, "sent: buy 1: A17");
    assert_eq!(bench.told(), "filled A17", "whichever comes first");
    toasts(&mut bench, Kind::Warn, "not on the tick");
    assert_eq!(bench.told(), "not on the tick");
    toasts(&mut bench, Kind::Ok, "sent: buy 1: A18");
    bench.wait(2_000);
    assert_eq!((bench.told().as_str(), bench.screen.toasts.more()), ("refused A16", 0));
}

#[test]
fn what_was_there_before_the_screen_is_not_news() {
    let mut bench = Bench::new();
    assert_eq!(bench.happens(&Event::View), []);
    assert!(bench.screen.toasts.is_empty());
}

#[test]
fn fills_of_before_are_not_told_however_late_they_are_read() {
    let mut bench = Bench::new();
    bench.screen.toasts = Toasts::default();
    let fills = std::mem::take(&mut bench.view.fills);
    bench.view.is_whole = false;
    bench.happens(&Event::View);
    bench.view.fills = fills;
    bench.happens(&Event::View);
    bench.view.is_whole = true;
    bench.happens(&Event::View);
    assert!(bench.screen.toasts.is_empty());
    bench.view.fills.push(bench.view.fills[0].clone());
    bench.happens(&Event::View);
    assert!(bench.told().contains("filled"), "{}", bench.told());
}

#[test]
fn fills_are_told_when_old_ones_go() {
    let mut bench = Bench::new();
    bench.happens(&Event::View);
    let one = bench.view.fills[0].clone();
    let gone = bench.view.fills.len();
    (bench.view.fills, bench.view.fills_gone) = (vec![one], gone);
    bench.happens(&Event::View);
    assert!(bench.told().contains("filled"), "{}", bench.told());
}

#[test]
fn fills_and_faults_are_told_once_and_ring() {
    let mut bench = Bench::new();
    let mut fill = fixture::view().fills[0].clone();
    fill.order = "A20".into();
    bench.view.fills.push(fill.clone());
    let rings = bench.happens(&Event::View);
    let text = "filled A20: buy 1 TXFH1 at 17,301";
    assert_eq!(rings, [Action::Notify(text.into())]);
    assert_eq!(bench.told(), text);
    assert_eq!(bench.happens(&Event::View), [], "once");

    bench.view.fills.extend(std::iter::repeat_n(fill, 12));
    assert_eq!(bench.happens(&Event::View).len(), 1, "many at once are a number");
    assert!(bench.told().contains("12 fills"), "{}", bench.told());

    bench.view.alerts.push(Alert { number: 4, text: "look".into(), ..Alert::default() });
    assert_eq!(bench.happens(&Event::View), [], "what is only good to know does not ring");
    let fault = Alert { number: 5, text: "dead".into(), severity: Kind::Error, ..Alert::default() };
    bench.view.alerts.push(fault);
    assert_eq!(bench.happens(&Event::View), [Action::Notify("dead".into())]);
    assert_eq!(bench.told(), "dead");
    bench.view.alerts.remove(0);
    assert_eq!(bench.happens(&Event::View), []);
}

#[test]
fn an_order_in_doubt_that_is_refused_is_told_twice() {
    let mut bench = Bench::new();
    let order = bench.view.order("A16").cloned().unwrap();
    let with = |state, reason: &str| Order { state, reason: reason.into(), ..order.clone() };
    bench.view.orders[5] = with(OrderState::InDoubt, "");
    assert_eq!(bench.happens(&Event::View).len(), 1);
    assert!(
        bench.told().contains("A16 IN DOUBT, it may be live: sell 1 TXFH1 at 17,317"),
        "{}",
        bench.told()
    );
    bench.view.orders[5] = with(OrderState::Rejected, "margin");
    assert_eq!(bench.happens(&Event::View).len(), 1);
    assert!(bench.told().contains("order A16 refused: margin, sell 1 TXFH1 at 17,317"));
    assert_eq!(bench.happens(&Event::View), []);
}

#[test]
fn a_refused_order_is_told_once_whatever_comes_first() {
    for is_answered_first in [true, false] {
        let mut bench = Bench::new();
        let awaited = crate::screen::Awaited::Toast("sent: it".into());
        drop(bench.screen.perform(vec!["order buy TXFH1 3".into()], awaited));
        let answer = Err(("MARGIN", "too little margin"));
        if is_answered_first {
            bench.answer(answer);
            assert_eq!(bench.told(), "too little margin");
        }
        let order = bench.view.order("A16").cloned().unwrap();
        let reason = "too little margin (MARGIN)".to_owned();
        bench.view.orders[5] = Order { state: OrderState::Rejected, reason, ..order };
        let text = "order A16, sell 1 TXFH1 was refused: too little margin".to_owned();
        let (code, severity) = ("MARGIN".to_owned(), Kind::Error);
        bench.view.alerts.push(Alert { number: 9, code, text, severity, ..Alert::default() });
        assert_eq!(bench.happens(&Event::View).len(), 1, "it rings once");
        if !is_answered_first {
            bench.answer(answer);
        }
        let told = "order A16 refused: too little margin (MARGIN), sell 1 TXFH1 at 17,317";
        assert_eq!((bench.told().as_str(), bench.screen.toasts.more()), (told, 0));
    }
    // Something else that is refused for the same reason is told in its own words.
    let mut bench = Bench::new();
    let text = "order A99, sell 1 TXFH1 was refused: too little margin".to_owned();
    let (code, severity) = ("MARGIN".to_owned(), Kind::Error);
    bench.view.alerts.push(Alert { number: 9, code, text, severity, ..Alert::default() });
    assert_eq!(bench.happens(&Event::View).len(), 1);
    assert!(bench.told().starts_with("order A99"));
}

#[test]
fn an_answer_is_told_in_its_own_words_where_it_has_some() {
    for (outcome, words) in [
        (Ok(""), "sent: it"),
        (Ok("A30"), "sent: it: A30"),
        (Ok("A30 is working"), "A30 is working"),
        (Err(("RISK_LOTS", "3 lots are above the limit of 2")), "3 lots are above the limit of 2"),
    ] {
        let mut bench = Bench::new();
        let awaited = crate::screen::Awaited::Toast("sent: it".into());
        drop(bench.screen.perform(vec!["order buy TXFH1 3".into()], awaited));
        bench.answer(outcome);
        assert_eq!(bench.told(), words);
    }
}
