//! The records of a journal.

use std::collections::BTreeMap;

use aftm_domain::condition::State as Standing;
use aftm_domain::{
    AccountId, Catalog, Code, ConditionId, ExchangeTime, OrderId, Price, Quantity, Side,
    SignalKind, Stamp,
};
use anyhow::Result;
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;

use crate::entry::ledger::{self, FoldError};
use crate::gateway::decide::Case;
use crate::gateway::fact::{Door, Fact};
use crate::gateway::limits::Limits;
use crate::gateway::listing::Listing;
use crate::gateway::state::{Held, State};
use crate::gateway::{Rules, rows};
use crate::journal::{JournalError, Reader, Record};
use crate::wire::{FillRow, OrderRow, Outcome};

/// A time on our clock, so that it compares with what `--since` says.
const fn ours(at: Stamp) -> ExchangeTime {
    ExchangeTime { at, offset: 0 }
}

/// What all facts of a journal come to, and when it was recorded.
pub(super) struct Past {
    state: State,
    ordered: BTreeMap<OrderId, Stamp>,
    put: BTreeMap<ConditionId, Stamp>,
}

impl Past {
    pub(super) fn read(reader: &Reader) -> Result<Past, FoldError> {
        let (state, ordered, put) = (State::default(), BTreeMap::new(), BTreeMap::new());
        let mut past = Past { state, ordered, put };
        reader.read(0, |record| {
            past.take(&ledger::fact(record)?, record.at);
            Ok::<_, FoldError>(())
        })?;
        Ok(past)
    }

    fn take(&mut self, fact: &Fact, at: Stamp) {
        match fact {
            Fact::OrderReceived { id, .. } | Fact::OrderDenied { id, .. } => {
                self.ordered.insert(*id, at);
            }
            Fact::OrderAdopted(adopted) => {
                self.ordered.insert(adopted.id, at);
            }
            Fact::ConditionPut { condition, .. } => {
                self.put.insert(condition.terms.id, at);
            }
            _ => (),
        }
        self.state.fold(fact);
    }

    /// Every order, with the time of its receipt.
    pub(super) fn orders(&self) -> impl Iterator<Item = (ExchangeTime, OrderRow)> {
        self.state.orders.values().map(|placed| {
            let at = self.ordered.get(&placed.order.id).copied().unwrap_or_default();
            (ours(at), rows::order(placed))
        })
    }

    /// Every fill, as `--fills` of a replay writes it.
    pub(super) fn fills(&self) -> impl Iterator<Item = FillRow> {
        let places = 0..self.state.fills.len();
        let rows = places.filter_map(|place| self.state.fill(place));
        rows.map(|(placed, fill)| FillRow { trade: None, ..rows::fill(placed, fill) })
    }

    /// Every condition that was not dropped, with the time at which it got its terms.
    pub(super) fn conditions(&self) -> Result<Vec<(ExchangeTime, ConditionLine)>> {
        // What is open of a condition depends on positions alone, not on any instrument.
        let listing = Listing::new(Catalog::built_in()?, jiff::civil::Date::default());
        let case = Case {
            state: &self.state,
            listing: &listing,
            rules: &Rules::default(),
            time: None,
            last: &Default::default(),
            published: 0,
            is_latched: false,
            is_strategy_silent: false,
            limits: &Limits::default(),
            takes_stops: true,
            door: Door::Gateway,
        };
        let line = |held: &Held| {
            let at = self.put.get(&held.condition.terms.id).copied().unwrap_or_default();
            (ours(at), ConditionLine::new(held, &self.state, case.open_lots(held)))
        };
        Ok(self.state.conditions.values().map(line).collect())
    }
}

/// A condition: its terms as a conditions file has them, and where it stands.
#[derive(Clone, Debug, Serialize)]
pub(super) struct ConditionLine {
    id: ConditionId,
    item: Code,
    action: Side,
    trigger: Price,
    turning: Price,
    quantity: Quantity,
    #[serde(serialize_with = "or_none")]
    take_profit: Option<Price>,
    #[serde(serialize_with = "or_none")]
    stop_loss: Option<Price>,
    following: bool,
    account: Option<AccountId>,
    state: Standing,
    moved_trigger: Price,
    generation: u32,
    is_paused: bool,
    open: Quantity,
    entry: Option<Outcome>,
    exit: Option<Outcome>,
}

impl ConditionLine {
    fn new(held: &Held, state: &State, open: Quantity) -> ConditionLine {
        let (terms, progress) = (held.condition.terms, held.condition.progress);
        let outcome = |kind| state.outcome(held.condition.signal(kind)).cloned();
        ConditionLine {
            id: terms.id,
            item: terms.item,
            action: terms.action,
            trigger: terms.trigger,
            turning: terms.turning,
            quantity: terms.quantity,
            take_profit: terms.take_profit,
            stop_loss: terms.stop_loss,
            following: terms.following,
            account: terms.account,
            state: progress.state,
            moved_trigger: progress.trigger,
            generation: progress.generation,
            is_paused: held.condition.is_paused,
            open,
            entry: outcome(SignalKind::Entry),
            exit: outcome(SignalKind::Exit),
        }
    }
}

/// As a conditions file writes it: `none` for no points.
fn or_none<S: Serializer>(points: &Option<Price>, to: S) -> Result<S::Ok, S::Error> {
    match points {
        Some(points) => points.serialize(to),
        None => to.serialize_str("none"),
    }
}

/// The kinds of facts that make up orders, fills and where conditions stand.
const OF_ORDERS: [&str; 7] = [
    "order_received",
    "order_denied",
    "order_reported",
    "reply_told",
    "signaled",
    "signal_settled",
    "condition_moved",
];

/// A fact as it was recorded.
#[derive(Debug, Serialize)]
pub(super) struct AuditLine<'a> {
    #[serde(serialize_with = "as_text")]
    time: Stamp,
    sequence: u64,
    kind: &'a str,
    /// Which way the request came in; empty where nobody asked.
    door: String,
    /// The name of the key of the program that asked; empty where none was shown.
    client: String,
    body: &'a RawValue,
}

impl AuditLine<'_> {
    /// When it was recorded.
    pub(super) const fn at(&self) -> ExchangeTime {
        ours(self.time)
    }

    /// Whether it is of no single order, signal or step of a condition; those have records of their
    /// own.
    pub(super) fn is_event(&self) -> bool {
        !OF_ORDERS.contains(&self.kind)
    }
}

fn as_text<S: Serializer>(time: &Stamp, to: S) -> Result<S::Ok, S::Error> {
    to.collect_str(time)
}

/// Why the audit trail broke off.
#[derive(Debug, thiserror::Error)]
enum AuditError {
    #[error(transparent)]
    Journal(#[from] JournalError),
    #[error(transparent)]
    Other(#[from] anyhow::Error),
}

/// Hands every fact to `each`, in order; those of a newer program, too.
pub(super) fn audit(
    reader: &Reader,
    mut each: impl FnMut(AuditLine<'_>) -> Result<()>,
) -> Result<()> {
    let read = reader.read(0, |record| {
        each(audit_line(record)?)?;
        Ok::<_, AuditError>(())
    });
    match read {
        Ok(_) => Ok(()),
        Err(AuditError::Journal(error)) => Err(error.into()),
        Err(AuditError::Other(error)) => Err(error),
    }
}

/// The fields of a body that the audit trail shows by themselves.
#[derive(serde::Deserialize)]
struct Asked {
    #[serde(default)]
    door: String,
    #[serde(default)]
    client: Option<String>,
}

fn audit_line(record: Record<'_>) -> Result<AuditLine<'_>> {
    let Record { sequence, at, kind, body } = record;
    let raw: &RawValue = serde_json::from_str(body)?;
    let Asked { door, client } = serde_json::from_str(body)?;
    let client = client.unwrap_or_default();
    Ok(AuditLine { time: at, sequence, kind, door, client, body: raw })
}
