//! Things that are due at a time; what is due at the same time keeps the order it was added in.

use std::collections::BTreeMap;

use aftm_domain::Stamp;

/// Due things, earliest first.
#[derive(Debug)]
pub(crate) struct Schedule<T> {
    entries: BTreeMap<(Stamp, u64), T>,
    sequence: u64,
}

impl<T> Schedule<T> {
    pub(crate) fn new() -> Schedule<T> {
        Schedule { entries: BTreeMap::new(), sequence: 0 }
    }

    pub(crate) fn add(&mut self, due: Stamp, it: T) {
        self.sequence += 1;
        self.entries.insert((due, self.sequence), it);
    }

    /// When the next thing is due; the end of time where there is none.
    pub(crate) fn next(&self) -> Stamp {
        self.entries.first_key_value().map_or(Stamp(i64::MAX), |((due, _), _)| *due)
    }

    pub(crate) fn pop(&mut self) -> Option<(Stamp, T)> {
        self.entries.pop_first().map(|((due, _), it)| (due, it))
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &T> {
        self.entries.values()
    }

    /// Takes out what is chosen, in the order it is due.
    pub(crate) fn take(&mut self, is_chosen: impl Fn(&T) -> bool) -> Vec<T> {
        self.entries.extract_if(.., |_, it| is_chosen(it)).map(|(_, it)| it).collect()
    }
}
