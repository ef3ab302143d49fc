//! The orders of a trading day, the host's and those of other terminals, and what is told of them.
//!
//! An order of the host may be several at the venue, its legs. The host hears of one order: it is
//! accepted once the first leg is, and ends once the last one has.

use std::collections::{HashMap, HashSet, VecDeque};
use std::time::Duration;

use aftm_exchange_abi as abi;

use crate::Refusal;
use crate::ask::Life;
use crate::course::{Course, Seen, Step, UnknownStatus};
use crate::fills::{Fills, Number, Trade};
use crate::input::SessionKey;
use crate::refs::Used;

/// An order's name from the moment it is sent.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Key {
    /// The login that sent it.
    pub session: SessionKey,
    /// `OrderRef` without the blanks around it.
    pub order_ref: String,
}

impl Key {
    /// Of the vendor's fields.
    pub fn new(session: SessionKey, order_ref: &str) -> Key {
        Key { session, order_ref: order_ref.trim().to_owned() }
    }
}

/// An `OnRtnOrder`, or a row of a query.
#[derive(Clone, Debug)]
pub struct Report<'a> {
    /// `FrontID`, `SessionID` and `OrderRef`.
    pub key: Key,
    /// `ExchangeID`.
    pub exchange: &'a str,
    /// `OrderSysID`; empty until the exchange has given one.
    pub order_sys_id: &'a str,
    /// `VolumeTotalOriginal`.
    pub lots: i32,
    /// By `TimeCondition` and `VolumeCondition`; ROD where they say something else.
    pub life: Life,
    /// How it stands.
    pub seen: Seen<'a>,
}

/// What the host is told of an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Update {
    /// The host's number; 0 for an order that the host did not send.
    pub client_order_id: u64,
    /// `AFTM_CHANGE_…`.
    pub change: u8,
    /// `AFTM_STATE_…`.
    pub state: u8,
    /// All lots.
    pub lots: i32,
    /// Lots traded, never more than all.
    pub filled: i32,
    /// Whether its stop price has traded.
    pub is_triggered: bool,
    /// The venue's name of it, which stays what it first was; `None` until there is one.
    pub number: Option<Number>,
    /// Why it, or its cancel, was refused.
    pub refusal: Option<Refusal>,
}

/// A trade with the order that it belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fill {
    /// The host's number; 0 for an order that the host did not send.
    pub client_order_id: u64,
    /// The order's name as its updates have it.
    pub number: Number,
    /// The trade.
    pub trade: Trade,
}

/// An order at the venue that can be canceled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alive {
    /// Its name from the moment it was sent.
    pub key: Key,
    /// `OrderSysID` as the exchange wrote it; empty until there is one.
    pub order_sys_id: String,
}

/// What a report makes known, to be told in this order.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct News {
    /// What happened to the order.
    pub updates: Vec<Update>,
    /// Trades that had waited for it.
    pub fills: Vec<Fill>,
}

#[derive(Debug)]
struct Leg {
    key: Key,
    lots: i32,
    number: Option<Number>,
    order_sys_id: String,
    course: Course,
}

#[derive(Debug, Default)]
struct Order {
    client_order_id: u64,
    legs: Vec<Leg>,
    number: Option<Number>,
    has_told_accepted: bool,
    has_told_silence: bool,
    has_told_end: bool,
    is_cancel_open: bool,
}

/// All orders.
#[derive(Debug, Default)]
pub struct Orders {
    orders: Vec<Order>,
    by_key: HashMap<Key, (usize, usize)>,
    by_number: HashMap<Number, (usize, usize)>,
    by_client: HashMap<u64, usize>,
    fills: Fills,
    unanswered: VecDeque<(Duration, Key)>,
}

impl Orders {
    /// An order of the host is about to be sent as these legs; to be called before the vendor is,
    /// because the first report may come from within its call.
    pub fn sending(
        &mut self,
        now: Duration,
        client_order_id: u64,
        life: Life,
        legs: &[(Key, i32)],
    ) {
        self.enter(client_order_id, life, legs);
        self.unanswered.extend(legs.iter().map(|(key, _)| (now, key.clone())));
    }

    fn enter(&mut self, client_order_id: u64, life: Life, legs: &[(Key, i32)]) {
        let at = self.orders.len();
        self.orders.push(Order { client_order_id, ..Order::default() });
        for (key, lots) in legs {
            self.add_leg(at, key.clone(), *lots, life);
        }
        if client_order_id != 0 {
            self.by_client.insert(client_order_id, at);
        }
    }

    /// The legs of before a restart, as the file of references has them.
    pub fn restore(&mut self, used: &[Used]) {
        for used in used {
            let key = Key::new(used.session, &used.order_ref.to_string());
            match self.by_client.get(&used.client_order_id) {
                Some(at) => self.add_leg(*at, key, used.lots, used.life),
                None => self.enter(used.client_order_id, used.life, &[(key, used.lots)]),
            }
        }
    }

    fn add_leg(&mut self, at: usize, key: Key, lots: i32, life: Life) {
        let Some(order) = self.orders.get_mut(at) else { return };
        self.by_key.insert(key.clone(), (at, order.legs.len()));
        order.legs.push(Leg {
            key,
            lots,
            number: None,
            order_sys_id: String::new(),
            course: Course::new(life),
        });
    }

    /// Whether this order of the host is known, so that it is never sent again.
    pub fn knows(&self, client_order_id: u64) -> bool {
        self.by_client.contains_key(&client_order_id)
    }

    /// The host's number of an order: 0 where another terminal sent it, `None` where nobody knows it.
    pub fn client_of(&self, key: &Key) -> Option<u64> {
        let (at, _) = self.by_key.get(key)?;
        self.orders.get(*at).map(|it| it.client_order_id)
    }

    /// Whether an order is on its way: neither accepted nor ended.
    pub fn is_awaited(&self, key: &Key) -> bool {
        let place = self.by_key.get(key);
        let order = place.and_then(|(at, leg)| Some((self.orders.get(*at)?, *leg)));
        let course = order.and_then(|(order, leg)| order.legs.get(leg)).map(|it| &it.course);
        course.is_some_and(|it| !it.is_accepted() && !it.is_ended())
    }

    /// The host's number of an order by the exchange's.
    pub fn client_of_number(&self, number: &Number) -> Option<u64> {
        let (at, _) = self.by_number.get(number)?;
        self.orders.get(*at).map(|it| it.client_order_id)
    }

    /// The orders that the venue has listed, each once, as rows of a list.
    pub fn listed(&self, keys: &[Key]) -> Vec<Update> {
        let mut told = HashSet::new();
        let places = keys.iter().filter_map(|key| self.by_key.get(key)).map(|(at, _)| *at);
        let orders = places.filter(|at| told.insert(*at)).filter_map(|at| self.orders.get(at));
        let row = |order: &Order| {
            order.update(Step { change: abi::CHANGE_NONE, state: order.state(), refusal: None })
        };
        orders.map(row).collect()
    }

    /// A trade with the order that it belongs to, whether it was told or not.
    pub fn fill_of(&self, trade: Trade) -> Fill {
        let order = self.by_number.get(&trade.number).and_then(|(at, _)| self.orders.get(*at));
        match order {
            Some(order) => order.fill(trade),
            None => Fill { client_order_id: 0, number: trade.number.clone(), trade },
        }
    }

    /// Takes a report in.
    ///
    /// # Errors
    ///
    /// Where its status is not known; then nothing is told.
    pub fn report(&mut self, report: &Report<'_>) -> Result<News, UnknownStatus> {
        let (at, place) = self.place(report);
        let number = Number::new(report.exchange, report.order_sys_id);
        let Some(order) = self.orders.get_mut(at) else { return Ok(News::default()) };
        let Some(leg) = order.legs.get_mut(place) else { return Ok(News::default()) };
        leg.lots = report.lots.max(leg.lots);
        let steps = leg.course.report(report.seen)?;
        if let Some(number) = number.filter(|_| leg.number.is_none()) {
            self.by_number.insert(number.clone(), (at, place));
            leg.number = Some(number.clone());
            leg.order_sys_id = report.order_sys_id.to_owned();
            order.number.get_or_insert(number);
        }
        let updates = order.tell(steps);
        let waited = leg_number(order, place).map(|it| self.fills.released(&it));
        let fills = waited.into_iter().flatten().map(|trade| order.fill(trade)).collect();
        Ok(News { updates, fills })
    }

    /// Where a report belongs; an order that nobody here sent is entered as one without a number of
    /// the host.
    fn place(&mut self, report: &Report<'_>) -> (usize, usize) {
        if let Some(place) = self.by_key.get(&report.key) {
            return *place;
        }
        let at = self.orders.len();
        self.orders.push(Order::default());
        self.add_leg(at, report.key.clone(), report.lots, report.life);
        (at, 0)
    }

    /// Takes a trade in; it comes back where it is new and its order is known.
    pub fn trade(&mut self, trade: Trade) -> Option<Fill> {
        let place = self.by_number.get(&trade.number).copied();
        let trade = self.fills.take(trade, place.is_some())?;
        let order = place.and_then(|(at, _)| self.orders.get(at))?;
        Some(order.fill(trade))
    }

    /// The trades whose orders never came, once the venue's list of orders is complete.
    pub fn orphans(&mut self) -> Vec<Fill> {
        let alone = |trade: Trade| Fill { client_order_id: 0, number: trade.number.clone(), trade };
        self.fills.orphans().into_iter().map(alone).collect()
    }

    /// The order was refused, by any of the ways in which the vendor tells it.
    pub fn refused(&mut self, key: &Key, refusal: Refusal) -> Vec<Update> {
        self.with(key, |course| course.refused(refusal))
    }

    /// A cancel that the host asked for was refused, by any of the ways in which it is told.
    pub fn cancel_refused(&mut self, key: &Key, action: i32, refusal: Refusal) -> Vec<Update> {
        self.with(key, |course| course.cancel_refused(action, refusal))
    }

    /// The orders that were sent as long ago as `limit` and have no answer: each is told once, and
    /// only the venue's own list of orders ends the doubt.
    pub fn overdue(&mut self, now: Duration, limit: Duration) -> Vec<Update> {
        let mut updates = Vec::new();
        let is_over = |sent: &Duration| now.saturating_sub(*sent) >= limit;
        while self.unanswered.front().is_some_and(|(sent, _)| is_over(sent)) {
            let Some((_, key)) = self.unanswered.pop_front() else { break };
            updates.extend(self.with(&key, Course::silent));
        }
        updates
    }

    /// The plug-in is about to end what an IOC left in the queue.
    pub fn cancel_by_us(&mut self, key: &Key) {
        self.with(key, |course| {
            course.cancel_by_us();
            None
        });
    }

    fn with(&mut self, key: &Key, change: impl FnOnce(&mut Course) -> Option<Step>) -> Vec<Update> {
        let Some((at, place)) = self.by_key.get(key).copied() else { return Vec::new() };
        let Some(order) = self.orders.get_mut(at) else { return Vec::new() };
        let step = order.legs.get_mut(place).and_then(|leg| change(&mut leg.course));
        order.tell(step.into_iter().collect())
    }

    /// The host is about to cancel its order under this action reference: the legs that are still
    /// alive. None where the order is not known or has ended.
    pub fn canceling(&mut self, client_order_id: u64, action: i32) -> Vec<Alive> {
        let at = self.by_client.get(&client_order_id).copied();
        at.map_or_else(Vec::new, |at| self.cancel_at(at, action))
    }

    /// As [`Orders::canceling`], for an order that is known by its number alone.
    pub fn canceling_number(&mut self, number: &Number, action: i32) -> Vec<Alive> {
        let at = self.by_number.get(number).map(|(at, _)| *at);
        at.map_or_else(Vec::new, |at| self.cancel_at(at, action))
    }

    fn cancel_at(&mut self, at: usize, action: i32) -> Vec<Alive> {
        let Some(order) = self.orders.get_mut(at) else { return Vec::new() };
        order.is_cancel_open = true;
        let alive = order.legs.iter_mut().filter(|it| !it.course.is_ended());
        let cancel = |leg: &mut Leg| {
            leg.course.cancel_by_host(action);
            Alive { key: leg.key.clone(), order_sys_id: leg.order_sys_id.clone() }
        };
        alive.map(cancel).collect()
    }
}

fn leg_number(order: &Order, place: usize) -> Option<Number> {
    order.legs.get(place).and_then(|leg| leg.number.clone())
}

impl Order {
    fn fill(&self, trade: Trade) -> Fill {
        let number = self.number.clone().unwrap_or_else(|| trade.number.clone());
        Fill { client_order_id: self.client_order_id, number, trade }
    }

    /// What the host hears of the steps of one leg.
    fn tell(&mut self, steps: Vec<Step>) -> Vec<Update> {
        if self.legs.len() == 1 {
            return steps.into_iter().map(|step| self.update(step)).collect();
        }
        let told = steps.into_iter().filter_map(|step| self.of_one_leg(step)).collect::<Vec<_>>();
        told.into_iter().map(|step| self.update(step)).collect()
    }

    /// The step of one leg among several, as a step of the whole.
    fn of_one_leg(&mut self, step: Step) -> Option<Step> {
        let state = self.state();
        let is_end = matches!(
            step.change,
            abi::CHANGE_REJECTED | abi::CHANGE_CANCELED | abi::CHANGE_EXPIRED
        );
        let is_over = state != abi::STATE_PENDING && state != abi::STATE_WORKING;
        if step.change == abi::CHANGE_ACCEPTED {
            let is_first = !std::mem::replace(&mut self.has_told_accepted, true);
            return is_first.then_some(Step { state: abi::STATE_WORKING, ..step });
        }
        if step.change == abi::CHANGE_NO_REPLY {
            let is_known =
                self.has_told_accepted || std::mem::replace(&mut self.has_told_silence, true);
            return (!is_known).then_some(Step { state, ..step });
        }
        if step.change == abi::CHANGE_CANCEL_REJECTED {
            let is_first = std::mem::replace(&mut self.is_cancel_open, false);
            return is_first.then_some(Step { state, ..step });
        }
        if !is_over {
            return (!is_end).then_some(Step { state, ..step });
        }
        if std::mem::replace(&mut self.has_told_end, true) {
            return (!is_end).then_some(Step { state, ..step });
        }
        let (change, refusal) = match state {
            abi::STATE_FILLED => (abi::CHANGE_FILLED, None),
            abi::STATE_REJECTED => (abi::CHANGE_REJECTED, self.refusal()),
            abi::STATE_EXPIRED => (abi::CHANGE_EXPIRED, self.refusal()),
            _ => (abi::CHANGE_CANCELED, self.refusal()),
        };
        Some(Step { change, state, refusal })
    }

    /// The state of the whole: alive while a leg is, and then by what became of most.
    fn state(&self) -> u8 {
        let states = || self.legs.iter().map(|it| it.course.state());
        let all = |state| states().all(|it| it == state);
        if self.legs.iter().any(|it| !it.course.is_ended()) {
            let is_accepted = self.legs.iter().any(|it| it.course.is_accepted());
            return if is_accepted { abi::STATE_WORKING } else { abi::STATE_PENDING };
        }
        for state in [abi::STATE_FILLED, abi::STATE_REJECTED] {
            if all(state) {
                return state;
            }
        }
        let is_canceled = states().any(|it| it == abi::STATE_CANCELED);
        let is_expired = states().any(|it| it == abi::STATE_EXPIRED);
        if is_expired && !is_canceled { abi::STATE_EXPIRED } else { abi::STATE_CANCELED }
    }

    /// The first refusal among the legs.
    fn refusal(&self) -> Option<Refusal> {
        self.legs.iter().find_map(|it| it.course.refusal()).cloned()
    }

    fn update(&self, step: Step) -> Update {
        let sum = |lots: fn(&Leg) -> i32| self.legs.iter().map(lots).fold(0, i32::saturating_add);
        let filled = sum(|leg| match leg.course.state() {
            abi::STATE_FILLED => leg.lots,
            _ => leg.course.traded().min(leg.lots),
        });
        Update {
            client_order_id: self.client_order_id,
            change: step.change,
            state: step.state,
            lots: sum(|leg| leg.lots),
            filled,
            is_triggered: self.legs.iter().any(|it| it.course.is_triggered()),
            number: self.number.clone(),
            refusal: step.refusal,
        }
    }
}

#[cfg(test)]
mod tests;
