//! Questions before something that cannot be taken back.
//!
//! The answer that changes nothing has the focus. Where a phrase must be typed, no other answer is
//! to be had before it stands there.

pub(super) mod lines;

use ratatui::Frame;
use ratatui::style::Modifier;
use ratatui::text::{Line, Span};

use crate::action::Action;
use crate::event::Press;
use crate::look::Look;
use crate::safety::level::{self, Level, proof};
use crate::safety::perform;
use crate::screen::Screen;
use crate::theme::{Glyph, Role};
use crate::view::{Environment, Moment, View};
use crate::widgets::field::Field;
use crate::widgets::popup::{self, Popup};

use super::Overlay;
use super::stroke::Stroke;

/// Cells of the text, where the terminal has them.
const WIDTH: u16 = 64;

/// A question with its answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Confirm {
    texts: Vec<String>,
    choices: Vec<Choice>,
    focus: usize,
    phrase: Option<(String, Field)>,
    opened: Moment,
}

/// An answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    label: String,
    then: Then,
}

/// What follows from an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Then {
    /// Nothing.
    Nothing,
    /// Lines are carried out.
    Perform(Vec<String>),
    /// Order keys act.
    Arm(Level),
}

impl Choice {
    /// An answer and what follows from it.
    pub fn new(label: impl Into<String>, then: Then) -> Choice {
        Choice { label: label.into(), then }
    }
}

impl Confirm {
    /// A question. The first answer has the focus and must be the one that changes nothing.
    pub fn new(
        texts: Vec<String>,
        choices: Vec<Choice>,
        phrase: Option<String>,
        opened: Moment,
    ) -> Confirm {
        let phrase = phrase.map(|it| (it, Field::default()));
        Confirm { texts, choices, focus: 0, phrase, opened }
    }

    /// Whether letters go into a text.
    pub const fn has_text_field(&self) -> bool {
        self.phrase.is_some()
    }

    /// A phrase proves that somebody thinks, so it is typed and never pasted.
    pub fn paste(&mut self, _text: &str) {}

    fn is_open(&self, then: &Then) -> bool {
        let is_typed = self.phrase.as_ref().is_none_or(|(phrase, field)| field.text() == phrase);
        *then == Then::Nothing || is_typed
    }

    fn turn(&mut self, by: usize) {
        self.focus = (self.focus + by) % self.choices.len().max(1);
    }
}

/// Puts a question on top.
pub fn open(screen: &mut Screen, confirm: Confirm) {
    screen.overlays.push(Overlay::Confirm(Box::new(confirm)));
}

/// Asks for the phrase that arms.
pub(crate) fn arm(screen: &mut Screen, view: &View, level: Level) {
    let look = &screen.look;
    let account = view.machine.account.as_deref().unwrap_or_default();
    let is_live = view.machine.environment == Environment::Live;
    let phrase = match (level, is_live) {
        (Level::Instant, true) => format!("arm instant {}", proof(account)),
        (Level::Instant, false) => "arm instant".to_owned(),
        _ => proof(account),
    };
    let key = if level == Level::Instant { "confirm.arm_instant" } else { "confirm.arm_live" };
    let texts = vec![look.fill(key, &[("account", account)])];
    let choices = vec![
        Choice::new(look.text("confirm.cancel"), Then::Nothing),
        Choice::new(look.text("confirm.arm"), Then::Arm(level)),
    ];
    open(screen, Confirm::new(texts, choices, Some(phrase), screen.now));
}

/// Takes a key.
pub fn update(screen: &mut Screen, view: &View, key: Press) -> Vec<Action> {
    let now = screen.now;
    let is_held = key.is_repeat || screen.safety.is_held();
    let Some(Overlay::Confirm(confirm)) = screen.overlays.last_mut() else { return Vec::new() };
    let count = confirm.choices.len().max(1);
    match Stroke::from(key) {
        Stroke::Esc => {
            screen.overlays.pop();
        }
        Stroke::Enter if !is_held && !super::is_swallowed(confirm.opened, now) => {
            return choose(screen, view);
        }
        Stroke::Tab | Stroke::Right | Stroke::Down => confirm.turn(1),
        Stroke::BackTab | Stroke::Left | Stroke::Up => confirm.turn(count - 1),
        stroke => {
            if let Some((_, field)) = &mut confirm.phrase {
                field.stroke(stroke);
            }
        }
    }
    Vec::new()
}

fn choose(screen: &mut Screen, view: &View) -> Vec<Action> {
    let Some(Overlay::Confirm(confirm)) = screen.overlays.last() else { return Vec::new() };
    let Some(choice) = confirm.choices.get(confirm.focus) else { return Vec::new() };
    if !confirm.is_open(&choice.then) {
        return Vec::new();
    }
    let then = choice.then.clone();
    screen.overlays.pop();
    match then {
        Then::Nothing => Vec::new(),
        Then::Perform(lines) => perform(screen, lines),
        Then::Arm(level) => {
            level::armed(screen, view, level);
            Vec::new()
        }
    }
}

/// Draws it.
pub fn draw(frame: &mut Frame<'_>, confirm: &Confirm, screen: &Screen) {
    let look = &screen.look;
    let width = popup::room(frame.area(), WIDTH);
    let mut lines = Vec::new();
    for text in &confirm.texts {
        let style = look.style(Role::TextStrong);
        let parts = popup::wrap(text, usize::from(width));
        lines.extend(parts.into_iter().map(|it| Line::styled(it, style)));
    }
    if let Some((phrase, field)) = &confirm.phrase {
        lines.extend(phrase_lines(look, phrase, field, width));
    }
    if frame.area().height >= 12 {
        lines.push(Line::default());
    }
    let first = lines.len();
    for (at, choice) in confirm.choices.iter().enumerate() {
        let state = (at == confirm.focus, confirm.is_open(&choice.then));
        lines.push(button(look, &choice.label, state));
    }
    let title = look.text("confirm.title").into_owned();
    let focus = first + confirm.focus;
    Popup { title, lines, focus, width, is_danger: true }.draw(frame, look);
}

fn phrase_lines(look: &Look, phrase: &str, field: &Field, width: u16) -> Vec<Line<'static>> {
    let text = look.fill("confirm.type", &[("phrase", phrase)]);
    let parts = popup::wrap(&text, usize::from(width));
    let hint = look.style(Role::FormHint);
    let mut lines: Vec<_> = parts.into_iter().map(|it| Line::styled(it, hint)).collect();
    let is_right = field.text() == phrase;
    let glyph = if is_right { Glyph::Ok } else { Glyph::Bad };
    lines.push(Line::from(vec![
        Span::raw(format!("{} ", look.glyph(glyph))),
        Span::styled(field.text().to_owned(), look.style(Role::FormValue)),
        Span::styled(" ", look.style(Role::FormCursor).add_modifier(Modifier::REVERSED)),
    ]));
    lines
}

/// A button on a line of its own: the one with the focus is marked by a sign, too.
pub(super) fn button(
    look: &Look,
    label: &str,
    (has_focus, is_enabled): (bool, bool),
) -> Line<'static> {
    let (sign, role) = match (has_focus, is_enabled) {
        (true, true) => (look.glyph(Glyph::Here), Role::SurfaceSelected),
        (true, false) => (look.glyph(Glyph::Here), Role::TextDisabled),
        (false, true) => (" ", Role::Text),
        (false, false) => (" ", Role::TextDisabled),
    };
    let mut style = look.style(role);
    if has_focus {
        style = style.add_modifier(Modifier::BOLD);
    }
    Line::styled(format!("{sign} [ {label} ]"), style)
}
