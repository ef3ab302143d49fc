//! What the C interface costs: from the call that places an order to the report that it is accepted,
//! called directly and loaded, in turns, so that a busy machine slows both.

// It measures time, says so, and stops where it cannot begin.
#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::indexing_slicing
)]

#[path = "../tests/plugin/loaded.rs"]
#[allow(dead_code)] // The tests need more of it.
mod loaded;
#[path = "../tests/plugin/script.rs"]
#[allow(dead_code)]
mod script;

use std::time::Instant;

use aftm_domain::order::Report;
use aftm_domain::{OrderId, Side};
use aftm_plugin_host::abi::{CHANGE_ACCEPTED, CHANGE_CANCELED};
use aftm_plugin_host::{Opening, Session, Taken, What};
use aftm_sim::{News, Settings, Sim};
use loaded::{cancel, library, request, told_instrument, told_tick};
use script::{instrument, limit, morning, trade};

/// Orders of each side, and those before them that are not counted.
const ORDERS: usize = 20_000;
const WARM_UP: usize = 2_000;

fn direct() -> Sim {
    let mut sim = Sim::new(Settings::default());
    sim.list(instrument());
    sim.login(&"demo".parse().unwrap(), None).unwrap();
    sim.tick(&trade(morning(0), 17_300, 1), None, &mut Vec::new());
    sim
}

fn opened(folder: &std::path::Path, options: Vec<(String, String)>) -> Session {
    let plugin = aftm_plugin_host::Plugin::load(&library()).unwrap();
    let session = plugin.open(&Opening { options, ..Opening::new(folder.to_owned()) }).unwrap();
    session.list_instrument(&told_instrument(&instrument())).unwrap();
    let secret = aftm_plugin_host::Secret::new("demo".to_owned());
    let demo = aftm_plugin_host::Credentials::new().with("user", secret);
    session.login(demo, false, None).unwrap();
    session.feed(&told_tick(&trade(morning(0), 17_300, 1)), None).unwrap();
    session.take(&mut Taken::default());
    session
}

/// Nanoseconds until an order is accepted; it is canceled afterwards.
fn place_direct(sim: &mut Sim, id: u64, news: &mut Vec<News>) -> u128 {
    let ticket = limit(Side::Buy, 1, 17_000);
    let begin = Instant::now();
    sim.place(OrderId(id), &ticket, news).unwrap();
    let accepted = |it: &News| matches!(it, News::Report { report: Report::Accepted { .. }, .. });
    assert!(news.iter().any(accepted));
    let took = begin.elapsed().as_nanos();
    sim.cancel(OrderId(id), news).unwrap();
    news.clear();
    took
}

fn place_loaded(session: &Session, id: u64, taken: &mut Taken) -> u128 {
    let ticket = limit(Side::Buy, 1, 17_000);
    let begin = Instant::now();
    session.send(&request(id, &ticket)).unwrap();
    session.take(taken);
    let told = |taken: &Taken, change| {
        taken.news.iter().any(|it| matches!(&it.what, What::Order(it) if it.change == change))
    };
    assert!(told(taken, CHANGE_ACCEPTED));
    let took = begin.elapsed().as_nanos();
    taken.news.clear();
    session.cancel(&cancel(id)).unwrap();
    session.take(taken);
    assert!(told(taken, CHANGE_CANCELED));
    taken.news.clear();
    took
}

/// The middle and the 99th of a hundred, in nanoseconds.
fn middle(mut took: Vec<u128>) -> (u128, u128) {
    took.sort_unstable();
    (took[took.len() / 2], took[took.len() * 99 / 100])
}

fn main() {
    let folder = tempfile::tempdir().unwrap();
    let (mut sim, session) = (direct(), opened(folder.path(), Vec::new()));
    let ledger = vec![("ledger".to_owned(), "true".to_owned())];
    let kept = opened(folder.path(), ledger);
    let (mut news, mut taken) = (Vec::new(), Taken::default());
    let mut took = [Vec::new(), Vec::new(), Vec::new()];
    for number in 0..WARM_UP + ORDERS {
        let id = u64::try_from(number).unwrap() + 1;
        let round = [
            place_direct(&mut sim, id, &mut news),
            place_loaded(&session, id, &mut taken),
            place_loaded(&kept, id, &mut taken),
        ];
        if number >= WARM_UP {
            took.iter_mut().zip(round).for_each(|(all, it)| all.push(it));
        }
    }
    let [direct, loaded, kept] = took.map(middle);
    println!("placed to accepted, {ORDERS} orders each, nanoseconds: middle and 99th of a hundred");
    println!("direct            {:>6} {:>6}", direct.0, direct.1);
    println!("loaded            {:>6} {:>6}", loaded.0, loaded.1);
    println!("loaded, ledger    {:>6} {:>6}", kept.0, kept.1);
    #[allow(clippy::cast_precision_loss)] // Nanoseconds of a call.
    let ratio = loaded.0 as f64 / direct.0.max(1) as f64;
    let more = loaded.0.saturating_sub(direct.0);
    println!("the interface costs {more} ns an order, {ratio:.2} times the direct call");
}
