//! What processes use, as the kernel counts it.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

/// Ticks of the kernel's account in a second, on every Linux.
const HERTZ: f64 = 100.0;

/// Shares of one core, in percent.
#[derive(Clone, Debug, Default)]
pub(crate) struct Used {
    /// The process.
    pub(crate) own: f64,
    /// Its children, together.
    pub(crate) children: f64,
    /// The process by threads of the same name.
    pub(crate) threads: BTreeMap<String, f64>,
}

/// What a process and its children use over a while.
pub(crate) fn used(pid: u32, over: Duration) -> Used {
    let (start, before) = (Instant::now(), counted(pid));
    thread::sleep(over);
    let after = counted(pid);
    let share = |it: f64| it * 100.0 / start.elapsed().as_secs_f64();
    let threads = after.threads.iter().map(|(name, it)| {
        let before = before.threads.get(name).copied().unwrap_or_default();
        (name.clone(), share(it - before))
    });
    Used {
        own: share(after.own - before.own),
        children: share(after.children - before.children),
        threads: threads.collect(),
    }
}

/// Seconds used since the processes began.
fn counted(pid: u32) -> Used {
    let mut all = Used::default();
    for entry in fs::read_dir("/proc").into_iter().flatten().flatten() {
        let Some((parent, seconds, _)) = stat(&entry.path()) else { continue };
        match entry.file_name().to_string_lossy().parse::<u32>() {
            Ok(it) if it == pid => all.own = seconds,
            Ok(_) if parent == pid => all.children += seconds,
            _ => (),
        }
    }
    for entry in fs::read_dir(format!("/proc/{pid}/task")).into_iter().flatten().flatten() {
        let Some((_, seconds, name)) = stat(&entry.path()) else { continue };
        *all.threads.entry(name).or_default() += seconds;
    }
    all
}

/// A process's or thread's parent, processor seconds and name.
#[allow(clippy::cast_precision_loss)] // A few ticks.
fn stat(folder: &Path) -> Option<(u32, f64, String)> {
    let text = fs::read_to_string(folder.join("stat")).ok()?;
    let (head, fields) = text.rsplit_once(')')?;
    let fields: Vec<&str> = fields.split_whitespace().collect();
    let number = |at: usize| fields.get(at)?.parse::<u64>().ok();
    let ticks = number(11)? + number(12)?;
    let name = head.split_once('(')?.1.to_owned();
    Some((u32::try_from(number(1)?).ok()?, ticks as f64 / HERTZ, name))
}

/// Resident memory of a process in KiB.
pub(crate) fn resident(pid: u32) -> Option<u64> {
    let text = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = text.lines().find_map(|it| it.strip_prefix("VmRSS:"))?;
    line.split_whitespace().next()?.parse().ok()
}
