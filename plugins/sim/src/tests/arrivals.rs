//! An order arrives: each kind, each time in force, with trades only and with a book.

use aftm_domain::Side::{Buy, Sell};

use super::*;

fn range_market(side: Side, count: i64) -> Ticket {
    Ticket { kind: Kind::RangeMarket, ..market(side, count) }
}

/// Places the order as A1 into a market that `floor` set up, and tells all but the acceptance.
#[track_caller]
fn check(floor: &mut Floor, ticket: &Ticket, expected: &[&str]) {
    floor.told();
    floor.place(1, ticket);
    let told = floor.told();
    assert_eq!(told[0], "1 accepted", "{ticket:?}");
    assert_eq!(told[1..], *expected, "{ticket:?}");
    let is_working = !floor.sim.working().is_empty();
    let is_over = expected.last().is_some_and(|it| it.contains("expired"));
    assert!(!(is_working && is_over), "{ticket:?}");
}

#[test]
fn with_trades_only_an_order_trades_in_full_at_the_last_price_and_the_slippage() {
    let table: &[(Ticket, TimeInForce, &[&str])] = &[
        (market(Buy, 3), TimeInForce::Ioc, &["1 filled 3 @ 17301"]),
        (market(Sell, 3), TimeInForce::Ioc, &["1 filled 3 @ 17299"]),
        (market(Buy, 3), TimeInForce::Fok, &["1 filled 3 @ 17301"]),
        (range_market(Sell, 2), TimeInForce::Ioc, &["1 filled 2 @ 17299"]),
        (range_market(Buy, 2), TimeInForce::Fok, &["1 filled 2 @ 17301"]),
        (range_market(Buy, 2), TimeInForce::Rod, &["1 filled 2 @ 17301"]),
        (limit(Buy, 3, 17_310), TimeInForce::Rod, &["1 filled 3 @ 17301"]),
        (limit(Buy, 3, 17_300), TimeInForce::Rod, &["1 filled 3 @ 17300"]),
        (limit(Buy, 3, 17_299), TimeInForce::Rod, &[]),
        (limit(Sell, 3, 17_290), TimeInForce::Ioc, &["1 filled 3 @ 17299"]),
        (limit(Sell, 3, 17_300), TimeInForce::Fok, &["1 filled 3 @ 17300"]),
        (limit(Sell, 3, 17_301), TimeInForce::Rod, &[]),
        (limit(Sell, 3, 17_301), TimeInForce::Ioc, &["1 expired"]),
        (limit(Buy, 3, 17_299), TimeInForce::Fok, &["1 expired"]),
    ];
    for (ticket, time_in_force, expected) in table {
        let mut floor = Floor::new();
        floor.trade(17_300, 1);
        check(&mut floor, &Ticket { time_in_force: *time_in_force, ..*ticket }, expected);
    }
}

#[test]
fn with_a_book_an_order_takes_the_shown_lots_best_first() {
    let shown = book(&[(17_299, 2), (17_298, 5)], &[(17_301, 2), (17_303, 1), (17_390, 9)]);
    let table: &[(Ticket, TimeInForce, &[&str])] = &[
        (market(Buy, 3), TimeInForce::Ioc, &["1 filled 2 @ 17301", "1 filled 1 @ 17303"]),
        (
            market(Sell, 9),
            TimeInForce::Ioc,
            &["1 filled 2 @ 17299", "1 filled 5 @ 17298", "1 expired"],
        ),
        (market(Sell, 8), TimeInForce::Fok, &["1 expired"]),
        (market(Sell, 7), TimeInForce::Fok, &["1 filled 2 @ 17299", "1 filled 5 @ 17298"]),
        // Half a percent above 17301 is 17387.
        (
            range_market(Buy, 4),
            TimeInForce::Ioc,
            &["1 filled 2 @ 17301", "1 filled 1 @ 17303", "1 expired"],
        ),
        (range_market(Buy, 4), TimeInForce::Fok, &["1 expired"]),
        (
            range_market(Buy, 4),
            TimeInForce::Rod,
            &["1 filled 2 @ 17301", "1 filled 1 @ 17303", "1 expired"],
        ),
        (limit(Buy, 4, 17_302), TimeInForce::Rod, &["1 filled 2 @ 17301"]),
        (limit(Buy, 4, 17_302), TimeInForce::Ioc, &["1 filled 2 @ 17301", "1 expired"]),
        (limit(Buy, 4, 17_302), TimeInForce::Fok, &["1 expired"]),
        (limit(Buy, 2, 17_302), TimeInForce::Fok, &["1 filled 2 @ 17301"]),
        (limit(Buy, 1, 17_300), TimeInForce::Rod, &[]),
        (limit(Buy, 1, 17_300), TimeInForce::Ioc, &["1 expired"]),
    ];
    for (ticket, time_in_force, expected) in table {
        let mut floor = Floor::new();
        floor.trade_with_book(17_300, 1, &shown);
        check(&mut floor, &Ticket { time_in_force: *time_in_force, ..*ticket }, expected);
    }
}

#[test]
fn what_was_taken_from_the_book_stays_taken_until_the_next_one() {
    let mut floor = Floor::new();
    let shown = book(&[(17_299, 2)], &[(17_301, 2)]);
    floor.trade_with_book(17_300, 1, &shown);
    check(&mut floor, &market(Buy, 2), &["1 filled 2 @ 17301"]);
    floor.place(2, &market(Buy, 1));
    floor.trade(17_300, 1);
    floor.place(3, &market(Buy, 1));
    floor.trade_with_book(17_300, 1, &shown);
    floor.place(4, &market(Buy, 1));
    let told = ["2 accepted", "2 expired", "3 accepted", "3 expired"];
    assert_eq!(floor.told(), [&told[..], &["4 accepted", "4 filled 1 @ 17301"]].concat());
}

#[test]
fn a_market_order_pays_no_more_than_the_price_limit() {
    let mut floor = Floor::with(Settings { slippage: 50, ..Settings::default() });
    floor.sim.list(Instrument { price_limit: Some(1_000), ..future("TXFH1") });
    floor.trade(17_300, 1);
    check(&mut floor, &market(Buy, 1), &["1 filled 1 @ 17317"]);
    floor.place(2, &market(Sell, 1));
    assert_eq!(floor.told(), ["2 accepted", "2 filled 1 @ 17283"]);
}

#[test]
fn a_trade_beyond_the_supposed_limits_never_makes_a_market_order_cheap() {
    let mut floor = Floor::new();
    floor.trade(17_300, 1);
    floor.trade(20_000, 1);
    check(&mut floor, &market(Buy, 1), &["1 filled 1 @ 20000"]);
}

#[test]
fn a_fill_has_the_time_and_the_offset_of_its_tick() {
    let mut floor = Floor::new();
    floor.trade(17_300, 1);
    floor.place(1, &market(Buy, 1));
    let fill = floor.news.iter().find_map(|news| match news {
        News::Report { report: Report::Filled(fill), .. } => Some(*fill),
        _ => None,
    });
    let fill = fill.unwrap();
    assert_eq!(fill.time.to_string(), "2021-07-26T09:00:01+08:00");
    assert_eq!((fill.trade.as_str(), fill.fee), ("T1-1", Money::from_units(60)));
    // 17301 × 200 × 0.00002 is 69.204, collected as 69.
    assert_eq!(fill.tax, Money::from_units(69));
}
