//! Reports of small cases worked out by hand, and of seeded ones against the domain's positions.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::collections::BTreeMap;

use aftm_domain::Position;

use super::*;

struct Desk {
    executions: Vec<Execution>,
    terms: BTreeMap<Code, Terms>,
    marks: BTreeMap<Code, Mark>,
    capital: BTreeMap<String, Money>,
}

fn money(units: i64) -> Money {
    Money::from_units(units)
}

/// So many seconds after 09:00 in Taipei.
fn time(second: i64) -> ExchangeTime {
    let start: ExchangeTime = "2021-07-26T09:00:00+08:00".parse().unwrap();
    ExchangeTime { at: start.at.after(second * 1_000_000_000), ..start }
}

impl Desk {
    /// TXFH1 at 200 TWD a point, and ESU1 at 50 USD.
    fn new() -> Desk {
        let terms = [("TXFH1", 200, "TWD"), ("MXFH1", 50, "TWD"), ("ESU1", 50, "USD")];
        let terms = terms.map(|(item, multiplier, currency)| {
            let multiplier = Quantity::from_units(multiplier).unwrap();
            (item.parse().unwrap(), Terms { multiplier, currency: currency.to_owned() })
        });
        Desk {
            executions: Vec::new(),
            terms: terms.into(),
            marks: BTreeMap::new(),
            capital: BTreeMap::new(),
        }
    }

    /// A fill a minute after the last, at a fee of 25 a lot and a tax of 69: `a entry buy 1 TXFH1
    /// 17306`, with `-` for what an order by hand does not have.
    fn fill(&mut self, text: &str) -> &mut Execution {
        let words = text.split(' ').collect::<Vec<_>>();
        let quantity: Quantity = words[3].parse().unwrap();
        let number = self.executions.len();
        self.executions.push(Execution {
            order: OrderId(number as u64 + 1),
            condition: Some(words[0]).filter(|it| *it != "-").map(|it| it.parse().unwrap()),
            kind: match words[1] {
                "entry" => Some(SignalKind::Entry),
                "exit" => Some(SignalKind::Exit),
                _ => None,
            },
            item: words[4].parse().unwrap(),
            account: "SIM-1".parse().unwrap(),
            side: words[2].parse().unwrap(),
            open_close: OpenClose::Auto,
            quantity,
            price: words[5].parse().unwrap(),
            fee: money(25).times(quantity).unwrap(),
            tax: money(69),
            time: time(60 * number as i64),
        });
        self.executions.last_mut().unwrap()
    }

    fn mark(&mut self, item: &str, price: &str, second: i64) {
        let mark = Mark { price: price.parse().unwrap(), time: time(second) };
        self.marks.insert(item.parse().unwrap(), mark);
    }

    fn inputs(&self) -> Inputs<'_> {
        Inputs {
            executions: &self.executions,
            terms: &self.terms,
            marks: &self.marks,
            capital: &self.capital,
            span: None,
            signals: None,
        }
    }

    fn report(&self) -> Report {
        Report::new(&self.inputs()).unwrap()
    }
}

/// A long that wins 40 points and a short that loses 10, then one that stays open.
fn day() -> Desk {
    let mut desk = Desk::new();
    desk.fill("a entry buy 1 TXFH1 17300");
    desk.fill("a exit sell 1 TXFH1 17340");
    desk.fill("b entry sell 2 TXFH1 17350");
    desk.fill("b exit buy 1 TXFH1 17360");
    desk.mark("TXFH1", "17345", 600);
    desk
}

#[test]
fn a_line_of_fills_is_exactly_as_promised() {
    let mut desk = Desk::new();
    desk.fill("a entry buy 1 TXFH1 17306").order = OrderId(12);
    desk.fill("- - sell 2 TXFH1 17306.5");
    let lines = desk.executions.iter().map(|it| serde_json::to_string(it).unwrap());
    assert_eq!(
        lines.collect::<Vec<_>>().join("\n"),
        concat!(
            r#"{"order":"A12","condition":"a","kind":"entry","item":"TXFH1","account":"SIM-1","#,
            r#""side":"buy","quantity":"1","price":"17306","fee":"25","tax":"69","#,
            r#""time":"2021-07-26T09:00:00+08:00"}"#,
            "\n",
            r#"{"order":"A2","condition":"","kind":"","item":"TXFH1","account":"SIM-1","#,
            r#""side":"sell","quantity":"2","price":"17306.5","fee":"50","tax":"69","#,
            r#""time":"2021-07-26T09:01:00+08:00"}"#
        )
    );
}

#[test]
fn a_day_by_hand() {
    let report = day().report();
    // The long: 40 × 200 − 2 × (25 + 69). The short's closed lot: −10 × 200, half of the entry's
    // costs (50 + 69) and all of its exit's.
    let nets = report.trades.iter().map(|it| it.net.to_string()).collect::<Vec<_>>();
    assert_eq!(nets, ["7812", "-2153.5"]);
    let open = &report.open[0];
    assert_eq!((open.side, open.quantity), (Side::Sell, Quantity::ONE));
    assert_eq!((open.profit, open.fee), (Some(money(1_000)), money(25)));
    let summary = &report.currencies[0];
    let results = &summary.results;
    assert_eq!((results.trades, results.winners, results.losers), (2, 1, 1));
    assert_eq!(results.win_rate.unwrap().to_string(), "50.00");
    assert_eq!(results.profit_factor.unwrap().to_string(), "3.63");
    assert_eq!((results.closed_profit, results.open_profit), (money(6_000), money(1_000)));
    assert_eq!((results.fee, results.tax), (money(125), money(276)));
    assert_eq!(results.net, money(7_000 - 401));
    assert_eq!(results.largest_loss, Some("-2153.5".parse().unwrap()));
    // A minute long, then from the second minute to the mark at the tenth.
    assert_eq!(summary.exposure_seconds, 60 + 480);
    assert_eq!(summary.equity.points.last().unwrap().equity, results.net);
}

#[test]
fn the_drawdown_is_the_deepest_fall_after_fees() {
    let mut desk = day();
    let drawdown = desk.report().currencies[0].drawdown.unwrap();
    // From the peak 7812 by the short's entry costs (119), its loss (2000) and its exit's costs (94).
    assert_eq!(drawdown.amount, money(119 + 2_000 + 94));
    assert_eq!((drawdown.from, drawdown.to), (time(60), time(180)));
    assert_eq!(drawdown.percent, None);
    desk.capital.insert("TWD".to_owned(), money(100_000));
    let percent = desk.report().currencies[0].drawdown.unwrap().percent;
    assert_eq!(percent.unwrap().to_string(), "2.05");
}

#[test]
fn an_exit_in_parts_closes_the_oldest_lots_first() {
    let mut desk = Desk::new();
    desk.fill("a entry buy 2 TXFH1 100");
    desk.fill("a entry buy 2 TXFH1 110");
    desk.fill("a exit sell 3 TXFH1 120");
    desk.fill("a exit sell 1 TXFH1 90");
    let report = desk.report();
    let shown = report.trades.iter().map(|it| {
        let (entry, exit) = (it.entry.order, it.exit.order);
        format!("{} {entry}-{exit} {}", it.quantity, it.profit)
    });
    assert_eq!(shown.collect::<Vec<_>>(), ["2 A1-A3 8000", "1 A2-A3 2000", "1 A2-A4 -4000"]);
    assert!(report.open.is_empty());
    let paid: Money = report
        .trades
        .iter()
        .fold(Money::ZERO, |sum, it| sum.checked_add(it.fee).unwrap().checked_add(it.tax).unwrap());
    assert_eq!(paid, money(8 * 25 + 4 * 69));
}

#[test]
fn a_condition_closes_its_own_lots_and_the_hand_closes_what_is_there() {
    let mut desk = Desk::new();
    desk.fill("a entry buy 1 TXFH1 100");
    desk.fill("b entry buy 1 TXFH1 110");
    desk.fill("b exit sell 1 TXFH1 120");
    desk.fill("- - sell 3 TXFH1 130");
    let report = desk.report();
    let shown = report.trades.iter().map(|it| format!("{:?} {}", it.condition, it.profit));
    assert_eq!(shown.collect::<Vec<_>>(), ["Some(b) 2000", "Some(a) 6000"]);
    // What is left of the hand's order is a short of its own.
    let left = &report.open[0];
    assert_eq!(
        (left.condition, left.side, left.quantity.to_string()),
        (None, Side::Sell, "2".into())
    );
    assert_eq!(left.profit, None);
    assert_eq!(report.currencies[0].results.unmarked, 1);
    assert!(report.to_string().contains("without a last price"));
}

#[test]
fn a_close_of_more_than_is_held_is_an_error_that_names_the_order() {
    let mut desk = Desk::new();
    desk.fill("a entry buy 1 TXFH1 100");
    desk.fill("a exit sell 2 TXFH1 110").open_close = OpenClose::Close;
    let refusal = Report::new(&desk.inputs()).unwrap_err();
    assert!(matches!(refusal, ReportError::NotHeld { order: OrderId(2), .. }), "{refusal}");
}

#[test]
fn fills_that_cannot_be_counted_are_errors() {
    let mut desk = day();
    desk.executions[1].time = time(-1);
    assert!(matches!(Report::new(&desk.inputs()), Err(ReportError::OutOfOrder { .. })));
    let mut desk = day();
    desk.executions[0].item = "CDFH1".parse().unwrap();
    assert!(matches!(Report::new(&desk.inputs()), Err(ReportError::UnknownItem { .. })));
    let mut desk = day();
    desk.executions[0].quantity = Quantity::ZERO;
    assert!(matches!(Report::new(&desk.inputs()), Err(ReportError::NoLots { .. })));
    let mut desk = day();
    desk.executions[0].fee = Money::from_raw(i128::MAX);
    assert!(matches!(Report::new(&desk.inputs()), Err(ReportError::OutOfRange { .. })));
}

#[test]
fn currencies_are_never_added() {
    let mut desk = day();
    desk.fill("e entry buy 1 ESU1 4400");
    desk.fill("e exit sell 1 ESU1 4410");
    let report = desk.report();
    let nets = report.currencies.iter().map(|it| format!("{} {}", it.currency, it.results.net));
    assert_eq!(nets.collect::<Vec<_>>(), ["TWD 6599", "USD 312"]);
    assert_eq!(report.currencies[1].equity.points.len(), 3);
    assert_eq!(plot(&report, "two").matches(r#"class="equity""#).count(), 2);
}

#[test]
fn nothing_traded_is_said() {
    let report = Desk::new().report();
    assert_eq!(report.to_string(), "Nothing was traded.\n");
    assert!(plot(&report, "none").contains("Nothing was traded."));
    assert!(serde_json::to_value(&report).unwrap()["currencies"].as_array().unwrap().is_empty());
}

#[test]
fn the_text_of_a_day() {
    let mut desk = day();
    desk.capital.insert("TWD".to_owned(), money(100_000));
    let inputs = Inputs { signals: Some(4), ..desk.inputs() };
    let text = Report::new(&inputs).unwrap().to_string();
    assert_eq!(text, include_str!("tests/day.txt"), "\n{text}");
}

#[test]
fn the_json_of_a_day() {
    let json = serde_json::to_string_pretty(&day().report()).unwrap() + "\n";
    assert_eq!(json, include_str!("tests/day.json"), "\n{json}");
}

/// Whatever is traded: what is open is what the domain's position holds, profit is the cash that
/// moved, and every table adds up to the same.
#[test]
fn every_table_adds_up_to_the_cash_that_moved() {
    for seed in 1..=300_u64 {
        let (desk, positions) = random_day(seed);
        let report = desk.report();
        for (item, (position, _)) in &positions {
            for side in [Side::Buy, Side::Sell] {
                let lots = report.open.iter().filter(|it| it.item == *item && it.side == side);
                let held: i64 = lots.map(|it| it.quantity.raw()).sum();
                assert_eq!(held, position.held(side).raw(), "seed {seed}");
            }
        }
        let cash: i128 = positions.values().map(|(_, cash)| cash).sum();
        let sum = |rows: &[Row]| rows.iter().map(|it| it.results.net.raw()).sum::<i128>();
        let summary = &report.currencies[0];
        assert_eq!(summary.results.net.raw(), cash, "seed {seed}");
        assert_eq!((sum(&report.conditions), sum(&report.items)), (cash, cash), "seed {seed}");
        assert_eq!(summary.equity.points.last().unwrap().equity.raw(), cash, "seed {seed}");
        let gross = summary.results.gross_profit.checked_add(summary.results.gross_loss).unwrap();
        let closed: i128 = report.trades.iter().map(|it| it.net.raw()).sum();
        assert_eq!(gross.raw(), closed, "seed {seed}");
    }
}

/// A day at random, with each item's position and cash at the last price, after costs.
fn random_day(seed: u64) -> (Desk, BTreeMap<Code, (Position, i128)>) {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let mut roll = |sides: u64| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state % sides).unwrap()
    };
    let mut desk = Desk::new();
    let mut positions = BTreeMap::<Code, (Position, i128)>::new();
    for _ in 0..80 {
        let condition = ["a entry", "b entry", "a exit", "- -"][roll(4)];
        let (side, item) = (["buy", "sell"][roll(2)], ["TXFH1", "MXFH1"][roll(2)]);
        let (lots, price) = (1 + roll(4), 90 + roll(20));
        let fill = desk.fill(&format!("{condition} {side} {lots} {item} {price}"));
        fill.open_close = [OpenClose::Auto, OpenClose::Open, OpenClose::Close][roll(3)];
        let Execution { side, open_close, quantity, price, item, fee, tax, .. } = *fill;
        let multiplier = desk.terms[&item].multiplier;
        let (position, cash) = positions.entry(item).or_default();
        if position.book(side, open_close, quantity, price, multiplier).is_err() {
            desk.executions.pop();
            continue;
        }
        let value = Money::value(price, quantity, multiplier).unwrap().raw();
        *cash += if side == Side::Buy { -value } else { value };
        *cash -= fee.raw() + tax.raw();
    }
    for (item, (position, cash)) in &mut positions {
        let price = 90 + roll(20);
        desk.mark(item.as_str(), &price.to_string(), 100_000);
        let mark = price.to_string().parse().unwrap();
        *cash += Money::value(mark, position.net(), desk.terms[item].multiplier).unwrap().raw();
    }
    (desk, positions)
}

/// Every tag is closed in turn, every attribute is quoted, every `&` begins an entity.
fn assert_well_formed(svg: &str) {
    let mut open = Vec::new();
    for part in svg.split('<').skip(1) {
        let (tag, text) = part.split_once('>').unwrap();
        assert!(!text.contains('>'), "{text}");
        for rest in part.split('&').skip(1) {
            let entity = rest.split(';').next().unwrap();
            assert!(["amp", "lt", "gt", "quot", "#39"].contains(&entity), "&{entity}");
        }
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop(), Some(name), "{part}");
        } else if !tag.ends_with('/') {
            open.push(tag.split(' ').next().unwrap());
        }
        assert_eq!(tag.matches('"').count() % 2, 0, "{tag}");
    }
    assert!(open.is_empty(), "{open:?}");
}

#[test]
fn the_picture_is_well_formed_and_escapes_what_it_is_told() {
    let mut desk = day();
    desk.fill("<&'> - sell 1 TXFH1 17000");
    let svg = plot(&desk.report(), "a <script>\"&'\u{1b} 台指");
    assert_well_formed(&svg);
    assert!(svg.contains("a &lt;script&gt;&quot;&amp;&#39;  台指"), "{svg}");
    assert!(svg.contains("<title>&lt;&amp;&#39;&gt;: sell 1 TXFH1 at 17000"), "{svg}");
    assert!(!svg.contains("NaN") && !svg.contains("inf"), "{svg}");
    assert_eq!(svg, plot(&desk.report(), "a <script>\"&'\u{1b} 台指"));
}

#[test]
fn a_long_curve_is_thinned_out_and_keeps_its_extremes() {
    let mut desk = Desk::new();
    let mut state = 7_u64;
    for _ in 0..10_000 {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        desk.fill(&format!("a entry buy 1 TXFH1 {}", 17_000 + state % 400));
        desk.fill("a exit sell 1 TXFH1 17200");
    }
    // One fill far below all others, where only a careful thinning keeps it.
    desk.executions[10_000].price = "90000".parse().unwrap();
    desk.executions[10_002].price = "1".parse().unwrap();
    let report = desk.report();
    assert!(report.to_string().contains("and 9950 more"));
    let svg = plot(&report, "long");
    assert_well_formed(&svg);
    let line = svg.lines().find(|it| it.contains(r#"class="equity""#)).unwrap();
    let heights = line.split(['M', 'L']).skip(1).map(|it| {
        let (_, y) = it.split_once(' ').unwrap();
        y.trim_end_matches(|it: char| !it.is_ascii_digit()).parse::<f64>().unwrap()
    });
    let heights = heights.collect::<Vec<_>>();
    assert!(heights.len() <= 2_001, "{} corners", heights.len());
    let fallen = heights.windows(2).map(|it| it[1] - it[0]).fold(0.0, f64::max);
    assert!(fallen > 200.0, "the fall is not in the picture: {fallen}");
    let (up, round) = ("M-6 5L0 -6L6 5z", "a5 5 0 1 0 10 0");
    assert!(svg.contains(up) && svg.contains(round), "entries and exits are both marked");
    assert!(svg.len() < 300_000, "{} bytes", svg.len());
}
