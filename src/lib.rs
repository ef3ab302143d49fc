//! The machine: gateway, strategy, executor and desk.
