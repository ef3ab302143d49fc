//! The tick port: what a v1 subscriber hears, and that nobody has to wait for it.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // Helpers of tests may fail as tests do.

use std::fmt::Write as _;
use std::rc::Rc;

use aftm::wire::v1::ticks;
use zmq::SocketType;

use super::bench::{Machine, PREPARED};

#[test]
fn a_subscriber_hears_two_frames_a_tick_and_nothing_else() {
    let machine = Machine::start(&["random.gap_ms=1"]);
    let ticks = machine.socket(SocketType::SUB, "tick_port");
    machine.ask(&super::bench::order(&serde_json::json!({})));
    let mut last = None;
    for _ in 0..100 {
        let frames = ticks.recv_multipart(0).unwrap();
        assert_eq!((frames.len(), frames[0].as_slice(), frames[1].len()), (2, &b"TICK"[..], 121));
        let tick = ticks::decode_tick(&frames[1]).unwrap();
        assert_eq!(tick.item.as_str(), "TXFH1");
        assert!(tick.price.is_positive());
        assert!(last <= Some(tick.when));
        last = Some(tick.when);
    }
}

#[test]
fn a_subscriber_that_never_reads_holds_up_nothing() {
    const TICKS: usize = 20_000;
    let home = Rc::new(tempfile::tempdir().unwrap());
    let mut feed = "time,code,price,quantity\n".to_owned();
    for tick in 0..TICKS {
        let (minute, second, price) = (tick / 60 % 60, tick % 60, 17_000 + tick % 50);
        let hour = 9 + tick / 3_600;
        let _ =
            writeln!(feed, "2021-07-26T{hour:02}:{minute:02}:{second:02}+08:00,TXFH1,{price},1");
    }
    std::fs::write(home.path().join("ticks.csv"), feed).unwrap();
    let script = format!("{PREPARED}status\nwait running\nwait feed-end\nquit\n");
    let sets = ["feed.source=csv:ticks.csv", "feed.speed=max"];
    let machine = Machine::run(home, &script, &sets);
    let deaf = machine.socket(SocketType::SUB, "tick_port");
    let hearing = machine.socket(SocketType::SUB, "tick_port");
    assert_eq!(machine.ctl("start").0, 0);
    let end = machine.wait("feed", |it| it["state"] == "ended");
    assert!(end["text"].as_str().unwrap().starts_with("20000 ticks"), "{end}");
    let (first, second) = (hearing.recv_multipart(0).unwrap(), hearing.recv_multipart(0).unwrap());
    assert!(first < second, "what it hears comes in order");
    drop(deaf);
}
