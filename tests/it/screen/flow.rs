//! From the first start to the first fill, by keys alone.

use super::person::Form;
use super::{Part, Terminal};
use crate::machine::Home;

/// What the screen itself says to press next, what its forms are called, and its words for what
/// becomes of a condition and an order.
struct Words {
    steps: [&'static str; 5],
    titles: [&'static str; 4],
    buttons: [&'static str; 4],
    fills: &'static str,
    positions: &'static str,
    held: &'static str,
    filled: &'static str,
    average: &'static str,
}

const ENGLISH: Words = Words {
    steps: [
        "press 1 then enter (or F2): log in",
        "press 3 then enter (or F2): register an item",
        "press 4 then enter (or F2): create a condition",
        "press 5 then enter (or F2): choose the account",
        "press 10 then enter (or F2): start all components",
    ],
    titles: [
        "1 Log in",
        "3 Register an item",
        "4 Create a condition",
        "5 Select the order account",
    ],
    buttons: ["[ Log in ]", "[ Register ]", "[ Create ]", "[ Select ]"],
    fills: "Fills 1",
    positions: "Positions 1",
    held: "held",
    filled: "filled",
    average: "avg",
};

const CHINESE: Words = Words {
    steps: [
        "按 1 再按 Enter（或 F2）：登入",
        "按 3 再按 Enter（或 F2）：註冊商品",
        "按 4 再按 Enter（或 F2）：建立條件單",
        "按 5 再按 Enter（或 F2）：選擇下單帳號",
        "按 10 再按 Enter（或 F2）：啟動全部元件",
    ],
    titles: ["1 登入", "3 註冊商品", "4 建立條件單", "5 選擇下單帳號"],
    buttons: ["[ 登入 ]", "[ 註冊 ]", "[ 建立 ]", "[ 選擇 ]"],
    fills: "成交 1",
    positions: "部位 1",
    held: "持倉",
    filled: "全部成交",
    average: "均",
};

/// Where the panes stand: what is focused beside the ladder, or in a place of its own.
struct Places {
    watchlist: Part,
    conditions: Part,
    chart: Part,
    ladder: Part,
    blotter: Part,
}

const LARGE: Places = Places {
    watchlist: (0..36, 2..12),
    conditions: (0..36, 12..22),
    chart: (36..86, 2..22),
    ladder: (86..120, 2..28),
    blotter: (36..120, 28..38),
};

const SMALL: Places = Places {
    watchlist: (0..47, 2..14),
    conditions: (0..47, 2..14),
    chart: (0..47, 2..14),
    ladder: (47..80, 2..14),
    blotter: (0..80, 14..22),
};

/// A condition that follows the price down from above it: it enters as soon as the price turns. It
/// leaves far from there.
const SURE: [&str; 9] = ["b", "+20", "1", "", "900", "900", "y", "", ""];

/// Logs in, registers, makes a condition, selects the account, starts: each when the screen says so.
fn to_the_first_fill(terminal: &mut Terminal, words: &Words, places: &Places) {
    let answers: [&[&str]; 4] = [&["", "", ""], &[""], &SURE, &[""]];
    for (at, number) in ["1", "3", "4", "5"].into_iter().enumerate() {
        terminal.see(words.steps[at]);
        if number == "4" {
            sees_the_market_move(terminal, places);
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

fn sees_the_market_move(terminal: &Terminal, places: &Places) {
    terminal.wait_part("a price", &places.watchlist, |it| it.contains("TXFH1 17,"));
    let before = terminal.part(&places.watchlist);
    terminal.wait_part("another tick", &places.watchlist, |it| *it != before);
}

/// What the machine did shows in every place that tells of it, and everywhere the same.
fn sees_the_fill(terminal: &mut Terminal, words: &Words, places: &Places) {
    terminal.see(words.fills);
    terminal.see(words.positions);
    terminal.press("\x1b2");
    let is_held = |it: &str| row(it, " a ").is_some_and(|it| it.contains(words.held));
    terminal.wait_part("the condition's state", &places.conditions, is_held);

    terminal.press("\x1b7");
    terminal.wait_part("the orders", &places.blotter, |it| it.starts_with('┏'));
    terminal.press("v");
    let is_filled = |it: &str| row(it, " A1 ").is_some_and(|it| it.contains(words.filled));
    terminal.wait_part("the order", &places.blotter, is_filled);
    terminal.press("]");
    let marked = format!("[{}]", words.fills);
    let is_listed = |it: &str| it.contains(&marked) && fill_price(it).is_some();
    terminal.wait_part("the fill", &places.blotter, is_listed);
    let price = fill_price(&terminal.part(&places.blotter)).unwrap();
    terminal.press("]");
    terminal.wait_part("profit and loss", &places.blotter, |it| has_profit(it, &price));

    let average = |it: &str| it.contains(words.average) && it.contains(&price);
    terminal.wait_part("the own average price", &places.ladder, |it| it.lines().any(average));
    terminal.wait_part("the own position", &places.ladder, |it| {
        it.lines().any(|it| it.contains("+1") && it.contains(&price))
    });
    terminal.press("\x1b4");
    terminal.wait_part("the chart's average", &places.chart, |it| it.lines().any(average));
    terminal.wait_part("the fill's mark", &places.chart, |it| {
        it.lines().any(|it| it.trim_end_matches(['│', '┃']).trim_end().ends_with('B'))
    });
}

/// The row of a table in which a cell says so.
fn row<'a>(shown: &'a str, cell: &str) -> Option<&'a str> {
    let is_it = |it: &&str| it.replace(['▸', '>'], " ").contains(cell);
    shown.lines().skip(2).find(is_it)
}

/// The price in the row of the first order's fill. A page that is shown stays as it is.
fn fill_price(shown: &str) -> Option<String> {
    let cells = row(shown, " A1 ")?.split_whitespace();
    let price = cells.into_iter().find(|it| it.starts_with("17,") && it.len() == 6)?;
    Some(price.to_owned())
}

/// Whether the position's row tells the fill's price, and its points and money follow from it.
fn has_profit(shown: &str, price: &str) -> bool {
    let Some(row) = row(shown, " TXFH1 ") else { return false };
    let cells: Vec<_> = row.split_whitespace().skip_while(|it| !it.ends_with("TXFH1")).collect();
    let [_, _, _, "+1", average, last, points, money, ..] = cells[..] else { return false };
    let number = |it: &str| it.replace([',', '+'], "").parse::<i64>().ok();
    let numbers = [average, last, points, money].map(number);
    let [Some(average_price), Some(last), Some(points), Some(money)] = numbers else {
        return false;
    };
    average == price && last - average_price == points && points * 200 == money
}

/// The whole path, as often as somebody begins anew.
fn plays(home: &Home, size: (u16, u16), words: &Words, places: &Places) {
    let mut terminal = Terminal::open(home, size, &[]);
    to_the_first_fill(&mut terminal, words, places);
    sees_the_fill(&mut terminal, words, places);
}

#[test]
fn keys_alone_lead_from_the_first_start_to_a_fill() {
    plays(&Home::new(), (120, 40), &ENGLISH, &LARGE);
}

#[test]
fn keys_alone_lead_to_a_fill_on_a_small_terminal() {
    plays(&Home::new(), (80, 24), &ENGLISH, &SMALL);
}

#[test]
fn keys_alone_lead_to_a_fill_in_chinese() {
    let home = Home::new();
    std::fs::create_dir_all(home.path().join("aftm/config")).unwrap();
    home.write("aftm/config/config.toml", "[screen]\nlanguage = \"zh-TW\"\n");
    plays(&home, (120, 40), &CHINESE, &LARGE);
}

#[test]
fn keys_alone_lead_to_a_fill_on_a_small_terminal_in_chinese() {
    let home = Home::new();
    std::fs::create_dir_all(home.path().join("aftm/config")).unwrap();
    home.write("aftm/config/config.toml", "[screen]\nlanguage = \"zh-TW\"\n");
    plays(&home, (80, 24), &CHINESE, &SMALL);
}
