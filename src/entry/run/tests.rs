//! A machine whose gateway panics. Its children are programs that never end by themselves.

#![allow(clippy::unwrap_used, clippy::disallowed_methods)] // Helpers of tests may fail and wait.

use std::sync::mpsc;
use std::time::Instant;

use aftm_domain::order::{Refusal, Ticket};
use aftm_domain::tick::Moment;
use aftm_domain::{
    AccountId, Book, ExchangeTime, Instrument, OrderId, Price, Quantity, Stamp, Tick, UserId,
};

use super::*;
use crate::gateway::serve::FeedNews;
use crate::gateway::state::State;
use crate::gateway::venue::{LoginStep, News, Summary};
use crate::wire::venue::Sent;

/// Panics at the first tick.
struct Broken;

impl Venue for Broken {
    fn login(
        &mut self,
        _: &UserId,
        _: Option<&str>,
        _: bool,
        _: Option<ExchangeTime>,
        _: &mut Vec<News>,
    ) -> Result<LoginStep, Refusal> {
        Ok(LoginStep::Done(vec!["SIM-1".parse().unwrap()]))
    }
    fn logout(&mut self) {}
    fn list(&mut self, _: &Instrument) {}
    fn tick(&mut self, _: &Tick, _: Option<&Book>, _: &mut Vec<News>) {
        panic!("a rehearsal of a panic");
    }
    fn advance(&mut self, _: ExchangeTime, _: &mut Vec<News>) {}
    fn settle(&mut self, _: &mut Vec<News>) {}
    fn place(&mut self, _: OrderId, _: &Ticket, _: &mut Vec<News>) -> Result<(), Refusal> {
        Ok(())
    }
    fn cancel(&mut self, _: Sent, _: &mut Vec<News>) -> Result<(), Refusal> {
        Ok(())
    }
    fn amend(
        &mut self,
        _: Sent,
        _: Option<Quantity>,
        _: Option<Price>,
        _: &mut Vec<News>,
    ) -> Result<(), Refusal> {
        Ok(())
    }
    fn inquire(&mut self, _: Sent, _: &mut Vec<News>) -> Result<(), Refusal> {
        Ok(())
    }
    fn due(&self) -> Option<Stamp> {
        None
    }
    fn summary(&self, _: AccountId) -> Option<Summary> {
        None
    }
    fn restore(&mut self, _: &State) -> Vec<OrderId> {
        Vec::new()
    }
}

/// The processes that this one started as a child of the machine. One that has ended and was not
/// waited for is none.
fn children() -> Vec<String> {
    let parent = std::process::id().to_string();
    let processes = std::fs::read_dir("/proc").unwrap().flatten();
    let stats = processes.filter_map(|it| std::fs::read_to_string(it.path().join("stat")).ok());
    let is_ours = |stat: &String| {
        let rest = stat.rsplit_once(") ").map_or("", |it| it.1);
        let mut fields = rest.split(' ');
        let is_alive = fields.next() != Some("Z");
        is_alive && stat.contains("(yes)") && fields.next() == Some(parent.as_str())
    };
    stats.filter(is_ours).collect()
}

/// Waits until there are so many; false where there are not for too long.
fn wait_for_children(count: usize) -> bool {
    let until = Instant::now() + Duration::from_secs(4);
    while children().len() != count && Instant::now() < until {
        thread::park_timeout(Duration::from_millis(2));
    }
    children().len() == count
}

#[test]
fn a_gateway_that_panics_ends_the_machine_with_a_sentence_and_no_child() {
    let home = tempfile::tempdir().unwrap();
    let folders = Folders::locate(Some(home.path())).unwrap();
    folders.create().unwrap();
    let sets = vec!["gateway.tick_port=0".into()];
    let folder = folders.config.clone();
    let inputs = config::Inputs { folder, sets, ..config::Inputs::default() };
    let settings = config::resolve(&inputs).unwrap().settings;
    let catalog = parts::catalog(&folders).unwrap();
    let starts = settings.random.start;
    let core = core(&settings, &folders, Listing::new(catalog, starts.civil().date()), Broken);
    let (feed, news) = mpsc::channel();
    let (wanted, _want) = mpsc::channel();
    let name = "broken".to_owned();
    let line =
        FeedLine { name, news, wanted, is_recorded: false, starts, speed: Some(1.0), keep: None };
    let context = zmq::Context::new();
    let out = std::io::sink();
    let core = core.unwrap();
    let mut machine =
        Machine::join(&settings, &folders, &context, core, (out, None), |_| Ok(line)).unwrap();
    machine.desk.program = "/usr/bin/yes".into();
    let script = "login demo\nitem add TXFH1\naccount use SIM-1\n\
                  condition add buy TXFH1 --trigger 1000 --id far\nstart\n";
    let commands = command::parse_script(script).unwrap();
    let breaks = thread::spawn(move || {
        let started = wait_for_children(Role::TRADING.len());
        let (price, quantity) = (Price::from_units(17_000).unwrap(), Quantity::ONE);
        let (sequence, time, received) = (0, starts, Stamp(0));
        let item = "TXFH1".parse().unwrap();
        let tick = Tick { sequence, item, price, quantity, time, received };
        let moment = Moment { tick, book: None, is_auction: false };
        feed.send(FeedNews::Moments(vec![moment])).unwrap();
        started
    });
    let ended = machine.run(async |desk| follow(desk, commands).await);
    assert!(breaks.join().unwrap(), "the children did not start");
    // An error of the entry is its sentence on standard error and the exit code 1.
    assert!(ended.unwrap_err().to_string().contains("the gateway's thread panicked"));
    assert!(wait_for_children(0), "left: {:?}", children());
    assert_eq!(std::fs::read_dir(&folders.runtime).unwrap().count(), 0);
}
