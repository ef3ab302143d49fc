//! Commands on protections: exits that the gateway keeps for an order or a position.

use aftm_domain::protection::{Aim, Breakeven, Terms};
use aftm_domain::{AccountId, Code, OrderId, Price, Side};
use clap::Args;

use super::line::Line;
use super::words::meant;
use crate::wire::Target;

/// Where a position is closed by itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Args)]
pub struct Exits {
    /// Close with a profit: so many points from the fill, or at @PRICE
    #[arg(long, value_name = "POINTS", allow_negative_numbers = true)]
    pub take_profit: Option<Aim>,
    /// Close with a loss: so many points from the fill, or at @PRICE
    #[arg(long, value_name = "POINTS", allow_negative_numbers = true)]
    pub stop_loss: Option<Aim>,
    /// Let the stop follow the best price at so many points
    #[arg(long, value_name = "POINTS", allow_negative_numbers = true)]
    pub trail: Option<Price>,
    /// Move the stop to the fill after so many points of profit; 12+2 moves it 2 points beyond
    #[arg(long, value_name = "POINTS", allow_negative_numbers = true)]
    pub breakeven: Option<Breakeven>,
}

impl Exits {
    /// As the domain holds them; `None` where nothing is said.
    pub fn terms(&self) -> Option<Terms> {
        let Exits { take_profit, stop_loss, trail, breakeven } = *self;
        Some(Terms { take_profit, stop_loss, trail, breakeven }).filter(|it| !it.is_empty())
    }

    pub(super) fn line(&self, line: Line) -> Line {
        line.option("take-profit", self.take_profit)
            .option("stop-loss", self.stop_loss)
            .option("trail", self.trail)
            .option("breakeven", self.breakeven)
    }
}

/// What is to be done about protections.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Protect {
    /// Show them.
    List {
        /// Those that are over, too.
        all: bool,
    },
    /// Protect no longer.
    Drop(OrderId),
    /// Protect an order or a position, or change how.
    Set {
        /// What is protected.
        what: What,
        /// How.
        exits: Exits,
    },
}

/// What is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// What an order opens, or a protection by its own number.
    Order(OrderId),
    /// What an account holds of an item.
    Position {
        /// Of what.
        item: Code,
        /// Long for buy; where both sides are held.
        side: Option<Side>,
        /// Whose; the one in use where it does not say.
        account: Option<AccountId>,
    },
}

impl What {
    /// As it crosses the wire.
    pub const fn target(self) -> Target {
        match self {
            What::Order(order) => Target::Order { order },
            What::Position { item, side, account } => Target::Position { account, item, side },
        }
    }
}

#[derive(Args)]
struct ProtectSaid {
    /// An order like A12, an item like TXFH1 whose position is meant, `list`, or `drop`
    what: String,
    /// After `drop`: a protection like A13
    protection: Option<OrderId>,
    /// After `list`: those that are over, too
    #[arg(long)]
    all: bool,
    #[command(flatten)]
    exits: Exits,
    /// buy for the long lots, sell for the short ones, where both are held
    #[arg(long)]
    side: Option<Side>,
    /// An order account [default: the one in use]
    #[arg(long)]
    account: Option<AccountId>,
}

meant!(Protect, ProtectSaid, |said| {
    let ProtectSaid { what, protection, all, exits, side, account } = said;
    let is_bare = exits.terms().is_none() && side.is_none() && account.is_none();
    match (what.as_str(), protection) {
        ("list", None) if is_bare => return Ok(Protect::List { all }),
        ("drop", Some(id)) if is_bare && !all => return Ok(Protect::Drop(id)),
        ("drop", None) => return Err("name the protection to drop, like A13".to_owned()),
        ("list" | "drop", _) => return Err(format!("{what} takes no exits")),
        _ => (),
    }
    if all || protection.is_some() {
        return Err("say protect list --all, or protect drop A13".to_owned());
    }
    if exits.terms().is_none() {
        return Err("say --take-profit, --stop-loss, --trail or --breakeven".to_owned());
    }
    let what = match what.parse::<OrderId>() {
        Ok(order) if side.is_none() && account.is_none() => What::Order(order),
        Ok(_) => return Err("an order says its side and account itself".to_owned()),
        Err(_) => {
            let item = what.parse::<Code>().map_err(|error| error.to_string())?;
            What::Position { item, side, account }
        }
    };
    Ok(Protect::Set { what, exits })
});

impl Protect {
    pub(super) fn line(&self) -> Line {
        let line = Line::new("protect");
        match self {
            Protect::List { all } => line.word("list").flag("all", *all),
            Protect::Drop(id) => line.word("drop").word(id),
            Protect::Set { what: What::Order(order), exits } => exits.line(line.word(order)),
            Protect::Set { what: What::Position { item, side, account }, exits } => {
                exits.line(line.word(item)).option("side", *side).option("account", *account)
            }
        }
    }
}

/// Two orders of which one cancels the other.
#[derive(Clone, Debug, PartialEq, Eq, Args)]
pub struct Oco {
    /// A working order like A12
    pub order: OrderId,
    /// The other one
    #[arg(value_name = "ORDER")]
    pub other: OrderId,
}

impl Oco {
    pub(super) fn line(&self) -> Line {
        Line::new("oco").word(self.order).word(self.other)
    }
}
