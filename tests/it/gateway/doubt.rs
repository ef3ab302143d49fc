//! Orders that the exchange did not answer, and cancels that could not reach it.

use std::cell::RefCell;
use std::rc::Rc;

use aftm::gateway::venue::{LoginStep, News, Summary, Venue};
use aftm::wire::venue::Sent;
use aftm_domain::order::{Refusal, Report, Ticket};
use aftm_domain::{AccountId, Book, Instrument, UserId};

use super::*;

const SECOND: i64 = Stamp::SECOND;

/// Connected for three seconds after the first tick, then away for so long.
fn away(seconds: i64) -> aftm_sim::Settings {
    let (disconnect_after, disconnect_for) = (3 * SECOND, seconds * SECOND);
    aftm_sim::Settings { disconnect_after, disconnect_for, ..Default::default() }
}

#[test]
fn an_order_in_doubt_is_asked_for_and_counted_once() {
    let mut rig = Rig::with(slow());
    let order = rig.placed(market(Side::Buy, 2));
    rig.core.expire(rig.now.after(3 * SECOND));
    assert_eq!(rig.status(order), Status::PendingNew);
    rig.core.expire(rig.now.after(4 * SECOND));
    assert_eq!((rig.status(order), rig.net()), (Status::Filled, lots(2)));
    assert!(rig.memory.kinds().iter().filter(|it| **it == "order_received").count() == 1);
    assert!(rig.core.doubt().is_none(), "nothing is asked for any more");
    (0..70).for_each(|_| rig.tick(17_300));
    assert_eq!((rig.net(), rig.core.state().misfits), (lots(2), 0));
    rig.check_fold();
}

#[test]
fn an_order_that_is_still_on_its_way_stays_in_doubt_until_it_arrives() {
    let mut rig =
        Rig::with(aftm_sim::Settings { latency: 20 * SECOND, ..aftm_sim::Settings::default() });
    let order = rig.placed(market(Side::Buy, 1));
    for seconds in [4, 6, 8] {
        rig.core.expire(rig.now.after(seconds * SECOND));
        assert_eq!(rig.status(order), Status::InDoubt);
    }
    // It reached the exchange after ten seconds, and its answer is asked for before it is back.
    (0..11).for_each(|_| rig.tick(17_300));
    assert_eq!(rig.status(order), Status::InDoubt);
    rig.core.expire(rig.now);
    assert_eq!((rig.status(order), rig.net()), (Status::Filled, lots(1)));
}

#[test]
fn nobody_is_asked_while_the_exchange_is_away_and_everything_when_it_is_back() {
    let mut rig = Rig::with(aftm_sim::Settings { slow_one_in: 1, slow: 600 * SECOND, ..away(20) });
    let order = rig.placed(market(Side::Buy, 1));
    (0..5).for_each(|_| rig.tick(17_300));
    assert!(!rig.core.state().is_connected);
    rig.core.expire(rig.now);
    assert_eq!(rig.status(order), Status::InDoubt);
    assert!(rig.core.doubt().is_none(), "the loop would wake for nothing");
    (0..20).for_each(|_| rig.tick(17_300));
    assert!(rig.core.state().is_connected);
    assert_eq!((rig.status(order), rig.net(), rig.orders()), (Status::Filled, lots(1), 1));
    rig.check_fold();
}

#[test]
fn a_cancel_while_the_exchange_is_away_is_kept_and_sent_when_it_is_back() {
    let mut rig = Rig::with(away(20));
    let order = rig.placed(limit(Side::Buy, 17_200, 2));
    let other = rig.placed(limit(Side::Sell, 17_400, 1));
    (0..4).for_each(|_| rig.tick(17_300));
    assert!(!rig.core.state().is_connected);
    assert_eq!(rig.desk(&Request::Cancel { order }), Ok(Reply::Done {}));
    assert_eq!(rig.status(order), Status::PendingCancel);
    assert!(rig.alerts().contains(&"CANCEL_WAITS".to_owned()));
    assert_eq!(rig.desk(&Request::Cancel { order }), Ok(Reply::Unchanged {}));
    let refused = rig.place(limit(Side::Buy, 17_100, 1)).unwrap_err();
    assert_eq!(refused.code, "NOT_CONNECTED", "what may open is refused, not kept");
    assert_eq!(rig.desk(&Request::CancelAll { item: None }), Ok(Reply::Count { orders: 1 }));
    (0..20).for_each(|_| rig.tick(17_300));
    assert!(rig.core.state().is_connected);
    assert_eq!([rig.status(order), rig.status(other)], [Status::Canceled; 2]);
    assert_eq!(rig.core.state().misfits, 0);
    rig.check_fold();
}

#[test]
fn a_kept_cancel_that_comes_too_late_changes_no_fill() {
    let mut rig = Rig::with(away(20));
    let order = rig.placed(limit(Side::Buy, 17_200, 2));
    (0..4).for_each(|_| rig.tick(17_300));
    rig.do_it(&Request::Cancel { order });
    rig.tick(17_150);
    (0..20).for_each(|_| rig.tick(17_300));
    assert_eq!((rig.status(order), rig.net()), (Status::Filled, lots(2)));
    assert_eq!(rig.core.state().misfits, 0);
}

#[test]
fn a_kept_cancel_is_sent_by_the_machine_that_comes_after_a_kill() {
    let mut rig = Rig::with(away(600));
    let order = rig.placed(limit(Side::Buy, 17_200, 2));
    (0..4).for_each(|_| rig.tick(17_300));
    rig.do_it(&Request::Cancel { order });
    rig.restart();
    assert_eq!(rig.status(order), Status::PendingCancel);
    rig.login();
    rig.tick(17_300);
    assert_eq!(rig.status(order), Status::Canceled);
    rig.check_fold();
}

/// An exchange that outlives the machine, and loses orders or answers where it is told to.
#[derive(Clone)]
struct Outside {
    sim: Rc<RefCell<Simulated>>,
    loses: Rc<RefCell<Loses>>,
    /// How many orders reached it.
    placed: Rc<RefCell<Vec<OrderId>>>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Loses {
    Nothing,
    Orders,
    Answers,
}

impl Outside {
    fn new() -> Outside {
        let sim = Simulated::new(aftm_sim::Settings::default());
        let sim = Rc::new(RefCell::new(sim));
        Outside { sim, loses: Rc::new(RefCell::new(Loses::Nothing)), placed: Rc::default() }
    }
}

impl Venue for Outside {
    fn login(
        &mut self,
        user: &UserId,
        password: Option<&str>,
        production: bool,
        now: Option<ExchangeTime>,
        news: &mut Vec<News>,
    ) -> Result<LoginStep, Refusal> {
        self.sim.borrow_mut().login(user, password, production, now, news)
    }
    fn logout(&mut self) {
        self.sim.borrow_mut().logout();
    }
    fn list(&mut self, instrument: &Instrument) {
        self.sim.borrow_mut().list(instrument);
    }
    fn tick(&mut self, tick: &Tick, book: Option<&Book>, news: &mut Vec<News>) {
        self.sim.borrow_mut().tick(tick, book, news);
    }
    fn advance(&mut self, now: ExchangeTime, news: &mut Vec<News>) {
        self.sim.borrow_mut().advance(now, news);
    }
    fn settle(&mut self, news: &mut Vec<News>) {
        self.sim.borrow_mut().settle(news);
    }
    fn place(&mut self, id: OrderId, ticket: &Ticket, news: &mut Vec<News>) -> Result<(), Refusal> {
        let loses = *self.loses.borrow();
        if loses != Loses::Orders {
            self.placed.borrow_mut().push(id);
            let mut answers = Vec::new();
            self.sim.borrow_mut().place(id, ticket, &mut answers)?;
            if loses == Loses::Nothing {
                news.append(&mut answers);
            }
        }
        Ok(())
    }
    fn cancel(&mut self, order: Sent, news: &mut Vec<News>) -> Result<(), Refusal> {
        self.sim.borrow_mut().cancel(order, news)
    }
    fn amend(
        &mut self,
        order: Sent,
        quantity: Option<Quantity>,
        price: Option<Price>,
        news: &mut Vec<News>,
    ) -> Result<(), Refusal> {
        self.sim.borrow_mut().amend(order, quantity, price, news)
    }
    fn inquire(&mut self, order: Sent, news: &mut Vec<News>) -> Result<(), Refusal> {
        let id = order.id;
        let known = self.sim.borrow().sim().working().iter().any(|it| it.id == id);
        if *self.loses.borrow() == Loses::Answers && known {
            // Its own words were lost: it says again what became of the order.
            let venue_id = self::id(&format!("SIM-{:08X}", id.0));
            news.push(News::Report { order: id, report: Report::Accepted { venue_id } });
            return Ok(());
        }
        self.sim.borrow_mut().inquire(order, news)
    }
    fn due(&self) -> Option<Stamp> {
        self.sim.borrow().due()
    }
    fn summary(&self, account: AccountId) -> Option<Summary> {
        self.sim.borrow().summary(account)
    }
    fn restore(&mut self, _: &State) -> Vec<OrderId> {
        Vec::new()
    }
}

fn machine(venue: &Outside, memory: &Memory) -> Core<Outside, Memory> {
    let catalog = Catalog::built_in().unwrap();
    let mut core = Core::new(Setup {
        venue: venue.clone(),
        ledger: memory.clone(),
        listing: Listing::new(catalog, "2021-07-26".parse().unwrap()),
        rules: Rules::default(),
        state: memory.fold(),
    });
    core.start(MORNING).unwrap();
    let time = ExchangeTime { at: MORNING, offset: ExchangeTime::TAIPEI };
    core.begin(time, MORNING);
    for request in [
        Request::AddItem { item: id(ITEM) },
        Request::Login { user: id("demo"), password: None, production: false },
        Request::UseAccount { account: id("SIM-1") },
    ] {
        core.serve(&request, Door::Desk, MORNING).unwrap();
    }
    core
}

/// The machine is killed after the journal was written and before, or after, the exchange had the
/// order: the next one asks, sends nothing again, and knows.
#[test]
fn an_order_of_a_killed_machine_is_asked_for_at_an_exchange_that_lives_on() {
    for (loses, becomes) in [(Loses::Orders, Status::Rejected), (Loses::Answers, Status::New)] {
        let (venue, memory) = (Outside::new(), Memory::default());
        let mut core = machine(&venue, &memory);
        *venue.loses.borrow_mut() = loses;
        let intent = Box::new(named("r-1", limit(Side::Buy, 17_200, 2)));
        let place = Request::Place { intent };
        core.serve(&place, Door::V1, MORNING).unwrap();
        drop(core);
        let mut core = machine(&venue, &memory);
        let order = core.state().orders[&OrderId(1)].order.clone();
        assert_eq!(order.status, becomes);
        let code = order.refusal.map_or(String::new(), |it| it.code);
        assert_eq!(code, if loses == Loses::Orders { "UNKNOWN_ORDER" } else { "" });
        // The client that never heard asks again, and it is the same order.
        match core.serve(&place, Door::V1, MORNING).unwrap() {
            Reply::Placed { row, repeated: true } => assert_eq!(row.status, becomes),
            other => panic!("the retry came to {other:?}"),
        }
        let reached = usize::from(loses == Loses::Answers);
        assert_eq!(venue.placed.borrow().len(), reached, "an order is sent once at most");
        assert_eq!(core.state().misfits, 0);
        assert!(memory.fold() == *core.state());
    }
}

#[test]
fn an_order_that_never_reached_the_exchange_is_rejected_in_doubt_and_not_sent_again() {
    let (venue, memory) = (Outside::new(), Memory::default());
    let mut core = machine(&venue, &memory);
    *venue.loses.borrow_mut() = Loses::Orders;
    let place = Request::Place { intent: Box::new(limit(Side::Buy, 17_200, 1)) };
    core.serve(&place, Door::V1, MORNING).unwrap();
    assert!(core.has_unanswered());
    core.expire(MORNING.after(5 * SECOND));
    let order = &core.state().orders[&OrderId(1)].order;
    assert_eq!(order.status, Status::Rejected);
    assert_eq!(order.refusal.as_ref().unwrap().code, "UNKNOWN_ORDER");
    assert!(!core.has_unanswered() && venue.placed.borrow().is_empty());
}
