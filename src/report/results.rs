//! The figures of a set of trades.

use std::fmt;

use aftm_domain::Money;
use serde::{Serialize, Serializer};

use super::{Open, Trade};

/// A part of something, in hundredths, rounded half away from zero: `58.33` per cent, `1.75` times.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Ratio(i128);

impl Ratio {
    /// How many times `whole` goes into `part`; `None` where `whole` is zero.
    pub fn of(part: i128, whole: i128) -> Option<Ratio> {
        let doubled = part.checked_mul(200)?.checked_div(whole)?;
        Some(Ratio((doubled + doubled.signum()) / 2))
    }

    /// `part` in per cent of `whole`; `None` where `whole` is zero.
    pub fn percent(part: i128, whole: i128) -> Option<Ratio> {
        Ratio::of(part.checked_mul(100)?, whole)
    }
}

impl fmt::Display for Ratio {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let hundredths = self.0.unsigned_abs();
        write!(f, "{sign}{}.{:02}", hundredths / 100, hundredths % 100)
    }
}

impl Serialize for Ratio {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// The figures of trades and open lots in one currency. Whether a trade won is asked after its fees
/// and tax.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Results {
    /// How many trades ended.
    pub trades: u64,
    /// How many of them earned something.
    pub winners: u64,
    /// How many of them lost something; the rest came out even.
    pub losers: u64,
    /// Winners in per cent of trades; `None` without trades.
    pub win_rate: Option<Ratio>,
    /// What the winners earned.
    pub gross_profit: Money,
    /// What the losers lost: zero or below.
    pub gross_loss: Money,
    /// Gross profit by gross loss; `None` without a loser.
    pub profit_factor: Option<Ratio>,
    /// What a winner earned on average, rounded to 0.01.
    pub average_win: Option<Money>,
    /// What a loser lost on average, rounded to 0.01: below zero.
    pub average_loss: Option<Money>,
    /// What the best trade earned, if any did.
    pub largest_win: Option<Money>,
    /// What the worst trade lost, if any did: below zero.
    pub largest_loss: Option<Money>,
    /// Profit of the trades that ended, before fees and tax.
    pub closed_profit: Money,
    /// Profit of what is open at the last prices, before fees and tax.
    pub open_profit: Money,
    /// Open lots of items without a last price, which no profit counts.
    pub unmarked: u64,
    /// All fees, those of what is open too.
    pub fee: Money,
    /// All tax, that of what is open too.
    pub tax: Money,
    /// Closed and open profit less fees and tax.
    pub net: Money,
}

impl Results {
    /// Counts a trade; `None` where an amount is out of range.
    pub(super) fn close(&mut self, trade: &Trade) -> Option<()> {
        let net = trade.net;
        self.trades += 1;
        if net > Money::ZERO {
            self.winners += 1;
            self.gross_profit = self.gross_profit.checked_add(net)?;
            self.largest_win = self.largest_win.max(Some(net));
        } else if net < Money::ZERO {
            self.losers += 1;
            self.gross_loss = self.gross_loss.checked_add(net)?;
            self.largest_loss = Some(self.largest_loss.map_or(net, |it| it.min(net)));
        }
        self.closed_profit = self.closed_profit.checked_add(trade.profit)?;
        self.net = self.net.checked_add(trade.profit)?;
        self.pay(trade.fee, trade.tax)
    }

    /// Counts lots that are open; `None` where an amount is out of range.
    pub(super) fn open(&mut self, open: &Open) -> Option<()> {
        match open.profit {
            Some(profit) => {
                self.open_profit = self.open_profit.checked_add(profit)?;
                self.net = self.net.checked_add(profit)?;
            }
            None => self.unmarked += 1,
        }
        self.pay(open.fee, open.tax)
    }

    fn pay(&mut self, fee: Money, tax: Money) -> Option<()> {
        self.fee = self.fee.checked_add(fee)?;
        self.tax = self.tax.checked_add(tax)?;
        self.net = self.net.checked_sub(fee)?.checked_sub(tax)?;
        Some(())
    }

    /// Works out rates and averages, once everything is counted.
    pub(super) fn finish(&mut self) {
        self.win_rate = Ratio::percent(self.winners.into(), self.trades.into());
        self.profit_factor = self
            .gross_loss
            .raw()
            .checked_neg()
            .and_then(|loss| Ratio::of(self.gross_profit.raw(), loss));
        self.average_win = average(self.gross_profit, self.winners);
        self.average_loss = average(self.gross_loss, self.losers);
    }
}

/// The mean, rounded half away from zero to 0.01; `None` of nothing.
fn average(sum: Money, count: u64) -> Option<Money> {
    const CENT: i128 = 10_000_000;
    let step = i128::from(count) * CENT;
    let doubled = sum.raw().checked_mul(2)?.checked_div(step)?;
    Some(Money::from_raw((doubled + doubled.signum()) / 2 * CENT))
}
