//! The established formats, which Python clients and strategies speak: msgpack for ticks and
//! signals, JSON for orders.
//!
//! Owns their bytes in both directions. Refuses sockets, clocks and guesses: what a message leaves
//! open is an error, never a default.

pub mod orders;
pub mod signals;
pub mod ticks;

#[cfg(test)]
mod fixtures;
mod msgpack;

pub use msgpack::DecodeError;

/// The largest frame that is read, in bytes.
pub const FRAME_BYTES_MAX: usize = 64 * 1024;

/// What a refusal repeats of a foreign text: enough to recognize it, never a whole frame.
fn excerpt(text: &str) -> String {
    const CHARACTERS_MAX: usize = 48;
    let mut shown: String = text.chars().take(CHARACTERS_MAX).collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    shown
}
