//! Programs written for the earlier machine, against the one that runs: real processes, real
//! sockets, free ports, a home of their own.

pub(crate) mod bench;
mod examples;
pub(crate) mod hostile;
mod orders;
mod retry;
mod signals;
mod ticks;
