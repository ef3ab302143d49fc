//! Sessions, the end of the day, and the end of the contract.

use aftm_domain::Side::Buy;

use super::*;

fn with_sessions() -> Floor {
    Floor::with(Settings { sessions: true, ..Settings::default() })
}

#[test]
fn orders_are_taken_in_sessions_only() {
    let table = [
        ("2021-07-26T08:45:00+08:00", "1 accepted"),
        ("2021-07-26T13:44:59+08:00", "1 accepted"),
        ("2021-07-26T13:45:00+08:00", "1 rejected MARKET_CLOSED"),
        ("2021-07-26T14:59:59+08:00", "1 rejected MARKET_CLOSED"),
        ("2021-07-26T15:00:00+08:00", "1 accepted"),
        ("2021-07-27T04:59:59+08:00", "1 accepted"),
        ("2021-07-27T05:00:00+08:00", "1 rejected MARKET_CLOSED"),
        ("2021-07-25T10:00:00+08:00", "1 rejected MARKET_CLOSED"),
    ];
    for (now, told) in table {
        let mut floor = with_sessions();
        floor.trade_at(time(now), 17_300, 1, None);
        floor.place(1, &limit(Buy, 1, 17_000));
        assert_eq!(floor.told(), [told], "at {now}");
    }
}

#[test]
fn without_sessions_the_market_is_always_open() {
    let mut floor = Floor::new();
    floor.trade_at(time("2021-07-25T06:00:00+08:00"), 17_300, 1, None);
    floor.place(1, &limit(Buy, 1, 17_000));
    floor.sim.advance(time("2021-08-18T13:29:59+08:00"), &mut floor.news);
    assert_eq!(floor.told(), ["1 accepted"]);
}

#[test]
fn a_rod_order_of_the_night_ends_after_the_last_trade_of_the_day_session() {
    let mut floor = with_sessions();
    floor.trade_at(time("2021-07-23T22:00:00+08:00"), 17_300, 1, None);
    floor.place(1, &limit(Buy, 3, 17_200));
    floor.place(2, &stop(Buy, 1, 17_500, None));
    floor.sim.advance(time("2021-07-26T13:44:59+08:00"), &mut floor.news);
    floor.trade_at(time("2021-07-26T13:45:00+08:00"), 17_200, 1, None);
    assert_eq!(floor.told(), ["1 accepted", "2 accepted", "1 filled 1 @ 17200"]);
    floor.trade_at(time("2021-07-26T15:00:00+08:00"), 17_100, 9, None);
    assert_eq!(floor.told(), ["1 expired", "2 expired"]);
    assert!(floor.sim.working().is_empty());
}

#[test]
fn a_holiday_lets_it_live_a_day_longer() {
    let holidays = ["2021-07-26".parse().unwrap()].into();
    let settings = Settings { sessions: true, holidays, ..Settings::default() };
    let mut floor = Floor::with(settings);
    floor.trade_at(time("2021-07-23T22:00:00+08:00"), 17_300, 1, None);
    floor.place(1, &limit(Buy, 3, 17_200));
    floor.sim.advance(time("2021-07-27T13:45:00+08:00"), &mut floor.news);
    assert_eq!(floor.told(), ["1 accepted"]);
    floor.sim.advance(time("2021-07-27T13:45:01+08:00"), &mut floor.news);
    assert_eq!(floor.told(), ["1 expired"]);
}

#[test]
fn a_canceled_order_does_not_expire_as_well() {
    let mut floor = with_sessions();
    floor.trade(17_300, 1);
    floor.place(1, &limit(Buy, 3, 17_200));
    floor.sim.cancel(OrderId(1), &mut floor.news).unwrap();
    floor.sim.advance(time("2021-07-27T10:00:00+08:00"), &mut floor.news);
    assert_eq!(floor.told(), ["1 accepted", "1 canceled"]);
}

#[test]
fn the_contract_ends_on_its_last_trading_day_whether_or_not_sessions_are_kept() {
    for sessions in [false, true] {
        let mut floor = Floor::with(Settings { sessions, ..Settings::default() });
        floor.trade_at(time("2021-08-18T13:29:59+08:00"), 17_300, 1, None);
        floor.place(1, &limit(Buy, 1, 17_200));
        floor.sim.advance(time("2021-08-18T13:30:00+08:00"), &mut floor.news);
        floor.place(2, &market(Buy, 1));
        assert_eq!(floor.told(), ["1 accepted", "2 rejected CONTRACT_EXPIRED"]);
        floor.sim.advance(time("2021-08-18T13:30:01+08:00"), &mut floor.news);
        assert_eq!(floor.told(), ["1 expired"]);
    }
}
