//! Losses of the trading day: at the bound only reducing orders are taken, further on trading is
//! halted. And what else holds an account or a condition back by itself.

use aftm_domain::{AccountId, Money};

use super::breach::code;
use super::{Limits, Purse};
use crate::wire::Scope;
use crate::wire::request::TradingState;

/// A part of what is traded is to be held back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// Which part.
    pub scope: Scope,
    /// How far.
    pub state: TradingState,
    limit: &'static str,
    value: i128,
    bound: i128,
    is_money: bool,
}

impl Wanted {
    /// A stable code.
    pub fn code(&self) -> String {
        code(self.limit)
    }

    /// Why, in words.
    pub fn reason(&self) -> String {
        let (limit, scope) = (self.limit, self.scope);
        if self.is_money {
            let (value, bound) = (Money::from_raw(self.value), Money::from_raw(self.bound));
            return format!("{limit} of {scope}: {value} has come to {bound}");
        }
        format!("{limit} of {scope}: {} is above {}", self.value, self.bound)
    }
}

impl Limits {
    /// Whether a best of the day is to be kept.
    pub const fn has_bests(&self) -> bool {
        self.has_risen
    }

    /// The bests of the day that are to be kept since this was asked before.
    pub fn take_bests(&mut self) -> Vec<(Option<AccountId>, Money)> {
        self.has_risen = false;
        let own = self.accounts.iter_mut().map(|(account, purse)| (Some(*account), purse));
        let all = own.chain([(None, &mut self.total)]);
        let mut bests: Vec<(Option<AccountId>, Money)> = all
            .filter(|(_, purse)| purse.best > purse.kept)
            .map(|(account, purse)| {
                purse.kept = purse.best;
                (account, Money::from_raw(purse.best))
            })
            .collect();
        bests.sort_unstable_by_key(|it| it.0);
        bests
    }

    /// What is to be held back since this was asked before.
    pub fn take_wanted(&mut self) -> Vec<Wanted> {
        std::mem::take(&mut self.wanted)
    }

    /// Whether something is to be held back.
    pub fn wants(&self) -> bool {
        !self.wanted.is_empty()
    }

    pub(super) fn want(
        &mut self,
        scope: Scope,
        state: TradingState,
        (limit, value, bound): (&'static str, u32, u32),
    ) {
        let (value, bound) = (i128::from(value), i128::from(bound));
        self.wanted.push(Wanted { scope, state, limit, value, bound, is_money: false });
    }

    /// Looks whether the losses of an account, or of all of them, have come to their bounds.
    pub(super) fn judge_loss(&mut self, account: AccountId) {
        let bounds = *self.bounds();
        let own = self.accounts.get(&account).map(of);
        let all = of(&self.total);
        let scopes = [
            (Scope::Account(account), own, bounds.max_daily_loss_account, "max_daily_loss_account"),
            (Scope::Global, Some(all), bounds.max_daily_loss, "max_daily_loss"),
        ];
        let falls = [
            (Scope::Account(account), own, bounds.max_drawdown_account, "max_drawdown_account"),
            (Scope::Global, Some(all), bounds.max_drawdown, "max_drawdown"),
        ];
        let losses = scopes
            .into_iter()
            .map(|(scope, it, bound, limit)| (scope, it.map(|it| it.0), bound, limit));
        let falls = falls
            .into_iter()
            .map(|(scope, it, bound, limit)| (scope, it.map(|it| it.1), bound, limit));
        for (scope, value, bound, limit) in losses.chain(falls) {
            let (value, bound) = (value.unwrap_or(0), bound.raw());
            if value < bound {
                continue;
            }
            let percent = i128::from(bounds.loss_halt_percent);
            let is_halt = value / percent >= bound / 100;
            let state = if is_halt { TradingState::Halted } else { TradingState::Reducing };
            self.wanted.push(Wanted { scope, state, limit, value, bound, is_money: true });
        }
    }
}

/// The loss of the day, and the fall from its best.
fn of(purse: &Purse) -> (i128, i128) {
    (-purse.profit, purse.best - purse.profit)
}
