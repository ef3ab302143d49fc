//! One event in, what is to be done out.

mod acts;
mod key;
mod mouse;
pub mod step;

use ratatui::layout::Rect;

use crate::action::Action;
use crate::event::{Answer, Event, Reloaded};
use crate::overlays;
use crate::panes::{self, ladder};
use crate::safety::Level;
use crate::screen::Screen;
use crate::toasts::Kind;
use crate::view::{Moment, View};
use crate::widgets::table;

pub(crate) use acts::{perform as perform_act, screenshot, take_theme};

/// Applies an event. No clock, no I/O: `now` is our clock in nanoseconds.
pub fn update(screen: &mut Screen, view: &View, now: Moment, event: Event) -> Vec<Action> {
    screen.now = now;
    let mut actions = overlays::before(screen, view, &event);
    let is_time = event == Event::Time;
    actions.extend(match event {
        Event::Key(press) => key::press(screen, view, press),
        Event::Paste(text) => paste(screen, &text),
        Event::Mouse(mouse) => mouse::mouse(screen, view, mouse),
        Event::Resize(width, height) => {
            screen.area = Rect::new(0, 0, width, height);
            Vec::new()
        }
        Event::View => viewed(screen, view),
        Event::Answer(answer) => answered(screen, view, &answer),
        Event::Reloaded(reloaded) => reload(screen, *reloaded),
        Event::Focus(_) | Event::Time => Vec::new(),
    });
    if !is_time {
        ladder::watch(screen, view);
    }
    actions
}

/// Pasted text goes into the text that is being typed, and nowhere else.
fn paste(screen: &mut Screen, text: &str) -> Vec<Action> {
    if !screen.overlays.is_empty() {
        overlays::paste(screen, text);
    } else if is_filtering(screen) {
        let pane = screen.focus;
        table::filter_paste(screen, pane, text);
    }
    Vec::new()
}

/// Whether the filter of the focused pane is being typed.
pub fn is_filtering(screen: &Screen) -> bool {
    screen.table(screen.focus).is_filtering
}

/// An item is looked at as soon as there is one. While order keys act, the item under them never
/// changes by itself.
fn viewed(screen: &mut Screen, view: &View) -> Vec<Action> {
    let is_known = screen.item.as_deref().is_some_and(|it| view.quote(it).is_some());
    let is_disarmed = matches!(screen.safety.level(), Level::Disarmed(_));
    if let (false, true, Some(first)) = (is_known, is_disarmed, view.quotes.first()) {
        screen.item = Some(first.code.clone());
    }
    panes::settle(screen, view);
    Vec::new()
}

fn answered(screen: &mut Screen, view: &View, answer: &Answer) -> Vec<Action> {
    match screen.awaited.remove(&answer.id) {
        Some(awaited) => overlays::answer(screen, view, answer, awaited),
        None => Vec::new(),
    }
}

fn reload(screen: &mut Screen, reloaded: Reloaded) -> Vec<Action> {
    let (kind, text) = match reloaded {
        Reloaded::Theme(Ok(theme)) => {
            screen.look.theme = screen.look.theme.changed_to(theme);
            (Kind::Info, screen.look.text("frame.theme_reloaded").into_owned())
        }
        Reloaded::Keys(Ok(keys)) => {
            screen.keys = keys;
            (Kind::Info, screen.look.text("frame.keys_reloaded").into_owned())
        }
        Reloaded::Theme(Err(text)) | Reloaded::Keys(Err(text)) => (Kind::Error, text),
    };
    screen.toasts.push_news(kind, text);
    Vec::new()
}

#[cfg(test)]
mod fuzz;
#[cfg(test)]
mod tests;
