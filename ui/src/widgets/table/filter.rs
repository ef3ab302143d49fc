//! What a row must say to be shown.

use std::ops::Range;

use crossterm::event::KeyCode;
use crossterm::event::KeyModifiers;
use unicode_segmentation::UnicodeSegmentation;

use super::Table;
use super::sheet::{Context, Listing};
use crate::event::Press;
use crate::pane::Pane;
use crate::screen::Screen;

/// The longest filter, in bytes.
const BYTES_MAX: usize = 64;

/// Whether every word of a filter is in some cell of a row, in whichever case.
pub(super) fn is_match(
    listing: &dyn Listing,
    row: usize,
    filter: &str,
    context: &Context<'_>,
) -> bool {
    let cells: Vec<String> =
        (0..listing.columns()).map(|column| listing.cell(row, column, context).text).collect();
    filter.split_whitespace().all(|word| cells.iter().any(|cell| has(cell, word)))
}

/// Numbers are found with and without their commas.
fn has(cell: &str, word: &str) -> bool {
    find(cell, word).is_some()
        || (cell.contains(',') && find(&cell.replace(',', ""), word).is_some())
}

/// Where a text has a word, in whichever case of ASCII.
pub(super) fn find(text: &str, word: &str) -> Option<Range<usize>> {
    let (text, word) = (text.as_bytes(), word.as_bytes());
    if word.is_empty() {
        return None;
    }
    let at = text.windows(word.len()).position(|it| it.eq_ignore_ascii_case(word))?;
    Some(at..at + word.len())
}

/// A key while the filter of a pane is being typed: enter keeps it, escape drops it.
pub fn filter_key(screen: &mut Screen, pane: Pane, press: Press) {
    let table = screen.table_mut(pane);
    let key = press.key;
    let crokey::OneToThree::One(code) = key.codes else { return };
    let is_plain = key.modifiers.difference(KeyModifiers::SHIFT).is_empty();
    match code {
        KeyCode::Enter => table.is_filtering = false,
        KeyCode::Esc => {
            table.is_filtering = false;
            table.filter.clear();
        }
        KeyCode::Backspace => table.erase_filter(),
        KeyCode::Char('u') if key.modifiers == KeyModifiers::CONTROL => table.filter.clear(),
        KeyCode::Char(glyph) if is_plain => {
            let is_shifted = key.modifiers.contains(KeyModifiers::SHIFT);
            let glyph = if is_shifted { glyph.to_ascii_uppercase() } else { glyph };
            table.type_filter(glyph);
        }
        _ => (),
    }
}

/// Pasted text while the filter of a pane is being typed; what cannot be shown is left out.
pub fn filter_paste(screen: &mut Screen, pane: Pane, text: &str) {
    let table = screen.table_mut(pane);
    if table.is_filtering {
        text.chars().for_each(|it| table.type_filter(it));
    }
}

impl Table {
    /// Adds a glyph to the filter, if it can be shown and there is room.
    pub fn type_filter(&mut self, glyph: char) {
        if !glyph.is_control() && self.filter.len() + glyph.len_utf8() <= BYTES_MAX {
            self.filter.push(glyph);
        }
    }

    /// Takes the last glyph of the filter away.
    pub fn erase_filter(&mut self) {
        let last = self.filter.grapheme_indices(true).next_back().map(|it| it.0);
        self.filter.truncate(last.unwrap_or(0));
    }
}
