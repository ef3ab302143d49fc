//! A host that takes its time in a callback: calls return all the same, and nothing is lost.

use std::time::Duration;

use super::desk::Desk;
use super::frame::Seen;
use super::orders::{cancel_request, rest};

/// How long each callback takes.
const DELAY: Duration = Duration::from_millis(200);

/// Orders that are sent and canceled meanwhile.
const ORDERS: usize = 1;

/// Sends orders and cancels them while every callback takes its time. A call that never returns is
/// seen by whoever watches the check.
pub(super) fn host(desk: &mut Desk<'_>) -> Seen {
    desk.session.slow_down(DELAY);
    let done = trade(desk);
    desk.session.slow_down(Duration::ZERO);
    done?;
    Ok(format!("{ORDERS} order sent and canceled, each callback taking {DELAY:?}"))
}

fn trade(desk: &mut Desk<'_>) -> Seen<()> {
    for _ in 0..ORDERS {
        let order = rest(desk)?;
        let req = desk.session.cancel(&cancel_request(&order));
        desk.answered(req)?;
    }
    Ok(())
}
