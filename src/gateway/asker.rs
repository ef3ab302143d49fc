//! Who asks by the port for programs: written down once, before what comes of it.

use super::core::Core;
use super::fact::{Door, Fact};
use super::keep::Ledger;
use super::venue::Venue;
use crate::wire::guard::ClientName;
use crate::wire::request::Request;

/// The program whose request is served now.
#[derive(Default)]
pub(super) struct Asker {
    client: Option<ClientName>,
    /// What it asks for, until something comes of that.
    request: Option<&'static str>,
}

impl Asker {
    /// A request is served.
    pub(super) const fn asks(&mut self, request: &Request, door: Door) {
        self.request = match door {
            Door::V1 => Some(word(request)),
            Door::Desk | Door::Executor | Door::Strategy | Door::Gateway => None,
        };
    }

    /// Puts who asked before the first facts that come of it.
    pub(super) fn sign(&mut self, facts: &mut Vec<Fact>) {
        if let Some(request) = self.request.take() {
            let (client, request) = (self.client.clone(), request.to_owned());
            facts.insert(0, Fact::Asked { client, door: Door::V1, request });
        }
    }
}

impl<V: Venue, L: Ledger> Core<V, L> {
    /// Names the program that asks next, by its key; `None` where it has none, and when it was
    /// served.
    pub fn asked_by(&mut self, client: Option<ClientName>) {
        self.asker = Asker { client, request: None };
    }
}

/// What the port for programs can ask for.
const fn word(request: &Request) -> &'static str {
    match request {
        Request::Place { .. } => "place",
        Request::Cancel { .. } => "cancel",
        Request::Kill { .. } => "kill",
        _ => "ask",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_of_a_request_is_signed_once_and_only_for_programs() {
        let cancel = Request::Cancel { order: aftm_domain::OrderId(1) };
        let mut asker = Asker { client: Some("mt5".to_owned()), request: None };
        let mut facts = vec![Fact::Connected {}];
        asker.asks(&cancel, Door::Desk);
        asker.sign(&mut facts);
        assert_eq!(facts, [Fact::Connected {}]);
        asker.asks(&cancel, Door::V1);
        asker.sign(&mut facts);
        let (client, request) = (Some("mt5".to_owned()), "cancel".to_owned());
        let asked = Fact::Asked { client, door: Door::V1, request };
        assert_eq!(facts, [asked, Fact::Connected {}]);
        asker.sign(&mut facts);
        assert_eq!(facts.len(), 2);
    }
}
