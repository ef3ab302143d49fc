//! The panes by name.

/// A part of the screen that can have the focus.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Pane {
    /// Registered items and their prices.
    Watchlist,
    /// Support and resistance conditions.
    Conditions,
    /// Processes, sockets, speeds.
    Health,
    /// Candles.
    Chart,
    /// Prices with depth, own orders and one-key entry.
    Ladder,
    /// Time and sales.
    Tape,
    /// Orders.
    Orders,
    /// Fills.
    Fills,
    /// Positions.
    Positions,
    /// Money and margin.
    Account,
    /// Limits and their use.
    Limits,
    /// What the trader must know.
    Alerts,
    /// What the program logs.
    Log,
}

impl Pane {
    /// Every pane, in the order in which Tab goes round.
    pub const ALL: [Pane; 13] = [
        Pane::Watchlist,
        Pane::Conditions,
        Pane::Health,
        Pane::Chart,
        Pane::Ladder,
        Pane::Tape,
        Pane::Orders,
        Pane::Fills,
        Pane::Positions,
        Pane::Account,
        Pane::Limits,
        Pane::Alerts,
        Pane::Log,
    ];

    /// Those that share the blotter's place, one of them shown.
    pub const BLOTTER: [Pane; 7] = [
        Pane::Orders,
        Pane::Fills,
        Pane::Positions,
        Pane::Account,
        Pane::Limits,
        Pane::Alerts,
        Pane::Log,
    ];

    /// Whether it is a page of the blotter.
    pub fn is_blotter(self) -> bool {
        Pane::BLOTTER.contains(&self)
    }

    /// Its word in files: the beginning of its texts' keys, and its name in a saved session.
    pub const fn word(self) -> &'static str {
        match self {
            Pane::Watchlist => "watchlist",
            Pane::Conditions => "conditions",
            Pane::Health => "health",
            Pane::Chart => "chart",
            Pane::Ladder => "ladder",
            Pane::Tape => "tape",
            Pane::Orders => "orders",
            Pane::Fills => "fills",
            Pane::Positions => "positions",
            Pane::Account => "account",
            Pane::Limits => "limits",
            Pane::Alerts => "alerts",
            Pane::Log => "log",
        }
    }
}
