//! The operator: commands carried out, children kept alive, everything told.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::io::Write as _;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::rc::Rc;
use std::time::Duration;

use aftm_domain::Stamp;
use tokio::process::{Child, Command as Process};
use tokio::sync::{mpsc, watch};
use tokio::task::spawn_local;

use super::inputs::Inputs;
use super::line::{Heard, Line};
use super::lines;
use super::missed::{Before, Shown};
use super::projected::Shared;
use super::said;
use super::supervisor::{Action, Input, Patience, Standing, Supervisor};
use super::view::Trips;
use super::{Command, Defaults, Exit, Roster, command};
use crate::failpoint;
use crate::wire::event::{ChildWord, Numbered};
use crate::wire::request::{ScopeRow, TradingState};
use crate::wire::venue::PluginSeat;
use crate::wire::{Birth, Event, Refused, Role, Scope, Secret, birth, encode};

/// How often the supervisor looks at the children; one that exits is seen at once.
const WATCH: Duration = Duration::from_millis(100);

/// How long the last word of a child that has ended may take.
const LAST_WORD: Duration = Duration::from_millis(200);

/// What the desk is made of.
pub struct Setup {
    /// The way to the gateway.
    pub line: Line,
    /// The program, whose hidden subcommands the children are.
    pub program: PathBuf,
    /// What a child is told, but for its role and its neighbor.
    pub birth: Birth,
    /// Which processes are ours.
    pub roster: Roster,
    /// How patient the supervisor is.
    pub patience: Patience,
    /// What a condition has where it does not say.
    pub defaults: Defaults,
    /// What there was before this machine.
    pub before: Before,
    /// Our clock.
    pub clock: fn() -> Stamp,
    /// Where lines go: one, or several with line feeds between them.
    pub out: Box<dyn Fn(String)>,
    /// The password that the environment named.
    pub password: Option<Secret>,
    /// Reads a password from a file that only its owner may read.
    pub read_password: fn(&Path) -> Result<Secret, Refused>,
    /// The exchange's plug-in, where it has a process of its own.
    pub venue: Option<Venue>,
}

/// The exchange's plug-in as a child: what it loads, and who takes the stream to it.
pub struct Venue {
    /// What it loads.
    pub seat: PluginSeat,
    /// Takes main's end of the stream to a process that was started just now.
    pub hand_over: Box<dyn Fn(UnixStream)>,
}

/// The desk. Its tasks share it on one thread.
pub struct Desk {
    pub(super) line: Line,
    program: PathBuf,
    birth: Birth,
    roster: Roster,
    pub(super) defaults: Defaults,
    clock: fn() -> Stamp,
    out: Box<dyn Fn(String)>,
    pub(super) password: Option<Secret>,
    pub(super) read_password: fn(&Path) -> Result<Secret, Refused>,
    pub(super) supervisor: RefCell<Supervisor>,
    venue: Option<Venue>,
    inputs: Inputs,
    kills: RefCell<HashMap<Role, tokio::sync::oneshot::Sender<()>>>,
    changed: watch::Sender<u64>,
    /// Fills of earlier machines on the same data.
    pub(super) fills_before: u64,
    pub(super) shown: RefCell<Shown>,
    /// What a screen shows, where there is one.
    pub(super) projection: RefCell<Option<Shared>>,
    /// The projection changed.
    pub(super) projected: tokio::sync::Notify,
    /// Who asks for the projection has it.
    pub(super) asking: tokio::sync::Mutex<()>,
    /// How long orders took.
    pub(super) trips: RefCell<Trips>,
    /// Lines of events that are heard now, with line feeds between them.
    gathered: RefCell<Option<String>>,
    is_over: Cell<bool>,
    /// Who starts, stops or closes has it, so that no two do at once.
    pub(super) turn: tokio::sync::Mutex<()>,
}

impl Desk {
    /// A desk; nothing runs yet.
    pub fn new(setup: Setup) -> Rc<Desk> {
        let Setup { line, program, birth, patience, defaults, clock, out, .. } = setup;
        let Setup { before, password, read_password, roster, venue, .. } = setup;
        Rc::new(Desk {
            line,
            program,
            birth,
            roster,
            defaults,
            clock,
            out,
            password,
            read_password,
            supervisor: RefCell::new(Supervisor::new(patience, venue.is_some())),
            venue,
            inputs: Inputs::default(),
            kills: RefCell::default(),
            changed: watch::Sender::new(0),
            fills_before: before.fills,
            shown: RefCell::new(Shown::new(before)),
            projection: RefCell::default(),
            projected: tokio::sync::Notify::new(),
            asking: tokio::sync::Mutex::new(()),
            trips: RefCell::default(),
            gathered: RefCell::default(),
            is_over: Cell::new(false),
            turn: tokio::sync::Mutex::new(()),
        })
    }

    pub(super) fn now(&self) -> Stamp {
        (self.clock)()
    }

    /// Says a line.
    pub fn say(&self, line: String) {
        match &mut *self.gathered.borrow_mut() {
            None => (self.out)(line),
            Some(lines) => {
                if !lines.is_empty() {
                    lines.push('\n');
                }
                lines.push_str(&line);
            }
        }
    }

    /// Tells what the trader must know.
    pub fn alert(&self, code: &str, text: &str) {
        log::warn!("{text}");
        self.say(lines::alert(self.now(), code, text));
    }

    /// How each child stands.
    pub fn children(&self) -> Vec<super::supervisor::Child> {
        self.supervisor.borrow().children().to_vec()
    }

    /// Something changed that somebody may wait for.
    pub(super) fn change(&self) {
        self.changed.send_modify(|it| *it = it.wrapping_add(1));
    }

    /// Waits for the next change.
    pub(super) async fn changed(&self, seen: &mut watch::Receiver<u64>) {
        // The sender lives as long as the desk.
        let _ = seen.changed().await;
    }

    pub(super) fn watch(&self) -> watch::Receiver<u64> {
        self.changed.subscribe()
    }

    /// Hears the gateway and `ctl`, and looks after the children, until it is over.
    pub async fn serve(self: Rc<Desk>, mut heard: mpsc::UnboundedReceiver<Heard>) {
        self.supervise(Input::Open);
        let mut timer = tokio::time::interval(WATCH);
        timer.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                some = heard.recv() => match some {
                    None => return,
                    Some(Heard::Market(market)) => self.project_market(&market),
                    Some(Heard::Events(events)) => self.hear_all(&events),
                    Some(Heard::Command { caller, line }) => {
                        let desk = self.clone();
                        spawn_local(async move {
                            let (shown, exit) = desk.obey_line(&line).await;
                            desk.line.reply(caller, &shown, exit);
                        });
                    }
                },
                _ = timer.tick() => self.supervise(Input::Time),
            }
        }
    }

    /// What came together is said together: to wake the printer for each line would cost more than
    /// the lines do.
    fn hear_all(self: &Rc<Self>, events: &[Numbered<Event>]) {
        self.gathered.replace(Some(String::new()));
        for numbered in events {
            self.follow(numbered);
            self.project_event(&numbered.event);
            self.hear(&numbered.event);
        }
        if let Some(lines) = self.gathered.take().filter(|it| !it.is_empty()) {
            (self.out)(lines);
        }
    }

    fn hear(self: &Rc<Self>, event: &Event) {
        if let Event::Trading(row) = event {
            let is_all = |it: &ScopeRow| it.scope == Scope::Global;
            let all = row.scopes.iter().find(|it| is_all(it));
            let is_halted = all.is_some_and(|it| it.state == TradingState::Halted);
            self.supervise(Input::Halted(is_halted));
        }
        if let Event::Child { role, pid, word } = event {
            match word {
                ChildWord::Hello => (),
                ChildWord::Ready => self.supervise(Input::Ready(*role, *pid)),
                ChildWord::Beat => return self.supervise(Input::Beat(*role, *pid)),
            }
        }
        self.change();
    }

    /// Gives the supervisor its input and does what it says.
    pub(super) fn supervise(self: &Rc<Self>, input: Input) {
        let mut actions = Vec::new();
        self.supervisor.borrow_mut().apply(input, self.now(), &mut actions);
        let is_news = !actions.is_empty();
        for action in actions {
            match action {
                Action::Spawn(role) => self.spawn(role),
                Action::Close(role) => self.inputs.close(role),
                Action::Kill(role) => {
                    let kill = self.kills.borrow_mut().remove(&role);
                    // The process may have ended by itself meanwhile.
                    kill.map(|it| it.send(()));
                }
                Action::Tell { role, standing, text } => {
                    self.say(lines::component(self.now(), role, standing, &text));
                    self.project_child(role, standing, &text);
                    match standing {
                        Standing::GivenUp => {
                            log::error!("{text}");
                            self.say(lines::alert(self.now(), "CHILD_GIVEN_UP", &text));
                        }
                        Standing::Waiting => self.alert("CHILD_DIED", &text),
                        _ => log::info!("{text}"),
                    }
                }
            }
        }
        if is_news {
            self.change();
        }
    }

    fn spawn(self: &Rc<Self>, role: Role) {
        let not_spawned = |error: &dyn std::fmt::Display| {
            let text = format!("cannot be started: {error}");
            let desk = self.clone();
            // The supervisor is still at work on the input that led here.
            spawn_local(async move { desk.supervise(Input::NotSpawned(role, text)) });
        };
        match self.launch(role) {
            Err(error) => not_spawned(&error),
            Ok((child, input)) => {
                let pid = child.id().unwrap_or_default();
                match self.roster.admit(role, pid) {
                    Ok(told) => told.iter().for_each(|it| self.inputs.tell(it)),
                    // It is ended: nobody would let it in.
                    Err(error) => return not_spawned(&error),
                }
                input.into_iter().for_each(|it| self.bear(role, it));
                let (kill, killed) = tokio::sync::oneshot::channel();
                self.kills.borrow_mut().insert(role, kill);
                let mut actions = Vec::new();
                let spawned = Input::Spawned(role, pid);
                self.supervisor.borrow_mut().apply(spawned, self.now(), &mut actions);
                spawn_local(self.clone().attend(role, pid, child, killed));
            }
        }
    }

    /// Starts a process; with our end of its standard input, where that is the desk's.
    fn launch(&self, role: Role) -> std::io::Result<(Child, Option<UnixStream>)> {
        let mut process = Process::new(&self.program);
        process
            .arg0("aftm")
            .arg(role.word())
            // A child needs nothing of our environment, and must not see what is secret in it.
            .env_clear()
            .envs(failpoint::lent())
            .process_group(0)
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        // Nobody else can open one of these by its number below /proc, as a pipe can be.
        let (ours, theirs) = UnixStream::pair()?;
        process.stdin(OwnedFd::from(theirs));
        let Some(venue) = self.venue.as_ref().filter(|_| role == Role::Venue) else {
            return Ok((process.spawn()?, Some(ours)));
        };
        // A vendor's library prints what it likes; its standard input is the stream to the gateway.
        let child = process.stdout(Stdio::piped()).spawn()?;
        let plugin = Some(venue.seat.clone());
        let record = encode(&Birth { role, plugin, ..self.birth.clone() });
        // Far smaller than what a socket holds, so this waits for nobody.
        (&ours).write_all(&birth::record(&record))?;
        (venue.hand_over)(ours);
        Ok((child, None))
    }

    /// Tells a child what it needs; the exchange's process was told already.
    fn bear(&self, role: Role, input: UnixStream) {
        let birth = self.roster.introduce(role, self.birth.clone());
        if let Err(error) = self.inputs.open(role, input, &birth) {
            log::warn!("the {role} could not be told what it needs: {error}");
        }
    }

    /// Passes on what a child says, and waits for its end.
    async fn attend(
        self: Rc<Self>,
        role: Role,
        pid: u32,
        mut child: Child,
        killed: tokio::sync::oneshot::Receiver<()>,
    ) {
        if let Some(printed) = child.stdout.take() {
            spawn_local(said::pass_on(printed, format!("{role} ({pid})"), self.clock));
        }
        let said = child.stderr.take();
        let clock = self.clock;
        let complaint =
            spawn_local(
                async move { said::pass_on(said?, format!("{role} ({pid})"), clock).await },
            );
        let status = tokio::select! {
            status = child.wait() => status,
            Ok(()) = killed => {
                // An error here means that it has ended already.
                let _ = child.start_kill();
                child.wait().await
            }
        };
        // It said everything before it ended; whoever else holds its pipe is not waited for.
        let complaint = tokio::time::timeout(LAST_WORD, complaint).await;
        let complaint = complaint.ok().and_then(Result::ok).flatten();
        let how = match (status, complaint) {
            (Ok(status), None) => format!("ended: {status}"),
            (Ok(status), Some(complaint)) => format!("ended ({status}): {complaint}"),
            (Err(error), _) => format!("was lost: {error}"),
        };
        self.inputs.close(role);
        self.supervise(Input::Exited(role, pid, how));
        self.supervise(Input::Time);
    }

    /// A command of `ctl`: the lines to show, and how it ended.
    async fn obey_line(self: &Rc<Self>, line: &str) -> (Vec<String>, Exit) {
        let mut lines = Vec::new();
        let exit = match command::parse_line(line) {
            Ok(None) => Exit::Ok,
            Ok(Some(command)) => self.obey(&command, &mut lines).await,
            Err(error) => {
                let refused = Refused::new("USAGE", error.to_string());
                lines.push(lines::refused(self.now(), line, &refused));
                Exit::Usage
            }
        };
        (lines, exit)
    }

    /// Carries a command out; what it shows is appended to `lines`.
    pub async fn obey(self: &Rc<Self>, command: &Command, lines: &mut Vec<String>) -> Exit {
        match self.perform(command, lines).await {
            Ok(order) => {
                lines.push(lines::done(self.now(), command, order));
                Exit::Ok
            }
            Err(refused) => {
                lines.push(lines::refused(self.now(), &command.to_line(), &refused));
                exit_of(&refused)
            }
        }
    }

    /// Nothing is asked any more.
    pub fn hang_up(&self) {
        self.line.end();
    }

    /// It is over: whoever waits for the end of the machine goes on.
    pub fn end(&self) {
        self.is_over.set(true);
        self.change();
    }

    /// Whether the machine is to end.
    pub fn is_over(&self) -> bool {
        self.is_over.get()
    }

    /// Waits until the machine is to end.
    pub async fn over(&self) {
        let mut seen = self.watch();
        while !self.is_over() {
            self.changed(&mut seen).await;
        }
    }
}

/// The exit code of a refusal.
fn exit_of(refused: &Refused) -> Exit {
    match refused.code.as_str() {
        "NOT_LOGGED_IN" | "NOT_CONNECTED" | "LOGIN" => Exit::NotConnected,
        "TRADING_HALTED" | "REDUCE_ONLY" => Exit::Halted,
        code if code.starts_with("RISK_") => Exit::Limit,
        "USAGE" => Exit::Usage,
        "PASSWORD" => Exit::Configuration,
        _ => Exit::Failure,
    }
}
