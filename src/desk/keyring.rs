//! The keys of the children: made for each when it is started, gone with it.

use std::cell::{Cell, RefCell};

use crate::wire::birth::{ClientDoor, SignalKeys, Told, Visitor};
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
    port: RefCell<Port>,
    clients: Option<ClientDoor>,
    started: Cell<u64>,
}

/// Both ends of the executor's signal port, as they are now.
struct Port {
    /// What it shows.
    own: KeyPair,
    /// An executor has it.
    is_given: bool,
    /// The strategy that may signal there.
    strategy: Option<Visitor>,
}

/// What is to be told to another child.
pub(super) type News = (Role, Told);

impl Keyring {
    /// Keys for a run of the machine. `gateway` is what the gateway's sockets show, `clients` what
    /// the port for v1 signals does, where it has keys.
    pub fn new(
        guard: Guard,
        gateway: PublicKey,
        clients: Option<ClientDoor>,
    ) -> zmq::Result<Keyring> {
        let port = Port { own: KeyPair::new()?, is_given: false, strategy: None };
        Ok(Keyring { guard, gateway, port: RefCell::new(port), clients, started: Cell::new(0) })
    }

    /// The keys of a child that is about to be started; good when it is admitted. The venue's process
    /// speaks to nobody but its parent, over a stream of its own, and has none.
    pub fn make(&self, role: Role) -> zmq::Result<Option<ChildKeys>> {
        let gateway = Badge { server: self.gateway, own: KeyPair::new()? };
        let port = &mut *self.port.borrow_mut();
        let signals = match role {
            Role::Executor => {
                // A strategy that was started before it knows the first one.
                if std::mem::replace(&mut port.is_given, true) {
                    port.own = KeyPair::new()?;
                }
                SignalKeys::Port {
                    own: port.own.clone(),
                    strategy: port.strategy,
                    clients: self.clients.clone(),
                }
            }
            Role::Strategy => {
                SignalKeys::Strategy(Badge { server: port.own.public, own: KeyPair::new()? })
            }
            Role::Venue => return Ok(None),
        };
        Ok(Some(ChildKeys { gateway, signals }))
    }

    /// A child was started. It is told its keys after this, and after the other was told what is
    /// returned, so it cannot come before it is known.
    pub fn admit(&self, role: Role, pid: u32, keys: &ChildKeys) -> News {
        let generation = self.started.get() + 1;
        self.started.set(generation);
        let who = Who::Child { role, generation, pid };
        let key = keys.gateway.own.public;
        self.guard.admit(Pass { who, key, pid: Some(pid), domains: CHILD });
        match &keys.signals {
            SignalKeys::Strategy(badge) => {
                let visitor = Visitor { key: badge.own.public, pid, generation };
                self.port.borrow_mut().strategy = Some(visitor);
                (Role::Executor, Told::Visitor(visitor))
            }
            SignalKeys::Port { own, .. } => (Role::Strategy, Told::Port { key: own.public }),
        }
    }

    /// A child has ended: its keys open nothing any more.
    pub fn remove(&self, keys: &ChildKeys) -> Option<News> {
        self.guard.remove(keys.gateway.own.public);
        let SignalKeys::Strategy(badge) = &keys.signals else { return None };
        let key = badge.own.public;
        let strategy = &mut self.port.borrow_mut().strategy;
        // Another may have been started before the end of this one was told.
        if strategy.is_some_and(|it| it.key == key) {
            *strategy = None;
        }
        Some((Role::Executor, Told::Gone { key }))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use aftm_domain::Stamp;

    use super::*;
    use crate::wire::guard::Rules;

    fn keyring() -> Keyring {
        let context = zmq::Context::new();
        let (open, passes, clients) = (Vec::new(), Vec::new(), None);
        let rules = Rules { open, passes, clients, clock: Box::new(|| Stamp(0)) };
        let guard = Guard::start(&context, rules).unwrap();
        Keyring::new(guard, KeyPair::new().unwrap().public, None).unwrap()
    }

    fn started(keyring: &Keyring, role: Role, pid: u32) -> (ChildKeys, News) {
        let keys = keyring.make(role).unwrap().unwrap();
        let news = keyring.admit(role, pid, &keys);
        (keys, news)
    }

    fn port(keys: &ChildKeys) -> (PublicKey, Option<Visitor>) {
        let SignalKeys::Port { own, strategy, .. } = &keys.signals else { unreachable!() };
        (own.public, *strategy)
    }

    fn badge(keys: &ChildKeys) -> (PublicKey, PublicKey) {
        let SignalKeys::Strategy(badge) = &keys.signals else { unreachable!() };
        (badge.server, badge.own.public)
    }

    #[test]
    fn no_two_processes_show_the_same_key_anywhere() {
        let keyring = keyring();
        let mut seen = std::collections::HashSet::new();
        for pid in 1..4 {
            let (executor, _) = started(&keyring, Role::Executor, pid);
            let (strategy, _) = started(&keyring, Role::Strategy, pid + 10);
            let keys = [executor.gateway.own.public, strategy.gateway.own.public];
            let all = [port(&executor).0, badge(&strategy).1].into_iter().chain(keys);
            assert!(all.into_iter().all(|it| seen.insert(it)));
        }
    }

    #[test]
    fn an_executor_is_told_of_the_strategy_that_is_there_and_of_each_that_comes_and_goes() {
        let keyring = keyring();
        let (first, _) = started(&keyring, Role::Executor, 1);
        assert_eq!(port(&first).1, None);
        let (strategy, news) = started(&keyring, Role::Strategy, 2);
        let visitor = Visitor { key: badge(&strategy).1, pid: 2, generation: 2 };
        assert_eq!(news, (Role::Executor, Told::Visitor(visitor)));
        let (second, _) = started(&keyring, Role::Executor, 3);
        assert_eq!(port(&second).1, Some(visitor));
        let gone = Told::Gone { key: visitor.key };
        assert_eq!(keyring.remove(&strategy), Some((Role::Executor, gone)));
        assert_eq!(port(&started(&keyring, Role::Executor, 4).0).1, None);
    }

    #[test]
    fn a_strategy_is_told_where_to_find_each_executor_that_comes_after_it() {
        let keyring = keyring();
        let (strategy, _) = started(&keyring, Role::Strategy, 1);
        let (executor, news) = started(&keyring, Role::Executor, 2);
        assert_eq!(badge(&strategy).0, port(&executor).0);
        assert_eq!(news, (Role::Strategy, Told::Port { key: port(&executor).0 }));
        let (executor, news) = started(&keyring, Role::Executor, 3);
        assert_ne!(badge(&strategy).0, port(&executor).0);
        assert_eq!(news, (Role::Strategy, Told::Port { key: port(&executor).0 }));
        assert_eq!(keyring.remove(&executor), None);
    }

    #[test]
    fn the_end_of_an_earlier_strategy_takes_nothing_from_the_next() {
        let keyring = keyring();
        let (earlier, _) = started(&keyring, Role::Strategy, 1);
        let (later, _) = started(&keyring, Role::Strategy, 2);
        keyring.remove(&earlier);
        let (executor, _) = started(&keyring, Role::Executor, 3);
        assert_eq!(port(&executor).1.unwrap().key, badge(&later).1);
    }
}
