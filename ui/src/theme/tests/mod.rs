//! Loading, and what every shipped theme keeps.

mod looks;

use ratatui::style::{Color, Modifier, Style};

use super::*;

fn nothing(_name: &str) -> Option<String> {
    None
}

#[track_caller]
fn load(text: &str) -> Theme {
    Theme::parse("night.toml", text, &nothing).unwrap()
}

#[track_caller]
fn refused(text: &str, expected: &str) {
    let error = Theme::parse("night.toml", text, &nothing).unwrap_err();
    assert_eq!(error.to_string(), expected);
}

#[test]
fn a_role_is_a_color_or_a_table_of_color_ground_and_modifiers() {
    let theme = load(
        r##"
        [palette]
        red = "#e05f65"
        [roles]
        "market.up" = "red"
        "market.down" = "#00ff00"
        "mode.live" = { fg = "#ffffff", bg = "red", modifiers = ["bold", "reversed"] }
        "##,
    );
    assert_eq!(theme.name, "night");
    assert_eq!(theme.style(Role::MarketUp), Style::new().fg(Color::Rgb(0xe0, 0x5f, 0x65)));
    assert_eq!(theme.style(Role::MarketDown), Style::new().fg(Color::Rgb(0, 255, 0)));
    let live = Style::new().fg(Color::Rgb(255, 255, 255)).bg(Color::Rgb(0xe0, 0x5f, 0x65));
    let live = live.add_modifier(Modifier::BOLD | Modifier::REVERSED);
    assert_eq!(theme.style(Role::ModeLive), live);
}

#[test]
fn a_missing_role_looks_like_its_prefix_and_then_like_text() {
    let theme = load("[roles]\ntext = '#010101'\nborder = '#020202'\n'text.muted' = '#030303'\n");
    let color = |role| theme.style(role).fg;
    assert_eq!(color(Role::BorderFocused), Some(Color::Rgb(2, 2, 2)));
    assert_eq!(color(Role::TextStrong), Some(Color::Rgb(1, 1, 1)));
    assert_eq!(color(Role::TextMuted), Some(Color::Rgb(3, 3, 3)));
    assert_eq!(color(Role::MarketUp), Some(Color::Rgb(1, 1, 1)));
    assert_eq!(color(Role::Spinner), Some(Color::Rgb(1, 1, 1)));
    assert_eq!(load("").style(Role::MarketUp), Style::new());
}

#[test]
fn a_missing_glyph_is_the_plain_one() {
    let theme = load("[glyphs]\nup = '▴'\n");
    assert_eq!((theme.glyph(Glyph::Up), theme.glyph(Glyph::Down)), ("▴", "v"));
}

#[test]
fn every_unknown_name_is_refused_with_its_line_and_the_nearest_that_is_one() {
    refused("nam = 'x'\n", "night.toml:1: unknown key `nam`; the nearest is `name`");
    refused(
        "[roles]\n\n'market.upp' = '#000000'\n",
        "night.toml:3: unknown role `market.upp`; the nearest is `market.up`",
    );
    refused(
        "[palette]\nred = '#aa0000'\n[roles]\ntext = 'rod'\n",
        "night.toml:4: unknown color `rod`; the nearest is `red`",
    );
    refused("[roles]\ntext = 'red'\n", "night.toml:2: unknown color `red`; there is none");
    refused(
        "[roles]\ntext = { modifiers = [\n'bold',\n'boldd'] }\n",
        "night.toml:4: unknown modifier `boldd`; the nearest is `bold`",
    );
    refused(
        "[roles]\ntext = { foreground = '#000000' }\n",
        "night.toml:2: unknown key of a role `foreground`; the nearest is `fg`",
    );
    refused("[glyphs]\nupp = '^'\n", "night.toml:2: unknown glyph `upp`; the nearest is `up`");
    refused(
        "convention = 'redup'\n",
        "night.toml:1: unknown convention `redup`; the nearest is `red-up`",
    );
    refused(
        "appearance = 'darkk'\n",
        "night.toml:1: unknown appearance `darkk`; the nearest is `dark`",
    );
    refused(
        "[palette]\nred = { color = '#aa0000', fallback16 = 'ligth-red' }\n",
        "night.toml:2: unknown one of the sixteen colors `ligth-red`; the nearest is `light-red`",
    );
    refused(
        "inherits = 'clasic-dark'\n",
        "night.toml:1: unknown theme `clasic-dark`; the nearest is `classic-dark`",
    );
}

#[test]
fn every_value_of_a_wrong_kind_is_refused_with_its_line() {
    refused("name = 1\n", "night.toml:1: name is a text in quotes");
    refused("name = 'a b'\n", "night.toml:1: a name is letters, digits, `-` and `_`, not `a b`");
    refused("roles = 1\n", "night.toml:1: roles is a table, like [roles]");
    refused(
        "[palette]\nred = 'e05f65'\n",
        "night.toml:2: a color is written #rrggbb, not `e05f65`",
    );
    refused("[palette]\nred = { fallback16 = 'red' }\n", "night.toml:2: `red` has no `color`");
    refused("[roles]\ntext = 7\n", "night.toml:2: a color is a text in quotes");
    refused(
        "[roles]\ntext = { modifiers = 'bold' }\n",
        "night.toml:2: modifiers are a list, like [\"bold\"]",
    );
    refused(
        "[roles]\nmarket.up = '#ffffff'\n",
        "night.toml:2: unknown role `market`; the nearest is `market.up`; \
         a role's name stands in quotes, like \"market.up\"",
    );
    for text in ["[roles", "[roles]\ntext = \n", "name = 'a'\nname = 'b'\n", "\u{0}"] {
        let error = Theme::parse("night.toml", text, &nothing).unwrap_err();
        assert!(!error.text.is_empty() && error.line <= 2, "{error}");
    }
}

#[test]
fn a_glyph_that_does_not_fill_one_cell_is_refused() {
    for (glyph, cells) in [("字", 2), ("", 0), ("ab", 2), ("\u{301}", 0), ("🔴", 2), (" ", 1)] {
        refused(
            &format!("[glyphs]\nup = '{glyph}'\n"),
            &format!("night.toml:2: a glyph fills one cell; `{glyph}` for `up` fills {cells}"),
        );
    }
}

#[test]
fn what_is_inherited_is_overridden_name_by_name() {
    let parent = |name: &str| {
        let text = "[palette]\nink = '#010101'\n[roles]\ntext = 'ink'\ntitle = 'ink'\n";
        (name == "parent").then(|| format!("{text}[glyphs]\nup = 'u'\ndown = 'd'\n"))
    };
    let text = "inherits = 'parent'\n[palette]\nink = '#020202'\n[roles]\ntitle = '#030303'\n\
                [glyphs]\nup = 'U'\n";
    let theme = Theme::parse("child", text, &parent).unwrap();
    assert_eq!(theme.name, "child");
    assert_eq!(theme.style(Role::Text).fg, Some(Color::Rgb(2, 2, 2)));
    assert_eq!(theme.style(Role::Title).fg, Some(Color::Rgb(3, 3, 3)));
    assert_eq!((theme.glyph(Glyph::Up), theme.glyph(Glyph::Down)), ("U", "d"));
}

#[test]
fn what_is_wrong_in_an_inherited_file_is_told_of_that_file() {
    let parent = |_: &str| Some("[roles]\ntext = 'ink'\n".to_owned());
    let error = Theme::parse("child", "inherits = 'parent'\n", &parent).unwrap_err();
    assert_eq!(error.to_string(), "parent:2: unknown color `ink`; there is none");
}

#[test]
fn a_circle_of_inheritance_is_refused() {
    let circle = |name: &str| match name {
        "one" => Some("inherits = 'two'".to_owned()),
        "two" => Some("\ninherits = 'one'".to_owned()),
        _ => None,
    };
    let error = Theme::parse("one", &circle("one").unwrap(), &circle).unwrap_err();
    assert_eq!(error.to_string(), "two:2: `one` inherits from itself in the end");
    let endless = |name: &str| Some(format!("inherits = '{name}x'"));
    let error = Theme::parse("one", "inherits = 'x'", &endless).unwrap_err();
    assert_eq!(error.text, "more than 8 themes inherit from one another");
}

#[test]
fn a_file_may_inherit_the_built_in_theme_that_it_replaces() {
    let text = "inherits = 'mono'\n[glyphs]\nup = 'U'\n";
    let own = |name: &str| (name == "mono").then(|| text.to_owned());
    let theme = Theme::parse("mono", text, &own).unwrap();
    assert_eq!((theme.glyph(Glyph::Up), theme.glyph(Glyph::Down)), ("U", "v"));
}

#[test]
fn what_is_inherited_follows_the_convention_of_the_heir() {
    let parent = |_: &str| {
        let roles = "[roles]\n'market.up' = '#ff0000'\n'market.down' = '#00ff00'\n";
        Some(format!("convention = 'red-up'\n{roles}'pnl.profit' = '#ff0000'\n"))
    };
    let text = "inherits = 'parent'\nconvention = 'green-up'\n";
    let theme = Theme::parse("child", text, &parent).unwrap();
    assert_eq!(theme.convention(), Convention::GreenUp);
    assert_eq!(theme.style(Role::MarketUp).fg, Some(Color::Rgb(0, 255, 0)));
    assert_eq!(theme.style(Role::MarketDown).fg, Some(Color::Rgb(255, 0, 0)));
    assert_eq!(theme.style(Role::PnlProfit).fg, Some(Color::Rgb(255, 0, 0)));
}

#[test]
fn the_files_in_themes_are_the_built_in_ones() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../themes");
    let entries = std::fs::read_dir(&folder).unwrap().map(|it| it.unwrap().file_name());
    let mut files: Vec<_> = entries.map(|it| it.into_string().unwrap()).collect();
    files.sort();
    let mut names: Vec<_> = Theme::names().iter().map(|it| format!("{it}.toml")).collect();
    names.sort();
    assert_eq!(files, names);
    for (name, text) in shipped::SHIPPED {
        assert_eq!(std::fs::read_to_string(folder.join(format!("{name}.toml"))).unwrap(), text);
        let theme = Theme::parse(name, text, &nothing).unwrap();
        assert_eq!(theme.name, name);
        assert_eq!(Theme::built_in(name), Some(theme));
    }
    assert_eq!(shipped::SHIPPED.map(|(name, _)| name), Theme::names());
    assert_eq!(Theme::built_in("night"), None);
}

#[test]
fn the_order_of_roles_and_glyphs_is_the_order_of_the_arrays() {
    for (at, role) in Role::ALL.into_iter().enumerate() {
        assert_eq!((role as usize, Role::from_name(role.name())), (at, Some(role)));
    }
    for (at, glyph) in Glyph::ALL.into_iter().enumerate() {
        assert_eq!(glyph as usize, at);
    }
    assert_eq!(Role::from_name("market"), None);
}

#[test]
fn a_language_begins_with_the_theme_and_the_convention_of_its_markets() {
    let begin = |tag| (Theme::name_for(tag), Convention::of(tag));
    assert_eq!(begin("zh-TW"), ("taifex-dark", Convention::RedUp));
    assert_eq!(begin("zh-CN"), ("taifex-dark", Convention::RedUp));
    assert_eq!(begin("en"), ("classic-dark", Convention::GreenUp));
    for tag in ["zh-TW", "en"] {
        let theme = Theme::built_in(Theme::name_for(tag)).unwrap();
        assert_eq!(theme.convention(), Convention::of(tag));
    }
    assert_eq!(Theme::default().name, "mono");
}

#[test]
fn the_key_goes_round_all_themes_and_keeps_depth_and_convention() {
    let first = Theme::built_in("taifex-dark").unwrap().swapped().at_depth(Depth::Ansi256);
    let mut theme = first.clone();
    for name in ["classic-dark", "daylight", "deuter", "mono"] {
        theme = theme.next();
        assert_eq!(theme.name, name);
        assert_eq!((theme.depth(), theme.convention()), (first.depth(), first.convention()));
    }
    assert_eq!(theme.next(), first);
    let own = load("name = 'night'").next();
    assert_eq!(own.name, "taifex-dark");
    // A terminal without colours stays without them.
    let mono = first.at_depth(Depth::None);
    assert_eq!((mono.name.as_str(), mono.next().name.as_str()), ("mono", "mono"));
}

#[test]
fn every_theme_and_convention_has_a_text_in_every_language() {
    for language in crate::look::Language::ALL {
        let look = crate::Look { theme: load(""), language };
        let words = Theme::names().iter().copied().chain(Convention::ALL.map(Convention::word));
        for key in words.map(|it| format!("theme.{it}")) {
            assert_ne!(look.text(&key), key, "{}", language.tag());
        }
    }
}

#[test]
fn the_document_names_every_role_and_every_glyph_and_its_example_loads() {
    let document = include_str!("../../../../docs/THEMES.md");
    for name in Role::ALL.map(Role::name).into_iter().chain(Glyph::ALL.map(Glyph::name)) {
        assert!(document.contains(&format!("`{name}`")), "{name} is not in docs/THEMES.md");
    }
    let example = document.split("```toml\n").nth(1).unwrap().split("```").next().unwrap();
    let theme = Theme::parse("night.toml", example, &nothing).unwrap();
    assert_eq!((theme.name.as_str(), theme.glyph(Glyph::Up)), ("night", "^"));
    let wrong = document.split("```text\n").nth(1).unwrap().lines().next().unwrap();
    let broken = example.replace("inherits = \"taifex-dark\"\n", "inherits = \"mono\"\n");
    let broken = broken.replace("border.focused", "border.focussed");
    let error = Theme::parse("night.toml", &broken, &nothing).unwrap_err();
    assert!(wrong.ends_with(&error.text), "{error} is not {wrong}");
}
