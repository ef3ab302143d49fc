//! One item's market: what the feed shows of it, and our orders that rest behind it.

use aftm_domain::{AccountId, Book, Instrument, Level, OrderId, Price, Side, Tick};

use crate::queue::Queue;
use crate::working::Working;

/// How far a range market order may trade from the best opposite price, in millionths: the half
/// percent that TAIFEX grants index futures.
const RANGE_MILLIONTHS: u32 = 5_000;

#[derive(Debug)]
pub(crate) struct Market {
    pub(crate) instrument: Instrument,
    /// The last trade.
    pub(crate) last: Option<Price>,
    /// What the price limits are measured from.
    pub(crate) reference: Option<Price>,
    /// What is left of the book that was shown last.
    pub(crate) book: Option<Book>,
    pub(crate) slippage: i32,
    pub(crate) bids: Queue,
    pub(crate) asks: Queue,
    pub(crate) buy_stops: Queue,
    pub(crate) sell_stops: Queue,
}

impl Market {
    pub(crate) fn new(instrument: Instrument, slippage: u32) -> Market {
        Market {
            instrument,
            last: None,
            reference: None,
            book: None,
            slippage: i32::try_from(slippage).unwrap_or(i32::MAX),
            bids: Queue::default(),
            asks: Queue::default(),
            buy_stops: Queue::default(),
            sell_stops: Queue::default(),
        }
    }

    /// Takes in a trade and the book after it.
    pub(crate) fn see(&mut self, tick: &Tick, book: Option<&Book>) {
        self.last = Some(tick.price);
        self.reference = self.reference.or(self.last);
        if let Some(book) = book {
            self.book = Some(*book);
        }
    }

    /// The levels that an order on `side` takes from, best first.
    pub(crate) fn opposite(&self, side: Side) -> Option<&[Level]> {
        let book = self.book.as_ref()?;
        Some(match side {
            Side::Buy => &book.asks,
            Side::Sell => &book.bids,
        })
    }

    /// The best price that an order on `side` meets: of the book where there is one, else the last.
    pub(crate) fn touch(&self, side: Side) -> Option<Price> {
        match self.opposite(side) {
            Some(levels) => levels.iter().find(|it| it.quantity.is_positive()).map(|it| it.price),
            None => self.last,
        }
    }

    /// The lowest and the highest price of the day. A trade beyond them proves them wider, because
    /// the first trade stands in for a reference that was not given.
    pub(crate) fn limits(&self) -> Option<(Price, Price)> {
        let (low, high) = self.around(self.reference?, self.instrument.price_limit?);
        let last = self.last.unwrap_or(low);
        Some((low.min(last), high.max(last)))
    }

    /// The worst price of a range market order on `side`.
    pub(crate) fn range(&self, side: Side) -> Option<Price> {
        let (low, high) = self.around(self.touch(side)?, RANGE_MILLIONTHS);
        Some(if side == Side::Buy { high } else { low })
    }

    /// The tradable prices nearest to `millionths` below and above a price, on the near side.
    fn around(&self, price: Price, millionths: u32) -> (Price, Price) {
        let part = i128::from(price.raw()) * i128::from(millionths) / 1_000_000;
        let distance = i64::try_from(part).unwrap_or(i64::MAX);
        let low = price.raw().saturating_sub(distance);
        let high = price.raw().saturating_add(distance);
        let step = |at: i64| self.instrument.ticks.step(Price::from_raw(at)).raw();
        let short = low.rem_euclid(step(low));
        let low = if short == 0 { low } else { low.saturating_add(step(low) - short) };
        (Price::from_raw(low), Price::from_raw(high.saturating_sub(high.rem_euclid(step(high)))))
    }

    /// What a market order pays where only trades are shown: the last price and the slippage
    /// against it, within `bound`.
    pub(crate) fn slipped(&self, side: Side, last: Price, bound: Option<Price>) -> Price {
        let ticks = if side == Side::Buy { self.slippage } else { -self.slippage };
        let slipped = self.instrument.ticks.step_by(last, ticks);
        let price = if slipped.is_positive() { slipped } else { last };
        bound.map_or(price, |bound| if is_within(side, price, bound) { price } else { bound })
    }

    fn queues(&self) -> [&Queue; 4] {
        [&self.bids, &self.asks, &self.buy_stops, &self.sell_stops]
    }

    pub(crate) fn insert(&mut self, order: Working) {
        let queue = match (order.is_waiting, order.ticket.side) {
            (true, Side::Buy) => &mut self.buy_stops,
            (true, Side::Sell) => &mut self.sell_stops,
            (false, Side::Buy) => &mut self.bids,
            (false, Side::Sell) => &mut self.asks,
        };
        queue.insert(order);
    }

    pub(crate) fn find(&self, id: OrderId) -> Option<&Working> {
        self.queues().into_iter().find_map(|it| it.find(id))
    }

    pub(crate) fn take(&mut self, id: OrderId) -> Option<Working> {
        [&mut self.bids, &mut self.asks, &mut self.buy_stops, &mut self.sell_stops]
            .into_iter()
            .find_map(|it| it.take(id))
    }

    pub(crate) fn working(&self) -> impl Iterator<Item = &Working> {
        self.queues().into_iter().flat_map(Queue::iter)
    }

    /// One account's orders of one side, in the order they arrived.
    pub(crate) fn working_of(&self, account: &AccountId, side: Side) -> Vec<&Working> {
        let is_theirs = |it: &&Working| it.ticket.account == *account && it.ticket.side == side;
        let mut orders: Vec<&Working> = self.working().filter(is_theirs).collect();
        orders.sort_unstable_by_key(|it| it.priority);
        orders
    }
}

/// Whether an order on `side` that pays at worst `bound` may trade at `price`.
pub(crate) fn is_within(side: Side, price: Price, bound: Price) -> bool {
    match side {
        Side::Buy => price <= bound,
        Side::Sell => price >= bound,
    }
}
