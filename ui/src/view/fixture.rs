//! A moment to draw: made up, always the same, and like a morning's trading.

mod market;
mod trading;

use super::{
    Alert, Connection, Defaults, Environment, Health, Limit, Machine, Moment, Process, Running,
    Severity, Socket, Trading, View, whole,
};

/// 2021-08-02 09:31:02 in Taipei: the clock of the moment.
pub const NOW: Moment = 1_627_867_862_000_000_000;
/// Seconds from UTC to Taipei.
pub const TAIPEI_S: i32 = 8 * 3600;
/// Nanoseconds in a second.
const SECOND: Moment = 1_000_000_000;

/// So many seconds before the moment's clock.
pub const fn ago(seconds: i64) -> Moment {
    NOW - seconds * SECOND
}

/// A rich moment: everything runs, orders in every state, a position of one lot.
pub fn view() -> View {
    View {
        is_whole: true,
        now: NOW,
        offset_s: TAIPEI_S,
        machine: machine(),
        quotes: market::quotes(),
        conditions: trading::conditions(),
        orders: trading::orders(),
        fills: trading::fills(),
        fills_gone: 0,
        positions: trading::positions(),
        money: Some(trading::money()),
        health: health(),
        limits: limits(),
        alerts: alerts(),
        instruments: market::instruments(),
    }
}

/// The exits of the order A17, as one more order.
pub fn protection() -> super::Order {
    trading::protection()
}

/// A first start: nobody logged in, nothing registered, nothing running.
pub fn empty() -> View {
    View {
        is_whole: true,
        now: NOW,
        offset_s: TAIPEI_S,
        machine: Machine {
            environment: Environment::Paper,
            venue: "simulator".into(),
            feed: "random".into(),
            defaults: defaults(),
            ..Machine::default()
        },
        health: Health {
            processes: vec![
                process("gateway", Some(4021), "running", Some(200)),
                process("strategy", None, "down", None),
                process("executor", None, "down", None),
            ],
            ..Health::default()
        },
        ..View::default()
    }
}

fn machine() -> Machine {
    Machine {
        environment: Environment::Paper,
        venue: "simulator".into(),
        user: Some("demo".into()),
        connection: Connection::Connected,
        account: Some("SIM-1".into()),
        accounts: vec!["SIM-1".into(), "SIM-2".into()],
        running: Running::Running,
        trading: Trading::Active,
        feed: "random".into(),
        feed_ended: false,
        feed_silent_ms: None,
        exchange_time: Some((NOW, TAIPEI_S)),
        session: "day 08:45-13:45".into(),
        defaults: defaults(),
        plain: false,
    }
}

fn defaults() -> Defaults {
    Defaults {
        user: "demo".into(),
        needs_password: false,
        item: "TXFH1".into(),
        turning: whole(15),
        take_profit: Some(whole(90)),
        stop_loss: Some(whole(30)),
        quantity: whole(1),
    }
}

fn process(name: &str, pid: Option<u32>, state: &str, beat_age_ms: Option<u64>) -> Process {
    Process {
        name: name.into(),
        pid,
        state: state.into(),
        is_well: pid.is_some(),
        is_bad: false,
        beat_age_ms,
        restarts: 0,
        cpu_permille: pid.map(|it| it % 40),
        memory: pid.map(|it| 9_000_000 + u64::from(it) * 1_000),
    }
}

fn socket(name: &str, place: &str, rate_tenths: u32) -> Socket {
    Socket { name: name.into(), place: place.into(), rate_tenths, drops: 0, queue: 0 }
}

fn health() -> Health {
    let mut executor = process("executor", Some(4078), "running", Some(300));
    executor.restarts = 1;
    Health {
        processes: vec![
            process("gateway", Some(4021), "running", Some(200)),
            process("strategy", Some(4077), "running", Some(300)),
            executor,
        ],
        sockets: vec![
            socket("desk", "inproc", 31),
            socket("children", "ipc", 84),
            socket("events", "ipc", 8_241),
            socket("v1 ticks", "5555", 8_120),
        ],
        tick_age_ms: Some(12),
        ticks_per_second: 812,
        round_trip_p50_us: Some(2_100),
        round_trip_p99_us: Some(3_400),
        gaps: 0,
        feed_problems: 0,
        bad_messages: 0,
        frames_per_second: 18,
    }
}

fn limits() -> Vec<Limit> {
    let limit = |name: &str, scope: &str, used: &str, bound: &str, permille| Limit {
        name: name.into(),
        scope: scope.into(),
        used: used.into(),
        bound: bound.into(),
        permille,
    };
    vec![
        limit("loss of the day", "SIM-1", "1,200", "20,000", 60),
        limit("position", "TXFH1", "1", "4", 250),
        limit("orders a minute", "SIM-1", "7", "60", 116),
        limit("lots an order", "all", "2", "2", 1_000),
    ]
}

fn alerts() -> Vec<Alert> {
    let alert = |number, seconds, severity, code: &str, text: &str| Alert {
        number,
        time: ago(seconds),
        code: code.into(),
        text: text.into(),
        severity,
    };
    vec![
        alert(1, 1_800, Severity::Info, "STARTED", "all components run"),
        alert(2, 95, Severity::Warn, "CHILD_RESTARTED", "executor was started again after 0.4 s"),
        alert(
            3,
            62,
            Severity::Error,
            "ORDER_REJECTED",
            "A14 was refused by the exchange: margin of 83,000 is more than what is available",
        ),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_moment_is_always_the_same_and_hangs_together() {
        let view = view();
        assert_eq!(view, super::view());
        let quote = view.quote("TXFH1").unwrap();
        assert_eq!((quote.bars.len(), quote.trades.len()), (300, 200));
        assert_eq!(quote.bars.last().unwrap().close, quote.last.unwrap());
        assert_eq!(quote.trades.back().unwrap().price, quote.last.unwrap());
        for quote in &view.quotes {
            assert!(quote.bid() < quote.last.max(quote.ask()), "{}", quote.code);
            assert!(quote.bid() < quote.ask(), "{}", quote.code);
            for bar in &quote.bars {
                assert!(bar.low <= bar.open.min(bar.close) && bar.high >= bar.open.max(bar.close));
                assert_eq!(bar.start % (super::super::Bar::SECONDS * SECOND), 0);
            }
        }
        assert_eq!(view.position("TXFH1").unwrap().net(), whole(1));
        for fill in &view.fills {
            assert!(view.order(&fill.order).is_some(), "{}", fill.order);
        }
        assert!(view.is_fresh("TXFH1"));
        assert!(!empty().is_fresh("TXFH1"));
    }
}
