//! The machine: gateway, strategy, executor and desk.

pub mod feeds;
