//! Ticks are drawn a frame at a time; time and sales keeps each of them.

use std::fmt::Write as _;

use super::Terminal;
use crate::machine::Home;

/// Fewer than the tape keeps, and far more than one frame could tell one by one.
const TICKS: usize = 4_000;

/// A burst: as many ticks as the feed can give at once, a millisecond apart on its clock.
fn burst() -> String {
    let mut ticks = "time,code,price,quantity\n".to_owned();
    for at in 0..TICKS {
        let (second, millisecond, price) = (at / 1_000, at % 1_000, 17_300 + at % 3);
        writeln!(ticks, "2021-07-26T08:45:0{second}.{millisecond:03}+08:00,TXFH1,{price},1")
            .unwrap();
    }
    ticks
}

/// How many trades are newer than the top one, as the tape's title says.
fn newer(shown: &str) -> Option<usize> {
    let before = shown.split_once(" newer")?.0;
    before.rsplit(' ').next()?.replace(',', "").parse().ok()
}

/// How many trades of the burst are shown.
fn trades(shown: &str) -> usize {
    let is_trade = |it: &&str| it.contains("08:45:0") && it.contains('.');
    shown.split_whitespace().filter(is_trade).count()
}

#[test]
fn a_burst_of_ticks_is_in_time_and_sales_to_the_last_trade() {
    let home = Home::new();
    home.write("ticks.csv", &burst());
    let words = ["--feed", "csv:ticks.csv", "--speed", "max", "--set", "screen.language=en"];
    let mut terminal = Terminal::open(&home, (120, 40), &words);
    terminal.see("press 1");
    // A recorded day is played as soon as something works on it.
    for line in [
        "login demo",
        "item add TXFH1",
        "account use SIM-1",
        "condition add buy TXFH1 --trigger 9000 --turning 15",
        "start",
    ] {
        assert_eq!(home.ctl(line).code, Some(0), "{line}");
    }
    terminal.see("4,000");
    // The tape on the whole screen, from its oldest trade.
    terminal.press("\x1b6");
    terminal.press("z");
    terminal.see("08:45:03.999");
    terminal.press("G");
    terminal.see("08:45:00.000");
    let shown = terminal.text();
    assert_eq!(newer(&shown).map(|it| it + trades(&shown)), Some(TICKS), "{shown}");
}
