//! The terminal: whether the screen can be drawn in it.

use std::io::IsTerminal as _;

use super::{Finding, Verdict};

/// The smallest screen that everything fits on.
const COLUMNS_MIN: u16 = 80;
const ROWS_MIN: u16 = 24;

/// What a terminal says of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Terminal {
    /// Whether input and output are one.
    pub is_terminal: bool,
    /// Columns and rows.
    pub size: Option<(u16, u16)>,
    /// `TERM`.
    pub kind: Option<String>,
    /// The first of `LC_ALL`, `LC_CTYPE` and `LANG` that is set.
    pub locale: Option<String>,
    /// `COLORTERM`.
    pub colors: Option<String>,
    /// `NO_COLOR` is set.
    pub no_color: bool,
}

impl Terminal {
    /// The terminal of this process, with its variables.
    pub fn read(variable: impl Fn(&str) -> Option<String>) -> Terminal {
        let set = |name: &str| variable(name).filter(|it| !it.is_empty());
        Terminal {
            is_terminal: std::io::stdin().is_terminal() && std::io::stdout().is_terminal(),
            size: terminal_size::terminal_size().map(|(columns, rows)| (columns.0, rows.0)),
            kind: set("TERM"),
            locale: ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().find_map(set),
            colors: set("COLORTERM"),
            no_color: set("NO_COLOR").is_some(),
        }
    }

    pub(super) fn findings(&self) -> Vec<Finding> {
        if !self.is_terminal {
            let sentence = "input and output are not a terminal; use aftm run SCRIPT";
            return vec![Finding::new(Verdict::Warn, "terminal", sentence)];
        }
        vec![self.kind(), self.size(), self.locale(), self.colors()]
    }

    fn kind(&self) -> Finding {
        let (verdict, sentence) = match self.kind.as_deref() {
            None => (Verdict::Fail, "TERM is not set, so that nothing can be drawn".to_owned()),
            Some("dumb") => (Verdict::Fail, "TERM is dumb, which cannot be drawn on".to_owned()),
            Some(kind) => (Verdict::Ok, format!("TERM is {kind}")),
        };
        Finding::new(verdict, "terminal", sentence)
    }

    fn size(&self) -> Finding {
        let (verdict, sentence) = match self.size {
            None => (Verdict::Warn, "its size is not known".to_owned()),
            Some((columns, rows)) if columns < COLUMNS_MIN || rows < ROWS_MIN => (
                Verdict::Warn,
                format!("{columns}x{rows} is smaller than {COLUMNS_MIN}x{ROWS_MIN}; panes are cut"),
            ),
            Some((columns, rows)) => (Verdict::Ok, format!("{columns}x{rows}")),
        };
        Finding::new(verdict, "size", sentence)
    }

    fn locale(&self) -> Finding {
        let is_utf8 = |it: &str| {
            let it = it.to_ascii_lowercase();
            it.contains("utf-8") || it.contains("utf8")
        };
        let (verdict, sentence) = match self.locale.as_deref() {
            Some(locale) if is_utf8(locale) => (Verdict::Ok, locale.to_owned()),
            Some(locale) => (
                Verdict::Warn,
                format!("{locale} is not UTF-8, so that lines look broken; set LANG=C.UTF-8"),
            ),
            None => (Verdict::Warn, "none is set; set LANG=C.UTF-8".to_owned()),
        };
        Finding::new(verdict, "locale", sentence)
    }

    fn colors(&self) -> Finding {
        let kind = self.kind.as_deref().unwrap_or_default();
        let sentence = match self.colors.as_deref() {
            _ if self.no_color => "none, because NO_COLOR is set",
            Some("truecolor" | "24bit") => "16 million",
            _ if kind.contains("256color") => "256",
            _ => "16; set COLORTERM=truecolor where the terminal has more",
        };
        Finding::new(Verdict::Ok, "colors", sentence)
    }
}
