//! The machine: gateway, strategy, executor and desk.

pub mod config;
pub mod desk;
pub mod document;
pub mod entry;
