//! The one place that makes sockets, so that each has its bounds, and each that other processes can
//! reach has a guard.

use std::net::IpAddr;

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
/// Ports, where a peer may be on another computer.
const TCP: &str = "tcp://";
/// Messages kept for a slow subscriber before the newest are dropped: ticks of a recorded day run at
/// most 4,096 ahead, so that nothing of it can be lost. The publisher is not told of a drop; whoever
/// listens to ours sees a gap in the numbers, and programs on the v1 tick port get what they can
/// take. To wait for the slowest would let any one of them starve the strategy.
pub const EVENTS_KEPT_MAX: i32 = 100_000;
/// Requests, replies or signals kept for a peer; ten thousand is a flood, not a day.
const KEPT_MAX: i32 = 10_000;

/// The same of each program of others that is connected: what it sends beyond that waits at its own
/// end. Times the largest message it is what a stranger can have kept.
const PROGRAM_KEPT_MAX: i32 = 256;
/// The same of each subscriber for ticks, which sends nothing but what it wants to hear.
const TOPICS_KEPT_MAX: i32 = 16;
/// The largest message of a subscriber, in bytes: a topic, or a part of the handshake. The library
/// keeps some forty bytes for each of a topic.
const TOPIC_BYTES_MAX: i64 = 1_024;
/// How often a peer that may be on another computer is asked whether it is there, and how long it may
/// say nothing, in milliseconds. The system tells at once that one of this computer has ended, and
/// whether a child of ours answers is for its parent to judge.
const HEARTBEAT_MS: (i32, i32) = (500, 1_500);

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
    /// The key that it shows, and with which it speaks; `None` where it is open and plain, which the
    /// guard must know, or where the kernel's word on a process is enough.
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
    match entrance.domain {
        Domain::Ticks => {
            socket.set_rcvhwm(TOPICS_KEPT_MAX)?;
            socket.set_maxmsgsize(TOPIC_BYTES_MAX)?;
        }
        Domain::ClientSignals | Domain::ClientOrders => socket.set_rcvhwm(PROGRAM_KEPT_MAX)?,
        Domain::Events | Domain::Signals | Domain::Orders | Domain::Control => (),
        // These are called, and served by nobody.
        Domain::Machine | Domain::Executor => return Err(zmq::Error::EINVAL),
    }
    if let Some(key) = entrance.key {
        socket.set_curve_server(true)?;
        socket.set_curve_publickey(key.public.bytes())?;
        socket.set_curve_secretkey(key.secret.reveal())?;
        if is_open_to_others(endpoint) {
            socket.set_heartbeat_ivl(HEARTBEAT_MS.0)?;
            socket.set_heartbeat_timeout(HEARTBEAT_MS.1)?;
        }
    }
    socket.bind(endpoint)?;
    Ok(socket)
}

/// Whether a peer of an endpoint may be on another computer.
fn is_open_to_others(endpoint: &str) -> bool {
    let address = endpoint.strip_prefix(TCP).and_then(|it| it.rsplit_once(':'));
    address.is_some_and(|(host, _)| {
        let host = host.trim_matches(['[', ']']);
        !host.parse::<IpAddr>().is_ok_and(|it| it.is_loopback())
    })
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

/// A socket connected to a process that the guard admits to `whom`; to any other that has taken its
/// place nothing is said. Both ends have the kernel's word on each other.
pub fn call(
    guard: &Guard,
    kind: SocketType,
    bound: Bound,
    whom: Domain,
    endpoint: &str,
) -> zmq::Result<Socket> {
    let socket = make(guard.context(), kind, bound)?;
    socket.set_zap_domain(whom.word())?;
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

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use aftm_domain::Stamp;

    use super::*;
    use crate::wire::guard::Rules;

    fn guard() -> Guard {
        let clock = Box::new(|| Stamp(0));
        let (open, passes, clients) = (Domain::ALL.to_vec(), Vec::new(), None);
        Guard::start(&Context::new(), Rules { open, passes, clients, clock }).unwrap()
    }

    fn door(guard: &Guard, domain: Domain, key: Option<&KeyPair>, host: &str) -> Socket {
        let entrance = Entrance { domain, key };
        let kind = if domain == Domain::Ticks { SocketType::XPUB } else { SocketType::ROUTER };
        serve(guard, kind, Bound::Orders, entrance, &format!("tcp://{host}:*")).unwrap()
    }

    #[test]
    fn a_stranger_can_have_little_kept() {
        let guard = guard();
        for domain in [Domain::ClientOrders, Domain::ClientSignals, Domain::Ticks] {
            let door = door(&guard, domain, None, "127.0.0.1");
            let kept = i64::from(door.get_rcvhwm().unwrap()) * door.get_maxmsgsize().unwrap();
            assert!(kept <= 16 * 1_024 * 1_024, "{domain:?} keeps {kept} bytes of a peer");
            assert_eq!(door.get_handshake_ivl().unwrap(), HANDSHAKE_MS, "{domain:?}");
        }
    }

    #[test]
    fn only_who_may_be_elsewhere_is_asked_whether_it_is_there() {
        let (guard, key) = (guard(), KeyPair::new().unwrap());
        for domain in [Domain::ClientOrders, Domain::Ticks] {
            let with = door(&guard, domain, Some(&key), "0.0.0.0");
            let beats = (with.get_heartbeat_ivl().unwrap(), with.get_heartbeat_timeout().unwrap());
            assert_eq!(beats, HEARTBEAT_MS);
            for key in [None, Some(&key)] {
                let here = door(&guard, domain, key, "127.0.0.1");
                assert_eq!(here.get_heartbeat_ivl().unwrap(), 0);
            }
        }
    }
}
