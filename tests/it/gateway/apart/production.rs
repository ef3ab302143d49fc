//! A session with real money.

use super::*;

#[test]
fn real_money_has_strict_bounds_and_a_halt_that_is_not_rearmed_at_once() {
    let mut rig = Apart::in_session_of(true, true);
    let place = Request::Place { intent: Box::new(limit(Side::Buy, 17_300, 6)) };
    let refused = rig.core.serve(&place, Door::V1, rig.now).unwrap_err();
    // No price has come yet: that comes before the size, and both before anything is sent.
    assert_eq!(refused.code, "RISK_SESSION_HOURS", "{refused}");
    let scope = aftm::wire::Scope::Global;
    let (flatten, reason) = (false, "a drill".to_owned());
    let kill = Request::Kill { flatten, reason: reason.clone(), scope };
    rig.core.serve(&kill, Door::Desk, rig.now).unwrap();
    let rearm = Request::Rearm { reason, scope, force: true };
    let refused = rig.core.serve(&rearm, Door::Desk, rig.now).unwrap_err();
    assert_eq!(refused.code, "REARM_COOLDOWN", "{refused}");
    rig.now = rig.now.after(60 * SECOND);
    let waits = rig.core.serve(&rearm, Door::Desk, rig.now).unwrap_err();
    assert_eq!(waits.code, "REARM_UNDER_WAY", "{waits}");
    rig.list(&[], &[], &[]);
    assert_eq!(rig.core.take_rearm(), Some(Ok(Reply::Done {})));
    assert!(rig.line.calls().iter().all(|it| !matches!(it, VenueCall::Place { .. })));
    rig.check();
}
