//! The second row: what is set up, what to press next, and the tabs where not every pane is seen.

use ratatui::Frame;
use ratatui::layout::Rect;

use super::bar::{Bar, Piece};
use crate::keys::Act;
use crate::layout::Size;
use crate::pane::Pane;
use crate::screen::Screen;
use crate::theme::{Glyph, Role};
use crate::update::step::Step;
use crate::view::{Running, View};

/// Narrower than this, the steps are numbers.
const WORDS_WIDTH: u16 = 110;

pub(super) fn draw(frame: &mut Frame<'_>, area: Rect, screen: &Screen, view: &View) {
    bar(area, screen, view).draw(frame, area, &screen.look, Role::Surface);
}

/// The pane whose tab is at a column of the strip.
pub fn tab_at(area: Rect, screen: &Screen, view: &View, column: u16) -> Option<Pane> {
    let bar = bar(area, screen, view);
    let tabs = tabs(screen);
    let at = usize::from(column.checked_sub(area.x)?);
    let places = bar.places(area.width);
    let mut starts = places.iter().take_while(|(from, _)| *from <= at);
    let (_, piece) = starts.by_ref().last()?;
    tabs.into_iter().find(|it| it.1 == **piece).map(|it| it.0)
}

fn bar(area: Rect, screen: &Screen, view: &View) -> Bar {
    let has_tabs = Size::of(screen.area) != Size::Full;
    let has_words = area.width >= WORDS_WIDTH;
    let left = if has_tabs {
        tabs(screen).into_iter().map(|it| it.1).collect()
    } else {
        vec![Piece::new(format!(" {}", screen.look.text("frame.setup")), Role::TextMuted, 9)]
    };
    let mut bar = Bar { left, right: Vec::new() };
    let steps = steps(screen, view, has_words);
    if has_tabs {
        bar.right = steps;
    } else {
        bar.left.extend(steps);
        bar.right.extend(what_next(screen, view));
    }
    bar
}

/// The seven places, the last with the page that is shown.
fn tabs(screen: &Screen) -> Vec<(Pane, Piece)> {
    let page = if screen.page.is_blotter() { screen.page } else { Pane::Orders };
    let places =
        [Pane::Watchlist, Pane::Conditions, Pane::Health, Pane::Chart, Pane::Ladder, Pane::Tape];
    let tab = |pane: Pane| {
        let name = screen.look.text(&format!("frame.tab_{}", pane.word()));
        if pane == screen.focus {
            (pane, Piece::new(format!("[{name}]"), Role::TabActive, 1))
        } else {
            (pane, Piece::new(name, Role::TabInactive, 8))
        }
    };
    places.into_iter().chain([page]).map(tab).collect()
}

fn steps(screen: &Screen, view: &View, has_words: bool) -> Vec<Piece> {
    let look = &screen.look;
    let next = Step::next(view);
    let piece = |step: Step| {
        let name = if has_words || Some(step) == next {
            format!(" {}", look.text(step.text_key()))
        } else {
            String::new()
        };
        let number = step.number();
        if step.is_done(view) {
            let text = format!("{}{number}{name}", look.glyph(Glyph::Ok));
            Piece::new(text, Role::StatusOk, 7)
        } else if Some(step) == next {
            let text = format!("{}{number}{name}", look.glyph(Glyph::Here));
            Piece::new(text, Role::StatusWarn, 2)
        } else {
            let text = format!("{}{number}{name}", look.glyph(Glyph::Flat));
            Piece::new(text, Role::TextMuted, 7)
        }
    };
    Step::ALL.into_iter().map(piece).collect()
}

/// The sentence that says what to press next, until everything is set up.
pub(super) fn press_next(screen: &Screen, view: &View) -> Option<String> {
    let step = Step::next(view)?;
    let press = screen.keys.hint(Act::NextStep);
    let what = screen.look.text(step.ask_key());
    let values = [("number", step.number()), ("key", &press), ("what", &what)];
    Some(screen.look.fill("frame.press", &values))
}

/// What to press next, or how far the machine is.
fn what_next(screen: &Screen, view: &View) -> Option<Piece> {
    let look = &screen.look;
    let (key, role) = match (view.machine.running, Step::next(view)) {
        (Running::Broken, _) => ("frame.broken", Role::StatusDanger),
        (Running::Starting, _) => ("frame.starting", Role::StatusInfo),
        (Running::Stopping, _) => ("frame.stopping", Role::StatusInfo),
        (_, Some(_)) => {
            return press_next(screen, view).map(|it| Piece::new(it, Role::StatusWarn, 3));
        }
        (Running::Running | Running::Stopped, None) => ("frame.running", Role::StatusOk),
    };
    Some(Piece::new(look.text(key), role, 3))
}
