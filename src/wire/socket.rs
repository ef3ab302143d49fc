//! The one place that makes sockets, so that each has its bounds, and each that other processes can
//! reach has a guard.

use zmq::{Context, Socket, SocketType};

use super::guard::{Domain, Guard};
use super::keys::{Badge, KeyPair};

/// The largest message taken from anybody, in bytes; a peer that sends more is cut off.
const MESSAGE_BYTES_MAX: i64 = super::frame::FRAME_BYTES_MAX as i64;
/// How long a peer may take to shake hands, in milliseconds: silent peers do not pile up.
const HANDSHAKE_MS: i32 = 1_000;
/// The first and the longest pause before a lost peer is called again, in milliseconds.
const RECONNECT_MS: (i32, i32) = (5, 500);
/// Names within the process.
const INPROC: &str = "inproc://";
/// Messages kept for a slow subscriber before the newest are dropped: ticks of a recorded day run at
/// most 4,096 ahead, so that nothing of it can be lost. The publisher is not told of a drop; whoever
/// listens to ours sees a gap in the numbers, and programs on the v1 tick port get what they can
/// take. To wait for the slowest would let any one of them starve the strategy.
pub const EVENTS_KEPT_MAX: i32 = 100_000;
/// Requests, replies or signals kept for a peer; ten thousand is a flood, not a day.
const KEPT_MAX: i32 = 10_000;

/// How a socket's queue is bounded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bound {
    /// Requests, replies, signals.
    Orders,
    /// Events and ticks.
    Events,
}

fn make(context: &Context, kind: SocketType, bound: Bound) -> zmq::Result<Socket> {
    let socket = context.socket(kind)?;
    let kept = match bound {
        Bound::Orders => KEPT_MAX,
        Bound::Events => EVENTS_KEPT_MAX,
    };
    socket.set_sndhwm(kept)?;
    socket.set_rcvhwm(kept)?;
    socket.set_maxmsgsize(MESSAGE_BYTES_MAX)?;
    socket.set_handshake_ivl(HANDSHAKE_MS)?;
    socket.set_reconnect_ivl(RECONNECT_MS.0)?;
    socket.set_reconnect_ivl_max(RECONNECT_MS.1)?;
    socket.set_linger(0)?;
    if kind == SocketType::ROUTER {
        // A reply to a client that is gone is told to us instead of vanishing.
        socket.set_router_mandatory(true)?;
    }
    Ok(socket)
}

/// A socket bound to a name within this process (`inproc:`), which no other can reach. Any other
/// endpoint is refused: `serve` is for those.
pub fn bind(
    context: &Context,
    kind: SocketType,
    bound: Bound,
    endpoint: &str,
) -> zmq::Result<Socket> {
    if !endpoint.starts_with(INPROC) {
        return Err(zmq::Error::EPROTONOSUPPORT);
    }
    let socket = make(context, kind, bound)?;
    socket.bind(endpoint)?;
    Ok(socket)
}

/// What a socket for others is for, and what it asks of them.
#[derive(Clone, Copy, Debug)]
pub struct Entrance<'a> {
    /// What it is for.
    pub domain: Domain,
    /// The key that it shows, and with which it speaks; `None` where it is open and plain. The guard
    /// must know that it is.
    pub key: Option<&'a KeyPair>,
}

/// A socket that other processes can reach, bound to an endpoint. A port of 0 picks a free one;
/// `last_endpoint` tells it. Whoever connects is judged by the guard; the domain alone makes libzmq
/// refuse peers that only look like ZMTP, such as a browser that posts to a loopback port.
pub fn serve(
    guard: &Guard,
    kind: SocketType,
    bound: Bound,
    entrance: Entrance<'_>,
    endpoint: &str,
) -> zmq::Result<Socket> {
    let socket = make(guard.context(), kind, bound)?;
    socket.set_zap_domain(entrance.domain.word())?;
    if let Some(key) = entrance.key {
        socket.set_curve_server(true)?;
        socket.set_curve_publickey(key.public.bytes())?;
        socket.set_curve_secretkey(key.secret.reveal())?;
    }
    socket.bind(endpoint)?;
    Ok(socket)
}

/// A socket connected to an endpoint.
pub fn connect(
    context: &Context,
    kind: SocketType,
    bound: Bound,
    endpoint: &str,
) -> zmq::Result<Socket> {
    let socket = make(context, kind, bound)?;
    socket.connect(endpoint)?;
    Ok(socket)
}

/// A socket connected to one whose key is known, and which knows ours.
pub fn connect_with(
    context: &Context,
    kind: SocketType,
    bound: Bound,
    badge: &Badge,
    endpoint: &str,
) -> zmq::Result<Socket> {
    let socket = make(context, kind, bound)?;
    socket.set_curve_serverkey(badge.server.bytes())?;
    socket.set_curve_publickey(badge.own.public.bytes())?;
    socket.set_curve_secretkey(badge.own.secret.reveal())?;
    socket.connect(endpoint)?;
    Ok(socket)
}

/// The port that a bound TCP socket got.
pub fn port(socket: &Socket) -> Option<u16> {
    let endpoint = socket.get_last_endpoint().ok()?.ok()?;
    endpoint.rsplit_once(':')?.1.parse().ok()
}
