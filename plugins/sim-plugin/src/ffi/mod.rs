//! The boundary to C: the one exported function, its table, and nothing unsafe outside of it.

// A boundary to C is made of addresses; the workspace denies unsafe code everywhere else.
#![allow(unsafe_code)]

mod calls;
mod host;
mod lent;
mod table;
#[cfg(test)]
mod tests;

pub(crate) use host::{Host, Req};
