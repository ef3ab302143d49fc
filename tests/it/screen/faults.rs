//! What goes wrong shows, in words, and where it must, in red.

use rustix::process::Signal;

use super::{Part, Terminal, child_of, until};
use crate::machine::{Home, of_kind, send};

/// Where the panes stand at 120x40.
const WATCHLIST: Part = (0..36, 2..12);
const HEALTH: Part = (0..36, 22..38);
const BLOTTER: Part = (36..120, 28..38);
const BANNER: Part = (0..120, 1..2);

/// A terminal over a machine that is logged in with an item and an account.
fn ready(home: &Home, words: &[&str]) -> Terminal {
    let terminal = Terminal::open(home, (120, 40), words);
    terminal.see("press 1");
    for line in ["login demo", "item add TXFH1", "account use SIM-1"] {
        assert_eq!(home.ctl(line).code, Some(0), "{line}");
    }
    terminal.see("acct SIM-1");
    terminal
}

/// Starts it with a condition that never triggers. A recorded feed begins then.
fn start(home: &Home) {
    for line in ["condition add buy TXFH1 --trigger 1000 --id far", "start"] {
        assert_eq!(home.ctl(line).code, Some(0), "{line}");
    }
}

/// Trades of so many tenths of a second from nine o'clock on, a tenth apart, and one an hour later.
fn ticks(tenths: u32, is_one_late: bool) -> String {
    let mut text = "time,code,price,quantity\n".to_owned();
    for at in 0..tenths {
        let (second, tenth, price) = (at / 10, at % 10, 17_000 + at % 3);
        text += &format!("2021-07-26T09:00:{second:02}.{tenth}+08:00,TXFH1,{price},1\n");
    }
    if is_one_late {
        text += "2021-07-26T10:00:00+08:00,TXFH1,17006,1\n";
    }
    text
}

/// Whether the first letter of a text stands on red, or is red.
fn is_red(terminal: &Terminal, text: &str) -> bool {
    let (front, back) = terminal.colors(text);
    [front, back].into_iter().any(|it| {
        matches!(it, vt100::Color::Rgb(red, green, blue) if red > green.max(blue).saturating_add(64))
    })
}

#[test]
fn a_child_that_dies_is_shown_counted_and_started_again() {
    let home = Home::new();
    let mut terminal = ready(&home, &["--set", "desk.restarts_max=1"]);
    start(&home);
    let runs_with = |restarts: &'static str| {
        move |shown: &str| {
            let row = shown.lines().find(|it| it.contains("strategy")).unwrap_or_default();
            let cells: Vec<_> = row.split_whitespace().collect();
            row.contains("running") && cells.contains(&restarts)
        }
    };
    terminal.wait_part("a strategy that runs", &HEALTH, runs_with("0"));
    let first = child_of(&home, "strategy").unwrap();
    send(first, Signal::KILL);
    terminal.see("the strategy ended: signal: 9 (SIGKILL)");
    terminal.wait_part("a strategy that runs again", &HEALTH, runs_with("1"));
    until("another process", || child_of(&home, "strategy").is_some_and(|it| it != first));

    send(child_of(&home, "strategy").unwrap(), Signal::KILL);
    let is_told = |it: &str| it.contains("strategy IS DOWN: GIVEN UP, restarts: 1");
    terminal.wait_part("a banner", &BANNER, is_told);
    assert!(is_red(&terminal, "strategy IS DOWN"), "{:?}", terminal.colors("strategy IS DOWN"));
    terminal.see("it failed 2 times within 60 s and stays down");
    let is_down = |it: &str| it.lines().any(|it| it.contains("strategy") && it.contains('!'));
    terminal.wait_part("a strategy that is down", &HEALTH, is_down);

    terminal.press("\x1b");
    terminal.see_no("it failed 2 times");
    terminal.choose("10");
    terminal.wait_part("a strategy that runs once more", &HEALTH, runs_with("0"));
    terminal.wait_part("no banner", &BANNER, |it| !it.contains("IS DOWN"));
}

#[test]
fn a_feed_that_falls_silent_dims_the_prices_and_takes_the_order_keys() {
    let home = Home::new();
    home.write("ticks.csv", &ticks(60, true));
    let words = ["--feed", "csv:ticks.csv", "--set", "screen.stale_ms=700"];
    let mut terminal = ready(&home, &words);
    start(&home);
    terminal.wait_part("a price", &WATCHLIST, |it| it.contains("17,00"));
    let fresh = terminal.colors("17,00");
    terminal.press("a");
    terminal.see("armed with preview in SIM-1");
    terminal.wait_part("a banner", &BANNER, |it| it.contains("NO TICKS for"));
    assert!(is_red(&terminal, "NO TICKS for"), "{:?}", terminal.colors("NO TICKS for"));
    terminal.see("order keys disarmed: the feed is silent");
    assert_ne!(terminal.colors("17,00"), fresh, "the price is not dimmed");
    terminal.press("\x1b5");
    terminal.press("b");
    terminal.see("nothing sent: the feed is silent");
    terminal.press("a");
    terminal.see("cannot arm: the feed is silent");
    assert_eq!(orders(&home), 0);
}

/// How many orders the machine knows of.
fn orders(home: &Home) -> usize {
    of_kind(&home.ctl("orders --all").lines(), "order").len()
}

#[test]
fn a_feed_that_ends_is_told() {
    let home = Home::new();
    home.write("ticks.csv", &ticks(3, false));
    let mut terminal = ready(&home, &["--feed", "csv:ticks.csv"]);
    start(&home);
    terminal.wait_part("a banner", &BANNER, |it| it.contains("came to its end"));
    terminal.press("a");
    terminal.see("cannot arm: ");
}

#[test]
fn an_exchange_that_is_gone_is_told_and_takes_the_order_keys() {
    let home = Home::new();
    let knobs = ["--set", "simulator.disconnect_after_ms=2000"];
    let words = [&knobs[..], &["--set", "simulator.disconnect_for_ms=86400000"]].concat();
    let mut terminal = ready(&home, &words);
    terminal.wait_part("a banner", &BANNER, |it| it.contains("CONNECTION LOST"));
    assert!(is_red(&terminal, "CONNECTION LOST"), "{:?}", terminal.colors("CONNECTION LOST"));
    terminal.see("the exchange does not answer: ");
    terminal.press("a");
    terminal.see("cannot arm: not connected to the exchange");
    terminal.press("\x1b5");
    terminal.press("b");
    terminal.see("nothing sent: not connected to the exchange");
    assert_eq!(orders(&home), 0);
}

#[test]
fn an_exchange_that_comes_back_is_told() {
    let home = Home::new();
    let knobs = ["--set", "simulator.disconnect_after_ms=1000"];
    let words = [&knobs[..], &["--set", "simulator.disconnect_for_ms=1500"]].concat();
    let terminal = ready(&home, &words);
    terminal.wait_part("a banner", &BANNER, |it| it.contains("CONNECTION LOST"));
    terminal.wait_part("no banner", &BANNER, |it| !it.contains("CONNECTION LOST"));
    terminal.see("ON-LINE");
}

#[test]
fn an_order_that_the_exchange_rejects_is_told_until_it_is_seen() {
    let home = Home::new();
    let mut terminal = ready(&home, &["--set", "simulator.reject_one_in=1"]);
    terminal.see("▸TXFH1 17,");
    terminal.press("a");
    terminal.see("armed with preview in SIM-1");
    terminal.press("\x1b5");
    terminal.see("┏ Ladder");
    terminal.press("b");
    terminal.see("SEND?");
    terminal.enter();
    terminal.see("ERROR: order A1 refused: ");
    terminal.see("Esc: seen");
    // Other keys do not take it away.
    terminal.press("\x1b7v");
    let is_listed = |it: &str| it.lines().any(|it| it.contains(" A1 ") && it.contains("rejected"));
    terminal.wait_part("the order", &BLOTTER, is_listed);
    terminal.see("ERROR: order A1 refused");
    terminal.press("\x1b");
    terminal.see_no("ERROR: order A1 refused");
}
