//! How the kill menu looks.

use ratatui::Frame;
use ratatui::style::Modifier;
use ratatui::text::{Line, Span};

use crate::look::Look;
use crate::safety::gate::{is_held, position};
use crate::screen::Screen;
use crate::theme::{Glyph, Role};
use crate::view::{Trading, View};
use crate::widgets::popup::{self, Popup};

use super::run::{Outcome, Run, Step, left_text};
use super::{Choice, Kill};

/// Cells of the text, where the terminal has them.
const WIDTH: u16 = 68;

/// Draws it.
pub fn draw(frame: &mut Frame<'_>, kill: &Kill, screen: &Screen, view: &View) {
    let look = &screen.look;
    let width = popup::room(frame.area(), WIDTH);
    let mut lines = vec![state(look, view, width)];
    let mut focus = 0;
    for choice in Choice::ALL {
        if choice == Choice::Rearm && !choice.is_offered(view) {
            continue;
        }
        if kill.choice == Some(choice) {
            focus = lines.len();
        }
        lines.extend(offered(look, view, choice, kill.choice == Some(choice), width));
    }
    if let Some(reason) = &kill.reason {
        focus = lines.len();
        lines.push(Line::from(vec![
            Span::styled(format!("{} ", look.text("kill.reason")), look.style(Role::FormLabel)),
            Span::styled(reason.text().to_owned(), look.style(Role::FormValue)),
            Span::styled(" ", look.style(Role::FormCursor).add_modifier(Modifier::REVERSED)),
        ]));
    }
    if let Some(run) = &screen.safety.kill {
        lines.extend(run.steps.iter().flat_map(|it| step(look, it, width)));
        if kill.choice.is_none() && kill.reason.is_none() {
            focus = lines.len().saturating_sub(1);
        }
        lines.extend(verdict(look, view, run, width));
    }
    let hint = popup::wrap(&look.text("kill.keys"), usize::from(width));
    let style = look.style(Role::FormHint);
    lines.extend(hint.into_iter().map(|it| Line::styled(it, style)));
    let title = look.text("kill.title").into_owned();
    Popup { title, lines, focus, width, is_danger: true }.draw(frame, look);
}

pub(super) fn state(look: &Look, view: &View, width: u16) -> Line<'static> {
    let (text, role) = match &view.machine.trading {
        Trading::Active => (look.text("kill.active").into_owned(), Role::StatusOk),
        Trading::Reducing(why) => (look.fill("kill.reducing", &[("why", why)]), Role::StatusWarn),
        Trading::Halted(why) => (look.fill("kill.halted", &[("why", why)]), Role::ModeHalted),
    };
    let text = crate::widgets::text::truncate(&text, usize::from(width)).into_owned();
    Line::styled(text, look.style(role))
}

pub(super) fn offered(
    look: &Look,
    view: &View,
    choice: Choice,
    has_focus: bool,
    width: u16,
) -> Vec<Line<'static>> {
    let count = view.orders.iter().filter(|it| it.works()).count().to_string();
    let values = [("count", count.as_str())];
    let text = match choice {
        Choice::Reduce => look.text("kill.reduce").into_owned(),
        Choice::Halt => look.fill("kill.halt", &values),
        Choice::Flatten => look.fill("kill.flatten", &values),
        Choice::Stop => look.text("kill.stop").into_owned(),
        Choice::Rearm => look.text("kill.rearm").into_owned(),
    };
    let sign = if has_focus { look.glyph(Glyph::Here) } else { " " };
    let role = match (choice.is_offered(view), has_focus) {
        (false, _) => Role::TextDisabled,
        (true, true) => Role::SurfaceSelected,
        (true, false) => Role::TextStrong,
    };
    let style = look.style(role);
    let text = format!("{sign} {} {text}", choice.digit());
    let mut lines: Vec<_> = hanging(&text, width).map(|it| Line::styled(it, style)).collect();
    if choice == Choice::Flatten {
        let muted = look.style(Role::TextMuted);
        let held = view.positions.iter().filter(|it| is_held(it));
        lines.extend(
            held.map(|it| Line::styled(format!("      {}", position(look, view, it)), muted)),
        );
    }
    lines
}

pub(super) fn step(look: &Look, step: &Step, width: u16) -> Vec<Line<'static>> {
    let took = step.took_ms.to_string();
    let (glyph, text, role) = match &step.outcome {
        Outcome::Waits => (Glyph::Wait, look.text("kill.waits").into_owned(), Role::StatusInfo),
        Outcome::Silent => (Glyph::Bad, look.text("kill.silent").into_owned(), Role::StatusDanger),
        Outcome::Done => (Glyph::Ok, look.fill("kill.done", &[("ms", &took)]), Role::StatusOk),
        Outcome::Refused(why) => {
            (Glyph::Bad, look.fill("kill.refused", &[("why", why)]), Role::StatusDanger)
        }
        Outcome::Replaced(why) => {
            (Glyph::Bad, look.fill("kill.replaced", &[("why", why)]), Role::StatusWarn)
        }
    };
    let text = format!("{} {}: {text}", look.glyph(glyph), step.line);
    hanging(&text, width).map(|it| Line::styled(it, look.style(role))).collect()
}

/// A text with what follows its first line set in.
fn hanging(text: &str, width: u16) -> impl Iterator<Item = String> {
    let indent = if width > 30 { 4 } else { 0 };
    let parts = popup::wrap(text, usize::from(width).saturating_sub(indent));
    let set_in = move |(at, it): (usize, String)| {
        if at == 0 { it } else { format!("{:indent$}{it}", "") }
    };
    parts.into_iter().enumerate().map(set_in)
}

fn verdict(look: &Look, view: &View, run: &Run, width: u16) -> Vec<Line<'static>> {
    if let Some(left) = run.left(view).filter(|_| run.is_done()) {
        let text = left_text(look, left);
        let style = look.style(Role::StatusDanger);
        return hanging(&text, width).map(|it| Line::styled(it, style)).collect();
    }
    let (key, role) = match (run.is_busy(), run.is_done(), run.has_no_switch()) {
        (true, ..) => ("kill.busy", Role::StatusInfo),
        (false, true, false) => ("kill.complete", Role::StatusOk),
        (false, true, true) => ("kill.without_switch", Role::StatusWarn),
        (false, false, _) => ("kill.look", Role::StatusDanger),
    };
    hanging(&look.text(key), width).map(|it| Line::styled(it, look.style(role))).collect()
}
