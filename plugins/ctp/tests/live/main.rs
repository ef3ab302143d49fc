//! The plug-in with a library of CTP in place of the one that is played, through the C interface.
//!
//! `AFTM_CTP_LIB` names a library that matches inside the process, such as LocalCTP built from the
//! headers of 6.7.7, and `AFTM_CTP_LIB_VERSION` what it calls itself, where that is no version of CTP.
//! Without the first nothing is tried. Such a library reads its instruments from the folder that the
//! process runs in, and takes its quotes through a call that it has redefined.
//!
//! `AFTM_CTP_QUOTE_LIB` names a library of market data that shows what the first one is told,
//! where there is one.
//!
//! `AFTM_CTP_VENDOR_LIBS` names a folder with the vendor's own two libraries of 6.7.7, which are tried
//! at a front that is not there.

// Helpers of tests stop a test where they fail.
#![allow(clippy::expect_used, clippy::unwrap_used, clippy::indexing_slicing, dead_code)]
// They wait under a deadline by the real clock.
#![allow(clippy::disallowed_methods, unsafe_code)]

#[path = "../plugin/desk.rs"]
mod desk;

use std::ffi::c_char;
use std::path::Path;

use aftm_plugin_host::abi::{
    ABSENT, CHANGE_CANCELED, CHANGE_EXPIRED, CHANGE_FILLED, CHANGE_REJECTED, CHANNEL_QUOTE,
    CHANNEL_TRADE, CONN_CONNECTING, CONN_UP, E_ABI, E_DUPLICATE, E_INSTRUMENT, E_NET, E_REJECTED,
    OC_AUTO, OC_CLOSE, OrderRequest, OrderUpdate, QUERY_FILLS, QUERY_INSTRUMENTS, QUERY_ORDERS,
    QUERY_POSITIONS, Query, SIDE_BUY, SIDE_SELL, STATE_CANCELED, STATE_FILLED, STATE_WORKING,
    Symbol, TIF_IOC, TYPE_MARKET, Versioned, name, put_name, text,
};
use aftm_plugin_host::{Market, OpenError, Secret, What};
use ctp2rs::v1alpha1::{CThostFtdcDepthMarketDataField, CThostFtdcFensUserInfoField, TraderApi};

use desk::{Desk, ONE, cancel, demo, order, refused};

/// Instrument, exchange, name, id at the exchange, product, class, delivery, sizes of orders,
/// multiplier, tick, dates, phase, trading, kinds of positions, margins, and what options have.
const INSTRUMENTS: &str = "InstrumentID,ExchangeID,InstrumentName,ExchangeInstID,ProductID,\
ProductClass,DeliveryYear,DeliveryMonth,MaxMarketOrderVolume,MinMarketOrderVolume,\
MaxLimitOrderVolume,MinLimitOrderVolume,VolumeMultiple,PriceTick,CreateDate,OpenDate,ExpireDate,\
StartDelivDate,EndDelivDate,InstLifePhase,IsTrading,PositionType,PositionDateType,\
LongMarginRatio,ShortMarginRatio,MaxMarginSideAlgorithm,UnderlyingInstrID,StrikePrice,\
OptionsType,UnderlyingMultiple,CombinationType\n\
rb2710,SHFE,rb2710,rb2710,rb,1,2027,10,30,1,500,1,10,1,20261016,20261016,20271015,20271018,\
20271022,1,1,2,1,0.07,0.07,1,rb,0,0,1,0\n\
m2709,DCE,m2709,m2709,m,1,2027,9,30,1,500,1,10,1,20260914,20260914,20270914,20270915,20270917,\
1,1,2,2,0.07,0.07,1,m,0,0,1,0\n";

/// Shows the library the best prices of an instrument.
fn feed(api: &TraderApi, exchange: &str, symbol: &str, bid: f64, ask: f64) {
    fn put<const N: usize>(field: &mut [c_char; N], text: &str) {
        for (at, byte) in field.iter_mut().zip(text.bytes()) {
            *at = c_char::from_ne_bytes([byte]);
        }
    }
    let mut depth = CThostFtdcDepthMarketDataField {
        LastPrice: bid,
        PreSettlementPrice: bid,
        UpperLimitPrice: 5_000.0,
        LowerLimitPrice: 1_000.0,
        BidPrice1: bid,
        BidVolume1: 100,
        AskPrice1: ask,
        AskVolume1: 100,
        Volume: 10,
        ..CThostFtdcDepthMarketDataField::default()
    };
    put(&mut depth.ExchangeID, exchange);
    put(&mut depth.InstrumentID, symbol);
    put(&mut depth.UpdateTime, "10:00:00");
    // SAFETY: a library that matches inside the process takes a snapshot here, which lives during
    // the call; that is why this test asks for one by its name.
    let at = unsafe { &mut *(&raw mut depth).cast::<CThostFtdcFensUserInfoField>() };
    api.register_fens_user_info(at);
}

fn buying(client_order_id: u64, symbol: &str, exchange: &str, price: i64) -> OrderRequest {
    let mut order = order(client_order_id, "测试");
    for (field, text) in [(&mut order.symbol[..], symbol), (&mut order.exchange[..], exchange)] {
        put_name(field, text).unwrap();
    }
    OrderRequest { price_e9: price * ONE, ..order }
}

/// The end of an order.
fn ended(desk: &mut Desk, client_order_id: u64, change: u8) -> OrderUpdate {
    desk.changed(client_order_id, change)
}

fn held(desk: &mut Desk) -> Vec<(String, u8, i64, i64)> {
    let rows = desk.list(&Query { what: QUERY_POSITIONS, ..Query::blank() });
    let of = |row: &What| match row {
        What::Position(it) => {
            let symbol = name(&it.symbol).unwrap().to_owned();
            (symbol, it.side, it.qty_e9 / ONE, it.today_e9 / ONE)
        }
        other => panic!("{other:?}"),
    };
    rows.iter().map(of).collect()
}

#[test]
fn a_day_at_a_local_library() {
    let Some(library) = std::env::var_os("AFTM_CTP_LIB") else {
        println!("AFTM_CTP_LIB names no library: nothing is tried");
        return;
    };
    let library = library.to_str().unwrap();
    let version = std::env::var("AFTM_CTP_LIB_VERSION").unwrap_or_default();
    let folder = tempfile::tempdir().unwrap();
    std::env::set_current_dir(folder.path()).unwrap();
    std::fs::write("instrument.csv", INSTRUMENTS).unwrap();
    let mut options = vec![
        ("front", "tcp://127.0.0.1:40001"),
        ("broker", "9999"),
        ("environment", "simulated"),
        ("trade_library", library),
        ("ends_ioc", "no"),
    ];
    if !version.is_empty() {
        let Err(OpenError::Refused(why)) = Desk::with(&folder, &options) else {
            panic!("a library that names no version is taken")
        };
        assert_eq!(why.code, E_ABI, "{why}");
        options.push(("library_version", &version));
    }
    let quote_library = std::env::var("AFTM_CTP_QUOTE_LIB").ok();
    if let Some(library) = &quote_library {
        options.push(("quote_library", library));
        options.push(("quote_front", "tcp://127.0.0.1:40011"));
    }
    let mut desk = Desk::with(&folder, &options).unwrap();
    let who = demo().with("auth_code", Secret::new("0000000000000000".to_owned()));
    let request = desk.session.login(who, false, None).unwrap();
    desk.answered(request).unwrap();
    assert_eq!(desk.connections(CHANNEL_TRADE).last().unwrap().0, CONN_UP);

    let rows = desk.list(&Query { what: QUERY_INSTRUMENTS, ..Query::blank() });
    let symbols = rows.iter().map(|it| match it {
        What::Instrument(it) => name(&it.symbol).unwrap().to_owned(),
        other => panic!("{other:?}"),
    });
    assert_eq!(symbols.collect::<Vec<_>>(), ["m2709", "rb2710"]);

    let flow = folder.path().join("feed");
    std::fs::create_dir(&flow).unwrap();
    let feeder = TraderApi::create_api(Path::new(library), format!("{}/", flow.display()));
    let feeder = std::mem::ManuallyDrop::new(feeder);
    feed(&feeder, "SHFE", "rb2710", 3_199.0, 3_200.0);
    feed(&feeder, "DCE", "m2709", 2_999.0, 3_000.0);

    if quote_library.is_some() {
        quotes(&mut desk);
    }
    rest_and_cancel(&mut desk);
    fill(&mut desk, &feeder);
    refuse(&mut desk);
    close_positions(&mut desk);

    // The order that was refused is in no list, and each of the others is in one row.
    let more = if quote_library.is_some() { 2 } else { 0 };
    assert_eq!(desk.list(&Query { what: QUERY_ORDERS, ..Query::blank() }).len(), 6 + more);
    assert_eq!(desk.list(&Query { what: QUERY_FILLS, ..Query::blank() }).len(), 4 + more);
    let request = desk.session.logout().unwrap();
    desk.answered(request).unwrap();
    println!("log: {:?}", desk.log);
    desk.close();
}

#[test]
fn the_vendors_libraries_are_silent_about_a_dead_front_and_the_plug_in_is_not() {
    let Some(libraries) = std::env::var_os("AFTM_CTP_VENDOR_LIBS") else {
        println!("AFTM_CTP_VENDOR_LIBS names no folder: nothing is tried");
        return;
    };
    let path = |name: &str| {
        let names = [format!("{name}.so"), format!("lib{name}.so")];
        let paths = names.map(|it| Path::new(&libraries).join(it));
        let path = paths.into_iter().find(|it| it.is_file()).expect(name);
        path.to_str().unwrap().to_owned()
    };
    let (trade, quote) = (path("thosttraderapi_se"), path("thostmduserapi_se"));
    let folder = tempfile::tempdir().unwrap();
    // Nobody listens at the port of a listener that has gone.
    let port = || {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        format!("tcp://{}", listener.local_addr().unwrap())
    };
    let (front, quote_front) = (port(), port());
    let options = [
        ("front", front.as_str()),
        ("quote_front", &quote_front),
        ("broker", "9999"),
        ("environment", "simulated"),
        ("trade_library", &trade),
        ("quote_library", &quote),
    ];
    let mut desk = Desk::with(&folder, &options).unwrap();
    desk.session.login(demo(), false, None).unwrap();
    for channel in [CHANNEL_TRADE, CHANNEL_QUOTE] {
        let told = desk.until("the watchdog", |it| {
            it.connections(channel).into_iter().find(|it| it.0 == CONN_CONNECTING)
        });
        assert_eq!(told.1, E_NET, "{}", told.2);
        println!("{}", told.2);
    }
    desk.close();
}

/// Market data, as the library of `AFTM_CTP_QUOTE_LIB` has it, and an order that is priced by it.
fn quotes(desk: &mut Desk) {
    let mut symbol = Symbol { exchange: [0; 16], symbol: [0; 64] };
    put_name(&mut symbol.symbol, "rb2710").unwrap();
    let request = desk.session.subscribe(&[symbol], true).unwrap();
    desk.answered(request).unwrap();
    let (tick, book) = desk.until("a trade and a book", |it| {
        let tick = it.market.iter().find_map(|it| match it {
            Market::Tick(it) if it.qty_e9 != ABSENT => Some(*it),
            _ => None,
        });
        let book = it.market.iter().find_map(|it| match it {
            Market::Book(it) => Some(*it),
            Market::Tick(_) => None,
        });
        tick.zip(book)
    });
    assert_eq!((name(&tick.exchange), name(&tick.symbol)), (Some("SHFE"), Some("rb2710")));
    assert_eq!((book.bid_e9[0], book.ask_e9[0]), (tick.bid_e9, tick.ask_e9));
    assert!(tick.price_e9 > 0 && tick.exch_ts_ns < tick.recv_ts_ns, "{tick:?}");
    let market = OrderRequest {
        order_type: TYPE_MARKET,
        tif: TIF_IOC,
        price_e9: ABSENT,
        open_close: OC_AUTO,
        ..buying(20, "rb2710", "SHFE", 0)
    };
    desk.sent(&market);
    assert_eq!(ended(desk, 20, CHANGE_FILLED).state, STATE_FILLED);
    let back = OrderRequest { side: SIDE_SELL, client_order_id: 21, ..market };
    desk.sent(&back);
    assert_eq!(ended(desk, 21, CHANGE_FILLED).state, STATE_FILLED);
    let request = desk.session.subscribe(&[symbol], false).unwrap();
    desk.answered(request).unwrap();
}

fn rest_and_cancel(desk: &mut Desk) {
    let told = desk.sent(&buying(1, "rb2710", "SHFE", 3_100));
    assert_eq!((told.state, text(&told.text)), (STATE_WORKING, "".into()));
    assert!(name(&told.broker_order_id).unwrap().starts_with("SHFE:"));
    assert_ne!(told.ts_ns, ABSENT);
    let request = desk.session.cancel(&cancel(1)).unwrap();
    let told = desk.told(request);
    assert_eq!((told.change, told.state), (CHANGE_CANCELED, STATE_CANCELED));
    assert_eq!(refused(desk.session.send(&buying(1, "rb2710", "SHFE", 3_100))).0, E_DUPLICATE);
}

fn fill(desk: &mut Desk, feeder: &TraderApi) {
    // At once, against the quote that is there.
    desk.sent(&buying(2, "rb2710", "SHFE", 3_200));
    let told = ended(desk, 2, CHANGE_FILLED);
    assert_eq!((told.state, told.filled_e9), (STATE_FILLED, 2 * ONE));
    // At a quote that has moved. What rests is matched by quotes of its own connection alone.
    feed(feeder, "DCE", "m2709", 2_980.0, 2_985.0);
    desk.sent(&buying(3, "m2709", "DCE", 2_990));
    ended(desk, 3, CHANGE_FILLED);
    desk.until("the fills", |it| (it.fills(2).len() == 1 && it.fills(3).len() == 1).then_some(()));
    // An IOC that does not fill: the library leaves it in the queue, and the plug-in ends it.
    desk.sent(&OrderRequest { tif: TIF_IOC, ..buying(4, "rb2710", "SHFE", 3_100) });
    ended(desk, 4, CHANGE_EXPIRED);
    let mut held = held(desk);
    held.sort();
    let both = [("m2709".to_owned(), SIDE_BUY, 2, 2), ("rb2710".to_owned(), SIDE_BUY, 2, 2)];
    assert_eq!(held, both);
}

fn refuse(desk: &mut Desk) {
    // More than the account can pay for: the library's own words, in its own letters.
    let told =
        desk.sent(&OrderRequest { qty_e9: 100_000 * ONE, ..buying(5, "rb2710", "SHFE", 3_200) });
    assert_eq!(told.change, CHANGE_REJECTED);
    assert_eq!((told.code, text(&told.vendor_code)), (E_REJECTED, "-1".into()));
    assert!(!text(&told.text).contains('\u{fffd}'));
    assert_eq!(desk.changes(5), [CHANGE_REJECTED], "once, however often it is told");
    let unknown = buying(6, "zz9999", "SHFE", 1);
    assert_eq!(refused(desk.session.send(&unknown)).0, E_INSTRUMENT);
}

fn close_positions(desk: &mut Desk) {
    let selling = |id, symbol, exchange, price, open_close| OrderRequest {
        side: SIDE_SELL,
        open_close,
        ..buying(id, symbol, exchange, price)
    };
    // Today's lots, by an offset of their own on this exchange and by none on the other.
    desk.sent(&selling(7, "rb2710", "SHFE", 3_199, OC_CLOSE));
    assert_eq!(ended(desk, 7, CHANGE_FILLED).state, STATE_FILLED);
    desk.sent(&selling(8, "m2709", "DCE", 2_980, OC_AUTO));
    assert_eq!(ended(desk, 8, CHANGE_FILLED).state, STATE_FILLED);
    desk.until("the fills", |it| (it.fills(7).len() == 1 && it.fills(8).len() == 1).then_some(()));
    assert_eq!(held(desk), []);
}
