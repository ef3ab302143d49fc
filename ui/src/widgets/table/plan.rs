//! Which columns fit, and how wide they are.

use super::sheet::{Align, Cell, Heading, Listing};
use crate::look::Look;
use crate::widgets::text;

/// Cells left of the first column, for the cursor's sign.
const GUTTER: u16 = 1;
/// Cells between columns.
const GAP: u16 = 1;

/// Where a column stands.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    /// Its number in the listing.
    pub(super) column: usize,
    /// What is said of it once.
    pub(super) heading: Heading,
    /// Cells from the left of the area.
    pub(super) x: u16,
    /// Cells that it has.
    pub(super) width: u16,
}

/// The columns that fit into so many cells, those of the highest priority first. Numbers get all
/// the cells that they need, since a number must not be cut.
pub(super) fn plan(
    listing: &dyn Listing,
    cells: &[Vec<Cell>],
    look: &Look,
    width: u16,
) -> Vec<Place> {
    let room = width.saturating_sub(GUTTER);
    let mut wanted: Vec<Place> = (0..listing.columns())
        .filter_map(|column| {
            let heading = listing.heading(column)?;
            let width = match heading.align {
                Align::Left => heading.width,
                Align::Right => heading.width.max(need(cells, column)),
            };
            Some(Place { column, heading, x: 0, width })
        })
        .collect();
    // Of two that matter alike the left one goes first.
    wanted.sort_by_key(|it| std::cmp::Reverse(it.heading.priority));
    let mut places: Vec<Place> = Vec::new();
    for place in wanted {
        places.push(place);
        if taken(&places) > room && places.len() > 1 {
            places.pop();
        }
    }
    places.sort_by_key(|it| it.column);
    widen(&mut places, cells, look, room);
    let mut x = GUTTER;
    for place in &mut places {
        place.x = x;
        place.width = place.width.min(width.saturating_sub(x));
        x = x.saturating_add(place.width).saturating_add(GAP);
    }
    places
}

fn taken(places: &[Place]) -> u16 {
    let gaps = u16::try_from(places.len().saturating_sub(1)).unwrap_or(u16::MAX);
    places.iter().map(|it| it.width).fold(gaps.saturating_mul(GAP), u16::saturating_add)
}

/// The cells that the widest cell of a column needs.
fn need(cells: &[Vec<Cell>], column: usize) -> u16 {
    let widths = cells.iter().filter_map(|row| row.get(column)).map(|it| text::width(&it.text));
    u16::try_from(widths.max().unwrap_or(0)).unwrap_or(u16::MAX)
}

/// Gives what is left to names and texts that are cut, then to the elastic column.
fn widen(places: &mut [Place], cells: &[Vec<Cell>], look: &Look, room: u16) {
    let mut left = room.saturating_sub(taken(places));
    for place in places.iter_mut().filter(|it| !it.heading.is_elastic) {
        let name = text::width(&look.text(place.heading.key));
        let need = need(cells, place.column).max(u16::try_from(name).unwrap_or(u16::MAX));
        let more = need.saturating_sub(place.width).min(left);
        place.width = place.width.saturating_add(more);
        left = left.saturating_sub(more);
    }
    if let Some(place) = places.iter_mut().find(|it| it.heading.is_elastic) {
        place.width = place.width.saturating_add(left);
    }
}
