//! Cancels and changes of working orders.

use aftm_domain::Side::{Buy, Sell};

use super::*;

impl Floor {
    fn amend(&mut self, id: u64, quantity: Option<i64>, price: Option<i64>) {
        let (quantity, price) = (quantity.map(lots), price.map(points));
        self.sim.amend(OrderId(id), quantity, price, &mut self.news).unwrap();
    }

    fn cancel(&mut self, id: u64) {
        self.sim.cancel(OrderId(id), &mut self.news).unwrap();
    }
}

/// Two orders of three lots at one price, the first with one lot filled.
fn two_in_a_queue() -> Floor {
    let mut floor = Floor::new();
    floor.trade(17_300, 1);
    floor.place(1, &limit(Buy, 3, 17_290));
    floor.place(2, &limit(Buy, 3, 17_290));
    floor.trade(17_290, 1);
    floor.told();
    floor
}

#[test]
fn fewer_lots_keep_the_place_in_the_queue() {
    let mut floor = two_in_a_queue();
    floor.amend(1, Some(2), None);
    floor.trade(17_290, 2);
    let told = ["1 replaced 2 @ 17290", "1 filled 1 @ 17290", "2 filled 1 @ 17290"];
    assert_eq!(floor.told(), told, "the new total counts the filled lot");
}

#[test]
fn more_lots_or_another_price_lose_it() {
    let mut floor = two_in_a_queue();
    floor.amend(1, Some(4), None);
    floor.trade(17_290, 4);
    assert_eq!(floor.told(), ["1 replaced 4 @ 17290", "2 filled 3 @ 17290", "1 filled 1 @ 17290"]);
    let mut floor = two_in_a_queue();
    floor.trade(17_291, 1);
    floor.amend(1, None, Some(17_289));
    floor.amend(1, None, Some(17_290));
    floor.trade(17_290, 3);
    assert_eq!(
        floor.told(),
        ["1 replaced 3 @ 17289", "1 replaced 3 @ 17290", "2 filled 3 @ 17290"]
    );
}

#[test]
fn a_price_that_meets_the_market_trades_at_once() {
    let mut floor = two_in_a_queue();
    floor.trade(17_295, 1);
    floor.amend(2, None, Some(17_296));
    assert_eq!(floor.told(), ["2 replaced 3 @ 17296", "2 filled 3 @ 17296"]);
}

#[test]
fn a_change_that_cannot_be_leaves_the_order_as_it_was() {
    let mut floor = two_in_a_queue();
    let table = [
        (Some(1), None, "QUANTITY"),
        (Some(0), None, "QUANTITY"),
        (Some(-2), None, "QUANTITY"),
        (Some(101), None, "TOO_LARGE"),
        (Some(50), None, "MARGIN"),
        (None, Some(0), "PRICE"),
        (None, Some(30_000), "PRICE_LIMIT"),
        (Some(3), Some(17_290), "NO_CHANGE"),
        (None, None, "NO_CHANGE"),
    ];
    for (quantity, price, code) in table {
        floor.amend(1, quantity, price);
        assert_eq!(floor.told(), [format!("1 replace_rejected {code}")], "{quantity:?} {price:?}");
    }
    floor.trade(17_290, 2);
    assert_eq!(floor.told(), ["1 filled 2 @ 17290"], "first in the queue as before");
}

#[test]
fn a_stop_is_amended_before_it_goes_off() {
    let mut floor = Floor::new();
    floor.trade(17_300, 1);
    floor.place(1, &stop(Sell, 2, 17_250, None));
    floor.place(2, &stop(Sell, 2, 17_250, Some(17_240)));
    floor.told();
    floor.amend(1, None, Some(17_200));
    floor.amend(1, Some(1), None);
    floor.amend(2, None, Some(17_249));
    assert_eq!(floor.told(), ["1 replace_rejected PRICE", "1 replaced", "2 replaced 2 @ 17249"]);
    floor.trade(17_250, 1);
    assert_eq!(floor.told(), ["1 filled 1 @ 17249", "2 triggered", "2 filled 2 @ 17249"]);
}

#[test]
fn a_smaller_order_is_let_through_when_the_account_has_lost() {
    let mut floor =
        Floor::with(Settings { balance: Money::from_units(600_000), ..Settings::default() });
    floor.trade(17_300, 1);
    floor.place(1, &market(Buy, 1));
    floor.place(2, &limit(Buy, 2, 16_000));
    floor.trade(16_100, 1);
    floor.told();
    floor.amend(2, Some(1), None);
    floor.amend(2, None, Some(15_900));
    floor.amend(2, Some(2), None);
    assert_eq!(
        floor.told(),
        ["2 replaced 1 @ 16000", "2 replaced 1 @ 15900", "2 replace_rejected MARGIN"]
    );
}

#[test]
fn a_cancel_ends_an_order_once() {
    let mut floor = two_in_a_queue();
    floor.cancel(1);
    floor.cancel(1);
    floor.cancel(9);
    floor.amend(1, Some(9), None);
    assert_eq!(
        floor.told(),
        [
            "1 canceled",
            "1 cancel_rejected ORDER_ENDED",
            "9 cancel_rejected UNKNOWN_ORDER",
            "1 replace_rejected ORDER_ENDED"
        ]
    );
    floor.trade(17_000, 99);
    assert_eq!(floor.told(), ["2 filled 3 @ 17290"]);
    floor.cancel(2);
    let News::Report { report: Report::CancelRejected(refusal), .. } = &floor.news[0] else {
        panic!()
    };
    assert_eq!(refusal.text, "order A2 has ended: it is Filled");
}

#[test]
fn a_stop_that_waits_can_be_canceled() {
    let mut floor = Floor::new();
    floor.trade(17_300, 1);
    floor.place(1, &stop(Buy, 1, 17_310, None));
    floor.cancel(1);
    floor.trade(17_400, 1);
    assert_eq!(floor.told(), ["1 accepted", "1 canceled"]);
}
