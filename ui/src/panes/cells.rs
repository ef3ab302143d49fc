//! Cells that several tables have in the same way.

use super::market::venue_clock;
use crate::theme::{Glyph, Role};
use crate::view::{Moment, Money, Nano, OrderKind, Side, View, money, nano, points, signed, whole};
use crate::widgets::table::{Cell, Context};
use crate::widgets::text;

/// Stands for a value that is not there.
pub(super) const NOTHING: &str = "-";
/// The most decimals that a value can have.
const DECIMALS_MAX: u8 = 9;
/// An average of prices is shown with so many decimals more than a price.
const AVERAGE_DECIMALS: u8 = 2;

/// The decimals of an item's prices; `None` for an item that nobody knows.
pub(super) fn decimals(view: &View, item: &str) -> Option<u8> {
    view.quote(item).map(|it| it.decimals)
}

/// A price, never rounded: with more decimals than its item has where it needs them.
pub(super) fn price(value: Option<Nano>, decimals: Option<u8>, context: &Context<'_>) -> String {
    let Some(value) = value else { return nothing(context) };
    context.number(nano(value, enough(value, decimals.unwrap_or(0), DECIMALS_MAX)))
}

/// An average of prices, with at most two decimals more than they have.
pub(super) fn average(value: Option<Nano>, decimals: Option<u8>, context: &Context<'_>) -> String {
    let Some(value) = value else { return nothing(context) };
    let least = decimals.unwrap_or(0);
    context.number(nano(value, enough(value, least, least.saturating_add(AVERAGE_DECIMALS))))
}

/// The fewest decimals, between two numbers of them, that show a value whole.
fn enough(value: Nano, least: u8, most: u8) -> u8 {
    let most = most.min(DECIMALS_MAX);
    let is_whole = |decimals: &u8| {
        let unit = whole(1) / 10_i64.pow(u32::from(*decimals).min(9));
        value % unit == 0
    };
    (least.min(most)..most).find(is_whole).unwrap_or(most)
}

/// Lots.
pub(super) fn lots(value: Nano, context: &Context<'_>) -> String {
    context.number(nano(value, enough(value, 0, DECIMALS_MAX)))
}

/// What stands where there is no value.
pub(super) fn nothing(context: &Context<'_>) -> String {
    if context.is_saved { String::new() } else { NOTHING.to_owned() }
}

/// Buy or sell, in words.
pub(super) fn side(side: Side, context: &Context<'_>) -> Cell {
    match side {
        Side::Buy => Cell::new(context.text("table.buy"), Role::OrderBuy),
        Side::Sell => Cell::new(context.text("table.sell"), Role::OrderSell),
    }
}

/// Buy or sell, a letter.
pub(super) fn side_letter(side: Side, context: &Context<'_>) -> Cell {
    if context.is_saved {
        return self::side(side, context);
    }
    match side {
        Side::Buy => Cell::new(context.text("table.buy_letter"), Role::OrderBuy),
        Side::Sell => Cell::new(context.text("table.sell_letter"), Role::OrderSell),
    }
}

/// How an order is priced.
pub(super) fn kind(kind: OrderKind, context: &Context<'_>) -> String {
    context.text(match kind {
        OrderKind::Market => "table.market",
        OrderKind::Range => "table.range",
        OrderKind::Limit => "table.limit",
        OrderKind::Stop => "table.stop",
        OrderKind::StopLimit => "table.stop_limit",
    })
}

/// The condition that something belongs to, or that it was done by hand.
pub(super) fn source(source: &str, context: &Context<'_>) -> String {
    match source {
        "" => context.text("table.manual"),
        "external" => context.text("table.external"),
        _ => source.to_owned(),
    }
}

/// A time of day, with its date where it is not of today.
pub(super) fn time(moment: Moment, context: &Context<'_>) -> String {
    dated(moment, (context.view.now, context.view.offset_s), context)
}

/// The time of an order or a fill, which the exchange gives: by its clock, as the tape's.
pub(super) fn venue_time(moment: Moment, context: &Context<'_>) -> String {
    dated(moment, venue_clock(context.view), context)
}

fn dated(moment: Moment, (now, offset_s): (Moment, i32), context: &Context<'_>) -> String {
    if context.is_saved {
        return format!("{} {}", text::date(moment, offset_s), text::clock(moment, offset_s));
    }
    text::when(moment, now, offset_s)
}

/// The cells that times of a table need.
pub(super) fn time_width(view: &View, moments: impl Iterator<Item = Moment>) -> u16 {
    width_of(moments, (view.now, view.offset_s))
}

/// The cells that the exchange's times need.
pub(super) fn venue_time_width(view: &View, moments: impl Iterator<Item = Moment>) -> u16 {
    width_of(moments, venue_clock(view))
}

fn width_of(mut moments: impl Iterator<Item = Moment>, (now, offset_s): (Moment, i32)) -> u16 {
    if moments.any(|it| !text::is_same_day(it, now, offset_s)) { 14 } else { 8 }
}

/// Profit or loss in points.
pub(super) fn points_made(
    value: Option<Nano>,
    decimals: Option<u8>,
    context: &Context<'_>,
) -> Cell {
    let Some(value) = value else { return Cell::plain(nothing(context)) };
    let decimals = enough(value, decimals.unwrap_or(0), DECIMALS_MAX);
    Cell::new(context.number(points(value, decimals)), of_profit(value.into()))
}

/// Profit or loss in money.
pub(super) fn profit(value: Option<Money>, context: &Context<'_>) -> Cell {
    let Some(value) = value else { return Cell::plain(nothing(context)) };
    Cell::new(context.number(signed(money(value), value > 0)), of_profit(value))
}

/// The meaning of a profit; its sign says the same.
pub(super) const fn of_profit(value: Money) -> Role {
    match value {
        1.. => Role::PnlProfit,
        0 => Role::PnlZero,
        _ => Role::PnlLoss,
    }
}

/// A share of a bound as a bar and a number: `[####------]  42%`.
pub(super) fn bar(permille: u32, cells: usize) -> String {
    let full = usize::try_from(permille.min(1_000)).unwrap_or(0) * cells / 1_000;
    // What is used at all is seen.
    let full = if permille > 0 { full.max(1).min(cells) } else { 0 };
    let (used, free) = ("#".repeat(full), "-".repeat(cells - full));
    match permille / 10 {
        percent @ 0..1_000 => format!("[{used}{free}] {percent:>3}%"),
        _ => format!("[{used}{free}] >999%"),
    }
}

/// How near a bound is: its meaning, and the key of its word where it is near.
pub(super) const fn nearness(permille: u32) -> (Role, Option<&'static str>) {
    match permille {
        1_000.. => (Role::StatusDanger, Some("table.reached")),
        800.. => (Role::StatusWarn, Some("table.near")),
        _ => (Role::StatusOk, None),
    }
}

/// The sign of a direction.
pub(super) const fn direction(value: i64) -> (Glyph, Role) {
    match value {
        1.. => (Glyph::Up, Role::MarketUp),
        0 => (Glyph::Flat, Role::MarketFlat),
        _ => (Glyph::Down, Role::MarketDown),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::panes::tests::look;
    use crate::view::fixture;

    #[test]
    fn prices_are_never_rounded() {
        let (look, view) = (look(), fixture::view());
        let context = Context::shown(&look, &view);
        let cases = [
            (17_300_000_000_000, Some(0), "17,300"),
            (17_300_500_000_000, Some(0), "17,300.5"),
            (831_900_000_000, Some(2), "831.90"),
            (831_900_000_000, None, "831.9"),
            (1, None, "0.000000001"),
        ];
        for (value, decimals, text) in cases {
            assert_eq!(price(Some(value), decimals, &context), text);
        }
        let third = Some(17_300_333_333_333);
        assert_eq!(average(third, Some(0), &context), "17,300.33");
        assert_eq!(average(Some(whole(17_300)), Some(0), &context), "17,300");
        assert_eq!(price(None, Some(0), &context), "-");
    }

    #[test]
    fn a_file_takes_numbers_without_commas_and_times_with_dates() {
        let (look, view) = (look(), fixture::view());
        let context = Context { look: &look, view: &view, is_saved: true };
        assert_eq!(price(Some(whole(17_300)), Some(0), &context), "17300");
        assert_eq!(time(view.now, &context), "2021-08-02 09:31:02");
        assert_eq!(price(None, Some(0), &context), "");
    }

    #[test]
    fn an_order_has_the_time_of_the_tape_wherever_the_trader_sits() {
        let (look, mut view) = (look(), fixture::view());
        let trade = view.now;
        (view.now, view.offset_s) = (view.now + 4 * 365 * 86_400 * 1_000_000_000, 0);
        view.machine.exchange_time = Some((trade, 8 * 3_600));
        let context = Context { look: &look, view: &view, is_saved: false };
        assert_eq!(venue_time(trade, &context), "09:31:02");
        assert_eq!(venue_time_width(&view, [trade].into_iter()), 8);
    }

    #[test]
    fn a_bar_shows_what_is_used_and_never_more_than_all() {
        let cases = [
            (0, "[----------]   0%"),
            (1, "[#---------]   0%"),
            (250, "[##--------]  25%"),
            (1_000, "[##########] 100%"),
            (u32::MAX, "[##########] >999%"),
        ];
        for (permille, text) in cases {
            assert_eq!(bar(permille, 10), text);
        }
        assert_eq!(nearness(1_000), (Role::StatusDanger, Some("table.reached")));
        assert_eq!(nearness(999).1, Some("table.near"));
        assert_eq!(nearness(799).1, None);
    }
}
