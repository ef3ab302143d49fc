//! The items that the host told of.

use aftm_domain::{Code, Instrument};
use aftm_exchange_abi as abi;
use rustc_hash::FxHashMap;

/// An item: as the host told of it, and as it is traded.
pub(crate) struct Item {
    pub(crate) told: abi::Instrument,
    pub(crate) instrument: Instrument,
}

/// All items, in the order in which they were told of first.
#[derive(Default)]
pub(crate) struct Items {
    all: Vec<Item>,
    // The exchange itself finds its markets in a map of the same kind, so that the processor has the
    // code for both.
    places: FxHashMap<Code, usize>,
}

impl Items {
    /// Takes an item in, or its new terms.
    pub(crate) fn list(&mut self, item: Item) {
        let place = *self.places.entry(item.instrument.code).or_insert(self.all.len());
        match self.all.get_mut(place) {
            Some(known) => *known = item,
            None => self.all.push(item),
        }
    }

    pub(crate) fn get(&self, code: &Code) -> Option<&Item> {
        self.all.get(*self.places.get(code)?)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Item> {
        self.all.iter()
    }
}
