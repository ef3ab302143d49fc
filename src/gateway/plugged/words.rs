//! What a plug-in tells, as the gateway's news; and what follows from time.

use aftm_domain::order::{Refusal, Report};
use aftm_domain::tick::Moment;
use aftm_domain::{AccountId, Code, Stamp};

use super::{Listing, Plugged, Standing};
use crate::gateway::venue::{News, Stands, Summary};
use crate::wire::event::ChildWord;
use crate::wire::frame::PROTOCOL;
use crate::wire::request::MoneyRow;
use crate::wire::venue::Abilities;
use crate::wire::{VenueCall, VenueWord};

/// How long after a list that failed it is asked for again.
const STAND_AGAIN: i64 = 2 * Stamp::SECOND;
/// How long the lists may take after a connection came back; then another process tries.
const STAND_MAX: i64 = 60 * Stamp::SECOND;
/// For how long after the lists of a session a fill is a reason to ask for them again: what is held
/// may have been listed with a fill that was told only later.
const RECHECK: i64 = 10 * Stamp::SECOND;
/// How often the accounts' money is asked for, and the pause after a fill before it is.
const MONEY_EVERY: i64 = 5 * Stamp::SECOND;
const MONEY_AFTER_FILL: i64 = Stamp::SECOND;
/// The most rows of one list: a day of the busiest account, and no flood.
const ROWS_MAX: usize = 200_000;
/// The longest line of a plug-in's log that is passed on, in characters.
const LINE_MAX: usize = 1_000;

impl Plugged {
    pub(super) fn hear_words(&mut self, words: &mut Vec<VenueWord>, news: &mut Vec<News>) {
        news.append(&mut self.late);
        for word in words.drain(..) {
            self.hear_word(word, news);
        }
    }

    fn hear_word(&mut self, word: VenueWord, news: &mut Vec<News>) {
        match word {
            VenueWord::Report { order, report } => {
                if matches!(report, Report::Filled(_)) {
                    self.is_money_stale = true;
                }
                self.moved(order);
                news.push(News::Report { order, report });
            }
            VenueWord::Filled { row } => {
                // One without our number is compared with the lists.
                let Some(order) = row.order else { return self.wants_stand = true };
                self.is_money_stale = true;
                self.moved(order);
                news.push(News::Filled { order, row });
            }
            other => self.hear_further(other, news),
        }
    }

    /// What comes seldom, and stands apart so that the processor has the rest at hand.
    #[inline(never)]
    fn hear_further(&mut self, word: VenueWord, news: &mut Vec<News>) {
        match word {
            word @ (VenueWord::Report { .. } | VenueWord::Filled { .. }) => {
                self.hear_word(word, news);
            }
            VenueWord::Unknown { order } => news.push(News::Unknown { order }),
            VenueWord::Taken { calls, due } => self.taken(calls, due, news),
            VenueWord::Beat {} => {
                news.push(News::Process { pid: self.pid, word: ChildWord::Beat });
            }
            VenueWord::Hello { pid, version, protocol, plugin, abilities } => {
                self.greet((pid, &version, protocol), &plugin, abilities, news);
            }
            VenueWord::Line { level, text } => log_line(level, &text),
            VenueWord::Market { tick, book, is_auction } => {
                news.push(News::Market(Box::new(Moment { tick, book, is_auction })));
            }
            VenueWord::Instrument { instrument } => news.push(News::Instrument(instrument)),
            VenueWord::Money { row } => drop(self.money.insert(row.account, summary(*row))),
            // Not a row of a list: how it stands is compared with everything else.
            VenueWord::Order { .. } | VenueWord::Fill { .. } if self.listing == Listing::None => {
                self.wants_stand = true;
            }
            VenueWord::Order { row } if self.stands.orders.len() < ROWS_MAX => {
                self.stands.orders.push(*row);
            }
            VenueWord::Fill { row } if self.stands.fills.len() < ROWS_MAX => {
                self.stands.fills.push(*row);
            }
            VenueWord::Position { row } if self.stands.positions.len() < ROWS_MAX => {
                self.stands.positions.push(row);
            }
            VenueWord::Order { .. } | VenueWord::Fill { .. } | VenueWord::Position { .. } => (),
            VenueWord::Stands { refusal } => self.stand(refusal, news),
            VenueWord::LoggedIn { accounts } if self.standing == Standing::LoggingIn => {
                self.logged_in(accounts, news);
            }
            VenueWord::LoginRefused { refusal } if self.standing == Standing::LoggingIn => {
                self.login_refused(refusal, news);
            }
            // Logged out meanwhile.
            VenueWord::LoggedIn { .. } | VenueWord::LoginRefused { .. } => (),
            VenueWord::Up {} if self.standing == Standing::CutOff => {
                (self.is_listing, self.stand_by) = (true, None);
                self.ask_stands(news);
            }
            VenueWord::Up {} => (),
            VenueWord::Down { reason } => self.cut_off(reason, news),
            VenueWord::Broken { reason } => self.lose(&reason, news),
        }
    }

    fn taken(&mut self, calls: u32, due: Option<Stamp>, news: &mut Vec<News>) {
        for _ in 0..calls {
            if let Some(Some(shown)) = self.under_way.pop_front() {
                self.last.insert(shown.0.item, shown);
            }
            self.parting = self.parting.saturating_sub(1);
        }
        self.due = due;
        if self.login.was_put_off() && self.standing == Standing::Here {
            self.send_login(news);
        }
    }

    fn greet(
        &mut self,
        (pid, version, protocol): (u32, &str, u32),
        plugin: &str,
        abilities: Abilities,
        news: &mut Vec<News>,
    ) {
        if protocol != PROTOCOL {
            let text = format!(
                "the venue's process is version {version} and speaks protocol {protocol}, but this \
                 machine speaks {PROTOCOL}; restart the machine"
            );
            news.push(News::Alert { code: "PROTOCOL".to_owned(), text });
            return self.way.drop_peer();
        }
        log::info!("the exchange's plug-in is {plugin}");
        (self.pid, self.abilities, self.standing) = (pid, abilities, Standing::Here);
        self.parting = 0;
        self.begin_lists(Listing::None);
        news.push(News::Process { pid, word: ChildWord::Hello });
        news.push(News::Process { pid, word: ChildWord::Ready });
        if abilities.feed {
            self.show_market(news);
        }
        if self.login.is_kept() {
            self.send_login(news);
        }
    }

    /// A process that trades against our feed forgets it when it dies.
    fn show_market(&mut self, news: &mut Vec<News>) {
        for instrument in self.listed.values().cloned().collect::<Vec<_>>() {
            self.try_call(VenueCall::List { instrument: Box::new(instrument) }, news);
        }
        let mut last: Vec<_> = self.last.values().cloned().collect();
        last.sort_by_key(|(tick, _)| tick.sequence);
        for (tick, book) in last {
            self.try_call(VenueCall::Tick { tick, book, again: true }, news);
        }
        for (tick, book) in std::mem::take(&mut self.unseen) {
            self.try_call(VenueCall::Tick { tick, book, again: false }, news);
        }
    }

    /// Logs in; after a logout that it has not taken yet, once it has.
    pub(super) fn send_login(&mut self, news: &mut Vec<News>) {
        if self.parting > 0 {
            return self.login.put_off();
        }
        let now = self.time.filter(|_| self.abilities.feed);
        match self.login.call(now) {
            Ok(call) => {
                self.standing = Standing::LoggingIn;
                self.begin_lists(Listing::Asked);
                self.try_call(call, news);
            }
            Err(refusal) => self.login_refused(refusal, news),
        }
    }

    pub(super) fn send_follow(&mut self, news: &mut Vec<News>) {
        if self.abilities.quotes {
            let items: Vec<Code> = self.followed.iter().copied().collect();
            self.try_call(VenueCall::Follow { items }, news);
        }
    }

    /// Forgets what was listed so far.
    fn begin_lists(&mut self, listing: Listing) {
        (self.stands, self.listing, self.unlisted) = (Stands::default(), listing, None);
        self.is_look = false;
    }

    /// Asks how everything stands. Lists under way are made to an end first: the plug-in makes one
    /// after another, and part of one is none.
    pub(super) fn ask_stands(&mut self, news: &mut Vec<News>) {
        if self.listing == Listing::None {
            (self.stands, self.listing) = (Stands::default(), Listing::Asked);
            self.is_look = false;
            self.try_call(VenueCall::Stand {}, news);
        } else {
            self.listing = Listing::Stale;
        }
    }

    fn logged_in(&mut self, accounts: Vec<AccountId>, news: &mut Vec<News>) {
        self.accounts.clone_from(&accounts);
        if self.unlisted.is_some() {
            // Nobody trades before it is known how everything stands.
            self.wants_stand = true;
            return;
        }
        let is_first = self.login.is_first();
        self.login.done();
        self.standing = Standing::In;
        self.tell_stands(news);
        news.push(if is_first { News::LoggedIn { accounts } } else { News::Connected });
        self.send_follow(news);
    }

    /// Hands over whole lists.
    fn tell_stands(&mut self, news: &mut Vec<News>) {
        let mut stands = std::mem::take(&mut self.stands);
        self.listing = Listing::None;
        stands.accounts.clone_from(&self.accounts);
        stands.is_look = std::mem::take(&mut self.is_look);
        // What moved meanwhile is compared with lists that know it; the next look is one.
        self.wants_stand |= !stands.moved.is_empty() && !stands.is_look;
        self.is_just_listed |= !stands.is_live;
        news.push(News::Stands(Box::new(stands)));
    }

    fn login_refused(&mut self, refusal: Refusal, news: &mut Vec<News>) {
        if self.standing == Standing::LoggingIn {
            self.standing = Standing::Here;
        }
        if self.unlisted.take().is_some() {
            // The exchange has logged us in.
            self.try_call(VenueCall::Logout {}, news);
            self.parting = self.under_way.len();
        }
        if self.login.is_first() {
            self.login.forget();
            news.push(News::LoginRefused(refusal));
        } else if is_passing(&refusal) {
            log::warn!("the login was not repeated yet: {refusal}");
            self.wants_retry = true;
        } else {
            self.login.forget();
            news.push(News::LoggedOut { reason: refusal.to_string() });
        }
    }

    /// The lists are complete, or could not be had.
    fn stand(&mut self, refusal: Option<Refusal>, news: &mut Vec<News>) {
        if self.listing == Listing::Stale {
            self.listing = Listing::None;
            return self.ask_stands(news);
        }
        match (self.standing, refusal.or_else(|| self.cut_short())) {
            (Standing::CutOff, None) => {
                self.standing = Standing::In;
                self.tell_stands(news);
                news.push(News::Connected);
            }
            (Standing::In, None) => {
                self.stands.is_live = true;
                self.tell_stands(news);
            }
            (Standing::LoggingIn, None) if self.unlisted.take().is_some() => {
                let accounts = self.accounts.clone();
                self.logged_in(accounts, news);
            }
            // Those of a login come with its answer.
            (_, None) => (),
            (standing, Some(refusal)) => {
                log::warn!("the exchange does not list how everything stands: {refusal}");
                (self.stands, self.listing) = (Stands::default(), Listing::None);
                self.unlisted = (standing == Standing::LoggingIn).then_some(refusal);
                self.wants_stand = true;
            }
        }
    }

    /// Lists that are too long are not whole.
    fn cut_short(&self) -> Option<Refusal> {
        let Stands { orders, fills, positions, .. } = &self.stands;
        let rows = orders.len().max(fills.len()).max(positions.len());
        let text = || format!("a list of {ROWS_MAX} rows or more is not whole");
        (rows >= ROWS_MAX).then(|| Refusal { code: "TOO_LONG".to_owned(), text: text() })
    }

    fn cut_off(&mut self, reason: String, news: &mut Vec<News>) {
        self.is_listing = false;
        if self.standing == Standing::In {
            self.standing = Standing::CutOff;
            news.push(News::Disconnected { reason });
        }
    }

    /// The process is gone, or of no use any more.
    pub(super) fn lose(&mut self, reason: &str, news: &mut Vec<News>) {
        if self.standing == Standing::Away {
            return;
        }
        let was_in = matches!(self.standing, Standing::In | Standing::CutOff);
        if self.standing == Standing::LoggingIn && self.login.is_first() {
            // The next process would meet the same end; the trader decides whether to try again.
            let text = format!("{reason} while it logged in: see the log, then log in again");
            let refusal = Refusal { code: "LOGIN".to_owned(), text };
            self.login_refused(refusal, news);
        }
        self.standing = Standing::Away;
        (self.due, self.parting) = (None, 0);
        self.begin_lists(Listing::None);
        // Nobody knows whether it took the ticks on their way; the next process can tell.
        let under_way = std::mem::take(&mut self.under_way);
        let came_since = std::mem::take(&mut self.unseen);
        under_way.into_iter().flatten().chain(came_since).for_each(|it| self.keep(it));
        self.way.drop_peer();
        if was_in {
            news.push(News::Disconnected { reason: reason.to_owned() });
            if !self.login.is_kept() {
                let reason = format!("{reason}, and venue.relogin is off");
                news.push(News::LoggedOut { reason });
            }
        }
    }

    /// What follows from time alone.
    pub(super) fn tend(&mut self, now: Stamp, news: &mut Vec<News>) {
        if std::mem::take(&mut self.wants_retry) {
            self.login.retry(now);
        }
        if std::mem::take(&mut self.is_just_listed) {
            self.recheck_until = Some(now.after(RECHECK));
        }
        if self.is_money_stale && self.recheck_until.is_some_and(|it| now <= it) {
            self.wants_stand = true;
        }
        if std::mem::take(&mut self.wants_stand) {
            self.stand_again.get_or_insert(now.after(STAND_AGAIN));
        }
        if self.login.is_overdue(now) {
            let text = self.unlisted.as_ref().map_or_else(
                || "the exchange did not answer the login in time: see the log".to_owned(),
                |why| format!("the exchange does not list how everything stands: {why}"),
            );
            let refusal = Refusal { code: "LOGIN".to_owned(), text };
            self.login_refused(refusal, news);
        }
        if self.login.is_due(now) && self.standing == Standing::Here {
            self.send_login(news);
        }
        if self.standing != Standing::CutOff {
            self.stand_by = None;
        } else if *self.stand_by.get_or_insert(now.after(STAND_MAX)) <= now && self.is_listing {
            self.lose("the exchange did not list how everything stands within 60 s", news);
        }
        if self.stand_again.is_some_and(|it| it <= now) && self.listing == Listing::None {
            self.stand_again = None;
            let is_unlisted = self.standing == Standing::LoggingIn && self.unlisted.is_some();
            if is_unlisted || matches!(self.standing, Standing::In | Standing::CutOff) {
                self.ask_stands(news);
            }
        }
        if std::mem::take(&mut self.is_money_stale) {
            self.money_next = Stamp(self.money_next.0.min(now.after(MONEY_AFTER_FILL).0));
        }
        if self.standing == Standing::In && now >= self.money_next {
            self.money_next = now.after(MONEY_EVERY);
            self.try_call(VenueCall::Money {}, news);
        }
    }
}

/// Whether a login may come through when it is tried again, without anybody changing anything.
fn is_passing(refusal: &Refusal) -> bool {
    ["NOT_CONNECTED", "BUSY", "TIMEOUT", "STATE"].contains(&refusal.code.as_str())
}

fn summary(row: MoneyRow) -> Summary {
    let MoneyRow { account, balance, equity, margin, available, .. } = row;
    let MoneyRow { realized, open_profit, fees, tax, .. } = row;
    Summary { account, balance, equity, margin, available, realized, open_profit, fees, tax }
}

fn log_line(level: i32, text: &str) {
    let level = match level {
        1 => log::Level::Error,
        2 => log::Level::Warn,
        4 => log::Level::Debug,
        5.. => log::Level::Trace,
        _ => log::Level::Info,
    };
    let text: String = text.chars().filter(|it| !it.is_control()).take(LINE_MAX).collect();
    log::log!(target: "venue", level, "{text}");
}
