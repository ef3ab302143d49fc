//! The host's own side, with a plug-in in this process.

use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, TryRecvError, channel};
use std::time::Duration;

use aftm_plugin_host::abi::{
    CancelRequest, E_NO_ORDER, OC_AUTO, OrderRequest, QUERY_ACCOUNTS, QUERY_POSITIONS, Query,
    SIDE_BUY, TIF_ROD, TYPE_LIMIT, Versioned, put_name,
};
use aftm_plugin_host::{
    Breach, CallError, Credentials, LoadFault, Market, News, OpenError, Opening, Plugin, Secret,
    Session, Taken, What,
};

use crate::compiler::{Built, example, hostile};

const WAIT: Duration = Duration::from_secs(20);

fn opened(built: &Built) -> (Plugin, Session) {
    let plugin = Plugin::load(&built.library).unwrap();
    let session = plugin.open(&Opening::new(built.folder.path().to_owned())).unwrap();
    (plugin, session)
}

fn demo() -> Credentials {
    let secret = |it: &str| Secret::new(it.to_owned());
    Credentials::new().with("user", secret("demo")).with("password", secret("demo"))
}

/// Everything that is told until a request is answered.
fn answered(session: &Session, req_id: u64) -> Vec<News> {
    let (mut heard, mut taken) = (Vec::<News>::new(), Taken::default());
    while !heard.iter().any(|it| it.is_last && it.req_id == req_id) {
        assert!(session.wait(WAIT), "no answer to {req_id}: {heard:?}");
        session.take(&mut taken);
        assert_eq!(taken.broken, None);
        heard.append(&mut taken.news);
    }
    heard
}

#[test]
fn a_path_must_be_whole_and_a_library_there() {
    let refused = |path: &str| Plugin::load(Path::new(path)).unwrap_err();
    assert_eq!(refused("libexample.so").fault, LoadFault::Relative);
    let missing = refused("/nowhere/libexample.so").to_string();
    assert!(missing.starts_with("/nowhere/libexample.so: it cannot be loaded: "), "{missing}");
    let text = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
    assert!(matches!(refused(text).fault, LoadFault::Loader(_)));
}

#[test]
fn a_session_tells_in_order_what_it_was_asked_for() {
    let built = example();
    let (plugin, session) = opened(&built);
    assert_eq!(plugin.identity().name, "example-c");
    let heard = answered(&session, session.login(demo(), false, None).unwrap());
    assert!(matches!(heard[0].what, What::Connection(_)), "{heard:?}");
    assert!(matches!(heard[1].what, What::Account(_)), "{heard:?}");
    assert!(matches!(heard[2].what, What::Answer(Ok(()))), "{heard:?}");
    for (what, rows) in [(QUERY_ACCOUNTS, 1), (QUERY_POSITIONS, 0)] {
        let req = session.query(&Query { what, ..Query::blank() });
        assert_eq!(answered(&session, req.unwrap()).len(), rows + 1);
    }
    let unknown = CancelRequest { client_order_id: 9, ..CancelRequest::blank() };
    let Err(CallError::Refused(why)) = session.cancel(&unknown) else { panic!("it was sent") };
    assert_eq!(why.code, E_NO_ORDER);
    assert_eq!(why.to_string(), "there is no such order (E_NO_ORDER)");
    assert_eq!(session.settle(), Err(CallError::NotOffered("settle")));
    assert_eq!(session.under_way(), None);
    let closed = session.close(WAIT).unwrap();
    assert_eq!((closed.late_calls(), closed.rest.news.len()), (0, 0));
}

#[test]
fn a_folder_must_be_whole() {
    let plugin = Plugin::load(&example().library).unwrap();
    let refused = plugin.open(&Opening::new("state".into())).err();
    assert_eq!(refused, Some(OpenError::Folder("state".into())));
}

#[test]
fn a_plug_in_that_takes_one_session_is_asked_for_one() {
    let built = hostile("table.c", "ONE_AT_A_TIME");
    let (plugin, session) = opened(&built);
    let opening = Opening::new(built.folder.path().to_owned());
    assert_eq!(plugin.open(&opening).err(), Some(OpenError::Occupied));
    // A session that is dropped is closed.
    drop(session);
    let session = plugin.open(&opening).unwrap();
    assert_eq!(plugin.open(&opening).err(), Some(OpenError::Occupied));
    session.close(WAIT).unwrap();
    assert!(plugin.open(&opening).is_ok());
}

#[test]
fn ticks_are_conflated_and_counted() {
    let built = hostile("events.c", "FLOODS_TICKS");
    let (_plugin, session) = opened(&built);
    session.login(demo(), false, None).unwrap();
    let mut taken = Taken::default();
    session.take(&mut taken);
    let newest = taken.market.iter().map(|it| match it {
        Market::Tick(tick) => (tick.symbol[0], tick.price_e9),
        Market::Book(_) => panic!("no book was told"),
    });
    assert_eq!(newest.collect::<Vec<_>>(), [(b'A', 99_999), (b'B', 99_997), (b'C', 99_998)]);
    assert_eq!(taken.counts.replaced, 99_997);
    assert_eq!((taken.news.len(), taken.broken), (3, None));
}

#[test]
fn lines_of_the_log_are_bounded_and_harmless() {
    let built = hostile("events.c", "FLOODS_THE_LOG");
    let (_plugin, session) = opened(&built);
    session.login(demo(), false, None).unwrap();
    let mut taken = Taken::default();
    session.take(&mut taken);
    assert_eq!(taken.log.len(), 1_024);
    assert_eq!(taken.log.last().unwrap().text, "[2Jagain");
    assert!(taken.counts.lines_lost > 90_000);
}

#[test]
fn a_broken_session_keeps_what_was_told_takes_no_calls_and_can_be_closed() {
    let built = hostile("events.c", "FLOODS");
    let (plugin, session) = opened(&built);
    // The plug-in took the login before anybody saw the flood.
    session.login(demo(), false, None).unwrap();
    let breach = Breach::Flood { max: 65_536 };
    assert_eq!(session.logout(), Err(CallError::Broken(breach.clone())));
    let closed = session.close(WAIT).unwrap();
    assert_eq!((closed.rest.news.len(), closed.rest.broken), (65_536, Some(breach)));
    assert!(!plugin.is_dead(), "it was closed as it should be");
    assert!(plugin.open(&Opening::new(built.folder.path().to_owned())).is_ok());
}

#[test]
fn a_session_that_is_not_closed_in_time_leaves_a_dead_plug_in() {
    let built = hostile("hangs.c", "IN_CLOSE");
    let (plugin, session) = opened(&built);
    let refused = session.close(Duration::from_millis(20)).err().unwrap();
    assert_eq!(refused.to_string(), "close has not returned for 520ms; start the process again");
    assert!(plugin.is_dead());
    let again = plugin.open(&Opening::new(built.folder.path().to_owned()));
    assert_eq!(again.err(), Some(OpenError::Dead));
}

#[test]
fn a_call_that_does_not_return_holds_up_no_other_call() {
    let built = hostile("hangs.c", "IN_LOGIN");
    let plugin = Plugin::load(&built.library).unwrap();
    let opening = Opening {
        turn_wait: Duration::from_millis(20),
        ..Opening::new(built.folder.path().to_owned())
    };
    // The thread in the plug-in stays there until the process ends, and the session with it.
    let session: &'static Session = Box::leak(Box::new(plugin.open(&opening).unwrap()));
    let (says, hears) = channel();
    std::thread::spawn(move || {
        says.send(()).unwrap();
        session.login(demo(), false, None)
    });
    hears.recv().unwrap();
    while session.under_way().is_none() {
        std::thread::yield_now();
    }
    let refused = session.logout().unwrap_err().to_string();
    assert_eq!(refused, "logout was not called: login has not returned for 20ms");
    assert_eq!(session.under_way(), Some("login"));
}

#[test]
fn a_session_that_calls_back_after_close_finds_a_shut_gate() {
    let built = hostile("late.c", "NOTHING");
    let (_plugin, session) = opened(&built);
    let closed = session.close(WAIT).unwrap();
    assert!(closed.late_within(WAIT) > 0);
    assert_eq!(closed.rest.news.len(), 0);
}

fn order(client_order_id: u64) -> OrderRequest {
    let mut order = OrderRequest {
        client_order_id,
        price_e9: 16_500_000_000_000,
        qty_e9: 1_000_000_000,
        side: SIDE_BUY,
        order_type: TYPE_LIMIT,
        tif: TIF_ROD,
        open_close: OC_AUTO,
        ..OrderRequest::blank()
    };
    put_name(&mut order.account, "EXAMPLE-1").unwrap();
    put_name(&mut order.symbol, "DEMO").unwrap();
    order
}

fn with_bell(built: &Built) -> (Session, Receiver<()>) {
    let (rings, heard) = channel();
    let opening = Opening {
        bell: Some(Arc::new(move || rings.send(()).unwrap_or_default())),
        ..Opening::new(built.folder.path().to_owned())
    };
    (Plugin::load(&built.library).unwrap().open(&opening).unwrap(), heard)
}

#[test]
fn a_bell_rings_for_what_another_thread_tells() {
    let built = hostile("threads.c", "NOTHING");
    let (session, heard) = with_bell(&built);
    session.login(demo(), false, None).unwrap();
    session.take(&mut Taken::default());
    assert!(heard.try_recv().is_err(), "opening and login tell on the thread that calls");
    let req_id = session.send(&order(1)).unwrap();
    heard.recv_timeout(WAIT).unwrap();
    let mut taken = Taken::default();
    session.take(&mut taken);
    assert_eq!((taken.news[0].req_id, taken.news[0].is_last), (req_id, true));
    session.close(WAIT).unwrap();
    assert!(heard.recv_timeout(WAIT).is_err(), "the bell goes with the session");
}

#[test]
fn no_bell_rings_for_what_a_call_tells_on_its_own_thread() {
    let built = example();
    let (session, heard) = with_bell(&built);
    session.login(demo(), false, None).unwrap();
    session.send(&order(1)).unwrap();
    assert_eq!(heard.try_recv(), Err(TryRecvError::Empty));
    let mut taken = Taken::default();
    session.take(&mut taken);
    assert_eq!((taken.news.len(), taken.log.len()), (4, 1));
}

#[test]
fn a_lookout_sees_no_call_where_there_is_none() {
    let built = example();
    let (_plugin, session) = opened(&built);
    let lookout = session.lookout();
    session.close(WAIT).unwrap();
    assert_eq!(lookout.under_way(), None);
}
