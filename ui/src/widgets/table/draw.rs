//! Draws the rows that fit.

use ratatui::Frame;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::Line;
use ratatui::widgets::{Paragraph, Widget, Wrap};

use super::plan::{Place, plan};
use super::sheet::{Align, Cell, Context, Listing};
use super::{Seen, Table, filter};
use crate::look::Look;
use crate::screen::Screen;
use crate::theme::{Glyph, Role};
use crate::view::View;
use crate::widgets::frame::pane_block;
use crate::widgets::text;

/// Draws a table with its border; where not all rows fit, the border says which are shown.
pub fn draw<'a>(
    frame: &mut Frame<'_>,
    area: Rect,
    (screen, view): (&'a Screen, &View),
    listing: &dyn Listing,
    seen: &Seen,
    title: impl Into<Line<'a>>,
) {
    let mut block = pane_block(screen, view, listing.pane(), title);
    let inner = block.inner(area);
    if let Some(more) = more(screen, listing, seen, fits(inner)) {
        block = block.title_bottom(Line::from(more).right_aligned());
    }
    block.render(area, frame.buffer_mut());
    draw_rows(frame.buffer_mut(), inner, (screen, view), listing, seen);
}

/// A title: name, how many rows, and the filter: ` Orders 2/14 /TXF `.
pub fn title(screen: &Screen, name: &str, listing: &dyn Listing, seen: &Seen) -> String {
    let table = screen.table(listing.pane());
    let filter = match (table.is_filtering, table.filter.as_str()) {
        (false, "") => String::new(),
        (false, filter) => format!("/{filter} "),
        (true, filter) => format!("/{filter}_ "),
    };
    let (shown, all) = (seen.rows.len(), listing.rows());
    if table.filter.is_empty() {
        return format!(" {name} {all} {filter}");
    }
    format!(" {name} {shown}/{all} {filter}")
}

/// How many rows fit below the header of an area.
pub const fn fits(area: Rect) -> usize {
    area.height.saturating_sub(header(area)) as usize
}

/// One row alone is of more use than a header alone.
const fn header(area: Rect) -> u16 {
    if area.height > 1 { 1 } else { 0 }
}

/// The first row that is shown: the cursor stays in the middle where there are rows around it.
pub(super) fn first(table: &Table, seen: &Seen, fits: usize) -> usize {
    let cursor = seen.cursor.unwrap_or(table.place);
    cursor.saturating_sub(fits / 2).min(seen.rows.len().saturating_sub(fits))
}

/// Which rows are shown, where not all are.
fn more(screen: &Screen, listing: &dyn Listing, seen: &Seen, fits: usize) -> Option<String> {
    let all = seen.rows.len();
    if all <= fits || fits == 0 {
        return None;
    }
    let first = first(&screen.table(listing.pane()), seen, fits);
    let above = if first > 0 { screen.look.glyph(Glyph::Up) } else { " " };
    let below = if first + fits < all { screen.look.glyph(Glyph::Down) } else { " " };
    Some(format!("{above} {}-{}/{all} {below}", first + 1, first + fits))
}

/// Draws header and rows, without a border.
pub fn draw_rows(
    buffer: &mut Buffer,
    area: Rect,
    (screen, view): (&Screen, &View),
    listing: &dyn Listing,
    seen: &Seen,
) {
    let table = screen.table(listing.pane());
    let has_focus = screen.focus == listing.pane();
    let sight = Sight { table: &table, seen, has_focus };
    draw_sight(buffer, area, &Context::shown(&screen.look, view), listing, &sight);
}

/// A table, what it shows, and whether it shows its cursor.
pub struct Sight<'a> {
    /// Cursor, order and filter.
    pub table: &'a Table,
    /// The rows that are shown.
    pub seen: &'a Seen,
    /// Whether keys go to it.
    pub has_focus: bool,
}

/// Draws header and rows of a table that may belong to no pane.
pub fn draw_sight(
    buffer: &mut Buffer,
    area: Rect,
    context: &Context<'_>,
    listing: &dyn Listing,
    &Sight { table, seen, has_focus }: &Sight<'_>,
) {
    let area = area.intersection(buffer.area);
    if area.is_empty() {
        return;
    }
    let look = context.look;
    if seen.rows.is_empty() {
        return draw_empty(buffer, area, look, table, listing);
    }
    let first = first(table, seen, fits(area));
    let shown: Vec<usize> = seen.rows.iter().skip(first).take(fits(area)).copied().collect();
    let cells: Vec<Vec<Cell>> = shown
        .iter()
        .map(|row| (0..listing.columns()).map(|at| listing.cell(*row, at, context)).collect())
        .collect();
    let places = plan(listing, &cells, look, area.width);
    let mut rows = area.rows();
    if header(area) > 0 {
        rows.next().into_iter().for_each(|row| draw_header(buffer, row, look, table, &places));
    }
    for (at, ((area, row), cells)) in rows.zip(&shown).zip(&cells).enumerate() {
        let is_cursor = has_focus && seen.cursor == Some(first + at);
        let is_striped = (first + at) % 2 == 1;
        let role = listing.role(*row);
        let line = RowLine { area, cells, is_cursor, is_striped, role, filter: &table.filter };
        line.draw(buffer, look, &places);
    }
}

/// Says why there are no rows.
fn draw_empty(buffer: &mut Buffer, area: Rect, look: &Look, table: &Table, listing: &dyn Listing) {
    let text = if listing.rows() > 0 {
        look.fill("table.nothing_found", &[("filter", table.filter.trim())])
    } else {
        listing.empty().to_owned()
    };
    let style = look.style(Role::TextMuted);
    let (left, width) = (area.x.saturating_add(1), area.width.saturating_sub(1));
    let area = Rect { x: left, width, ..area };
    Paragraph::new(text).style(style).wrap(Wrap { trim: true }).render(area, buffer);
}

fn draw_header(buffer: &mut Buffer, area: Rect, look: &Look, table: &Table, places: &[Place]) {
    let style = look.style(Role::TableHeader);
    buffer.set_style(area, style);
    for place in places {
        let name = look.text(place.heading.key);
        let cells = usize::from(place.width);
        let sort = table.sort.as_ref().filter(|it| it.column == place.heading.key);
        let name = match sort {
            None => text::truncate(&name, cells).into_owned(),
            Some(sort) => {
                let glyph = if sort.is_down { Glyph::Down } else { Glyph::Up };
                let glyph = look.glyph(glyph);
                let name = text::truncate(&name, cells.saturating_sub(text::width(glyph)));
                format!("{name}{glyph}")
            }
        };
        put(buffer, area, place, &name, style);
    }
}

/// A row of the screen.
struct RowLine<'a> {
    area: Rect,
    cells: &'a [Cell],
    is_cursor: bool,
    is_striped: bool,
    role: Role,
    filter: &'a str,
}

impl RowLine<'_> {
    fn draw(&self, buffer: &mut Buffer, look: &Look, places: &[Place]) {
        let ground = match (self.is_cursor, self.is_striped) {
            (true, _) => look.style(Role::SurfaceSelected),
            (false, true) => look.style(Role::TableStripe),
            (false, false) => Style::default(),
        };
        buffer.set_style(self.area, look.style(self.role).patch(ground));
        if self.is_cursor {
            let sign = look.glyph(Glyph::Here);
            buffer.set_stringn(self.area.x, self.area.y, sign, 1, Style::default());
        }
        for place in places {
            let Some(cell) = self.cells.get(place.column) else { continue };
            let shown = match place.heading.align {
                Align::Left => text::truncate(&cell.text, usize::from(place.width)),
                Align::Right => text::number(&cell.text, usize::from(place.width)),
            };
            let style = look.style(cell.role.unwrap_or(self.role)).patch(ground);
            let column = put(buffer, self.area, place, &shown, style);
            self.mark(buffer, look, &shown, column);
        }
    }

    /// Marks what the filter found.
    fn mark(&self, buffer: &mut Buffer, look: &Look, shown: &str, column: u16) {
        for word in self.filter.split_whitespace() {
            let Some(found) = filter::find(shown, word) else { continue };
            let (before, found) = (shown.get(..found.start), shown.get(found));
            let (Some(before), Some(found)) = (before, found) else { continue };
            let area = Rect {
                x: column.saturating_add(cells(before)),
                y: self.area.y,
                width: cells(found),
                height: 1,
            };
            buffer.set_style(area.intersection(self.area), look.style(Role::Match));
        }
    }
}

fn cells(text: &str) -> u16 {
    u16::try_from(text::width(text)).unwrap_or(u16::MAX)
}

/// Writes a text into its place, and says where it begins.
fn put(buffer: &mut Buffer, area: Rect, place: &Place, text: &str, style: Style) -> u16 {
    let left = match place.heading.align {
        Align::Left => 0,
        Align::Right => place.width.saturating_sub(cells(text)),
    };
    let column = area.x.saturating_add(place.x).saturating_add(left);
    let room = area.right().saturating_sub(column).min(place.width.saturating_sub(left));
    if room > 0 {
        buffer.set_stringn(column, area.y, text, usize::from(room), style);
    }
    column
}
