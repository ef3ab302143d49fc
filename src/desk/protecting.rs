//! What the commands on protections do.

use aftm_domain::OrderId;

use super::command::{Oco, Order, Protect};
use super::lines::line;
use super::operator::Desk;
use crate::wire::{Intent, ProtectionRow, Refused, Reply, Request};

impl Desk {
    /// An order as it is asked for: with its exits where it names any.
    pub(super) fn request_of(order: &Order, intent: Box<Intent>) -> Request {
        match order.exits.terms() {
            None => Request::Place { intent },
            Some(terms) => Request::Bracket { intent, terms },
        }
    }

    /// Protects, shows what is protected, or drops it.
    pub(super) async fn protect(
        &self,
        protect: &Protect,
        lines: &mut Vec<String>,
    ) -> Result<(), Refused> {
        let request = match protect {
            Protect::List { all } => {
                for row in self.protections(*all).await? {
                    lines.push(line(self.now(), "protection", row));
                }
                return Ok(());
            }
            Protect::Drop(id) => Request::Unprotect { id: *id },
            Protect::Set { what, exits } => {
                let (request, target) = (None, what.target());
                let terms = exits.terms().unwrap_or_default();
                Request::Protect { request, target, terms }
            }
        };
        self.show_protected(request, lines).await
    }

    /// Lets each of two orders cancel the other.
    pub(super) async fn pair(&self, oco: &Oco, lines: &mut Vec<String>) -> Result<(), Refused> {
        let orders = [oco.order, oco.other];
        self.show_protected(Request::Pair { request: None, orders }, lines).await
    }

    async fn show_protected(
        &self,
        request: Request,
        lines: &mut Vec<String>,
    ) -> Result<(), Refused> {
        if let Reply::Protected { row } = self.line.ask(request).await? {
            lines.push(line(self.now(), "protection", &row));
        }
        Ok(())
    }

    async fn protections(&self, all: bool) -> Result<Vec<ProtectionRow>, Refused> {
        let (mut shown, mut from) = (Vec::new(), Some(OrderId(0).0));
        while let Some(place) = from {
            let request = Request::Protections { all, from: place };
            let Reply::Protections { rows, next } = self.line.ask(request).await? else { break };
            shown.extend(rows);
            from = next;
        }
        Ok(shown)
    }
}
