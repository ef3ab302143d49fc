//! What happens while the venue's lists are made, and lists that cannot be used.

use super::*;

fn held(count: i64) -> VenuePosition {
    VenuePosition {
        account: id("SIM-1"),
        item: id(ITEM),
        side: Side::Buy,
        quantity: lots(count),
        average: None,
    }
}

/// A machine whose order works, and whose process died.
fn with_working_order() -> (Apart, OrderId) {
    let mut rig = Apart::in_session(true);
    let order = rig.place(limit(Side::Buy, 17_200, 3));
    rig.tell(accepted(order));
    rig.tell(VenueWord::Report { order, report: Report::Filled(fill("T-1", 1)) });
    rig.line.die();
    rig.hear();
    rig.hello(fed());
    rig.line.calls();
    (rig, order)
}

fn unreadable() -> VenueWord {
    let text = "the order A1 cannot be understood: its state 9 is not known".to_owned();
    VenueWord::Stands { refusal: Some(Refusal { code: "UNREADABLE".to_owned(), text }) }
}

/// Lets the pause before the next lists pass.
fn pause(rig: &mut Apart) {
    rig.hear();
    rig.now = rig.now.after(3 * SECOND);
    rig.hear();
}

fn stands(calls: &[VenueCall]) -> usize {
    calls.iter().filter(|it| matches!(it, VenueCall::Stand {})).count()
}

#[test]
fn lists_of_a_login_that_cannot_be_read_end_no_order_and_take_no_position() {
    let (mut rig, order) = with_working_order();
    rig.tell(unreadable());
    rig.tell(VenueWord::LoggedIn { accounts: vec![id("SIM-1")] });
    assert_eq!((rig.status(order), rig.net()), (Status::New, lots(1)));
    assert!(!rig.core.state().is_connected, "nobody trades before it is known how all stands");
    pause(&mut rig);
    assert_eq!(stands(&rig.line.calls()), 1, "they are asked for again");
    let traded = VenueFill {
        order: Some(order),
        venue_id: None,
        fill: fill("T-1", 1),
        deal: Deal::default(),
    };
    rig.list(&[row(order, Status::New, 3, 1)], &[traded], &[held(1)]);
    assert!(rig.core.state().is_connected);
    assert_eq!((rig.status(order), rig.net()), (Status::New, lots(1)));
    rig.check();
}

#[test]
fn a_first_login_whose_lists_cannot_be_read_says_why_and_is_logged_out() {
    let mut rig = Apart::new(true);
    rig.hello(fed());
    let login = Request::Login { user: id("demo"), password: None, production: false };
    rig.core.serve(&login, Door::Desk, rig.now).unwrap_err();
    rig.tell(unreadable());
    rig.tell(VenueWord::LoggedIn { accounts: vec![id("SIM-1")] });
    assert!(rig.core.take_login().is_none());
    pause(&mut rig);
    rig.tell(unreadable());
    rig.now = rig.now.after(61 * SECOND);
    rig.hear();
    let refused = rig.core.take_login().unwrap().unwrap_err();
    assert!(refused.text.contains("its state 9 is not known"), "{refused:?}");
    assert!(rig.line.calls().iter().any(|it| matches!(it, VenueCall::Logout {})));
}

#[test]
fn an_order_that_was_sent_while_lists_were_made_is_not_missing_in_them() {
    let mut rig = Apart::in_session(true);
    // An order of somebody else's moved: how everything stands is asked for.
    let foreign = VenueOrder { order: None, ..row(OrderId(99), Status::New, 1, 0) };
    rig.tell(VenueWord::Order { row: Box::new(foreign) });
    pause(&mut rig);
    assert_eq!(stands(&rig.line.calls()), 1);
    let (accepted_now, silent) =
        (rig.place(limit(Side::Buy, 17_200, 2)), rig.place(limit(Side::Buy, 17_100, 1)));
    rig.tell(accepted(accepted_now));
    rig.list(&[], &[], &[]);
    assert_eq!(rig.status(accepted_now), Status::New);
    assert_eq!(rig.status(silent), Status::PendingNew);
    pause(&mut rig);
    assert_eq!(stands(&rig.line.calls()), 1, "lists that know them are asked for");
    rig.check();
}

#[test]
fn a_fill_that_is_told_while_lists_are_made_is_not_taken_back_by_them() {
    let (mut rig, order) = with_working_order();
    rig.tell(VenueWord::Report { order, report: Report::Filled(fill("T-2", 1)) });
    let traded = VenueFill {
        order: Some(order),
        venue_id: None,
        fill: fill("T-1", 1),
        deal: Deal::default(),
    };
    rig.listed(&[row(order, Status::New, 3, 1)], &[traded], &[held(1)]);
    assert_eq!((rig.status(order), rig.net()), (Status::New, lots(2)));
    pause(&mut rig);
    assert_eq!(stands(&rig.line.calls()), 1);
    rig.list(&[row(order, Status::New, 3, 2)], &[traded], &[held(2)]);
    assert_eq!(rig.net(), lots(2));
    rig.check();
}

#[test]
fn a_fill_that_was_listed_as_held_before_it_was_told_does_not_count_twice_for_long() {
    let (mut rig, order) = with_working_order();
    let traded = VenueFill {
        order: Some(order),
        venue_id: None,
        fill: fill("T-1", 1),
        deal: Deal::default(),
    };
    rig.listed(&[row(order, Status::New, 3, 1)], &[traded], &[held(2)]);
    assert_eq!(rig.net(), lots(2));
    rig.line.calls();
    rig.tell(VenueWord::Report { order, report: Report::Filled(fill("T-2", 1)) });
    pause(&mut rig);
    assert_eq!(stands(&rig.line.calls()), 1);
    rig.list(&[row(order, Status::New, 3, 2)], &[traded], &[held(2)]);
    assert_eq!(rig.net(), lots(2));
    rig.check();
}

#[test]
fn lists_that_a_lost_connection_cut_in_two_are_made_anew() {
    let mut rig = Apart::in_session(true);
    let order = rig.place(limit(Side::Buy, 17_200, 2));
    rig.tell(accepted(order));
    let foreign = VenueOrder { order: None, ..row(OrderId(99), Status::New, 1, 0) };
    rig.tell(VenueWord::Order { row: Box::new(foreign) });
    pause(&mut rig);
    rig.tell(VenueWord::Down { reason: "the line is cut".to_owned() });
    rig.tell(VenueWord::Up {});
    assert_eq!(stands(&rig.line.calls()), 1, "one after another");
    rig.list(&[], &[], &[]);
    assert!(!rig.core.state().is_connected);
    assert_eq!((rig.status(order), stands(&rig.line.calls())), (Status::New, 1));
    rig.list(&[row(order, Status::New, 2, 0)], &[], &[]);
    assert!(rig.core.state().is_connected);
    assert_eq!(rig.status(order), Status::New);
    rig.check();
}

#[test]
fn the_lists_of_one_account_say_nothing_of_another() {
    let (mut rig, order) = with_working_order();
    rig.list(&[], &[], &[]);
    rig.tell(VenueWord::LoggedIn { accounts: vec![id("OTHER-2")] });
    assert_eq!((rig.status(order), rig.net()), (Status::New, lots(1)));
    rig.check();
}

#[test]
fn a_cancel_for_a_pair_that_is_refused_is_asked_for_again_at_the_next_trade() {
    let mut rig = Apart::in_session(true);
    let place = |rig: &mut Apart, price: i64| {
        let order = rig.place(limit(Side::Buy, price, 1));
        rig.tell(accepted(order));
        order
    };
    let orders = [place(&mut rig, 17_290), place(&mut rig, 17_280)];
    let pair = Request::Pair { request: None, orders };
    rig.core.serve(&pair, Door::Desk, rig.now).unwrap();
    rig.line.calls();
    let [filled, other] = orders;
    rig.tell(VenueWord::Report { order: filled, report: Report::Filled(fill("T-1", 1)) });
    for _ in 0..3 {
        let calls = rig.line.calls();
        let is_cancel =
            |it: &VenueCall| matches!(it, VenueCall::Cancel { order } if order.id == other);
        assert_eq!(calls.iter().filter(|it| is_cancel(it)).count(), 1, "{calls:?}");
        let refusal = Refusal { code: "BUSY".to_owned(), text: "later".to_owned() };
        rig.tell(VenueWord::Report { order: other, report: Report::CancelRejected(refusal) });
        let calls = rig.line.calls();
        assert!(!calls.iter().any(is_cancel), "not at once: {calls:?}");
        rig.now = rig.now.after(SECOND);
        let time = ExchangeTime { at: rig.now, offset: ExchangeTime::TAIPEI };
        let (price, quantity, received) = (points(17_300), lots(1), rig.now);
        let tick = Tick { sequence: 1, item: id(ITEM), price, quantity, time, received };
        rig.core.tick(&tick, None, rig.now);
    }
    rig.check();
}
