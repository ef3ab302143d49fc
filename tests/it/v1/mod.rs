//! Programs written for the earlier machine, against the one that runs: real processes, real
//! sockets, free ports, a home of their own.

mod bench;
mod examples;
mod hostile;
mod orders;
mod retry;
mod signals;
mod ticks;
