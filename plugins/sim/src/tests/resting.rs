//! Orders that rest: price-time priority, and how a trade's lots are shared.

use aftm_domain::Side::{Buy, Sell};

use super::*;

#[test]
fn a_trade_through_the_price_fills_in_full_and_at_the_limit() {
    let mut floor = Floor::new();
    floor.trade(17_300, 1);
    floor.place(1, &limit(Buy, 5, 17_290));
    floor.place(2, &limit(Sell, 5, 17_310));
    floor.told();
    floor.trade(17_289, 1);
    floor.trade(17_311, 1);
    assert_eq!(floor.told(), ["1 filled 5 @ 17290", "2 filled 5 @ 17310"]);
}

#[test]
fn a_trade_at_the_price_gives_its_lots_away_once_in_the_order_of_arrival() {
    let mut floor = Floor::new();
    floor.trade(17_300, 1);
    for (id, price) in [(1, 17_289), (2, 17_290), (3, 17_290), (4, 17_291)] {
        floor.place(id, &limit(Buy, 3, price));
    }
    floor.told();
    floor.trade(17_290, 4);
    assert_eq!(
        floor.told(),
        ["4 filled 3 @ 17291", "2 filled 3 @ 17290", "3 filled 1 @ 17290"],
        "through fills in full, at shares four lots by age, beyond waits"
    );
    floor.trade(17_290, 1);
    floor.trade(17_290, 9);
    assert_eq!(floor.told(), ["3 filled 1 @ 17290", "3 filled 1 @ 17290"]);
    assert_eq!(floor.sim.working().len(), 1);
}

#[test]
fn both_sides_at_one_price_share_one_trade_by_age() {
    let mut floor = Floor::new();
    floor.trade_with_book(17_300, 1, &book(&[(17_290, 1)], &[(17_310, 1)]));
    floor.place(1, &limit(Sell, 2, 17_300));
    floor.place(2, &limit(Buy, 2, 17_300));
    floor.told();
    floor.trade(17_300, 3);
    assert_eq!(floor.told(), ["1 filled 2 @ 17300", "2 filled 1 @ 17300"]);
}

#[test]
fn a_trade_away_from_the_price_fills_nothing() {
    let mut floor = Floor::new();
    floor.trade(17_300, 1);
    floor.place(1, &limit(Buy, 1, 17_290));
    floor.place(2, &limit(Sell, 1, 17_310));
    floor.told();
    floor.trade(17_291, 50);
    floor.trade(17_309, 50);
    assert_eq!(floor.told(), Vec::<String>::new());
}

#[test]
fn a_new_book_that_crosses_fills_up_to_its_lots() {
    let mut floor = Floor::new();
    let away = book(&[(17_299, 9)], &[(17_301, 9)]);
    floor.trade_with_book(17_300, 1, &away);
    floor.place(1, &limit(Buy, 2, 17_295));
    floor.place(2, &limit(Buy, 2, 17_296));
    floor.told();
    floor.trade_with_book(17_300, 1, &book(&[(17_290, 1)], &[(17_294, 1), (17_295, 2)]));
    assert_eq!(
        floor.told(),
        ["2 filled 1 @ 17296", "2 filled 1 @ 17296", "1 filled 1 @ 17295"],
        "at the limit price, as far as the shown lots go"
    );
    floor.place(3, &market(Buy, 1));
    assert_eq!(floor.told(), ["3 accepted", "3 expired"], "those lots are gone");
}

#[test]
fn a_new_book_that_does_not_cross_fills_nothing() {
    let mut floor = Floor::new();
    let shown = book(&[(17_299, 9)], &[(17_301, 9)]);
    floor.trade_with_book(17_300, 1, &shown);
    floor.place(1, &limit(Buy, 2, 17_295));
    floor.place(2, &limit(Sell, 2, 17_305));
    floor.told();
    floor.trade_with_book(17_300, 1, &book(&[(17_304, 9)], &[(17_304, 0), (17_296, 9)]));
    assert_eq!(floor.told(), Vec::<String>::new());
    floor.trade_with_book(17_300, 1, &book(&[(17_306, 1), (17_305, 1)], &[(17_307, 9)]));
    assert_eq!(floor.told(), ["2 filled 1 @ 17305", "2 filled 1 @ 17305"]);
}

#[test]
fn an_ioc_order_on_the_way_rests_nowhere() {
    let mut floor = Floor::new();
    floor.trade(17_300, 1);
    let ticket = Ticket { time_in_force: TimeInForce::Ioc, ..limit(Buy, 1, 17_000) };
    floor.place(1, &ticket);
    assert!(floor.sim.working().is_empty());
    floor.trade(16_000, 9);
    assert_eq!(floor.told(), ["1 accepted", "1 expired"]);
}
