//! Forms: a table of fields each, checked at every edit, in the order in which the questions have
//! always been asked.
//!
//! A form sends nothing but by its own button. It stays open with the reason where the machine
//! refuses, and closes when it was done.

mod draw;
mod fields;
mod keys;
pub(super) mod lines;
mod read;
mod sentence;
mod submit;

use crate::action::Action;
use crate::event::Answer;
use crate::panes::instruments;
use crate::screen::{Awaited, Screen};
use crate::toasts::Kind as Tone;
use crate::view::{Moment, Nano, Side, View};
use crate::widgets::field::Field;

use super::Overlay;
use super::detail::{self, Subject};

pub use draw::draw;
pub use keys::update;

/// A form with what was typed into it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Form {
    kind: Kind,
    entries: Vec<Entry>,
    /// The field with the focus; `None` is the button.
    focus: Option<Name>,
    opened: Moment,
    /// What was answered, where it is asked a line at a time.
    asked: Vec<Name>,
    /// The action whose answer is awaited.
    sent: Option<u64>,
    /// Why it was not done.
    refusal: Option<String>,
}

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Kind {
    Login,
    Item,
    /// A new condition, or the change of one.
    Condition(Option<String>),
    Account,
    Order,
    Amend(String),
    Protect(Protected),
    Futures,
    Positions,
}

/// A field.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Entry {
    name: Name,
    field: Field,
    /// What holds where nothing is typed; empty where something must be.
    default: String,
}

/// What a field is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Name {
    User,
    Password,
    Production,
    Phrase,
    Side,
    Trigger,
    Turning,
    Quantity,
    TakeProfit,
    StopLoss,
    Trail,
    Breakeven,
    Following,
    Item,
    Account,
    Price,
    Code,
}

/// What is protected, in the words of the command, and its exits so far.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Protected {
    /// An order's number, or an item with its account.
    pub what: String,
    /// How it is called.
    pub id: String,
    /// Of which item.
    pub item: String,
    /// Take profit, stop loss, trail and breakeven as they were said; empty where there is none.
    pub exits: [String; 4],
}

/// What an order form begins with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Prefill {
    /// The item; `None` takes the one that is looked at.
    pub item: Option<String>,
    /// Buy or sell; `None` asks.
    pub side: Option<Side>,
    /// Lots; `None` offers the default.
    pub quantity: Option<Nano>,
    /// The limit price; `None` is at the market.
    pub price: Option<Nano>,
}

impl Form {
    /// Whether letters go into a text.
    pub const fn has_text_field(&self) -> bool {
        self.focus.is_some()
    }

    /// Puts a text into the field that has the focus. The word that proves that somebody means the
    /// production venue is typed.
    pub fn paste(&mut self, text: &str) {
        if self.sent.is_none()
            && let Some(name) = self.focus.filter(|it| *it != Name::Phrase)
            && let Some(entry) = self.entry_mut(name)
        {
            entry.field.insert(text);
            self.refusal = None;
        }
    }

    fn entry(&self, name: Name) -> Option<&Entry> {
        self.entries.iter().find(|it| it.name == name)
    }

    fn entry_mut(&mut self, name: Name) -> Option<&mut Entry> {
        self.entries.iter_mut().find(|it| it.name == name)
    }

    /// What is typed, or the default where nothing is.
    fn said(&self, name: Name) -> &str {
        let Some(entry) = self.entry(name) else { return "" };
        match entry.field.text().trim() {
            "" => &entry.default,
            text => text,
        }
    }

    /// The fields that are shown, in their order.
    fn visible(&self) -> Vec<Name> {
        let names = self.entries.iter().map(|it| it.name);
        names.filter(|it| fields::is_visible(self, *it)).collect()
    }
}

fn open(screen: &mut Screen, kind: Kind, entries: Vec<Entry>) -> Vec<Action> {
    let focus = entries.first().map(|it| it.name);
    let (opened, asked) = (screen.now, Vec::new());
    let form = Form { kind, entries, focus, opened, asked, sent: None, refusal: None };
    screen.overlays.push(Overlay::Form(Box::new(form)));
    Vec::new()
}

/// Asks who logs in.
pub fn login(screen: &mut Screen, view: &View) -> Vec<Action> {
    open(screen, Kind::Login, fields::login(view))
}

/// Asks who logs in, with what is known of it.
pub(crate) fn login_as(
    screen: &mut Screen,
    view: &View,
    user: &str,
    production: bool,
) -> Vec<Action> {
    let actions = login(screen, view);
    if let Some(Overlay::Form(form)) = screen.overlays.last_mut() {
        let said = [(Name::User, user), (Name::Production, if production { "y" } else { "" })];
        for (name, text) in said {
            if let Some(entry) = form.entry_mut(name) {
                entry.field.set(text);
            }
        }
    }
    actions
}

/// Asks for an item to register.
pub fn item(screen: &mut Screen, view: &View) -> Vec<Action> {
    open(screen, Kind::Item, fields::item(view))
}

/// Asks for a condition; with a name it changes that one.
pub fn condition(screen: &mut Screen, view: &View, id: Option<&str>) -> Vec<Action> {
    let Some(id) = id else {
        let entries = fields::condition(screen, view);
        return open(screen, Kind::Condition(None), entries);
    };
    match view.condition(id) {
        Some(it) => open(screen, Kind::Condition(Some(id.to_owned())), fields::edit(it)),
        None => gone(screen, id),
    }
}

/// Asks which account trades.
pub fn account(screen: &mut Screen, view: &View) -> Vec<Action> {
    open(screen, Kind::Account, fields::account(view))
}

/// Asks for an order.
pub fn order(screen: &mut Screen, view: &View, prefill: Prefill) -> Vec<Action> {
    let entries = fields::order(screen, view, prefill);
    open(screen, Kind::Order, entries)
}

/// Asks how a working order changes.
pub fn amend(screen: &mut Screen, view: &View, id: &str) -> Vec<Action> {
    match view.order(id).filter(|it| it.is_open()) {
        Some(it) => open(screen, Kind::Amend(id.to_owned()), fields::amend(it)),
        None => gone(screen, id),
    }
}

/// Asks for the exits of an order or a position.
pub fn protect(screen: &mut Screen, protected: Protected) -> Vec<Action> {
    let entries = fields::protect(&protected);
    open(screen, Kind::Protect(protected), entries)
}

/// Asks which contracts to list.
pub fn futures(screen: &mut Screen, view: &View) -> Vec<Action> {
    let _ = view;
    open(screen, Kind::Futures, fields::code())
}

/// Asks which positions to list.
pub fn positions(screen: &mut Screen, view: &View) -> Vec<Action> {
    let _ = view;
    open(screen, Kind::Positions, fields::code())
}

fn gone(screen: &mut Screen, id: &str) -> Vec<Action> {
    let text = screen.look.fill("form.gone", &[("id", id)]);
    screen.toasts.push(Tone::Warn, text);
    Vec::new()
}

/// Every open form, the one on top last.
fn forms(screen: &mut Screen) -> impl DoubleEndedIterator<Item = &mut Form> {
    screen.overlays.iter_mut().filter_map(|it| match it {
        Overlay::Form(form) => Some(&mut **form),
        _ => None,
    })
}

/// Takes note that what the form on top staged has left.
pub(super) fn sent(screen: &mut Screen, actions: &[Action]) {
    let Some(Action::Perform { id, .. }) = actions.first() else { return };
    if screen.awaited.get(id) != Some(&Awaited::Form) {
        return;
    }
    let id = *id;
    if let Some(form) = forms(screen).next_back() {
        form.sent = Some(id);
    }
}

/// Closes the form, or shows why it was not done.
pub(super) fn answered(screen: &mut Screen, _view: &View, answer: &Answer) -> Vec<Action> {
    let id = answer.id;
    let is_meant = |it: &Overlay| matches!(it, Overlay::Form(form) if form.sent == Some(id));
    let place = screen.overlays.iter().position(is_meant);
    match (&answer.outcome, place) {
        (Ok(said), None) => {
            let text = if said.is_empty() { screen.look.text("form.done") } else { said.into() };
            screen.toasts.push(Tone::Ok, text);
        }
        (Ok(said), Some(place)) => {
            if let Overlay::Form(form) = screen.overlays.remove(place) {
                screen.toasts.push(Tone::Ok, sentence::done(&screen.look, &form, said));
                after(screen, &form);
            }
        }
        (Err(refused), Some(_)) => {
            if let Some(form) = forms(screen).find(|it| it.sent == Some(id)) {
                form.sent = None;
                form.refusal = Some(refused.text.clone());
            }
        }
        (Err(refused), None) => screen.toasts.push(Tone::Error, refused.text.clone()),
    }
    Vec::new()
}

/// Shows what was asked for.
fn after(screen: &mut Screen, form: &Form) {
    let code = form.said(Name::Code).to_ascii_uppercase();
    match form.kind {
        Kind::Futures if screen.is_plain => detail::open(screen, Subject::Futures(code)),
        Kind::Futures => instruments::open(screen, &code),
        Kind::Positions => detail::open(screen, Subject::Positions(code)),
        Kind::Item if screen.item.is_none() => {
            screen.item = Some(form.said(Name::Item).to_ascii_uppercase());
        }
        _ => (),
    }
}

#[cfg(test)]
mod tests;
