//! Waiting, for scripts.

use std::time::Duration;

use clap::{Args, ValueEnum};

use super::line::Line;
use super::words::{duration, meant, show_duration};

/// Waits until something holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wait {
    /// What must hold.
    pub until: Until,
    /// How long at most; `None` for as long as it takes.
    pub timeout: Option<Duration>,
}

/// What a script can wait for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Until {
    /// Every component runs.
    Running,
    /// A tick came since the machine started: the simulated exchange has a price.
    Tick,
    /// There were at least so many fills since the machine started.
    Fills(u64),
    /// The feed has come to its end and everything that follows from it is done.
    FeedEnd,
    /// There is no open position.
    Flat,
    /// There is no working order.
    OrdersDone,
}

#[derive(Clone, Copy, ValueEnum)]
enum What {
    /// Every component runs
    Running,
    /// An item traded: there is a price
    Tick,
    /// There were so many fills
    Fills,
    /// The feed has come to its end
    FeedEnd,
    /// There is no open position
    Flat,
    /// There is no working order
    OrdersDone,
}

#[derive(Args)]
struct WaitSaid {
    /// What must hold
    #[arg(value_name = "CONDITION")]
    what: What,
    /// How many fills, after `fills` alone
    count: Option<u64>,
    /// How long at most, like 30s, 500ms or 2m [default: as long as it takes]
    #[arg(long, value_name = "DURATION", value_parser = duration, allow_hyphen_values = true)]
    timeout: Option<Duration>,
}

meant!(Wait, WaitSaid, |said| {
    let until = match (said.what, said.count) {
        (What::Fills, Some(count)) => Until::Fills(count),
        (What::Fills, None) => return Err("say how many fills, like wait fills 4".to_owned()),
        (_, Some(count)) => {
            return Err(format!("only fills are counted; {count} is too much here"));
        }
        (What::Running, None) => Until::Running,
        (What::Tick, None) => Until::Tick,
        (What::FeedEnd, None) => Until::FeedEnd,
        (What::Flat, None) => Until::Flat,
        (What::OrdersDone, None) => Until::OrdersDone,
    };
    Ok(Wait { until, timeout: said.timeout })
});

impl Wait {
    pub(super) fn line(&self) -> Line {
        let line = Line::new("wait");
        let line = match self.until {
            Until::Running => line.word("running"),
            Until::Tick => line.word("tick"),
            Until::Fills(count) => line.word("fills").word(count),
            Until::FeedEnd => line.word("feed-end"),
            Until::Flat => line.word("flat"),
            Until::OrdersDone => line.word("orders-done"),
        };
        line.option("timeout", self.timeout.map(show_duration))
    }
}
