//! A recorded day of the exchange, where it is at hand.

use std::io::{BufRead, BufReader};
use std::path::Path;

use aftm_domain::{Book, ExchangeTime, Tick};
use aftm_sim::Settings;

use crate::same::check;
use crate::script::{item, lots, points};

/// The trades of the index future of August in the exchange's daily file, night session first.
fn trades(path: &Path) -> Vec<(Tick, Option<Book>)> {
    let mut archive = zip::ZipArchive::new(std::fs::File::open(path).unwrap()).unwrap();
    let lines = BufReader::new(archive.by_index(0).unwrap()).split(b'\n');
    let tick = |line: Vec<u8>| {
        let line = String::from_utf8_lossy(&line).into_owned();
        let fields: Vec<&str> = line.split(',').map(str::trim).collect();
        let [date, product, month, time, price, volume, ..] = fields.as_slice() else {
            return None;
        };
        if *product != "TX" || *month != "202108" {
            return None;
        }
        let ((year, date), (hour, rest)) = (date.split_at(4), time.split_at(2));
        let (month, day) = date.split_at(2);
        let (minute, second) = rest.split_at(2);
        let time = format!("{year}-{month}-{day}T{hour}:{minute}:{second}+08:00");
        let time: ExchangeTime = time.parse().unwrap();
        // The file counts both sides of a trade.
        let count: i64 = volume.parse::<i64>().unwrap() / 2;
        let (item, price, quantity) = (item(), points(price.parse().unwrap()), lots(count.max(1)));
        Some((Tick { sequence: 0, item, price, quantity, time, received: time.at }, None))
    };
    lines.filter_map(|it| tick(it.unwrap())).collect()
}

#[test]
fn a_recorded_day_is_the_same() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let path = root.join("../shared/data/taifex_futures_2021-07-26.zip");
    if !path.exists() {
        println!("skipped: there is no recorded day at {}", path.display());
        return;
    }
    let market = trades(&path);
    assert!(market.len() > 10_000, "{} trades", market.len());
    let settings = Settings {
        seed: 11,
        latency: 40_000_000,
        reject_one_in: 50,
        slow_one_in: 40,
        disconnect_after: 3_600_000_000_000,
        ..Settings::default()
    };
    let options = [
        ("seed", "11"),
        ("latency_ms", "40"),
        ("reject_one_in", "50"),
        ("slow_one_in", "40"),
        ("disconnect_after_ms", "3600000"),
    ];
    let told = check(settings, &options, &market, 20);
    println!("{} trades, {told} things told", market.len());
    assert!(told > 5_000, "{told}");
}
