//! What a plug-in must hold before anybody logs in: versions, sizes, missing things.

use aftm_exchange_abi::{
    CAP_AMEND, CAP_CANCEL_ALL, CAP_FEED, CAP_MULTI_SESSION, CAP_QUOTES, E_ABI, E_STATE, Info, OK,
    OpenParams, OrderRequest, Status, Versioned, code_name,
};

use super::Plan;
use super::frame::{Frame, Seen, failed, hold, skipped};
use crate::fault::{CallError, OpenError};
use crate::load::Plugin;
use crate::session::Opening;

/// An option that no plug-in knows.
const STRANGE: &str = "no_such_option_of_any_plugin";

pub(super) fn before_a_session(frame: &mut Frame<'_>, plugin: &Plugin, plan: &Plan) {
    frame.step("another major version", || {
        hold(plugin.refuses(99), || "the entry serves major version 99; return NULL".to_owned())?;
        Ok("the entry refuses version 99".to_owned())
    });
    frame.step("capabilities and functions agree", || capabilities(plugin));
    frame.step("info of another size", || info_sizes(plugin));
    frame.step("close without a session", || close_nothing(plugin));
    frame.step("open with an unknown option", || strange_option(plugin, plan));
    frame.step("open without a folder", || no_folder(plugin));
    frame.step("a request before login", || early(plugin, plan));
}

fn capabilities(plugin: &Plugin) -> Seen {
    let api = plugin.api();
    let pairs = [
        ("CAP_QUOTES", CAP_QUOTES, "subscribe", api.subscribe.is_some()),
        ("CAP_AMEND", CAP_AMEND, "amend_order", api.amend_order.is_some()),
        ("CAP_CANCEL_ALL", CAP_CANCEL_ALL, "cancel_all", api.cancel_all.is_some()),
        ("CAP_FEED", CAP_FEED, "feed_tick", api.feed_tick.is_some()),
    ];
    for (cap, bit, function, is_there) in pairs {
        let is_said = plugin.can(bit);
        let why = || format!("{cap} is {is_said} and {function} is there: {is_there}");
        hold(is_said == is_there, why)?;
    }
    let known = (CAP_MULTI_SESSION << 1) - 1;
    let odd = plugin.identity().caps & !known;
    hold(odd == 0, || format!("caps has bits that are not defined: {odd:#x}"))?;
    Ok("what is announced is there, and nothing else".to_owned())
}

/// A struct with room behind it, as one of a later version has.
#[repr(C)]
struct Longer<T> {
    value: T,
    rest: [u8; 64],
}

fn info_sizes(plugin: &Plugin) -> Seen {
    let Some(info) = plugin.api().info else { return Err(skipped("there is no info")) };
    let mut short = Info { struct_size: 16, ..Info::blank() };
    // SAFETY: the struct has more bytes than it says.
    let code = unsafe { info(&raw mut short) };
    hold(code == E_ABI, || format!("with 16 bytes info returns {}, not E_ABI", code_name(code)))?;
    hold(short.name == [0; 48], || "info writes into a struct that is too small".to_owned())?;
    let struct_size = Info::blank().struct_size + 64;
    let info_of_later = Info { struct_size, ..Info::blank() };
    let mut long = Longer { value: info_of_later, rest: [7; 64] };
    // SAFETY: the room has as many bytes as it says.
    let code = unsafe { info((&raw mut long).cast()) };
    hold(code == OK, || format!("with a larger struct info returns {}", code_name(code)))?;
    let is_untouched = std::hint::black_box(&long.rest) == &[7; 64];
    hold(is_untouched || long.value.struct_size == struct_size, || {
        "info writes more than it says that it wrote".to_owned()
    })?;
    Ok("too small is E_ABI, larger is filled as far as both know".to_owned())
}

fn close_nothing(plugin: &Plugin) -> Seen {
    let Some(close) = plugin.api().close else { return Err(skipped("there is no close")) };
    // SAFETY: NULL is allowed.
    let code = unsafe { close(std::ptr::null_mut(), 100) };
    hold(code == OK, || format!("close(NULL) returns {}", code_name(code)))?;
    Ok("close(NULL) is fine".to_owned())
}

fn strange_option(plugin: &Plugin, plan: &Plan) -> Seen {
    let options = vec![(STRANGE.to_owned(), "1".to_owned())];
    match plugin.open(&Opening { options, ..plan.opening() }) {
        Err(OpenError::Refused(refusal)) => {
            let is_named = refusal.text.contains(STRANGE);
            hold(is_named, || format!("the refusal does not name the option: {refusal}"))?;
            Ok(refusal.to_string())
        }
        Err(other) => Err(failed(other)),
        Ok(_) => Err(failed("it opens a session with an option that it cannot know")),
    }
}

/// The host never opens a session without a folder, so that this goes to the plug-in directly.
fn no_folder(plugin: &Plugin) -> Seen {
    let Some(open) = plugin.api().open else { return Err(skipped("there is no open")) };
    let (params, mut session, mut err) =
        (OpenParams::blank(), std::ptr::null_mut(), Status::blank());
    let callbacks = aftm_exchange_abi::Callbacks::blank();
    let (out, err_at) = (&raw mut session, &raw mut err);
    // SAFETY: all that is passed lives during the call; the callbacks are missing, which a plug-in
    // has to refuse as well.
    let code = unsafe { open(&raw const params, &raw const callbacks, out, err_at) };
    hold(code != OK, || "it opens a session without a folder and without callbacks".to_owned())?;
    hold(session.is_null(), || "open fails and hands out a session all the same".to_owned())?;
    Ok(format!("refused with {}", code_name(code)))
}

fn early(plugin: &Plugin, plan: &Plan) -> Seen {
    let session = plugin.open(&plan.opening()).map_err(failed)?;
    let order = OrderRequest { client_order_id: 1, qty_e9: 1_000_000_000, ..OrderRequest::blank() };
    let sent = session.send(&order);
    if let Some(breach) = session.broken() {
        return Err(failed(breach));
    }
    let closed = session.close(plan.answer_wait).map_err(failed);
    match sent {
        Err(CallError::Refused(it)) if it.code == E_STATE => closed.map(|_| it.to_string()),
        Err(other) => Err(failed(format!("it is not E_STATE: {other}"))),
        Ok(_) => Err(failed("an order is taken before anybody logged in")),
    }
}
