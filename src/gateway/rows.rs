//! What is known, as rows that cross the wire.

use aftm_domain::instrument::Margin;
use aftm_domain::{AccountId, Code, Instrument, OrderId, Price, Quantity, Side, SignalKind};

use super::brakes::Brake;
use super::state::{Held, Holding, Placed, State};
use super::venue::Summary;
use crate::wire::request::{
    ConditionRow, InstrumentRow, MoneyRow, ScopeRow, TradingRow, TradingState,
};
use crate::wire::{FillRow, OrderRow, PositionRow, ProtectionRow, ProtectionState, Scope};

/// An order.
pub fn order(placed: &Placed) -> OrderRow {
    let order = &placed.order;
    let ticket = &order.ticket;
    OrderRow {
        order: order.id,
        condition: placed.signal.map(|it| it.condition),
        signal: placed.signal.map(|it| it.kind),
        item: ticket.item,
        account: ticket.account,
        side: ticket.side,
        kind: ticket.kind,
        price: ticket.price,
        stop_price: ticket.stop_price,
        quantity: ticket.quantity,
        filled: order.filled(),
        average: order.average(),
        time_in_force: ticket.time_in_force,
        open_close: ticket.open_close,
        status: order.status,
        venue_id: order.venue_id,
        refusal: order.refusal.clone(),
        note: ticket.note,
        time: placed.time,
        is_external: placed.is_external,
    }
}

/// A fill of an order.
pub fn fill(placed: &Placed, fill: &aftm_domain::Fill) -> FillRow {
    let ticket = &placed.order.ticket;
    FillRow {
        order: placed.order.id,
        condition: placed.signal.map(|it| it.condition),
        kind: placed.signal.map(|it| it.kind),
        item: ticket.item,
        account: ticket.account,
        side: ticket.side,
        quantity: fill.quantity,
        price: fill.price,
        fee: fill.fee,
        tax: fill.tax,
        time: fill.time,
        trade: Some(fill.trade),
    }
}

/// A position, marked at the last price seen.
pub fn position(
    (account, item): (AccountId, Code),
    holding: &Holding,
    last: Option<Price>,
) -> PositionRow {
    let position = &holding.position;
    PositionRow {
        account,
        item,
        long: position.held(Side::Buy),
        short: position.held(Side::Sell),
        net: position.net(),
        long_average: position.average(Side::Buy),
        short_average: position.average(Side::Sell),
        last,
        open_profit: last.and_then(|it| position.profit_at(it, holding.multiplier)),
        realized: holding.realized,
        fees: holding.fees,
        tax: holding.tax,
    }
}

/// A protection or a pair; `None` for a number that is neither's.
pub fn protection(state: &State, id: OrderId) -> Option<ProtectionRow> {
    let Some(own) = state.protections.get(id) else { return pair(state, id) };
    let held = state.lots(own.key(), own.side);
    let quantity = match own.ended {
        Some(_) => Quantity::ZERO,
        None => state.protections.cover(own, held),
    };
    let working = own.leg.map(|it| it.order);
    let is_open = |id: &OrderId| state.orders.get(id).is_some_and(|it| it.order.status.is_open());
    let standing = match own {
        it if it.ended.is_some() => ProtectionState::Done,
        it if it.is_held => ProtectionState::Held,
        it if it.fired.is_some() => ProtectionState::Triggered,
        it if it.levels.is_some() => ProtectionState::Armed,
        _ => ProtectionState::Waiting,
    };
    Some(ProtectionRow {
        id,
        on: own.on,
        other: None,
        account: own.account,
        item: own.item,
        side: own.side,
        quantity,
        terms: own.terms,
        state: standing,
        base: own.levels.map(|it| it.base),
        stop: own.levels.and_then(|it| it.stop),
        take_profit: own.levels.and_then(|it| it.take_profit),
        cause: own.fired,
        order: working.filter(is_open),
        text: own.ended.clone().unwrap_or_default(),
    })
}

fn pair(state: &State, id: OrderId) -> Option<ProtectionRow> {
    let pair = state.protections.pair(id)?;
    let [one, other] = pair.orders;
    let order = &state.placed(one)?.order;
    Some(ProtectionRow {
        id,
        on: Some(one),
        other: Some(other),
        account: order.ticket.account,
        item: order.ticket.item,
        side: order.ticket.side,
        quantity: if pair.ended.is_some() { Quantity::ZERO } else { pair.lots },
        terms: Default::default(),
        state: match &pair.ended {
            Some(_) => ProtectionState::Done,
            None if pair.is_held => ProtectionState::Held,
            None => ProtectionState::Armed,
        },
        base: None,
        stop: None,
        take_profit: None,
        cause: None,
        order: None,
        text: pair.ended.clone().unwrap_or_default(),
    })
}

/// A condition with what came of its signals.
pub fn condition(created: u64, held: &Held, state: &State, open: Quantity) -> ConditionRow {
    let outcome = |kind| state.outcome(held.condition.signal(kind)).cloned();
    ConditionRow {
        created,
        condition: held.condition,
        open,
        entry: outcome(SignalKind::Entry),
        exit: outcome(SignalKind::Exit),
    }
}

/// Parts that are held back are told up to so many, so that a reply stays below the largest frame.
const SCOPES_MAX: usize = 16;

/// Which orders are taken.
pub fn trading(state: &State) -> TradingRow {
    let brakes = &state.brakes;
    let shown = brakes.get(Scope::Global).into_iter();
    let shown = shown.chain(state.account.and_then(|it| brakes.get(Scope::Account(it))));
    let strongest = shown.reduce(|one, other| if other.state > one.state { other } else { one });
    let row = |(scope, brake): (Scope, &Brake)| ScopeRow {
        scope,
        state: brake.state,
        reason: brake.reason.clone(),
    };
    TradingRow {
        state: strongest.map_or(TradingState::Active, |it| it.state),
        reason: strongest.map(|it| it.reason.clone()).unwrap_or_default(),
        scopes: brakes.iter().take(SCOPES_MAX).map(row).collect(),
    }
}

/// An account's money.
pub const fn money(summary: &Summary) -> MoneyRow {
    let Summary { account, balance, equity, margin, available, .. } = *summary;
    let Summary { realized, open_profit, fees, tax, .. } = *summary;
    MoneyRow { account, balance, equity, margin, available, realized, open_profit, fees, tax }
}

/// An instrument.
pub fn instrument(instrument: &Instrument) -> InstrumentRow {
    InstrumentRow {
        item: instrument.code,
        name: instrument.name.clone(),
        month: instrument.month.clone(),
        tick: instrument.ticks.finest(),
        bands: instrument.ticks.bands().to_vec(),
        sessions: instrument.sessions,
        multiplier: instrument.multiplier,
        currency: instrument.currency.clone(),
        last_trading_day: instrument.last_trading_day.to_string(),
        margin: match instrument.margin {
            Margin::Fixed { initial, .. } => Some(initial),
            Margin::Rate { .. } => None,
        },
    }
}
