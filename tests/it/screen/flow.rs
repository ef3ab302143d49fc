//! From the first start to the first fill, by keys alone.

use super::Terminal;
use super::person::Form;
use crate::machine::Home;

/// What the screen itself says to press next, and what its forms are called.
struct Words {
    steps: [&'static str; 5],
    titles: [&'static str; 4],
    buttons: [&'static str; 4],
}

const ENGLISH: Words = Words {
    steps: [
        "press 1 then enter (or F2): log in",
        "press 3 then enter (or F2): register an item",
        "press 4 then enter (or F2): create a condition",
        "press 5 then enter (or F2): choose the account",
        "press 10 then enter (or F2): start all components",
    ],
    titles: ["1 Log in", "3 Register an item", "4 Create a condition", "5 Select the order account"],
    buttons: ["[ Log in ]", "[ Register ]", "[ Create ]", "[ Select ]"],
};

/// A condition that follows the price down from above it: it enters as soon as the price turns.
const SURE: [&str; 9] = ["b", "+20", "1", "", "", "", "y", "", ""];

/// Logs in, registers, makes a condition, selects the account, starts: each when the screen says so.
fn to_the_first_fill(terminal: &mut Terminal, words: &Words) {
    let answers: [&[&str]; 4] = [&["", ""], &[""], &SURE, &[""]];
    for (at, number) in ["1", "3", "4", "5"].into_iter().enumerate() {
        terminal.see(words.steps[at]);
        if number == "4" {
            terminal.wait("a price", |shown| shown.contains("▸TXFH1 17,"));
        }
        terminal.fill_in(&Form {
            number,
            title: words.titles[at],
            answers: answers[at],
            button: words.buttons[at],
        });
    }
    terminal.see(words.steps[4]);
    terminal.choose("10");
}

#[test]
fn keys_alone_lead_from_the_first_start_to_a_fill() {
    let home = Home::new();
    let mut terminal = Terminal::open(&home, (120, 40), &[]);
    to_the_first_fill(&mut terminal, &ENGLISH);
    terminal.see("Fills 1");
    terminal.see("Positions 1");
}
