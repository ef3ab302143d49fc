//! What the machine says, one JSON object a line: `{"ts","kind",KIND:{…}}`.

use aftm_domain::{OrderId, Stamp};
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::command::Command;
use super::supervisor::Standing;
use crate::wire::event::ChildWord;
use crate::wire::{Event, FillRow, Refused, Role, Signal};

/// A line of a kind; what it tells stands under the kind's own name.
pub(super) fn line(now: Stamp, kind: &str, body: impl Serialize) -> String {
    // Our own rows have text keys and exact texts, so they always become JSON.
    let body = serde_json::to_value(body).unwrap_or(Value::Null);
    // Written by hand so that time and kind come first.
    format!("{{\"ts\":\"{now}\",\"kind\":\"{kind}\",\"{kind}\":{body}}}")
}

/// A signal as it is written for people and programs.
#[derive(Debug, Serialize)]
pub struct SignalLine<'a> {
    condition: &'a str,
    item: &'a str,
    side: &'static str,
    kind: &'static str,
    reason: &'static str,
    price: String,
    time: String,
    quantity: String,
}

impl<'a> From<&'a Signal> for SignalLine<'a> {
    fn from(signal: &'a Signal) -> SignalLine<'a> {
        SignalLine {
            condition: signal.id.condition.as_str(),
            item: signal.item.as_str(),
            side: signal.side.word(),
            kind: signal.id.kind.word(),
            reason: signal.reason.map_or("", |it| it.word()),
            price: signal.price.to_string(),
            time: signal.time.to_string(),
            quantity: signal.quantity.to_string(),
        }
    }
}

/// The line of an event; `None` for what is only between the machine's processes.
pub(super) fn event(now: Stamp, event: &Event) -> Option<String> {
    Some(match event {
        Event::Sync { .. } | Event::Child { word: ChildWord::Beat, .. } => return None,
        Event::Signal(signal) => raw(now, "signal", &SignalLine::from(signal)),
        Event::Fill(row) => fill(now, row),
        Event::Order(row) => line(now, "order", row),
        Event::Position(row) => line(now, "position", row),
        Event::Condition(row) => line(now, "condition", row),
        Event::ConditionDropped { id } => line(now, "condition_dropped", json!({ "id": id })),
        Event::Settled { id, outcome } => {
            line(now, "settled", json!({ "signal": id, "outcome": outcome }))
        }
        Event::LoggedIn { user, production, accounts } => line(
            now,
            "logged_in",
            json!({ "user": user, "production": production, "accounts": accounts }),
        ),
        Event::LoggedOut {} => line(now, "logged_out", Map::new()),
        Event::Connection { connected, reason } => {
            line(now, "connection", json!({ "connected": connected, "reason": reason }))
        }
        Event::Account { account } => line(now, "account", json!({ "account": account })),
        Event::Item { item, registered } => {
            line(now, "item", json!({ "item": item, "registered": registered }))
        }
        Event::Child { role, pid, word } => {
            line(now, "child", json!({ "role": role, "pid": pid, "word": word }))
        }
        Event::Feed { feed, state, text } => {
            line(now, "feed", json!({ "feed": feed, "state": state, "text": text }))
        }
        Event::Alert { code, text } => alert(now, code, text),
    })
}

/// A fill as it is written for people and programs: the exchange's name for it is not part of it.
pub(super) fn fill(now: Stamp, row: &FillRow) -> String {
    raw(now, "fill", &FillRow { trade: None, ..*row })
}

/// Like `line`, with the keys in the order of the row.
fn raw(now: Stamp, kind: &str, body: &impl Serialize) -> String {
    let body = serde_json::to_string(body).unwrap_or_default();
    format!("{{\"ts\":\"{now}\",\"kind\":\"{kind}\",\"{kind}\":{body}}}")
}

/// Something that the trader must know.
pub(super) fn alert(now: Stamp, code: &str, text: &str) -> String {
    line(now, "alert", json!({ "code": code, "text": text }))
}

/// How a child stands.
pub(super) fn component(now: Stamp, role: Role, standing: Standing, text: &str) -> String {
    let body = json!({ "component": role, "state": standing.word(), "text": text });
    line(now, "component", body)
}

/// A command was carried out; with the order that it sent, where it sent one.
pub(super) fn done(now: Stamp, command: &Command, order: Option<OrderId>) -> String {
    line(now, "done", json!({ "command": command.to_line(), "order": order }))
}

/// A command was refused.
pub(super) fn refused(now: Stamp, command: &str, refused: &Refused) -> String {
    let Refused { code, text } = refused;
    line(now, "refused", json!({ "command": command, "code": code, "text": text }))
}
