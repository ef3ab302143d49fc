//! The exchange's own daily file of futures trades, plain or zipped.
//!
//! Big5 with CRLF; only its ASCII columns matter. Within a contract the order of the file is kept;
//! across contracts trades are merged by time, in the order of the file where times are the same.
//! The file is inflated as a stream and never held.

mod line;

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek};
use std::path::Path;

use aftm_domain::{Code, ExchangeTime, Stamp};
use jiff::civil::Date;
use zip::ZipArchive;
use zip::result::ZipError;

use self::line::{Contracts, Parsed};
use super::lines::{LINE_MAX, Line, Lines};
use super::tape::{Items, TRADES_MAX, Tape, Trade};
use super::{FeedError, Problems};

const EXPECTED: &str = "the exchange's daily file of futures trades";
/// "Trading date,product code" in Big5, and in UTF-8 for a file that was converted.
const HEADERS: [&[u8]; 2] = [
    b"\xa6\xa8\xa5\xe6\xa4\xe9\xb4\xc1,\xb0\xd3\xab~\xa5N\xb8\xb9,",
    "成交日期,商品代號,".as_bytes(),
];
const COLUMNS: usize = 9;

/// Reads a file whole; a zip archive is known by its first bytes, not by its name.
pub(super) fn open(path: &Path, only: Option<&BTreeSet<Code>>) -> Result<Tape, FeedError> {
    let file =
        File::open(path).map_err(|error| FeedError::Open { path: path.to_owned(), error })?;
    let mut file = BufReader::with_capacity(64 * 1_024, file);
    let begin =
        file.fill_buf().map_err(|error| FeedError::Read { path: path.to_owned(), error })?;
    match begin {
        [] => Err(FeedError::Empty { path: path.to_owned() }),
        [b'P', b'K', ..] => open_zip(path, file, only),
        _ => read(path, file, only),
    }
}

fn open_zip(
    path: &Path,
    file: impl Read + Seek,
    only: Option<&BTreeSet<Code>>,
) -> Result<Tape, FeedError> {
    let damaged =
        |error: &ZipError| FeedError::Zip { path: path.to_owned(), reason: error.to_string() };
    let mut archive = ZipArchive::new(file).map_err(|err| damaged(&err))?;
    let is_csv = |name: &[u8]| name.to_ascii_lowercase().ends_with(b".csv");
    let index = archive
        .file_names_raw()
        .position(is_csv)
        .ok_or_else(|| FeedError::NoMember { path: path.to_owned() })?;
    let member = archive.by_index(index).map_err(|err| damaged(&err))?;
    read(path, member, only)
}

fn read(path: &Path, stream: impl Read, only: Option<&BTreeSet<Code>>) -> Result<Tape, FeedError> {
    let broken = |error: io::Error| FeedError::Read { path: path.to_owned(), error };
    let mut lines = Lines::new(stream);
    check_header(path, lines.next().map_err(broken)?.as_ref())?;
    let mut reading = Reading { contracts: Contracts::new(only), ..Reading::default() };
    loop {
        let number = lines.number() + 1;
        match lines.next().map_err(broken)? {
            None => break,
            Some(Line::Text(b"")) => {}
            Some(Line::Text(line)) => reading.take(number, line),
            Some(Line::TooLong) => {
                reading.problems.add(number, || format!("it is longer than {LINE_MAX} bytes"));
            }
        }
        if reading.trades.len() > TRADES_MAX {
            return Err(FeedError::TooMany { path: path.to_owned(), max: TRADES_MAX });
        }
    }
    let Some(date) = reading.date else {
        return Err(FeedError::NoTrades { path: path.to_owned(), problems: reading.problems });
    };
    Ok(reading.into_tape(date))
}

fn check_header(path: &Path, line: Option<&Line<'_>>) -> Result<(), FeedError> {
    let line = match line {
        None => return Err(FeedError::Empty { path: path.to_owned() }),
        Some(Line::Text(line)) => *line,
        Some(Line::TooLong) => b"a very long line",
    };
    let text = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line);
    let columns = memchr::memchr_iter(b',', text).count() + 1;
    if columns == COLUMNS && HEADERS.iter().any(|it| text.starts_with(it)) {
        return Ok(());
    }
    let found = String::from_utf8_lossy(line).chars().take(60).collect();
    Err(FeedError::Header { path: path.to_owned(), expected: EXPECTED, found })
}

#[derive(Default)]
struct Reading<'a> {
    contracts: Contracts<'a>,
    problems: Problems,
    date: Option<Date>,
    items: Items,
    trades: Vec<Trade>,
    /// For each trade: when it is due, and where it stood.
    order: Vec<(u32, u32)>,
}

impl Reading<'_> {
    fn take(&mut self, number: u64, line: &[u8]) {
        match self.contracts.parse(line, &mut self.items) {
            Ok(Parsed::Spread) => self.problems.spreads += 1,
            Ok(Parsed::Trade { date, due, second, kept, is_auction }) => {
                self.problems.trades += 1;
                self.date = self.date.max(Some(date));
                let Some((item, price, quantity)) = kept else { return };
                let offset = ExchangeTime::TAIPEI;
                let at = Stamp((i64::from(second) - i64::from(offset)) * Stamp::SECOND);
                // The bound on trades lies below that of the type.
                let place = u32::try_from(self.trades.len()).unwrap_or(u32::MAX);
                self.order.push((due, place));
                self.trades.push(Trade { at, price, quantity, offset, item, is_auction });
            }
            Err(fault) => self.problems.add(number, || fault.to_string()),
        }
    }

    fn into_tape(mut self, date: Date) -> Tape {
        self.order.sort_unstable();
        permute(&mut self.trades, &mut self.order);
        drop(self.order);
        self.trades.shrink_to_fit();
        Tape::new(date, self.problems, self.items, self.trades, Vec::new())
    }
}

/// Puts the trade that `order` names at each place there, without a second copy of them all.
fn permute(trades: &mut [Trade], order: &mut [(u32, u32)]) {
    for place in 0..trades.len() {
        let mut to = place;
        // Follow the cycle that this place is in; a place that is done names itself.
        while let Some((_, from)) = order.get_mut(to) {
            let source = usize::try_from(std::mem::replace(from, index(to))).unwrap_or(to);
            if source == place {
                break;
            }
            trades.swap(to, source);
            to = source;
        }
    }
}

fn index(place: usize) -> u32 {
    u32::try_from(place).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests;
