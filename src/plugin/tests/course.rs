//! Orders, the market and faults, with a made-up session.

use aftm_domain::order::Report;
use aftm_domain::{Code, OrderId, Side};
use aftm_plugin_host::abi::{
    self, Book, CHANGE_ACCEPTED, CHANGE_CANCELED, CHANGE_NO_REPLY, CHANGE_NONE, CHANGE_REPLACED,
    E_NET, E_PERMISSION, OrderUpdate, STATE_PENDING, STATE_WORKING, Tick, Versioned, put_name,
};
use aftm_plugin_host::{Breach, Line, Market, What};

use super::fake::{Desk, fill, instrument, offline, order, position, told_of};
use super::{NOTHING, kind, kinds, sent, ticket};
use crate::plugin::words::abilities;
use crate::wire::{VenueCall, VenueWord};

fn place(id: u64) -> VenueCall {
    VenueCall::Place { order: OrderId(id), ticket: ticket(Side::Buy, "2", "17000") }
}

fn amend(id: u64) -> VenueCall {
    VenueCall::Amend { order: sent(id), quantity: None, price: None }
}

#[test]
fn every_request_for_an_order_names_its_exchange() {
    let mut desk = Desk::logged_in();
    desk.call(place(1));
    desk.call(VenueCall::Cancel { order: sent(1) });
    desk.call(amend(1));
    let expected = ["send A1 on \"XMPL\"", "cancel A1 on \"XMPL\"", "amend A1 on \"XMPL\""];
    assert_eq!(desk.calls(), expected);
}

#[test]
fn a_symbol_that_becomes_ambiguous_is_not_traded_but_can_be_canceled() {
    let mut desk = Desk::logged_in();
    let told = desk.hear(instrument("YMPL"));
    assert!(kind(&told[0]).starts_with("line: DEMO is listed on XMPL and YMPL"), "{told:?}");
    let told = desk.call(place(1));
    let [VenueWord::Report { report: Report::Rejected(refusal), .. }] = &*told else {
        panic!("{told:?}")
    };
    assert_eq!(refusal.code, "AMBIGUOUS_ITEM");
    desk.call(VenueCall::Cancel { order: sent(1) });
    assert_eq!(desk.calls(), ["cancel A1 on \"\""]);
}

#[test]
fn what_was_not_sent_is_refused_in_its_own_way() {
    let mut desk = Desk::logged_in();
    desk.fake.0.borrow_mut().error = Some(offline());
    assert_eq!(kinds(&desk.call(place(1))), ["A1 rejected"]);
    let cancel = VenueCall::Cancel { order: sent(1) };
    assert_eq!(kinds(&desk.call(cancel)), ["A1 cancel_rejected"]);
    assert_eq!(kinds(&desk.call(amend(1))), ["A1 replace_rejected"]);
    let stands = kinds(&desk.call(VenueCall::Stand {}));
    assert_eq!(stands, ["stands not: no way to the venue (NOT_CONNECTED)"]);
    let money = desk.call(VenueCall::Money {});
    assert!(kind(&money[0]).starts_with("line: the accounts' money is not told"), "{money:?}");
}

#[test]
fn an_order_s_answer_is_matched_and_told_as_it_comes() {
    let mut desk = Desk::logged_in();
    desk.call(place(1));
    let req_id = desk.requests();
    desk.fake.tell(0, false, fill(1, "T1"));
    desk.fake.tell(req_id, true, told_of(order(1, STATE_WORKING, CHANGE_ACCEPTED)));
    assert_eq!(kinds(&desk.take()), ["A1 filled", "A1 accepted"]);
    assert_eq!(desk.answer(req_id), NOTHING, "it had its answer");
    assert_eq!(desk.course.strays(), 1);
    let silent = told_of(order(2, STATE_PENDING, CHANGE_NO_REPLY));
    assert_eq!(kinds(&desk.hear(silent)), ["A2 no_reply"]);
}

#[test]
fn a_fill_that_answers_its_order_names_it_because_it_was_accepted() {
    let mut desk = Desk::logged_in();
    let mut answer_by = |id, fill| {
        desk.call(place(id));
        desk.fake.tell(desk.requests(), true, fill);
        let told = desk.take();
        assert_eq!(desk.answer(desk.requests()), NOTHING, "it had its answer");
        let [VenueWord::Filled { row }] = told.as_slice() else { panic!("{told:?}") };
        (row.order.map(|it| it.0), row.venue_id.map(|it| it.to_string()))
    };
    assert_eq!(answer_by(1, fill(1, "T1")), (Some(1), Some("B1".to_owned())));
    assert_eq!(answer_by(2, fill(1, "T2")), (Some(1), None), "of another order");
    let What::Fill(mut odd) = fill(3, "T3") else { panic!("it is a fill") };
    odd.broker_order_id = [0; 72];
    assert_eq!(answer_by(3, What::Fill(odd.clone())), (Some(3), None), "nothing names the order");
    // What it is called cannot be held, and an update that says so is no better.
    odd.broker_order_id = [b'x'; 72];
    odd.broker_order_id[71] = 0;
    desk.call(place(4));
    odd.client_order_id = 4;
    desk.fake.tell(desk.requests(), true, What::Fill(odd));
    assert!(matches!(desk.take().as_slice(), [VenueWord::Broken { .. }]));
}

#[test]
fn an_answer_that_says_nothing_of_the_order_leaves_it_in_doubt() {
    let mut desk = Desk::logged_in();
    desk.call(place(1));
    let told = desk.refuse(desk.requests(), E_NET, "lost");
    assert_eq!(kinds(&told), ["A1 no_reply"]);
    desk.call(VenueCall::Cancel { order: sent(1) });
    assert_eq!(desk.answer(desk.requests()), ["A1 cancel_rejected"]);
    desk.call(amend(1));
    assert_eq!(desk.answer(desk.requests()), ["A1 replace_rejected"]);
}

#[test]
fn what_others_did_is_told_as_theirs() {
    let mut desk = Desk::logged_in();
    let canceled = told_of(order(0, abi::STATE_CANCELED, CHANGE_CANCELED));
    assert_eq!(kinds(&desk.hear(canceled)), ["order None Canceled"]);
    assert_eq!(kinds(&desk.hear(fill(0, "T9"))), ["fill None T9"]);
    assert_eq!(kinds(&desk.hear(position())), NOTHING, "only a list says what is held");
}

#[test]
fn news_of_an_order_that_cannot_be_understood_end_the_session() {
    let mut desk = Desk::logged_in();
    let odd = OrderUpdate { qty_e9: 0, ..order(1, STATE_WORKING, CHANGE_REPLACED) };
    let told = kinds(&desk.hear(told_of(odd)));
    let said = "broken: the plug-in told news: the order A1 cannot be understood: its quantity 0 \
                is not above 0";
    assert_eq!(told, [said]);
    desk.calls();
    assert_eq!(kinds(&desk.call(place(2))), ["A2 rejected"]);
    let mut words = Vec::new();
    desk.course.place(OrderId(3), &ticket(Side::Buy, "2", "17000"), &mut words);
    assert_eq!(kinds(&words), ["A3 rejected"]);
    assert_eq!(kinds(&desk.call(VenueCall::Cancel { order: sent(1) })), ["A1 cancel_rejected"]);
    assert_eq!(kinds(&desk.call(amend(1))), ["A1 replace_rejected"]);
    assert!(kinds(&desk.call(VenueCall::Stand {}))[0].ends_with("(PLUGIN_BROKEN)"));
    assert!(kinds(&desk.call(super::login("demo")))[0].ends_with("(PLUGIN_BROKEN)"));
    assert_eq!(kinds(&desk.call(VenueCall::Inquire { order: sent(1) })), NOTHING);
    assert_eq!(desk.calls(), NOTHING, "nothing reaches it any more");
    assert_eq!(kinds(&desk.hear(told_of(odd))), NOTHING, "once is enough");
    let long = "x".repeat(70);
    let mut desk = Desk::logged_in();
    let told = kinds(&desk.hear(fill(1, &long)));
    assert!(told[0].starts_with("broken: the fill \"xxx"), "{told:?}");
}

#[test]
fn a_state_that_is_not_known_is_a_line_and_no_end() {
    let mut desk = Desk::logged_in();
    let told = desk.hear(told_of(order(1, 99, CHANGE_NONE)));
    let said = "line: the order A1 cannot be understood: its state 99 is not known";
    assert_eq!(told.iter().map(kind).collect::<Vec<_>>(), [said]);
}

#[test]
fn a_session_that_breaks_says_so_after_all_that_it_told() {
    let mut desk = Desk::logged_in();
    desk.fake.tell(0, false, fill(1, "T1"));
    let text = "a line of its own".to_owned();
    desk.fake.0.borrow_mut().told.log.push(Line { level: 3, text });
    desk.fake.0.borrow_mut().told.broken = Some(Breach::Sequence { expected: 3, got: 5 });
    let told: Vec<_> = desk.take().iter().map(kind).collect();
    let said = "broken: the plug-in told event 5 where 3 was next: one is lost or told twice";
    assert_eq!(told, ["line: a line of its own", "A1 filled", said]);
}

fn market() -> (Tick, Book) {
    let mut tick = Tick {
        exch_ts_ns: 10,
        price_e9: 17_000_000_000_000,
        qty_e9: 1_000_000_000,
        flags: abi::TICK_AUCTION,
        ..Tick::blank()
    };
    put_name(&mut tick.symbol, "DEMO").unwrap();
    let mut book = Book { exch_ts_ns: 10, symbol: tick.symbol, ..Book::blank() };
    (book.bid_e9[0], book.bid_qty_e9[0]) = (16_999_000_000_000, 4_000_000_000);
    (tick, book)
}

fn follow(desk: &mut Desk, items: &[&str]) -> Vec<VenueWord> {
    let items: Vec<Code> = items.iter().map(|it| it.parse().unwrap()).collect();
    desk.call(VenueCall::Follow { items })
}

#[test]
fn the_market_of_what_is_followed_is_told_with_its_book() {
    let mut desk = Desk::logged_in();
    let (tick, book) = market();
    let tell = |desk: &Desk| {
        let both = [Market::Tick(tick), Market::Book(book)];
        desk.fake.0.borrow_mut().told.market.extend(both);
    };
    tell(&desk);
    assert_eq!(desk.take(), [], "nobody follows it");
    follow(&mut desk, &["DEMO"]);
    tell(&desk);
    let told = desk.take();
    let [VenueWord::Market { tick, book: Some(book), is_auction: true }] = &*told else {
        panic!("{told:?}")
    };
    assert_eq!((tick.item.as_str(), tick.price.to_string()), ("DEMO", "17000".to_owned()));
    assert_eq!(book.bids[0].price.to_string(), "16999");
    follow(&mut desk, &[]);
    tell(&desk);
    assert_eq!(desk.take(), []);
    assert_eq!(desk.calls(), ["subscribe true XMPL:DEMO", "subscribe false XMPL:DEMO"]);
}

#[test]
fn a_market_that_is_refused_is_said_and_asked_for_again() {
    let mut desk = Desk::logged_in();
    follow(&mut desk, &["DEMO"]);
    let told = desk.refuse(desk.requests(), E_PERMISSION, "no licence");
    let said = "line: the market of DEMO was not asked for: no licence (PERMISSION)";
    assert_eq!(told.iter().map(kind).collect::<Vec<_>>(), [said]);
    follow(&mut desk, &["DEMO"]);
    follow(&mut desk, &["DEMO"]);
    assert_eq!(desk.calls().len(), 2, "once more, and then it is followed");
    let told = follow(&mut desk, &["DEMO", "GONE"]);
    assert!(kind(&told[0]).starts_with("line: GONE is not followed: "), "{told:?}");
}

#[test]
fn what_is_followed_before_the_login_is_asked_for_after_it() {
    let mut desk = Desk::new();
    desk.list(abi::QUERY_INSTRUMENTS, vec![instrument("XMPL")]);
    assert_eq!(follow(&mut desk, &["DEMO"]), []);
    desk.call(super::login("demo"));
    desk.log_in();
    assert_eq!(desk.calls().last().unwrap(), "subscribe true XMPL:DEMO");
}

#[test]
fn a_fed_venue_hears_of_what_is_listed_and_its_no_is_told_once() {
    let mut desk = Desk::with(abilities(abi::CAP_FEED), false);
    let (tick, _) = market();
    let tick = crate::plugin::market::tick(&tick, "DEMO".parse().unwrap()).unwrap();
    let fed = || VenueCall::Tick { tick, book: None, again: false };
    assert_eq!(desk.call(fed()), []);
    assert_eq!(desk.calls(), NOTHING, "it is not listed");
    desk.call(VenueCall::List { instrument: Box::new(super::demo_instrument()) });
    desk.call(fed());
    desk.call(VenueCall::Advance { time: tick.time });
    desk.call(VenueCall::Settle {});
    assert_eq!(desk.calls(), ["list DEMO", "feed DEMO false", "advance 10 0", "settle"]);
    desk.fake.0.borrow_mut().error = Some(offline());
    let said = "line: the venue does not take the feed: no way to the venue (E_NET)";
    assert_eq!(desk.call(fed()).iter().map(kind).collect::<Vec<_>>(), [said]);
    assert_eq!(desk.call(fed()), []);
}
