//! When an instrument trades.

/// A span of the day, in seconds after midnight on the exchange's clock. One that ends at or before
/// its start ends on the next day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// The first second.
    pub opens: u32,
    /// The second at which it is over.
    pub closes: u32,
}

/// The sessions of a trading day. The night session belongs to the next trading day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sessions {
    /// The day session.
    pub day: Span,
    /// The night session, where there is one.
    pub night: Option<Span>,
}
