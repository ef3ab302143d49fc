//! What holds under random orders over random ticks.

use std::collections::BTreeMap;

use aftm_domain::Side::{Buy, Sell};
use aftm_domain::order::Status;
use aftm_domain::{Fill, Order, Position};

use super::restarts::restarted;
use super::*;

const SEEDS: u64 = 300;
const STEPS: usize = 120;

struct Roll(u64);

impl Roll {
    fn new(seed: u64) -> Roll {
        Roll(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    /// From 0 up to below `sides`.
    fn roll(&mut self, sides: i64) -> i64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        i64::try_from(self.0 >> 1).unwrap() % sides
    }
}

/// One thing that is done to the exchange.
#[derive(Clone, Copy, Debug)]
enum Step {
    Trade { price: i64, count: i64, book: Option<Book>, pause: i64 },
    Place(Ticket),
    Cancel(u64),
    Amend(u64, Option<i64>, Option<i64>),
}

fn any_ticket(roll: &mut Roll) -> Ticket {
    let side = [Buy, Sell][usize::try_from(roll.roll(2)).unwrap()];
    let (count, price) = (1 + roll.roll(5), 95 + roll.roll(11));
    let ticket = match roll.roll(6) {
        0 => market(side, count),
        1 => Ticket { kind: Kind::RangeMarket, ..market(side, count) },
        2 => stop(side, count, 95 + roll.roll(11), None),
        3 => stop(side, count, 95 + roll.roll(11), Some(price)),
        _ => limit(side, count, price),
    };
    let forces = [TimeInForce::Rod, TimeInForce::Ioc, TimeInForce::Fok, TimeInForce::Rod];
    let time_in_force = forces[usize::try_from(roll.roll(4)).unwrap()];
    let kinds = [OpenClose::Auto, OpenClose::Open, OpenClose::Close];
    Ticket { time_in_force, open_close: kinds[usize::try_from(roll.roll(3)).unwrap()], ..ticket }
}

fn any_book(roll: &mut Roll, price: i64) -> Book {
    let (bid, ask) = (price - roll.roll(2), price + 1 + roll.roll(2));
    let mut level = |at: i64| (at, roll.roll(4));
    let bids = [level(bid), level(bid - 1), level(bid - 2)];
    book(&bids, &[level(ask), level(ask + 1), level(ask + 2)])
}

fn any_steps(seed: u64) -> Vec<Step> {
    let mut roll = Roll::new(seed);
    let (has_book, mut price) = (seed.is_multiple_of(2), 100);
    let step = |at: usize| {
        let id = u64::try_from(1 + roll.roll(1 + i64::try_from(at).unwrap() / 2)).unwrap();
        match roll.roll(10) {
            0..4 => Step::Place(any_ticket(&mut roll)),
            4 => Step::Cancel(id),
            5 => {
                let quantity = (roll.roll(2) == 0).then(|| 1 + roll.roll(8));
                Step::Amend(id, quantity, (roll.roll(2) == 0).then(|| 95 + roll.roll(11)))
            }
            _ => {
                price = (price + roll.roll(5) - 2).clamp(92, 108);
                let book = (has_book && roll.roll(3) > 0).then(|| any_book(&mut roll, price));
                let (count, pause) = (1 + roll.roll(6), roll.roll(2_000));
                Step::Trade { price, count, book, pause }
            }
        }
    };
    (0..STEPS).map(step).collect()
}

fn any_settings(seed: u64) -> Settings {
    let mut roll = Roll::new(seed ^ 0xABCD);
    let one_in = |roll: &mut Roll| u32::try_from(roll.roll(5)).unwrap();
    Settings {
        seed,
        slippage: one_in(&mut roll),
        latency: roll.roll(3) * 300 * Stamp::MILLISECOND,
        reject_one_in: one_in(&mut roll),
        slow_one_in: one_in(&mut roll),
        disconnect_after: roll.roll(2) * 10 * Stamp::SECOND,
        balance: Money::from_units(2_000_000),
        ..Settings::default()
    }
}

/// What a trade step showed.
#[derive(Clone, Copy)]
struct Shown {
    price: Price,
    quantity: Quantity,
    book: Option<Book>,
}

/// What the trader's side makes of the news.
struct World {
    floor: Floor,
    heard: Vec<News>,
    orders: BTreeMap<OrderId, Order>,
    finals: BTreeMap<OrderId, usize>,
    position: Position,
    /// Fills are told in the order they were made: no answer is slow.
    is_ordered: bool,
    /// Fills are told at the trade that made them.
    is_instant: bool,
    seed: u64,
}

impl World {
    fn run(seed: u64, settings: Settings) -> World {
        let mut world = World {
            is_ordered: settings.slow_one_in == 0,
            is_instant: settings == Settings::default(),
            floor: Floor::with(settings),
            heard: Vec::new(),
            orders: BTreeMap::new(),
            finals: BTreeMap::new(),
            position: Position::default(),
            seed,
        };
        for step in any_steps(seed) {
            world.step(step);
        }
        world.floor.sim.settle(&mut world.floor.news);
        world.hear(None);
        world
    }

    fn step(&mut self, step: Step) {
        let Floor { sim, news, milliseconds } = &mut self.floor;
        match step {
            Step::Trade { price, count, book, pause } => {
                *milliseconds += pause;
                let now = morning(*milliseconds);
                self.floor.trade_at(now, price, count, book.as_ref());
                let (price, quantity) = (points(price), lots(count));
                return self.hear(Some(Shown { price, quantity, book }));
            }
            Step::Place(ticket) => {
                let id = OrderId(u64::try_from(self.orders.len()).unwrap() + 1);
                if sim.place(id, &ticket, news).is_ok() {
                    self.orders.insert(id, Order::sent(id, ticket));
                }
            }
            Step::Cancel(id) => {
                if sim.cancel(OrderId(id), news).is_ok() {
                    self.sent(id, &Report::CancelSent);
                }
            }
            Step::Amend(id, quantity, price) => {
                let (quantity, price) = (quantity.map(lots), price.map(points));
                if sim.amend(OrderId(id), quantity, price, news).is_ok() {
                    self.sent(id, &Report::ReplaceSent);
                }
            }
        }
        self.hear(None);
    }

    fn sent(&mut self, id: u64, report: &Report) {
        if let Some(order) = self.orders.get_mut(&OrderId(id)) {
            // Out of turn where the order has ended or another request is under way.
            let _ = order.apply(report);
        }
    }

    /// Takes the news in, after a trade where one was shown.
    fn hear(&mut self, shown: Option<Shown>) {
        let shown = shown.filter(|_| self.is_instant);
        let mut at_price = 0;
        for news in std::mem::take(&mut self.floor.news) {
            self.heard.push(news.clone());
            let News::Report { order: id, report } = news else { continue };
            let Some(order) = self.orders.get_mut(&id) else {
                assert!(short(&News::Report { order: id, report }).contains("UNKNOWN_ORDER"));
                continue;
            };
            if let Report::Filled(fill) = &report {
                check_fill(self.seed, order, fill);
                if self.is_ordered {
                    let Ticket { side, open_close, .. } = order.ticket;
                    let (quantity, price) = (fill.quantity, fill.price);
                    self.position.book(side, open_close, quantity, price, lots(200)).unwrap();
                }
                if let Some(shown) = shown.filter(|_| order.ticket.kind == Kind::Limit) {
                    check_reached(self.seed, order, shown);
                    let is_at = fill.price == shown.price;
                    at_price += if is_at { fill.quantity.raw() } else { 0 };
                }
            }
            apply(self.seed, order, &report);
            assert!(order.filled() <= order.ticket.quantity);
            let ends = matches!(report, Report::Canceled | Report::Expired | Report::Rejected(_));
            if ends || (matches!(report, Report::Filled(_)) && order.left().is_zero()) {
                *self.finals.entry(id).or_default() += 1;
            }
        }
        if let Some(Shown { quantity, book: None, .. }) = shown {
            assert!(at_price <= quantity.raw(), "seed {}: {at_price} of {quantity}", self.seed);
        }
    }
}

/// Requests of ours may cross, so the trader's own pending states are left aside here.
fn apply(seed: u64, order: &mut Order, report: &Report) {
    match report {
        Report::CancelRejected(_) | Report::ReplaceRejected(_) => (),
        Report::Replaced { quantity, price } => {
            assert!(order.status.is_open(), "seed {seed}: {order:?}");
            (order.ticket.quantity, order.ticket.price) = (*quantity, *price);
            order.status = Status::New;
        }
        report => {
            assert!(order.status.is_open(), "seed {seed}: {order:?} heard {report:?}");
            order.apply(report).unwrap();
        }
    }
}

fn check_fill(seed: u64, order: &Order, fill: &Fill) {
    let Ticket { side, price, .. } = order.ticket;
    let is_fair = price.is_none_or(|limit| match side {
        Buy => fill.price <= limit,
        Sell => fill.price >= limit,
    });
    assert!(is_fair, "seed {seed}: {order:?} was filled at {}", fill.price);
}

/// A resting limit order trades only where the trade or the book came to its price.
fn check_reached(seed: u64, order: &Order, shown: Shown) {
    let limit = order.ticket.price.unwrap();
    let best = |levels: [Level; 5]| levels.into_iter().find(|it| it.quantity.is_positive());
    let reached = match order.ticket.side {
        Buy => {
            let ask = shown.book.and_then(|it| best(it.asks));
            shown.price <= limit || ask.is_some_and(|it| it.price <= limit)
        }
        Sell => {
            let bid = shown.book.and_then(|it| best(it.bids));
            shown.price >= limit || bid.is_some_and(|it| it.price >= limit)
        }
    };
    assert!(reached, "seed {seed}: {order:?} was not reached");
}

#[test]
fn positions_equal_fills_and_money_adds_up_and_each_order_ends_once() {
    let mut fills = 0;
    for seed in 1..=SEEDS {
        let calm = seed.is_multiple_of(3);
        let settings = if calm { Settings::default() } else { any_settings(seed) };
        let world = World::run(seed, settings);
        let sim = &world.floor.sim;
        let held = sim.positions(&account()).map(|(_, it)| it.clone()).next().unwrap_or_default();
        if world.is_ordered {
            assert_eq!(held, world.position, "seed {seed}");
        }
        let signed = |it: &Order| match it.ticket.side {
            Buy => it.filled().raw(),
            Sell => -it.filled().raw(),
        };
        assert_eq!(held.net().raw(), world.orders.values().map(signed).sum::<i64>(), "seed {seed}");
        let all = || world.orders.values().flat_map(|it| it.fills.iter());
        fills += all().count();
        let sum = |of: fn(&Fill) -> Money| all().map(|it| of(it).raw()).sum::<i128>();
        let it = sim.summary(&account()).unwrap();
        assert_eq!(it.today.fees.raw(), sum(|it| it.fee), "seed {seed}");
        assert_eq!(it.today.tax.raw(), sum(|it| it.tax), "seed {seed}");
        let net = it.today.realized.raw() - it.today.fees.raw() - it.today.tax.raw();
        let equity = it.balance.raw() + net + it.open_profit.raw();
        assert_eq!(it.equity.raw(), equity, "seed {seed}");
        assert_eq!(it.available.raw(), equity - it.margin.raw() - it.ordered.raw());
        let working: Vec<OrderId> = sim.working().iter().map(|it| it.id).collect();
        for (id, order) in &world.orders {
            let ends = world.finals.get(id).copied().unwrap_or_default();
            let is_working = working.contains(id);
            assert_eq!(ends, usize::from(!is_working), "seed {seed}: {order:?}");
            assert_eq!(order.status.is_open(), is_working, "seed {seed}: {order:?}");
        }
    }
    assert!(fills > 3_000, "only {fills} fills: the worlds are too quiet");
}

/// A crash before any trade, at which nothing is under way: what is handed back trades on as if
/// nothing had been. A stop limit order that went off and rests is the one thing that is not known
/// from a journal, so there are none here.
#[test]
fn a_restart_in_the_middle_changes_no_fill() {
    for seed in 1..=SEEDS {
        let settings = || Settings { reject_one_in: 5, slippage: 2, ..Settings::default() };
        let (mut whole, mut broken) = (Floor::with(settings()), Floor::with(settings()));
        for floor in [&mut whole, &mut broken] {
            floor.sim.refer(&item(), points(100)).unwrap();
            floor.trade(100, 1);
        }
        let crash = 1 + Roll::new(seed ^ 0x77).roll(30);
        let (mut id, mut trades) = (0, 0);
        for step in any_steps(seed) {
            trades += i64::from(matches!(step, Step::Trade { .. }));
            if trades == crash && matches!(step, Step::Trade { .. }) {
                broken = restarted(broken, settings());
                broken.sim.refer(&item(), points(100)).unwrap();
            }
            id += u64::from(matches!(step, Step::Place(_)));
            for floor in [&mut whole, &mut broken] {
                let Floor { sim, news, .. } = floor;
                match step {
                    Step::Trade { price, count, .. } => floor.trade(price, count),
                    Step::Place(ticket) if ticket.kind == Kind::StopLimit => (),
                    Step::Place(ticket) => sim.place(OrderId(id), &ticket, news).unwrap(),
                    Step::Cancel(id) => sim.cancel(OrderId(id), news).unwrap(),
                    Step::Amend(..) => (),
                }
            }
        }
        let told = |floor: &mut Floor| -> Vec<News> {
            let is_refusal = |it: &News| short(it).contains("cancel_rejected");
            std::mem::take(&mut floor.news).into_iter().filter(|it| !is_refusal(it)).collect()
        };
        assert_eq!(told(&mut whole), told(&mut broken), "seed {seed}");
        let money = |floor: &Floor| floor.sim.summary(&account());
        assert_eq!(money(&whole), money(&broken), "seed {seed}");
    }
}

#[test]
fn the_same_seed_and_calls_give_the_same_news() {
    for seed in 1..=SEEDS {
        let heard = || World::run(seed, any_settings(seed)).heard;
        assert_eq!(heard(), heard(), "seed {seed}");
    }
}
