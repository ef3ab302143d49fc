//! Orders on their way out.

use crate::action::Action;
use crate::overlays::{Overlay, preview};
use crate::screen::{Awaited, Screen};
use crate::toasts::Kind;
use crate::view::{Nano, Position, Side, View, money, parse_nano};

use super::level::{Level, blocked};

/// An order that a key asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Staged {
    /// The command, like `order buy TXFH1 1 --limit 17300 --tif rod`.
    pub line: String,
    /// The item that it trades.
    pub item: String,
    /// What exactly it does, in the trader's language.
    pub text: String,
}

/// Sends an order, or puts it into the bottom line, or says why not, by the level of arming. A key
/// that is held down does nothing here.
pub fn stage(screen: &mut Screen, view: &View, staged: Staged) -> Vec<Action> {
    if screen.safety.is_held() {
        return Vec::new();
    }
    let awaited = Awaited::Toast(sent_text(screen, &staged));
    match stage_for(screen, view, staged, awaited) {
        Ok(actions) => actions,
        Err(text) => {
            screen.toasts.push(Kind::Warn, text);
            Vec::new()
        }
    }
}

/// As [`stage`], for somebody who awaits the answer and shows the refusal.
pub(crate) fn stage_for(
    screen: &mut Screen,
    view: &View,
    staged: Staged,
    awaited: Awaited,
) -> Result<Vec<Action>, String> {
    if let Some(text) = refusal(screen, view, &staged) {
        return Err(text);
    }
    match screen.safety.level() {
        // Without order keys there is nothing to arm, and every order is asked for in words.
        _ if screen.is_plain => {
            let preview = preview::Preview::new(staged, awaited, screen.now, view);
            screen.overlays.push(Overlay::Preview(Box::new(preview)));
            Ok(Vec::new())
        }
        Level::Instant if screen.safety.is_same_press(screen.now) => {
            Err(screen.look.text("safety.same_press").into_owned())
        }
        Level::Instant => send(screen, staged, awaited),
        // One at a time: what waits for Enter is not replaced by a stray key.
        Level::Preview if screen.overlays.iter().any(|it| matches!(it, Overlay::Preview(_))) => {
            Err(screen.look.text("safety.one_waits").into_owned())
        }
        Level::Preview => {
            let preview = preview::Preview::new(staged, awaited, screen.now, view);
            screen.overlays.push(Overlay::Preview(Box::new(preview)));
            Ok(Vec::new())
        }
        Level::Disarmed(_) => Ok(Vec::new()),
    }
}

/// Sends an order that was looked at.
pub(crate) fn send(
    screen: &mut Screen,
    staged: Staged,
    awaited: Awaited,
) -> Result<Vec<Action>, String> {
    let now = screen.now;
    if !screen.safety.is_new(&staged.line, now) {
        return Err(screen.look.text("safety.twice").into_owned());
    }
    Ok(vec![screen.perform(vec![staged.line], awaited)])
}

fn sent_text(screen: &Screen, staged: &Staged) -> String {
    screen.look.fill("safety.sent", &[("text", &staged.text)])
}

/// Why an order may not leave now, in words and with what to do.
pub(crate) fn refusal(screen: &Screen, view: &View, staged: &Staged) -> Option<String> {
    let look = &screen.look;
    if let Some(why) = blocked(view) {
        let reason = look.text(why.key());
        return Some(look.fill("safety.refused", &[("why", &reason)]));
    }
    if let Level::Disarmed(why) = screen.safety.level()
        && !screen.is_plain
    {
        let reason = look.text(why.key());
        return Some(look.fill("safety.press_to_arm", &[("why", &reason)]));
    }
    let item = [("item", staged.item.as_str())];
    let Some(quote) = view.quote(&staged.item) else {
        return Some(look.fill("safety.not_registered", &item));
    };
    if quote.ticks.is_empty() {
        return Some(look.fill("safety.unknown_product", &item));
    }
    (!view.is_fresh(&staged.item)).then(|| look.fill("safety.stale_quote", &item))
}

/// What an order says behind a flag, apart or after an equals sign.
fn said<'line>(words: &'line [String], flag: &str) -> Option<&'line str> {
    let behind = |at: usize, word: &'line String| match word.strip_prefix(flag)? {
        "" => words.get(at + 1).map(String::as_str),
        rest => rest.strip_prefix('='),
    };
    words.iter().enumerate().find_map(|(at, word)| behind(at, word))
}

/// The position that an order meets: in the account that it names, or the selected one.
fn meant<'view>(view: &'view View, item: &str, words: &[String]) -> Option<&'view Position> {
    let account = said(words, "--account").or(view.machine.account.as_deref())?;
    view.positions.iter().find(|it| it.item == item && it.account == account)
}

/// The net lots that an order turns round, where it does: with others, it would do something else
/// than what was looked at.
pub(crate) fn turned(view: &View, line: &str) -> Option<Nano> {
    let words = shell_words::split(line).ok()?;
    let [_, _, item, _, rest @ ..] = words.as_slice() else { return None };
    (said(rest, "--open-close")? == "auto")
        .then(|| meant(view, item, rest).map_or(0, Position::net))
}

/// What an order does to the margin, where that is known: like `margin +184,000 TWD`.
pub(crate) fn effect(screen: &Screen, view: &View, line: &str) -> Option<String> {
    let words = shell_words::split(line).ok()?;
    let [command, side, item, lots, rest @ ..] = words.as_slice() else { return None };
    if command != "order" {
        return None;
    }
    let rule = said(rest, "--open-close").unwrap_or_default().to_ascii_lowercase();
    let side =
        [Side::Buy, Side::Sell].into_iter().find(|it| side.eq_ignore_ascii_case(it.word()))?;
    let position = meant(view, item, rest);
    let held = position.map_or(0, |it| match side {
        Side::Buy => it.short.saturating_sub(it.long),
        Side::Sell => it.long.saturating_sub(it.short),
    });
    let lots = parse_nano(lots).filter(|it| *it > 0)?;
    let opened = match rule.as_str() {
        "open" => lots,
        "close" => 0,
        _ => lots.saturating_sub(held.max(0)).max(0),
    };
    if opened == 0 {
        return Some(screen.look.text("safety.closes").into_owned());
    }
    let of = view.instruments.iter().find(|it| it.code == *item)?;
    let margin = of.margin?.checked_mul(i128::from(opened))? / 1_000_000_000;
    let values = [("margin", money(margin)), ("currency", of.currency.clone())];
    let values = values.each_ref().map(|(name, value)| (*name, value.as_str()));
    Some(screen.look.fill("safety.margin", &values))
}
