//! What halts trading by itself: a disk that failed.

use super::*;
use aftm::wire::Scope;
use aftm::wire::request::TradingState;

#[test]
fn a_journal_that_failed_for_good_halts_trading_at_once_and_cancels_still_go_out() {
    let mut rig = Rig::new();
    let order = rig.placed(limit(Side::Buy, 17_200, 1));
    rig.memory.fail_disk();
    rig.alerts();
    let refused = rig.place(limit(Side::Buy, 17_100, 1)).unwrap_err();
    assert_eq!(refused.code, "JOURNAL_UNAVAILABLE");
    assert_eq!(rig.core.state().brakes.state(Scope::Global), TradingState::Halted);
    assert_eq!(rig.memory.latched().as_deref(), Some("the disk failed under the journal"));
    let told = rig.alerts();
    assert!(told.contains(&"JOURNAL_LOST".to_owned()), "{told:?}");
    rig.tick(17_300);
    assert_eq!(rig.status(order), Status::Canceled, "the halt cancels what works");
    let refused = rig.place(limit(Side::Buy, 17_100, 1)).unwrap_err();
    assert_eq!(refused.code, "TRADING_HALTED");
    let rearm = Request::Rearm {
        reason: "the disk is well again".to_owned(),
        scope: Scope::Global,
        force: true,
    };
    assert_eq!(rig.desk(&rearm).unwrap_err().code, "JOURNAL_UNAVAILABLE");
    assert!(rig.memory.latched().is_some());
}

#[test]
fn a_journal_that_fails_under_the_venues_word_halts_trading_at_once() {
    let mut rig = Rig::new();
    rig.placed(limit(Side::Buy, 17_200, 1));
    rig.memory.fail_disk();
    rig.tick(17_150);
    assert_eq!(rig.net(), lots(1), "what has happened counts");
    assert_eq!(rig.core.state().brakes.state(Scope::Global), TradingState::Halted);
}

#[test]
fn a_full_disk_halts_nothing_at_once() {
    let mut rig = Rig::new();
    rig.memory.fill_disk(true);
    assert_eq!(rig.place(limit(Side::Buy, 17_200, 1)).unwrap_err().code, "JOURNAL_UNAVAILABLE");
    assert_eq!(rig.core.state().brakes.state(Scope::Global), TradingState::Active);
    rig.memory.fill_disk(false);
    rig.placed(limit(Side::Buy, 17_200, 1));
}
