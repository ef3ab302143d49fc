//! The pictures of `screenshots/`: the screen at a moment that is made up, after keys were pressed.

use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::buffer::Buffer;

use crate::event::{Event, Press};
use crate::keys::Keymap;
use crate::look::{Language, Look};
use crate::screen::Screen;
use crate::svg::{Ground, svg};
use crate::theme::Theme;
use crate::update::update;
use crate::view::{Moment, View, fixture};

/// A second between keys, so that none is taken for one that is held down.
const BETWEEN_KEYS: Moment = 1_000_000_000;

/// A picture to draw.
#[derive(Clone, Copy, Debug)]
pub struct Picture {
    /// The name of its file without `.svg`.
    pub name: &'static str,
    /// What it shows, for whoever cannot see it.
    pub caption: &'static str,
    size: (u16, u16),
    language: Language,
    theme: &'static str,
    moment: fn() -> View,
    /// The keys that are pressed first, parted by spaces.
    keys: &'static str,
}

/// What a trader sees who knows the screen: the first item shown, the ladder focused.
const LADDER: &str = "enter alt-5";

/// A machine at work; it knows no limits yet.
fn running() -> View {
    View { limits: Vec::new(), ..fixture::view() }
}

/// Every picture.
pub const PICTURES: [Picture; 9] = [
    Picture {
        name: "main",
        caption: "The whole screen in the theme classic-dark",
        size: (120, 40),
        language: Language::English,
        theme: "classic-dark",
        moment: running,
        keys: LADDER,
    },
    Picture {
        name: "main-daylight",
        caption: "The whole screen in the theme daylight",
        size: (120, 40),
        language: Language::English,
        theme: "daylight",
        moment: running,
        keys: LADDER,
    },
    Picture {
        name: "main-deuter",
        caption: "The whole screen in the theme deuter",
        size: (120, 40),
        language: Language::English,
        theme: "deuter",
        moment: running,
        keys: LADDER,
    },
    Picture {
        name: "main-zh-TW",
        caption: "The whole screen in Traditional Chinese, theme taifex-dark",
        size: (120, 40),
        language: Language::TraditionalChinese,
        theme: "taifex-dark",
        moment: running,
        keys: LADDER,
    },
    Picture {
        name: "compact",
        caption: "The screen at 80x24",
        size: (80, 24),
        language: Language::English,
        theme: "classic-dark",
        moment: running,
        keys: "enter",
    },
    Picture {
        name: "first-start",
        caption: "The screen at a first start, which says what to press",
        size: (120, 40),
        language: Language::English,
        theme: "classic-dark",
        moment: fixture::empty,
        keys: "",
    },
    Picture {
        name: "condition-form",
        caption: "The form of a condition",
        size: (120, 40),
        language: Language::English,
        theme: "classic-dark",
        moment: running,
        keys: "enter 4 enter b enter 1 7 2 5 0 enter",
    },
    Picture {
        name: "kill-menu",
        caption: "The kill menu",
        size: (120, 40),
        language: Language::English,
        theme: "classic-dark",
        moment: running,
        keys: "enter alt-5 f12",
    },
    Picture {
        name: "chart",
        caption: "The chart on the whole screen",
        size: (120, 40),
        language: Language::English,
        theme: "taifex-dark",
        moment: running,
        keys: "enter alt-4 z",
    },
];

/// The whole screen at a moment that is made up, in any look and at any size.
///
/// # Errors
/// A sentence where it cannot be drawn.
pub fn preview(look: Look, size: (u16, u16)) -> Result<Buffer, String> {
    let picture = Picture {
        name: "preview",
        caption: "",
        size,
        language: look.language,
        theme: "",
        moment: running,
        keys: LADDER,
    };
    picture.cells(look)
}

impl Picture {
    /// Draws it as scalable vector graphics, the same bytes each time.
    ///
    /// Refuses a theme that is not shipped and a key that is none: a picture that was written down
    /// wrong.
    pub fn draw(&self) -> Result<String, String> {
        let theme = Theme::built_in(self.theme)
            .ok_or_else(|| format!("{}: no theme `{}` is shipped", self.name, self.theme))?;
        let ground = Ground::of(&theme);
        let cells = self.cells(Look { theme, language: self.language })?;
        Ok(svg(&cells, ground))
    }

    fn cells(&self, look: Look) -> Result<Buffer, String> {
        let mut screen = Screen::new(look, Keymap::default(), self.size);
        let view = (self.moment)();
        self.press(&mut screen, &view)?;
        let (width, height) = self.size;
        let refusal = |it| format!("{}: {it}", self.name);
        let mut terminal = Terminal::new(TestBackend::new(width, height)).map_err(refusal)?;
        let drawn = terminal.draw(|frame| crate::draw(frame, &screen, &view)).map_err(refusal)?;
        Ok(drawn.buffer.clone())
    }

    fn press(&self, screen: &mut Screen, view: &View) -> Result<(), String> {
        let mut now = view.now;
        update(screen, view, now, Event::View);
        for name in self.keys.split_whitespace() {
            now += BETWEEN_KEYS;
            let key = crokey::parse(name).map_err(|it| format!("{}: {it}", self.name))?;
            update(screen, view, now, Event::Key(Press { key, is_repeat: false }));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    fn folder() -> PathBuf {
        PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../screenshots")
    }

    #[test]
    fn the_committed_pictures_are_what_is_drawn() {
        let path = |picture: &Picture| folder().join(format!("{}.svg", picture.name));
        // Before the first are drawn there is nothing to compare; one that is missing is a fault.
        if !PICTURES.iter().any(|it| path(it).exists()) {
            return;
        }
        for picture in &PICTURES {
            let committed = std::fs::read_to_string(path(picture)).unwrap_or_default();
            let drawn = picture.draw().unwrap();
            let line = committed.lines().zip(drawn.lines()).position(|(one, two)| one != two);
            assert!(
                committed == drawn,
                "screenshots/{}.svg is not what is drawn, from line {:?} on; draw it again with \
                 `cargo run -p aftm-ui --features fixture --example screenshots`, and look at it",
                picture.name,
                line.map(|it| it + 1),
            );
        }
    }

    #[test]
    fn every_picture_is_drawn_alike_each_time_and_has_a_name_of_its_own() {
        for picture in &PICTURES {
            let drawn = picture.draw().unwrap();
            assert_eq!(drawn, picture.draw().unwrap(), "{}", picture.name);
            assert!(drawn.matches("<text").count() > 100, "{} is empty", picture.name);
            let named = PICTURES.iter().filter(|it| it.name == picture.name);
            assert_eq!(named.count(), 1);
        }
    }

    #[test]
    fn no_other_picture_lies_in_the_folder() {
        let entries = std::fs::read_dir(folder()).unwrap().map(|it| it.unwrap().path());
        for path in entries.filter(|it| it.extension().is_some_and(|it| it != "md")) {
            let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            assert!(
                PICTURES.iter().any(|it| it.name == stem),
                "{} is of no picture",
                path.display()
            );
        }
    }
}
