//! The standard inputs of the children: a birth first, then what else they are to know. The end of
//! one is the order to stop.

use std::cell::RefCell;
use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Write as _};

use tokio::process::ChildStdin;
use zeroize::Zeroizing;

use crate::wire::{Birth, Neighbor, Role, birth, encode};

/// The pipes to all children that are there.
#[derive(Default)]
pub(super) struct Inputs(RefCell<HashMap<Role, File>>);

impl Inputs {
    /// Tells a child what it is born with. A record is far smaller than what a pipe holds, so this
    /// waits for nobody; a child that dies before it has read it is told by its exit.
    pub(super) fn open(&self, role: Role, input: ChildStdin, birth: &Birth) -> io::Result<()> {
        let mut pipe = File::from(input.into_owned_fd()?);
        let written = pipe.write_all(&birth::record(&Zeroizing::new(encode(birth))));
        self.0.borrow_mut().insert(role, pipe);
        written
    }

    /// Tells the other child that trades of one that was started. One that hangs so long that its
    /// pipe is full is ended soon.
    pub(super) fn tell(&self, started: &Neighbor) {
        let others = Role::TRADING.into_iter().filter(|it| *it != started.role);
        for role in others {
            if let Some(pipe) = self.0.borrow_mut().get_mut(&role)
                && let Err(error) = pipe.write_all(&birth::record(&encode(started)))
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
