//! What crosses a process boundary.
//!
//! Owns the formats. Refuses whatever is not written exactly as they say: a message is read whole
//! and typed, or it is an error that names what is wrong.

pub mod v1;
