//! The instruments that were looked up, as they are on the feed's day.

use std::collections::BTreeSet;

use aftm_domain::catalog::{Catalog, CatalogError};
use aftm_domain::{Calendar, Code, Instrument};
use jiff::civil::Date;
use rustc_hash::FxHashMap;

/// Instruments by code. Looking one up costs more than an order should, so each is looked up once.
pub struct Listing {
    catalog: Catalog,
    on: Date,
    known: FxHashMap<Code, Result<Instrument, (String, bool)>>,
    /// Those that the venue itself listed; where it lists any, there are no others.
    told: BTreeSet<Code>,
}

impl Listing {
    /// What the catalog knows on a day.
    pub fn new(catalog: Catalog, on: Date) -> Listing {
        Listing { catalog, on, known: FxHashMap::default(), told: BTreeSet::new() }
    }

    /// Looks a code up, once; the instrument, where this is the first time and there is one.
    pub fn learn(&mut self, code: Code) -> Option<&Instrument> {
        if self.known.contains_key(&code) {
            return None;
        }
        if !self.told.is_empty() {
            let reason = format!("the exchange does not list {code}");
            self.known.insert(code, Err((reason, false)));
            return None;
        }
        let found = self.catalog.instrument(&code, self.on).map_err(|error| {
            let is_expired = matches!(error, CatalogError::Expired { .. });
            (error.to_string(), is_expired)
        });
        self.known.entry(code).insert_entry(found).into_mut().as_ref().ok()
    }

    /// The venue's own terms of an instrument: they hold, whatever the catalog says.
    pub fn tell(&mut self, instrument: Instrument) {
        if self.told.is_empty() {
            // What was looked up before the venue spoke may not be what it trades.
            self.known.retain(|_, found| found.is_ok());
        }
        self.told.insert(instrument.code);
        self.known.insert(instrument.code, Ok(instrument));
    }

    /// An instrument that was looked up, or a sentence that says why there is none.
    pub fn get(&self, code: &Code) -> Result<&Instrument, &str> {
        match self.known.get(code) {
            Some(Ok(instrument)) => Ok(instrument),
            Some(Err((reason, _))) => Err(reason),
            None => Err("the instrument was not looked up"),
        }
    }

    /// The code is of a contract that has ended.
    pub fn is_expired(&self, code: &Code) -> bool {
        matches!(self.known.get(code), Some(Err((_, true))))
    }

    /// The exchange's business days.
    pub const fn calendar(&self) -> &Calendar {
        self.catalog.calendar()
    }

    /// What the exchange lists on the day.
    pub fn front_months(&self) -> Vec<Instrument> {
        if !self.told.is_empty() {
            return self.told.iter().filter_map(|it| self.get(it).ok()).cloned().collect();
        }
        self.catalog.front_months(self.on)
    }
}
