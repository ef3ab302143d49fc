//! The pages that share the blotter's place: their tabs are its title.

use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use super::alerts;
use crate::pane::Pane;
use crate::screen::Screen;
use crate::theme::{Glyph, Role};
use crate::view::View;
use crate::widgets::table::Seen;
use crate::widgets::text;

/// Between two tabs.
const BAR: &str = "|";
/// Cells of a border's corners.
const CORNERS: usize = 2;

/// A page's tab.
struct Tab {
    pane: Pane,
    text: String,
}

/// How much the tabs say.
#[derive(Clone, Copy)]
enum Say {
    /// All names and how many rows they have.
    Counts,
    /// All names.
    Names,
    /// The shown page only.
    One,
}

/// The tabs, the shown page in brackets, and its filter.
pub(super) fn title(screen: &Screen, view: &View, pane: Pane, width: u16) -> Line<'static> {
    let mut spans = Vec::new();
    for (at, tab) in fitting(screen, view, pane, width).into_iter().enumerate() {
        if at > 0 {
            spans.push(Span::styled(BAR, style(screen, Role::Border)));
        }
        let role = if tab.pane == pane { Role::TabActive } else { Role::TabInactive };
        spans.push(Span::styled(tab.text, style(screen, role)));
    }
    spans.push(Span::styled(filter(screen, pane), style(screen, Role::TitleFocused)));
    Line::from(spans)
}

fn style(screen: &Screen, role: Role) -> Style {
    screen.look.style(role)
}

/// The page whose tab is at a column of a pane's title.
pub(super) fn page_at(
    screen: &Screen,
    view: &View,
    pane: Pane,
    area: Rect,
    column: u16,
) -> Option<Pane> {
    if !pane.is_blotter() {
        return None;
    }
    let at = usize::from(column.checked_sub(area.x)?).checked_sub(CORNERS / 2)?;
    let mut from = 0;
    for tab in fitting(screen, view, pane, area.width) {
        let until = from + text::width(&tab.text);
        if (from..until).contains(&at) {
            return Some(tab.pane);
        }
        from = until + BAR.len();
    }
    None
}

/// The tabs that say most of those that fit.
fn fitting(screen: &Screen, view: &View, pane: Pane, width: u16) -> Vec<Tab> {
    let room = usize::from(width)
        .saturating_sub(CORNERS)
        .saturating_sub(text::width(&filter(screen, pane)));
    for say in [Say::Counts, Say::Names] {
        let tabs = tabs(screen, view, pane, say);
        let cells: usize = tabs.iter().map(|it| text::width(&it.text) + BAR.len()).sum();
        if cells <= room + BAR.len() {
            return tabs;
        }
    }
    tabs(screen, view, pane, Say::One)
}

fn tabs(screen: &Screen, view: &View, shown: Pane, say: Say) -> Vec<Tab> {
    let tab = |pane: Pane| {
        let name = screen.look.text(&format!("{}.title", pane.word()));
        let count = match say {
            Say::Names if pane != shown => String::new(),
            _ => count(screen, view, pane, shown),
        };
        let text =
            if pane == shown { format!("[{name}{count}]") } else { format!(" {name}{count} ") };
        Tab { pane, text }
    };
    let is_said = |pane: &Pane| !matches!(say, Say::One) || *pane == shown;
    Pane::BLOTTER.into_iter().filter(is_said).map(tab).collect()
}

/// How many rows a page has, as its tab says it. Those of the shown page are counted as they are
/// filtered.
fn count(screen: &Screen, view: &View, pane: Pane, shown: Pane) -> String {
    if pane == shown
        && let Some(listing) = super::listing(pane, screen, view)
        && !screen.table(pane).filter.is_empty()
    {
        let found = Seen::new(screen, view, &*listing).rows.len();
        return format!(" {found}/{}", listing.rows());
    }
    match pane {
        Pane::Orders => {
            let working = view.orders.iter().filter(|it| it.works()).count();
            if pane == shown && screen.table(pane).shows_all {
                return format!(" {working}/{}", view.orders.len());
            }
            format!(" {working}")
        }
        Pane::Fills => format!(" {}", view.fills.len()),
        Pane::Positions => {
            let is_held = |it: &&crate::view::Position| it.long != 0 || it.short != 0;
            format!(" {}", view.positions.iter().filter(is_held).count())
        }
        Pane::Alerts => match alerts::unseen(screen, view) {
            0 => String::new(),
            unseen => format!(" {}{unseen}", screen.look.glyph(Glyph::Bad)),
        },
        _ => String::new(),
    }
}

fn filter(screen: &Screen, pane: Pane) -> String {
    let table = screen.table(pane);
    match (table.is_filtering, table.filter.as_str()) {
        (false, "") => String::new(),
        (false, filter) => format!(" /{filter} "),
        (true, filter) => format!(" /{filter}_ "),
    }
}
