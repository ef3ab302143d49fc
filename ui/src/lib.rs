//! The screen: draws a view and returns actions.
//!
//! Owns what the user is looking at; knows nothing of orders, sockets or the domain, so that
//! the compiler keeps every pane from reaching them.
