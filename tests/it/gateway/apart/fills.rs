//! Fills that are not of the order that they name.

use super::*;

fn told(order: OrderId, deal: Deal) -> VenueFill {
    VenueFill { order: Some(order), venue_id: None, fill: fill("T-1", 1), deal }
}

fn deal(account: &str, item: &str, side: Side) -> Deal {
    Deal { account: Some(id(account)), item: Some(id(item)), side: Some(side) }
}

#[test]
fn a_fill_of_another_side_item_or_account_than_its_order_counts_nowhere_and_is_told_with_both() {
    for (deal, text) in [
        (deal("SIM-1", ITEM, Side::Sell), "it is sell TXFH1 for SIM-1"),
        (deal("SIM-1", "MXFH1", Side::Buy), "it is buy MXFH1 for SIM-1"),
        (deal("SIM-2", ITEM, Side::Buy), "it is buy TXFH1 for SIM-2"),
    ] {
        let mut rig = Apart::in_session(true);
        let order = rig.place(limit(Side::Buy, 17_200, 1));
        rig.tell(accepted(order));
        rig.line.calls();
        rig.tell(VenueWord::Filled { row: Box::new(told(order, deal)) });
        assert_eq!((rig.status(order), rig.net()), (Status::New, lots(0)));
        let alerts = rig.alerts("FILL_MISMATCH").join("");
        assert!(alerts.contains(text), "{alerts}");
        assert!(alerts.contains("the order is buy TXFH1 for SIM-1"), "{alerts}");
        // The exchange's own list says what is held.
        rig.hear();
        rig.now = rig.now.after(3 * SECOND);
        rig.hear();
        let calls = rig.line.calls();
        let asked = calls.iter().filter(|it| matches!(it, VenueCall::Stand {})).count();
        assert_eq!(asked, 1, "{calls:?}");
        let held = VenuePosition {
            account: id("SIM-1"),
            item: id(ITEM),
            side: Side::Sell,
            quantity: lots(1),
            average: None,
        };
        rig.list(&[row(order, Status::New, 1, 0)], &[told(order, deal)], &[held]);
        assert_eq!((rig.status(order), rig.net()), (Status::New, lots(-1)));
        rig.check();
    }
}

#[test]
fn a_fill_that_says_what_its_order_says_or_nothing_counts() {
    for deal in [deal("SIM-1", ITEM, Side::Buy), Deal::default()] {
        let mut rig = Apart::in_session(true);
        let order = rig.place(limit(Side::Buy, 17_200, 1));
        rig.tell(accepted(order));
        rig.tell(VenueWord::Filled { row: Box::new(told(order, deal)) });
        assert_eq!((rig.status(order), rig.net()), (Status::Filled, lots(1)));
        rig.check();
    }
}

#[test]
fn a_fill_that_names_its_order_accepts_it_unless_it_is_of_another() {
    let named = |order, deal| {
        let row = VenueFill { venue_id: Some("V-1".parse().unwrap()), ..told(order, deal) };
        VenueWord::Filled { row: Box::new(row) }
    };
    let mut rig = Apart::in_session(true);
    let order = rig.place(limit(Side::Buy, 17_200, 2));
    assert_eq!(rig.status(order), Status::PendingNew);
    for _ in 0..2 {
        // The second time it is told again, after a connection was lost.
        rig.tell(named(order, deal("SIM-1", ITEM, Side::Buy)));
        assert_eq!((rig.status(order), rig.net()), (Status::New, lots(1)));
    }
    let name = |rig: &Apart, order| rig.core.state().placed(order).unwrap().order.venue_id;
    assert_eq!(name(&rig, order).map(|it| it.to_string()).as_deref(), Some("V-1"));
    rig.check();
    let order = rig.place(limit(Side::Buy, 17_200, 1));
    rig.tell(named(order, deal("SIM-2", ITEM, Side::Buy)));
    assert_eq!((rig.status(order), name(&rig, order)), (Status::PendingNew, None));
    // It answered nothing: the order is asked for like any other that nothing is heard of.
    rig.now = rig.now.after(60 * SECOND);
    rig.core.expire(rig.now);
    assert_eq!(rig.status(order), Status::InDoubt);
}

#[test]
fn an_acceptance_that_is_told_twice_before_it_is_heard_is_one() {
    for is_fill_first in [false, true] {
        let mut rig = Apart::in_session(true);
        let order = rig.place(limit(Side::Buy, 17_200, 2));
        let accepted = accepted(order);
        let VenueWord::Report { report: Report::Accepted { venue_id }, .. } = accepted else {
            panic!("{accepted:?}")
        };
        let named = |trade| {
            let row = told(order, deal("SIM-1", ITEM, Side::Buy));
            let row = VenueFill { venue_id: Some(venue_id), fill: fill(trade, 1), ..row };
            VenueWord::Filled { row: Box::new(row) }
        };
        let mut words = vec![accepted, named("T-1"), named("T-2")];
        if is_fill_first {
            words.rotate_left(1);
        }
        words.into_iter().for_each(|it| rig.line.say(it));
        rig.hear();
        assert_eq!((rig.status(order), rig.net()), (Status::Filled, lots(2)));
        rig.check();
    }
}
