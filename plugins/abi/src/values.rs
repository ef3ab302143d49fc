//! Small values that other structs hold or point to.

use std::ffi::c_char;

use crate::layout::layout;

layout! {
    /// Text that is lent for the duration of one call: UTF-8, not NUL-terminated. Never grows.
    fixed Str = "aftm_str", 16 {
        /// The first byte; NULL only where `size` is 0.
        0 => data: *const c_char,
        /// How many bytes.
        8 => size: u64,
    }

    /// A key and its value. Never grows.
    fixed KeyValue = "aftm_kv", 32 {
        /// Lower case, words joined by `_`.
        0 => key: Str,
        /// Free text; the secret, where the key is one.
        16 => value: Str,
    }

    /// The name of an instrument. Never grows.
    fixed Symbol = "aftm_symbol", 80 {
        /// The exchange, where the venue has several; empty where it has one.
        0 => exchange: [u8; 16],
        /// The instrument, exactly as the venue writes it.
        16 => symbol: [u8; 64],
    }

    /// Why a request failed. As `err` it is the caller's, who sets `struct_size`; NULL is fine.
    versioned Status = "aftm_status", 288 {
        /// `sizeof` of this struct as its writer knows it.
        0 => struct_size: u32,
        /// One of `AFTM_OK` and `AFTM_E_…`.
        4 => code: i32,
        /// The venue's own code as text: `31`, `PRICE_LIMIT`. Empty where there is none.
        8 => vendor_code: [u8; 40],
        /// A sentence for the trader, with the value that was wrong. Never empty on failure.
        48 => text: [u8; 240],
    }
}
