//! The ledger: what a session remembers of the one before it, whatever ended that one.

use std::path::Path;

use aftm_domain::{ExchangeTime, Price, Quantity, Side};
use aftm_plugin_host::abi::*;
use aftm_plugin_host::{CallError, What};
use aftm_sim::ledger_file::{self, Day};

use crate::loaded::{Loaded, cancel, told_instrument};
use crate::script::{Act, Trader, instrument, limit, morning, trade, walk};

const KEPT: &[(&str, &str)] = &[("ledger", "true")];

fn open(folder: &Path, now: Option<ExchangeTime>) -> Loaded {
    let mut loaded = Loaded::open(folder, KEPT);
    loaded.session.list_instrument(&told_instrument(&instrument())).unwrap();
    loaded.log_in(now);
    loaded
}

/// A folder with the ledger as it is now, which is all that a killed process leaves.
fn killed(folder: &Path) -> tempfile::TempDir {
    let left = tempfile::tempdir().unwrap();
    let name = "ledger.jsonl";
    std::fs::copy(folder.join(name), left.path().join(name)).unwrap();
    left
}

fn day(folder: &Path) -> Day {
    let bytes = std::fs::read(folder.join("ledger.jsonl")).unwrap();
    ledger_file::read(&bytes).unwrap().day.unwrap()
}

/// Orders, fills, positions and accounts, without the order in which events came.
fn everything(loaded: &mut Loaded) -> Vec<String> {
    let mut said = Vec::new();
    for what in [QUERY_ORDERS, QUERY_FILLS, QUERY_POSITIONS, QUERY_ACCOUNTS] {
        let rows = loaded.list(&Query { what, ..Query::blank() }).0;
        said.extend(rows.iter().map(|it| match &it.what {
            What::Order(it) => {
                let broker = name(&it.broker_order_id).unwrap();
                let figures = (it.client_order_id, it.state, it.price_e9, it.qty_e9, it.filled_e9);
                format!("{broker} {figures:?} {} {}", it.triggered, text(&it.text))
            }
            What::Fill(it) => {
                let figures = (it.client_order_id, it.price_e9, it.qty_e9, it.fee_e9, it.ts_ns);
                format!("{} {figures:?}", name(&it.fill_id).unwrap())
            }
            What::Position(it) => format!("{:?}", (it.side, it.qty_e9, it.avg_price_e9)),
            What::Account(it) => format!("{:?}", (it.equity_e4, it.frozen_e4, it.realized_e4)),
            other => panic!("{other:?}"),
        }));
    }
    said
}

/// A seeded morning: every kind of order, each rehearsal of the exchange itself.
fn trade_a_morning(loaded: &mut Loaded, seed: u64) {
    let mut trader = Trader::new(seed);
    for (tick, book) in walk(seed, 300, seed.is_multiple_of(2)) {
        loaded.feed(&tick, book.as_ref());
        while let Some(act) = trader.act(tick.price, 3) {
            match act {
                Act::Place(id, ticket) if loaded.send(id, &ticket).is_ok() => trader.sent.push(id),
                Act::Cancel(id) => drop(loaded.session.cancel(&cancel(id))),
                Act::Amend(client_order_id, quantity, price) => {
                    let qty_e9 = quantity.map_or(ABSENT, Quantity::raw);
                    let price_e9 = price.map_or(ABSENT, Price::raw);
                    let blank = AmendRequest::blank();
                    let amend = AmendRequest { client_order_id, qty_e9, price_e9, ..blank };
                    drop(loaded.session.amend(&amend));
                }
                _ => (),
            }
        }
    }
    loaded.take();
}

#[test]
fn whatever_was_traded_is_remembered_after_a_kill() {
    for seed in 20..26 {
        let folder = tempfile::tempdir().unwrap();
        let mut before = open(folder.path(), Some(morning(0)));
        trade_a_morning(&mut before, seed);
        let last = trade(morning(600_000), 17_300, 1);
        before.feed(&last, None);
        let left = killed(folder.path());
        let mut after = open(left.path(), Some(morning(600_000)));
        let (was, is) = (everything(&mut before), everything(&mut after));
        // The open profit and what orders tie up need a price again.
        assert_eq!(was.len(), is.len(), "seed {seed}");
        after.feed(&trade(morning(600_000), 17_300, 1), None);
        before.feed(&trade(morning(600_000), 17_300, 1), None);
        assert_eq!(everything(&mut before), everything(&mut after), "seed {seed}");
        // They go on alike.
        for (at, price) in [(601_000, 17_250), (602_000, 17_350), (603_000, 17_300)] {
            let tick = trade(morning(at), price, 50);
            let told = |it: &mut Loaded| it.feed(&tick, None).len();
            assert_eq!(told(&mut before), told(&mut after), "seed {seed}");
        }
        assert_eq!(everything(&mut before), everything(&mut after), "seed {seed}");
    }
}

#[test]
fn a_number_of_before_is_refused_and_an_order_of_before_is_canceled() {
    let folder = tempfile::tempdir().unwrap();
    let mut before = open(folder.path(), Some(morning(0)));
    before.feed(&trade(morning(1), 17_300, 1), None);
    before.send(7, &limit(Side::Buy, 2, 17_200)).unwrap();
    let left = killed(folder.path());
    let mut after = open(left.path(), None);
    let repeated = after.send(7, &limit(Side::Buy, 2, 17_200)).unwrap_err();
    assert!(matches!(repeated, CallError::Refused(it) if it.code == E_DUPLICATE));
    let order = after.orders(7)[0];
    assert_eq!((order.state, name(&order.broker_order_id)), (STATE_WORKING, Some("SIM-00000007")));
    let by_name = CancelRequest {
        broker_order_id: order.broker_order_id,
        symbol: order.symbol,
        ..CancelRequest::blank()
    };
    let req_id = after.session.cancel(&by_name).unwrap();
    let answer = after.take().pop().unwrap();
    assert!(answer.is_last && answer.req_id == req_id);
    assert_eq!(after.orders(7)[0].state, STATE_CANCELED);
}

#[test]
fn a_kill_at_any_byte_loses_nothing_that_was_told() {
    let folder = tempfile::tempdir().unwrap();
    let mut before = open(folder.path(), Some(morning(0)));
    before.feed(&trade(morning(1), 17_300, 1), None);
    let mut told = Vec::new();
    for (id, price) in [(1, 17_200), (2, 17_400), (3, 17_310), (4, 10)] {
        before.send(id, &limit(Side::Buy, 2, price)).unwrap();
        told.push((std::fs::metadata(folder.path().join("ledger.jsonl")).unwrap().len(), id));
    }
    let bytes = std::fs::read(folder.path().join("ledger.jsonl")).unwrap();
    for cut in (0..=bytes.len()).step_by(7).chain([bytes.len()]) {
        let left = tempfile::tempdir().unwrap();
        std::fs::write(left.path().join("ledger.jsonl"), &bytes[..cut]).unwrap();
        let mut after = open(left.path(), Some(morning(2)));
        let known: Vec<u64> = after.orders(0).iter().map(|it| it.client_order_id).collect();
        for (at, id) in &told {
            assert!(u64::try_from(cut).unwrap() < *at || known.contains(id), "cut at {cut}");
        }
        // No order is on its way for ever, and the next one is taken.
        assert!(after.orders(0).iter().all(|it| it.state != STATE_PENDING), "cut at {cut}");
        after.feed(&trade(morning(3), 17_300, 1), None);
        assert!(!after.send(9, &limit(Side::Buy, 1, 17_250)).unwrap().is_empty());
        drop(after);
        assert!(day(left.path()).orders().iter().any(|it| it.order.id.0 == 9));
    }
}

#[test]
fn the_ledger_has_every_fill_that_was_told_and_no_other() {
    let folder = tempfile::tempdir().unwrap();
    let options = [
        ("ledger", "true"),
        ("latency_ms", "300"),
        ("reject_one_in", "8"),
        ("slow_one_in", "5"),
        ("disconnect_after_ms", "20000"),
    ];
    let mut loaded = Loaded::open(folder.path(), &options);
    loaded.session.list_instrument(&told_instrument(&instrument())).unwrap();
    loaded.log_in(Some(morning(0)));
    trade_a_morning(&mut loaded, 31);
    loaded.session.settle().unwrap();
    let rows = loaded.list(&Query { what: QUERY_FILLS, ..Query::blank() }).0;
    let told = rows.iter().map(|it| match &it.what {
        What::Fill(it) => (it.client_order_id, name(&it.fill_id).unwrap().to_owned(), it.qty_e9),
        other => panic!("{other:?}"),
    });
    let told: Vec<_> = told.collect();
    let day = day(folder.path());
    let kept = day
        .fills()
        .map(|(order, it)| (order.id.0, it.trade.as_str().to_owned(), it.quantity.raw()));
    assert_eq!(told, kept.collect::<Vec<_>>());
    assert!(told.len() > 20, "{}", told.len());
}

#[test]
fn a_ledger_that_is_damaged_is_refused_with_its_line() {
    let folder = tempfile::tempdir().unwrap();
    let mut before = open(folder.path(), Some(morning(0)));
    before.feed(&trade(morning(1), 17_300, 1), None);
    before.send(1, &limit(Side::Buy, 2, 17_200)).unwrap();
    let left = killed(folder.path());
    let path = left.path().join("ledger.jsonl");
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, text.replacen("\"order\"", "\"0rder\"", 1)).unwrap();
    let refused = Loaded::try_open(left.path(), KEPT).err().unwrap();
    assert!(refused.contains("the ledger is damaged in line 4: unknown variant"), "{refused}");
    assert!(refused.contains("move the file away to begin anew"), "{refused}");
}

#[test]
fn a_ledger_has_one_session_at_a_time() {
    let folder = tempfile::tempdir().unwrap();
    let first = open(folder.path(), None);
    let refused = Loaded::try_open(folder.path(), KEPT).err().unwrap();
    assert!(refused.contains("is locked by another session"), "{refused}");
    drop(first);
    open(folder.path(), None);
}

/// A filled order, a working one, and the balance of the day after.
fn yesterday() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let mut before = open(folder.path(), Some(morning(0)));
    before.feed(&trade(morning(1), 17_300, 1), None);
    before.send(1, &limit(Side::Buy, 3, 17_300)).unwrap();
    before.send(2, &limit(Side::Sell, 1, 17_310)).unwrap();
    before.feed(&trade(morning(2), 17_320, 9), None);
    before.send(3, &limit(Side::Buy, 1, 17_200)).unwrap();
    killed(folder.path())
}

fn tomorrow() -> ExchangeTime {
    "2021-07-27T08:45:00+08:00".parse().unwrap()
}

/// What a new day must begin with.
fn check_new_day(after: &mut Loaded, folder: &Path) {
    assert_eq!(after.orders(0).len(), 0);
    let positions = after.list(&Query { what: QUERY_POSITIONS, ..Query::blank() }).0;
    let What::Position(held) = &positions[0].what else { panic!("{positions:?}") };
    let two = 2_000_000_000;
    assert_eq!((held.qty_e9, held.avg_price_e9), (two, 17_300_000_000_000), "{positions:?}");
    let used = after.send(2, &limit(Side::Buy, 1, 17_200)).unwrap_err();
    assert!(matches!(used, CallError::Refused(it) if it.code == E_DUPLICATE));
    let old = std::fs::read(folder.join("ledger-2021-07-26.jsonl")).unwrap();
    let old = ledger_file::read(&old).unwrap().day.unwrap();
    let account = "SIM-1".parse().unwrap();
    let net = old.accounts[&account].today.net().unwrap();
    let balance = old.accounts[&account].balance.checked_add(net).unwrap();
    assert_eq!(day(folder).accounts[&account].balance, balance);
    assert!(old.orders().iter().all(|it| it.order.status.is_final()));
    after.feed(&trade(tomorrow(), 17_300, 1), None);
    assert!(!after.send(4, &limit(Side::Buy, 1, 17_250)).unwrap().is_empty());
}

#[test]
fn a_new_trading_day_carries_lots_and_money_and_no_order() {
    let folder = yesterday();
    let mut after = open(folder.path(), Some(tomorrow()));
    check_new_day(&mut after, folder.path());
}

#[test]
fn a_day_that_turns_out_to_be_over_after_the_login_ends_its_orders() {
    let folder = yesterday();
    let mut after = open(folder.path(), None);
    assert_eq!(after.orders(0).len(), 3);
    let heard = after.feed(&trade(tomorrow(), 17_300, 1), None);
    let ended = heard.iter().map(|it| match &it.what {
        What::Order(it) => (it.client_order_id, it.change),
        other => panic!("{other:?}"),
    });
    assert_eq!(ended.collect::<Vec<_>>(), [(3, CHANGE_EXPIRED)]);
    check_new_day(&mut after, folder.path());
}

#[test]
fn a_change_of_day_that_was_interrupted_is_finished_or_forgotten() {
    let folder = yesterday();
    drop(open(folder.path(), Some(tomorrow())));
    let (path, coming) = (folder.path().join("ledger.jsonl"), folder.path().join("ledger.coming"));
    // The old file was put away already: the new one counts.
    std::fs::rename(&path, &coming).unwrap();
    let mut after = open(folder.path(), Some(tomorrow()));
    check_new_day(&mut after, folder.path());
    drop(after);
    // The old file is still there: a new one was only begun.
    std::fs::write(&coming, "{\"begun\":").unwrap();
    assert_eq!(open(folder.path(), Some(tomorrow())).orders(0).len(), 1);
    assert!(!coming.exists());
}
