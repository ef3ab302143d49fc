//! Who is at the other end of a socket, as the guard found it. It travels with each message as the
//! `User-Id` that the library attaches, and no peer has a say in it.

use std::str::FromStr;

use crate::wire::{Role, Token};

/// What a socket is for. A pass is good on the sockets of its domains only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Domain {
    /// v1 ticks for other programs.
    Ticks,
    /// Everything that happens, for our children.
    Events,
    /// Signals of our strategy.
    Signals,
    /// Requests of our children.
    Orders,
    /// Commands of `aftm ctl`.
    Control,
    /// v1 signals of other programs.
    ClientSignals,
    /// v1 requests of other programs.
    ClientOrders,
    /// What a child calls: the machine that started it must be there, and nobody else.
    Machine,
    /// What our strategy calls: our executor.
    Executor,
}

impl Domain {
    /// Every domain.
    pub const ALL: [Domain; 9] = [
        Domain::Ticks,
        Domain::Events,
        Domain::Signals,
        Domain::Orders,
        Domain::Control,
        Domain::ClientSignals,
        Domain::ClientOrders,
        Domain::Machine,
        Domain::Executor,
    ];

    /// The word that the library tells the guard.
    pub const fn word(self) -> &'static str {
        match self {
            Domain::Ticks => "ticks",
            Domain::Events => "events",
            Domain::Signals => "signals",
            Domain::Orders => "orders",
            Domain::Control => "control",
            Domain::ClientSignals => "client-signals",
            Domain::ClientOrders => "client-orders",
            Domain::Machine => "machine",
            Domain::Executor => "executor",
        }
    }

    /// The domain of a word.
    pub fn of(word: &[u8]) -> Option<Domain> {
        Domain::ALL.into_iter().find(|it| it.word().as_bytes() == word)
    }
}

/// The name of a user's own client: the name of its key.
pub type ClientName = String;

/// Who sent a message.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Who {
    /// A process that this machine started.
    Child {
        /// What it is.
        role: Role,
        /// The how many-th process that was started; a later one takes the place of an earlier.
        generation: u64,
        /// Its process.
        pid: u32,
        /// What it shows before it has a word.
        token: Token,
        /// The how many-th connection of a child, as the guard counts them: a name that a peer gives
        /// itself may be another's from before.
        connection: u64,
    },
    /// The machine that started this process.
    Machine,
    /// The operator, over `aftm ctl`.
    Operator,
    /// A program with a key of its own.
    Client(ClientName),
    /// Whoever came to a socket that is open to all.
    Anyone,
}

impl Who {
    /// As the library attaches it to each message of a connection, with the token: never for a log.
    pub(super) fn to_user_id(&self) -> String {
        match self {
            Who::Child { role, generation, pid, token, connection } => {
                format!("{role} {generation} {pid} {} {connection}", token.to_text())
            }
            Who::Machine => "machine".to_owned(),
            Who::Operator => "operator".to_owned(),
            Who::Client(name) => format!("client {name}"),
            Who::Anyone => "anyone".to_owned(),
        }
    }
}

impl FromStr for Who {
    type Err = ();

    fn from_str(text: &str) -> Result<Who, ()> {
        let mut words = text.split(' ');
        let found = match words.next() {
            Some("machine") => Who::Machine,
            Some("operator") => Who::Operator,
            Some("anyone") => Who::Anyone,
            Some("client") => Who::Client(words.next().ok_or(())?.to_owned()),
            Some(word) => {
                let known = [Role::Strategy, Role::Executor];
                let role = known.into_iter().find(|it| it.word() == word).ok_or(())?;
                let generation = words.next().and_then(|it| it.parse().ok()).ok_or(())?;
                let pid = words.next().and_then(|it| it.parse().ok()).ok_or(())?;
                let token = words.next().and_then(|it| it.parse().ok()).ok_or(())?;
                let connection = words.next().and_then(|it| it.parse().ok()).ok_or(())?;
                Who::Child { role, generation, pid, token, connection }
            }
            None => return Err(()),
        };
        if words.next().is_some() { Err(()) } else { Ok(found) }
    }
}

/// Who sent a message, as the guard found when they connected. A message from within the process has
/// no sender.
pub fn sender(message: &mut zmq::Message) -> Option<Who> {
    message.gets("User-Id")?.parse().ok()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn who_it_is_reads_back() {
        let token = Token::new().unwrap();
        let child = |role, generation| {
            let token = token.clone();
            Who::Child { role, generation, pid: 4_242, token, connection: 7 }
        };
        for who in [
            child(Role::Executor, 3),
            child(Role::Strategy, u64::MAX),
            Who::Machine,
            Who::Operator,
            Who::Client("mt5".to_owned()),
            Who::Anyone,
        ] {
            assert_eq!(who.to_user_id().parse(), Ok(who));
        }
        let wrong =
            ["", "executor", "executor 1", "executor 1 2", "executor 1 2 3", "client", "me"];
        for text in
            wrong.into_iter().chain(["executor 1 2 3 4 5", "executor 1 2 x 4", "anyone else"])
        {
            assert_eq!(text.parse::<Who>(), Err(()), "{text:?}");
        }
    }

    #[test]
    fn every_domain_has_a_word_of_its_own() {
        for domain in Domain::ALL {
            assert_eq!(Domain::of(domain.word().as_bytes()), Some(domain));
        }
        assert_eq!(Domain::of(b"aftm"), None);
    }
}
