//! The order port as v1 clients know it: one reply a request, and one order however often a client
//! without patience asks.
//!
//! A request without an id that is byte-equal to one still pending, or to one whose reply could not
//! be delivered within the last 30 seconds, is that request; after a delivered reply it is a new one.

use aftm_domain::order::Status;
use aftm_domain::{Order, OrderId, Stamp};

use super::core::Core;
use super::fact::Door;
use super::keep::Ledger;
use super::venue::Venue;
use crate::wire::request::Request as Ours;
use crate::wire::v1::orders::{self, Failure, Request, code};
use crate::wire::{Intent, PositionRow, Refused, Reply};

/// How long an undelivered outcome is kept for the client that asks again.
const UNDELIVERED_KEPT: i64 = 30 * Stamp::SECOND;
/// After so long a client is told that its order is in doubt: before its own five seconds are over.
const PATIENCE: i64 = 4 * Stamp::SECOND;

/// Orders in a reply of `get_orders`, so that it stays below the largest frame.
const ORDERS_PAGE: usize = 64;

/// Who waits for a reply: the frames that lead back to it.
pub type Client = Vec<Vec<u8>>;

struct Waiting {
    order: OrderId,
    /// The request's bytes, where it had no id of its own.
    body: Option<Vec<u8>>,
    clients: Vec<(Client, Stamp)>,
    /// Since when the outcome is there; `None` while the venue has not answered.
    answered: Option<Stamp>,
}

impl Waiting {
    /// Whether the request is still this one: after so long the same bytes are a new order.
    fn is_kept(&self, now: Stamp) -> bool {
        self.answered.is_none_or(|since| now.since(since) < UNDELIVERED_KEPT)
    }
}

/// Requests whose outcome is not known or not delivered.
#[derive(Default)]
pub struct V1 {
    waiting: Vec<Waiting>,
    bad_messages: u64,
}

impl V1 {
    /// Whether every outcome is known and was delivered.
    pub const fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    /// When the first of those who wait will be told of doubt.
    pub fn deadline(&self) -> Option<Stamp> {
        self.waiting.iter().flat_map(|it| &it.clients).map(|(_, deadline)| *deadline).min()
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
                let intent = Box::new(Intent::of_ticket(&ticket, request_id));
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
        waiting.clients.push((client.clone(), now.after(PATIENCE)));
        true
    }

    fn wait(&mut self, order: OrderId, body: Option<Vec<u8>>, client: Client, now: Stamp) {
        let clients = vec![(client, now.after(PATIENCE))];
        self.waiting.push(Waiting { order, body, clients, answered: None });
    }

    /// Tells outcomes that have come, and doubt where they take too long. `send` says whether the
    /// client could still be reached.
    pub fn deliver<V: Venue, L: Ledger>(
        &mut self,
        core: &Core<V, L>,
        now: Stamp,
        mut send: impl FnMut(&Client, &[u8]) -> bool,
    ) {
        self.waiting.retain_mut(|waiting| {
            let Some(placed) = core.state().orders.get(&waiting.order) else { return false };
            if placed.order.status.is_open() && !placed.order.is_answered() {
                tell_doubt(waiting, now, &mut send);
                return true;
            }
            waiting.answered.get_or_insert(now);
            let reply = outcome(&placed.order);
            let told = waiting.clients.drain(..).fold(false, |told, (client, _)| {
                let is_reached = send(&client, &reply);
                told || is_reached
            });
            !told && waiting.body.is_some() && waiting.is_kept(now)
        });
    }
}

fn tell_doubt(waiting: &mut Waiting, now: Stamp, send: &mut impl FnMut(&Client, &[u8]) -> bool) {
    let order = waiting.order;
    waiting.clients.retain(|(client, deadline)| {
        if now < *deadline {
            return true;
        }
        let text = format!(
            "order {order} was sent and the exchange has not answered; ask for it, do not send again"
        );
        send(client, &orders::in_doubt(order, &text));
        false
    });
}

fn outcome(order: &Order) -> Vec<u8> {
    match (&order.status, &order.refusal) {
        (Status::Rejected, Some(refusal)) => orders::refused(refusal),
        _ => orders::accepted(order.ticket.note.as_str(), order.id),
    }
}

/// A refusal of ours under a code that v1 clients know.
fn failed(refused: &Refused) -> Vec<u8> {
    const SAME: [&str; 9] = [
        code::INVALID_ORDER,
        code::MISSING_ACCOUNT,
        code::NOT_LOGGED_IN,
        code::DUPLICATE_REQUEST,
        code::TRADING_HALTED,
        code::REDUCE_ONLY,
        code::STALE_SIGNAL,
        code::INTERNAL_ERROR,
        code::TOO_LARGE,
    ];
    let known = SAME.into_iter().find(|it| *it == refused.code);
    let known = known.unwrap_or(code::ORDER_EXECUTION_ERROR);
    orders::failed(&Failure::new(known, refused.text.clone()))
}

fn answer<V: Venue, L: Ledger>(
    core: &mut Core<V, L>,
    request: &Request,
    feed_age_ms: Option<u64>,
    now: Stamp,
) -> Vec<u8> {
    let timestamp = now.0 / Stamp::SECOND;
    let is_connected = core.state().is_connected;
    let is_healthy = is_connected && core.state().session.is_some();
    match request {
        Request::HealthCheck => {
            orders::health(&orders::Health { is_healthy, is_connected, timestamp, feed_age_ms })
        }
        Request::GetPositions { account, item } => positions(core, *account, *item),
        Request::CancelOrder { order_serial } => {
            let order = *order_serial;
            match core.serve(&Ours::Cancel { order }, Door::V1, now) {
                Ok(_) => orders::cancel_sent(order),
                Err(refused) => failed(&refused),
            }
        }
        Request::GetOrders { account, order_serial, before } => {
            let is_meant = |it: &&Order| account.is_none_or(|account| account == it.ticket.account);
            let first = order_serial.unwrap_or(OrderId(0));
            let end = match (order_serial, before) {
                (Some(one), _) => OrderId(one.0.saturating_add(1)),
                (None, before) => before.unwrap_or(OrderId(u64::MAX)).max(first),
            };
            let all = core.state().orders.range(first..end).map(|(_, it)| &it.order);
            let mut newest = all.rev().filter(is_meant);
            let mut page: Vec<&Order> = newest.by_ref().take(ORDERS_PAGE).collect();
            page.reverse();
            let earlier = page.first().map(|it| it.id).filter(|_| newest.next().is_some());
            orders::orders(page, earlier)
        }
        Request::GetAccount { account } => accounts(core, *account),
        Request::GetInstruments { item } => {
            let listed = core.listing().front_months();
            let is_meant = |it: &&aftm_domain::Instrument| item.is_none_or(|item| item == it.code);
            orders::instruments(listed.iter().filter(is_meant))
        }
        Request::Kill { .. } => orders::failed(&Failure::new(
            code::UNKNOWN_OPERATION,
            "this machine has no kill switch yet; cancel the orders and flatten at the desk",
        )),
        Request::Status => {
            let in_doubt_orders = core.state().standing(Status::InDoubt).count();
            orders::status(&orders::Status {
                trading_state: "active",
                logged_in: core.state().session.is_some(),
                exchange_connected: is_connected,
                working_orders: core.state().open.len(),
                in_doubt_orders,
                feed_age_ms,
                timestamp,
            })
        }
        Request::SendOrder { .. } => {
            orders::failed(&Failure::new(code::INTERNAL_ERROR, "an order came the wrong way"))
        }
    }
}

/// The session's accounts, or what a client is told where there is no such account.
fn check_account<V: Venue, L: Ledger>(
    core: &Core<V, L>,
    account: aftm_domain::AccountId,
) -> Result<(), Failure> {
    match &core.state().session {
        None => Err(Failure::new(code::NOT_LOGGED_IN, "nobody is logged in")),
        Some(session) if !session.accounts.contains(&account) => {
            let text = format!("there is no account {account}");
            Err(Failure::new(code::POSITION_QUERY_ERROR, text))
        }
        Some(_) => Ok(()),
    }
}

fn positions<V: Venue, L: Ledger>(
    core: &Core<V, L>,
    account: aftm_domain::AccountId,
    item: Option<aftm_domain::Code>,
) -> Vec<u8> {
    if let Err(failure) = check_account(core, account) {
        return orders::failed(&failure);
    }
    let is_meant = |row: &PositionRow| {
        let is_held = !row.long.is_zero() || !row.short.is_zero();
        row.account == account && item.is_none_or(|item| item == row.item) && is_held
    };
    let rows: Vec<orders::PositionRow> = core
        .positions()
        .filter(is_meant)
        .map(|row| orders::PositionRow {
            account: row.account,
            item_code: row.item,
            quantity: row.net,
            average_price: if row.net.is_positive() { row.long_average } else { row.short_average }
                .filter(|_| !row.net.is_zero()),
            unrealized_pnl: row.open_profit,
        })
        .collect();
    orders::positions(&rows)
}

fn accounts<V: Venue, L: Ledger>(
    core: &Core<V, L>,
    account: Option<aftm_domain::AccountId>,
) -> Vec<u8> {
    let Some(session) = &core.state().session else {
        return orders::failed(&Failure::new(code::NOT_LOGGED_IN, "nobody is logged in"));
    };
    let wanted = session.accounts.iter().filter(|it| account.is_none_or(|one| one == **it));
    let rows: Vec<orders::AccountRow> =
        wanted.filter_map(|it| core.venue().summary(*it)).map(row).collect();
    if rows.is_empty() {
        return orders::failed(&Failure::new(code::MISSING_ACCOUNT, "there is no such account"));
    }
    orders::accounts(&rows)
}

fn row(summary: super::venue::Summary) -> orders::AccountRow {
    let super::venue::Summary { account, balance, equity, margin, available, .. } = summary;
    let super::venue::Summary { realized, open_profit, fees, tax, .. } = summary;
    orders::AccountRow {
        account,
        balance,
        equity,
        margin,
        available,
        realized_pnl: realized,
        unrealized_pnl: open_profit,
        fees,
        tax,
    }
}
