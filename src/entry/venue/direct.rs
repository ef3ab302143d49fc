//! The way to a plug-in in this process: calls are made at once, by the gateway's own thread.
//!
//! It saves the hop to another process and gives up what that is good for: a library that crashes,
//! exits or hangs takes the machine with it.

use std::cell::OnceCell;
use std::os::fd::RawFd;
use std::sync::{Mutex, PoisonError};

use aftm_domain::order::Ticket;
use aftm_domain::{OrderId, Stamp};
use anyhow::Result;
use zmq::{DONTWAIT, Socket};

use super::child;
use super::ear::Rung;
use crate::gateway::{Way, WayEnded};
use crate::plugin::Driver;
use crate::wire::venue::PluginSeat;
use crate::wire::{VenueCall, VenueWord};

/// A plug-in that was loaded here.
pub(crate) struct Direct {
    driver: Option<Driver>,
    rung: Rung,
    is_greeted: bool,
    /// When something happens without a trade, once somebody has asked since the last call.
    due: OnceCell<Option<Stamp>>,
}

impl Direct {
    /// Loads the library and opens its session. What it tells by itself wakes the gateway as a feed
    /// does: a bell of its own would be one thing more to look at before each order.
    pub(crate) fn open(seat: &PluginSeat, gateway: Socket) -> Result<Direct> {
        let (rung, gateway) = (Rung::default(), Mutex::new(gateway));
        let bell = rung.bell(move || {
            let gateway = gateway.lock().unwrap_or_else(PoisonError::into_inner);
            // One that takes no more is awake already.
            let _ = gateway.send("", DONTWAIT);
        });
        let driver = child::open(seat, bell.clone())?;
        // It says hello as soon as it is listened to.
        bell();
        Ok(Direct { driver: Some(driver), rung, is_greeted: false, due: OnceCell::new() })
    }

    fn drive(
        &mut self,
        words: &mut Vec<VenueWord>,
        act: impl FnOnce(&mut Driver, &mut Vec<VenueWord>),
    ) -> Result<(), WayEnded> {
        let Some(driver) = &mut self.driver else {
            return Err(WayEnded("the plug-in's session is broken".to_owned()));
        };
        act(driver, words);
        self.due.take();
        Direct::advise(driver, words);
        Ok(())
    }

    /// Says what helps where the session broke. A call that was made meanwhile may have reached the
    /// exchange: that it failed would not be true, and the gateway hears of the end by this word.
    fn advise(driver: &Driver, words: &mut [VenueWord]) {
        if !driver.is_broken() {
            return;
        }
        for word in words {
            if let VenueWord::Broken { reason } = word {
                reason.push_str("; restart the machine, which loaded the plug-in itself");
            }
        }
    }
}

impl Way for Direct {
    fn is_open(&self) -> bool {
        self.driver.is_some()
    }

    fn call(&mut self, call: VenueCall, words: &mut Vec<VenueWord>) -> Result<(), WayEnded> {
        self.drive(words, |driver, words| driver.call(call, words))
    }

    fn place(
        &mut self,
        order: OrderId,
        ticket: &Ticket,
        words: &mut Vec<VenueWord>,
    ) -> Result<(), WayEnded> {
        self.drive(words, |driver, words| driver.place(order, ticket, words))
    }

    fn is_near(&self) -> bool {
        true
    }

    fn take(&mut self, words: &mut Vec<VenueWord>) -> Result<(), WayEnded> {
        self.rung.hear();
        let Some(driver) = &mut self.driver else { return Ok(()) };
        if !self.is_greeted {
            self.is_greeted = true;
            words.push(child::hello(driver));
        }
        driver.take(words);
        Direct::advise(driver, words);
        Ok(())
    }

    fn due(&self) -> Option<Stamp> {
        let driver = self.driver.as_ref()?;
        // An order does not wait for this: it is asked when everything has been told.
        *self.due.get_or_init(|| driver.due())
    }

    fn descriptor(&self) -> Option<RawFd> {
        None
    }

    fn drop_peer(&mut self) {
        self.driver = None;
    }
}
