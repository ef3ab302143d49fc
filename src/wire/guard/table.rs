//! Who may come in where: a pure decision over what the library tells of a connection.

use std::collections::HashMap;

use aftm_domain::Stamp;

use super::who::{Domain, Who};
use crate::wire::clients::ClientKeys;
use crate::wire::keys::PublicKey;

/// What lets somebody in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pass {
    /// Whose it is.
    pub who: Who,
    /// The key that proves it.
    pub key: PublicKey,
    /// The only process that may use it, where that is known.
    pub pid: Option<u32>,
    /// Where it is good.
    pub domains: &'static [Domain],
}

/// A change of the table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Change {
    Admit(Pass),
    Remove(PublicKey),
}

/// A connection that asks to be let in.
#[derive(Clone, Copy, Debug)]
pub(super) struct Asked<'a> {
    pub(super) domain: &'a [u8],
    /// Where it comes from; of a local socket, with the kernel's word on the process.
    pub(super) address: &'a [u8],
    pub(super) mechanism: &'a [u8],
    pub(super) credentials: &'a [u8],
}

/// Why somebody is not let in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Refusal {
    #[error("the socket has no domain that is known")]
    UnknownDomain,
    #[error("it has no key")]
    NoKey,
    #[error("its key is not known, or no longer")]
    UnknownKey,
    #[error("its key is not good here")]
    WrongSocket,
    #[error("its key belongs to another process")]
    WrongProcess,
    #[error("it has no key, and many without one are connected")]
    Crowd,
}

/// Who may come in.
#[derive(Debug, Default)]
pub(super) struct Table {
    /// Sockets that anybody of this computer may use.
    pub(super) open: Vec<Domain>,
    pub(super) passes: HashMap<PublicKey, Pass>,
    /// Programs with keys of their own.
    pub(super) clients: Option<ClientKeys>,
}

impl Table {
    pub(super) fn apply(&mut self, change: Change) {
        match change {
            Change::Admit(pass) => drop(self.passes.insert(pass.key, pass)),
            Change::Remove(key) => drop(self.passes.remove(&key)),
        }
    }

    pub(super) fn judge(&mut self, asked: &Asked<'_>, now: Stamp) -> Result<Who, Refusal> {
        let domain = Domain::of(asked.domain).ok_or(Refusal::UnknownDomain)?;
        if asked.mechanism == b"NULL" {
            return self.open.contains(&domain).then_some(Who::Anyone).ok_or(Refusal::NoKey);
        }
        let key = <[u8; 32]>::try_from(asked.credentials).map_err(|_| Refusal::NoKey)?;
        let key = PublicKey::from(key);
        if asked.mechanism != b"CURVE" {
            return Err(Refusal::NoKey);
        }
        match self.passes.get(&key) {
            Some(pass) if !pass.domains.contains(&domain) => Err(Refusal::WrongSocket),
            Some(pass) if !is_of(pass.pid, asked.address) => Err(Refusal::WrongProcess),
            Some(pass) => Ok(pass.who.clone()),
            None => self.client(key, domain, now),
        }
    }

    fn client(&mut self, key: PublicKey, domain: Domain, now: Stamp) -> Result<Who, Refusal> {
        let clients = self.clients.as_mut().ok_or(Refusal::UnknownKey)?;
        clients.look(now);
        let client = clients.find(key).ok_or(Refusal::UnknownKey)?;
        if client.is_good(domain) {
            Ok(Who::Client(client.name.clone()))
        } else {
            Err(Refusal::WrongSocket)
        }
    }
}

/// Whether a connection is of a process. Where the system does not tell the process, the key alone
/// has to prove it.
fn is_of(pid: Option<u32>, address: &[u8]) -> bool {
    let told = attested(address);
    pid.is_none() || told.is_none() || pid == told
}

/// The process at the other end of a local socket, as the kernel tells it: `localhost:uid:gid:pid`.
fn attested(address: &[u8]) -> Option<u32> {
    let mut parts = std::str::from_utf8(address).ok()?.strip_prefix("localhost:")?.split(':');
    parts.nth(2)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::Role;
    use crate::wire::keys::KeyPair;

    const OURS: &[u8] = b"localhost:1000:1000:42";

    fn ask<'a>(domain: &'a [u8], address: &'a [u8], key: &'a PublicKey) -> Asked<'a> {
        Asked { domain, address, mechanism: b"CURVE", credentials: key.bytes() }
    }

    fn pass() -> Pass {
        let who = Who::Child { role: Role::Executor, generation: 1, pid: 42 };
        let key = KeyPair::new().unwrap().public;
        Pass { who, key, pid: Some(42), domains: &[Domain::Orders, Domain::Events] }
    }

    #[test]
    fn only_a_known_key_of_its_own_process_comes_in_where_it_is_good() {
        let (mut table, pass) = (Table::default(), pass());
        let judge = |table: &mut Table, domain: &[u8], address: &[u8], key: &PublicKey| {
            table.judge(&ask(domain, address, key), Stamp(0))
        };
        assert_eq!(judge(&mut table, b"orders", OURS, &pass.key), Err(Refusal::UnknownKey));
        table.apply(Change::Admit(pass.clone()));
        assert_eq!(judge(&mut table, b"orders", OURS, &pass.key), Ok(pass.who.clone()));
        assert_eq!(judge(&mut table, b"events", OURS, &pass.key), Ok(pass.who.clone()));
        assert_eq!(judge(&mut table, b"signals", OURS, &pass.key), Err(Refusal::WrongSocket));
        assert_eq!(judge(&mut table, b"aftm", OURS, &pass.key), Err(Refusal::UnknownDomain));
        let other = b"localhost:1000:1000:43";
        assert_eq!(judge(&mut table, b"orders", other, &pass.key), Err(Refusal::WrongProcess));
        // A system that does not tell the process leaves it to the key.
        assert_eq!(judge(&mut table, b"orders", b"localhost", &pass.key), Ok(pass.who.clone()));
        table.apply(Change::Remove(pass.key));
        assert_eq!(judge(&mut table, b"orders", OURS, &pass.key), Err(Refusal::UnknownKey));
    }

    #[test]
    fn without_a_key_only_open_sockets_are_reached() {
        let mut table = Table { open: vec![Domain::Ticks], ..Table::default() };
        let none = |domain| Asked { domain, address: b"::1", mechanism: b"NULL", credentials: b"" };
        assert_eq!(table.judge(&none(b"ticks"), Stamp(0)), Ok(Who::Anyone));
        for domain in Domain::ALL.into_iter().filter(|it| *it != Domain::Ticks) {
            let word = domain.word().as_bytes();
            assert_eq!(table.judge(&none(word), Stamp(0)), Err(Refusal::NoKey), "{domain:?}");
        }
        let pass = pass();
        table.apply(Change::Admit(pass.clone()));
        for mechanism in [&b"PLAIN"[..], b"GSSAPI", b"", b"curve"] {
            let asked = Asked { mechanism, ..ask(b"orders", OURS, &pass.key) };
            assert_eq!(table.judge(&asked, Stamp(0)), Err(Refusal::NoKey));
        }
        let short = Asked { credentials: b"short", ..ask(b"orders", OURS, &pass.key) };
        assert_eq!(table.judge(&short, Stamp(0)), Err(Refusal::NoKey));
    }
}
