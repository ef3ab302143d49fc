//! What nobody looks after any more: orders at an exchange that cannot be reached, and those of
//! conditions whose strategy is not heard.
//!
//! While the strategy is silent its conditions enter nothing; their exits pass. That ends when it is
//! heard again. What the settings ask for beyond that, only an operator ends.

use aftm_domain::condition::State as Standing;
use aftm_domain::{ConditionId, Stamp};

use super::core::Core;
use super::fact::{Door, Fact};
use super::keep::Ledger;
use super::venue::Venue;
use crate::wire::Scope;
use crate::wire::request::TradingState;

/// What is done beyond telling it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Forsaken {
    /// Orders that could open a position are canceled.
    pub cancels: bool,
    /// Only reducing orders are taken from then on.
    pub reduces: bool,
}

impl<V: Venue, L: Ledger> Core<V, L> {
    /// The way to the exchange is lost. Cancels are sent when it is there again.
    pub(super) fn lose_line(&mut self, now: Stamp) {
        let Forsaken { cancels, reduces } = self.rules().line_lost;
        if cancels {
            let decision = self.case(Door::Gateway).abandon(|_| true);
            // What is to be canceled is told by each order.
            let _ = self.perform(decision, now);
        }
        if reduces && self.state.brakes.state(Scope::Global) == TradingState::Active {
            // A reduction with a reason is never refused.
            let reason = "the way to the exchange was lost";
            let _ = self.reduce(Scope::Global, reason, Door::Gateway, now);
        }
    }

    /// The strategy has missed its beats: its conditions enter nothing until it is heard again.
    pub fn lose_strategy(&mut self, now: Stamp) {
        if std::mem::replace(&mut self.is_strategy_silent, true) {
            return;
        }
        let text = "the strategy has missed its beats: conditions enter nothing until it is heard \
                    again, their exits pass";
        let code = "STRATEGY_SILENT".to_owned();
        self.settle(now, vec![Fact::Alerted { code, text: text.to_owned() }]);
        let Forsaken { cancels, reduces } = self.rules().strategy_lost;
        if cancels {
            let decision = self.case(Door::Gateway).abandon(|it| it.signal.is_some());
            // What is to be canceled is told by each order.
            let _ = self.perform(decision, now);
        }
        if reduces {
            self.reduce_conditions(now);
        }
    }

    /// How long the strategy may be silent, in nanoseconds; 0 for ever.
    pub const fn strategy_silent_after(&self) -> i64 {
        self.rules().strategy_silent_after
    }

    /// The strategy is heard.
    pub fn hear_strategy(&mut self, now: Stamp) {
        if std::mem::replace(&mut self.is_strategy_silent, false) {
            let (code, text) =
                ("STRATEGY_BACK".to_owned(), "the strategy is heard again".to_owned());
            self.settle(now, vec![Fact::Alerted { code, text }]);
        }
    }

    fn reduce_conditions(&mut self, now: Stamp) {
        let live = self.state.conditions.values().map(|it| &it.condition);
        let live = live.filter(|it| it.progress.state != Standing::Done).map(|it| it.terms.id);
        let is_active = |it: &ConditionId| {
            self.state.brakes.state(Scope::Strategy(*it)) == TradingState::Active
        };
        let (door, reason) = (Door::Gateway, "the strategy was not heard");
        let reduced = live.filter(is_active).map(|id| {
            let (reason, scope) = (reason.to_owned(), Scope::Strategy(id));
            Fact::Reduced { reason, door, scope }
        });
        let reduced: Vec<Fact> = reduced.collect();
        self.settle(now, reduced);
        self.sweep_again(now);
    }
}
