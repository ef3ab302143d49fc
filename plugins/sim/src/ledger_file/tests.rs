//! The lines as they stand in the file, and what is refused of them.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use aftm_domain::order::Status;
use aftm_domain::{OrderId, Side};

use super::{Entry, read};
use crate::tests::{Floor, future, item, limit, market, points, stop};
use crate::{Sim, ledger_file};

const BEGUN: &str = r#"{"begun":{"version":1,"time":"2021-07-26T08:45:00+08:00","used":0,"accounts":[["SIM-1","5000000"]],"held":[]}}
"#;

fn listed() -> String {
    Entry::Listed(ledger_file::Terms::from(&future("TXFH1"))).line()
}

/// The lines of a floor's exchange, behind the first two.
fn lines(floor: &mut Floor) -> String {
    let mut happened = Vec::new();
    floor.sim.happened(&mut happened);
    happened.iter().map(|it| Entry::from(it).line()).collect()
}

fn kept() -> Floor {
    let mut floor = Floor::new();
    floor.sim.keep_happenings();
    floor
}

#[test]
fn an_order_is_read_by_people() {
    let mut floor = kept();
    floor.trade(17_300, 1);
    floor.place(7, &limit(Side::Buy, 1, 17_310));
    assert_eq!(
        lines(&mut floor),
        concat!(
            r#"{"order":{"id":"A7","time":"2021-07-26T09:00:01+08:00","ticket":{"account":"SIM-1","#,
            r#""item":"TXFH1","side":"buy","kind":"limit","price":"17310","stop_price":null,"#,
            r#""quantity":"1","time_in_force":"rod","open_close":"auto","day_trade":false,"#,
            r#""note":""}}}"#,
            "\n",
            r#"{"report":{"id":"A7","report":{"accepted":{"venue_id":"SIM-00000007"}}}}"#,
            "\n",
            r#"{"report":{"id":"A7","report":{"filled":{"trade":"T7-1","price":"17301","#,
            r#""quantity":"1","fee":"60","tax":"69","time":"2021-07-26T09:00:01+08:00"}}}}"#,
            "\n",
        )
    );
}

#[test]
fn the_lines_add_up_to_what_the_exchange_knows() {
    let mut floor = kept();
    floor.trade(17_300, 1);
    floor.place(1, &market(Side::Buy, 2));
    floor.place(2, &limit(Side::Sell, 3, 17_350));
    floor.place(3, &stop(Side::Sell, 1, 17_200, None));
    floor.place(4, &limit(Side::Buy, 0, 17_000));
    floor.sim.amend(OrderId(2), None, Some(points(17_340)), &mut floor.news).unwrap();
    floor.sim.cancel(OrderId(3), &mut floor.news).unwrap();
    floor.sim.cancel(OrderId(3), &mut floor.news).unwrap();
    floor.trade(17_340, 1);
    let text = format!("{BEGUN}{}{}", listed(), lines(&mut floor));
    let day = read(text.as_bytes()).unwrap().day.unwrap();
    let stands = |id| {
        let order = &day.order(OrderId(id)).unwrap().order;
        (order.status, order.filled().to_string())
    };
    assert_eq!(stands(1), (Status::Filled, "2".to_owned()));
    assert_eq!(stands(2), (Status::New, "1".to_owned()));
    assert_eq!(stands(3), (Status::Canceled, "0".to_owned()));
    assert_eq!(stands(4), (Status::Rejected, "0".to_owned()));
    let mut restored = Sim::new(crate::Settings {
        accounts: vec!["SIM-1".parse().unwrap()],
        ..crate::Settings::default()
    });
    assert_eq!(day.restore(&mut restored).unwrap(), []);
    let account = "SIM-1".parse().unwrap();
    let position = |sim: &Sim| sim.positions(&account).map(|it| it.1.clone()).next();
    assert_eq!(position(&restored), position(&floor.sim));
    let today = |sim: &Sim| sim.summary(&account).unwrap().today;
    assert_eq!(today(&restored), today(&floor.sim));
    assert_eq!(restored.working().len(), 1);
}

#[test]
fn a_torn_last_line_is_left_out() {
    let whole = format!("{BEGUN}{}", listed());
    let torn = format!(r#"{whole}{{"cancel":{{"id":"A1"}}}}"#);
    let reading = read(torn.as_bytes()).unwrap();
    assert_eq!((reading.whole, reading.torn), (whole.len(), 22));
    assert!(reading.day.unwrap().instruments.contains_key(&item()));
    let nothing = read(b"{\"beg").unwrap();
    assert!(nothing.day.is_none() && nothing.whole == 0 && nothing.torn == 5);
}

#[test]
fn damage_is_named_with_its_line() {
    let order = {
        let mut floor = kept();
        floor.trade(17_300, 1);
        floor.place(1, &limit(Side::Buy, 1, 17_310));
        lines(&mut floor)
    };
    let placed = order.lines().next().unwrap();
    let filled = order.lines().last().unwrap();
    for (text, why) in [
        ("x\n".to_owned(), "line 1: expected value"),
        ("{\"cancel\":{\"id\":\"A1\"}}\n".to_owned(), "line 1: no day has begun before it"),
        (format!("{BEGUN}{BEGUN}"), "line 2: a day begins a second time"),
        (BEGUN.replace(":1,", ":2,"), "line 1: it is of version 2, and this program reads 1"),
        (BEGUN.replace("used", "use"), "line 1: unknown field `use`"),
        (format!("{BEGUN}\0\0\0\n"), "line 2: expected value"),
        (format!("{BEGUN}{placed}\n{placed}\n"), "line 3: order A1 arrives a second time"),
        (format!("{BEGUN}{filled}\n"), "line 2: order A1 never arrived"),
        (format!("{BEGUN}{placed}\n{filled}\n"), "line 3: TXFH1 trades and was never listed"),
        (
            format!("{BEGUN}{}{order}{filled}\n", listed()),
            "line 6: fill T1-1 of order A1 was counted before",
        ),
    ] {
        let damage = read(text.as_bytes()).unwrap_err().to_string();
        assert!(damage.contains(why), "{damage}\n{text}");
    }
}

#[test]
fn a_long_file_is_read_in_its_order_and_its_damage_is_found_where_it_is() {
    let mut floor = kept();
    floor.trade(17_300, 1);
    for id in 1..=2_000 {
        floor.place(id, &limit(if id % 2 == 0 { Side::Buy } else { Side::Sell }, 1, 17_300));
    }
    let text = format!("{BEGUN}{}{}", listed(), lines(&mut floor));
    let day = read(text.as_bytes()).unwrap().day.unwrap();
    let ids: Vec<u64> = day.orders().iter().map(|it| it.order.id.0).collect();
    assert_eq!(ids, (1..=2_000).collect::<Vec<_>>());
    assert!(day.fills().count() > 1_000);
    let count = text.lines().count();
    assert!(count > 4_096, "{count} lines are read by one thread");
    for at in [1_000, count / 2, count] {
        let mut broken: Vec<&str> = text.lines().collect();
        broken[at - 1] = "{\"cancel\":1}";
        let damage = read((broken.join("\n") + "\n").as_bytes()).unwrap_err();
        assert_eq!(damage.line, at, "{damage}");
    }
}
