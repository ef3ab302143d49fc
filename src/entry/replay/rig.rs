//! Strategy, gateway and exchange, coupled without processes.

use std::collections::BTreeMap;

use aftm_domain::condition::Terms;
use aftm_domain::tick::Moment;
use aftm_domain::{Catalog, Code, ExchangeTime, Stamp};
use anyhow::Result;
use jiff::civil::Date;
use rustc_hash::FxHashMap;

use super::Wrong;
use crate::config::Settings;
use crate::entry::{cli, parts};
use crate::gateway::fact::Door;
use crate::gateway::listing::Listing;
use crate::gateway::simulated::Simulated;
use crate::gateway::state::{Placed, State};
use crate::gateway::{Core, NoLedger, Setup, rows};
use crate::report::{Execution, Mark};
use crate::strategy::Machine;
use crate::wire::request::Request;
use crate::wire::{Event, FillRow, Intent, Refused, Reply, Signal};

/// Ticks after which events that nobody reads are thrown away, so that they do not pile up.
const TICKS_PER_SWEEP: u64 = 4_096;

/// The machine without its processes.
pub(super) struct Rig {
    core: Core<Simulated, NoLedger>,
    strategy: Machine,
    user: aftm_domain::UserId,
    /// Those of the tick that is being handled.
    fresh: Vec<Signal>,
    signals: Vec<Signal>,
    marks: FxHashMap<Code, Mark>,
    span: Option<(ExchangeTime, ExchangeTime)>,
    events: Vec<Event>,
    alerts: Vec<String>,
}

impl Rig {
    /// A machine before its first tick, with the contracts of that date.
    pub(super) fn new(settings: &Settings, catalog: Catalog, date: Date) -> Rig {
        let simulator = parts::simulator(&settings.simulator, catalog.calendar());
        let user = simulator.user;
        let core = Core::new(Setup {
            venue: Simulated::new(simulator),
            ledger: NoLedger,
            listing: Listing::new(catalog, date),
            rules: parts::rules(settings),
            state: State::default(),
        });
        Rig {
            core,
            strategy: Machine::default(),
            user,
            fresh: Vec::new(),
            signals: Vec::new(),
            marks: FxHashMap::default(),
            span: None,
            events: Vec::new(),
            alerts: Vec::new(),
        }
    }

    /// Logs in, selects the account and registers the conditions, in their order.
    pub(super) fn prepare(&mut self, args: &cli::Replay, terms: &[Terms]) -> Result<()> {
        let login = Request::Login { user: self.user, password: None, production: false };
        let Reply::Accounts { accounts, .. } = self.ask(&login)? else {
            anyhow::bail!("the simulated exchange named no accounts");
        };
        let account = Request::UseAccount { account: args.account };
        self.ask(&account).map_err(|it| Wrong::usage(format!("--account: {it}")))?;
        let mut problems = Vec::new();
        for terms in terms {
            if let Some(account) = terms.account.filter(|it| !accounts.contains(it)) {
                problems.push(format!("condition {}: there is no account {account}", terms.id));
            } else if let Err(refused) = self.ask(&Request::AddCondition { terms: *terms }) {
                problems.push(refused.to_string());
            }
        }
        if !problems.is_empty() {
            let file = args.conditions.display();
            let lines: Vec<String> = problems.iter().map(|it| format!("{file}: {it}")).collect();
            return Err(Wrong::configuration(lines.join("\n")).into());
        }
        for (created, held) in &self.core.state().conditions {
            self.strategy.put(*created, held.condition);
        }
        Ok(())
    }

    fn ask(&mut self, request: &Request) -> Result<Reply, Refused> {
        self.core.serve(request, Door::Desk, Stamp(0))
    }

    /// One tick: the exchange first, then the strategy, then the orders of its signals.
    pub(super) fn tick(&mut self, moment: Moment) -> Result<(), Refused> {
        let Moment { mut tick, book, .. } = moment;
        let now = tick.time.at;
        self.core.published += 1;
        (tick.sequence, tick.received) = (self.core.published, now);
        self.core.tick(&tick, book.as_deref(), now);
        self.strategy.tick(&tick, &mut self.fresh);
        if !self.fresh.is_empty() {
            self.act(now)?;
        }
        self.marks.insert(tick.item, Mark { price: tick.price, time: tick.time });
        let first = self.span.map_or(tick.time, |(first, _)| first);
        self.span = Some((first, tick.time));
        if tick.sequence.is_multiple_of(TICKS_PER_SWEEP) {
            self.sweep();
        }
        Ok(())
    }

    /// What the strategy's report and the executor's order are between processes.
    fn act(&mut self, now: Stamp) -> Result<(), Refused> {
        for signal in std::mem::take(&mut self.fresh) {
            let mut moved = Vec::new();
            self.strategy.moved(&mut moved);
            let signals = vec![signal];
            let report = Request::Report { pid: 0, through: None, moved, signals };
            self.core.serve(&report, Door::Strategy, now)?;
            let intent = Box::new(Intent::of_signal(&signal));
            self.core.serve(&Request::Place { intent }, Door::Executor, now)?;
            self.signals.push(signal);
        }
        Ok(())
    }

    /// The feed is over: the exchange answers what is under way.
    pub(super) fn finish(&mut self) -> Result<(), Refused> {
        let now = self.core.time().unwrap_or_default().at;
        let mut moved = Vec::new();
        self.strategy.moved(&mut moved);
        let report = Request::Report { pid: 0, through: None, moved, signals: Vec::new() };
        self.core.serve(&report, Door::Strategy, now)?;
        self.core.finish(now);
        self.sweep();
        Ok(())
    }

    /// Keeps the alerts among the events and lets the others go.
    fn sweep(&mut self) {
        self.core.tell(&mut self.events);
        self.alerts.extend(self.events.drain(..).filter_map(|event| match event {
            Event::Alert { code, text } => Some(format!("{text} ({code})")),
            _ => None,
        }));
    }

    /// Every signal, as it was given.
    pub(super) fn signals(&self) -> &[Signal] {
        &self.signals
    }

    /// Every fill, as it was told.
    pub(super) fn fills(&self) -> impl Iterator<Item = FillRow> {
        self.traded().map(|(placed, fill)| rows::fill(placed, fill))
    }

    fn traded(&self) -> impl Iterator<Item = (&Placed, &aftm_domain::Fill)> {
        let state = self.core.state();
        (0..state.fills.len()).filter_map(|place| state.fill(place))
    }

    /// Every fill for the report, in the order in which the exchange traded them: a late answer
    /// tells of an earlier trade.
    pub(super) fn executions(&self) -> Vec<Execution> {
        let execution = |(placed, fill): (&Placed, &aftm_domain::Fill)| {
            let row = rows::fill(placed, fill);
            let FillRow { order, condition, kind, item, account, side, .. } = row;
            let FillRow { quantity, price, fee, tax, time, .. } = row;
            let open_close = placed.order.ticket.open_close;
            Execution {
                order,
                condition,
                kind,
                item,
                account,
                side,
                open_close,
                quantity,
                price,
                fee,
                tax,
                time,
            }
        };
        let mut executions: Vec<Execution> = self.traded().map(execution).collect();
        executions.sort_by_key(|it| it.time);
        executions
    }

    /// The last price of each item.
    pub(super) fn marks(&self) -> BTreeMap<Code, Mark> {
        self.marks.iter().map(|(item, mark)| (*item, *mark)).collect()
    }

    /// The times of the first and the last tick.
    pub(super) const fn span(&self) -> Option<(ExchangeTime, ExchangeTime)> {
        self.span
    }

    /// How many ticks there were.
    pub(super) const fn ticks(&self) -> u64 {
        self.core.published
    }

    /// What the machine warned of.
    pub(super) fn alerts(&self) -> &[String] {
        &self.alerts
    }

    /// What the gateway knows.
    pub(super) const fn state(&self) -> &State {
        self.core.state()
    }

    /// The instruments that were looked up.
    pub(super) const fn listing(&self) -> &Listing {
        self.core.listing()
    }
}
