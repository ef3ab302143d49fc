//! A script through three processes trades what a replay in one process trades.

use std::fmt::Write as _;

use super::market::{self, Known, assert_same};
use super::{Home, Machine, of_kind};
use crate::bench;

fn assert_nothing_dropped(machine: &Machine) {
    let status = of_kind(&machine.values(), "status").pop().unwrap();
    let counts = ["dropped", "bad_messages", "feed_problems"].map(|it| status[it].as_u64());
    assert_eq!(counts, [Some(0); 3], "{status}");
    let alerts = of_kind(&machine.values(), "alert").into_iter();
    // A condition may still hold its position at the end, and the machine says so.
    let alerts: Vec<_> = alerts.filter(|it| it["code"] != "POSITION_LEFT").collect();
    assert_eq!(alerts, Vec::<serde_json::Value>::new());
}

fn assert_exported(home: &Home, expected: &market::Expected) {
    let exported = home.run(&["export", "fills"]);
    let lines: Vec<&str> = exported.out.lines().collect();
    assert_eq!(lines, expected.fills, "the export differs from what was told: {}", exported.said);
}

#[test]
fn three_processes_trade_a_market_as_a_replay_does() {
    let known = Known::get();
    let home = Home::new();
    let script = format!("{}wait feed-end\nwait orders-done\nstatus\n", known.script);
    let mut machine = Machine::start(&home, &script, &["--feed", &known.feed(), "--speed", "max"]);
    let ended = machine.finish();
    assert_eq!(ended.code, Some(0), "{}", ended.said);
    assert!(known.expected.fills.len() >= 20, "the market is too quiet to tell anything");
    assert_same(&machine, &known.expected, "undisturbed");
    assert_nothing_dropped(&machine);
    assert_exported(&home, &known.expected);
}

#[test]
fn three_processes_trade_the_real_day_as_a_replay_does_in_little_memory() {
    let Some(day) = bench::real_day() else { return };
    let home = Home::new();
    let feed = format!("taifex:{}", day.display());
    let (mut script, mut file) = (String::new(), String::new());
    let sides = [("buy", 17_480), ("sell", 17_410), ("buy", 17_300), ("sell", 17_400)];
    for (at, (side, trigger)) in sides.into_iter().enumerate() {
        for item in ["TXFH1", "MXFH1"] {
            let follow = if at % 2 == 0 { " --follow" } else { "" };
            let id = format!("{item}-{at}");
            writeln!(
                script,
                "condition add {side} {item} --trigger {trigger} --tp 60 --sl 30 --id {id}{follow}"
            )
            .unwrap();
            writeln!(
                file,
                "[[condition]]\nid='{id}'\nitem='{item}'\naction='{side}'\ntrigger={trigger}\n\
                 take_profit=60\nstop_loss=30\nfollowing={}",
                at % 2 == 0
            )
            .unwrap();
        }
    }
    let expected = market::replay(&feed, &home.write("conditions.toml", &file));
    assert!(expected.fills.len() >= 12, "{:?}", expected.fills);
    let script = format!(
        "login demo\nitem add TXFH1 MXFH1 CZFH1 ZEFI1\naccount use SIM-1\n{script}start\n\
         wait feed-end\nstatus\n"
    );
    let mut machine = Machine::start(&home, &script, &["--feed", &feed, "--speed", "max"]);
    // The last of the day is the most that it ever holds.
    machine.wait_for("the feed's end", |it| it["feed"]["state"] == "ended");
    let pids = machine.children().into_iter().map(|it| it.1).chain([machine.pid()]);
    let resident: Vec<u64> = pids.filter_map(resident_kb).collect();
    let ended = machine.finish();
    assert_eq!(ended.code, Some(0), "{}", ended.said);
    assert_same(&machine, &expected, "undisturbed");
    assert_nothing_dropped(&machine);
    assert_exported(&home, &expected);
    assert!(resident.iter().all(|it| *it < 50 * 1024), "resident kilobytes: {resident:?}");
}

/// One tick arms them all, one enters them all, and one takes their profit.
#[test]
fn four_hundred_conditions_that_fire_on_one_tick_trade_as_a_replay_does() {
    const COUNT: usize = 400;
    let mut ticks = "time,code,price,quantity\n".to_owned();
    for (second, price) in [17_000, 16_990, 17_010, 17_011, 17_200, 17_201].iter().enumerate() {
        writeln!(ticks, "2021-07-26T09:00:0{second}+08:00,TXFH1,{price},1").unwrap();
    }
    let (mut script, mut file) =
        ("login demo\nitem add TXFH1\naccount use SIM-1\n".to_owned(), String::new());
    for at in 0..COUNT {
        writeln!(script, "condition add buy TXFH1 --trigger 16995 --turning 10 --id c{at}")
            .unwrap();
        writeln!(
            file,
            "[[condition]]\nid='c{at}'\nitem='TXFH1'\naction='buy'\ntrigger=16995\nturning=10"
        )
        .unwrap();
    }
    script += "start\nwait feed-end\nwait orders-done\nstatus\n";
    let home = Home::new();
    let feed = format!("csv:{}", home.write("ticks.csv", &ticks).display());
    home.write("conditions.toml", &file);
    let rich = ["--set", "simulator.balance=1000000000"];
    let replay = ["replay", &feed, "--conditions", "conditions.toml", "--signals", "s"];
    let replayed = home.run(&[&replay[..], &["--fills", "f"], &rich].concat());
    assert_eq!(replayed.code, Some(0), "{}", replayed.said);
    let read = |name: &str| -> Vec<String> {
        let text = std::fs::read_to_string(home.path().join(name)).unwrap();
        text.lines().map(str::to_owned).collect()
    };
    let expected = market::Expected { signals: read("s"), fills: read("f") };
    assert_eq!((expected.signals.len(), expected.fills.len()), (2 * COUNT, 2 * COUNT));
    // So many orders at once hold up the beats on a busy computer; silence is tested elsewhere.
    let patient = ["--set", "desk.silent_ms=60000"];
    let words = [&["--feed", &feed, "--speed", "max"], &rich[..], &patient].concat();
    let mut machine = Machine::start(&home, &script, &words);
    let ended = machine.finish();
    assert_eq!(ended.code, Some(0), "{}", ended.said);
    // On a busy computer the executor asks again over another connection, and late answers to the
    // one that is gone are dropped: no signal and no order is.
    assert_same(&machine, &expected, "all at once");
    assert_exported(&home, &expected);
}

/// The most that a process ever held beside its code, which a build for tests has ten times as much
/// of; `None` where it has ended.
fn resident_kb(pid: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let kb = |name: &str| -> Option<u64> {
        let line = status.lines().find_map(|it| it.strip_prefix(name))?;
        line.trim().strip_suffix(" kB")?.trim().parse().ok()
    };
    Some(kb("VmHWM:")?.saturating_sub(kb("RssFile:")?))
}
