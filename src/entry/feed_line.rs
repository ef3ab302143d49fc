//! The feed's thread: takes ticks from a feed and hands them to the gateway at their pace.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, SyncSender, TryRecvError};
use std::thread;
use std::time::Duration;

use aftm_domain::tick::Moment;
use aftm_domain::{Catalog, Code, ExchangeTime, Stamp};
use anyhow::{Context as _, Result};
use jiff::civil::Date;
use zmq::{Context, DONTWAIT, Socket, SocketType};

use super::{clock, parts};
use crate::config::{Settings, Speed};
use crate::feeds::{Feed, Source};
use crate::gateway::serve::{FeedLine, FeedNews};
use crate::gateway::sockets::WAKE;
use crate::wire::socket::{self, Bound};

/// Pieces of news that wait for the gateway before the feed waits for it.
const NEWS_MAX: usize = 8;
/// Ticks in a piece of news.
const BATCH_MAX: usize = 512;
/// The longest sleep at a time.
const NAP: Duration = Duration::from_millis(200);

/// The market that the settings name, before its thread runs.
pub(super) struct Market {
    name: String,
    /// `None` where the exchange's plug-in tells it.
    feed: Option<Feed>,
    starts: ExchangeTime,
    speed: Option<f64>,
    /// The day whose contracts are traded.
    pub(super) date: Date,
}

impl Market {
    /// Opens it.
    pub(super) fn open(settings: &Settings, catalog: &Arc<Catalog>) -> Result<Market> {
        let name = settings.feed.source.clone();
        if name == "venue" {
            let starts = ExchangeTime { at: clock::now(), offset: ExchangeTime::TAIPEI };
            let date = starts.civil().date();
            return Ok(Market { name, feed: None, starts, speed: Some(1.0), date });
        }
        let source: Source = name.parse()?;
        let mut wanted = parts::feed(&settings.random, None);
        wanted.catalog = Some(catalog.clone());
        let feed = Feed::open(&source, &wanted, None)
            .with_context(|| format!("cannot open the feed {source}"))?;
        let (date, starts, name) = (feed.date(), feed.starts(), source.to_string());
        let speed = match settings.feed.speed {
            Speed::Times(times) => Some(times),
            Speed::Max => None,
        };
        Ok(Market { name, feed: Some(feed), starts, speed, date })
    }

    /// Starts its thread, where it needs one.
    pub(super) fn line(self, context: &Context) -> Result<FeedLine> {
        let Market { name, feed, starts, speed, .. } = self;
        match feed {
            Some(feed) => open(context, name, feed, starts, speed),
            None => {
                let (keep, news) = mpsc::sync_channel(0);
                let (wanted, _) = mpsc::channel();
                let keep = Some(keep);
                Ok(FeedLine { name, news, wanted, is_recorded: false, starts, speed, keep })
            }
        }
    }
}

/// Starts the thread. `speed` is times real time; `None` is as fast as it can.
fn open(
    context: &Context,
    name: String,
    feed: Feed,
    starts: ExchangeTime,
    speed: Option<f64>,
) -> Result<FeedLine> {
    let (tell, news) = mpsc::sync_channel(NEWS_MAX);
    let (wanted, want) = mpsc::channel();
    let is_recorded = feed.is_recorded();
    let context = context.clone();
    thread::Builder::new().name("feed".to_owned()).spawn(move || {
        // The gateway binds the bell before it asks for the first item.
        let Ok(items) = want.recv() else { return };
        match socket::connect(&context, SocketType::PUSH, Bound::Orders, WAKE) {
            Ok(bell) => {
                Runner { feed, tell, want, bell, speed, items, origin: None, told: 0 }.run();
            }
            Err(error) => log::error!("the feed cannot reach the gateway: {error}"),
        }
    })?;
    Ok(FeedLine { name, news, wanted, is_recorded, starts, speed, keep: None })
}

struct Runner {
    feed: Feed,
    tell: SyncSender<FeedNews>,
    want: Receiver<BTreeSet<Code>>,
    bell: Socket,
    speed: Option<f64>,
    items: BTreeSet<Code>,
    /// A tick's time and ours when it was due: what later ticks are paced by.
    origin: Option<(Stamp, Stamp)>,
    /// Malformed lines that were told.
    told: u64,
}

impl Runner {
    /// Until the feed ends, or nobody listens.
    fn run(mut self) {
        self.tell_problems();
        self.feed.watch(Some(&self.items));
        let mut next = None;
        while self.change_items() {
            let Some(moment) = next.take().or_else(|| self.feed.next()) else {
                self.tell_problems();
                self.tell(FeedNews::Ended);
                return;
            };
            match self.wait_for(&moment) {
                Wait::Due => {
                    let (batch, after) = self.batch(moment);
                    next = after;
                    if !self.tell(FeedNews::Moments(batch)) {
                        return;
                    }
                }
                Wait::Later => next = Some(moment),
                Wait::Over => return,
            }
        }
    }

    /// Problems that were not told yet: a feed that is read as it runs finds them late.
    fn tell_problems(&mut self) {
        let problems = self.feed.problems();
        if problems.count > self.told {
            let (count, text) = (problems.count, problems.list());
            self.told = count;
            self.tell(FeedNews::Malformed { count, text });
        }
    }

    fn tell(&self, news: FeedNews) -> bool {
        let is_taken = self.tell.send(news).is_ok();
        // A full bell has been rung already.
        let _ = self.bell.send("", DONTWAIT);
        is_taken
    }

    /// Takes over what is wanted now; false when nobody wants anything any more.
    fn change_items(&mut self) -> bool {
        loop {
            let wanted = if self.items.is_empty() {
                self.origin = None;
                self.want.recv().map_err(|_| TryRecvError::Disconnected)
            } else {
                self.want.try_recv()
            };
            match wanted {
                Ok(items) => {
                    self.feed.watch(Some(&items));
                    self.items = items;
                }
                Err(TryRecvError::Empty) => return true,
                Err(TryRecvError::Disconnected) => return false,
            }
        }
    }

    /// Our time at which a tick is due.
    #[allow(clippy::cast_possible_truncation, clippy::cast_precision_loss)] // A pace, not a price.
    fn due(&mut self, moment: &Moment, now: Stamp) -> Stamp {
        let Some(speed) = self.speed else { return now };
        let at = moment.tick.time.at;
        let (tick, ours) = *self.origin.get_or_insert((at, now));
        ours.after((at.since(tick) as f64 / speed) as i64)
    }

    fn wait_for(&mut self, moment: &Moment) -> Wait {
        let now = clock::now();
        let left = self.due(moment, now).since(now);
        let Ok(left) = u64::try_from(left) else { return Wait::Due };
        if left == 0 {
            return Wait::Due;
        }
        match self.want.recv_timeout(Duration::from_nanos(left).min(NAP)) {
            Err(RecvTimeoutError::Timeout) => Wait::Later,
            Err(RecvTimeoutError::Disconnected) => Wait::Over,
            Ok(items) => {
                self.feed.watch(Some(&items));
                self.items = items;
                Wait::Later
            }
        }
    }

    /// A tick and those that are due with it; and the first that is not.
    fn batch(&mut self, first: Moment) -> (Vec<Moment>, Option<Moment>) {
        let now = clock::now();
        let mut batch = vec![first];
        while batch.len() < BATCH_MAX {
            let Some(moment) = self.feed.next() else { break };
            if self.due(&moment, now) > now {
                return (batch, Some(moment));
            }
            batch.push(moment);
        }
        (batch, None)
    }
}

enum Wait {
    Due,
    Later,
    Over,
}
