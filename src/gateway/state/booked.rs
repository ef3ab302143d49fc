//! Fills as they change what is held.

use aftm_domain::{AccountId, Code, Fill, Money, OrderId, Quantity, SignalId, SignalKind};

use super::{Holding, Placed, State, look_up};

impl State {
    pub(super) fn book(&mut self, id: OrderId, fill: &Fill) {
        let Some(placed) = look_up(&self.orders, id) else { return };
        let key = (placed.order.ticket.account, placed.order.ticket.item);
        let signal = placed.signal;
        let before = self.sides(key);
        let since = self.told(key, placed.fills_before);
        let is_late = since.map(|(_, _, other)| other.time).any(|it| fill.time < it);
        // A position that was taken over from the venue is not the sum of the fills known here.
        if is_late && !self.taken.contains(&key) {
            self.book_anew(key);
        } else if self.holdings.entry(key).or_default().book(placed, fill).is_err() {
            self.misfits += 1;
        }
        self.follow_fill(id, fill.quantity, before);
        if let Some(signal) = signal {
            self.count(signal, fill.quantity);
        }
    }

    /// The fills of an account and item in the order they were told, each with its place among all,
    /// from one place on.
    fn told(
        &self,
        key: (AccountId, Code),
        from: usize,
    ) -> impl Iterator<Item = (usize, &Placed, &Fill)> {
        self.fills.iter().enumerate().skip(from).filter_map(move |(told, (order, at))| {
            let placed = self.orders.get(order)?;
            let is_of_key = (placed.order.ticket.account, placed.order.ticket.item) == key;
            is_of_key.then_some((told, placed, placed.order.fills.get(*at)?))
        })
    }

    /// A fill was told late: what netted against what follows from the order of the trades, so the
    /// holding is made of all its fills again. Trades of one instant keep the order they were told.
    fn book_anew(&mut self, key: (AccountId, Code)) {
        let mut traded: Vec<(usize, &Placed, &Fill)> = Vec::new();
        for (told, placed, fill) in self.told(key, 0) {
            let is_after = |(told, _, other): &&(usize, &Placed, &Fill)| {
                *told >= placed.fills_before && fill.time < other.time
            };
            let after = traded.iter().rev().take_while(is_after).count();
            traded.insert(traded.len() - after, (told, placed, fill));
        }
        let day_base = self.holdings.get(&key).map_or(Money::ZERO, |it| it.day_base);
        let mut holding = Holding { day_base, ..Holding::default() };
        for (_, placed, fill) in traded {
            // One that closes what is not there was counted when it was told.
            let _ = holding.book(placed, fill);
        }
        self.holdings.insert(key, holding);
    }

    fn count(&mut self, signal: SignalId, quantity: Quantity) {
        let Some(held) = self.held_mut(signal.condition) else { return };
        if held.condition.progress.generation != signal.generation {
            return;
        }
        let sum = match signal.kind {
            SignalKind::Entry => &mut held.entered,
            SignalKind::Exit => &mut held.left,
        };
        *sum = sum.checked_add(quantity).unwrap_or(*sum);
        if signal.kind == SignalKind::Exit && held.open().is_zero() {
            self.exits.remove(&signal);
        }
    }
}
