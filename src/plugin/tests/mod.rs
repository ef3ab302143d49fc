//! The driver as a whole, with the example in C and with a made-up session; and what the driver's
//! tests share.

mod course;
mod example;
mod fake;
mod inquiry;
mod login;
mod simulator;

use aftm_domain::instrument::{Margin, TickTable};
use aftm_domain::order::{Kind, Ticket, TimeInForce};
use aftm_domain::session::{Sessions, Span};
use aftm_domain::{Instrument, Note, OpenClose, OrderId, Side};

use crate::wire::venue::{Hidden, Sent};
use crate::wire::{VenueCall, VenueWord};

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

/// A limit order at the example.
pub(super) fn ticket(side: Side, lots: &str, price: &str) -> Ticket {
    Ticket {
        account: "EXAMPLE-1".parse().unwrap(),
        item: "DEMO".parse().unwrap(),
        side,
        kind: Kind::Limit,
        price: Some(price.parse().unwrap()),
        stop_price: None,
        quantity: lots.parse().unwrap(),
        time_in_force: TimeInForce::Rod,
        open_close: OpenClose::Auto,
        day_trade: false,
        note: Note::default(),
    }
}

/// How the gateway names an order that it sent there.
pub(super) fn sent(id: u64) -> Sent {
    let ticket = ticket(Side::Buy, "1", "17000");
    Sent {
        id: OrderId(id),
        account: ticket.account,
        item: ticket.item,
        venue_id: None,
        is_external: false,
    }
}

/// Credentials that the example knows.
pub(super) fn login(password: &str) -> VenueCall {
    let hidden = |it: &str| Hidden(it.to_owned());
    VenueCall::Login {
        credentials: vec![
            ("user".to_owned(), hidden("demo")),
            ("password".to_owned(), hidden(password)),
        ],
        production: false,
        now: None,
    }
}

/// A word without what it says, for tests of the order of words.
pub(super) fn kind(word: &VenueWord) -> String {
    match word {
        VenueWord::Report { order, report } => format!("{order} {}", report.word()),
        VenueWord::Filled { row } => {
            let order = row.order.map_or_else(String::new, |it| it.to_string());
            format!("{order} filled")
        }
        VenueWord::Order { row } => format!("order {:?} {}", row.order, row.status),
        VenueWord::Fill { row } => format!("fill {:?} {}", row.order, row.fill.trade),
        VenueWord::Position { row } => format!("position {} {}", row.side, row.quantity),
        VenueWord::Stands { refusal: None } => "stands".to_owned(),
        VenueWord::Stands { refusal: Some(refusal) } => format!("stands not: {refusal}"),
        VenueWord::LoggedIn { accounts } => format!("logged in {accounts:?}"),
        VenueWord::LoginRefused { refusal } => format!("login refused: {refusal}"),
        VenueWord::Instrument { instrument } => format!("instrument {}", instrument.code),
        VenueWord::Money { row } => format!("money {}", row.account),
        VenueWord::Down { reason } => format!("down: {reason}"),
        VenueWord::Up {} => "up".to_owned(),
        VenueWord::Broken { reason } => format!("broken: {reason}"),
        VenueWord::Unknown { order } => format!("{order} unknown"),
        VenueWord::Market { tick, .. } => format!("tick {} {}", tick.item, tick.price),
        VenueWord::Line { text, .. } => format!("line: {text}"),
        other => format!("{other:?}"),
    }
}

/// No word at all.
pub(super) const NOTHING: [String; 0] = [];

/// The words, lines of the log left out.
pub(super) fn kinds(words: &[VenueWord]) -> Vec<String> {
    words.iter().filter(|it| !matches!(it, VenueWord::Line { .. })).map(kind).collect()
}
