//! The lists that are asked for every so often while orders are taken.

use super::*;

const EVERY: i64 = 60 * SECOND;

fn stands(calls: &[VenueCall]) -> usize {
    calls.iter().filter(|it| matches!(it, VenueCall::Stand {})).count()
}

fn held(count: i64) -> VenuePosition {
    let (account, item, side, quantity) = (id("SIM-1"), id(ITEM), Side::Buy, lots(count));
    VenuePosition { account, item, side, quantity, average: None }
}

/// So much later, the venue is heard again.
fn later(rig: &mut Apart, nanoseconds: i64) {
    rig.now = rig.now.after(nanoseconds);
    rig.hear();
}

#[test]
fn the_lists_are_asked_for_every_minute_and_status_says_when_they_were_compared() {
    let mut rig = Apart::in_session(true);
    later(&mut rig, EVERY - 1);
    assert_eq!(stands(&rig.line.calls()), 0);
    assert_eq!(rig.core.reconciled_ms(rig.now), Some(59_999));
    later(&mut rig, 1);
    assert_eq!(stands(&rig.line.calls()), 1);
    later(&mut rig, EVERY);
    assert_eq!(stands(&rig.line.calls()), 0, "one after another");
    rig.list(&[], &[], &[]);
    assert_eq!(rig.core.reconciled_ms(rig.now), Some(0));
    assert_eq!(rig.alerts("RECONCILED"), Vec::<String>::new());
    rig.check();
}

#[test]
fn a_difference_counts_when_it_is_still_there_two_seconds_later() {
    let mut rig = Apart::in_session(true);
    later(&mut rig, EVERY);
    rig.line.calls();
    rig.list(&[], &[], &[held(2)]);
    assert_eq!((rig.net(), stands(&rig.line.calls())), (lots(0), 0));
    later(&mut rig, SECOND);
    later(&mut rig, 2 * SECOND);
    assert_eq!(stands(&rig.line.calls()), 1);
    rig.list(&[], &[], &[held(2)]);
    assert_eq!(rig.net(), lots(2));
    assert!(rig.alerts("RECONCILED").join("").contains("holds 2 TXFH1 long at the exchange"));
    rig.check();
}

#[test]
fn a_fill_that_was_on_its_way_while_a_look_was_made_counts_once() {
    let mut rig = Apart::in_session(true);
    let order = rig.place(limit(Side::Buy, 17_200, 2));
    rig.tell(accepted(order));
    later(&mut rig, EVERY);
    rig.line.calls();
    // The exchange lists the lot before it tells the fill.
    rig.list(&[row(order, Status::New, 2, 0)], &[], &[held(1)]);
    rig.tell(VenueWord::Report { order, report: Report::Filled(fill("T-1", 1)) });
    assert_eq!(rig.net(), lots(1));
    later(&mut rig, SECOND);
    later(&mut rig, 2 * SECOND);
    let traded = VenueFill {
        order: Some(order),
        venue_id: None,
        fill: fill("T-1", 1),
        deal: Deal::default(),
    };
    rig.list(&[row(order, Status::New, 2, 1)], &[traded], &[held(1)]);
    assert_eq!(rig.net(), lots(1));
    assert_eq!(rig.alerts("RECONCILED"), Vec::<String>::new());
    rig.check();
}

#[test]
fn lists_that_stay_away_are_told_once_and_nobody_is_asked_where_the_line_is_cut() {
    let mut rig = Apart::in_session(true);
    (0..6).for_each(|_| later(&mut rig, EVERY));
    assert_eq!(rig.alerts("RECONCILE_LATE").len(), 1);
    let mut rig = Apart::in_session(true);
    rig.tell(VenueWord::Down { reason: "the line is cut".to_owned() });
    (0..6).for_each(|_| later(&mut rig, EVERY));
    assert_eq!(stands(&rig.line.calls()), 0);
    assert_eq!(rig.alerts("RECONCILE_LATE").len(), 0, "that the line is cut was told");
}

#[test]
fn a_busy_market_is_looked_at_no_more_often() {
    let mut rig = Apart::in_session(true);
    later(&mut rig, EVERY);
    rig.line.calls();
    let order = rig.place(limit(Side::Buy, 17_200, 2));
    rig.tell(accepted(order));
    rig.list(&[], &[], &[]);
    (0..10).for_each(|_| later(&mut rig, SECOND));
    assert_eq!(stands(&rig.line.calls()), 0);
    assert_eq!(rig.status(order), Status::New);
}
