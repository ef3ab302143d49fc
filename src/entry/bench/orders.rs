//! An order's round trip to the gateway, beside a request to a socket that only answers.

use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::{self, JoinHandle};

use aftm_domain::order::{Kind, Ticket, TimeInForce};
use aftm_domain::{AccountId, Note, OpenClose, Quantity, RequestId, Side, Stamp};
use anyhow::{Context as _, Result, bail};
use zmq::{Context, SNDMORE, Socket, SocketType};

use super::bare;
use super::figures::{Comparison, Durations, Row, Side as Measured};
use super::rig::{self, ITEM, Rig};
use crate::config::{Folders, Settings};
use crate::entry::{clock, doors};
use crate::wire::frame::PROTOCOL;
use crate::wire::request::{Answer, Ask};
use crate::wire::socket::{self, Bound, Entrance};
use crate::wire::{Badge, Domain, Intent, Reply, Request, Role, Token, decode, encode};

/// Requests in a turn: back to back, and with a pause before each, in milliseconds.
const PACES: [(usize, Option<u64>); 2] = [(50, None), (20, Some(1))];
/// Turns of each side in a pair.
const TURNS: usize = 10;
/// How long an answer may take, in milliseconds.
const PATIENCE_MS: i32 = 5_000;
/// How long a machine may take until it takes orders.
const READY_MAX: i64 = 30 * Stamp::SECOND;
/// The largest ratio that is good enough.
const GOAL: f64 = 1.5;

/// Measures our own orders over ipc and v1 orders over TCP.
pub(super) fn measure(pairs: usize, settings: &Settings, folders: &Folders) -> Result<Vec<Row>> {
    let mut settings = settings.clone();
    settings.gateway.plain = true;
    let script = format!("login demo\nitem add {ITEM}\naccount use SIM-1\n");
    let orders = doors::ipc(folders, "orders");
    let floor = doors::ipc(folders, "bare-replies");
    rig::with_machine(&settings, folders, &script, move |rig| {
        ready(rig)?;
        let mut rows = compare_ours(pairs, &rig.token, &orders, &floor)?;
        let port = rig.orders_port.context("the machine serves no v1 orders")?;
        rows.extend(compare_v1(pairs, &format!("tcp://127.0.0.1:{port}"))?);
        Ok(rows)
    })
}

/// Waits until orders are taken, and gives the market a price.
pub(super) fn ready(rig: &mut Rig) -> Result<()> {
    let start = clock::now();
    loop {
        let Reply::Status(row) = rig.ask(Request::Status {})? else { bail!("no status came") };
        if row.account.is_some() && !row.items.is_empty() {
            return rig.tick("17300".parse()?);
        }
        if clock::now().since(start) >= READY_MAX {
            bail!("the machine of the bench does not take orders: {row:?}");
        }
        rig::pause(10);
    }
}

/// A client of its own, with its own threads for input and output, as another process has them.
pub(super) struct Client {
    socket: Socket,
    /// The socket closes before it.
    _context: Context,
}

impl Client {
    pub(super) fn open(kind: SocketType, endpoint: &str, badge: Option<&Badge>) -> Result<Client> {
        let (context, bound) = (Context::new(), Bound::Orders);
        let socket = match badge {
            Some(badge) => socket::connect_with(&context, kind, bound, badge, endpoint)?,
            None => socket::connect(&context, kind, bound, endpoint)?,
        };
        socket.set_rcvtimeo(PATIENCE_MS)?;
        Ok(Client { socket, _context: context })
    }

    fn ask(&self, request: &[u8]) -> Result<Vec<u8>> {
        self.socket.send(request, 0)?;
        self.socket.recv_bytes(0).context("an order was not answered")
    }

    pub(super) fn time(&self, request: &[u8], durations: &mut Durations) -> Result<Vec<u8>> {
        let start = clock::now();
        let answer = self.ask(request)?;
        durations.push(clock::now().since(start));
        Ok(answer)
    }
}

/// An executor of the bench's own, which is answered when the gateway has decided.
pub(super) struct Ours {
    client: Client,
    count: AtomicU64,
}

impl Ours {
    pub(super) fn open(token: &Token, orders: &str) -> Result<Ours> {
        let client = Client::open(SocketType::DEALER, orders, None)?;
        let proof = Request::Prove { token: token.clone() };
        let taken: Answer = decode(&client.ask(&encode(&Ask { id: 0, request: proof }))?)?;
        taken.reply?;
        let hello = Request::Hello {
            role: Role::Executor,
            pid: std::process::id(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            protocol: PROTOCOL,
            nonce: 1,
        };
        let welcome: Answer = decode(&client.ask(&encode(&Ask { id: 0, request: hello }))?)?;
        welcome.reply?;
        Ok(Ours { client, count: AtomicU64::new(0) })
    }

    fn request(&self) -> Result<Vec<u8>> {
        let id = self.count.fetch_add(1, Ordering::Relaxed) + 1;
        let name = RequestId::try_from(format!("bench-{id}").as_str())?;
        let intent = Box::new(Intent::of_ticket(&ticket(id)?, Some(name)));
        Ok(encode(&Ask { id, request: Request::Place { intent } }))
    }

    /// Sends an order, and measures until its answer.
    pub(super) fn order(&self, durations: &mut Durations) -> Result<()> {
        let answer: Answer = decode(&self.client.time(&self.request()?, durations)?)?;
        answer.reply.map(drop).context("an order of the bench was refused")
    }
}

fn compare_ours(pairs: usize, token: &Token, orders: &str, floor: &str) -> Result<Vec<Row>> {
    let ours = Ours::open(token, orders)?;
    let (sample, answer) = (ours.request()?, ours.client.ask(&ours.request()?)?);
    let raw = Raw::open(floor, answer.len())?;
    let bare = Client::open(SocketType::REQ, &raw.endpoint, None)?;
    let rows = compare(
        pairs,
        ("order, ours over ipc", GOAL),
        &mut |durations| bare.time(&sample, durations).map(drop),
        &mut |durations| ours.order(durations),
    )?;
    raw.end(&bare)?;
    Ok(rows)
}

fn compare_v1(pairs: usize, orders: &str) -> Result<Vec<Row>> {
    let v1 = V1::open(orders, None)?;
    let (sample, answer) = (v1.request(), v1.client.ask(&v1.request())?);
    let raw = Raw::open("tcp://127.0.0.1:*", answer.len())?;
    let bare = Client::open(SocketType::REQ, &raw.endpoint, None)?;
    let rows = compare(
        pairs,
        ("order, v1 over TCP", GOAL),
        &mut |durations| bare.time(&sample, durations).map(drop),
        &mut |durations| v1.order(durations),
    )?;
    raw.end(&bare)?;
    Ok(rows)
}

/// A v1 client, which is answered when the exchange has answered.
pub(super) struct V1 {
    client: Client,
    count: AtomicU64,
}

impl V1 {
    pub(super) fn open(orders: &str, badge: Option<&Badge>) -> Result<V1> {
        let client = Client::open(SocketType::REQ, orders, badge)?;
        Ok(V1 { client, count: AtomicU64::new(0) })
    }

    fn request(&self) -> Vec<u8> {
        let is_buy = self.count.fetch_add(1, Ordering::Relaxed).is_multiple_of(2);
        let side = if is_buy { "buy" } else { "sell" };
        format!(
            r#"{{"operation": "send_order", "parameters": {{"order_account": "SIM-1", "item_code": "{ITEM}", "side": "{side}", "order_type": "Market", "price": 0.0, "quantity": 1, "open_close": "AUTO", "note": "From AFTM Gateway", "day_trade": "N", "time_in_force": "IOC"}}}}"#
        )
        .into_bytes()
    }

    /// Sends an order, and measures until its answer.
    pub(super) fn order(&self, durations: &mut Durations) -> Result<()> {
        let answer = self.client.time(&self.request(), durations)?;
        if !answer.starts_with(br#"{"success":true"#) {
            bail!("an order was not taken: {}", String::from_utf8_lossy(&answer));
        }
        Ok(())
    }
}

/// Both sides at every pace, as rows of the table.
pub(super) fn compare(
    pairs: usize,
    (name, goal): (&str, f64),
    base: Measured<'_>,
    ours: Measured<'_>,
) -> Result<Vec<Row>> {
    Ok(rows(at_every_pace(pairs, base, ours)?, (name, goal)))
}

/// Both sides at every pace.
pub(super) fn at_every_pace(
    pairs: usize,
    base: Measured<'_>,
    ours: Measured<'_>,
) -> Result<Vec<Comparison>> {
    let mut paces = Vec::with_capacity(PACES.len());
    for (count, gap) in PACES {
        let turn = |side: Measured<'_>, durations: &mut Durations| {
            (0..count).try_for_each(|_| {
                gap.into_iter().for_each(rig::pause);
                side(durations)
            })
        };
        paces.push(Comparison::in_turns(
            pairs,
            TURNS,
            &mut |durations| turn(base, durations),
            &mut |durations| turn(ours, durations),
        )?);
    }
    Ok(paces)
}

/// The rows of the table for what was measured at every pace.
pub(super) fn rows(paces: Vec<Comparison>, (name, goal): (&str, f64)) -> Vec<Row> {
    let gaps = PACES.iter().map(|(_, gap)| *gap);
    let row = |(comparison, gap): (Comparison, Option<u64>)| {
        let pace = gap.map_or("back to back".to_owned(), |it| format!("{it} ms apart"));
        comparison.row(&format!("{name}, {pace}"), goal)
    };
    paces.into_iter().zip(gaps).map(row).collect()
}

/// Buys and sells in turn, so that nothing piles up.
pub(super) fn ticket(number: u64) -> Result<Ticket> {
    Ok(Ticket {
        account: AccountId::try_from("SIM-1")?,
        item: ITEM.parse()?,
        side: if number.is_multiple_of(2) { Side::Buy } else { Side::Sell },
        kind: Kind::Market,
        price: None,
        stop_price: None,
        quantity: Quantity::ONE,
        time_in_force: TimeInForce::Ioc,
        open_close: OpenClose::Auto,
        day_trade: false,
        note: Note::default(),
    })
}

/// A socket on a thread of its own that answers everything with as many bytes, and ends with an
/// empty request.
pub(super) struct Raw {
    pub(super) endpoint: String,
    thread: JoinHandle<zmq::Result<()>>,
}

impl Raw {
    pub(super) fn open(endpoint: &str, answer: usize) -> Result<Raw> {
        let context = Context::new();
        let guard = bare::open_guard(&context)?;
        let entrance = Entrance { domain: Domain::Orders, key: None };
        let (kind, bound) = (SocketType::ROUTER, Bound::Orders);
        let socket = socket::serve(&guard, kind, bound, entrance, endpoint)?;
        let endpoint = socket.get_last_endpoint()?;
        let endpoint = endpoint.map_err(|_| anyhow::anyhow!("an endpoint is no text"))?;
        let thread = thread::Builder::new().name("raw".to_owned()).spawn(move || {
            let _guard = guard;
            let answer = vec![1; answer];
            loop {
                let frames = socket.recv_multipart(0)?;
                let [name, _, body] = frames.as_slice() else { continue };
                socket.send(name, SNDMORE)?;
                socket.send("", SNDMORE)?;
                socket.send(&answer, 0)?;
                if body.is_empty() {
                    return Ok(());
                }
            }
        })?;
        Ok(Raw { endpoint, thread })
    }

    pub(super) fn end(self, client: &Client) -> Result<()> {
        client.ask(&[])?;
        Ok(self
            .thread
            .join()
            .map_err(|_| anyhow::anyhow!("the raw socket's thread panicked"))??)
    }
}
