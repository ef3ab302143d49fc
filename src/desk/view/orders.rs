//! Orders and fills.

use aftm_domain::order::{Kind, Status};
use aftm_domain::{OrderId, Stamp, TradeId};
use aftm_ui::view::{Fill, Order, OrderKind, OrderState, Side};
use rustc_hash::FxHashSet;

use super::rows;
use crate::wire::{FillRow, OrderRow};

/// Orders kept; of more, those that ended longest ago go.
pub(super) const ORDERS_MAX: usize = 10_000;
/// Fills kept.
pub(super) const FILLS_MAX: usize = 10_000;

/// The numbers of the orders in the view, and which of them were told while they were asked for.
#[derive(Debug, Default)]
pub(super) struct Orders {
    keys: Vec<OrderId>,
    told: FxHashSet<OrderId>,
}

impl Orders {
    /// They are asked for: what is told from now on is newer than the answer.
    pub(super) fn ask(&mut self) {
        self.told.clear();
    }

    /// An order as the gateway has just told it.
    pub(super) fn tell(&mut self, orders: &mut Vec<Order>, row: &OrderRow, now: Stamp) {
        self.told.insert(row.order);
        self.put(orders, row, now);
    }

    /// An order of an answer, which may be older than what was told meanwhile.
    pub(super) fn answer(&mut self, orders: &mut Vec<Order>, row: &OrderRow, now: Stamp) {
        if !self.told.contains(&row.order) {
            self.put(orders, row, now);
        }
    }

    /// An order as it is shown.
    pub(super) fn get<'a>(&self, orders: &'a [Order], id: OrderId) -> Option<&'a Order> {
        rows::get(&self.keys, orders, &id)
    }

    fn put(&mut self, orders: &mut Vec<Order>, row: &OrderRow, now: Stamp) {
        let seen = self.get(orders, row.order).map(|it| it.time);
        let time = row.time.map(|it| it.at.0).or(seen).unwrap_or(now.0);
        rows::put(&mut self.keys, orders, row.order, order(row, time));
        if orders.len() > ORDERS_MAX {
            self.forget(orders);
        }
    }

    /// The oldest that have ended go, a tenth of all at once.
    fn forget(&mut self, orders: &mut Vec<Order>) {
        let mut left = ORDERS_MAX / 10;
        let told = &mut self.told;
        rows::retain(&mut self.keys, orders, |id, order| {
            let goes = left > 0 && !order.is_open();
            if goes {
                left -= 1;
                told.remove(id);
            }
            !goes
        });
    }
}

/// Which fills are in the view, and those that came while earlier ones were asked for.
#[derive(Debug, Default)]
pub(super) struct Fills {
    known: FxHashSet<(OrderId, Option<TradeId>)>,
    is_asked: bool,
    later: Vec<FillRow>,
}

impl Fills {
    /// They are asked for, all that are kept: what is told meanwhile comes after the answer.
    pub(super) fn ask(&mut self) {
        self.is_asked = true;
    }

    /// Whether answers are to come.
    pub(super) const fn is_asked(&self) -> bool {
        self.is_asked
    }

    /// How many were added, those that are no longer kept among them.
    pub(super) fn told(&self) -> usize {
        self.known.len()
    }

    /// A fill as the gateway has just told it.
    pub(super) fn tell(&mut self, fills: &mut Vec<Fill>, row: &FillRow) {
        if self.is_asked {
            self.later.push(*row);
        } else {
            self.add(fills, row);
        }
    }

    /// Fills of an answer, in their order.
    pub(super) fn answer(&mut self, fills: &mut Vec<Fill>, rows: &[FillRow], is_last: bool) {
        rows.iter().for_each(|row| self.add(fills, row));
        if is_last {
            self.finish(fills);
        }
    }

    /// No more answers come.
    pub(super) fn finish(&mut self, fills: &mut Vec<Fill>) {
        self.is_asked = false;
        for row in std::mem::take(&mut self.later) {
            self.add(fills, &row);
        }
    }

    fn add(&mut self, fills: &mut Vec<Fill>, row: &FillRow) {
        if !self.known.insert((row.order, row.trade)) {
            return;
        }
        fills.push(fill(row));
        if fills.len() > FILLS_MAX {
            fills.drain(..FILLS_MAX / 10);
        }
    }
}

pub(super) const fn side(side: aftm_domain::Side) -> Side {
    match side {
        aftm_domain::Side::Buy => Side::Buy,
        aftm_domain::Side::Sell => Side::Sell,
    }
}

const fn kind(kind: Kind) -> OrderKind {
    match kind {
        Kind::Market => OrderKind::Market,
        Kind::RangeMarket => OrderKind::Range,
        Kind::Limit => OrderKind::Limit,
        Kind::Stop => OrderKind::Stop,
        Kind::StopLimit => OrderKind::StopLimit,
    }
}

pub(super) const fn state(status: Status) -> OrderState {
    match status {
        Status::Denied => OrderState::Denied,
        Status::PendingNew => OrderState::PendingNew,
        Status::New => OrderState::New,
        Status::PendingCancel => OrderState::PendingCancel,
        Status::PendingReplace => OrderState::PendingReplace,
        Status::InDoubt => OrderState::InDoubt,
        Status::Filled => OrderState::Filled,
        Status::Canceled => OrderState::Canceled,
        Status::Rejected => OrderState::Rejected,
        Status::Expired => OrderState::Expired,
    }
}

fn order(row: &OrderRow, time: i64) -> Order {
    Order {
        id: row.order.to_string(),
        venue_id: row.venue_id.map(|it| it.as_str().to_owned()),
        time,
        item: row.item.as_str().to_owned(),
        account: row.account.as_str().to_owned(),
        side: side(row.side),
        kind: kind(row.kind),
        price: row.price.map(aftm_domain::Price::raw),
        stop: row.stop_price.map(aftm_domain::Price::raw),
        quantity: row.quantity.raw(),
        filled: row.filled.raw(),
        average: row.average.map(aftm_domain::Price::raw),
        time_in_force: row.time_in_force.word().to_owned(),
        open_close: row.open_close.word().to_owned(),
        state: state(row.status),
        reason: row.refusal.as_ref().map(ToString::to_string).unwrap_or_default(),
        source: source(row),
    }
}

/// The condition that an order belongs to, `external` for one that was not sent from here.
fn source(row: &OrderRow) -> String {
    if row.is_external {
        return "external".to_owned();
    }
    row.condition.map(|it| it.as_str().to_owned()).unwrap_or_default()
}

fn fill(row: &FillRow) -> Fill {
    Fill {
        order: row.order.to_string(),
        time: row.time.at.0,
        item: row.item.as_str().to_owned(),
        account: row.account.as_str().to_owned(),
        side: side(row.side),
        quantity: row.quantity.raw(),
        price: row.price.raw(),
        fee: row.fee.raw(),
        tax: row.tax.raw(),
        source: row.condition.map(|it| it.as_str().to_owned()).unwrap_or_default(),
    }
}
