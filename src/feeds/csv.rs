//! A file of one's own: `time,code,price,quantity[,bid,ask]`, in the order of time.
//!
//! Times are RFC 3339 with their offset. Fields are plain, without quotes. An empty bid or ask is
//! none; where there is one, the book has that one level with one lot, since how much stood there
//! is not known.

use std::collections::BTreeSet;
use std::fs::File;
use std::path::Path;

use aftm_domain::{Code, ExchangeTime, Price, Quantity};

use super::lines::{LINE_MAX, Line, Lines};
use super::tape::{Items, Quote, TRADES_MAX, Tape, Trade};
use super::{FeedError, Problems};

const COLUMNS: [&str; 6] = ["time", "code", "price", "quantity", "bid", "ask"];
const HEADER: &str = "a file of trades, with the line time,code,price,quantity[,bid,ask],";

/// Reads a file whole.
pub(super) fn open(path: &Path, only: Option<&BTreeSet<Code>>) -> Result<Tape, FeedError> {
    let file =
        File::open(path).map_err(|error| FeedError::Open { path: path.to_owned(), error })?;
    let mut lines = Lines::new(file);
    let mut reading =
        Reading { only, columns: read_header(path, &mut lines)?, ..Reading::default() };
    loop {
        let number = lines.number() + 1;
        let line =
            lines.next().map_err(|error| FeedError::Read { path: path.to_owned(), error })?;
        let read = match line {
            None => break,
            Some(Line::Text(b"")) => continue,
            Some(Line::Text(line)) => reading.take(line),
            Some(Line::TooLong) => Err(format!("it is longer than {LINE_MAX} bytes")),
        };
        if let Err(reason) = read {
            reading.problems.add(number, || reason);
        }
        if reading.trades.len() > TRADES_MAX {
            return Err(FeedError::TooMany { path: path.to_owned(), max: TRADES_MAX });
        }
    }
    let Reading { first, problems, items, trades, quotes, .. } = reading;
    let Some(first) = first else {
        return Err(FeedError::NoTrades { path: path.to_owned(), problems });
    };
    Ok(Tape::new(first.civil().date(), problems, items, trades, quotes))
}

/// How many columns the file has, 4 or 6.
fn read_header(path: &Path, lines: &mut Lines<File>) -> Result<usize, FeedError> {
    let line = lines.next().map_err(|error| FeedError::Read { path: path.to_owned(), error })?;
    let line = match line {
        None => return Err(FeedError::Empty { path: path.to_owned() }),
        Some(Line::Text(line)) => String::from_utf8_lossy(line).into_owned(),
        Some(Line::TooLong) => "a very long line".to_owned(),
    };
    let names = line.strip_prefix('\u{feff}').unwrap_or(&line).split(',').map(str::trim);
    let names: Vec<&str> = names.collect();
    if names == COLUMNS || names == COLUMNS[..4] {
        return Ok(names.len());
    }
    let found = line.chars().take(60).collect();
    Err(FeedError::Header { path: path.to_owned(), expected: HEADER, found })
}

#[derive(Default)]
struct Reading<'a> {
    only: Option<&'a BTreeSet<Code>>,
    columns: usize,
    first: Option<ExchangeTime>,
    last: ExchangeTime,
    problems: Problems,
    items: Items,
    trades: Vec<Trade>,
    quotes: Vec<Quote>,
}

impl Reading<'_> {
    fn take(&mut self, line: &[u8]) -> Result<(), String> {
        let line = str::from_utf8(line).map_err(|_| "it is not UTF-8".to_owned())?;
        let fields: Vec<&str> = line.split(',').map(str::trim).collect();
        if fields.len() != self.columns {
            return Err(format!("it has {} fields, not {}", fields.len(), self.columns));
        }
        let field = |index: usize| fields.get(index).copied().unwrap_or_default();
        let time: ExchangeTime = field(0).parse().map_err(|err| format!("time: {err}"))?;
        let code: Code = field(1).parse().map_err(|err| format!("code: {err}"))?;
        let price = positive_price("price", field(2))?;
        let quantity: Quantity = field(3).parse().map_err(|err| format!("quantity: {err}"))?;
        if !quantity.is_positive() {
            return Err(format!("quantity: {quantity} is not above 0"));
        }
        let quote = Quote { bid: quoted("bid", field(4))?, ask: quoted("ask", field(5))? };
        if let (Some(bid), Some(ask)) = (quote.bid, quote.ask)
            && bid >= ask
        {
            return Err(format!("bid: {bid} is not below the ask, {ask}"));
        }
        if self.first.is_some() && time < self.last {
            return Err(format!("time: {time} is before the trade above it, {}", self.last));
        }
        self.problems.trades += 1;
        self.first.get_or_insert(time);
        self.last = time;
        if self.only.is_some_and(|it| !it.contains(&code)) {
            return Ok(());
        }
        let item = self.items.number(code).ok_or("code: it is one of too many".to_owned())?;
        let (at, offset) = (time.at, time.offset);
        self.trades.push(Trade { at, price, quantity, offset, item, is_auction: false });
        if self.columns == COLUMNS.len() {
            self.quotes.push(quote);
        }
        Ok(())
    }
}

fn positive_price(field: &str, text: &str) -> Result<Price, String> {
    let price: Price = text.parse().map_err(|err| format!("{field}: {err}"))?;
    price.is_positive().then_some(price).ok_or(format!("{field}: {price} is not above 0"))
}

fn quoted(field: &str, text: &str) -> Result<Option<Price>, String> {
    if text.is_empty() { Ok(None) } else { positive_price(field, text).map(Some) }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    const HEAD: &str = "time,code,price,quantity,bid,ask\n";
    const GOOD: &str = "2021-07-26T08:45:00+08:00,TXFH1,17403,2,17402,17404\n";

    #[allow(clippy::unwrap_used)]
    fn read(text: &[u8], only: Option<&str>) -> Result<Tape, FeedError> {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(text).unwrap();
        let only = only.map(|it| it.split(' ').map(|it| it.parse().unwrap()).collect());
        open(file.path(), only.as_ref())
    }

    #[test]
    fn a_trade_is_given_as_it_is_written() {
        let text = "time,code,price,quantity\r\n2021-07-26T08:45:00.25+08:00,TXFH1,17403.5,2\r\n";
        let mut tape = read(text.as_bytes(), None).unwrap();
        assert_eq!((tape.remaining(), tape.date().to_string()), (1, "2021-07-26".to_owned()));
        let moment = tape.next().unwrap();
        assert_eq!(moment.tick.time.to_string(), "2021-07-26T08:45:00.25+08:00");
        assert_eq!(moment.tick.item.as_str(), "TXFH1");
        assert_eq!(moment.tick.price.to_string(), "17403.5");
        assert_eq!(moment.tick.quantity.to_string(), "2");
        assert_eq!((moment.book, tape.next()), (None, None));
    }

    #[test]
    fn quotes_make_a_book_of_one_level() {
        let text = format!(
            "{HEAD}{GOOD}2021-07-26T08:45:01+08:00,TXFH1,17403,2,,17404\n\
            2021-07-26T08:45:01+08:00,TXFH1,17403,2,,\n"
        );
        let books: Vec<_> = read(text.as_bytes(), None).unwrap().map(|it| it.book).collect();
        let book = books[0].as_ref().unwrap();
        assert_eq!(
            (book.bids[0].price.to_string(), book.bids[0].quantity),
            ("17402".into(), Quantity::ONE)
        );
        assert_eq!(
            (book.asks[0].price.to_string(), book.asks[1]),
            ("17404".into(), Default::default())
        );
        assert!(books[1].as_ref().unwrap().bids[0].quantity.is_zero());
        assert!(books[2].is_none());
    }

    #[test]
    fn a_malformed_line_is_counted_and_told_and_gives_no_tick() {
        for (line, reason) in [
            ("2021-07-26T08:45:00+08:00,TXFH1,17403,2", "4 fields"),
            ("2021-07-26T08:45:00+08:00,TXFH1,17403,2,1,2,3", "7 fields"),
            ("2021-07-26T08:45:00,TXFH1,17403,2,,", "offset"),
            ("yesterday,TXFH1,17403,2,,", "yesterday"),
            ("2021-07-26T08:44:59+08:00,TXFH1,17403,2,,", "before"),
            ("2021-07-26T08:45:00+08:00,,17403,2,,", "code"),
            ("2021-07-26T08:45:00+08:00,TXFH1,abc,2,,", "\"abc\""),
            ("2021-07-26T08:45:00+08:00,TXFH1,,2,,", "price"),
            ("2021-07-26T08:45:00+08:00,TXFH1,0,2,,", "0 is not above 0"),
            ("2021-07-26T08:45:00+08:00,TXFH1,NaN,2,,", "NaN"),
            ("2021-07-26T08:45:00+08:00,TXFH1,17403,0,,", "quantity"),
            ("2021-07-26T08:45:00+08:00,TXFH1,17403,-2,,", "quantity"),
            ("2021-07-26T08:45:00+08:00,TXFH1,17403,2,17404,17404", "bid"),
            ("2021-07-26T08:45:00+08:00,TXFH1,17403,2,17404,x", "ask"),
        ] {
            let mut tape = read(format!("{HEAD}{GOOD}{line}\n{GOOD}").as_bytes(), None).unwrap();
            let problem = tape.problems().first[0].to_string();
            assert!(problem.starts_with("line 3: ") && problem.contains(reason), "{problem}");
            assert_eq!((tape.problems().count, tape.problems().trades), (1, 2));
            assert_eq!(tape.by_ref().count(), 2);
        }
        let long = format!("{HEAD}{GOOD}{}\n", "9".repeat(3_000_000));
        assert_eq!(read(long.as_bytes(), None).unwrap().problems().count, 1);
        let latin = [HEAD.as_bytes(), GOOD.as_bytes(), b"\xff\xfe,\n"].concat();
        assert_eq!(read(&latin, None).unwrap().problems().count, 1);
    }

    #[test]
    fn only_what_is_watched_is_given() {
        let text = format!("{HEAD}{GOOD}{}{GOOD}{GOOD}", GOOD.replace("TXFH1", "CDFH1"));
        assert_eq!(read(text.as_bytes(), Some("CDFH1")).unwrap().count(), 1);
        let mut tape = read(text.as_bytes(), None).unwrap();
        assert!(tape.next().is_some());
        let missing = tape.watch(Some(&["CDFH1", "ABC"].map(|it| it.parse().unwrap()).into()));
        assert_eq!((missing, tape.remaining()), (vec!["ABC".parse().unwrap()], 1));
        assert_eq!(tape.next().unwrap().tick.item.as_str(), "CDFH1");
        tape.watch(None);
        assert_eq!((tape.remaining(), tape.by_ref().count(), tape.remaining()), (2, 2, 0));
    }

    #[test]
    fn a_file_that_is_no_feed_is_an_error_that_names_it() {
        assert!(matches!(read(b"", None), Err(FeedError::Empty { .. })));
        assert!(matches!(read(HEAD.as_bytes(), None), Err(FeedError::NoTrades { .. })));
        assert!(matches!(read(b"time;code\n", None), Err(FeedError::Header { .. })));
        assert!(matches!(read(GOOD.as_bytes(), None), Err(FeedError::Header { .. })));
        let error = open(Path::new("/no/such/file.csv"), None).unwrap_err().to_string();
        assert!(error.contains("/no/such/file.csv"), "{error}");
    }
}
