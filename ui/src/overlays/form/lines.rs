//! A form asked a line at a time: its fields in their order, then the sentence of what it does.
//!
//! A blank line keeps what is offered. What is refused is asked again, and everything else that was
//! typed stays.

use crate::action::Action;
use crate::overlays::lines::{Question, Taken, yes_no};
use crate::safety::level::proof;
use crate::safety::stage::{effect, refusal, send};
use crate::screen::{Awaited, Screen};
use crate::toasts::Kind as Tone;
use crate::view::{Environment, View};
use crate::widgets::text::exact;

use super::super::Overlay;
use super::fields::Sort;
use super::read::{self, Reader};
use super::submit::submit;
use super::{Form, Kind, Name};

/// Nothing of a password stays.
pub(in crate::overlays) fn wipe(form: &mut Form) {
    super::keys::wipe(form);
}

/// Yes or no, in every language.
pub(in crate::overlays) fn yes_no_of(text: &str) -> Option<bool> {
    read::yes_no(text)
}

impl Kind {
    /// Whether it trades, now or later by itself.
    const fn is_asked_for(&self) -> bool {
        matches!(self, Kind::Condition(_) | Kind::Order | Kind::Amend(_) | Kind::Protect(_))
    }
}

impl Form {
    /// The first field that was not answered yet.
    fn next(&self) -> Option<Name> {
        self.visible().into_iter().find(|it| !self.asked.contains(it))
    }
}

/// What it asks next; `None` while its answer is awaited.
pub(in crate::overlays) fn ask(screen: &Screen, view: &View, form: &Form) -> Option<Question> {
    if form.sent.is_some() {
        return None;
    }
    let look = &screen.look;
    let reader = Reader { form, look, view };
    let mut question = match (&form.refusal, form.next()) {
        (Some(text), _) => {
            Question::yes_no(look, vec![text.clone()], &look.text("plain.try_again"))
        }
        (None, Some(name)) => field(reader, name),
        (None, None) => last(screen, reader),
    };
    if form.asked.is_empty() && form.refusal.is_none() {
        question.said.insert(0, title(reader));
    }
    Some(question)
}

fn title(reader: Reader<'_>) -> String {
    let id = match &reader.form.kind {
        Kind::Condition(Some(id)) | Kind::Amend(id) => id.as_str(),
        Kind::Protect(it) => it.id.as_str(),
        _ => "",
    };
    reader.look.fill(reader.form.kind.title(), &[("id", id)])
}

fn field(reader: Reader<'_>, name: Name) -> Question {
    let look = reader.look;
    let label = look.text(name.label());
    let offered = offered(reader, name);
    let prompt = match offered.as_str() {
        "" => look.fill("plain.field", &[("label", &label)]),
        _ => look.fill("plain.field_default", &[("label", &label), ("default", &offered)]),
    };
    let accounts = &reader.view.machine.accounts;
    let said = match name {
        Name::Account => {
            let numbered = accounts.iter().enumerate();
            numbered.map(|(at, it)| format!("{:>2} {it}", at + 1)).collect()
        }
        _ => Vec::new(),
    };
    let is_word = matches!(name.sort(), Sort::Word | Sort::Secret);
    let is_secret = name.sort() == Sort::Secret;
    Question { help: help(reader, name), is_secret, is_word, ..Question::new(said, prompt) }
}

/// What a blank line stands for; empty where it stands for nothing.
fn offered(reader: Reader<'_>, name: Name) -> String {
    let said = reader.form.said(name);
    let key = match (name, &reader.form.kind) {
        (Name::Password, _) => return String::new(),
        _ if !said.is_empty() => return said.to_owned(),
        (Name::Price, _) => "form.at_market",
        (Name::Code, _) => "plain.all",
        (Name::Account, Kind::Condition(_)) => "plain.in_use",
        _ => return String::new(),
    };
    reader.look.text(key).into_owned()
}

fn help(reader: Reader<'_>, name: Name) -> String {
    let accounts = reader.view.machine.accounts.join(", ");
    let last = reader.quote().and_then(|it| it.last).map(|it| reader.show(it));
    let key = match name {
        Name::Trigger => "plain.help_trigger",
        Name::Price => "plain.help_price",
        Name::Quantity => "plain.help_quantity",
        Name::Account => "plain.help_account",
        _ => name.help(),
    };
    let values = [("accounts", accounts.as_str()), ("last", last.as_deref().unwrap_or("-"))];
    reader.look.fill(key, &values)
}

/// The exact effect, and whether it is meant.
fn last(screen: &Screen, reader: Reader<'_>) -> Question {
    let look = reader.look;
    let mut said: Vec<String> = reader.sentence().into_iter().collect();
    if reader.form.kind == Kind::Order
        && let Ok(line) = reader.line()
    {
        said.extend(effect(screen, reader.view, &line));
    }
    match phrase(reader) {
        Some(phrase) => Question {
            is_word: true,
            ..Question::new(said, look.fill("plain.type", &[("phrase", &phrase)]))
        },
        None => Question::yes_no(look, said, &look.text(reader.form.kind.button())),
    }
}

/// What is typed for an order where real money moves.
fn phrase(reader: Reader<'_>) -> Option<String> {
    let machine = &reader.view.machine;
    let is_order = matches!(reader.form.kind, Kind::Order | Kind::Amend(_));
    let is_live = machine.environment == Environment::Live;
    (is_order && is_live).then(|| proof(machine.account.as_deref().unwrap_or("live")))
}

/// Takes the answer to what is asked.
pub(in crate::overlays) fn take(screen: &mut Screen, view: &View, text: &str) -> Taken {
    let Some(Overlay::Form(form)) = screen.overlays.last() else { return Ok(Vec::new()) };
    if form.refusal.is_some() {
        return again(screen, text);
    }
    let Some(name) = form.next() else { return decide(screen, view, text) };
    fill(screen, view, name, text)?;
    settle(screen, view)?;
    match screen.overlays.last() {
        Some(Overlay::Form(form)) if form.next().is_none() && !form.kind.is_asked_for() => {
            Ok(finish(screen, view))
        }
        _ => Ok(Vec::new()),
    }
}

/// After a refusal: everything is asked anew, with what was typed as what is offered.
fn again(screen: &mut Screen, text: &str) -> Taken {
    if !yes_no(&screen.look, text)? {
        return Ok(dropped(screen));
    }
    if let Some(Overlay::Form(form)) = screen.overlays.last_mut() {
        form.refusal = None;
        form.asked.clear();
    }
    Ok(Vec::new())
}

fn dropped(screen: &mut Screen) -> Vec<Action> {
    crate::overlays::lines::leave(screen);
    let text = screen.look.text("plain.left");
    screen.toasts.push(Tone::Info, text);
    Vec::new()
}

/// Puts an answer into its field, unless the field cannot hold it.
fn fill(screen: &mut Screen, view: &View, name: Name, text: &str) -> Result<(), String> {
    let Some(Overlay::Form(form)) = screen.overlays.last() else { return Ok(()) };
    let reader = Reader { form, look: &screen.look, view };
    let meant = meant(reader, name, text)?;
    let mut tried = form.as_ref().clone();
    if let Some(entry) = tried.entry_mut(name).filter(|_| !meant.is_empty()) {
        entry.field.set(meant);
    }
    let problem = Reader { form: &tried, ..reader }.problem(name);
    match problem {
        Some(problem) => {
            wipe(&mut tried);
            Err(problem)
        }
        None => {
            tried.asked.push(name);
            screen.overlays.pop();
            screen.overlays.push(Overlay::Form(Box::new(tried)));
            Ok(())
        }
    }
}

/// What an answer stands for: the last price, or an account by its number.
fn meant(reader: Reader<'_>, name: Name, text: &str) -> Result<String, String> {
    match (name.sort(), text.trim()) {
        (Sort::Price, "=") => {
            let last = reader.quote().and_then(|it| it.last);
            last.map(exact).ok_or_else(|| reader.look.text("form.no_base").into_owned())
        }
        (Sort::Account, number) => {
            let accounts = &reader.view.machine.accounts;
            let place = number.parse().ok().and_then(|it: usize| it.checked_sub(1));
            let is_name = accounts.iter().any(|it| it == number);
            let chosen = place.and_then(|it| accounts.get(it)).filter(|_| !is_name);
            Ok(chosen.map_or(number, String::as_str).to_owned())
        }
        _ => Ok(text.to_owned()),
    }
}

/// What was right when it was typed may no longer be: it is asked again.
fn settle(screen: &mut Screen, view: &View) -> Result<(), String> {
    let Some(Overlay::Form(form)) = screen.overlays.last() else { return Ok(()) };
    let reader = Reader { form, look: &screen.look, view };
    let broken: Vec<Name> =
        form.asked.iter().copied().filter(|it| reader.problem(*it).is_some()).collect();
    let Some(first) = form.visible().into_iter().find(|it| broken.contains(it)) else {
        return Ok(());
    };
    let label = screen.look.text(first.label());
    let text = format!("{label}: {}", reader.problem(first).unwrap_or_default());
    if let Some(Overlay::Form(form)) = screen.overlays.last_mut() {
        form.asked.retain(|it| *it != first);
    }
    Err(text)
}

/// Whether what the sentence says is meant.
fn decide(screen: &mut Screen, view: &View, text: &str) -> Taken {
    let Some(Overlay::Form(form)) = screen.overlays.last() else { return Ok(Vec::new()) };
    let look = &screen.look;
    let is_meant = match phrase(Reader { form, look, view }) {
        Some(phrase) if text == phrase => true,
        Some(phrase) => return Err(look.fill("form.no_phrase", &[("phrase", &phrase)])),
        None => yes_no(look, text)?,
    };
    if !is_meant {
        return Ok(dropped(screen));
    }
    settle(screen, view)?;
    Ok(finish(screen, view))
}

/// Sends it, or keeps why not.
fn finish(screen: &mut Screen, view: &View) -> Vec<Action> {
    let Some(Overlay::Form(form)) = screen.overlays.last() else { return Vec::new() };
    let reader = Reader { form, look: &screen.look, view };
    let held_back = reader.held_back(screen);
    let is_order = matches!(form.kind, Kind::Order | Kind::Amend(_));
    let sent = match (held_back, is_order) {
        (Some(text), _) => Err(text),
        (None, true) => order(screen, view),
        (None, false) => Ok(submit(screen, view)),
    };
    match sent {
        Ok(actions) => actions,
        Err(text) => {
            if let Some(Overlay::Form(form)) = screen.overlays.last_mut() {
                form.refusal = Some(text);
            }
            Vec::new()
        }
    }
}

/// An order that was read out and meant.
fn order(screen: &mut Screen, view: &View) -> Taken {
    let Some(Overlay::Form(form)) = screen.overlays.last() else { return Ok(Vec::new()) };
    let staged = Reader { form, look: &screen.look, view }.staged()?;
    if let Some(text) = refusal(screen, view, &staged) {
        return Err(text);
    }
    let actions = send(screen, staged, Awaited::Form)?;
    super::sent(screen, &actions);
    Ok(actions)
}
