//! The exchange that an order names, and what is told of an order that trades there.

use aftm_domain::Side;
use aftm_plugin_host::abi::*;
use aftm_plugin_host::{CallError, Opening, What};

use crate::loaded::{Loaded, request, told_instrument};
use crate::script::{instrument, limit, morning, trade};

#[test]
fn an_order_names_the_exchange_of_its_item_or_none_whatever_was_sent_before() {
    let folder = tempfile::tempdir().unwrap();
    let mut loaded = Loaded::open(folder.path(), &[]);
    let mut listed = told_instrument(&instrument());
    put_name(&mut listed.exchange, "TAIFEX").unwrap();
    loaded.session.list_instrument(&listed).unwrap();
    loaded.log_in(Some(morning(0)));
    loaded.feed(&trade(morning(1), 17_300, 1), None);
    let mut id = 0;
    let mut send = |exchange: &str| {
        id += 1;
        let mut order = request(id, &limit(Side::Buy, 1, 17_000));
        put_name(&mut order.exchange, exchange).unwrap();
        match loaded.session.send(&order) {
            Ok(_) => name(&loaded.orders(id)[0].exchange).map(str::to_owned),
            Err(CallError::Refused(it)) if it.code == E_INSTRUMENT => None,
            Err(other) => panic!("{other}"),
        }
    };
    for exchange in ["TAIFEX", "OTHER", "TAIFEX", "", "", "OTHER", ""] {
        let traded_on = (exchange != "OTHER").then(|| "TAIFEX".to_owned());
        assert_eq!(send(exchange), traded_on, "{exchange:?}");
    }
    // Its exchange has another name from now on.
    put_name(&mut listed.exchange, "OTHER").unwrap();
    loaded.session.list_instrument(&listed).unwrap();
    let mut order = request(20, &limit(Side::Buy, 1, 17_000));
    put_name(&mut order.exchange, "TAIFEX").unwrap();
    assert!(loaded.session.send(&order).is_err());
    order.exchange = listed.exchange;
    loaded.session.send(&order).unwrap();
    assert_eq!(loaded.orders(20)[0].exchange, listed.exchange);
}

#[test]
fn a_host_that_counts_fills_is_not_told_of_them_twice() {
    for counts_fills in [false, true] {
        let folder = tempfile::tempdir().unwrap();
        let opening = Opening { counts_fills, ..Opening::new(folder.path().to_owned()) };
        let mut loaded = Loaded::opened(&opening).unwrap();
        loaded.session.list_instrument(&told_instrument(&instrument())).unwrap();
        loaded.log_in(Some(morning(0)));
        loaded.feed(&trade(morning(1), 17_300, 1), None);
        let mut heard = loaded.send(1, &limit(Side::Buy, 2, 17_300)).unwrap();
        heard.extend(loaded.feed(&trade(morning(2), 17_290, 5), None));
        let fills = heard.iter().filter(|it| matches!(it.what, What::Fill(_))).count();
        let changes = heard.iter().filter_map(|it| match &it.what {
            What::Order(update) => Some(update.change),
            _ => None,
        });
        let updates = if counts_fills { 0 } else { fills };
        let expected: Vec<u8> =
            [CHANGE_ACCEPTED].into_iter().chain(vec![CHANGE_FILLED; updates]).collect();
        assert_eq!(changes.collect::<Vec<_>>(), expected);
        assert!(fills > 0);
        let row = loaded.orders(1)[0];
        assert_eq!((row.state, row.filled_e9), (STATE_FILLED, 2_000_000_000));
    }
}
