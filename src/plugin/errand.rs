//! Errands: questions to the venue, one after another, because some venues pace them.
//!
//! Rows are told as they come, so that what happens to an order meanwhile stays behind the row that
//! it changes. An errand that is waiting already is not run twice.

use std::collections::VecDeque;

use aftm_domain::order::{Refusal, Report, Status};
use aftm_domain::{AccountId, Instrument, OrderId};
use aftm_plugin_host::abi::{
    LOG_INFO, LOG_WARN, QUERY_ACCOUNTS, QUERY_FILLS, QUERY_INSTRUMENTS, QUERY_ORDERS,
    QUERY_POSITIONS, Query, Versioned, put_text,
};

use super::items::Items;
use super::refusal::{NO_ACCOUNT, UNREADABLE, ours};
use super::state::{State, line, report};
use crate::wire::VenueWord;
use crate::wire::venue::{Sent, VenueFill, VenueOrder};

/// What is to be found out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    /// Everything, after a login.
    Login {
        /// The instruments, too.
        with_instruments: bool,
    },
    /// How orders, fills and positions stand.
    Stand,
    /// The accounts' money.
    Money,
    /// How one order stands.
    Inquire(Sent),
}

const EVERYTHING: [u16; 5] =
    [QUERY_INSTRUMENTS, QUERY_ACCOUNTS, QUERY_ORDERS, QUERY_FILLS, QUERY_POSITIONS];

impl Purpose {
    fn steps(self) -> &'static [u16] {
        let [_, with_accounts @ ..] = &EVERYTHING;
        let [_, _, standing @ ..] = &EVERYTHING;
        match self {
            Purpose::Login { with_instruments: true } => &EVERYTHING,
            Purpose::Login { with_instruments: false } => with_accounts,
            Purpose::Stand => standing,
            Purpose::Money => &[QUERY_ACCOUNTS],
            Purpose::Inquire(_) => &[QUERY_ORDERS, QUERY_FILLS],
        }
    }
}

/// One errand under way.
#[derive(Debug)]
struct Errand {
    purpose: Purpose,
    steps: &'static [u16],
    /// The question that the venue has.
    req_id: Option<u64>,
    instruments: Vec<([u8; 16], Instrument)>,
    /// Instruments that cannot be used: how many, and the first.
    unusable: (usize, Option<String>),
    row: Option<VenueOrder>,
    fills: Vec<VenueFill>,
    trouble: Option<String>,
}

/// Those that wait, and the one under way.
#[derive(Debug, Default)]
pub(super) struct Errands {
    waiting: VecDeque<Purpose>,
    current: Option<Errand>,
}

impl Errands {
    /// Adds one, unless the same waits already.
    pub(super) fn add(&mut self, purpose: Purpose) {
        if !self.waiting.contains(&purpose) {
            self.waiting.push_back(purpose);
        }
    }

    /// Whether there is none.
    pub(super) fn is_idle(&self) -> bool {
        self.current.is_none() && self.waiting.is_empty()
    }

    /// The question that comes next, where the venue has none.
    pub(super) fn next_query(&mut self, items: &Items) -> Option<Query> {
        if self.current.is_none() {
            let purpose = self.waiting.pop_front()?;
            self.current = Some(Errand {
                purpose,
                steps: purpose.steps(),
                req_id: None,
                instruments: Vec::new(),
                unusable: (0, None),
                row: None,
                fills: Vec::new(),
                trouble: None,
            });
        }
        let errand = self.current.as_ref().filter(|it| it.req_id.is_none())?;
        let mut query = Query { what: *errand.steps.first()?, ..Query::blank() };
        if let Purpose::Inquire(order) = errand.purpose {
            let symbol = items.symbol_or_bare(&order.item);
            query.client_order_id = order.id.0;
            (query.exchange, query.symbol) = (symbol.exchange, symbol.symbol);
            put_text(&mut query.account, order.account.as_str());
        }
        Some(query)
    }

    /// The question was sent.
    pub(super) fn sent(&mut self, req_id: u64) {
        self.current.iter_mut().for_each(|it| it.req_id = Some(req_id));
    }

    /// Whether this is the question that the venue has.
    pub(super) fn is_asking(&self, req_id: u64) -> bool {
        self.current.as_ref().is_some_and(|it| it.req_id == Some(req_id))
    }

    pub(super) fn order(&mut self, row: VenueOrder, words: &mut Vec<VenueWord>) {
        let Some(errand) = &mut self.current else { return };
        match errand.purpose {
            Purpose::Inquire(sent) if row.order == Some(sent.id) => errand.row = Some(row),
            Purpose::Login { .. } | Purpose::Stand => {
                words.push(VenueWord::Order { row: Box::new(row) });
            }
            Purpose::Inquire(_) | Purpose::Money => (),
        }
    }

    pub(super) fn fill(&mut self, row: VenueFill, words: &mut Vec<VenueWord>) {
        let Some(errand) = &mut self.current else { return };
        match errand.purpose {
            Purpose::Inquire(sent) if row.order == Some(sent.id) => errand.fills.push(row),
            Purpose::Login { .. } | Purpose::Stand => {
                words.push(VenueWord::Fill { row: Box::new(row) });
            }
            Purpose::Inquire(_) | Purpose::Money => (),
        }
    }

    pub(super) fn instrument(&mut self, exchange: [u8; 16], read: Result<Instrument, String>) {
        let Some(errand) = &mut self.current else { return };
        match read {
            Ok(instrument) => errand.instruments.push((exchange, instrument)),
            Err(why) => {
                errand.unusable.0 += 1;
                errand.unusable.1.get_or_insert(why);
            }
        }
    }

    /// A row cannot be understood, so that the list is not whole.
    pub(super) fn trouble(&mut self, why: String) {
        if let Some(errand) = &mut self.current {
            errand.trouble.get_or_insert(why);
        }
    }
}

impl State {
    /// The question under way is answered, or was not sent.
    pub(super) fn step_ended(&mut self, answer: Result<(), Refusal>, words: &mut Vec<VenueWord>) {
        let Some(mut errand) = self.errands.current.take() else { return };
        let [step, rest @ ..] = errand.steps else { return };
        // A venue may say in an error what an empty list says.
        let is_inquiry = matches!(errand.purpose, Purpose::Inquire(_));
        let answer = match answer {
            Err(refusal) if is_inquiry && refusal.code == "UNKNOWN_ORDER" => Ok(()),
            answer => answer,
        };
        if answer.is_ok() && *step == QUERY_INSTRUMENTS {
            self.list_instruments(&mut errand, words);
        }
        if answer.is_ok() && !rest.is_empty() {
            errand.steps = rest;
            errand.req_id = None;
            self.errands.current = Some(errand);
            return;
        }
        match errand.purpose {
            Purpose::Login { .. } => self.end_of_login(answer, errand.trouble, words),
            Purpose::Stand => {
                let refusal = answer.err().or_else(|| unreadable(errand.trouble));
                words.push(VenueWord::Stands { refusal });
            }
            Purpose::Money => words.extend(answer.err().map(|refusal| {
                line(LOG_WARN, format!("the accounts' money is not told: {refusal}"))
            })),
            Purpose::Inquire(sent) => match answer {
                Ok(()) => found(sent.id, errand, words),
                Err(refusal) => {
                    let text = format!("how {} stands is not told: {refusal}", sent.id);
                    words.push(line(LOG_INFO, text));
                }
            },
        }
    }

    fn end_of_login(
        &mut self,
        answer: Result<(), Refusal>,
        trouble: Option<String>,
        words: &mut Vec<VenueWord>,
    ) {
        let accounts = std::mem::take(&mut self.link.accounts);
        let refusal = answer.err().or_else(|| nobody(&accounts));
        if let Some(refusal) = refusal {
            // The venue has logged us in. It is told otherwise, so that the next login is taken.
            self.end_login();
            self.wants_logout = true;
            return words.push(VenueWord::LoginRefused { refusal });
        }
        self.link.is_logging_in = false;
        self.link.is_logged_in = true;
        self.wants_market = true;
        words.push(VenueWord::Stands { refusal: unreadable(trouble) });
        words.push(VenueWord::LoggedIn { accounts });
        words.extend(self.link.down.clone().map(|reason| VenueWord::Down { reason }));
    }

    /// All instruments are there: those whose code names one of them are told, the others left out.
    fn list_instruments(&mut self, errand: &mut Errand, words: &mut Vec<VenueWord>) {
        let listed = std::mem::take(&mut errand.instruments);
        self.items = Items::default();
        for (exchange, instrument) in &listed {
            // What is ambiguous is told below, once.
            let _ = self.items.list(exchange, instrument.clone());
        }
        let (mut unusable, mut first) = std::mem::take(&mut errand.unusable);
        for (exchange, instrument) in listed {
            match self.items.symbol(&instrument.code) {
                Ok(symbol) if symbol.exchange == exchange => {
                    words.push(VenueWord::Instrument { instrument: Box::new(instrument) });
                }
                Ok(_) => (),
                Err(refusal) => {
                    unusable += 1;
                    first.get_or_insert(refusal.text);
                }
            }
        }
        if let Some(first) = first {
            let text = format!("{unusable} instruments of the venue's are left out; one: {first}");
            words.push(line(LOG_WARN, text));
        }
    }
}

fn unreadable(trouble: Option<String>) -> Option<Refusal> {
    trouble.map(|why| ours(UNREADABLE, why))
}

fn nobody(accounts: &[AccountId]) -> Option<Refusal> {
    accounts.is_empty().then(|| ours(NO_ACCOUNT, "the venue named no account that can trade here"))
}

/// The reports that lead from an order that was sent to where it stands; none where that is not sure.
fn found(id: OrderId, errand: Errand, words: &mut Vec<VenueWord>) {
    let Errand { row, mut fills, trouble, .. } = errand;
    if let Some(why) = trouble {
        return words.push(line(LOG_WARN, format!("how {id} stands is not sure: {why}")));
    }
    let Some(row) = row else {
        if fills.is_empty() {
            words.push(VenueWord::Unknown { order: id });
        }
        return words.extend(fills.drain(..).map(|it| VenueWord::Filled { row: Box::new(it) }));
    };
    let listed: i64 = fills.iter().map(|it| it.fill.quantity.raw()).fold(0, i64::saturating_add);
    if listed < row.filled.raw() {
        let text = format!("how {id} stands is not sure: not all of its fills are listed yet");
        return words.push(line(LOG_INFO, text));
    }
    if !matches!(row.status, Status::Rejected | Status::PendingNew) {
        words.push(match row.venue_id {
            Some(venue_id) => report(id, Report::Accepted { venue_id }),
            // Nothing is accepted without a name; how it stands is told all the same.
            None => VenueWord::Order { row: Box::new(row.clone()) },
        });
    }
    words.extend(row.is_triggered.then(|| report(id, Report::Triggered)));
    words.extend(fills.drain(..).map(|it| VenueWord::Filled { row: Box::new(it) }));
    words.extend(match row.status {
        Status::Canceled => Some(report(id, Report::Canceled)),
        Status::Expired => Some(report(id, Report::Expired)),
        Status::Rejected => {
            let refusal = row.refusal.unwrap_or_else(|| ours("REJECTED", "refused by the venue"));
            Some(report(id, Report::Rejected(refusal)))
        }
        // Still on its way, at work, or ended by its fills.
        _ => None,
    });
}
