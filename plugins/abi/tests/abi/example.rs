//! The example in C, loaded as a host loads a plug-in: it logs in, trades and closes.

use aftm_exchange_abi::*;

use crate::host::{Host, Payload, Refused, Told, entry, table};

const POINT: i64 = 1_000_000_000;

fn order(id: u64, side: u8, lots: i64, points: Option<i64>) -> OrderRequest {
    let mut order = OrderRequest {
        client_order_id: id,
        price_e9: points.map_or(ABSENT, |it| it * POINT),
        qty_e9: lots * POINT,
        side,
        order_type: if points.is_some() { TYPE_LIMIT } else { TYPE_MARKET },
        tif: TIF_ROD,
        open_close: OC_AUTO,
        ..OrderRequest::blank()
    };
    put_name(&mut order.account, "EXAMPLE-1").unwrap();
    put_name(&mut order.exchange, "XMPL").unwrap();
    put_name(&mut order.symbol, "DEMO").unwrap();
    order
}

impl Host {
    fn send(&mut self, order: &OrderRequest) -> Result<Vec<Told>, Refused> {
        // SAFETY: the session is open, and the order lives during the call.
        self.request(|api, session, req_id, err| unsafe {
            api.send_order.unwrap()(session, order, req_id, err)
        })
    }

    fn cancel(&mut self, id: u64) -> Result<Vec<Told>, Refused> {
        let cancel = CancelRequest { client_order_id: id, ..CancelRequest::blank() };
        // SAFETY: the session is open, and the request lives during the call.
        self.request(|api, session, req_id, err| unsafe {
            api.cancel_order.unwrap()(session, &raw const cancel, req_id, err)
        })
    }

    fn amend(&mut self, id: u64, lots: Option<i64>, points: Option<i64>) -> Vec<Told> {
        let count = |it: Option<i64>| it.map_or(ABSENT, |it| it * POINT);
        let (client_order_id, qty_e9, price_e9) = (id, count(lots), count(points));
        let amend = AmendRequest { client_order_id, qty_e9, price_e9, ..AmendRequest::blank() };
        // SAFETY: the session is open, and the request lives during the call.
        let told = self.request(|api, session, req_id, err| unsafe {
            api.amend_order.unwrap()(session, &raw const amend, req_id, err)
        });
        told.unwrap()
    }

    fn cancel_all(&mut self, symbol: &str) -> Vec<Told> {
        let mut which = CancelAllRequest::blank();
        put_name(&mut which.symbol, symbol).unwrap();
        // SAFETY: the session is open, and the request lives during the call.
        let told = self.request(|api, session, req_id, err| unsafe {
            api.cancel_all.unwrap()(session, &raw const which, req_id, err)
        });
        told.unwrap()
    }

    fn list(&mut self, what: u16, client_order_id: u64) -> Vec<Told> {
        let query = Query { what, client_order_id, ..Query::blank() };
        // SAFETY: the session is open, and the query lives during the call.
        let told = self.request(|api, session, req_id, err| unsafe {
            api.query.unwrap()(session, &raw const query, req_id, err)
        });
        let mut told = told.unwrap();
        assert!(matches!(told.pop().unwrap().payload, Payload::Answer));
        told
    }

    /// A trade of the market, and what the plug-in tells of it.
    fn feed(&mut self, points: i64, lots: i64) -> Vec<Told> {
        let mut tick = Tick { price_e9: points * POINT, qty_e9: lots * POINT, ..Tick::blank() };
        put_name(&mut tick.symbol, "DEMO").unwrap();
        // SAFETY: the session is open, and the tick lives during the call.
        let code =
            unsafe { self.api.feed_tick.unwrap()(self.session, &raw const tick, std::ptr::null()) };
        assert_eq!(code, OK);
        self.told()
    }
}

/// What was told, a line an event, as people read it.
fn lines(told: &[Told]) -> Vec<String> {
    let line = |it: &Told| match &it.payload {
        Payload::Answer => {
            let refused = it.status.map(|it| format!(" {} {}", code_name(it.code), text(&it.text)));
            format!("answer{}", refused.unwrap_or_default())
        }
        Payload::Order(order) => {
            let change = [
                "row",
                "accepted",
                "rejected",
                "triggered",
                "filled",
                "canceled",
                "expired",
                "replaced",
                "cancel-rejected",
                "replace-rejected",
                "no-reply",
            ];
            let state = ["", "pending", "working", "filled", "canceled", "rejected", "expired"];
            let (change, state) =
                (change[usize::from(order.change)], state[usize::from(order.state)]);
            let (filled, lots) = (order.filled_e9 / POINT, order.qty_e9 / POINT);
            let why = if order.code == OK { "" } else { code_name(order.code) };
            let id = order.client_order_id;
            format!("{id} {change} {state} {filled}/{lots} {why}").trim_end().to_owned()
        }
        Payload::Fill(fill) => {
            let (id, lots, price) =
                (name(&fill.fill_id), fill.qty_e9 / POINT, fill.price_e9 / POINT);
            format!("{} {} {lots}@{price}", fill.client_order_id, id.unwrap())
        }
        Payload::Position(held) => format!("side {} {}", held.side, held.qty_e9 / POINT),
        Payload::Account(it) => {
            format!("{} {}", name(&it.account).unwrap(), it.balance_e4 / 10_000)
        }
        Payload::Instrument(it) => {
            format!("{} {} {}", name(&it.symbol).unwrap(), text(&it.name), it.tick_e9[0] / POINT)
        }
        Payload::Connection(it) => format!("connection {}", it.state),
    };
    told.iter().map(line).collect()
}

#[test]
fn it_says_who_it_is_and_which_version_it_serves() {
    // SAFETY: the entry takes any two numbers.
    assert!(unsafe { entry()(99, 0) }.is_null());
    let (api, mut info) = (table(), Info::blank());
    assert_eq!((api.abi_major, api.abi_minor), (ABI_MAJOR, ABI_MINOR));
    assert!(api.subscribe.is_none() && api.settle.is_none(), "it offers neither");
    // SAFETY: the struct is ours.
    assert_eq!(unsafe { api.info.unwrap()(&raw mut info) }, OK);
    assert_eq!(name(&info.name), Some("example-c"));
    assert_ne!(info.caps & CAP_FEED, 0);
    info.struct_size -= 1;
    // SAFETY: as above.
    assert_eq!(unsafe { api.info.unwrap()(&raw mut info) }, E_ABI);
}

#[test]
fn it_names_the_option_that_it_does_not_know() {
    let refused = |it| Host::open(&[it]).err().unwrap();
    let (code, said) = refused(KeyValue::lend("balanse", "5"));
    assert_eq!((code, said.as_str()), (E_ARG, "the option balanse is unknown; there is: balance"));
    for value in ["", "-5", "1e9", "9999999999999"] {
        assert_eq!(refused(KeyValue::lend("balance", value)).0, E_ARG, "{value:?}");
    }
    assert_eq!(refused(KeyValue::lend("", "")).0, E_ARG);
}

#[test]
fn it_logs_in_with_the_right_password_only() {
    let mut host = Host::open(&[KeyValue::lend("balance", "250000")]).unwrap();
    assert_eq!(host.logged(), ["example-c: a session is open"]);
    assert_eq!(host.send(&order(1, SIDE_BUY, 1, None)).unwrap_err().0, E_STATE);
    let refused = lines(&host.login("demo", "omed", 0).unwrap());
    let said = "answer E_AUTH user or password is wrong; the example knows demo, demo";
    assert_eq!(refused, [said]);
    let production = host.login("demo", "demo", LOGIN_PRODUCTION).unwrap_err();
    assert_eq!(production, (E_PERMISSION, "the example moves no real money".to_owned()));
    let told = host.login("demo", "demo", 0).unwrap();
    assert_eq!(lines(&told), ["connection 3", "EXAMPLE-1 250000", "answer"]);
    assert_eq!(host.login("demo", "demo", 0).unwrap_err().0, E_STATE);
}

#[test]
fn a_market_order_takes_from_the_book() {
    let mut host = Host::logged_in();
    let told = lines(&host.send(&order(1, SIDE_BUY, 25, None)).unwrap());
    let expected = [
        "1 accepted working 0/25",
        "1 T1 10@17001",
        "1 filled working 10/25",
        "1 T2 10@17002",
        "1 filled working 20/25",
        "1 T3 5@17003",
        "1 filled filled 25/25",
    ];
    assert_eq!(told, expected);
    let told = lines(&host.send(&order(2, SIDE_SELL, 60, None)).unwrap());
    assert_eq!(told.last().unwrap(), "2 expired expired 50/60", "the book has fifty lots");
    assert_eq!(lines(&host.list(QUERY_POSITIONS, 0)), ["side 2 25"]);
}

#[test]
fn a_limit_order_rests_is_changed_and_fills_with_the_market() {
    let mut host = Host::logged_in();
    let told = lines(&host.send(&order(7, SIDE_BUY, 4, Some(16_990))).unwrap());
    assert_eq!(told, ["7 accepted working 0/4"]);
    assert!(host.feed(16_991, 5).is_empty(), "it is not reached");
    assert_eq!(lines(&host.feed(16_990, 1)), ["7 T1 1@16990", "7 filled working 1/4"]);
    assert_eq!(lines(&host.amend(7, Some(1), None)), ["7 replace-rejected working 1/4 E_QUANTITY"]);
    assert_eq!(lines(&host.amend(7, None, Some(9))), ["7 replace-rejected working 1/4 E_PRICE"]);
    assert_eq!(lines(&host.amend(7, Some(6), Some(16_995))), ["7 replaced working 1/6"]);
    assert_eq!(lines(&host.feed(16_994, 2)), ["7 T2 2@16995", "7 filled working 3/6"]);
    assert_eq!(lines(&host.cancel(7).unwrap()), ["7 canceled canceled 3/6"]);
    let again = lines(&host.cancel(7).unwrap());
    assert_eq!(again, ["7 cancel-rejected canceled 3/6 E_NOT_CANCELABLE"]);
    assert!(host.feed(16_000, 9).is_empty(), "it has ended");
    assert_eq!(host.cancel(8).unwrap_err().0, E_NO_ORDER);
}

#[test]
fn a_changed_price_may_trade_at_once() {
    let mut host = Host::logged_in();
    host.send(&order(1, SIDE_SELL, 3, Some(17_100))).unwrap();
    let told = lines(&host.amend(1, None, Some(16_999)));
    assert_eq!(told, ["1 replaced working 0/3", "1 T1 3@17000", "1 filled filled 3/3"]);
}

#[test]
fn what_must_not_rest_expires() {
    let mut host = Host::logged_in();
    let ioc = OrderRequest { tif: TIF_IOC, ..order(1, SIDE_BUY, 15, Some(17_001)) };
    let told = lines(&host.send(&ioc).unwrap());
    assert_eq!(told[1..], ["1 T1 10@17001", "1 filled working 10/15", "1 expired expired 10/15"]);
    let fok = OrderRequest { client_order_id: 2, tif: TIF_FOK, ..ioc };
    let told = lines(&host.send(&fok).unwrap());
    assert_eq!(told, ["2 accepted working 0/15", "2 expired expired 0/15"]);
    let fok = OrderRequest { client_order_id: 3, price_e9: 17_002 * POINT, ..fok };
    assert_eq!(lines(&host.send(&fok).unwrap()).last().unwrap(), "3 filled filled 15/15");
}

#[test]
fn a_repeated_or_senseless_order_is_not_sent() {
    let mut host = Host::logged_in();
    let good = order(5, SIDE_BUY, 1, Some(16_990));
    host.send(&good).unwrap();
    let mut foreign = order(6, SIDE_BUY, 1, Some(16_990));
    put_name(&mut foreign.account, "SOMEBODY").unwrap();
    let mut unknown = order(6, SIDE_BUY, 1, Some(16_990));
    put_name(&mut unknown.symbol, "TXFH1").unwrap();
    let good = OrderRequest { client_order_id: 6, ..good };
    let senseless = [
        (OrderRequest { client_order_id: 5, ..good }, E_DUPLICATE, "the order 5 was sent before"),
        (OrderRequest { client_order_id: 0, ..good }, E_ARG, "the client_order_id is 0"),
        (foreign, E_FIELD, "the account SOMEBODY is not there"),
        (unknown, E_INSTRUMENT, "TXFH1 is not traded here"),
        (OrderRequest { side: 3, ..good }, E_FIELD, "the side 3 is unknown"),
        (OrderRequest { tif: 0, ..good }, E_FIELD, "the time in force 0 is unknown"),
        (
            OrderRequest { order_type: TYPE_STOP, ..good },
            E_UNSUPPORTED,
            "the order type 4 is not offered",
        ),
        (OrderRequest { order_type: TYPE_MARKET, ..good }, E_PRICE, "a market order has no price"),
        (OrderRequest { struct_size: 303, ..good }, E_ABI, "the order is too small"),
    ];
    for (order, code, said) in senseless {
        assert_eq!(host.send(&order).unwrap_err(), (code, said.to_owned()));
    }
    let newer = OrderRequest { struct_size: 400, ..good };
    assert_eq!(lines(&host.send(&newer).unwrap()), ["6 accepted working 0/1"], "it may have grown");
}

#[test]
fn the_venue_rejects_bad_prices_and_quantities_with_a_reason() {
    let mut host = Host::logged_in();
    let good = order(1, SIDE_BUY, 1, Some(16_990));
    let bad = [
        (
            OrderRequest { price_e9: 16_990 * POINT + POINT / 2, ..good },
            E_PRICE,
            "TICK",
            "the price 16990.5 is not a multiple of the tick 1 above 0",
        ),
        (
            OrderRequest { price_e9: ABSENT, ..good },
            E_PRICE,
            "TICK",
            "the price (none) is not a multiple of the tick 1 above 0",
        ),
        (
            OrderRequest { price_e9: -POINT, ..good },
            E_PRICE,
            "TICK",
            "the price -1 is not a multiple of the tick 1 above 0",
        ),
        (
            OrderRequest { price_e9: 20_000 * POINT, ..good },
            E_PRICE,
            "PRICE_LIMIT",
            "the price 20000 is beyond the limit of the day, 18700",
        ),
        (
            OrderRequest { qty_e9: 500 * POINT, ..good },
            E_QUANTITY,
            "QUANTITY",
            "the quantity 500 is not a whole number from 1 to 499",
        ),
    ];
    for (id, (order, code, vendor_code, said)) in (1..).zip(bad) {
        let told = host.send(&OrderRequest { client_order_id: id, ..order }).unwrap();
        let [Told { payload: Payload::Order(it), .. }] = &told[..] else { panic!("{told:?}") };
        assert_eq!((it.change, it.state, it.code), (CHANGE_REJECTED, STATE_REJECTED, code));
        assert_eq!((text(&it.vendor_code), text(&it.text)), (vendor_code.into(), said.into()));
    }
}

#[test]
fn it_lists_what_there_is_and_answers_where_there_is_nothing() {
    let mut host = Host::logged_in();
    host.send(&order(1, SIDE_BUY, 12, None)).unwrap();
    host.send(&order(2, SIDE_SELL, 1, Some(17_050))).unwrap();
    assert_eq!(lines(&host.list(QUERY_ORDERS, 0)), ["1 row filled 12/12", "2 row working 0/1"]);
    assert_eq!(lines(&host.list(QUERY_ORDERS, 2)), ["2 row working 0/1"]);
    assert_eq!(lines(&host.list(QUERY_FILLS, 0)), ["1 T1 10@17001", "1 T2 2@17002"]);
    assert_eq!(lines(&host.list(QUERY_POSITIONS, 0)), ["side 1 12"]);
    assert_eq!(lines(&host.list(QUERY_ACCOUNTS, 0)), ["EXAMPLE-1 1000000"]);
    assert_eq!(lines(&host.list(QUERY_INSTRUMENTS, 0)), ["DEMO 示範 (example) 1"]);
    assert!(host.list(QUERY_ORDERS, 9).is_empty(), "an order that it has never heard of");
    assert!(host.list(QUERY_FILLS, 2).is_empty());
}

#[test]
fn it_cancels_all_that_works() {
    let mut host = Host::logged_in();
    for id in 1..=3 {
        host.send(&order(id, SIDE_BUY, 1, Some(16_990))).unwrap();
    }
    host.cancel(2).unwrap();
    assert_eq!(lines(&host.cancel_all("TXFH1")), ["answer"], "of another instrument");
    let told = lines(&host.cancel_all("DEMO"));
    assert_eq!(told, ["1 canceled canceled 0/1", "3 canceled canceled 0/1", "answer"]);
}

#[test]
fn a_call_from_within_a_callback_is_refused() {
    let mut host = Host::logged_in();
    let code = host.trespass(|host| {
        host.send(&order(1, SIDE_BUY, 1, Some(16_990))).unwrap();
    });
    assert_eq!(code, E_WRONG_THREAD);
    assert_eq!(lines(&host.list(QUERY_ORDERS, 0)), ["1 row working 0/1"]);
}

#[test]
fn sessions_know_nothing_of_each_other() {
    let mut hosts: Vec<_> = (0..20).map(|_| Host::logged_in()).collect();
    for host in &mut hosts {
        for id in 1..200 {
            host.send(&order(id, SIDE_BUY, 1, Some(16_990))).unwrap();
        }
    }
    hosts.truncate(1);
    assert_eq!(hosts[0].feed(16_990, 100).len(), 200, "a fill and an update for each of a hundred");
    assert_eq!(lines(&hosts[0].list(QUERY_POSITIONS, 0)), ["side 1 100"]);
    // SAFETY: NULL is nothing to close.
    assert_eq!(unsafe { table().close.unwrap()(std::ptr::null_mut(), 0) }, OK);
}
