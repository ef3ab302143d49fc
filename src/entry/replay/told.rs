//! What a replay tells at its end.

use std::collections::{BTreeMap, BTreeSet};

use aftm_domain::{AccountId, Code, Money};
use anyhow::{Context as _, Result};
use serde::Serialize;

use super::Output;
use super::refusals::{Refusal, refusals};
use super::rig::Rig;
use crate::config::Settings;
use crate::desk::records as lines;
use crate::entry::cli;
use crate::feeds::Feed;
use crate::report::{self, Execution, Inputs, Report, Terms};

/// The report as JSON: of what, how much did not become a trade, and the figures.
#[derive(Serialize)]
struct Told<'a> {
    feed: &'a str,
    ticks: u64,
    malformed: u64,
    refusals: &'a [Refusal],
    #[serde(flatten)]
    report: &'a Report,
}

/// Writes the report, the picture that was asked for, and notes of what came to nothing.
pub(super) fn tell(
    args: &cli::Replay,
    settings: &Settings,
    feed: &Feed,
    rig: &Rig,
    output: &mut Output<'_>,
) -> Result<()> {
    let report = report(settings.simulator.balance, rig)?;
    let refusals = refusals(rig);
    for refusal in &refusals {
        writeln!(output.notes, "{refusal}")?;
    }
    for alert in rig.alerts() {
        writeln!(output.notes, "warning: {alert}")?;
    }
    if let Some(path) = &args.plot {
        let title = format!("{} over {}", args.conditions.display(), args.source);
        std::fs::write(path, report::plot(&report, &title))
            .with_context(|| format!("cannot write {}", path.display()))?;
    }
    let (feed, ticks, malformed) = (args.source.as_str(), rig.ticks(), feed.problems().count);
    if args.json {
        let told = Told { feed, ticks, malformed, refusals: &refusals, report: &report };
        writeln!(output.out, "{}", lines::json(&told))?;
    } else {
        writeln!(output.out, "{feed}, {ticks} ticks\n{report}")?;
    }
    output.out.flush()?;
    Ok(())
}

fn report(balance: Money, rig: &Rig) -> Result<Report> {
    let executions = rig.executions();
    let terms = terms(rig, &executions);
    Ok(Report::new(&Inputs {
        executions: &executions,
        capital: &capital(balance, &executions, &terms),
        terms: &terms,
        marks: &rig.marks(),
        span: rig.span(),
        signals: Some(rig.signals().len() as u64),
    })?)
}

/// What was traded is listed: the exchange fills nothing else.
fn terms(rig: &Rig, executions: &[Execution]) -> BTreeMap<Code, Terms> {
    let items: BTreeSet<Code> = executions.iter().map(|it| it.item).collect();
    let terms = |item: Code| {
        let instrument = rig.listing().get(&item).ok()?;
        let (multiplier, currency) = (instrument.multiplier, instrument.currency.clone());
        Some((item, Terms { multiplier, currency }))
    };
    items.into_iter().filter_map(terms).collect()
}

/// What the accounts that traded began with, in the one currency of the simulated exchange.
fn capital(
    balance: Money,
    executions: &[Execution],
    terms: &BTreeMap<Code, Terms>,
) -> BTreeMap<String, Money> {
    let accounts: BTreeSet<AccountId> = executions.iter().map(|it| it.account).collect();
    let sum = accounts.iter().try_fold(Money::ZERO, |sum, _| sum.checked_add(balance));
    let currencies: BTreeSet<&String> = terms.values().map(|it| &it.currency).collect();
    let Some(sum) = sum else { return BTreeMap::new() };
    currencies.into_iter().map(|it| (it.clone(), sum)).collect()
}
