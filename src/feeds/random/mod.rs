//! A market by chance: the same ticks under the same seed, on an exchange clock of its own.
//!
//! Each item trades by chance of its own, drawn from the seed and its code, so that one more item
//! changes nothing for the others. Prices stay within 8 % of where they start, on the tick grid and
//! within the price limits around the start, however long it runs.

mod chance;
mod item;
mod path;

use std::collections::BTreeSet;
use std::sync::Arc;

use aftm_domain::contract::weekly;
use aftm_domain::{Catalog, Code, ExchangeTime, Stamp};
use jiff::civil::Date;

use self::item::{Item, Terms};
use super::{FeedError, Moment, Problems, Settings};

/// The random market.
#[derive(Debug)]
pub struct Random {
    catalog: Arc<Catalog>,
    terms: Terms,
    date: Date,
    /// Where its clock stands.
    now: Stamp,
    ticks_left: Option<u64>,
    items: Vec<Item>,
    /// A made-up market has none.
    problems: Problems,
}

impl Random {
    /// A market with the nearest month of each product of the catalog.
    pub(super) fn new(settings: &Settings) -> Result<Random, FeedError> {
        let catalog = match &settings.catalog {
            Some(catalog) => Arc::clone(catalog),
            None => Arc::new(Catalog::built_in()?),
        };
        let start = settings.start;
        let date = trading_day(&catalog, settings);
        let products = catalog.products().any(|it| it.valid_from <= date);
        if !products {
            return Err(FeedError::Start { start, reason: "the catalog has no product so early" });
        }
        let gap = i64::try_from(settings.gap_ms).unwrap_or(i64::MAX / Stamp::MILLISECOND);
        let terms = Terms {
            seed: settings.seed,
            start,
            gap: gap.saturating_mul(Stamp::MILLISECOND).min(86_400 * Stamp::SECOND),
            sessions: settings.sessions,
        };
        let ticks_left = settings.ticks_max;
        let (now, items, problems) = (start.at, Vec::new(), Problems::default());
        let mut random = Random { catalog, terms, date, now, ticks_left, items, problems };
        random.watch(None);
        Ok(random)
    }

    pub(super) const fn date(&self) -> Date {
        self.date
    }

    pub(super) const fn starts(&self) -> ExchangeTime {
        self.terms.start
    }

    pub(super) const fn problems(&self) -> &Problems {
        &self.problems
    }

    pub(super) const fn remaining(&self) -> Option<u64> {
        self.ticks_left
    }

    pub(super) fn items(&self) -> Vec<Code> {
        self.items.iter().map(Item::code).collect()
    }

    /// Items that stay go on as they were; new ones start now.
    pub(super) fn watch(&mut self, only: Option<&BTreeSet<Code>>) -> Vec<Code> {
        let wanted = only.cloned().unwrap_or_else(|| self.nearest());
        let mut missing = Vec::new();
        self.items.retain(|it| wanted.contains(&it.code()));
        for code in wanted {
            let Err(place) = self.items.binary_search_by_key(&code, Item::code) else { continue };
            match self.catalog.instrument(&code, self.date) {
                Ok(instrument) => {
                    let calendar = self.catalog.calendar();
                    let item = Item::new(instrument, self.terms, self.now, calendar);
                    self.items.insert(place, item);
                }
                Err(_) => missing.push(code),
            }
        }
        missing
    }

    /// The nearest month of each product, without weeklies.
    fn nearest(&self) -> BTreeSet<Code> {
        let mut listed = self.catalog.front_months(self.date);
        listed.retain(|it| weekly(it.product.as_str()).is_none());
        listed.dedup_by_key(|it| it.product);
        listed.into_iter().map(|it| it.code).collect()
    }
}

/// The trading day on which it starts, by the sessions of the first product that has a night.
fn trading_day(catalog: &Catalog, settings: &Settings) -> Date {
    let civil = settings.start.civil();
    let sessions = catalog.products().map(|it| it.sessions);
    let sessions = sessions.max_by_key(|it| it.night.is_some());
    sessions.map_or(civil.date(), |it| catalog.calendar().trading_day(civil, &it))
}

impl Iterator for Random {
    type Item = Moment;

    fn next(&mut self) -> Option<Moment> {
        if self.ticks_left == Some(0) {
            return None;
        }
        let due = self.items.iter_mut().filter(|it| it.next_at().is_some());
        let item = due.min_by_key(|it| it.next_at())?;
        let moment = item.trade(self.catalog.calendar())?;
        self.now = moment.tick.time.at;
        self.ticks_left = self.ticks_left.map(|it| it - 1);
        Some(moment)
    }
}

#[cfg(test)]
mod tests;
