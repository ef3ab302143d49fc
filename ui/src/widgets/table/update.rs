//! What keys do in every table.

use ratatui::layout::Rect;

use super::Seen;
use super::draw::{first, fits};
use super::plan::plan;
use super::sheet::{Cell, Context, Listing};
use crate::action::Action;
use crate::keys::Act;
use crate::layout::layout;
use crate::pane::Pane;
use crate::screen::{Awaited, Screen};
use crate::toasts::Kind;
use crate::view::View;

/// Cells of a pane's border, both sides.
const BORDER: u16 = 2;

/// Does what a key means in every table. `None` is for what it does not know.
pub fn update(
    screen: &mut Screen,
    view: &View,
    listing: &dyn Listing,
    act: Act,
) -> Option<Vec<Action>> {
    let pane = listing.pane();
    let page = fits(inner(screen, pane)).max(1);
    match act {
        Act::Up => go(screen, view, listing, |it, _| it.saturating_sub(1)),
        Act::Down => go(screen, view, listing, |it, _| it + 1),
        Act::PageUp => go(screen, view, listing, |it, _| it.saturating_sub(page)),
        Act::PageDown => go(screen, view, listing, |it, _| it + page),
        Act::Top => go(screen, view, listing, |_, _| 0),
        Act::Bottom => go(screen, view, listing, |_, last| last),
        Act::Sort => screen.table_mut(pane).sort_by_next(listing),
        Act::SortReverse => screen.table_mut(pane).turn(listing),
        Act::Filter => screen.table_mut(pane).is_filtering = true,
        Act::Save => return Some(vec![save(screen, view, listing)]),
        Act::Copy => return Some(copy(screen, view, listing)),
        _ => return None,
    }
    Some(Vec::new())
}

/// Moves the cursor from its place to another one, at most the last.
fn go(
    screen: &mut Screen,
    view: &View,
    listing: &dyn Listing,
    step: impl Fn(usize, usize) -> usize,
) {
    let seen = Seen::new(screen, view, listing);
    let Some(last) = seen.rows.len().checked_sub(1) else { return };
    let table = screen.table(listing.pane());
    // A row that is gone was replaced by the one that followed it: no step leads there.
    let place = seen.cursor.map_or(table.place.min(last), |it| step(it, last).min(last));
    screen.table_mut(listing.pane()).put(listing, &seen, place);
}

/// Ties the cursor to the row that it is shown on, so that rows which come later do not push
/// another one under it. To be called when the view has changed.
pub fn settle(screen: &mut Screen, view: &View, listing: &dyn Listing) {
    let seen = Seen::new(screen, view, listing);
    if let Some(place) = seen.cursor {
        screen.table_mut(listing.pane()).put(listing, &seen, place);
    }
}

/// Puts the cursor on the row that is shown in a line of the terminal. False where there is none.
pub fn select(
    screen: &mut Screen,
    view: &View,
    listing: &dyn Listing,
    area: Rect,
    line: u16,
) -> bool {
    let seen = Seen::new(screen, view, listing);
    let inner = shrunk(area);
    let fits = fits(inner);
    let header = usize::from(inner.height).saturating_sub(fits);
    let Some(at) = line.checked_sub(inner.y).and_then(|it| usize::from(it).checked_sub(header))
    else {
        return false;
    };
    let place = first(&screen.table(listing.pane()), &seen, fits) + at;
    let is_row = at < fits && place < seen.rows.len();
    if is_row {
        screen.table_mut(listing.pane()).put(listing, &seen, place);
    }
    is_row
}

/// The name goes to the terminal's clipboard; whether the terminal takes it is not told.
fn copy(screen: &mut Screen, view: &View, listing: &dyn Listing) -> Vec<Action> {
    let row = Seen::new(screen, view, listing).row();
    let Some(name) = row.map(|it| listing.id(it).into_owned()) else { return Vec::new() };
    let text = screen.look.fill("table.copied", &[("name", &name)]);
    screen.toasts.push(Kind::Info, text);
    vec![Action::Copy(name)]
}

/// All rows that the filter lets through, with the columns that are shown.
fn save(screen: &mut Screen, view: &View, listing: &dyn Listing) -> Action {
    let pane = listing.pane();
    let columns = columns(screen, view, listing);
    let seen = Seen::new(screen, view, listing);
    let context = Context { look: &screen.look, view, is_saved: true };
    let header = columns
        .iter()
        .filter_map(|it| listing.heading(*it))
        .map(|it| screen.look.text(it.key).into_owned())
        .collect();
    let cells = |row: &usize| {
        columns.iter().map(|column| listing.cell(*row, *column, &context).text).collect()
    };
    let rows = seen.rows.iter().map(cells).collect();
    let done = screen.look.fill("table.saved", &[("rows", &seen.rows.len().to_string())]);
    let id = screen.number(Awaited::Toast(done));
    Action::Save { id, name: pane.word().to_owned(), header, rows }
}

/// The columns that are shown where the pane stands; all of them where it does not.
fn columns(screen: &Screen, view: &View, listing: &dyn Listing) -> Vec<usize> {
    let inner = inner(screen, listing.pane());
    if inner.is_empty() {
        return (0..listing.columns()).collect();
    }
    let seen = Seen::new(screen, view, listing);
    let first = first(&screen.table(listing.pane()), &seen, fits(inner));
    let context = Context::shown(&screen.look, view);
    let cells: Vec<Vec<Cell>> = seen
        .rows
        .iter()
        .skip(first)
        .take(fits(inner))
        .map(|row| (0..listing.columns()).map(|at| listing.cell(*row, at, &context)).collect())
        .collect();
    plan(listing, &cells, &screen.look, inner.width).iter().map(|it| it.column).collect()
}

/// Where a pane's rows stand; empty where the pane is not shown.
fn inner(screen: &Screen, pane: Pane) -> Rect {
    let plan = layout(screen.area, screen);
    let area = plan.panes.iter().find(|it| it.0 == pane).map(|it| it.1);
    area.map(shrunk).unwrap_or_default()
}

fn shrunk(area: Rect) -> Rect {
    Rect {
        x: area.x.saturating_add(BORDER / 2),
        y: area.y.saturating_add(BORDER / 2),
        width: area.width.saturating_sub(BORDER),
        height: area.height.saturating_sub(BORDER),
    }
}
