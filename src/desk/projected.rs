//! The projection at work: everything that the desk hears reaches it, and what it asks is asked.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use tokio::task::spawn_local;

use super::line::Market;
use super::operator::Desk;
use super::supervisor::Standing;
use super::view::{Projection, Setup};
use crate::wire::{Event, Request, Role};

/// How often the projection is looked after.
const LOOK: Duration = Duration::from_millis(100);

/// A projection that the desk keeps true, shared by tasks of one thread. Nobody may hold a borrow
/// of it while waiting.
pub type Shared = Rc<RefCell<Projection>>;

impl Desk {
    /// Keeps a projection true from now on, ticks and books included, until the machine ends.
    pub fn project(self: &Rc<Self>, setup: Setup) -> Shared {
        let shared = Rc::new(RefCell::new(Projection::new(setup)));
        shared.borrow_mut().children(self.supervisor.borrow().children());
        self.projection.replace(Some(shared.clone()));
        self.line.watch_market(true);
        spawn_local(self.clone().keep(shared.clone()));
        shared
    }

    async fn keep(self: Rc<Self>, shared: Shared) {
        let mut timer = tokio::time::interval(LOOK);
        timer.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let mut missed = self.missed();
        while !self.is_over() {
            timer.tick().await;
            if missed != self.missed() {
                missed = self.missed();
                shared.borrow_mut().heal();
            }
            self.ask_for(&shared).await;
            let mut projection = shared.borrow_mut();
            projection.gaps(missed);
            projection.children(self.supervisor.borrow().children());
            projection.round_trips(&self.trips.borrow());
        }
    }

    /// Waits until the projection holds everything that was done before this was called.
    pub async fn settle(&self) {
        let Some(shared) = self.projection.borrow().clone() else { return };
        let status = Request::Status {};
        // Nobody else asks meanwhile, so that no older answer comes after these.
        let asking = self.asking.lock().await;
        // When this answer is here, the events of what was done before are told; when the next one
        // is, they are heard.
        let _ = self.line.ask(status.clone()).await;
        let reply = self.line.ask(status.clone()).await;
        shared.borrow_mut().answer(&status, &reply, self.now());
        drop(asking);
        self.ask_for(&shared).await;
        shared.borrow_mut().children(self.supervisor.borrow().children());
    }

    /// Asks until every answer has led to no further question.
    async fn ask_for(&self, shared: &Shared) {
        // Whoever comes second waits for what the first has asked.
        let _asking = self.asking.lock().await;
        loop {
            let asks = shared.borrow_mut().asks(self.now());
            if asks.is_empty() {
                return;
            }
            for request in asks {
                let reply = self.line.ask(request.clone()).await;
                shared.borrow_mut().answer(&request, &reply, self.now());
                self.projected.notify_one();
            }
        }
    }

    fn change_projection(&self, change: impl FnOnce(&mut Projection)) {
        if let Some(shared) = &*self.projection.borrow() {
            change(&mut shared.borrow_mut());
            self.projected.notify_one();
        }
    }

    /// Waits until the projection has changed since this was waited for last.
    pub async fn projected_change(&self) {
        self.projected.notified().await;
    }

    pub(super) fn project_event(&self, event: &Event) {
        let now = self.now();
        self.change_projection(|it| it.apply(event, now));
    }

    pub(super) fn project_market(&self, market: &[Market]) {
        let now = self.now();
        self.change_projection(|it| {
            for one in market {
                match one {
                    Market::Tick(tick) => it.tick(tick, now),
                    Market::Book(row) => it.book(row, now),
                }
            }
        });
    }

    pub(super) fn project_child(&self, role: Role, standing: Standing, text: &str) {
        let now = self.now();
        self.change_projection(|it| it.component(role, standing, text, now));
    }
}
