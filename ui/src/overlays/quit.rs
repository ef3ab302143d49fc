//! The question before leaving: what runs, what works, what is open.

pub(crate) mod lines;

use ratatui::Frame;
use ratatui::text::Line;

use crate::action::Action;
use crate::event::{Answer, Press};
use crate::look::Look;
use crate::safety::gate::{is_held, net};
use crate::screen::{Awaited, Screen};
use crate::theme::Role;
use crate::toasts::Kind;
use crate::view::{Moment, View};
use crate::widgets::popup::{self, Popup};
use crate::widgets::text::exact;

use super::Overlay;
use super::confirm::button;
use super::stroke::Stroke;

/// The key that opened the question leaves in good order when it comes again within this time, in
/// nanoseconds.
const TWICE: Moment = 2_000_000_000;
/// Cells of the text, where the terminal has them.
const WIDTH: u16 = 62;

/// The question.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Quit {
    focus: usize,
    opened: Moment,
    /// The machine is being stopped.
    is_leaving: bool,
    /// Why it could not be left.
    refusal: Option<String>,
}

/// What can be answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Choice {
    Cancel,
    Stop,
    Flatten,
    Abandon,
}

impl Choice {
    const fn key(self) -> &'static str {
        match self {
            Choice::Cancel => "quit.cancel",
            Choice::Stop => "quit.stop",
            Choice::Flatten => "quit.flatten",
            Choice::Abandon => "quit.abandon",
        }
    }

    const fn line(self) -> Option<&'static str> {
        match self {
            Choice::Cancel => None,
            Choice::Stop => Some("quit"),
            Choice::Flatten => Some("quit --flatten"),
            Choice::Abandon => Some("quit --abandon"),
        }
    }
}

/// What is offered. Where a condition holds a position, leaving without a word about it is not.
fn choices(quit: &Quit, view: &View) -> Vec<Choice> {
    let holds = view.conditions.iter().any(|it| it.open != 0);
    match (holds, &quit.refusal) {
        (false, None) => vec![Choice::Cancel, Choice::Stop],
        _ => vec![Choice::Cancel, Choice::Flatten, Choice::Abandon],
    }
}

/// Opens it, or leaves in good order where it has just been opened.
pub fn open(screen: &mut Screen, _view: &View) -> Vec<Action> {
    let now = screen.now;
    let place = screen.overlays.iter().position(|it| matches!(it, Overlay::Quit(_)));
    if let Some(Overlay::Quit(quit)) = place.map(|it| screen.overlays.remove(it)) {
        screen.overlays.push(Overlay::Quit(quit));
        return again(screen);
    }
    super::preview::drop_all(screen);
    screen.overlays.push(Overlay::Quit(Quit { opened: now, ..Quit::default() }));
    Vec::new()
}

fn again(screen: &mut Screen) -> Vec<Action> {
    let now = screen.now;
    let Some(Overlay::Quit(quit)) = screen.overlays.last_mut() else { return Vec::new() };
    let is_soon = now.saturating_sub(quit.opened) <= TWICE;
    quit.opened = now;
    if is_soon && !quit.is_leaving { leave(screen, "quit") } else { Vec::new() }
}

/// Takes a key.
pub fn update(screen: &mut Screen, view: &View, key: Press) -> Vec<Action> {
    let is_held = key.is_repeat || screen.safety.is_held();
    let now = screen.now;
    let Some(Overlay::Quit(quit)) = screen.overlays.last_mut() else { return Vec::new() };
    let count = choices(quit, view).len();
    match Stroke::from(key) {
        Stroke::Esc => {
            screen.overlays.pop();
        }
        Stroke::Control('c') if !key.is_repeat => return again(screen),
        Stroke::Tab | Stroke::Right | Stroke::Down => quit.focus = (quit.focus + 1) % count,
        Stroke::BackTab | Stroke::Left | Stroke::Up => {
            quit.focus = (quit.focus + count - 1) % count;
        }
        Stroke::Enter if !is_held && !quit.is_leaving && !super::is_swallowed(quit.opened, now) => {
            let choice = choices(quit, view).get(quit.focus).copied();
            match choice.and_then(Choice::line) {
                Some(line) => return leave(screen, line),
                None => {
                    screen.overlays.pop();
                }
            }
        }
        _ => (),
    }
    Vec::new()
}

fn leave(screen: &mut Screen, line: &str) -> Vec<Action> {
    if let Some(Overlay::Quit(quit)) = screen.overlays.last_mut() {
        quit.is_leaving = true;
        quit.refusal = None;
    }
    vec![screen.perform(vec![line.to_owned()], Awaited::Quit)]
}

/// Leaves, or shows why not.
pub(super) fn answered(screen: &mut Screen, answer: &Answer) -> Vec<Action> {
    let Err(refused) = &answer.outcome else { return vec![Action::Leave] };
    let quit = screen.overlays.iter_mut().find_map(|it| match it {
        Overlay::Quit(quit) => Some(quit),
        _ => None,
    });
    match quit {
        Some(quit) => {
            quit.is_leaving = false;
            quit.focus = 0;
            quit.refusal = Some(refused.text.clone());
        }
        None => screen.toasts.push(Kind::Error, refused.text.clone()),
    }
    Vec::new()
}

/// Draws it.
pub fn draw(frame: &mut Frame<'_>, quit: &Quit, screen: &Screen, view: &View) {
    let look = &screen.look;
    let width = popup::room(frame.area(), WIDTH);
    let mut lines = Vec::new();
    for (text, role) in said(look, quit, view) {
        let style = look.style(role);
        let parts = popup::wrap(&text, usize::from(width));
        lines.extend(parts.into_iter().map(|it| Line::styled(it, style)));
    }
    if frame.area().height >= 12 {
        lines.push(Line::default());
    }
    let mut focus = lines.len();
    if quit.is_leaving {
        lines.push(Line::styled(
            look.text("quit.leaving").into_owned(),
            look.style(Role::StatusInfo),
        ));
    } else {
        focus += quit.focus;
        for (at, choice) in choices(quit, view).into_iter().enumerate() {
            lines.push(button(look, &look.text(choice.key()), (at == quit.focus, true)));
        }
    }
    let title = look.text("quit.title").into_owned();
    Popup { title, lines, focus, width, is_danger: true }.draw(frame, look);
}

/// What is running, working and open.
fn said(look: &Look, quit: &Quit, view: &View) -> Vec<(String, Role)> {
    let mut said = Vec::new();
    let children = view.health.processes.iter().filter(|it| it.name != "gateway");
    let children: Vec<&str> =
        children.filter(|it| it.pid.is_some()).map(|it| it.name.as_str()).collect();
    if !children.is_empty() {
        let text = look.fill("quit.children", &[("names", &children.join(", "))]);
        said.push((text, Role::StatusWarn));
    }
    let working = view.orders.iter().filter(|it| it.works()).count();
    if working > 0 {
        let text = look.fill("quit.orders", &[("count", &working.to_string())]);
        said.push((text, Role::StatusWarn));
    }
    let watched = view.orders.iter().filter(|it| it.is_open() && !it.works()).count();
    if watched > 0 {
        let text = look.fill("quit.protections", &[("count", &watched.to_string())]);
        said.push((text, Role::StatusWarn));
    }
    for it in view.positions.iter().filter(|it| is_held(it)) {
        let net = net(it);
        let values = [("item", it.item.as_str()), ("net", &net), ("account", &it.account)];
        said.push((look.fill("quit.position", &values), Role::StatusWarn));
    }
    for it in view.conditions.iter().filter(|it| it.open != 0) {
        let lots = exact(it.open);
        let values = [("id", it.id.as_str()), ("lots", &lots), ("item", &it.item)];
        said.push((look.fill("quit.holds", &values), Role::StatusDanger));
    }
    if said.is_empty() {
        said.push((look.text("quit.nothing").into_owned(), Role::Text));
    }
    if let Some(why) = &quit.refusal {
        said.push((look.fill("quit.refused", &[("why", why)]), Role::FormError));
    }
    said
}

#[cfg(test)]
mod tests;
