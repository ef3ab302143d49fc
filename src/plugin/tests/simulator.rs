//! The driver with the simulated exchange's own library: a venue that is fed, and that lives by the
//! feed's clock.

use std::path::PathBuf;
use std::sync::Arc;

use aftm_domain::{ExchangeTime, OrderId, Side, Stamp, Tick};

use super::{NOTHING, demo_instrument, kinds, login, sent, ticket};
use crate::plugin::Driver;
use crate::wire::venue::{PluginSeat, Sent};
use crate::wire::{VenueCall, VenueWord};

/// The library, which cargo has put beside the tests.
fn library() -> PathBuf {
    let tests = std::env::current_exe().unwrap();
    let (before, after) = (std::env::consts::DLL_PREFIX, std::env::consts::DLL_SUFFIX);
    tests.with_file_name(format!("{before}aftm_sim_plugin{after}"))
}

fn at(second: i64) -> ExchangeTime {
    let open: ExchangeTime = "2021-07-26T10:00:00+08:00".parse().unwrap();
    ExchangeTime { at: open.at.after(second * Stamp::SECOND), ..open }
}

fn tick(second: i64, price: &str) -> VenueCall {
    let tick = Tick {
        sequence: u64::try_from(second).unwrap(),
        item: "DEMO".parse().unwrap(),
        price: price.parse().unwrap(),
        quantity: "9".parse().unwrap(),
        time: at(second),
        received: Stamp(1),
    };
    VenueCall::Tick { tick, book: None, again: false }
}

#[test]
fn a_day_at_the_simulated_exchange() {
    let folder = tempfile::tempdir().unwrap();
    let seat = PluginSeat {
        name: "sim".to_owned(),
        path: library().to_str().unwrap().to_owned(),
        folder: folder.path().to_str().unwrap().to_owned(),
        options: vec![("balance".to_owned(), "5000000".to_owned())],
    };
    let mut driver = Driver::open(&seat, Arc::new(|| ())).unwrap();
    let mut call = |call: VenueCall| {
        let mut words = Vec::new();
        driver.call(call, &mut words);
        words
    };
    let listed = Box::new(demo_instrument());
    assert_eq!(kinds(&call(VenueCall::List { instrument: listed })), NOTHING);
    let VenueCall::Login { credentials, production, .. } = login("demo") else { panic!() };
    let told = call(VenueCall::Login { credentials, production, now: Some(at(0)) });
    let expected = ["money SIM-1", "money SIM-2", "stands", "logged in [SIM-1, SIM-2]"];
    assert_eq!(kinds(&told), expected);
    let Some(VenueWord::LoggedIn { accounts }) = told.last() else { panic!("{told:?}") };
    let account = accounts[0];
    let order = |side, lots: &str, price: &str| {
        let ticket = ticket(side, lots, price);
        aftm_domain::order::Ticket { account, ..ticket }
    };
    call(tick(1, "17000"));
    let place = |id, ticket| VenueCall::Place { order: OrderId(id), ticket };
    let mut told = call(place(1, order(Side::Buy, "2", "16990")));
    told.extend(call(place(2, order(Side::Sell, "1", "17100"))));
    told.extend(call(tick(2, "16980")));
    told.extend(call(VenueCall::Cancel { order: Sent { account, ..sent(2) } }));
    told.extend(call(tick(3, "16980")));
    told.extend(call(VenueCall::Settle {}));
    let told = kinds(&told);
    let of = |id: &str| told.iter().filter(|it| it.starts_with(id)).cloned().collect::<Vec<_>>();
    assert_eq!(of("A1 "), ["A1 accepted", "A1 filled"], "{told:?}");
    assert_eq!(of("A2 "), ["A2 accepted", "A2 canceled"], "{told:?}");
    let asked = kinds(&call(VenueCall::Inquire { order: Sent { account, ..sent(1) } }));
    assert_eq!(asked, ["A1 accepted", "A1 filled"]);
    let unknown = kinds(&call(VenueCall::Inquire { order: Sent { account, ..sent(9) } }));
    assert_eq!(unknown, ["A9 unknown"]);
    let stands = kinds(&call(VenueCall::Stand {}));
    assert_eq!(stands[..2], ["order Some(A1) Filled", "order Some(A2) Canceled"], "{stands:?}");
    assert_eq!(stands.last().unwrap(), "stands");
    assert!(stands.iter().any(|it| it == "position buy 2"), "{stands:?}");
    assert_eq!(kinds(&call(VenueCall::Logout {})), NOTHING);
    driver.close(std::time::Duration::from_secs(20)).unwrap();
}
