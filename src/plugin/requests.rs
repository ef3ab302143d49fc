//! What was asked of a session and is not answered.

use std::collections::VecDeque;

use aftm_domain::{Code, OrderId};

/// What a request was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Asked {
    Login,
    Logout,
    Query,
    /// To follow these items, or to end it where there are none.
    Follow(Vec<Code>),
    Place(OrderId),
    Cancel(OrderId),
    Amend(OrderId),
}

/// The requests by their numbers, oldest first.
#[derive(Debug, Default)]
pub(super) struct Requests {
    all: VecDeque<(u64, Asked)>,
    /// How many of them are queries, of which there is seldom one: every event of an order is asked
    /// whether it is a row.
    queries: usize,
}

impl Requests {
    /// A request was sent, with a number above those of all before it.
    pub(super) fn add(&mut self, req_id: u64, asked: Asked) {
        debug_assert!(self.all.back().is_none_or(|it| it.0 < req_id), "{req_id} comes too late");
        self.queries += usize::from(asked == Asked::Query);
        self.all.push_back((req_id, asked));
    }

    /// Whether this is a query that waits for its answer.
    pub(super) fn is_query(&self, req_id: u64) -> bool {
        self.queries > 0 && self.is_one_of_queries(req_id)
    }

    #[cold]
    fn is_one_of_queries(&self, req_id: u64) -> bool {
        let asked = self.find(req_id).and_then(|at| self.all.get(at));
        asked.is_some_and(|it| it.1 == Asked::Query)
    }

    /// The order that a request sent, which waits for its answer.
    pub(super) fn placed(&self, req_id: u64) -> Option<OrderId> {
        match self.all.get(self.find(req_id)?)?.1 {
            Asked::Place(order) => Some(order),
            _ => None,
        }
    }

    /// What a request was that is answered now.
    #[inline(never)]
    pub(super) fn take(&mut self, req_id: u64) -> Option<Asked> {
        // Most are answered as they came.
        let is_oldest = self.all.front().is_some_and(|it| it.0 == req_id);
        let taken = if is_oldest { self.all.pop_front() } else { self.take_further(req_id) };
        let (_, asked) = taken?;
        self.queries -= usize::from(asked == Asked::Query);
        Some(asked)
    }

    #[cold]
    fn take_further(&mut self, req_id: u64) -> Option<(u64, Asked)> {
        self.all.remove(self.find(req_id)?)
    }

    fn find(&self, req_id: u64) -> Option<usize> {
        self.all.binary_search_by_key(&req_id, |it| it.0).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_answered_in_any_order_and_once() {
        let mut requests = Requests::default();
        assert_eq!(requests.take(1), None);
        let asked = |it| if it % 3 == 0 { Asked::Query } else { Asked::Place(OrderId(it)) };
        (3..9).for_each(|it| requests.add(it, asked(it)));
        for req_id in [5, 3, 8, 4, 7, 6] {
            let is_query = req_id % 3 == 0;
            assert_eq!(requests.is_query(req_id), is_query);
            assert_eq!(requests.placed(req_id), (!is_query).then_some(OrderId(req_id)));
            assert_eq!(requests.take(req_id), Some(asked(req_id)));
            assert!(!requests.is_query(req_id) && requests.placed(req_id).is_none());
            assert_eq!(requests.take(req_id), None);
        }
        requests.add(9, Asked::Query);
        assert!(!requests.is_query(0) && !requests.is_query(10));
        assert_eq!(requests.take(9), Some(Asked::Query));
    }
}
