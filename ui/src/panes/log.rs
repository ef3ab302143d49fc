//! What the program logs, by target and level.

use std::fmt;

use ratatui::Frame;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, Widget};
use tui_logger::{
    ExtLogRecord, LevelFilter, LogFormatter, TuiLoggerTargetWidget, TuiLoggerWidget,
    TuiWidgetEvent, TuiWidgetState,
};

use super::Told;
use crate::keys::Act;
use crate::look::Look;
use crate::pane::Pane;
use crate::screen::Screen;
use crate::theme::Role;
use crate::view::{Moment, View};
use crate::widgets::frame::pane_block;
use crate::widgets::text;

/// Cells of the list of targets.
const TARGETS: u16 = 26;
/// Narrower than this, the list of targets takes the whole pane.
const BOTH: u16 = 60;
/// Cells left of a wrapped line's later parts.
const INDENT: usize = 2;
/// The most lines that a record takes.
const LINES_MAX: usize = 20;

/// What the user is looking at in it.
#[derive(Default)]
pub struct State {
    /// Levels by target, and the place in the log.
    widget: TuiWidgetState,
    /// Whether targets are chosen: then the keys move in their list.
    is_choosing: bool,
}

impl fmt::Debug for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("State").field("is_choosing", &self.is_choosing).finish_non_exhaustive()
    }
}

/// What its own keys do.
pub(super) fn update(screen: &mut Screen, act: Act) -> Told {
    let log = &mut screen.log;
    let is_choosing = log.is_choosing;
    let event = match act {
        Act::LogTarget => {
            log.is_choosing = !is_choosing;
            return Told::Done(Vec::new());
        }
        Act::Back if is_choosing => {
            log.is_choosing = false;
            return Told::Done(Vec::new());
        }
        Act::LogMore | Act::Right => TuiWidgetEvent::RightKey,
        Act::LogLess | Act::Left => TuiWidgetEvent::LeftKey,
        Act::Open if is_choosing => TuiWidgetEvent::FocusKey,
        Act::Up if is_choosing => TuiWidgetEvent::UpKey,
        Act::Down if is_choosing => TuiWidgetEvent::DownKey,
        Act::Up | Act::PageUp | Act::Top => TuiWidgetEvent::PrevPageKey,
        Act::Down | Act::PageDown => TuiWidgetEvent::NextPageKey,
        Act::Bottom | Act::Back => TuiWidgetEvent::EscapeKey,
        _ => return Told::NotMine,
    };
    log.widget.transition(event);
    Told::Done(Vec::new())
}

/// Draws it.
pub(super) fn draw<'a>(
    frame: &mut Frame<'_>,
    area: Rect,
    (screen, view): (&'a Screen, &View),
    title: impl Into<Line<'a>>,
) {
    let block = pane_block(screen, view, Pane::Log, title);
    let inner = block.inner(area).intersection(frame.area());
    block.render(area, frame.buffer_mut());
    if inner.is_empty() {
        return;
    }
    let buffer = frame.buffer_mut();
    if !screen.log.is_choosing {
        return draw_log(buffer, inner, screen, view);
    }
    let width = if inner.width < BOTH { inner.width } else { TARGETS };
    let left = Rect { width, ..inner };
    let right = Rect {
        x: left.right().saturating_add(1),
        width: inner.width.saturating_sub(width.saturating_add(1)),
        ..inner
    };
    draw_log(buffer, right, screen, view);
    draw_targets(buffer, left, screen);
}

fn draw_log(buffer: &mut Buffer, area: Rect, screen: &Screen, view: &View) {
    if area.is_empty() {
        return;
    }
    let formatter = Lines::new(&screen.look, view);
    let widget = TuiLoggerWidget::default()
        .formatter(Box::new(formatter))
        .style(screen.look.style(Role::Text))
        .state(&screen.log.widget);
    scratch(buffer, area, widget);
}

fn draw_targets(buffer: &mut Buffer, area: Rect, screen: &Screen) {
    let look = &screen.look;
    let widget = TuiLoggerTargetWidget::default()
        .block(
            Block::new().title(look.text("log.targets")).title_style(look.style(Role::TableHeader)),
        )
        .style(look.style(Role::Text))
        .style_show(look.style(Role::StatusOk))
        .style_hide(look.style(Role::TextDisabled))
        .style_off(look.style(Role::TextDisabled))
        .highlight_style(look.style(Role::SurfaceSelected))
        .state(&screen.log.widget);
    scratch(buffer, area, widget);
}

/// Draws a widget that might write beyond its area.
fn scratch(buffer: &mut Buffer, area: Rect, widget: impl Widget) {
    let mut own = Buffer::empty(area);
    own.set_style(
        area,
        buffer.cell((area.x, area.y)).map(ratatui::buffer::Cell::style).unwrap_or_default(),
    );
    widget.render(area, &mut own);
    for place in area.positions() {
        if let (Some(to), Some(from)) = (buffer.cell_mut(place), own.cell(place)) {
            *to = from.clone();
        }
    }
}

/// How a record is written: time, level, target, text, cut into lines by cells.
struct Lines {
    styles: [(LevelFilter, Style); 5],
    muted: Style,
    now: Moment,
    offset_s: i32,
}

impl Lines {
    fn new(look: &Look, view: &View) -> Lines {
        let styles = [
            (LevelFilter::Error, Role::LogError),
            (LevelFilter::Warn, Role::LogWarn),
            (LevelFilter::Info, Role::LogInfo),
            (LevelFilter::Debug, Role::LogDebug),
            (LevelFilter::Trace, Role::LogTrace),
        ]
        .map(|(level, role)| (level, look.style(role)));
        let muted = look.style(Role::TextMuted);
        Lines { styles, muted, now: view.now, offset_s: view.offset_s }
    }

    fn style(&self, level: LevelFilter) -> Style {
        self.styles.iter().find(|it| it.0 == level).map(|it| it.1).unwrap_or_default()
    }

    fn lines(
        &self,
        width: usize,
        moment: Moment,
        level: LevelFilter,
        (target, message): (&str, &str),
    ) -> Vec<Line<'static>> {
        let time = text::when(moment, self.now, self.offset_s);
        let head = format!("{time} {level:<5} {target}: ");
        let text: String =
            message.chars().map(|it| if it.is_control() { ' ' } else { it }).collect();
        let style = self.style(level);
        let mut parts = wrap(&format!("{head}{text}"), width);
        let first = parts.remove(0);
        let at = time.len().min(first.len());
        let (time, rest) = first.split_at_checked(at).unwrap_or((&first, ""));
        let mut lines = vec![Line::from(vec![
            Span::styled(time.to_owned(), self.muted),
            Span::styled(rest.to_owned(), style),
        ])];
        lines.extend(parts.into_iter().map(|it| Line::from(Span::styled(it, style))));
        lines
    }
}

impl LogFormatter for Lines {
    fn min_width(&self) -> u16 {
        1
    }

    fn format(&self, width: usize, record: &ExtLogRecord) -> Vec<Line<'_>> {
        let moment = i64::try_from(record.timestamp.timestamp().as_nanosecond()).unwrap_or(0);
        self.lines(width, moment, record.level.to_level_filter(), (record.target(), record.msg()))
    }
}

/// Cuts a text into lines of at most so many cells, the later ones indented. Never empty.
fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut rest = text;
    while lines.len() < LINES_MAX {
        let indent = if lines.is_empty() || width <= INDENT * 2 { 0 } else { INDENT };
        let part = text::head(rest, width.saturating_sub(indent));
        if part.is_empty() {
            break;
        }
        lines.push(format!("{}{part}", " ".repeat(indent)));
        rest = rest.get(part.len()..).unwrap_or_default();
    }
    if lines.is_empty() {
        return vec![String::new()];
    }
    // What is left out is not left out silently.
    if let Some(last) = lines.last_mut().filter(|_| !rest.is_empty()) {
        let cells = width.min(text::width(last));
        *last = text::truncate(&format!("{last} "), cells).into_owned();
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::panes::tests::look;
    use crate::view::fixture;

    #[test]
    fn a_record_is_cut_by_cells_and_loses_nothing() {
        let lines = Lines::new(&look(), &fixture::view());
        let message = "委託被交易所拒絕：保證金不足";
        for width in 1..100 {
            let record =
                lines.lines(width, fixture::NOW, LevelFilter::Warn, ("aftm::gateway", message));
            assert!(!record.is_empty());
            assert!(record.iter().all(|it| it.width() <= width), "{width}");
            let text: String = record.iter().map(ToString::to_string).collect();
            let text: String = text.split_whitespace().collect();
            let whole: String =
                format!("09:31:02WARNaftm::gateway:{message}").split_whitespace().collect();
            assert!(width < 7 || text == whole, "{width}: {text}");
        }
    }

    #[test]
    fn a_record_cannot_write_beyond_its_lines() {
        let lines = Lines::new(&look(), &fixture::view());
        let record =
            lines.lines(80, fixture::NOW, LevelFilter::Info, ("child.strategy", "a\nb\x1b[2Jc"));
        assert_eq!(record.len(), 1);
        assert!(!record[0].to_string().contains(char::is_control));
    }
}
