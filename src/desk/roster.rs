//! Which processes are ours: the gateway lets them in, and each is told of the other.

use std::cell::{Cell, RefCell};
use std::io;

use crate::wire::birth::{ClientDoor, Neighbor};
use crate::wire::guard::{Domain, Guard, Pass, Process, Proof};
use crate::wire::{Birth, Role, Token};

/// Where a child is let in at the gateway.
const CHILD: &[Domain] = &[Domain::Orders, Domain::Events];

/// The children that trade, as they are now.
pub struct Roster {
    guard: Guard,
    /// Keys at the port for v1 strategies, where it has some.
    clients: Option<ClientDoor>,
    /// The last of each role.
    known: RefCell<Vec<(Neighbor, Process)>>,
    started: Cell<u64>,
}

impl Roster {
    /// Nobody runs yet.
    pub const fn new(guard: Guard, clients: Option<ClientDoor>) -> Roster {
        Roster { guard, clients, known: RefCell::new(Vec::new()), started: Cell::new(0) }
    }

    /// What a child that was admitted is told of itself and the other at its birth.
    pub fn introduce(&self, role: Role, birth: Birth) -> Birth {
        let clients = self.clients.clone().filter(|_| role == Role::Executor);
        let known = self.known.borrow();
        let own = known.iter().find(|(it, _)| it.role == role);
        let token = own.map(|(it, _)| it.token.clone());
        let other = known.iter().find(|(it, process)| it.role != role && !process.has_ended());
        let neighbor = other.filter(|_| role != Role::Venue).map(|(it, _)| it.clone());
        Birth { role, clients, token, neighbor, ..birth }
    }

    /// A child was started: the gateway lets it in from now on, as long as it lives. It is told where
    /// the sockets are after this, so it cannot come before it is known. The other child is to be
    /// told what is returned. The venue's process speaks to nobody but its parent, over a stream of
    /// its own.
    ///
    /// # Errors
    ///
    /// Where it has ended already, the system does not let us ask, or gives no random bits.
    pub fn admit(&self, role: Role, pid: u32) -> io::Result<Option<Neighbor>> {
        if role == Role::Venue {
            return Ok(None);
        }
        let process = Process::open(pid)?;
        let generation = self.started.get() + 1;
        self.started.set(generation);
        let neighbor = Neighbor { role, pid, generation, token: Token::new()? };
        let (who, proof) = (neighbor.who(), Proof::Process(process.clone()));
        self.guard.admit(Pass { who, proof, domains: CHILD });
        let mut known = self.known.borrow_mut();
        known.retain(|it| it.0.role != role);
        known.push((neighbor.clone(), process));
        Ok(Some(neighbor))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::process::{Child, Command, Stdio};

    use aftm_domain::Stamp;

    use super::*;
    use crate::wire::guard::Rules;
    use crate::wire::{Endpoints, KeyPair};

    fn roster() -> Roster {
        let context = zmq::Context::new();
        let (open, passes, clients) = (Vec::new(), Vec::new(), None);
        let rules = Rules { open, passes, clients, clock: Box::new(|| Stamp(0)) };
        let guard = Guard::start(&context, rules).unwrap();
        let (own, folder) = (KeyPair::new().unwrap(), "keys".to_owned());
        Roster::new(guard, Some(ClientDoor { own, folder }))
    }

    /// A process that lives until it is told otherwise.
    fn process() -> Child {
        Command::new("cat").stdin(Stdio::piped()).spawn().unwrap()
    }

    fn end(mut process: Child) {
        drop(process.stdin.take());
        process.wait().unwrap();
    }

    fn birth(roster: &Roster, role: Role) -> Birth {
        roster.introduce(role, Birth::new(Role::Venue, Endpoints::default()))
    }

    #[test]
    fn each_child_is_told_of_the_other_that_is_there_and_of_each_that_comes() {
        let (roster, [executor, strategy]) = (roster(), [process(), process()]);
        assert_eq!(birth(&roster, Role::Executor).neighbor, None);
        let told = roster.admit(Role::Executor, executor.id()).unwrap();
        let first = told.unwrap();
        assert_eq!((first.role, first.pid, first.generation), (Role::Executor, executor.id(), 1));
        let own = birth(&roster, Role::Executor);
        assert_eq!(own.neighbor, None, "it is told of itself");
        assert_eq!(own.token.as_ref(), Some(&first.token));
        let other = birth(&roster, Role::Strategy);
        assert_eq!((other.neighbor, other.token), (Some(first.clone()), None));
        let told = roster.admit(Role::Strategy, strategy.id()).unwrap();
        let second = told.unwrap();
        assert_eq!(
            (second.role, second.pid, second.generation),
            (Role::Strategy, strategy.id(), 2)
        );
        assert_ne!(first.token, second.token);
        assert_eq!(birth(&roster, Role::Strategy).token, Some(second.token.clone()));
        assert_eq!(birth(&roster, Role::Executor).neighbor, Some(second));
        end(strategy);
        assert_eq!(birth(&roster, Role::Executor).neighbor, None, "it has ended");
        end(executor);
    }

    #[test]
    fn the_end_of_an_earlier_strategy_takes_nothing_from_the_next() {
        let (roster, [earlier, later]) = (roster(), [process(), process()]);
        roster.admit(Role::Strategy, earlier.id()).unwrap();
        let next = roster.admit(Role::Strategy, later.id()).unwrap();
        end(earlier);
        assert_eq!(birth(&roster, Role::Executor).neighbor, next);
        end(later);
    }

    #[test]
    fn who_has_ended_is_not_let_in_and_the_venues_process_is_told_of_nobody() {
        let (roster, [gone, strategy]) = (roster(), [process(), process()]);
        let pid = gone.id();
        end(gone);
        assert!(roster.admit(Role::Strategy, pid).is_err());
        assert_eq!(roster.admit(Role::Venue, pid).unwrap(), None);
        roster.admit(Role::Strategy, strategy.id()).unwrap();
        let venue = birth(&roster, Role::Venue);
        assert_eq!((venue.clients, venue.neighbor, venue.token), (None, None, None));
        assert!(birth(&roster, Role::Executor).clients.is_some());
        end(strategy);
    }
}
