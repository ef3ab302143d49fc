//! What ladder, chart and tape share: which item they are of, and how its values are written.

use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::widgets::Block;

use super::ink::Ink;
use crate::screen::Screen;
use crate::theme::Role;
use crate::view::{Moment, Nano, Quote, View, whole};
use crate::widgets::text::exact;

/// Nanoseconds in a second.
pub(super) const SECOND: Moment = 1_000_000_000;

/// The item that the three are of: the chosen one, else the first that is registered.
pub(super) fn quote<'view>(screen: &Screen, view: &'view View) -> Option<&'view Quote> {
    match &screen.item {
        Some(code) => view.quote(code),
        None => view.quotes.first(),
    }
}

/// Says why there is nothing to show: no item, one that is not registered, or no price of it yet.
pub(super) fn nothing(ink: &mut Ink<'_>, screen: &Screen, quote: Option<&Quote>) {
    let look = &screen.look;
    let text = match (quote, &screen.item) {
        (Some(quote), _) => look.fill("ladder.no_price", &[("item", &quote.code)]),
        (None, Some(code)) => look.fill("ladder.unregistered", &[("item", code)]),
        (None, None) => look.text("ladder.no_item").into_owned(),
    };
    let row = ink.height().saturating_sub(1) / 2;
    ink.put_amid((0, ink.width()), row, &text, look.style(Role::TextMuted));
}

/// The part inside the border.
pub(super) fn inside(area: Rect) -> Rect {
    Block::bordered().inner(area)
}

/// Lots in few cells: all digits below 100,000, then thousands and millions.
pub(super) fn lots(quantity: Nano) -> String {
    match quantity / whole(1) {
        units @ (100_000..=9_999_999 | -9_999_999..=-100_000) => format!("{}k", units / 1_000),
        units @ (10_000_000.. | ..=-10_000_000) => format!("{}m", units / 1_000_000),
        _ => exact(quantity),
    }
}

/// What to add to UTC for the exchange's own clock, in seconds.
pub(super) fn offset_s(view: &View) -> i32 {
    view.machine.exchange_time.map_or(view.offset_s, |it| it.1)
}

/// The exchange's clock: its time now, and what to add to UTC for it, in seconds.
pub(crate) fn venue_clock(view: &View) -> (Moment, i32) {
    view.machine.exchange_time.unwrap_or((view.now, view.offset_s))
}

/// A style, dimmed where what it shows is too old to trade on.
pub(super) fn aged(screen: &Screen, is_stale: bool, role: Role) -> Style {
    let style = screen.look.style(role);
    if is_stale { style.patch(screen.look.style(Role::MarketStale)) } else { style }
}

/// A moment on a clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Clock {
    /// Days since 1970.
    pub(super) day: i64,
    /// Milliseconds since midnight.
    pub(super) ms: i64,
}

impl Clock {
    /// A moment on the clock that is so many seconds ahead of UTC.
    pub(super) fn new(moment: Moment, offset_s: i32) -> Clock {
        let local_ms = moment.div_euclid(1_000_000) + i64::from(offset_s) * 1_000;
        Clock { day: local_ms.div_euclid(86_400_000), ms: local_ms.rem_euclid(86_400_000) }
    }

    /// Hours and minutes: `09:31`.
    pub(super) fn minutes(self) -> String {
        format!("{:02}:{:02}", self.ms / 3_600_000, self.ms / 60_000 % 60)
    }

    /// With seconds: `09:31:02`.
    pub(super) fn seconds(self) -> String {
        format!("{}:{:02}", self.minutes(), self.ms / 1_000 % 60)
    }

    /// With milliseconds: `09:31:02.114`.
    pub(super) fn millis(self) -> String {
        format!("{}.{:03}", self.seconds(), self.ms % 1_000)
    }

    /// Month and day: `08-02`.
    pub(super) fn date(self) -> String {
        let epoch = jiff::civil::Date::constant(1970, 1, 1);
        let date = epoch.checked_add(jiff::Span::new().try_days(self.day).unwrap_or_default());
        date.map_or_else(|_| "?".to_owned(), |it| format!("{:02}-{:02}", it.month(), it.day()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_lots_take_few_cells() {
        for (value, text) in [
            (whole(3), "3"),
            (whole(99_999), "99999"),
            (whole(132_410), "132k"),
            (whole(12_345_678), "12m"),
            (500_000_000, "0.5"),
        ] {
            assert_eq!(lots(value), text);
        }
    }

    #[test]
    fn the_clock_is_the_exchanges() {
        let clock = Clock::new(1_627_867_862_114_000_000, 8 * 3_600);
        assert_eq!((clock.millis(), clock.date()), ("09:31:02.114".into(), "08-02".into()));
        let before = Clock::new(-1, 0);
        assert_eq!((before.seconds(), before.date()), ("23:59:59".into(), "12-31".into()));
        assert!(!Clock::new(i64::MIN, i32::MIN).date().is_empty());
    }
}
