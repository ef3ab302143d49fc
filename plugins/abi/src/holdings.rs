//! What accounts hold.

use crate::layout::layout;

layout! {
    /// What is held of an instrument on one side; long and short are two of them.
    versioned Position = "aftm_position", 184 {
        /// `sizeof` of this struct as its writer knows it.
        0 => struct_size: u32,
        /// `AFTM_SIDE_BUY` for long, `AFTM_SIDE_SELL` for short.
        4 => side: u8,
        /// `AFTM_HEDGE_…`; 0 means speculation.
        5 => hedge: u8,
        /// Zero.
        6 => reserved: u16,
        /// Lots held, at or above 0; 0 says that it is flat now.
        8 => qty_e9: i64,
        /// Of them opened today; absent where the venue does not part them.
        16 => today_e9: i64,
        /// Of them opened before; absent where the venue does not part them.
        24 => yesterday_e9: i64,
        /// Of them bound by working orders to close; absent where it is not known.
        32 => frozen_e9: i64,
        /// The average opening price; absent where it is not known.
        40 => avg_price_e9: i64,
        /// Open profit; absent where it is not known.
        48 => pnl_e4: i64,
        /// Deposited for it; absent where it is not known.
        56 => margin_e4: i64,
        /// The order account, exactly as the venue writes it.
        64 => account: [u8; 40],
        /// The exchange, where the venue has several; empty where it has one.
        104 => exchange: [u8; 16],
        /// The instrument, exactly as the venue writes it.
        120 => symbol: [u8; 64],
    }

    /// An order account and its money, each amount absent where it is not known.
    versioned Account = "aftm_account", 128 {
        /// `sizeof` of this struct as its writer knows it.
        0 => struct_size: u32,
        /// Zero.
        4 => reserved: u32,
        /// Money without open profit.
        8 => balance_e4: i64,
        /// Money with open profit.
        16 => equity_e4: i64,
        /// Left for new orders.
        24 => available_e4: i64,
        /// Deposited for positions.
        32 => margin_e4: i64,
        /// Deposited for working orders.
        40 => frozen_e4: i64,
        /// The day's profit of closed lots, before fees and tax.
        48 => realized_e4: i64,
        /// Profit of open lots.
        56 => unrealized_e4: i64,
        /// The day's fees.
        64 => fees_e4: i64,
        /// The day's tax.
        72 => tax_e4: i64,
        /// The order account, exactly as the venue writes it.
        80 => account: [u8; 40],
        /// Of its money: `TWD`.
        120 => currency: [u8; 8],
    }
}
