//! Stop orders: what sets them off, and what they turn into.

use aftm_domain::Side::{Buy, Sell};

use super::*;

#[test]
fn a_stop_is_set_off_at_or_through_its_price_and_trades_at_that_tick() {
    for (side, quiet, sets_off, fill) in [
        (Buy, 17_309, 17_310, "1 filled 2 @ 17311"),
        (Buy, 17_309, 17_330, "1 filled 2 @ 17331"),
        (Sell, 17_311, 17_310, "1 filled 2 @ 17309"),
        (Sell, 17_311, 17_290, "1 filled 2 @ 17289"),
    ] {
        let mut floor = Floor::new();
        floor.trade(quiet, 1);
        floor.place(1, &stop(side, 2, 17_310, None));
        floor.trade(quiet, 1);
        assert_eq!(floor.told(), ["1 accepted"], "{side}");
        floor.trade(sets_off, 1);
        assert_eq!(floor.told(), [fill], "{side} {sets_off}");
    }
}

#[test]
fn a_stop_beyond_the_market_waits_for_the_tick_after_its_arrival() {
    let mut floor = Floor::new();
    floor.trade(17_320, 1);
    floor.place(1, &stop(Buy, 1, 17_310, None));
    assert_eq!(floor.told(), ["1 accepted"]);
    floor.trade(17_315, 1);
    assert_eq!(floor.told(), ["1 filled 1 @ 17316"]);
}

#[test]
fn a_stop_limit_turns_into_a_limit_order() {
    let mut floor = Floor::new();
    floor.trade(17_300, 1);
    floor.place(1, &stop(Buy, 2, 17_310, Some(17_312)));
    floor.place(2, &stop(Buy, 2, 17_310, Some(17_305)));
    floor.place(
        3,
        &Ticket { time_in_force: TimeInForce::Ioc, ..stop(Buy, 2, 17_310, Some(17_305)) },
    );
    floor.told();
    floor.trade(17_310, 9);
    assert_eq!(floor.told(), ["1 triggered", "1 filled 2 @ 17311", "2 triggered", "3 expired"]);
    floor.trade(17_305, 1);
    assert_eq!(floor.told(), ["2 filled 1 @ 17305"]);
}

#[test]
fn a_stop_takes_the_book_and_its_rest_expires() {
    let mut floor = Floor::new();
    floor.trade(17_300, 1);
    floor.place(1, &stop(Sell, 5, 17_290, None));
    floor.told();
    floor.trade_with_book(17_290, 1, &book(&[(17_289, 1), (17_288, 2)], &[]));
    assert_eq!(floor.told(), ["1 filled 1 @ 17289", "1 filled 2 @ 17288", "1 expired"]);
}

#[test]
fn stops_of_both_sides_go_off_in_the_order_of_arrival() {
    let mut floor = Floor::new();
    floor.trade(17_300, 1);
    floor.place(1, &stop(Sell, 1, 17_350, None));
    floor.place(2, &stop(Buy, 1, 17_250, None));
    floor.place(3, &stop(Buy, 1, 17_200, None));
    floor.told();
    floor.trade(17_300, 1);
    assert_eq!(floor.told(), ["1 filled 1 @ 17299", "2 filled 1 @ 17301", "3 filled 1 @ 17301"]);
}
