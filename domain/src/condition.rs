//! A support/resistance condition: levels that hang on a trigger, and one transition a tick.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{AccountId, Code, ConditionId, Price, Quantity, Side, SignalId, SignalKind};

/// What the trader says of a condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terms {
    /// The trader's name for it.
    pub id: ConditionId,
    /// The only item whose ticks touch it.
    pub item: Code,
    /// Buy at support, or sell at resistance.
    pub action: Side,
    /// The price that arms it.
    pub trigger: Price,
    /// Points that the price must turn back before the entry; may be zero.
    pub turning: Price,
    /// Lots.
    pub quantity: Quantity,
    /// Points of profit at which it leaves; `None` leaves never for profit.
    pub take_profit: Option<Price>,
    /// Points of loss at which it leaves; `None` leaves never for loss.
    pub stop_loss: Option<Price>,
    /// Whether the trigger follows new extremes until the entry.
    pub following: bool,
    /// The account it trades in; `None` takes the one selected when it enters.
    pub account: Option<AccountId>,
}

/// Points to turn back where a condition does not say.
pub const TURNING_DEFAULT: Price = Price::from_raw(15_000_000_000);
/// Take-profit points where a condition does not say.
pub const TAKE_PROFIT_DEFAULT: Price = Price::from_raw(90_000_000_000);
/// Stop-loss points where a condition does not say.
pub const STOP_LOSS_DEFAULT: Price = Price::from_raw(30_000_000_000);

/// Why a condition cannot be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TermsError {
    /// A number that must be above zero.
    #[error("{field} is {value}, but must be above 0{hint}")]
    NotPositive {
        /// Which number.
        field: &'static str,
        /// What was said.
        value: Price,
        /// What to say instead.
        hint: &'static str,
    },
    /// Turning below zero.
    #[error("turning is {0}, but must be 0 or above")]
    NegativeTurning(Price),
    /// The levels leave the range of prices.
    #[error("the levels of trigger {0} leave the range of prices")]
    OutOfRange(Price),
}

impl Terms {
    /// Checks what holds without knowing the instrument.
    pub fn check(&self) -> Result<(), TermsError> {
        let positive = |field, value: Price, hint| {
            if value.is_positive() {
                Ok(())
            } else {
                Err(TermsError::NotPositive { field, value, hint })
            }
        };
        positive("trigger", self.trigger, "")?;
        positive("quantity", Price::from_raw(self.quantity.raw()), "")?;
        let none = "; write none for none";
        self.take_profit.map_or(Ok(()), |it| positive("take_profit", it, none))?;
        self.stop_loss.map_or(Ok(()), |it| positive("stop_loss", it, none))?;
        if self.turning < Price::ZERO {
            return Err(TermsError::NegativeTurning(self.turning));
        }
        // Half of the range leaves room for every level on either side of every trigger.
        let parts = [Some(self.trigger), Some(self.turning), self.take_profit, self.stop_loss];
        if parts.into_iter().flatten().any(|it| it.raw() > i64::MAX / 4) {
            return Err(TermsError::OutOfRange(self.trigger));
        }
        Ok(())
    }
}

/// Where a condition stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// The price has not reached the trigger.
    #[default]
    Waiting,
    /// It has; the price must turn back.
    Armed,
    /// The entry signal was given.
    Entered,
    /// The exit signal was given.
    Done,
}

impl State {
    /// The word, in lower case.
    pub const fn word(self) -> &'static str {
        match self {
            State::Waiting => "waiting",
            State::Armed => "armed",
            State::Entered => "entered",
            State::Done => "done",
        }
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

/// Why a condition leaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExitReason {
    /// The profit was reached.
    TakeProfit,
    /// The loss was reached.
    StopLoss,
}

impl ExitReason {
    /// The word: `take_profit` or `stop_loss`.
    pub const fn word(self) -> &'static str {
        match self {
            ExitReason::TakeProfit => "take_profit",
            ExitReason::StopLoss => "stop_loss",
        }
    }
}

/// What moves while the condition lives: all that a crash must not lose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// Which life of the condition; counts up when an edit arms it anew.
    pub generation: u32,
    /// Where it stands.
    pub state: State,
    /// The trigger, as it was moved.
    pub trigger: Price,
    /// The last tick it has seen: this one and earlier ones are not for it.
    pub as_of: u64,
}

/// A condition: what was said of it, and where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Condition {
    /// What the trader said.
    pub terms: Terms,
    /// Where it stands.
    pub progress: Progress,
    /// Its entry is held back until it is resumed; its exit is not.
    pub is_paused: bool,
}

/// The prices at which a condition acts. They hang on the theoretical order price.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Levels {
    /// Entry, after the turn.
    pub order: Price,
    /// Exit with profit.
    pub take_profit: Option<Price>,
    /// Exit with loss.
    pub stop_loss: Option<Price>,
}

/// Whether a price that goes down or one that goes up reaches a level.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// At the level or below.
    Down(Price),
    /// At the level or above.
    Up(Price),
}

impl Reach {
    /// Whether `price` is there.
    pub fn is_met_by(self, price: Price) -> bool {
        match self {
            Reach::Down(level) => price <= level,
            Reach::Up(level) => price >= level,
        }
    }
}

/// What one tick did to a condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reaction {
    /// Nothing.
    None,
    /// It armed, or its trigger moved.
    Moved,
    /// It gives its entry signal.
    Enters,
    /// It gives its exit signal.
    Leaves(ExitReason),
}

impl Condition {
    /// A condition at the start of its first life, blind to ticks up to `as_of`.
    pub const fn new(terms: Terms, generation: u32, as_of: u64) -> Condition {
        let trigger = terms.trigger;
        let progress = Progress { generation, state: State::Waiting, trigger, as_of };
        Condition { terms, progress, is_paused: false }
    }

    /// The signal id of one of its two signals in this life.
    pub const fn signal(&self, kind: SignalKind) -> SignalId {
        SignalId { condition: self.terms.id, generation: self.progress.generation, kind }
    }

    /// The side of its entry or exit order.
    pub const fn side(&self, kind: SignalKind) -> Side {
        match kind {
            SignalKind::Entry => self.terms.action,
            SignalKind::Exit => self.terms.action.opposite(),
        }
    }

    /// A price `points` further in the direction of profit.
    fn onward(&self, from: Price, points: Price) -> Price {
        match self.terms.action {
            Side::Buy => Price::from_raw(from.raw().saturating_add(points.raw())),
            Side::Sell => Price::from_raw(from.raw().saturating_sub(points.raw())),
        }
    }

    fn against(&self, from: Price, points: Price) -> Price {
        self.onward(from, Price::from_raw(-points.raw()))
    }

    /// The prices at which it acts, from the trigger as it stands.
    pub fn levels(&self) -> Levels {
        let order = self.onward(self.progress.trigger, self.terms.turning);
        Levels {
            order,
            take_profit: self.terms.take_profit.map(|points| self.onward(order, points)),
            stop_loss: self.terms.stop_loss.map(|points| self.against(order, points)),
        }
    }

    const fn with_action(&self, level: Price) -> Reach {
        match self.terms.action {
            Side::Buy => Reach::Up(level),
            Side::Sell => Reach::Down(level),
        }
    }

    const fn against_action(&self, level: Price) -> Reach {
        match self.terms.action {
            Side::Buy => Reach::Down(level),
            Side::Sell => Reach::Up(level),
        }
    }

    /// At which prices a tick changes it: nothing happens at any other price.
    pub fn reaches(&self) -> [Option<Reach>; 2] {
        let levels = self.levels();
        match self.progress.state {
            State::Waiting | State::Armed if self.is_paused => [None, None],
            State::Waiting => [Some(self.against_action(self.progress.trigger)), None],
            State::Armed => {
                let follow = self.terms.following && self.terms.turning.is_positive();
                let beyond = Price::from_raw(1);
                let extreme = self.against(self.progress.trigger, beyond);
                [Some(self.with_action(levels.order)), follow.then(|| self.against_action(extreme))]
            }
            State::Entered => [
                levels.take_profit.map(|it| self.with_action(it)),
                levels.stop_loss.map(|it| self.against_action(it)),
            ],
            State::Done => [None, None],
        }
    }

    /// One tick of its item at `price`: at most one transition, then the trailing of the trigger on
    /// the same tick. The caller keeps ticks of other items and ticks up to `as_of` away.
    pub fn tick(&mut self, price: Price) -> Reaction {
        let levels = self.levels();
        let holds = |reach: Option<Reach>| reach.is_some_and(|it| it.is_met_by(price));
        let mut reaction = Reaction::None;
        match self.progress.state {
            State::Waiting | State::Armed if self.is_paused => return Reaction::None,
            State::Waiting => {
                if holds(Some(self.against_action(self.progress.trigger))) {
                    self.progress.state = State::Armed;
                    reaction = Reaction::Moved;
                }
            }
            State::Armed => {
                if holds(Some(self.with_action(levels.order))) {
                    self.progress.state = State::Entered;
                    reaction = Reaction::Enters;
                }
            }
            State::Entered => {
                if holds(levels.take_profit.map(|it| self.with_action(it))) {
                    self.progress.state = State::Done;
                    reaction = Reaction::Leaves(ExitReason::TakeProfit);
                } else if holds(levels.stop_loss.map(|it| self.against_action(it))) {
                    self.progress.state = State::Done;
                    reaction = Reaction::Leaves(ExitReason::StopLoss);
                }
            }
            State::Done => return Reaction::None,
        }
        let is_before_entry = matches!(self.progress.state, State::Waiting | State::Armed);
        let follows = self.terms.following && is_before_entry && self.terms.turning.is_positive();
        let trigger = self.progress.trigger;
        if follows && price != trigger && self.against_action(trigger).is_met_by(price) {
            self.progress.trigger = price;
            reaction = Reaction::Moved;
        }
        reaction
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn points(text: &str) -> Price {
        text.parse().unwrap()
    }

    fn condition(action: Side, trigger: &str, turning: &str, following: bool) -> Condition {
        let terms = Terms {
            id: "a".parse().unwrap(),
            item: "TXFH1".parse().unwrap(),
            action,
            trigger: points(trigger),
            turning: points(turning),
            quantity: Quantity::ONE,
            take_profit: Some(points("120")),
            stop_loss: Some(points("30")),
            following,
            account: None,
        };
        Condition::new(terms, 1, 0)
    }

    fn shown(condition: &Condition) -> String {
        let Levels { order, take_profit, stop_loss } = condition.levels();
        let progress = condition.progress;
        let (profit, loss) = (take_profit.unwrap(), stop_loss.unwrap());
        format!("{} {}/{order}/{profit}/{loss}", progress.state, progress.trigger)
    }

    #[test]
    fn the_published_trace_holds() {
        let mut condition = condition(Side::Buy, "22000", "30", true);
        let trace = [
            ("22010", "waiting 22000/22030/22150/22000", Reaction::None),
            ("21980", "armed 21980/22010/22130/21980", Reaction::Moved),
            ("21950", "armed 21950/21980/22100/21950", Reaction::Moved),
            ("21979", "armed 21950/21980/22100/21950", Reaction::None),
            ("21980", "entered 21950/21980/22100/21950", Reaction::Enters),
        ];
        for (price, after, reaction) in trace {
            assert_eq!(condition.tick(points(price)), reaction, "at {price}");
            assert_eq!(shown(&condition), after, "at {price}");
        }
    }

    #[test]
    fn take_profit_is_tested_before_stop_loss() {
        let mut condition = condition(Side::Sell, "100", "0", false);
        condition.terms.take_profit = Some(points("1"));
        condition.terms.stop_loss = Some(points("1"));
        assert_eq!(condition.tick(points("100")), Reaction::Moved);
        assert_eq!(condition.tick(points("100")), Reaction::Enters);
        assert_eq!(condition.tick(points("99")), Reaction::Leaves(ExitReason::TakeProfit));
        assert_eq!(condition.tick(points("200")), Reaction::None);
    }

    #[test]
    fn a_tick_that_arms_never_enters() {
        let mut condition = condition(Side::Buy, "100", "0", false);
        assert_eq!(condition.tick(points("100")), Reaction::Moved);
        assert_eq!(condition.progress.state, State::Armed);
    }

    #[test]
    fn pause_holds_the_entry_and_never_the_exit() {
        let mut condition = condition(Side::Buy, "100", "5", true);
        condition.is_paused = true;
        assert_eq!(condition.tick(points("90")), Reaction::None);
        condition.is_paused = false;
        condition.tick(points("90"));
        condition.tick(points("95"));
        condition.is_paused = true;
        assert_eq!(condition.tick(points("1")), Reaction::Leaves(ExitReason::StopLoss));
    }

    /// `reaches` is what an index is built on: a price outside of it must change nothing, and a
    /// price inside of it must change something.
    #[test]
    fn a_condition_reacts_exactly_where_it_says() {
        for seed in 1..=400_u64 {
            let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15);
            let mut roll = |sides: u64| {
                state ^= state << 13;
                state ^= state >> 7;
                state ^= state << 17;
                i64::try_from(state % sides).unwrap()
            };
            let action = if roll(2) == 0 { Side::Buy } else { Side::Sell };
            let turning = roll(6).to_string();
            let mut condition = condition(action, "100", &turning, roll(2) == 0);
            condition.terms.take_profit = (roll(4) > 0).then(|| points("7"));
            condition.terms.stop_loss = (roll(4) > 0).then(|| points("5"));
            let mut price = 100 + roll(20) - 10;
            for _ in 0..200 {
                price += roll(7) - 3;
                let price = Price::from_units(price).unwrap();
                let says = condition.reaches().into_iter().flatten().any(|it| it.is_met_by(price));
                let before = condition;
                let reaction = condition.tick(price);
                assert_eq!(says, reaction != Reaction::None, "seed {seed} at {price}");
                assert_eq!(says, condition != before, "seed {seed} at {price}");
            }
        }
    }

    #[test]
    fn levels_of_zero_points_are_refused() {
        let mut terms = condition(Side::Buy, "100", "0", false).terms;
        assert_eq!(terms.check(), Ok(()));
        terms.stop_loss = Some(Price::ZERO);
        assert!(terms.check().unwrap_err().to_string().contains("stop_loss is 0"));
        terms.stop_loss = None;
        terms.turning = points("-1");
        assert!(terms.check().is_err());
    }
}
