//! A way to the exchange that is lost again and again.

use aftm::wire::Scope;
use aftm::wire::request::TradingState;

use super::*;

impl Apart {
    /// The way is lost and comes back; these orders work there.
    fn flap(&mut self, working: &[VenueOrder]) {
        self.tell(VenueWord::Down { reason: "the line was cut".to_owned() });
        assert!(!self.core.state().is_connected);
        self.tell(VenueWord::Up {});
        self.list(working, &[], &[]);
        assert!(self.core.state().is_connected);
    }

    fn rearm(&mut self, force: bool) -> Result<Reply, Refused> {
        let reason = "it lasts".to_owned();
        let rearm = Request::Rearm { reason, scope: Scope::Global, force };
        self.core.serve(&rearm, Door::Desk, self.now)
    }

    fn trading(&self) -> TradingState {
        self.core.state().brakes.state(Scope::Global)
    }
}

fn buy() -> Request {
    Request::Place { intent: Box::new(limit(Side::Buy, 17_200, 1)) }
}

#[test]
fn f08_the_third_outage_within_five_minutes_lets_only_reducing_orders_through_until_a_rearm() {
    let mut rig = Apart::in_session(true);
    rig.flap(&[]);
    rig.flap(&[]);
    // Those of five minutes ago are forgiven.
    rig.now = rig.now.after(301 * SECOND);
    rig.flap(&[]);
    rig.flap(&[]);
    let order = rig.place(limit(Side::Buy, 17_200, 1));
    rig.tell(accepted(order));
    assert_eq!(rig.trading(), TradingState::Active);
    rig.line.calls();
    rig.flap(&[row(order, Status::New, 1, 0)]);
    assert_eq!(rig.alerts("BREAKER_OPEN").len(), 1);
    // It is no halt; but what could make a position larger is canceled, and nothing new opens.
    assert_eq!(rig.trading(), TradingState::Reducing);
    let is_cancel =
        |it: &VenueCall| matches!(it, VenueCall::Cancel { order: sent } if sent.id == order);
    assert!(rig.line.calls().iter().any(is_cancel));
    let refused = rig.core.serve(&buy(), Door::Desk, rig.now).unwrap_err();
    assert_eq!(refused.code, "REDUCE_ONLY");
    assert!(refused.text.contains("lost 3 times within 300 s"), "{refused}");
    // Only a person ends it, after a while, or by force.
    rig.now = rig.now.after(59 * SECOND);
    let refused = rig.rearm(false).unwrap_err();
    assert_eq!(refused.code, "REARM_COOLDOWN", "{refused}");
    rig.now = rig.now.after(SECOND);
    rig.rearm(false).unwrap();
    assert_eq!(rig.trading(), TradingState::Active);
    rig.core.serve(&buy(), Door::Desk, rig.now).unwrap();
    rig.check();
}

#[test]
fn f08_an_outage_that_is_told_twice_is_one_and_force_ends_the_pause() {
    let mut rig = Apart::in_session(true);
    for _ in 0..2 {
        rig.tell(VenueWord::Down { reason: "the line was cut".to_owned() });
        rig.line.die();
        rig.hear();
        rig.hello(fed());
        rig.listed(&[], &[], &[]);
        assert!(rig.core.state().is_connected);
    }
    assert_eq!(rig.trading(), TradingState::Active);
    rig.flap(&[]);
    assert_eq!(rig.trading(), TradingState::Reducing);
    assert!(rig.rearm(false).is_err());
    rig.rearm(true).unwrap();
    rig.check();
}
