//! The exchange that an order names, and what is told of an order that trades there.

use std::path::Path;

use aftm_domain::Side;
use aftm_domain::order::Ticket;
use aftm_plugin_host::abi::*;
use aftm_plugin_host::{CallError, News, Opening, What};

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
fn what_was_ordered_before_an_item_was_listed_says_nothing_of_its_exchange() {
    let folder = tempfile::tempdir().unwrap();
    let mut loaded = Loaded::open(folder.path(), &[]);
    loaded.log_in(None);
    let mut order = request(1, &limit(Side::Buy, 1, 17_000));
    put_name(&mut order.exchange, "OTHER").unwrap();
    loaded.session.send(&order).unwrap();
    let heard = loaded.take();
    let Some(What::Order(told)) = heard.last().map(|it| &it.what) else { panic!("{heard:?}") };
    assert_eq!(told.change, CHANGE_REJECTED, "nothing is listed");
    // It is listed on no exchange that has a name.
    loaded.session.list_instrument(&told_instrument(&instrument())).unwrap();
    for id in [2, 3] {
        order.client_order_id = id;
        let Err(CallError::Refused(refused)) = loaded.session.send(&order) else { panic!("{id}") };
        assert_eq!(refused.code, E_INSTRUMENT);
    }
}

/// A session that is logged in, with the item listed.
fn in_session(folder: &Path) -> Loaded {
    let mut loaded = Loaded::open(folder, &[]);
    loaded.session.list_instrument(&told_instrument(&instrument())).unwrap();
    loaded.log_in(Some(morning(0)));
    loaded
}

#[test]
fn an_order_is_of_its_own_account_whoever_ordered_before() {
    let folder = tempfile::tempdir().unwrap();
    let mut loaded = in_session(folder.path());
    loaded.feed(&trade(morning(1), 17_300, 1), None);
    for (id, account) in [(1, "SIM-1"), (2, "SIM-2"), (3, "SIM-2"), (4, "SIM-1"), (5, "SIM-2")] {
        let account = account.parse().unwrap();
        loaded.send(id, &Ticket { account, ..limit(Side::Buy, 1, 17_300) }).unwrap();
    }
    let (rows, _) = loaded.list(&Query { what: QUERY_POSITIONS, ..Query::blank() });
    let held = rows.iter().map(|it| match &it.what {
        What::Position(row) => (name(&row.account).unwrap().to_owned(), row.qty_e9),
        other => panic!("{other:?}"),
    });
    let expected = [("SIM-1".to_owned(), 2_000_000_000), ("SIM-2".to_owned(), 3_000_000_000)];
    assert_eq!(held.collect::<Vec<_>>(), expected);
}

#[test]
fn an_order_is_refused_for_its_number_before_anything_else() {
    let folder = tempfile::tempdir().unwrap();
    let mut loaded = in_session(folder.path());
    loaded.send(7, &limit(Side::Buy, 1, 17_000)).unwrap();
    for (client_order_id, code) in [(0, E_ARG), (7, E_DUPLICATE)] {
        let order = OrderRequest { client_order_id, symbol: [b'x'; 64], ..OrderRequest::blank() };
        let Err(CallError::Refused(refused)) = loaded.session.send(&order) else {
            panic!("{client_order_id} was sent")
        };
        assert_eq!(refused.code, code);
    }
}

/// What an event says of an order, and whether it answers its request.
fn kind(news: &News) -> String {
    let said = match &news.what {
        What::Order(it) if it.change == CHANGE_ACCEPTED => "accepted".to_owned(),
        What::Order(it) if it.change == CHANGE_FILLED => "update of it".to_owned(),
        What::Fill(it) => format!("filled {}", name(&it.broker_order_id).unwrap()),
        other => panic!("{other:?}"),
    };
    if news.is_last { said + ", last" } else { said }
}

#[test]
fn a_host_that_counts_fills_is_told_nothing_that_they_say() {
    for counts_fills in [false, true] {
        let folder = tempfile::tempdir().unwrap();
        let opening = Opening { counts_fills, ..Opening::new(folder.path().to_owned()) };
        let mut loaded = Loaded::opened(&opening).unwrap();
        loaded.session.list_instrument(&told_instrument(&instrument())).unwrap();
        loaded.log_in(Some(morning(0)));
        loaded.feed(&trade(morning(1), 17_300, 1), None);
        // One that trades as soon as it is accepted, and one that rests before it trades.
        let at_once = loaded.send(1, &limit(Side::Buy, 1, 17_300)).unwrap();
        let mut later = loaded.send(2, &limit(Side::Buy, 2, 17_290)).unwrap();
        later.extend(loaded.feed(&trade(morning(2), 17_280, 5), None));
        let kinds = |heard: &[News]| -> Vec<_> { heard.iter().map(kind).collect() };
        if counts_fills {
            assert_eq!(kinds(&at_once), ["filled SIM-00000001, last"]);
            assert_eq!(kinds(&later), ["accepted, last", "filled SIM-00000002"]);
        } else {
            assert_eq!(kinds(&at_once), ["accepted, last", "filled SIM-00000001", "update of it"]);
            assert_eq!(kinds(&later), ["accepted, last", "filled SIM-00000002", "update of it"]);
        }
        let row = loaded.orders(2)[0];
        assert_eq!((row.state, row.filled_e9), (STATE_FILLED, 2_000_000_000));
    }
}
