//! The gateway's sockets: bound in one place, owned by the serving thread.

use zmq::{Socket, SocketType};

use super::board::Board;
use crate::wire::clients::ClientKeys;
use crate::wire::socket::{self, Bound, Entrance};
use crate::wire::{Domain, Endpoints, Guard, KeyPair};

/// Where the desk of the same process asks.
pub const DESK: &str = "inproc://orders";
/// Where the desk of the same process listens.
pub const DESK_EVENTS: &str = "inproc://events";
/// Where the feed's thread wakes the loop.
pub const WAKE: &str = "inproc://wake";

/// Ports for programs of others, on one address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Doors {
    /// The address.
    pub host: String,
    /// v1 ticks; 0 picks a free port.
    pub ticks: u16,
    /// v1 orders; `None` where they are not served.
    pub orders: Option<u16>,
}

/// What the sockets show to those who connect.
#[derive(Debug)]
pub struct Locks {
    /// To programs with keys of their own; `None` where the ports for programs are plain.
    pub clients: Option<KeyPair>,
    /// The keys of those programs.
    pub client_keys: Option<ClientKeys>,
    /// Whether ticks are for those programs only, because they reach beyond this computer.
    pub are_ticks_locked: bool,
}

/// Why a socket cannot be had.
#[derive(Debug, thiserror::Error)]
#[error("cannot open {what} at {endpoint}: {error}")]
pub struct SocketError {
    /// What it is for.
    pub what: &'static str,
    /// Where.
    pub endpoint: String,
    /// What the system says.
    pub error: zmq::Error,
}

impl SocketError {
    /// Somebody else has the port.
    pub fn is_taken(&self) -> bool {
        self.error == zmq::Error::EADDRINUSE
    }

    /// The TCP port, where it is one.
    pub fn port(&self) -> Option<u16> {
        self.endpoint.strip_prefix("tcp://")?.rsplit_once(':')?.1.parse().ok()
    }
}

/// The gateway's sockets.
pub struct Sockets {
    /// The desk.
    pub desk: Socket,
    /// Our children.
    pub children: Socket,
    /// v1 clients.
    pub clients: Option<Socket>,
    /// Events for all who may hear them.
    pub events: Socket,
    /// v1 ticks.
    pub ticks: Board,
    /// The feed's thread.
    pub wake: Socket,
    /// Who may speak to `clients`; `None` where that is plain.
    pub client_keys: Option<ClientKeys>,
}

impl Sockets {
    /// Binds them all, or none.
    pub fn open(
        guard: &Guard,
        ours: &Endpoints,
        doors: &Doors,
        locks: Locks,
    ) -> Result<Sockets, SocketError> {
        let failed = |what, endpoint: &str| {
            let endpoint = endpoint.to_owned();
            move |error| SocketError { what, endpoint, error }
        };
        let serve = |what, kind, bound, domain, key: Option<&KeyPair>, endpoint: &str| {
            let entrance = Entrance { domain, key };
            socket::serve(guard, kind, bound, entrance, endpoint).map_err(failed(what, endpoint))
        };
        let bind = |what, kind, endpoint: &str| {
            socket::bind(guard.context(), kind, Bound::Orders, endpoint)
                .map_err(failed(what, endpoint))
        };
        let tcp = |port: u16| match port {
            0 => format!("tcp://{}:*", doors.host),
            port => format!("tcp://{}:{port}", doors.host),
        };
        let (router, publisher) = (SocketType::ROUTER, SocketType::PUB);
        let outer = locks.clients.as_ref();
        let (what, key) = ("the tick port", outer.filter(|_| locks.are_ticks_locked));
        let at = tcp(doors.ticks);
        let ticks = Board::open(guard, key, &at).map_err(failed(what, &at))?;
        let clients = doors.orders.map(|port| {
            let (what, at) = ("the order port for v1 clients", tcp(port));
            serve(what, router, Bound::Orders, Domain::ClientOrders, outer, &at)
        });
        let clients = clients.transpose()?;
        let (what, at) = ("the events", ours.events.as_str());
        let events = serve(what, publisher, Bound::Events, Domain::Events, None, at)?;
        events.bind(DESK_EVENTS).map_err(failed(what, DESK_EVENTS))?;
        let (what, at) = ("the order port", ours.orders.as_str());
        let children = serve(what, router, Bound::Orders, Domain::Orders, None, at)?;
        let desk = bind("the desk's port", router, DESK)?;
        let wake = bind("the feed's bell", SocketType::PULL, WAKE)?;
        let client_keys = locks.client_keys;
        Ok(Sockets { desk, children, clients, events, ticks, wake, client_keys })
    }

    /// Whether any program of this computer may order.
    pub const fn is_plain(&self) -> bool {
        self.clients.is_some() && self.client_keys.is_none()
    }

    /// The ports that v1 ticks and orders got.
    pub fn ports(&self) -> (Option<u16>, Option<u16>) {
        (self.ticks.port(), self.clients.as_ref().and_then(socket::port))
    }
}
