//! What the user is looking at.

use std::collections::BTreeMap;

use ratatui::layout::Rect;

use crate::keys::Keymap;
use crate::look::Look;
use crate::overlays::Overlay;
use crate::pane::Pane;
use crate::panes::{chart, ladder, log, tape};
use crate::safety::Safety;
use crate::session::Stated;
use crate::toasts::Toasts;
use crate::view::Moment;
use crate::widgets::table::Table;

/// What the user is looking at, and how.
#[derive(Debug)]
pub struct Screen {
    /// Theme and language.
    pub look: Look,
    /// What of them the settings state.
    pub(crate) stated: Stated,
    /// What keys do.
    pub keys: Keymap,
    /// The whole terminal.
    pub area: Rect,
    /// There is no screen to look at: all is told and asked a line at a time, one by one.
    pub is_plain: bool,
    /// The pane that keys go to.
    pub focus: Pane,
    /// The page of the blotter that is shown.
    pub page: Pane,
    /// The pane beside the ladder where there is room for two.
    pub left: Pane,
    /// The focused pane has the whole screen.
    pub is_zoomed: bool,
    /// The item that ladder, chart and tape are of.
    pub item: Option<String>,
    /// What lies over the panes; the last is on top and takes the keys.
    pub overlays: Vec<Overlay>,
    /// Cursor, order and filter of each table.
    pub tables: BTreeMap<Pane, Table>,
    /// The ladder's cursor, centre and lots.
    pub ladder: ladder::State,
    /// The chart's period, place and cursor.
    pub chart: chart::State,
    /// The tape's place.
    pub tape: tape::State,
    /// The log pane's filter.
    pub log: log::State,
    /// Whether order keys act, and how.
    pub safety: Safety,
    /// Whether the kill key twice chooses the third level.
    pub kills_twice: bool,
    /// What was told in passing.
    pub toasts: Toasts,
    /// Our clock at the last event, in nanoseconds.
    pub now: Moment,
    /// The number of the next action.
    pub next_id: u64,
    /// Actions whose answer is awaited, and what they are for.
    pub awaited: BTreeMap<u64, Awaited>,
    /// The commands that the palette offers.
    pub vocabulary: Vec<Entry>,
    /// What was chosen in the palette, newest first.
    pub recent: Vec<String>,
}

/// A command of the command language, as the palette offers it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Entry {
    /// Its words and placeholders, like `order <side> <CODE> <quantity> --limit <PRICE>`.
    pub line: String,
    /// What it does, in a sentence.
    pub help: String,
}

/// What an action is for, so that its answer is shown where it belongs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Awaited {
    /// A toast tells the outcome; the sentence to say when it was done.
    Toast(String),
    /// The form on top closes, or shows the refusal.
    Form,
    /// A line of the kill menu's progress.
    Kill,
    /// The program ends.
    Quit,
}

impl Screen {
    /// A screen of this many columns and rows, disarmed, nothing over it, in the look that the
    /// settings state.
    pub fn new(look: Look, keys: Keymap, (width, height): (u16, u16)) -> Screen {
        Screen {
            stated: Stated::of(&look),
            look,
            keys,
            area: Rect::new(0, 0, width, height),
            is_plain: false,
            focus: Pane::Watchlist,
            page: Pane::Orders,
            left: Pane::Watchlist,
            is_zoomed: false,
            item: None,
            overlays: Vec::new(),
            tables: BTreeMap::new(),
            ladder: ladder::State::default(),
            chart: chart::State::default(),
            tape: tape::State::default(),
            log: log::State::default(),
            safety: Safety::default(),
            kills_twice: true,
            toasts: Toasts::default(),
            now: 0,
            next_id: 1,
            awaited: BTreeMap::new(),
            vocabulary: Vec::new(),
            recent: Vec::new(),
        }
    }

    /// A pane's table.
    pub fn table(&self, pane: Pane) -> std::borrow::Cow<'_, Table> {
        self.tables.get(&pane).map_or_else(Default::default, std::borrow::Cow::Borrowed)
    }

    /// A pane's table, to change it.
    pub fn table_mut(&mut self, pane: Pane) -> &mut Table {
        self.tables.entry(pane).or_default()
    }

    /// Gives a pane the focus, and shows it where it shares its place.
    pub fn focus_on(&mut self, pane: Pane) {
        self.focus = pane;
        if pane.is_blotter() {
            self.page = pane;
        } else if pane != Pane::Ladder {
            self.left = pane;
        }
    }

    /// Commands to carry out, with what their answer is for.
    pub fn perform(&mut self, lines: Vec<String>, awaited: Awaited) -> crate::Action {
        let id = self.number(awaited);
        crate::Action::Perform { id, lines, password: None }
    }

    /// The number of an action whose answer is awaited.
    pub fn number(&mut self, awaited: Awaited) -> u64 {
        let id = self.next_id;
        self.next_id += 1;
        self.awaited.insert(id, awaited);
        id
    }
}
