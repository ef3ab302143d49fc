//! What a session remembers when its exchange gets its first time, or its first login: the day that
//! the ledger holds, or what a new trading day takes over from it.

use aftm_domain::{ExchangeTime, Money};
use aftm_exchange_abi::E_INTERNAL;
use aftm_sim::ledger_file::{Begun, Day, Entry, Terms, VERSION, trading_day};

use crate::fault::{Done, Fault};
use crate::memory::Memory;
use crate::orders::{Orders, Standing};

fn broken(why: impl std::fmt::Display) -> Fault {
    Fault::new(E_INTERNAL, format!("the ledger does not add up: {why}"))
}

/// Gives an exchange that knows nothing yet what the ledger remembers, and the orders that follow.
pub(crate) fn recall(
    memory: &mut Memory,
    sim: &mut aftm_sim::Sim,
    now: Option<ExchangeTime>,
) -> Done<Orders> {
    let day = match memory.day.take() {
        None => begin(memory, sim, now)?,
        Some(day) => match away(&day, sim, now) {
            None => day,
            Some((away, now)) => turn(memory, day, &away, now)?,
        },
    };
    restore(memory, sim, day)
}

/// The first day of all.
fn begin(memory: &mut Memory, sim: &aftm_sim::Sim, now: Option<ExchangeTime>) -> Done<Day> {
    let settings = sim.settings();
    let accounts: Vec<(_, Money)> =
        settings.accounts.iter().map(|it| (*it, settings.balance)).collect();
    let begun = Begun { version: VERSION, time: now, used: 0, accounts, held: Vec::new() };
    memory.write(&Entry::Begun(begun.clone()))?;
    Day::begin(begun).map_err(broken)
}

/// Whether the day that the ledger holds is over.
pub(crate) fn is_over(memory: &Memory, sim: &aftm_sim::Sim, now: Option<ExchangeTime>) -> bool {
    memory.day.as_ref().is_some_and(|it| away(it, sim, now).is_some())
}

/// What the file of a day is called once another has begun; `None` as long as it is on.
fn away(
    day: &Day,
    sim: &aftm_sim::Sim,
    now: Option<ExchangeTime>,
) -> Option<(String, ExchangeTime)> {
    let (last, now) = day.time.zip(now)?;
    let holidays = &sim.settings().holidays;
    let (of, on) = (trading_day(last, holidays), trading_day(now, holidays));
    (on > of).then(|| (format!("ledger-{of}.jsonl"), now))
}

/// Ends the old day in its file, and begins the new one in another.
fn turn(memory: &mut Memory, mut old: Day, away: &str, now: ExchangeTime) -> Done<Day> {
    for line in old.ends() {
        memory.write(&line)?;
        old.add(line).map_err(broken)?;
    }
    let begun = old.next(now);
    let mut day = Day::begin(begun.clone()).map_err(broken)?;
    let mut lines = vec![Entry::Begun(begun)];
    let held = day.accounts.values().flat_map(|it| it.positions.keys());
    let held: std::collections::BTreeSet<_> = held.copied().collect();
    for instrument in held.iter().filter_map(|it| old.instruments.get(it)) {
        let line = Entry::Listed(Terms::from(instrument));
        day.add(line.clone()).map_err(broken)?;
        lines.push(line);
    }
    memory.turn(away, &lines)?;
    Ok(day)
}

fn restore(memory: &mut Memory, sim: &mut aftm_sim::Sim, mut day: Day) -> Done<Orders> {
    for line in day.restore(sim)? {
        memory.write(&line)?;
        day.add(line).map_err(broken)?;
    }
    let mut orders = Orders::after(day.used);
    day.orders().iter().for_each(|it| orders.add(Standing::remembered(&it.order)));
    Ok(orders)
}
