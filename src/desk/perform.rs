//! What each command does: requests to the gateway, and the lines that show the answers.

use std::rc::Rc;
use std::time::Duration;

use aftm_domain::{AccountId, Code, ConditionId, OrderId};

use super::command::{Account, Amend, Cancel, Command, Condition, Item, Leaving, Login};
use super::command::{NewCondition, Order, Until, Wait};
use super::lines::{fill, line};
use super::operator::Desk;
use crate::wire::request::{ConditionRow, Leave, StatusRow};
use crate::wire::{Intent, Refused, Reply, Request, Secret};

/// The shortest time between two questions of a wait.
pub(super) const ASK_AGAIN: Duration = Duration::from_millis(10);

/// The order that a command sent, where it sent one.
type Performed = Result<Option<OrderId>, Refused>;

impl Desk {
    /// Carries a command out; what it shows is appended to `lines`. The order that it sent, where it
    /// sent one.
    pub async fn perform(self: &Rc<Self>, command: &Command, lines: &mut Vec<String>) -> Performed {
        match command {
            Command::Login(login) => self.login(login, None).await?,
            Command::Logout => self.simply(Request::Logout {}).await?,
            Command::Futures { code } => self.futures(*code, lines).await?,
            Command::Item(item) => self.item(item, lines).await?,
            Command::Accounts => self.accounts(lines).await?,
            Command::Account(Account::Use { account }) => {
                self.simply(Request::UseAccount { account: *account }).await?;
            }
            Command::Positions { code } => {
                let rows = self.positions(*code).await?;
                lines.extend(rows.iter().map(|row| line(self.now(), "position", row)));
            }
            Command::Orders { all } => {
                let rows = self.orders(*all, OrderId(0)).await?;
                lines.extend(rows.iter().map(|row| line(self.now(), "order", row)));
            }
            Command::Fills => {
                let rows = self.fills(0).await?;
                lines.extend(rows.iter().map(|row| fill(self.now(), row)));
            }
            Command::Condition(condition) => self.condition(condition, lines).await?,
            Command::Order(order) => return self.order(order, lines).await,
            Command::Protect(protect) => self.protect(protect, lines).await?,
            Command::Oco(oco) => self.pair(oco, lines).await?,
            Command::Cancel(Cancel::One(order)) => {
                self.simply(Request::Cancel { order: *order }).await?;
            }
            Command::Cancel(Cancel::All(item)) => {
                self.simply(Request::CancelAll { item: *item }).await?;
            }
            Command::Amend(Amend { order, quantity, price }) => {
                let (order, quantity, price) = (*order, *quantity, *price);
                self.simply(Request::Amend { order, quantity, price }).await?;
            }
            Command::Flatten { code } => self.simply(Request::Flatten { item: *code }).await?,
            Command::Start => self.start().await?,
            Command::Stop { leaving } => self.stop(*leaving).await?,
            Command::Status => self.status(lines).await?,
            Command::Wait(wait) => self.wait_for(wait).await?,
            Command::Kill { flatten, reason, scope } => {
                let (flatten, scope) = (*flatten, scope.wire());
                let reason = reason.as_str().to_owned();
                let reply = self.line.ask(Request::Kill { flatten, reason, scope }).await?;
                if let Reply::Killed { cancels, closings, left } = reply {
                    let body = serde_json::json!({
                        "cancels": cancels, "closings": closings, "left": left,
                    });
                    lines.push(line(self.now(), "killed", body));
                }
            }
            Command::Reduce { reason, scope } => {
                let (reason, scope) = (reason.as_str().to_owned(), scope.wire());
                self.simply(Request::Reduce { reason, scope }).await?;
            }
            Command::Rearm { reason, force, scope } => {
                let (reason, force) = (reason.as_str().to_owned(), *force);
                let scope = scope.wire();
                self.simply(Request::Rearm { reason, scope, force }).await?;
            }
            Command::Quit { leaving } => {
                self.stop(*leaving).await?;
                self.end();
            }
        }
        Ok(None)
    }

    pub(super) async fn simply(&self, request: Request) -> Result<(), Refused> {
        self.line.ask(request).await.map(|_| ())
    }

    /// Logs in. A password that was typed comes before that of a file or of the environment.
    pub async fn login(&self, login: &Login, typed: Option<Secret>) -> Result<(), Refused> {
        let password = match &login.password_file {
            Some(file) => Some((self.read_password)(file)?),
            None => typed.or_else(|| self.password.clone()),
        };
        let (user, production) = (login.user, login.production);
        self.simply(Request::Login { user, password, production }).await
    }

    async fn futures(&self, code: Option<Code>, lines: &mut Vec<String>) -> Result<(), Refused> {
        let code = code.map(|it| it.to_string());
        let mut from = Some(0);
        while let Some(place) = from {
            let request = Request::Instruments { code: code.clone(), from: place };
            let Reply::Instruments { rows, next } = self.line.ask(request).await? else { break };
            if let Some(code) = code.as_deref().filter(|_| rows.is_empty() && place == 0) {
                let text = format!("the exchange lists nothing that begins with {code}");
                return Err(Refused::new("UNKNOWN_ITEM", text));
            }
            lines.extend(rows.iter().map(|row| line(self.now(), "instrument", row)));
            from = next;
        }
        Ok(())
    }

    async fn item(&self, item: &Item, lines: &mut Vec<String>) -> Result<(), Refused> {
        match item {
            Item::Add { codes } => {
                for item in codes {
                    self.simply(Request::AddItem { item: *item }).await?;
                }
            }
            Item::Drop { codes } => {
                for item in codes {
                    self.simply(Request::DropItem { item: *item }).await?;
                }
            }
            Item::List => {
                if let Reply::Items { items } = self.line.ask(Request::Items {}).await? {
                    lines.extend(items.iter().map(|it| line(self.now(), "item", it)));
                }
            }
        }
        Ok(())
    }

    async fn accounts(&self, lines: &mut Vec<String>) -> Result<(), Refused> {
        let reply = self.line.ask(Request::Accounts {}).await?;
        if let Reply::Accounts { accounts, selected } = reply {
            let show = |account: &AccountId| {
                let is_selected = selected == Some(*account);
                let body = serde_json::json!({ "account": account, "selected": is_selected });
                line(self.now(), "account", body)
            };
            lines.extend(accounts.iter().map(show));
        }
        Ok(())
    }

    async fn condition(
        &self,
        condition: &Condition,
        lines: &mut Vec<String>,
    ) -> Result<(), Refused> {
        match condition {
            Condition::Add(new) => self.add_condition(new).await,
            Condition::List => {
                let rows = self.conditions().await?;
                lines.extend(rows.iter().map(|row| line(self.now(), "condition", row)));
                Ok(())
            }
            Condition::Edit(edit) => {
                let rows = self.conditions().await?;
                let Some(row) = rows.iter().find(|it| it.condition.terms.id == edit.id) else {
                    let text = format!("there is no condition {}", edit.id);
                    return Err(Refused::new("UNKNOWN_CONDITION", text));
                };
                let terms = edit.apply(&row.condition.terms).map_err(|error| invalid(&error))?;
                self.simply(Request::EditCondition { terms }).await
            }
            Condition::Pause { id } => {
                self.simply(Request::PauseCondition { id: *id, is_paused: true }).await
            }
            Condition::Resume { id } => {
                self.simply(Request::PauseCondition { id: *id, is_paused: false }).await
            }
            Condition::Drop { id, leaving } => {
                let position = leave(*leaving);
                self.simply(Request::DropCondition { id: *id, position }).await
            }
        }
    }

    async fn add_condition(&self, new: &NewCondition) -> Result<(), Refused> {
        let fallback = match new.id {
            Some(id) => id,
            None => free_name(&self.conditions().await?)?,
        };
        let terms = new.terms(fallback, &self.defaults).map_err(|error| invalid(&error))?;
        self.simply(Request::AddCondition { terms }).await
    }

    async fn order(&self, order: &Order, lines: &mut Vec<String>) -> Performed {
        let account = match order.account {
            Some(account) => account,
            None => self.selected().await?,
        };
        let intent = Box::new(Intent::of_ticket(&order.ticket(account), None));
        let asked = self.now();
        let reply = self.line.ask(Desk::request_of(order, intent)).await;
        self.trips.borrow_mut().add(self.now().since(asked));
        match reply? {
            Reply::Placed { row, .. } => {
                lines.push(line(self.now(), "order", &row));
                match row.refusal {
                    Some(refusal) if row.status == aftm_domain::order::Status::Rejected => {
                        Err(Refused { code: refusal.code, text: refusal.text })
                    }
                    _ => Ok(Some(row.order)),
                }
            }
            _ => Ok(None),
        }
    }

    async fn selected(&self) -> Result<AccountId, Refused> {
        let status = self.ask_status().await?;
        if status.user.is_none() {
            return Err(Refused::new("NOT_LOGGED_IN", "nobody is logged in; log in first"));
        }
        status.account.ok_or_else(|| {
            let text = "no account is selected; say account use ACCOUNT, or --account ACCOUNT";
            Refused::new("MISSING_ACCOUNT", text)
        })
    }

    /// How the gateway is.
    pub async fn ask_status(&self) -> Result<StatusRow, Refused> {
        match self.line.ask(Request::Status {}).await? {
            Reply::Status(row) => Ok(StatusRow { missed: self.missed(), ..*row }),
            _ => Err(Refused::new("INTERNAL_ERROR", "the gateway told no status")),
        }
    }

    async fn status(&self, lines: &mut Vec<String>) -> Result<(), Refused> {
        let row = self.ask_status().await?;
        lines.push(line(self.now(), "status", &row));
        for child in self.supervisor.borrow().children() {
            let now = self.now();
            let heard_ms = child.pid.map(|_| now.since(child.heard) / 1_000_000);
            let body = serde_json::json!({
                "component": child.role,
                "state": child.standing.word(),
                "text": child.text,
                "pid": child.pid,
                "heard_ms": heard_ms,
                "restarts": child.restarts.len(),
            });
            lines.push(line(now, "component", body));
        }
        Ok(())
    }

    /// Waits until something holds.
    pub(super) async fn wait_for(self: &Rc<Self>, wait: &Wait) -> Result<(), Refused> {
        let holds = self.until(wait.until);
        let Some(timeout) = wait.timeout else { return holds.await };
        tokio::time::timeout(timeout, holds).await.unwrap_or_else(|_| {
            let text = format!("it did not come within {} ms", timeout.as_millis());
            Err(Refused::new("TIMEOUT", text))
        })
    }

    async fn until(self: &Rc<Self>, until: Until) -> Result<(), Refused> {
        let mut seen = self.watch();
        loop {
            let status = self.ask_status().await?;
            let is_so = match until {
                Until::Running => self.supervisor.borrow().is_running(),
                Until::Tick => status.feed_age_ms.is_some(),
                Until::Fills(count) => status.fills >= self.fills_before + count,
                Until::FeedEnd => status.feed_ended,
                Until::Flat => status.open_lots.is_zero(),
                Until::OrdersDone => status.open_orders == 0,
            };
            if is_so {
                return Ok(());
            }
            if self.is_over() {
                return Err(Refused::new("ENDED", "the machine ends"));
            }
            let needs_children = !matches!(until, Until::Tick | Until::Flat | Until::OrdersDone);
            if needs_children && self.supervisor.borrow().has_given_up() {
                let text = "a child of the machine failed too often and stays down; see the log";
                return Err(Refused::new("NOT_RUNNING", text));
            }
            // A tick is no change that anybody is told of.
            if until != Until::Tick {
                self.changed(&mut seen).await;
            }
            // Changes come in swarms while the machine trades; one question answers for all of them.
            tokio::time::sleep(ASK_AGAIN).await;
        }
    }
}

fn invalid(error: &aftm_domain::condition::TermsError) -> Refused {
    Refused::new("INVALID_CONDITION", error.to_string())
}

const fn leave(leaving: Leaving) -> Leave {
    match leaving {
        Leaving::Refuse => Leave::Refuse,
        Leaving::Flatten => Leave::Flatten,
        Leaving::Abandon => Leave::Abandon,
    }
}

/// A free letter, then numbers.
fn free_name(rows: &[ConditionRow]) -> Result<ConditionId, Refused> {
    let letters = ('a'..='z').map(|it| it.to_string());
    let mut names = letters.chain((1_u32..).map(|it| format!("c{it}")));
    let is_free = |name: &String| rows.iter().all(|it| it.condition.terms.id.as_str() != name);
    let name = names.find(is_free).unwrap_or_default();
    name.parse()
        .map_err(|error: aftm_domain::IdError| Refused::new("INVALID_CONDITION", error.to_string()))
}
