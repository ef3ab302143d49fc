//! Orders of one side in price-time priority.

use aftm_domain::OrderId;

use crate::working::Working;

/// Resting orders, the one that the market reaches first in front.
#[derive(Debug, Default)]
pub(crate) struct Queue(Vec<Working>);

impl Queue {
    pub(crate) fn insert(&mut self, order: Working) {
        let key = (order.rank(), order.priority);
        let at = self.0.partition_point(|it| (it.rank(), it.priority) < key);
        self.0.insert(at, order);
    }

    /// The rank of the first order; the end of the range where there is none, which no price
    /// reaches.
    pub(crate) fn first_rank(&self) -> i64 {
        self.0.first().map_or(i64::MAX, Working::rank)
    }

    pub(crate) fn first(&self) -> Option<&Working> {
        self.0.first()
    }

    pub(crate) fn pop(&mut self) -> Option<Working> {
        if self.0.is_empty() { None } else { Some(self.0.remove(0)) }
    }

    /// Takes the first order if the market has come as far as `rank`.
    pub(crate) fn pop_reached(&mut self, rank: i64) -> Option<Working> {
        if self.first_rank() <= rank { self.pop() } else { None }
    }

    pub(crate) fn find(&self, id: OrderId) -> Option<&Working> {
        self.0.iter().find(|it| it.id == id)
    }

    pub(crate) fn take(&mut self, id: OrderId) -> Option<Working> {
        let at = self.0.iter().position(|it| it.id == id)?;
        Some(self.0.remove(at))
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Working> {
        self.0.iter()
    }
}
