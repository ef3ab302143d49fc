//! From the first start to the first fill, by keys alone.

use super::Terminal;
use crate::machine::Home;

/// Log in, register, make a condition, select the account, start: what the screen itself says to
/// press next. The condition buys at the last price, as soon as it turns by a point.
fn to_the_first_fill(terminal: &mut Terminal, [login, item, condition, account, start]: [&str; 5]) {
    terminal.see(login);
    terminal.press("1\r");
    terminal.press_until("\r", item);
    terminal.press("3\r");
    terminal.press_until("\r", condition);
    terminal.wait("a price", |shown| shown.contains("17,"));
    terminal.press("4\r");
    terminal.press_until("b\r=\r1\r", "17,");
    terminal.press_until("\r", account);
    terminal.press("5\r");
    terminal.press_until("\r", start);
    terminal.press("10\r");
}

const ENGLISH: [&str; 5] = ["press 1", "press 3", "press 4", "press 5", "press 10"];

#[test]
fn keys_alone_lead_from_the_first_start_to_a_fill() {
    let home = Home::new();
    let mut terminal = Terminal::open(&home, (120, 40), &["--set", "screen.language=en"]);
    to_the_first_fill(&mut terminal, ENGLISH);
    terminal.see("Fills 1");
    terminal.see("Positions 1");
    terminal.press("q");
    terminal.see("LEAVE");
}
