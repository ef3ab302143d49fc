//! What stands in the fields, or why it cannot be.

use crate::look::Look;
use crate::view::{Condition, Nano, Order, Quote, Side, View, nano, parse_nano};
use crate::widgets::text::exact;

use super::fields::NEEDED;
use super::{Form, Kind, Name};

/// The longest name of a user, an item or an account.
const NAME_MAX: usize = 32;
/// What is typed to log in where real money moves.
pub(super) const PRODUCTION: &str = "production";

/// A form with what it is checked against.
#[derive(Clone, Copy)]
pub(super) struct Reader<'a> {
    pub(super) form: &'a Form,
    pub(super) look: &'a Look,
    pub(super) view: &'a View,
}

/// What a field says, or a sentence that says why not.
pub(super) type Read<T> = Result<T, String>;

/// Yes or no: the letters and the words, in every language of the screen.
pub(super) fn yes_no(text: &str) -> Option<bool> {
    match text {
        "y" | "Y" | "yes" | "Yes" | "YES" | "是" => Some(true),
        "n" | "N" | "no" | "No" | "NO" | "否" => Some(false),
        _ => None,
    }
}

/// Buy or sell. Nothing else is either.
pub(super) fn side(text: &str) -> Option<Side> {
    match text {
        "b" | "B" | "買" | "买" => Some(Side::Buy),
        "s" | "S" | "賣" | "卖" => Some(Side::Sell),
        _ => None,
    }
}

impl<'a> Reader<'a> {
    /// Why a field cannot stay as it is.
    pub(super) fn problem(&self, name: Name) -> Option<String> {
        match name {
            Name::User => self.user().err(),
            Name::Password => self.password().err(),
            Name::Production | Name::Following => self.yes_no(name).err(),
            Name::Phrase => self.phrase().err(),
            Name::Side => self.side().err(),
            Name::Trigger => self.trigger().err(),
            Name::Turning => self.turning().err(),
            Name::Quantity => self.quantity().err(),
            Name::TakeProfit | Name::StopLoss | Name::Trail | Name::Breakeven => {
                self.exit(name).err()
            }
            Name::Item => self.item().err(),
            Name::Account => self.account().err(),
            Name::Price => self.price().err(),
            Name::Code => self.code().err(),
        }
    }

    /// The first field that cannot stay as it is, and why; then what is wrong with the whole.
    pub(super) fn first_problem(&self) -> Option<String> {
        let visible = self.form.visible();
        let field = visible.into_iter().find_map(|it| {
            let problem = self.problem(it)?;
            Some(format!("{}: {problem}", self.look.text(it.label())))
        });
        field.or_else(|| self.whole())
    }

    /// Something must change, and what changes must still be there.
    fn whole(&self) -> Option<String> {
        if let Kind::Protect(_) = &self.form.kind {
            return self.protect_problem();
        }
        let is_gone = match &self.form.kind {
            Kind::Condition(Some(id)) => self.view.condition(id).is_none(),
            Kind::Amend(id) => !self.view.order(id).is_some_and(Order::is_open),
            _ => return None,
        };
        if is_gone {
            return Some(self.look.text("form.is_gone").into_owned());
        }
        let is_changed = self.form.entries.iter().any(|it| self.is_changed(it.name));
        (!is_changed).then(|| self.look.text("form.unchanged").into_owned())
    }

    /// Whether a field says something else than it began with.
    pub(super) fn is_changed(&self, name: Name) -> bool {
        let Some(entry) = self.form.entry(name) else { return false };
        let said = self.form.said(name);
        match (parse_nano(said), parse_nano(&entry.default)) {
            // `+10` is a price elsewhere, whatever number it looks like.
            (Some(said), Some(default)) if !is_relative(name, self.form.said(name)) => {
                said != default
            }
            _ => match (yes_no(said), yes_no(&entry.default)) {
                (Some(said), Some(default)) => said != default,
                _ => said != entry.default,
            },
        }
    }

    fn fail<T>(&self, key: &str, values: &[(&str, &str)]) -> Read<T> {
        Err(self.look.fill(key, values))
    }

    fn word(&self, name: Name) -> Read<&'a str> {
        let text = self.form.said(name);
        let is_word = text.len() <= NAME_MAX && text.bytes().all(|it| it.is_ascii_graphic());
        match text {
            "" => self.fail("form.wants", &[]),
            _ if is_word && !text.starts_with('-') => Ok(text),
            _ => self.fail("form.no_word", &[("text", text)]),
        }
    }

    pub(super) fn user(&self) -> Read<&'a str> {
        self.word(Name::User)
    }

    fn password(&self) -> Read<()> {
        let Some(entry) = self.form.entry(Name::Password) else { return Ok(()) };
        let is_default =
            self.form.entry(Name::User).is_some_and(|it| self.form.said(Name::User) == it.default);
        if entry.default == NEEDED && is_default && entry.field.is_empty() {
            return self.fail("form.wants_password", &[]);
        }
        Ok(())
    }

    pub(super) fn yes_no(&self, name: Name) -> Read<bool> {
        let text = self.form.said(name);
        yes_no(text).map_or_else(|| self.fail("form.no_yes_no", &[("text", text)]), Ok)
    }

    fn phrase(&self) -> Read<()> {
        let text = self.form.entry(Name::Phrase).map_or("", |it| it.field.text());
        if text == PRODUCTION {
            return Ok(());
        }
        self.fail("form.no_phrase", &[("phrase", PRODUCTION)])
    }

    /// The side as it stands there: no blanks, no words, no default. An edit keeps its own.
    pub(super) fn side(&self) -> Read<Side> {
        if let Some(condition) = self.condition() {
            return Ok(condition.side);
        }
        let text = self.form.entry(Name::Side).map_or("", |it| it.field.text());
        match side(text) {
            Some(side) => Ok(side),
            None if text.is_empty() => self.fail("form.wants_side", &[]),
            None => self.fail("form.no_side", &[("text", text)]),
        }
    }

    /// The condition that is changed.
    pub(super) fn condition(&self) -> Option<&'a Condition> {
        match &self.form.kind {
            Kind::Condition(Some(id)) => self.view.condition(id),
            _ => None,
        }
    }

    /// The order that is changed.
    pub(super) fn order(&self) -> Option<&'a Order> {
        match &self.form.kind {
            Kind::Amend(id) => self.view.order(id),
            _ => None,
        }
    }

    /// The item, whichever field or row names it, in capitals.
    pub(super) fn item(&self) -> Read<String> {
        if let Some(condition) = self.condition() {
            return Ok(condition.item.clone());
        }
        if let Some(order) = self.order() {
            return Ok(order.item.clone());
        }
        if let Kind::Protect(it) = &self.form.kind {
            return Ok(it.item.clone());
        }
        let code = self.word(Name::Item)?.to_ascii_uppercase();
        if self.form.kind == Kind::Item && self.view.quote(&code).is_some() {
            return self.fail("form.is_registered", &[("item", &code)]);
        }
        // A condition on an item without ticks would wait for ever: it is asked for here, too.
        let is_traded = matches!(self.form.kind, Kind::Order | Kind::Condition(_));
        if is_traded && self.view.quote(&code).is_none() {
            return self.fail("form.not_registered", &[("item", &code)]);
        }
        Ok(code)
    }

    pub(super) fn quote(&self) -> Option<&'a Quote> {
        let code = match (self.condition(), self.order()) {
            (Some(it), _) => it.item.clone(),
            (_, Some(it)) => it.item.clone(),
            _ if matches!(self.form.kind, Kind::Protect(_)) => self.item().unwrap_or_default(),
            _ => self.form.said(Name::Item).to_ascii_uppercase(),
        };
        self.view.quote(&code)
    }

    /// Shows a price with the item's decimals.
    pub(super) fn show(&self, price: Nano) -> String {
        match self.quote() {
            Some(quote) => nano(price, quote.decimals),
            None => exact(price),
        }
    }

    fn number(&self, name: Name) -> Read<Nano> {
        let text = self.form.said(name);
        match (text, parse_nano(text)) {
            (_, Some(value)) => Ok(value),
            ("", None) => self.fail("form.wants_number", &[]),
            (_, None) => self.fail("form.no_number", &[("text", text)]),
        }
    }

    /// Where relative prices are counted from: what is changed, else the last price.
    pub(super) fn base(&self) -> Option<Nano> {
        let changed = self.condition().map(|it| it.trigger);
        let amended = self.order().and_then(|it| it.price);
        changed.or(amended).or_else(|| self.quote()?.last)
    }

    /// A price, exact; `+10` and `-10` count from the base.
    fn any_price(&self, name: Name) -> Read<Nano> {
        let value = self.number(name)?;
        if !is_relative(name, self.form.said(name)) {
            return Ok(value);
        }
        match self.base().map(|it| it.checked_add(value)) {
            Some(Some(price)) => Ok(price),
            _ => self.fail("form.no_base", &[]),
        }
    }

    /// A price to step from, whether it may stand or not.
    pub(super) fn loose_price(&self, name: Name) -> Option<Nano> {
        self.any_price(name).ok()
    }

    /// Points to step from, whether they may stand or not.
    pub(super) fn loose_points(&self, name: Name) -> Option<Nano> {
        self.number(name).ok()
    }

    fn on_grid(&self, price: Nano) -> Read<Nano> {
        let Some(tick) = self.quote().and_then(|it| it.tick_at(price)).filter(|it| *it > 0) else {
            return Ok(price);
        };
        let below = price.saturating_sub(price.rem_euclid(tick));
        if below == price {
            return Ok(price);
        }
        let (low, high) = (self.show(below), self.show(below.saturating_add(tick)));
        let values = [("price", exact(price)), ("tick", exact(tick)), ("low", low), ("high", high)];
        self.fail("form.off_grid", &values.each_ref().map(|(name, it)| (*name, it.as_str())))
    }

    pub(super) fn trigger(&self) -> Read<Nano> {
        let price = self.any_price(Name::Trigger)?;
        if price <= 0 {
            return self.fail("form.above_zero", &[]);
        }
        self.on_grid(price)
    }

    /// The limit price; `None` is at the market.
    pub(super) fn price(&self) -> Read<Option<Nano>> {
        if self.form.said(Name::Price).is_empty() {
            return Ok(None);
        }
        let price = self.on_grid(self.any_price(Name::Price)?)?;
        let quote = self.quote();
        let bounds = (quote.and_then(|it| it.limit_down), quote.and_then(|it| it.limit_up));
        let (low, high) = (bounds.0.unwrap_or(Nano::MIN), bounds.1.unwrap_or(Nano::MAX));
        if price < low || price > high {
            let (low, high) = (self.show(low), self.show(high));
            return self.fail("form.out_of_range", &[("low", &low), ("high", &high)]);
        }
        Ok(Some(price))
    }

    /// Points on the tick of the place where they are counted from.
    fn points_on_grid(&self, points: Nano) -> Read<Nano> {
        let place = self.any_price(Name::Trigger).ok().or_else(|| self.base()).unwrap_or(0);
        let tick = self.quote().and_then(|it| it.tick_at(place)).filter(|it| *it > 0);
        match tick {
            Some(tick) if points % tick != 0 => {
                self.fail("form.points_off_grid", &[("tick", &exact(tick))])
            }
            _ => Ok(points),
        }
    }

    pub(super) fn turning(&self) -> Read<Nano> {
        let points = self.number(Name::Turning)?;
        if points < 0 {
            return self.fail("form.not_below_zero", &[]);
        }
        self.points_on_grid(points)
    }

    /// Points of profit or loss; `None` is none.
    pub(super) fn points(&self, name: Name) -> Read<Option<Nano>> {
        if self.form.said(name) == "none" {
            return Ok(None);
        }
        let points = self.number(name)?;
        if points <= 0 {
            return self.fail("form.points_above_zero", &[]);
        }
        self.points_on_grid(points).map(Some)
    }

    /// An exit of a protection as the command says it; `None` is none. Beside points a price may be
    /// said, after an `@`, and to where breakeven moves the stop, after a `+`.
    pub(super) fn exit(&self, name: Name) -> Read<Option<String>> {
        let text = self.form.said(name);
        if !matches!(self.form.kind, Kind::Protect(_)) || text == "none" {
            return self.points(name).map(|it| it.map(exact));
        }
        let above_zero = |text: &str| match parse_nano(text) {
            Some(value) if value > 0 => Ok(value),
            Some(_) => self.fail("form.points_above_zero", &[]),
            None => self.fail("form.no_number", &[("text", text)]),
        };
        let has_price = matches!(name, Name::TakeProfit | Name::StopLoss);
        if let Some(price) = text.strip_prefix('@').filter(|_| has_price) {
            let price = self.on_grid(above_zero(price)?)?;
            return Ok(Some(format!("@{}", exact(price))));
        }
        if let Some((after, offset)) = text.split_once('+').filter(|_| name == Name::Breakeven) {
            let after = self.points_on_grid(above_zero(after)?)?;
            let offset = self.points_on_grid(above_zero(offset)?)?;
            if offset >= after {
                return self.fail("form.breakeven_offset", &[]);
            }
            return Ok(Some(format!("{}+{}", exact(after), exact(offset))));
        }
        let points = self.points_on_grid(above_zero(text)?)?;
        Ok(Some(exact(points)))
    }

    /// An exit must be there, and a stop for breakeven to move.
    fn protect_problem(&self) -> Option<String> {
        let is_there = |name| self.exit(name).is_ok_and(|it| it.is_some());
        let has_stop = is_there(Name::StopLoss) || is_there(Name::Trail);
        let key = match () {
            () if !has_stop && !is_there(Name::TakeProfit) => "form.wants_exit",
            () if !has_stop && is_there(Name::Breakeven) => "form.wants_stop",
            () => return None,
        };
        Some(self.look.text(key).into_owned())
    }

    pub(super) fn quantity(&self) -> Read<Nano> {
        let lots = self.number(Name::Quantity)?;
        if lots <= 0 {
            return self.fail("form.lots_above_zero", &[]);
        }
        let filled = self.order().map_or(0, |it| it.filled);
        if filled > 0 && lots <= filled {
            return self.fail("form.lots_filled", &[("filled", &exact(filled))]);
        }
        Ok(lots)
    }

    /// An account; empty where a condition takes the one in use when it enters.
    pub(super) fn account(&self) -> Read<&'a str> {
        let text = self.form.said(Name::Account);
        let accounts = &self.view.machine.accounts;
        if text.is_empty() && matches!(self.form.kind, Kind::Condition(_)) {
            return Ok(text);
        }
        if accounts.is_empty() {
            return self.fail("form.no_accounts", &[]);
        }
        if accounts.iter().any(|it| it == text) {
            return Ok(text);
        }
        self.fail("form.unknown_account", &[("text", text), ("all", &accounts.join(", "))])
    }

    /// A code, or empty for all.
    pub(super) fn code(&self) -> Read<String> {
        if self.form.said(Name::Code).is_empty() {
            return Ok(String::new());
        }
        self.word(Name::Code).map(str::to_ascii_uppercase)
    }
}

/// Whether a price counts from another.
fn is_relative(name: Name, text: &str) -> bool {
    matches!(name, Name::Trigger | Name::Price) && text.starts_with(['+', '-', '−'])
}
