//! The terms of an item, as they stand in a ledger file.

use aftm_domain::instrument::{Band, Margin, TickTable};
use aftm_domain::session::Sessions;
use aftm_domain::{Code, Instrument, Money, Quantity};
use serde::{Deserialize, Serialize};

/// What an open lot needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum Deposit {
    Fixed { initial: Money, maintenance: Money },
    Millionths { initial: u32, maintenance: u32 },
}

/// An instrument with everything that its orders and its money follow from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Terms {
    item: Code,
    product: Code,
    name: String,
    month: String,
    ticks: Vec<Band>,
    multiplier: Quantity,
    currency: String,
    margin: Deposit,
    fee: Money,
    tax: u32,
    sessions: Sessions,
    last_trading_day: String,
    last_trading_second: u32,
    market_order_max: Quantity,
    limit_order_max: Quantity,
    lot_step: Quantity,
    price_limit: Option<u32>,
}

impl From<&Instrument> for Terms {
    fn from(it: &Instrument) -> Terms {
        Terms {
            item: it.code,
            product: it.product,
            name: it.name.clone(),
            month: it.month.clone(),
            ticks: it.ticks.bands().to_vec(),
            multiplier: it.multiplier,
            currency: it.currency.clone(),
            margin: match it.margin {
                Margin::Fixed { initial, maintenance } => Deposit::Fixed { initial, maintenance },
                Margin::Rate { initial, maintenance } => {
                    Deposit::Millionths { initial, maintenance }
                }
            },
            fee: it.fee,
            tax: it.tax,
            sessions: it.sessions,
            last_trading_day: it.last_trading_day.to_string(),
            last_trading_second: it.last_trading_second,
            market_order_max: it.market_order_max,
            limit_order_max: it.limit_order_max,
            lot_step: it.lot_step,
            price_limit: it.price_limit,
        }
    }
}

impl Terms {
    /// The instrument.
    ///
    /// # Errors
    ///
    /// Where the terms are not those of one.
    pub fn instrument(&self) -> Result<Instrument, String> {
        let ticks = TickTable::new(self.ticks.clone())
            .ok_or_else(|| format!("the ticks of {} do not rise from 0", self.item))?;
        let last_trading_day = self.last_trading_day.parse().map_err(|err| {
            format!("the last trading day of {}, {:?}: {err}", self.item, self.last_trading_day)
        })?;
        Ok(Instrument {
            code: self.item,
            product: self.product,
            name: self.name.clone(),
            month: self.month.clone(),
            ticks,
            multiplier: self.multiplier,
            currency: self.currency.clone(),
            margin: match self.margin {
                Deposit::Fixed { initial, maintenance } => Margin::Fixed { initial, maintenance },
                Deposit::Millionths { initial, maintenance } => {
                    Margin::Rate { initial, maintenance }
                }
            },
            fee: self.fee,
            tax: self.tax,
            sessions: self.sessions,
            last_trading_day,
            last_trading_second: self.last_trading_second,
            market_order_max: self.market_order_max,
            limit_order_max: self.limit_order_max,
            lot_step: self.lot_step,
            price_limit: self.price_limit,
        })
    }
}
