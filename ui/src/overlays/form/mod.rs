//! Forms.

use ratatui::Frame;

use crate::action::Action;
use crate::event::Press;
use crate::screen::Screen;
use crate::view::{Nano, Side, View};

/// Forms.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Form {}

impl Form {
    /// Whether letters go into a text.
    pub fn has_text_field(&self) -> bool {
        false
    }

    /// Puts a text into the field that has the focus.
    pub fn paste(&mut self, text: &str) {
        let _ = text;
    }
}

/// Takes a key.
pub fn update(screen: &mut Screen, view: &View, key: Press) -> Vec<Action> {
    let _ = (view, key);
    screen.overlays.pop();
    Vec::new()
}

/// Draws it.
pub fn draw(frame: &mut Frame<'_>, it: &Form, screen: &Screen, view: &View) {
    let _ = (frame, it, screen, view);
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

/// Asks who logs in.
pub fn login(screen: &mut Screen, view: &View) -> Vec<Action> {
    let _ = (screen, view);
    Vec::new()
}

/// Asks for an item to register.
pub fn item(screen: &mut Screen, view: &View) -> Vec<Action> {
    let _ = (screen, view);
    Vec::new()
}

/// Asks for a condition; with a name it changes that one.
pub fn condition(screen: &mut Screen, view: &View, id: Option<&str>) -> Vec<Action> {
    let _ = (screen, view, id);
    Vec::new()
}

/// Asks which account trades.
pub fn account(screen: &mut Screen, view: &View) -> Vec<Action> {
    let _ = (screen, view);
    Vec::new()
}

/// Asks for an order.
pub fn order(screen: &mut Screen, view: &View, prefill: Prefill) -> Vec<Action> {
    let _ = (screen, view, prefill);
    Vec::new()
}

/// Asks how a working order changes.
pub fn amend(screen: &mut Screen, view: &View, id: &str) -> Vec<Action> {
    let _ = (screen, view, id);
    Vec::new()
}

/// Asks which contracts to list.
pub fn futures(screen: &mut Screen, view: &View) -> Vec<Action> {
    let _ = (screen, view);
    Vec::new()
}

/// Asks which positions to list.
pub fn positions(screen: &mut Screen, view: &View) -> Vec<Action> {
    let _ = (screen, view);
    Vec::new()
}
