//! What the acts of everywhere do; the others are the focused pane's own.

use crate::action::{Action, Picture};
use crate::keys::{Act, Context};
use crate::overlays::{Overlay, form, help, menu, palette, quit};
use crate::pane::Pane;
use crate::panes;
use crate::safety;
use crate::screen::{Awaited, Screen};
use crate::theme::Theme;
use crate::toasts::Kind;
use crate::view::View;

use super::step::Step;

/// Does what a key, or a line of the palette, means.
pub(crate) fn perform(screen: &mut Screen, view: &View, act: Act) -> Vec<Action> {
    if act == Act::Open && is_waiting_for_setup(screen, view) {
        return next_step(screen, view);
    }
    match act.context() {
        Context::Global => return global(screen, view, act),
        Context::Blotter => page(screen, act),
        _ => return panes::update(screen, view, screen.focus, act),
    }
    Vec::new()
}

/// Whether the focused list is empty because a step of the setup was not done: Enter does it.
fn is_waiting_for_setup(screen: &Screen, view: &View) -> bool {
    let is_empty = match screen.focus {
        Pane::Watchlist => view.quotes.is_empty(),
        Pane::Conditions => view.conditions.is_empty(),
        _ => false,
    };
    is_empty && Step::next(view).is_some()
}

fn global(screen: &mut Screen, view: &View, act: Act) -> Vec<Action> {
    match act {
        Act::Help => screen.overlays.push(Overlay::Help(help::Help::default())),
        Act::Palette => palette::open(screen),
        Act::Settings => palette::open_settings(screen),
        Act::Kill => crate::overlays::kill::open(screen),
        Act::Quit => return quit::open(screen, view),
        Act::Back => back(screen),
        Act::Arm => return safety::arm(screen, view),
        Act::Disarm => safety::disarm(screen),
        Act::NextItem => turn_item(screen, view, false),
        Act::PreviousItem => turn_item(screen, view, true),
        Act::NextStep => return next_step(screen, view),
        Act::Screenshot => return screenshot(screen, Picture::Svg),
        Act::Suspend => return vec![Action::Suspend],
        Act::Redraw => return vec![Action::Redraw],
        Act::NextTheme => next_theme(screen),
        Act::NextLanguage => screen.look.language = screen.look.language.next(),
        Act::SwapColors => swap_colors(screen),
        Act::Zoom => screen.is_zoomed = !screen.is_zoomed,
        _ => focus(screen, act),
    }
    Vec::new()
}

/// One level up: what was told goes first, then the filter, then the zoom.
fn back(screen: &mut Screen) {
    if screen.toasts.dismiss() {
        return;
    }
    let pane = screen.focus;
    if screen.table(pane).filter.is_empty() {
        screen.is_zoomed = false;
    } else {
        screen.table_mut(pane).filter.clear();
    }
}

fn focus(screen: &mut Screen, act: Act) {
    let pane = match act {
        Act::FocusNext => next(&Pane::ALL, screen.focus, false),
        Act::FocusPrevious => next(&Pane::ALL, screen.focus, true),
        Act::Pane1 => Pane::Watchlist,
        Act::Pane2 => Pane::Conditions,
        Act::Pane3 => Pane::Health,
        Act::Pane4 => Pane::Chart,
        Act::Pane5 => Pane::Ladder,
        Act::Pane6 => Pane::Tape,
        Act::Pane7 => screen.page,
        _ => return,
    };
    screen.focus_on(pane);
}

fn page(screen: &mut Screen, act: Act) {
    let pane = next(&Pane::BLOTTER, screen.page, act == Act::PagePrevious);
    screen.focus_on(pane);
}

/// The next one of a round; the first where this one is not in it.
fn next<T: Copy + PartialEq>(round: &[T], this: T, backwards: bool) -> T {
    let Some(at) = round.iter().position(|it| *it == this) else {
        return round.first().copied().unwrap_or(this);
    };
    let step = if backwards { round.len().saturating_sub(1) } else { 1 };
    let at = (at + step) % round.len().max(1);
    round.get(at).copied().unwrap_or(this)
}

fn turn_item(screen: &mut Screen, view: &View, backwards: bool) {
    let codes: Vec<_> = view.quotes.iter().map(|it| it.code.as_str()).collect();
    let this = screen.item.as_deref().unwrap_or_default();
    let code = next(&codes, this, backwards);
    if !code.is_empty() {
        screen.item = Some(code.to_owned());
    }
}

/// Asks what the first step that is not done needs.
fn next_step(screen: &mut Screen, view: &View) -> Vec<Action> {
    match Step::next(view) {
        Some(Step::Login) => form::login(screen, view),
        Some(Step::Item) => form::item(screen, view),
        Some(Step::Condition) => form::condition(screen, view, None),
        Some(Step::Account) => form::account(screen, view),
        Some(Step::Start) => start(screen, view),
        None => {
            let text = screen.look.text("frame.nothing_next");
            screen.toasts.push(Kind::Info, text);
            Vec::new()
        }
    }
}

/// The menu line with its number, so that Enter starts and anything else does not.
fn start(screen: &mut Screen, view: &View) -> Vec<Action> {
    menu::open(screen, '1');
    let zero = crokey::KeyCombination::from(crossterm::event::KeyCode::Char('0'));
    menu::update(screen, view, crate::event::Press { key: zero, is_repeat: false })
}

/// Asks for a picture of the screen.
pub(crate) fn screenshot(screen: &mut Screen, kind: Picture) -> Vec<Action> {
    let done = screen.look.text("frame.screenshot_done").into_owned();
    let id = screen.number(Awaited::Toast(done));
    vec![Action::Screenshot { id, kind }]
}

fn next_theme(screen: &mut Screen) {
    screen.look.theme = screen.look.theme.next();
    say_theme(screen);
}

/// Takes a theme that the program brings, in the colors of this one.
pub(crate) fn take_theme(screen: &mut Screen, name: &str) {
    if let Some(theme) = Theme::built_in(name) {
        screen.look.theme = screen.look.theme.changed_to(theme);
    }
    say_theme(screen);
}

fn say_theme(screen: &mut Screen) {
    let name = screen.look.theme.name.clone();
    let text = screen.look.fill("frame.theme_now", &[("name", &name)]);
    screen.toasts.push(Kind::Info, text);
}

fn swap_colors(screen: &mut Screen) {
    let theme = std::mem::take(&mut screen.look.theme);
    screen.look.theme = theme.swapped();
    let text = screen.look.text("frame.colors_swapped");
    screen.toasts.push(Kind::Info, text);
}
