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
    /// Requests that were found in one turn, at most, since this was last told.
    waiting: u64,
}

impl Passed {
    /// A turn is over, which began when so many had been taken.
    pub(super) fn turned(&mut self, before: u64) {
        self.waiting = self.waiting.max(self.messages - before);
    }
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

fn row(name: &str, place: &str, passed: Passed) -> SocketRow {
    let Passed { messages, dropped, waiting } = passed;
    SocketRow { name: name.to_owned(), place: place.to_owned(), messages, dropped, waiting }
}

impl<V: Venue, L: Ledger, C> Server<V, L, C> {
    /// The sockets, and what passed through them so far.
    pub(super) fn sockets(&mut self) -> Vec<SocketRow> {
        let Traffic { desk, children, clients } = self.traffic;
        for passed in
            [&mut self.traffic.desk, &mut self.traffic.children, &mut self.traffic.clients]
        {
            passed.waiting = 0;
        }
        let ticks = self.pace.published();
        let news = |topic: &Topic| self.numbers.get(topic).copied().unwrap_or(0);
        let events = Topic::ALL.iter().map(news).sum::<u64>() + ticks + self.books;
        // What is published waits in queues that the library keeps to itself.
        let sent = |messages, dropped| Passed { messages, dropped, waiting: 0 };
        let (tick_port, order_port) = self.sockets.ports();
        let mut rows = vec![
            row("desk", "inproc", desk),
            row("children", "ipc", children),
            row("events", "ipc", sent(events, self.dropped)),
        ];
        rows.extend(tick_port.map(|port| row("v1 ticks", &port.to_string(), sent(ticks, 0))));
        rows.extend(order_port.map(|port| row("v1 orders", &port.to_string(), clients)));
        rows
    }
}
