//! The program: parse, resolve the settings, open one entry, exit with its code.

use std::process::ExitCode;

use aftm::entry::{self, cli::Cli};
use clap::Parser as _;

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => error.exit(),
    };
    entry::open(cli).into()
}
