//! Fills.

use aftm_domain::{Code, ExchangeTime, Fill, Instrument, Money, Price, Quantity, Stamp};
use aftm_plugin_host::abi::{self, ABSENT};

use super::{names, words};
use crate::wire::venue::Deal;

/// A fill, and whether its fee or tax is not known: neither said by the venue nor to be reckoned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Read {
    pub(super) fill: Fill,
    pub(super) is_cost_unknown: bool,
}

/// Whose and of what a fill is by its own words. What cannot be understood is not said.
pub(super) fn deal(told: &abi::Fill, item: Option<Code>) -> Deal {
    Deal { account: names::account(&told.account).ok(), item, side: words::side(told.side) }
}

/// A fill. What the venue does not say of fee and tax is reckoned by the instrument, as the machine
/// reckons them everywhere; where that is not known either, they count as nothing. A fill without a
/// time takes the one at which it was told, and else the last that the exchange's clock showed.
///
/// # Errors
///
/// Where its name or its quantity cannot be understood.
pub(super) fn read(
    told: &abi::Fill,
    instrument: Option<&Instrument>,
    (heard, last): (Option<i64>, ExchangeTime),
) -> Result<Read, String> {
    let (price, quantity) = (Price::from_raw(told.price_e9), Quantity::from_raw(told.qty_e9));
    let said = |raw: i64| (raw != ABSENT).then(|| Money::from_raw(raw.into()));
    let fee = said(told.fee_e9).or_else(|| instrument?.fee.times(quantity));
    let tax = said(told.tax_e9).or_else(|| instrument?.tax(price, quantity));
    let time = names::time(told.ts_ns, told.utc_offset_s);
    let heard = heard.map(|at| ExchangeTime { at: Stamp(at), offset: told.utc_offset_s });
    let fill = Fill {
        trade: names::trade(&told.fill_id)?,
        price,
        quantity,
        fee: fee.unwrap_or_default(),
        tax: tax.unwrap_or_default(),
        time: time.or(heard).unwrap_or(last),
    };
    Ok(Read { fill, is_cost_unknown: fee.is_none() || tax.is_none() })
}

#[cfg(test)]
mod tests {
    use aftm_plugin_host::abi::{Versioned, put_name};

    use super::*;
    use crate::plugin::tests::demo_instrument;

    const LATE: ExchangeTime = ExchangeTime { at: Stamp(9), offset: 3_600 };

    fn told() -> abi::Fill {
        let mut told = abi::Fill {
            client_order_id: 1,
            price_e9: 17_305_000_000_000,
            qty_e9: 2_000_000_000,
            ts_ns: 5,
            utc_offset_s: 28_800,
            ..abi::Fill::blank()
        };
        put_name(&mut told.fill_id, "T 1").unwrap();
        told
    }

    fn money(text: &str) -> Money {
        text.parse().unwrap()
    }

    #[test]
    fn the_venue_s_fee_and_tax_hold() {
        let told = abi::Fill { fee_e9: 1_500_000_000, tax_e9: 0, ..told() };
        let read = read(&told, Some(&demo_instrument()), (None, LATE)).unwrap();
        assert_eq!((read.fill.fee, read.fill.tax), (money("1.5"), Money::ZERO));
        assert_eq!(read.fill.trade.as_str(), "T%201");
        assert_eq!((read.fill.time.at, read.fill.time.offset), (Stamp(5), 28_800));
        assert!(!read.is_cost_unknown);
    }

    #[test]
    fn fee_and_tax_that_are_not_said_are_reckoned_by_the_instrument() {
        let read = read(&told(), Some(&demo_instrument()), (None, LATE)).unwrap();
        // 20 a lot; 2 lots at 17305 and 50 a point are worth 1730500, of which 2 in 100000.
        assert_eq!((read.fill.fee, read.fill.tax), (money("40"), money("35")));
    }

    #[test]
    fn an_instrument_that_is_not_known_reckons_nothing_and_says_so() {
        let read = read(&told(), None, (None, LATE)).unwrap();
        assert_eq!((read.fill.fee, read.fill.tax), (Money::ZERO, Money::ZERO));
        assert!(read.is_cost_unknown);
    }

    #[test]
    fn a_fill_without_a_time_takes_the_nearest_that_is_known() {
        let told = abi::Fill { ts_ns: ABSENT, ..told() };
        let at = |heard| read(&told, None, (heard, LATE)).unwrap().fill.time.at;
        assert_eq!(at(Some(7)), Stamp(7));
        assert_eq!(at(None), Stamp(9));
    }

    #[test]
    fn a_name_that_cannot_be_held_is_an_error() {
        let mut told = told();
        put_name(&mut told.fill_id, &"x".repeat(70)).unwrap();
        assert!(read(&told, None, (None, LATE)).unwrap_err().contains("longer than 64 bytes"));
    }

    #[test]
    fn what_a_fill_is_of_is_read_with_it_and_what_is_not_said_is_not_made_up() {
        let mut told = abi::Fill { side: abi::SIDE_SELL, ..told() };
        put_name(&mut told.account, "A-1").unwrap();
        let read = deal(&told, Some("DEMO".parse().unwrap()));
        assert_eq!(read.to_string(), "sell DEMO for A-1");
        let bare = abi::Fill { side: 0, account: [0; 40], ..told };
        assert_eq!(deal(&bare, None), Deal::default());
    }
}
