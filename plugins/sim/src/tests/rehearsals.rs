//! Latency, rejections, slow answers and lost connections.

use aftm_domain::Side::Buy;
use aftm_domain::order::Status;

use super::*;

const MS: i64 = Stamp::MILLISECOND;

impl Floor {
    fn advance(&mut self, milliseconds: i64) {
        self.sim.advance(morning(milliseconds), &mut self.news);
    }
}

#[test]
fn an_order_trades_when_it_arrives_and_is_answered_when_the_answer_is_back() {
    let mut floor = Floor::with(Settings { latency: 100 * MS, ..Settings::default() });
    floor.trade_at(morning(0), 17_300, 1, None);
    floor.place(1, &market(Buy, 1));
    assert_eq!(floor.told(), Vec::<String>::new());
    floor.trade_at(morning(49), 17_320, 1, None);
    floor.trade_at(morning(50), 17_350, 1, None);
    assert_eq!(floor.told(), Vec::<String>::new());
    floor.advance(99);
    assert_eq!(floor.told(), Vec::<String>::new());
    floor.advance(100);
    assert_eq!(floor.told(), ["1 accepted", "1 filled 1 @ 17321"]);
}

#[test]
fn a_fill_of_a_resting_order_takes_the_way_back() {
    let mut floor = Floor::with(Settings { latency: 100 * MS, ..Settings::default() });
    floor.trade_at(morning(0), 17_300, 1, None);
    floor.place(1, &limit(Buy, 1, 17_290));
    floor.trade_at(morning(1_000), 17_289, 1, None);
    assert_eq!(floor.told(), ["1 accepted"]);
    assert_eq!(floor.sim.due(), Some(morning(1_050).at));
    floor.sim.cancel(OrderId(1), &mut floor.news).unwrap();
    floor.advance(1_100);
    assert_eq!(floor.told(), ["1 filled 1 @ 17290", "1 cancel_rejected ORDER_ENDED"]);
}

#[test]
fn a_rejection_hits_one_in_so_many_orders() {
    let mut floor = Floor::with(Settings { reject_one_in: 4, ..Settings::default() });
    floor.trade(17_300, 1);
    for id in 1..=400 {
        floor.place(id, &market(if id % 2 == 0 { Buy } else { Side::Sell }, 1));
    }
    let hit = floor.told().iter().filter(|it| it.ends_with("rejected REHEARSAL")).count();
    assert!((70..=130).contains(&hit), "{hit} of 400");
    let mut floor = Floor::with(Settings { reject_one_in: 1, ..Settings::default() });
    floor.trade(17_300, 1);
    floor.place(7, &market(Buy, 1));
    assert_eq!(floor.told(), ["7 rejected REHEARSAL"]);
}

#[test]
fn a_slow_answer_hides_an_order_that_trades() {
    let mut floor = Floor::with(Settings { slow_one_in: 1, ..Settings::default() });
    floor.trade_at(morning(0), 17_300, 1, None);
    floor.place(1, &market(Buy, 1));
    assert_eq!(floor.sim.positions(&account()).count(), 1);
    floor.advance(2_999);
    assert_eq!(floor.told(), Vec::<String>::new());
    floor.advance(3_000);
    assert_eq!(floor.told(), ["1 accepted", "1 filled 1 @ 17301"]);
}

#[test]
fn nothing_of_a_slow_order_overtakes_its_acceptance() {
    let mut floor = Floor::with(Settings { slow_one_in: 1, ..Settings::default() });
    floor.trade_at(morning(0), 17_300, 1, None);
    floor.place(1, &limit(Buy, 3, 17_290));
    floor.trade_at(morning(1_000), 17_290, 1, None);
    floor.sim.cancel(OrderId(1), &mut floor.news).unwrap();
    assert_eq!(floor.told(), Vec::<String>::new());
    floor.advance(10_000);
    assert_eq!(floor.told(), ["1 accepted", "1 filled 1 @ 17290", "1 canceled"]);
}

#[test]
fn who_asks_about_a_slow_order_is_told_all_of_it() {
    let settings = Settings { slow_one_in: 1, latency: 100 * MS, ..Settings::default() };
    let mut floor = Floor::with(settings);
    floor.trade_at(morning(0), 17_300, 1, None);
    floor.place(1, &market(Buy, 2));
    let ask = |floor: &mut Floor, id| floor.sim.inquire(OrderId(id), &mut floor.news).unwrap();
    assert_eq!(ask(&mut floor, 1).unwrap().status, Status::PendingNew);
    floor.advance(500);
    assert_eq!(floor.told(), Vec::<String>::new());
    let known = ask(&mut floor, 1).unwrap();
    assert_eq!((known.status, known.filled), (Status::Filled, lots(2)));
    assert_eq!(known.venue_id.as_str(), "SIM-00000001");
    assert_eq!(floor.told(), ["1 accepted", "1 filled 2 @ 17301"]);
    floor.advance(9_000);
    assert_eq!(floor.told(), Vec::<String>::new(), "nothing is told twice");
    assert_eq!(ask(&mut floor, 2), None);
}

#[test]
fn a_lost_connection_holds_the_answers_until_it_is_back() {
    let settings =
        Settings { disconnect_after: 1_000 * MS, disconnect_for: 500 * MS, ..Settings::default() };
    let mut floor = Floor::with(settings);
    floor.trade_at(morning(0), 17_300, 1, None);
    floor.place(1, &limit(Buy, 1, 17_290));
    floor.trade_at(morning(1_100), 17_289, 1, None);
    assert_eq!(floor.told(), ["1 accepted", "disconnected"]);
    assert!(!floor.sim.is_connected());
    let refusal = floor.sim.place(OrderId(2), &market(Buy, 1), &mut floor.news).unwrap_err();
    assert_eq!(refusal.code, "NOT_CONNECTED");
    assert!(floor.sim.cancel(OrderId(1), &mut floor.news).is_err());
    assert!(floor.sim.login(&"demo".parse().unwrap(), None).is_err());
    floor.advance(1_500);
    assert_eq!(floor.told(), ["connected", "1 filled 1 @ 17290"]);
    floor.advance(100_000);
    floor.place(2, &market(Buy, 1));
    assert_eq!(floor.told().len(), 2, "it is lost once a login");
    assert_eq!(floor.sim.inquire(OrderId(2), &mut floor.news).unwrap().unwrap().filled, lots(1));
}

#[test]
fn what_happens_after_a_logout_is_told_after_the_next_login() {
    let mut floor = Floor::new();
    floor.trade(17_300, 1);
    floor.place(1, &limit(Buy, 1, 17_290));
    floor.sim.logout();
    floor.trade(17_289, 1);
    assert_eq!(floor.told(), ["1 accepted"]);
    floor.sim.login(&"demo".parse().unwrap(), None).unwrap();
    floor.trade(17_289, 1);
    assert_eq!(floor.told(), ["1 filled 1 @ 17290"]);
}

#[test]
fn the_end_of_a_feed_answers_what_is_under_way_and_ends_no_resting_order() {
    let settings = Settings {
        latency: 100 * MS,
        slow_one_in: 1,
        disconnect_after: 10 * MS,
        disconnect_for: i64::MAX,
        sessions: true,
        ..Settings::default()
    };
    let mut floor = Floor::with(settings);
    floor.trade_at(morning(0), 17_300, 1, None);
    floor.place(1, &market(Buy, 1));
    floor.place(2, &limit(Buy, 1, 17_000));
    floor.trade_at(morning(20), 17_300, 1, None);
    assert_eq!(floor.told(), ["disconnected"]);
    floor.sim.settle(&mut floor.news);
    assert_eq!(floor.told(), ["connected", "1 accepted", "1 filled 1 @ 17301", "2 accepted"]);
    assert_eq!(floor.sim.working().len(), 1);
}

#[test]
fn a_clock_that_is_set_back_stands_still() {
    let mut floor = Floor::with(Settings { latency: 10 * MS, ..Settings::default() });
    floor.trade_at(morning(1_000), 17_300, 1, None);
    floor.place(1, &market(Buy, 1));
    floor.advance(0);
    floor.trade_at(morning(5), 17_300, 1, None);
    assert_eq!(floor.told(), Vec::<String>::new());
    floor.advance(1_010);
    assert_eq!(floor.told(), ["1 accepted", "1 filled 1 @ 17301"]);
}
