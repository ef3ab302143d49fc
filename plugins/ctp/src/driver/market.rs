//! Market data: the connection, what is asked for, and what comes of it.

use std::time::Duration;

use abi::{ABSENT, CHANNEL_QUOTE, E_NET, E_UNSUPPORTED, LOG_ERROR};
use aftm_exchange_abi as abi;

use super::day::Best;
use super::{Driver, Now, What};
use crate::counter::{Feed, Quoted, Setting};
use crate::depth::Frame;
use crate::quotes::{Do, Quotes};
use crate::rows::Depth;
use crate::told::Standing;
use crate::{Refusal, errors};

/// A market data connection.
pub(super) struct FeedLink {
    /// `None` where it could not be set up again.
    pub(super) feed: Option<Box<dyn Feed>>,
    pub(super) generation: u32,
    quotes: Quotes,
    /// When it is set up again, where there is none.
    again_at: Duration,
}

impl Driver {
    /// Connects to the market data front, where there is one. Orders do not wait for it.
    pub(super) fn start_feed(&mut self, now: Now) {
        if self.options.quote_front.is_none() || self.feed.is_some() {
            return;
        }
        self.feed = Some(FeedLink {
            feed: None,
            generation: 0,
            quotes: Quotes::new(self.limits, now.mono),
            again_at: now.mono,
        });
        self.renew_feed(now);
    }

    fn renew_feed(&mut self, now: Now) {
        if let Some(feed) = self.feed.as_mut().and_then(|it| it.feed.take()) {
            self.release(move || feed.release());
        }
        let Some(day) = &self.day else { return };
        self.generation += 1;
        let setting = Setting {
            options: &self.options,
            flow: &day.flow,
            mailbox: &self.mailbox,
            generation: self.generation,
        };
        let feed = self.counter.feed(&setting);
        let (generation, pause) = (self.generation, self.limits.backoff_max);
        if let Err(refusal) = &feed {
            self.line(LOG_ERROR, format!("there is no market data: {refusal}"));
            self.tell(&Standing {
                channel: CHANNEL_QUOTE,
                state: abi::CONN_DOWN,
                attempt: 1,
                trading_day: 0,
                refusal: Some(refusal.clone()),
            });
        }
        if let Some(link) = &mut self.feed {
            link.generation = generation;
            link.again_at = now.mono + pause;
            link.feed = feed.ok();
        }
    }

    /// The host asks for instruments, or no longer.
    pub(crate) fn subscribe(
        &mut self,
        now: Now,
        symbols: &[(&str, &str)],
        is_on: bool,
        request: u64,
    ) -> Result<(), Refusal> {
        let day = self.ready_day()?;
        let mut named = Vec::new();
        for (exchange, symbol) in symbols {
            let listed = day.instruments.get(*symbol);
            let listed = listed.filter(|it| exchange.is_empty() || it.exchange == *exchange);
            let Some(listed) = listed else {
                let text = format!("the venue lists no instrument {symbol} on {exchange}");
                return Err(Refusal::new(abi::E_INSTRUMENT, text));
            };
            named.push(((*symbol).to_owned(), listed.exchange.clone()));
        }
        let Some(link) = &mut self.feed else {
            let text = "the settings name no market data front; set quote_front";
            return Err(Refusal::new(E_UNSUPPORTED, text));
        };
        let todo = link.quotes.ask(now.mono, request, is_on, named);
        self.carry_out(now, todo);
        Ok(())
    }

    /// What the market data front says.
    pub(super) fn quoted(&mut self, now: Now, quoted: Quoted) {
        if let Quoted::Depth(depth) = quoted {
            return self.depth(now, &depth);
        }
        if let (Quoted::Lost(_), Some(day)) = (&quoted, &mut self.day) {
            // What was known of the market grows old, and no order is priced by it.
            day.best.clear();
        }
        let todo = self.feed.as_mut().map(|it| it.quotes.apply(now.mono, quoted));
        self.carry_out(now, todo.unwrap_or_default());
    }

    pub(super) fn feed_clock(&mut self, now: Now) {
        let Some(link) = &mut self.feed else { return };
        let is_due = link.feed.is_none() && now.mono >= link.again_at;
        let todo = link.quotes.clock(now.mono);
        self.carry_out(now, todo);
        if is_due {
            self.renew_feed(now);
        }
    }

    fn carry_out(&mut self, now: Now, todo: Vec<Do>) {
        for it in todo {
            match it {
                Do::LogIn => self.log_in_feed(now),
                Do::Subscribe(symbols, is_on) => self.ask_feed(now, &symbols, is_on),
                Do::Renew => self.renew_feed(now),
                Do::Tell { state, attempt, refusal } => self.tell(&Standing {
                    channel: CHANNEL_QUOTE,
                    state,
                    attempt,
                    trading_day: self.day.as_ref().map_or(0, |it| it.trading_day),
                    refusal,
                }),
                Do::Answer(request, answer) => self.answer(request, answer),
            }
        }
    }

    fn log_in_feed(&mut self, now: Now) {
        let id = self.next_request();
        let (Some(link), Some(who)) = (&mut self.feed, &self.who) else { return };
        let code = link.feed.as_mut().map_or(-1, |it| it.log_in(who, id));
        if let Err(refusal) = errors::returned(code) {
            let todo = link.quotes.apply(now.mono, Quoted::LoggedIn(Err(refusal)));
            self.carry_out(now, todo);
        }
    }

    fn ask_feed(&mut self, now: Now, symbols: &[String], is_on: bool) {
        let Some(link) = &mut self.feed else { return };
        let code = link.feed.as_mut().map_or(-1, |it| it.subscribe(symbols, is_on));
        if let Err(refusal) = errors::returned(code) {
            let todo = link.quotes.not_sent(symbols, is_on, &refusal);
            self.carry_out(now, todo);
        }
    }

    /// Nobody is logged in any more.
    pub(super) fn stop_feed(&mut self, refusal: &Refusal) {
        let Some(mut link) = self.feed.take() else { return };
        if let Some(feed) = link.feed.take() {
            self.release(move || feed.release());
        }
        for it in link.quotes.stop(refusal) {
            if let Do::Answer(request, answer) = it {
                self.answer(request, answer);
            }
        }
        if let Some(day) = &mut self.day {
            day.best.clear();
        }
        self.tell(&Standing {
            channel: CHANNEL_QUOTE,
            state: abi::CONN_DOWN,
            attempt: 0,
            trading_day: 0,
            refusal: Some(Refusal::new(E_NET, "the market data connection has ended")),
        });
    }

    fn depth(&mut self, now: Now, depth: &Depth) {
        let (Some(link), Some(day)) = (&self.feed, &mut self.day) else { return };
        // A last snapshot may come after the host has lost interest.
        let Some(exchange) = link.quotes.exchange_of(&depth.symbol) else { return };
        let tick_e9 = day.instruments.get(&depth.symbol).map_or(0, |it| it.tick_e9);
        let volume_before = day.best.get(&depth.symbol).map(|it| it.volume);
        let frame = Frame { exchange, tick_e9, volume_before, now_ns: now.ns };
        let (tick, book) = (frame.tick(depth), frame.book(depth));
        let there = |price: i64| (price != ABSENT).then_some(price);
        let best = Best {
            bid_e9: there(tick.bid_e9),
            ask_e9: there(tick.ask_e9),
            lower_e9: there(tick.lower_e9),
            upper_e9: there(tick.upper_e9),
            volume: depth.volume,
        };
        day.best.insert(depth.symbol.clone(), best);
        self.event(What::Tick(tick));
        self.event(What::Book(book));
    }
}
