//! An order and its cancel as the vendor takes them, field by field.

use crate::ask::Ask;
use crate::codes::{action, force_close};
use crate::offset::Leg;
use crate::pricing::Pricing;
use crate::{Refusal, number, text};

/// Who trades, from the login.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trader {
    /// `BrokerID`.
    pub broker: String,
    /// `UserID`.
    pub user: String,
}

/// The session of a login: an order of it is known by the session and its reference.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SessionKey {
    /// `FrontID`.
    pub front: i32,
    /// `SessionID`.
    pub session: i32,
}

/// The fields of `CThostFtdcInputOrderField` that are not zero. The others stay empty: `GTDDate`,
/// `AccountID`, `CurrencyID`, `BusinessUnit`, `ClientID`, `InvestUnitID`, addresses.
#[derive(Clone, Copy, Debug, PartialEq)]
#[allow(missing_docs)] // The vendor's names, in their spelling here.
pub struct InputOrder {
    pub broker_id: [u8; 11],
    pub investor_id: [u8; 13],
    pub user_id: [u8; 16],
    pub exchange_id: [u8; 9],
    pub instrument_id: [u8; 81],
    pub order_ref: [u8; 13],
    pub direction: u8,
    pub comb_offset_flag: [u8; 5],
    pub comb_hedge_flag: [u8; 5],
    pub order_price_type: u8,
    pub limit_price: f64,
    pub volume_total_original: i32,
    pub min_volume: i32,
    pub time_condition: u8,
    pub volume_condition: u8,
    pub contingent_condition: u8,
    pub stop_price: f64,
    pub force_close_reason: u8,
    pub is_auto_suspend: i32,
    pub user_force_close: i32,
    pub is_swap_order: i32,
    /// The remark; the field exists in 6.7.7, not in 6.7.0.
    pub order_memo: [u8; 13],
}

impl InputOrder {
    /// One leg of an order under its reference.
    ///
    /// # Errors
    ///
    /// Where a name does not fit its field or is not ASCII.
    pub fn new(
        trader: &Trader,
        ask: &Ask,
        (leg, order_ref): (Leg, u32),
        pricing: &Pricing,
    ) -> Result<InputOrder, Refusal> {
        Ok(InputOrder {
            broker_id: text::required("broker", &trader.broker)?,
            investor_id: text::required("account", &ask.account)?,
            user_id: text::required("user", &trader.user)?,
            exchange_id: text::required("exchange", &ask.exchange)?,
            instrument_id: text::required("instrument", &ask.symbol)?,
            order_ref: text::required("order reference", &order_ref.to_string())?,
            direction: ask.side.direction(),
            comb_offset_flag: flag(leg.offset),
            comb_hedge_flag: flag(ask.hedge),
            order_price_type: pricing.price_type,
            limit_price: number::double(pricing.limit_price_e9),
            volume_total_original: leg.lots,
            min_volume: 1,
            time_condition: pricing.time,
            volume_condition: pricing.volume,
            contingent_condition: pricing.contingent,
            stop_price: number::double(pricing.stop_price_e9),
            force_close_reason: force_close::NONE,
            is_auto_suspend: 0,
            user_force_close: 0,
            is_swap_order: 0,
            order_memo: text::sentence(&ask.note),
        })
    }
}

/// A flag for an order that is no combination: its first character.
const fn flag(code: u8) -> [u8; 5] {
    [code, 0, 0, 0, 0]
}

/// How an order to be canceled is named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// By its reference, within the session that sent it.
    Reference {
        /// Of the login that sent it.
        session: SessionKey,
        /// Its reference.
        order_ref: u32,
    },
    /// By the exchange's own number, from any session.
    System {
        /// `OrderSysID`, blanks and all, as the exchange wrote it.
        order_sys_id: String,
    },
}

impl Target {
    /// What names an order best: its reference in the session that still stands, otherwise the
    /// exchange's number. `None` where an order of an earlier session has no number yet.
    pub fn of(
        current: SessionKey,
        sent_in: Option<SessionKey>,
        order_ref: u32,
        order_sys_id: &str,
    ) -> Option<Target> {
        if sent_in == Some(current) {
            return Some(Target::Reference { session: current, order_ref });
        }
        let order_sys_id = order_sys_id.to_owned();
        (!order_sys_id.trim().is_empty()).then_some(Target::System { order_sys_id })
    }
}

/// The fields of `CThostFtdcInputOrderActionField` that are not zero. There is no change of an
/// order: it is canceled, and another is sent once the cancel is confirmed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)] // The vendor's names, in their spelling here.
pub struct InputAction {
    pub broker_id: [u8; 11],
    pub investor_id: [u8; 13],
    pub user_id: [u8; 16],
    /// Rising, ours.
    pub order_action_ref: i32,
    pub order_ref: [u8; 13],
    pub front_id: i32,
    pub session_id: i32,
    pub exchange_id: [u8; 9],
    pub order_sys_id: [u8; 21],
    pub action_flag: u8,
    pub instrument_id: [u8; 81],
}

/// The order that a cancel is about.
#[derive(Clone, Copy, Debug)]
pub struct Canceled<'a> {
    /// The order account.
    pub account: &'a str,
    /// Its exchange.
    pub exchange: &'a str,
    /// Its instrument.
    pub symbol: &'a str,
    /// How it is named.
    pub target: &'a Target,
}

impl InputAction {
    /// The cancel of an order.
    ///
    /// # Errors
    ///
    /// Where a name does not fit its field or is not ASCII.
    pub fn cancel(
        trader: &Trader,
        order: Canceled<'_>,
        action_ref: i32,
    ) -> Result<InputAction, Refusal> {
        let mut action = InputAction {
            broker_id: text::required("broker", &trader.broker)?,
            investor_id: text::required("account", order.account)?,
            user_id: text::required("user", &trader.user)?,
            order_action_ref: action_ref,
            order_ref: [0; 13],
            front_id: 0,
            session_id: 0,
            exchange_id: text::required("exchange", order.exchange)?,
            order_sys_id: [0; 21],
            action_flag: action::DELETE,
            instrument_id: text::required("instrument", order.symbol)?,
        };
        match order.target {
            Target::Reference { session, order_ref } => {
                action.order_ref = text::required("order reference", &order_ref.to_string())?;
                (action.front_id, action.session_id) = (session.front, session.session);
            }
            Target::System { order_sys_id } => {
                action.order_sys_id = text::required("order number", order_sys_id)?;
            }
        }
        Ok(action)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ask::tests::request;
    use crate::holding::Lots;
    use crate::offset::{Rules, legs};
    use crate::pricing::{Market, Support, pricing};

    const HERE: SessionKey = SessionKey { front: 1, session: -77 };

    fn trader() -> Trader {
        Trader { broker: "9999".to_owned(), user: "080001".to_owned() }
    }

    fn ask() -> Ask {
        Ask { note: "止损".to_owned(), ..Ask::read(&request()).unwrap() }
    }

    fn input(ask: &Ask) -> Result<InputOrder, Refusal> {
        let market = Market { tick_e9: 1_000_000_000, ..Market::default() };
        let pricing = pricing(ask, Support::LOCAL, &market)?;
        let legs = legs(ask, Rules::of(&ask.exchange, &[]), Lots::default())?;
        InputOrder::new(&trader(), ask, (legs[0], 12), &pricing)
    }

    #[test]
    fn every_field_of_an_order_is_set() {
        let order = input(&ask()).unwrap();
        let names = [
            (&order.broker_id[..], "9999"),
            (&order.investor_id, "080001"),
            (&order.user_id, "080001"),
            (&order.exchange_id, "SHFE"),
            (&order.instrument_id, "rb2510"),
            (&order.order_ref, "12"),
            (&order.order_memo, "止损"),
        ];
        for (field, name) in names {
            assert_eq!(text::read(field), name);
        }
        assert_eq!(order.direction, b'0');
        assert_eq!((order.comb_offset_flag, order.comb_hedge_flag), (*b"0\0\0\0\0", *b"1\0\0\0\0"));
        assert_eq!(
            (order.order_price_type, order.limit_price.to_bits()),
            (b'2', 3200_f64.to_bits())
        );
        assert_eq!((order.volume_total_original, order.min_volume), (2, 1));
        assert_eq!((order.time_condition, order.volume_condition), (b'3', b'1'));
        assert_eq!((order.contingent_condition, order.stop_price.to_bits()), (b'1', 0));
        assert_eq!(order.force_close_reason, b'0');
        let switches = [order.is_auto_suspend, order.user_force_close, order.is_swap_order];
        assert_eq!(switches, [0; 3]);
    }

    #[test]
    fn a_name_that_does_not_fit_is_refused_before_the_vendor_is_called() {
        let long = |change: fn(&mut Ask)| {
            let mut ask = ask();
            change(&mut ask);
            input(&ask).unwrap_err().text
        };
        assert!(long(|it| it.account = "1234567890123".to_owned()).contains("the 12 letters"));
        assert!(long(|it| it.exchange = "ABCDEFGHI".to_owned()).contains("the 8 letters"));
        assert!(long(|it| it.symbol = "黄金".to_owned()).contains("takes ASCII letters"));
    }

    #[test]
    fn a_cancel_names_the_order_by_reference_in_its_own_session_only() {
        let other = SessionKey { front: 1, session: 5 };
        let by_ref = Target::Reference { session: HERE, order_ref: 12 };
        let by_number = Target::System { order_sys_id: "     123456".to_owned() };
        let rows = [
            (Some(HERE), "     123456", Some(by_ref.clone())),
            (Some(HERE), "", Some(by_ref.clone())),
            (Some(other), "     123456", Some(by_number.clone())),
            (None, "     123456", Some(by_number.clone())),
            (Some(other), "   ", None),
            (None, "", None),
        ];
        for (sent_in, number, want) in rows {
            assert_eq!(Target::of(HERE, sent_in, 12, number), want, "{sent_in:?} {number:?}");
        }
        let cancel = |target: &Target| {
            let order = Canceled { account: "080001", exchange: "SHFE", symbol: "rb2510", target };
            InputAction::cancel(&trader(), order, 3).unwrap()
        };
        let here = cancel(&by_ref);
        assert_eq!((here.action_flag, here.order_action_ref), (b'0', 3));
        assert_eq!(
            (text::read(&here.order_ref).as_str(), here.front_id, here.session_id),
            ("12", 1, -77)
        );
        assert_eq!(here.order_sys_id, [0; 21]);
        assert_eq!(text::read(&here.instrument_id), "rb2510");
        let anywhere = cancel(&by_number);
        assert_eq!(text::read(&anywhere.order_sys_id), "     123456", "blanks belong to it");
        assert_eq!((anywhere.order_ref, anywhere.front_id, anywhere.session_id), ([0; 13], 0, 0));
        assert_eq!(text::read(&anywhere.exchange_id), "SHFE");
    }
}
