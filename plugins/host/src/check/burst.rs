//! Many orders at once, and orders as another version of the interface would send them.

use std::collections::HashSet;
use std::sync::mpsc;
use std::thread;

use aftm_exchange_abi::{
    E_ABI, E_BUSY, OrderRequest, OrderUpdate, STATE_REJECTED, STATE_WORKING, Versioned, code_name,
};

use super::desk::Desk;
use super::frame::{Seen, failed, hold};
use super::orders::cancel_request;
use super::ticket;
use crate::fault::CallError;
use crate::news::{News, What};

/// Threads that send at the same time.
const THREADS: usize = 4;

/// An order with room behind it, as one of a later version has.
#[repr(C)]
#[derive(Clone, Copy)]
struct Longer {
    order: OrderRequest,
    later: [u64; 8],
}

/// Smaller than it ever was is refused; larger is served.
pub(super) fn sizes(desk: &mut Desk<'_>) -> Seen {
    let size = OrderRequest::blank().struct_size;
    let short = OrderRequest { struct_size: size - 8, ..ticket::resting(desk)? };
    match sized(desk, &Longer { order: short, later: [0; 8] }) {
        Err(CallError::Refused(it)) if it.code == E_ABI => (),
        Err(CallError::Refused(it)) => {
            return Err(failed(format!("too small is {}, not E_ABI", code_name(it.code))));
        }
        Err(other) => return Err(failed(other)),
        Ok(_) => return Err(failed("an order that is too small is taken")),
    }
    let order = OrderRequest { struct_size: size + 64, ..ticket::resting(desk)? };
    let req = sized(desk, &Longer { order, later: [u64::MAX; 8] });
    let heard = desk.answered(req)?;
    let Some(What::Order(told)) = heard.last().map(|it| &it.what) else {
        return Err(failed("the answer is no ORDER event"));
    };
    let state = told.state;
    hold(state == STATE_WORKING, || format!("a larger order is in state {state}"))?;
    let req = desk.session.cancel(&cancel_request(told));
    desk.answered(req)?;
    Ok("too small is E_ABI, larger is served".to_owned())
}

fn sized(desk: &Desk<'_>, longer: &Longer) -> Result<u64, CallError> {
    let function = desk.session.plugin().api().send_order;
    // SAFETY: the session is open, and the order, with at least as many bytes as it says, lives
    // during the call.
    desk.session.request("send_order", function, |call, at, req_id, err| unsafe {
        call(at, std::ptr::from_ref(longer).cast(), req_id, err)
    })
}

/// Sends many orders from several threads, waits for every answer, then cancels them.
pub(super) fn four_threads(desk: &mut Desk<'_>) -> Seen {
    let wanted = usize::try_from(desk.plan.burst).unwrap_or(0);
    let orders: Vec<_> = (0..wanted).map(|_| ticket::resting(desk)).collect::<Seen<_>>()?;
    let (said, sent) = mpsc::channel();
    let mut heard = Vec::new();
    thread::scope(|scope| {
        for part in orders.chunks(wanted.div_ceil(THREADS).max(1)) {
            let (session, said) = (&desk.session, said.clone());
            scope.spawn(move || part.iter().for_each(|it| drop(said.send(session.send(it)))));
        }
        drop(said);
    });
    let mut waiting = HashSet::new();
    for result in sent {
        match result {
            Ok(req_id) => {
                waiting.insert(req_id);
            }
            // A limit that is stated is no fault; the order was not sent.
            Err(CallError::Refused(it)) if it.code == E_BUSY => (),
            Err(other) => return Err(failed(other)),
        }
    }
    let taken = waiting.len();
    while !waiting.is_empty() {
        let next = desk.until("the answers to a burst", |it| it.is_last)?;
        for it in next.iter().filter(|it| it.is_last) {
            waiting.remove(&it.req_id);
        }
        heard.extend(next);
    }
    let working = heard.iter().filter_map(standing);
    let working: Vec<_> = working.collect();
    end(desk, &working)?;
    Ok(format!("{taken} of {wanted} orders sent and answered, {} canceled", working.len()))
}

fn standing(news: &News) -> Option<OrderUpdate> {
    match &news.what {
        What::Order(it) if news.is_last && it.state != STATE_REJECTED => Some(**it),
        _ => None,
    }
}

/// Cancels what a burst left.
fn end(desk: &mut Desk<'_>, working: &[OrderUpdate]) -> Seen<()> {
    for order in working {
        let req = desk.session.cancel(&cancel_request(order));
        desk.answered(req)?;
    }
    Ok(())
}
