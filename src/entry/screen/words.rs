//! The command language as the palette offers it.

use aftm_ui::screen::Entry;
use clap::{Command, Subcommand as _};

use crate::desk;

/// Every command with its arguments and its help.
pub(super) fn vocabulary() -> Vec<Entry> {
    let mut found = Vec::new();
    let language = desk::Command::augment_subcommands(Command::new(""));
    for command in language.get_subcommands() {
        gather(command, "", &mut found);
    }
    found
}

fn gather(command: &Command, before: &str, found: &mut Vec<Entry>) {
    let path = format!("{before}{}", command.get_name());
    if command.has_subcommands() {
        for below in command.get_subcommands() {
            gather(below, &format!("{path} "), found);
        }
        return;
    }
    let arguments = command.get_arguments().filter(|it| it.get_id() != "help").map(argument);
    let line = std::iter::once(path).chain(arguments).collect::<Vec<_>>().join(" ");
    let help = command.get_about().map(ToString::to_string).unwrap_or_default();
    found.push(Entry { line, help });
}

/// An argument as it is written: a word in angles, an option in brackets.
fn argument(argument: &clap::Arg) -> String {
    let names = argument.get_value_names().unwrap_or_default();
    let value = names.first().map_or_else(|| argument.get_id().as_str(), |it| it.as_str());
    let takes_value = argument.get_action().takes_values();
    let written = match argument.get_long() {
        Some(long) if takes_value => format!("--{long} <{value}>"),
        Some(long) => format!("--{long}"),
        None => format!("<{value}>"),
    };
    if argument.is_required_set() { written } else { format!("[{written}]") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_is_offered_with_its_help() {
        let words = vocabulary();
        let has = |line: &str| words.iter().any(|it| it.line.starts_with(line));
        for line in ["login <", "item add <", "condition pause", "order <", "kill", "quit"] {
            assert!(has(line), "{line}: {words:?}");
        }
        assert!(words.iter().all(|it| !it.help.is_empty()));
    }
}
