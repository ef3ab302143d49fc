//! What can be asked of an exchange plug-in.

use std::path::PathBuf;

use clap::{Args, Subcommand};

/// What to do with a plug-in.
#[derive(Clone, Debug, Subcommand)]
pub enum Plugin {
    /// Try a plug-in against the rules of the interface, in a process of its own
    Check(Box<Check>),
    /// Say who a plug-in is and what it can do, without logging in
    Show {
        /// The shared library
        #[arg(value_name = "PATH")]
        path: PathBuf,
        /// Write a JSON object
        #[arg(long)]
        json: bool,
    },
    /// Try a plug-in in this process; started by check and show, with what to do on standard input
    #[command(hide = true)]
    Attempt,
}

/// A check of a plug-in.
#[derive(Clone, Debug, Args)]
pub struct Check {
    /// The shared library
    #[arg(value_name = "PATH")]
    pub path: PathBuf,
    /// An option of the plug-in; may be given often
    #[arg(long = "option", value_name = "KEY=VALUE", value_parser = pair)]
    pub options: Vec<(String, String)>,
    /// Log in as this user, never to production; the password comes from --password-file or
    /// AFTM_PASSWORD, or is asked for [default: nobody logs in]
    #[arg(long, value_name = "NAME")]
    pub user: Option<String>,
    /// A file of mode 0600 whose first line is the password
    #[arg(long, value_name = "FILE", requires = "user")]
    pub password_file: Option<PathBuf>,
    /// A file of mode 0600 with further credentials, key = "value" a line
    #[arg(long, value_name = "FILE", requires = "user")]
    pub credentials: Option<PathBuf>,
    /// Send orders, too; only ever at a simulated or a test venue
    #[arg(long, requires = "user")]
    pub trade: bool,
    /// Fail where the library exports more than its entry
    #[arg(long)]
    pub strict: bool,
    /// Write a JSON object for each step
    #[arg(long)]
    pub json: bool,
    /// How many orders the burst has, 1 to 100000; fewer where the venue limits them
    #[arg(long, value_name = "N", default_value = "10000", help_heading = "How much, how long",
          value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub orders: u32,
    /// How often a session is opened and closed, 1 to 10000
    #[arg(long, value_name = "N", default_value = "100", help_heading = "How much, how long",
          value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub sessions: u32,
    /// How long an answer may take, in milliseconds, 1 to 600000
    #[arg(long, value_name = "MS", default_value = "5000", help_heading = "How much, how long",
          value_parser = clap::value_parser!(u64).range(1..=600_000))]
    pub answer_ms: u64,
    /// How long a closed session is listened to, in milliseconds, 1 to 600000
    #[arg(long, value_name = "MS", default_value = "500", help_heading = "How much, how long",
          value_parser = clap::value_parser!(u64).range(1..=600_000))]
    pub silence_ms: u64,
    /// How long the whole check may take, in seconds, 1 to 86400; then its process is ended
    #[arg(long, value_name = "S", default_value = "300", help_heading = "How much, how long",
          value_parser = clap::value_parser!(u64).range(1..=86_400))]
    pub deadline_s: u64,
}

/// An option of a plug-in as it is written.
fn pair(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((key, value)) if !key.is_empty() => Ok((key.to_owned(), value.to_owned())),
        _ => Err(format!("{text:?} is not of the form KEY=VALUE")),
    }
}

#[cfg(test)]
mod tests {
    use super::super::Cli;
    use clap::Parser as _;

    #[test]
    fn a_check_that_cannot_be_is_a_usage_error() {
        for words in [
            "aftm plugin check",
            "aftm plugin check a.so --option front",
            "aftm plugin check a.so --option =x",
            "aftm plugin check a.so --trade",
            "aftm plugin check a.so --password secret --user me",
            "aftm plugin check a.so --orders 0",
            "aftm plugin show",
        ] {
            let error = Cli::try_parse_from(words.split(' ')).unwrap_err();
            assert_eq!(error.exit_code(), 2, "{words}");
        }
        let words = "aftm plugin check a.so --option a=b=c --option d= --user me --trade --json";
        assert!(Cli::try_parse_from(words.split(' ')).is_ok());
    }
}
