//! The machine: gateway, strategy, executor and desk.

pub mod journal;
pub mod report;
