//! Two orders of which one cancels the other.

use super::*;

fn pair(rig: &mut Rig, orders: [OrderId; 2]) -> Result<Reply, Refused> {
    rig.desk(&Request::Pair { request: None, orders })
}

fn stop(side: Side, price: i64, count: i64) -> Intent {
    let stop_price = Some(points(price));
    let time_in_force = TimeInForce::Rod;
    Intent { kind: Kind::Stop, stop_price, time_in_force, ..market(side, count) }
}

#[test]
fn one_that_is_filled_cancels_the_other() {
    let mut rig = Rig::new();
    let above = rig.placed(stop(Side::Buy, 17_320, 1));
    let below = rig.placed(stop(Side::Sell, 17_280, 1));
    let Ok(Reply::Protected { row }) = pair(&mut rig, [above, below]) else { panic!() };
    assert_eq!((row.on, row.other), (Some(above), Some(below)));
    rig.restart();
    rig.login();
    rig.tick(17_320);
    assert_eq!((rig.status(above), rig.status(below)), (Status::Filled, Status::Canceled));
    assert_eq!(rig.row(row.id).state, ProtectionState::Done);
    rig.check_fold();
}

#[test]
fn one_that_is_filled_in_part_cuts_the_other_down_by_as_much() {
    let mut rig = Rig::new();
    let limit = rig.placed(limit(Side::Buy, 17_290, 3));
    let stop = rig.placed(stop(Side::Buy, 17_330, 3));
    pair(&mut rig, [limit, stop]).unwrap();
    rig.tick(17_290);
    assert_eq!(rig.core.state().orders[&stop].order.ticket.quantity, lots(2));
    rig.tick(17_290);
    assert_eq!(rig.core.state().orders[&stop].order.left(), lots(1));
    rig.tick(17_331);
    assert_eq!(rig.net(), lots(3));
    assert_eq!((rig.status(limit), rig.status(stop)), (Status::Canceled, Status::Filled));
    assert!(!rig.alerts().contains(&"PAIR_BOTH_FILLED".to_owned()));
    rig.check_fold();
}

#[test]
fn both_filled_at_once_is_told_and_nothing_is_sent() {
    let late = aftm_sim::Settings { latency: 2 * Stamp::SECOND, ..Default::default() };
    let mut rig = Rig::with(late);
    let low = rig.placed(limit(Side::Buy, 17_290, 1));
    let high = rig.placed(limit(Side::Buy, 17_280, 1));
    (0..4).for_each(|_| rig.tick(17_300));
    pair(&mut rig, [low, high]).unwrap();
    rig.alerts();
    // Both are filled before the first word of it is here.
    rig.tick(17_270);
    (0..6).for_each(|_| rig.tick(17_300));
    assert_eq!(rig.net(), lots(2));
    assert!(rig.alerts().contains(&"PAIR_BOTH_FILLED".to_owned()));
    assert_eq!(rig.orders(), 2);
    assert!(rig.core.state().protections.is_idle());
    rig.check_fold();
}

#[test]
fn one_that_is_canceled_leaves_the_other_alone() {
    let mut rig = Rig::new();
    let low = rig.placed(limit(Side::Buy, 17_290, 1));
    let high = rig.placed(limit(Side::Buy, 17_280, 1));
    let Ok(Reply::Protected { row }) = pair(&mut rig, [low, high]) else { panic!() };
    rig.do_it(&Request::Cancel { order: low });
    assert_eq!(rig.status(high), Status::New);
    assert!(rig.row(row.id).text.contains("works on alone"), "{}", rig.row(row.id).text);
}

#[test]
fn what_is_no_pair_is_refused() {
    let mut rig = Rig::new();
    let one = rig.placed(limit(Side::Buy, 17_290, 1));
    let larger = rig.placed(limit(Side::Buy, 17_280, 2));
    let code = |asked: Result<Reply, Refused>| asked.unwrap_err().code;
    assert_eq!(code(pair(&mut rig, [one, one])), "INVALID_PAIR");
    assert_eq!(code(pair(&mut rig, [one, larger])), "INVALID_PAIR");
    assert_eq!(code(pair(&mut rig, [one, OrderId(9)])), "UNKNOWN_ORDER");
    let other = rig.placed(limit(Side::Buy, 17_270, 1));
    pair(&mut rig, [one, other]).unwrap();
    assert_eq!(code(pair(&mut rig, [other, one])), "INVALID_PAIR");
}
