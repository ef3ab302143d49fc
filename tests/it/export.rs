//! Exports and the check of a journal that a gateway wrote.

#![allow(clippy::unwrap_used)] // Helpers of tests may fail as tests do.

use std::fs;
use std::path::Path;

use aftm::desk::Exit;
use aftm::entry::cli::Entry;
use aftm::entry::ledger::{self, Facts, VIEWS};
use aftm::entry::{Output, backup, export, parts, replay, verify};
use aftm::feeds::{Feed, Source};
use aftm::gateway::fact::Door;
use aftm::gateway::listing::Listing;
use aftm::gateway::simulated::Simulated;
use aftm::gateway::state::State;
use aftm::gateway::{Core, Rules, Setup};
use aftm::journal::{self, Durability, Journal, JournalError};
use aftm::strategy::Machine;
use aftm::wire::Intent;
use aftm::wire::request::Request;
use aftm_domain::{Catalog, Stamp};

use crate::bench::{self, folders, settings, write_market};

/// The home of a machine that has traded the small market, with a journal.
fn traded() -> tempfile::TempDir {
    let home = tempfile::tempdir().unwrap();
    write_market(home.path());
    let journal =
        Journal::open(&ledger::path(&folders(home.path())), Durability::Process, VIEWS).unwrap();
    let catalog = Catalog::built_in().unwrap();
    let simulator = parts::simulator(&settings(&[]).simulator, catalog.calendar());
    let source = Source::Csv(home.path().join("ticks.csv"));
    let feed = Feed::open(&source, &Default::default(), None).unwrap();
    let mut core = Core::new(Setup {
        venue: Simulated::new(simulator),
        listing: Listing::new(catalog, feed.date()),
        state: ledger::fold(&journal).unwrap(),
        ledger: Facts::new(journal),
        rules: Rules::default(),
    });
    core.start(Stamp(1)).unwrap();
    prepare(&mut core);
    trade(&mut core, feed);
    home
}

fn prepare(core: &mut Core<Simulated, Facts>) {
    let conditions =
        aftm::desk::conditions_file::parse(bench::CONDITIONS, "", &Default::default()).unwrap();
    let user = "demo".parse().unwrap();
    let mut requests = vec![
        Request::Login { user, password: None, production: false },
        Request::UseAccount { account: "SIM-1".parse().unwrap() },
    ];
    requests.extend(conditions.into_iter().map(|terms| Request::AddCondition { terms }));
    for request in requests {
        core.serve(&request, Door::Desk, Stamp(2)).unwrap();
    }
}

/// As the machine with its processes: the strategy runs ahead and reports everything that it will
/// ever say; the orders follow, each when the exchange has seen its tick.
fn trade(core: &mut Core<Simulated, Facts>, feed: Feed) {
    let mut machine = Machine::default();
    for (created, held) in &core.state().conditions {
        machine.put(*created, held.condition);
    }
    let ticks: Vec<_> = (1..)
        .zip(feed)
        .map(|(sequence, moment)| aftm_domain::Tick { sequence, ..moment.tick })
        .collect();
    let (mut signals, mut moved) = (Vec::new(), Vec::new());
    ticks.iter().for_each(|tick| machine.tick(tick, &mut signals));
    machine.moved(&mut moved);
    core.published = ticks.len() as u64;
    let report = Request::Report { pid: 0, through: None, moved, signals: signals.clone() };
    core.serve(&report, Door::Strategy, Stamp(3)).unwrap();
    for tick in &ticks {
        core.tick(tick, None, tick.time.at);
        for signal in signals.iter().filter(|it| it.tick == tick.sequence) {
            let intent = Box::new(Intent::of_signal(signal));
            core.serve(&Request::Place { intent }, Door::Executor, tick.time.at).unwrap();
        }
    }
    core.finish(Stamp(4));
}

/// What an export writes; words are those after `aftm export`.
fn exported(home: &Path, words: &str) -> String {
    let Entry::Export(args) = bench::entry(&format!("aftm export {words}")) else {
        panic!("not an export")
    };
    let mut out = Vec::new();
    assert_eq!(export(&args, &folders(home), &mut out).unwrap(), Exit::Ok);
    String::from_utf8(out).unwrap()
}

fn json(text: &str) -> Vec<serde_json::Value> {
    text.lines().map(|it| serde_json::from_str(it).unwrap()).collect()
}

#[test]
fn a_machine_whose_strategy_runs_ahead_fills_as_a_replay_does() {
    let home = traded();
    let at = home.path().display();
    let line =
        format!("aftm replay csv:{at}/ticks.csv --conditions {at}/conditions.toml --fills {at}/f");
    let Entry::Replay(args) = bench::entry(&line) else { panic!("not a replay") };
    let (mut out, mut notes) = (Vec::new(), Vec::new());
    let output = Output { out: &mut out, notes: &mut notes, has_terminal: false };
    replay(&args, &settings(&[]), Catalog::built_in().unwrap(), output).unwrap();
    let fills = fs::read_to_string(home.path().join("f")).unwrap();
    assert_eq!(fills.lines().count(), 3);
    assert_eq!(exported(home.path(), "fills"), fills);
}

#[test]
fn every_kind_of_record_is_exported() {
    let home = traded();
    let orders = json(&exported(home.path(), "orders"));
    let of = |key: &str| orders.iter().map(|it| it[key].as_str().unwrap()).collect::<Vec<_>>();
    assert_eq!(of("order"), ["A1", "A2", "A3"]);
    assert_eq!(of("status"), ["Filled"; 3]);
    assert_eq!(of("average"), ["21931", "21981", "22099"]);
    let conditions = json(&exported(home.path(), "conditions"));
    assert_eq!((&conditions[0]["id"], &conditions[1]["id"]), (&"trace".into(), &"mini".into()));
    assert_eq!((&conditions[0]["state"], &conditions[0]["open"]), (&"done".into(), &"0".into()));
    assert_eq!(conditions[0]["moved_trigger"], "21950");
    assert_eq!((&conditions[1]["state"], &conditions[1]["open"]), (&"entered".into(), &"2".into()));
    let audit = json(&exported(home.path(), "audit"));
    assert_eq!(audit[0]["time"], "1970-01-01T00:00:00.000000001Z");
    let sequences: Vec<u64> = audit.iter().map(|it| it["sequence"].as_u64().unwrap()).collect();
    assert_eq!(sequences, (1..=audit.len() as u64).collect::<Vec<_>>());
    let ordered: Vec<_> = audit.iter().filter(|it| it["kind"] == "order_received").collect();
    assert!(ordered.iter().all(|it| it["door"] == "executor" && it["body"]["ticket"].is_object()));
    assert_eq!(ordered.len(), 3);
}

#[test]
fn nothing_that_the_journal_holds_is_missing_in_the_exports() {
    let home = traded();
    let journal = journal::reader(&ledger::path(&folders(home.path()))).unwrap();
    let mut audit = exported(home.path(), "audit").lines().map(str::to_owned).collect::<Vec<_>>();
    let (mut events, mut others) = (Vec::new(), 0);
    audit.reverse();
    let read = journal.read(0, |record| {
        let line = audit.pop().unwrap();
        assert!(line.ends_with(&format!("\"body\":{}}}", record.body)), "{line}");
        // Each of the others is a part of an order, a fill or a condition.
        let of = ["order_", "signal", "reply_told", "condition_moved"];
        match of.iter().any(|it| record.kind.starts_with(it)) {
            true => others += 1,
            false => events.push(line),
        }
        Ok::<_, JournalError>(())
    });
    read.unwrap();
    assert!(audit.is_empty() && others > 0, "{audit:?}");
    assert_eq!(exported(home.path(), "events").lines().collect::<Vec<_>>(), events);
    let mut state = State::default();
    let folded = journal.read(0, |record| {
        state.fold(&ledger::fact(record)?);
        Ok::<_, ledger::FoldError>(())
    });
    folded.unwrap();
    assert_eq!(exported(home.path(), "orders").lines().count(), state.orders.len());
    assert_eq!(exported(home.path(), "fills").lines().count(), state.fills.len());
    assert_eq!(exported(home.path(), "conditions").lines().count(), state.conditions.len());
}

#[test]
fn a_table_has_a_column_for_every_key() {
    let home = traded();
    for what in ["orders", "fills", "conditions", "audit", "events"] {
        let lines = exported(home.path(), what);
        let table = exported(home.path(), &format!("{what} --format csv"));
        let mut reader = csv::Reader::from_reader(table.as_bytes());
        let mut names: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
        let rows: Vec<csv::StringRecord> = reader.records().map(|it| it.unwrap()).collect();
        assert_eq!(rows.len(), lines.lines().count(), "{what}");
        let first = &json(&lines)[0];
        for (at, name) in names.iter().enumerate() {
            if let Some(text) = first[name.as_str()].as_str() {
                assert_eq!(&rows[0][at], text, "{what} {name}");
            }
        }
        names.iter_mut().for_each(|it| *it = it.replace("refusal_code", "refusal"));
        names.retain(|it| it != "refusal_text");
        names.sort();
        let mut keys: Vec<&String> = first.as_object().unwrap().keys().collect();
        keys.sort();
        assert_eq!(names.iter().collect::<Vec<_>>(), keys, "{what}");
    }
}

#[test]
fn since_parts_fills_by_the_exchange_and_the_rest_by_our_time() {
    let home = traded();
    let count = |words: &str| exported(home.path(), words).lines().count();
    assert_eq!(count("fills --since 2021-07-26T08:45:04+08:00"), 2);
    assert_eq!(count("fills --since 2021-07-26T00:45:05Z"), 1);
    assert_eq!(count("fills --since 2021-07-27T00:00:00Z --format csv"), 1, "the header");
    assert_eq!(count("orders --since 2021-07-26T08:45:06+08:00"), 1);
    assert_eq!(count("conditions --since 2021-07-26T08:45:06+08:00"), 0);
    assert!(count("audit --since 1970-01-02T00:00:00Z") < count("audit"));
    let file = home.path().join("fills.jsonl");
    assert_eq!(exported(home.path(), &format!("fills --output {}", file.display())), "");
    assert_eq!(fs::read_to_string(file).unwrap(), exported(home.path(), "fills"));
}

#[test]
fn the_views_show_signals_and_their_orders() {
    let home = traded();
    let reader = aftm::journal::reader(&ledger::path(&folders(home.path()))).unwrap();
    let lines = |sql: &str| {
        let mut select = reader.connection().prepare(sql).unwrap();
        let rows = select.query_map([], |row| row.get::<_, String>(0)).unwrap();
        rows.collect::<Result<Vec<_>, _>>().unwrap()
    };
    let sql =
        "SELECT concat_ws(' ', condition, side, price, reason, outcome, \"order\") FROM signals";
    assert_eq!(
        lines(sql),
        [
            "mini buy 21930  ordered A1",
            "trace buy 21980  ordered A2",
            "trace sell 22100 take_profit ordered A3"
        ]
    );
    let sql = "SELECT concat_ws(' ', \"order\", condition, kind, price) FROM fills";
    assert_eq!(lines(sql), ["A1 mini entry 21931", "A2 trace entry 21981", "A3 trace exit 22099"]);
    let sql = "SELECT concat_ws(' ', condition, state, moved_trigger) FROM conditions";
    assert_eq!(lines(sql), ["trace done 21950", "mini entered 21900"]);
}

/// Whoever reads the export, and has had enough.
struct Closed;

impl std::io::Write for Closed {
    fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
        Err(std::io::ErrorKind::BrokenPipe.into())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_reader_that_leaves_early_is_no_failure() {
    let home = traded();
    for words in ["aftm export audit", "aftm export fills --format csv"] {
        let Entry::Export(args) = bench::entry(words) else { panic!("not an export") };
        assert_eq!(export(&args, &folders(home.path()), &mut Closed).unwrap(), Exit::Ok);
    }
}

#[test]
fn without_a_journal_there_is_a_sentence() {
    let home = tempfile::tempdir().unwrap();
    let Entry::Export(args) = bench::entry("aftm export fills") else { panic!("not an export") };
    for error in [
        export(&args, &folders(home.path()), &mut Vec::new()).unwrap_err(),
        verify(None, &folders(home.path()), &mut Vec::new()).unwrap_err(),
        backup(&home.path().join("copy"), &folders(home.path()), &mut Vec::new()).unwrap_err(),
    ] {
        assert!(error.to_string().starts_with("there is no journal yet"), "{error}");
    }
    assert!(!home.path().join("data").exists(), "looking makes nothing");
}

#[test]
fn a_journal_that_somebody_changed_is_not_sound() {
    let home = traded();
    let check = || {
        let mut out = Vec::new();
        let exit = verify(None, &folders(home.path()), &mut out).unwrap();
        (exit, String::from_utf8(out).unwrap())
    };
    let (exit, text) = check();
    assert!(exit == Exit::Ok && text.starts_with("sound: "), "{text}");
    let path = ledger::path(&folders(home.path()));
    let connection = rusqlite::Connection::open(path).unwrap();
    let forge = "DROP TRIGGER facts_never_change;
                 UPDATE facts SET body = replace(body, '21931', '21930') WHERE sequence > 3;";
    connection.execute_batch(forge).unwrap();
    let (exit, text) = check();
    assert!(exit == Exit::Failure && text.starts_with("not sound: "), "{text}");
    assert!(text.contains("records are as written"), "{text}");
}
