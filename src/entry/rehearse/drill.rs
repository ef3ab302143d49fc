//! Short rehearsals of one fault each, told step by step.

use std::io::Write;
use std::thread;
use std::time::Duration;

use aftm_domain::Stamp;
use anyhow::{Result, bail};
use serde_json::Value;

use super::home::Home;
use super::machine::{Machine, PATIENCE, text};
use super::oracle;
use super::told::{Verdict, milliseconds};
use crate::desk::Exit;
use crate::entry::clock;

/// A drill under way.
struct Drill<'a> {
    home: Home,
    machine: Machine,
    out: &'a mut dyn Write,
}

impl<'a> Drill<'a> {
    fn start(options: &[(&str, &str)], out: &'a mut dyn Write) -> Result<Drill<'a>> {
        let home = Home::new(options, "[feed]\nspeed = \"10\"")?;
        let (machine, time) = Machine::start(&home)?;
        let mut drill = Drill { home, machine, out };
        drill.say(&format!(
            "The machine trades at the simulated exchange; it was up in {}.",
            milliseconds(time)
        ))?;
        Ok(drill)
    }

    fn say(&mut self, sentence: &str) -> Result<()> {
        writeln!(self.out, "{sentence}")?;
        Ok(self.out.flush()?)
    }

    fn order(&self, side: &str) -> Result<(Exit, String)> {
        self.home.ctl(&format!("order {side} TXFH1 1"))
    }

    fn done(&self, command: &str) -> Result<()> {
        let (exit, said) = self.home.ctl(command)?;
        if exit != Exit::Ok {
            bail!("{command} ended with {exit:?}: {said}");
        }
        Ok(())
    }

    /// Everything comes to rest, and the exchange's ledger is compared with the journal.
    fn end(self) -> Result<bool> {
        let Drill { home, machine, out } = self;
        for command in ["cancel --all", "wait orders-done --timeout 30s"] {
            home.ctl(command)?;
        }
        machine.quit(&home)?;
        let (day, state) = (oracle::day(&home)?, oracle::state(&home)?);
        let mut verdict = Verdict::default();
        oracle::check(&day, &state, &[], &mut verdict);
        writeln!(
            out,
            "The exchange saw {} orders and {} fills; the journal says:",
            day.orders().len(),
            day.fills().count()
        )?;
        verdict.tell(out)
    }
}

fn is_connection(line: &Value, is_up: bool) -> bool {
    line.pointer("/connection/connected").and_then(Value::as_bool) == Some(is_up)
}

/// The exchange cuts the line for a while.
pub(super) fn disconnect(out: &mut dyn Write) -> Result<bool> {
    let options = [("disconnect_after_ms", "20000"), ("disconnect_for_ms", "20000")];
    let mut drill = Drill::start(&options, out)?;
    drill.done("order buy TXFH1 1")?;
    drill.done("order buy TXFH1 1 --limit 16000 --tif rod")?;
    drill.say("One lot is held and one order rests. In two seconds the exchange cuts the line.")?;
    let cut = drill.machine.wait("the line to be cut", |it| is_connection(it, false))?;
    let (exit, said) = drill.order("buy")?;
    let is_refused = exit != Exit::Ok;
    drill.say(&format!(
        "The line is cut. A new order is refused, not kept for later: {}",
        said.lines().last().unwrap_or("no answer")
    ))?;
    let back = drill.machine.wait("the line to be back", |it| is_connection(it, true))?;
    drill.say(&format!(
        "The line was gone for {}, and counts as back since everything was compared.",
        milliseconds(back.since(cut))
    ))?;
    drill.done("order sell TXFH1 1")?;
    drill.say("Orders are taken again.")?;
    Ok(drill.end()? && is_refused)
}

/// The exchange answers each order late.
pub(super) fn slow(out: &mut dyn Write) -> Result<bool> {
    let mut drill = Drill::start(&[("slow_one_in", "1"), ("slow_ms", "60000")], out)?;
    let _ = drill.order("buy")?;
    drill.say("An order was sent, and the exchange will answer it in six seconds.")?;
    let begun = clock::now();
    drill.done("status")?;
    let asked = clock::now().since(begun);
    drill
        .say(&format!("Meanwhile the machine answers: its status took {}.", milliseconds(asked)))?;
    let has = |line: &Value, status: &str| text(line, "/order/status") == Some(status);
    drill.machine.wait("doubt", |it| has(it, "InDoubt"))?;
    drill
        .say("After four seconds the order is in doubt: it is asked for, and never sent again.")?;
    drill.machine.wait("the answer", |it| has(it, "Filled"))?;
    drill.say("The exchange has answered, and the order is filled: once.")?;
    drill.end()
}

/// The exchange rejects every second order.
pub(super) fn reject(out: &mut dyn Write) -> Result<bool> {
    let mut drill = Drill::start(&[("reject_one_in", "2")], out)?;
    drill.say("Ten orders are sent, and the exchange rejects about every second one.")?;
    for at in 0..10 {
        drill.order(if at % 2 == 0 { "buy" } else { "sell" })?;
    }
    let mut ended = [0, 0];
    let until = clock::now().after(PATIENCE);
    while ended.iter().sum::<i32>() < 10 && clock::now() < until {
        let is_end = |it: &Value| {
            ["Filled", "Rejected"].contains(&text(it, "/order/status").unwrap_or_default())
        };
        let rejected = std::cell::Cell::new(false);
        drill.machine.wait("an order to end", |it| {
            rejected.set(text(it, "/order/status") == Some("Rejected"));
            is_end(it)
        })?;
        let [filled, refused] = &mut ended;
        *(if rejected.get() { refused } else { filled }) += 1;
    }
    let [filled, refused] = ended;
    drill.say(&format!("{filled} were filled and {refused} rejected; none is left over."))?;
    Ok(drill.end()? && refused > 0)
}

/// Each child is killed once.
pub(super) fn kill_child(out: &mut dyn Write) -> Result<bool> {
    let mut drill = Drill::start(&[], out)?;
    drill.done("order buy TXFH1 1")?;
    drill.done("order buy TXFH1 1 --limit 16000 --tif rod")?;
    drill.say("One lot is held and one order rests.")?;
    for role in ["strategy", "executor", "venue"] {
        let time = drill.machine.kill_child(role)?.time;
        let verb = if time < 50 * Stamp::MILLISECOND { "was back" } else { "took its time" };
        drill.say(&format!("kill -9 of the {role}: it {verb} after {}.", milliseconds(time)))?;
    }
    // The exchange's process is there before its lists are compared.
    let until = clock::now().after(PATIENCE);
    while drill.order("sell")?.0 != Exit::Ok && clock::now() < until {
        thread::park_timeout(Duration::from_millis(20));
    }
    drill.say("An order after all that is taken as ever.")?;
    drill.end()
}
