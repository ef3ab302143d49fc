//! The command language: everything that a person can do, defined once for scripts, the palette,
//! `aftm ctl`, help and completion.
//!
//! Owns the words, their types and their text form, which reads back as the same command. Refuses
//! passwords: they never are part of a command line.

mod condition;
mod line;
mod order;
mod protect;
mod scope;
mod script;
mod wait;
mod words;

use std::fmt;
use std::path::PathBuf;

use aftm_domain::{AccountId, Code, UserId};
use clap::{Args, Subcommand};

pub use condition::{Condition, Edit, NewCondition};
pub use order::{Amend, Cancel, Order};
pub use protect::{Exits, Oco, Protect, What};
pub use scope::Scope;
pub use script::{CommandError, ScriptError, parse_line, parse_script};
pub use wait::{Until, Wait};
pub use words::{Leaving, Points, Reason};

use line::Line;

/// Everything that a person can do. The comments are its help.
#[derive(Clone, Debug, PartialEq, Eq, Subcommand)]
pub enum Command {
    /// Log in at the venue; the password is asked for, or read from a file
    Login(Login),
    /// Log out at the venue
    Logout,
    /// Show the contracts that the venue offers, or one of them
    Futures {
        /// One contract, like TXFH1
        code: Option<Code>,
    },
    /// Choose the items whose ticks are taken
    #[command(subcommand)]
    Item(Item),
    /// Show the order accounts
    Accounts,
    /// Choose the order account
    #[command(subcommand)]
    Account(Account),
    /// Show positions
    Positions {
        /// Of one item only
        code: Option<Code>,
    },
    /// Show working orders
    Orders {
        /// Those that are over, too
        #[arg(long)]
        all: bool,
    },
    /// Show fills
    Fills,
    /// Manage the conditions that the strategy trades by
    #[command(subcommand)]
    Condition(Condition),
    /// Send an order, with exits of its own where it names any
    Order(Order),
    /// Protect an order or a position with exits that survive a restart, show or drop protections
    Protect(Protect),
    /// Let each of two working orders cancel the other, as far as it is filled
    Oco(Oco),
    /// Cancel an order or a protection, or all orders
    Cancel(Cancel),
    /// Change the quantity or the price of a working order
    Amend(Amend),
    /// Close positions at the market
    Flatten {
        /// Of one item only
        code: Option<Code>,
    },
    /// Start serving, strategy and executor
    Start,
    /// Stop executor, strategy and serving
    Stop {
        /// What becomes of positions that conditions opened
        #[command(flatten)]
        leaving: Leaving,
    },
    /// Show the state of every component
    Status,
    /// Wait until something holds
    Wait(Wait),
    /// Halt trading and cancel every order
    Kill {
        /// Close all positions, too
        #[arg(long)]
        flatten: bool,
        /// Why, for the audit trail
        #[arg(long)]
        reason: Reason,
        /// What it holds for; everything where it does not say
        #[command(flatten)]
        scope: Scope,
    },
    /// Take only orders that make a position smaller
    Reduce {
        /// Why, for the audit trail
        #[arg(long)]
        reason: Reason,
        /// What it holds for; everything where it does not say
        #[command(flatten)]
        scope: Scope,
    },
    /// Trade again after a halt: first what makes positions smaller, said once more everything
    Rearm {
        /// Why, for the audit trail
        #[arg(long)]
        reason: Reason,
        /// Though the halt has not canceled and closed everything
        #[arg(long)]
        force: bool,
        /// What it holds for; everything where it does not say
        #[command(flatten)]
        scope: Scope,
    },
    /// Stop the machine and leave
    #[command(visible_alias = "exit")]
    Quit {
        /// What becomes of positions that conditions opened
        #[command(flatten)]
        leaving: Leaving,
    },
}

/// Who logs in.
#[derive(Clone, Debug, PartialEq, Eq, Args)]
pub struct Login {
    /// Who logs in; the simulator knows `demo`
    pub user: UserId,
    /// At the production venue instead of its test venue
    #[arg(long)]
    pub production: bool,
    /// A file of mode 0600 whose first line is the password
    #[arg(long, value_name = "FILE", value_parser = words::path)]
    pub password_file: Option<PathBuf>,
}

/// The items whose ticks are taken.
#[derive(Clone, Debug, PartialEq, Eq, Subcommand)]
pub enum Item {
    /// Take ticks of these items
    Add {
        /// Contracts like TXFH1
        #[arg(required = true, value_name = "CODE")]
        codes: Vec<Code>,
    },
    /// Take no ticks of these items any more
    Drop {
        /// Contracts like TXFH1
        #[arg(required = true, value_name = "CODE")]
        codes: Vec<Code>,
    },
    /// Show the items
    List,
}

/// The order account.
#[derive(Clone, Debug, PartialEq, Eq, Subcommand)]
pub enum Account {
    /// Trade in this account from now on
    Use {
        /// An order account like SIM-1
        account: AccountId,
    },
}

impl Command {
    /// The command as a line that reads back as the same command.
    pub fn to_line(&self) -> String {
        match self {
            Command::Login(it) => Line::new("login")
                .word(it.user)
                .flag("production", it.production)
                .option("password-file", it.password_file.as_ref().map(|it| it.display())),
            Command::Logout => Line::new("logout"),
            Command::Futures { code } => Line::new("futures").words(code),
            Command::Item(Item::Add { codes }) => Line::new("item add").words(codes),
            Command::Item(Item::Drop { codes }) => Line::new("item drop").words(codes),
            Command::Item(Item::List) => Line::new("item list"),
            Command::Accounts => Line::new("accounts"),
            Command::Account(Account::Use { account }) => Line::new("account use").word(account),
            Command::Positions { code } => Line::new("positions").words(code),
            Command::Orders { all } => Line::new("orders").flag("all", *all),
            Command::Fills => Line::new("fills"),
            Command::Condition(it) => it.line(),
            Command::Order(it) => it.line(),
            Command::Protect(it) => it.line(),
            Command::Oco(it) => it.line(),
            Command::Cancel(it) => it.line(),
            Command::Amend(it) => it.line(),
            Command::Flatten { code } => Line::new("flatten").words(code),
            Command::Start => Line::new("start"),
            Command::Stop { leaving } => Line::new("stop").leaving(*leaving),
            Command::Status => Line::new("status"),
            Command::Wait(it) => it.line(),
            Command::Kill { flatten, reason, scope } => Line::new("kill")
                .flag("flatten", *flatten)
                .option("reason", Some(reason))
                .scope(*scope),
            Command::Reduce { reason, scope } => {
                Line::new("reduce").option("reason", Some(reason)).scope(*scope)
            }
            Command::Rearm { reason, force, scope } => Line::new("rearm")
                .flag("force", *force)
                .option("reason", Some(reason))
                .scope(*scope),
            Command::Quit { leaving } => Line::new("quit").leaving(*leaving),
        }
        .finish()
    }
}

impl fmt::Display for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_line())
    }
}

impl std::str::FromStr for Command {
    type Err = CommandError;

    /// A line that is empty or a comment is an error here; see [`parse_line`].
    fn from_str(text: &str) -> Result<Command, CommandError> {
        parse_line(text)?.ok_or(CommandError::Empty)
    }
}

#[cfg(test)]
mod tests;
