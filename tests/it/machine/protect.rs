//! Protections of a machine that is killed: the next one closes what they protect, once.

use rustix::process::Signal;

use super::{Home, Machine, of_kind};

/// Both items at one price after another, a second apart.
fn feed(home: &Home, name: &str, minute: u32, prices: &[i64]) -> String {
    let mut text = "time,code,price,quantity\n".to_owned();
    for (second, price) in prices.iter().enumerate() {
        for code in ["TXFH1", "MXFH1"] {
            let time = format!("2021-07-26T10:{minute:02}:{second:02}+08:00");
            text.push_str(&format!("{time},{code},{price},5\n"));
        }
    }
    format!("csv:{}", home.write(name, &text).display())
}

const BEGIN: &str = "login demo\nitem add TXFH1 MXFH1\naccount use SIM-1\n";

/// A fixed stop rests at the exchange, one that follows the price is kept by the gateway. Both were
/// armed by their fills when the machine was killed.
#[test]
fn a_bracket_of_a_killed_machine_closes_once_in_the_next() {
    let home = Home::new();
    let up = feed(&home, "up.csv", 0, &[17_300, 17_300]);
    let script = format!(
        "{BEGIN}condition add buy TXFH1 --trigger 1000 --id far\nstart\nwait feed-end\n\
         order buy TXFH1 1 --stop-loss 15 --take-profit 300\n\
         order buy MXFH1 2 --trail 20\nwait fills 2\nprotect list\nwait fills 999\n"
    );
    let mut machine = Machine::start(&home, &script, &["--feed", &up, "--speed", "max"]);
    machine.wait_kind("done", "command", "protect list");
    machine.signal(Signal::KILL);
    let _ = machine.finish();
    let shown = of_kind(&machine.values(), "protection");
    assert!(shown.iter().any(|it| it["stop"] == "17286" && it["state"] == "armed"), "{shown:?}");
    assert!(shown.iter().any(|it| it["stop"] == "17281" && it["state"] == "armed"), "{shown:?}");

    let down = feed(&home, "down.csv", 10, &[17_310, 17_290, 17_285, 17_270, 17_270, 17_260]);
    let script =
        format!("{BEGIN}start\nwait feed-end\nwait flat\nprotect list --all\norders --all\n");
    let mut next = Machine::start(&home, &script, &["--feed", &down, "--speed", "max"]);
    let ended = next.finish();
    assert_eq!(ended.code, Some(0), "{}", ended.said);
    let fills = home.run(&["export", "fills"]).lines();
    for (item, lots) in [("TXFH1", "1"), ("MXFH1", "2")] {
        let sold = fills.iter().filter(|it| it["item"] == item && it["side"] == "sell");
        let sold: Vec<_> = sold.map(|it| it["quantity"].clone()).collect();
        assert_eq!(sold, [lots], "{item} is closed once");
    }
    let over = of_kind(&next.values(), "protection");
    let texts: Vec<_> = over.iter().rev().take(2).map(|it| it["text"].clone()).collect();
    assert!(texts.contains(&"closed by its stop loss".into()), "{over:?}");
    assert!(texts.contains(&"closed by its trailing stop".into()), "{over:?}");
}
