//! The row above the last: the mode, and what is typed, filtered or told.

use ratatui::Frame;
use ratatui::layout::Rect;
use unicode_width::UnicodeWidthStr as _;

use super::strip;
use crate::layout::Size;
use crate::overlays::Overlay;
use crate::screen::Screen;
use crate::theme::Role;
use crate::toasts;
use crate::update::is_filtering;
use crate::view::View;

pub(super) fn draw(frame: &mut Frame<'_>, area: Rect, screen: &Screen, view: &View) {
    let look = &screen.look;
    let (key, role) = mode(screen);
    let text = format!(" {} ", look.text(key));
    frame.buffer_mut().set_stringn(area.x, area.y, text, usize::from(area.width), look.style(role));
    let free = free(area, screen);
    if is_filtering(screen) {
        let text = format!("/{}_", screen.table(screen.focus).filter);
        let room = usize::from(free.width);
        frame.buffer_mut().set_stringn(free.x, free.y, text, room, look.style(Role::FormValue));
    } else if screen.toasts.is_empty() {
        next_step(frame, free, screen, view);
    } else {
        toasts::draw(frame, free, screen);
    }
}

/// What to press next, where the second row has no room for it.
fn next_step(frame: &mut Frame<'_>, area: Rect, screen: &Screen, view: &View) {
    let is_said_above = Size::of(screen.area) == Size::Full;
    if let (false, Some(text)) = (is_said_above, strip::press_next(screen, view)) {
        let (room, style) = (usize::from(area.width), screen.look.style(Role::StatusWarn));
        frame.buffer_mut().set_stringn(area.x, area.y, text, room, style);
    }
}

/// What the mode leaves of the line.
pub fn free(line: Rect, screen: &Screen) -> Rect {
    let word = screen.look.text(mode(screen).0);
    let taken = u16::try_from(word.width() + 3).unwrap_or(u16::MAX).min(line.width);
    Rect { x: line.x + taken, width: line.width - taken, ..line }
}

/// The key of the mode's word, and its role.
fn mode(screen: &Screen) -> (&'static str, Role) {
    match screen.overlays.last() {
        Some(Overlay::Menu(_)) => ("frame.mode_menu", Role::StatusInfo),
        Some(Overlay::Form(_)) => ("frame.mode_form", Role::StatusInfo),
        Some(Overlay::Confirm(_)) => ("frame.mode_confirm", Role::StatusDanger),
        Some(Overlay::Preview(_)) => ("frame.mode_preview", Role::ModeArmed),
        Some(Overlay::Kill(_)) => ("frame.mode_kill", Role::StatusDanger),
        Some(Overlay::Quit(_)) => ("frame.mode_quit", Role::StatusDanger),
        Some(Overlay::Detail(_)) => ("frame.mode_detail", Role::StatusInfo),
        Some(Overlay::Palette(_)) => ("frame.mode_palette", Role::StatusInfo),
        Some(Overlay::Help(_)) => ("frame.mode_help", Role::StatusInfo),
        Some(Overlay::Instruments(_)) => ("instruments.mode", Role::StatusInfo),
        None if is_filtering(screen) => ("frame.mode_filter", Role::StatusInfo),
        None => ("frame.mode_normal", Role::TextMuted),
    }
}
