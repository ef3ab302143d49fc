//! The command that a form stands for, and its way out.

use crate::action::{Action, Secret};
use crate::safety;
use crate::safety::stage::{Staged, refusal, stage_for};
use crate::screen::{Awaited, Screen};
use crate::view::{Environment, View};
use crate::widgets::text::exact;

use super::super::Overlay;
use super::read::{Read, Reader};
use super::{Form, Kind, Name};

impl Reader<'_> {
    /// The command.
    pub(super) fn line(&self) -> Read<String> {
        match &self.form.kind {
            Kind::Login => self.login_line(),
            Kind::Item => Ok(format!("item add {}", word(&self.item()?))),
            Kind::Condition(None) => self.add_line(),
            Kind::Condition(Some(id)) => self.edit_line(id),
            Kind::Account => Ok(format!("account use {}", word(self.account()?))),
            Kind::Order => self.order_line(),
            Kind::Amend(id) => self.amend_line(id),
            Kind::Protect(it) => self.protect_line(&it.what),
            Kind::Futures => Ok(format!("futures {}", word(&self.code()?)).trim_end().to_owned()),
            Kind::Positions => {
                Ok(format!("positions {}", word(&self.code()?)).trim_end().to_owned())
            }
        }
    }

    fn login_line(&self) -> Read<String> {
        let production = if self.yes_no(Name::Production)? { " --production" } else { "" };
        Ok(format!("login {}{production}", word(self.user()?)))
    }

    /// Everything is said, defaults too: what was shown is what is sent.
    fn add_line(&self) -> Read<String> {
        let points = |name| self.points(name).map(|it| it.map_or("none".to_owned(), exact));
        let mut line = format!(
            "condition add {} {} --trigger {} --turning {} --qty {} --tp {} --sl {}",
            self.side()?.word(),
            word(&self.item()?),
            exact(self.trigger()?),
            exact(self.turning()?),
            exact(self.quantity()?),
            points(Name::TakeProfit)?,
            points(Name::StopLoss)?,
        );
        if self.yes_no(Name::Following)? {
            line.push_str(" --follow");
        }
        let account = self.account()?;
        if !account.is_empty() {
            line.push_str(&format!(" --account {}", word(account)));
        }
        Ok(line)
    }

    /// Only what changes is said.
    fn edit_line(&self, id: &str) -> Read<String> {
        let points = |name| self.points(name).map(|it| it.map_or("none".to_owned(), exact));
        let mut line = format!("condition edit {}", word(id));
        let mut say = |name, text: Read<String>| -> Read<()> {
            let text = text?;
            if self.is_changed(name) {
                line.push_str(&text);
            }
            Ok(())
        };
        say(Name::Trigger, self.trigger().map(|it| format!(" --trigger {}", exact(it))))?;
        say(Name::Turning, self.turning().map(|it| format!(" --turning {}", exact(it))))?;
        say(Name::Quantity, self.quantity().map(|it| format!(" --qty {}", exact(it))))?;
        say(Name::TakeProfit, points(Name::TakeProfit).map(|it| format!(" --tp {it}")))?;
        say(Name::StopLoss, points(Name::StopLoss).map(|it| format!(" --sl {it}")))?;
        say(Name::Following, self.yes_no(Name::Following).map(|it| format!(" --follow={it}")))?;
        say(Name::Account, self.account().map(|it| format!(" --account {}", word(it))))?;
        Ok(line)
    }

    fn order_line(&self) -> Read<String> {
        let (side, item) = (self.side()?.word(), self.item()?);
        let lots = exact(self.quantity()?);
        let price = match self.price()? {
            Some(price) if price < 0 => format!("--limit={} --tif rod", exact(price)),
            Some(price) => format!("--limit {} --tif rod", exact(price)),
            None => "--tif ioc".to_owned(),
        };
        Ok(format!("order {side} {} {lots} {price}", word(&item)))
    }

    /// `what` is said in the words of the command already.
    fn protect_line(&self, what: &str) -> Read<String> {
        let mut line = format!("protect {what}");
        for (option, name) in [
            ("take-profit", Name::TakeProfit),
            ("stop-loss", Name::StopLoss),
            ("trail", Name::Trail),
            ("breakeven", Name::Breakeven),
        ] {
            if let Some(exit) = self.exit(name)? {
                line.push_str(&format!(" --{option} {exit}"));
            }
        }
        Ok(line)
    }

    fn amend_line(&self, id: &str) -> Read<String> {
        let mut line = format!("amend {}", word(id));
        let lots = self.quantity()?;
        if self.is_changed(Name::Quantity) {
            line.push_str(&format!(" --qty {}", exact(lots)));
        }
        if let Some(price) = self.price()?
            && self.is_changed(Name::Price)
        {
            let tie = if price < 0 { '=' } else { ' ' };
            line.push_str(&format!(" --price{tie}{}", exact(price)));
        }
        Ok(line)
    }

    pub(super) fn staged(&self) -> Read<Staged> {
        let text = self.sentence().unwrap_or_default();
        Ok(Staged { line: self.line()?, item: self.item()?, text })
    }

    /// Why the button does nothing: what is wrong in the form, or why no order may leave.
    pub(super) fn held_back(&self, screen: &Screen) -> Option<String> {
        if let Some(problem) = self.first_problem() {
            return Some(problem);
        }
        match self.form.kind {
            Kind::Order | Kind::Amend(_) => match self.staged() {
                Ok(staged) => refusal(screen, self.view, &staged),
                Err(text) => Some(text),
            },
            _ => None,
        }
    }
}

/// A word as the command language reads it back.
fn word(text: &str) -> String {
    if text.is_empty() { String::new() } else { shell_words::quote(text).into_owned() }
}

/// Sends the form on top where nothing is wrong with it.
pub(super) fn submit(screen: &mut Screen, view: &View) -> Vec<Action> {
    let Some(Overlay::Form(form)) = screen.overlays.last() else { return Vec::new() };
    let reader = Reader { form, look: &screen.look, view };
    if form.sent.is_some() || reader.held_back(screen).is_some() {
        return Vec::new();
    }
    let kind = form.kind.clone();
    match kind {
        Kind::Order | Kind::Amend(_) => {
            let staged = reader.staged();
            let staged = staged.and_then(|it| stage_for(screen, view, it, Awaited::Form));
            after_stage(screen, staged)
        }
        Kind::Account if view.machine.environment == Environment::Live => {
            let Ok(line) = reader.line() else { return Vec::new() };
            screen.overlays.pop();
            safety::gate(screen, view, line)
        }
        _ => {
            let Ok(line) = reader.line() else { return Vec::new() };
            perform(screen, line)
        }
    }
}

fn after_stage(screen: &mut Screen, staged: Read<Vec<Action>>) -> Vec<Action> {
    match staged {
        Ok(actions) => {
            super::sent(screen, &actions);
            actions
        }
        Err(text) => {
            if let Some(form) = super::forms(screen).next_back() {
                form.refusal = Some(text);
            }
            Vec::new()
        }
    }
}

fn perform(screen: &mut Screen, line: String) -> Vec<Action> {
    let id = screen.number(Awaited::Form);
    let Some(form) = super::forms(screen).next_back() else { return Vec::new() };
    form.sent = Some(id);
    form.refusal = None;
    let password = password(form);
    vec![Action::Perform { id, lines: vec![line], password }]
}

/// Takes the password out of its field: what stays behind is empty.
fn password(form: &mut Form) -> Option<Secret> {
    let text = form.entry_mut(Name::Password)?.field.take();
    (!text.is_empty()).then(|| Secret::new(text))
}
