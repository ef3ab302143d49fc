//! What the chart shows and how its keys move it.

use proptest::prelude::*;
use ratatui::Terminal;
use ratatui::backend::TestBackend;

use super::*;
use crate::keys::Keymap;
use crate::look::{Language, Look};
use crate::theme::{Glyph, Role, Theme};
use crate::view::{Bar, fixture, whole};

fn screen(language: Language) -> Screen {
    let look = Look { theme: Theme::built_in("classic-dark").unwrap(), language };
    let mut screen = Screen::new(look, Keymap::default(), (120, 40));
    screen.item = Some("TXFH1".into());
    screen
}

fn shown(screen: &Screen, view: &View, (width, height): (u16, u16)) -> String {
    let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
    terminal.draw(|frame| draw(frame, frame.area(), screen, view)).unwrap();
    terminal.backend().to_string()
}

#[test]
fn it_shows_candles_fills_levels_orders_volume_and_times() {
    let view = fixture::view();
    let screen = screen(Language::English);
    insta::assert_snapshot!(shown(&screen, &view, (50, 22)));
    insta::assert_snapshot!(shown(&screen, &view, (20, 5)));
    insta::assert_snapshot!(shown(&screen, &view, (1, 1)));
}

#[test]
fn it_fills_a_large_screen_with_wide_candles() {
    let view = fixture::view();
    let mut screen = screen(Language::English);
    screen.chart.period = Period::Seconds15;
    insta::assert_snapshot!(shown(&screen, &view, (140, 36)));
}

#[test]
fn bars_and_lines_are_other_ways_to_draw_it() {
    let mut view = fixture::view();
    view.conditions.clear();
    view.orders.clear();
    view.positions.clear();
    let mut screen = screen(Language::English);
    screen.chart.period = Period::Seconds15;
    update(&mut screen, &view, Act::ChartType);
    insta::assert_snapshot!(shown(&screen, &view, (80, 24)));
    update(&mut screen, &view, Act::ChartType);
    insta::assert_snapshot!(shown(&screen, &view, (80, 24)));
}

#[test]
fn it_speaks_chinese_and_says_that_it_is_stale() {
    let mut view = fixture::view();
    view.quotes[0].is_stale = true;
    insta::assert_snapshot!(shown(&screen(Language::TraditionalChinese), &view, (50, 22)));
}

#[test]
fn without_bars_it_says_so() {
    let mut view = fixture::view();
    view.quotes[0].bars.clear();
    let text = shown(&screen(Language::English), &view, (50, 10));
    assert!(text.contains("no price of TXFH1 yet"), "{text}");
}

#[test]
fn keys_change_the_period_and_scroll_through_time() {
    let view = fixture::view();
    let mut screen = screen(Language::English);
    screen.focus = Pane::Chart;
    update(&mut screen, &view, Act::ChartPeriodLess);
    assert_eq!(screen.chart.period, Period::Seconds15);
    assert_eq!(screen.chart.until, None);
    let mut seen = vec![None];
    loop {
        update(&mut screen, &view, Act::ChartBack);
        if seen.last() == Some(&screen.chart.until) {
            break;
        }
        seen.push(screen.chart.until);
    }
    assert!(seen.len() > 3, "{seen:?}");
    assert!(seen[1..].is_sorted_by(|one, next| one > next));
    assert!(shown(&screen, &view, (50, 22)).contains("until 08-02"));
    for _ in 1..seen.len() {
        update(&mut screen, &view, Act::ChartForward);
    }
    assert_eq!(screen.chart.until, None, "as many keys lead back to the market");
    update(&mut screen, &view, Act::ChartBack);
    update(&mut screen, &view, Act::ChartNow);
    assert_eq!(screen.chart.until, None);
}

#[test]
fn scrolled_back_it_does_not_move_when_the_market_does() {
    let mut view = fixture::view();
    let mut screen = screen(Language::English);
    update(&mut screen, &view, Act::ChartPeriodLess);
    update(&mut screen, &view, Act::ChartBack);
    view.fills.clear();
    let before = shown(&screen, &view, (50, 22));
    let last = *view.quotes[0].bars.last().unwrap();
    let later = last.start + 3_600_000_000_000;
    view.quotes[0].bars.push(Bar { start: later, ..last });
    assert_eq!(before, shown(&screen, &view, (50, 22)));
}

#[test]
fn levels_beyond_the_scale_are_named_at_its_edge() {
    let mut view = fixture::view();
    view.conditions[0].exits = [Some(whole(19_000)), Some(whole(16_000))];
    let screen = screen(Language::English);
    let text = shown(&screen, &view, (60, 24));
    let (up, down) = (screen.look.glyph(Glyph::Up), screen.look.glyph(Glyph::Down));
    assert!(text.contains(&format!(" {up} TP c1 19,000 ")), "{text}");
    assert!(text.contains(&format!(" {down} SL c1 16,000 ")), "{text}");
}

#[test]
fn without_colors_the_shape_says_which_way_a_candle_went() {
    let mut view = fixture::view();
    view.conditions.clear();
    view.orders.clear();
    view.positions.clear();
    let mut screen = screen(Language::English);
    screen.look.theme = Theme::built_in("mono").unwrap();
    let mut terminal = Terminal::new(TestBackend::new(50, 22)).unwrap();
    terminal.draw(|frame| draw(frame, frame.area(), &screen, &view)).unwrap();
    let style = |role| screen.look.style(role).add_modifier;
    let mut seen = [0, 0];
    for cell in terminal.backend().buffer().content().iter().take(50 * 17) {
        match cell.symbol() {
            "┃" | "╹" | "╻" => {
                assert_eq!(cell.modifier, style(Role::ChartBodyUp), "nothing of the grid stays");
                seen[0] += 1;
            }
            "█" => {
                assert_eq!(cell.modifier, style(Role::ChartBodyDown));
                seen[1] += 1;
            }
            _ => (),
        }
    }
    assert!(seen[0] > 5 && seen[1] > 5, "{seen:?}");
}

#[test]
fn a_day_that_changes_shows_its_date() {
    let mut view = fixture::view();
    let midnight = 1_627_833_600_000_000_000;
    for (at, bar) in (0..).zip(&mut view.quotes[0].bars) {
        bar.start = midnight + (at - 150) * 5_000_000_000;
    }
    let text = shown(&screen(Language::English), &view, (60, 24));
    assert!(text.contains("08-02"), "{text}");
}

#[test]
fn every_size_period_kind_and_language_is_drawn() {
    let view = fixture::view();
    for language in Language::ALL {
        let mut screen = screen(language);
        for (at, period) in Period::ALL.into_iter().enumerate() {
            screen.chart.period = period;
            screen.chart.kind = [Kind::Candles, Kind::Bars, Kind::Line][at % 3];
            for width in [1, 2, 3, 5, 9, 14, 17, 30, 51, 133] {
                for height in [1, 2, 3, 4, 6, 9, 13, 25] {
                    shown(&screen, &view, (width, height));
                }
            }
        }
    }
}

/// Rows of a column in which something of a candle stands, above the volume.
fn candle_rows(text: &str, column: usize, end: usize) -> Vec<usize> {
    let is_candle = |symbol: char| "█▀▄┃╹╻│╵╷".contains(symbol);
    let rows = text.lines().enumerate().take(end);
    rows.filter(|it| it.1.chars().nth(column).is_some_and(is_candle)).map(|it| it.0).collect()
}

proptest! {
    #[test]
    fn any_bars_are_drawn_and_a_candle_is_one_piece_with_its_high_on_top(
        prices in proptest::collection::vec((any::<i64>(), any::<i64>(), any::<i64>(), any::<i64>()), 1..4),
        volume in any::<i64>(),
        size in (1_u16..60, 1_u16..30),
    ) {
        let mut view = fixture::view();
        view.conditions.clear();
        view.orders.clear();
        view.positions.clear();
        view.fills.clear();
        let quote = &mut view.quotes[0];
        let bar = |(at, (one, two, three, four)): (i64, (i64, i64, i64, i64))| {
            let mut all = [one, two, three, four];
            all.sort_unstable();
            let start = fixture::NOW - fixture::NOW % 60_000_000_000 + at * 60_000_000_000;
            Bar { start, low: all[0], open: all[1], close: all[2], high: all[3], volume }
        };
        quote.bars = (0..).zip(prices).map(bar).collect();
        quote.last = quote.bars.last().map(|it| it.close);
        (quote.high, quote.low, quote.book) = (None, None, None);
        let screen = screen(Language::English);
        for kind in [Kind::Candles, Kind::Bars, Kind::Line] {
            let mut screen = Screen { item: screen.item.clone(), ..self::screen(Language::English) };
            screen.chart.kind = kind;
            shown(&screen, &view, size);
        }
        let plan = Plan::of(inside(ratatui::layout::Rect::new(0, 0, 50, 22)), &view.quotes[0]);
        let text = shown(&screen, &view, (50, 22));
        let column = usize::from(2 + plan.plot.x + plan.column(0));
        let first = usize::from(1 + plan.plot.y);
        let end = first + usize::from(plan.plot.height);
        let rows = candle_rows(&text, column, end);
        prop_assert!(!rows.is_empty() && rows[0] >= first, "{}", text);
        prop_assert_eq!(rows.len(), rows[rows.len() - 1] - rows[0] + 1, "{}", text);
    }
}
