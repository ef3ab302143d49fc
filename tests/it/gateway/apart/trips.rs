//! What halts trading by itself: positions and a clock that differ from the exchange's.

use aftm::wire::Scope;
use aftm::wire::request::TradingState;
use aftm_domain::tick::Moment;

use super::*;

fn held(count: i64) -> VenuePosition {
    let (account, item, side, quantity) = (id("SIM-1"), id(ITEM), Side::Buy, lots(count));
    VenuePosition { account, item, side, quantity, average: None }
}

fn back(rig: &mut Apart, held: &[VenuePosition]) {
    rig.tell(VenueWord::Down { reason: "the line is cut".to_owned() });
    rig.tell(VenueWord::Up {});
    rig.list(&[], &[], held);
}

fn state(rig: &Apart) -> TradingState {
    rig.core.state().brakes.state(Scope::Global)
}

#[test]
fn positions_that_nothing_explains_halt_trading_but_not_those_of_the_first_login() {
    let mut rig = Apart::new(true);
    rig.hello(fed());
    let login = Request::Login { user: id("demo"), password: None, production: false };
    rig.core.serve(&login, Door::Desk, rig.now).unwrap_err();
    rig.listed(&[], &[], &[held(9)]);
    assert_eq!((rig.net(), state(&rig)), (lots(9), TradingState::Active));
    back(&mut rig, &[held(13)]);
    assert_eq!((rig.net(), state(&rig)), (lots(13), TradingState::Active), "4 lots are borne");
    back(&mut rig, &[held(8)]);
    assert_eq!((rig.net(), state(&rig)), (lots(8), TradingState::Halted));
    let reason = rig.core.state().brakes.get(Scope::Global).unwrap().reason.clone();
    assert_eq!(reason, "positions differ by 5 lots from those of the exchange");
    rig.check();
}

/// The market for half a minute, told by a venue whose clock is so far behind ours.
fn market_of(rig: &mut Apart, ahead: i64) {
    for _ in 0..60 {
        rig.now = rig.now.after(SECOND / 2);
        let at = Stamp(rig.now.0 - ahead);
        let time = ExchangeTime { at, offset: ExchangeTime::TAIPEI };
        let (price, quantity, received) = (points(17_300), lots(1), rig.now);
        let tick = Tick { sequence: 0, item: id(ITEM), price, quantity, time, received };
        let moment = Moment { tick, book: None, is_auction: false };
        let Moment { tick, book, is_auction } = moment;
        rig.tell(VenueWord::Market { tick, book, is_auction });
    }
}

fn of_its_own_clock(production: bool) -> Apart {
    let mut rig = Apart::new(true);
    rig.hello(Abilities { feed: false, quotes: true, ..fed() });
    let login = Request::Login { user: id("demo"), password: None, production };
    rig.core.serve(&login, Door::Desk, rig.now).unwrap_err();
    rig.listed(&[], &[], &[]);
    rig.alerts("");
    rig
}

#[test]
fn a_clock_that_is_far_from_the_exchanges_halts_trading_with_real_money() {
    for (ahead, word) in [(3 * SECOND, "ahead of"), (-3 * SECOND, "behind")] {
        let mut rig = of_its_own_clock(true);
        market_of(&mut rig, SECOND);
        assert_eq!(state(&rig), TradingState::Active);
        market_of(&mut rig, ahead);
        assert_eq!(state(&rig), TradingState::Halted);
        let reason = rig.core.state().brakes.get(Scope::Global).unwrap().reason.clone();
        assert_eq!(reason, format!("our clock is 3.0 s {word} the exchange's"));
    }
}

#[test]
fn without_real_money_a_clock_that_is_far_off_is_said_once() {
    let mut rig = of_its_own_clock(false);
    market_of(&mut rig, 3 * SECOND);
    market_of(&mut rig, 3 * SECOND);
    assert_eq!(state(&rig), TradingState::Active);
    assert_eq!(rig.alerts("CLOCK_OFFSET").len(), 1);
}

#[test]
fn times_of_a_feed_of_ours_say_nothing_of_our_clock() {
    let mut rig = Apart::in_session_of(true, true);
    market_of(&mut rig, 3_600 * SECOND);
    assert_eq!(state(&rig), TradingState::Active);
    assert_eq!(rig.alerts("CLOCK_OFFSET").len(), 0);
}
