//! Clients of the order port, on threads of their own, that give up early and send the same again
//! until they are answered: as the earlier machine's did, without a name for the request, and with
//! one.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use anyhow::{Context as _, Result, anyhow};
use serde_json::{Value, json};
use zmq::{POLLIN, SocketType};

/// How long one try waits, in milliseconds: longer than any process takes to come back, because a
/// reply that crosses the giving up of a client without names counts as delivered.
const TRY_MS: i64 = 500;
/// The pause between two orders.
const PAUSE: Duration = Duration::from_millis(3);

/// An order that a client wanted, and what it was told in the end.
pub(super) struct Wanted {
    /// Its remark, which no other order has.
    pub(super) note: String,
    pub(super) tries: u32,
    /// The machine's number of it, or why there is none. `None` where nobody answered to the end.
    pub(super) told: Option<Result<String, String>>,
}

/// A client at work.
pub(super) struct Client {
    is_over: Arc<AtomicBool>,
    thread: JoinHandle<Result<Vec<Wanted>>>,
}

impl Client {
    /// Starts one; `is_named` where it names its requests.
    pub(super) fn start(name: String, port: u16, is_named: bool) -> Result<Client> {
        let is_over = Arc::new(AtomicBool::new(false));
        let flag = is_over.clone();
        let work = move || trade(&name, port, is_named, &flag);
        let thread = thread::Builder::new().name("client".to_owned()).spawn(work)?;
        Ok(Client { is_over, thread })
    }

    /// Lets it finish what it began; everything that it wanted.
    pub(super) fn finish(self) -> Result<Vec<Wanted>> {
        self.is_over.store(true, Ordering::Relaxed);
        self.thread.join().map_err(|_| anyhow!("a client's thread panicked"))?
    }
}

fn trade(name: &str, port: u16, is_named: bool, is_over: &AtomicBool) -> Result<Vec<Wanted>> {
    let context = zmq::Context::new();
    let mut all = Vec::new();
    while !is_over.load(Ordering::Relaxed) {
        let note = format!("{name}-{}", all.len());
        let order = order(&note, all.len(), is_named.then_some(note.as_str()));
        let mut wanted = Wanted { note, tries: 0, told: None };
        // Five seconds of trying after everything came to rest, and no more.
        let mut left = 5_000 / TRY_MS;
        while wanted.told.is_none() && left > 0 {
            left -= i64::from(is_over.load(Ordering::Relaxed));
            wanted.tries += 1;
            wanted.told = attempt(&context, port, order.as_bytes())?;
        }
        all.push(wanted);
        thread::park_timeout(PAUSE);
    }
    Ok(all)
}

/// Buys and sells in turn, at the market and resting far away.
fn order(note: &str, count: usize, request: Option<&str>) -> String {
    let side = if count.is_multiple_of(2) { "buy" } else { "sell" };
    let mut parameters = json!({
        "order_account": "SIM-1", "item_code": "TXFH1", "side": side, "order_type": "Market",
        "quantity": 1, "time_in_force": "IOC", "price": 0, "open_close": "AUTO", "day_trade": "N",
        "note": note,
    });
    if count % 8 > 5 {
        let resting = json!({ "order_type": "Limit", "time_in_force": "ROD",
                              "price": if side == "buy" { 16_000 } else { 19_000 } });
        merge(&mut parameters, resting);
    }
    if let Some(request) = request {
        merge(&mut parameters, json!({ "request_id": request }));
    }
    json!({ "operation": "send_order", "parameters": parameters }).to_string()
}

fn merge(into: &mut Value, more: Value) {
    if let (Value::Object(into), Value::Object(more)) = (into, more) {
        into.extend(more);
    }
}

/// One try on a socket of its own, which is closed whatever comes.
fn attempt(
    context: &zmq::Context,
    port: u16,
    order: &[u8],
) -> Result<Option<Result<String, String>>> {
    let socket = context.socket(SocketType::REQ)?;
    socket.set_linger(0)?;
    socket.connect(&format!("tcp://127.0.0.1:{port}"))?;
    socket.send(order, 0)?;
    if socket.poll(POLLIN, TRY_MS)? == 0 {
        return Ok(None);
    }
    let reply: Value = serde_json::from_slice(&socket.recv_bytes(0)?).context("a reply is JSON")?;
    let text = |pointer: &str| {
        reply.pointer(pointer).and_then(Value::as_str).map(str::to_owned).unwrap_or_default()
    };
    let is_sent = reply.pointer("/data/is_send_order").and_then(Value::as_bool) == Some(true);
    if is_sent {
        return Ok(Some(Ok(text("/data/order_serial"))));
    }
    let codes = [text("/error_code"), text("/data/error_code")];
    let code = codes.into_iter().find(|it| !it.is_empty()).unwrap_or_else(|| reply.to_string());
    match code.as_str() {
        // It is known, and will be known: the same as a number.
        "IN_DOUBT" => Ok(Some(Ok(text("/order_serial")))),
        // Nothing was done: a client that wants to trade asks again.
        "JOURNAL_UNAVAILABLE" => Ok(None),
        _ => Ok(Some(Err(code))),
    }
}
