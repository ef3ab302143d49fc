//! Glyphs that are drawn as shapes: lines, blocks, braille and mosaics.

use std::fmt::Write as _;

use ratatui::symbols::pixel::{OCTANTS, QUADRANTS, SEXTANTS};

use super::{CELL_HEIGHT, CELL_WIDTH};

const WIDTH: f64 = CELL_WIDTH as f64;
const HEIGHT: f64 = CELL_HEIGHT as f64;

/// What is drawn in one colour.
#[derive(Debug, Default)]
pub(super) struct Ink {
    rectangles: Vec<Rectangle>,
    /// Shades: an opacity in hundredths, and what it covers.
    shades: Vec<(u8, Rectangle)>,
    /// Dots and curves as paths.
    dots: String,
    curves: String,
}

#[derive(Clone, Copy, Debug, PartialEq)]
struct Rectangle {
    left: f64,
    top: f64,
    width: f64,
    height: f64,
}

impl Ink {
    pub(super) fn is_empty(&self) -> bool {
        self.rectangles.is_empty()
            && self.shades.is_empty()
            && self.dots.is_empty()
            && self.curves.is_empty()
    }

    /// Adds a rectangle; one that goes on where the last ended, or within it, makes that longer.
    pub(super) fn rectangle(&mut self, left: f64, top: f64, width: f64, height: f64) {
        if let Some(last) = self.rectangles.last_mut() {
            let end = last.left + last.width;
            let goes_on = left + 1e-6 > last.left && left < end + 1e-6;
            if goes_on && same(last.top, top) && same(last.height, height) {
                last.width = end.max(left + width) - last.left;
                return;
            }
        }
        self.rectangles.push(Rectangle { left, top, width, height });
    }

    /// Adds a glyph, if it is one that is drawn as a shape.
    pub(super) fn glyph(&mut self, symbol: &str, left: f64, top: f64) -> bool {
        let mut characters = symbol.chars();
        let (Some(character), None) = (characters.next(), characters.next()) else { return false };
        match character {
            '\u{2500}'..='\u{257f}' => self.line(character, left, top),
            '\u{2580}'..='\u{259f}' if self.block(character, left, top) => (),
            '\u{2800}'..='\u{28ff}' => self.braille(character, left, top),
            other => return self.mosaics(other, left, top),
        }
        true
    }

    /// Writes it all; `color` is for what is drawn by its outline.
    pub(super) fn write(&self, out: &mut String, color: &str) {
        if !self.rectangles.is_empty() {
            out.push_str("<path class=\"c\" d=\"");
            self.rectangles.iter().for_each(|it| it.write(out));
            out.push_str("\"/>");
        }
        for (opacity, rectangle) in &self.shades {
            let _ = write!(out, "<path class=\"c\" fill-opacity=\"0.{opacity}\" d=\"");
            rectangle.write(out);
            out.push_str("\"/>");
        }
        if !self.dots.is_empty() {
            let _ = write!(out, "<path d=\"{}\"/>", self.dots);
        }
        if !self.curves.is_empty() {
            let _ = write!(out, "<path fill=\"none\" stroke=\"{color}\" d=\"{}\"/>", self.curves);
        }
    }

    fn line(&mut self, character: char, left: f64, top: f64) {
        let index = usize::try_from(u32::from(character) - 0x2500).unwrap_or_default();
        let arms = ARMS.get(index).copied().unwrap_or_default();
        if arms != 0 {
            self.arms(arms, left, top);
            return;
        }
        let (middle, center) = (number(left + WIDTH / 2.0), number(top + HEIGHT / 2.0));
        let (right, bottom) = (number(left + WIDTH), number(top + HEIGHT));
        let (left_edge, top_edge) = (number(left), number(top));
        let curve = |from: &str, flag: u8, to: &str, vertical: f64| {
            let vertical = number(top + vertical);
            format!("M{middle} {from}V{vertical}A4.5 4.5 0 0 {flag} {to} {center}")
        };
        match character {
            '╭' => self.curves.push_str(&curve(&bottom, 1, &right, 14.0)),
            '╮' => self.curves.push_str(&curve(&bottom, 0, &left_edge, 14.0)),
            '╯' => self.curves.push_str(&curve(&top_edge, 1, &left_edge, 5.0)),
            '╰' => self.curves.push_str(&curve(&top_edge, 0, &right, 5.0)),
            '╱' | '╲' | '╳' => {
                if character != '╲' {
                    let _ = write!(self.curves, "M{left_edge} {bottom}L{right} {top_edge}");
                }
                if character != '╱' {
                    let _ = write!(self.curves, "M{left_edge} {top_edge}L{right} {bottom}");
                }
            }
            _ => self.dashes(character, left, top),
        }
    }

    /// The four arms of a line: up, right, down, left, each a digit of 0 none, 1 light, 2 heavy,
    /// 3 double.
    fn arms(&mut self, arms: u16, left: f64, top: f64) {
        let [up, right, down, left_arm] = [12, 8, 4, 0].map(|shift| (arms >> shift) & 0xf);
        for strip in strips(up, [left_arm, right], down, HEIGHT) {
            self.rectangle(left + WIDTH / 2.0 + strip.across, top, strip.width, strip.reach);
        }
        for strip in strips(down, [left_arm, right], up, HEIGHT) {
            let from = top + HEIGHT - strip.reach;
            self.rectangle(left + WIDTH / 2.0 + strip.across, from, strip.width, strip.reach);
        }
        for strip in strips(left_arm, [up, down], right, WIDTH) {
            self.rectangle(left, top + HEIGHT / 2.0 + strip.across, strip.reach, strip.width);
        }
        for strip in strips(right, [up, down], left_arm, WIDTH) {
            let from = left + WIDTH - strip.reach;
            self.rectangle(from, top + HEIGHT / 2.0 + strip.across, strip.reach, strip.width);
        }
    }

    fn dashes(&mut self, character: char, left: f64, top: f64) {
        let (count, is_heavy, is_upright) = match character {
            '┄' => (3.0, false, false),
            '┅' => (3.0, true, false),
            '┆' => (3.0, false, true),
            '┇' => (3.0, true, true),
            '┈' => (4.0, false, false),
            '┉' => (4.0, true, false),
            '┊' => (4.0, false, true),
            '┋' => (4.0, true, true),
            '╌' => (2.0, false, false),
            '╍' => (2.0, true, false),
            '╎' => (2.0, false, true),
            _ => (2.0, true, true),
        };
        let thick: f64 = if is_heavy { 3.0 } else { 1.0 };
        let step = if is_upright { HEIGHT } else { WIDTH } / count;
        let mut from = 0.0;
        while from + 0.01 < step * count {
            let (begin, length) = (from + step * 0.2, step * 0.6);
            if is_upright {
                self.dash(left + (WIDTH - thick) / 2.0, top + begin, thick, length);
            } else {
                self.dash(left + begin, top + (HEIGHT - thick) / 2.0, length, thick);
            }
            from += step;
        }
    }

    /// A rectangle that stays apart from its neighbour.
    fn dash(&mut self, left: f64, top: f64, width: f64, height: f64) {
        self.rectangles.push(Rectangle { left, top, width, height });
    }

    fn block(&mut self, character: char, left: f64, top: f64) -> bool {
        let eighths = |from: char| f64::from(u32::from(character) - u32::from(from) + 1) / 8.0;
        match character {
            '▀' => self.rectangle(left, top, WIDTH, HEIGHT / 2.0),
            '▁'..='█' => {
                let height = HEIGHT * eighths('▁');
                self.rectangle(left, top + HEIGHT - height, WIDTH, height);
            }
            '▉'..='▏' => {
                let width = WIDTH * (1.0 - eighths('▉'));
                self.rectangle(left, top, width, HEIGHT);
            }
            '▐' => self.rectangle(left + WIDTH / 2.0, top, WIDTH / 2.0, HEIGHT),
            '░' => self.shade(25, left, top),
            '▒' => self.shade(50, left, top),
            '▓' => self.shade(75, left, top),
            '▔' => self.rectangle(left, top, WIDTH, HEIGHT / 8.0),
            '▕' => self.rectangle(left + WIDTH * 7.0 / 8.0, top, WIDTH / 8.0, HEIGHT),
            _ => return false,
        }
        true
    }

    fn shade(&mut self, opacity: u8, left: f64, top: f64) {
        let new = Rectangle { left, top, width: WIDTH, height: HEIGHT };
        match self.shades.last_mut() {
            Some((last, rectangle))
                if *last == opacity
                    && same(rectangle.top, top)
                    && same(rectangle.left + rectangle.width, left) =>
            {
                rectangle.width += WIDTH;
            }
            _ => self.shades.push((opacity, new)),
        }
    }

    fn braille(&mut self, character: char, left: f64, top: f64) {
        // The dots in the order of their bits: three down, three down, then the lowest row.
        const DOTS: [(f64, f64); 8] = [
            (0.0, 0.0),
            (0.0, 1.0),
            (0.0, 2.0),
            (1.0, 0.0),
            (1.0, 1.0),
            (1.0, 2.0),
            (0.0, 3.0),
            (1.0, 3.0),
        ];
        let bits = u32::from(character) - 0x2800;
        for (bit, (column, row)) in DOTS.into_iter().enumerate() {
            if bits >> bit & 1 == 1 {
                let from = number(left + WIDTH * (2.0 * column + 1.0) / 4.0 - 1.2);
                let middle = number(top + HEIGHT * (2.0 * row + 1.0) / 8.0);
                let _ =
                    write!(self.dots, "M{from} {middle}a1.2 1.2 0 1 0 2.4 0a1.2 1.2 0 1 0 -2.4 0z");
            }
        }
    }

    /// Quarters, sixths and eighths of a cell, two in each row.
    fn mosaics(&mut self, character: char, left: f64, top: f64) -> bool {
        let place = |all: &[char]| all.iter().position(|it| *it == character);
        let found = place(&QUADRANTS)
            .map(|it| (it, 2))
            .or_else(|| place(&SEXTANTS).map(|it| (it, 3)))
            .or_else(|| place(&OCTANTS).map(|it| (it, 4)));
        let Some((pattern, rows)) = found else { return false };
        let height = HEIGHT / f64::from(rows);
        for row in 0..rows {
            for column in 0..2_u8 {
                if pattern >> (row * 2 + column) & 1 == 1 {
                    let from = left + f64::from(column) * WIDTH / 2.0;
                    let upper = top + f64::from(row) * height;
                    self.rectangle(from, upper, WIDTH / 2.0, height);
                }
            }
        }
        true
    }
}

impl Rectangle {
    fn write(&self, out: &mut String) {
        let [left, top, width, height] = [self.left, self.top, self.width, self.height].map(number);
        let _ = write!(out, "M{left} {top}h{width}v{height}h-{width}z");
    }
}

/// A strip of an arm: where it lies across the arm from the middle of the cell, how wide it is, and
/// how far it reaches from the edge.
struct Strip {
    across: f64,
    width: f64,
    reach: f64,
}

/// The strips of an arm: one, or two of a double line. `beside` are the arms at its sides in the
/// order of coordinates, `length` is that of the cell along the arm.
fn strips(weight: u16, beside: [u16; 2], opposite: u16, length: f64) -> Vec<Strip> {
    // The lines that cross in the middle: a double one has its near line before, its far line after.
    let near = (length - 1.0) / 2.0;
    let (center, far) = (near + 1.0, near + 2.0);
    match weight {
        0 => Vec::new(),
        1 | 2 => {
            let width = if weight == 2 { 3.0 } else { 1.0 };
            let reach = match beside {
                _ if opposite > 0 => center,
                [3, 3] => near,
                [3, _] | [_, 3] | [2, _] | [_, 2] => far,
                _ => center,
            };
            vec![Strip { across: -width / 2.0, width, reach }]
        }
        _ => {
            let [lower, higher] = beside;
            let reach = |side: u16, other: u16| match (side, other) {
                (3, _) => near,
                (0, 3) if opposite == 0 => far,
                _ => center,
            };
            vec![
                Strip { across: -1.5, width: 1.0, reach: reach(lower, higher) },
                Strip { across: 0.5, width: 1.0, reach: reach(higher, lower) },
            ]
        }
    }
}

fn same(one: f64, two: f64) -> bool {
    (one - two).abs() < 1e-6
}

/// A number with at most three decimals, and none that says nothing.
fn number(value: f64) -> String {
    let text = format!("{value:.3}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// The arms of U+2500 to U+257F, see [`Ink::arms`]; 0 is what has none: dashes, curves, diagonals.
#[rustfmt::skip]
const ARMS: [u16; 128] = [
    0x0101, 0x0202, 0x1010, 0x2020, 0x0000, 0x0000, 0x0000, 0x0000, // ─━│┃┄┅┆┇
    0x0000, 0x0000, 0x0000, 0x0000, 0x0110, 0x0210, 0x0120, 0x0220, // ┈┉┊┋┌┍┎┏
    0x0011, 0x0012, 0x0021, 0x0022, 0x1100, 0x1200, 0x2100, 0x2200, // ┐┑┒┓└┕┖┗
    0x1001, 0x1002, 0x2001, 0x2002, 0x1110, 0x1210, 0x2110, 0x1120, // ┘┙┚┛├┝┞┟
    0x2120, 0x2210, 0x1220, 0x2220, 0x1011, 0x1012, 0x2011, 0x1021, // ┠┡┢┣┤┥┦┧
    0x2021, 0x2012, 0x1022, 0x2022, 0x0111, 0x0112, 0x0211, 0x0212, // ┨┩┪┫┬┭┮┯
    0x0121, 0x0122, 0x0221, 0x0222, 0x1101, 0x1102, 0x1201, 0x1202, // ┰┱┲┳┴┵┶┷
    0x2101, 0x2102, 0x2201, 0x2202, 0x1111, 0x1112, 0x1211, 0x1212, // ┸┹┺┻┼┽┾┿
    0x2111, 0x1121, 0x2121, 0x2112, 0x2211, 0x1122, 0x1221, 0x2212, // ╀╁╂╃╄╅╆╇
    0x1222, 0x2122, 0x2221, 0x2222, 0x0000, 0x0000, 0x0000, 0x0000, // ╈╉╊╋╌╍╎╏
    0x0303, 0x3030, 0x0310, 0x0130, 0x0330, 0x0013, 0x0031, 0x0033, // ═║╒╓╔╕╖╗
    0x1300, 0x3100, 0x3300, 0x1003, 0x3001, 0x3003, 0x1310, 0x3130, // ╘╙╚╛╜╝╞╟
    0x3330, 0x1013, 0x3031, 0x3033, 0x0313, 0x0131, 0x0333, 0x1303, // ╠╡╢╣╤╥╦╧
    0x3101, 0x3303, 0x1313, 0x3131, 0x3333, 0x0000, 0x0000, 0x0000, // ╨╩╪╫╬╭╮╯
    0x0000, 0x0000, 0x0000, 0x0000, 0x0001, 0x1000, 0x0100, 0x0010, // ╰╱╲╳╴╵╶╷
    0x0002, 0x2000, 0x0200, 0x0020, 0x0201, 0x1020, 0x0102, 0x2010, // ╸╹╺╻╼╽╾╿
];
