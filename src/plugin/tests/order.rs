use aftm_domain::{AccountId, Code};
use aftm_plugin_host::abi::{put_name, put_text};

use super::*;

const ONE: i64 = 1_000_000_000;

fn symbol() -> Symbol {
    let mut symbol = Symbol { exchange: [0; 16], symbol: [0; 64] };
    put_name(&mut symbol.exchange, "XMPL").unwrap();
    put_name(&mut symbol.symbol, "DEMO").unwrap();
    symbol
}

fn ticket() -> Ticket {
    Ticket {
        account: "A-1".parse().unwrap(),
        item: "DEMO".parse().unwrap(),
        side: aftm_domain::Side::Sell,
        kind: Kind::StopLimit,
        price: Some("17000".parse().unwrap()),
        stop_price: Some("17010".parse().unwrap()),
        quantity: "3".parse().unwrap(),
        time_in_force: TimeInForce::Ioc,
        open_close: OpenClose::Close,
        day_trade: true,
        note: "停損".parse().unwrap(),
    }
}

/// The update by which a plug-in would tell that it has this order.
fn update() -> OrderUpdate {
    let sent = request(OrderId(5), &ticket(), &symbol());
    let mut update = OrderUpdate {
        client_order_id: sent.client_order_id,
        change: abi::CHANGE_ACCEPTED,
        state: abi::STATE_WORKING,
        side: sent.side,
        order_type: sent.order_type,
        tif: sent.tif,
        open_close: sent.open_close,
        day_trade: sent.day_trade,
        price_e9: sent.price_e9,
        stop_price_e9: sent.stop_price_e9,
        qty_e9: sent.qty_e9,
        filled_e9: 0,
        account: sent.account,
        exchange: sent.exchange,
        symbol: sent.symbol,
        ..OrderUpdate::blank()
    };
    put_name(&mut update.broker_order_id, "B1").unwrap();
    update
}

fn refused(change: u8) -> OrderUpdate {
    let mut update = OrderUpdate { change, code: abi::E_FUNDS, ..update() };
    put_text(&mut update.vendor_code, "31");
    put_text(&mut update.text, "no money");
    update
}

fn read(update: &OrderUpdate) -> Result<Option<VenueWord>, String> {
    let mut words = Vec::new();
    super::told(update, &Items::default(), &mut words)?;
    assert!(words.len() <= 1, "{words:?}");
    Ok(words.pop())
}

#[test]
fn a_ticket_crosses_whole() {
    let request = request(OrderId(5), &ticket(), &symbol());
    assert_eq!((request.client_order_id, request.qty_e9), (5, 3 * ONE));
    assert_eq!((request.price_e9, request.stop_price_e9), (17_000 * ONE, 17_010 * ONE));
    let words = [request.side, request.order_type, request.tif, request.open_close];
    assert_eq!(words, [abi::SIDE_SELL, abi::TYPE_STOP_LIMIT, abi::TIF_IOC, abi::OC_CLOSE]);
    assert_eq!((request.day_trade, request.hedge, request.flags), (1, 0, 0));
    let texts = [names::text(&request.account), names::text(&request.note)];
    assert_eq!(texts, ["A-1", "停損"]);
    assert_eq!((request.exchange, request.symbol), (symbol().exchange, symbol().symbol));
    let market = Ticket { kind: Kind::Market, price: None, stop_price: None, ..ticket() };
    let request = super::request(OrderId(5), &market, &symbol());
    assert_eq!((request.price_e9, request.stop_price_e9), (ABSENT, ABSENT));
}

#[test]
fn a_cancel_and_a_change_name_the_order_in_every_way() {
    let sent = Sent {
        id: OrderId(5),
        account: "A-1".parse::<AccountId>().unwrap(),
        item: "DEMO".parse::<Code>().unwrap(),
        venue_id: Some("B%201".parse().unwrap()),
        is_external: false,
    };
    let request = cancel(&sent, &symbol());
    assert_eq!((request.client_order_id, request.symbol), (5, symbol().symbol));
    assert_eq!(names::text(&request.broker_order_id), "B 1");
    assert_eq!(names::text(&request.account), "A-1");
    let unnamed = Sent { venue_id: None, ..sent };
    let request = amend(&unnamed, &symbol(), None, Some("17001".parse().unwrap()));
    assert_eq!((request.qty_e9, request.price_e9), (ABSENT, 17_001 * ONE));
    assert_eq!((request.client_order_id, names::text(&request.broker_order_id)), (5, ""));
    let external = Sent { is_external: true, ..sent };
    let (canceled, changed) =
        (cancel(&external, &symbol()), amend(&external, &symbol(), None, None));
    assert_eq!([canceled.client_order_id, changed.client_order_id], [0, 0]);
    assert_eq!(names::text(&canceled.broker_order_id), "B 1");
}

#[test]
fn each_change_is_a_report() {
    let no = || Refusal { code: "FUNDS".into(), text: "no money (venue's code 31)".into() };
    let (quantity, price) = (ticket().quantity, ticket().price);
    for (update, expected) in [
        (update(), Report::Accepted { venue_id: "B1".parse().unwrap() }),
        (refused(abi::CHANGE_REJECTED), Report::Rejected(no())),
        (OrderUpdate { change: abi::CHANGE_TRIGGERED, ..update() }, Report::Triggered),
        (OrderUpdate { change: abi::CHANGE_CANCELED, ..update() }, Report::Canceled),
        (OrderUpdate { change: abi::CHANGE_EXPIRED, ..update() }, Report::Expired),
        (
            OrderUpdate { change: abi::CHANGE_REPLACED, ..update() },
            Report::Replaced { quantity, price },
        ),
        (refused(abi::CHANGE_CANCEL_REJECTED), Report::CancelRejected(no())),
        (refused(abi::CHANGE_REPLACE_REJECTED), Report::ReplaceRejected(no())),
        (OrderUpdate { change: abi::CHANGE_NO_REPLY, ..update() }, Report::NoReply),
    ] {
        let told = VenueWord::Report { order: OrderId(5), report: expected };
        assert_eq!(read(&update), Ok(Some(told)), "{}", update.change);
    }
    let filled = OrderUpdate { change: abi::CHANGE_FILLED, ..update() };
    assert_eq!(read(&filled), Ok(None), "its fill event says it");
}

#[test]
fn a_rejection_without_a_reason_is_one_all_the_same() {
    let told = read(&OrderUpdate { change: abi::CHANGE_REJECTED, ..update() });
    let Ok(Some(VenueWord::Report { report: Report::Rejected(refusal), .. })) = told else {
        panic!("{told:?}")
    };
    assert_eq!(refusal.to_string(), "refused by the venue (REJECTED)");
}

/// The row that an update is told as.
fn compared(update: &OrderUpdate) -> VenueOrder {
    match read(update) {
        Ok(Some(VenueWord::Order { row })) => *row,
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_says_nothing_of_a_change_is_compared_as_it_stands() {
    let expected = VenueOrder {
        order: Some(OrderId(5)),
        venue_id: Some("B1".parse().unwrap()),
        status: Status::New,
        ticket: Some(Ticket { note: Note::default(), ..ticket() }),
        quantity: "3".parse().unwrap(),
        price: ticket().price,
        filled: "1".parse().unwrap(),
        is_triggered: true,
        refusal: None,
    };
    for change in [abi::CHANGE_NONE, 200] {
        let update = OrderUpdate { change, filled_e9: ONE, triggered: 1, ..update() };
        assert_eq!(compared(&update), expected);
    }
    let unnamed = OrderUpdate { broker_order_id: [0; 72], ..update() };
    assert_eq!(compared(&unnamed).venue_id, None, "accepted, but without a name");
    let foreign = OrderUpdate { client_order_id: 0, change: abi::CHANGE_CANCELED, ..update() };
    assert_eq!(compared(&foreign).order, None);
    let ended = OrderUpdate { state: abi::STATE_REJECTED, ..refused(abi::CHANGE_NONE) };
    assert_eq!(compared(&ended).refusal.unwrap().code, "FUNDS");
}

#[test]
fn a_ticket_is_told_whole_or_not_at_all() {
    let none = abi::CHANGE_NONE;
    let rows = [
        OrderUpdate { side: 0, ..update() },
        OrderUpdate { order_type: 9, ..update() },
        OrderUpdate { tif: 0, ..update() },
        OrderUpdate { open_close: 0, ..update() },
        OrderUpdate { price_e9: ABSENT, ..update() },
        OrderUpdate { stop_price_e9: ABSENT, ..update() },
        OrderUpdate { account: [0; 40], ..update() },
        OrderUpdate { symbol: [0; 64], ..update() },
    ];
    for row in rows {
        assert_eq!(compared(&OrderUpdate { change: none, ..row }).ticket, None, "{row:?}");
    }
}

#[test]
fn what_cannot_be_understood_is_an_error_that_says_why() {
    let long = |update: &mut OrderUpdate| {
        put_name(&mut update.broker_order_id, &"x".repeat(70)).unwrap();
    };
    let mut accepted = update();
    long(&mut accepted);
    for (update, why) in [
        (OrderUpdate { change: 0, state: 0, ..update() }, "its state 0 is not known"),
        (OrderUpdate { change: 0, state: 7, ..update() }, "its state 7 is not known"),
        (OrderUpdate { change: 0, qty_e9: ABSENT, ..update() }, "it has no quantity"),
        (OrderUpdate { change: 0, qty_e9: -ONE, ..update() }, "its quantity -1 is not above 0"),
        (
            OrderUpdate { change: abi::CHANGE_REPLACED, qty_e9: 0, ..update() },
            "its quantity 0 is not above 0",
        ),
        (accepted, "is longer than 64 bytes"),
    ] {
        let said = read(&update).unwrap_err();
        assert!(said.contains(why), "{said}");
    }
}

#[test]
fn what_a_venue_cannot_do_is_not_asked_of_it() {
    let all = words::abilities(u64::MAX);
    assert_eq!(beyond(&all, &ticket()), None);
    let plain = Ticket {
        kind: Kind::Limit,
        time_in_force: TimeInForce::Rod,
        open_close: OpenClose::Open,
        day_trade: false,
        ..ticket()
    };
    let none = Abilities::default();
    assert_eq!(beyond(&none, &plain), None);
    for (asked, what) in [
        (Ticket { kind: Kind::Market, ..plain }, "market orders"),
        (Ticket { kind: Kind::RangeMarket, ..plain }, "range-market orders"),
        (Ticket { kind: Kind::Stop, ..plain }, "stop orders"),
        (Ticket { kind: Kind::StopLimit, ..plain }, "stop-limit orders"),
        (Ticket { time_in_force: TimeInForce::Ioc, ..plain }, "ioc orders"),
        (Ticket { time_in_force: TimeInForce::Fok, ..plain }, "fok orders"),
        (Ticket { open_close: OpenClose::Auto, ..plain }, "whether they open or close"),
        (Ticket { day_trade: true, ..plain }, "day trade marks"),
    ] {
        let refusal = beyond(&none, &asked).unwrap();
        assert_eq!(refusal.code, UNSUPPORTED);
        assert!(refusal.text.contains(what), "{refusal}");
        assert_eq!(beyond(&all, &asked), None);
    }
}
