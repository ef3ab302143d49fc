//! What other processes use of the processors while we measure, as the kernel counts it.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::time::Instant;

/// Ticks of the kernel's account in a second, on every Linux.
const HERTZ: f64 = 100.0;

/// An account that was opened.
pub(super) struct Load {
    at: Instant,
    others: Option<u64>,
}

/// What the kernel says of a process.
struct Process {
    parent: u32,
    /// Its processor time and that of its children that have ended, in kernel ticks.
    used: u64,
}

impl Load {
    /// Opens an account.
    #[allow(clippy::disallowed_methods)] // It measures time.
    pub(super) fn begin() -> Load {
        Load { others: others(), at: Instant::now() }
    }

    /// The part of one core that others used since; `None` where the system does not tell.
    #[allow(clippy::cast_precision_loss)] // A few ticks.
    pub(super) fn others(&self) -> Option<f64> {
        let used = others()?.saturating_sub(self.others?) as f64 / HERTZ;
        Some(used / self.at.elapsed().as_secs_f64().max(1e-3))
    }
}

/// Processor time of every process but this one and its descendants.
fn others() -> Option<u64> {
    let mut processes = HashMap::new();
    for entry in fs::read_dir("/proc").ok()?.flatten() {
        let Ok(pid) = entry.file_name().to_string_lossy().parse::<u32>() else { continue };
        // One that ends meanwhile is counted with its parent.
        let Ok(text) = fs::read_to_string(entry.path().join("stat")) else { continue };
        processes.insert(pid, parse(&text)?);
    }
    let ours = family(std::process::id(), &processes);
    let strangers = processes.iter().filter(|(pid, _)| !ours.contains(pid));
    Some(strangers.map(|(_, it)| it.used).sum())
}

/// The fields of `/proc/PID/stat` after the name, which may hold anything.
fn parse(text: &str) -> Option<Process> {
    let (_, fields) = text.rsplit_once(')')?;
    let fields: Vec<&str> = fields.split_whitespace().collect();
    let number = |at: usize| fields.get(at)?.parse::<u64>().ok();
    let used = [11, 12, 13, 14].into_iter().map(number).sum::<Option<u64>>()?;
    Some(Process { parent: u32::try_from(number(1)?).ok()?, used })
}

fn family(root: u32, processes: &HashMap<u32, Process>) -> HashSet<u32> {
    let mut family = HashSet::from([root]);
    loop {
        let before = family.len();
        let children = processes.iter().filter(|(_, it)| family.contains(&it.parent));
        let children: Vec<u32> = children.map(|(pid, _)| *pid).collect();
        family.extend(children);
        if family.len() == before {
            return family;
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_process_may_have_any_name() {
        let text = "42 (a) b) S 7 42 42 0 -1 4194304 90 0 0 0 1 2 3 4 20 0 1 0 5 6 7";
        let Process { parent, used } = parse(text).unwrap();
        assert_eq!((parent, used), (7, 10));
        assert!(parse("42 cut off").is_none());
    }

    #[test]
    fn children_of_children_are_ours() {
        let process = |parent| Process { parent, used: 1 };
        let processes = HashMap::from([(2, process(1)), (3, process(2)), (4, process(9))]);
        assert_eq!(family(1, &processes), HashSet::from([1, 2, 3]));
    }
}
