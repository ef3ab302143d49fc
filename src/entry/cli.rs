//! The command line of the program, in one place for parsing, help, completion and the manual.

mod plugin;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

use crate::desk::Command;

pub use plugin::{Check, Plugin};

const EXAMPLES: &str = "\
Examples:
  aftm --plain
  aftm run day.aftm --feed taifex:Daily_2021_07_26.zip --speed max
  aftm replay csv:ticks.csv --conditions conditions.toml --plot equity.svg
  aftm ctl order buy TXFH1 1 --limit 17300
  aftm config show --origin
  aftm theme preview daylight
  aftm plugin check ./libmybroker.so --user me

Exit codes:
  0 done  1 failed  2 usage  3 configuration  4 not connected  5 refused by a limit
  6 halted  130 interrupted

Settings: built-in defaults, then the settings file, the .env file, the environment, flags.
`aftm config path` names the file; every key is also a variable, AFTM_SECTION__KEY.";

/// Trade futures from the terminal. With no entry named, opens the full screen
#[derive(Debug, Parser)]
#[command(name = "aftm", version, after_help = EXAMPLES)]
pub struct Cli {
    /// The numbered menu as lines instead of the screen: for screen readers, scripts and terminals
    /// that draw nothing
    #[arg(long)]
    pub plain: bool,
    /// What the flags state.
    #[command(flatten)]
    pub flags: Flags,
    /// What to do; `None` opens the screen.
    #[command(subcommand)]
    pub entry: Option<Entry>,
}

/// Flags that state settings, for every entry.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Settings")]
pub struct Flags {
    /// Settings file, instead of config.toml in the config folder
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// File of variables, instead of .env in the config folder
    #[arg(long, global = true, value_name = "FILE")]
    pub env_file: Option<PathBuf>,
    /// One setting, like gateway.tick_port=0; may be given often
    #[arg(long = "set", global = true, value_name = "KEY=VALUE")]
    pub sets: Vec<String>,
    /// Where ticks come from: random, taifex:PATH, csv:PATH, or venue for the market of a plug-in
    #[arg(id = "feed_source", long = "feed", global = true, value_name = "FEED")]
    pub feed: Option<String>,
    /// Times real time, or max
    #[arg(id = "feed_speed", long = "speed", global = true, value_name = "N|max")]
    pub speed: Option<String>,
    /// Colors: as the terminal says, always, never, or so many
    #[arg(id = "screen_color", long = "color", global = true, value_name = "WHEN",
          value_parser = ["auto", "always", "never", "16", "256", "truecolor"])]
    pub color: Option<String>,
}

impl Flags {
    /// The flags of their own as settings: flag, key, value. The settings check the values.
    pub fn stated(&self) -> Vec<(&'static str, &'static str, String)> {
        let feed = self.feed.clone().map(|it| ("--feed", "feed.source", it));
        let speed = self.speed.clone().map(|it| ("--speed", "feed.speed", it));
        let color = self.color.clone().map(|it| ("--color", "screen.color", it));
        feed.into_iter().chain(speed).chain(color).collect()
    }
}

/// The ways into the program.
#[derive(Debug, Subcommand)]
pub enum Entry {
    /// Run the machine without a screen, by a script of commands
    Run {
        /// A file with a command a line and # comments; - reads standard input
        #[arg(value_name = "SCRIPT|-")]
        script: PathBuf,
    },
    /// Run conditions over a feed in one process, and report what they would have traded
    Replay(Replay),
    /// Send a command to a machine that is running
    Ctl {
        /// The command
        #[command(subcommand)]
        command: Command,
    },
    /// Show, check or create the settings
    #[command(subcommand)]
    Config(Config),
    /// Make, list or revoke the keys of programs that may signal and order over TCP
    #[command(subcommand)]
    Key(Key),
    /// Check terminal, ports, folders, settings, plug-ins and clock
    Doctor,
    /// Write records from the journal, while the machine runs or not
    Export(Export),
    /// Check that the journal is whole and that nobody changed it
    Verify {
        /// Another file than the journal of the data folder, such as a backup
        file: Option<PathBuf>,
    },
    /// Copy the journal, while the machine runs or not, and check the copy
    Backup {
        /// Where to; a file that is there is left as it is
        file: PathBuf,
    },
    /// Write a completion script to standard output
    Completions {
        /// For which shell
        shell: Shell,
    },
    /// Write the manual page to standard output, or every page to a folder
    Man {
        /// A folder for a page of each command
        #[arg(long, value_name = "FOLDER")]
        dir: Option<PathBuf>,
    },
    /// List the keys in effect, or everything that is wrong with keymap.toml
    Keys,
    /// List, check or preview themes
    #[command(subcommand)]
    Theme(Theme),
    /// Check an exchange plug-in, or say what it is
    #[command(subcommand)]
    Plugin(Plugin),
    /// Run the strategy; started by the machine, with its endpoints on standard input
    #[command(hide = true)]
    Strategy,
    /// Run the executor; started by the machine, with its endpoints on standard input
    #[command(hide = true)]
    Executor,
    /// Run the exchange's plug-in; started by the machine, with its stream as standard input
    #[command(hide = true)]
    Venue,
    /// Rehearse faults on the simulated exchange, in a home of its own, and see the machine cope
    #[command(subcommand)]
    Rehearse(Rehearse),
    /// Measure the machine beside a chain of sockets that does nothing
    Bench {
        /// What to measure [default: everything]
        what: Option<Bench>,
        /// How often both sides of a comparison take turns; more of them tell smaller differences
        #[arg(long, value_name = "COUNT", default_value_t = 20,
              value_parser = clap::value_parser!(u16).range(20..=1_000))]
        pairs: u16,
    },
}

/// A replay of conditions over a feed.
#[derive(Clone, Debug, Args)]
pub struct Replay {
    /// Where ticks come from: taifex:PATH, csv:PATH, or random, of which 100000 ticks are taken
    #[arg(value_name = "FEED")]
    pub source: String,
    /// A file of conditions, in TOML
    #[arg(long, value_name = "FILE")]
    pub conditions: PathBuf,
    /// Codes parted by commas, or all [default: those of the conditions]
    #[arg(long, value_name = "CODES|all")]
    pub items: Option<Items>,
    /// Write each signal as a JSON line
    #[arg(long, value_name = "FILE")]
    pub signals: Option<PathBuf>,
    /// Write each fill as a JSON line
    #[arg(long, value_name = "FILE")]
    pub fills: Option<PathBuf>,
    /// Report as JSON
    #[arg(long)]
    pub json: bool,
    /// Draw the equity curve as SVG
    #[arg(long, value_name = "FILE")]
    pub plot: Option<PathBuf>,
    /// The account of conditions that name none
    #[arg(long, default_value = "SIM-1")]
    pub account: aftm_domain::AccountId,
}

/// The items whose ticks a replay takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Items {
    /// All of the feed.
    All,
    /// These; at least one.
    These(Vec<aftm_domain::Code>),
}

impl std::str::FromStr for Items {
    type Err = aftm_domain::IdError;

    fn from_str(text: &str) -> Result<Items, aftm_domain::IdError> {
        match text {
            "all" => Ok(Items::All),
            _ => text.split(',').map(str::parse).collect::<Result<_, _>>().map(Items::These),
        }
    }
}

/// What to do with the settings.
#[derive(Clone, Debug, PartialEq, Eq, Subcommand)]
pub enum Config {
    /// Show the settings in force as a settings file
    Show {
        /// Say where each value was stated
        #[arg(long)]
        origin: bool,
    },
    /// List everything that is wrong with the settings
    Check,
    /// Write the commented defaults to the config folder, unless there is a file
    Init,
    /// Name the settings file
    Path,
}

/// What to do with keys.
#[derive(Clone, Debug, PartialEq, Eq, Subcommand)]
pub enum Key {
    /// Make a key for a program: the file that it shows, and the server's public key
    New {
        /// What to call it
        #[arg(value_name = "NAME")]
        name: String,
        /// On which ports it is good: orders, signals, ticks [default: all of them]
        #[arg(long, value_name = "PORTS", value_delimiter = ',',
              value_parser = ["orders", "signals", "ticks"])]
        good_for: Vec<String>,
    },
    /// List the keys that are good, and the server's
    List,
    /// Let a program in no longer, from now on
    Revoke {
        /// Which one
        #[arg(value_name = "NAME")]
        name: String,
    },
}

/// What to do with themes.
#[derive(Clone, Debug, PartialEq, Eq, Subcommand)]
pub enum Theme {
    /// List the themes that can be chosen
    List,
    /// Say whether a file can be used as a theme
    Check {
        /// A theme in TOML
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
    /// Draw a made-up moment to standard output in a theme
    Preview {
        /// A theme by its name [default: the one in use]
        #[arg(value_name = "NAME")]
        name: Option<String>,
    },
}

/// The faults that can be rehearsed.
#[derive(Clone, Debug, PartialEq, Eq, Subcommand)]
pub enum Rehearse {
    /// The exchange cuts the line, and it comes back
    Disconnect,
    /// The exchange answers late
    Slow,
    /// The exchange rejects every second order
    Reject,
    /// Each child is killed once
    KillChild,
    /// A busy day, and kill -9 of any process again and again
    Kills {
        /// How many
        #[arg(long, default_value_t = 100)]
        count: u64,
        /// Chooses whom and when; the same seed chooses the same
        #[arg(long, default_value_t = 1)]
        seed: u64,
    },
    /// Malformed messages on each port, while a lawful client goes on
    Garbage {
        /// How many
        #[arg(long, default_value_t = 10_000)]
        count: u64,
        /// Chooses what is sent; the same seed chooses the same
        #[arg(long, default_value_t = 1)]
        seed: u64,
    },
    /// Whoever throws it; started by the rehearsal
    #[command(hide = true)]
    GarbageThrower,
}

/// What can be measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Bench {
    /// From a tick to the call of the venue, through three processes
    Chain,
    /// An order's round trip
    Orders,
    /// What all limits and checks take of an order's round trip
    Limits,
    /// An order's round trip over a port with keys, beside one without
    Curve,
    /// The kill switch: the last order, the last cancel, and the next machine
    Kill,
    /// An order's round trip through an exchange plug-in, here and in a process of its own
    Venue,
    /// A tick in the strategy, with many conditions
    Ticks,
    /// A replay of the feed that is set
    Replay,
    /// A process of the chain that does nothing; started by the bench
    #[value(hide = true)]
    BareStrategy,
    /// A process of the chain that does nothing; started by the bench
    #[value(hide = true)]
    BareExecutor,
}

/// Records from the journal.
#[derive(Clone, Debug, Args)]
pub struct Export {
    /// Which records
    pub what: Records,
    /// Only those from this time on, like 2021-07-26T08:45:00+08:00
    #[arg(long, value_name = "TIME")]
    pub since: Option<aftm_domain::ExchangeTime>,
    /// How they are written
    #[arg(long, default_value = "jsonl")]
    pub format: Format,
    /// A file instead of standard output
    #[arg(long, value_name = "FILE")]
    pub output: Option<PathBuf>,
}

/// Which records of the journal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Records {
    /// Orders with their state
    Orders,
    /// Fills
    Fills,
    /// Conditions with their state
    Conditions,
    /// Who asked for what, when, and what came of it: every fact of the journal
    Audit,
    /// What happened beside orders and signals: sessions, connections, halts, conditions, alerts
    Events,
}

/// How records are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// A JSON object a line
    Jsonl,
    /// Comma-separated values with a header
    Csv,
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;

    #[test]
    fn the_definition_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn flags_may_stand_before_and_after_the_entry() {
        for words in ["aftm --feed csv:a run x", "aftm run x --feed csv:a"] {
            let cli = Cli::try_parse_from(words.split(' ')).unwrap();
            assert_eq!(cli.flags.stated(), [("--feed", "feed.source", "csv:a".to_owned())]);
            assert!(matches!(cli.entry, Some(Entry::Run { .. })));
        }
        assert!(Cli::try_parse_from(["aftm"]).unwrap().entry.is_none());
        assert!(Cli::try_parse_from(["aftm", "--plain"]).unwrap().plain);
    }

    #[test]
    fn the_command_language_stands_under_ctl() {
        let words = "aftm ctl order buy TXFH1 1 --limit 17300 --set feed.speed=max";
        let cli = Cli::try_parse_from(words.split(' ')).unwrap();
        let Some(Entry::Ctl { command }) = cli.entry else { panic!("not ctl") };
        assert_eq!(command.to_line(), "order buy TXFH1 1 --limit 17300");
        assert_eq!(cli.flags.sets, ["feed.speed=max"]);
    }

    #[test]
    fn colors_are_a_flag_of_every_entry() {
        for words in ["aftm --color never", "aftm theme preview mono --color never"] {
            let cli = Cli::try_parse_from(words.split(' ')).unwrap();
            assert_eq!(cli.flags.stated(), [("--color", "screen.color", "never".to_owned())]);
        }
        let error = Cli::try_parse_from(["aftm", "--color", "red"]).unwrap_err();
        assert_eq!(error.exit_code(), 2);
    }

    #[test]
    fn a_replay_names_its_feed_apart_from_the_flag() {
        let words = "aftm replay csv:t.csv --conditions c.toml --items TXFH1,MXFH1 --json";
        let cli = Cli::try_parse_from(words.split(' ')).unwrap();
        let Some(Entry::Replay(replay)) = cli.entry else { panic!("not replay") };
        assert_eq!((replay.source.as_str(), replay.account.as_str()), ("csv:t.csv", "SIM-1"));
        let Some(Items::These(codes)) = replay.items else { panic!("no codes") };
        assert_eq!(codes.len(), 2);
        assert_eq!("all".parse::<Items>().unwrap(), Items::All);
        assert!("TXFH1,,".parse::<Items>().is_err());
        assert_eq!(cli.flags.feed, None);
    }

    #[test]
    fn a_wrong_word_is_a_usage_error() {
        for words in [
            "aftm export quotes",
            "aftm replay random",
            "aftm ctl ordr",
            "aftm export fills --since yesterday",
        ] {
            let error = Cli::try_parse_from(words.split(' ')).unwrap_err();
            assert_eq!(error.exit_code(), 2, "{words}");
        }
    }
}
