//! How many colours a terminal has.

use std::str::FromStr;

/// How many colours a terminal has, fewest first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Depth {
    /// None, or none are wanted: the theme `mono`.
    None,
    /// Sixteen, whose looks are the terminal's.
    Ansi16,
    /// 256, of which 240 look the same everywhere.
    Ansi256,
    /// All.
    #[default]
    TrueColor,
}

/// What `--color` says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Wanted {
    /// As many as the terminal has, none where `NO_COLOR` is set.
    #[default]
    Auto,
    /// As many as the terminal has, at least sixteen, whatever `NO_COLOR` says.
    Always,
    /// None.
    Never,
    /// So many, whatever the terminal says.
    Exactly(Depth),
}

impl FromStr for Wanted {
    type Err = String;

    fn from_str(text: &str) -> Result<Wanted, String> {
        match text {
            "auto" => Ok(Wanted::Auto),
            "always" => Ok(Wanted::Always),
            "never" => Ok(Wanted::Never),
            "16" => Ok(Wanted::Exactly(Depth::Ansi16)),
            "256" => Ok(Wanted::Exactly(Depth::Ansi256)),
            "truecolor" => Ok(Wanted::Exactly(Depth::TrueColor)),
            other => {
                Err(format!("color is auto, always, never, 16, 256 or truecolor, not `{other}`"))
            }
        }
    }
}

/// Terminals that show all colours though their name does not say so.
const TRUE_COLOR_TERMS: [&str; 6] = ["kitty", "alacritty", "wezterm", "ghostty", "foot", "contour"];

impl Depth {
    /// How many colours to use: what is wanted, then `NO_COLOR`, `COLORTERM` and `TERM`. Reads
    /// nothing itself: `env` gives a variable's value.
    ///
    /// With `NO_COLOR` set crossterm prints a reset in place of every colour, which takes bold and
    /// reverse away with it. Whoever prints calls `crossterm::style::force_color_output(true)`
    /// first; the colours are left out by the theme that [`Depth::None`] leads to.
    pub fn detect(env: &dyn Fn(&str) -> Option<String>, wanted: Wanted) -> Depth {
        let has = |name| env(name).is_some_and(|it| !it.is_empty());
        match wanted {
            Wanted::Exactly(depth) => depth,
            Wanted::Never => Depth::None,
            Wanted::Auto if has("NO_COLOR") => Depth::None,
            Wanted::Auto => Depth::of_terminal(env),
            Wanted::Always => Depth::of_terminal(env).max(Depth::Ansi16),
        }
    }

    fn of_terminal(env: &dyn Fn(&str) -> Option<String>) -> Depth {
        let value = |name| env(name).unwrap_or_default().to_ascii_lowercase();
        let (term, color_term) = (value("TERM"), value("COLORTERM"));
        let is_known = TRUE_COLOR_TERMS.iter().any(|it| term.contains(it));
        if term == "dumb" {
            Depth::None
        } else if ["truecolor", "24bit"].contains(&color_term.as_str())
            || is_known
            || term.ends_with("-direct")
            || env("WT_SESSION").is_some()
        {
            Depth::TrueColor
        } else if term.is_empty() {
            Depth::None
        } else if term.contains("256") {
            Depth::Ansi256
        } else {
            Depth::Ansi16
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(wanted: &str, variables: &[(&str, &str)], expected: Depth) {
        let env = |name: &str| {
            variables.iter().find(|(it, _)| *it == name).map(|(_, value)| (*value).to_owned())
        };
        assert_eq!(
            Depth::detect(&env, wanted.parse().unwrap()),
            expected,
            "{wanted} {variables:?}"
        );
    }

    #[test]
    fn the_terminal_says_how_many_colors_it_has() {
        check("auto", &[("TERM", "xterm-256color"), ("COLORTERM", "truecolor")], Depth::TrueColor);
        check("auto", &[("TERM", "screen"), ("COLORTERM", "24bit")], Depth::TrueColor);
        check("auto", &[("TERM", "xterm-direct")], Depth::TrueColor);
        check("auto", &[("TERM", "xterm-kitty")], Depth::TrueColor);
        check("auto", &[("WT_SESSION", "1")], Depth::TrueColor);
        check("auto", &[("TERM", "tmux-256color")], Depth::Ansi256);
        check("auto", &[("TERM", "linux")], Depth::Ansi16);
        check("auto", &[("TERM", "dumb"), ("COLORTERM", "truecolor")], Depth::None);
        check("auto", &[], Depth::None);
    }

    #[test]
    fn no_color_is_heard_unless_colors_were_asked_for() {
        let variables = [("TERM", "xterm-256color"), ("NO_COLOR", "1")];
        check("auto", &variables, Depth::None);
        check("always", &variables, Depth::Ansi256);
        check("never", &[("TERM", "xterm-256color")], Depth::None);
        check("auto", &[("TERM", "xterm-256color"), ("NO_COLOR", "")], Depth::Ansi256);
        check("always", &[("TERM", "dumb")], Depth::Ansi16);
    }

    #[test]
    fn a_number_asked_for_is_taken_as_it_is() {
        check("16", &[("COLORTERM", "truecolor"), ("NO_COLOR", "1")], Depth::Ansi16);
        check("256", &[], Depth::Ansi256);
        check("truecolor", &[("TERM", "linux")], Depth::TrueColor);
    }

    #[test]
    fn a_word_that_is_none_is_refused_with_those_that_are() {
        let refusal = "24".parse::<Wanted>().unwrap_err();
        assert_eq!(refusal, "color is auto, always, never, 16, 256 or truecolor, not `24`");
        assert!("".parse::<Wanted>().is_err() && "Auto".parse::<Wanted>().is_err());
    }
}
