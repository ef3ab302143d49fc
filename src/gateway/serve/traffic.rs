//! What passed through each socket, for whoever looks after the machine.

use super::Server;
use crate::gateway::keep::Ledger;
use crate::gateway::venue::Venue;
use crate::wire::event::Topic;
use crate::wire::request::SocketRow;

/// What passed through one socket.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Passed {
    /// Requests that were taken.
    pub(super) messages: u64,
    /// Answers whose asker was gone.
    pub(super) dropped: u64,
}

/// What passed through the sockets that are asked.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Traffic {
    pub(super) desk: Passed,
    pub(super) children: Passed,
    pub(super) clients: Passed,
}

impl Traffic {
    /// Answers that nobody took, over all of them.
    pub(super) const fn dropped(&self) -> u64 {
        self.desk.dropped + self.children.dropped + self.clients.dropped
    }
}

fn row(name: &str, place: String, messages: u64, dropped: u64) -> SocketRow {
    let name = name.to_owned();
    SocketRow { name, place, messages, dropped, waiting: 0 }
}

impl<V: Venue, L: Ledger, C> Server<V, L, C> {
    /// The sockets, and what passed through them so far.
    pub(super) fn sockets(&self) -> Vec<SocketRow> {
        let Traffic { desk, children, clients } = self.traffic;
        let ticks = self.pace.published();
        let news = |topic: &Topic| self.numbers.get(topic).copied().unwrap_or(0);
        let events = Topic::ALL.iter().map(news).sum::<u64>() + ticks + self.books;
        let (tick_port, order_port) = self.sockets.ports();
        let mut rows = vec![
            row("desk", "inproc".to_owned(), desk.messages, desk.dropped),
            row("children", "ipc orders".to_owned(), children.messages, children.dropped),
            row("events", "ipc events".to_owned(), events, self.dropped),
        ];
        rows.extend(tick_port.map(|port| row("v1 ticks", port.to_string(), ticks, 0)));
        let orders =
            |port: u16| row("v1 orders", port.to_string(), clients.messages, clients.dropped);
        rows.extend(order_port.map(orders));
        rows
    }
}
