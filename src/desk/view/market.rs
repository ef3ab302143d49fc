//! Items, their ticks and books. A tick is found by its code, counted in place, and allocates only
//! where a list grows.

use aftm_domain::session::Phase;
use aftm_domain::{Calendar, Code, Day, ExchangeTime, Level, Stamp, Tick};
use aftm_ui::view::{Depth, Instrument, Moment, Nano, Quote, Side, TickBand, Trade};
use rustc_hash::FxHashMap;

use super::bars::{add_bar, add_trade};
use crate::wire::event::BookRow;
use crate::wire::request::InstrumentRow;

/// Digits after the point of a count of 1e-9.
const PLACES: u8 = 9;

/// What is kept beside each quote.
#[derive(Clone, Debug, Default)]
struct Slot {
    day: Day,
    /// The last tick or book, on our clock.
    heard: Option<Stamp>,
    /// Who took last, for trades at the price of the one before.
    taker: Option<Side>,
}

/// What is kept beside the quotes: one slot each, in their order.
#[derive(Debug)]
pub(super) struct Market {
    calendar: Calendar,
    stale: i64,
    places: FxHashMap<Code, usize>,
    slots: Vec<Slot>,
    listed: FxHashMap<Code, InstrumentRow>,
    /// The last tick of any item, on our clock.
    ticked: Option<Stamp>,
    /// A last price changed since somebody asked.
    has_moved: bool,
    /// The minute of the exchange's clock that the session was looked up for.
    minute: Option<i64>,
}

impl Market {
    pub(super) fn new(calendar: Calendar, stale: i64) -> Market {
        Market {
            calendar,
            stale,
            places: FxHashMap::default(),
            slots: Vec::new(),
            listed: FxHashMap::default(),
            ticked: None,
            has_moved: false,
            minute: None,
        }
    }

    /// Where an item's quote is.
    pub(super) fn place(&self, item: &Code) -> Option<usize> {
        self.places.get(item).copied()
    }

    /// Whether an instrument was listed.
    pub(super) fn is_listed(&self, item: &Code) -> bool {
        self.listed.contains_key(item)
    }

    /// Money a point and lot of an instrument that was listed.
    pub(super) fn multiplier(&self, item: &Code) -> Option<Nano> {
        self.listed.get(item).map(|it| it.multiplier.raw())
    }

    /// An item is registered, unless it is already.
    pub(super) fn add(&mut self, quotes: &mut Vec<Quote>, item: Code) {
        if self.places.contains_key(&item) {
            return;
        }
        self.places.insert(item, quotes.len());
        quotes.push(Quote { code: item.as_str().to_owned(), ..Quote::default() });
        self.slots.push(Slot::default());
        self.describe(quotes, &item);
    }

    /// An item is no longer followed.
    pub(super) fn remove(&mut self, quotes: &mut Vec<Quote>, item: &Code) {
        let Some(place) = self.places.remove(item) else { return };
        quotes.remove(place);
        self.slots.remove(place);
        self.places.values_mut().filter(|it| **it > place).for_each(|it| *it -= 1);
    }

    /// The items are these, in this order; what is known of one that stays is kept.
    pub(super) fn set(&mut self, quotes: &mut Vec<Quote>, items: &[Code]) {
        let gone: Vec<Code> =
            self.places.keys().filter(|it| !items.contains(it)).copied().collect();
        gone.iter().for_each(|it| self.remove(quotes, it));
        items.iter().for_each(|it| self.add(quotes, *it));
        let mut old: Vec<Option<(Quote, Slot)>> =
            quotes.drain(..).zip(self.slots.drain(..)).map(Some).collect();
        let places = std::mem::take(&mut self.places);
        for item in items {
            let taken = places.get(item).and_then(|it| old.get_mut(*it)).and_then(Option::take);
            let Some((quote, slot)) = taken else { continue };
            self.places.insert(*item, quotes.len());
            quotes.push(quote);
            self.slots.push(slot);
        }
    }

    /// An instrument as it is listed.
    pub(super) fn list(
        &mut self,
        quotes: &mut [Quote],
        instruments: &mut Vec<Instrument>,
        row: InstrumentRow,
    ) {
        let shown = instrument(&row);
        match instruments.iter_mut().find(|it| it.code == shown.code) {
            Some(known) => *known = shown,
            None => instruments.push(shown),
        }
        let item = row.item;
        self.listed.insert(item, row);
        self.describe(quotes, &item);
    }

    fn describe(&mut self, quotes: &mut [Quote], item: &Code) {
        let (Some(place), Some(row)) = (self.places.get(item), self.listed.get(item)) else {
            return;
        };
        let (Some(quote), Some(slot)) = (quotes.get_mut(*place), self.slots.get_mut(*place)) else {
            return;
        };
        let band = |it: &aftm_domain::instrument::Band| TickBand {
            from: it.from.raw(),
            step: it.step.raw(),
        };
        quote.name.clone_from(&row.name);
        quote.ticks = row.bands.iter().map(band).collect();
        quote.decimals = quote.ticks.iter().map(|it| decimals(it.step)).max().unwrap_or(0);
        quote.multiplier = row.multiplier.raw();
        quote.currency.clone_from(&row.currency);
        slot.day.learn(row.sessions);
        self.minute = None;
    }

    /// A trade.
    pub(super) fn tick(&mut self, quotes: &mut [Quote], tick: &Tick, now: Stamp) {
        self.ticked = Some(now);
        let Some(place) = self.places.get(&tick.item).copied() else { return };
        let (Some(quote), Some(slot)) = (quotes.get_mut(place), self.slots.get_mut(place)) else {
            return;
        };
        let (price, quantity) = (tick.price.raw(), tick.quantity.raw());
        let time = tick.time.at.0;
        if slot.day.begins(tick.time, &self.calendar) || quote.reference.is_none() {
            quote.reference = Some(price);
            (quote.high, quote.low) = (Some(price), Some(price));
            quote.volume = 0;
        }
        if quote.ticks.is_empty() {
            quote.decimals = quote.decimals.max(decimals(price));
        }
        slot.taker = taker(quote, price, slot.taker);
        quote.high = quote.high.max(Some(price));
        quote.low = quote.low.map(|it| it.min(price));
        quote.volume = quote.volume.saturating_add(quantity);
        self.has_moved |= quote.last != Some(price);
        (quote.last, quote.last_quantity) = (Some(price), quantity);
        quote.ticked = Some(now.0);
        slot.heard = Some(now);
        let side = slot.taker;
        add_trade(
            &mut quote.trades,
            Trade { sequence: tick.sequence, time, price, quantity, side },
        );
        add_bar(&mut quote.bars, time, price, quantity);
    }

    /// The book of an item.
    pub(super) fn book(&mut self, quotes: &mut [Quote], row: &BookRow, now: Stamp) {
        let Some(place) = self.places.get(&row.item).copied() else { return };
        let (Some(quote), Some(slot)) = (quotes.get_mut(place), self.slots.get_mut(place)) else {
            return;
        };
        slot.heard = Some(now);
        let depth = quote.book.get_or_insert_with(Depth::default);
        fill(&mut depth.bids, &row.book.bids);
        fill(&mut depth.asks, &row.book.asks);
    }

    /// Says which quotes are stale now; whether the feed as a whole is silent for too long.
    pub(super) fn refresh(&self, quotes: &mut [Quote], has_ended: bool, now: Stamp) -> bool {
        let is_old = |heard: Option<Stamp>| heard.is_some_and(|it| now.since(it) >= self.stale);
        for (quote, slot) in quotes.iter_mut().zip(&self.slots) {
            quote.is_stale = quote.last.is_some() && (has_ended || is_old(slot.heard));
        }
        is_old(self.ticked)
    }

    /// Since the last tick of any item, in milliseconds.
    pub(super) fn silence_ms(&self, now: Stamp) -> Option<u64> {
        let silence = now.since(self.ticked?) / Stamp::MILLISECOND;
        Some(u64::try_from(silence).unwrap_or(0))
    }

    /// Whether a last price changed since this was asked before.
    pub(super) const fn take_moved(&mut self) -> bool {
        std::mem::replace(&mut self.has_moved, false)
    }

    /// Positions and conditions are to be marked anew.
    pub(super) const fn touch(&mut self) {
        self.has_moved = true;
    }

    /// The session that is on for the first item, as text; looked up once a minute.
    pub(super) fn session(&mut self, text: &mut String, time: Option<(Moment, i32)>) {
        let Some((at, offset)) = time else { return };
        let minute = at.div_euclid(60 * Stamp::SECOND);
        if self.minute == Some(minute) {
            return;
        }
        self.minute = Some(minute);
        let known = self.slots.first().map(|it| it.day).unwrap_or_default();
        let sessions = known.sessions();
        if !known.is_known() {
            text.clear();
            return;
        }
        let civil = ExchangeTime { at: Stamp(at), offset }.civil();
        let phase = sessions.phase(civil, &self.calendar);
        let span = match phase {
            Phase::Day => Some(sessions.day),
            Phase::Night => sessions.night,
            Phase::Closed => None,
        };
        let clock = |second: u32| format!("{:02}:{:02}", second / 3_600 % 24, second / 60 % 60);
        let hours = span.map(|it| format!(" {}-{}", clock(it.opens), clock(it.closes)));
        *text = format!("{}{}", phase.word(), hours.unwrap_or_default());
    }
}

fn fill(side: &mut Vec<(Nano, Nano)>, levels: &[Level]) {
    side.clear();
    let there = levels.iter().filter(|it| it.quantity.is_positive());
    side.extend(there.map(|it| (it.price.raw(), it.quantity.raw())));
}

/// Who took: a buyer at the ask, a seller at the bid; between them and without a book, whoever the
/// price moved for.
fn taker(quote: &Quote, price: Nano, before: Option<Side>) -> Option<Side> {
    match (quote.ask(), quote.bid(), quote.last) {
        (Some(ask), _, _) if price >= ask => Some(Side::Buy),
        (_, Some(bid), _) if price <= bid => Some(Side::Sell),
        (_, _, Some(last)) if price > last => Some(Side::Buy),
        (_, _, Some(last)) if price < last => Some(Side::Sell),
        (_, _, Some(_)) => before,
        (_, _, None) => None,
    }
}

/// How many decimals a count of 1e-9 needs.
fn decimals(value: Nano) -> u8 {
    let (mut rest, mut places) = (value, PLACES);
    while places > 0 && rest % 10 == 0 {
        rest /= 10;
        places -= 1;
    }
    places
}

fn instrument(row: &InstrumentRow) -> Instrument {
    Instrument {
        code: row.item.as_str().to_owned(),
        name: row.name.clone(),
        month: row.month.clone(),
        tick: row.tick.raw(),
        multiplier: row.multiplier.raw(),
        currency: row.currency.clone(),
        last_day: row.last_trading_day.clone(),
        margin: row.margin.map(aftm_domain::Money::raw),
    }
}
