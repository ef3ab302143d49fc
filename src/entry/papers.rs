//! Completion scripts and manual pages, made from the one definition of the command line.

use std::io::{self, Write};
use std::path::Path;

use clap::CommandFactory as _;
use clap_complete::Shell;

use super::cli::Cli;

/// Writes the completion script of a shell; the words under `ctl` are the command language.
pub fn completions(shell: Shell, out: &mut dyn Write) -> io::Result<()> {
    // clap_complete panics where its writer fails, as a closed pipe does; memory never does.
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "aftm", &mut script);
    out.write_all(&script)
}

/// Writes the manual page of the program, or with a folder a page of every command into it.
pub fn manual(folder: Option<&Path>, out: &mut dyn Write) -> io::Result<()> {
    match folder {
        Some(folder) => {
            std::fs::create_dir_all(folder)?;
            clap_mangen::generate_to(Cli::command(), folder)
        }
        None => clap_mangen::Man::new(Cli::command()).render(out),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn completion_knows_the_command_language() {
        for shell in [Shell::Bash, Shell::Zsh, Shell::Fish, Shell::PowerShell, Shell::Elvish] {
            let mut script = Vec::new();
            completions(shell, &mut script).unwrap();
            let script = String::from_utf8(script).unwrap();
            for word in ["rearm", "password-file", "abandon", "day-trade"] {
                assert!(script.contains(word), "{shell}: {word}");
            }
        }
    }

    #[test]
    fn every_command_has_a_manual_page() {
        let folder = tempfile::tempdir().unwrap();
        manual(Some(folder.path()), &mut Vec::new()).unwrap();
        for page in ["aftm.1", "aftm-replay.1", "aftm-ctl-order.1", "aftm-ctl-condition-add.1"] {
            assert!(folder.path().join(page).is_file(), "{page}");
        }
        let mut page = Vec::new();
        manual(None, &mut page).unwrap();
        assert!(String::from_utf8(page).unwrap().contains("Exit codes"));
    }
}
