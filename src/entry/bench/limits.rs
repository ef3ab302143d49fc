//! What all limits and checks of an order take of its round trip: the whole decision, from whether
//! the request is known to the last bound, with every limit of a session with real money in force
//! and none of them near.

use std::cell::RefCell;

use aftm_domain::{Bounds, Catalog, ExchangeTime, Quantity, RequestId, Stamp, Tick};
use anyhow::{Result, bail};

use super::figures::{Comparison, Durations, Row};
use super::orders::{self, Ours};
use super::rig::{self, ITEM};
use crate::config::{Folders, Settings};
use crate::entry::{clock, doors};
use crate::gateway::fact::Door;
use crate::gateway::limits::Sets;
use crate::gateway::listing::Listing;
use crate::gateway::simulated::Simulated;
use crate::gateway::state::State;
use crate::gateway::{Core, NoLedger, Rules, Setup};
use crate::wire::Intent;
use crate::wire::request::Request;

/// The part of a round trip that the checks may take.
const GOAL: f64 = 0.02;
/// Round trips in a block, and decisions in a sample.
const BLOCK: usize = 500;
const DECISIONS: u32 = 200;
/// Requests that are known before, and orders of them that work.
const KNOWN: u64 = 10_000;
/// Monday, 26 July 2021, 08:45 in Taipei.
const MORNING: Stamp = Stamp(1_627_260_300 * Stamp::SECOND);

/// Measures the decision beside the round trip of an order of ours, the shortest there is.
pub(super) fn measure(pairs: usize, settings: &Settings, folders: &Folders) -> Result<Vec<Row>> {
    let script = format!("login demo\nitem add {ITEM}\naccount use SIM-1\n");
    let endpoint = doors::ipc(folders, "orders");
    rig::with_machine(settings, folders, &script, move |rig| {
        orders::ready(rig)?;
        let ours = Ours::open(&rig.token, &endpoint)?;
        let checks = RefCell::new(Checks::new()?);
        let comparison = Comparison::run(
            pairs,
            &mut |durations| (0..BLOCK).try_for_each(|_| ours.order(durations)),
            &mut |durations| checks.borrow_mut().block(durations),
        )?;
        Ok(vec![comparison.row("all checks of an order, of its trip", GOAL)])
    })
}

/// A gateway's core that has traded, and orders that it would take.
struct Checks {
    core: Core<Simulated, NoLedger>,
    intents: Vec<Intent>,
}

impl Checks {
    fn new() -> Result<Checks> {
        // Every check of a session with real money, with bounds that the bench does not come near.
        let test = Bounds { session_hours: true, dup_window: 1, ..Bounds::wide() };
        let limits = Sets { test, ..Sets::default() };
        let listing = Listing::new(Catalog::built_in()?, "2021-07-26".parse()?);
        let (state, rules) = (State::default(), Rules { limits, ..Rules::default() });
        let venue = Simulated::new(aftm_sim::Settings::default());
        let mut core = Core::new(Setup { venue, ledger: NoLedger, listing, rules, state });
        core.start(MORNING)?;
        let login = Request::Login { user: "demo".parse()?, password: None, production: false };
        for request in [Request::AddItem { item: ITEM.parse()? }, login] {
            core.serve(&request, Door::Desk, MORNING)?;
        }
        let time = ExchangeTime { at: MORNING, offset: ExchangeTime::TAIPEI };
        let (item, price) = (ITEM.parse()?, "17300".parse()?);
        let (quantity, received) = (Quantity::ONE, MORNING);
        core.tick(&Tick { sequence: 1, item, price, quantity, time, received }, None, MORNING);
        let mut checks = Checks { core, intents: Vec::new() };
        for number in 0..KNOWN {
            let intent = Box::new(checks.intent(number)?);
            let at = MORNING.after(i64::try_from(number)? * Stamp::MILLISECOND);
            checks.core.serve(&Request::Place { intent }, Door::Executor, at)?;
        }
        let fresh = KNOWN..KNOWN + u64::from(DECISIONS);
        checks.intents = fresh.map(|it| checks.intent(it)).collect::<Result<_>>()?;
        Ok(checks)
    }

    fn intent(&self, number: u64) -> Result<Intent> {
        let name = RequestId::try_from(format!("bench-{number}").as_str())?;
        Ok(Intent::of_ticket(&orders::ticket(number)?, Some(name)))
    }

    /// Appends what one decision takes, as often as there are round trips in a block.
    fn block(&mut self, durations: &mut Durations) -> Result<()> {
        for _ in 0..BLOCK {
            let start = clock::now();
            let case = self.core.case(Door::Executor);
            for intent in &self.intents {
                let decision = case.place(std::hint::black_box(intent));
                if let Err(refused) = std::hint::black_box(decision).reply {
                    bail!("an order of the bench was refused: {refused}");
                }
            }
            durations.push(clock::now().since(start) / i64::from(DECISIONS));
        }
        Ok(())
    }
}
