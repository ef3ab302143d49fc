//! Processes, sockets and speeds.

use aftm_domain::Stamp;
use aftm_ui::view::{Health, Process, Running, Socket};

use super::trips::Trips;
use crate::desk::supervisor::{Child, Standing};
use crate::wire::Role;
use crate::wire::request::{SocketRow, StatusRow};

/// What ages, rates and speeds are counted from.
#[derive(Debug)]
pub(super) struct Pulse {
    pid: u32,
    /// When each process after the first was last heard.
    heard: Vec<Option<Stamp>>,
    /// Ticks since a moment.
    ticks: u32,
    since: Option<Stamp>,
    /// What each socket had passed on at the last answer, and when that was.
    passed: Vec<u64>,
    answered: Option<Stamp>,
}

impl Pulse {
    pub(super) const fn new(pid: u32) -> Pulse {
        Pulse { pid, heard: Vec::new(), ticks: 0, since: None, passed: Vec::new(), answered: None }
    }

    /// A tick came.
    pub(super) fn tick(&mut self, now: Stamp) {
        self.since.get_or_insert(now);
        self.ticks = self.ticks.saturating_add(1);
    }

    /// The children as the supervisor sees them.
    pub(super) fn children(&mut self, health: &mut Health, children: &[Child]) {
        let measured = std::mem::take(&mut health.processes);
        let (state, is_well) = ("running".to_owned(), true);
        let name = "gateway".to_owned();
        let main = Process { name, pid: Some(self.pid), state, is_well, ..Process::default() };
        health.processes.push(main);
        health.processes.extend(children.iter().map(process));
        for it in &mut health.processes {
            let before = measured.iter().find(|old| old.pid == it.pid && it.pid.is_some());
            let Some(before) = before else { continue };
            (it.cpu_permille, it.memory) = (before.cpu_permille, before.memory);
        }
        self.heard = children.iter().map(|it| it.pid.map(|_| it.heard)).collect();
    }

    /// What the system says of a process.
    pub(super) fn measured(health: &mut Health, pid: u32, cpu_permille: u32, memory: u64) {
        for it in health.processes.iter_mut().filter(|it| it.pid == Some(pid)) {
            (it.cpu_permille, it.memory) = (Some(cpu_permille), Some(memory));
        }
    }

    /// What the gateway says of itself.
    pub(super) fn status(&mut self, health: &mut Health, row: &StatusRow, now: Stamp) {
        health.feed_problems = row.feed_problems;
        health.bad_messages = row.bad_messages;
        let passed = self.answered.map_or(0, |it| now.since(it));
        let before = std::mem::take(&mut self.passed);
        let sockets = row.sockets.iter().enumerate();
        health.sockets = sockets.map(|(at, it)| socket(it, before.get(at), passed)).collect();
        self.passed = row.sockets.iter().map(|it| it.messages).collect();
        self.answered = Some(now);
    }

    /// How long orders took.
    pub(super) fn trips(health: &mut Health, trips: &Trips) {
        health.round_trip_p50_us = trips.within_us(500);
        health.round_trip_p99_us = trips.within_us(990);
    }

    /// Ages and rates as of now.
    pub(super) fn refresh(&mut self, health: &mut Health, tick_age_ms: Option<u64>, now: Stamp) {
        health.tick_age_ms = tick_age_ms;
        for (process, heard) in health.processes.iter_mut().skip(1).zip(&self.heard) {
            let age = heard.map(|it| now.since(it) / Stamp::MILLISECOND);
            process.beat_age_ms = age.map(|it| u64::try_from(it).unwrap_or(0));
        }
        let Some(since) = self.since else { return };
        let passed = now.since(since);
        if passed >= Stamp::SECOND {
            let rate = i64::from(self.ticks).saturating_mul(Stamp::SECOND) / passed;
            health.ticks_per_second = u32::try_from(rate).unwrap_or(u32::MAX);
            (self.ticks, self.since) = (0, Some(now));
        }
    }
}

/// How far the machine is started, from where its children stand.
pub(super) fn running(children: &[Child]) -> Running {
    // The exchange's process runs before anybody starts; only that it does not is told here.
    let trading = || children.iter().filter(|it| it.role != Role::Venue);
    let any = |standing: Standing| trading().any(|it| it.standing == standing);
    let all = |standing: Standing| trading().all(|it| it.standing == standing);
    let is_broken = |it: &Child| {
        matches!(it.standing, Standing::Silent | Standing::Waiting | Standing::GivenUp)
    };
    let is_back = children.iter().any(|it| !it.restarts.is_empty());
    match () {
        () if children.iter().any(is_broken) => Running::Broken,
        () if any(Standing::Stopping) => Running::Stopping,
        () if any(Standing::Starting) && is_back => Running::Broken,
        () if any(Standing::Starting) => Running::Starting,
        () if all(Standing::Running) && !children.is_empty() => Running::Running,
        () => Running::Stopped,
    }
}

fn process(child: &Child) -> Process {
    let (state, is_well, is_bad) = match child.standing {
        Standing::Down => ("down", false, false),
        Standing::Starting => ("starting", false, false),
        Standing::Running => ("running", true, false),
        Standing::Silent => ("silent", false, true),
        Standing::Waiting => ("waiting", false, true),
        Standing::Stopping => ("stopping", false, false),
        Standing::GivenUp => ("given up", false, true),
    };
    Process {
        name: child.role.word().to_owned(),
        pid: child.pid,
        state: state.to_owned(),
        is_well,
        is_bad,
        restarts: u32::try_from(child.restarts.len()).unwrap_or(u32::MAX),
        ..Process::default()
    }
}

/// A socket, with its rate since the answer before, in tenths of a message a second.
fn socket(row: &SocketRow, before: Option<&u64>, passed: i64) -> Socket {
    let more = before.map_or(0, |it| row.messages.saturating_sub(*it));
    let tenths = i64::try_from(more).unwrap_or(i64::MAX).saturating_mul(10);
    let rate = tenths.saturating_mul(1_000).checked_div(passed / Stamp::MILLISECOND);
    Socket {
        name: row.name.clone(),
        place: row.place.clone(),
        rate_tenths: rate.and_then(|it| u32::try_from(it).ok()).unwrap_or(0),
        drops: row.dropped,
        queue: row.waiting,
    }
}
