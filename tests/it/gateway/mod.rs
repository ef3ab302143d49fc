//! The gateway's core by itself: what v1 lost, what is refused, what survives a restart.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)] // Helpers of tests may fail as tests do.

mod apart;
mod doubt;
mod forsaken;
mod halt;
mod journal;
mod limits;
mod lives;
mod lost;
mod pace;
mod pages;
mod projection;
mod protect;
mod refusals;
mod restarts;
mod states;
mod trips;
mod v1;
mod views;

use aftm::gateway::fact::Door;
use aftm::gateway::limits::Sets;
use aftm::gateway::listing::Listing;
use aftm::gateway::simulated::Simulated;
use aftm::gateway::state::State;
use aftm::gateway::{Core, Rules, Setup};
use aftm::wire::request::{Moved, Request};
use aftm::wire::{Event, Intent, Outcome, Refused, Reply, Signal};
use aftm_domain::condition::{Progress, State as Standing, Terms};
use aftm_domain::order::{Kind, Status, Ticket, TimeInForce};
use aftm_domain::{
    Bounds, Catalog, Code, ExchangeTime, Note, OpenClose, OrderId, Price, Quantity, Side, SignalId,
    SignalKind, Stamp, Tick,
};

use crate::world::ledger::Memory;

const MORNING: Stamp = Stamp(1_627_260_300 * Stamp::SECOND);
const ITEM: &str = "TXFH1";

fn lots(count: i64) -> Quantity {
    Quantity::from_units(count).unwrap()
}

fn points(count: i64) -> Price {
    Price::from_units(count).unwrap()
}

fn id<T: std::str::FromStr>(text: &str) -> T {
    text.parse().unwrap_or_else(|_| panic!("{text:?} is an id"))
}

/// A core over the simulated exchange, with somebody logged in and a price.
struct Rig {
    core: Core<Simulated, Memory>,
    memory: Memory,
    settings: aftm_sim::Settings,
    rules: Rules,
    price: Price,
    now: Stamp,
}

impl Rig {
    fn new() -> Rig {
        Rig::with(aftm_sim::Settings::default())
    }

    fn with(settings: aftm_sim::Settings) -> Rig {
        let mut rig = Rig::silent(settings);
        rig.do_it(&Request::AddItem { item: id(ITEM) });
        rig.login();
        rig.tick(17_300);
        rig
    }

    /// Nobody is logged in, and no tick has come.
    fn silent(settings: aftm_sim::Settings) -> Rig {
        Rig::bounded(settings, Bounds::wide())
    }

    /// The same, with limits of its own.
    fn bounded(settings: aftm_sim::Settings, bounds: Bounds) -> Rig {
        let limits = Sets { test: bounds, ..Sets::default() };
        Rig::ruled(settings, Rules { limits, ..Rules::default() })
    }

    /// The same, with rules of its own.
    fn ruled(settings: aftm_sim::Settings, rules: Rules) -> Rig {
        let memory = Memory::default();
        let core = core_of(&settings, &memory, memory.fold(), rules);
        Rig { core, memory, settings, rules, price: Price::ZERO, now: MORNING }
    }

    /// The last tick as it came.
    fn last_tick(&self) -> Tick {
        let time = self.core.time().unwrap_or_default();
        let price = self.price;
        let (sequence, received, item) = (self.core.published, self.now, id(ITEM));
        Tick { sequence, item, price, quantity: lots(1), time, received }
    }

    /// The machine is killed and started again.
    fn restart(&mut self) {
        self.core = core_of(&self.settings, &self.memory, self.memory.fold(), self.rules);
    }

    fn desk(&mut self, request: &Request) -> Result<Reply, Refused> {
        self.core.serve(request, Door::Desk, self.now)
    }

    #[track_caller]
    fn do_it(&mut self, request: &Request) {
        self.desk(request).unwrap();
    }

    fn login(&mut self) {
        self.do_it(&Request::Login { user: id("demo"), password: None, production: false });
        self.do_it(&Request::UseAccount { account: id("SIM-1") });
    }

    /// A trade, one second after the last.
    fn tick(&mut self, price: i64) {
        self.tick_of(ITEM, price, Stamp::SECOND);
    }

    fn tick_of(&mut self, item: &str, price: i64, later: i64) {
        self.now = self.now.after(later);
        self.core.published += 1;
        let time = ExchangeTime { at: self.now, offset: ExchangeTime::TAIPEI };
        let (sequence, received) = (self.core.published, self.now);
        let (price, quantity) = (points(price), lots(1));
        self.price = price;
        let tick = Tick { sequence, item: id(item), price, quantity, time, received };
        self.core.tick(&tick, None, self.now);
    }

    /// A condition that has entered, as the strategy reports it, and its entry's signal.
    fn entered(&mut self, terms: Terms) -> Signal {
        self.do_it(&Request::AddCondition { terms });
        let signal = self.signal(terms.id.as_str(), SignalKind::Entry);
        self.report(&[signal], Standing::Entered);
        signal
    }

    /// The strategy reports signals, and where their condition stands now.
    fn report(&mut self, signals: &[Signal], state: Standing) {
        let name = signals[0].id.condition;
        let before = self.core.state().held(name).unwrap().1.condition.progress;
        let progress = Progress { state, as_of: self.core.published, ..before };
        let moved = vec![Moved { id: name, progress }];
        let signals = signals.to_vec();
        let report = Request::Report { pid: 1, through: None, moved, signals };
        self.core.serve(&report, Door::Strategy, self.now).unwrap();
    }

    /// A signal of a condition at the last tick.
    fn signal(&self, name: &str, kind: SignalKind) -> Signal {
        let (created, held) = self.core.state().held(id(name)).unwrap();
        let terms = held.condition.terms;
        Signal {
            id: held.condition.signal(kind),
            created,
            item: terms.item,
            account: terms.account,
            side: held.condition.side(kind),
            quantity: terms.quantity,
            price: points(17_300),
            trigger: held.condition.progress.trigger,
            tick: self.core.published,
            time: self.core.time().unwrap_or_default(),
            reason: None,
        }
    }

    fn act(&mut self, signal: &Signal) -> Outcome {
        let intent = Box::new(Intent::of_signal(signal));
        let reply = self.core.serve(&Request::Place { intent }, Door::Executor, self.now);
        match reply.unwrap() {
            Reply::Taken { outcome } => outcome,
            other => panic!("a signal came to {other:?}"),
        }
    }

    /// The exit of a condition, given and acted on now.
    fn exit(&mut self, name: &str) -> Outcome {
        let signal = self.signal(name, SignalKind::Exit);
        self.report(&[signal], Standing::Done);
        self.act(&signal)
    }

    fn place(&mut self, intent: Intent) -> Result<Reply, Refused> {
        self.core.serve(&Request::Place { intent: Box::new(intent) }, Door::V1, self.now)
    }

    #[track_caller]
    fn placed(&mut self, intent: Intent) -> OrderId {
        match self.place(intent) {
            Ok(Reply::Placed { row, repeated: false }) => row.order,
            other => panic!("the order came to {other:?}"),
        }
    }

    fn status(&self, order: OrderId) -> Status {
        self.core.state().orders[&order].order.status
    }

    fn orders(&self) -> usize {
        self.core.state().orders.len()
    }

    /// Lots held by SIM-1, long less short.
    fn net(&self) -> Quantity {
        let key = (id("SIM-1"), id(ITEM));
        self.core.state().holdings.get(&key).map_or(Quantity::ZERO, |it| it.position.net())
    }

    fn alerts(&mut self) -> Vec<String> {
        let mut events = Vec::new();
        self.core.tell(&mut events);
        let code = |event| match event {
            Event::Alert { code, .. } => Some(code),
            _ => None,
        };
        events.into_iter().filter_map(code).collect()
    }

    #[track_caller]
    fn check_fold(&self) {
        assert!(self.memory.fold() == *self.core.state(), "the journal folds to another state");
    }
}

/// A core that goes on from a state.
fn core_of(
    settings: &aftm_sim::Settings,
    memory: &Memory,
    state: State,
    rules: Rules,
) -> Core<Simulated, Memory> {
    let catalog = Catalog::built_in().unwrap();
    let mut core = Core::new(Setup {
        venue: Simulated::new(settings.clone()),
        ledger: memory.clone(),
        listing: Listing::new(catalog, "2021-07-26".parse().unwrap()),
        rules,
        state,
    });
    core.start(MORNING).unwrap();
    core
}

fn terms(name: &str, action: Side, count: i64) -> Terms {
    Terms {
        id: id(name),
        item: id(ITEM),
        action,
        trigger: points(17_300),
        turning: points(0),
        quantity: lots(count),
        take_profit: Some(points(90)),
        stop_loss: Some(points(30)),
        following: false,
        account: None,
    }
}

fn market(side: Side, count: i64) -> Intent {
    Intent {
        request: None,
        account: Some(id("SIM-1")),
        item: id::<Code>(ITEM),
        side,
        kind: Kind::Market,
        price: None,
        stop_price: None,
        quantity: lots(count),
        time_in_force: TimeInForce::Ioc,
        open_close: OpenClose::Auto,
        day_trade: false,
        note: Note::default(),
        signal: None,
        signal_time: None,
    }
}

/// The same as the exchange is given it.
pub(crate) fn ticket(side: Side, count: i64) -> Ticket {
    let Intent { item, kind, time_in_force, open_close, note, .. } = market(side, count);
    let (price, stop_price, quantity) = (None, None, lots(count));
    let (account, day_trade) = (id("SIM-1"), false);
    Ticket {
        account,
        item,
        side,
        kind,
        price,
        stop_price,
        quantity,
        time_in_force,
        open_close,
        day_trade,
        note,
    }
}

fn limit(side: Side, price: i64, count: i64) -> Intent {
    Intent {
        kind: Kind::Limit,
        price: Some(points(price)),
        time_in_force: TimeInForce::Rod,
        ..market(side, count)
    }
}

fn named(request: &str, intent: Intent) -> Intent {
    Intent { request: Some(id(request)), ..intent }
}

/// Every order is answered so late.
fn slow() -> aftm_sim::Settings {
    aftm_sim::Settings { slow_one_in: 1, slow: 60 * Stamp::SECOND, ..Default::default() }
}

fn entry_of(signal: SignalId) -> SignalId {
    SignalId { kind: SignalKind::Entry, ..signal }
}
