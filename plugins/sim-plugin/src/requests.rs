//! What the host asks for, as the exchange understands it. What is malformed is refused here, before
//! the exchange sees it; what breaks a rule of trading is left to the exchange.

use aftm_domain::order::{Kind, Ticket, TimeInForce};
use aftm_domain::{AccountId, Code, Note, OpenClose, Price, Quantity, Side};
use aftm_exchange_abi as abi;
use aftm_exchange_abi::{
    ABSENT, E_ARG, E_FIELD, E_INSTRUMENT, E_QUANTITY, E_UNSUPPORTED, HEDGE_SPECULATION, OC_AUTO,
    OC_CLOSE, OC_CLOSE_TODAY, OC_CLOSE_YESTERDAY, OC_OPEN, OrderRequest, SIDE_BUY, SIDE_SELL,
    TIF_FOK, TIF_IOC, TIF_ROD, TYPE_LIMIT, TYPE_MARKET, TYPE_RANGE_MARKET, TYPE_STOP,
    TYPE_STOP_LIMIT,
};

use crate::fault::{Done, Fault};
use crate::listing::{code, named};
use crate::orders::{Standing, Subject};
use crate::rows::Told;

#[cold]
fn field(what: &str, value: impl std::fmt::Display) -> Fault {
    Fault::new(E_FIELD, format!("{what} is {value}, which the simulated exchange does not know"))
}

/// A request is known by its number.
pub(crate) fn check_req(req_id: u64) -> Done {
    if req_id > 0 { Ok(()) } else { Err(Fault::new(E_ARG, "req_id is 0; it must be above 0")) }
}

pub(crate) fn price(raw: i64) -> Option<Price> {
    Some(raw).filter(|it| *it != ABSENT).map(Price::from_raw)
}

pub(crate) fn quantity(raw: i64) -> Option<Quantity> {
    Some(raw).filter(|it| *it != ABSENT).map(Quantity::from_raw)
}

/// The account and the item that a new order names.
pub(crate) fn who_and_what(order: &OrderRequest) -> Done<(AccountId, Code)> {
    let account = named("account", &order.account)?;
    let account = account.parse().map_err(|err| Fault::new(E_FIELD, format!("account: {err}")))?;
    let item = code("symbol", &order.symbol).map_err(|it| Fault { code: E_INSTRUMENT, ..it })?;
    Ok((account, item))
}

/// A new order as a ticket.
// Out of line, it is written once to where it stays.
#[inline(never)]
pub(crate) fn ticket(order: &OrderRequest, subject: &Subject) -> Done<Ticket> {
    let no_lots = || Fault::new(E_QUANTITY, "the quantity is absent");
    Ok(Ticket {
        account: subject.account,
        item: subject.item,
        side: side(order.side)?,
        kind: kind(order.order_type)?,
        price: price(order.price_e9),
        stop_price: price(order.stop_price_e9),
        quantity: quantity(order.qty_e9).ok_or_else(no_lots)?,
        time_in_force: time_in_force(order.tif)?,
        open_close: open_close(order.open_close)?,
        day_trade: day_trade(order)?,
        note: note(&order.note),
    })
}

fn side(told: u8) -> Done<Side> {
    match told {
        SIDE_BUY => Ok(Side::Buy),
        SIDE_SELL => Ok(Side::Sell),
        other => Err(field("side", other)),
    }
}

fn kind(told: u8) -> Done<Kind> {
    match told {
        TYPE_LIMIT => Ok(Kind::Limit),
        TYPE_MARKET => Ok(Kind::Market),
        TYPE_RANGE_MARKET => Ok(Kind::RangeMarket),
        TYPE_STOP => Ok(Kind::Stop),
        TYPE_STOP_LIMIT => Ok(Kind::StopLimit),
        other => Err(field("order_type", other)),
    }
}

fn time_in_force(told: u8) -> Done<TimeInForce> {
    match told {
        TIF_ROD => Ok(TimeInForce::Rod),
        TIF_IOC => Ok(TimeInForce::Ioc),
        TIF_FOK => Ok(TimeInForce::Fok),
        other => Err(field("tif", other)),
    }
}

fn open_close(told: u8) -> Done<OpenClose> {
    match told {
        OC_OPEN => Ok(OpenClose::Open),
        OC_CLOSE => Ok(OpenClose::Close),
        OC_AUTO => Ok(OpenClose::Auto),
        OC_CLOSE_TODAY | OC_CLOSE_YESTERDAY => {
            let text = "today's lots are not closed apart at the simulated exchange; close any";
            Err(Fault::new(E_UNSUPPORTED, text))
        }
        other => Err(field("open_close", other)),
    }
}

fn day_trade(order: &OrderRequest) -> Done<bool> {
    if order.hedge > HEDGE_SPECULATION {
        let text = format!("hedge is {}; the simulated exchange takes speculation", order.hedge);
        return Err(Fault::new(E_UNSUPPORTED, text));
    }
    match order.day_trade {
        0 => Ok(false),
        1 => Ok(true),
        other => Err(field("day_trade", other)),
    }
}

/// The remark, which may be shortened, and is kept where it is one.
fn note(told: &[u8]) -> Note {
    if told.first() == Some(&0) {
        // Nearly all orders come without one.
        return Note::default();
    }
    abi::name(told).and_then(|it| it.parse().ok()).unwrap_or_else(|| shortened(told))
}

#[cold]
fn shortened(told: &[u8]) -> Note {
    let text: String = abi::text(told).chars().take(Note::CHARACTERS_MAX).collect();
    text.parse().unwrap_or_default()
}

/// Which orders, fills or holdings are meant; what is empty matches all.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Filter<'asked> {
    pub(crate) client_order_id: u64,
    pub(crate) broker_order_id: &'asked str,
    pub(crate) account: &'asked str,
    pub(crate) exchange: &'asked str,
    pub(crate) symbol: &'asked str,
}

fn matches(wanted: &str, is: &str) -> bool {
    wanted.is_empty() || wanted == is
}

impl<'asked> Filter<'asked> {
    pub(crate) fn of_query(query: &'asked abi::Query) -> Done<Filter<'asked>> {
        let malformed = |it| Fault { code: E_ARG, ..it };
        let named = |what, told| named(what, told).map_err(malformed);
        Ok(Filter {
            client_order_id: query.client_order_id,
            broker_order_id: named("broker_order_id", &query.broker_order_id)?,
            account: named("account", &query.account)?,
            exchange: named("exchange", &query.exchange)?,
            symbol: named("symbol", &query.symbol)?,
        })
    }

    pub(crate) fn of_cancel_all(which: &'asked abi::CancelAllRequest) -> Done<Filter<'asked>> {
        let malformed = |it| Fault { code: E_ARG, ..it };
        let named = |what, told| named(what, told).map_err(malformed);
        Ok(Filter {
            client_order_id: 0,
            broker_order_id: "",
            account: named("account", &which.account)?,
            exchange: named("exchange", &which.exchange)?,
            symbol: named("symbol", &which.symbol)?,
        })
    }

    pub(crate) fn has_account(&self, account: &str) -> bool {
        matches(self.account, account)
    }

    pub(crate) fn has_item(&self, exchange: &str, symbol: &str) -> bool {
        matches(self.exchange, exchange) && matches(self.symbol, symbol)
    }

    pub(crate) fn has(&self, order: &Standing) -> bool {
        let named = |field| abi::name(field).unwrap_or_default();
        let told = &order.told;
        self.has_account(named(&told.account))
            && self.has_item(named(&told.exchange), named(&told.symbol))
            && (self.client_order_id == 0 || self.client_order_id == order.id())
            && (self.broker_order_id.is_empty() || order.is_named(self.broker_order_id))
    }
}

/// An order that is to be canceled or changed, by its names.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Named<'asked> {
    pub(crate) client_order_id: u64,
    pub(crate) broker_order_id: &'asked str,
    account: &'asked str,
    symbol: &'asked str,
}

impl<'asked> Named<'asked> {
    pub(crate) fn new(
        client_order_id: u64,
        broker_order_id: &'asked [u8],
        account: &'asked [u8],
        symbol: &'asked [u8],
    ) -> Done<Named<'asked>> {
        Ok(Named {
            client_order_id,
            broker_order_id: named("broker_order_id", broker_order_id)?,
            account: named("account", account)?,
            symbol: named("symbol", symbol)?,
        })
    }

    /// Whoever names an order with another account or instrument means another order.
    pub(crate) fn check(&self, order: &Told) -> Done {
        for (what, asked, is) in [
            ("account", self.account, abi::name(&order.account).unwrap_or_default()),
            ("symbol", self.symbol, abi::name(&order.symbol).unwrap_or_default()),
        ] {
            if !matches(asked, is) {
                let text = format!("{what} is {asked}, but the order is of {is}");
                return Err(Fault::new(E_FIELD, text));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use aftm_exchange_abi::put_text;

    use super::note;

    #[test]
    fn a_remark_is_kept_as_far_as_an_order_holds_one() {
        for (told, kept) in [
            ("From AFTM Gateway", "From AFTM Gateway"),
            ("停損", "停損"),
            (&"x".repeat(40), &"x".repeat(32)),
            ("\u{1b}[31m", ""),
            ("", ""),
        ] {
            let mut field = [0; 128];
            put_text(&mut field, told);
            assert_eq!(note(&field).as_str(), kept);
        }
        assert_eq!(note(&[b'x'; 128]).as_str(), "x".repeat(32), "one that is not terminated");
    }
}
