//! How the machine is.

use super::Moment;

/// Processes, sockets and speeds.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Health {
    /// This process and its children.
    pub processes: Vec<Process>,
    /// The sockets that other programs and the children use.
    pub sockets: Vec<Socket>,
    /// Since the last tick of any item, in milliseconds.
    pub tick_age_ms: Option<u64>,
    /// Ticks in the last second.
    pub ticks_per_second: u32,
    /// An order's way to the venue and back, half of them faster, in microseconds.
    pub round_trip_p50_us: Option<u64>,
    /// An order's way to the venue and back, 99 of 100 faster, in microseconds.
    pub round_trip_p99_us: Option<u64>,
    /// Numbers of events that were missed and asked for again.
    pub gaps: u64,
    /// Malformed lines of the feed.
    pub feed_problems: u64,
    /// Messages that could not be read.
    pub bad_messages: u64,
    /// Rounds of drawing in the last second.
    pub frames_per_second: u16,
}

/// A process of the machine.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Process {
    /// `gateway`, `strategy` or `executor`.
    pub name: String,
    /// Its number; `None` while there is none.
    pub pid: Option<u32>,
    /// A word of the machine: `down`, `starting`, `running`, `silent`, `waiting`, `given up`,
    /// `stopping`.
    pub state: String,
    /// Whether it does what it should.
    pub is_well: bool,
    /// Whether it should run and does not.
    pub is_bad: bool,
    /// Since its last sign of life, in milliseconds.
    pub beat_age_ms: Option<u64>,
    /// How often it was started again.
    pub restarts: u32,
    /// Share of one core, in tenths of a percent.
    pub cpu_permille: Option<u32>,
    /// Resident memory in bytes.
    pub memory: Option<u64>,
}

/// A socket.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Socket {
    /// What it is for.
    pub name: String,
    /// Where it is: a port or a name.
    pub place: String,
    /// Messages in the last second, in tenths.
    pub rate_tenths: u32,
    /// Messages that were lost.
    pub drops: u64,
    /// Messages that wait.
    pub queue: u64,
}

/// How bad it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// It went well.
    Ok,
    /// Good to know.
    #[default]
    Info,
    /// Look at it.
    Warn,
    /// Do something.
    Error,
}

/// Something that the trader must know.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Alert {
    /// Rises by one; how the screen knows what it has shown.
    pub number: u64,
    /// When.
    pub time: Moment,
    /// A stable code.
    pub code: String,
    /// A sentence.
    pub text: String,
    /// How bad it is.
    pub severity: Severity,
}

/// A limit and how much of it is used. Both are texts, in the limit's own unit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Limit {
    /// What is limited.
    pub name: String,
    /// For whom or what.
    pub scope: String,
    /// How much is used.
    pub used: String,
    /// The bound.
    pub bound: String,
    /// Used of bound, in thousandths.
    pub permille: u32,
}
