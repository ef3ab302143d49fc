//! The gateway's sockets: bound in one place, owned by the serving thread.

use zmq::{Context, Socket, SocketType};

use crate::wire::Endpoints;
use crate::wire::socket::{self, Bound};

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
    pub ticks: Socket,
    /// The feed's thread.
    pub wake: Socket,
}

impl Sockets {
    /// Binds them all, or none.
    pub fn open(
        context: &Context,
        ours: &Endpoints,
        doors: &Doors,
    ) -> Result<Sockets, SocketError> {
        let open = |what, kind, bound, endpoint: &str| {
            socket::bind(context, kind, bound, endpoint).map_err(|error| SocketError {
                what,
                endpoint: endpoint.to_owned(),
                error,
            })
        };
        let tcp = |port: u16| match port {
            0 => format!("tcp://{}:*", doors.host),
            port => format!("tcp://{}:{port}", doors.host),
        };
        let (router, publisher) = (SocketType::ROUTER, SocketType::PUB);
        let ticks = open("the tick port", publisher, Bound::Events, &tcp(doors.ticks))?;
        let clients = doors
            .orders
            .map(|port| open("the order port for v1 clients", router, Bound::Orders, &tcp(port)));
        let clients = clients.transpose()?;
        let events = open("the events", publisher, Bound::Events, &ours.events)?;
        events.bind(DESK_EVENTS).map_err(|error| SocketError {
            what: "the events",
            endpoint: DESK_EVENTS.to_owned(),
            error,
        })?;
        Ok(Sockets {
            desk: open("the desk's port", router, Bound::Orders, DESK)?,
            children: open("the order port", router, Bound::Orders, &ours.orders)?,
            clients,
            events,
            ticks,
            wake: open("the feed's bell", SocketType::PULL, Bound::Orders, WAKE)?,
        })
    }

    /// The ports that v1 ticks and orders got.
    pub fn ports(&self) -> (Option<u16>, Option<u16>) {
        (socket::port(&self.ticks), self.clients.as_ref().and_then(socket::port))
    }
}
