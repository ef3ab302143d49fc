//! The report as text for people.

use std::fmt::{self, Write};

use aftm_domain::{ConditionId, ExchangeTime, Money};

use super::{Drawdown, Open, Ratio, Report, Results, Row, Summary, Trade};

/// How many trades the text lists; the JSON has them all.
const TRADES_MAX: usize = 50;

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let (Some(from), Some(to)) = (self.from, self.to) {
            writeln!(f, "{from} to {to}")?;
        }
        if let Some(signals) = self.signals {
            writeln!(f, "{}", counted(signals, "signal"))?;
        }
        if self.currencies.is_empty() {
            return writeln!(f, "Nothing was traded.");
        }
        for summary in &self.currencies {
            figures(f, summary)?;
        }
        rows(f, "By condition", &self.conditions)?;
        rows(f, "By item", &self.items)?;
        trades(f, &self.trades)?;
        open(f, &self.open)
    }
}

fn figures(f: &mut fmt::Formatter<'_>, summary: &Summary) -> fmt::Result {
    let Summary { currency, fills, results, drawdown, exposure_seconds, .. } = summary;
    writeln!(f, "\n{currency}")?;
    let costs = format!("fees {}, tax {}", amount(results.fee), amount(results.tax));
    let profit = format!(
        "closed {}, open {} at the last price",
        amount(results.closed_profit),
        amount(results.open_profit)
    );
    let before = results.closed_profit.checked_add(results.open_profit);
    let paid = results.fee.checked_add(results.tax);
    let lines = [
        ["Net profit".into(), amount(results.net), "after fees and tax".into()],
        ["Before costs".into(), maybe(before), profit],
        ["Costs".into(), maybe(paid), costs],
        ["Trades".into(), results.trades.to_string(), ended(results, *fills)],
        ["Win rate".into(), percent(results.win_rate), "after fees and tax".into()],
        ["Gross profit".into(), amount(results.gross_profit), of_each(results.average_win)],
        ["Gross loss".into(), amount(results.gross_loss), of_each(results.average_loss)],
        [
            "Profit factor".into(),
            ratio(results.profit_factor),
            "gross profit over gross loss".into(),
        ],
        ["Largest win".into(), maybe(results.largest_win), String::new()],
        ["Largest loss".into(), maybe(results.largest_loss), String::new()],
        fall(drawdown.as_ref()),
        ["Exposure".into(), duration(*exposure_seconds), "with something open".into()],
    ];
    table(f, None, &lines, [false, true, false])?;
    if results.unmarked > 0 {
        let lots = counted(results.unmarked, "open position");
        writeln!(f, "  {lots} without a last price: no profit counts for it")?;
    }
    Ok(())
}

fn ended(results: &Results, fills: u64) -> String {
    let Results { trades, winners, losers, .. } = results;
    let even = trades.saturating_sub(*winners).saturating_sub(*losers);
    format!("{winners} won, {losers} lost, {even} even; {}", counted(fills, "fill"))
}

fn of_each(average: Option<Money>) -> String {
    average.map(|it| format!("{} on average", amount(it))).unwrap_or_default()
}

fn fall(drawdown: Option<&Drawdown>) -> [String; 3] {
    let Some(Drawdown { amount: deep, percent: part, from, to }) = drawdown else {
        return ["Max drawdown".into(), "0".into(), "the equity never fell".into()];
    };
    let part = part.map(|it| format!("{it}%, ")).unwrap_or_default();
    [
        "Max drawdown".into(),
        amount(*deep),
        format!("{part}{} to {}, open profit only at the end", clock(*from), clock(*to)),
    ]
}

fn rows(f: &mut fmt::Formatter<'_>, title: &str, rows: &[Row]) -> fmt::Result {
    writeln!(f, "\n{title}")?;
    let header = ["", "trades", "win rate", "closed", "open", "costs", "net", ""];
    let lines = rows.iter().map(|Row { name, currency, results }| {
        [
            if name.is_empty() { "by hand".to_owned() } else { name.clone() },
            results.trades.to_string(),
            percent(results.win_rate),
            amount(results.closed_profit),
            amount(results.open_profit),
            maybe(results.fee.checked_add(results.tax)),
            amount(results.net),
            currency.clone(),
        ]
    });
    let right = [false, true, true, true, true, true, true, false];
    table(f, Some(header), &lines.collect::<Vec<_>>(), right)
}

fn trades(f: &mut fmt::Formatter<'_>, trades: &[Trade]) -> fmt::Result {
    if trades.is_empty() {
        return writeln!(f, "\nNo trade ended.");
    }
    writeln!(f, "\nTrades")?;
    let header = ["", "item", "side", "lots", "entry", "", "exit", "", "before costs", "net"];
    let lines = trades.iter().take(TRADES_MAX).map(|it| {
        [
            by(it.condition),
            it.item.to_string(),
            it.side.to_string(),
            it.quantity.to_string(),
            clock(it.entry.time),
            it.entry.price.to_string(),
            clock(it.exit.time),
            it.exit.price.to_string(),
            amount(it.profit),
            amount(it.net),
        ]
    });
    let right = [false, false, false, true, false, true, false, true, true, true];
    table(f, Some(header), &lines.collect::<Vec<_>>(), right)?;
    match trades.len().saturating_sub(TRADES_MAX) {
        0 => Ok(()),
        more => writeln!(f, "  and {more} more; the JSON report has them all"),
    }
}

fn open(f: &mut fmt::Formatter<'_>, open: &[Open]) -> fmt::Result {
    if open.is_empty() {
        return writeln!(f, "\nNothing is open.");
    }
    writeln!(f, "\nOpen, at the last price and before closing costs")?;
    let header = ["", "account", "item", "side", "lots", "entry", "", "last", "before costs"];
    let lines = open.iter().map(|it| {
        [
            by(it.condition),
            it.account.to_string(),
            it.item.to_string(),
            it.side.to_string(),
            it.quantity.to_string(),
            clock(it.entry.time),
            it.entry.price.to_string(),
            it.mark.map_or_else(|| "-".to_owned(), |mark| mark.price.to_string()),
            maybe(it.profit),
        ]
    });
    let right = [false, false, false, false, true, false, true, true, true];
    table(f, Some(header), &lines.collect::<Vec<_>>(), right)
}

fn by(condition: Option<ConditionId>) -> String {
    condition.map_or_else(|| "by hand".to_owned(), |it| it.to_string())
}

/// Lines of cells under each other, two blanks in front of each cell.
fn table<const N: usize>(
    f: &mut fmt::Formatter<'_>,
    header: Option<[&str; N]>,
    lines: &[[String; N]],
    right: [bool; N],
) -> fmt::Result {
    let header = header.map(|it| it.map(str::to_owned));
    let all = || header.iter().chain(lines);
    let widths: [usize; N] = std::array::from_fn(|at| {
        all().filter_map(|line| line.get(at)).map(|cell| cell.chars().count()).max().unwrap_or(0)
    });
    for line in all() {
        let mut text = String::new();
        for ((cell, width), right) in line.iter().zip(widths).zip(right) {
            match right {
                true => write!(text, "  {cell:>width$}")?,
                false => write!(text, "  {cell:<width$}")?,
            }
        }
        writeln!(f, "{}", text.trim_end())?;
    }
    Ok(())
}

/// Exact, with commas between thousands: `-1,234,567.5`.
pub(super) fn amount(money: Money) -> String {
    let text = money.to_string();
    let (sign, digits) = text.strip_prefix('-').map_or(("", text.as_str()), |rest| ("-", rest));
    let (whole, fraction) = digits.find('.').map_or((digits, ""), |at| digits.split_at(at));
    let mut grouped = String::from(sign);
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at) % 3 == 0 {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped + fraction
}

fn maybe(money: Option<Money>) -> String {
    money.map_or_else(|| "-".to_owned(), amount)
}

fn percent(ratio: Option<Ratio>) -> String {
    ratio.map_or_else(|| "-".to_owned(), |it| format!("{it}%"))
}

fn ratio(ratio: Option<Ratio>) -> String {
    ratio.map_or_else(|| "-".to_owned(), |it| it.to_string())
}

/// The date and time on the exchange's clock, to the second.
pub(super) fn clock(time: ExchangeTime) -> String {
    time.civil().strftime("%Y-%m-%d %H:%M:%S").to_string()
}

fn duration(seconds: i64) -> String {
    let (hours, minutes) = (seconds / 3600, seconds / 60 % 60);
    match seconds {
        ..60 => format!("{seconds}s"),
        60..3600 => format!("{minutes}m {:02}s", seconds % 60),
        _ => format!("{hours}h {minutes:02}m"),
    }
}

/// `1 fill`, `2 fills`.
pub(super) fn counted(count: u64, what: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {what}{plural}")
}
