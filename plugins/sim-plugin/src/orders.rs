//! The orders of the day as the host has been told of them, and the requests that wait for news.

use std::cmp::Ordering;
use std::collections::{BTreeMap, VecDeque};

use aftm_domain::order::{Refusal, Report, Status};
use aftm_domain::{AccountId, Code, Fill, Order};
use aftm_exchange_abi::{
    CHANGE_ACCEPTED, CHANGE_CANCEL_REJECTED, CHANGE_CANCELED, CHANGE_EXPIRED, CHANGE_FILLED,
    CHANGE_REJECTED, CHANGE_REPLACE_REJECTED, CHANGE_REPLACED, CHANGE_TRIGGERED, OrderRequest,
    OrderUpdate, STATE_CANCELED, STATE_EXPIRED, STATE_FILLED, STATE_PENDING, STATE_REJECTED,
    STATE_WORKING, name, put_id,
};

use crate::blocks::Blocks;
use crate::rows::{self, Told};

/// Who asked for a cancel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Asked {
    /// A request of its own.
    One(u64),
    /// A request to cancel many.
    All(u64),
}

/// An order, as the host is told of it.
#[derive(Clone, Debug)]
pub(crate) struct Standing {
    /// Its next news is this with what has changed.
    pub(crate) told: Told,
    /// Why the order itself was refused.
    refusal: Option<Box<Refusal>>,
    pub(crate) fills: Fills,
    placed: Option<u64>,
    cancels: VecDeque<Asked>,
    amends: VecDeque<u64>,
}

/// The fills of an order: most have one, and for that none is allocated.
#[derive(Clone, Debug, Default)]
pub(crate) struct Fills {
    first: Option<Fill>,
    further: Vec<Fill>,
}

impl Fills {
    fn add(&mut self, fill: Fill) {
        match self.first {
            None => self.first = Some(fill),
            Some(_) => self.further.push(fill),
        }
    }

    pub(crate) fn last(&self) -> Option<&Fill> {
        self.further.last().or(self.first.as_ref())
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Fill> {
        self.first.iter().chain(&self.further)
    }
}

/// What a report comes to for the host, beside how the order stands now.
#[derive(Debug)]
pub(crate) struct Turn<'told> {
    /// The request that it answers.
    pub(crate) req: Option<u64>,
    /// Why a cancel or a change was refused.
    pub(crate) refusal: Option<&'told Refusal>,
    /// A request to cancel many of which one part is done.
    pub(crate) part_of: Option<u64>,
    /// Nobody is told: an order that ended before a cancel of many reached it, or was accepted as
    /// its fill says, too.
    pub(crate) is_silent: bool,
}

impl Standing {
    /// An order that nothing has happened to, and the request that sent it.
    fn new(told: Told, placed: Option<u64>) -> Standing {
        let (refusal, fills) = (None, Fills::default());
        Standing { told, refusal, fills, placed, cancels: VecDeque::new(), amends: VecDeque::new() }
    }

    /// An order that the ledger remembers. Where it is traded, the host says when it lists the item.
    pub(crate) fn remembered(order: &Order) -> Standing {
        let state = match order.status {
            Status::Filled => STATE_FILLED,
            Status::Canceled => STATE_CANCELED,
            Status::Rejected | Status::Denied => STATE_REJECTED,
            Status::Expired => STATE_EXPIRED,
            Status::PendingNew | Status::InDoubt => STATE_PENDING,
            Status::New | Status::PendingCancel | Status::PendingReplace => STATE_WORKING,
        };
        let mut standing = Standing::new(Told::of(order.id.0, &order.ticket), None);
        let told = &mut standing.told;
        (told.state, told.triggered) = (state, u8::from(order.is_triggered));
        told.filled_e9 = order.filled().raw();
        if let Some(broker) = &order.venue_id {
            put_id(&mut told.broker_order_id, broker.as_str());
        }
        let refusal = order.refusal.as_ref().filter(|_| order.status == Status::Rejected);
        standing.refusal = refusal.cloned().map(Box::new);
        order.fills.iter().for_each(|it| standing.fills.add(*it));
        standing
    }

    /// How it stands, with what happened last, told at this time.
    pub(crate) fn update(&self, clock: (i64, i32)) -> OrderUpdate {
        let mut update = self.told.update(clock);
        if let Some(refusal) = &self.refusal {
            rows::refuse(&mut update, refusal);
        }
        update
    }

    /// The host's number of it.
    pub(crate) const fn id(&self) -> u64 {
        self.told.client_order_id
    }

    /// Whether it works, or is on its way there.
    pub(crate) fn is_open(&self) -> bool {
        matches!(self.told.state, STATE_PENDING | STATE_WORKING)
    }

    /// Whether the exchange names it so.
    pub(crate) fn is_named(&self, broker: &str) -> bool {
        name(&self.told.broker_order_id) == Some(broker)
    }

    pub(crate) fn ask_cancel(&mut self, asked: Asked) {
        self.cancels.push_back(asked);
    }

    pub(crate) fn ask_amend(&mut self, req_id: u64) {
        self.amends.push_back(req_id);
    }

    /// A cancel or a change that was not sent after all.
    pub(crate) fn unask_cancel(&mut self) {
        self.cancels.pop_back();
    }

    pub(crate) fn unask_amend(&mut self) {
        self.amends.pop_back();
    }

    /// Takes in a report; `None` for one that the exchange does not make. Where its fill is to tell
    /// of an acceptance, that answers the order's request.
    pub(crate) fn turn<'told>(
        &mut self,
        report: &'told Report,
        is_told_by_fill: bool,
    ) -> Option<Turn<'told>> {
        let mut turn = Turn { req: None, refusal: None, part_of: None, is_silent: false };
        let told = &mut self.told;
        match report {
            Report::Accepted { venue_id } => {
                put_id(&mut told.broker_order_id, venue_id.as_str());
                (told.state, told.change) = (STATE_WORKING, CHANGE_ACCEPTED);
                if is_told_by_fill {
                    turn.is_silent = true;
                } else {
                    turn.req = self.placed.take();
                }
            }
            Report::Rejected(refusal) => {
                self.refusal = Some(Box::new(refusal.clone()));
                (told.state, told.change) = (STATE_REJECTED, CHANGE_REJECTED);
                turn.req = self.placed.take();
            }
            Report::Triggered => (told.triggered, told.change) = (1, CHANGE_TRIGGERED),
            Report::Filled(fill) => {
                told.filled_e9 = told.filled_e9.saturating_add(fill.quantity.raw());
                (told.change, turn.req) = (CHANGE_FILLED, self.placed.take());
                if told.filled_e9 >= told.qty_e9 {
                    told.state = STATE_FILLED;
                }
                self.fills.add(*fill);
            }
            Report::Canceled => {
                (told.state, told.change) = (STATE_CANCELED, CHANGE_CANCELED);
                self.answer_cancel(&mut turn);
            }
            Report::Expired => (told.state, told.change) = (STATE_EXPIRED, CHANGE_EXPIRED),
            Report::CancelRejected(refusal) => {
                (told.change, turn.refusal) = (CHANGE_CANCEL_REJECTED, Some(refusal));
                self.answer_cancel(&mut turn);
                turn.is_silent = turn.part_of.is_some();
            }
            Report::Replaced { quantity, price } => {
                (told.qty_e9, told.price_e9) = (quantity.raw(), rows::price_e9(*price));
                (told.change, turn.req) = (CHANGE_REPLACED, self.amends.pop_front());
            }
            Report::ReplaceRejected(refusal) => {
                (told.change, turn.refusal) = (CHANGE_REPLACE_REJECTED, Some(refusal));
                turn.req = self.amends.pop_front();
            }
            Report::CancelSent
            | Report::ReplaceSent
            | Report::NoReply
            | Report::Kept
            | Report::Released => return None,
        }
        Some(turn)
    }

    fn answer_cancel(&mut self, turn: &mut Turn<'_>) {
        match self.cancels.pop_front() {
            Some(Asked::One(req_id)) => turn.req = Some(req_id),
            Some(Asked::All(req_id)) => turn.part_of = Some(req_id),
            None => (),
        }
    }

    /// Takes out what waits for news of it: the order's request, its cancels, its changes.
    pub(crate) fn give_up(&mut self) -> (Option<u64>, VecDeque<Asked>, VecDeque<u64>) {
        let cancels = std::mem::take(&mut self.cancels);
        (self.placed.take(), cancels, std::mem::take(&mut self.amends))
    }
}

/// Whose and of what an order is by its names.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Subject {
    pub(crate) account: AccountId,
    pub(crate) item: Code,
    /// The exchange that the item is traded on.
    pub(crate) exchange: [u8; 16],
}

/// The account, the symbol and the exchange that an order names.
type Names = ([u8; 40], [u8; 64], [u8; 16]);

const fn names(order: &OrderRequest) -> Names {
    (order.account, order.symbol, order.exchange)
}

/// All orders of the day, in the order in which they were sent, and requests to cancel many.
#[derive(Debug, Default)]
pub(crate) struct Orders {
    all: Blocks<Standing>,
    /// The host's numbers of them, which rise, and their places.
    places: Vec<(u64, usize)>,
    /// Of the last order of an item that was listed: most orders are of the same account and item.
    before: Option<(Names, Subject)>,
    /// No order of an earlier day has a higher number.
    used: u64,
    /// How many cancels each request to cancel many waits for.
    parts: BTreeMap<u64, usize>,
}

impl Orders {
    /// None yet; no order of an earlier day had a number above `used`.
    pub(crate) fn after(used: u64) -> Orders {
        Orders { used, ..Orders::default() }
    }

    pub(crate) fn is_used(&self, id: u64) -> bool {
        id <= self.used || self.find(id).is_ok()
    }

    pub(crate) fn add(&mut self, standing: Standing) {
        self.add_with(standing.id(), || standing);
    }

    /// Enters an order that was sent and is not answered, traded on this exchange.
    pub(crate) fn enter(&mut self, order: &OrderRequest, exchange: [u8; 16], req_id: u64) {
        let sent = || Standing::new(Told::sent(order, exchange), Some(req_id));
        self.add_with(order.client_order_id, sent);
    }

    /// One more order behind all others, written where it stays; none where its number is taken.
    fn add_with(&mut self, id: u64, make: impl FnOnce() -> Standing) {
        if let Err(at) = self.find(id) {
            self.places.insert(at, (id, self.all.len()));
            self.all.push_with(make);
        }
    }

    /// Where among the places an order is, or would be.
    fn find(&self, id: u64) -> Result<usize, usize> {
        // Hosts count up, and nearly everything is told of the order that was sent last.
        let (newest, count) = (self.places.last().map_or(0, |it| it.0), self.places.len());
        match id.cmp(&newest) {
            Ordering::Greater => Err(count),
            Ordering::Equal => Ok(count.saturating_sub(1)),
            Ordering::Less => self.places.binary_search_by_key(&id, |it| it.0),
        }
    }

    fn place(&self, id: u64) -> Option<usize> {
        Some(self.places.get(self.find(id).ok()?)?.1)
    }

    /// Forgets the order that was added last, because it was not sent after all.
    pub(crate) fn forget_last(&mut self) {
        if let Some(at) = self.all.pop().and_then(|last| self.find(last.id()).ok()) {
            self.places.remove(at);
        }
    }

    /// Items are traded on these exchanges, as the host has it; of those that `exchange_of` does not
    /// know nothing is new.
    pub(crate) fn list(&mut self, exchange_of: impl Fn(&str) -> Option<[u8; 16]>) {
        self.before = None;
        for told in self.all.iter_mut().map(|it| &mut it.told) {
            let exchange = name(&told.symbol).and_then(&exchange_of);
            told.exchange = exchange.unwrap_or(told.exchange);
        }
    }

    pub(crate) fn get(&self, id: u64) -> Option<&Standing> {
        self.all.get(self.place(id)?)
    }

    pub(crate) fn get_mut(&mut self, id: u64) -> Option<&mut Standing> {
        self.all.get_mut(self.place(id)?)
    }

    /// Whose and of what an order is, where it has the names of the order before.
    pub(crate) fn subject_as_before(&self, order: &OrderRequest) -> Option<Subject> {
        self.before.as_ref().filter(|it| it.0 == names(order)).map(|it| it.1)
    }

    /// Has it at hand for the next order.
    pub(crate) fn keep_subject(&mut self, order: &OrderRequest, subject: Subject) {
        self.before = Some((names(order), subject));
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Standing> {
        self.all.iter()
    }

    pub(crate) fn iter_mut(&mut self) -> impl Iterator<Item = &mut Standing> {
        self.all.iter_mut()
    }

    /// An order by the host's number of it, or else by ours.
    pub(crate) fn named(&self, id: u64, broker: &str) -> Option<&Standing> {
        if id != 0 {
            return self.get(id);
        }
        // The exchange names an order for its number.
        let digits = broker.strip_prefix("SIM-")?;
        let found = self.get(u64::from_str_radix(digits, 16).ok()?)?;
        Some(found).filter(|it| it.is_named(broker))
    }

    /// A request to cancel many waits for so many cancels.
    pub(crate) fn expect(&mut self, req_id: u64, parts: usize) {
        self.parts.insert(req_id, parts);
    }

    /// One part of it is done; whether that was the last.
    pub(crate) fn is_last_part(&mut self, req_id: u64) -> bool {
        let left = self.parts.get_mut(&req_id).map_or(0, |left| {
            *left = left.saturating_sub(1);
            *left
        });
        left == 0 && self.parts.remove(&req_id).is_some()
    }

    /// Takes out every request to cancel many that waits.
    pub(crate) fn give_up_parts(&mut self) -> Vec<u64> {
        std::mem::take(&mut self.parts).into_keys().collect()
    }
}

#[cfg(test)]
mod tests {
    use aftm_domain::OrderId;
    use aftm_domain::order::{Kind, Ticket, TimeInForce};
    use aftm_domain::{Note, OpenClose, Price, Quantity, Side};
    use aftm_exchange_abi::{E_FUNDS, OK, Versioned, put_name, text};
    use aftm_sim::refusal;

    use super::*;

    fn ticket() -> Ticket {
        Ticket {
            account: "SIM-1".parse().unwrap(),
            item: "TXFH1".parse().unwrap(),
            side: Side::Buy,
            kind: Kind::Limit,
            price: Some(Price::from_units(17_000).unwrap()),
            stop_price: None,
            quantity: Quantity::ONE,
            time_in_force: TimeInForce::Rod,
            open_close: OpenClose::Auto,
            day_trade: false,
            note: Note::default(),
        }
    }

    fn enter(orders: &mut Orders, id: u64, req_id: u64) {
        let mut order = OrderRequest { client_order_id: id, ..OrderRequest::blank() };
        put_name(&mut order.symbol, "TXFH1").unwrap();
        orders.enter(&order, [0; 16], req_id);
    }

    fn why() -> Refusal {
        Refusal { code: refusal::MARGIN.to_owned(), text: "not enough".to_owned() }
    }

    fn said(order: &Standing) -> (i32, String, String) {
        let told = order.update((0, 0));
        (told.code, text(&told.vendor_code).into_owned(), text(&told.text).into_owned())
    }

    fn nothing() -> (i32, String, String) {
        (OK, String::new(), String::new())
    }

    #[test]
    fn why_a_cancel_or_a_change_was_refused_does_not_stick_to_the_order() {
        let mut orders = Orders::default();
        enter(&mut orders, 1, 7);
        let order = orders.get_mut(1).unwrap();
        let venue_id = "SIM-00000001".parse().unwrap();
        assert_eq!(order.turn(&Report::Accepted { venue_id }, false).unwrap().req, Some(7));
        order.ask_cancel(Asked::One(8));
        order.ask_amend(9);
        for (report, change, req) in [
            (Report::CancelRejected(why()), CHANGE_CANCEL_REJECTED, 8),
            (Report::ReplaceRejected(why()), CHANGE_REPLACE_REJECTED, 9),
        ] {
            let turn = order.turn(&report, false).unwrap();
            assert_eq!((turn.req, turn.refusal), (Some(req), Some(&why())));
            assert_eq!((order.told.change, order.told.state), (change, STATE_WORKING));
            assert_eq!(said(order), nothing());
        }
        assert!(order.is_named("SIM-00000001") && !order.is_named("SIM-00000002"));
    }

    #[test]
    fn an_order_that_was_rejected_goes_on_saying_why() {
        let mut orders = Orders::default();
        enter(&mut orders, 1, 7);
        let order = orders.get_mut(1).unwrap();
        assert_eq!(order.turn(&Report::Rejected(why()), false).unwrap().refusal, None);
        let because = (E_FUNDS, "MARGIN".to_owned(), "not enough".to_owned());
        assert_eq!(said(order), because);
        let known = Order {
            status: Status::Rejected,
            refusal: Some(why()),
            ..Order::sent(OrderId(1), ticket())
        };
        assert_eq!(said(&Standing::remembered(&known)), because);
        // A cancel that was refused says nothing of the order.
        let known = Order { status: Status::Canceled, ..known };
        assert_eq!(said(&Standing::remembered(&known)), nothing());
    }

    #[test]
    fn an_order_that_is_remembered_is_traded_where_its_item_is_listed() {
        let mut orders = Orders::default();
        orders.add(Standing::remembered(&Order::sent(OrderId(1), ticket())));
        let exchange_of = |orders: &Orders| orders.get(1).unwrap().told.exchange;
        assert_eq!(exchange_of(&orders), [0; 16]);
        for listed in ["TAIFEX", "OTHER"] {
            let mut exchange = [0; 16];
            put_name(&mut exchange, listed).unwrap();
            orders.list(|symbol| (symbol == "TXFH1").then_some(exchange));
            orders.list(|symbol| (symbol == "MXFH1").then_some([0; 16]));
            assert_eq!(exchange_of(&orders), exchange);
        }
    }

    #[test]
    fn an_order_is_found_whatever_sequence_the_numbers_come_in() {
        let mut orders = Orders::after(2);
        for id in [7, 9, 4, 8, 12] {
            assert!(!orders.is_used(id));
            enter(&mut orders, id, id);
            assert!(orders.is_used(id));
        }
        let all = |orders: &Orders| orders.iter().map(Standing::id).collect::<Vec<_>>();
        assert_eq!(all(&orders), [7, 9, 4, 8, 12]);
        for id in [4, 7, 8, 9, 12] {
            assert_eq!(orders.get(id).map(Standing::id), Some(id));
            assert_eq!(orders.get_mut(id).map(|it| it.id()), Some(id));
        }
        for id in [0, 3, 5, 10, 13] {
            assert!(orders.get(id).is_none());
        }
        orders.forget_last();
        assert_eq!(all(&orders), [7, 9, 4, 8]);
        assert!(orders.get(12).is_none() && !orders.is_used(12) && orders.is_used(2));
    }
}
