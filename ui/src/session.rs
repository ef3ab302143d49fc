//! What the screen remembers from one start to the next. Nothing that could send an order is among
//! it: every screen starts disarmed.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::look::{Language, Look};
use crate::pane::Pane;
use crate::panes::chart::Period;
use crate::screen::Screen;
use crate::theme::{Convention, Depth, Theme};
use crate::widgets::table::Sort;

/// The version of what is remembered.
const VERSION: u32 = 1;
/// The longest name of an item that is taken, in bytes.
const ITEM_MAX: usize = 32;

/// What is remembered: words that a person can read and change. What it does not say stays as it
/// is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Session {
    version: u32,
    item: Option<String>,
    focus: Option<String>,
    page: Option<String>,
    left: Option<String>,
    is_zoomed: Option<bool>,
    /// A shipped theme; absent where it is the one of the settings or the trader's own, or the
    /// terminal has no colors.
    theme: Option<String>,
    is_red_up: Option<bool>,
    language: Option<String>,
    period: Option<String>,
    sorts: BTreeMap<String, SavedSort>,
}

impl Default for Session {
    /// One that changes nothing.
    fn default() -> Session {
        Session {
            version: VERSION,
            item: None,
            focus: None,
            page: None,
            left: None,
            is_zoomed: None,
            theme: None,
            is_red_up: None,
            language: None,
            period: None,
            sorts: BTreeMap::new(),
        }
    }
}

/// The look that the settings state. Only what a key changed in it is remembered, so that a setting
/// that is stated anew is not overruled by a session that never was told otherwise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Stated {
    theme: String,
    is_red_up: bool,
    language: Language,
}

impl Stated {
    pub(crate) fn of(look: &Look) -> Stated {
        Stated {
            theme: look.theme.name.clone(),
            is_red_up: look.theme.convention() == Convention::RedUp,
            language: look.language,
        }
    }
}

/// The order of a table's rows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SavedSort {
    column: String,
    is_down: bool,
}

/// What a session means, and the names in it that nobody knows: what each is of, and the name.
#[derive(Default)]
struct Known {
    focus: Option<Pane>,
    page: Option<Pane>,
    left: Option<Pane>,
    theme: Option<Theme>,
    language: Option<Language>,
    period: Option<Period>,
    sorts: Vec<(Pane, Sort)>,
    unknown: Vec<(&'static str, String)>,
}

impl Screen {
    /// What is to be remembered.
    pub fn session(&self) -> Session {
        let (theme, stated, is) = (&self.look.theme, &self.stated, Stated::of(&self.look));
        let is_shipped = Theme::names().contains(&theme.name.as_str());
        let has_colors = theme.depth() != Depth::None;
        let saved = |sort: &Sort| SavedSort { column: sort.column.clone(), is_down: sort.is_down };
        let sorts = self.tables.iter().filter_map(|(pane, table)| {
            Some((pane.word().to_owned(), saved(table.sort.as_ref()?)))
        });
        let word = |pane: Pane| Some(pane.word().to_owned());
        Session {
            version: VERSION,
            item: self.item.clone(),
            focus: word(self.focus),
            page: word(self.page),
            left: word(self.left),
            is_zoomed: Some(self.is_zoomed),
            theme: (is_shipped && has_colors && is.theme != stated.theme).then_some(is.theme),
            is_red_up: (is.is_red_up != stated.is_red_up).then_some(is.is_red_up),
            language: (is.language != stated.language).then(|| is.language.tag().to_owned()),
            period: Some(self.chart.period.word().to_owned()),
            sorts: sorts.collect(),
        }
    }

    /// Looks at what was looked at. A sentence for each name in it that is not known; then nothing
    /// has changed.
    pub fn restore(&mut self, session: &Session) -> Vec<String> {
        if session.version != VERSION {
            let [found, written] = [session.version, VERSION].map(|it| it.to_string());
            let values = [("found", found.as_str()), ("written", written.as_str())];
            return vec![self.look.fill("frame.session_version", &values)];
        }
        let known = known(session);
        if known.unknown.is_empty() {
            self.take(session, known);
            return Vec::new();
        }
        let sentence = |(key, name): &(&str, String)| {
            let what = self.look.text(key);
            self.look.fill("frame.session_unknown", &[("what", &what), ("name", name)])
        };
        known.unknown.iter().map(sentence).collect()
    }

    fn take(&mut self, session: &Session, known: Known) {
        self.focus = known.focus.unwrap_or(self.focus);
        self.page = known.page.unwrap_or(self.page);
        self.left = known.left.unwrap_or(self.left);
        self.is_zoomed = session.is_zoomed.unwrap_or(self.is_zoomed);
        self.item = session.item.clone().or_else(|| self.item.take());
        self.look.language = known.language.unwrap_or(self.look.language);
        if let Some(theme) = known.theme {
            self.look.theme = self.look.theme.changed_to(theme);
        }
        if let Some(is_red_up) = session.is_red_up {
            let convention = if is_red_up { Convention::RedUp } else { Convention::GreenUp };
            let theme = std::mem::take(&mut self.look.theme);
            self.look.theme = theme.with_convention(convention);
        }
        self.chart.period = known.period.unwrap_or(self.chart.period);
        for (pane, sort) in known.sorts {
            self.table_mut(pane).sort = Some(sort);
        }
    }
}

fn known(session: &Session) -> Known {
    let mut known = Known::default();
    let unknown = &mut known.unknown;
    let pane = |word: &String| Pane::ALL.into_iter().find(|it| it.word() == word);
    let page = |word: &String| pane(word).filter(|it| it.is_blotter());
    known.focus = name("frame.session_pane", session.focus.as_ref(), pane, unknown);
    known.left = name("frame.session_pane", session.left.as_ref(), pane, unknown);
    known.page = name("frame.session_page", session.page.as_ref(), page, unknown);
    let theme = |name: &String| Theme::built_in(name);
    known.theme = name("frame.session_theme", session.theme.as_ref(), theme, unknown);
    let language = |tag: &String| Language::ALL.into_iter().find(|it| it.tag() == tag);
    known.language = name("frame.session_language", session.language.as_ref(), language, unknown);
    let period = |word: &String| Period::of(word);
    known.period = name("frame.session_period", session.period.as_ref(), period, unknown);
    let item = |code: &String| is_code(code).then_some(());
    name("frame.session_item", session.item.as_ref(), item, unknown);
    for (word, saved) in &session.sorts {
        let sort = Sort { column: saved.column.clone(), is_down: saved.is_down };
        let pane = name("frame.session_pane", Some(word), pane, unknown);
        let column = name("frame.session_column", Some(&saved.column), is_column, unknown);
        known.sorts.extend(pane.zip(column).map(|(pane, ())| (pane, sort)));
    }
    known
}

/// What a name means. One that means nothing is taken note of.
fn name<T>(
    what: &'static str,
    name: Option<&String>,
    meaning: impl Fn(&String) -> Option<T>,
    unknown: &mut Vec<(&'static str, String)>,
) -> Option<T> {
    let name = name?;
    let found = meaning(name);
    if found.is_none() {
        unknown.push((what, name.clone()));
    }
    found
}

fn is_code(code: &str) -> bool {
    let is_short = (1..=ITEM_MAX).contains(&code.len());
    is_short && code.bytes().all(|it| it.is_ascii_graphic())
}

/// A column is named by the key of its heading.
fn is_column(key: &String) -> Option<()> {
    crate::_rust_i18n_try_translate("en", key).map(|_| ())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::Keymap;

    fn screen() -> Screen {
        let look = Look { theme: Theme::default(), language: Language::English };
        Screen::new(look, Keymap::default(), (120, 40))
    }

    /// Whatever a session could change.
    fn state(screen: &Screen) -> (Session, String) {
        (screen.session(), screen.look.theme.name.clone())
    }

    #[test]
    fn what_was_looked_at_is_looked_at_again() {
        let mut before = screen();
        before.item = Some("MXFH1".into());
        before.focus_on(Pane::Chart);
        before.focus_on(Pane::Fills);
        before.is_zoomed = true;
        before.chart.period = Period::Hour1;
        before.look.language = Language::SimplifiedChinese;
        before.look.theme = Theme::built_in("daylight").unwrap().swapped();
        let sort = Sort { column: "frame.feed".into(), is_down: true };
        before.table_mut(Pane::Fills).sort = Some(sort);

        let text = toml::to_string(&before.session()).unwrap();
        let mut after = screen();
        assert_eq!(after.restore(&toml::from_str(&text).unwrap()), Vec::<String>::new());
        assert_eq!(after.session(), before.session());
        assert_eq!(after.look.theme, before.look.theme);
        assert_eq!((after.page, after.left), (Pane::Fills, Pane::Chart));
        assert!(matches!(after.safety.level(), crate::safety::Level::Disarmed(_)));
    }

    #[test]
    fn a_look_that_no_key_changed_is_left_to_the_settings() {
        let saved = toml::to_string(&screen().session()).unwrap();
        let theme = Theme::built_in("daylight").unwrap().swapped();
        let look = Look { theme, language: Language::TraditionalChinese };
        let mut stated = Screen::new(look.clone(), Keymap::default(), (120, 40));
        stated.restore(&toml::from_str(&saved).unwrap());
        assert_eq!(stated.look, look);
        stated.look.language = stated.look.language.next();
        let saved = toml::to_string(&stated.session()).unwrap();
        let mut after = screen();
        after.restore(&toml::from_str(&saved).unwrap());
        assert_eq!(after.look.language, Language::SimplifiedChinese, "as the key left it");
    }

    #[test]
    fn what_is_not_said_stays() {
        let mut screen = screen();
        screen.look.language = Language::TraditionalChinese;
        screen.item = Some("TXFH1".into());
        let before = state(&screen);
        assert_eq!(screen.restore(&Session::default()), Vec::<String>::new());
        assert_eq!(screen.restore(&toml::from_str("").unwrap()), Vec::<String>::new());
        assert_eq!(state(&screen), before);
    }

    #[test]
    fn what_is_not_known_is_refused_whole() {
        for (text, said) in [
            ("version = 2", "version 2"),
            ("focus = \"wishlist\"", "the pane `wishlist`"),
            ("page = \"chart\"", "the page `chart`"),
            ("language = \"de\"", "the language `de`"),
            ("theme = \"pink\"", "the theme `pink`"),
            ("item = \"a b\"", "the item `a b`"),
            ("period = \"3m\"", "the period `3m`"),
            ("[sorts.fills]\ncolumn = \"x\"\nis_down = true", "the column `x`"),
        ] {
            let text = format!("is_zoomed = true\n{text}");
            let mut screen = screen();
            let before = state(&screen);
            let said_so = screen.restore(&toml::from_str(&text).unwrap());
            assert_eq!(said_so.len(), 1, "{text}");
            assert!(said_so[0].contains(said), "{said_so:?}");
            assert_eq!(state(&screen), before, "{text}");
        }
    }

    #[test]
    fn what_is_no_session_cannot_be_read() {
        for text in ["version = ", "[a]\nb = 1", "focus = 3", "shape = 1", "\u{1}"] {
            assert!(toml::from_str::<Session>(text).is_err(), "{text}");
        }
    }
}
