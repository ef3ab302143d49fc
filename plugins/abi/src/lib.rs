//! The C interface between aftm and an exchange plug-in, version 1.0, mirrored for Rust.
//!
//! `aftm_exchange.h` beside this crate is the contract, and `docs/PLUGINS.md` explains it. The
//! mirror owns no rule of its own: every size and offset is asserted while it compiles, and a test
//! compares every field and every number with what a C and a C++ compiler make of the header.
//!
//! What both sides need on top of the bytes is here, too: reading and writing structs of another
//! version, text in fields, and the words of the codes. What crosses the boundary is copied before
//! anyone looks at it, and a number never becomes a Rust enum unchecked.

// A boundary to C is made of addresses; the workspace denies unsafe code everywhere else.
#![allow(unsafe_code)]
#![deny(unsafe_op_in_unsafe_fn, clippy::undocumented_unsafe_blocks, missing_docs)]

mod codes;
mod constants;
mod copy;
mod holdings;
mod layout;
mod lent;
mod market;
mod orders;
mod session;
mod table;
mod text;
mod values;

pub use codes::*;
pub use constants::*;
pub use copy::{Misfit, look_at, read, read_into, write};
pub use holdings::{Account, Position};
pub use layout::{Blank, Constant, Field, Layout, Plain, Versioned};
pub use lent::slice;
pub use market::{Book, Instrument, Tick};
pub use orders::{
    AmendRequest, CancelAllRequest, CancelRequest, Fill, OrderRequest, OrderUpdate, Query,
};
pub use session::{Connection, Info, Login, OpenParams};
pub use table::{Api, Callbacks, ENTRY, Entry, Event, Session};
pub use text::{TooLong, name, put_id, put_name, put_text, text};
pub use values::{KeyValue, Status, Str, Symbol};

/// Every struct of the header, for tests of its layout.
pub fn layouts() -> impl Iterator<Item = &'static Layout> {
    let all = [
        values::LAYOUTS,
        session::LAYOUTS,
        orders::LAYOUTS,
        market::LAYOUTS,
        holdings::LAYOUTS,
        table::LAYOUTS,
    ];
    all.into_iter().flatten()
}

/// Every number of the header, for tests of its values.
pub fn numbers() -> impl Iterator<Item = &'static Constant> {
    [constants::CONSTANTS, codes::CODES].into_iter().flatten()
}

/// The header itself, for who compiles against it.
pub const HEADER: &str = include_str!("../aftm_exchange.h");
