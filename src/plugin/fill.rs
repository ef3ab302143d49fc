//! Fills.

use aftm_domain::{AccountId, Code, ExchangeTime, Fill, Money, OrderId, Price, Quantity, Stamp};
use aftm_plugin_host::abi::{self, ABSENT};

use super::items::Items;
use super::{names, words};
use crate::wire::venue::{Deal, VenueFill};

/// What a fill comes as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum As {
    /// A row of a list.
    Row,
    /// News.
    News,
    /// News that say as well that its order was accepted.
    Acceptance,
}

/// A fill as a row, and whether its fee or tax is not known: neither said by the venue nor to be
/// reckoned.
pub(super) struct Read {
    pub(super) row: Box<VenueFill>,
    pub(super) is_cost_unknown: bool,
}

/// A fill, and of what is named by it: what of that cannot be understood is not said. What the venue
/// does not say of fee and tax is reckoned by the instrument, as the machine reckons them everywhere;
/// where that is not known either, they count as nothing. A fill without a time takes the one at
/// which it was told, and else the last that the exchange's clock showed. A row of a list, and a fill
/// that says that its order was accepted, is named by the venue's name of the order, too; other news
/// of an order that we know has our number of it, and no other.
///
/// # Errors
///
/// Where its name or that of its order cannot be understood.
pub(super) fn read(
    told: &abi::Fill,
    told_as: As,
    order: Option<OrderId>,
    items: &Items,
    (heard, last): (Option<i64>, ExchangeTime),
) -> Result<Read, String> {
    let (price, quantity) = (Price::from_raw(told.price_e9), Quantity::from_raw(told.qty_e9));
    let (fee, tax, is_cost_unknown) = match (told.fee_e9, told.tax_e9) {
        (fee, tax) if fee != ABSENT && tax != ABSENT => {
            (Money::from_raw(fee.into()), Money::from_raw(tax.into()), false)
        }
        _ => reckon(told, items),
    };
    let venue_id = match (told_as, order) {
        (As::News, Some(_)) => None,
        _ => names::venue_order(&told.broker_order_id)?,
    };
    let item = match (told_as, order) {
        // That its order is of the same item is asked by the item's code, and that is its symbol.
        (As::News | As::Acceptance, Some(_)) => Code::try_from(names::text(&told.symbol)).ok(),
        _ => items.code(&told.exchange, &told.symbol),
    };
    let heard = heard.map(|at| ExchangeTime { at: Stamp(at), offset: told.utc_offset_s });
    let time = names::time(told.ts_ns, told.utc_offset_s).or(heard).unwrap_or(last);
    let fill = Fill { trade: names::trade(&told.fill_id)?, price, quantity, fee, tax, time };
    let account = AccountId::try_from(names::text(&told.account)).ok();
    let deal = Deal { account, item, side: words::side(told.side) };
    let row = Box::new(VenueFill { order, venue_id, fill, deal });
    Ok(Read { row, is_cost_unknown })
}

/// Fee and tax where the venue does not say both, and whether one of them is not known.
#[cold]
fn reckon(told: &abi::Fill, items: &Items) -> (Money, Money, bool) {
    let instrument = items.named(&told.exchange, &told.symbol).and_then(|it| it.1);
    let (price, quantity) = (Price::from_raw(told.price_e9), Quantity::from_raw(told.qty_e9));
    let said = |raw: i64| (raw != ABSENT).then(|| Money::from_raw(raw.into()));
    let fee = said(told.fee_e9).or_else(|| instrument?.fee.times(quantity));
    let tax = said(told.tax_e9).or_else(|| instrument?.tax(price, quantity));
    let is_unknown = fee.is_none() || tax.is_none();
    (fee.unwrap_or_default(), tax.unwrap_or_default(), is_unknown)
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
        put_name(&mut told.symbol, "DEMO").unwrap();
        put_name(&mut told.broker_order_id, "B 7").unwrap();
        put_name(&mut told.fill_id, "T 1").unwrap();
        told
    }

    fn read(
        told: &abi::Fill,
        items: &Items,
        times: (Option<i64>, ExchangeTime),
    ) -> (VenueFill, bool) {
        let read = |told_as, order| super::read(told, told_as, order, items, times).unwrap();
        let ours = Some(OrderId(1));
        let (row, news) = (read(As::Row, None), read(As::News, ours));
        // News of an order of ours says the same, but for what else the order is called.
        let of_ours = VenueFill { order: ours, venue_id: None, ..*row.row };
        assert_eq!((of_ours, row.is_cost_unknown), (*news.row, news.is_cost_unknown));
        let named = VenueFill { venue_id: row.row.venue_id, ..of_ours };
        assert_eq!(*read(As::Acceptance, ours).row, named);
        (*row.row, row.is_cost_unknown)
    }

    fn demo() -> Items {
        let mut items = Items::default();
        items.list(&[0; 16], demo_instrument()).unwrap();
        items
    }

    fn nothing() -> Items {
        Items::default()
    }

    fn money(text: &str) -> Money {
        text.parse().unwrap()
    }

    #[test]
    fn the_venue_s_fee_and_tax_hold() {
        let told = abi::Fill { fee_e9: 1_500_000_000, tax_e9: 0, ..told() };
        let (row, is_cost_unknown) = read(&told, &demo(), (None, LATE));
        assert_eq!((row.fill.fee, row.fill.tax), (money("1.5"), Money::ZERO));
        assert_eq!(row.fill.trade.as_str(), "T%201");
        assert_eq!((row.fill.time.at, row.fill.time.offset), (Stamp(5), 28_800));
        assert!(!is_cost_unknown);
    }

    #[test]
    fn fee_and_tax_that_are_not_said_are_reckoned_by_the_instrument() {
        let (row, _) = read(&told(), &demo(), (None, LATE));
        // 20 a lot; 2 lots at 17305 and 50 a point are worth 1730500, of which 2 in 100000.
        assert_eq!((row.fill.fee, row.fill.tax), (money("40"), money("35")));
    }

    #[test]
    fn an_instrument_that_is_not_known_reckons_nothing_and_says_so() {
        let half = abi::Fill { fee_e9: 1_000_000_000, ..told() };
        for (told, fee) in [(told(), "0"), (half, "1")] {
            let (row, is_cost_unknown) = read(&told, &nothing(), (None, LATE));
            assert_eq!((row.fill.fee, row.fill.tax), (money(fee), Money::ZERO));
            assert!(is_cost_unknown);
        }
    }

    #[test]
    fn a_fill_without_a_time_takes_the_nearest_that_is_known() {
        let told = abi::Fill { ts_ns: ABSENT, ..told() };
        let at = |heard| read(&told, &nothing(), (heard, LATE)).0.fill.time.at;
        assert_eq!(at(Some(7)), Stamp(7));
        assert_eq!(at(None), Stamp(9));
    }

    #[test]
    fn a_name_that_cannot_be_held_is_an_error() {
        let mut told = told();
        put_name(&mut told.fill_id, &"x".repeat(70)).unwrap();
        let why = super::read(&told, As::Row, None, &nothing(), (None, LATE)).err().unwrap();
        assert!(why.contains("longer than 64 bytes"), "{why}");
    }

    #[test]
    fn what_a_fill_is_of_is_read_with_it_and_what_is_not_said_is_not_made_up() {
        let mut told = abi::Fill { side: abi::SIDE_SELL, ..told() };
        put_name(&mut told.account, "A-1").unwrap();
        let (row, _) = read(&told, &demo(), (None, LATE));
        assert_eq!(row.deal.to_string(), "sell DEMO for A-1");
        assert_eq!(row.venue_id.map(|it| it.to_string()).as_deref(), Some("B%207"));
        let bare = abi::Fill { side: 0, account: [0; 40], symbol: [0; 64], ..told };
        assert_eq!(read(&bare, &nothing(), (None, LATE)).0.deal, Deal::default());
    }

    #[test]
    fn a_fill_of_an_order_of_ours_is_of_its_symbol_though_two_exchanges_have_that() {
        let mut items = demo();
        items.list(&[b'X'; 16], demo_instrument()).unwrap_err();
        for (told_as, order, is_said) in [
            (As::News, Some(OrderId(1)), true),
            (As::Acceptance, Some(OrderId(1)), true),
            (As::Row, None, false),
        ] {
            let read = super::read(&told(), told_as, order, &items, (None, LATE)).unwrap();
            assert_eq!(read.row.deal.item.is_some(), is_said, "{told_as:?}");
        }
    }
}
