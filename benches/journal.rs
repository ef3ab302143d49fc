//! What the journal costs: an append on the hot path, and a year of trading at start-up.

#![allow(clippy::disallowed_methods, clippy::print_stdout)] // It measures time, and says so.

use std::time::{Duration, Instant};

use aftm::journal::{Durability, Journal, JournalError, verify};
use aftm_domain::Stamp;

/// A year of trading.
const FACTS: usize = 100_000;

const BODY: &str = r#"{"order":"A123456","condition":"support-1","kind":"entry","item":"TXFH1","account":"SIM-1","side":"buy","quantity":"1","price":"17306","fee":"25","tax":"69","time":"2021-07-26T10:49:08+08:00"}"#;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("journal.sqlite");
    let mut journal = Journal::open(&path, Durability::Process, "")?;
    let mut took = Vec::with_capacity(FACTS);
    for at in 0..FACTS {
        let start = Instant::now();
        journal.append(Stamp(i64::try_from(at)?), &[("fill", BODY)])?;
        took.push(start.elapsed());
    }
    journal.close()?;
    took.sort();
    let part = |permille: usize| took.get(FACTS * permille / 1000).copied().unwrap_or_default();
    println!(
        "append: p50 {:?}, p99 {:?}, p99.9 {:?}, worst {:?}",
        part(500),
        part(990),
        part(999),
        took.last()
    );

    let (opened, took_open) = timed(|| Journal::open(&path, Durability::Process, ""));
    let journal = opened?;
    let (read, took_read) = timed(|| journal.read(0, |_| Ok::<_, JournalError>(())));
    println!("open {took_open:?}, read and verify {} facts {took_read:?}", read?);
    let (verdict, took_verify) = timed(|| verify(&path));
    println!("whole check with SQLite's own {took_verify:?}, sound: {}", verdict?.is_sound());
    Ok(())
}

fn timed<T>(run: impl FnOnce() -> T) -> (T, Duration) {
    let start = Instant::now();
    let done = run();
    (done, start.elapsed())
}
