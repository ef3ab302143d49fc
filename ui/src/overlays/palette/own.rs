//! Doing what was chosen. Lines of the machine go the way of every other command.

use super::rows::Choice;
use crate::action::{Action, Picture};
use crate::look::Language;
use crate::overlays::{form, kill};
use crate::safety;
use crate::screen::Screen;
use crate::theme::Theme;
use crate::toasts::Kind;
use crate::update::{perform_act, screenshot, take_theme};
use crate::view::View;

/// First words of the lines that are the screen's own.
pub(super) const WORDS: [&str; 8] =
    ["arm", "disarm", "theme", "language", "screenshot", "login", "quit", "exit"];

pub(super) fn perform(screen: &mut Screen, view: &View, choice: &Choice) -> Vec<Action> {
    match choice {
        Choice::Act(act) => return perform_act(screen, view, *act),
        Choice::Line(line) => return perform_line(screen, view, line),
        Choice::Template(_) => (),
        Choice::Pane(pane) => screen.focus_on(*pane),
        Choice::Item(code) => screen.item = Some(code.clone()),
        Choice::Theme(name) => take_theme(screen, name),
        Choice::Language(language) => screen.look.language = *language,
        Choice::Picture(kind) => return screenshot(screen, *kind),
        Choice::ArmInstant => return safety::arm_instant(screen, view),
    }
    Vec::new()
}

/// Carries a line out: the screen's own ones here, the others through the gate that asks before
/// anything that trades.
fn perform_line(screen: &mut Screen, view: &View, line: &str) -> Vec<Action> {
    let words: Vec<&str> = line.split_whitespace().collect();
    match words.as_slice() {
        ["arm"] => return safety::arm(screen, view),
        ["arm", "instant"] => return safety::arm_instant(screen, view),
        ["disarm"] => safety::disarm(screen),
        ["theme", name] => theme(screen, name),
        ["language", tag] => language(screen, tag),
        ["screenshot"] => return screenshot(screen, Picture::Svg),
        ["screenshot", kind] => return picture(screen, kind),
        ["login"] => return form::login(screen, view),
        ["kill"] => kill::open(screen),
        ["arm" | "disarm" | "theme" | "language" | "screenshot", ..] => {
            let usage = "arm [instant], disarm, theme NAME, language TAG, screenshot svg|txt|ansi";
            refuse(screen, "palette.usage", &[("usage", usage)]);
        }
        _ => return safety::gate(screen, view, line.to_owned()),
    }
    Vec::new()
}

fn theme(screen: &mut Screen, name: &str) {
    if Theme::names().contains(&name) {
        take_theme(screen, name);
    } else {
        let known = Theme::names().join(", ");
        refuse(screen, "palette.no_theme", &[("name", name), ("known", &known)]);
    }
}

fn language(screen: &mut Screen, tag: &str) {
    match Language::ALL.into_iter().find(|it| it.tag().eq_ignore_ascii_case(tag)) {
        Some(language) => screen.look.language = language,
        None => {
            let known = Language::ALL.map(Language::tag).join(", ");
            refuse(screen, "palette.no_language", &[("name", tag), ("known", &known)]);
        }
    }
}

fn picture(screen: &mut Screen, kind: &str) -> Vec<Action> {
    let kind = match kind {
        "svg" => Picture::Svg,
        "txt" | "text" => Picture::Text,
        "ansi" => Picture::Ansi,
        other => {
            refuse(screen, "palette.no_picture", &[("name", other)]);
            return Vec::new();
        }
    };
    screenshot(screen, kind)
}

fn refuse(screen: &mut Screen, key: &str, values: &[(&str, &str)]) {
    let text = screen.look.fill(key, values);
    screen.toasts.push(Kind::Warn, text);
}
