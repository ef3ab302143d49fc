//! The way to a plug-in in this process: calls are made at once, by the gateway's own thread.
//!
//! It saves the hop to another process and gives up what that is good for: a library that crashes,
//! exits or hangs takes the machine with it.

use std::os::fd::{AsRawFd as _, RawFd};
use std::os::unix::net::UnixStream;

use anyhow::Result;

use super::child;
use crate::gateway::{Way, WayEnded};
use crate::plugin::Driver;
use crate::wire::venue::PluginSeat;
use crate::wire::{VenueCall, VenueWord};

/// A plug-in that was loaded here.
pub(crate) struct Direct {
    driver: Option<Driver>,
    ear: UnixStream,
    is_greeted: bool,
}

impl Direct {
    /// Loads the library and opens its session.
    pub(crate) fn open(seat: &PluginSeat) -> Result<Direct> {
        let (bell, ear) = child::bell()?;
        Ok(Direct { driver: Some(child::open(seat, bell)?), ear, is_greeted: false })
    }

    fn check(words: &[VenueWord]) -> Result<(), WayEnded> {
        let broken = words.iter().find_map(|it| match it {
            VenueWord::Broken { reason } => Some(reason),
            _ => None,
        });
        broken.map_or(Ok(()), |reason| {
            Err(WayEnded(format!("{reason}; restart the machine, which loaded it itself")))
        })
    }
}

impl Way for Direct {
    fn is_open(&self) -> bool {
        self.driver.is_some()
    }

    fn call(&mut self, call: VenueCall, words: &mut Vec<VenueWord>) -> Result<(), WayEnded> {
        let Some(driver) = &mut self.driver else {
            return Err(WayEnded("the plug-in's session is broken".to_owned()));
        };
        driver.call(call, words);
        driver.take(words);
        words.push(VenueWord::Taken { calls: 1, due: driver.due() });
        Direct::check(words)
    }

    fn take(&mut self, words: &mut Vec<VenueWord>) -> Result<(), WayEnded> {
        child::hush(&self.ear);
        let Some(driver) = &mut self.driver else { return Ok(()) };
        if !self.is_greeted {
            self.is_greeted = true;
            words.push(child::hello(driver));
        }
        driver.take(words);
        Direct::check(words)
    }

    fn descriptor(&self) -> Option<RawFd> {
        self.driver.as_ref().map(|_| self.ear.as_raw_fd())
    }

    fn drop_peer(&mut self) {
        self.driver = None;
    }
}
