//! Panics where it was to say who it is. A function for C must not unwind, so the process aborts.

/// The table, as its bytes lie: its size, its version, and sixteen functions.
#[repr(C)]
pub struct Table {
    struct_size: u32,
    abi_major: u16,
    abi_minor: u16,
    functions: [extern "C" fn() -> i32; 16],
}

extern "C" fn fails() -> i32 {
    panic!("a plug-in in Rust failed");
}

static TABLE: Table = Table { struct_size: 136, abi_major: 1, abi_minor: 0, functions: [fails; 16] };

#[unsafe(no_mangle)]
pub extern "C" fn aftm_exchange_entry_v1(_major: u16, _minor: u16) -> *const Table {
    &TABLE
}
