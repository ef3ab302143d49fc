//! One event in, what is to be done out.

pub mod step;

use crate::action::Action;
use crate::event::Event;
use crate::screen::Screen;
use crate::view::{Moment, View};

/// Applies an event. No clock, no I/O: `now` is our clock in nanoseconds.
pub fn update(screen: &mut Screen, view: &View, now: Moment, event: Event) -> Vec<Action> {
    let _ = (view, event);
    screen.now = now;
    Vec::new()
}
