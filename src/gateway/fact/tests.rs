use aftm_domain::{ExchangeTime, Fill, Money, Note, OpenClose, Price, Side};

use super::*;

fn id<T: std::str::FromStr>(text: &str) -> T {
    text.parse().unwrap_or_else(|_| panic!("{text:?} is an id"))
}

fn ticket() -> Ticket {
    Ticket {
        account: id("SIM-1"),
        item: id("TXFH1"),
        side: Side::Buy,
        kind: aftm_domain::order::Kind::Limit,
        price: Some(id("17300.5")),
        stop_price: None,
        quantity: Quantity::ONE,
        time_in_force: aftm_domain::order::TimeInForce::Rod,
        open_close: OpenClose::Auto,
        day_trade: true,
        note: id::<Note>("\"手\" {\"fact\":\"x\"}"),
    }
}

fn signal() -> Signal {
    Signal {
        id: id("a#1/exit"),
        created: 7,
        item: id("TXFH1"),
        account: None,
        side: Side::Sell,
        quantity: Quantity::ONE,
        price: Price::from_raw(1),
        trigger: Price::from_raw(2),
        tick: u64::MAX,
        time: ExchangeTime::default(),
        reason: Some(aftm_domain::condition::ExitReason::StopLoss),
    }
}

/// One of each kind that has its own way in, and some that have not.
fn facts() -> Vec<Fact> {
    let refusal = Refusal { code: "X".to_owned(), text: "why \u{1f4a5}\n".to_owned() };
    let (order, request) = (OrderId(u64::MAX), Some(id("r-1")));
    let fill = Fill {
        trade: id("T1"),
        price: Price::from_raw(-1),
        quantity: Quantity::ONE,
        fee: Money::ZERO,
        tax: Money::ZERO,
        time: ExchangeTime::default(),
    };
    let quantity = Quantity::ONE;
    let progress = Progress {
        generation: 3,
        state: aftm_domain::condition::State::Armed,
        trigger: Price::from_raw(5),
        as_of: 9,
    };
    let (ticket, multiplier, door) = (ticket(), Quantity::ONE, Door::V1);
    let time = Some(aftm_domain::ExchangeTime::default());
    let signal_id = Some(id("a#1/entry"));
    let outcomes = [
        Outcome::Ordered { order },
        Outcome::Waits { text: "w".to_owned() },
        Outcome::Refused { code: "c".to_owned(), text: "t".to_owned() },
    ];
    let reports = [
        Report::Accepted { venue_id: id("V-1") },
        Report::Rejected(refusal.clone()),
        Report::Filled(fill),
        Report::Canceled,
        Report::Kept,
        Report::Released,
        Report::Replaced { quantity, price: None },
    ];
    let mut facts = vec![
        Fact::OrderReceived { id: order, ticket, request, signal: None, multiplier, door, time },
        Fact::OrderReceived {
            id: order,
            ticket,
            request: None,
            signal: signal_id,
            multiplier,
            door,
            time: None,
        },
        Fact::OrderDenied { id: order, ticket, request, signal: None, refusal, door, time },
        Fact::Signaled { signal: signal() },
        Fact::ConditionMoved { id: id("a"), progress },
        Fact::LoggedOut {},
        Fact::ItemAdded { item: id("TXFH1") },
        Fact::NumbersTaken { through: order },
        Fact::ReplyTold { id: order },
        Fact::Asked { client: Some("mt5".to_owned()), door, request: "place".to_owned() },
    ];
    facts.extend(protected(order));
    let settled = outcomes.map(|outcome| Fact::SignalSettled { id: id("a#1/exit"), outcome });
    facts.extend(settled);
    facts.extend(reports.map(|report| Fact::OrderReported { id: order, report }));
    facts
}

fn protected(id_of: OrderId) -> Vec<Fact> {
    use crate::gateway::protect::Did;
    use aftm_domain::protection::{Aim, Breakeven, Cause, Levels, Terms};
    let price: Price = "17300".parse().unwrap();
    let terms = Terms {
        take_profit: Some(Aim::Points(price)),
        stop_loss: Some(Aim::At(price)),
        trail: Some(price),
        breakeven: Some(Breakeven { after: price, offset: Price::ZERO }),
    };
    let levels = Levels::of(&terms, Side::Buy, price);
    let (account, item, side, step) = (id("SIM-1"), id("TXFH1"), Side::Sell, price);
    let did = [
        Did::Changed { terms },
        Did::Moved { levels },
        Did::Triggered { cause: Cause::TrailingStop, price },
        Did::Sent { order: id_of, rests: true },
        Did::Kept {},
        Did::Held {},
        Did::Cut { whole: true },
        Did::Withdrawn {},
        Did::Ended { text: "t".to_owned() },
    ];
    let (on, request, door) = (Some(id_of), Some(id("r")), Door::Desk);
    let put = Fact::Protected { id: id_of, on, account, item, side, terms, step, request, door };
    let position =
        Fact::Protected { id: id_of, on: None, account, item, side, terms, step, request, door };
    let paired = Fact::Paired { id: id_of, orders: [id_of, id_of], request: None, door };
    let did = did.map(|did| Fact::Protection { id: id_of, did });
    did.into_iter().chain([put, position, paired]).collect()
}

#[test]
fn a_fact_reads_back_by_its_kind_as_by_its_tag() {
    for fact in facts() {
        let body = serde_json::to_string(&fact).unwrap();
        assert_eq!(Fact::decode(fact.word(), &body), Ok(fact.clone()));
        assert_eq!(serde_json::from_str::<Fact>(&body).unwrap(), fact);
    }
}

#[test]
fn a_kind_that_is_not_the_tag_is_refused() {
    for fact in facts() {
        let body = serde_json::to_string(&fact).unwrap();
        let other = if fact.word() == "order_reported" { "signaled" } else { "order_reported" };
        let refusal = Fact::decode(other, &body).unwrap_err();
        assert!(refusal.contains(fact.word()), "{refusal}");
        assert!(Fact::decode("order_reporte", &body).is_err());
        for cut in 0..body.len() {
            if body.is_char_boundary(cut) {
                assert!(Fact::decode(fact.word(), &body[..cut]).is_err(), "took {cut} bytes");
            }
        }
    }
}

/// A body with the tag in another place is a fact all the same.
#[test]
fn the_tag_may_stand_anywhere() {
    let body = r#"{"id":"A1","fact":"order_reported","report":"canceled"}"#;
    let expected = Fact::OrderReported { id: OrderId(1), report: Report::Canceled };
    assert_eq!(Fact::decode("order_reported", body), Ok(expected));
}
