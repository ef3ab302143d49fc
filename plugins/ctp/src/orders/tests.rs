//! What the host hears of orders of one leg, of several, and of other terminals.

use abi::{
    CHANGE_ACCEPTED, CHANGE_CANCEL_REJECTED, CHANGE_CANCELED, CHANGE_EXPIRED, CHANGE_FILLED,
    CHANGE_NO_REPLY, CHANGE_REJECTED, E_FUNDS, STATE_CANCELED, STATE_EXPIRED, STATE_FILLED,
    STATE_PENDING, STATE_REJECTED, STATE_WORKING,
};

use super::*;

const HERE: SessionKey = SessionKey { front: 1, session: 9 };

fn key(order_ref: &str) -> Key {
    Key::new(HERE, order_ref)
}

fn number(order_sys_id: &str) -> Number {
    Number::new("SHFE", order_sys_id).unwrap()
}

fn report<'a>(order_ref: &str, order_sys_id: &'a str, (status, traded): (u8, i32)) -> Report<'a> {
    let submit = if status == b'!' { b'4' } else { b'3' };
    let status = if status == b'!' { b'5' } else { status };
    let seen = Seen { status, submit, traded, text: "" };
    let (key, life) = (key(order_ref), Life::Rod);
    Report { key, exchange: "SHFE", order_sys_id, lots: 2, life, seen }
}

fn trade(order_sys_id: &str, trade_id: &str) -> Trade {
    let (number, trade_id) = (number(order_sys_id), trade_id.to_owned());
    Trade {
        number,
        trade_id,
        direction: b'0',
        offset: b'0',
        price_e9: 1,
        lots: 1,
        symbol: "rb2510".to_owned(),
        hedge: b'1',
        ts_ns: None,
    }
}

fn refusal() -> Refusal {
    Refusal { code: E_FUNDS, vendor_code: Some(31), text: "资金不足".to_owned() }
}

/// Order 7 of the host under the references 1, 2, …, each of two lots.
fn sent(legs: usize, life: Life) -> Orders {
    let mut orders = Orders::default();
    let legs: Vec<_> = (1..=legs).map(|it| (key(&it.to_string()), 2)).collect();
    orders.sending(Duration::ZERO, 7, life, &legs);
    orders
}

/// Change, state and filled lots of every update.
fn told(updates: Vec<Update>) -> Vec<(u8, u8, i32)> {
    updates.into_iter().map(|it| (it.change, it.state, it.filled)).collect()
}

fn after(orders: &mut Orders, order_ref: &str, seen: (u8, i32)) -> Vec<(u8, u8, i32)> {
    let id = format!("  10{order_ref}");
    told(orders.report(&report(order_ref, &id, seen)).unwrap().updates)
}

#[test]
fn an_order_of_one_leg_is_told_step_by_step() {
    let mut orders = sent(1, Life::Rod);
    assert!(orders.knows(7) && !orders.knows(8));
    assert_eq!(orders.report(&report("1", "", (b'a', 0))).unwrap(), News::default());
    let news = orders.report(&report(" 1", "   101", (b'3', 0))).unwrap();
    let update = &news.updates[0];
    assert_eq!((update.client_order_id, update.change, update.lots), (7, CHANGE_ACCEPTED, 2));
    assert_eq!(update.number, Some(number("101")));
    assert_eq!(after(&mut orders, "1", (b'1', 1)), [(CHANGE_FILLED, STATE_WORKING, 1)]);
    assert_eq!(after(&mut orders, "1", (b'0', 2)), [(CHANGE_FILLED, STATE_FILLED, 2)]);
    assert_eq!(after(&mut orders, "1", (b'3', 0)), [], "the day is told again");
}

#[test]
fn fills_are_trades_and_never_added_to_the_updates() {
    let mut orders = sent(1, Life::Rod);
    after(&mut orders, "1", (b'3', 0));
    let fill = orders.trade(trade("101", "a")).unwrap();
    assert_eq!((fill.client_order_id, &fill.number), (7, &number("101")));
    assert_eq!(orders.trade(trade("101", "a")), None, "a replay");
    assert_eq!(after(&mut orders, "1", (b'1', 1)), [(CHANGE_FILLED, STATE_WORKING, 1)]);
    assert_eq!(after(&mut orders, "1", (b'0', 2)), [(CHANGE_FILLED, STATE_FILLED, 2)]);
    assert!(orders.trade(trade("101", "b")).is_some(), "after the last update");
}

#[test]
fn a_trade_that_overtakes_its_order_is_told_with_it() {
    let mut orders = sent(1, Life::Rod);
    assert_eq!(orders.trade(trade("101", "a")), None);
    let news = orders.report(&report("1", "101", (b'1', 1))).unwrap();
    assert_eq!(news.updates.len(), 2);
    assert_eq!((news.fills.len(), news.fills[0].client_order_id), (1, 7));
    assert_eq!(orders.trade(trade("999", "b")), None);
    let orphans = orders.orphans();
    assert_eq!((orphans.len(), orphans[0].client_order_id), (1, 0));
}

#[test]
fn the_same_reference_of_another_session_is_another_order() {
    let mut orders = sent(1, Life::Rod);
    let other = Key::new(SessionKey { front: 1, session: 10 }, "1");
    let news = orders.report(&Report { key: other, ..report("1", "55", (b'3', 0)) }).unwrap();
    assert_eq!((news.updates[0].client_order_id, news.updates[0].lots), (0, 2));
    assert_eq!(orders.trade(trade("55", "a")).unwrap().client_order_id, 0);
    let mine = orders.report(&report("1", "101", (b'3', 0))).unwrap();
    assert_eq!(mine.updates[0].client_order_id, 7);
}

#[test]
fn a_rejection_is_told_once() {
    let mut orders = sent(1, Life::Rod);
    let updates = orders.refused(&key("1"), refusal());
    assert_eq!(updates[0].refusal, Some(refusal()));
    assert_eq!(told(updates), [(CHANGE_REJECTED, STATE_REJECTED, 0)]);
    assert_eq!(orders.refused(&key("1"), refusal()), []);
    assert_eq!(after(&mut orders, "1", (b'!', 0)), []);
    assert_eq!(orders.refused(&key("99"), refusal()), [], "an order that nobody knows");
}

#[test]
fn two_legs_are_accepted_once_and_end_with_the_last() {
    let mut orders = sent(2, Life::Rod);
    assert_eq!(after(&mut orders, "1", (b'3', 0)), [(CHANGE_ACCEPTED, STATE_WORKING, 0)]);
    assert_eq!(after(&mut orders, "2", (b'3', 0)), []);
    let news = orders.report(&report("2", "  102", (b'0', 2))).unwrap();
    assert_eq!(news.updates[0].number, Some(number("101")), "the name stays the first one's");
    assert_eq!(news.updates[0].lots, 4);
    assert_eq!(told(news.updates), [(CHANGE_FILLED, STATE_WORKING, 2)]);
    assert_eq!(orders.trade(trade("102", "x")).unwrap().number, number("101"));
    assert_eq!(after(&mut orders, "1", (b'0', 2)), [(CHANGE_FILLED, STATE_FILLED, 4)]);
}

#[test]
fn what_becomes_of_two_legs_is_one_end() {
    let rows = [
        ((b'0', 2), (b'5', 0), (CHANGE_CANCELED, STATE_CANCELED, 2)),
        ((b'5', 0), (b'0', 2), (CHANGE_CANCELED, STATE_CANCELED, 2)),
        ((b'!', 0), (b'!', 0), (CHANGE_REJECTED, STATE_REJECTED, 0)),
        ((b'!', 0), (b'0', 2), (CHANGE_CANCELED, STATE_CANCELED, 2)),
        ((b'0', 2), (b'!', 0), (CHANGE_CANCELED, STATE_CANCELED, 2)),
        ((b'4', 0), (b'5', 1), (CHANGE_CANCELED, STATE_CANCELED, 1)),
    ];
    for (first, second, end) in rows {
        let mut orders = sent(2, Life::Rod);
        let before = after(&mut orders, "1", first);
        assert!(
            before.iter().all(|it| it.1 == STATE_WORKING || it.1 == STATE_PENDING),
            "{first:?}"
        );
        let last = after(&mut orders, "2", second);
        assert_eq!(last.last(), Some(&end), "{first:?} {second:?}");
        let ends = last.iter().filter(|it| it.1 != STATE_WORKING).count();
        assert_eq!(ends, 1, "{first:?} {second:?}: {last:?}");
    }
    let mut orders = sent(2, Life::Ioc);
    after(&mut orders, "1", (b'5', 0));
    assert_eq!(after(&mut orders, "2", (b'5', 0)), [(CHANGE_EXPIRED, STATE_EXPIRED, 0)]);
}

#[test]
fn a_leg_that_was_refused_says_why_at_the_end() {
    let mut orders = sent(2, Life::Rod);
    assert_eq!(told(orders.refused(&key("2"), refusal())), []);
    after(&mut orders, "1", (b'3', 0));
    let news = orders.report(&report("1", "101", (b'5', 1))).unwrap();
    assert_eq!(news.updates.last().unwrap().refusal, Some(refusal()));
}

#[test]
fn a_cancel_goes_to_every_leg_that_is_alive() {
    let mut orders = sent(2, Life::Rod);
    after(&mut orders, "1", (b'3', 0));
    assert_eq!(
        orders.canceling(7, 1),
        [
            Alive { key: key("1"), order_sys_id: "  101".to_owned() },
            Alive { key: key("2"), order_sys_id: String::new() },
        ],
        "the second is not at the exchange yet"
    );
    assert_eq!(
        told(orders.cancel_refused(&key("1"), 1, refusal())),
        [(CHANGE_CANCEL_REJECTED, STATE_WORKING, 0)]
    );
    assert_eq!(orders.cancel_refused(&key("2"), 1, refusal()), [], "one answer to one cancel");
    after(&mut orders, "1", (b'0', 2));
    assert_eq!(orders.canceling(7, 2).len(), 1);
    after(&mut orders, "2", (b'5', 0));
    assert_eq!((orders.canceling(7, 3), orders.canceling(8, 3)), (vec![], vec![]));
}

#[test]
fn an_order_of_another_terminal_is_canceled_by_its_number() {
    let mut orders = Orders::default();
    let theirs = Key::new(SessionKey { front: 1, session: 10 }, "1");
    let report = Report { key: theirs.clone(), ..report("1", "   55", (b'3', 0)) };
    orders.report(&report).unwrap();
    let alive = orders.canceling_number(&number("55"), 1);
    assert_eq!(alive, [Alive { key: theirs, order_sys_id: "   55".to_owned() }]);
    assert_eq!(orders.canceling_number(&number("56"), 1), []);
}

#[test]
fn an_order_without_an_answer_is_told_once() {
    let (early, late) = (Duration::from_secs(4), Duration::from_secs(5));
    for legs in [1, 2] {
        let mut orders = sent(legs, Life::Rod);
        assert_eq!(orders.overdue(early, late), []);
        assert_eq!(told(orders.overdue(late, late)), [(CHANGE_NO_REPLY, STATE_PENDING, 0)]);
        assert_eq!(orders.overdue(late * 2, late), []);
        assert_eq!(after(&mut orders, "1", (b'3', 0)), [(CHANGE_ACCEPTED, STATE_WORKING, 0)]);
    }
    let mut orders = sent(2, Life::Rod);
    after(&mut orders, "1", (b'3', 0));
    assert_eq!(orders.overdue(late, late), [], "the order as a whole has its answer");
}

#[test]
fn a_cancel_of_ours_leaves_the_order_the_venues() {
    let mut orders = sent(1, Life::Ioc);
    after(&mut orders, "1", (b'3', 0));
    orders.cancel_by_us(&key("1"));
    assert_eq!(after(&mut orders, "1", (b'5', 0)), [(CHANGE_EXPIRED, STATE_EXPIRED, 0)]);
    let odd = orders.report(&report("1", "101", (b'x', 0)));
    assert_eq!(odd, Err(UnknownStatus(b'x')));
}

#[test]
fn orders_of_before_a_restart_are_the_hosts() {
    let used = |order_ref, client_order_id| Used {
        trading_day: 20_251_121,
        session: HERE,
        order_ref,
        client_order_id,
        lots: 2,
        life: Life::Ioc,
    };
    let mut orders = Orders::default();
    orders.restore(&[used(1, 7), used(2, 7), used(3, 8)]);
    assert!(orders.knows(7) && orders.knows(8));
    after(&mut orders, "1", (b'0', 2));
    let last = after(&mut orders, "2", (b'5', 0));
    assert_eq!(last, [(CHANGE_EXPIRED, STATE_EXPIRED, 2)], "both legs are one order");
    assert_eq!(
        after(&mut orders, "3", (b'5', 0)).last(),
        Some(&(CHANGE_EXPIRED, STATE_EXPIRED, 0))
    );
}
