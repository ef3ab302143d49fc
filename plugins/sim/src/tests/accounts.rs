//! Margin, positions and money.

use aftm_domain::OpenClose::{Close, Open};
use aftm_domain::Side::{Buy, Sell};

use super::*;
use crate::Summary;

fn as_is(open_close: OpenClose, ticket: Ticket) -> Ticket {
    Ticket { open_close, ..ticket }
}

fn summary(floor: &Floor) -> Summary {
    floor.sim.summary(&account()).unwrap()
}

/// Long and short lots.
fn legs(floor: &Floor) -> (i64, i64) {
    let held = |side| {
        let found = floor.sim.positions(&account()).find(|(code, _)| **code == item());
        found.map_or(0, |(_, it)| it.held(side).raw() / Quantity::ONE.raw())
    };
    (held(Buy), held(Sell))
}

#[test]
fn the_money_of_a_round_trip_is_exact() {
    let mut floor = Floor::new();
    floor.trade(17_300, 1);
    floor.place(1, &market(Buy, 2));
    floor.trade(17_400, 1);
    let open = summary(&floor);
    // Two lots from 17301 to 17400 at 200 a point; 60 a lot; 17301 × 2 × 200 × 0.00002 is 138.4.
    assert_eq!(open.open_profit, Money::from_units(39_600));
    assert_eq!((open.today.fees, open.today.tax), (Money::from_units(120), Money::from_units(138)));
    assert_eq!(open.equity, Money::from_units(5_000_000 + 39_600 - 120 - 138));
    assert_eq!(open.margin, Money::from_units(368_000));
    assert_eq!(open.available, Money::from_units(5_039_342 - 368_000));
    floor.place(2, &market(Sell, 2));
    let flat = summary(&floor);
    assert_eq!(flat.today.realized, Money::from_units(98 * 2 * 200));
    assert_eq!((flat.open_profit, flat.margin), (Money::ZERO, Money::ZERO));
    assert_eq!(flat.equity, Money::from_units(5_000_000 + 39_200 - 240 - 138 - 139));
    assert_eq!(legs(&floor), (0, 0));
    floor.sim.open_day();
    let next = summary(&floor);
    assert_eq!((next.balance, next.equity), (flat.equity, flat.equity));
    assert_eq!(next.today.realized, Money::ZERO);
}

#[test]
fn margin_counts_positions_and_working_orders() {
    let mut floor =
        Floor::with(Settings { balance: Money::from_units(600_000), ..Settings::default() });
    floor.trade(17_300, 1);
    floor.place(1, &market(Buy, 1));
    floor.place(2, &limit(Buy, 1, 17_200));
    assert_eq!(summary(&floor).ordered, Money::from_units(184_000));
    floor.told();
    floor.place(3, &limit(Buy, 2, 17_100));
    floor.place(4, &limit(Buy, 1, 17_100));
    floor.place(5, &market(Buy, 1));
    assert_eq!(floor.told(), ["3 rejected MARGIN", "4 accepted", "5 rejected MARGIN"]);
    floor.sim.cancel(OrderId(4), &mut floor.news).unwrap();
    floor.place(6, &market(Buy, 1));
    assert_eq!(floor.told(), ["4 canceled", "6 accepted", "6 filled 1 @ 17301"]);
}

#[test]
fn a_refusal_for_margin_says_what_is_needed_and_what_is_there() {
    let mut floor =
        Floor::with(Settings { balance: Money::from_units(100_000), ..Settings::default() });
    floor.trade(17_300, 1);
    floor.place(1, &market(Sell, 1));
    let News::Report { report: Report::Rejected(refusal), .. } = &floor.news[0] else { panic!() };
    assert_eq!(refusal.text, "184000 TWD of margin is needed, 100000 is available");
}

#[test]
fn closing_needs_no_margin_even_after_ruinous_losses() {
    let mut floor =
        Floor::with(Settings { balance: Money::from_units(190_000), ..Settings::default() });
    floor.trade(17_300, 1);
    floor.place(1, &market(Buy, 1));
    floor.trade(16_000, 1);
    assert!(summary(&floor).available.is_negative());
    floor.told();
    floor.place(2, &limit(Sell, 1, 16_500));
    assert_eq!(summary(&floor).ordered, Money::ZERO);
    floor.place(3, &as_is(Close, limit(Sell, 1, 16_400)));
    // Another auto order finds the lots spoken for: it would open.
    floor.place(4, &limit(Sell, 1, 16_600));
    assert_eq!(floor.told(), ["2 accepted", "3 accepted", "4 rejected MARGIN"]);
}

#[test]
fn margin_by_rate_follows_the_price() {
    let mut floor = Floor::new();
    let margin = Margin::Rate { initial: 135_000, maintenance: 103_500 };
    floor.sim.list(Instrument { margin, multiplier: lots(2_000), ..future("TXFH1") });
    floor.trade(100, 1);
    floor.place(1, &market(Buy, 1));
    floor.place(2, &limit(Buy, 1, 95));
    // 13.5 percent of 2000 × 100 and of 2000 × 95.
    let it = summary(&floor);
    assert_eq!((it.margin, it.ordered), (Money::from_units(27_000), Money::from_units(25_650)));
}

#[test]
fn long_and_short_stand_side_by_side_and_close_apart() {
    let mut floor = Floor::new();
    floor.trade(17_300, 1);
    floor.place(1, &as_is(Open, market(Buy, 3)));
    floor.place(2, &as_is(Open, market(Sell, 2)));
    assert_eq!(legs(&floor), (3, 2));
    assert_eq!(summary(&floor).margin, Money::from_units(5 * 184_000));
    floor.told();
    floor.place(3, &as_is(Close, market(Buy, 3)));
    floor.place(4, &as_is(Close, market(Buy, 2)));
    floor.place(5, &market(Sell, 4));
    assert_eq!(legs(&floor), (0, 1));
    assert_eq!(
        floor.told(),
        [
            "3 rejected NOT_HELD",
            "4 accepted",
            "4 filled 2 @ 17301",
            "5 accepted",
            "5 filled 4 @ 17299"
        ]
    );
}

#[test]
fn working_closes_claim_their_lots() {
    let mut floor = Floor::new();
    floor.trade(17_300, 1);
    floor.place(1, &market(Buy, 3));
    floor.place(2, &as_is(Close, limit(Sell, 2, 17_400)));
    floor.told();
    floor.place(3, &as_is(Close, market(Sell, 2)));
    floor.place(4, &as_is(Close, market(Sell, 1)));
    assert_eq!(floor.told(), ["3 rejected NOT_HELD", "4 accepted", "4 filled 1 @ 17299"]);
}

#[test]
fn a_close_whose_lots_are_gone_ends_instead_of_opening() {
    let mut floor = Floor::new();
    floor.trade(17_300, 1);
    floor.place(1, &market(Buy, 3));
    floor.place(2, &as_is(Close, limit(Sell, 3, 17_400)));
    floor.place(3, &market(Sell, 2));
    floor.told();
    floor.trade(17_401, 9);
    assert_eq!(floor.told(), ["2 filled 1 @ 17400", "2 expired"]);
    assert_eq!(legs(&floor), (0, 0));
}

#[test]
fn accounts_are_apart() {
    let mut floor = Floor::new();
    floor.trade(17_300, 1);
    let other: AccountId = "SIM-2".parse().unwrap();
    floor.place(1, &Ticket { account: other, ..market(Buy, 1) });
    assert_eq!(legs(&floor), (0, 0));
    assert_eq!(floor.sim.positions(&other).count(), 1);
    assert_eq!(summary(&floor).equity, Money::from_units(5_000_000));
    let stranger = "SIM-3".parse().unwrap();
    assert!(floor.sim.summary(&stranger).is_none());
    assert_eq!(floor.sim.positions(&stranger).count(), 0);
}
