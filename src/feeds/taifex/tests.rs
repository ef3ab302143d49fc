#![allow(clippy::unwrap_used)]

use std::io::Write;
use std::path::PathBuf;

use aftm_domain::condition::{Condition, Reaction, Terms};
use aftm_domain::{Quantity, Side};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::*;

/// The header as the exchange writes it, in Big5.
const HEADER: &[u8] = b"\xa6\xa8\xa5\xe6\xa4\xe9\xb4\xc1,\xb0\xd3\xab~\xa5N\xb8\xb9,\
    \xa8\xec\xb4\xc1\xa4\xeb\xa5\xf7(\xb6g\xa7O),\xa6\xa8\xa5\xe6\xae\xc9\xb6\xa1,\
    \xa6\xa8\xa5\xe6\xbb\xf9\xae\xe6,\xa6\xa8\xa5\xe6\xbc\xc6\xb6q(B+S),\
    \xaa\xf1\xa4\xeb\xbb\xf9\xae\xe6,\xbb\xb7\xa4\xeb\xbb\xf9\xae\xe6,\
    \xb6}\xbdL\xb6\xb0\xa6X\xc4v\xbb\xf9 \r\n";
const GOOD: &str = "20210726,TX     ,202108     ,084500,17403,4,-,-,*\r\n";

fn file(content: &[u8]) -> tempfile::NamedTempFile {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(content).unwrap();
    file
}

fn day(lines: &str) -> Vec<u8> {
    [HEADER, lines.as_bytes()].concat()
}

fn zipped(name: &str, content: &[u8]) -> Vec<u8> {
    let mut writer = ZipWriter::new(io::Cursor::new(Vec::new()));
    writer.start_file("README.txt", SimpleFileOptions::default()).unwrap();
    writer.write_all(b"not this one").unwrap();
    writer.start_file(name, SimpleFileOptions::default()).unwrap();
    writer.write_all(content).unwrap();
    writer.finish().unwrap().into_inner()
}

fn load(content: &[u8], only: Option<&str>) -> Result<Tape, FeedError> {
    let only = only.map(|it| it.split(' ').map(|it| it.parse().unwrap()).collect());
    open(file(content).path(), only.as_ref())
}

fn shown(tape: Tape) -> Vec<String> {
    let show = |it: super::super::Moment| {
        let tick = it.tick;
        let civil = tick.time.civil().time();
        let mark = if it.is_auction { "*" } else { "" };
        format!("{civil} {} {}x{}{mark}", tick.item, tick.price, tick.quantity)
    };
    tape.map(show).collect()
}

#[test]
fn a_line_is_a_trade_of_half_its_volume() {
    for content in [day(GOOD), zipped("Daily_2021_07_26.CSV", &day(GOOD))] {
        let mut tape = load(&content, None).unwrap();
        assert_eq!((tape.date().to_string(), tape.remaining()), ("2021-07-26".to_owned(), 1));
        let moment = tape.next().unwrap();
        assert_eq!(moment.tick.time.to_string(), "2021-07-26T08:45:00+08:00");
        assert_eq!(moment.tick.item.as_str(), "TXFH1");
        assert_eq!(
            (moment.tick.price.to_string(), moment.tick.quantity.to_string()),
            ("17403".into(), "2".into())
        );
        assert_eq!((moment.is_auction, moment.book, tape.remaining()), (true, None, 0));
    }
    let utf8 = format!("成交日期,商品代號,a,b,c,d,e,f,g\n{GOOD}");
    assert_eq!(load(utf8.as_bytes(), None).unwrap().count(), 1);
}

#[test]
fn trades_are_merged_by_time_and_keep_the_file_s_order_within_a_contract() {
    let content = day("20210726,CDF,202108,090001,580,2,-,-, \r\n\
        20210726,CDF,202108,090003,581,2,-,-, \r\n\
        20210726,CDF,202108,090002,582,2,-,-, \r\n\
        20210726,CDF,202108,090003,583,2,-,-, \r\n\
        20210723,MTX,202107W4,230000,17500,2,-,-, \r\n\
        20210726,TX,202108/202109,090000,-75,2,17300,17225, \r\n\
        20210726,TX,202108,090000,17300,2,-,-, \r\n\
        20210726,TX,202108,090001,17301,2,-,-, \r\n\
        20210726,TX,202108,090003,17302,2,-,-, \r\n");
    let tape = load(&content, None).unwrap();
    assert_eq!((tape.problems().spreads, tape.problems().trades), (1, 8));
    assert_eq!(
        shown(tape),
        [
            "23:00:00 MX4G1 17500x1",
            "09:00:00 TXFH1 17300x1",
            "09:00:01 CDFH1 580x1",
            "09:00:01 TXFH1 17301x1",
            "09:00:03 CDFH1 581x1",
            "09:00:02 CDFH1 582x1",
            "09:00:03 CDFH1 583x1",
            "09:00:03 TXFH1 17302x1",
        ]
    );
    assert_eq!(shown(load(&content, Some("TXFH1 MX4G1")).unwrap()).len(), 4);
}

#[test]
fn any_order_of_a_file_s_contracts_is_merged_the_same() {
    // A small generator: products and times by chance, prices that number the lines.
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut roll = |sides: u64| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state % sides
    };
    for seed in 0..50 {
        let lines: Vec<(u64, u64)> = (0..300).map(|_| (roll(7), 84_500 + roll(30))).collect();
        let mut reached = [0; 7];
        let mut expected: Vec<(u64, usize)> = Vec::new();
        for (place, (product, time)) in lines.iter().enumerate() {
            let product = usize::try_from(*product).unwrap();
            reached[product] = reached[product].max(*time);
            expected.push((reached[product], place));
        }
        expected.sort();
        let text = lines.iter().enumerate().map(|(place, (product, time))| {
            format!("20210726,P{product}F,202108,0{time},{},2,-,-, \r\n", place + 1)
        });
        let tape = load(&day(&text.collect::<String>()), None).unwrap();
        let prices: Vec<String> = tape.map(|it| it.tick.price.to_string()).collect();
        let expected: Vec<String> =
            expected.iter().map(|(_, place)| (place + 1).to_string()).collect();
        assert_eq!(prices, expected, "seed {seed}");
    }
}

#[test]
fn a_malformed_line_is_counted_and_told_and_gives_no_tick() {
    for (line, reason) in [
        ("20210726,TX,202108,084500,17403,4,-,-", "8 fields"),
        ("20210726,TX,202108,084500,17403,4,-,-, ,", "10 fields"),
        ("20210231,TX,202108,084500,17403,4,-,-, ", "\"20210231\""),
        ("2021/726,TX,202108,084500,17403,4,-,-, ", "date"),
        ("19700101,TX,202108,084500,17403,4,-,-, ", "date"),
        (",TX,202108,084500,17403,4,-,-, ", "date"),
        ("20210726,TX,202108,240000,17403,4,-,-, ", "\"240000\""),
        ("20210726,TX,202108,086000,17403,4,-,-, ", "time"),
        ("20210726,TX,202108,84500,17403,4,-,-, ", "time"),
        ("20210726,TX,202108,084500,abc,4,-,-, ", "\"abc\""),
        ("20210726,TX,202108,084500,,4,-,-, ", "price"),
        ("20210726,TX,202108,084500,-,4,-,-, ", "price"),
        ("20210726,TX,202108,084500,0,4,-,-, ", "\"0\" is not above 0"),
        ("20210726,TX,202108,084500,-75,4,-,-, ", "\"-75\" is not above 0"),
        ("20210726,TX,202108,084500,17403,3,-,-, ", "\"3\" is odd"),
        ("20210726,TX,202108,084500,17403,0,-,-, ", "volume"),
        ("20210726,TX,202108,084500,17403,-4,-,-, ", "volume"),
        ("20210726,TX,202108,084500,17403,4.0,-,-, ", "volume"),
        ("20210726,TX,202108,084500,17403,99999999999,-,-, ", "volume"),
        ("20210726,TX,202108,084500,17403,４,-,-, ", "volume"),
        ("20210726,TX,202113,084500,17403,4,-,-, ", "\"202113\""),
        ("20210726,TX,202107W3,084500,17403,4,-,-, ", "\"202107W3\""),
        ("20210726,TX,,084500,17403,4,-,-, ", "month"),
        ("20210726,TX,199908,084500,17403,4,-,-, ", "1999-08"),
        ("20210726,,202108,084500,17403,4,-,-, ", "contract"),
        ("20210726,臺,202108,084500,17403,4,-,-, ", "contract"),
        ("20210726,TX,202108,084500,17403,4,-,-,x", "mark"),
    ] {
        let mut tape = load(&day(&format!("{GOOD}{line}\r\n\r\n{GOOD}")), None).unwrap();
        let problem = tape.problems().first[0].to_string();
        assert!(problem.starts_with("line 3: ") && problem.contains(reason), "{problem}");
        assert_eq!((tape.problems().count, tape.problems().trades), (1, 2), "{problem}");
        assert_eq!(tape.by_ref().count(), 2);
    }
    let broken = [&day(GOOD), &b"20210726,TX,202108,084500,17\xff03,4,-,-, \r\n"[..]].concat();
    assert_eq!(load(&broken, None).unwrap().problems().count, 1);
}

#[test]
fn many_malformed_lines_are_all_counted_and_the_first_are_told() {
    let long = "9".repeat(200_000);
    let bad = format!("{GOOD}{}{long}\r\n", "nonsense\r\n".repeat(1_000));
    let tape = load(&day(&bad), None).unwrap();
    let problems = tape.problems();
    assert_eq!((problems.count, problems.first.len()), (1_001, 20));
    assert_eq!((problems.first[19].line, tape.remaining()), (22, 1));
}

#[test]
fn a_file_that_is_no_feed_is_an_error_that_names_it() {
    assert!(matches!(load(b"", None), Err(FeedError::Empty { .. })));
    assert!(matches!(load(HEADER, None), Err(FeedError::NoTrades { .. })));
    assert!(matches!(load(GOOD.as_bytes(), None), Err(FeedError::Header { .. })));
    assert!(matches!(load(b"time,code,price,quantity\n", None), Err(FeedError::Header { .. })));
    assert!(matches!(load(&zipped("a.csv", b""), None), Err(FeedError::Empty { .. })));
    assert!(matches!(load(&zipped("a.txt", b""), None), Err(FeedError::NoMember { .. })));
    let error = load(&day("nonsense\r\n"), None).unwrap_err().to_string();
    assert!(error.contains("line 2") && error.contains("1 fields"), "{error}");
    let error = open(&PathBuf::from("/no/such/day.zip"), None).unwrap_err().to_string();
    assert!(error.contains("/no/such/day.zip"), "{error}");
}

#[test]
fn a_truncated_or_damaged_zip_is_an_error_wherever_it_is_cut() {
    let lines: String =
        (0..2_000).map(|it| GOOD.replace("17403", &(it * 7 + 1).to_string())).collect();
    let whole = zipped("day.csv", &day(&lines));
    for length in (2..whole.len()).step_by(97) {
        let error = load(&whole[..length], None).unwrap_err();
        assert!(matches!(error, FeedError::Zip { .. }), "{length}: {error}");
    }
    let mut damaged = 0;
    for place in (150..whole.len() - 250).step_by(89) {
        let mut bytes = whole.clone();
        bytes[place] ^= 0x40;
        damaged += usize::from(load(&bytes, None).is_err());
    }
    // The checksum of the member leaves no change of its bytes unseen.
    assert_eq!(damaged, (150..whole.len() - 250).step_by(89).count());
}

/// The exchange's file of 2021-07-26, where it lies beside the repository.
fn real_day() -> Option<PathBuf> {
    let data = "../shared/data/taifex_futures_2021-07-26.zip";
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(data);
    if !path.exists() {
        println!("skipped: {} is not there", path.display());
    }
    Some(path).filter(|it| it.exists())
}

#[test]
fn the_real_day_has_the_trades_that_were_counted_independently() {
    let Some(path) = real_day() else { return };
    let mut tape = open(&path, None).unwrap();
    let problems = tape.problems();
    assert_eq!((problems.trades, problems.spreads, problems.count), (448_449, 1_005, 0));
    assert_eq!((tape.remaining(), tape.date().to_string()), (448_449, "2021-07-26".to_owned()));
    let mut last = ExchangeTime::default();
    for moment in tape.by_ref() {
        assert!(moment.tick.time >= last);
        last = moment.tick.time;
    }
    assert_eq!(tape.remaining(), 0);

    let only = BTreeSet::from(["TXFH1".parse().unwrap()]);
    let mut tape = open(&path, Some(&only)).unwrap();
    assert_eq!((tape.remaining(), tape.problems().trades), (95_414, 448_449));
    let first = tape.next().unwrap().tick;
    assert_eq!(first.time.to_string(), "2021-07-23T15:00:00+08:00");
}

#[test]
fn conditions_on_the_real_day_act_where_an_independent_count_has_them() {
    let Some(path) = real_day() else { return };
    let only = BTreeSet::from(["TXFH1".parse().unwrap()]);
    for (action, trigger, take_profit, following, signals) in [
        (Side::Buy, "17300", "90", true, "17305 2021-07-26T10:49:08 17275 2021-07-26T11:01:59"),
        (Side::Sell, "17400", "60", false, "17385 2021-07-23T15:19:28 17415 2021-07-23T15:50:26"),
    ] {
        let terms = Terms {
            id: "a".parse().unwrap(),
            item: "TXFH1".parse().unwrap(),
            action,
            trigger: trigger.parse().unwrap(),
            turning: "15".parse().unwrap(),
            quantity: Quantity::ONE,
            take_profit: Some(take_profit.parse().unwrap()),
            stop_loss: Some("30".parse().unwrap()),
            following,
            account: None,
        };
        let mut condition = Condition::new(terms, 1, 0);
        let mut seen = Vec::new();
        for tick in open(&path, Some(&only)).unwrap().map(|it| it.tick) {
            if matches!(condition.tick(tick.price), Reaction::Enters | Reaction::Leaves(_)) {
                seen.push(format!("{} {}", tick.price, tick.time.civil()));
            }
        }
        assert_eq!(seen.join(" "), signals);
    }
}
