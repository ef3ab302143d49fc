//! Which children live, which come back, and when to give up: a pure core.
//!
//! A child counts as running only after it said that it is ready, and only while it is heard. One
//! that dies or falls silent is replaced, later each time; five times in a minute is enough.

use aftm_domain::Stamp;

use crate::wire::Role;

/// How patient the supervisor is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// From spawn to ready.
    pub hello: i64,
    /// From beat to beat.
    pub silence: i64,
    /// From beat to beat of the exchange's plug-in, whose calls a vendor answers.
    pub hang: i64,
    /// Restarts within the window before it gives up.
    pub restarts_max: usize,
    /// The window.
    pub window: i64,
    /// From a halt of everything to the stop of who trades by itself; 0 never.
    pub halted: i64,
}

impl Default for Patience {
    fn default() -> Patience {
        Patience {
            hello: 5 * Stamp::SECOND,
            silence: Stamp::SECOND,
            hang: 5 * Stamp::SECOND,
            restarts_max: 5,
            window: 60 * Stamp::SECOND,
            halted: 0,
        }
    }
}

/// Pauses before the first, second, … restart within the window, in milliseconds. The first is
/// none: a child that was killed once is back within a moment.
const BACKOFF_MS: [i64; 5] = [0, 100, 400, 1_000, 2_000];

/// How long a plug-in may take to end its session, where the machine ends.
const ENDING_MAX: i64 = 3 * Stamp::SECOND;

/// How a child stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Not wanted, not there.
    Down,
    /// Started, not ready yet.
    Starting,
    /// Ready, and heard.
    Running,
    /// There, but not heard for too long: it is being ended.
    Silent,
    /// To be started again.
    Waiting,
    /// Told to stop.
    Stopping,
    /// It failed too often; only the operator starts it again.
    GivenUp,
}

impl Standing {
    /// The word, in lower case.
    pub const fn word(self) -> &'static str {
        match self {
            Standing::Down => "stopped",
            Standing::Starting => "starting",
            Standing::Running => "running",
            Standing::Silent => "silent",
            Standing::Waiting => "waiting",
            Standing::Stopping => "stopping",
            Standing::GivenUp => "given up",
        }
    }
}

/// A child as the supervisor sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Child {
    /// Which one.
    pub role: Role,
    /// How it stands.
    pub standing: Standing,
    /// That in a sentence, with the reason where there is one.
    pub text: String,
    /// Its process, while there is one.
    pub pid: Option<u32>,
    /// When it was last heard, or started.
    pub heard: Stamp,
    /// When it was restarted, within the window.
    pub restarts: Vec<Stamp>,
    /// When it is to be started again.
    pub due: Stamp,
}

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// The machine is there: who is always to run is started.
    Open,
    /// The operator starts.
    Start,
    /// The operator stops: who trades is stopped.
    Stop,
    /// The machine ends, and everybody with it.
    End,
    /// A process was started.
    Spawned(Role, u32),
    /// A process could not be started.
    NotSpawned(Role, String),
    /// A process is gone; how, in words.
    Exited(Role, u32, String),
    /// A child works.
    Ready(Role, u32),
    /// A child lives.
    Beat(Role, u32),
    /// Trading is halted as a whole, or no longer is.
    Halted(bool),
    /// Time has passed.
    Time,
}

/// Something to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// Start a child's process.
    Spawn(Role),
    /// Tell a child to stop: close its standard input.
    Close(Role),
    /// End a child's process by force.
    Kill(Role),
    /// Tell the operator of a child.
    Tell {
        /// Which one.
        role: Role,
        /// How it stands now.
        standing: Standing,
        /// A sentence.
        text: String,
    },
}

/// The supervisor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Supervisor {
    patience: Patience,
    children: Vec<Child>,
    /// Since when trading is halted, until who trades by itself was stopped for it.
    halted: Option<Stamp>,
}

impl Supervisor {
    /// Nobody is wanted yet. With a venue of its own process, that is one of the children.
    pub fn new(patience: Patience, has_venue: bool) -> Supervisor {
        let child = |role| Child {
            role,
            standing: Standing::Down,
            text: format!("the {role} is stopped"),
            pid: None,
            heard: Stamp(0),
            restarts: Vec::new(),
            due: Stamp(0),
        };
        let venue = has_venue.then_some(Role::Venue);
        let roles = venue.into_iter().chain(Role::TRADING);
        Supervisor { patience, children: roles.map(child).collect(), halted: None }
    }

    /// The children.
    pub fn children(&self) -> &[Child] {
        &self.children
    }

    /// Every child is ready and heard.
    pub fn is_running(&self) -> bool {
        self.children.iter().all(|it| it.standing == Standing::Running)
    }

    /// No child that trades is there or wanted.
    pub fn is_down(&self) -> bool {
        self.children.iter().filter(|it| it.role != Role::Venue).all(is_down)
    }

    /// No child at all is there or wanted.
    pub fn is_empty(&self) -> bool {
        self.children.iter().all(is_down)
    }

    /// Some child failed too often.
    pub fn has_given_up(&self) -> bool {
        self.given_up().is_some()
    }

    /// Why a child that failed too often did, in a sentence.
    pub fn given_up(&self) -> Option<&str> {
        let given_up = self.children.iter().find(|it| it.standing == Standing::GivenUp);
        given_up.map(|it| it.text.as_str())
    }

    /// One input in, any number of actions out.
    pub fn apply(&mut self, input: Input, now: Stamp, actions: &mut Vec<Action>) {
        let patience = self.patience;
        match input {
            Input::Open => self.with(Role::Venue, |it| start(it, actions)),
            Input::Start => self.children.iter_mut().for_each(|it| start(it, actions)),
            Input::Stop => self.stop_trading(now, actions),
            Input::Halted(is_halted) => {
                self.halted = is_halted.then(|| self.halted.unwrap_or(now));
            }
            Input::End => self.children.iter_mut().for_each(|it| stop(it, now, actions)),
            Input::Time => {
                let is_over = |it: Stamp| now.since(it) >= patience.halted;
                if patience.halted > 0 && self.halted.is_some_and(is_over) {
                    self.halted = None;
                    self.stop_trading(now, actions);
                }
                self.children.iter_mut().for_each(|it| watch(it, &patience, now, actions));
            }
            Input::Spawned(role, pid) => self.with(role, |child| {
                (child.pid, child.heard) = (Some(pid), now);
            }),
            Input::NotSpawned(role, text) => {
                self.with(role, |child| {
                    // Word of a start that was taken back meanwhile starts nothing again.
                    if child.standing == Standing::Starting {
                        fail(child, &patience, now, &text, actions);
                    }
                });
            }
            Input::Exited(role, pid, how) => self.with(role, |child| {
                if child.pid == Some(pid) {
                    child.pid = None;
                    exited(child, &patience, now, &how, actions);
                }
            }),
            // No child beats before it is ready: where the word was lost, the beat says as much.
            Input::Ready(role, pid) | Input::Beat(role, pid) => self.with(role, |child| {
                if child.pid == Some(pid) {
                    child.heard = now;
                    if child.standing == Standing::Starting {
                        tell(child, Standing::Running, format!("the {role} is running"), actions);
                    }
                }
            }),
        }
    }

    fn stop_trading(&mut self, now: Stamp, actions: &mut Vec<Action>) {
        let trading = self.children.iter_mut().filter(|it| it.role != Role::Venue);
        trading.for_each(|it| stop(it, now, actions));
    }

    fn with(&mut self, role: Role, change: impl FnOnce(&mut Child)) {
        if let Some(child) = self.children.iter_mut().find(|it| it.role == role) {
            change(child);
        }
    }
}

fn is_down(child: &Child) -> bool {
    matches!(child.standing, Standing::Down | Standing::GivenUp) && child.pid.is_none()
}

fn tell(child: &mut Child, standing: Standing, text: String, actions: &mut Vec<Action>) {
    child.standing = standing;
    child.text.clone_from(&text);
    actions.push(Action::Tell { role: child.role, standing, text });
}

fn start(child: &mut Child, actions: &mut Vec<Action>) {
    if matches!(child.standing, Standing::Down | Standing::GivenUp) {
        child.restarts.clear();
        let text = format!("the {} is starting", child.role);
        tell(child, Standing::Starting, text, actions);
        actions.push(Action::Spawn(child.role));
    }
}

fn stop(child: &mut Child, now: Stamp, actions: &mut Vec<Action>) {
    match child.standing {
        // Why one was given up is shown until it is started again.
        Standing::Down | Standing::Stopping | Standing::GivenUp => (),
        _ if child.pid.is_some() => {
            child.heard = now;
            let text = format!("the {} is stopping", child.role);
            tell(child, Standing::Stopping, text, actions);
            actions.push(Action::Close(child.role));
        }
        _ => {
            let text = format!("the {} is stopped", child.role);
            tell(child, Standing::Down, text, actions);
        }
    }
}

fn watch(child: &mut Child, patience: &Patience, now: Stamp, actions: &mut Vec<Action>) {
    let silence = now.since(child.heard);
    let bound = match child.standing {
        Standing::Starting => patience.hello,
        Standing::Running | Standing::Silent if child.role == Role::Venue => patience.hang,
        Standing::Stopping if child.role == Role::Venue => patience.hang.min(ENDING_MAX),
        Standing::Running | Standing::Silent | Standing::Stopping => patience.silence,
        Standing::Waiting if now >= child.due => {
            let text = format!("the {} is starting again", child.role);
            tell(child, Standing::Starting, text, actions);
            child.heard = now;
            actions.push(Action::Spawn(child.role));
            return;
        }
        Standing::Waiting | Standing::Down | Standing::GivenUp => return,
    };
    if child.pid.is_some() && silence > bound {
        // Its exit is told like any other; until then it is not asked twice.
        child.heard = now;
        actions.push(Action::Kill(child.role));
        let milliseconds = silence / Stamp::MILLISECOND;
        let role = child.role;
        let text = format!("the {role} was silent for {milliseconds} ms and is ended by force");
        let standing = match child.standing {
            Standing::Stopping => Standing::Stopping,
            _ => Standing::Silent,
        };
        tell(child, standing, text, actions);
    }
}

fn exited(
    child: &mut Child,
    patience: &Patience,
    now: Stamp,
    how: &str,
    actions: &mut Vec<Action>,
) {
    if child.standing == Standing::Stopping {
        let text = format!("the {} is stopped", child.role);
        tell(child, Standing::Down, text, actions);
        return;
    }
    fail(child, patience, now, how, actions);
}

fn fail(child: &mut Child, patience: &Patience, now: Stamp, how: &str, actions: &mut Vec<Action>) {
    let role = child.role;
    child.restarts.retain(|it| now.since(*it) < patience.window);
    let count = child.restarts.len();
    if count >= patience.restarts_max {
        let text = format!(
            "the {role} {how}; it failed {} times within {} s and stays down: see the log, then start",
            count + 1,
            patience.window / Stamp::SECOND
        );
        tell(child, Standing::GivenUp, text, actions);
        return;
    }
    let pause = BACKOFF_MS.get(count).or(BACKOFF_MS.last()).copied().unwrap_or(0);
    child.due = now.after(pause * Stamp::MILLISECOND);
    child.restarts.push(now);
    let text = format!("the {role} {how}; it is started again in {pause} ms");
    tell(child, Standing::Waiting, text, actions);
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests;
