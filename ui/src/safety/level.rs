//! The levels of arming and what disarms.

use crate::action::Action;
use crate::event::Event;
use crate::screen::Screen;
use crate::view::{Moment, View};

/// Whether order keys act.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// They do not, and why.
    Disarmed(Why),
    /// They put an order into the bottom line; Enter sends it.
    Preview,
    /// They send.
    Instant,
}

/// Why order keys do not act.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// The screen has just started.
    Start,
}

/// Whether order keys act, and what is needed to know when they no longer may.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Safety {
    level: Level,
}

impl Default for Safety {
    fn default() -> Safety {
        Safety { level: Level::Disarmed(Why::Start) }
    }
}

impl Safety {
    /// Whether order keys act.
    pub const fn level(&self) -> Level {
        self.level
    }
}

/// Arms with a preview.
pub fn arm(screen: &mut Screen, view: &View) -> Vec<Action> {
    let _ = view;
    screen.safety.level = Level::Preview;
    Vec::new()
}

/// Arms so that order keys send at once, after a typed phrase.
pub fn arm_instant(screen: &mut Screen, view: &View) -> Vec<Action> {
    arm(screen, view)
}

/// Disarms because the trader says so.
pub fn disarm(screen: &mut Screen) {
    screen.safety.level = Level::Disarmed(Why::Start);
}

/// Takes note of an event before anything else does: keys, focus.
pub fn observe(screen: &mut Screen, event: &Event) {
    let _ = (screen, event);
}

/// Applies what follows from time.
pub fn tick(screen: &mut Screen, view: &View, now: Moment) {
    let _ = (screen, view, now);
}

/// Applies what follows from the view.
pub fn changed(screen: &mut Screen, view: &View) {
    let _ = (screen, view);
}
