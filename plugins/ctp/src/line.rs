//! An open session: the driver behind a lock, and the thread that reads what the vendor says.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::mpsc;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant, SystemTime};

use abi::{Callbacks, E_INTERNAL, E_TIMEOUT, LOG_ERROR};
use aftm_exchange_abi as abi;

use crate::Refusal;
use crate::counter::Counter;
use crate::driver::{Driver, Now, Out};
use crate::mailbox::Mailbox;
use crate::options::Options;
use crate::teller::Teller;

/// What the lock guards.
struct State {
    driver: Driver,
    teller: Teller,
    /// A fault of ours has left the driver in a state that nobody knows.
    is_broken: bool,
}

struct Shared {
    state: Mutex<State>,
    mailbox: Arc<Mailbox>,
    opened: Instant,
}

/// See the module.
pub(crate) struct Line {
    shared: Arc<Shared>,
    reader: JoinHandle<()>,
}

fn fault(what: &str) -> Refusal {
    Refusal::new(E_INTERNAL, what)
}

impl Line {
    /// Opens a session, which connects to nothing yet.
    #[allow(clippy::disallowed_methods)] // The clock is read here and below, and nowhere else.
    pub(crate) fn open(
        options: Options,
        counter: Box<dyn Counter>,
        folder: PathBuf,
        callbacks: Callbacks,
    ) -> Result<Line, Refusal> {
        let mailbox = Arc::new(Mailbox::default());
        let driver = Driver::new(options, counter, Arc::clone(&mailbox), folder);
        let state = State { driver, teller: Teller::new(callbacks), is_broken: false };
        let shared = Arc::new(Shared { state: Mutex::new(state), mailbox, opened: Instant::now() });
        let theirs = Arc::clone(&shared);
        let started = thread::Builder::new().name("ctp".to_owned()).spawn(move || theirs.run());
        let reader = started
            .map_err(|err| fault(&format!("the thread of the session does not start: {err}")))?;
        Ok(Line { shared, reader })
    }

    /// Does what the host asks for, and tells what comes of it.
    pub(crate) fn call(
        &self,
        act: impl FnOnce(&mut Driver, Now) -> Result<(), Refusal>,
    ) -> Result<(), Refusal> {
        let done = self.shared.act(act);
        // The reader's next look at its clock may be far away.
        self.shared.mailbox.knock();
        done
    }

    /// Ends the session: after `Ok` nothing of it runs any more.
    pub(crate) fn close(self, timeout: Duration) -> Result<(), Refusal> {
        let (says, hears) = mpsc::channel();
        let Line { shared, reader } = self;
        let theirs = Arc::clone(&shared);
        let end = move || {
            theirs.mailbox.close();
            // A reader that panicked has nothing left to do.
            let _ = reader.join();
            let endings = theirs.state().driver.end();
            endings.into_iter().for_each(|it| drop(it.join()));
            // Whoever gave up waiting hears nothing.
            let _ = says.send(());
        };
        let ending = thread::Builder::new().name("ctp close".to_owned()).spawn(end);
        let Ok(ending) = ending else { return Err(fault("no thread to end the session")) };
        if hears.recv_timeout(timeout).is_err() {
            let text = "the vendor's library does not end its threads; start the process again";
            return Err(Refusal::new(E_TIMEOUT, text));
        }
        let _ = ending.join();
        shared.state().teller.shut();
        Ok(())
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    #[allow(clippy::disallowed_methods)] // As above.
    fn now(&self) -> Now {
        let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
        let ns = since.map_or(0, |it| i64::try_from(it.as_nanos()).unwrap_or(i64::MAX));
        Now { mono: self.opened.elapsed(), ns }
    }

    /// Lets the driver act and tells what it has to say. A panic of it ends the session for good.
    fn act(
        &self,
        act: impl FnOnce(&mut Driver, Now) -> Result<(), Refusal>,
    ) -> Result<(), Refusal> {
        let mut state = self.state();
        let now = self.now();
        let State { driver, teller, is_broken } = &mut *state;
        if *is_broken {
            return Err(fault("the plug-in failed before; close the session and open another"));
        }
        let done = catch_unwind(AssertUnwindSafe(|| {
            let done = act(driver, now);
            teller.tell(driver.take(), now.ns);
            done
        }));
        done.unwrap_or_else(|_| {
            *is_broken = true;
            let text = "the plug-in has failed, a fault of its own; close the session";
            teller.tell(vec![Out::Line(LOG_ERROR, text.to_owned())], now.ns);
            Err(fault(text))
        })
    }

    /// Reads what the vendor says until the session is closed.
    fn run(&self) {
        loop {
            let pause = self.state().driver.pause();
            let delivery = self.mailbox.wait(pause);
            if delivery.is_closed {
                return;
            }
            for letter in delivery.letters {
                // A fault is told where it happens, and the host hears of it by its next call.
                drop(self.act(|driver, now| {
                    driver.read(now, letter);
                    Ok(())
                }));
            }
            drop(self.act(|driver, now| {
                driver.clock(now);
                Ok(())
            }));
        }
    }
}
