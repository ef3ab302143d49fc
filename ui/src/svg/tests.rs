use ratatui::layout::Rect;
use ratatui::style::{Color, Style};

use super::*;

const GROUND: Ground = Ground { text: Rgb::new(1, 2, 3), surface: Rgb::new(255, 255, 255) };

fn drawn(lines: &[(&str, Style)]) -> String {
    let width = lines.iter().map(|(text, _)| text.width()).max().unwrap();
    let area = Rect::new(0, 0, u16::try_from(width).unwrap(), u16::try_from(lines.len()).unwrap());
    let mut buffer = Buffer::empty(area);
    for (row, (text, style)) in (0..).zip(lines) {
        buffer.set_string(0, row, text, *style);
    }
    svg(&buffer, GROUND)
}

/// What is drawn for one row, without the head that every picture has.
fn row(text: &str, style: Style) -> String {
    let picture = drawn(&[(text, style)]);
    let body = picture.splitn(4, '\n').nth(3).unwrap();
    body.strip_suffix("</svg>\n").unwrap().to_owned()
}

#[test]
fn a_picture_is_a_grid_of_whole_pixels() {
    let picture = drawn(&[("ab", Style::new()), ("c", Style::new())]);
    assert!(picture.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"18\""));
    assert!(picture.contains(" height=\"38\" viewBox=\"0 0 18 38\""));
    assert!(picture.contains("<text x=\"0\" y=\"14\">a</text><text x=\"9\" y=\"14\">b</text>"));
    assert!(picture.contains("<text x=\"0\" y=\"33\">c</text>"));
    assert!(picture.contains("fill=\"#ffffff\" d=\"M0 0h18v38h-18z\""));
}

#[test]
fn the_same_buffer_gives_the_same_bytes() {
    let lines = [("│ 台指期 ▲ ⣿🬀 <b>", Style::new().fg(Color::Red)), ("x", Style::new())];
    assert_eq!(drawn(&lines), drawn(&lines));
}

#[test]
fn a_wide_glyph_stands_in_the_middle_of_two_cells() {
    let found = row("台a", Style::new());
    assert!(found.contains("<text class=\"w\" x=\"9\" y=\"14\">台</text>"), "{found}");
    assert!(found.contains("<text x=\"18\" y=\"14\">a</text>"), "{found}");
    let found = row("台", Style::new().bg(Color::Rgb(9, 9, 9)));
    assert!(found.contains("fill=\"#090909\" d=\"M0 0h18v19h-18z\""), "{found}");
}

#[test]
fn what_is_no_markup_is_escaped_and_what_no_document_holds_is_left_out() {
    let found = row("<&>", Style::new());
    assert!(found.contains(">&lt;<") && found.contains(">&amp;<") && found.contains(">&gt;<"));
    let mut buffer = Buffer::empty(Rect::new(0, 0, 1, 1));
    buffer[(0, 0)].set_symbol("\u{1b}x\u{0}");
    assert!(svg(&buffer, GROUND).contains(">x</text>"));
}

#[test]
fn runs_of_one_ground_are_one_rectangle() {
    let red = Style::new().bg(Color::Rgb(200, 0, 0));
    assert_eq!(row("  ", red), "<path class=\"c\" fill=\"#c80000\" d=\"M0 0h18v19h-18z\"/>\n");
    assert_eq!(row("  ", Style::new()), "");
    assert_eq!(row("  ", Style::new().bg(Color::Rgb(255, 255, 255))), "");
}

#[test]
fn modifiers_are_what_they_are_on_a_terminal() {
    let found = row("a", Style::new().add_modifier(Modifier::REVERSED));
    assert!(found.contains("fill=\"#010203\" d=\"M0") && found.contains("<g fill=\"#ffffff\">"));
    let gray = Style::new().fg(Color::Rgb(100, 0, 0)).bg(Color::Rgb(0, 100, 0));
    let found = row("a", gray.add_modifier(Modifier::DIM));
    assert!(found.contains("<g fill=\"#3c2800\">"), "{found}");
    let found = row("a", Style::new().add_modifier(Modifier::BOLD | Modifier::ITALIC));
    assert!(found.contains("<g fill=\"#010203\" class=\"b i\">"), "{found}");
    let found = row("a b", Style::new().add_modifier(Modifier::UNDERLINED));
    assert!(found.contains("d=\"M0 16h27v1h-27z\""), "{found}");
    let found = row("a", Style::new().add_modifier(Modifier::CROSSED_OUT));
    assert!(found.contains("d=\"M0 9h9v1h-9z\""), "{found}");
    assert_eq!(row("a", Style::new().add_modifier(Modifier::HIDDEN)), "");
}

#[test]
fn every_line_block_dot_and_mosaic_is_drawn_and_not_written() {
    let ranges = [0x2500..=0x259f, 0x2801..=0x28ff, 0x1fb00..=0x1fb3b, 0x1cd00..=0x1cde5];
    let glyphs: Vec<char> = ranges.into_iter().flatten().filter_map(char::from_u32).collect();
    assert_eq!(glyphs.len(), 160 + 255 + 60 + 230);
    for glyph in glyphs {
        let found = row(&glyph.to_string(), Style::new());
        assert!(found.contains("<path") && !found.contains("<text"), "{glyph}: {found}");
    }
}

#[track_caller]
fn shape(glyph: &str, path: &str) {
    let found = row(glyph, Style::new());
    assert!(found.contains(&format!(" d=\"{path}\"")), "{glyph}: {found}");
}

#[test]
fn lines_meet_in_the_middle_and_reach_the_edges() {
    shape("─", "M0 9h9v1h-9z");
    shape("━", "M0 8h9v3h-9z");
    shape("│", "M4 0h1v10h-1zM4 9h1v10h-1z");
    shape("┌", "M4 9h1v10h-1zM4 9h5v1h-5z");
    shape("╔", "M3 8h1v11h-1zM5 10h1v9h-1zM3 8h6v1h-6zM5 10h4v1h-4z");
    shape("╭", "M4.5 19V14A4.5 4.5 0 0 1 9 9.5");
    shape("╱", "M0 19L9 0");
}

#[test]
fn blocks_dots_and_mosaics_fill_their_part_of_the_cell() {
    shape("█", "M0 0h9v19h-9z");
    shape("▀", "M0 0h9v9.5h-9z");
    shape("▄", "M0 9.5h9v9.5h-9z");
    shape("▁", "M0 16.625h9v2.375h-9z");
    shape("▌", "M0 0h4.5v19h-4.5z");
    shape("▏", "M0 0h1.125v19h-1.125z");
    shape("▕", "M7.875 0h1.125v19h-1.125z");
    shape("▚", "M0 0h4.5v9.5h-4.5zM4.5 9.5h4.5v9.5h-4.5z");
    shape("🬃", "M0 6.333h4.5v6.333h-4.5z");
    shape("𜴀", "M0 4.75h4.5v4.75h-4.5z");
    shape("⠁", "M1.05 2.375a1.2 1.2 0 1 0 2.4 0a1.2 1.2 0 1 0 -2.4 0z");
    assert!(row("▒▒", Style::new()).contains("fill-opacity=\"0.50\" d=\"M0 0h18v19h-18z\""));
    // One beside the other is one rectangle.
    shape("██", "M0 0h18v19h-18z");
    shape("───", "M0 9h27v1h-27z");
}

#[test]
fn the_ground_comes_from_the_theme_or_is_light_on_dark() {
    for name in Theme::names() {
        let ground = Ground::of(&Theme::built_in(name).unwrap());
        assert!(ground.text.contrast(ground.surface) > 7.0, "{name}");
    }
}

#[test]
fn text_is_what_is_read() {
    let mut buffer = Buffer::empty(Rect::new(0, 0, 8, 2));
    buffer.set_string(1, 0, "台指 a", Style::new());
    buffer[(0, 1)].set_symbol("\u{7}");
    assert_eq!(text(&buffer), " 台指 a\n\n");
}

#[test]
fn ansi_has_the_codes_of_every_change_and_ends_plain() {
    let mut buffer = Buffer::empty(Rect::new(0, 0, 9, 1));
    let strong = Style::new().fg(Color::Rgb(1, 2, 3)).add_modifier(Modifier::BOLD);
    buffer.set_string(0, 0, "ab", strong);
    buffer.set_string(2, 0, "台", Style::new().fg(Color::LightRed).bg(Color::Indexed(17)));
    buffer.set_string(4, 0, "c", Style::new().bg(Color::Blue));
    buffer.set_string(5, 0, "\u{1b}]", Style::new());
    let expected =
        "\u{1b}[0;1;38;2;1;2;3mab\u{1b}[0;91;48;5;17m台\u{1b}[0;44mc\u{1b}[0m]   \u{1b}[0m\n";
    assert_eq!(ansi(&buffer), expected);
}

#[test]
fn no_size_is_too_small() {
    for area in [Rect::new(0, 0, 0, 0), Rect::new(0, 0, 1, 0), Rect::new(3, 4, 1, 1)] {
        let buffer = Buffer::empty(area);
        assert!(svg(&buffer, GROUND).ends_with("</svg>\n"));
        assert_eq!(text(&buffer).lines().count(), usize::from(area.height));
        assert_eq!(ansi(&buffer).lines().count(), usize::from(area.height));
    }
}
