//! Completing the word that is being typed.

use super::Palette;
use crate::screen::Screen;
use crate::view::View;

/// Words that are offered at most.
const WORDS_MAX: usize = 24;

/// Words that Tab goes round.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Round {
    words: Vec<String>,
    at: usize,
}

/// Completes the last word: as far as all candidates agree, then each of them in turn.
pub(super) fn tab(palette: &mut Palette, screen: &Screen, view: &View) {
    let text = palette.field.text().to_owned();
    let head = text.rsplit_once(char::is_whitespace).map_or("", |it| it.0);
    let join =
        |word: &str| if head.is_empty() { word.to_owned() } else { format!("{head} {word}") };
    if let Some(round) = &mut palette.round {
        round.at = (round.at + 1) % round.words.len().max(1);
        let word = round.words.get(round.at).cloned().unwrap_or_default();
        palette.field.set(join(&word));
        return;
    }
    let words = candidates(&text, screen, view);
    let typed = text.rsplit(char::is_whitespace).next().unwrap_or_default();
    match words.as_slice() {
        [] => (),
        [only] => palette.field.set(format!("{} ", join(only))),
        [first, ..] => {
            let common = common(&words);
            if common.chars().count() > typed.chars().count() {
                palette.field.set(join(&common));
            } else {
                palette.field.set(join(first));
                palette.round = Some(Round { words, at: 0 });
            }
        }
    }
}

/// What the last word may become. The vocabulary says what can stand there; the view knows the
/// names.
pub(super) fn candidates(text: &str, screen: &Screen, view: &View) -> Vec<String> {
    let mut before: Vec<&str> = text.split_whitespace().collect();
    let is_new = text.is_empty() || text.ends_with(char::is_whitespace);
    let typed = if is_new { "" } else { before.pop().unwrap_or_default() };
    let mut words: Vec<String> = Vec::new();
    for entry in &screen.vocabulary {
        let said: Vec<&str> = entry.line.split_whitespace().collect();
        if before.iter().zip(&said).all(|(word, place)| fits(word, place)) {
            words.extend(places(&said, &before, view));
        }
    }
    words.retain(|it| begins(it, typed) && !before.contains(&it.as_str()));
    words.sort();
    words.dedup();
    words.truncate(WORDS_MAX);
    words
}

/// The words that can follow in a command.
fn places(said: &[&str], before: &[&str], view: &View) -> Vec<String> {
    let mut words = Vec::new();
    // The value of an option follows it; else the next place, and every option.
    let asked = before.last().filter(|it| it.starts_with("--")).and_then(|option| {
        let at = said.iter().position(|it| bare(it) == *option)?;
        said.get(at + 1).filter(|it| is_placeholder(it))
    });
    if let Some(place) = asked {
        return names(place, view);
    }
    // Where a command takes several names, its last place takes them all.
    let place = said.get(before.len()).or(said.last().filter(|it| is_placeholder(it)));
    if let Some(place) = place {
        words.extend(names(place, view));
    }
    let options = said.iter().map(|it| bare(it)).filter(|it| it.starts_with("--"));
    if !before.is_empty() {
        words.extend(options.map(str::to_owned));
    }
    words
}

/// Without the brackets of what may be left out.
fn bare(place: &str) -> &str {
    place.trim_matches(['[', ']', '.'])
}

fn is_placeholder(place: &str) -> bool {
    bare(place).starts_with('<')
}

fn fits(word: &str, place: &str) -> bool {
    is_placeholder(place) || bare(place).starts_with('-') || bare(place) == word
}

/// The names that a place stands for; a word stands for itself.
fn names(place: &str, view: &View) -> Vec<String> {
    let place = bare(place);
    if !place.starts_with('<') {
        return vec![place.to_owned()];
    }
    match place.trim_matches(['<', '>']).to_lowercase().as_str() {
        "side" | "action" => vec!["buy".to_owned(), "sell".to_owned()],
        "code" | "codes" | "item" => {
            let quotes = view.quotes.iter().map(|it| it.code.clone());
            quotes.chain(view.instruments.iter().map(|it| it.code.clone())).collect()
        }
        "what" => {
            let orders = view.orders.iter().filter(|it| it.is_open()).map(|it| it.id.clone());
            let quotes = view.quotes.iter().map(|it| it.code.clone());
            let words = ["list", "drop"].map(str::to_owned).into_iter();
            words.chain(orders).chain(quotes).collect()
        }
        "protection" => {
            let own = view.orders.iter().filter(|it| it.is_open() && it.protects.is_some());
            own.map(|it| it.id.clone()).collect()
        }
        "order" => view.orders.iter().filter(|it| it.is_open()).map(|it| it.id.clone()).collect(),
        "id" | "condition" => view.conditions.iter().map(|it| it.id.clone()).collect(),
        "account" => view.machine.accounts.clone(),
        "user" => vec![view.machine.defaults.user.clone()],
        "which" => ["auto", "open", "close"].map(str::to_owned).to_vec(),
        "tif" => ["rod", "ioc", "fok"].map(str::to_owned).to_vec(),
        _ => Vec::new(),
    }
}

fn begins(word: &str, typed: &str) -> bool {
    let head: String = word.chars().take(typed.chars().count()).collect();
    !word.is_empty() && head.eq_ignore_ascii_case(typed)
}

/// What all words begin with.
fn common(words: &[String]) -> String {
    let Some(first) = words.first() else { return String::new() };
    let is_shared =
        |(at, glyph): &(usize, char)| words.iter().all(|it| it.chars().nth(*at) == Some(*glyph));
    first.chars().enumerate().take_while(is_shared).map(|it| it.1).collect()
}
