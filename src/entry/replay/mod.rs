//! `aftm replay`: a feed through strategy, gateway and simulated exchange in one process.
//!
//! Owns the order of steps, which is that of the machine with its processes, so that the same feed
//! gives the same signals and fills in both. Takes no lock, no folder and no socket, and never
//! reads a clock: our time is the exchange's.

mod conditions;
mod progress;
mod refusals;
mod rig;
mod told;

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::sync::Arc;

use aftm_domain::condition::Terms;
use aftm_domain::{Catalog, Code};
use anyhow::{Context as _, Result};

use super::cli::{self, Items};
use super::parts;
use crate::config::Settings;
use crate::desk::Exit;
use crate::desk::records as lines;
use crate::feeds::{Feed, Source};

use progress::Progress;
use rig::Rig;

/// After how many ticks a replay ends whose feed has no end, the random one.
const ENDLESS_TICKS_MAX: u64 = 100_000;

/// Where a replay says things.
pub struct Output<'a> {
    /// The report: standard output.
    pub out: &'a mut dyn Write,
    /// What was wrong on the way: standard error.
    pub notes: &'a mut dyn Write,
    /// Whether a person looks at standard error, who is shown how far it is.
    pub has_terminal: bool,
}

/// What the caller said cannot be: told as it is, and the exit code with it.
#[derive(Debug, thiserror::Error)]
#[error("{text}")]
struct Wrong {
    exit: Exit,
    text: String,
}

#[allow(clippy::needless_pass_by_value)] // They stand in `map_err`.
impl Wrong {
    fn usage(text: impl ToString) -> Wrong {
        Wrong { exit: Exit::Usage, text: text.to_string() }
    }

    fn configuration(text: impl ToString) -> Wrong {
        Wrong { exit: Exit::Configuration, text: text.to_string() }
    }
}

/// Replays conditions over a feed and reports what they would have traded. What is wrong with the
/// command line or the conditions is told in the notes and is the exit code; an error is a feed or
/// a file that cannot be read or written.
pub fn replay(
    args: &cli::Replay,
    settings: &Settings,
    catalog: Catalog,
    mut output: Output<'_>,
) -> Result<Exit> {
    match play(args, settings, catalog, &mut output) {
        Ok(()) => Ok(Exit::Ok),
        Err(error) => {
            let Wrong { exit, text } = error.downcast()?;
            writeln!(output.notes, "{text}")?;
            Ok(exit)
        }
    }
}

fn play(
    args: &cli::Replay,
    settings: &Settings,
    catalog: Catalog,
    output: &mut Output<'_>,
) -> Result<()> {
    let source: Source = args.source.parse().map_err(Wrong::usage)?;
    let terms = conditions::read(&args.conditions, &parts::defaults(&settings.strategy))?;
    let only = wanted(args, &terms);
    let mut random = parts::feed(&settings.random, Some(ENDLESS_TICKS_MAX));
    random.catalog = Some(Arc::new(catalog.clone()));
    let mut feed = Feed::open(&source, &random, only.as_ref())?;
    note_feed(&feed, &source, output.notes)?;
    note_missing(&feed, only.as_ref(), &terms, output.notes)?;
    let mut rig = Rig::new(settings, catalog, feed.date());
    rig.prepare(args, &terms)?;
    // They are made before the work, which would be lost where they cannot be.
    let files = Files::create(args)?;
    let mut progress = Progress::new(feed.len(), output.has_terminal);
    for moment in feed.by_ref() {
        rig.tick(moment)?;
        progress.tick();
    }
    rig.finish()?;
    progress.finish();
    files.write(&rig)?;
    told::tell(args, settings, &feed, &rig, output)
}

/// The items to take; `None` takes all of the feed.
fn wanted(args: &cli::Replay, terms: &[Terms]) -> Option<BTreeSet<Code>> {
    match &args.items {
        Some(Items::All) => None,
        Some(Items::These(codes)) => Some(codes.iter().copied().collect()),
        None => Some(terms.iter().map(|it| it.item).collect()),
    }
}

/// What is wrong with the feed itself.
fn note_feed(feed: &Feed, source: &Source, notes: &mut dyn Write) -> Result<()> {
    if *source == Source::Random {
        writeln!(notes, "the random feed has no end; {ENDLESS_TICKS_MAX} ticks of it are taken")?;
    }
    let problems = feed.problems();
    if problems.count > 0 {
        let count = problems.count;
        writeln!(notes, "{source}: {count} malformed lines, which gave no tick:")?;
        for problem in &problems.first {
            writeln!(notes, "  {problem}")?;
        }
        if count > problems.first.len() as u64 {
            writeln!(notes, "  and {} more", count - problems.first.len() as u64)?;
        }
    }
    Ok(())
}

/// Which items and conditions will see no tick.
fn note_missing(
    feed: &Feed,
    only: Option<&BTreeSet<Code>>,
    terms: &[Terms],
    notes: &mut dyn Write,
) -> Result<()> {
    let there: BTreeSet<Code> = feed.items().into_iter().collect();
    for item in only.into_iter().flatten().filter(|it| !there.contains(it)) {
        writeln!(notes, "warning: the feed has no tick of {item}")?;
    }
    for Terms { id, item, .. } in terms.iter().filter(|it| !there.contains(&it.item)) {
        writeln!(notes, "warning: condition {id} sees no tick of its item {item}")?;
    }
    Ok(())
}

/// The files of lines that were asked for.
struct Files<'a> {
    signals: Option<(File, &'a Path)>,
    fills: Option<(File, &'a Path)>,
}

impl<'a> Files<'a> {
    fn create(args: &'a cli::Replay) -> Result<Files<'a>> {
        let create = |path: &'a Path| {
            let file = File::create(path);
            file.map(|it| (it, path)).with_context(|| format!("cannot write {}", path.display()))
        };
        Ok(Files {
            signals: args.signals.as_deref().map(create).transpose()?,
            fills: args.fills.as_deref().map(create).transpose()?,
        })
    }

    fn write(self, rig: &Rig) -> Result<()> {
        if let Some((file, path)) = self.signals {
            write_lines(file, path, rig.signals().iter().map(lines::signal_line))?;
        }
        if let Some((file, path)) = self.fills {
            write_lines(file, path, rig.fills().map(|row| lines::fill_line(&row)))?;
        }
        Ok(())
    }
}

fn write_lines(file: File, path: &Path, lines: impl Iterator<Item = String>) -> Result<()> {
    let mut file = BufWriter::new(file);
    let write = || {
        for line in lines {
            writeln!(file, "{line}")?;
        }
        file.flush()
    };
    write().with_context(|| format!("cannot write {}", path.display()))
}
