//! What the driver's tests share.

use aftm_domain::Instrument;
use aftm_domain::instrument::{Margin, TickTable};
use aftm_domain::session::{Sessions, Span};

/// An instrument as the example lists it, with a fee and a tax.
pub(super) fn demo_instrument() -> Instrument {
    Instrument {
        code: "DEMO".parse().unwrap(),
        product: "DEMO".parse().unwrap(),
        name: "示範 (example)".to_owned(),
        month: "2021-08".to_owned(),
        ticks: TickTable::flat("1".parse().unwrap()).unwrap(),
        multiplier: "50".parse().unwrap(),
        currency: "TWD".to_owned(),
        margin: Margin::Fixed {
            initial: "184000".parse().unwrap(),
            maintenance: "141000".parse().unwrap(),
        },
        fee: "20".parse().unwrap(),
        tax: 20_000,
        sessions: Sessions {
            day: Span { opens: 31_500, closes: 49_500 },
            night: Some(Span { opens: 54_000, closes: 18_000 }),
        },
        last_trading_day: jiff::civil::date(2021, 8, 18),
        last_trading_second: 48_600,
        market_order_max: "10".parse().unwrap(),
        limit_order_max: "100".parse().unwrap(),
        lot_step: "1".parse().unwrap(),
        price_limit: Some(100_000),
    }
}
