//! Every pane in its place on the usual terminal, on a small one, and far too small.

use super::{screen, shot, size_in};
use crate::look::Language;
use crate::pane::Pane;
use crate::view::{
    ConditionState, Connection, Environment, Limit, OrderState, Severity, View, fixture, whole,
};

/// The pane at the sizes that it has at 120x40 and 80x24, zoomed, and at 20x5.
fn all(screen: &crate::Screen, view: &View, pane: Pane) -> String {
    let sizes = [size_in(pane, (120, 40)), size_in(pane, (80, 24)), (120, 12), (20, 5)];
    let shot =
        |size: (u16, u16)| format!("{}x{}\n{}", size.0, size.1, shot(screen, view, pane, size));
    sizes.map(shot).join("\n\n")
}

macro_rules! pane {
    ($test:ident, $pane:expr) => {
        #[test]
        fn $test() {
            insta::assert_snapshot!(all(&screen($pane), &fixture::view(), $pane));
        }
    };
}

pane!(watchlist, Pane::Watchlist);
pane!(conditions, Pane::Conditions);
pane!(health, Pane::Health);
pane!(orders, Pane::Orders);
pane!(fills, Pane::Fills);
pane!(positions, Pane::Positions);
pane!(account, Pane::Account);
pane!(limits, Pane::Limits);
pane!(alerts, Pane::Alerts);
pane!(log, Pane::Log);

/// A protection stands among the orders, and its stop beside the position.
#[test]
fn protections_are_shown_with_their_distance_and_what_they_are_attached_to() {
    let mut view = fixture::view();
    view.orders.push(fixture::protection());
    let mut held = fixture::protection();
    held.id = "A20".into();
    held.protects = held.protects.map(|it| crate::view::Protects {
        on: String::new(),
        leg: "A21".into(),
        state: crate::view::ProtectState::Held,
        ..it
    });
    view.orders.push(held);
    let mut shots = Vec::new();
    for language in [Language::English, Language::TraditionalChinese] {
        for pane in [Pane::Orders, Pane::Positions] {
            let mut screen = screen(pane);
            screen.look.language = language;
            for size in [size_in(pane, (120, 40)), size_in(pane, (80, 24))] {
                shots.push(shot(&screen, &view, pane, size));
            }
        }
    }
    insta::assert_snapshot!(shots.join("\n\n"));
}

#[test]
fn every_pane_speaks_traditional_chinese() {
    let shots: Vec<String> = Pane::ALL
        .into_iter()
        .filter(|it| !matches!(it, Pane::Chart | Pane::Ladder | Pane::Tape))
        .map(|pane| {
            let mut screen = screen(pane);
            screen.look.language = Language::TraditionalChinese;
            shot(&screen, &fixture::view(), pane, size_in(pane, (120, 40)))
        })
        .collect();
    insta::assert_snapshot!(shots.join("\n\n"));
}

#[test]
fn a_first_start_says_what_to_press() {
    let shots: Vec<String> = Pane::ALL
        .into_iter()
        .filter(|it| !matches!(it, Pane::Chart | Pane::Ladder | Pane::Tape))
        .map(|pane| shot(&screen(pane), &fixture::empty(), pane, size_in(pane, (120, 40))))
        .collect();
    insta::assert_snapshot!(shots.join("\n\n"));
}

/// What a trader must not miss.
fn worst() -> View {
    let mut view = fixture::view();
    view.machine.environment = Environment::Live;
    view.machine.connection = Connection::Lost("no answer".into());
    view.machine.feed_silent_ms = Some(12_300);
    for quote in &mut view.quotes {
        quote.is_stale = true;
    }
    view.quotes[2].is_stale = false;
    view.quotes[2].last = view.quotes[2].limit_down;
    view.quotes[3].is_stale = false;
    view.quotes[3].ticks.clear();
    view.conditions[1].state = ConditionState::Failed;
    view.conditions[1].remark = "its entry was refused: margin".into();
    view.orders[6].state = OrderState::PendingCancel;
    view.orders[6].reason = "too late to cancel".into();
    view.health.processes[1].is_bad = true;
    view.health.processes[1].is_well = false;
    view.health.processes[1].state = "given up".into();
    view.health.processes[2].is_bad = true;
    view.health.processes[2].state = "silent".into();
    view.health.processes[2].beat_age_ms = Some(75_000);
    view.health.gaps = 3;
    view.health.sockets[0].drops = 17;
    view.limits.push(Limit {
        name: "loss of the day".into(),
        scope: "SIM-2".into(),
        used: "23,400".into(),
        bound: "20,000".into(),
        permille: 1_170,
    });
    let money = view.money.as_mut().unwrap();
    money.equity = i128::from(whole(150_000));
    money.available = i128::from(whole(-34_000));
    view.alerts[0].severity = Severity::Ok;
    view
}

#[test]
fn what_is_wrong_is_said_in_words() {
    let shots: Vec<String> = Pane::ALL
        .into_iter()
        .filter(|it| !matches!(it, Pane::Chart | Pane::Ladder | Pane::Tape | Pane::Log))
        .map(|pane| {
            let mut screen = screen(pane);
            screen.table_mut(pane).shows_all = true;
            shot(&screen, &worst(), pane, size_in(pane, (120, 40)))
        })
        .collect();
    insta::assert_snapshot!(shots.join("\n\n"));
}

#[test]
fn every_pane_draws_at_every_size_in_every_language() {
    let views = [fixture::view(), fixture::empty(), worst()];
    for pane in Pane::ALL {
        let mut screen = screen(pane);
        for (at, width) in (1..=40_u16).chain([60, 80, 121, 200]).enumerate() {
            for height in (1..=12_u16).chain([24, 41]) {
                screen.look.language = Language::ALL[at % 3];
                screen.table_mut(pane).filter =
                    if at % 4 == 0 { "x 1".into() } else { String::new() };
                let view = &views[usize::from(height) % 3];
                shot(&screen, view, pane, (width, height));
            }
        }
    }
}
