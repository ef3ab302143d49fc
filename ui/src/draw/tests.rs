use ratatui::Terminal;
use ratatui::backend::TestBackend;

use super::*;
use crate::keys::Keymap;
use crate::look::{Language, Look};
use crate::pane::Pane;
use crate::theme::Theme;
use crate::view::{Connection, Environment, Trading, fixture};

fn screen(width: u16, height: u16, language: Language) -> Screen {
    let look = Look { theme: Theme::built_in("mono").unwrap(), language };
    Screen::new(look, Keymap::default(), (width, height))
}

fn rows(screen: &Screen, view: &View) -> Vec<String> {
    let backend = TestBackend::new(screen.area.width, screen.area.height);
    let mut terminal = Terminal::new(backend).unwrap();
    terminal.draw(|frame| draw(frame, screen, view)).unwrap();
    let buffer = terminal.backend().buffer();
    let row = |cells: &[ratatui::buffer::Cell]| {
        let (mut text, mut hidden) = (String::new(), 0);
        for cell in cells {
            if hidden == 0 {
                text.push_str(cell.symbol());
                hidden = unicode_width::UnicodeWidthStr::width(cell.symbol());
            }
            hidden = hidden.saturating_sub(1);
        }
        text.trim_end().to_owned()
    };
    buffer.content().chunks(usize::from(screen.area.width)).map(row).collect()
}

/// The rows of the frame without its panes.
fn frame_rows(screen: &Screen, view: &View) -> String {
    let rows = rows(screen, view);
    let ends = [0, 1, rows.len() - 2, rows.len() - 1];
    ends.map(|it| rows[it].clone()).join("\n")
}

#[test]
fn the_frame_in_english() {
    let view = fixture::view();
    insta::assert_snapshot!(frame_rows(&screen(120, 40, Language::English), &view));
    insta::assert_snapshot!(frame_rows(&screen(200, 60, Language::English), &view));
    insta::assert_snapshot!(frame_rows(&screen(80, 24, Language::English), &view));
    insta::assert_snapshot!(frame_rows(&screen(60, 16, Language::English), &view));
}

#[test]
fn the_frame_in_chinese() {
    let view = fixture::view();
    let traditional = Language::TraditionalChinese;
    insta::assert_snapshot!(frame_rows(&screen(120, 40, traditional), &view));
    insta::assert_snapshot!(frame_rows(&screen(80, 24, Language::SimplifiedChinese), &view));
}

#[test]
fn a_first_start_says_what_to_press() {
    let view = fixture::empty();
    insta::assert_snapshot!(frame_rows(&screen(120, 40, Language::English), &view));
    insta::assert_snapshot!(frame_rows(&screen(80, 24, Language::English), &view));
}

#[test]
fn keys_of_the_focused_pane_are_hinted() {
    let view = fixture::view();
    let mut screen = screen(160, 40, Language::English);
    let mut hints = String::new();
    for pane in Pane::ALL {
        screen.focus_on(pane);
        hints.push_str(&format!("{}\n", rows(&screen, &view)[39]));
    }
    insta::assert_snapshot!(hints);
}

#[test]
fn what_is_wrong_is_said_worst_first() {
    let mut view = fixture::view();
    let screen = screen(120, 40, Language::English);
    let mut said = Vec::new();
    view.machine.feed_ended = true;
    said.push(rows(&screen, &view)[1].clone());
    view.machine.feed_ended = false;
    view.machine.feed_silent_ms = Some(5_300);
    said.push(rows(&screen, &view)[1].clone());
    view.health.processes[2].is_bad = true;
    view.health.processes[2].state = "given up".into();
    said.push(rows(&screen, &view)[1].clone());
    view.health.processes[2].beat_age_ms = None;
    said.push(rows(&screen, &view)[1].clone());
    view.machine.connection = Connection::Lost("the line was reset".into());
    said.push(rows(&screen, &view)[1].clone());
    view.machine.trading = Trading::Halted("kill menu".into());
    view.machine.environment = Environment::Live;
    view.machine.plain = true;
    said.push(rows(&screen, &view)[1].clone());
    said.push(rows(&screen, &view)[0].clone());
    insta::assert_snapshot!(said.join("\n"));
}

#[test]
fn a_feed_deep_in_folders_leaves_room_for_its_age() {
    let mut view = fixture::view();
    view.machine.feed = "taifex:/home/trader/recorded/days/of/2021/Daily_2021_07_26.zip".into();
    let header = &rows(&screen(80, 24, Language::English), &view)[0];
    assert!(header.contains("feed Daily_2021_07_26.zip 12ms"), "{header}");
}

#[test]
fn the_smallest_screens_say_so_and_none_panics() {
    let view = fixture::view();
    let tiny = rows(&screen(59, 16, Language::English), &view);
    assert_eq!(tiny[0], "aftm needs 60x16, have 59x16 (F12 kill)");
    for language in Language::ALL {
        for width in 1..=130 {
            for height in [1, 2, 3, 15, 16, 17, 24, 33, 34, 40] {
                rows(&screen(width, height, language), &view);
            }
        }
    }
}

#[test]
fn a_tab_is_where_it_is_drawn() {
    let view = fixture::view();
    let screen = screen(80, 24, Language::TraditionalChinese);
    let area = layout(screen.area, &screen).strip;
    let text = rows(&screen, &view)[1].clone();
    let at = |name: &str| {
        let before = text.split(name).next().unwrap();
        u16::try_from(unicode_width::UnicodeWidthStr::width(before)).unwrap()
    };
    for (name, pane) in [("報價", Pane::Watchlist), ("K 線", Pane::Chart), ("閃電", Pane::Ladder)]
    {
        assert_eq!(tab_at(area, &screen, &view, at(name)), Some(pane), "{name} in {text}");
    }
    assert_eq!(tab_at(area, &screen, &view, 79), None);
}

/// Whatever a text holds, no cell holds what acts on a terminal or turns its line around.
#[test]
fn no_cell_acts_on_the_terminal() {
    let acts = |it: char| it.is_control() || ('\u{2028}'..='\u{202e}').contains(&it);
    for code in (0..0x20).chain(0x7f..0xa0).chain([0x200e, 0x200f]).chain(0x2028..0x202f) {
        let odd = char::from_u32(code).unwrap();
        let text = format!("a{odd}[31mb{odd}{odd}c");
        let mut view = fixture::view();
        view.machine.feed.clone_from(&text);
        view.machine.trading = Trading::Halted(text.clone());
        view.alerts.iter_mut().for_each(|it| it.text.clone_from(&text));
        view.orders.iter_mut().for_each(|it| it.reason.clone_from(&text));
        for rows in [(120, 40), (80, 24)] {
            let rows = rows_of(&view, rows);
            assert!(!rows.contains(acts), "U+{code:04X} is in {rows:?}");
        }
    }
}

fn rows_of(view: &View, (width, height): (u16, u16)) -> String {
    rows(&screen(width, height, Language::English), view).concat()
}
