//! What people read by SQL is what the machine knows.

use aftm::entry::ledger::{FILE, Facts, VIEWS, fold};
use aftm::gateway::Ledger as _;
use aftm::gateway::fact::Fact;
use aftm::journal::{Durability, Journal, reader};
use aftm_domain::order::{Refusal, Report};
use aftm_domain::{Fill, Money, Order};

use super::*;
use crate::world::chance::Chance;

const ORDERS: u64 = 300;

fn report(chance: &mut Chance, number: usize) -> Report {
    let refusal = Refusal { code: "X".to_owned(), text: "why".to_owned() };
    match chance.below(13) {
        0 | 1 => Report::Accepted { venue_id: id("V-1") },
        2 => Report::Rejected(refusal),
        3 | 4 => Report::Filled(Fill {
            trade: id(&format!("T{number}")),
            price: points(17_300),
            quantity: lots(1),
            fee: Money::ZERO,
            tax: Money::ZERO,
            time: ExchangeTime::default(),
        }),
        5 => Report::CancelSent,
        6 => Report::CancelRejected(refusal),
        7 => Report::ReplaceSent,
        8 => Report::Replaced { quantity: lots(1 + chance.below(4)), price: None },
        9 => Report::ReplaceRejected(refusal),
        10 => Report::NoReply,
        11 => Report::Triggered,
        _ if chance.one_in(2) => Report::Canceled,
        _ => Report::Expired,
    }
}

/// Whatever an order goes through, the view of it and the fold of it end at the same status.
#[test]
fn the_view_of_every_order_shows_the_status_that_it_has() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(FILE);
    let mut ledger = Facts::new(Journal::open(&path, Durability::Process, VIEWS).unwrap());
    let mut chance = Chance::new(11);
    for number in 1..=ORDERS {
        let (order, ticket) = (OrderId(number), ticket(Side::Buy, 1 + chance.below(3)));
        let (request, signal, multiplier, time) = (None, None, lots(200), None);
        let door = Door::Desk;
        let mut facts = vec![Fact::OrderReceived {
            id: order,
            ticket,
            request,
            signal,
            multiplier,
            door,
            time,
        }];
        let mut known = Order::sent(order, ticket);
        for step in 0..chance.place(14) {
            let report = report(&mut chance, step);
            if known.apply(&report).is_ok() {
                facts.push(Fact::OrderReported { id: order, report });
            }
        }
        ledger.append(MORNING, &facts).unwrap();
    }
    ledger.close().unwrap();
    let state = fold(&Journal::open(&path, Durability::Process, VIEWS).unwrap()).unwrap();
    let reader = reader(&path).unwrap();
    let mut select =
        reader.connection().prepare("SELECT \"order\" || ' ' || status FROM orders").unwrap();
    let rows = select.query_map([], |row| row.get::<_, String>(0)).unwrap();
    let shown: Vec<String> = rows.collect::<Result<_, _>>().unwrap();
    let known = state.orders.iter().map(|(id, it)| format!("{id} {}", it.order.status));
    assert_eq!(shown, known.collect::<Vec<_>>());
}
