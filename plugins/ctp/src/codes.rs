//! The characters and numbers that CTP 6.7.7 writes into its fields, by name.
//!
//! A field may hold any other byte, too: what is read is compared with these and never becomes one
//! of them. With the feature `vendor` a test holds them equal to the vendor's own header.

/// The version of the vendor's interface whose structs and codes are meant.
pub const API_VERSION: &str = "6.7.7";

/// `Direction`.
pub mod direction {
    /// Buys.
    pub const BUY: u8 = b'0';
    /// Sells.
    pub const SELL: u8 = b'1';
}

/// `CombOffsetFlag` and `OffsetFlag`.
pub mod offset {
    /// Opens.
    pub const OPEN: u8 = b'0';
    /// Closes; on exchanges that keep the days apart, lots of earlier days alone.
    pub const CLOSE: u8 = b'1';
    /// Closes, because the broker or the exchange forced it.
    pub const FORCE_CLOSE: u8 = b'2';
    /// Closes lots opened today.
    pub const CLOSE_TODAY: u8 = b'3';
    /// Closes lots opened before.
    pub const CLOSE_YESTERDAY: u8 = b'4';
}

/// `CombHedgeFlag` and `HedgeFlag`.
pub mod hedge {
    /// Speculation.
    pub const SPECULATION: u8 = b'1';
    /// Arbitrage.
    pub const ARBITRAGE: u8 = b'2';
    /// Hedge.
    pub const HEDGE: u8 = b'3';
}

/// `OrderPriceType`.
pub mod price_type {
    /// At any price: a market order.
    pub const ANY: u8 = b'1';
    /// At the limit or better.
    pub const LIMIT: u8 = b'2';
    /// At the best price of the other side.
    pub const BEST: u8 = b'3';
    /// At the five best prices of the other side.
    pub const FIVE_LEVEL: u8 = b'G';
}

/// `TimeCondition`.
pub mod time_condition {
    /// At once or not at all.
    pub const IOC: u8 = b'1';
    /// Until the end of the trading day.
    pub const GFD: u8 = b'3';
}

/// `VolumeCondition`.
pub mod volume_condition {
    /// Any quantity.
    pub const ANY: u8 = b'1';
    /// All of it.
    pub const COMPLETE: u8 = b'3';
}

/// `ContingentCondition`.
pub mod contingent {
    /// Without a condition.
    pub const IMMEDIATELY: u8 = b'1';
    /// Once the last price is above the stop price.
    pub const LAST_ABOVE: u8 = b'5';
    /// Once the last price is at or above the stop price.
    pub const LAST_AT_OR_ABOVE: u8 = b'6';
    /// Once the last price is below the stop price.
    pub const LAST_BELOW: u8 = b'7';
    /// Once the last price is at or below the stop price.
    pub const LAST_AT_OR_BELOW: u8 = b'8';
}

/// `ForceCloseReason`.
pub mod force_close {
    /// Nothing was forced.
    pub const NONE: u8 = b'0';
}

/// `ActionFlag`.
pub mod action {
    /// Takes the order back.
    pub const DELETE: u8 = b'0';
    /// Changes it; refused wherever it was tried, and never sent.
    pub const MODIFY: u8 = b'3';
}

/// `OrderStatus`.
pub mod status {
    /// Traded in full.
    pub const ALL_TRADED: u8 = b'0';
    /// Traded in part, the rest in the queue.
    pub const PART_QUEUEING: u8 = b'1';
    /// Traded in part, the rest out of the queue.
    pub const PART_NOT_QUEUEING: u8 = b'2';
    /// In the queue.
    pub const QUEUEING: u8 = b'3';
    /// Not traded and out of the queue.
    pub const NOT_QUEUEING: u8 = b'4';
    /// Canceled.
    pub const CANCELED: u8 = b'5';
    /// Not known: the front has it, the exchange has not answered.
    pub const UNKNOWN: u8 = b'a';
    /// Waits for its stop price.
    pub const NOT_TOUCHED: u8 = b'b';
    /// Its stop price has traded.
    pub const TOUCHED: u8 = b'c';
}

/// `OrderSubmitStatus`.
pub mod submit {
    /// The order is under way.
    pub const INSERT_SUBMITTED: u8 = b'0';
    /// Its cancel is under way.
    pub const CANCEL_SUBMITTED: u8 = b'1';
    /// Its change is under way.
    pub const MODIFY_SUBMITTED: u8 = b'2';
    /// Accepted.
    pub const ACCEPTED: u8 = b'3';
    /// The order was refused.
    pub const INSERT_REJECTED: u8 = b'4';
    /// Its cancel was refused.
    pub const CANCEL_REJECTED: u8 = b'5';
    /// Its change was refused.
    pub const MODIFY_REJECTED: u8 = b'6';
}

/// `PosiDirection`.
pub mod position {
    /// Long and short in one number, as options of some exchanges have it.
    pub const NET: u8 = b'1';
    /// Long.
    pub const LONG: u8 = b'2';
    /// Short.
    pub const SHORT: u8 = b'3';
}

/// `PositionDate`.
pub mod position_date {
    /// Lots of today; of all days on exchanges that do not keep them apart.
    pub const TODAY: u8 = b'1';
    /// Lots of earlier days.
    pub const HISTORY: u8 = b'2';
}
