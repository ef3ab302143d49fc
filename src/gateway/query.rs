//! Questions: they change nothing.

use std::ops::Bound;

use aftm_domain::{AccountId, Code, Quantity, SignalId, SignalKind};

use super::core::Core;
use super::fact::Door;
use super::keep::Ledger;
use super::rows;
use super::state::Holding;
use super::venue::Venue;
use crate::wire::request::{Request, SnapshotRow, StatusRow};
use crate::wire::{PositionRow, Refused, Reply};

/// Rows of a page, so that a reply stays below the largest frame even where every id and every
/// sentence is as long as it can be: a row of a snapshot with two signals takes some 1,300 bytes.
const PAGE: usize = 40;

/// A page of rows from an iterator that starts at the page, and where the next page starts.
fn page<T, R, P>(
    mut rows: impl Iterator<Item = T>,
    place: impl Fn(&T) -> P,
    show: impl Fn(T) -> R,
) -> (Vec<R>, Option<P>) {
    let mut shown = Vec::with_capacity(PAGE);
    for row in rows.by_ref() {
        if shown.len() == PAGE {
            return (shown, Some(place(&row)));
        }
        shown.push(show(row));
    }
    (shown, None)
}

impl<V: Venue, L: Ledger> Core<V, L> {
    pub(super) fn query(&self, request: &Request) -> Result<Reply, Refused> {
        match request {
            Request::Items {} => Ok(Reply::Items { items: self.state.items.clone() }),
            Request::Instruments { code, from } => Ok(self.instruments(code.as_deref(), *from)),
            Request::Conditions { from } => Ok(self.conditions(*from)),
            Request::Positions { item, from } => {
                let from = from.map_or(Bound::Unbounded, Bound::Included);
                let rows = self.state.holdings.range((from, Bound::Unbounded));
                let rows = rows.filter(|((_, code), _)| item.is_none_or(|item| item == *code));
                let (rows, next) = page(rows, |(key, _)| **key, |it| self.position(it));
                Ok(Reply::Positions { rows, next })
            }
            Request::Orders { all, from } => {
                let rows = self.state.orders.range(aftm_domain::OrderId(*from)..);
                let rows = rows.filter(|(_, it)| *all || it.order.status.is_open());
                let (rows, next) = page(rows, |(id, _)| id.0, |(_, placed)| rows::order(placed));
                Ok(Reply::Orders { rows, next })
            }
            Request::Fills { from } => {
                let places = usize::try_from(*from).unwrap_or(usize::MAX)..self.state.fills.len();
                let rows = places.filter_map(|at| Some((at, self.state.fill(at)?)));
                let show = |(_, (placed, fill)): (usize, (_, _))| rows::fill(placed, fill);
                let (rows, next) = page(rows, |(at, _)| *at as u64, show);
                Ok(Reply::Fills { rows, next })
            }
            Request::Snapshot { from } => Ok(self.snapshot(*from)),
            Request::Protections { all, from } => {
                let ids = self.state.protections.from(aftm_domain::OrderId(*from));
                let ids = ids.filter(|id| *all || self.state.protections.is_live(*id));
                let rows = ids.filter_map(|id| rows::protection(&self.state, id));
                let (rows, next) = page(rows, |it| it.id.0, |it| it);
                Ok(Reply::Protections { rows, next })
            }
            Request::Money {} => self.money(),
            Request::Status {} => Ok(Reply::Status(Box::new(self.status()))),
            _ => Err(Refused::new("UNKNOWN_OPERATION", "this cannot be asked here")),
        }
    }

    /// Every position that holds or held something.
    pub fn positions(&self) -> impl Iterator<Item = PositionRow> {
        self.state.holdings.iter().map(|it| self.position(it))
    }

    fn position(&self, (key, holding): (&(AccountId, Code), &Holding)) -> PositionRow {
        rows::position(*key, holding, self.last.get(&key.1).copied())
    }

    fn instruments(&self, code: Option<&str>, from: u64) -> Reply {
        let wanted = code.unwrap_or_default().to_ascii_uppercase();
        let listed = self.listing.front_months();
        let named = code.and_then(|it| it.parse().ok());
        let known = named.and_then(|code| self.listing.get(&code).ok()).into_iter();
        let known = known.filter(|it| listed.iter().all(|one| one.code != it.code));
        let found = known.chain(&listed).filter(|it| it.code.as_str().starts_with(&wanted));
        let places = found.enumerate().skip(usize::try_from(from).unwrap_or(usize::MAX));
        let (rows, next) = page(places, |(at, _)| *at as u64, |(_, it)| rows::instrument(it));
        Reply::Instruments { rows, next }
    }

    fn conditions(&self, from: u64) -> Reply {
        let case = self.case(Door::Gateway);
        let (rows, next) = page(
            self.state.conditions.range(from..),
            |(created, _)| **created,
            |(created, held)| rows::condition(*created, held, &self.state, case.open_lots(held)),
        );
        Reply::Conditions { rows, next }
    }

    fn snapshot(&self, from: u64) -> Reply {
        let unsettled = |id: SignalId| {
            self.state.signals.get(&id).filter(|it| it.outcome.is_none()).map(|it| it.signal)
        };
        let (rows, next) = page(
            self.state.conditions.range(from..),
            |(created, _)| **created,
            |(created, held)| {
                let condition = held.condition;
                let kinds = [SignalKind::Entry, SignalKind::Exit];
                let unsettled = kinds
                    .into_iter()
                    .filter_map(|kind| unsettled(condition.signal(kind)))
                    .collect();
                SnapshotRow { created: *created, condition, unsettled }
            },
        );
        Reply::Snapshot { rows, next, through: 0 }
    }

    /// The selected account's money, where the venue tells it.
    fn money(&self) -> Result<Reply, Refused> {
        self.case(Door::Gateway).logged_in()?;
        let Some(account) = self.state.account else {
            let text = "no account is selected; select one";
            return Err(Refused::new("MISSING_ACCOUNT", text));
        };
        let Some(summary) = self.venue.summary(account) else {
            let text = format!("the exchange tells no money of account {account}");
            return Err(Refused::new("UNKNOWN_ACCOUNT", text));
        };
        Ok(Reply::Money(Box::new(rows::money(&summary))))
    }

    /// How the core is; the loop adds what only it knows.
    pub fn status(&self) -> StatusRow {
        let case = self.case(Door::Gateway);
        let sum = |lots: &mut dyn Iterator<Item = Quantity>| {
            Quantity::from_raw(lots.map(Quantity::raw).fold(0, i64::saturating_add))
        };
        let session = self.state.session.as_ref();
        StatusRow {
            user: session.map(|it| it.user),
            production: session.is_some_and(|it| it.production),
            connected: self.state.is_connected,
            account: self.state.account,
            items: self.state.items.clone(),
            conditions: self.live_conditions() as u64,
            open_orders: self.state.open.len() as u64,
            open_lots: sum(&mut self.positions().flat_map(|it| [it.long, it.short])),
            condition_lots: sum(&mut self.state.conditions.values().map(|it| case.open_lots(it))),
            condition_orders: self.state.working().filter(|it| it.signal.is_some()).count() as u64,
            fills: self.state.fills.len() as u64,
            published: self.published,
            trading: rows::trading(&self.state),
            limits: self.limits.usage(),
            last_order: self.state.next_order().0 - 1,
            exchange_time: self.time.map(|it| it.to_string()),
            ..StatusRow::default()
        }
    }

    fn live_conditions(&self) -> usize {
        let is_live = |it: &&super::state::Held| {
            it.condition.progress.state != aftm_domain::condition::State::Done
                || it.open().is_positive()
        };
        self.state.conditions.values().filter(is_live).count()
    }
}
