//! Replays: known signals and fills, what is said of what is wrong, and the real day.

#![allow(clippy::unwrap_used)] // Helpers of tests may fail as tests do.

use std::fs;
use std::path::Path;

use aftm::desk::Exit;
use aftm::entry::cli::Entry;
use aftm::entry::{Output, replay};
use aftm_domain::Catalog;

use crate::bench::{self, CONDITIONS, TICKS, settings, write_market};

/// How a replay ended and what it said.
struct Played {
    exit: Exit,
    out: String,
    notes: String,
}

fn run(line: &str, sets: &[&str]) -> anyhow::Result<Played> {
    let Entry::Replay(args) = bench::entry(line) else { panic!("not a replay: {line}") };
    let (mut out, mut notes) = (Vec::new(), Vec::new());
    let output = Output { out: &mut out, notes: &mut notes, has_terminal: false };
    let exit = replay(&args, &settings(sets), Catalog::built_in()?, output)?;
    Ok(Played { exit, out: String::from_utf8(out)?, notes: String::from_utf8(notes)? })
}

/// Replays the market of a folder, with further words.
fn play(folder: &Path, words: &str) -> Played {
    let at = folder.display();
    let line = format!("aftm replay csv:{at}/ticks.csv --conditions {at}/conditions.toml{words}");
    run(&line, &[]).unwrap()
}

/// Replays ticks and conditions in a folder of their own; the signals are written.
fn signals_of(ticks: &str, conditions: &str) -> (Played, String) {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("ticks.csv"), ticks).unwrap();
    fs::write(folder.path().join("conditions.toml"), conditions).unwrap();
    let signals = folder.path().join("signals");
    let played = play(folder.path(), &format!(" --signals {}", signals.display()));
    (played, fs::read_to_string(signals).unwrap_or_default())
}

const SIGNALS: &str = r#"{"condition":"mini","item":"MXFH1","side":"buy","kind":"entry","reason":"","price":"21930","time":"2021-07-26T08:45:03+08:00","quantity":"2"}
{"condition":"trace","item":"TXFH1","side":"buy","kind":"entry","reason":"","price":"21980","time":"2021-07-26T08:45:04+08:00","quantity":"1"}
{"condition":"trace","item":"TXFH1","side":"sell","kind":"exit","reason":"take_profit","price":"22100","time":"2021-07-26T08:45:06+08:00","quantity":"1"}
"#;

#[test]
fn a_small_market_gives_known_signals_and_fills() {
    let folder = tempfile::tempdir().unwrap();
    write_market(folder.path());
    // Its stop loss, 21885, is reached by one more trade.
    let ticks = format!("{TICKS}2021-07-26T08:45:08+08:00,MXFH1,21885,1\n");
    fs::write(folder.path().join("ticks.csv"), ticks).unwrap();
    let at = folder.path().display();
    let words = format!(" --signals {at}/s --fills {at}/f --plot {at}/p.svg");
    let played = play(folder.path(), &words);
    assert_eq!((played.exit, played.notes.as_str()), (Exit::Ok, ""));
    assert_eq!(
        fs::read_to_string(folder.path().join("s")).unwrap(),
        format!(
            "{SIGNALS}{}\n",
            r#"{"condition":"mini","item":"MXFH1","side":"sell","kind":"exit","reason":"stop_loss","price":"21885","time":"2021-07-26T08:45:08+08:00","quantity":"2"}"#
        )
    );
    // A tick against the trader each: without a book, that is what a market order costs.
    assert_eq!(
        fs::read_to_string(folder.path().join("f")).unwrap(),
        r#"{"order":"A1","condition":"mini","kind":"entry","item":"MXFH1","account":"SIM-1","side":"buy","quantity":"2","price":"21931","fee":"40","tax":"44","time":"2021-07-26T08:45:03+08:00"}
{"order":"A2","condition":"trace","kind":"entry","item":"TXFH1","account":"SIM-1","side":"buy","quantity":"1","price":"21981","fee":"40","tax":"88","time":"2021-07-26T08:45:04+08:00"}
{"order":"A3","condition":"trace","kind":"exit","item":"TXFH1","account":"SIM-1","side":"sell","quantity":"1","price":"22099","fee":"40","tax":"88","time":"2021-07-26T08:45:06+08:00"}
{"order":"A4","condition":"mini","kind":"exit","item":"MXFH1","account":"SIM-1","side":"sell","quantity":"2","price":"21884","fee":"40","tax":"44","time":"2021-07-26T08:45:08+08:00"}
"#
    );
    // (22099 − 21981) × 200 − 256, and (21884 − 21931) × 2 × 50 − 168.
    for part in ["4 signals", "23,344", "-4,868", "18,476", "Nothing is open."] {
        assert!(played.out.contains(part), "{part} is not in\n{}", played.out);
    }
    assert!(fs::read_to_string(folder.path().join("p.svg")).unwrap().starts_with("<svg"));
}

#[test]
fn the_report_as_json_counts_what_was_not_traded() {
    let folder = tempfile::tempdir().unwrap();
    write_market(folder.path());
    let at = folder.path().display();
    let line = format!(
        "aftm replay csv:{at}/ticks.csv --conditions {at}/conditions.toml --json --fills {at}/f"
    );
    // Whoever has no money is refused by the exchange, and has nothing to close.
    let played = run(&line, &["simulator.balance=0"]).unwrap();
    let told: serde_json::Value = serde_json::from_str(&played.out).unwrap();
    assert_eq!((&told["ticks"], &told["signals"]), (&11.into(), &3.into()));
    let refusals = told["refusals"].as_array().unwrap();
    let counted = |what: &str| {
        let ours = refusals.iter().filter(|it| it["what"] == what);
        ours.map(|it| it["count"].as_u64().unwrap()).sum::<u64>()
    };
    assert_eq!((counted("order"), counted("exit"), counted("entry")), (2, 1, 0), "{told}");
    assert!(played.notes.contains("NOTHING_TO_CLOSE: 1 of kind exit"), "{}", played.notes);
    assert_eq!(fs::read_to_string(folder.path().join("f")).unwrap(), "", "written though empty");
}

#[test]
fn only_the_items_that_are_named_give_ticks() {
    let folder = tempfile::tempdir().unwrap();
    write_market(folder.path());
    assert!(play(folder.path(), " --items all").out.contains("11 ticks"));
    let played = play(folder.path(), " --items TXFH1,EXFH1");
    assert!(played.out.contains("7 ticks"), "{}", played.out);
    assert_eq!(
        played.notes,
        "warning: the feed has no tick of EXFH1\n\
         warning: condition mini sees no tick of its item MXFH1\n"
    );
    assert_eq!(played.exit, Exit::Ok);
}

#[test]
fn malformed_lines_are_counted_and_named() {
    let mut ticks = TICKS.to_owned();
    for _ in 0..22 {
        ticks += "2021-07-26T08:45:09+08:00,TXFH1,0.0,1\n";
    }
    let (played, signals) = signals_of(&ticks, CONDITIONS);
    assert_eq!(signals, SIGNALS, "a line that cannot be read is no price");
    let lines: Vec<&str> = played.notes.lines().collect();
    assert!(lines[0].contains("22 malformed lines"), "{}", played.notes);
    assert!(lines[1].starts_with("  line 13: price"), "{}", played.notes);
    assert_eq!((lines.len(), lines[21]), (22, "  and 2 more"));
}

#[test]
fn what_the_caller_did_wrong_is_said_with_its_exit_code() {
    let folder = tempfile::tempdir().unwrap();
    write_market(folder.path());
    let at = folder.path().display().to_string();
    for (name, text) in [
        ("empty", ""),
        ("off-tick", "[[condition]]\nid='a'\nitem='TXFH1'\naction='buy'\ntrigger=22000.5\n"),
        ("stranger", &format!("{CONDITIONS}account = 'SIM-9'\n")),
        ("torn", "[[condition]]\nid='a'\nitem='TX"),
    ] {
        fs::write(folder.path().join(name), text).unwrap();
    }
    let cases = [
        ("ticks.csv", "missing", "", Exit::Configuration, "missing"),
        ("ticks.csv", "empty", "", Exit::Configuration, "no condition"),
        (
            "ticks.csv",
            "off-tick",
            "",
            Exit::Configuration,
            "off-tick: condition a: trigger 22000.5",
        ),
        ("ticks.csv", "stranger", "", Exit::Configuration, "condition mini: there is no account"),
        ("ticks.csv", "torn", "", Exit::Configuration, "torn:3"),
        ("ticks.csv", "conditions.toml", " --account SIM-7", Exit::Usage, "SIM-1, SIM-2"),
    ];
    for (feed, conditions, words, exit, part) in cases {
        let line = format!("aftm replay csv:{at}/{feed} --conditions {at}/{conditions}{words}");
        let played = run(&line, &[]).unwrap();
        assert_eq!(played.exit, exit, "{line}");
        assert!(played.notes.contains(part), "{line}: {}", played.notes);
        assert_eq!(played.out, "", "{line}");
    }
    let played = run(&format!("aftm replay zip:x --conditions {at}/conditions.toml"), &[]).unwrap();
    assert_eq!(played.exit, Exit::Usage);
    let missing = format!("aftm replay csv:{at}/none.csv --conditions {at}/conditions.toml");
    let error = run(&missing, &[]).err().unwrap().to_string();
    assert!(error.contains("none.csv"), "{error}");
}

#[test]
fn the_settings_decide_what_a_condition_leaves_out() {
    let folder = tempfile::tempdir().unwrap();
    let conditions = "[[condition]]\nid='a'\nitem='TXFH1'\naction='sell'\ntrigger=22000\n";
    fs::write(folder.path().join("ticks.csv"), TICKS).unwrap();
    fs::write(folder.path().join("conditions.toml"), conditions).unwrap();
    let at = folder.path().display();
    let line = format!("aftm replay csv:{at}/ticks.csv --conditions {at}/conditions.toml --json");
    let sets = ["strategy.turning=20", "strategy.stop_loss=none", "strategy.take_profit=none"];
    let count = |played: Played| {
        let told: serde_json::Value = serde_json::from_str(&played.out).unwrap();
        (told["signals"].as_u64().unwrap(), told["open"].as_array().unwrap().len())
    };
    assert_eq!(count(run(&line, &sets).unwrap()), (1, 1), "it never leaves");
    assert_eq!(count(run(&line, &[]).unwrap()), (2, 0), "the built-in stop loss is 30");
}

#[test]
fn a_random_feed_ends_after_its_bound() {
    let folder = tempfile::tempdir().unwrap();
    write_market(folder.path());
    let conditions = folder.path().join("conditions.toml");
    let line = format!("aftm replay random --conditions {} --json", conditions.display());
    let played = run(&line, &[]).unwrap();
    assert!(played.notes.starts_with("the random feed has no end; 100000 ticks"));
    assert!(played.out.contains(r#""ticks":100000"#));
    assert_eq!(played.out, run(&line, &[]).unwrap().out, "the same seed trades the same");
}

#[test]
fn the_real_day_gives_the_published_signals() {
    let Some(day) = bench::real_day() else { return };
    let folder = tempfile::tempdir().unwrap();
    let conditions = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/conditions.toml");
    let (feed, conditions, at) = (day.display(), conditions.display(), folder.path().display());
    let line = format!(
        "aftm replay taifex:{feed} --conditions {conditions} --signals {at}/s --fills {at}/f"
    );
    let read = |name: &str| fs::read_to_string(folder.path().join(name)).unwrap();
    let played = run(&line, &[]).unwrap();
    assert!(played.out.contains("95414 ticks"), "{}", played.out);
    let lines: Vec<serde_json::Value> =
        read("s").lines().map(|it| serde_json::from_str(it).unwrap()).collect();
    let of = |line: &serde_json::Value| {
        ["condition", "side", "reason", "price", "time"]
            .map(|key| line[key].as_str().unwrap().to_owned())
    };
    assert_eq!(
        lines.iter().map(of).collect::<Vec<_>>(),
        [
            ["resistance", "sell", "", "17385", "2021-07-23T15:19:28+08:00"],
            ["resistance", "buy", "stop_loss", "17415", "2021-07-23T15:50:26+08:00"],
            ["support", "buy", "", "17305", "2021-07-26T10:49:08+08:00"],
            ["support", "sell", "stop_loss", "17275", "2021-07-26T11:01:59+08:00"],
        ]
        .map(|it| it.map(str::to_owned))
    );
    let (signals, fills) = (read("s"), read("f"));
    assert_eq!(fills.lines().count(), 4);
    run(&format!("{line} --items all"), &[]).unwrap();
    assert_eq!((read("s"), read("f")), (signals, fills), "the ticks of others change nothing");
}
