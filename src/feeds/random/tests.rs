#![allow(clippy::unwrap_used)]

use aftm_domain::{Instrument, Price, Quantity};

use super::*;

fn open(seed: u64, only: Option<&str>) -> Random {
    let mut random = Random::new(&Settings { seed, ..Settings::default() }).unwrap();
    let only = only.map(|it| it.split(' ').map(|it| it.parse().unwrap()).collect());
    if only.is_some() {
        assert_eq!(random.watch(only.as_ref()), Vec::new());
    }
    random
}

fn instrument(code: Code) -> Instrument {
    let on = jiff::civil::date(2021, 7, 26);
    Catalog::built_in().unwrap().instrument(&code, on).unwrap()
}

#[test]
fn the_same_seed_gives_the_same_ticks_and_another_seed_others() {
    let take = |seed| open(seed, None).take(3_000).collect::<Vec<_>>();
    assert_eq!(take(1), take(1));
    assert_ne!(take(1), take(2));
}

#[test]
fn by_itself_it_gives_the_nearest_month_of_each_product() {
    let random = open(1, None);
    let codes: Vec<String> = random.items().iter().map(Code::to_string).collect();
    for code in ["TXFH1", "MXFH1", "EXFH1", "FXFH1", "CDFH1", "DVFH1"] {
        assert!(codes.contains(&code.to_owned()), "{codes:?}");
    }
    assert_eq!((codes.len(), random.date().to_string()), (16, "2021-07-26".to_owned()));
}

#[test]
fn one_more_item_changes_nothing_for_the_others() {
    let of = |random: Random, code: &str| {
        let code: Code = code.parse().unwrap();
        random.filter(|it| it.tick.item == code).take(500).collect::<Vec<_>>()
    };
    let alone = of(open(3, Some("TXFH1")), "TXFH1");
    assert_eq!(alone, of(open(3, Some("TXFH1 CDFH1 MX4G1")), "TXFH1"));
    assert_eq!(alone, of(open(3, None), "TXFH1"));
    let mut random = open(3, Some("TXFH1"));
    let mut early: Vec<Moment> = random.by_ref().take(100).collect();
    random.watch(Some(&["TXFH1", "TXFI1"].map(|it| it.parse().unwrap()).into()));
    early.extend(of(random, "TXFH1"));
    assert_eq!(alone, early[..500]);
}

#[test]
fn prices_are_on_the_tick_and_within_the_limits_and_the_book_is_uncrossed() {
    for seed in 0..8 {
        let mut random = open(seed, None);
        let instruments: Vec<Instrument> = random.items().into_iter().map(instrument).collect();
        let mut last = random.terms.start.at;
        for moment in random.by_ref().take(20_000) {
            let tick = moment.tick;
            assert!(tick.time.at >= last, "seed {seed}: {tick:?}");
            last = tick.time.at;
            let of = instruments.iter().find(|it| it.code == tick.item).unwrap();
            assert!(of.ticks.has(tick.price) && tick.price.is_positive(), "seed {seed}: {tick:?}");
            assert!(tick.quantity.is_positive() && tick.quantity.is_on(Quantity::ONE));
            check_book(&moment, of);
        }
    }
}

fn check_book(moment: &Moment, of: &Instrument) {
    let (book, price) = (moment.book.as_ref().unwrap(), moment.tick.price);
    let there = |levels: &[aftm_domain::Level]| -> Vec<Price> {
        let there = levels.iter().filter(|it| !it.quantity.is_zero());
        there.map(|it| it.price).collect()
    };
    let (bids, asks) = (there(&book.bids), there(&book.asks));
    assert!(bids.is_sorted_by(|one, next| one > next) && asks.is_sorted_by(|one, next| one < next));
    assert!(bids.iter().chain(&asks).all(|it| of.ticks.has(*it)), "{book:?}");
    assert!(asks.iter().all(|it| bids.iter().all(|bid| bid < it)), "{book:?}");
    assert!(bids[0] == price || asks[0] == price, "{price} {book:?}");
    assert_eq!(bids.len(), 5);
}

#[test]
fn prices_stay_within_the_limits_for_days() {
    for seed in 0..4 {
        let settings = Settings { seed, gap_ms: 20_000, ..Settings::default() };
        let mut random = Random::new(&settings).unwrap();
        random.watch(Some(&["CHFH1".parse().unwrap()].into()));
        let prices = random.by_ref().take(10_000);
        let (lowest, highest) = ("18.765".parse().unwrap(), "22.935".parse().unwrap());
        let mut seen = BTreeSet::new();
        for moment in prices {
            let book = moment.book.unwrap();
            let levels = book.bids.iter().chain(&book.asks).filter(|it| !it.quantity.is_zero());
            assert!(levels.clone().all(|it| it.price >= lowest && it.price <= highest));
            assert!(moment.tick.price >= lowest && moment.tick.price <= highest, "seed {seed}");
            seen.insert(moment.tick.price);
        }
        assert!(seen.len() > 20, "seed {seed}: the price hardly moves");
    }
}

#[test]
fn the_small_contract_tracks_the_large_one() {
    let mut prices: [Option<i64>; 2] = [None; 2];
    let mut random = open(5, Some("TXFH1 MXFH1"));
    random.by_ref().take(2_000).for_each(drop);
    // A contract that comes late is on the same way.
    random.watch(Some(&["TXFH1", "MXFH1", "MX4G1"].map(|it| it.parse().unwrap()).into()));
    for moment in random.take(20_000) {
        let index = usize::from(moment.tick.item.as_str() != "TXFH1");
        prices[index] = Some(moment.tick.price.raw() / 1_000_000_000);
        if let [Some(large), Some(small)] = prices {
            assert!(large.abs_diff(small) < 40, "{large} {small}");
        }
    }
}

#[test]
fn its_clock_runs_on_unless_sessions_are_asked_for() {
    let start = "2021-07-26T13:44:00+08:00".parse().unwrap();
    let settings = Settings { start, gap_ms: 500, ..Settings::default() };
    let always = Random::new(&settings).unwrap().take(20_000).last().unwrap();
    assert!(always.tick.time < "2021-07-26T15:00:00+08:00".parse().unwrap());

    let mut random = Random::new(&Settings { sessions: true, gap_ms: 60_000, ..settings }).unwrap();
    random.watch(Some(&["TXFH1", "CDFH1"].map(|it| it.parse().unwrap()).into()));
    let catalog = Catalog::built_in().unwrap();
    let mut nights = 0;
    for moment in random.by_ref().take(1_500) {
        let of = instrument(moment.tick.item);
        let phase = of.phase(moment.tick.time.civil(), catalog.calendar());
        assert!(phase.is_open(), "{:?}", moment.tick);
        nights += usize::from(phase == aftm_domain::session::Phase::Night);
    }
    assert!(nights > 500, "{nights}");
}

#[test]
fn a_contract_ends_on_its_last_trading_day_where_sessions_are_kept() {
    let start = "2021-08-18T13:29:00+08:00".parse().unwrap();
    let settings = Settings { start, sessions: true, ..Settings::default() };
    let mut random = Random::new(&settings).unwrap();
    assert!(random.items().contains(&"TXFH1".parse().unwrap()));
    let last = random.by_ref().last().unwrap().tick.time;
    assert!(last < "2021-08-18T13:30:00+08:00".parse().unwrap(), "{last}");
    assert!(last > "2021-08-18T13:29:50+08:00".parse().unwrap(), "{last}");
}

#[test]
fn it_ends_after_as_many_ticks_as_were_asked_for() {
    let settings = Settings { ticks_max: Some(10), ..Settings::default() };
    let mut random = Random::new(&settings).unwrap();
    assert_eq!((random.by_ref().count(), random.remaining()), (10, Some(0)));
}

#[test]
fn an_item_that_no_catalog_knows_is_named_and_not_made_up() {
    let mut random = open(1, None);
    let wanted = ["TXFH1", "ABFH1", "TXFG1", "x"].map(|it| it.parse().unwrap()).into();
    let missing: Vec<String> = random.watch(Some(&wanted)).iter().map(Code::to_string).collect();
    assert_eq!(missing, ["ABFH1", "TXFG1", "x"]);
    assert!(random.take(100).all(|it| it.tick.item.as_str() == "TXFH1"));
}
