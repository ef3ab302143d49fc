//! What the venue's own lists settle.

use super::*;

#[test]
fn an_order_under_way_when_the_process_died_is_in_doubt_and_never_sent_again() {
    let mut rig = Apart::in_session(true);
    let order = rig.place(limit(Side::Buy, 17_200, 1));
    assert_eq!(places(&rig.line.calls()), 1);
    rig.line.die();
    rig.hear();
    assert!(!rig.core.state().is_connected);
    let refused = rig.core.serve(
        &Request::Place { intent: Box::new(market(Side::Buy, 1)) },
        Door::Desk,
        rig.now,
    );
    assert_eq!(refused.unwrap_err().code, "NOT_CONNECTED");
    rig.hello(fed());
    assert!(
        matches!(rig.line.calls().last(), Some(VenueCall::Login { .. })),
        "it logs in again by itself"
    );
    // The venue does not list the order: it may still be on its way there.
    rig.listed(&[], &[], &[]);
    assert_eq!(rig.status(order), Status::InDoubt);
    assert!(rig.core.state().is_connected);
    rig.now = rig.now.after(3 * SECOND);
    rig.core.inquire(rig.now);
    let asked = rig.line.calls();
    assert!(asked.iter().any(|it| matches!(it, VenueCall::Inquire { .. })), "{asked:?}");
    rig.tell(VenueWord::Unknown { order });
    assert_eq!(rig.status(order), Status::InDoubt, "it may be on its way there still");
    rig.now = rig.now.after(2 * SECOND - 1);
    rig.core.inquire(rig.now);
    assert!(rig.line.calls().is_empty(), "not at once");
    rig.now = rig.now.after(1);
    rig.core.inquire(rig.now);
    assert!(matches!(rig.line.calls()[..], [VenueCall::Inquire { .. }]));
    rig.tell(VenueWord::Unknown { order });
    assert_eq!((rig.status(order), places(&asked)), (Status::Rejected, 0));
    rig.check();
}

#[test]
fn an_order_that_the_venue_had_when_the_process_died_is_taken_over_from_its_lists_once() {
    let mut rig = Apart::in_session(true);
    let order = rig.place(limit(Side::Buy, 17_200, 3));
    rig.line.die();
    rig.hear();
    rig.hello(fed());
    let traded = VenueFill {
        order: Some(order),
        venue_id: None,
        fill: fill("T-1", 1),
        deal: Deal::default(),
    };
    let held = VenuePosition {
        account: id("SIM-1"),
        item: id(ITEM),
        side: Side::Buy,
        quantity: lots(1),
        average: None,
    };
    rig.listed(&[row(order, Status::New, 3, 1)], &[traded], &[held]);
    assert_eq!((rig.status(order), rig.net()), (Status::New, lots(1)));
    // What was told before the connection was lost may be told again.
    rig.line.say(accepted(order));
    rig.tell(VenueWord::Report { order, report: Report::Filled(fill("T-1", 1)) });
    rig.tell(VenueWord::Report { order, report: Report::Filled(fill("T-2", 2)) });
    assert_eq!((rig.status(order), rig.net()), (Status::Filled, lots(3)));
    assert_eq!(places(&rig.line.calls()), 1, "by the process that died");
    rig.check();
}

#[test]
fn every_difference_to_the_lists_of_the_venue_is_told_and_its_word_counts() {
    let mut rig = Apart::in_session(true);
    let (working, gone) =
        (rig.place(limit(Side::Buy, 17_200, 2)), rig.place(limit(Side::Buy, 17_100, 1)));
    rig.line.say(accepted(working));
    rig.tell(accepted(gone));
    let canceled = rig.place(limit(Side::Buy, 17_000, 1));
    rig.tell(accepted(canceled));
    rig.tell(VenueWord::Down { reason: "the line is cut".to_owned() });
    assert!(!rig.core.state().is_connected);
    rig.alerts("");
    rig.line.calls();
    rig.tell(VenueWord::Up {});
    assert!(matches!(rig.line.calls()[..], [VenueCall::Stand {}]));
    assert!(!rig.core.state().is_connected, "not before everything is known");
    let foreign = VenueOrder { order: None, ..row(OrderId(99), Status::New, 1, 0) };
    let orders = [row(working, Status::New, 2, 0), row(canceled, Status::Canceled, 1, 0), foreign];
    let held = VenuePosition {
        account: id("SIM-1"),
        item: id(ITEM),
        side: Side::Sell,
        quantity: lots(4),
        average: Some(points(17_250)),
    };
    rig.list(&orders, &[], &[held]);
    assert!(rig.core.state().is_connected);
    assert_eq!(rig.status(working), Status::New);
    assert_eq!((rig.status(gone), rig.status(canceled)), (Status::Expired, Status::Canceled));
    assert_eq!(rig.net(), lots(-4));
    let told = rig.alerts("RECONCILED").join("\n");
    for part in [
        "no longer lists order A2",
        "order A3 is Canceled at the exchange",
        "order V-99 works at the exchange and was not sent from here",
        "holds 4 TXFH1 short at the exchange, 0 by this journal",
    ] {
        assert!(told.contains(part), "{part:?} is not in:\n{told}");
    }
    rig.check();
}

#[test]
fn a_connection_that_is_back_and_lists_nothing_is_given_up_for_another_process() {
    let mut rig = Apart::in_session(true);
    rig.tell(VenueWord::Down { reason: "the line is cut".to_owned() });
    rig.now = rig.now.after(600 * SECOND);
    rig.hear();
    assert!(rig.line.0.lock().unwrap().is_there, "a line may stay cut for long");
    rig.tell(VenueWord::Up {});
    rig.now = rig.now.after(61 * SECOND);
    rig.hear();
    assert!(!rig.line.0.lock().unwrap().is_there);
    rig.hello(fed());
    assert!(matches!(rig.line.calls().last(), Some(VenueCall::Login { .. })));
}

#[test]
fn lots_of_today_and_of_yesterday_are_one_position_at_their_average() {
    let mut rig = Apart::new(true);
    rig.hello(fed());
    let login = Request::Login { user: id("demo"), password: None, production: false };
    rig.core.serve(&login, Door::Desk, rig.now).unwrap_err();
    let part = |count: i64, price: i64| VenuePosition {
        account: id("SIM-1"),
        item: id(ITEM),
        side: Side::Buy,
        quantity: lots(count),
        average: Some(points(price)),
    };
    rig.listed(&[], &[], &[part(1, 17_000), part(3, 17_400)]);
    let holding = &rig.core.state().holdings[&(id("SIM-1"), id(ITEM))];
    assert_eq!(holding.position.held(Side::Buy), lots(4));
    assert_eq!(holding.position.average(Side::Buy), Some(points(17_300)));
    rig.check();
}

#[test]
fn where_the_venue_does_not_say_it_we_say_whether_an_order_opens_or_closes() {
    let mut rig = Apart::new(true);
    rig.hello(Abilities { auto_offset: false, ..fed() });
    let login = Request::Login { user: id("demo"), password: None, production: false };
    rig.core.serve(&login, Door::Desk, rig.now).unwrap_err();
    let held = VenuePosition {
        account: id("SIM-1"),
        item: id(ITEM),
        side: Side::Buy,
        quantity: lots(2),
        average: Some(points(17_250)),
    };
    rig.listed(&[], &[], &[held]);
    rig.line.calls();
    for (side, count, sent) in [
        (Side::Buy, 1, Some(OpenClose::Open)),
        (Side::Sell, 2, Some(OpenClose::Close)),
        (Side::Sell, 3, None),
    ] {
        let order = rig.place(limit(side, 17_200, count));
        let calls = rig.line.calls();
        let said = calls.iter().find_map(|it| match it {
            VenueCall::Place { ticket, .. } => Some(ticket.open_close),
            _ => None,
        });
        assert_eq!(said, sent, "{side} {count}");
        let refusal = rig.core.state().orders[&order].order.refusal.clone();
        assert_eq!(
            refusal.map(|it| it.code),
            sent.is_none().then(|| "AUTO_UNSUPPORTED".to_owned())
        );
    }
    rig.check();
}
