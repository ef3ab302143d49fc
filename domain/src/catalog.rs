//! Products and their dated terms; from them, instruments as they are on a trading day.
//!
//! Owns what is known of products, and the calendar that their contracts end by. Refuses products
//! that it does not know and contracts that have ended: it makes no instrument up.

mod text;

use jiff::civil::Date;

use crate::calendar::{Calendar, CalendarError};
use crate::contract::{Contract, ContractError, Delivery, weekly};
use crate::instrument::{Margin, TickTable};
use crate::session::Sessions;
use crate::{Code, Instrument, Money, Quantity};

/// Why there is no such instrument, or no such catalog.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CatalogError {
    /// A product file that cannot be read; nothing of it was taken.
    #[error("products, line {line}, of {products}: {text:?}: {reason}")]
    File {
        /// Where, from 1.
        line: usize,
        /// What the terms say of their products.
        products: String,
        /// The line, with its field and value.
        text: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The holidays cannot be read.
    #[error(transparent)]
    Calendar(#[from] CalendarError),
    /// Not a contract code.
    #[error(transparent)]
    Contract(#[from] ContractError),
    /// Nothing is known of the product.
    #[error("the product {product} of {code} is unknown; add its terms to a product file")]
    UnknownProduct {
        /// The code.
        code: Code,
        /// Its product.
        product: Code,
    },
    /// Nothing is known of the product so early.
    #[error("the terms of the product {product} are known from {since} on, not on {on}")]
    TooEarly {
        /// The product.
        product: Code,
        /// The day of its first terms.
        since: Date,
        /// The day that was asked for.
        on: Date,
    },
    /// The contract has ended.
    #[error("{code} ended on {last_trading_day}, before {on}")]
    Expired {
        /// The code.
        code: Code,
        /// Its last day.
        last_trading_day: Date,
        /// The day that was asked for.
        on: Date,
    },
    /// A weekly of a week that its month does not have.
    #[error("{code} would end on a Wednesday that its month, {delivery}, does not have")]
    NoSuchWeek {
        /// The code.
        code: Code,
        /// The month and week.
        delivery: Delivery,
    },
}

/// How many contracts of a product are listed at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Listing {
    /// The next months.
    pub months: u8,
    /// Of March, June, September and December, the next after those months.
    pub quarters: u8,
    /// Weeklies.
    pub weeklies: u8,
}

/// A product and its terms from a day on. The terms mean what they mean in [`Instrument`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs)] // The fields that are those of Instrument are described there.
pub struct Product {
    /// What its codes start with: `TXF`.
    pub code: Code,
    /// What people call it.
    pub name: String,
    /// The first day of these terms.
    pub valid_from: Date,
    /// What the products of weeklies on these terms start with: `MX`.
    pub weekly: Option<String>,
    /// What is listed.
    pub listing: Listing,
    pub ticks: TickTable,
    pub multiplier: Quantity,
    pub currency: String,
    pub margin: Margin,
    pub fee: Money,
    pub tax: u32,
    pub sessions: Sessions,
    pub last_trading_second: u32,
    pub market_order_max: Quantity,
    pub limit_order_max: Quantity,
    pub lot_step: Quantity,
    pub price_limit: Option<u32>,
}

/// What is known of products.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Catalog {
    /// By code, then by the first day of the terms.
    products: Vec<Product>,
    calendar: Calendar,
}

impl Catalog {
    /// The products and holidays of the Taiwan Futures Exchange that come with the program. A test
    /// holds that they can be read.
    pub fn built_in() -> Result<Catalog, CatalogError> {
        let mut catalog = Catalog { products: Vec::new(), calendar: Calendar::built_in()? };
        catalog.extend(include_str!("../data/taifex.toml"))?;
        Ok(catalog)
    }

    /// Adds the terms of a product file; terms of the same product and day replace those known. On
    /// an error nothing has changed.
    pub fn extend(&mut self, text: &str) -> Result<(), CatalogError> {
        for product in text::read(text)? {
            let key = (product.code, product.valid_from);
            match self.products.binary_search_by_key(&key, |it| (it.code, it.valid_from)) {
                Ok(index) => self.products.splice(index..=index, [product]).for_each(drop),
                Err(index) => self.products.insert(index, product),
            }
        }
        Ok(())
    }

    /// Adds the days of a holiday file, as [`Calendar::extend`] says.
    pub fn extend_holidays(&mut self, text: &str) -> Result<(), CalendarError> {
        self.calendar.extend(text)
    }

    /// The calendar that its contracts end by.
    pub const fn calendar(&self) -> &Calendar {
        &self.calendar
    }

    /// Every product with all of its dated terms, by code, earlier terms first.
    pub fn products(&self) -> impl Iterator<Item = &Product> {
        self.products.iter()
    }

    /// The instrument that a code names on a trading day, on that day's terms.
    pub fn instrument(&self, code: &Code, on: Date) -> Result<Instrument, CatalogError> {
        self.make(*code, &Contract::parse(code, on)?, on)
    }

    /// Every contract that is listed on a trading day, by product, the nearest first.
    pub fn front_months(&self, on: Date) -> Vec<Instrument> {
        let mut products: Vec<&Code> = self.products.iter().map(|it| &it.code).collect();
        products.dedup();
        let listed = products.into_iter().flat_map(|it| self.listed(it, on));
        // What a day's terms cannot make is not listed: a product that does not exist yet.
        listed.filter_map(|it| self.make(it.code(on).ok()?, &it, on).ok()).collect()
    }

    fn make(&self, code: Code, contract: &Contract, on: Date) -> Result<Instrument, CatalogError> {
        let product = self.product(code, contract.product, on)?;
        let delivery = contract.delivery;
        let last_trading_day = self
            .calendar
            .last_trading_day(delivery)
            .ok_or(CatalogError::NoSuchWeek { code, delivery })?;
        if last_trading_day < on {
            return Err(CatalogError::Expired { code, last_trading_day, on });
        }
        Ok(Instrument {
            code,
            product: contract.product,
            name: product.name.clone(),
            month: delivery.to_string(),
            ticks: product.ticks.clone(),
            multiplier: product.multiplier,
            currency: product.currency.clone(),
            margin: product.margin,
            fee: product.fee,
            tax: product.tax,
            sessions: product.sessions,
            last_trading_day,
            last_trading_second: product.last_trading_second,
            market_order_max: product.market_order_max,
            limit_order_max: product.limit_order_max,
            lot_step: product.lot_step,
            price_limit: product.price_limit,
        })
    }

    /// The terms of a product on a day: its own, or those that its weeklies are on.
    fn product(&self, code: Code, product: Code, on: Date) -> Result<&Product, CatalogError> {
        let root = weekly(product.as_str()).map(|(root, _)| root);
        let is_own = |it: &&Product| it.code == product;
        let is_weekly = |it: &&Product| root.is_some() && it.weekly.as_deref() == root;
        let of = if self.products.iter().any(|it| is_own(&it)) {
            self.products.iter().filter(is_own).collect::<Vec<_>>()
        } else {
            self.products.iter().filter(is_weekly).collect()
        };
        let first = of.first().ok_or(CatalogError::UnknownProduct { code, product })?;
        let since = first.valid_from;
        let latest = of.iter().rev().find(|it| it.valid_from <= on);
        latest.copied().ok_or(CatalogError::TooEarly { product, since, on })
    }

    fn listed(&self, product: &Code, on: Date) -> Vec<Contract> {
        let Ok(terms) = self.product(*product, *product, on) else { return Vec::new() };
        let months = (0..36).filter_map(|ahead| month_after(on, ahead));
        let is_alive = |it: &Delivery| self.calendar.last_trading_day(*it) >= Some(on);
        let alive: Vec<Delivery> = months.filter(is_alive).collect();
        let near = alive.iter().take(terms.listing.months.into());
        let later = alive.iter().skip(terms.listing.months.into());
        let quarters = later.filter(|it| it.month % 3 == 0).take(terms.listing.quarters.into());
        let monthly = near.chain(quarters);
        let monthly = monthly.map(|it| Contract { product: *product, delivery: *it });
        monthly.chain(self.listed_weeklies(terms, on)).collect()
    }

    /// The weeklies that end within a week: each is listed on the Wednesday before its own.
    fn listed_weeklies(&self, terms: &Product, on: Date) -> Vec<Contract> {
        let Some(root) = &terms.weekly else { return Vec::new() };
        let months = [month_after(on, -1), month_after(on, 0), month_after(on, 1)];
        let weeks = months
            .into_iter()
            .flatten()
            .flat_map(|it| [1, 2, 4, 5].map(|week| Delivery { week: Some(week), ..it }));
        let is_alive = |it: &Delivery| {
            let wednesday = crate::calendar::wednesday(it.year, it.month, it.week.unwrap_or(3));
            let listed = wednesday.and_then(|it| it.checked_sub(jiff::Span::new().days(7)).ok());
            listed.is_some_and(|it| it <= on) && self.calendar.last_trading_day(*it) >= Some(on)
        };
        let alive = weeks.filter(is_alive).take(terms.listing.weeklies.into());
        alive
            .filter_map(|delivery| {
                let product = format!("{root}{}", delivery.week?).parse().ok()?;
                Some(Contract { product, delivery })
            })
            .collect()
    }
}

fn month_after(on: Date, months: i64) -> Option<Delivery> {
    let date = on.first_of_month().checked_add(jiff::Span::new().months(months)).ok()?;
    Some(Delivery { year: date.year(), month: date.month(), week: None })
}

#[cfg(test)]
mod tests;
