//! What the palette offers.

use nucleo_matcher::pattern::{CaseMatching, Normalization, Pattern};
use nucleo_matcher::{Config, Matcher, Utf32Str};

use crate::action::Picture;
use crate::keys::{Act, Context};
use crate::look::Language;
use crate::pane::Pane;
use crate::safety::Level;
use crate::screen::Screen;
use crate::theme::Theme;
use crate::update::step::Step;
use crate::view::View;

/// Something that can be chosen.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Choice {
    /// What a key does.
    Act(Act),
    /// The typed line, or a command that needs no more words.
    Line(String),
    /// A command that needs more words.
    Template(String),
    /// A pane.
    Pane(Pane),
    /// An item to look at.
    Item(String),
    /// A theme.
    Theme(&'static str),
    /// A language.
    Language(Language),
    /// A picture of the screen.
    Picture(Picture),
    /// Order keys that send at once.
    ArmInstant,
}

/// A choice as it is shown.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Row {
    pub(super) choice: Choice,
    pub(super) label: String,
    /// Its key, empty where it has none.
    pub(super) key: String,
    /// Why it cannot be done now.
    pub(super) why_not: Option<String>,
    /// Which characters of the label were found.
    pub(super) found: Vec<usize>,
    /// Further words that find it.
    words: String,
}

impl Row {
    fn new(choice: Choice, label: String) -> Row {
        let (key, words) = (String::new(), String::new());
        Row { choice, label, key, why_not: None, found: Vec::new(), words }
    }

    /// How it is remembered.
    pub(super) fn id(&self) -> String {
        match &self.choice {
            Choice::Act(act) => format!("act {}", act.name()),
            Choice::Line(line) => format!("line {line}"),
            Choice::Template(line) => format!("template {line}"),
            Choice::Pane(pane) => format!("pane {}", pane.word()),
            Choice::Item(code) => format!("item {code}"),
            Choice::Theme(name) => format!("theme {name}"),
            Choice::Language(language) => format!("language {}", language.tag()),
            Choice::Picture(kind) => format!("picture {kind:?}"),
            Choice::ArmInstant => "arm instant".to_owned(),
        }
    }
}

/// The words of a command before its first placeholder.
pub(super) fn fixed_words(line: &str) -> String {
    let is_fixed = |it: &&str| !it.starts_with(['<', '[', '-']);
    line.split_whitespace().take_while(is_fixed).collect::<Vec<_>>().join(" ")
}

/// What a typed text offers, best first: the line itself where it begins like a command.
pub(super) fn rows(text: &str, screen: &Screen, view: &View) -> Vec<Row> {
    let text = text.trim();
    let mut all = offered(screen, view);
    if text.is_empty() {
        return recent_first(all, screen);
    }
    let mut matcher = Matcher::new(Config::DEFAULT);
    let pattern = Pattern::parse(text, CaseMatching::Ignore, Normalization::Smart);
    let mut scored = Vec::new();
    for mut row in all.drain(..) {
        let haystack = format!("{} {} {}", row.label, row.words, row.key);
        let mut glyphs = Vec::new();
        let mut found = Vec::new();
        let haystack = Utf32Str::new(&haystack, &mut glyphs);
        if let Some(score) = pattern.indices(haystack, &mut matcher, &mut found) {
            row.found = found.into_iter().filter_map(|it| usize::try_from(it).ok()).collect();
            let is_begun = begins(&row.label, text) || begins(&row.words, text);
            scored.push((row.why_not.is_some(), !is_begun, u32::MAX - score, row));
        }
    }
    scored.sort_by_key(|it| (it.0, it.1, it.2));
    let mut rows: Vec<Row> = scored.into_iter().map(|it| it.3).collect();
    if is_command(text, screen) {
        let label = screen.look.fill("palette.perform", &[("line", text)]);
        rows.retain(|it| it.choice != Choice::Line(text.to_owned()));
        rows.insert(0, Row::new(Choice::Line(text.to_owned()), label));
    }
    rows
}

/// Whether a name begins with what was typed, in whichever case.
fn begins(name: &str, typed: &str) -> bool {
    name.to_lowercase().starts_with(&typed.to_lowercase())
}

/// Whether a text begins like a command. Where nobody said what commands there are, every text may
/// be one: the machine knows.
fn is_command(text: &str, screen: &Screen) -> bool {
    let first = text.split_whitespace().next().unwrap_or_default();
    let known = screen.vocabulary.iter().filter_map(|it| it.line.split_whitespace().next());
    let is_known = known.clone().any(|it| it == first);
    is_known || super::own::WORDS.contains(&first) || screen.vocabulary.is_empty()
}

/// What was chosen lately, then the rest.
fn recent_first(all: Vec<Row>, screen: &Screen) -> Vec<Row> {
    let mut recent: Vec<Row> = Vec::new();
    for id in &screen.recent {
        if let Some(row) = all.iter().find(|it| it.id() == *id) {
            recent.push(row.clone());
        } else if let Some(line) = id.strip_prefix("line ") {
            recent.push(Row::new(Choice::Line(line.to_owned()), line.to_owned()));
        }
    }
    let rest = all.into_iter().filter(|it| !screen.recent.contains(&it.id()));
    recent.iter().cloned().chain(rest).collect()
}

fn offered(screen: &Screen, view: &View) -> Vec<Row> {
    let mut rows = Vec::new();
    rows.extend(Act::all().filter(|it| is_offered(*it)).map(|it| act(screen, view, it)));
    rows.extend(screen.vocabulary.iter().map(|it| {
        let fixed = fixed_words(&it.line);
        let choice =
            if fixed == it.line { Choice::Line(fixed) } else { Choice::Template(it.line.clone()) };
        Row::new(choice, format!("{}  {}", it.line, it.help))
    }));
    let look = &screen.look;
    let named = |key: &str, name: &str| look.fill(key, &[("name", name)]);
    rows.extend(Pane::ALL.map(|pane| {
        let name = look.text(&format!("frame.tab_{}", pane.word()));
        let mut row = Row::new(Choice::Pane(pane), named("palette.pane", &name));
        row.words = pane.word().to_owned();
        row
    }));
    rows.extend(view.quotes.iter().map(|it| {
        let name = format!("{} {}", it.code, it.name);
        Row::new(Choice::Item(it.code.clone()), named("palette.item", &name))
    }));
    rows.extend(settings(screen));
    rows
}

fn settings(screen: &Screen) -> Vec<Row> {
    let look = &screen.look;
    let settings = look.text("palette.settings");
    let row = |choice, key: &str, name: &str| {
        let what = look.fill(key, &[("name", name)]);
        let mut row = Row::new(choice, format!("{settings} {what}"));
        row.words = "settings".to_owned();
        row
    };
    let mut rows: Vec<Row> =
        Theme::names().iter().map(|name| row(Choice::Theme(name), "palette.theme", name)).collect();
    rows.extend(
        Language::ALL.map(|it| row(Choice::Language(it), "palette.language", own_name(it))),
    );
    for (kind, name) in [(Picture::Svg, "svg"), (Picture::Text, "txt"), (Picture::Ansi, "ansi")] {
        let label = look.fill("palette.picture", &[("name", name)]);
        rows.push(Row::new(Choice::Picture(kind), label));
    }
    let mut instant = Row::new(Choice::ArmInstant, look.text("palette.arm_instant").into_owned());
    instant.words = "arm instant".to_owned();
    rows.push(instant);
    rows
}

/// A language's name in itself.
const fn own_name(language: Language) -> &'static str {
    match language {
        Language::English => "English",
        Language::TraditionalChinese => "繁體中文",
        Language::SimplifiedChinese => "简体中文",
    }
}

/// Moving and typing are of no use from here.
fn is_offered(act: Act) -> bool {
    act.context() != Context::Move && !matches!(act, Act::Palette | Act::Back | Act::Settings)
}

fn act(screen: &Screen, view: &View, act: Act) -> Row {
    let label = screen.look.text(&act.text_key()).into_owned();
    let mut row = Row::new(Choice::Act(act), label);
    row.key = screen.keys.all(act);
    row.words = act.name().replace('_', " ");
    row.why_not = why_not(screen, view, act);
    row
}

/// Why an act cannot be done now.
fn why_not(screen: &Screen, view: &View, act: Act) -> Option<String> {
    let look = &screen.look;
    let context = act.context();
    if context != Context::Global && !Context::of(screen.focus).contains(&context) {
        let pane = Pane::ALL.into_iter().find(|it| Context::of(*it).contains(&context))?;
        let name = look.text(&format!("frame.tab_{}", pane.word()));
        return Some(look.fill("palette.only_in", &[("pane", &name)]));
    }
    let is_disarmed = matches!(screen.safety.level(), Level::Disarmed(_));
    match act {
        _ if needs_arming(act) && is_disarmed => {
            let key = screen.keys.hint(Act::Arm);
            Some(look.fill("palette.disarmed", &[("key", &key)]))
        }
        Act::Disarm if is_disarmed => Some(look.text("palette.is_disarmed").into_owned()),
        Act::NextStep if Step::next(view).is_none() => {
            Some(look.text("frame.nothing_next").into_owned())
        }
        Act::NextItem | Act::PreviousItem if view.quotes.len() < 2 => {
            Some(look.text("palette.no_other_item").into_owned())
        }
        _ => None,
    }
}

/// Whether an act sends an order.
const fn needs_arming(act: Act) -> bool {
    matches!(
        act,
        Act::LadderBuy
            | Act::LadderSell
            | Act::LadderBuyAsk
            | Act::LadderSellBid
            | Act::LadderMarket
            | Act::LadderFlatten
            | Act::LadderReverse
            | Act::PositionClose
            | Act::PositionReverse
    )
}
