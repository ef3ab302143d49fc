//! The mouse: it focuses, selects and scrolls. Only a click into the ladder that already has the
//! focus can ask for an order, and only while order keys act.

use crossterm::event::{MouseEvent, MouseEventKind};
use ratatui::layout::{Position, Rect};

use crate::action::Action;
use crate::draw::tab_at;
use crate::keys::Act;
use crate::layout::{Size, layout};
use crate::pane::Pane;
use crate::panes;
use crate::screen::Screen;
use crate::view::View;

use super::is_filtering;

pub(super) fn mouse(screen: &mut Screen, view: &View, mouse: MouseEvent) -> Vec<Action> {
    // What lies over the panes is for keys, so that no click goes through it.
    if !screen.overlays.is_empty() {
        return Vec::new();
    }
    let plan = layout(screen.area, screen);
    let at = Position::new(mouse.column, mouse.row);
    let under = plan.panes.iter().find(|it| it.1.contains(at)).copied();
    match (mouse.kind, under) {
        (MouseEventKind::Down(_), None) => tab(screen, view, plan.strip, at),
        (MouseEventKind::Down(_), Some((pane, area))) => {
            return click(screen, view, (pane, area), mouse);
        }
        (MouseEventKind::ScrollUp, Some((pane, _))) => scroll(screen, view, pane, false),
        (MouseEventKind::ScrollDown, Some((pane, _))) => scroll(screen, view, pane, true),
        _ => (),
    }
    Vec::new()
}

fn tab(screen: &mut Screen, view: &View, strip: Rect, at: Position) {
    let has_tabs = matches!(Size::of(screen.area), Size::Compact | Size::Single);
    if has_tabs
        && strip.contains(at)
        && let Some(pane) = tab_at(strip, screen, view, at.x)
    {
        leave_filter(screen);
        screen.focus_on(pane);
    }
}

/// A click gives the focus; into a pane that has it, it selects.
fn click(
    screen: &mut Screen,
    view: &View,
    (pane, area): (Pane, Rect),
    mouse: MouseEvent,
) -> Vec<Action> {
    let had_focus = screen.focus == pane;
    leave_filter(screen);
    screen.focus_on(pane);
    if pane == Pane::Ladder && !had_focus {
        return Vec::new();
    }
    panes::click(screen, view, (pane, area), mouse)
}

/// The filter stays, but is no longer typed.
fn leave_filter(screen: &mut Screen) {
    if is_filtering(screen) {
        screen.table_mut(screen.focus).is_filtering = false;
    }
}

/// Three rows a turn. It moves a cursor or a window, nothing else.
fn scroll(screen: &mut Screen, view: &View, pane: Pane, is_down: bool) {
    let act = match (pane, is_down) {
        (Pane::Chart, false) => Act::ChartForward,
        (Pane::Chart, true) => Act::ChartBack,
        (_, false) => Act::Up,
        (_, true) => Act::Down,
    };
    for _ in 0..3 {
        // Moving asks for nothing.
        let _ = panes::update(screen, view, pane, act);
    }
}
