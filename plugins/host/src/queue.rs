//! What a session has told and nobody has taken yet, within bounds.
//!
//! Orders, fills, connections, holdings and answers are never dropped. A callback must not wait for
//! room, so where they are more than the bound the session is broken: it takes no more calls and no
//! more events, and whoever owns it closes it, opens another, and asks the venue how things stand.
//! Rows of a list that was asked for have a bound of their own: a long day is no flood.
//! Ticks and books are the newest of each instrument; lines of the log beyond the bound are dropped.
//! What is replaced or dropped is counted.

use aftm_exchange_abi::LOG_WARN;

use crate::bell::Bell;
use crate::fault::Breach;
use crate::market::{Market, Newest, Put};
use crate::news::{Counts, Line, News, Taken, What};
use crate::turn::Turn;

/// How much of what a session tells is kept until it is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Events that are never dropped. One more breaks the session.
    pub news_max: usize,
    /// The same of the rows of lists that were asked for.
    pub rows_max: usize,
    /// Instruments with a tick or a book.
    pub instruments_max: usize,
    /// Lines of the log.
    pub lines_max: usize,
}

impl Default for Limits {
    /// Room for the busiest minutes, and for the list of a day with 250,000 orders: at most about
    /// forty megabytes, and two hundred.
    fn default() -> Limits {
        let (news_max, rows_max) = (65_536, 262_144);
        Limits { news_max, rows_max, instruments_max: 16_384, lines_max: 1_024 }
    }
}

/// An event as a callback has copied it.
pub(crate) struct Heard {
    pub(crate) seq: u64,
    pub(crate) req_id: u64,
    pub(crate) is_last: bool,
    pub(crate) ts_ns: Option<i64>,
    pub(crate) content: Content,
}

/// What a copied event says.
pub(crate) enum Content {
    News(What),
    Market(Box<Market>),
    /// A kind that this version does not know.
    Unknown,
    Unreadable(Box<Unreadable>),
}

/// What an event was to be, and why it cannot be read.
pub(crate) struct Unreadable {
    pub(crate) kind: &'static str,
    pub(crate) why: String,
    /// Whether what an account holds may be wrong without it.
    pub(crate) is_grave: bool,
}

/// See the module.
pub(crate) struct Queue {
    limits: Limits,
    news: Vec<News>,
    /// How many of the news are rows of lists.
    rows: usize,
    market: Newest,
    log: Vec<Line>,
    /// The requests that wait for an answer, in their order: few, and answered much as they came.
    waiting: Vec<u64>,
    seq: u64,
    counts: Counts,
    broken: Option<Breach>,
    bell: Option<Bell>,
    /// Whose turn it is to call: behind the same lock, because every call has to do with both.
    pub(crate) turn: Turn,
}

impl Queue {
    pub(crate) fn new(limits: Limits, bell: Option<Bell>) -> Queue {
        Queue {
            limits,
            news: Vec::new(),
            rows: 0,
            market: Newest::default(),
            log: Vec::new(),
            waiting: Vec::new(),
            seq: 0,
            counts: Counts::default(),
            broken: None,
            bell,
            turn: Turn::default(),
        }
    }

    /// Who is told that there is something to take; called when the queue is not locked any more.
    pub(crate) fn bell(&self) -> Option<Bell> {
        self.bell.clone()
    }

    /// A request is about to be sent: its answer may come before the call returns.
    pub(crate) fn expect(&mut self, req_id: u64) {
        let at = self.waiting.partition_point(|it| *it < req_id);
        self.waiting.insert(at, req_id);
    }

    /// A request was not sent after all: no answer will come.
    pub(crate) fn forget(&mut self, req_id: u64) {
        match self.waiting.binary_search(&req_id) {
            Ok(at) => _ = self.waiting.remove(at),
            Err(_) => {
                let text = format!("the plug-in refused request {req_id} and answered it as well");
                self.remark(text);
            }
        }
    }

    pub(crate) fn broken(&self) -> Option<&Breach> {
        self.broken.as_ref()
    }

    /// The first breach holds.
    #[cold]
    pub(crate) fn break_off(&mut self, breach: Breach) {
        self.broken.get_or_insert(breach);
    }

    /// Whether there is something to take.
    pub(crate) fn has_told(&self) -> bool {
        let is_silent = self.news.is_empty() && self.market.is_empty() && self.log.is_empty();
        !is_silent || self.broken.is_some()
    }

    /// Takes an event in.
    pub(crate) fn hear(&mut self, heard: Heard) {
        if self.broken.is_some() {
            self.counts.after_break += 1;
            return;
        }
        let (expected, got) = (self.seq + 1, heard.seq);
        if got != expected {
            return self.break_off(Breach::Sequence { expected, got });
        }
        self.seq = got;
        let waiting = self.waiting.binary_search(&heard.req_id).ok();
        let is_row = waiting.is_some() && !heard.is_last;
        let is_last = waiting.is_some() && heard.is_last;
        match waiting {
            Some(at) if is_last => _ = self.waiting.remove(at),
            None if heard.is_last => self.stray(heard.req_id),
            _ => (),
        }
        match heard.content {
            Content::News(what) => {
                let is_stray = matches!(what, What::Answer(_)) && !is_last;
                let Heard { seq, req_id, ts_ns, .. } = heard;
                if !is_stray {
                    self.keep(News { seq, req_id, is_last, ts_ns, what }, is_row);
                }
            }
            Content::Market(told) => self.put(&told),
            Content::Unknown => self.counts.unknown += 1,
            Content::Unreadable(told) => self.miss(*told),
        }
    }

    #[cold]
    fn miss(&mut self, told: Unreadable) {
        let Unreadable { kind, why, is_grave } = told;
        if is_grave {
            return self.break_off(Breach::Unreadable { kind, why });
        }
        self.counts.unreadable += 1;
        self.remark(format!("the plug-in told {kind} that cannot be read: {why}"));
    }

    #[cold]
    fn stray(&mut self, req_id: u64) {
        self.counts.stray_answers += 1;
        self.remark(format!("the plug-in answered request {req_id}, which waits for nothing"));
    }

    fn keep(&mut self, news: News, is_row: bool) {
        let (kept, max) = if is_row {
            (self.rows, self.limits.rows_max)
        } else {
            (self.news.len() - self.rows, self.limits.news_max)
        };
        if kept >= max {
            return self.break_off(Breach::Flood { max });
        }
        self.rows += usize::from(is_row);
        self.news.push(news);
    }

    fn put(&mut self, told: &Market) {
        match self.market.put(told, self.limits.instruments_max) {
            Put::Kept => (),
            Put::Replaced => self.counts.replaced += 1,
            Put::Refused => self.counts.unreadable += 1,
        }
    }

    /// Takes a line of the log in.
    pub(crate) fn line(&mut self, level: i32, text: String) {
        if self.log.len() >= self.limits.lines_max {
            self.counts.lines_lost += 1;
        } else {
            self.log.push(Line { level, text });
        }
    }

    /// What the host itself has to say of the plug-in.
    #[cold]
    fn remark(&mut self, text: String) {
        self.line(LOG_WARN, text);
    }

    /// Hands out what was told. What `into` held is gone; its room is used again.
    pub(crate) fn take(&mut self, into: &mut Taken) -> Option<Newest> {
        into.news.clear();
        std::mem::swap(&mut into.news, &mut self.news);
        self.rows = 0;
        into.counts = self.counts;
        let is_all = into.log.is_empty() && self.log.is_empty() && self.market.is_empty();
        if is_all && into.broken.is_none() && self.broken.is_none() {
            return None;
        }
        self.take_rest(into)
    }

    /// Keeps nothing any more, and gives up the room that nobody will use. Whose turn it is stays:
    /// a call may still be under way.
    pub(crate) fn end(&mut self) -> Queue {
        let nothing = Limits { news_max: 0, rows_max: 0, instruments_max: 0, lines_max: 0 };
        let turn = std::mem::take(&mut self.turn);
        let rest = std::mem::replace(self, Queue::new(nothing, None));
        self.turn = turn;
        rest
    }

    /// What is seldom there, and stands apart so that the processor has the rest at hand.
    #[cold]
    fn take_rest(&mut self, into: &mut Taken) -> Option<Newest> {
        into.log.clear();
        std::mem::swap(&mut into.log, &mut self.log);
        into.broken.clone_from(&self.broken);
        (!self.market.is_empty()).then(|| std::mem::take(&mut self.market))
    }
}

#[cfg(test)]
mod tests {
    use aftm_exchange_abi::{Fill, Tick, Versioned, put_name};

    use super::*;

    fn queue() -> Queue {
        Queue::new(Limits { news_max: 3, rows_max: 5, instruments_max: 2, lines_max: 2 }, None)
    }

    fn heard(seq: u64, content: Content) -> Heard {
        Heard { seq, req_id: 0, is_last: false, ts_ns: None, content }
    }

    fn fill(seq: u64) -> Heard {
        heard(seq, Content::News(What::Fill(Box::new(Fill::blank()))))
    }

    fn answer(seq: u64, req_id: u64) -> Heard {
        Heard { req_id, is_last: true, ..heard(seq, Content::News(What::Answer(Ok(())))) }
    }

    fn tick(seq: u64, symbol: &str, price_e9: i64) -> Heard {
        let mut tick = Tick { price_e9, ..Tick::blank() };
        put_name(&mut tick.symbol, symbol).unwrap();
        heard(seq, Content::Market(Box::new(Market::Tick(tick))))
    }

    fn taken(queue: &mut Queue) -> Taken {
        let mut taken = Taken::default();
        if let Some(market) = queue.take(&mut taken) {
            market.take(&mut taken.market);
        }
        taken
    }

    #[test]
    fn more_fills_than_are_kept_break_the_session_and_lose_none_before() {
        let mut queue = queue();
        (1..=5).for_each(|seq| queue.hear(fill(seq)));
        let taken = taken(&mut queue);
        assert_eq!(taken.news.iter().map(|it| it.seq).collect::<Vec<_>>(), [1, 2, 3]);
        assert_eq!(taken.broken, Some(Breach::Flood { max: 3 }));
        assert_eq!(taken.counts.after_break, 1, "the fifth");
    }

    #[test]
    fn a_list_that_was_asked_for_has_room_of_its_own() {
        let row = |seq| Heard { req_id: 7, ..fill(seq) };
        let mut queue = queue();
        queue.expect(7);
        (1..=5).for_each(|seq| queue.hear(row(seq)));
        (6..=8).for_each(|seq| queue.hear(fill(seq)));
        assert_eq!(queue.broken(), None, "five rows, and three fills that nobody asked for");
        let taken = taken(&mut queue);
        assert_eq!((taken.news.len(), taken.broken), (8, None));
        // What was taken leaves room.
        (9..=13).for_each(|seq| queue.hear(row(seq)));
        queue.hear(answer(14, 7));
        assert_eq!(queue.broken(), None);
        // Nobody asked for this one any more.
        (15..=17).for_each(|seq| queue.hear(row(seq)));
        assert_eq!(queue.broken(), Some(&Breach::Flood { max: 3 }));
    }

    #[test]
    fn an_event_that_is_lost_or_told_twice_breaks_the_session() {
        for got in [0, 1, 3] {
            let mut queue = queue();
            queue.hear(fill(1));
            queue.hear(fill(got));
            assert_eq!(queue.broken(), Some(&Breach::Sequence { expected: 2, got }));
        }
    }

    #[test]
    fn ticks_are_the_newest_of_each_instrument() {
        let mut queue = queue();
        for (seq, symbol) in (1..).zip(["A", "B", "A", "C", "A"]) {
            queue.hear(tick(seq, symbol, i64::try_from(seq).unwrap()));
        }
        let taken = taken(&mut queue);
        let prices = taken.market.iter().map(|it| match it {
            Market::Tick(tick) => tick.price_e9,
            Market::Book(_) => 0,
        });
        assert_eq!(prices.collect::<Vec<_>>(), [5, 2]);
        assert_eq!((taken.counts.replaced, taken.counts.unreadable), (2, 1));
        assert_eq!(taken.broken, None);
    }

    #[test]
    fn a_request_is_answered_once() {
        let mut queue = queue();
        queue.expect(7);
        queue.hear(answer(1, 7));
        queue.hear(answer(2, 7));
        let taken = taken(&mut queue);
        assert_eq!((taken.news.len(), taken.counts.stray_answers), (1, 1));
        assert_eq!(taken.log[0].text, "the plug-in answered request 7, which waits for nothing");
    }

    #[test]
    fn requests_are_expected_and_answered_in_any_order() {
        let mut queue = queue();
        [8, 7, 9].into_iter().for_each(|it| queue.expect(it));
        for (seq, req_id) in (1..).zip([9, 7, 8]) {
            queue.hear(answer(seq, req_id));
        }
        assert_eq!((queue.broken(), queue.counts.stray_answers), (None, 0));
        queue.hear(answer(4, 8));
        assert_eq!(queue.counts.stray_answers, 1);
    }

    #[test]
    fn lines_of_the_log_are_bounded() {
        let mut queue = queue();
        (0..9).for_each(|_| queue.line(1, "x".to_owned()));
        let taken = taken(&mut queue);
        assert_eq!((taken.log.len(), taken.counts.lines_lost), (2, 7));
    }

    #[test]
    fn what_an_account_holds_is_never_left_out_in_silence() {
        let unreadable = |is_grave| {
            Content::Unreadable(Box::new(Unreadable { kind: "x", why: "y".into(), is_grave }))
        };
        let mut queue = queue();
        queue.hear(heard(1, unreadable(false)));
        queue.hear(heard(2, Content::Unknown));
        assert_eq!((queue.counts.unreadable, queue.counts.unknown), (1, 1));
        assert_eq!(queue.broken(), None);
        queue.hear(heard(3, unreadable(true)));
        assert!(matches!(queue.broken(), Some(Breach::Unreadable { .. })));
    }
}
