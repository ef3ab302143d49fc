//! What the screen remembers from one start to the next.
