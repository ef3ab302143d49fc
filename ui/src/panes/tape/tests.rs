//! What the tape shows and how its keys move it.

use ratatui::Terminal;
use ratatui::backend::TestBackend;

use super::*;
use crate::keys::Keymap;
use crate::look::{Language, Look};
use crate::theme::Theme;
use crate::view::fixture;

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

fn push(view: &mut View, count: u64) {
    for _ in 0..count {
        let newest = *view.quotes[0].trades.back().unwrap();
        let sequence = newest.sequence + 1;
        view.quotes[0].trades.push_back(Trade { sequence, ..newest });
        view.quotes[0].trades.pop_front();
    }
}

#[test]
fn it_shows_the_newest_trades_first_in_as_many_columns_as_fit() {
    let view = fixture::view();
    let screen = screen(Language::English);
    insta::assert_snapshot!(shown(&screen, &view, (50, 6)));
    insta::assert_snapshot!(shown(&screen, &view, (100, 6)));
    insta::assert_snapshot!(shown(&screen, &view, (20, 5)));
    insta::assert_snapshot!(shown(&screen, &view, (1, 1)));
}

#[test]
fn it_speaks_chinese_and_says_that_it_is_stale() {
    let mut view = fixture::view();
    view.quotes[0].is_stale = true;
    insta::assert_snapshot!(shown(&screen(Language::TraditionalChinese), &view, (50, 6)));
}

#[test]
fn what_is_read_does_not_move_when_trades_come() {
    let mut view = fixture::view();
    let mut screen = screen(Language::English);
    update(&mut screen, &view, Act::PageDown);
    update(&mut screen, &view, Act::Down);
    let rows = |text: String| text.lines().skip(1).map(str::to_owned).collect::<Vec<_>>();
    let before = shown(&screen, &view, (50, 6));
    push(&mut view, 40);
    let after = shown(&screen, &view, (50, 6));
    assert_eq!(rows(before.clone()), rows(after.clone()));
    assert!(before.contains(" 5 newer") && after.contains(" 45 newer"), "{before}{after}");
    update(&mut screen, &view, Act::Top);
    assert_eq!(screen.tape.at, None);
}

#[test]
fn every_step_back_has_a_step_forward() {
    let view = fixture::view();
    for (back, forward) in [(Act::Down, Act::Up), (Act::PageDown, Act::PageUp)] {
        let mut screen = screen(Language::English);
        screen.focus = Pane::Tape;
        let mut seen = vec![None];
        loop {
            update(&mut screen, &view, back);
            if seen.last() == Some(&screen.tape.at) {
                break;
            }
            seen.push(screen.tape.at);
        }
        assert!(seen.len() > 3, "{back:?}");
        for at in seen.iter().rev().skip(1) {
            update(&mut screen, &view, forward);
            assert!(screen.tape.at >= *at || at.is_none(), "{back:?}");
        }
        assert_eq!(screen.tape.at, None);
    }
}

#[test]
fn the_oldest_trade_stays_when_the_one_that_was_read_is_gone() {
    let mut view = fixture::view();
    let mut screen = screen(Language::English);
    update(&mut screen, &view, Act::Bottom);
    push(&mut view, 200);
    let text = shown(&screen, &view, (50, 6));
    assert_eq!(text.matches("17,312").count(), 4, "{text}");
    update(&mut screen, &view, Act::Up);
    update(&mut screen, &view, Act::Down);
    shown(&screen, &view, (50, 6));
}

#[test]
fn small_trades_can_be_left_out() {
    let view = fixture::view();
    let mut screen = screen(Language::English);
    let mut seen = Vec::new();
    for _ in 0..8 {
        update(&mut screen, &view, Act::Right);
        seen.push(screen.tape.least);
    }
    assert_eq!(seen, [2, 5, 10, 20, 50, 100, 100, 100]);
    screen.tape.least = 20;
    insta::assert_snapshot!(shown(&screen, &view, (50, 6)));
    for _ in 0..8 {
        update(&mut screen, &view, Act::Left);
    }
    assert_eq!(screen.tape.least, 0);
}

#[test]
fn every_size_in_every_language_is_drawn() {
    let view = fixture::view();
    for language in Language::ALL {
        let mut screen = screen(language);
        for item in ["TXFH1", "EXFH1", "none"] {
            screen.item = Some(item.into());
            for width in 1..=120 {
                for height in [1, 2, 3, 6] {
                    shown(&screen, &view, (width, height));
                }
            }
        }
    }
}
