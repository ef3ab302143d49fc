//! The session at the venue, and what the venue tells.
//!
//! A venue in this process answers a login at once; one that lives apart answers later, and whoever
//! asked waits for that without holding anybody up.

use aftm_domain::order::{Refusal, Report, Ticket};
use aftm_domain::{AccountId, Fill, OpenClose, Order, OrderId, Stamp, UserId, VenueOrderId};

use super::core::Core;
use super::doubt::is_doubtful;
use super::fact::Fact;
use super::keep::Ledger;
use super::state::Placed;
use super::venue::{Lists, LoginStep, News, Venue};
use crate::wire::venue::{Deal, Sent, VenueFill};
use crate::wire::{Event, Refused, Reply};

/// A login that the venue has not answered yet, and one whose answer nobody has taken.
#[derive(Default)]
pub(super) struct Login {
    asked: Option<(UserId, bool)>,
    answered: Option<Result<Reply, Refused>>,
}

impl<V: Venue, L: Ledger> Core<V, L> {
    /// Logs in. Where the venue answers later, `LOGIN_UNDER_WAY`: `take_login` has the answer then.
    pub(super) fn login(
        &mut self,
        user: &UserId,
        password: Option<&str>,
        production: bool,
        now: Stamp,
    ) -> Result<Reply, Refused> {
        if let Some(session) = &self.state.session {
            if session.user == *user && session.production == production {
                return Ok(Reply::Unchanged {});
            }
            let text = format!("{} is logged in; log out first", session.user);
            return Err(Refused::new("LOGGED_IN", text));
        }
        if let Some((other, _)) = &self.login.asked {
            let text = format!("a login of {other} is under way; wait for its answer");
            return Err(Refused::new("LOGIN_UNDER_WAY", text));
        }
        let step = self.venue.login(user, password, production, self.time, &mut self.news);
        match step.map_err(|refusal| Refused { code: refusal.code, text: refusal.text })? {
            LoginStep::Done(accounts) => Ok(self.begin_session(*user, production, accounts, now)),
            LoginStep::Asked => {
                self.login.asked = Some((*user, production));
                self.settle_news(now);
                self.login.answered.take().unwrap_or_else(|| {
                    let text = "the exchange was asked and has not answered yet";
                    Err(Refused::new("LOGIN_UNDER_WAY", text))
                })
            }
        }
    }

    /// Whether the venue was asked to log somebody in and has not answered.
    pub const fn is_logging_in(&self) -> bool {
        self.login.asked.is_some()
    }

    /// The answer to a login that was under way, once.
    pub fn take_login(&mut self) -> Option<Result<Reply, Refused>> {
        self.login.answered.take()
    }

    fn begin_session(
        &mut self,
        user: UserId,
        production: bool,
        accounts: Vec<AccountId>,
        now: Stamp,
    ) -> Reply {
        let session = Fact::LoggedIn { user, production, accounts: accounts.clone() };
        self.settle(now, vec![session]);
        self.settle_news(now);
        self.resume(now);
        self.chase(None, now);
        self.tend(now);
        self.sweep(now);
        Reply::Accounts { accounts, selected: self.state.account }
    }

    /// Ends the session. Positions and conditions stay: an exit that comes due waits for the next.
    pub(super) fn logout(&mut self, now: Stamp) -> Result<Reply, Refused> {
        if self.state.session.is_none() {
            return Ok(Reply::Unchanged {});
        }
        self.venue.logout();
        self.settle(now, vec![Fact::LoggedOut {}]);
        Ok(Reply::Done {})
    }

    /// An order by everything that the venue may know it by.
    pub(super) fn sent(&self, id: OrderId) -> Option<Sent> {
        let placed = self.state.placed(id)?;
        let (order, is_external) = (&placed.order, placed.is_external);
        let (account, item, venue_id) = (order.ticket.account, order.ticket.item, order.venue_id);
        Some(Sent { id, account, item, venue_id, is_external })
    }

    /// Whether an order opens or closes, said by us where the venue does not say it. An order that
    /// would do both cannot be one order there.
    pub(super) fn offset(&self, ticket: &Ticket) -> Result<OpenClose, Refusal> {
        if ticket.open_close != OpenClose::Auto {
            return Ok(ticket.open_close);
        }
        if self.is_raced(ticket) {
            // What rests for a protection may close the same lots before its cancel arrives.
            return Ok(OpenClose::Close);
        }
        if self.venue.takes_auto() {
            return Ok(ticket.open_close);
        }
        let holding = self.state.holdings.get(&(ticket.account, ticket.item));
        let (closes, opens) = holding.map_or((None, ticket.quantity), |it| {
            let (closes, opens) = it.position.split(ticket.side, OpenClose::Auto, ticket.quantity);
            (Some(closes).filter(|it| it.is_positive()), opens)
        });
        match closes {
            None => Ok(OpenClose::Open),
            Some(_) if opens.is_zero() => Ok(OpenClose::Close),
            Some(closes) => Err(Refusal {
                code: "AUTO_UNSUPPORTED".to_owned(),
                text: format!(
                    "this exchange takes no order that both closes {closes} and opens {opens} lots; \
                     send the two apart, with --open-close close and open"
                ),
            }),
        }
    }

    /// Whether an order would close lots that an order of a protection, which is being canceled, may
    /// still close.
    fn is_raced(&self, ticket: &Ticket) -> bool {
        let key = (ticket.account, ticket.item);
        let protections = &self.state.protections;
        // Those of protections that are over, too: one may still work.
        let is_leg = |it: &Placed| {
            let leg = &it.order.ticket;
            ((leg.account, leg.item), leg.side) == (key, ticket.side)
                && protections.is_leg(it.order.id)
        };
        let held = self.state.lots(key, ticket.side.opposite());
        ticket.quantity <= held && self.state.working().any(is_leg)
    }

    /// What the venue told since it was last heard.
    pub fn hear(&mut self, now: Stamp) {
        self.keep_lists(now);
        self.judge_rearming(now);
        self.venue.hear(now, &mut self.news);
        if self.news.is_empty() {
            return;
        }
        self.settle_news(now);
        self.chase(None, now);
        self.tend(now);
        self.sweep(now);
        self.size_closings(now);
    }

    /// Turns the venue's news into facts, in the order in which they were told.
    pub(super) fn settle_news(&mut self, now: Stamp) {
        if self.news.is_empty() {
            return;
        }
        let mut facts = Vec::with_capacity(self.news.len());
        let mut news = std::mem::take(&mut self.news);
        let (mut is_back, mut is_lost) = (false, false);
        let (mut is_up, mut outages) = (self.state.is_connected, 0);
        // What a venue says in words is shown and kept, and must do nothing else.
        for item in news.drain(..).map(News::plain) {
            match item {
                News::Report { order, report } => {
                    self.unanswered.retain(|it| it.0 != order);
                    if !self.is_repeated(order, &report, &facts) {
                        facts.push(Fact::OrderReported { id: order, report });
                    }
                }
                News::Filled { order, row } => {
                    // One that is of something else answers nothing.
                    if self.count(order, &row, &mut facts) {
                        self.unanswered.retain(|it| it.0 != order);
                    }
                }
                News::Unknown { order } => facts.extend(self.unknown(order, now)),
                News::Disconnected { reason } => {
                    outages += u32::from(std::mem::take(&mut is_up));
                    is_lost = true;
                    facts.push(Fact::Disconnected { reason });
                }
                News::Connected => {
                    (is_back, is_up) = (true, true);
                    facts.push(Fact::Connected {});
                }
                News::Market(moment) => {
                    self.judge_clock(moment.tick.time.at, now);
                    self.market.push(*moment);
                }
                // What follows looks at the state, so everything before it is folded first.
                other => {
                    self.settle(now, std::mem::take(&mut facts));
                    self.act_on(other, now);
                    is_up = self.state.is_connected;
                }
            }
        }
        // Its room is used again, unless what was done just now has told more.
        if self.news.is_empty() {
            self.news = news;
        }
        self.settle(now, facts);
        (0..outages).for_each(|_| self.note_outage(now));
        if is_lost {
            self.lose_line(now);
        }
        if is_back && self.state.is_connected {
            self.resume(now);
        }
    }

    fn act_on(&mut self, news: News, now: Stamp) {
        match news {
            News::LoggedIn { accounts } => {
                let Some((user, production)) = self.login.asked.take() else { return };
                let reply = self.begin_session(user, production, accounts, now);
                self.login.answered = Some(Ok(reply));
            }
            News::LoginRefused(Refusal { code, text }) => {
                self.login.asked = None;
                self.login.answered = Some(Err(Refused { code, text }));
            }
            News::LoggedOut { reason } => {
                let text = format!("the session at the exchange is over: {reason}; log in again");
                let told = Fact::Alerted { code: "LOGGED_OUT".to_owned(), text };
                self.settle(now, vec![Fact::LoggedOut {}, told]);
            }
            News::Stands(stands) => self.hear_lists(&stands, now),
            News::Instrument(instrument) => self.listing.tell(*instrument),
            News::Process { pid, word } => {
                self.announce(Event::Child { role: crate::wire::Role::Venue, pid, word });
            }
            News::Alert { code, text } => self.settle(now, vec![Fact::Alerted { code, text }]),
            News::Report { .. }
            | News::Filled { .. }
            | News::Unknown { .. }
            | News::Connected
            | News::Disconnected { .. }
            | News::Market(_) => (),
        }
    }

    /// A venue that lives apart may tell a fill or an acceptance again, after a connection was lost,
    /// or an acceptance that its fill has told just before.
    fn is_repeated(&self, order: OrderId, report: &Report, before: &[Fact]) -> bool {
        if !self.venue.is_apart() {
            return false;
        }
        let Some(placed) = self.state.placed(order) else { return false };
        match report {
            Report::Filled(fill) => has_fill(&placed.order, fill),
            Report::Accepted { venue_id } => {
                placed.order.venue_id == Some(*venue_id) || accepts(before, order, *venue_id)
            }
            Report::Triggered => placed.order.is_triggered,
            _ => false,
        }
    }

    /// Counts a fill as the order's, unless it was told before, or is of something else by its own
    /// words: then nobody knows what it is, and the venue's list of positions says what is held. One
    /// that names its order says that it was accepted, too. Returns whether it is the order's.
    fn count(&mut self, id: OrderId, row: &VenueFill, facts: &mut Vec<Fact>) -> bool {
        let VenueFill { fill, deal, venue_id, .. } = row;
        if let Some(Placed { order, .. }) = self.state.placed(id) {
            if self.venue.is_apart() && has_fill(order, fill) {
                return true;
            }
            if deal.differs(&order.ticket) {
                let text = mismatch(id, fill, deal, &order.ticket);
                self.venue.stand(Lists::Soon, &mut self.news);
                facts.push(Fact::Alerted { code: "FILL_MISMATCH".to_owned(), text });
                return false;
            }
            if let (Some(venue_id), None) = (*venue_id, order.venue_id)
                && !accepts(facts, id, venue_id)
            {
                facts.push(Fact::OrderReported { id, report: Report::Accepted { venue_id } });
            }
        }
        facts.push(Fact::OrderReported { id, report: Report::Filled(*fill) });
        true
    }

    /// The venue says that it never had an order. Where it lives apart it is asked once more, a
    /// while later, before that counts: an order that is still on its way there is not listed yet.
    fn unknown(&mut self, order: OrderId, now: Stamp) -> Option<Fact> {
        self.unanswered.retain(|it| it.0 != order);
        let known = self.state.placed(order);
        if !known.is_some_and(|it| is_doubtful(&it.order)) {
            return None;
        }
        if self.venue.is_apart() && self.doubts.deny(order, now) {
            return None;
        }
        let (code, text) = ("UNKNOWN_ORDER", "the exchange never had this order");
        let refusal = Refusal { code: code.to_owned(), text: text.to_owned() };
        Some(Fact::OrderReported { id: order, report: Report::Rejected(refusal) })
    }
}

/// Whether what was told before, and is not folded yet, says that an order was accepted so.
fn accepts(before: &[Fact], order: OrderId, name: VenueOrderId) -> bool {
    before.iter().any(|it| match it {
        Fact::OrderReported { id, report: Report::Accepted { venue_id } } => {
            (*id, *venue_id) == (order, name)
        }
        _ => false,
    })
}

fn has_fill(order: &Order, fill: &Fill) -> bool {
    order.fills.iter().any(|it| it.trade == fill.trade)
}

/// A fill that is not of its order, with both.
#[cold]
pub(super) fn mismatch(id: OrderId, fill: &Fill, deal: &Deal, ticket: &Ticket) -> String {
    let Ticket { account, item, side, .. } = ticket;
    format!(
        "the exchange told fill {} of {} lots as one of order {id}, but it is {deal} and the order \
         is {side} {item} for {account}: it counts nowhere, and the exchange's positions do",
        fill.trade, fill.quantity
    )
}
