//! Where trades come from: a random market, the exchange's daily file, a file of one's own.
//!
//! Owns reading and generating; a feed is an iterator that never waits and never reads a clock: who
//! takes from it paces by the times of the ticks. Refuses to guess: a line that cannot be read
//! whole is counted and reported, and gives no tick.

mod csv;
mod lines;
mod problems;
mod random;
mod source;
mod taifex;
mod tape;

use std::collections::BTreeSet;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use aftm_domain::catalog::CatalogError;
use aftm_domain::{Catalog, Code, ExchangeTime, Stamp};
use jiff::civil::Date;

pub use aftm_domain::tick::Moment;

pub use self::problems::{PROBLEMS_KEPT, Problem, Problems};
pub use self::random::Random;
pub use self::source::{Source, SourceError};
pub use self::tape::Tape;

/// How the random market behaves; recorded feeds take nothing from here.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The same seed gives the same ticks.
    pub seed: u64,
    /// Where its exchange clock starts.
    pub start: ExchangeTime,
    /// The mean time between two trades of an item out of bursts, on the exchange's clock.
    pub gap_ms: u64,
    /// Whether its clock jumps over the time in which an item does not trade, and its contracts
    /// end; if not, it is always open.
    pub sessions: bool,
    /// After how many ticks it ends; `None` never.
    pub ticks_max: Option<u64>,
    /// The products it knows; `None` takes the built-in ones.
    pub catalog: Option<Arc<Catalog>>,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            seed: 1,
            start: START,
            gap_ms: 250,
            sessions: false,
            ticks_max: None,
            catalog: None,
        }
    }
}

/// 2021-07-26T08:45:00+08:00, the opening of the day session.
const START: ExchangeTime =
    ExchangeTime { at: Stamp(1_627_260_300 * Stamp::SECOND), offset: ExchangeTime::TAIPEI };

/// Why a feed cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum FeedError {
    /// The file is not there, or may not be read.
    #[error("cannot open {}: {error}; name a file that can be read", path.display())]
    Open {
        /// Which file.
        path: PathBuf,
        /// What the system says.
        error: io::Error,
    },
    /// Reading broke off.
    #[error("cannot read {} to its end: {error}; the file is damaged, or its disk: get it anew", path.display())]
    Read {
        /// Which file.
        path: PathBuf,
        /// What the system, or the archive's checksum, says.
        error: io::Error,
    },
    /// Nothing in it.
    #[error("{} is empty; get it anew", path.display())]
    Empty {
        /// Which file.
        path: PathBuf,
    },
    /// It is not the kind of file that was said.
    #[error("{} does not begin as {expected} does, but with {found:?}", path.display())]
    Header {
        /// Which file.
        path: PathBuf,
        /// What was expected.
        expected: &'static str,
        /// How it begins.
        found: String,
    },
    /// A zip archive that is cut off or damaged.
    #[error("{} is not a whole zip archive: {reason}; get it anew", path.display())]
    Zip {
        /// Which file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// A zip archive of something else.
    #[error("{} holds no .csv file; it should hold the exchange's daily file", path.display())]
    NoMember {
        /// Which file.
        path: PathBuf,
    },
    /// Not one line of it is a trade.
    #[error("{} holds no trade: {problems}", path.display())]
    NoTrades {
        /// Which file.
        path: PathBuf,
        /// What its lines are.
        problems: Problems,
    },
    /// More trades than can be held.
    #[error("{} holds more than {max} trades; split it", path.display())]
    TooMany {
        /// Which file.
        path: PathBuf,
        /// The bound.
        max: usize,
    },
    /// The products cannot be read.
    #[error(transparent)]
    Catalog(#[from] CatalogError),
    /// The start of the random market's clock.
    #[error("the random feed cannot start at {start}: {reason}")]
    Start {
        /// What was asked.
        start: ExchangeTime,
        /// What is wrong with it.
        reason: &'static str,
    },
}

/// An open feed: the next moment when asked, in the order of the exchange's time.
#[derive(Debug)]
pub enum Feed {
    /// The random market.
    Random(Box<Random>),
    /// What was recorded.
    Recorded(Box<Tape>),
}

impl Feed {
    /// Opens a feed, reading a file whole; of a file, the trades of `only` are kept, and nothing
    /// else can be watched later. Items that the feed does not have are not an error: `items` tells.
    pub fn open(
        source: &Source,
        settings: &Settings,
        only: Option<&BTreeSet<Code>>,
    ) -> Result<Feed, FeedError> {
        match source {
            Source::Random => {
                let mut random = Random::new(settings)?;
                if only.is_some() {
                    random.watch(only);
                }
                Ok(Feed::Random(Box::new(random)))
            }
            Source::Taifex(path) => taifex::open(path, only).map(Box::new).map(Feed::Recorded),
            Source::Csv(path) => csv::open(path, only).map(Box::new).map(Feed::Recorded),
        }
    }

    /// The feed's date, on which its codes are read: the last date in the exchange's daily file
    /// (its trading day), that of the first trade of a file of one's own, the trading day on which
    /// the random market starts.
    pub fn date(&self) -> Date {
        match self {
            Feed::Random(random) => random.date(),
            Feed::Recorded(tape) => tape.date(),
        }
    }

    /// The exchange's time at which it starts.
    pub fn starts(&self) -> ExchangeTime {
        match self {
            Feed::Random(random) => random.starts(),
            Feed::Recorded(tape) => tape.starts(),
        }
    }

    /// Gives only these from now on; `None` gives what the feed gives by itself. Returns those
    /// that it does not have: not in the file, or in no catalog.
    pub fn watch(&mut self, items: Option<&BTreeSet<Code>>) -> Vec<Code> {
        match self {
            Feed::Random(random) => random.watch(items),
            Feed::Recorded(tape) => tape.watch(items),
        }
    }

    /// What it gives now, by code.
    pub fn items(&self) -> Vec<Code> {
        match self {
            Feed::Random(random) => random.items(),
            Feed::Recorded(tape) => tape.items(),
        }
    }

    /// What was wrong with the file.
    pub fn problems(&self) -> &Problems {
        match self {
            Feed::Random(random) => random.problems(),
            Feed::Recorded(tape) => tape.problems(),
        }
    }

    /// How many moments are still to come, of what is watched now; `None` without end.
    #[allow(clippy::len_without_is_empty)] // It is an iterator: it ends, but is never empty.
    pub fn len(&self) -> Option<u64> {
        match self {
            Feed::Random(random) => random.remaining(),
            Feed::Recorded(tape) => Some(tape.remaining()),
        }
    }

    /// Whether it was recorded: it ends, and waits for whoever takes from it.
    pub const fn is_recorded(&self) -> bool {
        matches!(self, Feed::Recorded(_))
    }
}

impl Iterator for Feed {
    type Item = Moment;

    fn next(&mut self) -> Option<Moment> {
        match self {
            Feed::Random(random) => random.next(),
            Feed::Recorded(tape) => tape.next(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_feed_can_be_given_to_another_thread() {
        fn is_send<T: Send>() {}
        is_send::<Feed>();
    }

    #[test]
    fn the_random_market_starts_at_an_opening() {
        assert_eq!(START.to_string(), "2021-07-26T08:45:00+08:00");
    }
}
