//! The standard inputs of the children: a birth first, then what else they are to know. The end of
//! one is the order to stop.

use std::cell::RefCell;
use std::collections::HashMap;
use std::io::{self, Write as _};
use std::os::unix::net::UnixStream;

use zeroize::Zeroizing;

use crate::wire::{Birth, Neighbor, Role, birth, encode};

/// The streams to all children that are there.
#[derive(Default)]
pub(super) struct Inputs(RefCell<HashMap<Role, UnixStream>>);

impl Inputs {
    /// Tells a child what it is born with. A record is far smaller than what a stream holds, so this
    /// waits for nobody; a child that dies before it has read it is told by its exit.
    pub(super) fn open(&self, role: Role, mut input: UnixStream, birth: &Birth) -> io::Result<()> {
        let written = input.write_all(&birth::record(&Zeroizing::new(encode(birth))));
        self.0.borrow_mut().insert(role, input);
        written
    }

    /// Tells the other child that trades of one that was started. One that hangs so long that its
    /// stream is full is ended soon.
    pub(super) fn tell(&self, started: &Neighbor) {
        let others = Role::TRADING.into_iter().filter(|it| *it != started.role);
        for role in others {
            if let Some(input) = self.0.borrow_mut().get_mut(&role)
                && let Err(error) =
                    input.write_all(&birth::record(&Zeroizing::new(encode(started))))
            {
                log::debug!("the {role} could not be told of another process: {error}");
            }
        }
    }

    /// The order to stop.
    pub(super) fn close(&self, role: Role) {
        self.0.borrow_mut().remove(&role);
    }
}
