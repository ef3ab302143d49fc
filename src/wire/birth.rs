//! What a child is told when it is born: one record on its standard input, which then stays open for
//! what becomes of its neighbor. Its end is the order to stop.

use std::io::{self, Read};

use rustix::io::Errno;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::frame::{FRAME_BYTES_MAX, PROTOCOL};
use super::guard::{Domain, Pass, Process, Proof, Who};
use super::keys::KeyPair;
use super::role::Role;
use super::token::Token;
use super::venue::PluginSeat;

/// Where the machine's sockets are.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
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

/// A child that trades, as the machine tells the other of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Neighbor {
    /// What it is.
    pub role: Role,
    /// Its process.
    pub pid: u32,
    /// A later one has a higher number.
    pub generation: u64,
    /// What it shows.
    pub token: Token,
}

impl Neighbor {
    /// What lets it in to the other, and lets the other call it; none where it has ended already.
    pub fn pass(&self) -> Option<Pass> {
        let domains: &[Domain] = match self.role {
            Role::Strategy => &[Domain::Signals],
            Role::Executor => &[Domain::Executor],
            Role::Venue => &[],
        };
        match Process::open(self.pid) {
            Ok(process) => {
                let proof = Proof::Process(process);
                Some(Pass { who: self.who(), proof, domains })
            }
            Err(error) if error.raw_os_error() == Some(Errno::SRCH.raw_os_error()) => None,
            Err(error) => {
                log::error!("the {} cannot be told from strangers: {error}", self.role);
                None
            }
        }
    }

    /// Who that is to the guard.
    pub fn who(&self) -> Who {
        let Neighbor { role, pid, generation, token } = self.clone();
        Who::Child { role, generation, pid, token, connection: 0 }
    }
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
    /// What it shows to the gateway, and with its signals; the venue's process shows nothing.
    pub token: Option<Token>,
    /// The other child that trades, where it is there already. Whoever comes later is told later: a
    /// [`Neighbor`] each.
    pub neighbor: Option<Neighbor>,
    /// Keys at the executor's port for v1 strategies; `None` where that is plain.
    pub clients: Option<ClientDoor>,
    /// The plug-in that the venue's process loads.
    pub plugin: Option<PluginSeat>,
}

impl Birth {
    /// What this process tells a child that knows nobody else, with the usual patience.
    pub fn new(role: Role, endpoints: Endpoints) -> Birth {
        Birth {
            protocol: PROTOCOL,
            role,
            parent: std::process::id(),
            endpoints,
            beat_ms: 250,
            request_timeout_ms: 5_000,
            retry_count: 0,
            v1_quantity: aftm_domain::Quantity::ONE,
            token: None,
            neighbor: None,
            clients: None,
            plugin: None,
        }
    }

    /// Whether parent and child speak the same protocol.
    pub const fn is_spoken(&self) -> bool {
        self.protocol == PROTOCOL
    }

    /// Who may be at the other end of this child's sockets, as far as it is known at its birth.
    ///
    /// # Errors
    ///
    /// Where the parent is gone, or the system does not let us ask.
    pub fn passes(&self) -> io::Result<Vec<Pass>> {
        let (who, domains) = (Who::Machine, &[Domain::Machine] as &[Domain]);
        let proof = Proof::Process(Process::open(self.parent)?);
        let machine = Pass { who, proof, domains };
        let neighbor = self.neighbor.as_ref().and_then(Neighbor::pass);
        Ok([machine].into_iter().chain(neighbor).collect())
    }
}
