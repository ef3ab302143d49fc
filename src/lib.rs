//! The machine: gateway, strategy, executor and desk.
//!
//! The directions are `domain <- wire <- {gateway, journal, feeds, desk, strategy, executor} <-
//! entry <- main`; gateway and desk never import each other, they exchange wire messages.

pub mod config;
pub mod desk;
pub mod document;
pub mod entry;
pub mod executor;
pub mod failpoint;
pub mod feeds;
pub mod gateway;
pub mod journal;
pub mod plugin;
pub mod report;
pub mod strategy;
pub mod wire;
