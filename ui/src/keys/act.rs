//! Everything that a key can do. The defaults stand beside it, so that help, hints and the README's
//! table are made from one place.

use crate::pane::Pane;

/// Something that a key can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Act {
    /// Show all keys.
    Help,
    /// Open the command palette.
    Palette,
    /// Open the kill menu.
    Kill,
    /// Ask what to leave behind, then quit.
    Quit,
    /// Go one level up.
    Back,
    /// Focus the next pane.
    FocusNext,
    /// Focus the previous pane.
    FocusPrevious,
    /// Focus the watchlist.
    Pane1,
    /// Focus the conditions.
    Pane2,
    /// Focus the health.
    Pane3,
    /// Focus the chart.
    Pane4,
    /// Focus the ladder.
    Pane5,
    /// Focus the tape.
    Pane6,
    /// Focus the blotter.
    Pane7,
    /// Give the focused pane the whole screen, or take it back.
    Zoom,
    /// Arm the order keys with a preview.
    Arm,
    /// Disarm the order keys.
    Disarm,
    /// Take the next theme.
    NextTheme,
    /// Take the next language.
    NextLanguage,
    /// Swap the colours of up and down.
    SwapColors,
    /// Open the palette at settings.
    Settings,
    /// Show the next item in ladder, chart and tape.
    NextItem,
    /// Show the previous item in ladder, chart and tape.
    PreviousItem,
    /// Do the next step of the setup.
    NextStep,
    /// Write a picture of the screen.
    Screenshot,
    /// Give the terminal back to the shell.
    Suspend,
    /// Draw everything anew.
    Redraw,
    /// Up.
    Up,
    /// Down.
    Down,
    /// Left.
    Left,
    /// Right.
    Right,
    /// A page up.
    PageUp,
    /// A page down.
    PageDown,
    /// To the top.
    Top,
    /// To the bottom.
    Bottom,
    /// Show the row whole, or prefill an order from it.
    Open,
    /// Filter the rows.
    Filter,
    /// Sort by the next column.
    Sort,
    /// Turn the order of the rows round.
    SortReverse,
    /// Write the rows as comma-separated values.
    Save,
    /// Copy the row's name.
    Copy,
    /// The next page of the blotter.
    PageNext,
    /// The previous page of the blotter.
    PagePrevious,
    /// Drop the item.
    ItemDrop,
    /// Register an item.
    ItemAdd,
    /// Make a condition.
    ConditionNew,
    /// Let the condition enter again.
    ConditionResume,
    /// Hold the condition's entry back.
    ConditionPause,
    /// Drop the condition and close what it opened.
    ConditionStop,
    /// Drop the condition.
    ConditionDrop,
    /// Edit the condition.
    ConditionEdit,
    /// Trigger a tick up.
    ConditionUp,
    /// Trigger a tick down.
    ConditionDown,
    /// Cancel the order.
    OrderCancel,
    /// Amend the order.
    OrderAmend,
    /// Protect what the order opens, or change its exits.
    OrderProtect,
    /// Cancel all orders.
    OrdersCancelAll,
    /// Show ended orders, too, or only working ones.
    OrdersAll,
    /// Close the position.
    PositionClose,
    /// Reverse the position.
    PositionReverse,
    /// Protect the position, or change its exits.
    PositionProtect,
    /// Buy at the cursor, limit.
    LadderBuy,
    /// Sell at the cursor, limit.
    LadderSell,
    /// Buy at the best ask, limit.
    LadderBuyAsk,
    /// Sell at the best bid, limit.
    LadderSellBid,
    /// The next buy or sell key sends a market order.
    LadderMarket,
    /// Cancel own orders at the cursor.
    LadderCancelHere,
    /// Cancel own orders on the cursor's side.
    LadderCancelSide,
    /// Close the position in this item.
    LadderFlatten,
    /// Reverse the position in this item.
    LadderReverse,
    /// One lot more.
    LadderMore,
    /// One lot less.
    LadderLess,
    /// Centre on the last price.
    LadderCenter,
    /// A shorter period.
    ChartPeriodLess,
    /// A longer period.
    ChartPeriodMore,
    /// Candles, bars or a line.
    ChartType,
    /// Earlier.
    ChartBack,
    /// Later.
    ChartForward,
    /// To the newest.
    ChartNow,
    /// Show more levels.
    LogMore,
    /// Show fewer levels.
    LogLess,
    /// Choose the targets.
    LogTarget,
}

/// Where a key means something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Context {
    /// Everywhere but in text fields.
    Global,
    /// Where there is something to move in.
    Move,
    /// Every table.
    Table,
    /// Every page of the blotter.
    Blotter,
    /// The watchlist.
    Watchlist,
    /// The conditions.
    Conditions,
    /// The orders.
    Orders,
    /// The positions.
    Positions,
    /// The ladder.
    Ladder,
    /// The chart.
    Chart,
    /// The log.
    Log,
}

/// An act with its name in `keymap.toml` and in the texts (`act.NAME`), its context and its default
/// keys, parted by spaces.
pub(super) const ACTS: &[(Act, &str, Context, &str)] = &[
    (Act::Help, "help", Context::Global, "f1 ?"),
    (Act::Palette, "palette", Context::Global, ": ctrl-p"),
    (Act::Kill, "kill", Context::Global, "f12 K"),
    (Act::Quit, "quit", Context::Global, "q ctrl-c"),
    (Act::Back, "back", Context::Global, "esc"),
    (Act::FocusNext, "focus_next", Context::Global, "tab"),
    (Act::FocusPrevious, "focus_previous", Context::Global, "backtab"),
    (Act::Pane1, "pane_1", Context::Global, "alt-1"),
    (Act::Pane2, "pane_2", Context::Global, "alt-2"),
    (Act::Pane3, "pane_3", Context::Global, "alt-3"),
    (Act::Pane4, "pane_4", Context::Global, "alt-4"),
    (Act::Pane5, "pane_5", Context::Global, "alt-5"),
    (Act::Pane6, "pane_6", Context::Global, "alt-6"),
    (Act::Pane7, "pane_7", Context::Global, "alt-7"),
    (Act::Zoom, "zoom", Context::Global, "z"),
    (Act::Arm, "arm", Context::Global, "a"),
    (Act::Disarm, "disarm", Context::Global, "A"),
    (Act::NextTheme, "next_theme", Context::Global, "T"),
    (Act::NextLanguage, "next_language", Context::Global, "L"),
    (Act::SwapColors, "swap_colors", Context::Global, "U"),
    (Act::Settings, "settings", Context::Global, ","),
    (Act::NextItem, "next_item", Context::Global, ">"),
    (Act::PreviousItem, "previous_item", Context::Global, "<"),
    (Act::NextStep, "next_step", Context::Global, "f2"),
    (Act::Screenshot, "screenshot", Context::Global, "f9"),
    (Act::Suspend, "suspend", Context::Global, "ctrl-z"),
    (Act::Redraw, "redraw", Context::Global, "ctrl-l"),
    (Act::Up, "up", Context::Move, "k up"),
    (Act::Down, "down", Context::Move, "j down"),
    (Act::Left, "left", Context::Move, "h left"),
    (Act::Right, "right", Context::Move, "l right"),
    (Act::PageUp, "page_up", Context::Move, "pageup"),
    (Act::PageDown, "page_down", Context::Move, "pagedown"),
    (Act::Top, "top", Context::Move, "g home"),
    (Act::Bottom, "bottom", Context::Move, "G end"),
    (Act::Open, "open", Context::Table, "enter"),
    (Act::Filter, "filter", Context::Table, "/"),
    (Act::Sort, "sort", Context::Table, "o"),
    (Act::SortReverse, "sort_reverse", Context::Table, "O"),
    (Act::Save, "save", Context::Table, "w"),
    (Act::Copy, "copy", Context::Table, "y"),
    (Act::PageNext, "page_next", Context::Blotter, "]"),
    (Act::PagePrevious, "page_previous", Context::Blotter, "["),
    (Act::ItemDrop, "item_drop", Context::Watchlist, "d"),
    (Act::ItemAdd, "item_add", Context::Watchlist, "i"),
    (Act::ConditionNew, "condition_new", Context::Conditions, "n"),
    (Act::ConditionResume, "condition_resume", Context::Conditions, "s"),
    (Act::ConditionPause, "condition_pause", Context::Conditions, "p"),
    (Act::ConditionStop, "condition_stop", Context::Conditions, "x"),
    (Act::ConditionDrop, "condition_drop", Context::Conditions, "d"),
    (Act::ConditionEdit, "condition_edit", Context::Conditions, "e"),
    (Act::ConditionUp, "condition_up", Context::Conditions, "]"),
    (Act::ConditionDown, "condition_down", Context::Conditions, "["),
    (Act::OrderCancel, "order_cancel", Context::Orders, "c"),
    (Act::OrderAmend, "order_amend", Context::Orders, "e"),
    (Act::OrderProtect, "order_protect", Context::Orders, "p"),
    (Act::OrdersCancelAll, "orders_cancel_all", Context::Orders, "C"),
    (Act::OrdersAll, "orders_all", Context::Orders, "v"),
    (Act::PositionClose, "position_close", Context::Positions, "f"),
    (Act::PositionReverse, "position_reverse", Context::Positions, "r"),
    (Act::PositionProtect, "position_protect", Context::Positions, "p"),
    (Act::LadderBuy, "ladder_buy", Context::Ladder, "b"),
    (Act::LadderSell, "ladder_sell", Context::Ladder, "s"),
    (Act::LadderBuyAsk, "ladder_buy_ask", Context::Ladder, "B"),
    (Act::LadderSellBid, "ladder_sell_bid", Context::Ladder, "S"),
    (Act::LadderMarket, "ladder_market", Context::Ladder, "m"),
    (Act::LadderCancelHere, "ladder_cancel_here", Context::Ladder, "c"),
    (Act::LadderCancelSide, "ladder_cancel_side", Context::Ladder, "C"),
    (Act::LadderFlatten, "ladder_flatten", Context::Ladder, "f"),
    (Act::LadderReverse, "ladder_reverse", Context::Ladder, "r"),
    (Act::LadderMore, "ladder_more", Context::Ladder, "+"),
    (Act::LadderLess, "ladder_less", Context::Ladder, "-"),
    (Act::LadderCenter, "ladder_center", Context::Ladder, "space"),
    (Act::ChartPeriodLess, "chart_period_less", Context::Chart, "h left"),
    (Act::ChartPeriodMore, "chart_period_more", Context::Chart, "l right"),
    (Act::ChartType, "chart_type", Context::Chart, "c"),
    (Act::ChartBack, "chart_back", Context::Chart, "k up pageup"),
    (Act::ChartForward, "chart_forward", Context::Chart, "j down pagedown"),
    (Act::ChartNow, "chart_now", Context::Chart, "G end"),
    (Act::LogMore, "log_more", Context::Log, "+"),
    (Act::LogLess, "log_less", Context::Log, "-"),
    (Act::LogTarget, "log_target", Context::Log, "t"),
];

impl Context {
    /// Every context, in the order of help.
    pub const ALL: [Context; 11] = [
        Context::Global,
        Context::Move,
        Context::Table,
        Context::Blotter,
        Context::Watchlist,
        Context::Conditions,
        Context::Orders,
        Context::Positions,
        Context::Ladder,
        Context::Chart,
        Context::Log,
    ];

    /// Its section in `keymap.toml`.
    pub const fn word(self) -> &'static str {
        match self {
            Context::Global => "global",
            Context::Move => "move",
            Context::Table => "table",
            Context::Blotter => "blotter",
            Context::Watchlist => "watchlist",
            Context::Conditions => "conditions",
            Context::Orders => "orders",
            Context::Positions => "positions",
            Context::Ladder => "ladder",
            Context::Chart => "chart",
            Context::Log => "log",
        }
    }

    /// The contexts of a pane, nearest first. The keys of none of them may mean two things.
    pub const fn of(pane: Pane) -> &'static [Context] {
        match pane {
            Pane::Watchlist => &[Context::Watchlist, Context::Table, Context::Move],
            Pane::Conditions => &[Context::Conditions, Context::Table, Context::Move],
            Pane::Health => &[Context::Table, Context::Move],
            Pane::Chart => &[Context::Chart],
            Pane::Ladder => &[Context::Ladder, Context::Move],
            Pane::Tape => &[Context::Move],
            Pane::Orders => &[Context::Orders, Context::Blotter, Context::Table, Context::Move],
            Pane::Positions => {
                &[Context::Positions, Context::Blotter, Context::Table, Context::Move]
            }
            Pane::Fills | Pane::Account | Pane::Limits | Pane::Alerts => {
                &[Context::Blotter, Context::Table, Context::Move]
            }
            Pane::Log => &[Context::Log, Context::Blotter, Context::Move],
        }
    }
}

impl Act {
    /// Every act, in the order of help.
    pub fn all() -> impl Iterator<Item = Act> {
        ACTS.iter().map(|it| it.0)
    }

    /// Where its keys mean it.
    pub fn context(self) -> Context {
        ACTS.iter().find(|it| it.0 == self).map_or(Context::Global, |it| it.2)
    }

    /// The key of its sentence.
    pub fn text_key(self) -> String {
        format!("act.{}", self.name())
    }

    /// Its name in `keymap.toml` and in the texts.
    pub fn name(self) -> &'static str {
        ACTS.iter().find(|it| it.0 == self).map_or("", |it| it.1)
    }
}
