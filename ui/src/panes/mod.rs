//! The panes, a module each: a function that draws, and one for the keys of its own.

mod account;
mod alerts;
mod blotter;
mod cells;
pub mod chart;
mod conditions;
mod fills;
pub(crate) mod health;
mod ink;
pub mod instruments;
pub mod ladder;
mod limits;
pub mod log;
pub(crate) mod market;
pub mod orders;
mod positions;
pub mod tape;
mod watchlist;

use crossterm::event::{MouseEvent, MouseEventKind};
use ratatui::Frame;
use ratatui::layout::Rect;

use crate::action::Action;
use crate::keys::Act;
use crate::pane::Pane;
use crate::screen::Screen;
use crate::toasts::Kind;
use crate::view::View;
use crate::widgets::table::{self, Listing, Seen, Sheet};

/// What a pane says of a key.
enum Told {
    /// It is the pane's own, and this is to be done.
    Done(Vec<Action>),
    /// It is the pane's own, but there is no row to do it to.
    NeedsRow,
    /// It is not the pane's own.
    NotMine,
}

/// Draws a pane with its border.
pub fn draw(frame: &mut Frame<'_>, area: Rect, pane: Pane, screen: &Screen, view: &View) {
    match pane {
        Pane::Chart => chart::draw(frame, area, screen, view),
        Pane::Tape => tape::draw(frame, area, screen, view),
        Pane::Ladder => ladder::draw(frame, area, screen, view),
        Pane::Health => health::draw(frame, area, screen, view),
        Pane::Account => {
            let title = blotter::title(screen, view, pane, area.width);
            account::draw(frame, area, (screen, view), title);
        }
        Pane::Alerts => {
            let title = blotter::title(screen, view, pane, area.width);
            alerts::draw(frame, area, (screen, view), title);
        }
        Pane::Log => {
            let title = blotter::title(screen, view, pane, area.width);
            log::draw(frame, area, (screen, view), title);
        }
        _ => draw_table(frame, area, pane, screen, view),
    }
}

fn draw_table(frame: &mut Frame<'_>, area: Rect, pane: Pane, screen: &Screen, view: &View) {
    let Some(listing) = listing(pane, screen, view) else { return };
    let seen = Seen::new(screen, view, &*listing);
    if pane.is_blotter() {
        let title = blotter::title(screen, view, pane, area.width);
        return table::draw(frame, area, (screen, view), &*listing, &seen, title);
    }
    let name = screen.look.text(&format!("{}.title", pane.word()));
    let title = table::title(screen, &name, &*listing, &seen);
    table::draw(frame, area, (screen, view), &*listing, &seen, title);
}

/// The rows of a pane that is a table.
fn listing<'a>(pane: Pane, screen: &Screen, view: &'a View) -> Option<Box<dyn Listing + 'a>> {
    Some(match pane {
        Pane::Watchlist => Box::new(watchlist::sheet(screen, view)),
        Pane::Conditions => Box::new(conditions::sheet(screen, view)),
        Pane::Health => Box::new(health::sheet(screen, view)),
        Pane::Orders => Box::new(orders::sheet(screen, view)),
        Pane::Fills => Box::new(fills::sheet(screen, view)),
        Pane::Positions => Box::new(positions::sheet(screen, view)),
        Pane::Limits => Box::new(limits::sheet(screen, view)),
        Pane::Alerts => Box::new(alerts::sheet(screen, view)),
        Pane::Chart | Pane::Ladder | Pane::Tape | Pane::Account | Pane::Log => return None,
    })
}

/// Does what a key of a pane means.
pub fn update(screen: &mut Screen, view: &View, pane: Pane, act: Act) -> Vec<Action> {
    match pane {
        Pane::Chart => chart::update(screen, view, act),
        Pane::Tape => tape::update(screen, view, act),
        Pane::Ladder => ladder::update(screen, view, act),
        Pane::Log => match log::update(screen, act) {
            Told::Done(actions) => actions,
            Told::NeedsRow | Told::NotMine => Vec::new(),
        },
        Pane::Account if act == Act::Save => account::save(screen, view).into_iter().collect(),
        Pane::Account => Vec::new(),
        _ => update_table(screen, view, pane, act),
    }
}

fn update_table(screen: &mut Screen, view: &View, pane: Pane, act: Act) -> Vec<Action> {
    match pane {
        Pane::Watchlist => {
            run(screen, view, act, &watchlist::sheet(screen, view), watchlist::update)
        }
        Pane::Conditions => {
            run(screen, view, act, &conditions::sheet(screen, view), conditions::update)
        }
        Pane::Orders => run(screen, view, act, &orders::sheet(screen, view), orders::update),
        Pane::Fills => run(screen, view, act, &fills::sheet(screen, view), fills::update),
        Pane::Positions => {
            run(screen, view, act, &positions::sheet(screen, view), positions::update)
        }
        Pane::Alerts => run(screen, view, act, &alerts::sheet(screen, view), alerts::update),
        Pane::Health => {
            run(screen, view, act, &health::sheet(screen, view), |_, _, _, _| Told::NotMine)
        }
        Pane::Limits => {
            run(screen, view, act, &limits::sheet(screen, view), |_, _, _, _| Told::NotMine)
        }
        _ => Vec::new(),
    }
}

/// The pane's own keys first, then those of every table.
fn run<Row>(
    screen: &mut Screen,
    view: &View,
    act: Act,
    sheet: &Sheet<Row>,
    own: impl Fn(&mut Screen, &View, Act, Option<&Row>) -> Told,
) -> Vec<Action> {
    let seen = Seen::new(screen, view, sheet);
    let row = seen.row().and_then(|it| sheet.rows.get(it));
    match own(screen, view, act, row) {
        Told::Done(actions) => actions,
        Told::NeedsRow => {
            say_gone(screen, sheet.pane);
            Vec::new()
        }
        Told::NotMine => table::update(screen, view, sheet, act).unwrap_or_default(),
    }
}

/// The row under the cursor went away: the key must not act on the one that took its place.
fn say_gone(screen: &mut Screen, pane: Pane) {
    let key = match &screen.table(pane).cursor {
        Some(_) => "table.gone",
        None => "table.no_row",
    };
    let row = screen.table(pane).cursor.clone().unwrap_or_default();
    let text = screen.look.fill(key, &[("row", &row)]);
    screen.toasts.push(Kind::Warn, text);
}

/// Ties the focused pane's cursor to the row that it is shown on. To be called when the view has
/// changed: then a row that comes later does not push another one under the cursor, and a key
/// never acts on a row that took the place of the one that was looked at.
pub fn settle(screen: &mut Screen, view: &View) {
    if let Some(listing) = listing(screen.focus, screen, view) {
        table::settle(screen, view, &*listing);
    }
}

/// A click into a pane that has the focus: it selects a row, and in the ladder does what
/// [`ladder::click`] says.
pub fn click(
    screen: &mut Screen,
    view: &View,
    (pane, area): (Pane, Rect),
    mouse: MouseEvent,
) -> Vec<Action> {
    let MouseEventKind::Down(button) = mouse.kind else { return Vec::new() };
    if pane == Pane::Ladder {
        return ladder::click(screen, view, area, (mouse.column, mouse.row), button);
    }
    if mouse.row == area.y
        && let Some(page) = blotter::page_at(screen, view, pane, area, mouse.column)
    {
        screen.focus_on(page);
    } else if let Some(listing) = listing(pane, screen, view) {
        table::select(screen, view, &*listing, area, mouse.row);
    }
    Vec::new()
}

#[cfg(test)]
mod tests;
