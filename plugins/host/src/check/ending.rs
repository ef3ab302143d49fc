//! The end of sessions: a barrier, and nothing left behind.

use std::fs;
use std::thread;
use std::time::Duration;

use super::Plan;
use super::desk::Desk;
use super::frame::{Frame, Seen, failed, hold, skipped};
use super::ticket;
use crate::load::Plugin;

/// How many orders are under way when a session is closed.
const UNDER_WAY: usize = 100;

/// Closes the session in the middle of a burst; the number for the next order.
pub(super) fn close(frame: &mut Frame<'_>, mut desk: Desk<'_>) -> u64 {
    let may_send = desk.is_logged_in && desk.plan.may_trade && desk.session.broken().is_none();
    let orders: Vec<_> = (0..UNDER_WAY).map_while(|_| ticket::resting(&mut desk).ok()).collect();
    let next = desk.next_order();
    let Desk { session, plan, .. } = desk;
    let mut closed = None;
    frame.step("close", || {
        let under_way = orders.iter().filter(|it| may_send && session.send(it).is_ok()).count();
        closed = Some(session.close(plan.answer_wait).map_err(failed)?);
        Ok(format!("with {under_way} orders just sent"))
    });
    let Some(closed) = closed else { return next };
    frame.step("nothing is told after close", || {
        let late = closed.late_within(plan.silence);
        hold(late == 0, || format!("the plug-in called back {late} times after close returned 0"))?;
        Ok(format!("silent for {:?}", plan.silence))
    });
    next
}

/// Threads and open files of this process, where the system lists them.
fn counted() -> Option<(usize, usize)> {
    let count = |folder: &str| fs::read_dir(folder).ok().map(Iterator::count);
    Some((count("/proc/self/task")?, count("/proc/self/fd")?))
}

/// Opens and closes again and again.
pub(super) fn open_and_close(frame: &mut Frame<'_>, plugin: &Plugin, plan: &Plan) {
    frame.step("open and close again and again", || {
        if plugin.is_dead() {
            return Err(skipped("a session could not be closed"));
        }
        reopen(plugin, plan)
    });
}

fn reopen(plugin: &Plugin, plan: &Plan) -> Seen {
    let before = counted();
    for round in 1..=plan.reopen {
        let session = plugin.open(&plan.opening());
        let session = session.map_err(|err| failed(format!("round {round}: {err}")))?;
        let closed = session.close(plan.answer_wait);
        closed.map_err(|err| failed(format!("round {round}: {err}")))?;
    }
    let rounds = plan.reopen;
    let Some(before) = before else { return Ok(format!("{rounds} times")) };
    let (threads, files) = left_behind(before);
    hold(threads == 0, || format!("after {rounds} sessions there are {threads} threads more"))?;
    hold(files == 0, || format!("after {rounds} sessions there are {files} open files more"))?;
    Ok(format!("{rounds} times, no thread and no file left behind"))
}

/// How many threads and files there are more than before, once those that are on their way out have
/// had a second to go.
fn left_behind(before: (usize, usize)) -> (usize, usize) {
    let more = || {
        let (threads, files) = counted().unwrap_or(before);
        (threads.saturating_sub(before.0), files.saturating_sub(before.1))
    };
    for _ in 0..100 {
        if more() == (0, 0) {
            break;
        }
        thread::park_timeout(Duration::from_millis(10));
    }
    more()
}
