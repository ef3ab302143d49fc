//! Prints `docs/KEYS.md`.

// Printing is all it does.
#![allow(clippy::print_stdout)]

fn main() {
    print!("{}", aftm_ui::keys::markdown());
}
