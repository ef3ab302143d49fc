//! Processor and memory of the machine's processes.

use sysinfo::{Pid, ProcessRefreshKind, ProcessesToUpdate, System};

/// What the system says of processes.
#[derive(Default)]
pub(super) struct Measure {
    system: System,
}

impl Measure {
    /// Of this process and some others: number, share of one core in tenths of a percent since the
    /// last look, resident bytes. One that is gone is left out.
    pub(super) fn look(&mut self, others: &[u32]) -> Vec<(u32, u32, u64)> {
        let all = others.iter().copied().chain([std::process::id()]).map(Pid::from_u32);
        let pids: Vec<Pid> = all.collect();
        let what = ProcessRefreshKind::nothing().with_cpu().with_memory();
        self.system.refresh_processes_specifics(ProcessesToUpdate::Some(&pids), true, what);
        let seen = pids.iter().filter_map(|pid| {
            let process = self.system.process(*pid)?;
            Some((pid.as_u32(), permille(process.cpu_usage()), process.memory()))
        });
        seen.collect()
    }
}

/// A percentage in tenths; never below zero.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // Bounded just before.
fn permille(percent: f32) -> u32 {
    (percent * 10.0).round().clamp(0.0, 1e6) as u32
}
