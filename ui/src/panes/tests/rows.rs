//! The list of what the venue offers, and how rows are ordered and found in the panes.

use super::{look, screen, shot};
use crate::action::Action;
use crate::event::Press;
use crate::keys::Keymap;
use crate::look::Language;
use crate::overlays::{self, Overlay};
use crate::pane::Pane;
use crate::panes::instruments;
use crate::screen::Screen;
use crate::view::{View, fixture};
use crate::widgets::table::{Seen, Sort};

/// Enough time after an overlay opened for Enter to be meant.
const LATER: i64 = 1_000_000_000;

fn press(text: &str) -> Press {
    Press { key: crokey::parse(text).unwrap(), is_repeat: false }
}

fn opened(filter: &str) -> Screen {
    let mut screen = Screen::new(look(), Keymap::default_map(), (120, 40));
    instruments::open(&mut screen, filter);
    screen.now = LATER;
    screen
}

fn type_in(screen: &mut Screen, view: &View, keys: &str) -> Vec<Action> {
    keys.split(' ').flat_map(|it| overlays::update(screen, view, press(it))).collect()
}

fn seen(screen: &Screen, view: &View, (width, height): (u16, u16)) -> String {
    let mut terminal =
        ratatui::Terminal::new(ratatui::backend::TestBackend::new(width, height)).unwrap();
    terminal.draw(|frame| overlays::draw(frame, &screen.overlays[0], screen, view)).unwrap();
    super::text(terminal.backend().buffer())
}

#[test]
fn what_the_venue_offers_is_a_list() {
    let (mut screen, view) = (opened(""), fixture::view());
    let mut shots = vec![
        seen(&screen, &view, (120, 16)),
        seen(&screen, &view, (80, 12)),
        seen(&screen, &view, (20, 5)),
    ];
    screen.look.language = Language::TraditionalChinese;
    type_in(&mut screen, &view, "shift-x shift-f down");
    shots.push(seen(&screen, &view, (80, 12)));
    insta::assert_snapshot!(shots.join("\n\n"));
    for width in 1..40 {
        for height in 1..12 {
            seen(&screen, &view, (width, height));
        }
    }
}

#[test]
fn letters_filter_and_enter_registers() {
    let view = fixture::view();
    for (keys, line) in [
        ("t x f i enter", "item add TXFI1"),
        ("shift-t shift-x x backspace f i enter", "item add TXFI1"),
        ("i 1 enter", "item add CDFI1"),
        ("i 1 down down enter", "item add MXFI1"),
        ("i 1 end enter", "item add TXFI1"),
        ("i 1 end up home enter", "item add CDFI1"),
        ("i 1 down e enter", ""),
        ("z z z enter", ""),
    ] {
        let mut screen = opened("");
        let actions = type_in(&mut screen, &view, keys);
        let lines: Vec<String> = actions
            .iter()
            .flat_map(|it| match it {
                Action::Perform { lines, .. } => lines.clone(),
                _ => Vec::new(),
            })
            .collect();
        assert_eq!(lines.join(";"), line, "{keys}");
        assert_eq!(screen.overlays.len(), 1, "the list stays: {keys}");
    }
}

#[test]
fn enter_on_a_registered_item_looks_at_it_and_escape_closes() {
    let view = fixture::view();
    let mut screen = opened("MXFH1");
    assert_eq!(type_in(&mut screen, &view, "enter"), []);
    assert_eq!((screen.item.as_deref(), screen.overlays.len()), (Some("MXFH1"), 0));
    let mut screen = opened("MXF");
    assert_eq!(type_in(&mut screen, &view, "esc"), []);
    assert!(screen.overlays.is_empty());
}

#[test]
fn the_enter_that_opened_the_list_registers_nothing() {
    let view = fixture::view();
    let mut screen = opened("TXFI1");
    screen.now = 100_000_000;
    assert_eq!(type_in(&mut screen, &view, "enter"), []);
    screen.now = LATER;
    let held = Press { is_repeat: true, ..press("enter") };
    assert_eq!(overlays::update(&mut screen, &view, held), []);
    assert_eq!(type_in(&mut screen, &view, "ctrl-x"), []);
    let Some(Overlay::Instruments(_)) = screen.overlays.last() else { panic!("closed") };
    assert_eq!(type_in(&mut screen, &view, "enter").len(), 1);
}

/// The rows of a pane by their ids, sorted by a column and filtered.
#[track_caller]
fn check(pane: Pane, sort: Option<(&str, bool)>, filter: &str, ids: &str) {
    let (mut screen, view) = (screen(pane), fixture::view());
    let table = screen.table_mut(pane);
    table.sort = sort.map(|(column, is_down)| Sort { column: column.into(), is_down });
    table.filter = filter.into();
    table.shows_all = true;
    let listing = crate::panes::listing(pane, &screen, &view).unwrap();
    let seen = Seen::new(&screen, &view, &*listing);
    let found: Vec<_> = seen.rows.iter().map(|it| listing.id(*it).into_owned()).collect();
    assert_eq!(found.join(" "), ids, "{pane:?} {sort:?} {filter}");
}

#[test]
fn rows_are_sorted_by_what_they_mean_and_found_by_what_they_say() {
    let up = |column: &'static str| Some((column, false));
    let down = |column: &'static str| Some((column, true));
    check(Pane::Watchlist, None, "", "TXFH1 MXFH1 EXFH1 CDFH1");
    check(Pane::Watchlist, up("watchlist.last"), "", "CDFH1 EXFH1 TXFH1 MXFH1");
    check(Pane::Watchlist, down("watchlist.percent"), "", "TXFH1 MXFH1 CDFH1 EXFH1");
    check(Pane::Watchlist, down("watchlist.volume"), "", "MXFH1 TXFH1 CDFH1 EXFH1");
    check(Pane::Watchlist, None, "台積電", "CDFH1");
    check(Pane::Conditions, up("conditions.distance"), "", "c1 c2 c3");
    check(Pane::Conditions, down("conditions.trigger"), "", "c3 c2 c1");
    check(Pane::Conditions, None, "pause", "c3");
    check(Pane::Orders, None, "", "A18 A17 A16 A15 A14 A13 A12 A11");
    check(Pane::Orders, up("orders.id"), "", "A11 A12 A13 A14 A15 A16 A17 A18");
    check(Pane::Orders, up("table.price"), "sell", "A16 A15 A12");
    check(Pane::Orders, None, "rejected margin", "A14");
    check(Pane::Orders, None, "17307", "A17");
    check(Pane::Fills, up("table.price"), "", "A13 A11 A12");
    check(Pane::Positions, up("positions.profit"), "", "SIM-2 MXFH1 SIM-1 TXFH1");
    check(Pane::Limits, down("limits.share"), "100%", "lots an order all");
    check(Pane::Alerts, down("alerts.severity"), "", "3 2 1");
    check(Pane::Health, down("health.restarts"), "", "executor gateway strategy");
}

#[test]
fn limits_are_named_in_the_language_of_the_screen() {
    let mut view = fixture::view();
    view.limits[0].name = "max_daily_loss_account".into();
    view.limits[3].name = "a_limit_of_tomorrow".into();
    for (language, name, all) in [
        (Language::English, "max_daily_loss_account", "all"),
        (Language::TraditionalChinese, "帳號當日虧損", "全部"),
        (Language::SimplifiedChinese, "账号当日亏损", "全部"),
    ] {
        let mut screen = screen(Pane::Limits);
        screen.look.language = language;
        let shot = shot(&screen, &view, Pane::Limits, (120, 12));
        assert!(shot.contains(name) && shot.contains(all), "{shot}");
        assert!(shot.contains("a_limit_of_tomorrow"), "{shot}");
    }
}
