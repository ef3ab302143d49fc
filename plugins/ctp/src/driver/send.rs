//! Orders and cancels of the host, on their way to the venue.

use abi::{
    CancelRequest, E_DUPLICATE, E_INSTRUMENT, E_NO_ORDER, E_NOT_CANCELABLE, E_STATE, OrderRequest,
};
use abi::{E_ARG, E_PRICE};
use aftm_exchange_abi as abi;

use super::day::{Day, Name, Pending, name_of};
use super::{Driver, Now};
use crate::ask::{Ask, Kind, OpenClose};
use crate::course::{Standing, standing};
use crate::input::{Canceled, InputAction, InputOrder, Target, Trader};
use crate::offset::{Leg, Rules, legs};
use crate::orders::{Alive, Key};
use crate::pricing::{Market, Pricing, Range, pricing};
use crate::rows::OrderRow;
use crate::told::{Sheet, number_of};
use crate::{Refusal, errors};

impl Driver {
    /// The host sends an order.
    pub(crate) fn send(
        &mut self,
        now: Now,
        order: &OrderRequest,
        request: u64,
    ) -> Result<(), Refusal> {
        self.ready_day()?;
        let ask = Ask::read(order)?;
        let (legs, pricing) = self.plan(&ask)?;
        let day = self.ready_day()?;
        let lots: Vec<_> = legs.iter().map(|it| it.lots).collect();
        let trader = day.trader();
        // What cannot be sent is refused before a reference is used up for it.
        for leg in &legs {
            InputOrder::new(&trader, &ask, (*leg, 1), &pricing)?;
        }
        let used = day.reserve(ask.client_order_id, ask.life, &lots)?;
        let keys: Vec<_> =
            used.iter().map(|it| Key::new(it.session, &it.order_ref.to_string())).collect();
        let mut inputs = Vec::new();
        for (leg, used) in legs.iter().zip(&used) {
            inputs.push(InputOrder::new(&trader, &ask, (*leg, used.order_ref), &pricing)?);
        }
        // Everything is entered before the vendor is called: its first report may come from within.
        let named: Vec<_> = keys.iter().cloned().zip(lots).collect();
        day.orders.sending(now.mono, ask.client_order_id, ask.life, &named);
        day.sheets.insert(Name::Client(ask.client_order_id), Sheet::of_ask(&ask));
        day.sends.insert(ask.client_order_id, request);
        for (key, leg) in keys.iter().zip(&legs) {
            day.closable.sending(key, (&ask.symbol, ask.hedge), ask.side, (leg.offset, leg.lots));
        }
        if pricing.cancel_when_queueing {
            day.to_end.extend(keys.iter().cloned());
        }
        self.insert(&ask, &keys, &inputs)
    }

    /// Hands the legs of an order over. It counts as sent once the first one is.
    fn insert(&mut self, ask: &Ask, keys: &[Key], inputs: &[InputOrder]) -> Result<(), Refusal> {
        let mut is_sent = false;
        for (at, (key, input)) in keys.iter().zip(inputs).enumerate() {
            let id = self.next_request();
            let trading = self.link.as_mut().and_then(|it| it.trading.as_mut());
            let code = trading.map_or(-1, |it| it.insert(input, id));
            let Err(refusal) = errors::returned(code) else {
                is_sent = true;
                continue;
            };
            let rest = keys.get(at..).unwrap_or_default();
            let Some(day) = &mut self.day else { return Err(refusal) };
            rest.iter().for_each(|it| day.closable.refused(it));
            if !is_sent {
                // The host hears it by this call's return, and by nothing else.
                day.sends.remove(&ask.client_order_id);
                for key in rest {
                    drop(day.orders.refused(key, refusal.clone()));
                }
                return Err(refusal);
            }
            let updates = day.orders.refused(key, refusal);
            self.tell_updates(updates, None);
        }
        Ok(())
    }

    /// What an order becomes at the venue, and at which price.
    fn plan(&mut self, ask: &Ask) -> Result<(Vec<Leg>, Pricing), Refusal> {
        let support = self.options.support(&ask.exchange);
        let reach_ticks = self.options.reach_ticks;
        let close_today = self.options.close_today.clone();
        let close_today: Vec<_> = close_today.iter().map(String::as_str).collect();
        let day = self.ready_day()?;
        if ask.account != day.account {
            let text = format!(
                "the account {} is not logged in; this session trades for {}",
                ask.account, day.account
            );
            return Err(Refusal::new(E_ARG, text));
        }
        if day.orders.knows(ask.client_order_id) {
            let id = ask.client_order_id;
            let text = format!("the order {id} was sent before and is not sent again");
            return Err(Refusal::new(E_DUPLICATE, text));
        }
        let (exchange, symbol) = (&ask.exchange, &ask.symbol);
        let listed = day.instruments.get(symbol).filter(|it| it.exchange == *exchange);
        let Some(tick_e9) = listed.map(|it| it.tick_e9) else {
            let text = format!("the venue lists no instrument {symbol} on {exchange}");
            return Err(Refusal::new(E_INSTRUMENT, text));
        };
        let best = day.best.get(symbol).copied();
        let needs_market = match ask.kind {
            Kind::Market => !support.market,
            Kind::RangeMarket => support.range == Range::Emulated,
            Kind::Limit | Kind::Stop | Kind::StopLimit => false,
        };
        if needs_market && best.is_none() {
            let word = ask.kind.word();
            let text = format!(
                "a {word} order of {symbol} has no price, because nothing is known of its market; \
                 subscribe to it, or send a limit order"
            );
            return Err(Refusal::new(E_PRICE, text));
        }
        let best = best.unwrap_or_default();
        let market = Market {
            tick_e9,
            best_bid_e9: best.bid_e9,
            best_ask_e9: best.ask_e9,
            lower_e9: best.lower_e9,
            upper_e9: best.upper_e9,
            reach_ticks,
        };
        let pricing = pricing(ask, support, &market)?;
        let held = match ask.open_close {
            OpenClose::Open => crate::holding::Lots::default(),
            _ => day.closable.free(exchange, (symbol, ask.hedge), ask.side)?,
        };
        Ok((legs(ask, Rules::of(exchange, &close_today), held)?, pricing))
    }

    /// The host cancels an order.
    pub(crate) fn cancel(
        &mut self,
        now: Now,
        cancel: &CancelRequest,
        request: u64,
    ) -> Result<(), Refusal> {
        let day = self.ready_day()?;
        let name = day.named(cancel)?;
        if day.cancels.contains_key(&name) {
            let text = "a cancel of the order is under way; wait for its answer";
            return Err(Refusal::new(E_STATE, text));
        }
        day.action = day.action.wrapping_add(1) & i32::MAX;
        let action = day.action;
        let alive = match &name {
            Name::Client(client) => day.orders.canceling(*client, action),
            Name::Number(number) => day.orders.canceling_number(number, action),
        };
        if alive.is_empty() {
            let text = "the order has ended and can no longer be canceled";
            return Err(Refusal::new(E_NOT_CANCELABLE, text));
        }
        let keys = alive.iter().map(|it| it.key.clone()).collect();
        day.cancels.insert(name.clone(), Pending { request, action, since: now.mono, keys });
        let mut refused = None;
        let mut is_sent = false;
        for leg in &alive {
            match self.take_back(&name, leg, action) {
                Ok(()) => is_sent = true,
                Err(refusal) => refused = Some(refusal),
            }
        }
        match refused {
            Some(refusal) if !is_sent => {
                if let Some(day) = &mut self.day {
                    day.cancels.remove(&name);
                }
                Err(refusal)
            }
            _ => Ok(()),
        }
    }

    /// Asks the venue to take one leg back.
    fn take_back(&mut self, name: &Name, leg: &Alive, action: i32) -> Result<(), Refusal> {
        let id = self.next_request();
        let no_order = || Refusal::new(E_NO_ORDER, "the order is not known");
        let Some(day) = &self.day else { return Err(no_order()) };
        let sheet = day.sheets.get(name).ok_or_else(no_order)?;
        let order_ref = leg.key.order_ref.parse().unwrap_or(0);
        let sent_in = Some(leg.key.session).filter(|_| order_ref > 0);
        let target = Target::of(day.session, sent_in, order_ref, &leg.order_sys_id);
        let Some(target) = target else {
            let text = "the order was sent before the connection was lost and has no number of the \
                        exchange yet; cancel it again in a moment";
            return Err(Refusal::new(E_STATE, text));
        };
        let order = Canceled {
            account: &day.account,
            exchange: &sheet.exchange,
            symbol: &sheet.symbol,
            target: &target,
        };
        let input = InputAction::cancel(&day.trader(), order, action)?;
        let trading = self.link.as_mut().and_then(|it| it.trading.as_mut());
        errors::returned(trading.map_or(-1, |it| it.cancel(&input, id)))
    }

    /// Ends what an IOC left in the queue, where the library leaves it there.
    pub(super) fn end_queued(&mut self, row: &OrderRow) {
        let Some(day) = &mut self.day else { return };
        let key = row.key();
        let is_queued = matches!(standing(row.status), Some(Standing::Working | Standing::Partial));
        if !is_queued || !day.to_end.remove(&key) {
            return;
        }
        let Some(client) = day.orders.client_of(&key) else { return };
        day.orders.cancel_by_us(&key);
        day.action = day.action.wrapping_add(1) & i32::MAX;
        let (action, name) = (day.action, Name::Client(client));
        let leg = Alive { key, order_sys_id: row.order_sys_id.clone() };
        if let Err(refusal) = self.take_back(&name, &leg, action) {
            let text = format!("the rest of the IOC order {client} stays in the queue: {refusal}");
            self.line(abi::LOG_ERROR, text);
        }
    }
}

impl Day {
    fn trader(&self) -> Trader {
        Trader { broker: self.broker.clone(), user: self.user.clone() }
    }

    /// The order that a cancel is about.
    fn named(&self, cancel: &CancelRequest) -> Result<Name, Refusal> {
        let unknown = |shown: String| {
            Refusal::new(E_NO_ORDER, format!("there is no order {shown} at the venue today"))
        };
        if cancel.client_order_id != 0 {
            let id = cancel.client_order_id;
            let is_known = self.orders.knows(id);
            return if is_known { Ok(Name::Client(id)) } else { Err(unknown(id.to_string())) };
        }
        let Some(broker_id) = abi::name(&cancel.broker_order_id) else {
            let text = "the broker_order_id is not terminated or not UTF-8";
            return Err(Refusal::new(E_ARG, text));
        };
        let number = number_of(broker_id).ok_or_else(|| unknown(format!("{broker_id:?}")))?;
        let client = self.orders.client_of_number(&number);
        let client = client.ok_or_else(|| unknown(format!("{broker_id:?}")))?;
        name_of(client, Some(&number)).ok_or_else(|| unknown(format!("{broker_id:?}")))
    }
}
