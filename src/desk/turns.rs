//! Starting, stopping and closing: one at a time, and never away from an open position unsaid.

use std::rc::Rc;
use std::time::Duration;

use super::command::Leaving;
use super::operator::Desk;
use super::perform::ASK_AGAIN;
use super::supervisor::Input;
use crate::wire::request::{ConditionRow, StatusRow};
use crate::wire::{Refused, Request};

/// How long stopping waits for closing orders, over all rounds.
const CLOSING: Duration = Duration::from_secs(30);

/// How often stopping closes what conditions hold: an entry that is canceled may still fill, and a
/// closing order may be refused.
const CLOSING_ROUNDS: u32 = 5;

impl Desk {
    /// The old option 10: names everything that is missing, or starts everything.
    pub(super) async fn start(self: &Rc<Self>) -> Result<(), Refused> {
        let _turn = self.turn.lock().await;
        if self.supervisor.borrow().is_running() {
            return Ok(());
        }
        let missing = self.missing().await?;
        if !missing.is_empty() {
            let text = format!("nothing was started: {}", missing.join("; "));
            return Err(Refused::new("NOT_READY", text));
        }
        self.simply(Request::Start {}).await?;
        let mut seen = self.watch();
        self.supervise(Input::Start);
        loop {
            if self.supervisor.borrow().is_running() {
                return Ok(());
            }
            let given_up = self.supervisor.borrow().given_up().map(str::to_owned);
            if let Some(text) = given_up {
                self.halt_children().await?;
                return Err(Refused::new("NOT_STARTED", text));
            }
            if self.is_over() || self.supervisor.borrow().is_down() {
                let text = "the machine was stopped while it started";
                return Err(Refused::new("NOT_STARTED", text));
            }
            self.changed(&mut seen).await;
        }
    }

    async fn missing(&self) -> Result<Vec<String>, Refused> {
        let status = self.ask_status().await?;
        let conditions = self.conditions().await?;
        let mut missing = Vec::new();
        let mut need = |is_there: bool, text: &str| {
            if !is_there {
                missing.push(text.to_owned());
            }
        };
        need(status.user.is_some(), "nobody is logged in (login USER)");
        need(!status.items.is_empty(), "no item is registered (item add CODE)");
        need(status.account.is_some(), "no account is selected (account use ACCOUNT)");
        need(conditions.iter().any(is_live), "there is no condition (condition add ...)");
        if !status.items.is_empty() {
            for row in &conditions {
                let terms = &row.condition.terms;
                if is_live(row) && !status.items.contains(&terms.item) {
                    missing.push(format!(
                        "the item of condition {}, {}, is not registered (item add {})",
                        terms.id, terms.item, terms.item
                    ));
                }
            }
        }
        Ok(missing)
    }

    /// Stops the children and waits until they are gone.
    async fn halt_children(self: &Rc<Self>) -> Result<(), Refused> {
        let mut seen = self.watch();
        self.supervise(Input::Stop);
        while !self.supervisor.borrow().is_down() {
            self.changed(&mut seen).await;
        }
        self.simply(Request::Stop {}).await
    }

    /// Stops everything. A position that a condition opened, or is about to open, is closed or left
    /// only when that is said: nothing would watch it any more.
    pub(super) async fn stop(self: &Rc<Self>, leaving: Leaving) -> Result<(), Refused> {
        let _turn = self.turn.lock().await;
        if leaving == Leaving::Refuse
            && let Some(held) = held(&self.ask_status().await?)
        {
            let text = format!("{held}, which nothing would watch; say --flatten or --abandon");
            return Err(Refused::new("POSITION_OPEN", text));
        }
        self.halt_children().await?;
        // Only now can no signal follow any more.
        match leaving {
            Leaving::Abandon => Ok(()),
            Leaving::Flatten => self.close_conditions().await,
            Leaving::Refuse => match held(&self.ask_status().await?) {
                None => Ok(()),
                Some(held) => {
                    let text = format!(
                        "{held} since the last look, and the machine is stopped: nothing watches \
                         them; start again, or stop with --flatten or --abandon"
                    );
                    Err(Refused::new("POSITION_OPEN", text))
                }
            },
        }
    }

    /// Closes what conditions hold, and what their orders under way still bring.
    async fn close_conditions(self: &Rc<Self>) -> Result<(), Refused> {
        let closing = async {
            let mut seen = self.watch();
            for _ in 0..CLOSING_ROUNDS {
                if held(&self.ask_status().await?).is_none() {
                    break;
                }
                self.simply(Request::CloseConditions {}).await?;
                while self.ask_status().await?.condition_orders > 0 {
                    self.changed(&mut seen).await;
                    tokio::time::sleep(ASK_AGAIN).await;
                }
            }
            Ok(())
        };
        // Whatever time it takes, what is left decides.
        tokio::time::timeout(CLOSING, closing).await.unwrap_or(Ok(()))?;
        match held(&self.ask_status().await?) {
            None => Ok(()),
            Some(held) => {
                let text = format!("{held}, and the machine is stopped; close them by hand");
                Err(Refused::new("POSITION_OPEN", text))
            }
        }
    }

    /// Ends everything: the children, then the gateway. Positions stay as they are.
    pub async fn close(self: &Rc<Self>) -> Result<(), Refused> {
        // Whoever starts or waits gives up.
        self.end();
        let _turn = self.turn.lock().await;
        self.halt_children().await?;
        // The exchange's process ends with the stream that the gateway holds.
        self.supervise(Input::End);
        self.end_gateway().await?;
        let mut seen = self.watch();
        while !self.supervisor.borrow().is_empty() {
            self.changed(&mut seen).await;
        }
        Ok(())
    }

    /// Ends the gateway, whoever still runs.
    pub async fn end_gateway(&self) -> Result<(), Refused> {
        self.simply(Request::End {}).await
    }
}

/// A condition that may still give a signal.
fn is_live(row: &ConditionRow) -> bool {
    row.condition.progress.state != aftm_domain::condition::State::Done
}

/// What conditions hold or are about to hold, in words; `None` where that is nothing.
pub fn held(status: &StatusRow) -> Option<String> {
    let StatusRow { condition_lots: lots, condition_orders: orders, .. } = status;
    let is_held = lots.is_positive() || *orders > 0;
    is_held.then(|| format!("conditions hold {lots} lots and have {orders} orders under way"))
}

#[cfg(test)]
mod tests {
    use aftm_domain::Quantity;

    use super::*;

    #[test]
    fn an_order_under_way_is_held_as_a_lot_is() {
        let nothing = StatusRow::default();
        assert_eq!(held(&nothing), None);
        let order = StatusRow { condition_orders: 1, ..StatusRow::default() };
        assert_eq!(held(&order).unwrap(), "conditions hold 0 lots and have 1 orders under way");
        let lots =
            StatusRow { condition_lots: Quantity::from_units(2).unwrap(), ..StatusRow::default() };
        assert!(held(&lots).unwrap().contains("2 lots"));
    }
}
