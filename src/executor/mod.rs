//! The executor: signals in, orders to the gateway out.
//!
//! Owns what is under way between both. Refuses to decide about positions: how much an order may
//! trade, and whether a signal was acted on before, is the gateway's word.

mod process;

pub use process::Process;
