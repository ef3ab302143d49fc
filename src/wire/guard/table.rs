//! Who may come in where: a pure decision over what the library tells of a connection, and over
//! which processes there are.

use aftm_domain::Stamp;

use super::process::Process;
use super::who::{Domain, Who};
use crate::wire::clients::ClientKeys;
use crate::wire::keys::PublicKey;

/// What lets somebody in.
#[derive(Clone, Debug)]
pub struct Pass {
    /// Whose it is.
    pub who: Who,
    /// What proves it.
    pub proof: Proof,
    /// Where it is good.
    pub domains: &'static [Domain],
}

/// What proves who somebody is.
#[derive(Clone, Debug)]
pub enum Proof {
    /// A key, at a socket that asks for one.
    Key(PublicKey),
    /// The kernel's word on the process at the other end of a local socket.
    Process(Process),
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
    #[error("it has no key, and is no process of this machine")]
    Stranger,
    #[error("its key is not known, or no longer")]
    UnknownKey,
    #[error("it is not good here")]
    WrongSocket,
    #[error("it has no key, and many without one are connected")]
    Crowd,
}

/// Who may come in.
#[derive(Debug, Default)]
pub(super) struct Table {
    /// Sockets that anybody of this computer may use.
    pub(super) open: Vec<Domain>,
    /// A few: the operator's, and those of the processes of the machine.
    pub(super) passes: Vec<Pass>,
    /// Programs with keys of their own.
    pub(super) clients: Option<ClientKeys>,
}

impl Table {
    /// One pass more; those of processes that have ended are forgotten.
    pub(super) fn admit(&mut self, pass: Pass) {
        self.passes.retain(|it| !matches!(&it.proof, Proof::Process(it) if it.has_ended()));
        self.passes.push(pass);
    }

    pub(super) fn judge(&mut self, asked: &Asked<'_>, now: Stamp) -> Result<Who, Refusal> {
        let domain = Domain::of(asked.domain).ok_or(Refusal::UnknownDomain)?;
        match asked.mechanism {
            b"NULL" if self.open.contains(&domain) => Ok(Who::Anyone),
            b"NULL" => {
                let pid = attested(asked.address).ok_or(Refusal::Stranger)?;
                let is_it = |it: &Proof| matches!(it, Proof::Process(it) if it.is(pid));
                self.find(is_it, domain).unwrap_or(Err(Refusal::Stranger))
            }
            b"CURVE" => {
                let key = <[u8; 32]>::try_from(asked.credentials);
                let key = PublicKey::from(key.map_err(|_| Refusal::UnknownKey)?);
                let is_it = |it: &Proof| matches!(it, Proof::Key(it) if *it == key);
                self.find(is_it, domain).unwrap_or_else(|| self.client(key, domain, now))
            }
            _ => Err(Refusal::Stranger),
        }
    }

    /// Who has such a proof, and whether it is good there; `None` where nobody has one.
    fn find(&self, is_it: impl Fn(&Proof) -> bool, domain: Domain) -> Option<Result<Who, Refusal>> {
        let mut theirs = self.passes.iter().filter(|it| is_it(&it.proof)).peekable();
        theirs.peek()?;
        let good = theirs.find(|it| it.domains.contains(&domain));
        Some(good.map(|it| it.who.clone()).ok_or(Refusal::WrongSocket))
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

/// The process at the other end of a local socket, as the kernel tells it: `localhost:uid:gid:pid`.
/// One that it cannot tell, because that runs in another namespace, is 0.
fn attested(address: &[u8]) -> Option<u32> {
    let mut parts = std::str::from_utf8(address).ok()?.strip_prefix("localhost:")?.split(':');
    parts.nth(2)?.parse().ok().filter(|it| *it > 0)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::wire::keys::KeyPair;
    use crate::wire::{Role, Token};

    /// A connection of a process, without a key.
    fn process<'a>(domain: &'a [u8], address: &'a str) -> Asked<'a> {
        Asked { domain, address: address.as_bytes(), mechanism: b"NULL", credentials: b"" }
    }

    fn key<'a>(domain: &'a [u8], key: &'a PublicKey) -> Asked<'a> {
        Asked { domain, address: b"127.0.0.1", mechanism: b"CURVE", credentials: key.bytes() }
    }

    /// The pass of this process as an executor.
    fn ours() -> Pass {
        let pid = std::process::id();
        let token = Token::new().unwrap();
        let who = Who::Child { role: Role::Executor, generation: 1, pid, token, connection: 0 };
        let proof = Proof::Process(Process::open(pid).unwrap());
        Pass { who, proof, domains: &[Domain::Orders, Domain::Events] }
    }

    fn from(pid: u32) -> String {
        format!("localhost:1000:1000:{pid}")
    }

    #[test]
    fn only_the_process_itself_comes_in_and_only_where_it_is_good() {
        let (mut table, pass, at) = (Table::default(), ours(), from(std::process::id()));
        let judge = |table: &mut Table, domain: &[u8], address: &str| {
            table.judge(&process(domain, address), Stamp(0))
        };
        assert_eq!(judge(&mut table, b"orders", &at), Err(Refusal::Stranger));
        table.admit(pass.clone());
        assert_eq!(judge(&mut table, b"orders", &at), Ok(pass.who.clone()));
        assert_eq!(judge(&mut table, b"events", &at), Ok(pass.who.clone()));
        assert_eq!(judge(&mut table, b"signals", &at), Err(Refusal::WrongSocket));
        assert_eq!(judge(&mut table, b"aftm", &at), Err(Refusal::UnknownDomain));
        // Another process, and those that the kernel does not tell.
        for other in [from(1), from(0), "localhost".to_owned(), "127.0.0.1".to_owned()] {
            assert_eq!(judge(&mut table, b"orders", &other), Err(Refusal::Stranger), "{other}");
        }
        // One more pass of the same process takes nothing from the first.
        table.admit(Pass { domains: &[Domain::Signals], ..pass.clone() });
        assert_eq!(judge(&mut table, b"signals", &at), Ok(pass.who.clone()));
        assert_eq!(judge(&mut table, b"orders", &at), Ok(pass.who));
    }

    #[test]
    fn the_number_of_a_process_that_has_ended_lets_nobody_in() {
        let mut child = std::process::Command::new("true").spawn().unwrap();
        let (mut table, at) = (Table::default(), from(child.id()));
        let proof = Proof::Process(Process::open(child.id()).unwrap());
        table.admit(Pass { proof, ..ours() });
        child.wait().unwrap();
        assert_eq!(table.judge(&process(b"orders", &at), Stamp(0)), Err(Refusal::Stranger));
        table.admit(ours());
        assert_eq!(table.passes.len(), 1, "the pass of a process that has ended is kept");
    }

    #[test]
    fn a_known_key_comes_in_where_it_is_good() {
        let (mut table, own) = (Table::default(), KeyPair::new().unwrap().public);
        assert_eq!(table.judge(&key(b"control", &own), Stamp(0)), Err(Refusal::UnknownKey));
        let (who, proof) = (Who::Operator, Proof::Key(own));
        table.admit(Pass { who, proof, domains: &[Domain::Control] });
        assert_eq!(table.judge(&key(b"control", &own), Stamp(0)), Ok(Who::Operator));
        assert_eq!(table.judge(&key(b"orders", &own), Stamp(0)), Err(Refusal::WrongSocket));
        for mechanism in [&b"PLAIN"[..], b"GSSAPI", b"", b"curve"] {
            let asked = Asked { mechanism, ..key(b"control", &own) };
            assert_eq!(table.judge(&asked, Stamp(0)), Err(Refusal::Stranger));
        }
        let short = Asked { credentials: b"short", ..key(b"control", &own) };
        assert_eq!(table.judge(&short, Stamp(0)), Err(Refusal::UnknownKey));
    }

    #[test]
    fn strangers_reach_open_sockets_alone() {
        let mut table = Table { open: vec![Domain::Ticks], ..Table::default() };
        table.admit(ours());
        assert_eq!(table.judge(&process(b"ticks", "::1"), Stamp(0)), Ok(Who::Anyone));
        for domain in Domain::ALL.into_iter().filter(|it| *it != Domain::Ticks) {
            let asked = process(domain.word().as_bytes(), "::1");
            assert_eq!(table.judge(&asked, Stamp(0)), Err(Refusal::Stranger), "{domain:?}");
        }
    }
}
