//! What keys do in a form.

use crate::action::Action;
use crate::event::Press;
use crate::screen::Screen;
use crate::view::{Nano, View, whole};
use crate::widgets::text::exact;

use super::super::stroke::Stroke;
use super::super::{Overlay, is_swallowed};
use super::fields::Sort;
use super::read::Reader;
use super::submit::submit;
use super::{Form, Name};

/// Takes a key.
pub fn update(screen: &mut Screen, view: &View, key: Press) -> Vec<Action> {
    let now = screen.now;
    let is_held = key.is_repeat || screen.safety.is_held();
    let Some(Overlay::Form(form)) = screen.overlays.last_mut() else { return Vec::new() };
    match (Stroke::from(key), form.focus) {
        (Stroke::Esc, _) => {
            wipe(form);
            screen.overlays.pop();
        }
        (Stroke::Enter, _) if key.is_repeat || is_swallowed(form.opened, now) => (),
        (Stroke::Enter, None) if !is_held => return submit(screen, view),
        (Stroke::Enter, None) => (),
        (Stroke::Enter | Stroke::Tab, _) => turn(form, 1),
        (Stroke::BackTab, _) => turn(form, -1),
        (stroke, None) => match stroke {
            Stroke::Up | Stroke::Left => turn(form, -1),
            Stroke::Down | Stroke::Right => turn(form, 1),
            _ => (),
        },
        (stroke, Some(name)) if form.sent.is_none() => edit(screen, view, name, stroke),
        _ => (),
    }
    Vec::new()
}

/// Nothing of a password stays when the form goes.
pub(super) fn wipe(form: &mut Form) {
    if let Some(entry) = form.entry_mut(Name::Password) {
        entry.field.wipe();
    }
}

/// Moves the focus over the fields that are shown and the button, round and round.
fn turn(form: &mut Form, by: isize) {
    let visible = form.visible();
    let count = visible.len() + 1;
    let place = form.focus.and_then(|it| visible.iter().position(|other| *other == it));
    let place = place.unwrap_or(visible.len());
    let next = if by < 0 { place + count - 1 } else { place + 1 } % count;
    form.focus = visible.get(next).copied();
}

fn edit(screen: &mut Screen, view: &View, name: Name, stroke: Stroke) {
    let Some(Overlay::Form(form)) = screen.overlays.last() else { return };
    let reader = Reader { form, look: &screen.look, view };
    let text = match (stroke, name.sort()) {
        (Stroke::Char('='), Sort::Price) => reader.quote().and_then(|it| it.last).map(exact),
        (Stroke::Up, sort) => step(&reader, name, sort, 1),
        (Stroke::Down, sort) => step(&reader, name, sort, -1),
        _ => None,
    };
    let Some(Overlay::Form(form)) = screen.overlays.last_mut() else { return };
    form.refusal = None;
    match (stroke, text) {
        (_, Some(text)) => {
            if let Some(entry) = form.entry_mut(name) {
                entry.field.set(text);
            }
        }
        (Stroke::Up, None) => turn(form, -1),
        (Stroke::Down, None) => turn(form, 1),
        // Without a last price there is nothing to put in.
        (Stroke::Char('='), None) if name.sort() == Sort::Price => (),
        (stroke, None) => {
            if let Some(entry) = form.entry_mut(name) {
                entry.field.stroke(stroke);
            }
        }
    }
}

/// What a field holds a step further; `None` where the key moves the focus.
fn step(reader: &Reader<'_>, name: Name, sort: Sort, by: Nano) -> Option<String> {
    match sort {
        Sort::Price => Some(price_step(reader, name, by).unwrap_or_else(|| typed(reader, name))),
        Sort::Points => Some(points_step(reader, name, by).unwrap_or_else(|| typed(reader, name))),
        Sort::Lots => {
            let lots = reader.quantity().unwrap_or(0);
            Some(exact(lots.saturating_add(whole(by)).max(whole(1))))
        }
        Sort::Account => account_step(reader, by),
        Sort::Word | Sort::Secret | Sort::YesNo | Sort::Side => None,
    }
}

fn typed(reader: &Reader<'_>, name: Name) -> String {
    reader.form.entry(name).map_or_else(String::new, |it| it.field.text().to_owned())
}

/// A tick further, onto the grid where the price was off it; without a price, the one that prices
/// are counted from.
fn price_step(reader: &Reader<'_>, name: Name, by: Nano) -> Option<String> {
    let Some(price) = reader.loose_price(name) else { return reader.base().map(exact) };
    // Downwards, the band below the price decides.
    let place = if by < 0 { price.saturating_sub(1) } else { price };
    let tick = reader.quote()?.tick_at(place).filter(|it| *it > 0)?;
    let rest = price.rem_euclid(tick);
    let next = match (by > 0, rest) {
        (true, _) => price.checked_sub(rest)?.checked_add(tick)?,
        (false, 0) => price.checked_sub(tick)?,
        (false, _) => price.checked_sub(rest)?,
    };
    Some(exact(next))
}

fn points_step(reader: &Reader<'_>, name: Name, by: Nano) -> Option<String> {
    let place = reader.base().unwrap_or(0);
    let tick = reader.quote().and_then(|it| it.tick_at(place)).filter(|it| *it > 0);
    let tick = tick.unwrap_or_else(|| whole(1));
    let least = if name == Name::Turning { 0 } else { tick };
    let points = reader.loose_points(name).unwrap_or(0);
    Some(exact(points.checked_add(tick.checked_mul(by)?)?.max(least)))
}

fn account_step(reader: &Reader<'_>, by: Nano) -> Option<String> {
    let accounts = &reader.view.machine.accounts;
    let said = reader.form.said(Name::Account);
    let place = accounts.iter().position(|it| it == said);
    let next = match place {
        None => 0,
        Some(place) if by < 0 => place + 1,
        Some(place) => (place + accounts.len()).checked_sub(1)?,
    };
    accounts.get(next % accounts.len().max(1)).cloned()
}
