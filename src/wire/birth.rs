//! What a child is told when it is born: one record on its standard input, which then stays open.
//! Its end is the order to stop.

use serde::{Deserialize, Serialize};

use super::frame::PROTOCOL;
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

/// What a child needs to know. Never a credential.
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
    /// The plug-in that the venue's process loads.
    pub plugin: Option<PluginSeat>,
}

impl Birth {
    /// Whether parent and child speak the same protocol.
    pub const fn is_spoken(&self) -> bool {
        self.protocol == PROTOCOL
    }
}
