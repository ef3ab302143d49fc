//! What the machine says, one JSON object a line: `{"ts","kind",KIND:{…}}`.

use aftm_domain::{OrderId, Stamp};
use serde::Serialize;
use serde_json::{Map, Value, json as object};

use super::command::Command;
use super::records::{fill_line, json, signal_line};
use super::supervisor::Standing;
use crate::wire::event::ChildWord;
use crate::wire::{Event, FillRow, Refused, Role};

/// A line of a kind; what it tells stands under the kind's own name.
pub(super) fn line(now: Stamp, kind: &str, body: impl Serialize) -> String {
    told(now, kind, &json(&body))
}

/// A line whose body is JSON already.
fn told(now: Stamp, kind: &str, body: &str) -> String {
    format!("{{\"ts\":\"{now}\",\"kind\":\"{kind}\",\"{kind}\":{body}}}")
}

/// A fill.
pub(super) fn fill(now: Stamp, row: &FillRow) -> String {
    told(now, "fill", &fill_line(row))
}

/// The line of an event; `None` for what is only between the machine's processes.
pub(super) fn event(now: Stamp, event: &Event) -> Option<String> {
    Some(match event {
        Event::Sync { .. } | Event::Child { word: ChildWord::Beat, .. } => return None,
        Event::Signal(signal) => told(now, "signal", &signal_line(signal)),
        Event::Fill(row) => fill(now, row),
        Event::Order(row) => line(now, "order", row),
        Event::Position(row) => line(now, "position", row),
        Event::Protection(row) => line(now, "protection", row),
        Event::Condition(row) => line(now, "condition", row),
        Event::ConditionDropped { id } => line(now, "condition_dropped", object!({ "id": id })),
        Event::Settled { id, outcome } => {
            line(now, "settled", object!({ "signal": id, "outcome": outcome }))
        }
        Event::LoggedIn { user, production, accounts } => line(
            now,
            "logged_in",
            object!({ "user": user, "production": production, "accounts": accounts }),
        ),
        Event::LoggedOut {} => line(now, "logged_out", Map::<String, Value>::new()),
        Event::Connection { connected, reason } => {
            line(now, "connection", object!({ "connected": connected, "reason": reason }))
        }
        Event::Account { account } => line(now, "account", object!({ "account": account })),
        Event::Item { item, registered } => {
            line(now, "item", object!({ "item": item, "registered": registered }))
        }
        Event::Child { role, pid, word } => {
            line(now, "child", object!({ "role": role, "pid": pid, "word": word }))
        }
        Event::Feed { feed, state, text } => {
            line(now, "feed", object!({ "feed": feed, "state": state, "text": text }))
        }
        Event::Trading(row) => line(now, "trading", row),
        Event::Limits { .. } => return None,
        Event::Alert { code, text } => alert(now, code, text),
    })
}

/// Something that the trader must know.
pub(super) fn alert(now: Stamp, code: &str, text: &str) -> String {
    line(now, "alert", object!({ "code": code, "text": text }))
}

/// How a child stands.
pub(super) fn component(now: Stamp, role: Role, standing: Standing, text: &str) -> String {
    let body = object!({ "component": role, "state": standing.word(), "text": text });
    line(now, "component", body)
}

/// A command was carried out; with the order that it sent, where it sent one.
pub(super) fn done(now: Stamp, command: &Command, order: Option<OrderId>) -> String {
    line(now, "done", object!({ "command": command.to_line(), "order": order }))
}

/// A command was refused.
pub(super) fn refused(now: Stamp, command: &str, refused: &Refused) -> String {
    let Refused { code, text } = refused;
    line(now, "refused", object!({ "command": command, "code": code, "text": text }))
}
