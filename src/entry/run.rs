//! The machine without a screen: a script of commands over gateway, feed and desk.

use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use anyhow::{Context as _, Result};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::oneshot;
use tokio::task::LocalSet;

use super::dead_man::{self, DeadMan};
use super::feed_line::Market;
use super::ledger::{self, Facts, VIEWS};
use super::printer::Printer;
use super::{clock, doctor, doors, harden, outputs, parts, venue};
use crate::config::{self, Folders, Settings};
use crate::desk::command;
use crate::desk::supervisor::Patience;
use crate::desk::{self, Command, Desk, Exit};
use crate::gateway::fact::Door;
use crate::gateway::listing::Listing;
use crate::gateway::serve::{FeedLine, ServeError, Server};
use crate::gateway::simulated::Simulated;
use crate::gateway::sockets::{DESK, DESK_EVENTS, SocketError};
use crate::gateway::venue::Venue;
use crate::gateway::{Core, Setup};
use crate::journal::{self, Journal};
use crate::wire::{Birth, Endpoints, Guard, Refused, Request, Role, Scope, Secret};

/// This program as it was started, whatever lies in its place by now: an update, or a stranger's.
const PROGRAM: &str = "/proc/self/exe";
/// How long the gateway may take to answer a machine that ends.
const ANSWER: Duration = Duration::from_secs(1);

/// How long the last events may take to be shown.
const LAST_WORDS: Duration = Duration::from_secs(5);

/// Runs a script.
pub(super) fn run(script: &Path, settings: &Settings, folders: &Folders) -> Result<Exit> {
    let commands = match read_script(script)? {
        Ok(commands) => commands,
        Err(problems) => {
            let at = script.display();
            problems.0.iter().for_each(|(line, why)| log::error!("{at}:{line}: {why}"));
            log::error!("{at}: nothing was started");
            return Ok(Exit::Usage);
        }
    };
    folders.create()?;
    folders.note().into_iter().for_each(|it| log::info!("{it}"));
    let held = hold(folders)?;
    let Some(machine) = open(settings, folders, outputs::Own)? else {
        return Ok(Exit::Failure);
    };
    let exit = machine.run(async |desk| follow(desk, commands).await)?;
    drop(held);
    Ok(exit)
}

/// Opens the machine; `None` where a port is taken, which is told with who has it.
pub(super) fn open(
    settings: &Settings,
    folders: &Folders,
    out: impl std::io::Write + Send + 'static,
) -> Result<Option<Machine>> {
    harden::keep_to_itself()?;
    harden::keep_descriptors();
    harden::raise_descriptors();
    match Machine::open(settings, folders, out) {
        Ok(machine) => Ok(Some(machine)),
        Err(error) => {
            let taken = error.downcast_ref::<SocketError>().filter(|it| it.is_taken());
            let Some(taken) = taken else { return Err(error) };
            let holder = taken.port().and_then(doctor::holder);
            let holder = holder.unwrap_or_else(|| "another program".to_owned());
            log::error!("{taken}: {holder} has it; stop that, or choose another port");
            Ok(None)
        }
    }
}

/// Takes the data folder. `ctl` looks at its lock for a moment, which is no reason to be refused.
pub(super) fn hold(folders: &Folders) -> Result<journal::Hold, journal::HoldError> {
    for _ in 0..10 {
        if let Ok(held) = journal::hold(&folders.data, "aftm") {
            return Ok(held);
        }
        thread::park_timeout(Duration::from_millis(20));
    }
    journal::hold(&folders.data, "aftm")
}

pub(super) type Commands = Vec<(usize, Command)>;

fn read_script(script: &Path) -> Result<Result<Commands, command::ScriptError>> {
    let mut text = String::new();
    if script == Path::new("-") {
        std::io::stdin().read_to_string(&mut text).context("cannot read standard input")?;
    } else {
        let read = std::fs::read_to_string(script);
        text = read.with_context(|| format!("cannot read the script {}", script.display()))?;
    }
    Ok(command::parse_script(&text))
}

/// The machine: the gateway on its thread, and what the desk needs.
pub(super) struct Machine {
    /// It stands at the sockets until they are closed.
    guard: Guard,
    gateway: JoinHandle<Result<(), ServeError>>,
    /// Ends when the gateway's thread does, however it does.
    served: oneshot::Receiver<()>,
    desk: desk::Setup,
    heard: tokio::sync::mpsc::UnboundedReceiver<desk::line::Heard>,
    line: JoinHandle<()>,
    printer: Printer,
    files: Vec<PathBuf>,
    orders_port: Option<u16>,
    /// It ends before the sockets do.
    dead_man: DeadMan,
}

impl Machine {
    fn open(
        settings: &Settings,
        folders: &Folders,
        out: impl std::io::Write + Send + 'static,
    ) -> Result<Machine> {
        let context = zmq::Context::new();
        let catalog = Arc::new(parts::catalog(folders)?);
        let market = Market::open(settings, &catalog)?;
        let listing = Listing::new((*catalog).clone(), market.date);
        let Some(plugin) = &settings.venue.plugin else {
            let simulator = parts::simulator(&settings.simulator, catalog.calendar());
            let core = core(settings, folders, listing, Simulated::new(simulator))?;
            let feed = |context: &_| market.line(context);
            return Machine::join(settings, folders, &context, core, (out, None), feed);
        };
        let (plugged, child) = venue::open(&settings.venue, plugin, folders, &context)?;
        let core = core(settings, folders, listing, plugged)?;
        let feed = |context: &_| market.line(context);
        Machine::join(settings, folders, &context, core, (out, child), feed)
    }

    /// Joins a core and a feed with everything around them. Its lines go to `out`; a plug-in with a
    /// process of its own is a child. The sockets are there before the feed is.
    pub(super) fn join<V: Venue + Send + 'static>(
        settings: &Settings,
        folders: &Folders,
        context: &zmq::Context,
        core: Core<V, Facts>,
        (out, venue): (impl std::io::Write + Send + 'static, Option<desk::Venue>),
        feed: impl FnOnce(&zmq::Context) -> Result<FeedLine>,
    ) -> Result<Machine> {
        let doors = doors::open(settings, folders, context)?;
        let doors::Open { guard, roster, sockets, ctl, endpoints, files } = doors;
        let (_, orders_port) = sockets.ports();
        let state = core.state();
        let before = desk::Before { fills: state.fills.len() as u64, open: state.open.clone() };
        // The desk listens before the gateway speaks, so that it misses nothing.
        let (desk_line, line_sockets) = desk::line::open(context, DESK, DESK_EVENTS, ctl)?;
        let dead_man = dead_man::watch(context, &folders.data, core.latch())?;
        let server = Server::new(core, sockets, feed(context)?, clock::now);
        let (serves, served) = oneshot::channel::<()>();
        let gateway = thread::Builder::new().name("gateway".to_owned()).spawn(move || {
            let _serves = serves;
            server.run()
        })?;
        let (tell, heard) = tokio::sync::mpsc::unbounded_channel();
        let line = thread::Builder::new().name("desk".to_owned()).spawn(move || {
            if let Err(error) = line_sockets.run(&tell) {
                log::error!("the desk's sockets failed: {error}");
            }
        })?;
        let (print, printer) = Printer::open(out)?;
        let desk = desk::Setup {
            line: desk_line,
            program: PROGRAM.into(),
            birth: birth(settings, endpoints),
            roster,
            patience: patience(settings),
            defaults: parts::defaults(&settings.strategy),
            before,
            clock: clock::now,
            out: Box::new(move |lines| print.lines(lines)),
            password: std::env::var("AFTM_PASSWORD").ok().map(Secret::new),
            read_password,
            venue,
        };
        Ok(Machine {
            guard,
            gateway,
            served,
            desk,
            heard,
            line,
            printer,
            files,
            orders_port,
            dead_man,
        })
    }

    /// Which processes are the machine's.
    pub(super) const fn roster(&self) -> &desk::Roster {
        &self.desk.roster
    }

    /// The port that v1 orders got, where they are served.
    pub(super) const fn orders_port(&self) -> Option<u16> {
        self.orders_port
    }

    /// Runs until `follow` is done, and ends everything in order.
    pub(super) fn run(self, follow: impl AsyncFnOnce(&Rc<Desk>) -> Result<Exit>) -> Result<Exit> {
        let Machine { guard, gateway, served, desk, heard, line, printer, files, dead_man, .. } =
            self;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let exit = runtime.block_on(LocalSet::new().run_until(async move {
            let desk = Desk::new(desk);
            let serving = tokio::task::spawn_local(desk.clone().serve(heard));
            let exit = tokio::select! {
                exit = follow(&desk) => exit,
                // Whatever waits for an answer of the gateway would wait for ever.
                _ = served => {
                    log::error!("the gateway has failed; everything ends");
                    Ok(Exit::Failure)
                }
            };
            finish(&desk).await;
            // What was told before the end is shown before the end.
            let _ = tokio::time::timeout(LAST_WORDS, serving).await;
            exit
        }))?;
        // The desk has hung up and is gone, and with it whoever prints for it.
        drop(runtime);
        let served = gateway.join();
        drop(dead_man);
        let _ = line.join();
        printer.finish();
        drop(guard);
        doors::tidy(&files);
        served.map_err(|_| {
            anyhow::anyhow!("the gateway's thread panicked; start the machine again")
        })??;
        Ok(exit)
    }
}

/// Carries the script out, until it ends, a command fails, or somebody interrupts.
pub(super) async fn follow(desk: &Rc<Desk>, commands: Commands) -> Result<Exit> {
    let mut interrupted = signal(SignalKind::interrupt())?;
    let mut terminated = signal(SignalKind::terminate())?;
    // The terminal may go away; the machine goes on, and ctl reaches it.
    let _hung_up = signal(SignalKind::hangup())?;
    let script = async {
        for (number, command) in commands {
            let mut lines = Vec::new();
            let exit = desk.obey(&command, &mut lines).await;
            lines.into_iter().for_each(|line| desk.say(line));
            if desk.is_over() {
                return Exit::Ok;
            }
            if exit != Exit::Ok {
                log::error!("line {number}: {command}: stopped here");
                return exit;
            }
        }
        Exit::Ok
    };
    Ok(tokio::select! {
        // Whoever quits ends what the script waits for; that is no failure of the script.
        biased;
        () = desk.over() => Exit::Ok,
        exit = script => exit,
        _ = interrupted.recv() => Exit::Interrupted,
        _ = terminated.recv() => Exit::Interrupted,
    })
}

/// Ends the machine in order: children first, then the gateway.
async fn finish(desk: &Rc<Desk>) {
    if let Ok(Ok(status)) = tokio::time::timeout(ANSWER, desk.ask_status()).await
        && let Some(held) = desk::held(&status)
    {
        let text = format!("{held}; nothing watches them until the machine runs again");
        desk.alert("POSITION_LEFT", &text);
    }
    match tokio::time::timeout(Duration::from_secs(5), desk.close()).await {
        Ok(Ok(())) => (),
        Ok(Err(refused)) => log::error!("the machine did not stop in order: {refused}"),
        Err(_) => {
            log::error!("the machine did not stop in order within 5 s");
            let _ = tokio::time::timeout(ANSWER, desk.end_gateway()).await;
        }
    }
    desk.hang_up();
}

/// A core that goes on with the journal of these folders.
pub(super) fn core<V: Venue>(
    settings: &Settings,
    folders: &Folders,
    listing: Listing,
    venue: V,
) -> Result<Core<V, Facts>> {
    let path = ledger::path(folders);
    let durability = match settings.journal.durability {
        config::Durability::Process => journal::Durability::Process,
        config::Durability::Power => journal::Durability::Power,
    };
    let journal = Journal::open(&path, durability, VIEWS)?;
    let state = ledger::fold(&journal).with_context(|| format!("in {}", path.display()))?;
    let latch = folders.data.join(ledger::LATCH);
    let ledger = Facts::new(journal).latched_by(latch.clone());
    let rules = parts::rules(settings);
    let mut core = Core::new(Setup { venue, ledger, listing, rules, state });
    core.start(clock::now()).context("the journal cannot be written")?;
    let missing = |error: std::io::Error| error.kind() == std::io::ErrorKind::NotFound;
    let is_latched = !std::fs::symlink_metadata(&latch).is_err_and(missing);
    if is_latched && core.state().brakes.halted().next().is_none() {
        // Whatever stands in it: trading was halted, and the journal does not know.
        let reason = format!("the file {} of a halt is still there", latch.display());
        let (flatten, scope) = (ledger::wants_flat(&latch), Scope::Global);
        let kill = Request::Kill { flatten, reason, scope };
        core.serve(&kill, Door::Gateway, clock::now())?;
    }
    Ok(core)
}

fn birth(settings: &Settings, endpoints: Endpoints) -> Birth {
    let milliseconds = |it: Duration| u64::try_from(it.as_millis()).unwrap_or(u64::MAX);
    Birth {
        beat_ms: milliseconds(settings.desk.beat),
        request_timeout_ms: milliseconds(settings.gateway.request_timeout),
        retry_count: settings.gateway.retry_count,
        v1_quantity: settings.executor.v1_quantity,
        ..Birth::new(Role::Strategy, endpoints)
    }
}

fn patience(settings: &Settings) -> Patience {
    let nanoseconds = |it: Duration| i64::try_from(it.as_nanos()).unwrap_or(i64::MAX);
    let desk = &settings.desk;
    Patience {
        hello: nanoseconds(desk.hello_timeout),
        silence: nanoseconds(desk.silent),
        hang: nanoseconds(settings.venue.hang),
        restarts_max: usize::try_from(desk.restarts_max).unwrap_or(usize::MAX),
        window: nanoseconds(desk.restart_window),
        halted: nanoseconds(settings.kill.stop_strategies),
    }
}

fn read_password(file: &Path) -> Result<Secret, Refused> {
    match config::password(Some(file), None) {
        Ok(Some(password)) => Ok(password),
        Ok(None) => Err(Refused::new("PASSWORD", format!("{} is empty", file.display()))),
        Err(error) => Err(Refused::new("PASSWORD", error.to_string())),
    }
}

#[cfg(test)]
mod tests;
