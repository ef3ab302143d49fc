//! Processes, sockets, speeds, and the limits that are nearest.

use std::borrow::Cow;

use ratatui::Frame;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::widgets::Widget;

use super::cells::{nearness, nothing};
use crate::look::Look;
use crate::pane::Pane;
use crate::screen::Screen;
use crate::theme::{Glyph, Role};
use crate::view::{Limit, Process, Socket, View, nano};
use crate::widgets::frame::pane_block;
use crate::widgets::table::{self, Cell, Column, Context, Key, Seen, Sheet};
use crate::widgets::text;

/// The processes.
pub(super) fn sheet<'a>(screen: &Screen, view: &'a View) -> Sheet<&'a Process> {
    Sheet {
        pane: Pane::Health,
        columns: columns(),
        rows: view.health.processes.iter().collect(),
        id: |row| Cow::Borrowed(&row.name),
        role: |_| Role::Text,
        empty: screen.look.text("health.empty").into_owned(),
    }
}

fn columns<'a>() -> Vec<Column<&'a Process>> {
    vec![
        Column::text(
            ("health.process", 8, 9),
            |row: &&Process, _| Cell::plain(row.name.clone()),
            |row| Key::text(&row.name),
        ),
        Column::text(("health.state", 8, 9), state, |row| Key::text(&row.state)),
        Column::number(
            ("health.beat", 5, 8),
            |row, context| Cell::plain(row.beat_age_ms.map_or_else(|| nothing(context), text::age)),
            |row| Key::number(row.beat_age_ms),
        ),
        Column::number(("health.restarts", 3, 7), restarts, |row| Key::number(Some(row.restarts))),
        Column::number(
            ("health.pid", 5, 5),
            |row, context| {
                Cell::plain(row.pid.map_or_else(|| nothing(context), |it| it.to_string()))
            },
            |row| Key::number(row.pid),
        ),
        Column::number(
            ("health.cpu", 6, 6),
            |row, context| Cell::plain(row.cpu_permille.map_or_else(|| nothing(context), percent)),
            |row| Key::number(row.cpu_permille),
        ),
        Column::number(
            ("health.memory", 6, 4),
            |row, context| Cell::plain(row.memory.map_or_else(|| nothing(context), bytes)),
            |row| Key::number(row.memory),
        ),
    ]
}

/// Its state in a word; one that should run and does not has a sign.
fn state(row: &&Process, context: &Context<'_>) -> Cell {
    let word = state_word(context.look, &row.state);
    let (glyph, role) = match (row.is_bad, row.is_well) {
        (true, _) => (Glyph::Bad, Role::StatusDanger),
        (false, true) => (Glyph::Ok, Role::StatusOk),
        (false, false) => (Glyph::Wait, Role::StatusOffline),
    };
    if context.is_saved {
        return Cell::plain(word);
    }
    Cell::new(format!("{}{word}", context.look.glyph(glyph)), role)
}

/// The word for the state of a process; a state without one says its own.
pub(crate) fn state_word(look: &Look, state: &str) -> String {
    let key = format!("health.state_{}", state.replace(' ', "_"));
    let word = look.text(&key);
    if word == key { state.to_owned() } else { word.into_owned() }
}

fn restarts(row: &&Process, _: &Context<'_>) -> Cell {
    let role = if row.restarts > 0 { Role::StatusWarn } else { Role::Text };
    Cell::new(row.restarts.to_string(), role)
}

/// Tenths of a percent as percent: `2.5%`.
fn percent(permille: u32) -> String {
    format!("{}.{}%", permille / 10, permille % 10)
}

/// Memory in at most six cells: `9.4M`.
fn bytes(bytes: u64) -> String {
    match bytes {
        0..1_000_000 => format!("{}k", bytes / 1_000),
        1_000_000..1_000_000_000 => format!("{}.{}M", bytes / 1_000_000, bytes / 100_000 % 10),
        _ => format!("{}.{}G", bytes / 1_000_000_000, bytes / 100_000_000 % 10),
    }
}

fn sockets<'a>(view: &'a View) -> Sheet<&'a Socket> {
    Sheet {
        pane: Pane::Health,
        columns: vec![
            Column::text(
                ("health.socket", 9, 8),
                |row: &&'a Socket, _| Cell::plain(row.name.clone()),
                |row| Key::text(&row.name),
            ),
            Column::text(
                ("health.place", 5, 6),
                |row, _| Cell::plain(row.place.clone()),
                |row| Key::text(&row.place),
            ),
            Column::number(
                ("health.rate", 5, 9),
                |row, _| Cell::plain(rate(row.rate_tenths)),
                |row| Key::number(Some(row.rate_tenths)),
            ),
            Column::number(
                ("health.drops", 4, 9),
                |row, context| counted(row.drops, context),
                |row| Key::number(Some(row.drops)),
            ),
            Column::number(
                ("health.queue", 4, 7),
                |row, _| Cell::plain(row.queue.to_string()),
                |row| Key::number(Some(row.queue)),
            ),
        ],
        rows: view.health.sockets.iter().collect(),
        id: |row| Cow::Borrowed(&row.name),
        role: |_| Role::Text,
        empty: String::new(),
    }
}

/// Messages in a second: `812`, `0.1`.
fn rate(tenths: u32) -> String {
    if tenths >= 100 || tenths == 0 {
        return nano(i64::from(tenths / 10).saturating_mul(1_000_000_000), 0);
    }
    format!("{}.{}", tenths / 10, tenths % 10)
}

/// A count that should be zero.
fn counted(value: u64, context: &Context<'_>) -> Cell {
    if value == 0 {
        return Cell::plain("0".to_owned());
    }
    let role = Role::StatusWarn;
    Cell::new(format!("{}{value}", context.look.glyph(Glyph::Bad)), role)
}

/// Draws it.
pub(super) fn draw(frame: &mut Frame<'_>, area: Rect, screen: &Screen, view: &View) {
    let sheet = sheet(screen, view);
    let seen = Seen::new(screen, view, &sheet);
    let name = screen.look.text("health.title");
    let title = table::title(screen, &name, &sheet, &seen);
    let block = pane_block(screen, view, Pane::Health, title);
    let inner = block.inner(area).intersection(frame.area());
    block.render(area, frame.buffer_mut());
    let buffer = frame.buffer_mut();
    let rows = u16::try_from(seen.rows.len().max(1)).unwrap_or(u16::MAX);
    let (processes, rest) = split(inner, rows.saturating_add(1));
    table::draw_rows(buffer, processes, (screen, view), &sheet, &seen);
    let rest = draw_sockets(buffer, rest, screen, view);
    let lines = speeds(screen, view).into_iter().chain(nearest(screen, view));
    for (row, (text, role)) in rest.rows().zip(lines) {
        put(buffer, row, &text, role, screen);
    }
}

fn draw_sockets(buffer: &mut Buffer, area: Rect, screen: &Screen, view: &View) -> Rect {
    let sheet = sockets(view);
    if sheet.rows.is_empty() {
        return area;
    }
    let rows = u16::try_from(sheet.rows.len()).unwrap_or(u16::MAX);
    let (sockets, rest) = split(area, rows.saturating_add(1));
    let seen = Seen { rows: (0..sheet.rows.len()).collect(), cursor: None };
    let table = table::Table::default();
    let sight = table::Sight { table: &table, seen: &seen, has_focus: false };
    let context = Context::shown(&screen.look, view);
    table::draw_sight(buffer, sockets, &context, &sheet, &sight);
    rest
}

/// The first rows of an area, and the others.
fn split(area: Rect, rows: u16) -> (Rect, Rect) {
    let rows = rows.min(area.height);
    let (y, height) = (area.y.saturating_add(rows), area.height.saturating_sub(rows));
    (Rect { height: rows, ..area }, Rect { y, height, ..area })
}

/// Ticks, orders, and what went wrong, a line each.
fn speeds(screen: &Screen, view: &View) -> Vec<(String, Role)> {
    let (look, health) = (&screen.look, &view.health);
    let aged = health.tick_age_ms.map_or_else(|| "-".to_owned(), text::age);
    let rate = health.ticks_per_second.to_string();
    let ticks = [("rate", rate.as_str()), ("age", aged.as_str())];
    let way = |it: Option<u64>| it.map_or_else(|| "-".to_owned(), text::short);
    let (half, most) = (way(health.round_trip_p50_us), way(health.round_trip_p99_us));
    let wrong = [
        ("gaps", health.gaps.to_string()),
        ("feed", health.feed_problems.to_string()),
        ("bad", health.bad_messages.to_string()),
    ];
    let wrong = wrong.each_ref().map(|(name, value)| (*name, value.as_str()));
    let is_clean = [health.gaps, health.feed_problems, health.bad_messages] == [0; 3];
    let bad = |text: String| format!("{} {text}", look.glyph(Glyph::Bad));
    let text = look.fill("health.wrong", &wrong);
    vec![
        match view.machine.feed_silent_ms {
            None => (look.fill("health.ticks", &ticks), Role::Text),
            Some(silent) => {
                let text = look.fill("health.silent", &[("age", &text::age(silent))]);
                (bad(text), Role::StatusDanger)
            }
        },
        (look.fill("health.orders", &[("half", &half), ("most", &most)]), Role::Text),
        if is_clean { (text, Role::Text) } else { (bad(text), Role::StatusWarn) },
    ]
}

/// The limits, the one that is used most first.
fn nearest(screen: &Screen, view: &View) -> Vec<(String, Role)> {
    let mut limits: Vec<&Limit> = view.limits.iter().collect();
    limits.sort_by_key(|it| std::cmp::Reverse(it.permille));
    let line = |it: &&Limit| {
        let (role, word) = nearness(it.permille);
        let word = word.map_or_else(String::new, |key| format!(" {}", screen.look.text(key)));
        let role = if word.is_empty() { Role::Text } else { role };
        (format!("{} {}/{}{word}", it.name, it.used, it.bound), role)
    };
    limits.iter().map(line).collect()
}

fn put(buffer: &mut Buffer, area: Rect, text: &str, role: Role, screen: &Screen) {
    let cells = usize::from(area.width.saturating_sub(1));
    let shown = text::truncate(text, cells);
    let x = area.x.saturating_add(1);
    if cells > 0 && buffer.cell((x, area.y)).is_some() {
        buffer.set_stringn(x, area.y, shown, cells, screen.look.style(role));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_and_sizes_take_few_cells() {
        assert_eq!(
            [0, 1, 99, 100, 8_120, 12_345_678].map(rate),
            ["0", "0.1", "9.9", "10", "812", "1,234,567"]
        );
        assert_eq!(
            [999, 9_400_000, 13_021_000, 2_500_000_000].map(bytes),
            ["0k", "9.4M", "13.0M", "2.5G"]
        );
        assert_eq!(percent(1_005), "100.5%");
    }
}
