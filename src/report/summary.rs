//! The report: figures by currency, condition and item, with all trades.

use std::collections::BTreeMap;

use aftm_domain::{Code, ExchangeTime, OrderId, Stamp};
use serde::Serialize;

use super::{Curve, Drawdown, Execution, Inputs, Open, ReportError, Results, Terms, Trade, Trades};

/// Everything about the fills of one currency.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// The currency of all its amounts.
    pub currency: String,
    /// How many fills there were.
    pub fills: u64,
    /// The figures.
    #[serde(flatten)]
    pub results: Results,
    /// The deepest fall of the equity after fees and tax; `None` where it never fell.
    pub drawdown: Option<Drawdown>,
    /// For how many seconds something was open, nights and weekends too.
    pub exposure_seconds: i64,
    /// The equity after fees and tax.
    pub equity: Curve,
    /// What was filled, in order, for the picture.
    #[serde(skip)]
    pub executions: Vec<Execution>,
}

/// The figures of one condition or item in one currency.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Row {
    /// The condition's id or the item's code; empty for what was opened by hand.
    pub name: String,
    /// The currency of its amounts.
    pub currency: String,
    /// The figures.
    #[serde(flatten)]
    pub results: Results,
}

/// What a replay tells. Shown, it is the text for people; serialized, that for machines.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Report {
    /// The first tick, or the first fill; `None` where there was neither.
    pub from: Option<ExchangeTime>,
    /// The last tick, or the last fill or mark.
    pub to: Option<ExchangeTime>,
    /// How many signals there were, where they were counted.
    pub signals: Option<u64>,
    /// One for each currency that was traded, never added together.
    pub currencies: Vec<Summary>,
    /// By the condition that opened; `""` is by hand.
    pub conditions: Vec<Row>,
    /// By item.
    pub items: Vec<Row>,
    /// Every trade, in the order in which they ended.
    pub trades: Vec<Trade>,
    /// What is open at the end.
    pub open: Vec<Open>,
}

impl Report {
    /// Works everything out.
    pub fn new(inputs: &Inputs<'_>) -> Result<Report, ReportError> {
        let Trades { closed, open, steps } = Trades::new(inputs)?;
        let (from, to) = span(inputs, &open);
        let mut parts = Parts::default();
        for trade in &closed {
            let condition = trade.condition.map(|it| it.to_string());
            let count = |it: &mut Results| it.close(trade);
            parts.count(inputs, trade.item, trade.entry.order, condition, count)?;
        }
        for lot in &open {
            let condition = lot.condition.map(|it| it.to_string());
            let count = |it: &mut Results| it.open(lot);
            parts.count(inputs, lot.item, lot.entry.order, condition, count)?;
        }
        let mut currencies = Vec::new();
        for (currency, mut results) in parts.currencies {
            results.finish();
            let mut summary = Summary {
                equity: Curve::start(from.unwrap_or_default()),
                fills: 0,
                drawdown: None,
                exposure_seconds: 0,
                executions: Vec::new(),
                currency,
                results,
            };
            summary.follow(inputs, &steps, &closed, &open)?;
            currencies.push(summary);
        }
        let (conditions, items) = (rows(parts.conditions), rows(parts.items));
        let signals = inputs.signals;
        Ok(Report { from, to, signals, currencies, conditions, items, trades: closed, open })
    }
}

impl Summary {
    /// Draws the curve and measures what follows from it.
    fn follow(
        &mut self,
        inputs: &Inputs<'_>,
        steps: &[aftm_domain::Money],
        closed: &[Trade],
        open: &[Open],
    ) -> Result<(), ReportError> {
        let is_ours =
            |item: &Code| inputs.terms.get(item).is_some_and(|it| it.currency == self.currency);
        let mut curve = std::mem::take(&mut self.equity);
        for (execution, step) in inputs.executions.iter().zip(steps) {
            if is_ours(&execution.item) {
                let item = execution.item;
                curve.step(execution.time, *step).ok_or(ReportError::OutOfRange { item })?;
                self.executions.push(*execution);
            }
        }
        let marks = open.iter().filter(|it| is_ours(&it.item));
        if let Some((time, item)) =
            marks.clone().filter_map(|it| Some((it.mark?.time, it.item))).max()
        {
            curve.step(time, self.results.open_profit).ok_or(ReportError::OutOfRange { item })?;
        }
        let ended = closed.iter().filter(|it| is_ours(&it.item));
        let last = curve.points.last().map(|it| it.time).unwrap_or_default();
        let held = ended.map(|it| (it.entry.time.at, it.exit.time.at));
        let exposure = covered(held.chain(marks.map(|it| (it.entry.time.at, last.at))));
        self.exposure_seconds = exposure / Stamp::SECOND;
        self.fills = self.executions.len() as u64;
        self.drawdown = curve.drawdown(inputs.capital.get(&self.currency).copied());
        self.equity = curve;
        Ok(())
    }
}

/// The feed's first and last tick; without them, the first and last thing that is known.
fn span(inputs: &Inputs<'_>, open: &[Open]) -> (Option<ExchangeTime>, Option<ExchangeTime>) {
    let times = || inputs.executions.iter().map(|it| it.time);
    let known = times().chain(open.iter().filter_map(|it| Some(it.mark?.time)));
    let (first, last) = inputs.span.unzip();
    (first.into_iter().chain(times().next()).min(), last.into_iter().chain(known).max())
}

/// How many nanoseconds lie in at least one of the intervals.
fn covered(intervals: impl Iterator<Item = (Stamp, Stamp)>) -> i64 {
    let mut intervals = intervals.collect::<Vec<_>>();
    intervals.sort_unstable();
    let mut until = Stamp(i64::MIN);
    intervals.into_iter().fold(0_i64, |sum, (from, to)| {
        let gained = to.since(from.max(until)).max(0);
        until = until.max(to);
        sum.saturating_add(gained)
    })
}

/// Figures by what they are of.
#[derive(Default)]
struct Parts {
    currencies: BTreeMap<String, Results>,
    conditions: BTreeMap<(String, String), Results>,
    items: BTreeMap<(String, String), Results>,
}

impl Parts {
    /// Counts one thing wherever it belongs.
    fn count(
        &mut self,
        inputs: &Inputs<'_>,
        item: Code,
        order: OrderId,
        condition: Option<String>,
        count: impl Fn(&mut Results) -> Option<()>,
    ) -> Result<(), ReportError> {
        let Some(Terms { currency, .. }) = inputs.terms.get(&item) else {
            return Err(ReportError::UnknownItem { order, item });
        };
        let by_condition = (condition.unwrap_or_default(), currency.clone());
        let by_item = (item.to_string(), currency.clone());
        [
            self.currencies.entry(currency.clone()).or_default(),
            self.conditions.entry(by_condition).or_default(),
            self.items.entry(by_item).or_default(),
        ]
        .into_iter()
        .try_for_each(count)
        .ok_or(ReportError::OutOfRange { item })
    }
}

fn rows(parts: BTreeMap<(String, String), Results>) -> Vec<Row> {
    let row = |((name, currency), mut results): ((String, String), Results)| {
        results.finish();
        Row { name, currency, results }
    };
    parts.into_iter().map(row).collect()
}
