//! Logging in, and lists.

use aftm_exchange_abi::{
    ABSENT, CAP_FEED, CAP_QUOTES, E_AUTH, E_STATE, Instrument, QUERY_ACCOUNTS, QUERY_FILLS,
    QUERY_INSTRUMENTS, QUERY_ORDERS, QUERY_POSITIONS, Query, Symbol, Versioned, name, put_name,
};

use super::desk::{Desk, refusal};
use super::frame::{Fault, Frame, Seen, failed, hold, skipped};
use crate::fault::CallError;
use crate::news::{News, What};
use crate::secret::Secret;

/// A password that is nobody's, and easy to find again where it must not be.
const WRONG: &str = "aftm-check-wrong-password-7d1f";

pub(super) fn log_in(frame: &mut Frame<'_>, desk: &mut Desk<'_>) {
    if desk.plan.credentials.is_empty() {
        return frame.skip("login", "no credentials were given");
    }
    desk.watch.secret = Some(WRONG.to_owned());
    desk.step(frame, "login with a wrong password", wrong);
    desk.step(frame, "login", right);
    if desk.is_logged_in {
        desk.step(frame, "login once more", again);
    }
}

fn wrong(desk: &mut Desk<'_>) -> Seen {
    let mut credentials = crate::Credentials::new();
    for (key, value) in desk.plan.credentials.pairs() {
        let is_user = key == "user";
        let value = if is_user { value.clone() } else { Secret::new(WRONG.to_owned()) };
        credentials = credentials.with(key, value);
    }
    let said = match desk.session.login(credentials, false, desk.now()) {
        Err(CallError::Refused(it)) if it.code == E_AUTH => it.to_string(),
        Err(other) => return Err(failed(other)),
        Ok(req_id) => {
            let heard = desk.answered(Ok(req_id))?;
            let answer = heard.last().map(|it| &it.what);
            let Some(What::Answer(Err(why))) = answer else {
                return Err(accepted(desk));
            };
            hold(why.code == E_AUTH, || format!("it is not E_AUTH: {why}"))?;
            why.to_string()
        }
    };
    hold(!said.contains(WRONG), || "the refusal repeats the password".to_owned())?;
    Ok(said)
}

/// A wrong password that is taken. A venue that trades against the host's feed moves nothing that a
/// password would guard; every other one must refuse it.
fn accepted(desk: &mut Desk<'_>) -> Fault {
    if !desk.session.plugin().can(CAP_FEED) {
        return failed("a wrong password is accepted");
    }
    let req = desk.session.logout();
    if let Err(fault) = desk.answered(req) {
        return fault;
    }
    desk.watch.forget_login();
    skipped("it trades against the feed and takes any password")
}

pub(super) fn right(desk: &mut Desk<'_>) -> Seen {
    let req = desk.session.login(desk.plan.credentials.clone(), false, desk.now());
    let heard = desk.answered(req)?;
    if let Some(why) = refusal(&heard) {
        return Err(failed(why));
    }
    let accounts = heard.iter().filter(|it| matches!(it.what, What::Account(_))).count();
    hold(accounts > 0, || "no ACCOUNT event came before the answer".to_owned())?;
    desk.is_logged_in = true;
    Ok(format!("accounts: {accounts}"))
}

fn again(desk: &mut Desk<'_>) -> Seen {
    match desk.session.login(desk.plan.credentials.clone(), false, desk.now()) {
        Err(CallError::Refused(it)) if it.code == E_STATE => Ok(it.to_string()),
        Err(other) => Err(failed(format!("it is not E_STATE: {other}"))),
        Ok(_) => Err(failed("a second login is taken")),
    }
}

pub(super) fn lists(frame: &mut Frame<'_>, desk: &mut Desk<'_>) {
    let lists = [
        ("list accounts", QUERY_ACCOUNTS),
        ("list positions", QUERY_POSITIONS),
        ("list orders", QUERY_ORDERS),
        ("list fills", QUERY_FILLS),
    ];
    for (step, what) in lists {
        desk.step(frame, step, |desk| Ok(format!("rows: {}", list(desk, what)?.len())));
    }
    desk.step(frame, "a list without rows", empty);
    desk.step(frame, "list instruments", instruments);
    desk.step(frame, "an unknown list", unknown);
    desk.step(frame, "subscribe", subscribe);
}

/// The rows of a list.
pub(super) fn list(desk: &mut Desk<'_>, what: u16) -> Seen<Vec<News>> {
    rows(desk, &Query { what, ..Query::blank() })
}

pub(super) fn rows(desk: &mut Desk<'_>, query: &Query) -> Seen<Vec<News>> {
    let req = desk.session.query(query);
    if let Ok(req_id) = &req {
        desk.watch.lists.insert(*req_id);
    }
    let heard = desk.answered(req.clone())?;
    if let Some(why) = refusal(&heard) {
        return Err(failed(why));
    }
    let req_id = req.unwrap_or_default();
    Ok(heard.into_iter().filter(|it| it.req_id == req_id && !it.is_last).collect())
}

/// Lists the orders of an account that is not there.
fn empty(desk: &mut Desk<'_>) -> Seen {
    let mut query = Query { what: QUERY_ORDERS, ..Query::blank() };
    if put_name(&mut query.account, "aftm-check-nobody").is_err() {
        return Err(skipped("the account does not fit"));
    }
    let req = desk.session.query(&query);
    if let Err(CallError::Refused(why)) = &req {
        return Ok(format!("refused: {why}"));
    }
    let heard = desk.answered(req)?;
    let rows = heard.iter().filter(|it| matches!(it.what, What::Order(_))).count();
    hold(rows == 0, || format!("{rows} orders of an account that is not there"))?;
    Ok("one answer and nothing else".to_owned())
}

pub(super) fn instruments(desk: &mut Desk<'_>) -> Seen {
    let mut rows = list(desk, QUERY_INSTRUMENTS)?;
    if rows.is_empty() {
        let Some(told) = &desk.plan.instrument else {
            return Err(skipped("it has none, and the check was given none to tell it of"));
        };
        desk.session.list_instrument(told).map_err(failed)?;
        desk.instrument = Some(*told);
        rows = list(desk, QUERY_INSTRUMENTS)?;
    }
    let all: Vec<_> = rows
        .iter()
        .filter_map(|it| match &it.what {
            What::Instrument(it) => Some(**it),
            _ => None,
        })
        .collect();
    all.iter().try_for_each(sane)?;
    desk.instrument = desk.instrument.or(all.first().copied());
    Ok(format!("instruments: {}", all.len()))
}

/// What trading an instrument needs.
fn sane(it: &Instrument) -> Seen<()> {
    let symbol = name(&it.symbol).unwrap_or_default();
    let bands = usize::from(it.ticks_n);
    hold((1..=8).contains(&bands), || format!("{symbol} has ticks_n {bands}, not 1 to 8"))?;
    let is_stepped = it.tick_e9.iter().take(bands).all(|it| *it > 0);
    hold(is_stepped, || format!("{symbol} has a tick that is not above 0"))?;
    let rises = it.tick_from_e9.iter().take(bands).is_sorted_by(|one, next| one < next);
    let starts = it.tick_from_e9.first().is_some_and(|it| *it != ABSENT);
    hold(rises && starts, || format!("{symbol} has bands of ticks that do not rise"))?;
    hold(it.multiplier_e9 > 0, || format!("{symbol} has multiplier_e9 {}", it.multiplier_e9))?;
    hold(it.lot_step_e9 > 0, || format!("{symbol} has lot_step_e9 {}", it.lot_step_e9))
}

fn unknown(desk: &mut Desk<'_>) -> Seen {
    let req = desk.session.query(&Query { what: 9_999, ..Query::blank() });
    match req {
        Err(CallError::Refused(why)) => Ok(why.to_string()),
        other => {
            let heard = desk.answered(other)?;
            refusal(&heard).ok_or_else(|| failed("a list that does not exist is answered"))
        }
    }
}

fn subscribe(desk: &mut Desk<'_>) -> Seen {
    if !desk.session.plugin().can(CAP_QUOTES) {
        return Err(skipped("it offers no quotes"));
    }
    let Some(it) = &desk.instrument else { return Err(skipped("there is no instrument")) };
    let symbols = [Symbol { exchange: it.exchange, symbol: it.symbol }];
    for is_on in [true, false] {
        let req = desk.session.subscribe(&symbols, is_on);
        let heard = desk.answered(req)?;
        if let Some(why) = refusal(&heard) {
            return Err(failed(why));
        }
    }
    Ok("on and off are answered".to_owned())
}
