//! What can be traded: an instrument with its tick table, money terms and order rules.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::order::{Kind, Ticket};
use crate::session::Sessions;
use crate::{Code, Money, Price, Quantity};

/// One band of a tick table: from this price on, prices move in these steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Band {
    /// The lowest price of the band.
    pub from: Price,
    /// The step between prices.
    pub step: Price,
}

/// The steps that prices move in, by band, lowest band first. Never empty.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<Band>", into = "Vec<Band>")]
pub struct TickTable(Vec<Band>);

/// Bands that are no tick table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the bands of a tick table rise from zero or below, and their steps are above zero")]
pub struct TickTableError;

impl TryFrom<Vec<Band>> for TickTable {
    type Error = TickTableError;

    fn try_from(bands: Vec<Band>) -> Result<TickTable, TickTableError> {
        TickTable::new(bands).ok_or(TickTableError)
    }
}

impl From<TickTable> for Vec<Band> {
    fn from(table: TickTable) -> Vec<Band> {
        table.0
    }
}

impl TickTable {
    /// The bands must rise from zero or below and have steps above zero.
    pub fn new(bands: Vec<Band>) -> Option<TickTable> {
        let rises = bands.is_sorted_by(|one, next| one.from < next.from);
        let is_sound = rises && bands.iter().all(|it| it.step.is_positive());
        let starts = bands.first().is_some_and(|it| it.from <= Price::ZERO);
        (is_sound && starts).then_some(TickTable(bands))
    }

    /// One step at every price.
    pub fn flat(step: Price) -> Option<TickTable> {
        TickTable::new(vec![Band { from: Price::ZERO, step }])
    }

    /// The step at a price; below the first band, that of the first.
    pub fn step(&self, price: Price) -> Price {
        let band = self.0.iter().rev().find(|it| it.from <= price).or(self.0.first());
        band.map_or(Price::from_raw(1), |it| it.step)
    }

    /// The bands, by the price from which each holds, rising from zero.
    pub fn bands(&self) -> &[Band] {
        &self.0
    }

    /// The smallest step of the table, which distances are multiples of.
    pub fn finest(&self) -> Price {
        self.0.iter().map(|it| it.step).min().unwrap_or(Price::from_raw(1))
    }

    /// Whether a price lies on the table.
    pub fn has(&self, price: Price) -> bool {
        price.is_on(self.step(price))
    }

    /// The price `ticks` steps above (below where negative), crossing bands step by step.
    #[must_use]
    pub fn step_by(&self, price: Price, ticks: i32) -> Price {
        (0..ticks.unsigned_abs()).fold(price, |price, _| {
            if ticks > 0 {
                Price::from_raw(price.raw().saturating_add(self.step(price).raw()))
            } else {
                // A step down from a band's lower edge is a step of the band below.
                let below = Price::from_raw(price.raw().saturating_sub(1));
                Price::from_raw(price.raw().saturating_sub(self.step(below).raw()))
            }
        })
    }

    /// A foreign float on the table: the nearest price, refused where it is off by more than a
    /// millionth of a step.
    pub fn snap(&self, value: f64) -> Result<Price, PriceError> {
        let price = Price::from_f64(value)?;
        let step = self.step(price).raw();
        let nearest = (price.raw() + step / 2).div_euclid(step) * step;
        let off = price.raw().abs_diff(nearest);
        if off > (step / 1_000_000).unsigned_abs() {
            return Err(PriceError::OffTick { price, step: Price::from_raw(step) });
        }
        Ok(Price::from_raw(nearest))
    }
}

/// Why a price cannot be traded at.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum PriceError {
    /// Not a number that a price can be.
    #[error(transparent)]
    Decimal(#[from] crate::DecimalError),
    /// Between two ticks.
    #[error("the price {price} is not a multiple of the tick {step}")]
    OffTick {
        /// What was asked.
        price: Price,
        /// The tick at that price.
        step: Price,
    },
}

/// What must be deposited for an open lot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Margin {
    /// Amounts a lot.
    Fixed {
        /// To open.
        initial: Money,
        /// To keep.
        maintenance: Money,
    },
    /// Parts of the contract's value, in millionths.
    Rate {
        /// To open.
        initial: u32,
        /// To keep.
        maintenance: u32,
    },
}

/// An instrument as it is on one trading day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Instrument {
    /// Its code: `TXFH1`.
    pub code: Code,
    /// Its product: `TXF`.
    pub product: Code,
    /// What people call it.
    pub name: String,
    /// The delivery month as text: `2021-08`, or `2021-07W4` for a weekly.
    pub month: String,
    /// The steps of its prices.
    pub ticks: TickTable,
    /// Money a point and lot.
    pub multiplier: Quantity,
    /// Of its money: `TWD`.
    pub currency: String,
    /// What an open lot needs.
    pub margin: Margin,
    /// Venue's and broker's fee a lot and side.
    pub fee: Money,
    /// Tax a side, in billionths of the contract's value.
    pub tax: u32,
    /// When it trades.
    pub sessions: Sessions,
    /// The last day on which it trades, on the exchange's calendar.
    pub last_trading_day: Date,
    /// The time of day, in seconds after midnight, at which it ends on its last trading day.
    pub last_trading_second: u32,
    /// The largest market order.
    pub market_order_max: Quantity,
    /// The largest limit order.
    pub limit_order_max: Quantity,
    /// Quantities are multiples of this.
    pub lot_step: Quantity,
    /// How far a price may be from the reference price, in millionths of it; `None` without limit.
    pub price_limit: Option<u32>,
}

/// Which of an instrument's order rules a ticket breaks.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum RuleError {
    /// A price that the exchange does not quote.
    #[error("{field}: {error}")]
    Price {
        /// `price` or `stop_price`.
        field: &'static str,
        /// What is wrong with it.
        error: PriceError,
    },
    /// A price at or below zero.
    #[error("{field}: {price} is not above 0")]
    NotPositive {
        /// `price` or `stop_price`.
        field: &'static str,
        /// What was asked.
        price: Price,
    },
    /// A price that must be there, or must not.
    #[error("{field}: a {kind} order {needs}")]
    Presence {
        /// `price` or `stop_price`.
        field: &'static str,
        /// The order's kind.
        kind: Kind,
        /// `needs one` or `has none`.
        needs: &'static str,
    },
    /// Not a whole number of lots above zero.
    #[error("quantity: {quantity} is not a multiple of the lot step {step} above 0")]
    Lots {
        /// What was asked.
        quantity: Quantity,
        /// The step.
        step: Quantity,
    },
    /// Above the exchange's largest order.
    #[error("quantity: {quantity} is above the largest {kind} order, {max}")]
    TooLarge {
        /// What was asked.
        quantity: Quantity,
        /// The order's kind.
        kind: Kind,
        /// The bound.
        max: Quantity,
    },
}

impl Instrument {
    /// Checks a ticket against the order rules: prices on the tick and present where they belong,
    /// quantity on the lot step and within the largest order.
    pub fn check(&self, ticket: &Ticket) -> Result<(), RuleError> {
        self.check_price("price", ticket.price, ticket.kind, ticket.kind.has_price())?;
        self.check_price("stop_price", ticket.stop_price, ticket.kind, ticket.kind.has_stop())?;
        let (quantity, kind) = (ticket.quantity, ticket.kind);
        if !quantity.is_positive() || !quantity.is_on(self.lot_step) {
            return Err(RuleError::Lots { quantity, step: self.lot_step });
        }
        let max = if kind.has_price() { self.limit_order_max } else { self.market_order_max };
        if quantity > max {
            return Err(RuleError::TooLarge { quantity, kind, max });
        }
        Ok(())
    }

    fn check_price(
        &self,
        field: &'static str,
        price: Option<Price>,
        kind: Kind,
        belongs: bool,
    ) -> Result<(), RuleError> {
        match price {
            None if belongs => Err(RuleError::Presence { field, kind, needs: "needs one" }),
            Some(_) if !belongs => Err(RuleError::Presence { field, kind, needs: "has none" }),
            None => Ok(()),
            Some(price) if !price.is_positive() => Err(RuleError::NotPositive { field, price }),
            Some(price) if !self.ticks.has(price) => {
                let step = self.ticks.step(price);
                Err(RuleError::Price { field, error: PriceError::OffTick { price, step } })
            }
            Some(_) => Ok(()),
        }
    }

    /// The margin to open one lot at a price; `None` out of range.
    pub fn initial_margin(&self, price: Price) -> Option<Money> {
        match self.margin {
            Margin::Fixed { initial, .. } => Some(initial),
            Margin::Rate { initial, .. } => {
                self.part(price, Quantity::ONE, i128::from(initial) * 1_000)
            }
        }
    }

    /// The tax of trading so many lots at a price, in whole units of the currency, as collected.
    pub fn tax(&self, price: Price, quantity: Quantity) -> Option<Money> {
        self.part(price, quantity, i128::from(self.tax)).map(Money::to_whole)
    }

    fn part(&self, price: Price, quantity: Quantity, billionths: i128) -> Option<Money> {
        let value = Money::value(price, quantity, self.multiplier)?;
        Some(Money::from_raw(value.raw().checked_mul(billionths)? / 1_000_000_000))
    }
}
