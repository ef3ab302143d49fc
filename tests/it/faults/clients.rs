//! Clients behind a transport that loses, repeats and reorders: each asks for one order until it is
//! answered, as often as it takes, under the same name. And the operator, who does anything.

use std::collections::{BTreeMap, BTreeSet};

use aftm::gateway::fact::Door;
use aftm::gateway::state::{Placed, State};
use aftm::wire::request::{Leave, Request};
use aftm::wire::{Intent, Refused, Reply, Scope};
use aftm_domain::condition::Terms;
use aftm_domain::order::{Kind, TimeInForce};
use aftm_domain::{Code, ConditionId, OpenClose, OrderId, Price, Quantity, RequestId, Side};

use super::{Chance, ITEMS, World, course};

/// What the machine said of each request that it answered, and to whom.
#[derive(Default)]
pub(super) struct Clients {
    asked: u64,
    /// Requests that no answer has reached yet.
    waiting: BTreeMap<RequestId, Intent>,
    /// Requests under way, in any order, any number of times.
    sent: Vec<Intent>,
    /// What the machine decided first.
    pub(super) decided: BTreeMap<RequestId, Result<OrderId, Refused>>,
    /// Orders that somebody was told of.
    pub(super) acknowledged: BTreeMap<RequestId, OrderId>,
    pub(super) repeats: usize,
}

impl Clients {
    /// What the disk had no room for is lost with the machine. Only refusals may be among that: an
    /// order of a client is in the journal before anybody is told of it.
    pub(super) fn forget_unsaved(&mut self, kept: &State) {
        let is_kept = |it: &Placed| it.request;
        let kept: BTreeSet<RequestId> = kept.orders.values().filter_map(is_kept).collect();
        self.decided.retain(|request, outcome| outcome.is_ok() || kept.contains(request));
    }
}

impl World {
    /// A new request, or one again that was not answered.
    pub(super) fn ask(&mut self) {
        let is_new = self.clients.waiting.is_empty() || self.chance.one_in(2);
        let intent = if is_new {
            let intent = self.intent();
            self.clients.waiting.insert(intent.request.unwrap(), intent);
            intent
        } else {
            let place = self.chance.place(self.clients.waiting.len());
            *self.clients.waiting.values().nth(place).unwrap()
        };
        let copies = if self.course.is_calm { 1 } else { self.chance.pick(&[0, 1, 1, 1, 2, 3]) };
        self.clients.sent.extend(std::iter::repeat_n(intent, copies));
    }

    /// Every client that waits asks again, and is answered.
    pub(super) fn ask_all(&mut self) {
        self.clients.sent.extend(self.clients.waiting.values());
        while !self.clients.sent.is_empty() {
            self.hear_request();
        }
    }

    /// A request arrives, whichever it is; its answer may not.
    pub(super) fn hear_request(&mut self) {
        if self.clients.sent.is_empty() {
            return;
        }
        let place = self.chance.place(self.clients.sent.len());
        let intent = self.clients.sent.swap_remove(place);
        let request = intent.request.unwrap();
        let place = Request::Place { intent: Box::new(intent) };
        let reply = self.core.serve(&place, Door::V1, self.now);
        let outcome = match reply {
            Ok(Reply::Placed { row, .. }) => Ok(row.order),
            Ok(other) => panic!("{request} came to {other:?}"),
            Err(refused) => Err(refused),
        };
        let is_lost = !self.course.is_calm && self.chance.one_in(3);
        if outcome.as_ref().is_err_and(|it| it.code == "JOURNAL_UNAVAILABLE") {
            // Nothing was done and nothing recorded: it is as if it was never asked.
            return;
        }
        match self.clients.decided.get(&request) {
            Some(before) => {
                self.clients.repeats += 1;
                assert_eq!(*before, outcome, "{request} was answered in two ways");
            }
            None => _ = self.clients.decided.insert(request, outcome.clone()),
        }
        if !is_lost {
            self.clients.waiting.remove(&request);
            outcome.into_iter().for_each(|it| _ = self.clients.acknowledged.insert(request, it));
        }
    }

    fn intent(&mut self) -> Intent {
        self.clients.asked += 1;
        let name = format!("r-{}", self.clients.asked);
        let item = self.item();
        let kind = self.chance.pick(&[Kind::Market, Kind::Limit, Kind::Limit, Kind::Stop]);
        let rests = [TimeInForce::Rod, TimeInForce::Rod, TimeInForce::Ioc];
        let is_limit = kind == Kind::Limit;
        Intent {
            request: Some(name.parse().unwrap()),
            account: Some(self.chance.pick(&["SIM-1", "SIM-1", "SIM-2"]).parse().unwrap()),
            item,
            side: self.chance.pick(&[Side::Buy, Side::Sell]),
            kind,
            price: kind.has_price().then(|| self.price(item)),
            stop_price: kind.has_stop().then(|| self.price(item)),
            quantity: Quantity::from_units(1 + self.chance.below(3)).unwrap(),
            time_in_force: if is_limit { self.chance.pick(&rests) } else { TimeInForce::Ioc },
            open_close: self.chance.pick(&[OpenClose::Auto, OpenClose::Auto, OpenClose::Open]),
            day_trade: false,
            // The exchange writes it down: the oracle knows each request's orders by it.
            note: name.parse().unwrap(),
            signal: None,
            signal_time: None,
        }
    }

    fn item(&mut self) -> Code {
        self.chance.pick(&ITEMS).parse().unwrap()
    }

    fn price(&mut self, item: Code) -> Price {
        near(&self.prices, &mut self.chance, item)
    }

    /// The operator does something.
    pub(super) fn operate(&mut self) {
        match self.chance.below(20) {
            0..5 => {
                let order = course::some_order(&self.core, &mut self.chance);
                order.into_iter().for_each(|order| self.desk(&Request::Cancel { order }));
            }
            5 | 6 => {
                let prices = self.prices;
                let price = |chance: &mut Chance, item| near(&prices, chance, item);
                let change = course::amend(&self.core, &mut self.chance, price);
                change.into_iter().for_each(|it| self.desk(&it));
            }
            7 => self.desk(&Request::CancelAll { item: None }),
            8 => self.desk(&Request::Flatten { item: None }),
            9 if self.chance.one_in(3) => {
                let flatten = self.chance.one_in(2);
                let (reason, scope) = ("a rehearsal".to_owned(), Scope::Global);
                self.desk(&Request::Kill { flatten, reason, scope });
                // From here on it is known to have been done.
                self.line.exchange().is_halted = true;
            }
            10..13 => {
                let (reason, scope) = ("it goes on".to_owned(), Scope::Global);
                let rearm = Request::Rearm { reason, scope, force: true };
                // The first goes to reducing, the second to everything.
                let rearmed = self.core.serve(&rearm, Door::Desk, self.now);
                if rearmed.is_ok() {
                    self.line.exchange().is_halted = false;
                    self.desk(&rearm);
                }
            }
            13 if self.chance.one_in(4) => self.desk(&Request::Logout {}),
            14 | 15 => {
                let id = self.condition();
                let position = self.chance.pick(&[Leave::Refuse, Leave::Flatten, Leave::Abandon]);
                self.desk(&Request::DropCondition { id, position });
            }
            16 | 17 => {
                let terms = self.terms();
                self.desk(&Request::AddCondition { terms });
            }
            _ => self.login(),
        }
    }

    pub(super) fn desk(&mut self, request: &Request) {
        let _ = self.core.serve(request, Door::Desk, self.now);
    }

    pub(super) fn login(&mut self) {
        let user = "demo".parse().unwrap();
        self.desk(&Request::Login { user, password: None, production: false });
        self.desk(&Request::UseAccount { account: "SIM-1".parse().unwrap() });
    }

    fn condition(&mut self) -> ConditionId {
        self.chance.pick(&["a", "b", "c"]).parse().unwrap()
    }

    fn terms(&mut self) -> Terms {
        let item = self.item();
        let points = |it: i64| Price::from_units(it).unwrap();
        Terms {
            id: self.condition(),
            item,
            action: self.chance.pick(&[Side::Buy, Side::Sell]),
            trigger: self.price(item),
            turning: points(self.chance.below(6)),
            quantity: Quantity::from_units(1 + self.chance.below(3)).unwrap(),
            take_profit: self.chance.one_in(2).then(|| points(8)),
            stop_loss: Some(points(6)),
            following: self.chance.one_in(2),
            account: self.chance.one_in(3).then(|| "SIM-2".parse().unwrap()),
        }
    }
}

/// A price near the market.
fn near(prices: &[i64], chance: &mut Chance, item: Code) -> Price {
    let place = ITEMS.iter().position(|it| *it == item.as_str()).unwrap();
    Price::from_units(prices[place] + chance.below(25) - 12).unwrap()
}
