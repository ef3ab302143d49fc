//! A market that walks, conditions that trade on it, and what a replay makes of both.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::sync::OnceLock;

use serde_json::Value;

use super::{Home, Machine, of_kind};

/// The same numbers for the same seed.
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Dice {
        Dice(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    /// Below a bound.
    pub(crate) fn roll(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % bound
    }
}

/// Ticks of two items whose prices walk around 17000, 50 ms apart.
pub(crate) fn ticks(count: u64) -> String {
    let mut dice = Dice::new(7);
    let mut text = "time,code,price,quantity\n".to_owned();
    let mut price = 17_000_i64;
    for at in 0..count {
        // Drawn back to the middle the more the farther it is, so that it crosses levels again.
        let is_pulled = dice.roll(12_000) < price.abs_diff(17_000);
        let pull = if is_pulled { (17_000 - price).signum() } else { 0 };
        price += i64::try_from(dice.roll(3)).unwrap() - 1 + pull;
        let item = if dice.roll(3) == 0 { "MXFH1" } else { "TXFH1" };
        let (seconds, thousandths) = (at / 20, at % 20 * 50);
        let (hours, minutes) = (9 + seconds / 3600, seconds / 60 % 60);
        let (seconds, quantity) = (seconds % 60, 1 + dice.roll(4));
        writeln!(
            text,
            "2021-07-26T{hours:02}:{minutes:02}:{seconds:02}.{thousandths:03}+08:00,{item},{price},{quantity}"
        )
        .unwrap();
    }
    text
}

/// Conditions on both sides of the middle: some follow, some trade several lots.
pub(crate) struct Terms {
    id: String,
    side: &'static str,
    item: &'static str,
    trigger: i64,
    turning: i64,
    profit: i64,
    loss: i64,
    quantity: i64,
    is_following: bool,
}

/// So many of them.
pub(crate) fn conditions(count: i64) -> Vec<Terms> {
    let one = |at: i64| {
        let (side, sign) = if at % 2 == 0 { ("buy", -1) } else { ("sell", 1) };
        Terms {
            id: format!("c{at}"),
            side,
            item: if at % 3 == 0 { "MXFH1" } else { "TXFH1" },
            trigger: 17_000 + sign * (4 + at * 5),
            turning: 4 + at % 5,
            profit: 40 + at,
            loss: 20 + 2 * at,
            quantity: 1 + at % 3,
            is_following: at % 4 < 2,
        }
    };
    (0..count).map(one).collect()
}

/// The commands that add them, log in, take the items and the account, and start.
pub(crate) fn script(conditions: &[Terms], items: &str) -> String {
    let mut text = format!("login demo\nitem add {items}\naccount use SIM-1\n");
    for Terms { id, side, item, trigger, turning, profit, loss, quantity, is_following } in
        conditions
    {
        let follow = if *is_following { " --follow" } else { "" };
        writeln!(
            text,
            "condition add {side} {item} --trigger {trigger} --turning {turning} --tp {profit} \
             --sl {loss} --qty {quantity} --id {id}{follow}"
        )
        .unwrap();
    }
    text + "start\n"
}

/// The same as a file for `replay`.
pub(crate) fn file(conditions: &[Terms]) -> String {
    let mut text = String::new();
    for Terms { id, side, item, trigger, turning, profit, loss, quantity, is_following } in
        conditions
    {
        writeln!(
            text,
            "[[condition]]\nid='{id}'\nitem='{item}'\naction='{side}'\ntrigger={trigger}\n\
             turning={turning}\ntake_profit={profit}\nstop_loss={loss}\nquantity={quantity}\n\
             following={is_following}\n"
        )
        .unwrap();
    }
    text
}

/// What a replay makes of a feed and conditions: signals and fills, as they are written.
pub(crate) struct Expected {
    pub(crate) signals: Vec<String>,
    pub(crate) fills: Vec<String>,
}

pub(crate) fn replay(feed: &str, conditions: &Path) -> Expected {
    let home = Home::new();
    let conditions = conditions.display().to_string();
    let words = ["replay", feed, "--conditions", &conditions, "--signals", "s", "--fills", "f"];
    let ended = home.run(&words);
    assert_eq!(ended.code, Some(0), "{}", ended.said);
    let read = |name: &str| -> Vec<String> {
        let text = fs::read_to_string(home.path().join(name)).unwrap();
        text.lines().map(str::to_owned).collect()
    };
    Expected { signals: read("s"), fills: read("f") }
}

/// A market on disk, and what an undisturbed replay makes of it; made once for all tests.
pub(crate) struct Known {
    home: Home,
    pub(crate) expected: Expected,
    pub(crate) script: String,
}

impl Known {
    /// Half an hour of ticks, twelve conditions.
    pub(crate) fn get() -> &'static Known {
        static KNOWN: OnceLock<Known> = OnceLock::new();
        KNOWN.get_or_init(|| {
            let home = Home::new();
            home.write("ticks.csv", &ticks(20_000));
            let conditions = conditions(16);
            let path = home.write("conditions.toml", &file(&conditions));
            let feed = format!("csv:{}", home.path().join("ticks.csv").display());
            let expected = replay(&feed, &path);
            Known { home, expected, script: script(&conditions, "TXFH1 MXFH1") }
        })
    }

    pub(crate) fn feed(&self) -> String {
        format!("csv:{}", self.home.path().join("ticks.csv").display())
    }
}

/// The bodies of the lines of a kind, as they were printed.
pub(crate) fn bodies(lines: &[String], kind: &str) -> Vec<String> {
    let mark = format!(",\"kind\":\"{kind}\",\"{kind}\":");
    let body = |line: &String| {
        let (_, body) = line.split_once(&mark)?;
        body.strip_suffix('}').map(str::to_owned)
    };
    lines.iter().filter_map(body).collect()
}

/// Signals and fills of a machine are those of a replay, in the same order, each once.
pub(crate) fn assert_same(machine: &Machine, expected: &Expected, what: &str) {
    assert_eq!(bodies(&machine.lines, "signal"), expected.signals, "signals: {what}");
    assert_eq!(bodies(&machine.lines, "fill"), expected.fills, "fills: {what}");
}

/// The conditions that a machine listed last: state and trigger of each.
pub(crate) fn listed(lines: &[Value], count: usize) -> Vec<[String; 3]> {
    let rows = of_kind(lines, "condition");
    let from = rows.len().saturating_sub(count);
    let of = |row: &Value| {
        let (terms, progress) = (&row["condition"]["terms"], &row["condition"]["progress"]);
        [&terms["id"], &progress["state"], &progress["trigger"]]
            .map(|it| it.as_str().unwrap_or_default().to_owned())
    };
    rows.iter().skip(from).map(of).collect()
}
