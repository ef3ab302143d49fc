//! What happened at the venue while nobody listened.

use super::*;

#[test]
fn a_change_that_nobody_heard_of_is_taken_over_before_the_fills_that_it_led_to() {
    let mut rig = Apart::in_session(true);
    let order = rig.place(limit(Side::Buy, 17_200, 1));
    rig.tell(accepted(order));
    let amend = Request::Amend { order, quantity: Some(lots(4)), price: None };
    rig.core.serve(&amend, Door::Desk, rig.now).unwrap();
    rig.core.serve(&Request::Cancel { order }, Door::Desk, rig.now).unwrap();
    rig.line.die();
    rig.hear();
    rig.hello(fed());
    let traded = VenueFill {
        order: Some(order),
        venue_id: None,
        fill: fill("T-1", 4),
        deal: Deal::default(),
    };
    let held = VenuePosition {
        account: id("SIM-1"),
        item: id(ITEM),
        side: Side::Buy,
        quantity: lots(4),
        average: None,
    };
    rig.listed(&[row(order, Status::Filled, 4, 4)], &[traded], &[held]);
    assert_eq!((rig.status(order), rig.net()), (Status::Filled, lots(4)));
    rig.check();
}

#[test]
fn numbers_of_orders_that_the_journal_lost_are_not_given_again() {
    let mut rig = Apart::in_session(true);
    let denied = rig.core.state().next_order();
    rig.line.die();
    rig.hear();
    rig.core
        .serve(&Request::Place { intent: Box::new(market(Side::Buy, 1)) }, Door::Desk, rig.now)
        .unwrap_err();
    assert_eq!(rig.status(denied), Status::Denied);
    rig.hello(fed());
    let (next, far) = (OrderId(denied.0 + 6), OrderId(u64::MAX));
    let rows = [denied, next, far].map(|it| row(it, Status::New, 1, 0));
    rig.listed(&rows, &[], &[]);
    assert_eq!(rig.status(denied), Status::Denied, "what works there is another order");
    let told = rig.alerts("RECONCILED");
    assert_eq!(told.iter().filter(|it| it.contains("was not sent from here")).count(), 3);
    let order = rig.place(limit(Side::Buy, 17_200, 1));
    assert_eq!(order, OrderId(next.0 + 1));
    rig.check();
}
