//! What a decision asks of the venue. That the venue does not take it is an answer by itself.

use aftm_domain::OrderId;
use aftm_domain::Stamp;
use aftm_domain::order::{Refusal, Report, Ticket};

use super::core::Core;
use super::decide::Call;
use super::fact::Fact;
use super::keep::Ledger;
use super::venue::Venue;
use crate::failpoint::{Site, reach};
use crate::wire::{Event, Refused};

impl<V: Venue, L: Ledger> Core<V, L> {
    /// Makes a call of a decision. Returns
    /// why a cancel or a change was not taken.
    pub(super) fn call(&mut self, call: Call, now: Stamp) -> Option<Refused> {
        let (id, report) = match call {
            Call::Place(id) => {
                let order = &self.state.placed(id)?.order;
                let ticket = order.sendable();
                if ticket.kind.has_stop() && !self.venue.takes_stops() {
                    self.settle(now, vec![Fact::OrderReported { id, report: Report::Kept }]);
                    return None;
                }
                let placed = broken(Site::Journaled).and_then(|()| self.offset(&ticket)).and_then(
                    |open_close| {
                        let ticket = Ticket { open_close, ..ticket };
                        self.venue.place(id, &ticket, &mut self.news)
                    },
                );
                match placed {
                    Ok(()) => {
                        // What was called cannot fail any more.
                        let _ = reach(Site::Called);
                        self.unanswered.push((id, now));
                        return None;
                    }
                    Err(refusal) => (id, Report::Rejected(refusal)),
                }
            }
            Call::Cancel(id) if self.is_kept(id) => (id, Report::Canceled),
            Call::Amend { order, quantity, price } if self.is_kept(order) => {
                let ticket = self.state.placed(order)?.order.ticket;
                let (quantity, price) =
                    (quantity.unwrap_or(ticket.quantity), price.or(ticket.price));
                (order, Report::Replaced { quantity, price })
            }
            Call::Cancel(id) if !self.state.is_connected => {
                let text = format!(
                    "the exchange is not connected; order {id} is canceled when it is again"
                );
                self.announce(Event::Alert { code: "CANCEL_WAITS".to_owned(), text });
                return None;
            }
            Call::Cancel(id) => {
                let sent = self.sent(id)?;
                let refusal = self.venue.cancel(sent, &mut self.news).err()?;
                (id, Report::CancelRejected(refusal))
            }
            Call::Amend { order, quantity, price } => {
                self.limits.amend(&self.state, order, quantity);
                let sent = self.sent(order)?;
                let refusal = self.venue.amend(sent, quantity, price, &mut self.news).err()?;
                (order, Report::ReplaceRejected(refusal))
            }
        };
        let refused = match &report {
            Report::CancelRejected(refusal) | Report::ReplaceRejected(refusal) => {
                Some(Refused::new(&refusal.code, refusal.text.clone()))
            }
            _ => None,
        };
        self.settle(now, vec![Fact::OrderReported { id, report }]);
        refused
    }

    fn is_kept(&self, id: OrderId) -> bool {
        self.state.placed(id).is_some_and(|it| it.order.is_kept)
    }
}

/// A venue that takes nothing, where a test wants that.
fn broken(site: Site) -> Result<(), Refusal> {
    reach(site).map_err(|it| Refusal { code: "FAILPOINT".to_owned(), text: it.to_string() })
}
