//! A screen on a bench: keys in, actions and pictures out.

use crossterm::event::KeyCode;
use ratatui::Terminal;
use ratatui::backend::TestBackend;

use crate::action::Action;
use crate::event::{Answer, Event, Press, Refused};
use crate::keys::Keymap;
use crate::look::{Language, Look};
use crate::overlays::{self, Overlay};
use crate::safety;
use crate::screen::Screen;
use crate::theme::Theme;
use crate::view::{View, fixture};

/// Milliseconds between two keys of somebody who types.
pub(crate) const TYPING_MS: i64 = 400;

pub(crate) struct Bench {
    pub(crate) screen: Screen,
    pub(crate) view: View,
}

impl Bench {
    /// The rich moment, disarmed.
    pub(crate) fn new() -> Bench {
        Bench::of(fixture::view())
    }

    pub(crate) fn of(view: View) -> Bench {
        let look =
            Look { theme: Theme::built_in("classic-dark").unwrap(), language: Language::English };
        let mut screen = Screen::new(look, Keymap::default_map(), (120, 40));
        screen.now = view.now;
        let mut bench = Bench { screen, view };
        bench.happens(&Event::View);
        bench
    }

    /// The rich moment, armed with a preview.
    pub(crate) fn armed() -> Bench {
        let mut bench = Bench::new();
        safety::arm(&mut bench.screen, &bench.view);
        while bench.screen.toasts.dismiss() {}
        bench
    }

    /// The rich moment, order keys send at once.
    pub(crate) fn instant() -> Bench {
        let mut bench = Bench::armed();
        safety::level::armed(&mut bench.screen, &bench.view, safety::Level::Instant);
        while bench.screen.toasts.dismiss() {}
        bench
    }

    pub(crate) fn wait(&mut self, ms: i64) -> Vec<Action> {
        self.screen.now += ms * 1_000_000;
        self.happens(&Event::Time)
    }

    pub(crate) fn happens(&mut self, event: &Event) -> Vec<Action> {
        overlays::before(&mut self.screen, &self.view, event)
    }

    /// Keys parted by blanks, by their names, each some time after the one before.
    pub(crate) fn keys(&mut self, keys: &str) -> Vec<Action> {
        let mut actions = Vec::new();
        for key in keys.split_whitespace() {
            actions.extend(self.wait(TYPING_MS));
            actions.extend(self.press(key));
        }
        actions
    }

    /// Letters, one after the other.
    pub(crate) fn types(&mut self, text: &str) -> Vec<Action> {
        let mut actions = Vec::new();
        for letter in text.chars() {
            actions.extend(self.wait(TYPING_MS));
            actions.extend(self.send(press_of(letter), false));
        }
        actions
    }

    /// A key, at once.
    pub(crate) fn press(&mut self, key: &str) -> Vec<Action> {
        self.send(named(key), false)
    }

    /// A key that the terminal says is held down.
    pub(crate) fn repeat(&mut self, key: &str) -> Vec<Action> {
        self.send(named(key), true)
    }

    fn send(&mut self, key: crokey::KeyCombination, is_repeat: bool) -> Vec<Action> {
        let press = Press { key, is_repeat };
        let mut actions = self.happens(&Event::Key(press));
        actions.extend(overlays::update(&mut self.screen, &self.view, press));
        actions
    }

    /// Answers the newest action.
    pub(crate) fn answer(&mut self, outcome: Result<&str, (&str, &str)>) -> Vec<Action> {
        let id = self.screen.next_id - 1;
        self.answer_to(id, outcome)
    }

    pub(crate) fn answer_to(
        &mut self,
        id: u64,
        outcome: Result<&str, (&str, &str)>,
    ) -> Vec<Action> {
        let awaited = self.screen.awaited.remove(&id).expect("it is awaited");
        let outcome = match outcome {
            Ok(text) => Ok(text.to_owned()),
            Err((code, text)) => Err(Refused { code: code.into(), text: text.into() }),
        };
        overlays::answer(&mut self.screen, &self.view, &Answer { id, outcome }, awaited)
    }

    pub(crate) fn top(&self) -> Option<&Overlay> {
        self.screen.overlays.last()
    }

    /// The toast that is shown.
    pub(crate) fn told(&self) -> String {
        self.screen.toasts.shown().map(|it| it.text.clone()).unwrap_or_default()
    }

    /// What is drawn over a screen of this size.
    pub(crate) fn drawn(&mut self, width: u16, height: u16) -> String {
        let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
        self.screen.area = ratatui::layout::Rect::new(0, 0, width, height);
        terminal
            .draw(|frame| {
                for overlay in &self.screen.overlays {
                    overlays::draw(frame, overlay, &self.screen, &self.view);
                }
            })
            .unwrap();
        let text = terminal.backend().to_string();
        let rows: Vec<String> = text.lines().map(bare).collect();
        let first = rows.iter().position(|it| !it.is_empty()).unwrap_or(0);
        let last = rows.iter().rposition(|it| !it.is_empty()).unwrap_or(0);
        rows.get(first..=last).unwrap_or_default().join("\n")
    }

    /// Draws at every small size and some others, in every language.
    pub(crate) fn draws_everywhere(&mut self) {
        for language in Language::ALL {
            self.screen.look.language = language;
            for width in [1, 2, 3, 7, 11, 12, 20, 40, 80, 200] {
                for height in [1, 2, 3, 5, 6, 16, 24, 60] {
                    self.drawn(width, height);
                }
            }
        }
        self.screen.look.language = Language::English;
    }
}

/// A row of a test's terminal, without what the terminal says about wide glyphs.
pub(crate) fn bare(row: &str) -> String {
    row.split("\" Hidden").next().unwrap_or(row).trim_matches('"').trim_end().to_owned()
}

fn named(key: &str) -> crokey::KeyCombination {
    if key.chars().count() == 1 {
        return press_of(key.chars().next().unwrap());
    }
    crokey::parse(key).unwrap()
}

fn press_of(letter: char) -> crokey::KeyCombination {
    let modifiers = crossterm::event::KeyModifiers::NONE;
    crokey::KeyCombination::one_key(KeyCode::Char(letter), modifiers).normalized()
}

/// The lines that actions carry out.
pub(crate) fn lines(actions: &[Action]) -> Vec<&str> {
    let mut all = Vec::new();
    for action in actions {
        if let Action::Perform { lines, .. } = action {
            all.extend(lines.iter().map(String::as_str));
        }
    }
    all
}
