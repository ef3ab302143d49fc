//! Keys in, what is to be done out.

use crossterm::event::{KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
use ratatui::layout::Rect;

use super::{screen, shot};
use crate::action::Action;
use crate::keys::Act;
use crate::overlays::Overlay;
use crate::pane::Pane;
use crate::panes;
use crate::safety;
use crate::screen::Screen;
use crate::view::{ConditionState, View, fixture, whole};

/// The lines that a key asks for at once.
fn lines(actions: &[Action]) -> Vec<String> {
    let of = |it: &Action| match it {
        Action::Perform { lines, .. } => lines.clone(),
        _ => Vec::new(),
    };
    actions.iter().flat_map(of).collect()
}

/// What lies on top, as the trader reads it.
fn asked(screen: &Screen, view: &View) -> String {
    let Some(overlay) = screen.overlays.last() else { return "nothing".into() };
    let mut terminal = ratatui::Terminal::new(ratatui::backend::TestBackend::new(120, 40)).unwrap();
    terminal.draw(|frame| crate::overlays::draw(frame, overlay, screen, view)).unwrap();
    let text = super::text(terminal.backend().buffer());
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn at(pane: Pane, row: &str) -> Screen {
    let mut screen = screen(pane);
    screen.table_mut(pane).cursor = Some(row.into());
    screen
}

#[test]
fn keys_on_a_row_ask_for_its_commands() {
    let view = fixture::view();
    for (pane, row, act, line) in [
        (Pane::Conditions, "c1", Act::ConditionPause, "condition pause c1"),
        (Pane::Conditions, "c3", Act::ConditionResume, "condition resume c3"),
        (Pane::Orders, "A16", Act::OrderCancel, "cancel A16"),
        (Pane::Orders, "A15", Act::OrderCancel, "cancel A15"),
    ] {
        let mut screen = at(pane, row);
        assert_eq!(lines(&panes::update(&mut screen, &view, pane, act)), [line], "{row}");
    }
}

#[test]
fn what_cannot_be_taken_back_asks_first() {
    let view = fixture::view();
    for (pane, row, act, says) in [
        (Pane::Conditions, "c1", Act::ConditionStop, "c1"),
        (Pane::Conditions, "c1", Act::ConditionDrop, "c1"),
        (Pane::Conditions, "c3", Act::ConditionDrop, "c3"),
        (Pane::Conditions, "c2", Act::ConditionUp, "--trigger 17305"),
        (Pane::Conditions, "c2", Act::ConditionDown, "--trigger 17303"),
        (Pane::Orders, "A16", Act::OrdersCancelAll, "3 orders"),
    ] {
        let mut screen = at(pane, row);
        let actions = panes::update(&mut screen, &view, pane, act);
        assert_eq!(actions, [], "{act:?}");
        let asked = asked(&screen, &view);
        assert!(asked.contains(says), "{act:?}: {asked}");
    }
}

#[test]
fn keys_open_the_forms_and_the_details() {
    let mut view = fixture::view();
    view.orders.push(fixture::protection());
    for (pane, row, act) in [
        (Pane::Watchlist, "TXFH1", Act::ItemAdd),
        (Pane::Conditions, "c1", Act::ConditionNew),
        (Pane::Conditions, "c1", Act::ConditionEdit),
        (Pane::Conditions, "c1", Act::Open),
        (Pane::Orders, "A17", Act::OrderAmend),
        (Pane::Orders, "A17", Act::OrderProtect),
        (Pane::Orders, "A19", Act::OrderProtect),
        (Pane::Orders, "A19", Act::OrderAmend),
        (Pane::Orders, "A17", Act::Open),
        (Pane::Positions, "SIM-1 TXFH1", Act::PositionProtect),
        (Pane::Fills, "A13", Act::Open),
        (Pane::Positions, "SIM-1 TXFH1", Act::Open),
    ] {
        let mut screen = at(pane, row);
        assert_eq!(panes::update(&mut screen, &view, pane, act), [], "{act:?}");
        assert_eq!(screen.overlays.len(), 1, "{pane:?} {act:?}");
    }
}

#[test]
fn the_reverse_order_is_in_the_form() {
    let view = fixture::view();
    let mut screen = at(Pane::Positions, "SIM-1 TXFH1");
    panes::update(&mut screen, &view, Pane::Positions, Act::Open);
    let asked = asked(&screen, &view);
    assert!(asked.contains("TXFH1") && asked.contains("sell"), "{asked}");
}

#[test]
fn an_item_is_looked_at_by_enter() {
    let view = fixture::view();
    let mut screen = at(Pane::Watchlist, "EXFH1");
    assert_eq!(panes::update(&mut screen, &view, Pane::Watchlist, Act::Open), []);
    assert_eq!(screen.item.as_deref(), Some("EXFH1"));
}

#[test]
fn disarmed_no_position_key_does_anything() {
    let view = fixture::view();
    for act in [Act::PositionClose, Act::PositionReverse] {
        let mut screen = at(Pane::Positions, "SIM-1 TXFH1");
        assert_eq!(panes::update(&mut screen, &view, Pane::Positions, act), []);
        assert!(screen.overlays.is_empty() && !screen.toasts.is_empty(), "{act:?}");
    }
}

#[test]
fn armed_position_keys_stage_what_the_row_says_and_nothing_else() {
    let mut view = fixture::view();
    let mut other = view.positions[0].clone();
    other.account = "SIM-2".into();
    for (is_shared, act, says) in [
        (false, Act::PositionClose, "close TXFH1 +1 in SIM-1 at the market, cancel every order"),
        (true, Act::PositionClose, "Sell 1 TXFH1 in SIM-1 at the market: closes +1"),
        (false, Act::PositionReverse, "Sell 2 TXFH1 in SIM-1 at the market: +1 becomes -1"),
        (true, Act::PositionReverse, "Sell 2 TXFH1 in SIM-1 at the market: +1 becomes -1"),
    ] {
        view.positions.truncate(2);
        view.positions.extend(is_shared.then(|| other.clone()));
        let mut screen = at(Pane::Positions, "SIM-1 TXFH1");
        safety::arm(&mut screen, &view);
        assert_eq!(panes::update(&mut screen, &view, Pane::Positions, act), []);
        assert!(matches!(screen.overlays.last(), Some(Overlay::Preview(_))), "{act:?}");
        let asked = asked(&screen, &view);
        assert!(asked.contains(says), "{asked}");
    }
}

#[test]
fn a_row_that_is_gone_is_not_acted_on() {
    let view = fixture::view();
    let keys = [
        (Pane::Orders, Act::OrderCancel),
        (Pane::Orders, Act::OrderAmend),
        (Pane::Orders, Act::OrderProtect),
        (Pane::Positions, Act::PositionProtect),
        (Pane::Conditions, Act::ConditionStop),
        (Pane::Conditions, Act::ConditionPause),
        (Pane::Conditions, Act::ConditionUp),
        (Pane::Positions, Act::PositionClose),
        (Pane::Watchlist, Act::ItemDrop),
    ];
    for (pane, act) in keys {
        let mut screen = at(pane, "was here before");
        assert_eq!(panes::update(&mut screen, &view, pane, act), [], "{act:?}");
        assert!(screen.overlays.is_empty() && !screen.toasts.is_empty(), "{act:?}");
        let mut screen = super::screen(pane);
        assert_eq!(panes::update(&mut screen, &View::default(), pane, act), [], "{act:?}");
        assert!(screen.overlays.is_empty() && !screen.toasts.is_empty(), "{act:?}");
    }
}

#[test]
fn an_order_that_is_over_is_neither_canceled_nor_changed() {
    let view = fixture::view();
    for act in [Act::OrderCancel, Act::OrderAmend] {
        let mut screen = at(Pane::Orders, "A14");
        screen.table_mut(Pane::Orders).shows_all = true;
        assert_eq!(panes::update(&mut screen, &view, Pane::Orders, act), []);
        assert!(screen.overlays.is_empty() && !screen.toasts.is_empty());
    }
}

#[test]
fn a_trigger_that_no_longer_matters_is_not_moved() {
    let mut view = fixture::view();
    for state in [ConditionState::Entered, ConditionState::Done, ConditionState::Failed] {
        view.conditions[1].state = state;
        let mut screen = at(Pane::Conditions, "c2");
        assert_eq!(panes::update(&mut screen, &view, Pane::Conditions, Act::ConditionUp), []);
        assert!(screen.overlays.is_empty() && !screen.toasts.is_empty(), "{state:?}");
    }
}

#[test]
fn an_order_that_comes_later_does_not_get_under_the_cursor() {
    let mut view = fixture::view();
    let mut screen = screen(Pane::Orders);
    panes::settle(&mut screen, &view);
    let newest = crate::view::Order { id: "A99".into(), ..view.orders[6].clone() };
    view.orders.push(newest);
    let actions = panes::update(&mut screen, &view, Pane::Orders, Act::OrderCancel);
    assert_eq!(lines(&actions), ["cancel A17"]);
}

#[test]
fn working_orders_come_first_and_a_key_shows_all() {
    let view = fixture::view();
    let mut screen = screen(Pane::Orders);
    let count = |screen: &Screen| {
        shot(screen, &view, Pane::Orders, (84, 12)).matches("\n┃").count()
            - shot(screen, &view, Pane::Orders, (84, 12)).matches("\n┃  ").count()
    };
    let working = count(&screen);
    panes::update(&mut screen, &view, Pane::Orders, Act::OrdersAll);
    assert_eq!((working, count(&screen)), (1 + 3, 1 + 8));
}

#[test]
fn a_key_in_the_alerts_says_that_they_were_seen() {
    let view = fixture::view();
    let mut screen = screen(Pane::Alerts);
    assert!(shot(&screen, &view, Pane::Alerts, (84, 8)).contains("[new]"));
    panes::update(&mut screen, &view, Pane::Alerts, Act::Down);
    let seen = shot(&screen, &view, Pane::Alerts, (84, 8));
    assert!(!seen.contains("[new]") && seen.contains("[Alerts]"), "{seen}");
}

#[test]
fn the_account_can_be_saved() {
    let view = fixture::view();
    let actions = panes::update(&mut screen(Pane::Account), &view, Pane::Account, Act::Save);
    let [Action::Save { name, rows, .. }] = actions.as_slice() else { panic!("{actions:?}") };
    assert_eq!((name.as_str(), rows[0].join("|").as_str()), ("account", "Equity|506243|TWD"));
}

#[test]
fn files_have_what_the_screen_shows_as_plain_values() {
    let view = fixture::view();
    let saved = |pane: Pane| {
        let mut screen = screen(pane);
        screen.table_mut(pane).shows_all = true;
        let actions = panes::update(&mut screen, &view, pane, Act::Save);
        let [Action::Save { header, rows, .. }] = actions.as_slice() else { panic!("{pane:?}") };
        let line = |it: &Vec<String>| it.join(",");
        [vec![line(header)], rows.iter().map(line).collect()].concat().join("\n")
    };
    insta::assert_snapshot!(
        [Pane::Watchlist, Pane::Conditions, Pane::Orders, Pane::Fills, Pane::Positions]
            .map(saved)
            .join("\n\n")
    );
}

fn click(screen: &mut Screen, view: &View, pane: Pane, (column, row): (u16, u16)) {
    let kind = MouseEventKind::Down(MouseButton::Left);
    let mouse = MouseEvent { kind, column, row, modifiers: KeyModifiers::NONE };
    let area = Rect::new(36, 28, 84, 10);
    assert_eq!(panes::click(screen, view, (pane, area), mouse), []);
}

#[test]
fn a_click_selects_a_row_or_turns_the_page() {
    let view = fixture::view();
    let mut screen = screen(Pane::Orders);
    click(&mut screen, &view, Pane::Orders, (60, 31));
    assert_eq!(screen.table(Pane::Orders).cursor.as_deref(), Some("A16"));
    for (column, page) in [
        (37, Pane::Orders),
        (48, Pane::Fills),
        (47, Pane::Orders),
        (60, Pane::Positions),
        (119, Pane::Orders),
    ] {
        screen.focus_on(Pane::Orders);
        click(&mut screen, &view, Pane::Orders, (column, 28));
        assert_eq!(screen.focus, page, "{column}");
    }
}

#[test]
fn a_position_of_both_sides_is_closed_only_where_it_is_the_only_one() {
    let mut view = fixture::view();
    view.positions[0].short = whole(2);
    let mut screen = at(Pane::Positions, "SIM-1 TXFH1");
    safety::arm(&mut screen, &view);
    panes::update(&mut screen, &view, Pane::Positions, Act::PositionReverse);
    assert!(screen.overlays.is_empty(), "which side is meant cannot be known");
    panes::update(&mut screen, &view, Pane::Positions, Act::PositionClose);
    let text = asked(&screen, &view);
    assert!(text.contains("+1/-2"), "{text}");
}
