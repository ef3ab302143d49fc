//! Trading goes on after a halt only when the exchange has listed how everything stands.

use aftm::wire::Scope;
use aftm::wire::request::TradingState;

use super::*;

fn halted() -> Apart {
    let mut rig = Apart::in_session(true);
    let kill = Request::Kill { flatten: false, reason: "enough".to_owned(), scope: Scope::Global };
    rig.now = rig.now.after(SECOND);
    rig.core.serve(&kill, Door::Desk, rig.now).unwrap();
    rig.line.calls();
    rig
}

fn rearm(rig: &mut Apart, force: bool) -> Result<Reply, Refused> {
    let reason = "it was a drill".to_owned();
    let rearm = Request::Rearm { reason, scope: Scope::Global, force };
    rig.core.serve(&rearm, Door::Desk, rig.now)
}

fn state(rig: &Apart) -> TradingState {
    rig.core.state().brakes.state(Scope::Global)
}

fn code(reply: Result<Reply, Refused>) -> String {
    reply.unwrap_err().code
}

#[test]
fn whoever_rearms_waits_for_the_lists_and_asks_once() {
    let mut rig = halted();
    assert_eq!(code(rearm(&mut rig, false)), "REARM_UNDER_WAY");
    assert!(rig.core.is_rearming() && rig.core.take_rearm().is_none());
    assert!(matches!(rig.line.calls()[..], [VenueCall::Stand {}]));
    assert_eq!(state(&rig), TradingState::Halted);
    rig.list(&[], &[], &[]);
    assert_eq!(rig.core.take_rearm(), Some(Ok(Reply::Done {})));
    assert_eq!(state(&rig), TradingState::Reducing);
    // What was listed a moment ago holds for the next step, and for another halt it does not.
    assert_eq!(rearm(&mut rig, false), Ok(Reply::Done {}));
    assert_eq!(state(&rig), TradingState::Active);
    let told = rig.memory.bodies("rearmed");
    assert!(told[0].contains(r#""by":"demo","halted_by":"demo""#), "{told:?}");
    rig.check();
}

#[test]
fn what_the_lists_have_at_work_keeps_the_halt_unless_it_is_forced() {
    for (force, wanted) in [(false, TradingState::Halted), (true, TradingState::Reducing)] {
        let mut rig = halted();
        let order = OrderId(1);
        assert_eq!(code(rearm(&mut rig, force)), "REARM_UNDER_WAY", "lists are made in any case");
        let theirs = VenueOrder {
            order: None,
            ticket: Some(aftm_domain::order::Ticket {
                account: id("SIM-1"),
                item: id(ITEM),
                side: Side::Buy,
                kind: Kind::Limit,
                price: Some(points(17_200)),
                stop_price: None,
                quantity: lots(1),
                time_in_force: TimeInForce::Rod,
                open_close: OpenClose::Open,
                day_trade: false,
                note: Note::default(),
            }),
            ..row(OrderId(99), Status::New, 1, 0)
        };
        rig.list(&[theirs], &[], &[]);
        let answer = rig.core.take_rearm().unwrap();
        assert_eq!(answer.is_ok(), force, "{answer:?}");
        assert_eq!(state(&rig), wanted);
        assert!(rig.core.state().orders.contains_key(&order));
    }
}

#[test]
fn a_rearming_is_given_up_where_the_lists_stay_away_or_the_line_is_cut() {
    let mut rig = halted();
    rearm(&mut rig, true).unwrap_err();
    rig.now = rig.now.after(19 * SECOND);
    rig.hear();
    assert!(rig.core.take_rearm().is_none());
    rig.now = rig.now.after(SECOND);
    rig.hear();
    assert_eq!(code(rig.core.take_rearm().unwrap()), "RECONCILE_FIRST");
    assert_eq!(state(&rig), TradingState::Halted);
    let mut rig = halted();
    rearm(&mut rig, false).unwrap_err();
    rig.tell(VenueWord::Down { reason: "the line is cut".to_owned() });
    rig.hear();
    assert_eq!(code(rig.core.take_rearm().unwrap()), "RECONCILE_FIRST");
}

#[test]
fn lists_that_were_asked_for_before_a_halt_rearm_nothing() {
    let mut rig = Apart::in_session(true);
    rig.now = rig.now.after(60 * SECOND);
    rig.hear();
    assert!(rig.line.calls().contains(&VenueCall::Stand {}), "the look of every minute");
    let kill = Request::Kill { flatten: false, reason: "enough".to_owned(), scope: Scope::Global };
    rig.now = rig.now.after(SECOND);
    rig.core.serve(&kill, Door::Desk, rig.now).unwrap();
    rig.now = rig.now.after(SECOND);
    rig.list(&[], &[], &[]);
    assert_eq!(code(rearm(&mut rig, false)), "REARM_UNDER_WAY");
    assert!(matches!(rig.line.calls()[..], [VenueCall::Stand {}]));
    rig.now = rig.now.after(SECOND);
    rig.list(&[], &[], &[]);
    assert_eq!(rig.core.take_rearm(), Some(Ok(Reply::Done {})));
    assert_eq!(state(&rig), TradingState::Reducing);
}

#[test]
fn a_halt_that_comes_later_is_not_undone_by_a_rearming_that_waited() {
    let mut rig = halted();
    assert_eq!(code(rearm(&mut rig, false)), "REARM_UNDER_WAY");
    let kill = Request::Kill { flatten: false, reason: "again".to_owned(), scope: Scope::Global };
    rig.core.serve(&kill, Door::Desk, rig.now).unwrap();
    assert_eq!(code(rig.core.take_rearm().unwrap()), "TRADING_HALTED");
    rig.list(&[], &[], &[]);
    rig.list(&[], &[], &[]);
    assert!(rig.core.take_rearm().is_none());
    assert_eq!(state(&rig), TradingState::Halted);
}
