//! Where everything stands, for every size of a terminal.

use ratatui::layout::Rect;

use crate::pane::Pane;
use crate::screen::Screen;

/// How much of the screen fits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Size {
    /// Every pane, from 110x34 on.
    Full,
    /// Two panes and the blotter, from 80x24 on.
    Compact,
    /// One pane, from 60x16 on.
    Single,
    /// One line that says so; the kill key works.
    Tiny,
}

impl Size {
    /// The size of an area.
    pub const fn of(area: Rect) -> Size {
        match (area.width, area.height) {
            (110.., 34..) => Size::Full,
            (80.., 24..) => Size::Compact,
            (60.., 16..) => Size::Single,
            _ => Size::Tiny,
        }
    }
}

/// Where everything stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// Environment, account, connection, arming.
    pub header: Rect,
    /// Tabs of panes and what is set up.
    pub strip: Rect,
    /// The panes that are shown.
    pub panes: Vec<(Pane, Rect)>,
    /// The menu line, the filter line, the staged order or a toast.
    pub line: Rect,
    /// Keys and clock.
    pub hints: Rect,
}

/// Where everything stands in an area. The focused pane is always among those that are shown,
/// except where nothing but one line fits.
pub fn layout(area: Rect, screen: &Screen) -> Plan {
    let size = Size::of(area);
    if size == Size::Tiny {
        return Plan { line: rows(area, 0, area.height.min(1)), ..Plan::default() };
    }
    let body = Rect { y: area.y + 2, height: area.height - 4, ..area };
    let panes = match size {
        _ if screen.is_zoomed => vec![(screen.focus, body)],
        Size::Full => full(body, page(screen)),
        Size::Compact => compact(body, screen),
        Size::Single | Size::Tiny => vec![(screen.focus, body)],
    };
    Plan {
        header: rows(area, 0, 1),
        strip: rows(area, 1, 1),
        panes,
        line: rows(area, area.height - 2, 1),
        hints: rows(area, area.height - 1, 1),
    }
}

/// The page of the blotter that is shown: the focused one, where the focus is there.
fn page(screen: &Screen) -> Pane {
    match (screen.focus.is_blotter(), screen.page.is_blotter()) {
        (true, _) => screen.focus,
        (false, true) => screen.page,
        (false, false) => Pane::Orders,
    }
}

/// The pane beside the ladder: the focused one, or the one that was there last.
fn left(screen: &Screen) -> Pane {
    let stands_left = |it: Pane| !it.is_blotter() && it != Pane::Ladder;
    match (stands_left(screen.focus), stands_left(screen.left)) {
        (true, _) => screen.focus,
        (false, true) => screen.left,
        (false, false) => Pane::Watchlist,
    }
}

/// Rows of an area, from one of its rows on.
fn rows(area: Rect, from: u16, height: u16) -> Rect {
    Rect { y: area.y.saturating_add(from), height, ..area }
}

/// A share of a length in hundredths, within bounds.
fn share(length: u16, hundredths: u32, least: u16, most: u16) -> u16 {
    let part = u32::from(length) * hundredths / 100;
    u16::try_from(part).unwrap_or(most).clamp(least, most)
}

/// Lists at the left, the market in the middle and at the right, the blotter below it.
fn full(body: Rect, page: Pane) -> Vec<(Pane, Rect)> {
    let side = share(body.width, 30, 33, 56);
    let ladder = share(body.width, 29, 32, 44);
    let middle = body.width - side - ladder;
    let blotter = share(body.height, 28, 8, 18);
    let tape = share(body.height, 17, 5, 12);
    let upper = body.height - blotter;
    let health = share(body.height, 45, 14, 20);
    let watch = (body.height - health).div_ceil(2);

    let place = |x, y, width, height| Rect { x: body.x + x, y: body.y + y, width, height };
    vec![
        (Pane::Watchlist, place(0, 0, side, watch)),
        (Pane::Conditions, place(0, watch, side, body.height - health - watch)),
        (Pane::Health, place(0, body.height - health, side, health)),
        (Pane::Chart, place(side, 0, middle, upper - tape)),
        (Pane::Tape, place(side, upper - tape, middle, tape)),
        (Pane::Ladder, place(side + middle, 0, ladder, upper)),
        (page, place(side, upper, middle + ladder, blotter)),
    ]
}

/// One pane beside the ladder, the blotter below both.
fn compact(body: Rect, screen: &Screen) -> Vec<(Pane, Rect)> {
    let upper = share(body.height, 60, 1, body.height - 1);
    let ladder = share(body.width, 40, 33, 40);
    let ladder = if body.width < 100 { 33 } else { ladder };
    let top = rows(body, 0, upper);
    let (width, x) = (body.width - ladder, body.x + body.width - ladder);
    vec![
        (left(screen), Rect { width, ..top }),
        (Pane::Ladder, Rect { x, width: ladder, ..top }),
        (page(screen), rows(body, upper, body.height - upper)),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::Keymap;
    use crate::look::{Language, Look};
    use crate::theme::Theme;

    fn screen() -> Screen {
        let look = Look { theme: Theme::default(), language: Language::English };
        Screen::new(look, Keymap::default(), (120, 40))
    }

    fn overlap(one: Rect, other: Rect) -> bool {
        !one.intersection(other).is_empty()
    }

    #[test]
    fn at_every_size_nothing_overlaps_and_the_focus_is_seen() {
        let mut screen = screen();
        for (width, height) in (1..=300).flat_map(|width| (1..=120).map(move |it| (width, it))) {
            let area = Rect::new(3, 2, width, height);
            let pane = usize::from(width + height) % Pane::ALL.len();
            screen.focus = Pane::ALL[pane];
            screen.page = Pane::ALL[usize::from(height) % Pane::ALL.len()];
            screen.left = Pane::ALL[usize::from(width) % Pane::ALL.len()];
            screen.is_zoomed = width % 3 == 0;
            let plan = layout(area, &screen);
            let mut places = vec![plan.header, plan.strip, plan.line, plan.hints];
            places.extend(plan.panes.iter().map(|it| it.1));
            let used: u32 = places.iter().map(|it| it.area()).sum();
            for (at, place) in places.iter().enumerate() {
                assert_eq!(place.intersection(area).area(), place.area(), "{area} {place}");
                let others = places.iter().skip(at + 1);
                assert!(others.clone().all(|it| !overlap(*place, *it)), "{area} {plan:?}");
            }
            if Size::of(area) == Size::Tiny {
                assert_eq!((plan.panes.len(), plan.line.height), (0, 1));
            } else {
                assert_eq!(used, area.area(), "{area} leaves cells to nobody");
                assert!(plan.panes.iter().any(|it| it.0 == screen.focus), "{area} {plan:?}");
                assert!(plan.panes.iter().all(|it| it.1.width >= 30 && it.1.height >= 5));
            }
        }
    }

    #[test]
    fn every_pane_can_be_seen_at_every_size_that_has_panes() {
        let mut screen = screen();
        for (width, height) in [(60, 16), (80, 24), (120, 40), (200, 60)] {
            for pane in Pane::ALL {
                screen.focus_on(pane);
                let plan = layout(Rect::new(0, 0, width, height), &screen);
                assert!(plan.panes.iter().any(|it| it.0 == pane), "{pane:?} {width}x{height}");
            }
        }
    }

    #[test]
    fn the_usual_terminal_has_every_pane_in_its_place() {
        let plan = layout(Rect::new(0, 0, 120, 40), &screen());
        let places: Vec<_> = plan.panes.iter().map(|it| (it.0.word(), it.1)).collect();
        assert_eq!(
            places,
            [
                ("watchlist", Rect::new(0, 2, 36, 10)),
                ("conditions", Rect::new(0, 12, 36, 10)),
                ("health", Rect::new(0, 22, 36, 16)),
                ("chart", Rect::new(36, 2, 50, 20)),
                ("tape", Rect::new(36, 22, 50, 6)),
                ("ladder", Rect::new(86, 2, 34, 26)),
                ("orders", Rect::new(36, 28, 84, 10)),
            ]
        );
    }

    #[test]
    fn the_small_terminal_shows_one_pane_beside_the_ladder() {
        let mut screen = screen();
        let mut names = |pane| {
            screen.focus_on(pane);
            let plan = layout(Rect::new(0, 0, 80, 24), &screen);
            plan.panes.iter().map(|it| it.0.word()).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(names(Pane::Watchlist), "watchlist ladder orders");
        assert_eq!(names(Pane::Chart), "chart ladder orders");
        assert_eq!(names(Pane::Ladder), "chart ladder orders");
        assert_eq!(names(Pane::Fills), "chart ladder fills");
        assert_eq!(names(Pane::Conditions), "conditions ladder fills");
    }
}
