//! The exchange that an order names.

use aftm_domain::Side;
use aftm_plugin_host::CallError;
use aftm_plugin_host::abi::*;

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
