//! Text of others: whatever a venue, a plug-in or a program says, nothing of it acts on a terminal.

use aftm::gateway::venue::News;
use aftm::wire::event::Event;
use aftm::wire::{Answer, Refused, Reply, decode, encode};
use aftm_domain::OrderId;
use aftm_domain::order::{Refusal, Report};
use aftm_domain::text::acts;

use super::running;
use crate::machine::Home;
use crate::v1::bench::{Random, order};

/// A text with a bit of everything.
fn hostile(random: &mut Random) -> String {
    const SPICE: [&str; 8] =
        ["\x1b]0;x\x07", "\u{9b}31m", "\u{202e}", "\u{2066}", "\r\n", "\0", "\u{7f}", "\u{feff}"];
    let some = |random: &mut Random| match random.roll(3) {
        0 => SPICE[random.roll(SPICE.len())].to_owned(),
        1 => char::from_u32(u32::try_from(random.roll(0x3000)).unwrap()).unwrap_or('x').to_string(),
        _ => "margin ".to_owned(),
    };
    (0..1 + random.roll(12)).map(|_| some(random)).collect()
}

#[test]
fn text_that_crosses_a_process_boundary_arrives_plain() {
    let mut random = Random(77);
    for _ in 0..5_000 {
        let (code, text) = (hostile(&mut random), hostile(&mut random));
        let alert = Event::Alert { code: code.clone(), text: text.clone() };
        let Event::Alert { code: one, text: other } = decode(&encode(&alert)).unwrap() else {
            panic!("an alert became another event");
        };
        assert!(!one.chars().chain(other.chars()).any(acts), "{text:?}");
        let refusal = Refusal { code: code.clone(), text: text.clone() };
        let said = News::Report { order: OrderId(1), report: Report::Rejected(refusal) };
        let News::Report { report: Report::Rejected(refusal), .. } = said.plain() else {
            panic!("a refusal became other news");
        };
        assert!(!refusal.to_string().chars().any(acts), "{text:?}");
        let reply: Result<Reply, Refused> = Err(Refused { code, text });
        let answer: Answer = decode(&encode(&Answer { id: 1, reply })).unwrap();
        assert!(!answer.reply.unwrap_err().to_string().chars().any(acts));
    }
}

#[test]
fn neither_lines_nor_the_log_hold_what_a_program_hid_in_its_words() {
    let home = Home::new();
    let (mut machine, status) = running(&home, &["gateway.plain=true", "log.level=trace"]);
    let context = zmq::Context::new();
    let client = context.socket(zmq::SocketType::REQ).unwrap();
    client.set_rcvtimeo(super::PATIENCE_MS).unwrap();
    client.set_linger(0).unwrap();
    client.connect(&super::tcp(&status, "order_port")).unwrap();
    let mut random = Random(5);
    for _ in 0..60 {
        let odd = hostile(&mut random);
        let key = ["note", "order_account", "item_code", "side", "quantity"][random.roll(5)];
        client.send(order(&serde_json::json!({ key: odd })), 0).unwrap();
        let reply = client.recv_bytes(0).unwrap();
        assert!(serde_json::from_slice::<serde_json::Value>(&reply).is_ok());
    }
    assert_eq!(home.ctl("quit --abandon").code, Some(0));
    let ended = machine.finish();
    for text in [&ended.out, &ended.said] {
        let found = text.lines().find(|it| it.chars().any(acts));
        assert_eq!(found, None);
    }
}
