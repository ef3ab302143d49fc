//! A busy day with a kill -9 again and again: of the strategy, the executor, the exchange's process
//! and the machine itself, which is started again on the same data.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;
use std::thread;
use std::time::Duration;

use aftm_domain::Stamp;
use anyhow::{Result, bail};

use super::client::{Client, Wanted};
use super::dice::Dice;
use super::home::Home;
use super::machine::{Machine, Return, VENUE, is_there};
use super::oracle;
use super::told::{Times, Verdict, milliseconds};
use crate::desk::Exit;

/// Clients of each kind, with named requests and without.
const CLIENTS: usize = 2;
/// One of so many kills is a drill of the kill switch, too.
const SWITCH_ONE_IN: u64 = 40;
/// The children that are killed, and how it is called where the machine is.
const ROLES: [&str; 4] = ["strategy", "executor", VENUE, "main"];
/// Its place there.
const MAIN: usize = 3;

/// How many kills are of a day that is still short: what is read at a start grows with it.
const EARLY: u64 = 100;
/// A start that takes longer is told of, with what the machine said last.
const LATE: i64 = Stamp::SECOND;

/// How long one kind of process took to serve again.
#[derive(Default)]
struct Recovered {
    all: Times,
    /// Where none of its kind had been killed within the second before; a machine always is.
    spaced: Times,
    /// Those among the first kills of the day.
    early: Times,
}

/// What the day has brought so far.
#[derive(Default)]
struct Day {
    recovered: [Recovered; 4],
    /// From the death of the exchange's process until everything was compared with its lists, and
    /// orders are taken again.
    cut_off: Times,
    /// From the death of the machine to that of its last child.
    orphaned: Times,
    processes: Vec<u32>,
    conditions: u64,
    switches: u64,
    after_halt: Vec<String>,
    exposed: Vec<String>,
}

/// So many kills under a seed; whether every promise was kept.
pub(super) fn run(count: u64, seed: u64, out: &mut dyn Write) -> Result<bool> {
    let home = Home::new(&[("balance", "1000000000")], "[feed]\nspeed = \"10\"")?;
    writeln!(out, "{count} kills under the seed {seed}, in a home of its own")?;
    let (machine, _) = Machine::start(&home)?;
    let clients = (0..CLIENTS * 2).map(|at| {
        let is_named = at < CLIENTS;
        let kind = if is_named { "named" } else { "naive" };
        Client::start(format!("{kind}{at}"), home.order_port, is_named)
    });
    let clients = clients.collect::<Result<Vec<_>>>()?;
    let mut day = Day::default();
    let mut dice = Dice::new(seed);
    let lived = live(&home, machine, (count, &mut dice), &mut day);
    let wanted = clients.into_iter().map(Client::finish).collect::<Result<Vec<_>>>()?;
    let wanted: Vec<Wanted> = wanted.into_iter().flatten().collect();
    let machine = lived?;
    rest(&home)?;
    day.processes.extend(machine.quit(&home)?);
    tell(&home, &day, &wanted, out)
}

fn live(
    home: &Home,
    mut machine: Machine,
    (count, dice): (u64, &mut Dice),
    day: &mut Day,
) -> Result<Machine> {
    for at in 0..count {
        thread::park_timeout(Duration::from_millis(dice.below(40)));
        machine.listen();
        machine.cuts.drain(..).for_each(|it| day.cut_off.add(it));
        if dice.below(4) == 0 {
            condition(home, &machine, day, dice)?;
        }
        day.exposed.extend(machine.leaks());
        if dice.below(SWITCH_ONE_IN) == 0 {
            machine = switch(home, machine, day)?;
        }
        let place = usize::try_from(dice.below(4))?;
        let back = if place == MAIN {
            let (next, time) = replace(home, machine, day)?;
            machine = next;
            Return { time, is_spaced: true }
        } else {
            machine.kill_child(ROLES.get(place).copied().unwrap_or("strategy"))?
        };
        day.recovered.get_mut(place).into_iter().for_each(|it| it.add(back, at < EARLY));
        if (at + 1).is_multiple_of(100) {
            log::info!("{} kills so far", at + 1);
        }
    }
    Ok(machine)
}

/// Kills the machine itself, and starts another on its data; how long that took.
fn replace(home: &Home, machine: Machine, day: &mut Day) -> Result<(Machine, i64)> {
    let (processes, orphaned) = machine.kill()?;
    day.processes.extend(processes);
    day.orphaned.add(orphaned);
    let (machine, time) = Machine::start(home)?;
    if time > LATE {
        log::warn!("a start took {}; it said last:\n{}", milliseconds(time), home.said());
    }
    Ok((machine, time))
}

impl Recovered {
    fn add(&mut self, back: Return, is_early: bool) {
        self.all.add(back.time);
        if back.is_spaced {
            self.spaced.add(back.time);
        }
        if is_early {
            self.early.add(back.time);
        }
    }

    fn tell(&self, role: &str, out: &mut dyn Write) -> Result<()> {
        let early = format!("  first {EARLY}");
        let rows = [(role, &self.all), ("  spaced", &self.spaced), (early.as_str(), &self.early)];
        for (name, times) in rows {
            if let Some(shown) = times.show() {
                writeln!(out, "  {name:<16} {shown}")?;
            }
        }
        Ok(())
    }
}

/// A condition near the market, which the strategy trades by.
fn condition(home: &Home, machine: &Machine, day: &mut Day, dice: &mut Dice) -> Result<()> {
    let Some(price) = machine.last.as_ref().and_then(|it| it.parse::<i64>().ok()) else {
        return Ok(());
    };
    day.conditions += 1;
    let (side, away) = if dice.below(2) == 0 { ("buy", -1) } else { ("sell", 1) };
    let trigger = price + away * i64::try_from(dice.below(3))?;
    // Refused where the machine is halted or on its way back, which is as good.
    home.ctl(&format!(
        "condition add {side} TXFH1 --trigger {trigger} --turning 1 --tp 2 --sl 2 --id k{}",
        day.conditions
    ))?;
    Ok(())
}

/// Halts trading, kills the machine, and looks whether anything that opens arrived until a person
/// ends the halt.
fn switch(home: &Home, machine: Machine, day: &mut Day) -> Result<Machine> {
    let (exit, said) = home.ctl("kill --reason rehearsal")?;
    if exit != Exit::Ok {
        bail!("the kill switch answered {exit:?}: {said}");
    }
    let before = oracle::day(home)?.orders().len();
    let (machine, _) = replace(home, machine, day)?;
    thread::park_timeout(Duration::from_millis(100));
    day.after_halt.extend(oracle::openings(&oracle::day(home)?, before));
    // The first goes to orders that close, the second to all of them.
    for _ in 0..2 {
        let (exit, said) = home.ctl("rearm --force --reason rehearsal")?;
        if exit != Exit::Ok {
            bail!("rearming was answered by {exit:?}: {said}");
        }
    }
    day.switches += 1;
    Ok(machine)
}

/// Nothing is killed any more: everything is canceled, and every doubt is ended.
fn rest(home: &Home) -> Result<()> {
    for command in ["cancel --all", "wait orders-done --timeout 30s"] {
        let (exit, said) = home.ctl(command)?;
        if exit != Exit::Ok {
            bail!("{command} ended with {exit:?}: {said}");
        }
    }
    Ok(())
}

fn tell(home: &Home, day: &Day, wanted: &[Wanted], out: &mut dyn Write) -> Result<bool> {
    let (there, state) = (oracle::day(home)?, oracle::state(home)?);
    let mut verdict = Verdict::default();
    let count = oracle::check(&there, &state, wanted, &mut verdict);
    verdict.add(
        "O5 nothing opens after a kill, over a restart, until a person rearms",
        day.after_halt.clone(),
    );
    verdict.add("O8 no process, socket or half-written file is left", leftovers(home, day)?);
    let mut exposed = day.exposed.clone();
    exposed.extend(home.leaks()?.iter().map(|it| it.display().to_string()));
    verdict.add("O9 the password stands in no file, environment or command line", exposed);
    writeln!(out, "recovered after kill -9 of")?;
    for (role, recovered) in ROLES.iter().zip(&day.recovered) {
        recovered.tell(role, out)?;
    }
    if let Some(shown) = day.cut_off.show() {
        writeln!(
            out,
            "the exchange takes orders again after its process was killed\n  {:<16} {shown}",
            ""
        )?;
    }
    if let Some(shown) = day.orphaned.show() {
        writeln!(out, "children gone after their machine\n  {:<16} {shown}", "")?;
    }
    let acknowledged = wanted.iter().filter(|it| matches!(it.told, Some(Ok(_)))).count();
    let mut refused: BTreeMap<&str, usize> = BTreeMap::new();
    for code in wanted.iter().filter_map(|it| it.told.as_ref()?.as_ref().err()) {
        *refused.entry(code).or_default() += 1;
    }
    writeln!(
        out,
        "orders wanted {}, acknowledged {acknowledged}, refused {refused:?}, sent more than once {}; \
         lost {}, doubled {}\nat the exchange {} orders, {} fills; conditions {}, kill switch {}",
        wanted.len(),
        count.retried,
        count.lost,
        count.doubled,
        there.orders().len(),
        there.fills().count(),
        day.conditions,
        day.switches,
    )?;
    verdict.tell(out)
}

fn leftovers(home: &Home, day: &Day) -> Result<Vec<String>> {
    let processes = day.processes.iter().filter(|it| is_there(**it));
    let mut left: Vec<String> = processes.map(|it| format!("process {it}")).collect();
    let folders = home.folders()?;
    left.extend(files(&folders.runtime)?);
    let is_temporary = |it: &String| it.contains(".coming") || it.contains(".tmp");
    left.extend(files(&folders.data)?.into_iter().filter(is_temporary));
    Ok(left)
}

fn files(folder: &Path) -> Result<Vec<String>> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Ok(Vec::new()) };
    entries.map(|it| Ok(it?.path().display().to_string())).collect()
}
