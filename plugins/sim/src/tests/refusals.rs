//! What the exchange does not take, and what it says then.

use aftm_domain::Side::{Buy, Sell};

use super::*;

#[test]
fn each_rule_has_its_code() {
    let rod = |ticket: Ticket| Ticket { time_in_force: TimeInForce::Rod, ..ticket };
    let fraction = Some("17300.5".parse().unwrap());
    let table = [
        (Ticket { account: "SIM-9".parse().unwrap(), ..market(Buy, 1) }, "UNKNOWN_ACCOUNT"),
        (Ticket { item: "TXFI1".parse().unwrap(), ..market(Buy, 1) }, "UNKNOWN_ITEM"),
        (rod(market(Buy, 1)), "TIME_IN_FORCE"),
        (market(Buy, 11), "TOO_LARGE"),
        (limit(Buy, 101, 17_300), "TOO_LARGE"),
        (market(Buy, 0), "QUANTITY"),
        (Ticket { quantity: "1.5".parse().unwrap(), ..market(Buy, 1) }, "QUANTITY"),
        (Ticket { price: fraction, ..limit(Buy, 1, 1) }, "TICK"),
        (Ticket { price: None, ..limit(Buy, 1, 1) }, "PRICE"),
        (Ticket { price: fraction, ..market(Buy, 1) }, "PRICE"),
        (limit(Buy, 1, 19_031), "PRICE_LIMIT"),
        (limit(Sell, 1, 15_569), "PRICE_LIMIT"),
        (stop(Sell, 1, 15_569, None), "PRICE_LIMIT"),
        (Ticket { open_close: OpenClose::Close, ..market(Sell, 1) }, "NOT_HELD"),
        (limit(Buy, 28, 17_000), "MARGIN"),
    ];
    for (ticket, code) in table {
        let mut floor = Floor::new();
        floor.trade(17_300, 1);
        floor.place(1, &ticket);
        assert_eq!(floor.told(), [format!("1 rejected {code}")], "{ticket:?}");
        assert!(floor.sim.working().is_empty());
    }
}

#[test]
fn prices_at_the_limits_are_taken() {
    let mut floor = Floor::new();
    floor.trade(17_300, 1);
    floor.place(1, &limit(Sell, 1, 19_030));
    floor.place(2, &limit(Buy, 1, 15_570));
    assert_eq!(floor.told(), ["1 accepted", "2 accepted"]);
}

#[test]
fn a_given_reference_sets_the_price_limits() {
    let mut floor = Floor::new();
    floor.sim.refer(&item(), points(10_000)).unwrap();
    assert!(floor.sim.refer(&"TXFI1".parse().unwrap(), points(1)).is_err());
    floor.trade(10_100, 1);
    floor.place(1, &limit(Sell, 1, 11_001));
    floor.place(2, &limit(Sell, 1, 11_000));
    assert_eq!(floor.told(), ["1 rejected PRICE_LIMIT", "2 accepted"]);
    floor.sim.open_day();
    floor.trade(10_500, 1);
    floor.place(3, &limit(Sell, 1, 11_550));
    assert_eq!(floor.told(), ["3 accepted"], "the first trade of the day is the reference");
}

#[test]
fn a_repeated_id_is_refused_and_the_first_order_works_on() {
    let mut floor = Floor::new();
    floor.trade(17_300, 1);
    floor.place(1, &limit(Buy, 2, 17_290));
    floor.place(1, &limit(Buy, 2, 17_290));
    assert_eq!(floor.told(), ["1 accepted", "1 rejected DUPLICATE"]);
    assert_eq!(floor.sim.working().len(), 1);
    floor.trade(17_289, 1);
    floor.place(1, &market(Buy, 1));
    assert_eq!(floor.told(), ["1 filled 2 @ 17290", "1 rejected DUPLICATE"]);
}

#[test]
fn before_the_first_trade_there_is_no_time_and_no_price() {
    let mut floor = Floor::new();
    floor.place(1, &limit(Buy, 1, 17_300));
    floor.sim.advance(morning(0), &mut floor.news);
    floor.place(2, &market(Buy, 1));
    floor.place(3, &limit(Buy, 1, 17_300));
    assert_eq!(floor.told(), ["1 rejected MARKET_CLOSED", "2 rejected NO_PRICE", "3 accepted"]);
}

#[test]
fn another_currency_is_refused() {
    let mut floor = Floor::new();
    floor.sim.list(Instrument { currency: "USD".to_owned(), ..future("TXFH1") });
    floor.trade(17_300, 1);
    floor.place(1, &market(Buy, 1));
    assert_eq!(floor.told(), ["1 rejected CURRENCY"]);
}

#[test]
fn who_is_not_logged_in_sends_nothing() {
    let mut floor = Floor::new();
    floor.trade(17_300, 1);
    let unknown = floor.sim.login(&"bob".parse().unwrap(), Some("secret")).unwrap_err();
    assert_eq!(unknown.code, "LOGIN");
    assert!(unknown.text.contains("demo") && !unknown.text.contains("secret"));
    assert!(floor.sim.is_connected(), "a wrong user ends nothing");
    floor.sim.logout();
    let refusal = floor.sim.place(OrderId(1), &market(Buy, 1), &mut floor.news).unwrap_err();
    assert_eq!(refusal.code, "NOT_CONNECTED");
    assert!(floor.sim.cancel(OrderId(1), &mut floor.news).is_err());
    assert!(floor.sim.amend(OrderId(1), Some(lots(1)), None, &mut floor.news).is_err());
    assert!(floor.sim.inquire(OrderId(1), &mut floor.news).is_err());
    assert_eq!(floor.told(), Vec::<String>::new());
    let accounts = floor.sim.login(&"demo".parse().unwrap(), None).unwrap();
    assert_eq!(accounts, floor.sim.accounts());
    floor.place(1, &market(Buy, 1));
    assert_eq!(floor.told(), ["1 accepted", "1 filled 1 @ 17301"]);
}
