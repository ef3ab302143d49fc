//! Malformed messages on every port of a machine, while a lawful client goes on asking.

mod bytes;
mod floor;
mod good;
mod size;
mod thrower;

use std::fs;
use std::io::Write;
use std::thread;
use std::time::Duration;

use aftm_domain::Stamp;
use anyhow::{Context as _, Result, bail};
use serde_json::Value;

use self::floor::Floor;
use self::good::{Asking, Good};
use self::size::Size;
use self::thrower::{Ports, Throw, Thrown};
use super::home::Home;
use super::machine::{Machine, text};
use super::oracle;
use super::told::{Times, Verdict};

pub(in crate::entry) use self::thrower::serve as throw;

/// Questions of the lawful client while nobody else speaks, before and after.
const IDLE: usize = 2_000;
/// How much longer half of its questions, and nearly all, may take than when nobody else speaks.
const HALF_MAX: f64 = 2.0;
const MOST_MAX: f64 = 3.0;
/// Fewer messages say nothing of times.
const JUDGED_MIN: u64 = 100_000;
/// What is thrown at the floor, at most: ten seconds.
const FLOOR_MAX: u64 = 170_000;
/// What is used for the first time is not what leaks.
const WARM: u64 = 5_000;
/// Lines of the machine's log, a second.
const LINES_MAX: i64 = 10;

/// What was seen of the machine, and of the floor.
struct Seen {
    floor: Heard,
    times: Heard,
    thrown: Thrown,
    before: Vec<Size>,
    after: Vec<Size>,
    /// Lines of the log.
    lines: usize,
    /// What was not counted.
    uncounted: Vec<String>,
}

/// So many messages under a seed; whether every promise was kept.
pub(super) fn run(count: u64, seed: u64, out: &mut dyn Write) -> Result<bool> {
    let home = Home::new(&[], "[feed]\nspeed = \"10\"")?;
    writeln!(out, "{count} malformed messages under the seed {seed}, in a home of its own")?;
    out.flush()?;
    let seen = play(&home, count, seed)?;
    tell(&seen, out)?;
    let mut verdict = Verdict::default();
    let orders = oracle::day(&home).map_or(0, |it| it.orders().len());
    let executed = (orders > 0).then(|| format!("the exchange saw {orders} orders"));
    verdict.add("F17 none of them was executed", executed.into_iter().collect());
    verdict.add("F17 every one of them was counted", seen.uncounted);
    let grown =
        seen.after.iter().zip(&seen.before).flat_map(|(after, before)| after.beyond(before));
    verdict.add("F17 no process grows", grown.collect());
    verdict.add("F17 the log is no flood", flood(seen.lines, &seen.thrown));
    if count >= JUDGED_MIN {
        verdict.add("F17 a lawful client hardly notices", seen.times.slower());
    } else {
        writeln!(out, "  times are judged from {JUDGED_MIN} messages on")?;
    }
    verdict.tell(out)
}

fn play(home: &Home, count: u64, seed: u64) -> Result<Seen> {
    let floor = floor_times(count.min(FLOOR_MAX), seed)?;
    let (mut machine, _) = Machine::start(home)?;
    let ports = Ports {
        orders: home.order_port,
        signals: home.signal_port,
        ticks: Some(number(&status(home)?, "tick_port")?.try_into()?),
    };
    let (parent, sockets) = (std::process::id(), files(home)?);
    let throw = |count, seed| Throw { parent, count, seed, ports, sockets: sockets.clone() };
    let warm = throw(WARM, seed ^ 1).begin()?.end()?;
    let mut signals = Signals::default();
    machine.hear(|line| signals.note(line));
    let processes = [machine.pid()].into_iter().chain(machine.ready.values().copied());
    let before = processes.map(Size::at_rest).collect::<Result<Vec<_>>>()?;
    let said = lines(home);
    let (times, thrown) = compare(Good::new(ports.orders)?, &throw(count, seed))?;
    let uncounted = uncounted(home, &mut machine, &mut signals, &[warm, thrown])?;
    let after = before.iter().map(Size::settled).collect::<Result<Vec<_>>>()?;
    let lines = lines(home) - said;
    machine.quit(home)?;
    Ok(Seen { floor, times, thrown, before, after, lines, uncounted })
}

/// How long a lawful client's questions took.
#[derive(Default)]
struct Heard {
    idle: Times,
    busy: Times,
}

impl Heard {
    fn ratio(&self, permille: usize) -> Option<f64> {
        let (before, during) = (self.idle.at(permille)?, self.busy.at(permille)?);
        #[allow(clippy::cast_precision_loss)] // A ratio for people.
        Some(during as f64 / before.max(1) as f64)
    }

    fn slower(&self) -> Vec<String> {
        let bars = [(500, HALF_MAX), (990, MOST_MAX)];
        let broken = bars.into_iter().filter_map(|(permille, bar)| {
            let ratio = self.ratio(permille)?;
            let name = permille / 10;
            (ratio > bar).then(|| format!("p{name} is {ratio:.2} times as long, not {bar}"))
        });
        broken.collect()
    }
}

/// A lawful client while nobody else speaks, while somebody throws, and when it is quiet again.
fn compare(mut good: Good, throw: &Throw) -> Result<(Heard, Thrown)> {
    let mut idle = Times::default();
    good.ask_for(IDLE, &mut idle)?;
    let throwing = throw.begin()?;
    let asking = Asking::begin(good)?;
    let thrown = throwing.end()?;
    let (mut good, busy) = asking.end()?;
    good.ask_for(IDLE, &mut idle)?;
    Ok((Heard { idle, busy }, thrown))
}

fn floor_times(count: u64, seed: u64) -> Result<Heard> {
    let floor = Floor::open()?;
    let (parent, ports, sockets) = (std::process::id(), floor.ports, Vec::new());
    let (times, _) =
        compare(Good::new(ports.orders)?, &Throw { parent, count, seed, ports, sockets })?;
    floor.end()?;
    Ok(times)
}

/// What the executor says of malformed signals.
#[derive(Default)]
struct Signals(u64);

impl Signals {
    fn note(&mut self, line: &Value) {
        if text(line, "/alert/code") == Some("BAD_SIGNALS") {
            let words = text(line, "/alert/text").and_then(|it| it.split(' ').next());
            self.0 += words.and_then(|it| it.parse::<u64>().ok()).unwrap_or(0);
        }
    }
}

/// Which messages were not counted, once the machine has come to the end of them.
fn uncounted(
    home: &Home,
    machine: &mut Machine,
    signals: &mut Signals,
    sent: &[Thrown],
) -> Result<Vec<String>> {
    let orders: u64 = sent.iter().map(|it| it.orders).sum();
    let expected: u64 = sent.iter().map(|it| it.signals).sum();
    let mut bad = 0;
    for _ in 0..100 {
        thread::park_timeout(Duration::from_millis(100));
        machine.hear(|line| signals.note(line));
        bad = number(&status(home)?, "bad_messages")?;
        if bad >= orders && signals.0 >= expected {
            break;
        }
    }
    let mut broken = Vec::new();
    if bad != orders {
        broken.push(format!("{bad} of {orders} were counted at the order port"));
    }
    if signals.0 != expected {
        broken.push(format!("{} of {expected} were counted at the signal port", signals.0));
    }
    Ok(broken)
}

fn status(home: &Home) -> Result<Value> {
    let (_, said) = home.ctl("status")?;
    let line = said.lines().find_map(|it| serde_json::from_str::<Value>(it).ok());
    line.with_context(|| format!("the machine does not say how it is: {said}"))
}

fn number(status: &Value, name: &str) -> Result<u64> {
    let found = status.get(name).or_else(|| status.pointer(&format!("/status/{name}")));
    found.and_then(Value::as_u64).with_context(|| format!("the status has no {name}: {status}"))
}

/// The sockets of the runtime folder.
fn files(home: &Home) -> Result<Vec<std::path::PathBuf>> {
    use std::os::unix::fs::FileTypeExt as _;
    let mut sockets = Vec::new();
    for entry in fs::read_dir(home.folders()?.runtime)? {
        let entry = entry?;
        if entry.file_type()?.is_socket() {
            sockets.push(entry.path());
        }
    }
    if sockets.is_empty() {
        bail!("the machine has no sockets in its runtime folder");
    }
    Ok(sockets)
}

/// Lines of the machine's log so far.
fn lines(home: &Home) -> usize {
    fs::read_to_string(home.path("said.log")).unwrap_or_default().lines().count()
}

fn flood(lines: usize, thrown: &Thrown) -> Vec<String> {
    let seconds = thrown.took / Stamp::SECOND + 1;
    let most = usize::try_from(LINES_MAX * seconds).unwrap_or(usize::MAX);
    let flood = (lines > most).then(|| format!("{lines} lines in {seconds} s"));
    flood.into_iter().collect()
}

fn tell(seen: &Seen, out: &mut dyn Write) -> Result<()> {
    let Thrown { orders, answers, signals, topics, strangers, took } = seen.thrown;
    #[allow(clippy::cast_precision_loss)] // Seconds for people.
    let seconds = took as f64 / Stamp::SECOND as f64;
    writeln!(
        out,
        "  at the order port {orders} ({answers} answered), at the signal port {signals}, at the \
         tick port {topics} topics, not ZeroMQ {strangers}, in {seconds:.1} s"
    )?;
    for (who, heard) in [("the floor", &seen.floor), ("the machine", &seen.times)] {
        writeln!(out, "  {who}")?;
        for (what, times) in [("alone", &heard.idle), ("meanwhile", &heard.busy)] {
            writeln!(out, "    {what:<10}{}", times.show().unwrap_or_default())?;
        }
        if let Some((half, most)) = heard.ratio(500).zip(heard.ratio(990)) {
            writeln!(out, "    times     p50 {half:.2}  p99 {most:.2}")?;
        }
    }
    for (after, before) in seen.after.iter().zip(&seen.before) {
        write!(out, "  memory {} -> {} KiB", before.memory, after.memory)?;
        match before.files.zip(after.files) {
            Some((before, after)) => writeln!(out, ", open files {before} -> {after}")?,
            None => writeln!(out)?,
        }
    }
    Ok(())
}
