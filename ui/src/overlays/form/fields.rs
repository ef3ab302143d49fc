//! Which fields a form has, in which order, and what they offer.

use crate::screen::Screen;
use crate::view::{Condition, Nano, Order, Side, View};
use crate::widgets::field::Field;
use crate::widgets::text::exact;

use super::read::yes_no;
use super::{Entry, Form, Kind, Name, Prefill, Protected};

/// How a field is read, and what its keys do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sort {
    /// Letters and digits without blanks.
    Word,
    /// Never shown.
    Secret,
    /// Yes or no.
    YesNo,
    /// Buy or sell.
    Side,
    /// A price on the grid.
    Price,
    /// Points on the grid.
    Points,
    /// Lots.
    Lots,
    /// One of the accounts.
    Account,
}

impl Name {
    /// How the field is read.
    pub(super) const fn sort(self) -> Sort {
        match self {
            Name::User | Name::Phrase | Name::Item | Name::Code => Sort::Word,
            Name::Password => Sort::Secret,
            Name::Production | Name::Following => Sort::YesNo,
            Name::Side => Sort::Side,
            Name::Trigger | Name::Price => Sort::Price,
            Name::Turning | Name::TakeProfit | Name::StopLoss | Name::Trail | Name::Breakeven => {
                Sort::Points
            }
            Name::Quantity => Sort::Lots,
            Name::Account => Sort::Account,
        }
    }

    /// The key of its label.
    pub(super) const fn label(self) -> &'static str {
        match self {
            Name::User => "form.user",
            Name::Password => "form.password",
            Name::Production => "form.production",
            Name::Phrase => "form.phrase",
            Name::Side => "form.side",
            Name::Trigger => "form.trigger",
            Name::Turning => "form.turning",
            Name::Quantity => "form.quantity",
            Name::TakeProfit => "form.take_profit",
            Name::StopLoss => "form.stop_loss",
            Name::Trail => "form.trail",
            Name::Breakeven => "form.breakeven",
            Name::Following => "form.following",
            Name::Item => "form.item",
            Name::Account => "form.account",
            Name::Price => "form.price",
            Name::Code => "form.code",
        }
    }

    /// The key of what is said about it while it has the focus.
    pub(super) const fn help(self) -> &'static str {
        match self {
            Name::User => "form.help_user",
            Name::Password => "form.help_password",
            Name::Production => "form.help_production",
            Name::Phrase => "form.help_phrase",
            Name::Side => "form.help_side",
            Name::Trigger => "form.help_trigger",
            Name::Turning => "form.help_turning",
            Name::Quantity => "form.help_quantity",
            Name::TakeProfit => "form.help_take_profit",
            Name::StopLoss => "form.help_stop_loss",
            Name::Trail => "form.help_trail",
            Name::Breakeven => "form.help_breakeven",
            Name::Following => "form.help_following",
            Name::Item => "form.help_item",
            Name::Account => "form.help_account",
            Name::Price => "form.help_price",
            Name::Code => "form.help_code",
        }
    }
}

impl Kind {
    /// The key of its title.
    pub(super) const fn title(&self) -> &'static str {
        match self {
            Kind::Login => "form.title_login",
            Kind::Item => "form.title_item",
            Kind::Condition(None) => "form.title_condition",
            Kind::Condition(Some(_)) => "form.title_edit",
            Kind::Account => "form.title_account",
            Kind::Order => "form.title_order",
            Kind::Amend(_) => "form.title_amend",
            Kind::Protect(_) => "form.title_protect",
            Kind::Futures => "form.title_futures",
            Kind::Positions => "form.title_positions",
        }
    }

    /// The key of its button.
    pub(super) const fn button(&self) -> &'static str {
        match self {
            Kind::Login => "form.button_login",
            Kind::Item => "form.button_item",
            Kind::Condition(None) => "form.button_condition",
            Kind::Condition(Some(_)) => "form.button_edit",
            Kind::Account => "form.button_account",
            Kind::Order => "form.button_order",
            Kind::Amend(_) => "form.button_amend",
            Kind::Protect(_) => "form.button_protect",
            Kind::Futures | Kind::Positions => "form.button_show",
        }
    }
}

/// Whether a field is asked at all, by what stands in the others.
pub(super) fn is_visible(form: &Form, name: Name) -> bool {
    let is_production = yes_no(form.said(Name::Production)) == Some(true);
    match name {
        Name::Phrase => is_production,
        _ => true,
    }
}

/// Stands as the password's default where the default user needs one. It is never sent.
pub(super) const NEEDED: &str = "needed";

fn empty(name: Name, default: impl Into<String>) -> Entry {
    Entry { name, field: Field::default(), default: default.into() }
}

fn filled(name: Name, text: String) -> Entry {
    Entry { name, field: Field::new(text.clone()), default: text }
}

/// A text that may be taken away again; then nothing stands in its place.
fn offered(name: Name, text: impl Into<String>) -> Entry {
    Entry { name, field: Field::new(text), default: String::new() }
}

fn points(value: Option<Nano>) -> String {
    value.map_or_else(|| "none".to_owned(), exact)
}

const fn side(side: Side) -> &'static str {
    match side {
        Side::Buy => "b",
        Side::Sell => "s",
    }
}

pub(super) fn login(view: &View) -> Vec<Entry> {
    let defaults = &view.machine.defaults;
    let needed = if defaults.needs_password { NEEDED } else { "" };
    vec![
        empty(Name::User, defaults.user.clone()),
        Entry { name: Name::Password, field: Field::secret(), default: needed.to_owned() },
        empty(Name::Production, "n"),
        empty(Name::Phrase, ""),
    ]
}

pub(super) fn item(view: &View) -> Vec<Entry> {
    let offered = &view.machine.defaults.item;
    let is_there = view.quote(offered).is_some();
    vec![empty(Name::Item, if is_there { "" } else { offered })]
}

/// The item that is looked at, or the first that is registered.
fn focused(screen: &Screen, view: &View) -> String {
    let first = || view.quotes.first().map(|it| it.code.clone());
    let code = screen.item.clone().or_else(first);
    code.unwrap_or_else(|| view.machine.defaults.item.clone())
}

pub(super) fn condition(screen: &Screen, view: &View) -> Vec<Entry> {
    let defaults = &view.machine.defaults;
    vec![
        empty(Name::Side, ""),
        empty(Name::Trigger, ""),
        empty(Name::Turning, exact(defaults.turning)),
        empty(Name::Quantity, exact(defaults.quantity)),
        empty(Name::TakeProfit, points(defaults.take_profit)),
        empty(Name::StopLoss, points(defaults.stop_loss)),
        empty(Name::Following, "n"),
        empty(Name::Item, focused(screen, view)),
        offered(Name::Account, view.machine.account.clone().unwrap_or_default()),
    ]
}

/// A condition's item and side stay as they are.
pub(super) fn edit(it: &Condition) -> Vec<Entry> {
    vec![
        filled(Name::Trigger, exact(it.trigger)),
        filled(Name::Turning, exact(it.turning)),
        filled(Name::Quantity, exact(it.quantity)),
        filled(Name::TakeProfit, points(it.take_profit)),
        filled(Name::StopLoss, points(it.stop_loss)),
        filled(Name::Following, if it.following { "y" } else { "n" }.to_owned()),
        filled(Name::Account, it.account.clone().unwrap_or_default()),
    ]
}

pub(super) fn account(view: &View) -> Vec<Entry> {
    let machine = &view.machine;
    let default = machine.account.as_ref().or(machine.accounts.first());
    vec![empty(Name::Account, default.cloned().unwrap_or_default())]
}

pub(super) fn order(screen: &Screen, view: &View, prefill: Prefill) -> Vec<Entry> {
    let lots = prefill.quantity.unwrap_or(view.machine.defaults.quantity);
    let item = prefill.item.unwrap_or_else(|| focused(screen, view));
    vec![
        offered(Name::Side, prefill.side.map_or("", side)),
        match prefill.quantity {
            Some(lots) => filled(Name::Quantity, exact(lots)),
            None => empty(Name::Quantity, exact(lots)),
        },
        offered(Name::Price, prefill.price.map(exact).unwrap_or_default()),
        empty(Name::Item, item),
    ]
}

pub(super) fn amend(it: &Order) -> Vec<Entry> {
    let mut entries = vec![filled(Name::Quantity, exact(it.quantity))];
    entries.extend(it.price.map(|price| filled(Name::Price, exact(price))));
    entries
}

/// Every exit is said anew: what stands there is what holds.
pub(super) fn protect(protected: &Protected) -> Vec<Entry> {
    let names = [Name::TakeProfit, Name::StopLoss, Name::Trail, Name::Breakeven];
    let said = names.into_iter().zip(&protected.exits);
    said.map(|(name, exit)| Entry {
        name,
        field: Field::new(exit.clone()),
        default: "none".to_owned(),
    })
    .collect()
}

pub(super) fn code() -> Vec<Entry> {
    vec![empty(Name::Code, "")]
}
