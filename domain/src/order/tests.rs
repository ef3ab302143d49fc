use super::*;
use crate::{ExchangeTime, Money};

fn ticket(lots: i64) -> Ticket {
    Ticket {
        account: "SIM-1".parse().unwrap(),
        item: "TXFH1".parse().unwrap(),
        side: Side::Buy,
        kind: Kind::Limit,
        price: Some("17300".parse().unwrap()),
        stop_price: None,
        quantity: Quantity::from_units(lots).unwrap(),
        time_in_force: TimeInForce::Rod,
        open_close: OpenClose::Auto,
        day_trade: false,
        note: Note::default(),
    }
}

fn fill(trade: &str, lots: i64) -> Fill {
    Fill {
        trade: trade.parse().unwrap(),
        price: "17300".parse().unwrap(),
        quantity: Quantity::from_units(lots).unwrap(),
        fee: Money::ZERO,
        tax: Money::ZERO,
        time: ExchangeTime::default(),
    }
}

fn reports() -> Vec<Report> {
    let refusal = Refusal { code: "1".to_owned(), text: "no".to_owned() };
    vec![
        Report::Accepted { venue_id: "V1".parse().unwrap() },
        Report::Rejected(refusal.clone()),
        Report::Triggered,
        Report::Filled(fill("T9", 1)),
        Report::Filled(fill("T9", 3)),
        Report::Canceled,
        Report::Expired,
        Report::CancelSent,
        Report::CancelRejected(refusal.clone()),
        Report::ReplaceSent,
        Report::Replaced { quantity: Quantity::from_units(5).unwrap(), price: None },
        Report::ReplaceRejected(refusal),
        Report::NoReply,
        Report::Kept,
        Report::Released,
    ]
}

/// The whole table, so that a change of it is read as a change of it.
#[test]
fn the_transition_table_is_this() {
    use std::fmt::Write as _;
    let names = [
        "accept", "reject", "trig", "fill", "full", "cancel", "expire", "c.sent", "c.rej",
        "r.sent", "replac", "r.rej", "silent", "kept", "released",
    ];
    let mut table = String::from("               ");
    for name in names {
        let _ = write!(table, " {name:<14}");
    }
    for status in Status::ALL {
        let _ = write!(table, "\n{:<15}", status.to_string());
        for report in reports() {
            let stop = Ticket { kind: Kind::StopLimit, ..ticket(3) };
            let is_kept = report == Report::Released;
            let mut order = Order { status, is_kept, ..Order::sent(OrderId(1), stop) };
            let cell = order.apply(&report).map_or("-".to_owned(), |to| to.to_string());
            let _ = write!(table, " {cell:<14}");
        }
    }
    let table: Vec<&str> = table.lines().map(str::trim_end).collect();
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/src/order.table.txt");
    let expected = std::fs::read_to_string(path).unwrap_or_default();
    let expected: Vec<&str> = expected.lines().collect();
    assert_eq!(expected, table, "\n{}\n", table.join("\n"));
}

#[test]
fn only_an_order_with_a_stop_is_triggered() {
    let mut order = Order::sent(OrderId(1), ticket(1));
    assert!(order.apply(&Report::Triggered).is_err());
    order.ticket.kind = Kind::StopLimit;
    order.apply(&Report::Triggered).unwrap();
    assert!(order.is_triggered);
}

#[test]
fn a_refused_report_changes_nothing() {
    for status in Status::ALL {
        for report in reports() {
            let before = Order { status, ..Order::sent(OrderId(1), ticket(3)) };
            let mut order = before.clone();
            if order.apply(&report).is_err() {
                assert_eq!(order, before, "{status} × {}", report.word());
            }
        }
    }
}

#[test]
fn a_fill_is_counted_once_and_never_beyond_the_order() {
    let mut order = Order::sent(OrderId(1), ticket(3));
    assert_eq!(order.apply(&Report::Filled(fill("T1", 2))), Ok(Status::New));
    assert!(matches!(
        order.apply(&Report::Filled(fill("T1", 1))),
        Err(OrderError::Duplicate { .. })
    ));
    assert!(matches!(
        order.apply(&Report::Filled(fill("T2", 2))),
        Err(OrderError::Overfill { .. })
    ));
    assert_eq!(order.apply(&Report::Filled(fill("T2", 1))), Ok(Status::Filled));
    assert_eq!(order.left(), Quantity::ZERO);
}

#[test]
fn a_fill_may_cross_a_cancel() {
    let mut order = Order::sent(OrderId(1), ticket(3));
    for report in [Report::CancelSent, Report::Filled(fill("T1", 1)), Report::Canceled] {
        order.apply(&report).unwrap();
    }
    assert_eq!(order.apply(&Report::Filled(fill("T2", 1))), Ok(Status::Canceled));
    assert_eq!(order.filled(), Quantity::from_units(2).unwrap());
    assert_eq!(order.working(), Quantity::ZERO);
}

/// A refused cancel or change that meets an order which has ended is no news: it crossed the end.
#[test]
fn a_refused_cancel_leaves_an_ended_order_as_it_is() {
    let refusal = Refusal { code: "ORDER_ENDED".to_owned(), text: "too late".to_owned() };
    for end in [Report::Filled(fill("T1", 3)), Report::Canceled, Report::Expired] {
        for late in
            [Report::CancelRejected(refusal.clone()), Report::ReplaceRejected(refusal.clone())]
        {
            let mut order = Order::sent(OrderId(1), ticket(3));
            order.apply(&Report::Accepted { venue_id: "V1".parse().unwrap() }).unwrap();
            order.apply(&Report::CancelSent).unwrap();
            order.apply(&end).unwrap();
            let before = order.clone();
            assert_eq!(order.apply(&late), Ok(before.status), "{}", late.word());
            assert_eq!(order, before);
        }
    }
}

#[test]
fn a_cancel_refused_before_the_order_was_answered_leaves_it_in_doubt() {
    let refusal = Refusal { code: "NOT_CONNECTED".to_owned(), text: "gone".to_owned() };
    let mut order = Order::sent(OrderId(1), ticket(3));
    order.apply(&Report::CancelSent).unwrap();
    assert_eq!(order.apply(&Report::CancelRejected(refusal.clone())), Ok(Status::InDoubt));
    order.apply(&Report::Accepted { venue_id: "V1".parse().unwrap() }).unwrap();
    order.apply(&Report::CancelSent).unwrap();
    assert_eq!(order.apply(&Report::CancelRejected(refusal)), Ok(Status::New));
}

#[test]
fn a_change_down_to_what_was_filled_meanwhile_ends_the_order() {
    let mut order = Order::sent(OrderId(1), ticket(3));
    order.apply(&Report::Accepted { venue_id: "V1".parse().unwrap() }).unwrap();
    order.apply(&Report::ReplaceSent).unwrap();
    order.apply(&Report::Filled(fill("T1", 2))).unwrap();
    let quantity = Quantity::from_units(2).unwrap();
    let price = order.ticket.price;
    assert_eq!(order.apply(&Report::Replaced { quantity, price }), Ok(Status::Filled));
}

#[test]
fn a_stop_that_we_kept_is_sent_as_what_it_turned_into() {
    let stop_price = Some("17350".parse().unwrap());
    for (kind, sent) in [(Kind::Stop, Kind::Market), (Kind::StopLimit, Kind::Limit)] {
        let mut order = Order::sent(OrderId(1), Ticket { kind, stop_price, ..ticket(2) });
        assert_eq!(order.apply(&Report::Kept), Ok(Status::New));
        assert_eq!(order.sendable(), order.ticket);
        assert_eq!(order.apply(&Report::Released), Ok(Status::PendingNew));
        let ticket = order.sendable();
        assert_eq!((ticket.kind, ticket.stop_price), (sent, None));
        assert_eq!(ticket.time_in_force == TimeInForce::Ioc, kind == Kind::Stop);
        assert!(order.apply(&Report::Released).is_err());
    }
    let mut order = Order::sent(OrderId(1), ticket(1));
    assert!(order.apply(&Report::Kept).is_err(), "an order without a stop is sent");
}
