//! At which price of an item something happens next, and what has to be looked at because a fact
//! changed it. Made of the state alone, so that it is the same after a restart.

use std::collections::BTreeSet;

use aftm_domain::order::{Kind, Report, Status};
use aftm_domain::protection::Reach;
use aftm_domain::{Code, Order, OrderId, Price, Side};
use rustc_hash::FxHashMap;

use super::kept::{Pair, Protection};
use crate::gateway::fact::Fact;
use crate::gateway::state::State;
use crate::wire::ProtectionRow;

/// Where what watches an item reacts next. A tick between the two nearest prices costs two
/// comparisons, however many watch.
#[derive(Debug)]
struct Watch {
    down: BTreeSet<(Price, OrderId)>,
    up: BTreeSet<(Price, OrderId)>,
    /// The two nearest prices.
    highest_down: Price,
    lowest_up: Price,
}

const LOWEST: Price = Price::from_raw(i64::MIN);
const HIGHEST: Price = Price::from_raw(i64::MAX);
/// Every trade is another chance.
const ALWAYS: Reach = Reach { down: None, up: Some(LOWEST) };

impl Default for Watch {
    fn default() -> Watch {
        let (down, up) = (BTreeSet::new(), BTreeSet::new());
        Watch { down, up, highest_down: LOWEST, lowest_up: HIGHEST }
    }
}

impl Watch {
    fn change(&mut self, id: OrderId, reach: Reach, is_watched: bool) {
        for (set, price) in [(&mut self.down, reach.down), (&mut self.up, reach.up)] {
            let Some(price) = price else { continue };
            if is_watched {
                set.insert((price, id));
            } else {
                set.remove(&(price, id));
            }
        }
        self.highest_down = self.down.last().map_or(LOWEST, |it| it.0);
        self.lowest_up = self.up.first().map_or(HIGHEST, |it| it.0);
    }

    /// Who reacts at a price, oldest first.
    fn hits(&self, price: Price) -> Vec<OrderId> {
        let down = self.down.range((price, OrderId(0))..).map(|it| it.1);
        let up = self.up.range(..=(price, OrderId(u64::MAX))).map(|it| it.1);
        let mut hits: Vec<OrderId> = down.chain(up).collect();
        hits.sort_unstable();
        hits.dedup();
        hits
    }
}

/// What watches the market, and what waits to be looked at.
#[derive(Debug, Default)]
pub(in crate::gateway) struct Lookout {
    watches: FxHashMap<Code, Watch>,
    placed: FxHashMap<OrderId, (Code, Reach)>,
    /// To be looked at; true where a tick asks for another try.
    dirty: std::collections::BTreeMap<OrderId, bool>,
    untold: BTreeSet<OrderId>,
    told: FxHashMap<OrderId, ProtectionRow>,
}

impl Lookout {
    /// Everything that a state watches.
    pub(in crate::gateway) fn of(state: &State) -> Lookout {
        let mut lookout = Lookout::default();
        lookout.touch_all(state);
        lookout.untold.clear();
        state.working().for_each(|it| lookout.watch_order(state, it.order.id));
        lookout
    }

    /// Whether a trade of an item reaches nothing that is watched.
    pub(in crate::gateway) fn is_idle_at(&self, item: Code, price: Price) -> bool {
        self.placed.is_empty()
            || self
                .watches
                .get(&item)
                .is_none_or(|it| it.highest_down < price && price < it.lowest_up)
    }

    /// Who reacts to a trade, oldest first.
    pub(in crate::gateway) fn hits(&self, item: Code, price: Price) -> Vec<OrderId> {
        self.watches.get(&item).map(|it| it.hits(price)).unwrap_or_default()
    }

    /// The next that waits to be looked at, and whether a tick asks for another try.
    pub(in crate::gateway) fn next(&mut self) -> Option<(OrderId, bool)> {
        self.dirty.pop_first()
    }

    /// Whether anything waits to be looked at.
    pub(in crate::gateway) fn is_clean(&self) -> bool {
        self.dirty.is_empty()
    }

    /// A tick asks for another try.
    pub(in crate::gateway) fn try_again(&mut self, id: OrderId) {
        self.dirty.insert(id, true);
    }

    /// Those that may have changed since the last call.
    pub(in crate::gateway) fn take_untold(&mut self) -> BTreeSet<OrderId> {
        std::mem::take(&mut self.untold)
    }

    /// Whether a row is other than it was told last; it is told now.
    pub(in crate::gateway) fn is_news(&mut self, row: &ProtectionRow) -> bool {
        if row.text.is_empty() {
            let before = self.told.insert(row.id, row.clone());
            return before.as_ref() != Some(row);
        }
        self.told.remove(&row.id);
        true
    }

    /// A fact was folded: whatever it may concern is looked at.
    pub(in crate::gateway) fn follow(&mut self, state: &State, fact: &Fact) {
        match fact {
            Fact::Protected { id, .. } | Fact::Protection { id, .. } | Fact::Paired { id, .. } => {
                self.touch(state, *id);
            }
            Fact::OrderReported { id, report } => {
                if matches!(report, Report::Kept) || self.placed.contains_key(id) {
                    self.watch_order(state, *id);
                }
                if state.protections.is_idle() {
                    return;
                }
                let of_it = [state.protections.at(*id), state.protections.pair_of(*id)];
                of_it.into_iter().flatten().for_each(|it| self.touch(state, it));
                let moves = matches!(report, Report::Filled(_));
                // Whoever closes the same lots gives them free when it ends.
                let ends = state.orders.get(id).filter(|it| moves || it.order.status.is_final());
                if let Some(ticket) = ends.map(|it| it.order.ticket) {
                    self.touch_key(state, (ticket.account, ticket.item));
                }
            }
            Fact::PositionTaken { account, item, .. } => self.touch_key(state, (*account, *item)),
            Fact::LoggedIn { .. } | Fact::Connected {} | Fact::Rearmed { .. } => {
                self.touch_all(state);
            }
            _ => (),
        }
    }

    fn touch_key(&mut self, state: &State, key: (aftm_domain::AccountId, Code)) {
        let own: Vec<OrderId> = state.protections.of(key).map(|it| it.id).collect();
        own.into_iter().for_each(|it| self.touch(state, it));
    }

    fn touch_all(&mut self, state: &State) {
        state.protections.live().for_each(|it| self.touch(state, it));
    }

    fn touch(&mut self, state: &State, id: OrderId) {
        self.untold.insert(id);
        if state.protections.is_live(id) {
            self.dirty.entry(id).or_insert(false);
        }
        let watched = match state.protections.pair(id) {
            Some(pair) => stuck(state, pair),
            None => state.protections.get(id).map(|it| (it.item, reach(state, it))),
        };
        self.watch(id, watched.filter(|_| state.protections.is_live(id)));
    }

    /// An order that we keep waits for its stop price.
    fn watch_order(&mut self, state: &State, id: OrderId) {
        let kept = state.placed(id).map(|it| &it.order).filter(|it| it.is_kept);
        let kept = kept.filter(|it| it.status == Status::New);
        let watched = kept.map(|it| match it.ticket.side {
            Side::Buy => (it.ticket.item, Reach { down: None, up: it.ticket.stop_price }),
            Side::Sell => (it.ticket.item, Reach { down: it.ticket.stop_price, up: None }),
        });
        self.watch(id, watched);
    }

    fn watch(&mut self, id: OrderId, watched: Option<(Code, Reach)>) {
        let watched = watched.filter(|(_, it)| *it != Reach::default());
        if self.placed.get(&id) == watched.as_ref() {
            return;
        }
        if let Some((item, reach)) = self.placed.remove(&id) {
            self.watches.entry(item).or_default().change(id, reach, false);
        }
        if let Some((item, reach)) = watched {
            self.watches.entry(item).or_default().change(id, reach, true);
            self.placed.insert(id, (item, reach));
        }
    }
}

/// A pair of which an order could not be canceled is looked at again at every trade of its item.
fn stuck(state: &State, pair: &Pair) -> Option<(Code, Reach)> {
    let is_refused = |it: &&Order| it.status.is_open() && it.refusal.is_some();
    let mut orders = pair.orders.iter().filter_map(|it| state.orders.get(it)).map(|it| &it.order);
    let item = orders.find(is_refused)?.ticket.item;
    pair.is_canceling.then_some((item, ALWAYS))
}

/// Where a protection reacts next. What rests at the exchange reacts there.
fn reach(state: &State, protection: &Protection) -> Reach {
    let Some(levels) = protection.levels else { return Reach::default() };
    if protection.fired.is_some() {
        return ALWAYS;
    }
    let resting = protection.resting().and_then(|id| state.placed(id)).map(|it| &it.order);
    let cover = state.protections.cover(protection, state.lots(protection.key(), protection.side));
    // One that is to be replaced may stay where it is: then the exchange keeps other levels.
    let is_right = |it: &&Order| match it.ticket.kind {
        Kind::Limit => it.ticket.price == levels.take_profit,
        _ => it.ticket.stop_price == levels.stop,
    };
    let resting = resting.filter(|it| it.status == Status::New && !it.is_kept);
    let resting = resting.filter(|it| it.left() >= cover).filter(is_right);
    match resting.map(|it| it.ticket.kind) {
        None => levels.reach(&protection.terms, protection.side, true),
        Some(Kind::Limit) => Reach::default(),
        Some(_) => levels.reach(&protection.terms, protection.side, false),
    }
}
