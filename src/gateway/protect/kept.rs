//! What is protected, as facts have made it.

use std::collections::{BTreeMap, BTreeSet};

use aftm_domain::protection::{Cause, Levels, Terms};
use aftm_domain::{AccountId, Code, OrderId, Price, Quantity, RequestId, Side};
use serde::{Deserialize, Serialize};

/// Something that a protection or a pair did.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "did", rename_all = "snake_case")]
pub enum Did {
    /// It has other terms from now on.
    Changed {
        /// Which ones.
        terms: Terms,
    },
    /// Its stop moved.
    Moved {
        /// The levels from now on.
        levels: Levels,
    },
    /// A level was reached.
    Triggered {
        /// Which one.
        cause: Cause,
        /// By which price.
        price: Price,
    },
    /// An order is sent for it.
    Sent {
        /// Which one; its receipt follows.
        order: OrderId,
        /// It rests at the exchange until the market reaches its price.
        rests: bool,
    },
    /// What rests for it is canceled to make way or because trading halts, and goes back later.
    Withdrawn {},
    /// The exchange no longer keeps an order for it: from now on only the gateway watches.
    Kept {},
    /// It cannot close because trading is halted; that was told.
    Held {},
    /// One of a pair is cut down or canceled because the other was filled.
    Cut {
        /// It is canceled.
        #[serde(default)]
        whole: bool,
    },
    /// It is over.
    Ended {
        /// Why, in a few words.
        text: String,
    },
}

/// The order that was sent last for a protection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Leg {
    /// Its number.
    pub order: OrderId,
    /// It waits at the exchange for its price.
    pub rests: bool,
    /// Its cancel is our own, and another takes its place.
    pub is_withdrawn: bool,
}

/// A protection as it stands. The side is that of what is protected: buy is long.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Protection {
    /// Its number.
    pub id: OrderId,
    /// The order that it is attached to; `None` protects a position.
    pub on: Option<OrderId>,
    /// Whose.
    pub account: AccountId,
    /// Of what.
    pub item: Code,
    /// Long for buy.
    pub side: Side,
    /// What holds.
    pub terms: Terms,
    /// What was asked for at first.
    pub asked: Terms,
    /// The tick on which the price that points are counted from lies.
    pub step: Price,
    /// Lots that its order opened and nothing has closed. Nothing is counted for a position.
    pub left: Quantity,
    /// Where its exits are, once something is filled.
    pub levels: Option<Levels>,
    /// The level that was reached.
    pub fired: Option<Cause>,
    /// The order that was sent last for it.
    pub leg: Option<Leg>,
    /// How many closing orders were sent since it was reached.
    pub sent: u32,
    /// Only the gateway watches, though the exchange could.
    pub is_kept: bool,
    /// That a halt holds it was told.
    pub is_held: bool,
    /// Why it is over.
    pub ended: Option<String>,
}

impl Protection {
    /// Whose, and of what.
    pub const fn key(&self) -> (AccountId, Code) {
        (self.account, self.item)
    }

    /// The order that rests for it at the exchange, or did last.
    pub fn resting(&self) -> Option<OrderId> {
        self.leg.filter(|it| it.rests).map(|it| it.order)
    }
}

/// Two orders of which one cancels the other, as far as it is filled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pair {
    /// Its number.
    pub id: OrderId,
    /// Which ones.
    pub orders: [OrderId; 2],
    /// What each was filled before they were paired.
    pub filled: [Quantity; 2],
    /// What may be filled of both together from then on.
    pub lots: Quantity,
    /// How often one was cut down or canceled.
    pub cuts: u32,
    /// The last of these was a cancel.
    pub is_canceling: bool,
    /// That it cannot be kept was told.
    pub is_held: bool,
    /// Why it is over.
    pub ended: Option<String>,
}

/// Every protection and pair.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Protections {
    pub(super) all: BTreeMap<OrderId, Protection>,
    pub(super) pairs: BTreeMap<OrderId, Pair>,
    /// Those that are not over, pairs included.
    pub(super) live: BTreeSet<OrderId>,
    /// Live protections by what they protect, oldest first.
    pub(super) keys: BTreeMap<(AccountId, Code), Vec<OrderId>>,
    /// Orders that protections look at: those that they are attached to, and those that they sent.
    pub(super) orders: BTreeMap<OrderId, OrderId>,
    /// Orders of pairs.
    pub(super) paired: BTreeMap<OrderId, OrderId>,
    /// Orders that rest, or rested, for a protection.
    pub(super) legs: BTreeSet<OrderId>,
    pub(super) requests: BTreeMap<RequestId, OrderId>,
}

impl Protections {
    /// Nothing is protected and nothing is paired.
    pub fn is_idle(&self) -> bool {
        self.live.is_empty()
    }

    /// A protection by its number.
    pub fn get(&self, id: OrderId) -> Option<&Protection> {
        self.all.get(&id)
    }

    /// A pair by its number.
    pub fn pair(&self, id: OrderId) -> Option<&Pair> {
        self.pairs.get(&id)
    }

    /// Whether a number is that of a protection or a pair.
    pub fn is_one(&self, id: OrderId) -> bool {
        self.all.contains_key(&id) || self.pairs.contains_key(&id)
    }

    /// Whether one is not over.
    pub fn is_live(&self, id: OrderId) -> bool {
        self.live.contains(&id)
    }

    /// Every one that is not over, oldest first.
    pub fn live(&self) -> impl Iterator<Item = OrderId> {
        self.live.iter().copied()
    }

    /// Every number from one on, oldest first.
    pub fn from(&self, first: OrderId) -> impl Iterator<Item = OrderId> {
        let mut ids: Vec<OrderId> = self.all.range(first..).map(|(id, _)| *id).collect();
        ids.extend(self.pairs.range(first..).map(|(id, _)| *id));
        ids.sort_unstable();
        ids.into_iter()
    }

    /// Live protections of an item in an account, oldest first.
    pub fn of(&self, key: (AccountId, Code)) -> impl Iterator<Item = &Protection> {
        self.keys.get(&key).into_iter().flatten().filter_map(|id| self.all.get(id))
    }

    /// The live pair of an order.
    pub fn pair_of(&self, order: OrderId) -> Option<OrderId> {
        self.paired.get(&order).copied().filter(|it| self.live.contains(it))
    }

    /// The live protection that looks at an order: attached to it, or with a leg of it.
    pub fn at(&self, order: OrderId) -> Option<OrderId> {
        self.orders.get(&order).copied().filter(|it| self.live.contains(it))
    }

    /// The live protection that is attached to an order.
    pub fn on(&self, order: OrderId) -> Option<&Protection> {
        self.at(order).and_then(|id| self.all.get(&id)).filter(|it| it.on == Some(order))
    }

    /// The protection that an order was given first, over or not.
    pub fn first_on(&self, order: OrderId) -> Option<&Protection> {
        self.all.values().find(|it| it.on == Some(order))
    }

    /// Whether an order rests at the exchange for a protection: it makes way for any other close.
    pub fn is_leg(&self, order: OrderId) -> bool {
        self.legs.contains(&order)
    }

    /// What a request asked for.
    pub fn requested(&self, request: RequestId) -> Option<OrderId> {
        self.requests.get(&request).copied()
    }

    /// Lots that protections of orders cover on one side.
    pub fn covered(&self, key: (AccountId, Code), side: Side) -> Quantity {
        let own = self.of(key).filter(|it| it.side == side && it.on.is_some());
        Quantity::from_raw(own.map(|it| it.left.raw()).fold(0, i64::saturating_add))
    }

    /// The lots that a protection may close, where so many are held of its side.
    pub fn cover(&self, protection: &Protection, held: Quantity) -> Quantity {
        if protection.on.is_some() {
            return protection.left.at_most(held);
        }
        let others = self.covered(protection.key(), protection.side);
        Quantity::from_raw(held.raw().saturating_sub(others.raw()).max(0))
    }
}
