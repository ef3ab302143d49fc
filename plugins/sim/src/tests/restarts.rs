//! A machine that restarts hands back what its journal holds, and trades on as if it had not.

use aftm_domain::Order;
use aftm_domain::Side::Buy;
use aftm_domain::order::Status;

use super::*;
use crate::{Past, Totals};

/// What a journal would hold of the floor, in a new one that has told the same so far.
pub(super) fn restarted(floor: Floor, settings: Settings) -> Floor {
    let mut next = Floor::with(settings);
    (next.milliseconds, next.news) = (floor.milliseconds, floor.news);
    for order in floor.sim.working() {
        let (placed, status) = (morning(floor.milliseconds), Status::InDoubt);
        let (id, venue_id, ticket, filled) = (order.id, order.venue_id, order.ticket, order.filled);
        let is_triggered = !order.is_waiting;
        let past = Past { id, venue_id, ticket, filled, is_triggered, status, placed };
        next.sim.restore_order(past).unwrap();
    }
    for (item, position) in floor.sim.positions(&account()) {
        next.sim.restore_position(&account(), *item, position.clone()).unwrap();
    }
    let money = floor.sim.summary(&account()).unwrap();
    next.sim.restore_totals(&account(), money.balance, money.today).unwrap();
    next
}

#[test]
fn trade_names_after_a_restart_are_new() {
    let mut floor = Floor::new();
    floor.trade(17_300, 1);
    floor.place(1, &limit(Buy, 3, 17_290));
    floor.trade(17_290, 1);
    let mut other = restarted(floor, Settings::default());
    other.trade(17_290, 1);
    other.trade(17_290, 1);
    let mut order = Order::sent(OrderId(1), limit(Buy, 3, 17_290));
    for news in &other.news {
        let News::Report { report, .. } = news else { panic!() };
        order.apply(report).unwrap();
    }
    assert_eq!(order.status, Status::Filled);
}

#[test]
fn an_order_that_ended_only_keeps_its_id_taken() {
    let mut floor = Floor::new();
    floor.trade(17_300, 1);
    let (venue_id, ticket) = ("SIM-00000005".parse().unwrap(), limit(Buy, 1, 17_290));
    let (id, filled, placed) = (OrderId(5), Quantity::ZERO, morning(0));
    let (status, is_triggered) = (Status::Canceled, false);
    let past = Past { id, venue_id, ticket, filled, is_triggered, status, placed };
    floor.sim.restore_order(past).unwrap();
    assert!(floor.sim.working().is_empty());
    floor.place(5, &ticket);
    floor.sim.cancel(OrderId(5), &mut floor.news).unwrap();
    assert_eq!(floor.told(), ["5 rejected DUPLICATE", "5 cancel_rejected ORDER_ENDED"]);
}

#[test]
fn what_cannot_be_restored_is_refused_and_changes_nothing() {
    let mut floor = Floor::new();
    let (venue_id, ticket) = ("SIM-00000005".parse().unwrap(), limit(Buy, 2, 17_290));
    let (id, filled, placed, status) = (OrderId(5), lots(1), morning(0), Status::New);
    let is_triggered = false;
    let past = Past { id, venue_id, ticket, filled, is_triggered, status, placed };
    let elsewhere = "TXFI1".parse().unwrap();
    let stranger: AccountId = "SIM-9".parse().unwrap();
    let table = [
        (Past { ticket: Ticket { item: elsewhere, ..ticket }, ..past }, "UNKNOWN_ITEM"),
        (Past { ticket: Ticket { account: stranger, ..ticket }, ..past }, "UNKNOWN_ACCOUNT"),
        (Past { filled: lots(2), ..past }, "ORDER_ENDED"),
        (Past { filled: lots(-1), ..past }, "ORDER_ENDED"),
        (Past { ticket: market(Buy, 2), ..past }, "ORDER_ENDED"),
    ];
    for (past, code) in table {
        assert_eq!(floor.sim.restore_order(past).unwrap_err().code, code);
    }
    assert!(floor.sim.restore_position(&account(), elsewhere, Default::default()).is_err());
    assert!(floor.sim.restore_position(&stranger, item(), Default::default()).is_err());
    assert!(floor.sim.restore_totals(&stranger, Money::ZERO, Totals::default()).is_err());
    assert!(floor.sim.working().is_empty());
    floor.sim.restore_order(past).unwrap();
    assert_eq!(floor.sim.restore_order(past).unwrap_err().code, "DUPLICATE");
}

#[test]
fn a_rod_order_of_yesterday_ends_when_the_clock_starts() {
    let mut floor = Floor::with(Settings { sessions: true, ..Settings::default() });
    let (venue_id, ticket) = ("SIM-00000005".parse().unwrap(), limit(Buy, 2, 17_290));
    let (id, filled, placed, status) = (OrderId(5), lots(1), morning(0), Status::New);
    let is_triggered = false;
    let past = Past { id, venue_id, ticket, filled, is_triggered, status, placed };
    floor.sim.restore_order(past).unwrap();
    floor.trade_at(time("2021-07-27T09:00:00+08:00"), 17_000, 9, None);
    assert_eq!(floor.told(), ["5 expired"]);
}

#[test]
fn a_stop_limit_that_was_triggered_rests_at_its_limit_and_one_that_was_not_waits() {
    for (is_triggered, fills) in [(true, 1), (false, 0)] {
        let mut floor = Floor::new();
        let (venue_id, ticket) =
            ("SIM-00000005".parse().unwrap(), stop(Buy, 1, 17_310, Some(17_305)));
        let (id, filled, placed, status) = (OrderId(5), Quantity::ZERO, morning(0), Status::New);
        let past = Past { id, venue_id, ticket, filled, is_triggered, status, placed };
        floor.sim.restore_order(past).unwrap();
        floor.trade(17_300, 1);
        assert_eq!(floor.told().len(), fills, "{is_triggered}");
    }
}
