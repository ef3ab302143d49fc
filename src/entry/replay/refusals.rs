//! What did not become a trade, and why.

use std::collections::BTreeMap;

use aftm_domain::order::Status;
use serde::Serialize;

use super::rig::Rig;
use crate::gateway::state::Placed;
use crate::wire::Outcome;

/// Signals or orders that came to nothing for one reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Refusal {
    /// `entry`, `exit` or `order`.
    what: &'static str,
    /// The reason's stable code.
    code: String,
    /// How many.
    count: u64,
    /// The first of them.
    first: String,
    /// Why, in a sentence.
    text: String,
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Refusal { what, code, count, first, text } = self;
        write!(f, "not traded, {code}: {count} of kind {what}, the first {first}: {text}")
    }
}

/// Counts them by kind and code.
pub(super) fn refusals(rig: &Rig) -> Vec<Refusal> {
    let mut counts = BTreeMap::<(&'static str, String), Refusal>::new();
    let mut count = |what, code: &str, first: String, text: &str| {
        let fresh = || {
            let (code, text) = (code.to_owned(), text.to_owned());
            Refusal { what, code, count: 0, first, text }
        };
        counts.entry((what, code.to_owned())).or_insert_with(fresh).count += 1;
    };
    for signal in rig.signals() {
        let (code, text) = match rig.state().outcome(signal.id) {
            Some(Outcome::Ordered { .. }) => continue,
            Some(Outcome::Refused { code, text }) => (code.as_str(), text.as_str()),
            Some(Outcome::Nothing { text }) => ("NOTHING_TO_CLOSE", text.as_str()),
            Some(Outcome::Waits { text }) => ("WAITS", text.as_str()),
            None => ("UNSETTLED", "the feed ended before it was acted on"),
        };
        count(signal.id.kind.word(), code, signal.id.to_string(), text);
    }
    for placed in rig.state().orders.values() {
        if let Some((code, text)) = ended(placed) {
            count("order", &code, placed.order.id.to_string(), &text);
        }
    }
    counts.into_values().collect()
}

/// Why the exchange did not fill an order whole. What we denied ourselves is its signal's outcome.
fn ended(placed: &Placed) -> Option<(String, String)> {
    let order = &placed.order;
    match (order.status, &order.refusal) {
        (Status::Filled | Status::Denied, _) => None,
        (Status::Rejected, Some(refusal)) => Some((refusal.code.clone(), refusal.text.clone())),
        (status, _) => {
            let (filled, quantity) = (order.filled(), order.ticket.quantity);
            Some((
                "UNFILLED".to_owned(),
                format!("it is {status} with {filled} of {quantity} lots"),
            ))
        }
    }
}
