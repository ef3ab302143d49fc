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

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = include_str!("../../../docs/WIRE.md");

    /// The lines of the page's blocks of one kind.
    fn lines(kind: &str) -> impl Iterator<Item = &'static str> {
        let blocks = PAGE.split("```").skip(1).step_by(2);
        blocks.filter_map(move |it| it.strip_prefix(kind)).flat_map(|it| it.trim().lines())
    }

    #[test]
    fn the_page_shows_the_bytes_of_the_formats() {
        let captured: Vec<Vec<u8>> =
            ["tick_basic_float", "signal_buy", "signal_sell"].map(fixtures::message).into();
        assert_eq!(lines("hex\n").map(fixtures::from_hex).collect::<Vec<_>>(), captured);
    }

    #[test]
    fn the_requests_of_the_page_are_taken() {
        let requests: Vec<&str> = lines("json request\n").collect();
        assert_eq!(requests.len(), 10);
        for request in requests {
            assert!(orders::parse(request.as_bytes()).is_ok(), "{request}");
        }
    }

    #[test]
    fn the_page_names_every_code() {
        use orders::code;
        for code in [
            code::INVALID_ORDER,
            code::ORDER_EXECUTION_ERROR,
            code::MISSING_ACCOUNT,
            code::POSITION_QUERY_ERROR,
            code::HEALTH_CHECK_ERROR,
            code::UNKNOWN_OPERATION,
            code::INVALID_JSON,
            code::PROCESSING_ERROR,
            code::INTERNAL_ERROR,
            code::TRADING_HALTED,
            code::REDUCE_ONLY,
            code::DUPLICATE_REQUEST,
            code::IN_DOUBT,
            code::NOT_LOGGED_IN,
            code::TOO_LARGE,
            code::STALE_SIGNAL,
        ] {
            assert!(PAGE.contains(&format!("| `{code}` |")), "{code} is not on the page");
        }
    }
}
