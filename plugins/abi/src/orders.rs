//! What is asked of orders, and what is told of them.

use crate::layout::layout;

layout! {
    /// A new order.
    versioned OrderRequest = "aftm_order_req", 304 {
        /// `sizeof` of this struct as its writer knows it.
        0 => struct_size: u32,
        /// Zero.
        4 => flags: u32,
        /// The host's number of it: above 0, never used twice in an account.
        8 => client_order_id: u64,
        /// The limit price; absent for a type without one.
        16 => price_e9: i64,
        /// The stop price; absent for a type without one.
        24 => stop_price_e9: i64,
        /// Lots, above 0.
        32 => qty_e9: i64,
        /// `AFTM_SIDE_…`.
        40 => side: u8,
        /// `AFTM_TYPE_…`.
        41 => order_type: u8,
        /// `AFTM_TIF_…`.
        42 => tif: u8,
        /// `AFTM_OC_…`.
        43 => open_close: u8,
        /// 1: marked as a day trade; otherwise 0.
        44 => day_trade: u8,
        /// `AFTM_HEDGE_…`; 0 means speculation.
        45 => hedge: u8,
        /// Zero.
        46 => reserved: u16,
        /// The order account, exactly as the venue writes it.
        48 => account: [u8; 40],
        /// The exchange, where the venue has several; empty where it has one.
        88 => exchange: [u8; 16],
        /// The instrument, exactly as the venue writes it.
        104 => symbol: [u8; 64],
        /// The trader's remark, at most 32 characters; may be dropped or shortened.
        168 => note: [u8; 136],
    }

    /// Which order to cancel.
    versioned CancelRequest = "aftm_cancel_req", 208 {
        /// `sizeof` of this struct as its writer knows it.
        0 => struct_size: u32,
        /// Zero.
        4 => flags: u32,
        /// The host's number of it; 0 for an order that the host did not send.
        8 => client_order_id: u64,
        /// The venue's name of it; empty where the host does not know it yet.
        16 => broker_order_id: [u8; 72],
        /// The order account, exactly as the venue writes it.
        88 => account: [u8; 40],
        /// The exchange, where the venue has several; empty where it has one.
        128 => exchange: [u8; 16],
        /// The instrument, exactly as the venue writes it.
        144 => symbol: [u8; 64],
    }

    /// How to change an order.
    versioned AmendRequest = "aftm_amend_req", 224 {
        /// `sizeof` of this struct as its writer knows it.
        0 => struct_size: u32,
        /// Zero.
        4 => flags: u32,
        /// The host's number of it; 0 for an order that the host did not send.
        8 => client_order_id: u64,
        /// The new total quantity, filled lots included; absent: as it is.
        16 => qty_e9: i64,
        /// The new limit price; absent: as it is.
        24 => price_e9: i64,
        /// The venue's name of it; empty where the host does not know it yet.
        32 => broker_order_id: [u8; 72],
        /// The order account, exactly as the venue writes it.
        104 => account: [u8; 40],
        /// The exchange, where the venue has several; empty where it has one.
        144 => exchange: [u8; 16],
        /// The instrument, exactly as the venue writes it.
        160 => symbol: [u8; 64],
    }

    /// Which working orders to cancel.
    versioned CancelAllRequest = "aftm_cancel_all_req", 128 {
        /// `sizeof` of this struct as its writer knows it.
        0 => struct_size: u32,
        /// Zero.
        4 => flags: u32,
        /// Of this account; empty: of every account.
        8 => account: [u8; 40],
        /// On this exchange; empty: on every one.
        48 => exchange: [u8; 16],
        /// Of this instrument; empty: of every one.
        64 => symbol: [u8; 64],
    }

    /// What to list. An empty text and a 0 match everything.
    versioned Query = "aftm_query", 208 {
        /// `sizeof` of this struct as its writer knows it.
        0 => struct_size: u32,
        /// `AFTM_QUERY_…`.
        4 => what: u16,
        /// Zero.
        6 => reserved: u16,
        /// Orders and fills: of this order alone; 0: of all.
        8 => client_order_id: u64,
        /// Orders and fills: of this order alone; empty: of all.
        16 => broker_order_id: [u8; 72],
        /// Of this account; empty: of every account.
        88 => account: [u8; 40],
        /// On this exchange; empty: on every one.
        128 => exchange: [u8; 16],
        /// Of this instrument; empty: of every one.
        144 => symbol: [u8; 64],
    }

    /// What happened to an order, and how it stands now.
    versioned OrderUpdate = "aftm_order_update", 544 {
        /// `sizeof` of this struct as its writer knows it.
        0 => struct_size: u32,
        /// Why it, its cancel or its change was refused; otherwise `AFTM_OK`.
        4 => code: i32,
        /// The host's number of it; 0 for an order that the host did not send.
        8 => client_order_id: u64,
        /// What happened: `AFTM_CHANGE_…`.
        16 => change: u8,
        /// How it stands: `AFTM_STATE_…`.
        17 => state: u8,
        /// `AFTM_SIDE_…`; 0 where it is not known.
        18 => side: u8,
        /// `AFTM_TYPE_…`; 0 where it is not known.
        19 => order_type: u8,
        /// `AFTM_TIF_…`; 0 where it is not known.
        20 => tif: u8,
        /// `AFTM_OC_…`; 0 where it is not known.
        21 => open_close: u8,
        /// 1: marked as a day trade; otherwise 0.
        22 => day_trade: u8,
        /// 1: its stop price has traded; otherwise 0.
        23 => triggered: u8,
        /// When, on the exchange's clock; absent where it is not known.
        24 => ts_ns: i64,
        /// Seconds east of UTC of the exchange's own clock, so that its local time can be shown.
        32 => utc_offset_s: i32,
        /// Zero.
        36 => reserved: u32,
        /// The limit price that is in force; absent for a type without one.
        40 => price_e9: i64,
        /// The stop price; absent for a type without one.
        48 => stop_price_e9: i64,
        /// The total quantity that is in force, filled lots included.
        56 => qty_e9: i64,
        /// Lots traded so far, from 0 to `qty_e9`. Fills are told apart, by `aftm_fill`.
        64 => filled_e9: i64,
        /// The order account, exactly as the venue writes it.
        72 => account: [u8; 40],
        /// The exchange, where the venue has several; empty where it has one.
        112 => exchange: [u8; 16],
        /// The instrument, exactly as the venue writes it.
        128 => symbol: [u8; 64],
        /// The venue's name of it; empty until it has one, then always the same.
        192 => broker_order_id: [u8; 72],
        /// The venue's own code as text; empty where there is none.
        264 => vendor_code: [u8; 40],
        /// A sentence for the trader; never empty where `code` is not `AFTM_OK`.
        304 => text: [u8; 240],
    }

    /// Part or all of an order, traded.
    versioned Fill = "aftm_fill", 328 {
        /// `sizeof` of this struct as its writer knows it.
        0 => struct_size: u32,
        /// Zero.
        4 => flags: u32,
        /// The host's number of the order; 0 for one that the host did not send.
        8 => client_order_id: u64,
        /// At which price.
        16 => price_e9: i64,
        /// How many lots, above 0.
        24 => qty_e9: i64,
        /// What venue and broker take for it; absent: the host reckons by the instrument.
        32 => fee_e9: i64,
        /// What the state takes; absent: the host reckons by the instrument.
        40 => tax_e9: i64,
        /// When, on the exchange's clock; absent where it is not known.
        48 => ts_ns: i64,
        /// Seconds east of UTC of the exchange's own clock, so that its local time can be shown.
        56 => utc_offset_s: i32,
        /// `AFTM_SIDE_…`.
        60 => side: u8,
        /// `AFTM_OC_…`; 0 where it is not known.
        61 => open_close: u8,
        /// Zero.
        62 => reserved: u16,
        /// The order account, exactly as the venue writes it.
        64 => account: [u8; 40],
        /// The exchange, where the venue has several; empty where it has one.
        104 => exchange: [u8; 16],
        /// The instrument, exactly as the venue writes it.
        120 => symbol: [u8; 64],
        /// The venue's name of the order.
        184 => broker_order_id: [u8; 72],
        /// The venue's name of the fill: the same name for the same order is the same fill.
        256 => fill_id: [u8; 72],
    }
}
