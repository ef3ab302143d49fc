//! Protective orders: what they close, that they never close more than is held, and that a machine
//! which starts goes on where one was killed.

mod keeps;
mod pairs;
mod seeds;

use aftm::wire::request::TradingState;
use aftm::wire::{ProtectionRow, ProtectionState, Scope, Target};
use aftm_domain::protection::Terms as Guard;

use super::*;

fn guard(text: &str) -> Guard {
    let mut guard = Guard::default();
    for word in text.split(' ') {
        let (name, value) = word.split_once('=').unwrap();
        match name {
            "tp" => guard.take_profit = Some(value.parse().unwrap()),
            "sl" => guard.stop_loss = Some(value.parse().unwrap()),
            "trail" => guard.trail = Some(value.parse().unwrap()),
            "even" => guard.breakeven = Some(value.parse().unwrap()),
            other => panic!("{other}?"),
        }
    }
    guard
}

fn position() -> Target {
    Target::Position { account: Some(id("SIM-1")), item: id(ITEM), side: None }
}

impl Rig {
    /// An order with a protection: the numbers of both.
    #[track_caller]
    fn bracket(&mut self, intent: Intent, terms: &str) -> (OrderId, OrderId) {
        let request = Request::Bracket { intent: Box::new(intent), terms: guard(terms) };
        let Ok(Reply::Placed { row, repeated: false }) = self.desk(&request) else {
            panic!("it is refused")
        };
        (row.order, OrderId(row.order.0 + 1))
    }

    fn protect(&mut self, target: Target, terms: &str) -> Result<Reply, Refused> {
        self.desk(&Request::Protect { request: None, target, terms: guard(terms) })
    }

    #[track_caller]
    fn protected(&mut self, target: Target, terms: &str) -> OrderId {
        match self.protect(target, terms) {
            Ok(Reply::Protected { row }) => row.id,
            other => panic!("it came to {other:?}"),
        }
    }

    fn row(&self, id: OrderId) -> ProtectionRow {
        aftm::gateway::rows::protection(self.core.state(), id).unwrap()
    }

    #[track_caller]
    fn check_row(&self, id: OrderId, state: ProtectionState, lots: i64) {
        let row = self.row(id);
        assert_eq!((row.state, row.quantity), (state, super::lots(lots)), "{row:?}");
    }

    /// Lots of orders that work.
    fn working(&self) -> Vec<(OrderId, Kind, Quantity)> {
        let row = |it: &aftm::gateway::state::Placed| {
            (it.order.id, it.order.ticket.kind, it.order.left())
        };
        self.core.state().working().map(row).collect()
    }
}

#[test]
fn a_bracket_rests_its_stop_at_the_exchange_and_is_closed_by_it() {
    let mut rig = Rig::new();
    let (order, guard) = rig.bracket(market(Side::Buy, 2), "tp=30 sl=15");
    assert_eq!(rig.status(order), Status::Filled);
    // Filled with a tick of slippage, and the stop counts from there.
    let row = rig.row(guard);
    assert_eq!((row.base, row.stop), (Some(points(17_301)), Some(points(17_286))));
    assert_eq!(rig.working(), [(OrderId(3), Kind::Stop, lots(2))]);
    rig.check_row(guard, ProtectionState::Armed, 2);
    rig.tick(17_287);
    assert_eq!(rig.net(), lots(2));
    rig.tick(17_286);
    assert_eq!(rig.net(), lots(0));
    rig.check_row(guard, ProtectionState::Done, 0);
    assert_eq!(rig.row(guard).text, "closed by its stop loss");
    assert!(rig.working().is_empty());
    rig.tick(17_280);
    assert_eq!(rig.orders(), 2, "it closed once");
    rig.check_fold();
}

#[test]
fn a_take_profit_cancels_the_stop_before_it_closes() {
    let mut rig = Rig::new();
    let (_, guard) = rig.bracket(market(Side::Sell, 1), "tp=30 sl=15");
    rig.tick(17_270);
    assert_eq!(rig.net(), lots(-1));
    rig.tick(17_269);
    assert_eq!(rig.net(), lots(0));
    assert_eq!(rig.status(OrderId(3)), Status::Canceled);
    assert_eq!(rig.row(guard).text, "closed by its take profit");
    rig.check_fold();
}

#[test]
fn a_protection_covers_exactly_what_is_filled() {
    let mut rig = Rig::new();
    let (order, guard) = rig.bracket(limit(Side::Buy, 17_290, 3), "sl=15");
    rig.check_row(guard, ProtectionState::Waiting, 0);
    assert_eq!(rig.working().len(), 1);
    for held in 1..=3 {
        rig.tick(17_290);
        assert_eq!(rig.net(), lots(held));
        rig.check_row(guard, ProtectionState::Armed, held);
        let stops = rig.working().into_iter().filter(|it| it.1 == Kind::Stop).collect::<Vec<_>>();
        assert_eq!(stops.len(), 1);
        assert_eq!(stops[0].2, lots(held));
    }
    assert_eq!(rig.status(order), Status::Filled);
    rig.check_fold();
}

#[test]
fn a_stop_ends_an_entry_that_still_works() {
    let mut rig = Rig::new();
    let (order, guard) = rig.bracket(limit(Side::Buy, 17_290, 3), "sl=15 trail=40");
    rig.tick(17_290);
    assert_eq!(rig.net(), lots(1));
    // Through the limit and the stop at once: what the fall still fills is closed, too.
    rig.tick(17_270);
    rig.tick(17_270);
    assert_eq!(rig.net(), lots(0));
    assert!(rig.core.state().orders[&order].order.status.is_final());
    rig.check_row(guard, ProtectionState::Done, 0);
    rig.check_fold();
}

#[test]
fn an_order_that_ends_without_a_fill_needs_no_protection() {
    let mut rig = Rig::new();
    let (order, guard) = rig.bracket(limit(Side::Buy, 17_290, 1), "sl=15");
    rig.do_it(&Request::Cancel { order });
    assert_eq!(rig.row(guard).text, "its order ended without a fill");
    let bad = Intent { quantity: lots(1_000_000), ..market(Side::Buy, 1) };
    let before = rig.orders();
    let request = Request::Bracket { intent: Box::new(bad), terms: super::protect::guard("sl=15") };
    assert!(rig.desk(&request).is_err());
    assert_eq!(rig.orders(), before + 1);
    assert!(rig.core.state().protections.is_idle());
}

#[test]
fn a_position_shrinks_its_protection_and_its_end_ends_it() {
    let mut rig = Rig::new();
    rig.placed(market(Side::Buy, 3));
    let guard = rig.protected(position(), "sl=15 tp=50");
    rig.check_row(guard, ProtectionState::Armed, 3);
    let close = Intent { open_close: OpenClose::Close, ..market(Side::Sell, 1) };
    rig.placed(close);
    rig.check_row(guard, ProtectionState::Armed, 2);
    assert_eq!(rig.working()[0].2, lots(2), "what rests is what is protected");
    // An order that does not say that it closes makes the stop make way, too.
    rig.placed(market(Side::Sell, 1));
    assert_eq!(rig.net(), lots(1));
    rig.check_row(guard, ProtectionState::Armed, 1);
    rig.placed(market(Side::Buy, 1));
    rig.check_row(guard, ProtectionState::Armed, 2);
    rig.do_it(&Request::Flatten { item: None });
    assert_eq!(rig.net(), lots(0));
    rig.check_row(guard, ProtectionState::Done, 0);
    assert_eq!(rig.row(guard).text, "nothing is left to protect");
    assert!(rig.working().is_empty());
    rig.check_fold();
}

#[test]
fn what_the_operator_closes_is_taken_from_the_oldest_protection_and_never_comes_back() {
    let mut rig = Rig::new();
    let (_, first) = rig.bracket(market(Side::Buy, 2), "trail=40");
    let (_, second) = rig.bracket(market(Side::Buy, 1), "trail=50");
    rig.placed(market(Side::Sell, 1));
    rig.check_row(first, ProtectionState::Armed, 1);
    rig.check_row(second, ProtectionState::Armed, 1);
    rig.placed(market(Side::Buy, 4));
    rig.check_row(first, ProtectionState::Armed, 1);
    // What no order's protection covers is the position's.
    let rest = rig.protected(position(), "sl=100");
    rig.check_row(rest, ProtectionState::Armed, 4);
    rig.tick(17_255);
    assert_eq!(rig.net(), lots(5));
    rig.check_row(first, ProtectionState::Done, 0);
    rig.check_fold();
}

#[test]
fn a_trailing_stop_follows_and_survives_a_kill() {
    let mut rig = Rig::new();
    let (_, guard) = rig.bracket(market(Side::Buy, 1), "trail=20");
    assert!(rig.working().is_empty(), "the gateway keeps what moves");
    for (price, stop) in [(17_310, 17_290), (17_300, 17_290), (17_340, 17_320)] {
        rig.tick(price);
        assert_eq!(rig.row(guard).stop, Some(points(stop)));
    }
    rig.restart();
    rig.login();
    assert_eq!(rig.row(guard).stop, Some(points(17_320)));
    // The first trade after the start is compared with it.
    rig.tick(17_319);
    assert_eq!(rig.net(), lots(0));
    assert_eq!(rig.row(guard).text, "closed by its trailing stop");
    rig.tick(17_300);
    assert_eq!(rig.orders(), 2);
    rig.check_fold();
}

#[test]
fn a_stop_that_followed_the_price_is_not_put_back_by_another_take_profit() {
    let mut rig = Rig::new();
    let (order, guard) = rig.bracket(market(Side::Buy, 1), "trail=20");
    rig.tick(17_340);
    rig.protected(Target::Order { order }, "trail=20 tp=80");
    let row = rig.row(guard);
    assert_eq!((row.stop, row.take_profit), (Some(points(17_320)), Some(points(17_381))));
    // Nor by a stop that would be behind it.
    rig.protected(Target::Order { order }, "trail=20 sl=60");
    assert_eq!(rig.row(guard).stop, Some(points(17_320)));
    rig.tick(17_319);
    assert_eq!(rig.net(), lots(0));
    rig.check_fold();
}

#[test]
fn a_leg_whose_cancel_is_under_way_is_no_reason_to_open() {
    let mut rig = Rig::new();
    let (_, guard) = rig.bracket(market(Side::Buy, 1), "sl=15");
    let leg = rig.row(guard).order.unwrap();
    rig.do_it(&Request::Unprotect { id: guard });
    rig.placed(market(Side::Sell, 1));
    assert_eq!(rig.net(), lots(0));
    assert!(rig.core.state().orders[&leg].order.status.is_final());
    rig.tick(17_280);
    assert_eq!(rig.net(), lots(0));
    rig.check_fold();
}

#[test]
fn a_stop_goes_to_breakeven_and_is_moved_at_the_exchange() {
    let mut rig = Rig::new();
    let (_, guard) = rig.bracket(market(Side::Buy, 1), "sl=15 even=12+2");
    assert_eq!(rig.row(guard).stop, Some(points(17_286)));
    rig.tick(17_313);
    assert_eq!(rig.row(guard).stop, Some(points(17_303)));
    let resting = rig.row(guard).order.unwrap();
    let ticket = rig.core.state().orders[&resting].order.ticket;
    assert_eq!(ticket.stop_price, Some(points(17_303)));
    rig.tick(17_303);
    assert_eq!(rig.net(), lots(0));
    assert_eq!(rig.row(guard).text, "closed by its breakeven");
    rig.check_fold();
}

#[test]
fn a_profit_without_a_stop_rests_as_a_limit_order() {
    let mut rig = Rig::new();
    let (_, guard) = rig.bracket(market(Side::Buy, 1), "tp=30");
    let resting = rig.row(guard).order.unwrap();
    assert_eq!(rig.core.state().orders[&resting].order.ticket.price, Some(points(17_331)));
    rig.tick(17_332);
    assert_eq!(rig.net(), lots(0));
    assert_eq!(rig.row(guard).text, "closed by its take profit");
}

#[test]
fn a_protection_can_be_changed_and_dropped() {
    let mut rig = Rig::new();
    let (order, guard) = rig.bracket(market(Side::Buy, 1), "sl=15");
    let same = rig.protected(Target::Order { order }, "sl=30 tp=@17400");
    assert_eq!(same, guard);
    assert_eq!(rig.row(guard).stop, Some(points(17_271)));
    assert_eq!(rig.working().len(), 1);
    assert_eq!(
        rig.protect(Target::Order { order: guard }, "sl=30 tp=@17400"),
        Ok(Reply::Unchanged {})
    );
    rig.do_it(&Request::Cancel { order: guard });
    assert_eq!(rig.row(guard).text, "dropped");
    assert!(rig.working().is_empty());
    rig.tick(17_200);
    assert_eq!(rig.net(), lots(1));
    assert_eq!(rig.desk(&Request::Unprotect { id: guard }), Ok(Reply::Unchanged {}));
    rig.check_fold();
}

#[test]
fn what_cannot_be_protected_is_refused_with_a_code() {
    let mut rig = Rig::new();
    let code = |asked: Result<Reply, Refused>| asked.unwrap_err().code;
    assert_eq!(code(rig.protect(position(), "sl=15")), "NOTHING_HELD");
    assert_eq!(code(rig.protect(Target::Order { order: OrderId(9) }, "sl=1")), "UNKNOWN_ORDER");
    rig.placed(market(Side::Buy, 1));
    for terms in ["sl=0", "even=5", "tp=1.5", "sl=10 even=5+5"] {
        assert_eq!(code(rig.protect(position(), terms)), "INVALID_PROTECTION", "{terms}");
    }
    let close = Intent { open_close: OpenClose::Close, ..limit(Side::Sell, 17_400, 1) };
    let order = rig.placed(close);
    assert_eq!(code(rig.protect(Target::Order { order }, "sl=1")), "INVALID_PROTECTION");
    let unknown = Request::Unprotect { id: OrderId(77) };
    assert_eq!(code(rig.desk(&unknown)), "UNKNOWN_PROTECTION");
    rig.do_it(&Request::Logout {});
    assert_eq!(code(rig.protect(position(), "sl=15")), "NOT_LOGGED_IN");
}

#[test]
fn a_request_id_is_one_protection_for_ever() {
    let mut rig = Rig::new();
    let ask = |terms: &str| Request::Bracket {
        intent: Box::new(named("r-1", market(Side::Buy, 1))),
        terms: guard(terms),
    };
    rig.do_it(&ask("sl=15"));
    rig.restart();
    rig.login();
    rig.tick(17_300);
    let repeated = rig.desk(&ask("sl=15"));
    assert!(matches!(repeated, Ok(Reply::Placed { repeated: true, .. })), "{repeated:?}");
    assert_eq!(rig.desk(&ask("sl=20")).unwrap_err().code, "DUPLICATE_REQUEST");
    assert_eq!(rig.net(), lots(1));
    let protect = |terms: &str| Request::Protect {
        request: Some(id("p-1")),
        target: position(),
        terms: guard(terms),
    };
    let Ok(Reply::Protected { row }) = rig.desk(&protect("sl=40")) else { panic!() };
    let Ok(Reply::Protected { row: again }) = rig.desk(&protect("sl=40")) else { panic!() };
    assert_eq!(row.id, again.id);
    assert_eq!(rig.desk(&protect("sl=41")).unwrap_err().code, "DUPLICATE_REQUEST");
}

#[test]
fn exits_pass_in_reducing_and_limits_never_stop_them() {
    let bounds = Bounds { max_position: lots(1), max_qty: lots(1), ..Bounds::wide() };
    let mut rig = Rig::bounded(aftm_sim::Settings::default(), bounds);
    rig.do_it(&Request::AddItem { item: id(ITEM) });
    rig.login();
    rig.tick(17_300);
    let (_, guard) = rig.bracket(market(Side::Buy, 1), "sl=15");
    rig.do_it(&Request::Reduce { reason: "too fast".to_owned(), scope: Scope::Global });
    assert_eq!(rig.row(guard).state, ProtectionState::Armed);
    // The operator may close what rests for a protection, in Reducing and at every limit.
    rig.tick(17_290);
    rig.placed(market(Side::Sell, 1));
    assert_eq!(rig.net(), lots(0));
    rig.check_row(guard, ProtectionState::Done, 0);
    rig.check_fold();
}

#[test]
fn a_halt_holds_an_exit_with_an_alarm_until_it_ends() {
    let mut rig = Rig::new();
    let (_, guard) = rig.bracket(market(Side::Buy, 1), "sl=15");
    rig.do_it(&Request::Kill { flatten: false, reason: "no".to_owned(), scope: Scope::Global });
    assert!(rig.working().is_empty(), "a halt cancels what rests");
    rig.alerts();
    rig.tick(17_280);
    rig.tick(17_279);
    let alerts = rig.alerts();
    assert_eq!(alerts.iter().filter(|it| *it == "PROTECTION_HELD").count(), 1, "{alerts:?}");
    rig.check_row(guard, ProtectionState::Held, 1);
    assert_eq!(rig.net(), lots(1));
    rig.do_it(&Request::Rearm { reason: "go".to_owned(), scope: Scope::Global, force: false });
    assert_eq!(rig.core.state().brakes.state(Scope::Global), TradingState::Reducing);
    assert_eq!(rig.net(), lots(0));
    rig.check_fold();
}

#[test]
fn a_stop_that_a_halt_took_from_the_exchange_rests_there_again_after_it() {
    let mut rig = Rig::new();
    let (_, guard) = rig.bracket(market(Side::Buy, 2), "sl=15");
    rig.do_it(&Request::Kill { flatten: false, reason: "no".to_owned(), scope: Scope::Global });
    assert!(rig.working().is_empty());
    rig.restart();
    rig.login();
    rig.tick(17_300);
    rig.alerts();
    rig.do_it(&Request::Rearm { reason: "go".to_owned(), scope: Scope::Global, force: false });
    let working = rig.working();
    assert!(matches!(working[..], [(_, Kind::Stop, left)] if left == lots(2)), "{working:?}");
    assert!(!rig.alerts().contains(&"PROTECTION_KEPT".to_owned()));
    rig.check_row(guard, ProtectionState::Armed, 2);
    rig.tick(17_286);
    assert_eq!(rig.net(), lots(0));
    rig.check_fold();
}

#[test]
fn a_stop_that_made_way_for_a_close_that_was_not_filled_rests_again() {
    let mut rig = Rig::new();
    let (_, guard) = rig.bracket(market(Side::Buy, 1), "sl=15");
    let close = Intent {
        open_close: OpenClose::Close,
        time_in_force: TimeInForce::Ioc,
        ..limit(Side::Sell, 17_400, 1)
    };
    rig.placed(close);
    let working = rig.working();
    assert!(matches!(working[..], [(_, Kind::Stop, left)] if left == lots(1)), "{working:?}");
    rig.check_row(guard, ProtectionState::Armed, 1);
    rig.tick(17_286);
    assert_eq!((rig.net(), rig.row(guard).text.as_str()), (lots(0), "closed by its stop loss"));
    rig.check_fold();
}

#[test]
fn a_stop_that_a_person_cancels_at_the_exchange_is_watched_here() {
    let mut rig = Rig::new();
    let (_, guard) = rig.bracket(market(Side::Buy, 1), "sl=15");
    let leg = rig.row(guard).order.unwrap();
    rig.alerts();
    rig.do_it(&Request::Cancel { order: leg });
    assert!(rig.working().is_empty());
    assert!(rig.alerts().contains(&"PROTECTION_KEPT".to_owned()));
    rig.tick(17_286);
    assert_eq!(rig.net(), lots(0));
    rig.check_fold();
}
