use ratatui::Terminal;
use ratatui::backend::TestBackend;

use super::*;
use crate::event::Event;
use crate::keys::Keymap;
use crate::look::{Language, Look};
use crate::pane::Pane;
use crate::theme::Theme;
use crate::update::update as apply;
use crate::view::fixture;

fn screen(width: u16, height: u16, language: Language) -> Screen {
    let look = Look { theme: Theme::built_in("mono").unwrap(), language };
    Screen::new(look, Keymap::default(), (width, height))
}

fn press(screen: &mut Screen, keys: &str) {
    let view = fixture::view();
    for text in keys.split_whitespace() {
        let chord = Chord::parse(text).unwrap();
        let key = crokey::KeyCombination::one_key(chord.code(), chord.modifiers());
        let now = screen.now + 1_000_000_000;
        apply(screen, &view, now, Event::Key(Press { key, is_repeat: false }));
    }
}

fn drawn(screen: &Screen) -> String {
    let backend = TestBackend::new(screen.area.width, screen.area.height);
    let mut terminal = Terminal::new(backend).unwrap();
    let Some(Overlay::Help(help)) = screen.overlays.last() else { return String::new() };
    terminal.draw(|frame| draw(frame, help, screen)).unwrap();
    terminal.backend().to_string()
}

#[test]
fn the_keys_of_the_focused_pane_come_first() {
    let mut screen = screen(80, 24, Language::English);
    screen.focus_on(Pane::Orders);
    press(&mut screen, "?");
    insta::assert_snapshot!(drawn(&screen));
}

#[test]
fn twice_shows_everything_and_searches() {
    let mut screen = screen(120, 40, Language::TraditionalChinese);
    press(&mut screen, "f1 f1");
    assert!(drawn(&screen).contains("任何地方"));
    press(&mut screen, "l a d d e r");
    insta::assert_snapshot!(drawn(&screen));
    press(&mut screen, "? ? ?");
    assert!(!screen.overlays.is_empty(), "a letter of the search is no key");
    press(&mut screen, "f1");
    assert!(screen.overlays.is_empty());
}

#[test]
fn it_scrolls_and_fits_everywhere() {
    let mut screen = screen(20, 5, Language::English);
    press(&mut screen, "f1");
    insta::assert_snapshot!(drawn(&screen));
    press(&mut screen, "down down pagedown pagedown pagedown pagedown pagedown up esc");
    assert!(screen.overlays.is_empty());
    for (width, height) in [(1, 1), (7, 2), (12, 6), (300, 100)] {
        let mut screen = self::screen(width, height, Language::SimplifiedChinese);
        press(&mut screen, "f1 pagedown f1 pagedown");
        drawn(&screen);
    }
}

#[test]
fn moved_keys_are_shown_as_they_are() {
    let mut screen = screen(120, 40, Language::English);
    screen.keys = Keymap::parse("[global]\nzoom = [\"ctrl-x\"]\n").unwrap();
    press(&mut screen, "f1 f1 z o o m");
    let text = drawn(&screen);
    assert!(text.contains("ctrl-x"), "{text}");
}
