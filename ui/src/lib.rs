//! The screen: draws a [`View`] and returns [`Action`]s.
//!
//! [`Screen`] holds what the user is looking at. [`update()`] applies one [`Event`] to it and says
//! what is to be done; [`draw()`] shows it and changes nothing. Neither reads a clock nor does I/O.
//! Knows nothing of orders, sockets or the domain: what it wants done it says in the command
//! language, as lines that somebody else carries out.

rust_i18n::i18n!("locales", fallback = "en");

pub mod action;
pub mod draw;
pub mod event;
pub mod keys;
pub mod layout;
pub mod look;
pub mod overlays;
pub mod pane;
pub mod panes;
#[cfg(any(test, feature = "fixture"))]
pub mod pictures;
pub mod plain;
pub mod safety;
pub mod screen;
pub mod session;
pub mod svg;
pub mod theme;
pub mod toasts;
pub mod update;
pub mod view;
pub mod widgets;

pub use action::Action;
pub use draw::draw;
pub use event::Event;
pub use look::Look;
pub use pane::Pane;
pub use screen::Screen;
pub use update::update;
pub use view::View;
