//! The order port as v1 clients know it: one reply a request, and one order however often a client
//! without patience asks.
//!
//! A request without an id that is byte-equal to one still pending, or to one whose reply could not
//! be delivered within the last 30 seconds, is that request; after a delivered reply it is a new one.

use aftm_domain::order::Status;
use aftm_domain::{Order, OrderId, Stamp};

mod answers;
#[cfg(test)]
mod tests;
mod unnamed;

use answers::{answer, failed};

use crate::gateway::core::Core;
use crate::gateway::fact::Door;
use crate::gateway::keep::Ledger;
use crate::gateway::state::Placed;
use crate::gateway::venue::Venue;
use crate::wire::request::Request as Ours;
use crate::wire::v1::orders::{self, Request, code};
use crate::wire::{Intent, Refused, Reply};

/// How long an undelivered outcome is kept for the client that asks again.
const UNDELIVERED_KEPT: i64 = 30 * Stamp::SECOND;
/// After so long a client is told that its order is in doubt: before its own five seconds are over.
const PATIENCE: i64 = 4 * Stamp::SECOND;

/// How near to its own timeout a client that is known to retry is not answered: its next try is.
const GIVING_UP: i64 = 20 * Stamp::MILLISECOND;
/// How long after a reply it is noted as told. A reply is not out when it was sent: a machine that is
/// killed before takes it along, and then the same bytes must not be a new order.
const OUT_AFTER: i64 = 50 * Stamp::MILLISECOND;

/// Who waits for a reply: the frames that lead back to it.
pub type Client = Vec<Vec<u8>>;

/// One who waits for the reply, and since when.
struct Asker {
    way: Client,
    asked: Stamp,
}

struct Waiting {
    order: OrderId,
    /// The request's bytes, where it had no id of its own.
    body: Option<Vec<u8>>,
    askers: Vec<Asker>,
    last_asked: Stamp,
    /// How long the client waits before it asks again, as far as it has done so.
    patience: Option<i64>,
    /// Since when the outcome is there; `None` while the venue has not answered.
    answered: Option<Stamp>,
    /// Somebody was told the outcome: the same bytes are a new order from then on.
    is_told: bool,
}

impl Waiting {
    /// Whether the same bytes are still this request.
    fn is_kept(&self, now: Stamp) -> bool {
        !self.is_told && self.answered.is_none_or(|since| now.since(since) < UNDELIVERED_KEPT)
    }

    fn join(&mut self, way: Client, now: Stamp) {
        self.patience = Some(now.since(self.last_asked));
        self.last_asked = now;
        self.askers.push(Asker { way, asked: now });
    }

    /// Whether a client that has asked again before is about to do so once more. A reply that
    /// crosses its giving up would seem delivered and be read by nobody.
    fn is_giving_up(&self, asker: &Asker, now: Stamp) -> bool {
        self.patience.is_some_and(|patience| {
            let margin = GIVING_UP.min(patience / 4);
            (now.since(asker.asked) - patience).abs() < margin
        })
    }
}

/// Requests whose outcome is not known or not delivered.
#[derive(Default)]
pub struct V1 {
    waiting: Vec<Waiting>,
    bad_messages: u64,
    /// When the machine began.
    since: Stamp,
    /// Orders whose outcome was sent, and when; noted a little later.
    sent: Vec<(OrderId, Stamp)>,
    repeats: unnamed::Repeats,
}

impl V1 {
    /// The port of a machine that begins now.
    pub fn new(now: Stamp) -> V1 {
        V1 { since: now, ..V1::default() }
    }

    /// Whether every outcome is known and was delivered.
    pub const fn is_empty(&self) -> bool {
        self.waiting.is_empty() && self.sent.is_empty()
    }

    /// When the first of those who wait can be told: of doubt, or, where the outcome is there and
    /// is held back from a client that gives up just now, when it has.
    pub fn deadline(&self) -> Option<Stamp> {
        let due = |waiting: &Waiting, asker: &Asker| match (waiting.answered, waiting.patience) {
            (Some(_), Some(patience)) => asker.asked.after(patience.saturating_add(GIVING_UP)),
            _ => asker.asked.after(PATIENCE),
        };
        let asked = self.waiting.iter().flat_map(|it| it.askers.iter().map(move |at| due(it, at)));
        asked.chain(self.sent.first().map(|it| it.1.after(OUT_AFTER))).min()
    }

    /// Requests that could not be read.
    pub const fn bad_messages(&self) -> u64 {
        self.bad_messages
    }

    /// Takes a request: its reply, or `None` where it comes later.
    pub fn take<V: Venue, L: Ledger>(
        &mut self,
        core: &mut Core<V, L>,
        frame: &[u8],
        client: Client,
        feed_age_ms: Option<u64>,
        now: Stamp,
    ) -> Option<Vec<u8>> {
        match orders::parse(frame) {
            Err(failure) => {
                self.bad_messages += 1;
                Some(orders::failed(&failure))
            }
            Ok(Request::SendOrder { ticket, request_id }) => {
                let body = request_id.is_none().then(|| frame.to_vec());
                if self.join(body.as_deref(), &client, now) {
                    return None;
                }
                let mut name = request_id;
                if body.is_some() {
                    let known = self.repeats.look_up(core.state(), ticket.account, frame);
                    let is_sent = |it: &&Placed| self.sent.iter().any(|sent| sent.0 == it.order.id);
                    let before = known.before.filter(|it| unnamed::is_untold(it) && !is_sent(it));
                    if let Some(order) = before.map(|it| it.order.id)
                        && now.since(self.since) < UNDELIVERED_KEPT
                    {
                        self.wait(order, body, client, now);
                        return None;
                    }
                    name = known.next;
                }
                let intent = Box::new(Intent::of_ticket(&ticket, name));
                let request = Ours::Place { intent };
                match core.serve(&request, Door::V1, now) {
                    Ok(Reply::Placed { row, .. }) => {
                        self.wait(row.order, body, client, now);
                        None
                    }
                    Ok(_) => Some(failed(&Refused::new(code::INTERNAL_ERROR, "no order came"))),
                    Err(refused) => Some(failed(&refused)),
                }
            }
            Ok(other) => Some(answer(core, &other, feed_age_ms, now)),
        }
    }

    /// Lets a client join the same request that waits already.
    fn join(&mut self, body: Option<&[u8]>, client: &Client, now: Stamp) -> bool {
        let Some(body) = body else { return false };
        let is_same = |it: &&mut Waiting| it.body.as_deref() == Some(body) && it.is_kept(now);
        let same = self.waiting.iter_mut().find(is_same);
        let Some(waiting) = same else { return false };
        waiting.join(client.clone(), now);
        true
    }

    fn wait(&mut self, order: OrderId, body: Option<Vec<u8>>, way: Client, now: Stamp) {
        self.waiting.push(Waiting {
            order,
            body,
            askers: vec![Asker { way, asked: now }],
            last_asked: now,
            patience: None,
            answered: None,
            is_told: false,
        });
    }

    /// Tells outcomes that have come, and doubt where they take too long. `send` says whether the
    /// client could still be reached.
    pub fn deliver<V: Venue, L: Ledger>(
        &mut self,
        core: &mut Core<V, L>,
        now: Stamp,
        mut send: impl FnMut(&Client, &[u8]) -> bool,
    ) {
        let sent = &mut self.sent;
        self.waiting.retain_mut(|waiting| {
            let Some(placed) = core.state().placed(waiting.order) else { return false };
            if placed.order.status.is_open() && !placed.order.is_answered() {
                tell_doubt(waiting, now, &mut send);
                return true;
            }
            waiting.answered.get_or_insert(now);
            let was_told = waiting.is_told;
            tell_outcome(waiting, &outcome(&placed.order), now, &mut send);
            if waiting.is_told && !was_told && waiting.body.is_some() {
                sent.push((waiting.order, now));
            }
            !waiting.askers.is_empty() || (waiting.body.is_some() && waiting.is_kept(now))
        });
        let out = self.sent.partition_point(|it| now.since(it.1) >= OUT_AFTER);
        core.note_told(self.sent.drain(..out).map(|it| it.0).collect(), now);
    }
}

fn tell_outcome(
    waiting: &mut Waiting,
    reply: &[u8],
    now: Stamp,
    send: &mut impl FnMut(&Client, &[u8]) -> bool,
) {
    let askers = std::mem::take(&mut waiting.askers);
    let (later, due) = askers.into_iter().partition(|it| waiting.is_giving_up(it, now));
    waiting.askers = later;
    for Asker { way, .. } in due {
        waiting.is_told |= send(&way, reply);
    }
}

fn tell_doubt(waiting: &mut Waiting, now: Stamp, send: &mut impl FnMut(&Client, &[u8]) -> bool) {
    let order = waiting.order;
    waiting.askers.retain(|Asker { way, asked }| {
        if now.since(*asked) < PATIENCE {
            return true;
        }
        let text = format!(
            "order {order} was sent and the exchange has not answered; ask for it, do not send again"
        );
        send(way, &orders::in_doubt(order, &text));
        false
    });
}

fn outcome(order: &Order) -> Vec<u8> {
    match (&order.status, &order.refusal) {
        (Status::Rejected, Some(refusal)) => orders::refused(refusal),
        _ => orders::accepted(order.ticket.note.as_str(), order.id),
    }
}
