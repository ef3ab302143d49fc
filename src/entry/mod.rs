//! Threads, channels, clocks and wiring.
