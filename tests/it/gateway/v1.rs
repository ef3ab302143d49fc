//! The order port as v1 clients know it, with a clock of its own.

use aftm::gateway::v1::{Client, V1};

use super::*;

const ORDER: &str = r#"{"operation":"send_order","parameters":{"order_account":"SIM-1","item_code":"TXFH1","side":"buy","order_type":"Market","price":0.0,"quantity":1,"open_close":"AUTO","note":"From AFTM Gateway","day_trade":"N","time_in_force":"IOC"}}"#;

struct Door5557 {
    rig: Rig,
    v1: V1,
}

impl Door5557 {
    fn new(settings: aftm_sim::Settings) -> Door5557 {
        Door5557 { rig: Rig::with(settings), v1: V1::default() }
    }

    fn take(&mut self, client: &str, body: &str) -> Option<String> {
        let client = vec![client.as_bytes().to_vec(), Vec::new()];
        let now = self.rig.now;
        let reply = self.v1.take(&mut self.rig.core, body.as_bytes(), client, None, now)?;
        Some(String::from_utf8(reply).unwrap())
    }

    /// Delivers what there is; `is_there` says which clients can be reached.
    fn deliver(&mut self, is_there: impl Fn(&str) -> bool) -> Vec<(String, String)> {
        let mut told = Vec::new();
        let send = |client: &Client, body: &[u8]| {
            let name = String::from_utf8(client[0].clone()).unwrap();
            let is_reached = is_there(&name);
            if is_reached {
                told.push((name, String::from_utf8(body.to_vec()).unwrap()));
            }
            is_reached
        };
        self.v1.deliver(&mut self.rig.core, self.rig.now, send);
        told
    }

    fn pass(&mut self, seconds: i64) {
        self.rig.tick_of(ITEM, 17_300, seconds * Stamp::SECOND);
    }
}

#[test]
fn what_the_v1_executor_sends_works() {
    let mut door = Door5557::new(Default::default());
    assert_eq!(door.take("x", ORDER), None);
    let told = door.deliver(|_| true);
    assert_eq!(told.len(), 1);
    assert!(told[0].1.contains(r#""is_send_order":true"#), "{}", told[0].1);
    assert!(told[0].1.contains(r#""order_serial":"A1""#), "{}", told[0].1);
    door.pass(1);
    door.deliver(|_| true);
    assert!(door.v1.deadline().is_none());
}

#[test]
fn a_request_that_still_waits_is_joined_and_all_are_told() {
    let mut door = Door5557::new(slow());
    for client in ["a", "b", "c", "d"] {
        assert_eq!(door.take(client, ORDER), None);
    }
    assert_eq!(door.rig.orders(), 1, "one order was executed more than once");
    door.pass(3);
    assert!(door.deliver(|_| true).is_empty());
    door.pass(1);
    let told = door.deliver(|_| true);
    assert_eq!(told.len(), 4);
    assert!(told.iter().all(|(_, it)| it.contains("IN_DOUBT") && it.contains("A1")), "{told:?}");
}

/// Told that its order is in doubt, a v1 client sends it again, against all advice.
#[test]
fn a_client_that_was_left_in_doubt_and_asks_again_gets_the_first_order() {
    let latency = 60 * Stamp::SECOND;
    let mut door = Door5557::new(aftm_sim::Settings { latency, ..Default::default() });
    door.take("a", ORDER);
    door.pass(5);
    door.rig.core.expire(door.rig.now);
    assert!(door.deliver(|_| true)[0].1.contains("IN_DOUBT"));
    door.take("a", ORDER);
    (0..14).for_each(|_| door.pass(5));
    let told = door.deliver(|_| true);
    assert!(told[0].1.contains(r#""order_serial":"A1""#), "{told:?}");
    assert_eq!((door.rig.orders(), told.len()), (1, 1));
}

#[test]
fn an_undelivered_outcome_waits_thirty_seconds_for_the_same_bytes() {
    for (seconds, orders) in [(29, 1), (30, 2)] {
        let mut door = Door5557::new(Default::default());
        door.take("gone", ORDER);
        assert!(door.deliver(|_| false).is_empty());
        door.pass(seconds);
        assert_eq!(door.take("back", ORDER), None);
        assert_eq!(door.rig.orders(), orders, "after {seconds} s");
        let told = door.deliver(|name| name == "back");
        assert!(told[0].1.contains(&format!(r#""order_serial":"A{orders}""#)), "{told:?}");
    }
}

#[test]
fn after_a_delivered_reply_the_same_bytes_are_a_new_order() {
    let mut door = Door5557::new(Default::default());
    for order in 1..=20 {
        // Where a port begins to count them is a help and nothing more: another finds the same.
        if order % 7 == 0 {
            door.v1 = V1::default();
            door.pass(40);
        }
        door.take("a", ORDER);
        assert_eq!(door.deliver(|_| true).len(), 1);
        assert_eq!(door.rig.orders(), order);
    }
}

#[test]
fn a_request_id_makes_it_one_order_for_ever() {
    let mut door = Door5557::new(Default::default());
    let body = ORDER.replace(r#""note""#, r#""request_id":"r-1","note""#);
    for client in ["a", "b"] {
        assert_eq!(door.take(client, &body), None);
        let told = door.deliver(|_| true);
        assert!(told[0].1.contains(r#""order_serial":"A1""#), "{told:?}");
        door.pass(3_600);
    }
    let other = body.replace(r#""quantity":1"#, r#""quantity":2"#);
    let refused = door.take("c", &other).unwrap();
    assert!(refused.contains("DUPLICATE_REQUEST"), "{refused}");
    assert_eq!(door.rig.orders(), 1);
}

#[test]
fn a_rejection_is_told_with_the_exchange_s_reason() {
    let mut door = Door5557::new(aftm_sim::Settings { reject_one_in: 1, ..Default::default() });
    door.take("a", ORDER);
    let told = door.deliver(|_| true);
    assert!(told[0].1.contains(r#""is_send_order":false"#), "{told:?}");
    assert!(told[0].1.contains("REHEARSAL"), "{told:?}");
}

/// A cancel by the desk is no answer of the exchange: the order may still be rejected.
#[test]
fn an_order_that_is_canceled_before_its_answer_is_not_told_as_accepted() {
    let mut door = Door5557::new(slow());
    door.take("a", ORDER);
    door.rig.do_it(&Request::Cancel { order: OrderId(1) });
    assert!(door.deliver(|_| true).is_empty());
}

#[test]
fn what_is_no_request_gets_an_error_and_executes_nothing() {
    let mut door = Door5557::new(Default::default());
    let sell = ORDER.replace(r#""side":"buy""#, r#""side":"b""#);
    let nan = ORDER.replace(r#""quantity":1"#, r#""quantity":1.9"#);
    for body in ["", "{", "[]", "\u{feff}", "null", sell.as_str(), nan.as_str()] {
        let reply = door.take("a", body).expect("an error is told at once");
        assert!(reply.contains(r#""success":false"#), "{body:?}: {reply}");
    }
    assert_eq!((door.rig.orders(), door.v1.deadline()), (0, None));
}

#[test]
fn f04_a_request_without_a_name_is_the_same_order_after_the_machine_was_killed() {
    let mut door = Door5557::new(Default::default());
    assert_eq!(door.take("a", ORDER), None);
    // It is killed before the reply goes out.
    door.rig.restart();
    door.rig.login();
    door.rig.tick(17_300);
    door.v1 = V1::new(door.rig.now);
    assert_eq!(door.take("b", ORDER), None);
    let told = door.deliver(|_| true);
    assert!(told[0].1.contains(r#""order_serial":"A1""#), "{told:?}");
    assert_eq!(door.rig.core.state().orders.len(), 1);
    // A reply was delivered, and that is remembered, too, as soon as it is out for sure.
    door.pass(1);
    assert!(door.deliver(|_| true).is_empty() && door.v1.is_empty());
    door.rig.restart();
    door.rig.login();
    door.rig.tick(17_300);
    door.v1 = V1::new(door.rig.now);
    assert_eq!(door.take("c", ORDER), None);
    assert!(door.deliver(|_| true)[0].1.contains(r#""order_serial":"A2""#));
    // Nobody asks again for half a minute: then it is another order.
    assert_eq!(door.take("d", ORDER), None);
    door.rig.restart();
    door.rig.login();
    door.rig.tick(17_300);
    door.v1 = V1::new(door.rig.now);
    door.pass(31);
    assert_eq!(door.take("e", ORDER), None);
    let told = door.deliver(|_| true);
    assert!(told[0].1.contains(r#""order_serial":"A4""#), "{told:?}");
}
