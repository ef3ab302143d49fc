//! The executor: signals in, orders to the gateway out.
//!
//! Owns what is under way between both. Refuses to decide about positions: how much an order may
//! trade, and whether a signal was acted on before, is the gateway's word.

mod process;

pub use process::Process;

use crate::wire::clients::ClientError;

/// Why the executor cannot begin.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Its parent gave it nothing to show.
    #[error("the machine gave this executor no token of its own")]
    Token,
    /// The keys of clients cannot be read.
    #[error("the keys of clients: {0}")]
    Clients(#[from] ClientError),
    /// There can be no guard, or the machine that started it is gone.
    #[error("no guard can stand at the signal ports: {0}")]
    Guard(#[from] std::io::Error),
    /// A port cannot be had.
    #[error(transparent)]
    Socket(#[from] zmq::Error),
}

#[cfg(test)]
mod tests;
