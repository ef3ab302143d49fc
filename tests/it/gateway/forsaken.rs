//! Orders that nobody looks after: the way to the exchange is lost, or the strategy is not heard.

use aftm::gateway::Forsaken;
use aftm::wire::Scope;
use aftm::wire::request::TradingState;

use super::*;

const CANCEL: Forsaken = Forsaken { cancels: true, reduces: false };
const REDUCE: Forsaken = Forsaken { cancels: true, reduces: true };

fn rig_with(rules: Rules, settings: aftm_sim::Settings) -> Rig {
    let mut rig = Rig::ruled(settings, rules);
    rig.do_it(&Request::AddItem { item: id(ITEM) });
    rig.login();
    rig.tick(17_300);
    rig
}

/// Connected for three seconds after the first tick, then away for twenty.
fn away() -> aftm_sim::Settings {
    let (disconnect_after, disconnect_for) = (3 * Stamp::SECOND, 20 * Stamp::SECOND);
    aftm_sim::Settings { disconnect_after, disconnect_for, ..Default::default() }
}

#[test]
fn a_lost_line_leaves_orders_alone_cancels_what_could_open_or_reduces_as_the_settings_say() {
    for (line_lost, working, state) in [
        (Forsaken::default(), true, TradingState::Active),
        (CANCEL, false, TradingState::Active),
        (REDUCE, false, TradingState::Reducing),
    ] {
        let mut rig = rig_with(Rules { line_lost, ..Rules::default() }, away());
        rig.placed(market(Side::Buy, 1));
        let opens = rig.placed(limit(Side::Buy, 17_200, 1));
        let closes = Intent { open_close: OpenClose::Close, ..limit(Side::Sell, 17_400, 1) };
        let closes = rig.placed(closes);
        (0..4).for_each(|_| rig.tick(17_300));
        assert!(!rig.core.state().is_connected);
        let status = rig.status(opens);
        assert_eq!(status == Status::New, working, "{line_lost:?}: {status}");
        (0..25).for_each(|_| rig.tick(17_300));
        assert!(rig.core.state().is_connected);
        let wanted = if working { Status::New } else { Status::Canceled };
        assert_eq!([rig.status(opens), rig.status(closes)], [wanted, Status::New], "{line_lost:?}");
        assert_eq!(rig.core.state().brakes.state(Scope::Global), state);
        rig.check_fold();
    }
}

#[test]
fn conditions_of_a_silent_strategy_enter_nothing_and_leave_until_it_is_heard_again() {
    let mut rig = Rig::new();
    let entry = rig.entered(terms("a", Side::Buy, 1));
    assert!(matches!(rig.act(&entry), Outcome::Ordered { .. }));
    let late = rig.entered(terms("b", Side::Buy, 1));
    rig.core.lose_strategy(rig.now);
    rig.core.lose_strategy(rig.now);
    assert_eq!(rig.alerts().iter().filter(|it| *it == "STRATEGY_SILENT").count(), 1);
    match rig.act(&late) {
        Outcome::Refused { code, .. } => assert_eq!(code, "STRATEGY_SILENT"),
        other => panic!("the entry came to {other:?}"),
    }
    rig.placed(market(Side::Buy, 2));
    assert!(matches!(rig.exit("a"), Outcome::Ordered { .. }), "an exit passes");
    assert_eq!(rig.net(), lots(2), "the operator trades on");
    rig.core.hear_strategy(rig.now);
    assert!(rig.alerts().contains(&"STRATEGY_BACK".to_owned()));
    let entry = rig.entered(terms("c", Side::Buy, 1));
    assert!(matches!(rig.act(&entry), Outcome::Ordered { .. }));
    rig.check_fold();
}

#[test]
fn a_silent_strategys_orders_are_canceled_and_its_conditions_reduced_as_the_settings_say() {
    let rules = Rules { strategy_lost: REDUCE, ..Rules::default() };
    let settings = aftm_sim::Settings { latency: 20 * Stamp::SECOND, ..Default::default() };
    let mut rig = rig_with(rules, settings);
    let entry = rig.entered(terms("a", Side::Buy, 1));
    let Outcome::Ordered { order } = rig.act(&entry) else { panic!("nothing was ordered") };
    let by_hand = rig.placed(limit(Side::Buy, 17_200, 1));
    rig.core.lose_strategy(rig.now);
    assert_eq!(rig.status(order), Status::PendingCancel);
    assert_eq!(rig.status(by_hand), Status::PendingNew);
    let state = rig.core.state().brakes.state(Scope::Strategy(id("a")));
    assert_eq!(state, TradingState::Reducing);
    rig.core.hear_strategy(rig.now);
    let state = rig.core.state().brakes.state(Scope::Strategy(id("a")));
    assert_eq!(state, TradingState::Reducing, "only an operator ends that");
    rig.check_fold();
}
