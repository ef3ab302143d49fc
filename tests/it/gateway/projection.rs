//! The view of the screen: one that heard every event is one that asks afterwards.

use aftm::desk::Defaults;
use aftm::desk::view::{Projection, Setup};
use aftm_domain::Calendar;
use aftm_ui::view::{ConditionState, Environment, OrderState};

use super::*;
use crate::world::chance::Chance;

fn projection() -> Projection {
    Projection::new(Setup {
        environment: Environment::Paper,
        venue: "simulator".to_owned(),
        user: "demo".to_owned(),
        needs_password: false,
        item: ITEM.to_owned(),
        defaults: Defaults::default(),
        calendar: Calendar::built_in().unwrap(),
        offset_s: ExchangeTime::TAIPEI,
        stale: 3 * Stamp::SECOND,
        pid: 1,
    })
}

/// Asks all that the projection wants to know, until it wants nothing more.
fn ask_all(projection: &mut Projection, rig: &mut Rig) {
    loop {
        let asks = projection.asks(rig.now);
        if asks.is_empty() {
            return;
        }
        for request in asks {
            let reply = rig.desk(&request);
            projection.answer(&request, &reply, rig.now);
        }
    }
}

fn hear(projection: &mut Projection, rig: &mut Rig) {
    let mut events = Vec::new();
    rig.core.tell(&mut events);
    events.iter().for_each(|it| projection.apply(it, rig.now));
}

fn tick_both(projection: &mut Projection, rig: &mut Rig, price: i64) {
    rig.tick(price);
    let time = ExchangeTime { at: rig.now, offset: ExchangeTime::TAIPEI };
    let (sequence, received) = (rig.core.published, rig.now);
    let (price, quantity) = (points(price), lots(1));
    let tick = Tick { sequence, item: id(ITEM), price, quantity, time, received };
    projection.tick(&tick, rig.now);
}

fn act(rig: &mut Rig, chance: &mut Chance, at: usize) {
    let side = if chance.one_in(2) { Side::Buy } else { Side::Sell };
    let order = OrderId(1 + u64::try_from(chance.place(rig.orders() + 1)).unwrap());
    let name = ["a", "b", "c"][chance.place(3)];
    // What is refused changes nothing, or is an order that was denied.
    let _ = match chance.below(12) {
        0 | 1 => rig.place(market(side, 1 + chance.below(3))),
        2 | 3 => rig.place(limit(side, 17_290 + chance.below(20), 1 + chance.below(4))),
        4 => rig.place(market(side, -1)),
        5 => rig.desk(&Request::Cancel { order }),
        6 => rig.desk(&Request::Amend { order, quantity: Some(lots(2)), price: None }),
        7 => rig.desk(&Request::AddCondition { terms: terms(name, side, 1 + chance.below(2)) }),
        8 => rig.desk(&Request::DropCondition { id: id(name), position: Default::default() }),
        9 if rig.core.state().held(id(name)).is_some() => {
            let kind = if chance.one_in(2) { SignalKind::Entry } else { SignalKind::Exit };
            let signal = rig.signal(name, kind);
            let state = if kind == SignalKind::Entry { Standing::Entered } else { Standing::Done };
            rig.report(&[signal], state);
            rig.act(&signal);
            Ok(Reply::Done {})
        }
        10 => rig.desk(&Request::PauseCondition { id: id(name), is_paused: at.is_multiple_of(2) }),
        _ => rig.desk(&Request::Flatten { item: None }),
    };
}

#[test]
fn a_view_of_events_is_the_view_of_questions_asked_afterwards() {
    let (mut failed, mut open, mut filled) = (0, 0, 0);
    for seed in 1..=60 {
        let mut chance = Chance::new(seed);
        let latency = chance.pick(&[0, 0, 1_500]) * Stamp::MILLISECOND;
        let reject_one_in = chance.pick(&[0, 5]);
        let settings = aftm_sim::Settings { seed, latency, reject_one_in, ..Default::default() };
        let mut rig = Rig::with(settings);
        let mut heard = projection();
        rig.core.tell(&mut Vec::new());
        ask_all(&mut heard, &mut rig);
        let restarts_at = chance.place(120);
        for at in 0..120 {
            act(&mut rig, &mut chance, at);
            hear(&mut heard, &mut rig);
            tick_both(&mut heard, &mut rig, 17_290 + chance.below(20));
            hear(&mut heard, &mut rig);
            if at == restarts_at {
                // A gap: everything is asked for again, over what is known.
                heard.heal();
                ask_all(&mut heard, &mut rig);
            }
        }
        let mut asked = projection();
        ask_all(&mut asked, &mut rig);
        tick_both(&mut asked, &mut rig, 17_300);
        hear(&mut asked, &mut rig);
        let last = Tick {
            sequence: rig.core.published,
            item: id(ITEM),
            price: points(17_300),
            quantity: lots(1),
            time: ExchangeTime { at: rig.now, offset: ExchangeTime::TAIPEI },
            received: rig.now,
        };
        heard.tick(&last, rig.now);
        // What that tick filled was told to the one that asked: the other asks, too.
        heard.heal();
        ask_all(&mut heard, &mut rig);
        let (now, one, other) = (rig.now, heard, asked);
        let (mut one, mut other) = (one, other);
        let (one, other) = (one.view(now).clone(), other.view(now).clone());
        assert_eq!(one.orders, other.orders, "seed {seed}");
        assert_eq!(one.fills, other.fills, "seed {seed}");
        assert_eq!(one.positions, other.positions, "seed {seed}");
        assert_eq!(one.conditions, other.conditions, "seed {seed}");
        let failures = one.conditions.iter().filter(|it| it.state == ConditionState::Failed);
        failed += failures.count();
        open += one.orders.iter().filter(|it| it.state == OrderState::New).count();
        filled += one.fills.len();
        let refused = one.orders.iter().filter(|it| it.state == OrderState::Denied).count();
        let told = one.alerts.iter().filter(|it| it.code == "INVALID_ORDER").count();
        assert!(told >= refused.min(1), "seed {seed}: {refused} were denied, {told} told");
    }
    assert!(failed > 0 && open > 0 && filled > 100, "{failed} {open} {filled}");
}

#[test]
fn the_money_of_the_selected_account_is_what_the_exchange_says() {
    let mut rig = Rig::new();
    rig.placed(market(Side::Buy, 2));
    let mut view = projection();
    ask_all(&mut view, &mut rig);
    rig.now = rig.now.after(Stamp::SECOND);
    ask_all(&mut view, &mut rig);
    let now = rig.now;
    let money = view.view(now).money.clone().unwrap();
    assert_eq!(money.currency, "TWD");
    assert!(money.margin > 0 && money.available < money.equity && money.costs > 0);
    rig.do_it(&Request::Logout {});
    assert_eq!(rig.desk(&Request::Money {}).unwrap_err().code, "NOT_LOGGED_IN");
    rig.now = rig.now.after(Stamp::SECOND);
    ask_all(&mut view, &mut rig);
    assert_eq!(view.view(rig.now).money, None);
}
