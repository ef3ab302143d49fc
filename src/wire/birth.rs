//! What a child is told when it is born: one record on its standard input, which then stays open for
//! what becomes of its neighbor. Its end is the order to stop.

use std::io::{self, Read};

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::frame::{FRAME_BYTES_MAX, PROTOCOL};
use super::keys::{Badge, KeyPair, PublicKey};
use super::request::Role;
use super::venue::PluginSeat;

/// Where the machine's sockets are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Endpoints {
    /// The gateway's events.
    pub events: String,
    /// The gateway's order port for our own processes.
    pub orders: String,
    /// The executor's signal port for our own strategy.
    pub signals: String,
    /// The executor's signal port for v1 strategies; only where it may be open.
    pub v1_signals: Option<String>,
}

/// What a child shows at the doors of the machine, made for this one process.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChildKeys {
    /// At the gateway's events and orders.
    pub gateway: Badge,
    /// At the executor's signal port.
    pub signals: SignalKeys,
}

/// The two ends of the signal port.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum SignalKeys {
    /// The executor's, which others connect to.
    Port {
        /// What it shows.
        own: KeyPair,
        /// The strategy that is there already.
        strategy: Option<Visitor>,
        /// Keys at the port for v1 strategies; `None` where that is plain.
        clients: Option<ClientDoor>,
    },
    /// The strategy's.
    Strategy(Badge),
}

/// A strategy, as the executor lets it in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Visitor {
    /// What it shows.
    pub key: PublicKey,
    /// Its process.
    pub pid: u32,
    /// A later one has a higher number.
    pub generation: u64,
}

/// What a child is told after its birth.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Told {
    /// To the executor: a strategy was started.
    Visitor(Visitor),
    /// To the executor: a strategy has ended.
    Gone {
        /// What it showed.
        key: PublicKey,
    },
    /// To the strategy: an executor was started.
    Port {
        /// What its signal port shows.
        key: PublicKey,
    },
}

/// A frame with its length in four bytes before it, as it stands on standard input.
pub fn record(frame: &[u8]) -> Zeroizing<Vec<u8>> {
    let length = u32::try_from(frame.len()).unwrap_or(u32::MAX).to_be_bytes();
    Zeroizing::new([&length[..], frame].concat())
}

/// Reads one record; an error at the end of the input, too.
pub fn read_record(mut input: impl Read) -> io::Result<Zeroizing<Vec<u8>>> {
    let mut length = [0; 4];
    input.read_exact(&mut length)?;
    let length = usize::try_from(u32::from_be_bytes(length)).unwrap_or(usize::MAX);
    if length > FRAME_BYTES_MAX {
        let text = format!("a record of {length} bytes is too long");
        return Err(io::Error::new(io::ErrorKind::InvalidData, text));
    }
    let mut frame = Zeroizing::new(vec![0; length]);
    input.read_exact(&mut frame)?;
    Ok(frame)
}

/// A port for programs with keys of their own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClientDoor {
    /// What it shows.
    pub own: KeyPair,
    /// The folder with the certificates of those who are let in.
    pub folder: String,
}

/// What a child needs to know. Never a credential of the venue's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Birth {
    /// The protocol that the parent speaks.
    pub protocol: u32,
    /// Which child this is to be.
    pub role: Role,
    /// The parent's process.
    pub parent: u32,
    /// Where the sockets are.
    pub endpoints: Endpoints,
    /// How often the child says that it lives, in milliseconds.
    pub beat_ms: u64,
    /// How long an answer may take, in milliseconds.
    pub request_timeout_ms: u64,
    /// How often a request is repeated, each time under the same request id.
    pub retry_count: u32,
    /// Lots of a v1 signal's order.
    pub v1_quantity: aftm_domain::Quantity,
    /// What it shows at the doors of the machine; a child of the bench may go without.
    pub keys: Option<ChildKeys>,
    /// The plug-in that the venue's process loads.
    pub plugin: Option<PluginSeat>,
}

impl Birth {
    /// Whether parent and child speak the same protocol.
    pub const fn is_spoken(&self) -> bool {
        self.protocol == PROTOCOL
    }
}
