//! What a line does, by its first words, as far as the trader must be asked.

use crate::look::Look;
use crate::safety::level::proof;
use crate::screen::Screen;
use crate::view::{Environment, Position, Running, View, nano, signed};
use crate::widgets::text::exact;

/// What happens with a line.
pub(super) enum Plan {
    /// It says nothing.
    Nothing,
    /// It is carried out.
    Pass,
    /// It halts, so it is carried out, and order keys no longer act.
    Kill,
    /// It goes the way of the order keys.
    Order { item: String },
    /// The form of the login takes it.
    Login { user: String, production: bool },
    /// The question before leaving takes it.
    Quit,
    /// The trader is asked.
    Ask(Ask),
}

/// What the trader is asked.
#[derive(Default)]
pub(super) struct Ask {
    /// What it does, a sentence each.
    pub(super) texts: Vec<String>,
    /// What must be typed first.
    pub(super) phrase: Option<String>,
    /// Ways to do it, each with its label and line; none where the line is the only one.
    pub(super) choices: Vec<(String, String)>,
}

/// What happens with a line, or why it cannot be read.
pub(super) fn plan(screen: &Screen, view: &View, line: &str) -> Result<Plan, String> {
    let words =
        words(line).ok_or_else(|| screen.look.fill("safety.unreadable", &[("line", line)]))?;
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let place = Place { screen, view, look: &screen.look, line };
    Ok(place.plan(&words))
}

/// The words of a line; `None` where quotes are open or a control character hides in it.
fn words(line: &str) -> Option<Vec<String>> {
    let is_clean = !line.chars().any(char::is_control);
    shell_words::split(line).ok().filter(|_| is_clean)
}

/// Whether a line cancels a single order by its number.
pub(super) fn is_cancel_of_one(line: &str) -> bool {
    let words = words(line).unwrap_or_default();
    matches!(words.as_slice(), [command, id] if command == "cancel" && !id.starts_with('-'))
}

pub(super) fn trades(line: &str) -> bool {
    let Some(words) = words(line) else { return true };
    let Some(first) = words.first() else { return false };
    let is_quiet = matches!(
        first.as_str(),
        "login"
            | "logout"
            | "futures"
            | "item"
            | "accounts"
            | "account"
            | "positions"
            | "orders"
            | "fills"
            | "condition"
            | "cancel"
            | "start"
            | "stop"
            | "status"
            | "wait"
            | "kill"
            | "reduce"
            | "rearm"
            | "quit"
            | "exit"
    );
    !is_quiet || words.iter().any(|it| it.starts_with("--fl"))
}

struct Place<'a> {
    screen: &'a Screen,
    view: &'a View,
    look: &'a Look,
    line: &'a str,
}

impl Place<'_> {
    fn plan(&self, words: &[&str]) -> Plan {
        match words {
            [] => Plan::Nothing,
            [first, ..] if first.starts_with('#') => Plan::Nothing,
            _ if words.contains(&"--help") => Plan::Pass,
            [
                "futures" | "accounts" | "positions" | "orders" | "fills" | "status" | "wait"
                | "item",
                ..,
            ]
            | ["condition", "list" | "pause" | "resume", ..] => Plan::Pass,
            ["help", ..] => Plan::Pass,
            ["login", rest @ ..] => self.login(rest),
            ["logout"] => self.logout(),
            ["account", "use", account, ..] => self.account(account),
            ["condition", "drop", id, rest @ ..] => self.drop_condition(id, rest),
            // Somebody who may trade by a key may move what trades by itself, too.
            ["condition", "add" | "edit", ..] if self.is_armed() => Plan::Pass,
            ["condition", ..] => self.ask("confirm.condition", &[("line", self.line)]),
            ["protect", "list", ..] => Plan::Pass,
            ["protect" | "oco", ..] if self.is_armed() => Plan::Pass,
            ["protect" | "oco", ..] => self.ask("confirm.protect", &[("line", self.line)]),
            ["order", _, item, ..] => Plan::Order { item: (*item).to_owned() },
            ["amend", id, ..] => self.amend(id),
            ["cancel", "--all", rest @ ..] => self.cancel_all(rest.first().copied()),
            ["cancel", id] if !id.starts_with('-') => Plan::Pass,
            ["cancel", ..] => self.ask("confirm.cancel_other", &[("line", self.line)]),
            ["flatten", rest @ ..] => self.flatten(rest.first().copied()),
            ["start"] => self.start(),
            ["stop", rest @ ..] => self.stop(rest),
            ["kill", ..] => Plan::Kill,
            // It only takes orders away, and cancels.
            ["reduce", ..] => Plan::Pass,
            ["rearm", ..] => self.typed(self.ask("confirm.rearm", &[])),
            ["quit" | "exit"] => Plan::Quit,
            ["quit" | "exit", ..] => self.ask("confirm.quit", &[("line", self.line)]),
            _ => self.closing(self.ask("confirm.unknown", &[("line", self.line)])),
        }
    }

    fn ask(&self, key: &str, values: &[(&str, &str)]) -> Plan {
        Plan::Ask(Ask { texts: vec![self.look.fill(key, values)], ..Ask::default() })
    }

    fn is_armed(&self) -> bool {
        self.screen.safety.level().is_armed()
    }

    /// Where real money moves, the end of the account is typed.
    fn typed(&self, plan: Plan) -> Plan {
        let account = self.view.machine.account.as_deref().unwrap_or("live");
        match plan {
            Plan::Ask(ask) if self.view.machine.environment == Environment::Live => {
                Plan::Ask(Ask { phrase: Some(proof(account)), ..ask })
            }
            other => other,
        }
    }

    /// Disarmed, what sends orders is typed by its name, so that no run of stray keys does it.
    fn closing(&self, plan: Plan) -> Plan {
        // A line that ends with Enter is no run of stray keys.
        let is_deliberate = self.screen.is_plain || self.is_armed();
        match plan {
            Plan::Ask(ask) if !is_deliberate => {
                Plan::Ask(Ask { phrase: Some("close".to_owned()), ..ask })
            }
            other => other,
        }
    }

    fn login(&self, rest: &[&str]) -> Plan {
        let production = rest.contains(&"--production");
        if rest.iter().any(|it| it.starts_with("--password-file")) {
            let ask = self.ask("confirm.login_production", &[]);
            let phrase = Some("production".to_owned());
            return match ask {
                Plan::Ask(ask) if production => Plan::Ask(Ask { phrase, ..ask }),
                _ => Plan::Pass,
            };
        }
        let user = rest.iter().find(|it| !it.starts_with('-')).copied().unwrap_or_default();
        Plan::Login { user: user.to_owned(), production }
    }

    fn logout(&self) -> Plan {
        let working = self.view.orders.iter().filter(|it| it.works()).count();
        let held = self.view.positions.iter().filter(|it| is_held(it)).count();
        if self.view.machine.running == Running::Stopped && working + held == 0 {
            return Plan::Pass;
        }
        let (working, held) = (working.to_string(), held.to_string());
        self.ask("confirm.logout", &[("orders", &working), ("positions", &held)])
    }

    fn account(&self, account: &str) -> Plan {
        let machine = &self.view.machine;
        let is_live = machine.environment == Environment::Live;
        if !is_live || machine.account.as_deref() == Some(account) {
            return Plan::Pass;
        }
        match self.ask("confirm.account", &[("account", account)]) {
            Plan::Ask(ask) => Plan::Ask(Ask { phrase: Some(proof(account)), ..ask }),
            other => other,
        }
    }

    fn drop_condition(&self, id: &str, rest: &[&str]) -> Plan {
        let held = self.view.condition(id).filter(|it| it.open != 0);
        let Some(condition) = held else {
            let key = if rest.is_empty() { "confirm.drop" } else { "confirm.drop_as" };
            let plan = self.ask(key, &[("id", id), ("line", self.line)]);
            return if trades(self.line) { self.closing(plan) } else { plan };
        };
        let lots = exact(condition.open);
        let item = condition.item.as_str();
        let values = [("id", id), ("lots", lots.as_str()), ("item", item)];
        let texts = vec![self.look.fill("confirm.drop_held", &values)];
        let choice = |key: &str, flag: &str| {
            let id = shell_words::quote(id);
            (self.look.fill(key, &values), format!("condition drop {id} --{flag}"))
        };
        let mut choices = vec![
            choice("confirm.drop_flatten", "flatten"),
            choice("confirm.drop_abandon", "abandon"),
        ];
        // What was asked for by name is the only way that is offered.
        if let Some(flag) = rest.iter().find_map(|it| it.strip_prefix("--")) {
            choices.retain(|(_, line)| line.ends_with(flag));
        }
        self.closing(Plan::Ask(Ask { texts, phrase: None, choices }))
    }

    fn amend(&self, id: &str) -> Plan {
        match self.view.order(id) {
            Some(order) => Plan::Order { item: order.item.clone() },
            None => self.closing(self.ask("confirm.unknown", &[("line", self.line)])),
        }
    }

    fn cancel_all(&self, item: Option<&str>) -> Plan {
        let is_meant = |of: &str| item.is_none_or(|it| it == of);
        let orders = self.view.orders.iter().filter(|it| it.works() && is_meant(&it.item));
        let count = orders.count();
        if count <= 1 {
            return Plan::Pass;
        }
        let count = count.to_string();
        match item {
            Some(item) => self.ask("confirm.cancel_item", &[("count", &count), ("item", item)]),
            None => self.ask("confirm.cancel_count", &[("count", &count)]),
        }
    }

    fn flatten(&self, item: Option<&str>) -> Plan {
        let is_meant = |of: &str| item.is_none_or(|it| it == of);
        let working = self.view.orders.iter().filter(|it| it.works() && is_meant(&it.item));
        let working = working.count();
        let mut texts = Vec::new();
        // The machine cancels what works in the item before it closes.
        if working > 0 {
            let count = working.to_string();
            texts.push(self.look.fill("confirm.cancel_first", &[("count", &count)]));
        }
        let held = self.view.positions.iter().filter(|it| is_held(it) && is_meant(&it.item));
        texts.extend(held.map(|it| position(self.look, self.view, it)));
        if texts.is_empty() {
            texts.push(self.look.fill("confirm.flatten_nothing", &[("line", self.line)]));
        }
        self.closing(Plan::Ask(Ask { texts, ..Ask::default() }))
    }

    fn start(&self) -> Plan {
        if self.view.machine.environment != Environment::Live {
            return Plan::Pass;
        }
        let count = self.view.conditions.len().to_string();
        self.typed(self.ask("confirm.start", &[("count", &count)]))
    }

    fn stop(&self, rest: &[&str]) -> Plan {
        let held: Vec<_> = self.view.conditions.iter().filter(|it| it.open != 0).collect();
        if !rest.is_empty() {
            let plan = self.ask("confirm.stop_as", &[("line", self.line)]);
            return if trades(self.line) { self.closing(plan) } else { plan };
        }
        if held.is_empty() {
            return self.ask("confirm.stop", &[]);
        }
        let count = held.len().to_string();
        let texts = vec![self.look.fill("confirm.stop_held", &[("count", &count)])];
        let choices = vec![
            (self.look.text("confirm.stop_flatten").into_owned(), "stop --flatten".to_owned()),
            (self.look.text("confirm.stop_abandon").into_owned(), "stop --abandon".to_owned()),
        ];
        self.closing(Plan::Ask(Ask { texts, phrase: None, choices }))
    }
}

/// What closing a position does, like `close TXFH1 +1 in SIM-1 at the market, about 17,300`.
pub(crate) fn position(look: &Look, view: &View, it: &Position) -> String {
    let decimals = view.quote(&it.item).map_or(0, |quote| quote.decimals);
    let last = it.last.map_or_else(|| "?".to_owned(), |last| nano(last, decimals));
    let net = net(it);
    let values =
        [("item", it.item.as_str()), ("net", &net), ("account", &it.account), ("last", &last)];
    look.fill("confirm.flatten", &values)
}

/// Whether anything is held.
pub(crate) const fn is_held(it: &Position) -> bool {
    it.long != 0 || it.short != 0
}

/// What is held: `+1`, or `+3/-2` of both sides.
pub(crate) fn net(it: &Position) -> String {
    if it.long != 0 && it.short != 0 {
        return format!("+{}/-{}", exact(it.long), exact(it.short));
    }
    signed(exact(it.net()), it.net() > 0)
}
