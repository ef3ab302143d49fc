//! The keys of the children: made for each when it is started, gone with it.

use std::cell::Cell;

use crate::wire::birth::{ClientDoor, SignalKeys};
use crate::wire::guard::{Domain, Guard, Pass, Who};
use crate::wire::keys::PublicKey;
use crate::wire::{Badge, ChildKeys, KeyPair, Role};

/// Where a child's key is good.
const CHILD: &[Domain] = &[Domain::Orders, Domain::Events];

/// Hands keys to children, and tells the guard.
pub struct Keyring {
    guard: Guard,
    /// What the gateway's sockets show.
    gateway: PublicKey,
    /// What the executor's signal port shows; an executor that comes back shows the same, so that the
    /// strategy finds it.
    port: KeyPair,
    /// What the strategy shows there.
    strategy: KeyPair,
    clients: Option<ClientDoor>,
    started: Cell<u64>,
}

impl Keyring {
    /// Keys for a run of the machine. `gateway` is what the gateway's sockets show, `clients` what
    /// the port for v1 signals does, where it has keys.
    pub fn new(
        guard: Guard,
        gateway: PublicKey,
        clients: Option<ClientDoor>,
    ) -> zmq::Result<Keyring> {
        let (port, strategy) = (KeyPair::new()?, KeyPair::new()?);
        Ok(Keyring { guard, gateway, port, strategy, clients, started: Cell::new(0) })
    }

    /// The keys of a child that is about to be started; good when it is admitted. The venue's process
    /// speaks to nobody but its parent, over a stream of its own, and has none.
    pub fn make(&self, role: Role) -> zmq::Result<Option<ChildKeys>> {
        let gateway = Badge { server: self.gateway, own: KeyPair::new()? };
        let signals = match role {
            Role::Executor => SignalKeys::Port {
                own: self.port.clone(),
                strategy: self.strategy.public,
                clients: self.clients.clone(),
            },
            Role::Strategy => {
                SignalKeys::Strategy(Badge { server: self.port.public, own: self.strategy.clone() })
            }
            Role::Venue => return Ok(None),
        };
        Ok(Some(ChildKeys { gateway, signals }))
    }

    /// A child was started. It is told its keys after this, so it cannot come before it is known.
    pub fn admit(&self, role: Role, pid: u32, keys: &ChildKeys) {
        let generation = self.started.get() + 1;
        self.started.set(generation);
        let who = Who::Child { role, generation, pid };
        let key = keys.gateway.own.public;
        self.guard.admit(Pass { who, key, pid: Some(pid), domains: CHILD });
    }

    /// A child has ended.
    pub fn remove(&self, keys: &ChildKeys) {
        self.guard.remove(keys.gateway.own.public);
    }
}
