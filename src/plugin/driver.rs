//! A loaded plug-in and its session.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use aftm_domain::order::Ticket;
use aftm_domain::{OrderId, Stamp};
use aftm_plugin_host::{CloseError, Identity, LoadError, OpenError, Opening, Plugin, Session};

use super::course::Course;
use super::words;
use crate::wire::venue::{Abilities, PluginSeat};
use crate::wire::{VenueCall, VenueWord};

/// Why a plug-in cannot be driven.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DriverError {
    /// Its library is none, or none that can be used.
    #[error("the plug-in {name} cannot be used: {error}")]
    Load {
        /// Its name in the settings.
        name: String,
        /// What is wrong.
        error: LoadError,
    },
    /// It opens no session.
    #[error("the plug-in {name} opens no session: {error}")]
    Open {
        /// Its name in the settings.
        name: String,
        /// What is wrong.
        error: OpenError,
    },
}

/// One loaded plug-in and its one session. No call of it waits for the venue, and none panics
/// whatever the plug-in does; but a call lasts as long as the plug-in's own function.
pub struct Driver {
    course: Course<Session>,
}

impl Driver {
    /// Loads the library, which runs its code, and opens a session, which connects to nothing yet.
    /// `bell` rings on any thread when something was told that [`Driver::take`] has for the asking;
    /// it must return at once, and not call the driver.
    ///
    /// # Errors
    ///
    /// Where the library is no plug-in that can be used, or its session refuses the options or the
    /// folder.
    pub fn open(
        seat: &PluginSeat,
        bell: Arc<dyn Fn() + Send + Sync>,
    ) -> Result<Driver, DriverError> {
        let name = || seat.name.clone();
        let plugin = Plugin::load(Path::new(&seat.path))
            .map_err(|error| DriverError::Load { name: name(), error })?;
        let opening = Opening {
            options: seat.options.clone(),
            bell: Some(bell),
            // The driver is the only one that calls: nobody's turn has to be waited for.
            turn_wait: Duration::ZERO,
            counts_fills: true,
            ..Opening::new(seat.folder.clone().into())
        };
        let session = plugin.open(&opening);
        let session = session.map_err(|error| DriverError::Open { name: name(), error })?;
        let abilities = words::abilities(plugin.identity().caps);
        // A venue that trades against our feed is told of our instruments, if it wants to be.
        let knows_instruments = !(abilities.feed && plugin.lists_instruments());
        Ok(Driver { course: Course::new(session, abilities, knows_instruments) })
    }

    /// The plug-in by its own words (name, version and where it trades), and what it can do.
    pub fn hello(&self) -> (String, Abilities) {
        let Identity { name, version, venue, .. } = self.course.session().plugin().identity();
        let place = if venue.is_empty() { String::new() } else { format!(" ({venue})") };
        (format!("{name} {version}{place}"), *self.course.abilities())
    }

    /// Makes a call, and appends what it told at once. What it tells later rings the bell.
    pub fn call(&mut self, call: VenueCall, words: &mut Vec<VenueWord>) {
        self.course.call(call, words);
    }

    /// The same for a new order.
    pub fn place(&mut self, order: OrderId, ticket: &Ticket, words: &mut Vec<VenueWord>) {
        self.course.place(order, ticket, words);
    }

    /// Appends what was told meanwhile.
    pub fn take(&mut self, words: &mut Vec<VenueWord>) {
        self.course.take(words);
    }

    /// Whether the session cannot go on, which was told in a word of its own.
    pub fn is_broken(&self) -> bool {
        self.course.is_broken()
    }

    /// When something happens without a trade, on the exchange's clock; `None`: never, or nobody
    /// knows.
    pub fn due(&self) -> Option<Stamp> {
        self.course.due()
    }

    /// Answers to requests that had none coming: faults of the plug-in that harm nobody.
    pub fn strays(&self) -> u64 {
        self.course.strays()
    }

    /// Ends the session, and returns what was told last; after it, nothing that the plug-in does
    /// reaches anybody. Takes `timeout` and half a second at most.
    ///
    /// # Errors
    ///
    /// Where the plug-in does not end its session in time; then it cannot be opened again in this
    /// process.
    pub fn close(self, timeout: Duration) -> Result<Vec<VenueWord>, CloseError> {
        self.course.close(timeout)
    }
}
