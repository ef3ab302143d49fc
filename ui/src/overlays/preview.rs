//! An order in the bottom line: Enter sends it, Esc drops it.

pub(super) mod lines;

use ratatui::Frame;
use ratatui::text::{Line, Span};

use crate::action::Action;
use crate::event::Press;
use crate::safety::stage::{Staged, effect, refusal, send, turned};
use crate::screen::{Awaited, Screen};
use crate::theme::Role;
use crate::toasts::Kind;
use crate::view::{Moment, Nano, View};
use crate::widgets::popup;

use super::Overlay;
use super::stroke::Stroke;

/// It waits this long, in nanoseconds.
const WAITS: Moment = 10_000_000_000;
/// The same where it is read out and answered by a line.
const WAITS_PLAIN: Moment = 60_000_000_000;

/// An order that waits for Enter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Preview {
    staged: Staged,
    awaited: Awaited,
    opened: Moment,
    /// The net lots that it turns round.
    turned: Option<Nano>,
}

impl Preview {
    /// An order that waits from now on, in the position as it is.
    pub fn new(staged: Staged, awaited: Awaited, opened: Moment, view: &View) -> Preview {
        let turned = turned(view, &staged.line);
        Preview { staged, awaited, opened, turned }
    }
}

/// Takes a key. Everything but Enter and Esc does nothing: what was looked at stays as it is.
pub fn update(screen: &mut Screen, view: &View, key: Press) -> Vec<Action> {
    let is_held = key.is_repeat || screen.safety.is_held();
    let Some(Overlay::Preview(preview)) = screen.overlays.last() else { return Vec::new() };
    match Stroke::from(key) {
        Stroke::Esc => {
            screen.overlays.pop();
            tell(screen, Kind::Info, "safety.dropped");
        }
        Stroke::Enter if !is_held && !super::is_swallowed(preview.opened, screen.now) => {
            let (staged, awaited) = (preview.staged.clone(), preview.awaited.clone());
            screen.overlays.pop();
            return enter(screen, view, staged, awaited);
        }
        _ => (),
    }
    Vec::new()
}

fn enter(screen: &mut Screen, view: &View, staged: Staged, awaited: Awaited) -> Vec<Action> {
    let sent = match refusal(screen, view, &staged) {
        Some(text) => Err(text),
        None => send(screen, staged, awaited),
    };
    match sent {
        Ok(actions) => {
            super::form::sent(screen, &actions);
            actions
        }
        Err(text) => {
            screen.toasts.push(Kind::Warn, text);
            Vec::new()
        }
    }
}

/// Drops what waited too long, or whose price is no longer true.
pub(crate) fn tick(screen: &mut Screen, view: &View, now: Moment) {
    let mut dropped = None;
    let (waits, late) = if screen.is_plain {
        (WAITS_PLAIN, "safety.dropped")
    } else {
        (WAITS, "safety.dropped_late")
    };
    screen.overlays.retain(|it| {
        let Overlay::Preview(preview) = it else { return true };
        if now.saturating_sub(preview.opened) >= waits {
            dropped = Some(late);
        } else if !view.is_fresh(&preview.staged.item) {
            dropped = Some("safety.dropped_stale");
        } else if preview.turned != turned(view, &preview.staged.line) {
            dropped = Some("safety.dropped_turned");
        } else {
            return true;
        }
        false
    });
    if let Some(key) = dropped {
        tell(screen, Kind::Warn, key);
    }
}

/// Drops everything that waits.
pub(crate) fn drop_all(screen: &mut Screen) {
    screen.overlays.retain(|it| !matches!(it, Overlay::Preview(_)));
}

fn tell(screen: &mut Screen, kind: Kind, key: &str) {
    let text = screen.look.text(key);
    // In lines, one word after the other is read, and none takes another's place.
    if screen.is_plain {
        screen.toasts.push_news(kind, text);
    } else {
        screen.toasts.push(kind, text);
    }
}

/// Draws it into the bottom line, and above it where one line is not enough.
pub fn draw(frame: &mut Frame<'_>, preview: &Preview, screen: &Screen, view: &View) {
    let look = &screen.look;
    let line = super::line(frame, screen);
    let left = preview.opened.saturating_add(WAITS).saturating_sub(screen.now);
    let left = left.clamp(0, WAITS).saturating_add(999_999_999) / 1_000_000_000;
    let mut text = format!("{} {}", look.text("safety.preview_title"), preview.staged.text);
    if let Some(effect) = effect(screen, view, &preview.staged.line) {
        text = format!("{text} · {effect}");
    }
    let keys = look.fill("safety.preview_keys", &[("seconds", &left.to_string())]);
    let mut rows = popup::wrap(&format!("{text}  {keys}"), usize::from(line.width));
    let height = u16::try_from(rows.len()).unwrap_or(1).min(frame.area().height);
    // What is sent and how matters most where it does not all fit.
    rows.truncate(usize::from(height));
    let mut area = line;
    area.y = line.bottom().saturating_sub(height);
    area.height = height.min(frame.area().bottom().saturating_sub(area.y));
    popup::clear(frame, area, look);
    let style = look.style(Role::ModeArmed);
    for (y, row) in (area.y..area.bottom()).zip(rows) {
        let row = Line::from(Span::styled(row, style));
        frame.buffer_mut().set_line(area.x, y, &row, area.width);
    }
}
