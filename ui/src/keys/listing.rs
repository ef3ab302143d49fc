//! The keys in effect, as lines for people who read.

use super::{Act, Context, Keymap};
use crate::look::Look;
use crate::widgets::text::{pad_right, width};

/// A line for each act: where its keys mean it, its name in `keymap.toml`, its keys, and what it
/// does, in columns. An act that no key reaches has `-` for keys.
pub fn listing(map: &Keymap, look: &Look) -> Vec<String> {
    let acts = |context| Act::all().filter(move |it| it.context() == context);
    let keys = |act| Some(map.all(act)).filter(|it| !it.is_empty()).unwrap_or_else(|| "-".into());
    let rows: Vec<[String; 4]> = Context::ALL
        .into_iter()
        .flat_map(acts)
        .map(|act| {
            let what = look.text(&act.text_key()).into_owned();
            [act.context().word().to_owned(), act.name().to_owned(), keys(act), what]
        })
        .collect();
    let widest = |at: usize| rows.iter().filter_map(|row| row.get(at)).map(|it| width(it)).max();
    let widths = [0, 1, 2].map(|at| widest(at).unwrap_or(0));
    let line = |[place, name, keys, what]: &[String; 4]| {
        let cells = [place, name, keys].into_iter().zip(widths);
        let cells: Vec<String> = cells.map(|(text, width)| pad_right(text, width)).collect();
        format!("{}  {what}", cells.join("  "))
    };
    rows.iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::look::Language;
    use crate::theme::Theme;

    #[test]
    fn the_keys_in_effect_are_told_those_of_the_trader_too() {
        let (theme, language) = (Theme::default(), Language::English);
        let mut look = Look { theme, language };
        let map = Keymap::parse("[global]\nkill = \"ctrl-k\"\nquit = []\n").unwrap();
        let lines = listing(&map, &look);
        assert_eq!(lines.len(), Act::all().count());
        let of = |name: &str| {
            let is_it = |it: &&String| it.split_whitespace().nth(1) == Some(name);
            lines.iter().find(is_it).cloned().unwrap()
        };
        let words = |line: String| line.split_whitespace().collect::<Vec<_>>().join(" ");
        assert_eq!(words(of("kill")), "global kill F12 ctrl-k Open the kill menu");
        assert!(words(of("quit")).starts_with("global quit - "), "no key reaches it");
        look.language = Language::TraditionalChinese;
        let chinese = listing(&map, &look);
        assert_eq!(chinese.len(), lines.len());
        assert!(chinese.iter().zip(&lines).all(|(one, other)| one != other));
    }
}
