//! A halt that closes what is held: sized and found complete by the exchange's own lists.

use aftm::wire::Scope;

use super::*;

fn kill(rig: &mut Apart) -> Reply {
    let kill = Request::Kill { flatten: true, reason: "enough".to_owned(), scope: Scope::Global };
    rig.core.serve(&kill, Door::Desk, rig.now).unwrap()
}

fn held(count: i64) -> VenuePosition {
    let (account, item, side, quantity) = (id("SIM-1"), id(ITEM), Side::Buy, lots(count));
    VenuePosition { account, item, side, quantity, average: None }
}

fn filled(rig: &mut Apart, order: OrderId, trade: &str, count: i64) {
    rig.tell(accepted(order));
    rig.tell(VenueWord::Report { order, report: Report::Filled(fill(trade, count)) });
}

/// A machine that holds so many lots.
fn holding(count: i64) -> Apart {
    let mut rig = Apart::in_session(true);
    // Fills right after a login are compared with lists once more.
    rig.now = rig.now.after(20 * SECOND);
    rig.hear();
    let order = rig.place(market(Side::Buy, count));
    filled(&mut rig, order, "T-1", count);
    assert_eq!(rig.net(), lots(count));
    rig.line.calls();
    rig.alerts("");
    rig
}

/// What was asked, in words: how everything stands, a cancel, or an order with its lots.
fn asked(rig: &Apart) -> Vec<String> {
    let word = |it| match it {
        VenueCall::Stand {} => Some("stand".to_owned()),
        VenueCall::Cancel { order } => Some(format!("cancel {}", order.id)),
        VenueCall::Place { ticket, .. } => {
            Some(format!("{} {} {}", ticket.side, ticket.quantity, ticket.open_close))
        }
        _ => None,
    };
    rig.line.calls().into_iter().filter_map(word).collect()
}

fn later(rig: &mut Apart, seconds: i64) {
    for _ in 0..seconds {
        rig.now = rig.now.after(SECOND);
        rig.hear();
        rig.core.sweep(rig.now);
    }
}

#[test]
fn what_is_closed_is_what_the_exchange_holds_and_a_second_list_says_that_it_is_done() {
    let mut rig = holding(2);
    assert_eq!(kill(&mut rig), Reply::Killed { cancels: 0, closings: 0, left: 1 });
    assert_eq!(asked(&rig), ["stand"]);
    // Somebody bought a lot elsewhere.
    rig.list(&[], &[], &[held(3)]);
    assert_eq!(asked(&rig), ["sell 3 close"]);
    filled(&mut rig, OrderId(2), "T-2", 3);
    assert_eq!(rig.net(), lots(0));
    assert_eq!(rig.alerts("KILL_COMPLETE").len(), 0, "nobody has said that yet");
    assert_eq!(asked(&rig), ["stand"]);
    rig.list(&[], &[], &[]);
    assert_eq!(rig.alerts("KILL_COMPLETE").len(), 1);
    later(&mut rig, 40);
    assert_eq!(asked(&rig), Vec::<String>::new());
    assert_eq!(rig.alerts("KILL_INCOMPLETE").len(), 0);
    rig.check();
}

#[test]
fn what_the_second_list_still_has_is_closed_too() {
    let mut rig = holding(2);
    kill(&mut rig);
    rig.list(&[], &[], &[held(2)]);
    filled(&mut rig, OrderId(2), "T-2", 2);
    asked(&rig);
    rig.list(&[], &[], &[held(1)]);
    assert_eq!(asked(&rig), ["sell 1 close"]);
    filled(&mut rig, OrderId(3), "T-3", 1);
    rig.list(&[], &[], &[]);
    assert_eq!(rig.alerts("KILL_COMPLETE").len(), 1);
}

#[test]
fn what_works_is_canceled_before_it_is_asked_what_is_held() {
    let mut rig = holding(1);
    let order = rig.place(limit(Side::Buy, 17_200, 1));
    rig.tell(accepted(order));
    asked(&rig);
    kill(&mut rig);
    assert_eq!(asked(&rig), ["cancel A2"]);
    // A fill crosses the cancel: what is listed afterwards has it.
    rig.tell(VenueWord::Report { order, report: Report::Filled(fill("T-2", 1)) });
    assert_eq!(asked(&rig), ["stand"]);
    let traded = VenueFill {
        order: Some(order),
        venue_id: None,
        fill: fill("T-2", 1),
        deal: Deal::default(),
    };
    rig.list(&[row(order, Status::Filled, 1, 1)], &[traded], &[held(2)]);
    assert_eq!(asked(&rig), ["sell 2 close"]);
}

#[test]
fn where_no_list_comes_what_is_known_here_is_closed_and_it_is_told_that_nobody_confirms_it() {
    let mut rig = holding(2);
    kill(&mut rig);
    later(&mut rig, 4);
    assert_eq!(asked(&rig), ["stand"]);
    later(&mut rig, 2);
    assert_eq!(asked(&rig), ["sell 2 close"]);
    filled(&mut rig, OrderId(2), "T-2", 2);
    later(&mut rig, 22);
    assert_eq!(rig.alerts("KILL_INCOMPLETE").len(), 0, "half a minute is given");
    later(&mut rig, 12);
    let told = rig.alerts("KILL_INCOMPLETE");
    assert!((2..=3).contains(&told.len()), "every 5 s: {told:?}");
    assert!(told[0].contains("the exchange has not listed what it holds"), "{told:?}");
    // The list that was asked for before the close does not know it; the next one does.
    rig.list(&[], &[], &[]);
    assert_eq!(rig.alerts("KILL_COMPLETE").len(), 0);
    rig.list(&[], &[], &[]);
    assert_eq!(rig.alerts("KILL_COMPLETE").len(), 1);
}

#[test]
fn what_is_left_after_half_a_minute_is_named_every_five_seconds() {
    let mut rig = holding(2);
    kill(&mut rig);
    asked(&rig);
    rig.list(&[], &[], &[held(2)]);
    assert_eq!(asked(&rig), ["sell 2 close"]);
    later(&mut rig, 41);
    let told = rig.alerts("KILL_INCOMPLETE");
    assert!((2..=3).contains(&told.len()), "{told:?}");
    assert!(told[0].contains("order A2 is"), "{told:?}");
    assert!(told[0].contains("2 TXFH1 long in SIM-1"), "{told:?}");
}
