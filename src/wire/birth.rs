//! What a child is told when it is born: one record on its standard input, which then stays open.
//! Its end is the order to stop.

use serde::{Deserialize, Serialize};

use super::frame::PROTOCOL;
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

/// What a child shows at the doors of the machine, made for this one run of it.
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
        /// The only one that it lets in.
        strategy: PublicKey,
        /// Keys at the port for v1 strategies; `None` where that is plain.
        clients: Option<ClientDoor>,
    },
    /// The strategy's.
    Strategy(Badge),
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
