//! Prints the table of default keys, as the README has it.

#[allow(clippy::print_stdout)] // That is what it is for.
fn main() {
    print!("{}", aftm_ui::keys::markdown());
}
