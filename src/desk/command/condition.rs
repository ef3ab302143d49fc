//! Commands on conditions.

use aftm_domain::condition::{Terms, TermsError};
use aftm_domain::{AccountId, Code, ConditionId, Price, Quantity, Side};
use clap::{ArgGroup, Args, Subcommand};

use super::line::Line;
use super::words::{Leaving, Points, lots, trigger, turning};
use crate::desk::Defaults;

/// What can be done with conditions.
#[derive(Clone, Debug, PartialEq, Eq, Subcommand)]
pub enum Condition {
    /// Add a condition
    Add(NewCondition),
    /// Show the conditions
    List,
    /// Change a condition; one that has not entered waits anew
    Edit(Edit),
    /// Hold a condition's entry back; its exit is never held back
    Pause {
        /// Its name
        id: ConditionId,
    },
    /// Let a paused condition enter
    Resume {
        /// Its name
        id: ConditionId,
    },
    /// Remove a condition
    Drop {
        /// Its name
        id: ConditionId,
        /// What becomes of the position that it opened
        #[command(flatten)]
        leaving: Leaving,
    },
}

/// A condition to add.
#[derive(Clone, Debug, PartialEq, Eq, Args)]
pub struct NewCondition {
    /// buy at support, or sell at resistance
    pub action: Side,
    /// A contract like TXFH1
    #[arg(value_name = "CODE")]
    pub item: Code,
    /// The price that arms it
    #[arg(long, value_name = "PRICE", value_parser = trigger, allow_negative_numbers = true)]
    pub trigger: Price,
    /// Points that the price turns back before the entry
    #[arg(long, value_name = "POINTS", value_parser = turning, allow_negative_numbers = true)]
    pub turning: Option<Price>,
    /// Lots
    #[arg(long = "qty", value_name = "LOTS", value_parser = lots, allow_negative_numbers = true)]
    pub quantity: Option<Quantity>,
    /// Points of profit at which it leaves, or none
    #[arg(long = "tp", value_name = "POINTS", allow_negative_numbers = true)]
    pub take_profit: Option<Points>,
    /// Points of loss at which it leaves, or none
    #[arg(long = "sl", value_name = "POINTS", allow_negative_numbers = true)]
    pub stop_loss: Option<Points>,
    /// The trigger follows new extremes until the entry
    #[arg(long = "follow")]
    pub following: bool,
    /// Its name [default: a free letter]
    #[arg(long)]
    pub id: Option<ConditionId>,
    /// An order account [default: the one in use when it enters]
    #[arg(long)]
    pub account: Option<AccountId>,
}

impl NewCondition {
    /// The terms under a name: its own, where it has one.
    pub fn terms(&self, id: ConditionId, defaults: &Defaults) -> Result<Terms, TermsError> {
        let terms = Terms {
            id: self.id.unwrap_or(id),
            item: self.item,
            action: self.action,
            trigger: self.trigger,
            turning: self.turning.unwrap_or(defaults.turning),
            quantity: self.quantity.unwrap_or(defaults.quantity),
            take_profit: self.take_profit.map_or(defaults.take_profit, Points::option),
            stop_loss: self.stop_loss.map_or(defaults.stop_loss, Points::option),
            following: self.following,
            account: self.account,
        };
        terms.check().map(|()| terms)
    }
}

/// A change of a condition: what is named changes, the rest stays.
#[derive(Clone, Debug, PartialEq, Eq, Args)]
#[command(group(ArgGroup::new("change").required(true).multiple(true).args([
    "trigger", "turning", "quantity", "take_profit", "stop_loss", "following", "account",
])))]
pub struct Edit {
    /// Its name
    pub id: ConditionId,
    /// The price that arms it
    #[arg(long, value_name = "PRICE", value_parser = trigger, allow_negative_numbers = true)]
    pub trigger: Option<Price>,
    /// Points that the price turns back before the entry
    #[arg(long, value_name = "POINTS", value_parser = turning, allow_negative_numbers = true)]
    pub turning: Option<Price>,
    /// Lots
    #[arg(long = "qty", value_name = "LOTS", value_parser = lots, allow_negative_numbers = true)]
    pub quantity: Option<Quantity>,
    /// Points of profit at which it leaves, or none
    #[arg(long = "tp", value_name = "POINTS", allow_negative_numbers = true)]
    pub take_profit: Option<Points>,
    /// Points of loss at which it leaves, or none
    #[arg(long = "sl", value_name = "POINTS", allow_negative_numbers = true)]
    pub stop_loss: Option<Points>,
    /// Whether the trigger follows new extremes until the entry: --follow or --follow=false
    #[arg(
        long = "follow", value_name = "BOOL", num_args = 0..=1, require_equals = true,
        default_missing_value = "true"
    )]
    pub following: Option<bool>,
    /// An order account
    #[arg(long)]
    pub account: Option<AccountId>,
}

impl Edit {
    /// The terms after the change.
    pub fn apply(&self, terms: &Terms) -> Result<Terms, TermsError> {
        let changed = Terms {
            trigger: self.trigger.unwrap_or(terms.trigger),
            turning: self.turning.unwrap_or(terms.turning),
            quantity: self.quantity.unwrap_or(terms.quantity),
            take_profit: self.take_profit.map_or(terms.take_profit, Points::option),
            stop_loss: self.stop_loss.map_or(terms.stop_loss, Points::option),
            following: self.following.unwrap_or(terms.following),
            account: self.account.or(terms.account),
            ..*terms
        };
        changed.check().map(|()| changed)
    }
}

impl Condition {
    pub(super) fn line(&self) -> Line {
        match self {
            Condition::Add(it) => it.line(),
            Condition::List => Line::new("condition list"),
            Condition::Edit(it) => it.line(),
            Condition::Pause { id } => Line::new("condition pause").word(id),
            Condition::Resume { id } => Line::new("condition resume").word(id),
            Condition::Drop { id, leaving } => {
                Line::new("condition drop").word(id).leaving(*leaving)
            }
        }
    }
}

impl NewCondition {
    fn line(&self) -> Line {
        Line::new("condition add")
            .word(self.action)
            .word(self.item)
            .option("trigger", Some(self.trigger))
            .option("turning", self.turning)
            .option("qty", self.quantity)
            .option("tp", self.take_profit)
            .option("sl", self.stop_loss)
            .flag("follow", self.following)
            .option("id", self.id)
            .option("account", self.account)
    }
}

impl Edit {
    fn line(&self) -> Line {
        let line = Line::new("condition edit")
            .word(self.id)
            .option("trigger", self.trigger)
            .option("turning", self.turning)
            .option("qty", self.quantity)
            .option("tp", self.take_profit)
            .option("sl", self.stop_loss)
            .option("account", self.account);
        match self.following {
            Some(true) => line.flag("follow", true),
            Some(false) => line.flag("follow=false", true),
            None => line,
        }
    }
}
