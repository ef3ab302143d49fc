//! Logging in, and a process that dies and comes back.

use super::*;

#[test]
fn a_login_is_answered_when_the_venue_has_answered_and_listed_how_everything_stands() {
    let mut rig = Apart::new(true);
    let login = |password: &str| Request::Login {
        user: id("demo"),
        password: Some(Secret::new(password.to_owned())),
        production: false,
    };
    // Nobody is there yet: the login waits for the process.
    rig.core.serve(&login("wrong"), Door::Desk, rig.now).unwrap_err();
    assert!(rig.core.is_logging_in() && rig.line.calls().is_empty());
    rig.hello(fed());
    let calls = rig.line.calls();
    let [VenueCall::Login { credentials, production: false, .. }] = &calls[..] else {
        panic!("{calls:?}")
    };
    let keys: Vec<_> = credentials.iter().map(|it| it.0.as_str()).collect();
    assert_eq!(keys, ["user", "password"]);
    assert!(!format!("{calls:?}").contains("wrong"), "a password is never printed");
    let refusal = Refusal { code: "AUTH".to_owned(), text: "no such password".to_owned() };
    rig.tell(VenueWord::LoginRefused { refusal });
    let refused = rig.core.take_login().unwrap().unwrap_err();
    assert_eq!((refused.code.as_str(), rig.core.is_logging_in()), ("AUTH", false));
    rig.core.serve(&login("right"), Door::Desk, rig.now).unwrap_err();
    rig.listed(&[], &[], &[]);
    assert!(rig.core.take_login().unwrap().is_ok());
    assert!(rig.core.state().is_connected);
    rig.check();
}

#[test]
fn a_login_that_nobody_answers_is_given_up_after_a_minute() {
    let mut rig = Apart::new(true);
    let login = Request::Login { user: id("demo"), password: None, production: false };
    rig.core.serve(&login, Door::Desk, rig.now).unwrap_err();
    rig.hear();
    rig.now = rig.now.after(61 * SECOND);
    rig.hear();
    assert_eq!(rig.core.take_login().unwrap().unwrap_err().code, "LOGIN");
    assert!(!rig.core.is_logging_in());
}

#[test]
fn without_relogin_the_session_is_over_when_the_process_dies() {
    let mut rig = Apart::in_session(false);
    rig.line.die();
    rig.hear();
    assert!(rig.core.state().session.is_none());
    rig.hello(fed());
    assert!(!rig.line.calls().iter().any(|it| matches!(it, VenueCall::Login { .. })));
    assert_eq!(rig.alerts("LOGGED_OUT").len(), 1);
    rig.check();
}

#[test]
fn a_login_that_cannot_be_repeated_for_now_is_tried_again_and_one_that_is_refused_is_not() {
    let mut rig = Apart::in_session(true);
    rig.line.die();
    rig.hear();
    rig.hello(fed());
    rig.line.calls();
    let refusal = |code: &str| Refusal { code: code.to_owned(), text: "not now".to_owned() };
    rig.tell(VenueWord::LoginRefused { refusal: refusal("NOT_CONNECTED") });
    assert!(rig.line.calls().is_empty());
    rig.now = rig.now.after(2 * SECOND);
    rig.hear();
    let again = rig.line.calls();
    assert!(matches!(again[..], [VenueCall::Login { .. }]), "{again:?}");
    rig.tell(VenueWord::LoginRefused { refusal: refusal("AUTH") });
    rig.now = rig.now.after(60 * SECOND);
    rig.hear();
    assert!(rig.line.calls().is_empty() && rig.core.state().session.is_none());
}

#[test]
fn a_process_that_comes_back_is_shown_the_instruments_and_the_market_before_it_logs_in() {
    let mut rig = Apart::in_session(true);
    rig.core.serve(&Request::AddItem { item: id(ITEM) }, Door::Desk, rig.now).unwrap();
    for (sequence, price) in [(1, 17_300), (2, 17_310)] {
        let time = ExchangeTime { at: rig.now, offset: ExchangeTime::TAIPEI };
        let (price, quantity) = (points(price), lots(1));
        let tick = Tick { sequence, item: id(ITEM), price, quantity, time, received: rig.now };
        rig.core.tick(&tick, None, rig.now);
        if sequence == 1 {
            rig.taken();
        }
    }
    rig.line.calls();
    rig.line.die();
    rig.hear();
    rig.hello(fed());
    let calls = rig.line.calls();
    let [
        VenueCall::List { .. },
        VenueCall::Tick { tick: first, again: true, .. },
        VenueCall::Tick { tick: second, again: false, .. },
        VenueCall::Login { now, .. },
    ] = &calls[..]
    else {
        panic!("{calls:?}")
    };
    // Nobody knows whether the second was traded; the first was.
    assert_eq!((first.sequence, second.sequence), (1, 2));
    assert_eq!(*now, rig.core.time());
}

#[test]
fn f25_a_process_of_another_version_is_not_spoken_to() {
    let mut rig = Apart::new(true);
    rig.line.0.lock().unwrap().is_there = true;
    rig.tell(VenueWord::Hello {
        pid: 7,
        version: "0.0.1".to_owned(),
        protocol: PROTOCOL - 1,
        plugin: "sim".to_owned(),
        abilities: fed(),
    });
    assert!(!rig.line.0.lock().unwrap().is_there && rig.line.calls().is_empty());
    assert_eq!(rig.alerts("PROTOCOL").len(), 1);
}

#[test]
fn the_clock_of_a_recorded_feed_waits_for_orders_that_work_there_and_for_who_comes_back() {
    let mut rig = Apart::in_session(true);
    assert!(rig.core.is_level(), "nothing works there, and it is not far behind");
    rig.hear();
    rig.taken();
    let order = rig.place(limit(Side::Buy, 17_200, 1));
    assert!(!rig.core.is_level());
    rig.line.say(accepted(order));
    rig.taken();
    assert!(rig.core.is_level());
    rig.line.die();
    rig.hear();
    assert!(!rig.core.is_level(), "it logs in again");
}
