//! Orders that make sense for whatever instrument the plug-in has.

use aftm_exchange_abi::{
    ABSENT, CAP_AUTO_OFFSET, Instrument, OC_AUTO, OC_OPEN, OrderRequest, SIDE_BUY, TIF_ROD,
    TYPE_LIMIT, Versioned,
};

use super::desk::Desk;
use super::frame::{Seen, skipped};

/// The step of prices at a price.
pub(super) fn step(it: &Instrument, price_e9: i64) -> i64 {
    let bands = it.tick_from_e9.iter().zip(it.tick_e9).take(usize::from(it.ticks_n));
    let at = bands.take_while(|(from, _)| **from <= price_e9).fold(None, |_, band| Some(band));
    at.map_or(1, |(_, step)| step.max(1))
}

/// A price that nothing trades at: the lowest of the day, or a fifth below the reference.
/// Where a limit is told as a part of the reference, no further than that.
fn far(it: &Instrument) -> Seen<i64> {
    let wanted = match (it.lower_e9, it.reference_e9) {
        (ABSENT, ABSENT) => return Err(skipped("the instrument has no price to begin with")),
        (ABSENT, reference) => below(reference, it.price_limit_ppm),
        (lower, _) => lower,
    };
    let step = step(it, wanted);
    // Up to the next step, so that it is not below the limit.
    Ok(wanted.saturating_add(step - 1).div_euclid(step).saturating_mul(step))
}

fn below(reference: i64, limit_ppm: u32) -> i64 {
    let part = if limit_ppm == 0 { 200_000 } else { limit_ppm.min(200_000) };
    let distance = i128::from(reference) * i128::from(part) / 1_000_000;
    reference.saturating_sub(i64::try_from(distance).unwrap_or(i64::MAX))
}

/// A price in the middle of the day.
pub(super) fn middle(it: &Instrument) -> Seen<i64> {
    match it.reference_e9 {
        ABSENT => far(it),
        price => Ok(price.div_euclid(step(it, price)).saturating_mul(step(it, price))),
    }
}

/// An order for one lot that rests.
pub(super) fn resting(desk: &mut Desk<'_>) -> Seen<OrderRequest> {
    let Some(it) = desk.instrument else { return Err(skipped("there is no instrument")) };
    let Some(account) = desk.accounts.first().copied() else {
        return Err(skipped("there is no account"));
    };
    let is_auto = desk.session.plugin().can(CAP_AUTO_OFFSET);
    Ok(OrderRequest {
        client_order_id: desk.next_order(),
        price_e9: far(&it)?,
        qty_e9: it.lot_step_e9,
        side: SIDE_BUY,
        order_type: TYPE_LIMIT,
        tif: TIF_ROD,
        open_close: if is_auto { OC_AUTO } else { OC_OPEN },
        account: account.account,
        exchange: it.exchange,
        symbol: it.symbol,
        ..OrderRequest::blank()
    })
}
