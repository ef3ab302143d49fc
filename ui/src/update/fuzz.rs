//! Keys without end, disarmed: none of them may lead to an order.

use crokey::KeyCombination;
use crossterm::event::{KeyCode, KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
use ratatui::Terminal;
use ratatui::backend::TestBackend;

use super::tests::screen;
use super::*;
use crate::event::{Press, Refused};
use crate::overlays::Overlay;
use crate::pane::Pane;
use crate::view::fixture;

/// A generator of numbers that only looks like chance.
struct Chance(u64);

impl Chance {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963);
        usize::try_from(self.0 >> 33).unwrap() % bound
    }

    fn cells(&mut self, bound: u16) -> u16 {
        u16::try_from(self.below(usize::from(bound))).unwrap()
    }

    fn pick<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.below(all.len())]
    }
}

const CODES: [KeyCode; 15] = [
    KeyCode::Enter,
    KeyCode::Esc,
    KeyCode::Tab,
    KeyCode::BackTab,
    KeyCode::Up,
    KeyCode::Down,
    KeyCode::Left,
    KeyCode::Right,
    KeyCode::PageUp,
    KeyCode::PageDown,
    KeyCode::Home,
    KeyCode::End,
    KeyCode::Backspace,
    KeyCode::Delete,
    KeyCode::F(2),
];

const LETTERS: &str =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 :/?[]+-<>,.=買賣";

fn key(chance: &mut Chance) -> Event {
    let letters: Vec<char> = LETTERS.chars().collect();
    let modifiers = match chance.below(12) {
        0 => KeyModifiers::ALT,
        1 => KeyModifiers::CONTROL,
        2 => KeyModifiers::SHIFT,
        _ => KeyModifiers::NONE,
    };
    let code = if chance.below(3) == 0 {
        chance.pick(&CODES)
    } else {
        KeyCode::Char(chance.pick(&letters))
    };
    let key = KeyCombination::one_key(code, modifiers).normalized();
    Event::Key(Press { key, is_repeat: chance.below(10) == 0 })
}

fn event(chance: &mut Chance) -> Event {
    match chance.below(40) {
        0 => Event::Paste("b\ns\nB\rorder buy TXFH1 1\n10\n".into()),
        1 => Event::Resize(1 + chance.cells(220), 1 + chance.cells(70)),
        2 | 3 => {
            let kind = chance.pick(&[
                MouseEventKind::Down(MouseButton::Left),
                MouseEventKind::Down(MouseButton::Right),
                MouseEventKind::Down(MouseButton::Middle),
                MouseEventKind::ScrollDown,
                MouseEventKind::ScrollUp,
                MouseEventKind::Moved,
            ]);
            let (column, row) = (chance.cells(200), chance.cells(60));
            Event::Mouse(MouseEvent { kind, column, row, modifiers: KeyModifiers::NONE })
        }
        4 => Event::View,
        5 => Event::Time,
        6 => Event::Focus(chance.below(2) == 0),
        _ => key(chance),
    }
}

/// Whether a command can send an order or change one. Cancels and stops need no arming: they ask.
fn orders(line: &str) -> bool {
    matches!(line.split_whitespace().next(), Some("order" | "amend"))
}

/// What asks before it trades: its lines are confirmed by choosing to, never by keys of a pane.
fn asks(screen: &Screen) -> bool {
    let is_question =
        |it: &Overlay| matches!(it, Overlay::Confirm(_) | Overlay::Kill(_) | Overlay::Quit(_));
    screen.overlays.last().is_some_and(is_question)
}

/// Presses 25,000 keys, a tenth of a second apart: four seeds make a hundred thousand.
fn press_without_end(seed: u64, mut check: impl FnMut(&Screen, bool, &Event, &[Action])) {
    let mut chance = Chance(seed);
    let view = fixture::view();
    let mut screen = screen(120, 40);
    update(&mut screen, &view, 1, Event::View);
    let mut now = 1;
    for _ in 0..25_000 {
        let event = event(&mut chance);
        now += 100_000_000;
        // Whoever arms is no longer disarmed: the keys that arm are left out.
        if !matches!(screen.safety.level(), Level::Disarmed(_)) {
            crate::safety::disarm(&mut screen);
        }
        let asked = asks(&screen);
        let actions = update(&mut screen, &view, now, event.clone());
        check(&screen, asked, &event, &actions);
        for action in actions {
            if let Action::Perform { id, .. } | Action::Save { id, .. } = action {
                let refused = Refused { code: "NO".into(), text: "not in a test".into() };
                let outcome = if chance.below(2) == 0 { Ok(String::new()) } else { Err(refused) };
                update(&mut screen, &view, now, Event::Answer(Answer { id, outcome }));
            }
        }
        if chance.below(60) == 0 {
            screen.overlays.clear();
            screen.focus_on(chance.pick(&Pane::ALL));
        }
        screen.overlays.truncate(8);
    }
}

#[test]
fn no_key_sends_an_order_while_disarmed() {
    for seed in 1..=4 {
        press_without_end(seed, |screen, asked, event, actions| {
            for action in actions {
                let Action::Perform { lines, .. } = action else { continue };
                let is_order = lines.iter().any(|it| orders(it));
                assert!(!is_order, "{event:?} sent {lines:?}\n{screen:?}");
                let trades = lines.iter().any(|it| crate::safety::trades(it));
                assert!(!trades || asked, "{event:?} sent {lines:?} unasked\n{screen:?}");
                assert!(!matches!(event, Event::Paste(_) | Event::Mouse(_)), "{lines:?}");
            }
        });
    }
}

#[test]
fn whatever_is_pressed_can_be_drawn() {
    let view = fixture::view();
    let mut count = 0_u32;
    press_without_end(5, |screen, _, _, _| {
        count += 1;
        if count.is_multiple_of(50) {
            let backend = TestBackend::new(screen.area.width, screen.area.height);
            let mut terminal = Terminal::new(backend).unwrap();
            terminal.draw(|frame| crate::draw(frame, screen, &view)).unwrap();
        }
    });
}
