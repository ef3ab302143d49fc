//! A venue that takes no stop orders: the gateway keeps them, and protections watch by themselves.

use aftm::gateway::venue::{LoginStep, News, Summary, Venue};
use aftm::wire::venue::Sent;
use aftm_domain::order::{Refusal, Ticket};
use aftm_domain::{AccountId, Book, Instrument, UserId};

use super::*;

/// The simulated exchange, without its stop orders.
struct Plain(Simulated);

impl Venue for Plain {
    fn login(
        &mut self,
        user: &UserId,
        password: Option<&str>,
        production: bool,
        now: Option<ExchangeTime>,
        news: &mut Vec<News>,
    ) -> Result<LoginStep, Refusal> {
        self.0.login(user, password, production, now, news)
    }

    fn logout(&mut self) {
        self.0.logout();
    }

    fn list(&mut self, instrument: &Instrument) {
        self.0.list(instrument);
    }

    fn tick(&mut self, tick: &Tick, book: Option<&Book>, news: &mut Vec<News>) {
        self.0.tick(tick, book, news);
    }

    fn advance(&mut self, now: ExchangeTime, news: &mut Vec<News>) {
        self.0.advance(now, news);
    }

    fn settle(&mut self, news: &mut Vec<News>) {
        self.0.settle(news);
    }

    fn place(&mut self, id: OrderId, ticket: &Ticket, news: &mut Vec<News>) -> Result<(), Refusal> {
        assert!(!ticket.kind.has_stop(), "it takes no stop orders");
        self.0.place(id, ticket, news)
    }

    fn cancel(&mut self, order: Sent, news: &mut Vec<News>) -> Result<(), Refusal> {
        self.0.cancel(order, news)
    }

    fn amend(
        &mut self,
        order: Sent,
        quantity: Option<Quantity>,
        price: Option<Price>,
        news: &mut Vec<News>,
    ) -> Result<(), Refusal> {
        self.0.amend(order, quantity, price, news)
    }

    fn inquire(&mut self, order: Sent, news: &mut Vec<News>) -> Result<(), Refusal> {
        self.0.inquire(order, news)
    }

    fn due(&self) -> Option<Stamp> {
        self.0.due()
    }

    fn summary(&self, account: AccountId) -> Option<Summary> {
        self.0.summary(account)
    }

    fn restore(&mut self, state: &State) -> Vec<OrderId> {
        self.0.restore(state)
    }

    fn takes_stops(&self) -> bool {
        false
    }
}

struct Floor {
    core: Core<Plain, Memory>,
    memory: Memory,
    now: Stamp,
}

fn core_without_stops(memory: &Memory) -> Core<Plain, Memory> {
    let mut core = Core::new(Setup {
        venue: Plain(Simulated::new(aftm_sim::Settings::default())),
        ledger: memory.clone(),
        listing: Listing::new(Catalog::built_in().unwrap(), "2021-07-26".parse().unwrap()),
        rules: Rules::default(),
        state: memory.fold(),
    });
    core.start(MORNING).unwrap();
    core
}

impl Floor {
    fn new() -> Floor {
        let memory = Memory::default();
        let core = core_without_stops(&memory);
        let mut floor = Floor { core, memory, now: MORNING };
        floor.ask(&Request::AddItem { item: id(ITEM) });
        floor.login();
        floor.tick(17_300);
        floor
    }

    fn login(&mut self) {
        self.ask(&Request::Login { user: id("demo"), password: None, production: false });
        self.ask(&Request::UseAccount { account: id("SIM-1") });
    }

    fn restart(&mut self) {
        self.core = core_without_stops(&self.memory);
    }

    #[track_caller]
    fn ask(&mut self, request: &Request) -> Reply {
        self.core.serve(request, Door::Desk, self.now).unwrap()
    }

    #[track_caller]
    fn place(&mut self, intent: Intent) -> OrderId {
        match self.ask(&Request::Place { intent: Box::new(intent) }) {
            Reply::Placed { row, .. } => row.order,
            other => panic!("the order came to {other:?}"),
        }
    }

    fn tick(&mut self, price: i64) {
        self.now = self.now.after(Stamp::SECOND);
        self.core.published += 1;
        let time = ExchangeTime { at: self.now, offset: ExchangeTime::TAIPEI };
        let (sequence, received) = (self.core.published, self.now);
        let (price, quantity) = (points(price), lots(1));
        let tick = Tick { sequence, item: id(ITEM), price, quantity, time, received };
        self.core.tick(&tick, None, self.now);
    }

    fn status(&self, order: OrderId) -> Status {
        self.core.state().orders[&order].order.status
    }

    fn net(&self) -> Quantity {
        let key = (id("SIM-1"), id(ITEM));
        self.core.state().holdings.get(&key).map_or(Quantity::ZERO, |it| it.position.net())
    }

    #[track_caller]
    fn check_fold(&self) {
        assert!(self.memory.fold() == *self.core.state(), "the journal folds to another state");
    }
}

fn stop(side: Side, price: i64, limit: Option<i64>) -> Intent {
    Intent {
        kind: if limit.is_some() { Kind::StopLimit } else { Kind::Stop },
        price: limit.map(points),
        stop_price: Some(points(price)),
        time_in_force: TimeInForce::Rod,
        ..market(side, 2)
    }
}

#[test]
fn a_stop_is_kept_and_sent_when_its_price_trades() {
    let mut floor = Floor::new();
    let up = floor.place(stop(Side::Buy, 17_320, None));
    assert_eq!(floor.status(up), Status::New);
    floor.tick(17_319);
    assert_eq!(floor.net(), lots(0));
    floor.tick(17_320);
    assert_eq!((floor.status(up), floor.net()), (Status::Filled, lots(2)));
    let down = floor.place(stop(Side::Sell, 17_300, Some(17_295)));
    floor.tick(17_290);
    assert_eq!(floor.status(down), Status::New, "it rests as the limit order that it became");
    floor.tick(17_296);
    assert_eq!((floor.status(down), floor.net()), (Status::Filled, lots(0)));
    floor.check_fold();
}

#[test]
fn a_kept_stop_survives_a_kill_and_is_sent_once() {
    let mut floor = Floor::new();
    let up = floor.place(stop(Side::Buy, 17_320, None));
    floor.restart();
    assert_eq!(floor.status(up), Status::New);
    // Nobody is logged in: it waits, and the first trade after the login is compared with it.
    floor.tick(17_330);
    assert_eq!(floor.status(up), Status::New);
    floor.login();
    floor.tick(17_325);
    assert_eq!((floor.status(up), floor.net()), (Status::Filled, lots(2)));
    floor.restart();
    floor.login();
    floor.tick(17_330);
    assert_eq!(floor.net(), lots(2));
    floor.check_fold();
}

#[test]
fn a_kept_stop_is_changed_and_canceled_here() {
    let mut floor = Floor::new();
    let order = floor.place(stop(Side::Buy, 17_320, Some(17_330)));
    let price = Some(points(17_340));
    floor.ask(&Request::Amend { order, quantity: Some(lots(1)), price });
    let placed = floor.core.state().orders[&order].order.clone();
    assert_eq!((placed.ticket.quantity, placed.ticket.price), (lots(1), price));
    assert_eq!(placed.status, Status::New);
    floor.ask(&Request::Cancel { order });
    assert_eq!(floor.status(order), Status::Canceled);
    floor.tick(17_350);
    assert_eq!(floor.net(), lots(0));
    // A halt cancels what is kept, as it does everything else.
    let other = floor.place(stop(Side::Buy, 17_380, None));
    floor.ask(&Request::Kill { flatten: false, reason: "no".to_owned(), scope: Scope::Global });
    assert_eq!(floor.status(other), Status::Canceled);
    floor.check_fold();
}

#[test]
fn a_kept_stop_that_may_open_is_not_sent_while_it_cannot_be_written() {
    let mut floor = Floor::new();
    let up = floor.place(stop(Side::Buy, 17_320, None));
    floor.memory.fill_disk(true);
    floor.tick(17_320);
    assert_eq!((floor.status(up), floor.net()), (Status::New, lots(0)));
    floor.memory.fill_disk(false);
    floor.tick(17_325);
    assert_eq!((floor.status(up), floor.net()), (Status::Filled, lots(2)));
    floor.check_fold();
}

#[test]
fn a_kept_stop_that_may_open_is_canceled_where_only_reducing_orders_are_taken() {
    let mut floor = Floor::new();
    let up = floor.place(stop(Side::Buy, 17_320, None));
    floor.ask(&Request::Reduce { reason: "enough".to_owned(), scope: Scope::Global });
    assert_eq!(floor.status(up), Status::Canceled);
    floor.tick(17_330);
    assert_eq!(floor.net(), lots(0));
    floor.check_fold();
}

#[test]
fn a_protection_watches_by_itself_where_the_exchange_takes_no_stops() {
    let mut floor = Floor::new();
    let intent = Box::new(market(Side::Buy, 1));
    floor.ask(&Request::Bracket { intent, terms: guard("sl=15 tp=30") });
    assert_eq!(floor.core.state().working().count(), 0);
    floor.restart();
    floor.login();
    floor.tick(17_286);
    assert_eq!(floor.net(), lots(0));
    floor.tick(17_280);
    assert_eq!(floor.core.state().orders.len(), 2);
    floor.check_fold();
}
