//! The conformance check: does a plug-in keep the rules of the interface?
//!
//! Everything is tried through the same session that the machine trades with. A plug-in that kills
//! the process, or never returns, takes the check with it: [`watch()`] runs it in another process.

mod broken;
mod burst;
mod counting;
mod desk;
mod ending;
mod errands;
mod exports;
mod frame;
mod orders;
mod report;
mod sizes;
mod slow;
mod ticket;
mod watch;

use std::path::{Path, PathBuf};
use std::time::Duration;

use aftm_exchange_abi::Instrument;

pub use report::{Outcome, Progress, Report, Step};
pub use watch::{emit, watch};

use crate::load::Plugin;
use crate::secret::Credentials;
use crate::session::Opening;
use desk::Desk;
use frame::{Frame, failed};

/// What a check may do.
#[derive(Clone, Debug)]
pub struct Plan {
    /// A folder that the plug-in may keep files in; absolute, exists.
    pub folder: PathBuf,
    /// Its options.
    pub options: Vec<(String, String)>,
    /// Who logs in. Without credentials nothing is tried that needs a login.
    pub credentials: Credentials,
    /// Whether orders may be sent. Never at a venue that moves real money: the login says so, and a
    /// production front refuses it.
    pub may_trade: bool,
    /// What is traded where the plug-in has no instruments of its own and is told of them.
    pub instrument: Option<Instrument>,
    /// Where the clock of a venue begins that has no other than the feed's: nanoseconds since 1970, and
    /// seconds east of UTC. Its market must be open then.
    pub now: Option<(i64, i32)>,
    /// The first client_order_id, above 0. A venue that keeps the day's orders must not have seen it
    /// or any of the numbers after it.
    pub orders_from: u64,
    /// Whether it is one of our own, which export nothing but the entry.
    pub is_ours: bool,
    /// How many orders the burst has.
    pub burst: u32,
    /// How often a session is opened and closed.
    pub reopen: u32,
    /// How long an answer may take.
    pub answer_wait: Duration,
    /// How long a plug-in is listened to after its session was closed.
    pub silence: Duration,
}

impl Plan {
    /// With a folder, and nothing that needs a login.
    pub fn new(folder: PathBuf) -> Plan {
        Plan {
            folder,
            options: Vec::new(),
            credentials: Credentials::new(),
            may_trade: false,
            instrument: None,
            now: None,
            orders_from: 1,
            is_ours: false,
            burst: 10_000,
            reopen: 100,
            answer_wait: Duration::from_secs(5),
            silence: Duration::from_millis(500),
        }
    }

    fn opening(&self) -> Opening {
        Opening { options: self.options.clone(), ..Opening::new(self.folder.clone()) }
    }
}

/// Tries a plug-in against the rules of the interface. `tell` is called before and after each step.
pub fn check(path: &Path, plan: &Plan, mut tell: impl FnMut(Progress<'_>)) -> Report {
    let mut frame = Frame::new(&mut tell);
    let mut plugin = None;
    frame.step("load", || {
        let loaded = Plugin::load(path).map_err(|err| failed(err.fault))?;
        let it = loaded.identity();
        let said = format!("{} {}, trades at: {}", it.name, it.version, it.venue);
        plugin = Some(loaded);
        Ok(said)
    });
    if let Some(plugin) = &plugin {
        frame.step("exported symbols", || exports::only_the_entry(path, plan.is_ours));
        sizes::before_a_session(&mut frame, plugin, plan);
        let next_order = session(&mut frame, plugin, plan);
        counting::fills(&mut frame, plugin, plan, next_order);
        ending::open_and_close(&mut frame, plugin, plan);
    }
    frame.report()
}

/// Everything that is tried in one session, in order, as long as it lives; the number for the next
/// order, where somebody could log in.
fn session(frame: &mut Frame<'_>, plugin: &Plugin, plan: &Plan) -> Option<u64> {
    let mut opened = None;
    frame.step("open", || {
        opened = Some(plugin.open(&plan.opening()).map_err(failed)?);
        Ok("a session is open".to_owned())
    });
    let session = opened?;
    let mut desk = Desk::new(session, plan, plan.orders_from);
    errands::log_in(frame, &mut desk);
    if desk.is_logged_in {
        errands::lists(frame, &mut desk);
        orders::try_all(frame, &mut desk);
    } else {
        frame.skip("everything that needs a login", "nobody is logged in");
    }
    broken::rules(frame, &mut desk);
    let is_logged_in = desk.is_logged_in;
    let next_order = ending::close(frame, desk);
    is_logged_in.then_some(next_order)
}
