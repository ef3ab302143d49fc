//! Reading commands from lines. Nothing here ends the process or prints.

use clap::error::ErrorKind;
use clap::{CommandFactory as _, Parser};

use super::Command;

/// Longer than any command that makes sense.
const LINE_BYTES_MAX: usize = 4_096;

/// Why a line is not a command.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CommandError {
    /// There is nothing on it.
    #[error("the line holds no command")]
    Empty,
    /// A quote that does not end.
    #[error("a quote is opened and not closed")]
    Quote,
    /// Too long.
    #[error("the line is longer than {LINE_BYTES_MAX} bytes")]
    TooLong,
    /// Something is wrong with a word; the sentence names it.
    #[error("{0}")]
    Refused(String),
    /// Only the first half of a command.
    #[error("{command} is incomplete; it goes on with one of {expected}")]
    Incomplete {
        /// What was said.
        command: String,
        /// How it can go on.
        expected: String,
    },
    /// More words after `login` than it takes; they are not repeated, since one may be a password.
    #[error(
        "login takes a user, --production and --password-file; a password is never part of a \
         command line: it is asked for, or read from the file"
    )]
    Password,
    /// Not an error: the help that was asked for.
    #[error("{0}")]
    Help(String),
}

/// Every bad line of a script, with its number from 1; never empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScriptError(pub Vec<(usize, CommandError)>);

impl std::fmt::Display for ScriptError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let lines: Vec<_> =
            self.0.iter().map(|(line, err)| format!("line {line}: {err}")).collect();
        f.write_str(&lines.join("\n"))
    }
}

impl std::error::Error for ScriptError {}

#[derive(Parser)]
#[command(no_binary_name = true, disable_help_subcommand = true, name = "", term_width = 0)]
struct Spoken {
    #[command(subcommand)]
    command: Command,
}

/// Reads one line: a command with the quoting of a shell. `None` where the line is blank or a
/// `#` comment.
pub fn parse_line(line: &str) -> Result<Option<Command>, CommandError> {
    if line.len() > LINE_BYTES_MAX {
        return Err(CommandError::TooLong);
    }
    let words = shell_words::split(line).map_err(|_| CommandError::Quote)?;
    if words.is_empty() {
        return Ok(None);
    }
    match Spoken::try_parse_from(&words) {
        Ok(spoken) => Ok(Some(spoken.command)),
        Err(err) => Err(explain(&err, &words)),
    }
}

/// Reads a whole script, each command with its line from 1, or lists every bad line: nothing runs
/// of a script that has one.
pub fn parse_script(text: &str) -> Result<Vec<(usize, Command)>, ScriptError> {
    let (mut commands, mut errors) = (Vec::new(), Vec::new());
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    for (index, line) in text.lines().enumerate() {
        match parse_line(line) {
            Ok(command) => commands.extend(command.map(|it| (index + 1, it))),
            Err(err) => errors.push((index + 1, err)),
        }
    }
    if errors.is_empty() { Ok(commands) } else { Err(ScriptError(errors)) }
}

fn explain(err: &clap::Error, words: &[String]) -> CommandError {
    let is_login = words.first().is_some_and(|it| it == "login");
    match err.kind() {
        ErrorKind::UnknownArgument | ErrorKind::TooManyValues if is_login => CommandError::Password,
        ErrorKind::DisplayHelp => CommandError::Help(err.render().to_string()),
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand | ErrorKind::MissingSubcommand => {
            CommandError::Incomplete { command: words.join(" "), expected: continuations(words) }
        }
        _ => CommandError::Refused(sentence(&err.render().to_string())),
    }
}

/// How a half command goes on.
fn continuations(words: &[String]) -> String {
    let mut command = Spoken::command();
    for word in words {
        let Some(next) = command.find_subcommand(word).cloned() else { break };
        command = next;
    }
    let names: Vec<_> = command.get_subcommands().map(clap::Command::get_name).collect();
    names.join(", ")
}

/// One sentence from the paragraphs that clap writes for a terminal.
fn sentence(rendered: &str) -> String {
    let said = rendered.split("Usage:").next().unwrap_or_default();
    let said = said.split("For more information").next().unwrap_or_default();
    let said = said.trim().strip_prefix("error: ").unwrap_or(said);
    let paragraph = |it: &str| it.split_whitespace().collect::<Vec<_>>().join(" ");
    let parts: Vec<_> = said.split("\n\n").map(paragraph).filter(|it| !it.is_empty()).collect();
    parts.join("; ").replace("tip: ", "").replace("subcommand", "command")
}
