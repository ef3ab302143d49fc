//! However the screen ends, the terminal is as it was.
