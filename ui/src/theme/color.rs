//! Colours as numbers: reading them, how far apart they look, how readable one is on another.

use ratatui::style::Color;

/// A colour of a screen, in sRGB.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Rgb {
    /// Red.
    pub red: u8,
    /// Green.
    pub green: u8,
    /// Blue.
    pub blue: u8,
}

impl Rgb {
    /// A colour of three parts.
    pub const fn new(red: u8, green: u8, blue: u8) -> Rgb {
        Rgb { red, green, blue }
    }

    /// Reads `#rrggbb`.
    pub fn parse(text: &str) -> Option<Rgb> {
        let digits = text.strip_prefix('#')?;
        if digits.len() != 6 || !digits.bytes().all(|it| it.is_ascii_hexdigit()) {
            return None;
        }
        let part =
            |from: usize| digits.get(from..from + 2).and_then(|it| u8::from_str_radix(it, 16).ok());
        Some(Rgb::new(part(0)?, part(2)?, part(4)?))
    }

    /// Relative luminance by WCAG 2, from 0 (black) to 1 (white).
    pub fn luminance(self) -> f64 {
        let [red, green, blue] = self.linear();
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    }

    /// How readable one of two colours is on the other by WCAG 2, from 1 (not at all) to 21.
    pub fn contrast(self, other: Rgb) -> f64 {
        let (one, two) = (self.luminance(), other.luminance());
        (one.max(two) + 0.05) / (one.min(two) + 0.05)
    }

    /// How far apart two colours look: their distance in CIELAB. About 2 is the least that is seen.
    pub fn distance(self, other: Rgb) -> f64 {
        let pairs = self.lab().into_iter().zip(other.lab());
        pairs.map(|(one, two)| (one - two).powi(2)).sum::<f64>().sqrt()
    }

    /// Its parts as amounts of light, each from 0 to 1.
    pub(super) fn linear(self) -> [f64; 3] {
        [self.red, self.green, self.blue].map(|part| {
            let part = f64::from(part) / 255.0;
            if part <= 0.040_45 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
        })
    }

    /// CIELAB under the white of sRGB (D65).
    fn lab(self) -> [f64; 3] {
        let [red, green, blue] = self.linear();
        let light = [
            (0.412_456 * red + 0.357_576 * green + 0.180_437 * blue) / 0.950_47,
            0.212_673 * red + 0.715_152 * green + 0.072_175 * blue,
            (0.019_334 * red + 0.119_192 * green + 0.950_304 * blue) / 1.088_83,
        ];
        let [x, y, z] = light
            .map(|it| if it > 0.008_856 { it.cbrt() } else { it.mul_add(7.787, 16.0 / 116.0) });
        [116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)]
    }

    /// The nearest of the 256 colours, without the first sixteen: every terminal has its own there.
    pub(super) fn nearest_256(self) -> Color {
        let nearest = (16..=255).min_by(|one, two| {
            self.distance(indexed(*one)).total_cmp(&self.distance(indexed(*two)))
        });
        Color::Indexed(nearest.unwrap_or(16))
    }

    /// The nearest of the sixteen colours, as most terminals show them.
    pub(super) fn nearest_16(self) -> Color {
        let nearest = SIXTEEN
            .iter()
            .min_by(|(_, one, _), (_, two, _)| self.distance(*one).total_cmp(&self.distance(*two)));
        nearest.map_or(Color::Reset, |(_, _, color)| *color)
    }
}

impl From<Rgb> for Color {
    fn from(rgb: Rgb) -> Color {
        Color::Rgb(rgb.red, rgb.green, rgb.blue)
    }
}

/// One of the colours 16 to 255, which are the same everywhere: a cube, then greys.
fn indexed(index: u8) -> Rgb {
    if index >= 232 {
        let part = (index - 232) * 10 + 8;
        return Rgb::new(part, part, part);
    }
    let step = |it: u8| if it == 0 { 0 } else { it * 40 + 55 };
    let cube = index.saturating_sub(16);
    Rgb::new(step(cube / 36), step(cube / 6 % 6), step(cube % 6))
}

/// What a colour of a finished cell looks like; the sixteen as most terminals show them. `None` is
/// the terminal's own.
pub fn rgb(color: Color) -> Option<Rgb> {
    match color {
        Color::Rgb(red, green, blue) => Some(Rgb::new(red, green, blue)),
        Color::Indexed(index @ 16..) => Some(indexed(index)),
        Color::Indexed(index) => SIXTEEN.get(usize::from(index)).map(|(_, rgb, _)| *rgb),
        Color::Reset => None,
        named => SIXTEEN.iter().find(|(_, _, it)| *it == named).map(|(_, rgb, _)| *rgb),
    }
}

/// The terminal's code for a colour, after a `;`; nothing for the terminal's own.
pub(crate) fn sgr(color: Color, is_ground: bool) -> String {
    let base = if is_ground { 40 } else { 30 };
    match color {
        Color::Reset => String::new(),
        Color::Rgb(red, green, blue) => format!(";{};2;{red};{green};{blue}", base + 8),
        Color::Indexed(index) => format!(";{};5;{index}", base + 8),
        named => {
            let index = SIXTEEN.iter().position(|(_, _, it)| *it == named).unwrap_or_default();
            // The bright eight have a range of their own.
            let code = if index < 8 { base + index } else { base + 60 + index - 8 };
            format!(";{code}")
        }
    }
}

/// One of the sixteen colours by its name in a theme; `default` is the terminal's own.
pub(super) fn named(name: &str) -> Option<Color> {
    if name == "default" {
        return Some(Color::Reset);
    }
    SIXTEEN.iter().find(|(it, _, _)| *it == name).map(|(_, _, color)| *color)
}

/// The names that [`named`] knows.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    SIXTEEN.iter().map(|(name, _, _)| *name).chain(["default"])
}

/// The sixteen colours: their names in a theme, and what xterm shows for them.
const SIXTEEN: [(&str, Rgb, Color); 16] = [
    ("black", Rgb::new(0, 0, 0), Color::Black),
    ("red", Rgb::new(205, 0, 0), Color::Red),
    ("green", Rgb::new(0, 205, 0), Color::Green),
    ("yellow", Rgb::new(205, 205, 0), Color::Yellow),
    ("blue", Rgb::new(0, 0, 238), Color::Blue),
    ("magenta", Rgb::new(205, 0, 205), Color::Magenta),
    ("cyan", Rgb::new(0, 205, 205), Color::Cyan),
    ("gray", Rgb::new(229, 229, 229), Color::Gray),
    ("dark-gray", Rgb::new(127, 127, 127), Color::DarkGray),
    ("light-red", Rgb::new(255, 0, 0), Color::LightRed),
    ("light-green", Rgb::new(0, 255, 0), Color::LightGreen),
    ("light-yellow", Rgb::new(255, 255, 0), Color::LightYellow),
    ("light-blue", Rgb::new(92, 92, 255), Color::LightBlue),
    ("light-magenta", Rgb::new(255, 0, 255), Color::LightMagenta),
    ("light-cyan", Rgb::new(0, 255, 255), Color::LightCyan),
    ("white", Rgb::new(255, 255, 255), Color::White),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_color_is_six_digits_after_a_hash() {
        assert_eq!(Rgb::parse("#0a1BfF"), Some(Rgb::new(10, 27, 255)));
        for wrong in
            ["", "#", "#fff", "0a1bff", "#0a1bf", "#0a1bffa", "#0a1bfg", "#+11111", "#é000"]
        {
            assert_eq!(Rgb::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn black_on_white_is_the_greatest_contrast() {
        let (black, white) = (Rgb::new(0, 0, 0), Rgb::new(255, 255, 255));
        assert!((black.contrast(white) - 21.0).abs() < 1e-9);
        assert!((white.contrast(white) - 1.0).abs() < 1e-9);
        assert!((black.distance(white) - 100.0).abs() < 0.01);
    }

    #[test]
    fn the_nearest_color_is_the_one_that_looks_nearest() {
        assert_eq!(Rgb::new(255, 0, 0).nearest_256(), Color::Indexed(196));
        assert_eq!(Rgb::new(95, 135, 175).nearest_256(), Color::Indexed(67));
        assert_eq!(Rgb::new(17, 18, 17).nearest_256(), Color::Indexed(233));
        assert_eq!(Rgb::new(200, 10, 10).nearest_16(), Color::Red);
        assert_eq!(Rgb::new(250, 250, 250).nearest_16(), Color::White);
        assert_eq!(Rgb::new(0, 0, 0).nearest_16(), Color::Black);
    }

    #[test]
    fn every_color_of_a_cell_has_its_numbers() {
        assert_eq!(rgb(Color::Indexed(67)), Some(Rgb::new(95, 135, 175)));
        assert_eq!(rgb(Color::Indexed(1)), rgb(Color::Red));
        assert_eq!(rgb(Color::Indexed(255)), Some(Rgb::new(238, 238, 238)));
        assert_eq!(rgb(Color::Reset), None);
        for name in names().filter(|it| *it != "default") {
            assert!(named(name).and_then(rgb).is_some(), "{name}");
        }
    }
}
