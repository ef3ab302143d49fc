//! How the program ends, for the shell that started it.

use std::process::ExitCode;

/// The exit codes; a script that stops at a command ends with that command's code.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Exit {
    /// Done.
    #[default]
    Ok = 0,
    /// It failed; a taken port, too.
    Failure = 1,
    /// The command line or the script is not understood.
    Usage = 2,
    /// Something is wrong with the settings.
    Configuration = 3,
    /// Not logged in, the venue is away, or no machine is running.
    NotConnected = 4,
    /// Refused by a limit.
    Limit = 5,
    /// Trading is halted.
    Halted = 6,
    /// Interrupted by a signal or a key.
    Interrupted = 130,
}

impl Exit {
    /// Every way to end.
    pub const ALL: [Exit; 8] = [
        Exit::Ok,
        Exit::Failure,
        Exit::Usage,
        Exit::Configuration,
        Exit::NotConnected,
        Exit::Limit,
        Exit::Halted,
        Exit::Interrupted,
    ];

    /// The number that the shell sees.
    pub const fn code(self) -> u8 {
        self as u8
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> ExitCode {
        ExitCode::from(exit.code())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_codes_are_those_that_scripts_rely_on() {
        assert_eq!(Exit::ALL.map(Exit::code), [0, 1, 2, 3, 4, 5, 6, 130]);
    }
}
