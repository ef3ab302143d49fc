//! What every shipped theme promises to the eye.

use ratatui::style::{Color, Modifier, Style};
use unicode_width::UnicodeWidthStr;

use super::*;

fn colored() -> impl Iterator<Item = Theme> {
    shipped().filter(|it| it.name != "mono")
}

fn shipped() -> impl Iterator<Item = Theme> {
    Theme::names().iter().map(|it| Theme::built_in(it).unwrap())
}

/// The grounds that a text without a ground of its own may stand on.
const GROUNDS: [Role; 6] = [
    Role::Surface,
    Role::SurfaceAlt,
    Role::SurfacePopup,
    Role::SurfaceSelected,
    Role::TableStripe,
    Role::BookCursor,
];

/// What also stands on the bars of the book.
const ON_BARS: [Role; 9] = [
    Role::Text,
    Role::TextStrong,
    Role::BookBid,
    Role::BookAsk,
    Role::BookLast,
    Role::OrderOwn,
    Role::OrderBuy,
    Role::OrderSell,
    Role::OrderStop,
];

/// Drawn, not read.
const SHAPES: [Role; 10] = [
    Role::Border,
    Role::BorderPopup,
    Role::ChartWick,
    Role::ChartGrid,
    Role::ChartVolume,
    Role::Scrollbar,
    Role::ChartBodyUp,
    Role::ChartBodyDown,
    Role::ChartLine,
    Role::Spinner,
];

fn ground(theme: &Theme, role: Role) -> Rgb {
    theme.style(role).bg.and_then(rgb).unwrap()
}

/// Every text with every ground that it stands on.
fn texts(theme: &Theme) -> Vec<(Role, Role, f64)> {
    let mut found = Vec::new();
    for role in Role::ALL.into_iter().filter(|it| !SHAPES.contains(it)) {
        let Some(fg) = theme.style(role).fg.and_then(rgb) else { continue };
        let mut grounds = vec![role];
        if theme.style(role).bg.is_none() {
            grounds = GROUNDS.to_vec();
            if ON_BARS.contains(&role) {
                grounds.extend([Role::BookBidBar, Role::BookAskBar]);
            }
        }
        found.extend(grounds.into_iter().map(|it| (role, it, fg.contrast(ground(theme, it)))));
    }
    found
}

#[test]
fn every_text_is_readable_on_every_ground_it_stands_on() {
    for theme in colored() {
        let least = if theme.name == "deuter" { 7.0 } else { 4.5 };
        let texts = texts(&theme);
        assert!(texts.len() > 300, "{}", texts.len());
        for (role, ground, contrast) in texts {
            let place = format!("{}: {} on {}", theme.name, role.name(), ground.name());
            assert!(contrast >= least, "{place} is {contrast:.2}");
        }
    }
}

#[test]
fn what_is_drawn_is_seen_on_its_ground() {
    for theme in colored() {
        for role in SHAPES.into_iter().chain([Role::BorderFocused, Role::BorderDanger]) {
            let least = match role {
                Role::Border | Role::ChartGrid => 1.5,
                Role::ChartVolume | Role::Scrollbar => 2.5,
                _ => 3.0,
            };
            let color = theme.style(role).fg.and_then(rgb).unwrap();
            let contrast = color.contrast(ground(&theme, Role::Surface));
            assert!(contrast >= least, "{}: {} is {contrast:.2}", theme.name, role.name());
        }
    }
}

#[test]
fn grounds_are_told_apart_and_calm() {
    for theme in colored() {
        let surface = ground(&theme, Role::Surface);
        for role in [Role::SurfaceSelected, Role::BookCursor, Role::BookBidBar, Role::BookAskBar] {
            let contrast = surface.contrast(ground(&theme, role));
            assert!((1.1..2.5).contains(&contrast), "{} {}: {contrast}", theme.name, role.name());
        }
        assert!(surface.distance(ground(&theme, Role::SurfacePopup)) > 1.5, "{}", theme.name);
    }
}

/// What an eye without the receptors for green sees (Machado, Oliveira and Fernandes 2009).
fn deuteranope(color: Rgb) -> Rgb {
    const SIGHT: [[f64; 3]; 3] = [
        [0.367_322, 0.860_646, -0.227_968],
        [0.280_085, 0.672_501, 0.047_413],
        [-0.011_820, 0.042_940, 0.968_881],
    ];
    let light = color.linear();
    let [red, green, blue] = SIGHT.map(|row| {
        let sum: f64 = row.iter().zip(light).map(|(one, two)| one * two).sum();
        let sum = sum.clamp(0.0, 1.0);
        let part =
            if sum <= 0.003_130_8 { sum * 12.92 } else { 1.055 * sum.powf(1.0 / 2.4) - 0.055 };
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // From 0 to 255.
        let part = (part * 255.0).round() as u8;
        part
    });
    Rgb::new(red, green, blue)
}

/// What must never be mistaken for each other.
const OPPOSITES: [(Role, Role); 9] = [
    (Role::MarketUp, Role::MarketDown),
    (Role::MarketLimitUp, Role::MarketLimitDown),
    (Role::ChartBodyUp, Role::ChartBodyDown),
    (Role::PnlProfit, Role::PnlLoss),
    (Role::OrderBuy, Role::OrderSell),
    (Role::BookBid, Role::BookAsk),
    (Role::StatusOk, Role::StatusDanger),
    (Role::StatusWarn, Role::StatusDanger),
    (Role::BookBidBar, Role::BookAskBar),
];

#[test]
fn opposites_differ_to_an_eye_that_does_not_tell_red_from_green() {
    for theme in colored() {
        for (one, two) in OPPOSITES {
            let color = |role| {
                let style = theme.style(role);
                let is_ground = theme.style(one).fg == theme.style(two).fg;
                rgb(if is_ground { style.bg } else { style.fg }.unwrap()).unwrap()
            };
            let distance = deuteranope(color(one)).distance(deuteranope(color(two)));
            let place = format!("{}: {} and {}", theme.name, one.name(), two.name());
            assert!(distance >= 12.0, "{place} are {distance:.1} apart");
        }
    }
}

#[test]
fn opposites_differ_in_sixteen_colors_and_in_none() {
    for theme in shipped() {
        for depth in [Depth::Ansi256, Depth::Ansi16, Depth::None] {
            let theme = theme.clone().at_depth(depth);
            for (one, two) in OPPOSITES {
                // Bids stand left of the price and asks right of it; mono has no more than that.
                if theme.name == "mono" && one.name().starts_with("book") {
                    continue;
                }
                let place = format!("{} {depth:?}: {} {}", theme.name, one.name(), two.name());
                assert_ne!(theme.style(one), theme.style(two), "{place}");
            }
            assert_ne!(theme.glyph(Glyph::Up), theme.glyph(Glyph::Down));
            assert_ne!(theme.glyph(Glyph::Ok), theme.glyph(Glyph::Bad));
            assert_ne!(theme.glyph(Glyph::Live), theme.glyph(Glyph::Dead));
        }
    }
}

#[test]
fn no_text_has_the_color_of_its_ground_in_sixteen_colors() {
    for theme in colored() {
        let theme = theme.at_depth(Depth::Ansi16);
        for (role, ground, contrast) in texts(&theme) {
            let place = format!("{}: {} on {}", theme.name, role.name(), ground.name());
            assert!(contrast >= 1.7, "{place} is {contrast:.2}");
        }
    }
}

#[test]
fn each_depth_uses_only_its_colors() {
    let is_of = |color: Color, depth: Depth| match color {
        Color::Rgb(..) => depth == Depth::TrueColor,
        Color::Indexed(index) => depth == Depth::Ansi256 && index >= 16,
        _ => depth == Depth::Ansi16,
    };
    for theme in shipped() {
        for depth in [Depth::TrueColor, Depth::Ansi256, Depth::Ansi16, Depth::None] {
            let theme = theme.clone().at_depth(depth);
            for role in Role::ALL {
                let Style { fg, bg, .. } = theme.style(role);
                assert!(fg.into_iter().chain(bg).all(|it| is_of(it, depth)), "{}", role.name());
            }
        }
        let there_and_back = theme.clone().at_depth(Depth::Ansi16).at_depth(Depth::TrueColor);
        assert_eq!(there_and_back, theme);
    }
}

#[test]
fn what_is_selected_is_seen_without_colors() {
    let mono = Theme::built_in("deuter").unwrap().at_depth(Depth::None);
    for role in [Role::SurfaceSelected, Role::BookCursor, Role::FormCursor, Role::TabActive] {
        assert!(mono.style(role).add_modifier.contains(Modifier::REVERSED), "{}", role.name());
    }
}

#[test]
fn glyphs_are_one_cell_even_where_ambiguous_ones_are_two() {
    for theme in shipped() {
        for glyph in Glyph::ALL {
            let sign = theme.glyph(glyph);
            assert_eq!((sign.width(), sign.width_cjk()), (1, 1), "{}: {sign}", theme.name);
        }
    }
}

#[test]
fn the_convention_swaps_where_prices_go_and_nothing_else() {
    let swapped = [
        (Role::MarketUp, Role::MarketDown),
        (Role::MarketLimitUp, Role::MarketLimitDown),
        (Role::MarketFlashUp, Role::MarketFlashDown),
        (Role::ChartBodyUp, Role::ChartBodyDown),
    ];
    for theme in shipped() {
        let other = theme.clone().swapped();
        assert_eq!(other.convention(), theme.convention().other());
        for role in Role::ALL {
            let partner = swapped.iter().find_map(|(one, two)| match role {
                it if it == *one => Some(*two),
                it if it == *two => Some(*one),
                _ => None,
            });
            assert_eq!(other.style(role), theme.style(partner.unwrap_or(role)), "{}", role.name());
        }
        assert_eq!(theme.clone().with_convention(theme.convention()), theme);
        assert_eq!(other.clone().swapped(), theme);
        // The depth is one thing and the convention another.
        let deep = |it: &Theme| it.clone().at_depth(Depth::Ansi256);
        assert_eq!(deep(&other), deep(&theme).swapped());
    }
}
