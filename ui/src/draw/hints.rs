//! The last row: keys of the focused pane and of everywhere, children, speed and clock.

use ratatui::Frame;
use ratatui::layout::Rect;

use super::bar::{Bar, Piece};
use super::words;
use crate::keys::{Act, Context};
use crate::pane::Pane;
use crate::screen::Screen;
use crate::theme::{Glyph, Role};
use crate::view::View;

/// Acts of everywhere, with the rank by which they are left out.
const GLOBAL: [(Act, u8); 9] = [
    (Act::Help, 1),
    (Act::Palette, 2),
    (Act::Kill, 0),
    (Act::Arm, 3),
    (Act::Quit, 4),
    (Act::Zoom, 12),
    (Act::NextItem, 13),
    (Act::NextTheme, 14),
    (Act::NextLanguage, 14),
];

/// The rank of the focused pane's first key; the later ones go earlier.
const PANE_RANK: u8 = 5;

pub(super) fn draw(frame: &mut Frame<'_>, area: Rect, screen: &Screen, view: &View) {
    let look = &screen.look;
    let mut left: Vec<_> =
        GLOBAL.iter().take(3).filter_map(|(act, rank)| hint(screen, *act, *rank)).collect();
    if screen.overlays.is_empty() {
        let acts = acts(screen.focus).zip(PANE_RANK..12);
        left.extend(acts.filter_map(|(act, rank)| hint(screen, act, rank)));
    } else {
        left.extend(hint(screen, Act::Back, 1));
    }
    left.extend(GLOBAL.iter().skip(3).filter_map(|(act, rank)| hint(screen, *act, *rank)));
    Bar { left, right: right(screen, view) }.draw(frame, area, look, Role::Surface);
}

fn hint(screen: &Screen, act: Act, rank: u8) -> Option<Piece> {
    let key = if act == Act::Kill {
        // The letter is shorter than the key that always works, which help names first.
        screen.keys.chords(act).last()?.to_string()
    } else {
        screen.keys.chords(act).first()?.to_string()
    };
    let label = screen.look.text(&format!("hint.{}", act.name()));
    Some(Piece::new(key, Role::KeyHint, rank).and(format!(" {label}"), Role::KeyLabel))
}

/// What the keys of a pane do, the most wanted first.
fn acts(pane: Pane) -> impl Iterator<Item = Act> {
    let own = match pane {
        Pane::Ladder => vec![
            Act::LadderBuy,
            Act::LadderSell,
            Act::LadderCancelHere,
            Act::LadderFlatten,
            Act::LadderMarket,
            Act::LadderCenter,
            Act::LadderMore,
        ],
        Pane::Chart => {
            vec![Act::ChartPeriodLess, Act::ChartPeriodMore, Act::ChartType, Act::ChartNow]
        }
        Pane::Conditions => vec![
            Act::ConditionNew,
            Act::ConditionResume,
            Act::ConditionPause,
            Act::ConditionStop,
            Act::ConditionDrop,
            Act::ConditionEdit,
        ],
        Pane::Orders => {
            vec![
                Act::OrderCancel,
                Act::OrderAmend,
                Act::OrderProtect,
                Act::OrdersCancelAll,
                Act::OrdersAll,
            ]
        }
        Pane::Positions => vec![Act::PositionClose, Act::PositionReverse, Act::PositionProtect],
        Pane::Watchlist => vec![Act::ItemAdd, Act::ItemDrop],
        Pane::Log => vec![Act::LogTarget, Act::LogMore, Act::LogLess],
        Pane::Health | Pane::Tape | Pane::Fills | Pane::Account | Pane::Limits | Pane::Alerts => {
            Vec::new()
        }
    };
    let has = |context| Context::of(pane).contains(&context);
    let of_tables = match pane {
        Pane::Account => &[Act::Save][..],
        _ if has(Context::Table) => &TABLE[..],
        _ => &[],
    };
    let of_blotters = if has(Context::Blotter) { &[Act::PageNext][..] } else { &[] };
    own.into_iter().chain(of_blotters.iter().copied()).chain(of_tables.iter().copied())
}

const TABLE: [Act; 5] = [Act::Open, Act::Filter, Act::Sort, Act::Save, Act::Copy];

fn right(screen: &Screen, view: &View) -> Vec<Piece> {
    let look = &screen.look;
    let health = &view.health;
    let mut right = Vec::new();
    for process in &health.processes {
        let (glyph, role) = match (process.is_bad, process.is_well) {
            (true, _) => (Glyph::Bad, Role::StatusDanger),
            (false, true) => (Glyph::Ok, Role::StatusOk),
            (false, false) => (Glyph::Flat, Role::StatusOffline),
        };
        let name = match process.name.as_str() {
            "gateway" => "gw".to_owned(),
            other => other.chars().take(2).collect(),
        };
        let rank = if process.is_bad { 1 } else { 6 };
        right.push(Piece::new(format!("{name}{}", look.glyph(glyph)), role, rank));
    }
    let cpu: u32 = health.processes.iter().filter_map(|it| it.cpu_permille).sum();
    if health.processes.iter().any(|it| it.cpu_permille.is_some()) {
        let text = format!("CPU {}%", (cpu + 5) / 10);
        right.push(Piece::new(text, Role::TextMuted, 15));
    }
    if health.frames_per_second > 0 {
        let text = format!("{} fps", health.frames_per_second);
        right.push(Piece::new(text, Role::TextMuted, 16));
    }
    right.push(Piece::new(words::clock(view.now, view.offset_s), Role::Text, 3));
    right
}
