//! Which columns fit, and how wide they are.

use super::sheet::{Align, Cell, Heading, Listing};
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

/// The columns that fit into so many cells. Numbers get the cells they need before a column of
/// lower priority gets any, since a number must not be cut.
pub(super) fn plan(listing: &dyn Listing, cells: &[Vec<Cell>], width: u16) -> Vec<Place> {
    let room = width.saturating_sub(GUTTER);
    let mut places: Vec<Place> = (0..listing.columns())
        .filter_map(|column| {
            let heading = listing.heading(column)?;
            let width = match heading.align {
                Align::Left => heading.width,
                Align::Right => heading.width.max(need(cells, column)),
            };
            Some(Place { column, heading, x: 0, width })
        })
        .collect();
    while taken(&places) > room && places.len() > 1 {
        let least = places.iter().enumerate().min_by_key(|(at, it)| {
            // Of two that matter alike the right one goes.
            (it.heading.priority, std::cmp::Reverse(*at))
        });
        let Some((at, _)) = least else { break };
        places.remove(at);
    }
    widen(&mut places, cells, room);
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

/// Gives what is left to texts that are cut, then to the elastic column.
fn widen(places: &mut [Place], cells: &[Vec<Cell>], room: u16) {
    let mut left = room.saturating_sub(taken(places));
    for place in places.iter_mut().filter(|it| !it.heading.is_elastic) {
        let more = need(cells, place.column).saturating_sub(place.width).min(left);
        place.width = place.width.saturating_add(more);
        left = left.saturating_sub(more);
    }
    if let Some(place) = places.iter_mut().find(|it| it.heading.is_elastic) {
        place.width = place.width.saturating_add(left);
    }
}
