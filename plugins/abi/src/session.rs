//! Who a plug-in is, what a session needs, and how its connection stands.

use crate::layout::layout;
use crate::values::{KeyValue, Str};

layout! {
    /// Who a plug-in is. The host sets `struct_size`, the plug-in the rest.
    versioned Info = "aftm_info", 160 {
        /// `sizeof` of this struct as its writer knows it.
        0 => struct_size: u32,
        /// Zero.
        4 => reserved: u32,
        /// What it can do: `AFTM_CAP_…` joined by or. Bits that are not defined are zero.
        8 => caps: u64,
        /// Its short name, for settings and logs: `example-c`.
        16 => name: [u8; 48],
        /// Its version: `1.0.3`.
        64 => version: [u8; 32],
        /// Where it trades, for people: `CTP, SimNow`.
        96 => venue: [u8; 64],
    }

    /// What a session is opened with.
    versioned OpenParams = "aftm_open_params", 40 {
        /// `sizeof` of this struct as its writer knows it.
        0 => struct_size: u32,
        /// `AFTM_OPEN_…` joined by or. Unknown bits: ignored.
        4 => flags: u32,
        /// A folder of this plug-in alone that exists; absolute; the plug-in may keep files in it.
        8 => state_dir: Str,
        /// The options of the settings file. An unknown key is an error that names it.
        24 => options: *const KeyValue,
        /// How many options.
        32 => options_n: u64,
    }

    /// Who logs in.
    versioned Login = "aftm_login", 40 {
        /// `sizeof` of this struct as its writer knows it.
        0 => struct_size: u32,
        /// `AFTM_LOGIN_…` joined by or.
        4 => flags: u32,
        /// The exchange's clock where a feed runs it; absent otherwise.
        8 => now_ns: i64,
        /// Seconds east of UTC of the exchange's own clock, so that its local time can be shown.
        16 => utc_offset_s: i32,
        /// Zero.
        20 => reserved: u32,
        /// Credentials: `user`, `password` and what else the venue asks for. Never log, never keep.
        24 => creds: *const KeyValue,
        /// How many credentials.
        32 => creds_n: u64,
    }

    /// The way to the venue came up or went down.
    versioned Connection = "aftm_conn", 304 {
        /// `sizeof` of this struct as its writer knows it.
        0 => struct_size: u32,
        /// Why: `AFTM_OK` or `AFTM_E_…`.
        4 => code: i32,
        /// `AFTM_CHANNEL_…`.
        8 => channel: u8,
        /// `AFTM_CONN_…`.
        9 => state: u8,
        /// Zero.
        10 => reserved: u16,
        /// Which attempt to connect this is, from 1; 0 when the connection is up.
        12 => attempt: u32,
        /// The venue's trading day as yyyymmdd; 0 where it is not known.
        16 => trading_day: u32,
        /// Zero.
        20 => reserved2: u32,
        /// The venue's own code as text; empty where there is none.
        24 => vendor_code: [u8; 40],
        /// A sentence for the trader.
        64 => text: [u8; 240],
    }
}
