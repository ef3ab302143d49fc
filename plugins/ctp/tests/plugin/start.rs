//! Logging in and out, and lists.

use aftm_plugin_host::abi::{
    CHANNEL_QUOTE, CHANNEL_TRADE, CONN_CONNECTING, CONN_DOWN, CONN_UP, E_ABI, E_ARG, E_AUTH, E_NET,
    E_PERMISSION, E_STATE, E_TIMEOUT, KIND_FUTURE, OK, QUERY_ACCOUNTS, QUERY_INSTRUMENTS,
    QUERY_POSITIONS, Query, SIDE_BUY, Versioned, name, put_name, text,
};
use aftm_plugin_host::{OpenError, Secret, What};

use crate::desk::{Desk, ONE, demo, order, refused, with_password};

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().unwrap()
}

fn query(what: u16) -> Query {
    Query { what, ..Query::blank() }
}

#[test]
fn a_login_tells_account_connections_and_its_answer() {
    let folder = folder();
    let mut desk = Desk::open(&folder, "rehearsal:plain", &[]);
    let request = desk.session.login(demo(), false, None).unwrap();
    desk.answered(request).unwrap();
    let account = desk.news.iter().find_map(|it| match &it.what {
        What::Account(account) if it.req_id == request => Some(**account),
        _ => None,
    });
    let account = account.expect("an account comes before the answer");
    assert_eq!((name(&account.account), account.equity_e4), (Some("demo"), 10_000_000_000));
    desk.until("market data", |it| {
        it.connections(CHANNEL_QUOTE).iter().any(|it| it.0 == CONN_UP).then_some(())
    });
    let up = desk.connections(CHANNEL_TRADE);
    assert_eq!(up, [(CONN_UP, OK, "logged in".to_owned())]);
    let again = refused(desk.session.login(demo(), false, None));
    assert_eq!(again.0, E_STATE);
    desk.close();
}

#[test]
fn the_program_authenticates_itself_where_it_has_a_code() {
    let folder = folder();
    let options = [("app_id", "aftm_1.0"), ("auth_code", "wrong")];
    let mut desk = Desk::open(&folder, "rehearsal:plain", &options);
    let request = desk.session.login(demo(), false, None).unwrap();
    let why = desk.answered(request).unwrap_err();
    assert_eq!((why.code, why.text.as_str()), (E_AUTH, "CTP:客户端认证失败 (CTP error 63)"));
    // A credential goes before an option.
    let right = demo().with("auth_code", Secret::new("0000".to_owned()));
    let request = desk.session.login(right, false, None).unwrap();
    desk.answered(request).unwrap();
    desk.close();
}

#[test]
fn a_wrong_password_is_the_venues_word_and_never_tried_again_by_itself() {
    let folder = folder();
    let mut desk = Desk::open(&folder, "rehearsal:plain", &[]);
    let request = desk.session.login(with_password("hunter2"), false, None).unwrap();
    let why = desk.answered(request).unwrap_err();
    assert_eq!((why.code, why.vendor_code.as_str()), (E_AUTH, "3"));
    assert_eq!(why.text, "CTP:不合法的登录 (CTP error 3)");
    let early = refused(desk.session.send(&order(1, "")));
    assert_eq!(early.0, E_STATE);
    let request = desk.session.login(demo(), false, None).unwrap();
    desk.answered(request).unwrap();
    assert!(!format!("{:?} {:?}", desk.news, desk.log).contains("hunter2"));
    desk.close();
}

#[test]
fn real_money_must_be_meant() {
    let folder = folder();
    let production = [("environment", "production")];
    let twice = Desk::try_open(&folder, "rehearsal:plain", &production).err();
    let Some(OpenError::Refused(why)) = twice else { panic!("{twice:?}") };
    assert_eq!(why.text, "the option environment is there twice");
}

#[test]
fn a_library_of_another_version_is_refused_before_it_is_used() {
    let folder = folder();
    let desk = Desk::open(&folder, "rehearsal:version", &[]);
    let (code, said) = refused(desk.session.login(demo(), false, None));
    assert_eq!(code, E_ABI);
    assert!(said.starts_with("the library is CTP 6.7.2, but this plug-in is built for"), "{said}");
    desk.close();
}

#[test]
fn options_and_credentials_are_checked_word_by_word() {
    let folder = folder();
    let why = |more: &[(&str, &str)]| match Desk::try_open(&folder, "rehearsal:plain", more) {
        Err(OpenError::Refused(it)) => (it.code, it.text),
        other => panic!("{:?}", other.err()),
    };
    assert_eq!(
        why(&[("reach_ticks", "many")]),
        (E_ARG, "the reach_ticks \"many\" is not a whole number from 0 to 1000".to_owned())
    );
    let desk = Desk::open(&folder, "rehearsal:plain", &[]);
    let odd = demo().with("pin", Secret::new("1234".to_owned()));
    let (code, said) = refused(desk.session.login(odd, false, None));
    assert_eq!(code, E_ARG);
    assert!(said.starts_with("the credential pin is unknown"), "{said}");
    assert_eq!(refused(desk.session.logout()).0, E_STATE);
    desk.close();
}

#[test]
fn lists_have_their_rows_and_filters() {
    let folder = folder();
    let mut desk = Desk::ready(&folder);
    let rows = desk.list(&query(QUERY_INSTRUMENTS));
    let What::Instrument(rb) = &rows[2] else { panic!("{rows:?}") };
    assert_eq!(
        (rb.kind, name(&rb.symbol), name(&rb.exchange)),
        (KIND_FUTURE, Some("rb2510"), Some("SHFE"))
    );
    assert_eq!((rb.tick_e9[0], rb.multiplier_e9), (ONE, 10 * ONE));
    assert_eq!(
        (rb.upper_e9, rb.lower_e9, rb.reference_e9),
        (3_500 * ONE, 2_900 * ONE, 3_190 * ONE)
    );
    assert_eq!((text(&rb.name), name(&rb.month)), ("螺纹钢".into(), Some("2025-10")));
    let mut only = query(QUERY_INSTRUMENTS);
    put_name(&mut only.exchange, "CFFEX").unwrap();
    assert_eq!(desk.list(&only).len(), 1);
    let rows = desk.list(&query(QUERY_POSITIONS));
    let [What::Position(held)] = &rows[..] else { panic!("{rows:?}") };
    assert_eq!((held.side, held.qty_e9, held.yesterday_e9), (SIDE_BUY, 2 * ONE, 2 * ONE));
    assert_eq!(held.avg_price_e9, 3_200 * ONE);
    assert_eq!(desk.list(&query(QUERY_ACCOUNTS)).len(), 1);
    let mut nobody = query(QUERY_ACCOUNTS);
    put_name(&mut nobody.account, "nobody").unwrap();
    assert_eq!(desk.list(&nobody).len(), 0);
    desk.close();
}

#[test]
fn a_front_that_says_nothing_is_told_and_the_login_ends() {
    let folder = folder();
    let mut desk = Desk::open(&folder, "rehearsal:silent", &[]);
    let request = desk.session.login(demo(), false, None).unwrap();
    let (state, code, said) = desk.until("the watchdog", |it| {
        it.connections(CHANNEL_TRADE).into_iter().find(|it| it.0 == CONN_CONNECTING)
    });
    assert_eq!((state, code), (CONN_CONNECTING, E_NET));
    assert!(said.contains("check its address and the network"), "{said}");
    let why = desk.answered(request).unwrap_err();
    assert_eq!(why.code, E_TIMEOUT);
    desk.close();
}

#[test]
fn a_front_that_takes_requests_and_answers_none_is_set_up_again() {
    let folder = folder();
    let mut desk = Desk::ready_with(&folder, "rehearsal:mute", &[]);
    let told = desk.connections(CHANNEL_TRADE);
    assert_eq!((told[0].0, told[0].1), (CONN_DOWN, E_TIMEOUT));
    assert_eq!(told.last().unwrap().0, CONN_UP);
    assert_eq!(desk.list(&query(QUERY_ACCOUNTS)).len(), 1);
    desk.close();
}

#[test]
fn a_logout_ends_both_connections_and_another_login_begins_anew() {
    let folder = folder();
    let mut desk = Desk::ready(&folder);
    let request = desk.session.logout().unwrap();
    desk.answered(request).unwrap();
    assert_eq!(desk.connections(CHANNEL_TRADE).last().unwrap().0, CONN_DOWN);
    assert_eq!(desk.connections(CHANNEL_QUOTE).last().unwrap().0, CONN_DOWN);
    assert_eq!(refused(desk.session.send(&order(1, ""))).0, E_STATE);
    let request = desk.session.login(demo(), false, None).unwrap();
    desk.answered(request).unwrap();
    desk.sent(&order(2, ""));
    desk.close();
}

#[test]
fn a_production_front_takes_no_login_that_does_not_say_so() {
    let folder = folder();
    let plugin = aftm_plugin_host::Plugin::load(&crate::desk::library()).unwrap();
    let mut opening = aftm_plugin_host::Opening::new(folder.path().to_owned());
    let options = [("front", "rehearsal:plain"), ("broker", "9999")];
    opening.options = options.map(|(key, value)| (key.into(), value.into())).to_vec();
    let session = plugin.open(&opening).unwrap();
    let (code, said) = refused(session.login(demo(), false, None));
    assert_eq!(code, E_PERMISSION);
    assert!(said.contains("set environment to simulated"), "{said}");
    assert!(session.login(demo(), true, None).is_ok());
    session.close(std::time::Duration::from_secs(20)).unwrap();
}
