//! Orders that the venue lists and that were not sent from here.

use aftm_domain::order::Ticket;

use super::*;

/// An order of somebody else's, as the venue lists it.
fn theirs(status: Status, side: Side, count: i64, filled: i64) -> VenueOrder {
    let ticket = Ticket {
        account: id("SIM-1"),
        item: id(ITEM),
        side,
        kind: Kind::Limit,
        price: Some(points(17_200)),
        stop_price: None,
        quantity: lots(count),
        time_in_force: TimeInForce::Rod,
        open_close: OpenClose::Auto,
        day_trade: false,
        note: Note::default(),
    };
    let row = row(OrderId(99), status, count, filled);
    VenueOrder { order: None, ticket: Some(ticket), ..row }
}

fn traded(trade: &str, count: i64) -> VenueFill {
    VenueFill {
        order: None,
        venue_id: Some(id("V-99")),
        fill: fill(trade, count),
        deal: Deal::default(),
    }
}

fn held(side: Side, count: i64) -> VenuePosition {
    let (account, item, quantity) = (id("SIM-1"), id(ITEM), lots(count));
    VenuePosition { account, item, side, quantity, average: None }
}

/// How everything stands after the line was cut and is back.
fn back(rig: &mut Apart, orders: &[VenueOrder], fills: &[VenueFill], held: &[VenuePosition]) {
    rig.tell(VenueWord::Down { reason: "the line is cut".to_owned() });
    rig.tell(VenueWord::Up {});
    rig.line.calls();
    rig.list(orders, fills, held);
}

fn canceled(calls: &[VenueCall]) -> Vec<(OrderId, bool)> {
    let cancel = |it: &VenueCall| match it {
        VenueCall::Cancel { order } => Some((order.id, order.is_external)),
        _ => None,
    };
    calls.iter().filter_map(cancel).collect()
}

#[test]
fn an_order_that_was_not_sent_from_here_is_shown_counted_and_canceled_as_ours() {
    let mut rig = Apart::in_session(true);
    back(&mut rig, &[theirs(Status::New, Side::Buy, 2, 0)], &[], &[]);
    let ours = OrderId(1);
    let placed = &rig.core.state().orders[&ours];
    assert!(placed.is_external);
    assert_eq!((rig.status(ours), placed.order.venue_id), (Status::New, Some(id("V-99"))));
    assert_eq!(placed.order.ticket.price, Some(points(17_200)));
    let used = rig.core.limits().fingerprint();
    assert!(
        used.iter().any(|it| it.contains("TXFH1") && it.contains("[2000000000, 0]")),
        "{used:?}"
    );
    let mut events = Vec::new();
    rig.core.tell(&mut events);
    let is_shown =
        |it: &Event| matches!(it, Event::Order(row) if row.order == ours && row.is_external);
    assert!(events.iter().any(is_shown));
    let is_told = |it: &Event| {
        matches!(it, Event::Alert { code, text }
        if code == "RECONCILED" && text.contains("it is order A1 here from now on"))
    };
    assert!(events.iter().any(is_told), "{events:?}");
    rig.core.serve(&Request::Cancel { order: ours }, Door::Desk, rig.now).unwrap();
    assert_eq!(canceled(&rig.line.calls()), [(ours, true)]);
    let next = rig.place(limit(Side::Buy, 17_100, 1));
    assert_eq!(next, OrderId(2), "numbers are given once");
    rig.check();
}

#[test]
fn a_kill_cancels_what_was_not_sent_from_here_too() {
    let mut rig = Apart::in_session(true);
    back(&mut rig, &[theirs(Status::New, Side::Sell, 2, 0)], &[], &[]);
    let kill = Request::Kill {
        flatten: false,
        reason: "enough".to_owned(),
        scope: aftm::wire::Scope::Global,
    };
    rig.core.serve(&kill, Door::Desk, rig.now).unwrap();
    assert_eq!(canceled(&rig.line.calls()), [(OrderId(1), true)]);
    back(&mut rig, &[theirs(Status::Canceled, Side::Sell, 2, 0)], &[], &[]);
    assert_eq!(rig.status(OrderId(1)), Status::Canceled);
    rig.check();
}

#[test]
fn each_fill_of_such_an_order_moves_the_position_once() {
    let mut rig = Apart::in_session(true);
    back(
        &mut rig,
        &[theirs(Status::New, Side::Buy, 3, 1)],
        &[traded("T-1", 1)],
        &[held(Side::Buy, 1)],
    );
    assert_eq!((rig.net(), rig.status(OrderId(1))), (lots(1), Status::New));
    let (rows, fills) =
        ([theirs(Status::New, Side::Buy, 3, 2)], [traded("T-1", 1), traded("T-2", 1)]);
    back(&mut rig, &rows, &fills, &[held(Side::Buy, 2)]);
    assert_eq!(rig.net(), lots(2));
    rig.alerts("");
    back(&mut rig, &rows, &fills, &[held(Side::Buy, 2)]);
    assert_eq!(rig.net(), lots(2));
    assert_eq!(rig.alerts("RECONCILED"), Vec::<String>::new(), "nothing differs any more");
    assert_eq!(rig.core.state().orders.len(), 1);
    // Every lot is of a fill: nothing was taken over blindly.
    assert!(rig.core.state().taken.is_empty());
    rig.check();
}

#[test]
fn what_traded_before_and_is_held_already_is_not_counted_again() {
    let mut rig = Apart::in_session(true);
    back(&mut rig, &[], &[], &[held(Side::Buy, 1)]);
    assert_eq!(rig.net(), lots(1));
    back(
        &mut rig,
        &[theirs(Status::New, Side::Buy, 3, 1)],
        &[traded("T-1", 1)],
        &[held(Side::Buy, 1)],
    );
    assert_eq!(rig.net(), lots(1));
    assert_eq!(rig.core.state().orders[&OrderId(1)].order.filled(), lots(1));
    let rows = [theirs(Status::Filled, Side::Buy, 3, 3)];
    back(&mut rig, &rows, &[traded("T-1", 1), traded("T-2", 2)], &[held(Side::Buy, 3)]);
    assert_eq!((rig.net(), rig.status(OrderId(1))), (lots(3), Status::Filled));
    rig.check();
}

#[test]
fn an_order_that_came_and_ended_between_two_lists_explains_what_is_held() {
    let mut rig = Apart::in_session(true);
    let rows = [theirs(Status::Canceled, Side::Sell, 3, 2)];
    back(&mut rig, &rows, &[traded("T-1", 2)], &[held(Side::Sell, 2)]);
    assert_eq!((rig.net(), rig.status(OrderId(1))), (lots(-2), Status::Canceled));
    assert!(rig.core.state().taken.is_empty());
    // One that explains nothing is left alone.
    let other =
        VenueOrder { venue_id: Some(id("V-98")), ..theirs(Status::Canceled, Side::Buy, 1, 0) };
    back(&mut rig, &[rows[0].clone(), other], &[traded("T-1", 2)], &[held(Side::Sell, 2)]);
    assert_eq!(rig.core.state().orders.len(), 1);
    rig.check();
}

#[test]
fn an_order_that_cannot_be_taken_over_is_told_once() {
    let mut rig = Apart::in_session(true);
    let unsaid = VenueOrder { ticket: None, ..theirs(Status::New, Side::Buy, 1, 0) };
    back(&mut rig, std::slice::from_ref(&unsaid), &[], &[]);
    let told = rig.alerts("RECONCILED").join("\n");
    assert!(told.contains("only the exchange can cancel it"), "{told}");
    back(&mut rig, &[unsaid], &[], &[]);
    assert_eq!(rig.alerts("RECONCILED"), Vec::<String>::new());
    assert!(rig.core.state().orders.is_empty());
}

#[test]
fn an_order_of_ours_that_the_journal_lost_keeps_its_number() {
    let mut rig = Apart::in_session(true);
    let lost = VenueOrder { order: Some(OrderId(7)), ..theirs(Status::New, Side::Buy, 1, 0) };
    back(&mut rig, &[lost], &[], &[]);
    assert_eq!(rig.status(OrderId(7)), Status::New);
    rig.core.serve(&Request::Cancel { order: OrderId(7) }, Door::Desk, rig.now).unwrap();
    assert_eq!(canceled(&rig.line.calls()), [(OrderId(7), false)], "the venue knows the number");
    assert_eq!(rig.place(limit(Side::Buy, 17_100, 1)), OrderId(8));
    rig.check();
}

#[test]
fn an_order_that_was_taken_for_ended_and_works_there_works_here_again() {
    let mut rig = Apart::in_session(true);
    let order = rig.place(limit(Side::Buy, 17_200, 2));
    rig.tell(accepted(order));
    back(&mut rig, &[], &[], &[]);
    assert_eq!(rig.status(order), Status::Expired);
    back(&mut rig, &[row(order, Status::New, 2, 0)], &[], &[]);
    assert_eq!(rig.status(order), Status::New);
    let told = rig.alerts("RECONCILED").join("\n");
    assert!(told.contains("works at the exchange and was Expired by this journal"), "{told}");
    rig.core.serve(&Request::CancelAll { item: None }, Door::Desk, rig.now).unwrap();
    assert_eq!(canceled(&rig.line.calls()), [(order, false)]);
    rig.check();
}
