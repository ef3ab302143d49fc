//! The numbered menu in the bottom line: digits, then Enter, never by itself.

use ratatui::Frame;
use ratatui::style::Modifier;
use ratatui::text::{Line, Span};

use crate::action::Action;
use crate::event::Press;
use crate::look::Look;
use crate::safety;
use crate::screen::Screen;
use crate::theme::Role;
use crate::toasts::Kind;
use crate::view::{ConditionState, Running, View};
use crate::widgets::popup;

use super::stroke::Stroke;
use super::{Overlay, form, quit};

/// The longest number that is taken.
const DIGITS_MAX: usize = 3;

/// The digits so far.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Menu {
    digits: String,
}

/// What the numbers do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Entry {
    Exit,
    Login,
    Logout,
    Item,
    Condition,
    Account,
    Order,
    Futures,
    Positions,
    Stop,
    Start,
}

impl Entry {
    fn of(digits: &str) -> Option<Entry> {
        Some(match digits {
            "0" => Entry::Exit,
            "1" => Entry::Login,
            "2" => Entry::Logout,
            "3" => Entry::Item,
            "4" => Entry::Condition,
            "5" => Entry::Account,
            "6" => Entry::Order,
            "7" => Entry::Futures,
            "8" => Entry::Positions,
            "9" => Entry::Stop,
            "10" => Entry::Start,
            _ => return None,
        })
    }

    const fn key(self) -> &'static str {
        match self {
            Entry::Exit => "menu.exit",
            Entry::Login => "menu.login",
            Entry::Logout => "menu.logout",
            Entry::Item => "menu.item",
            Entry::Condition => "menu.condition",
            Entry::Account => "menu.account",
            Entry::Order => "menu.order",
            Entry::Futures => "menu.futures",
            Entry::Positions => "menu.positions",
            Entry::Stop => "menu.stop",
            Entry::Start => "menu.start",
        }
    }

    /// What is missing for it, each with what to press.
    fn missing(self, view: &View) -> Vec<&'static str> {
        let machine = &view.machine;
        let conditions = &view.conditions;
        let is_over =
            |it: ConditionState| matches!(it, ConditionState::Done | ConditionState::Failed);
        let needs = |is_there: bool, key| (!is_there).then_some(key);
        let login = needs(machine.is_logged_in(), "menu.needs_login");
        let item = needs(!view.quotes.is_empty(), "menu.needs_item");
        let account = needs(machine.account.is_some(), "menu.needs_account");
        let condition =
            needs(conditions.iter().any(|it| !is_over(it.state)), "menu.needs_condition");
        let all = match self {
            Entry::Exit | Entry::Stop => vec![],
            Entry::Login => vec![needs(!machine.is_logged_in(), "menu.needs_logout")],
            Entry::Logout
            | Entry::Item
            | Entry::Condition
            | Entry::Account
            | Entry::Futures
            | Entry::Positions => vec![login],
            Entry::Order => vec![login, item, account],
            Entry::Start => {
                let running = matches!(machine.running, Running::Running | Running::Starting);
                vec![login, item, condition, account, needs(!running, "menu.needs_stopped")]
            }
        };
        all.into_iter().flatten().collect()
    }
}

/// Opens it with its first digit.
pub fn open(screen: &mut Screen, digit: char) {
    let digits = String::from(digit);
    screen.overlays.push(Overlay::Menu(Menu { digits }));
}

/// Takes a key.
pub fn update(screen: &mut Screen, view: &View, key: Press) -> Vec<Action> {
    let Some(Overlay::Menu(menu)) = screen.overlays.last_mut() else { return Vec::new() };
    match Stroke::from(key) {
        Stroke::Char(digit @ '0'..='9') if menu.digits.len() < DIGITS_MAX => {
            menu.digits.push(digit);
        }
        Stroke::Backspace => {
            menu.digits.pop();
            if menu.digits.is_empty() {
                screen.overlays.pop();
            }
        }
        Stroke::Esc => {
            screen.overlays.pop();
        }
        Stroke::Enter if !key.is_repeat => {
            let digits = std::mem::take(&mut menu.digits);
            screen.overlays.pop();
            return commit(screen, view, &digits);
        }
        _ => (),
    }
    Vec::new()
}

/// The numbers and what they do: the public ones while nobody is logged in.
pub(crate) fn listed(look: &Look, view: &View) -> Vec<String> {
    let is_offered =
        |entry: &Entry| view.machine.is_logged_in() || matches!(entry, Entry::Exit | Entry::Login);
    let numbers = (0..=10).map(|it: u8| it.to_string());
    let entries = numbers.filter_map(|it| Entry::of(&it).map(|entry| (it, entry)));
    let offered = entries.filter(|(_, entry)| is_offered(entry));
    offered.map(|(number, entry)| format!("{number:>2} {}", look.text(entry.key()))).collect()
}

/// Does what a number means, or tells why not.
pub(crate) fn commit(screen: &mut Screen, view: &View, digits: &str) -> Vec<Action> {
    let Some(entry) = Entry::of(digits) else {
        let text = screen.look.fill("menu.unknown", &[("digits", digits)]);
        screen.toasts.push(Kind::Warn, text);
        return Vec::new();
    };
    if let Some(text) = held_back(&screen.look, view, entry) {
        screen.toasts.push(Kind::Warn, text);
        return Vec::new();
    }
    match entry {
        Entry::Exit => quit::open(screen, view),
        Entry::Login => form::login(screen, view),
        Entry::Logout => safety::gate(screen, view, "logout".into()),
        Entry::Item => form::item(screen, view),
        Entry::Condition => form::condition(screen, view, None),
        Entry::Account => form::account(screen, view),
        Entry::Order => form::order(screen, view, form::Prefill::default()),
        Entry::Futures => form::futures(screen, view),
        Entry::Positions => form::positions(screen, view),
        Entry::Stop => safety::gate(screen, view, "stop".into()),
        Entry::Start => safety::gate(screen, view, "start".into()),
    }
}

/// Why an entry cannot be done now: everything that is missing, in one sentence.
fn held_back(look: &Look, view: &View, entry: Entry) -> Option<String> {
    let missing = entry.missing(view);
    let texts: Vec<_> = missing.into_iter().map(|it| look.text(it)).collect();
    let name = look.text(entry.key());
    let missing = texts.join(&look.text("menu.and"));
    (!texts.is_empty())
        .then(|| look.fill("menu.missing", &[("name", &name), ("missing", &missing)]))
}

/// Draws it into the bottom line.
pub fn draw(frame: &mut Frame<'_>, menu: &Menu, screen: &Screen, view: &View) {
    let look = &screen.look;
    let area = super::line(frame, screen);
    popup::clear(frame, area, look);
    let (text, role) = match Entry::of(&menu.digits) {
        None => (look.fill("menu.unknown", &[("digits", &menu.digits)]), Role::FormError),
        Some(entry) => match held_back(look, view, entry) {
            Some(text) => (text, Role::StatusWarn),
            None => (look.text(entry.key()).into_owned(), Role::TextStrong),
        },
    };
    let line = Line::from(vec![
        Span::styled(format!(" > {}", menu.digits), look.style(Role::FormValue)),
        Span::styled("_", look.style(Role::FormCursor).add_modifier(Modifier::REVERSED)),
        Span::styled(format!("  {text}"), look.style(role)),
        Span::styled(format!("  {}", look.text("menu.keys")), look.style(Role::KeyHint)),
    ]);
    frame.buffer_mut().set_line(area.x, area.y, &line, area.width);
}

#[cfg(test)]
mod tests;
