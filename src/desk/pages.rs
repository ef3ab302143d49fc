//! Rows that come in pages, all of them.

use aftm_domain::{Code, OrderId};

use super::operator::Desk;
use crate::wire::request::ConditionRow;
use crate::wire::{FillRow, OrderRow, PositionRow, Refused, Reply, Request};

impl Desk {
    /// Open orders, or all, from a number on, oldest first.
    pub(super) async fn orders(&self, all: bool, from: OrderId) -> Result<Vec<OrderRow>, Refused> {
        let (mut found, mut page) = (Vec::new(), Some(from.0));
        while let Some(from) = page {
            let reply = self.line.ask(Request::Orders { all, from }).await?;
            let Reply::Orders { rows, next } = reply else { break };
            found.extend(rows);
            page = next;
        }
        Ok(found)
    }

    /// Fills from a place on, in the order they were told.
    pub(super) async fn fills(&self, from: u64) -> Result<Vec<FillRow>, Refused> {
        let (mut found, mut page) = (Vec::new(), Some(from));
        while let Some(from) = page {
            let reply = self.line.ask(Request::Fills { from }).await?;
            let Reply::Fills { rows, next } = reply else { break };
            found.extend(rows);
            page = next;
        }
        Ok(found)
    }

    /// Positions, of one item or of all.
    pub(super) async fn positions(&self, item: Option<Code>) -> Result<Vec<PositionRow>, Refused> {
        let (mut found, mut page) = (Vec::new(), Some(None));
        while let Some(from) = page {
            let reply = self.line.ask(Request::Positions { item, from }).await?;
            let Reply::Positions { rows, next } = reply else { break };
            found.extend(rows);
            page = next.map(Some);
        }
        Ok(found)
    }

    /// Every condition, in the order of creation.
    pub(super) async fn conditions(&self) -> Result<Vec<ConditionRow>, Refused> {
        let (mut found, mut page) = (Vec::new(), Some(0));
        while let Some(from) = page {
            let reply = self.line.ask(Request::Conditions { from }).await?;
            let Reply::Conditions { rows, next } = reply else { break };
            found.extend(rows);
            page = next;
        }
        Ok(found)
    }
}
