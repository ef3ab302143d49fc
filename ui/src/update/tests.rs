use crokey::KeyCombination;
use crossterm::event::{KeyModifiers, MouseButton, MouseEvent, MouseEventKind};

use super::*;
use crate::event::Press;
use crate::keys::{Chord, Keymap};
use crate::look::{Language, Look};
use crate::overlays::Overlay;
use crate::pane::Pane;
use crate::screen::Awaited;
use crate::theme::Theme;
use crate::view::fixture;

pub(super) fn screen(width: u16, height: u16) -> Screen {
    let look = Look { theme: Theme::default(), language: Language::English };
    Screen::new(look, Keymap::default(), (width, height))
}

pub(super) fn key(text: &str) -> Event {
    let chord = Chord::parse(text).unwrap();
    let key = KeyCombination::one_key(chord.code(), chord.modifiers());
    Event::Key(Press { key, is_repeat: false })
}

/// Presses keys a second apart.
fn press(screen: &mut Screen, view: &View, keys: &str) -> Vec<Action> {
    let mut actions = Vec::new();
    for text in keys.split_whitespace() {
        let now = screen.now + 1_000_000_000;
        actions.extend(update(screen, view, now, key(text)));
    }
    actions
}

fn mouse(kind: MouseEventKind, column: u16, row: u16) -> Event {
    Event::Mouse(MouseEvent { kind, column, row, modifiers: KeyModifiers::NONE })
}

const CLICK: MouseEventKind = MouseEventKind::Down(MouseButton::Left);

#[test]
fn tab_goes_round_every_pane_and_numbers_jump() {
    let view = fixture::view();
    let mut screen = screen(120, 40);
    let mut seen = Vec::new();
    for _ in Pane::ALL {
        seen.push(screen.focus);
        press(&mut screen, &view, "tab");
    }
    assert_eq!(seen, Pane::ALL);
    press(&mut screen, &view, "shift-tab");
    assert_eq!(screen.focus, Pane::Log);
    for (keys, pane) in [
        ("alt-1", Pane::Watchlist),
        ("alt-5", Pane::Ladder),
        ("alt-7", Pane::Log),
        ("]", Pane::Orders),
        ("]", Pane::Fills),
        ("[ [", Pane::Log),
        ("alt-2", Pane::Conditions),
    ] {
        press(&mut screen, &view, keys);
        assert_eq!(screen.focus, pane, "{keys}");
    }
}

#[test]
fn escape_goes_one_level_up() {
    let view = fixture::view();
    let mut screen = screen(120, 40);
    press(&mut screen, &view, "z");
    screen.table_mut(Pane::Watchlist).filter = "TX".into();
    press(&mut screen, &view, "?");
    assert_eq!(screen.overlays.len(), 1);
    press(&mut screen, &view, "esc");
    assert!(screen.overlays.is_empty() && screen.is_zoomed);
    for _ in 0..9 {
        press(&mut screen, &view, "esc");
    }
    assert_eq!(screen.table(Pane::Watchlist).filter, "");
    assert!(!screen.is_zoomed);
}

#[test]
fn the_kill_menu_opens_from_every_pane_size_and_overlay() {
    let view = fixture::view();
    for (width, height) in [(200, 60), (120, 40), (80, 24), (60, 16), (20, 3), (1, 1)] {
        for pane in Pane::ALL {
            for before in ["", "?", ":", "5", "q", "f2", "ctrl-c"] {
                for kill in ["f12", "K"] {
                    let mut screen = screen(width, height);
                    screen.focus_on(pane);
                    press(&mut screen, &view, before);
                    let is_text = screen.overlays.last().is_some_and(overlays::has_text_field);
                    press(&mut screen, &view, kill);
                    let is_open = matches!(screen.overlays.last(), Some(Overlay::Kill(_)));
                    assert_eq!(is_open, kill == "f12" || !is_text, "{pane:?} {before} {kill}");
                }
            }
        }
    }
}

#[test]
fn a_letter_in_a_text_is_a_letter() {
    let view = fixture::view();
    let mut screen = screen(120, 40);
    press(&mut screen, &view, ": K a q");
    assert_eq!(screen.overlays.len(), 1);
    let Some(Overlay::Palette(palette)) = screen.overlays.last() else { panic!("no palette") };
    assert!(format!("{palette:?}").contains("Kaq"));
}

#[test]
fn control_c_asks_from_everywhere() {
    let view = fixture::view();
    for before in ["", ":", "f1", "4"] {
        let mut screen = screen(80, 24);
        press(&mut screen, &view, before);
        assert_eq!(press(&mut screen, &view, "ctrl-c"), []);
        assert!(matches!(screen.overlays.last(), Some(Overlay::Quit(_))), "{before}");
    }
}

#[test]
fn digits_open_the_menu_line_but_not_in_a_text() {
    let view = fixture::view();
    let mut screen = screen(120, 40);
    press(&mut screen, &view, "1");
    assert!(matches!(screen.overlays.last(), Some(Overlay::Menu(_))));
    press(&mut screen, &view, "esc :");
    press(&mut screen, &view, "1");
    assert!(matches!(screen.overlays.last(), Some(Overlay::Palette(_))));
}

#[test]
fn a_paste_goes_into_texts_only() {
    let view = fixture::view();
    let mut screen = screen(120, 40);
    screen.focus_on(Pane::Ladder);
    let text = || Event::Paste("b\ns\nK\n10\n".into());
    assert_eq!(update(&mut screen, &view, 1, text()), []);
    assert!(screen.overlays.is_empty());
    press(&mut screen, &view, ":");
    let now = screen.now + 1;
    assert_eq!(update(&mut screen, &view, now, text()), []);
    assert_eq!(screen.overlays.len(), 1, "a newline is no Enter");
}

#[test]
fn filters_take_letters_and_pastes() {
    let view = fixture::view();
    let mut screen = screen(120, 40);
    screen.focus_on(Pane::Orders);
    screen.table_mut(Pane::Orders).is_filtering = true;
    press(&mut screen, &view, "K q");
    update(&mut screen, &view, 5_000_000_000, Event::Paste("買\n".into()));
    assert_eq!(screen.table(Pane::Orders).filter, "Kq買");
    press(&mut screen, &view, "enter");
    assert!(!screen.table(Pane::Orders).is_filtering);
    assert!(screen.overlays.is_empty());
}

#[test]
fn a_click_focuses_and_tabs_can_be_clicked() {
    let view = fixture::view();
    let mut screen = screen(120, 40);
    assert_eq!(update(&mut screen, &view, 1, mouse(CLICK, 100, 10)), []);
    assert_eq!(screen.focus, Pane::Ladder);
    update(&mut screen, &view, 2, mouse(CLICK, 40, 30));
    assert_eq!(screen.focus, Pane::Orders);
    press(&mut screen, &view, "?");
    let now = screen.now + 1;
    update(&mut screen, &view, now, mouse(CLICK, 1, 5));
    assert_eq!(screen.focus, Pane::Orders, "nothing is clicked through an overlay");

    let mut small = self::screen(80, 24);
    update(&mut small, &view, 1, mouse(CLICK, 2, 1));
    assert_eq!(small.focus, Pane::Watchlist);
    update(&mut small, &view, 1, mouse(CLICK, 10, 1));
    assert_eq!(small.focus, Pane::Conditions);
}

#[test]
fn the_item_never_changes_under_armed_keys() {
    let mut view = fixture::view();
    let mut screen = screen(120, 40);
    update(&mut screen, &view, 1, Event::View);
    assert_eq!(screen.item.as_deref(), Some("TXFH1"));
    press(&mut screen, &view, ">");
    assert_eq!(screen.item.as_deref(), Some("MXFH1"));
    press(&mut screen, &view, "< <");
    assert_eq!(screen.item.as_deref(), Some("CDFH1"));
    press(&mut screen, &view, "a");
    assert!(!matches!(screen.safety.level(), Level::Disarmed(_)));
    view.quotes.retain(|it| it.code != "CDFH1");
    let now = screen.now + 1;
    update(&mut screen, &view, now, Event::View);
    assert_eq!(screen.item.as_deref(), Some("CDFH1"));
    press(&mut screen, &view, "A");
    let now = screen.now + 1;
    update(&mut screen, &view, now, Event::View);
    assert_eq!(screen.item.as_deref(), Some("TXFH1"));
}

#[test]
fn look_changes_by_key_while_running() {
    let view = fixture::view();
    let mut screen = screen(120, 40);
    let (theme, convention) = (screen.look.theme.name.clone(), screen.look.theme.convention());
    press(&mut screen, &view, "T");
    assert_ne!(screen.look.theme.name, theme);
    press(&mut screen, &view, "U");
    assert_ne!(screen.look.theme.convention(), convention);
    press(&mut screen, &view, "L");
    assert_eq!(screen.look.language, Language::TraditionalChinese);
    let error = Reloaded::Theme(Err("line 3: there is no role `market.upp`".into()));
    update(&mut screen, &view, 9, Event::Reloaded(Box::new(error)));
    assert!(!screen.toasts.is_empty());
}

#[test]
fn an_answer_goes_once_to_who_asked() {
    let view = fixture::view();
    let mut screen = screen(120, 40);
    let actions = press(&mut screen, &view, "f9");
    let [Action::Screenshot { id, .. }] = actions[..] else { panic!("{actions:?}") };
    assert!(matches!(screen.awaited.get(&id), Some(Awaited::Toast(_))));
    let answer = Answer { id, outcome: Ok("written to a.svg".into()) };
    update(&mut screen, &view, 9, Event::Answer(answer.clone()));
    assert!(screen.awaited.is_empty());
    assert_eq!(update(&mut screen, &view, 10, Event::Answer(answer)), []);
}

#[test]
fn on_a_first_start_enter_does_the_next_step() {
    for keys in ["enter", "f2", "1 enter"] {
        let mut screen = screen(80, 24);
        press(&mut screen, &fixture::empty(), keys);
        assert!(matches!(screen.overlays.last(), Some(Overlay::Form(_))), "{keys}");
    }
    let mut view = fixture::view();
    view.machine.running = crate::view::Running::Stopped;
    let mut screen = screen(80, 24);
    press(&mut screen, &view, "f2");
    assert!(matches!(screen.overlays.last(), Some(Overlay::Menu(_))), "start waits for enter");
}

#[test]
fn a_key_that_is_held_down_does_not_toggle() {
    let view = fixture::view();
    let mut screen = screen(120, 40);
    let Event::Key(held) = key("z") else { panic!() };
    press(&mut screen, &view, "z");
    for _ in 0..3 {
        update(&mut screen, &view, 9, Event::Key(Press { is_repeat: true, ..held }));
    }
    assert!(screen.is_zoomed);
}

#[test]
fn a_pane_that_nobody_sees_takes_no_keys() {
    let view = fixture::view();
    let mut screen = screen(40, 10);
    screen.focus_on(Pane::Ladder);
    screen.item = Some("TXFH1".into());
    press(&mut screen, &view, "a");
    assert_eq!(press(&mut screen, &view, "b s B S c f r"), []);
    assert!(screen.overlays.is_empty());
}

#[test]
fn a_key_that_is_held_down_until_it_repeats_sends_one_order() {
    let view = fixture::view();
    let mut screen = screen(120, 40);
    screen.focus_on(Pane::Ladder);
    update(&mut screen, &view, view.now, Event::View);
    crate::safety::level::armed(&mut screen, &view, Level::Instant);
    let mut hold = |ms: i64| update(&mut screen, &view, view.now + ms * 1_000_000, key("B")).len();
    // Terminals wait half a second, then tell the key again and again.
    let sent: Vec<_> = (0..40).map(|it| hold(if it == 0 { 0 } else { 470 + 30 * it })).collect();
    assert_eq!((sent[0], sent.iter().sum::<usize>()), (1, 1));
    assert_eq!(hold(2_500), 1, "a new press sends");
}
