//! Ticks: from the feed's thread to the strategy, to v1 subscribers, and to the venue's turn.

use std::collections::BTreeSet;
use std::sync::mpsc::{Receiver, Sender, SyncSender, TryRecvError};

use aftm_domain::tick::Moment;
use aftm_domain::{Code, ExchangeTime, Stamp};

use super::wire::send_topic;
use super::{Server, TICKS_MAX};
use crate::gateway::keep::Ledger;
use crate::gateway::venue::Venue;
use crate::wire::event::{BookRow, FeedState, Topic};
use crate::wire::{Event, encode_into, v1};

/// What the feed's thread tells.
#[derive(Debug)]
pub enum FeedNews {
    /// Trades, in order.
    Moments(Vec<Moment>),
    /// Malformed lines so far.
    Malformed {
        /// How many.
        count: u64,
        /// The first of them, in words.
        text: String,
    },
    /// No more will come.
    Ended,
}

/// The feed, as the loop sees it.
pub struct FeedLine {
    /// Its name.
    pub name: String,
    /// Where its news come from; the thread rings at the bell when it has sent some.
    pub news: Receiver<FeedNews>,
    /// Which items are wanted.
    pub wanted: Sender<BTreeSet<Code>>,
    /// Recorded: it starts when the strategy and executor are there, and the venue waits for them.
    pub is_recorded: bool,
    /// The exchange's time before the first tick.
    pub starts: ExchangeTime,
    /// How fast its clock runs; `None` as fast as it can.
    pub speed: Option<f64>,
    /// The other end of `news`, where the venue tells the market and nobody else ever will.
    pub keep: Option<SyncSender<FeedNews>>,
}

impl<V: Venue, L: Ledger, C: Fn() -> Stamp> Server<V, L, C> {
    pub(super) fn may_publish(&self) -> bool {
        let is_open = !self.pace.is_held() || (self.is_started && self.is_open);
        is_open && self.pace.has_room()
    }

    pub(super) fn take_ticks(&mut self) -> zmq::Result<()> {
        let mut taken = 0;
        while self.may_publish() && taken < TICKS_MAX {
            if self.ready.is_empty() && !self.take_news() {
                break;
            }
            if let Some(moment) = self.ready.pop() {
                taken += 1;
                self.publish(moment)?;
            }
        }
        Ok(())
    }

    /// Takes one piece of the feed's news; false where there is none.
    pub(super) fn take_news(&mut self) -> bool {
        let feed = self.feed.name.clone();
        match self.feed.news.try_recv() {
            Ok(FeedNews::Moments(mut moments)) => {
                moments.reverse();
                self.ready = moments;
            }
            Ok(FeedNews::Malformed { count, text }) => {
                self.problems = count;
                self.core.announce(Event::Feed { feed, state: FeedState::Malformed, text });
            }
            Ok(FeedNews::Ended) => self.has_ended = true,
            Err(error) => {
                self.is_rung = false;
                if error == TryRecvError::Disconnected && !self.has_ended && !self.has_failed {
                    self.has_failed = true;
                    let text = "the feed broke off; restart the machine".to_owned();
                    self.core.announce(Event::Feed { feed, state: FeedState::Failed, text });
                }
                return false;
            }
        }
        true
    }

    pub(super) fn publish(&mut self, mut moment: Moment) -> zmq::Result<()> {
        if !self.core.state().items.contains(&moment.tick.item) {
            return Ok(());
        }
        let now = (self.clock)();
        moment.tick.received = now;
        self.last_tick = Some(now);
        self.tell_before_tick()?;
        let moment = self.pace.publish(moment);
        let (tick, book) = (moment.tick, moment.book.as_deref().copied());
        self.core.published = tick.sequence;
        encode_into(&mut self.frame, &tick);
        send_topic(&self.sockets.events, Topic::Tick, &self.frame, &mut self.dropped)?;
        if let Some(book) = book {
            self.books += 1;
            let row = BookRow { tick: tick.sequence, item: tick.item, book };
            encode_into(&mut self.frame, &row);
            send_topic(&self.sockets.events, Topic::Book, &self.frame, &mut self.dropped)?;
        }
        v1::ticks::encode_tick(&mut self.frame, tick.time.at, &tick.item, tick.price);
        self.sockets.ticks.publish(&self.frame)
    }

    pub(super) fn want(&mut self) {
        self.core.follow();
        // A recorded feed must not run, or even count its time, before everybody is there.
        if self.pace.is_held() && !self.is_open {
            return;
        }
        let items = self.core.state().items.iter().copied().collect();
        // A feed that has ended needs to know nothing.
        let _ = self.feed.wanted.send(items);
    }
}
