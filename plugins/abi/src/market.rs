//! What the market says and what can be traded.

use crate::layout::layout;

layout! {
    /// A trade of the market, with what else the venue says of the instrument at that moment.
    versioned Tick = "aftm_tick", 232 {
        /// `sizeof` of this struct as its writer knows it.
        0 => struct_size: u32,
        /// `AFTM_TICK_…` joined by or.
        4 => flags: u32,
        /// When it was matched, on the exchange's clock.
        8 => exch_ts_ns: i64,
        /// When it was taken, on this machine's clock; absent where it is not known.
        16 => recv_ts_ns: i64,
        /// Seconds east of UTC of the exchange's own clock, so that its local time can be shown.
        24 => utc_offset_s: i32,
        /// Zero.
        28 => reserved: u32,
        /// The host's number of a tick that it feeds; 0 for one that the plug-in tells.
        32 => sequence: u64,
        /// The price of the trade; absent where nothing was traded.
        40 => price_e9: i64,
        /// The lots of this trade alone; absent where nothing was traded.
        48 => qty_e9: i64,
        /// The best bid; absent where there is none.
        56 => bid_e9: i64,
        /// Its lots; absent where they are not known.
        64 => bid_qty_e9: i64,
        /// The best offer; absent where there is none.
        72 => ask_e9: i64,
        /// Its lots; absent where they are not known.
        80 => ask_qty_e9: i64,
        /// The day's first price, or absent.
        88 => open_e9: i64,
        /// The day's highest price, or absent.
        96 => high_e9: i64,
        /// The day's lowest price, or absent.
        104 => low_e9: i64,
        /// The last settlement price, or absent.
        112 => prev_settle_e9: i64,
        /// The highest price allowed today, or absent.
        120 => upper_e9: i64,
        /// The lowest price allowed today, or absent.
        128 => lower_e9: i64,
        /// The day's lots so far, counted on one side, or absent.
        136 => volume_e9: i64,
        /// Open lots, or absent.
        144 => open_interest_e9: i64,
        /// The exchange, where the venue has several; empty where it has one.
        152 => exchange: [u8; 16],
        /// The instrument, exactly as the venue writes it.
        168 => symbol: [u8; 64],
    }

    /// The best five levels of each side, best first. A level without lots (0 or absent) is none.
    versioned Book = "aftm_book", 272 {
        /// `sizeof` of this struct as its writer knows it.
        0 => struct_size: u32,
        /// Zero.
        4 => flags: u32,
        /// When it stood so, on the exchange's clock.
        8 => exch_ts_ns: i64,
        /// When it was taken, on this machine's clock; absent where it is not known.
        16 => recv_ts_ns: i64,
        /// Seconds east of UTC of the exchange's own clock, so that its local time can be shown.
        24 => utc_offset_s: i32,
        /// Zero.
        28 => reserved: u32,
        /// What buyers bid, highest first.
        32 => bid_e9: [i64; 5],
        /// The lots bid at each.
        72 => bid_qty_e9: [i64; 5],
        /// What sellers ask, lowest first.
        112 => ask_e9: [i64; 5],
        /// The lots asked at each.
        152 => ask_qty_e9: [i64; 5],
        /// The exchange, where the venue has several; empty where it has one.
        192 => exchange: [u8; 16],
        /// The instrument, exactly as the venue writes it.
        208 => symbol: [u8; 64],
    }

    /// What can be traded, with its rules and its money terms.
    versioned Instrument = "aftm_instrument", 504 {
        /// `sizeof` of this struct as its writer knows it.
        0 => struct_size: u32,
        /// `AFTM_KIND_…`.
        4 => kind: u8,
        /// How many bands the tick table has, 1 to 8.
        5 => ticks_n: u8,
        /// Zero.
        6 => reserved: u16,
        /// The lowest price of each band, rising, the first at or below 0; the rest absent.
        8 => tick_from_e9: [i64; 8],
        /// The step of prices in each band, above 0; the rest absent.
        72 => tick_e9: [i64; 8],
        /// Money a point and lot, above 0.
        136 => multiplier_e9: i64,
        /// To open a lot, as an amount; absent: by the rate.
        144 => margin_initial_e9: i64,
        /// To keep a lot, as an amount; absent: by the rate.
        152 => margin_maintenance_e9: i64,
        /// Venue's and broker's fee a lot and side; absent where it is not known.
        160 => fee_e9: i64,
        /// Quantities are multiples of this, above 0.
        168 => lot_step_e9: i64,
        /// The largest order with a limit price; absent: no bound.
        176 => limit_order_max_e9: i64,
        /// The largest order without one; absent: no bound.
        184 => market_order_max_e9: i64,
        /// The price that the day's limits are measured from, or absent.
        192 => reference_e9: i64,
        /// The highest price allowed today, or absent.
        200 => upper_e9: i64,
        /// The lowest price allowed today, or absent.
        208 => lower_e9: i64,
        /// To open a lot, in millionths of the contract's value; 0 where it is an amount.
        216 => margin_initial_ppm: u32,
        /// To keep a lot, in millionths of the contract's value; 0 where it is an amount.
        220 => margin_maintenance_ppm: u32,
        /// Tax a side, in billionths of the contract's value.
        224 => tax_ppb: u32,
        /// How far a price may be from the reference, in millionths of it; 0: no limit.
        228 => price_limit_ppm: u32,
        /// As yyyymmdd on the exchange's calendar; 0 where it never ends.
        232 => last_trading_day: u32,
        /// When it ends on that day, in seconds after midnight.
        236 => last_trading_second: u32,
        /// Start of the day session in seconds after midnight; `AFTM_NO_TIME` where not known.
        240 => day_opens_s: u32,
        /// Its end; at or before its start: on the next day.
        244 => day_closes_s: u32,
        /// Start of the night session; `AFTM_NO_TIME` where there is none.
        248 => night_opens_s: u32,
        /// Its end; at or before its start: on the next day.
        252 => night_closes_s: u32,
        /// Seconds east of UTC of the exchange's own clock, so that its local time can be shown.
        256 => utc_offset_s: i32,
        /// Zero.
        260 => reserved2: u32,
        /// The exchange, where the venue has several; empty where it has one.
        264 => exchange: [u8; 16],
        /// The instrument, exactly as the venue writes it.
        280 => symbol: [u8; 64],
        /// Its product: `TXF`.
        344 => product: [u8; 40],
        /// Its delivery month: `2021-08`, or `2021-07W4` for a weekly; empty where it has none.
        384 => month: [u8; 16],
        /// Of its money: `TWD`.
        400 => currency: [u8; 8],
        /// What people call it.
        408 => name: [u8; 96],
    }
}
