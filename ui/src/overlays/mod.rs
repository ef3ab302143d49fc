//! What lies over the panes.

#[cfg(test)]
pub(crate) mod bench;
pub mod confirm;
pub mod detail;
pub mod form;
pub mod help;
pub mod kill;
pub(crate) mod lines;
pub mod menu;
pub mod palette;
pub mod preview;
pub mod quit;
pub mod stroke;

use ratatui::Frame;
use ratatui::layout::Rect;

use crate::action::Action;
use crate::event::{Answer, Event, Press};
use crate::layout::layout;
use crate::panes::instruments;
use crate::screen::{Awaited, Screen};
use crate::toasts::Kind;
use crate::view::{Moment, View};
use crate::{safety, toasts};

/// For so long after it opened, in nanoseconds, an overlay takes no Enter: it was meant for what
/// was there before.
const SWALLOWED: Moment = 250_000_000;

/// Fewer cells than these are no place for a menu or an order.
const LINE_WIDTH_MIN: u16 = 40;

/// Something that lies over the panes and takes the keys while it is on top.
#[derive(Clone, Debug, PartialEq)]
pub enum Overlay {
    /// The numbered menu in the bottom line.
    Menu(menu::Menu),
    /// A form.
    Form(Box<form::Form>),
    /// A question before something that cannot be taken back.
    Confirm(Box<confirm::Confirm>),
    /// An order in the bottom line.
    Preview(Box<preview::Preview>),
    /// The kill menu.
    Kill(Box<kill::Kill>),
    /// The question before leaving.
    Quit(quit::Quit),
    /// A row, whole.
    Detail(detail::Detail),
    /// The command palette.
    Palette(Box<palette::Palette>),
    /// The keys.
    Help(help::Help),
    /// What the venue offers.
    Instruments(Box<instruments::Instruments>),
}

/// Draws an overlay.
pub fn draw(frame: &mut Frame<'_>, overlay: &Overlay, screen: &Screen, view: &View) {
    match overlay {
        Overlay::Menu(it) => menu::draw(frame, it, screen, view),
        Overlay::Form(it) => form::draw(frame, it, screen, view),
        Overlay::Confirm(it) => confirm::draw(frame, it, screen),
        Overlay::Preview(it) => preview::draw(frame, it, screen, view),
        Overlay::Kill(it) => kill::draw(frame, it, screen, view),
        Overlay::Quit(it) => quit::draw(frame, it, screen, view),
        Overlay::Detail(it) => detail::draw(frame, it, screen, view),
        Overlay::Palette(it) => palette::draw(frame, it, screen, view),
        Overlay::Help(it) => help::draw(frame, it, screen),
        Overlay::Instruments(it) => instruments::draw(frame, it, screen, view),
    }
}

/// Gives a key to the overlay on top. The key of the kill menu does not come here.
pub fn update(screen: &mut Screen, view: &View, key: Press) -> Vec<Action> {
    match screen.overlays.last() {
        Some(Overlay::Menu(_)) => menu::update(screen, view, key),
        Some(Overlay::Form(_)) => form::update(screen, view, key),
        Some(Overlay::Confirm(_)) => confirm::update(screen, view, key),
        Some(Overlay::Preview(_)) => preview::update(screen, view, key),
        Some(Overlay::Kill(_)) => kill::update(screen, view, key),
        Some(Overlay::Quit(_)) => quit::update(screen, view, key),
        Some(Overlay::Detail(_)) => detail::update(screen, view, key),
        Some(Overlay::Palette(_)) => palette::update(screen, view, key),
        Some(Overlay::Help(_)) => help::update(screen, view, key),
        Some(Overlay::Instruments(_)) => instruments::update(screen, view, key),
        None => Vec::new(),
    }
}

/// Whether letters go into a text, so that none of them is a key.
pub fn has_text_field(overlay: &Overlay) -> bool {
    match overlay {
        Overlay::Menu(_) | Overlay::Preview(_) | Overlay::Quit(_) | Overlay::Detail(_) => false,
        Overlay::Form(it) => it.has_text_field(),
        Overlay::Confirm(it) => it.has_text_field(),
        Overlay::Kill(it) => it.has_text_field(),
        Overlay::Palette(_) | Overlay::Instruments(_) => true,
        Overlay::Help(it) => it.has_text_field(),
    }
}

/// Puts a pasted text into the text field that has the focus, without control characters. A paste
/// never acts as keys and never submits.
pub fn paste(screen: &mut Screen, text: &str) {
    let text: String = text.chars().filter(|it| !it.is_control()).collect();
    match screen.overlays.last_mut() {
        Some(Overlay::Form(it)) => it.paste(&text),
        Some(Overlay::Confirm(it)) => it.paste(&text),
        Some(Overlay::Kill(it)) => it.paste(&text),
        Some(Overlay::Palette(it)) => it.paste(&text),
        Some(Overlay::Help(it)) => it.paste(&text),
        Some(Overlay::Instruments(it)) => it.paste(&text),
        _ => (),
    }
}

/// Shows what became of an action where it was asked for.
pub fn answer(screen: &mut Screen, view: &View, answer: &Answer, awaited: Awaited) -> Vec<Action> {
    match awaited {
        Awaited::Toast(done) => toast(screen, answer, done),
        Awaited::Form => return form::answered(screen, view, answer),
        Awaited::Kill => return kill::answered(screen, view, answer),
        Awaited::Quit => return quit::answered(screen, answer),
    }
    Vec::new()
}

fn toast(screen: &mut Screen, answer: &Answer, done: String) {
    match &answer.outcome {
        Ok(said) => {
            // A number or a path alone says nothing of what was done.
            let text = match said.split_whitespace().count() {
                0 => done,
                1 => format!("{done}: {said}"),
                _ => said.clone(),
            };
            screen.toasts.push(Kind::Ok, text);
        }
        Err(refused) => screen.toasts.push_answer(refused),
    }
}

/// What every event means before it is given on: who watches the keys, what time ends, what the
/// view brings. To be called first, with `screen.now` set.
pub fn before(screen: &mut Screen, view: &View, event: &Event) -> Vec<Action> {
    let now = screen.now;
    safety::tick(screen, view, now);
    safety::changed(screen, view);
    safety::observe(screen, event);
    toasts::tick(screen, now);
    let mut actions = toasts::watch(screen, view);
    actions.extend(kill::tick(screen, now));
    actions
}

/// Whether Enter comes so soon that it was not meant for what has just opened.
pub(crate) fn is_swallowed(opened: Moment, now: Moment) -> bool {
    now.saturating_sub(opened) < SWALLOWED
}

/// The bottom line, or the last row where the screen has none.
fn line(frame: &Frame<'_>, screen: &Screen) -> Rect {
    let area = frame.area();
    let line = layout(area, screen).line.intersection(area);
    let free = crate::draw::free_line(line, screen);
    // Where little is left beside the mode, what is typed or sent is more than the mode's word.
    let line = if free.width < LINE_WIDTH_MIN { line } else { free };
    if line.is_empty() {
        return Rect { y: area.bottom().saturating_sub(1), height: area.height.min(1), ..area };
    }
    line
}
