//! How a form looks.

use ratatui::Frame;
use ratatui::style::Modifier;
use ratatui::text::{Line, Span};
use unicode_width::UnicodeWidthStr as _;

use crate::screen::Screen;
use crate::theme::{Glyph, Role};
use crate::view::{Side, View};
use crate::widgets::popup::{self, Popup};
use crate::widgets::text::{pad_right, truncate};

use super::fields::Sort;
use super::read::Reader;
use super::{Form, Kind, Name};

/// Cells of the text, where the terminal has them.
const WIDTH: u16 = 66;

/// Draws it.
pub fn draw(frame: &mut Frame<'_>, form: &Form, screen: &Screen, view: &View) {
    let reader = Reader { form, look: &screen.look, view };
    let width = popup::room(frame.area(), WIDTH);
    let page = Page { reader, screen, width: usize::from(width) };
    let (mut lines, mut focus) = (Vec::new(), 0);
    for name in form.visible() {
        if form.focus == Some(name) {
            focus = lines.len();
        }
        lines.extend(page.field(name));
    }
    if frame.area().height >= 16 {
        lines.push(Line::default());
    }
    lines.extend(page.wrapped(reader.sentence().as_deref(), Role::TextStrong));
    if form.focus.is_none() {
        focus = lines.len();
    }
    lines.extend(page.button());
    lines.extend(page.wrapped(form.refusal.as_deref(), Role::FormError));
    lines.push(Line::styled(
        screen.look.text("form.keys").into_owned(),
        screen.look.style(Role::FormHint),
    ));
    let title = page.title();
    let is_danger = form.kind == Kind::Login && reader.yes_no(Name::Production) == Ok(true);
    Popup { title, lines, focus, width, is_danger }.draw(frame, &screen.look);
}

struct Page<'a> {
    reader: Reader<'a>,
    screen: &'a Screen,
    width: usize,
}

impl Page<'_> {
    fn title(&self) -> String {
        let kind = &self.reader.form.kind;
        let id = match kind {
            Kind::Condition(Some(id)) | Kind::Amend(id) => id.as_str(),
            Kind::Protect(it) => it.id.as_str(),
            _ => "",
        };
        self.reader.look.fill(kind.title(), &[("id", id)])
    }

    /// What belongs to the line above it.
    fn indented(&self, text: &str, role: Role) -> Vec<Line<'static>> {
        let indent = usize::from(self.width > 30) * 4;
        let style = self.reader.look.style(role);
        let parts = popup::wrap(text, self.width.saturating_sub(indent));
        let parts = parts.into_iter().map(|it| format!("{:indent$}{it}", ""));
        parts.map(|it| Line::styled(it, style)).collect()
    }

    fn wrapped(&self, text: Option<&str>, role: Role) -> Vec<Line<'static>> {
        let Some(text) = text else { return Vec::new() };
        let style = self.reader.look.style(role);
        popup::wrap(text, self.width).into_iter().map(|it| Line::styled(it, style)).collect()
    }

    /// Cells of the labels: the longest of those that are shown.
    fn label_width(&self) -> usize {
        let labels = self.reader.form.visible().into_iter();
        let widths = labels.map(|it| self.reader.look.text(it.label()).width());
        widths.max().unwrap_or(0).min(self.width / 2)
    }

    fn field(&self, name: Name) -> Vec<Line<'static>> {
        let (form, look) = (self.reader.form, self.reader.look);
        let Some(entry) = form.entry(name) else { return Vec::new() };
        let has_focus = form.focus == Some(name);
        let problem = self.reader.problem(name);
        let sign = match (&problem, has_focus) {
            (_, true) => look.glyph(Glyph::Here),
            (Some(_), false) => look.glyph(Glyph::Bad),
            (None, false) => look.glyph(Glyph::Ok),
        };
        let label = pad_right(&look.text(name.label()), self.label_width());
        let mut spans = vec![Span::styled(format!("{sign} {label} "), look.style(Role::FormLabel))];
        let room = self.width.saturating_sub(self.label_width() + 4);
        spans.extend(self.value(entry, has_focus, room));
        let mut lines = vec![Line::from(spans)];
        // An empty field is no mistake yet; the button says that it is missing.
        match problem.filter(|_| !entry.field.is_empty()) {
            Some(text) => lines.extend(self.indented(&text, Role::FormError)),
            None if has_focus => {
                lines.extend(self.indented(&self.help(name), Role::FormHint));
            }
            None => (),
        }
        lines
    }

    fn help(&self, name: Name) -> String {
        let accounts = self.reader.view.machine.accounts.join(", ");
        let item = self.reader.quote();
        let last = item.and_then(|it| it.last).map(|it| self.reader.show(it));
        let values = [("accounts", accounts.as_str()), ("last", last.as_deref().unwrap_or("-"))];
        self.reader.look.fill(name.help(), &values)
    }

    /// What is typed with the cursor in it, or the default; then how it is read.
    fn value(&self, entry: &super::Entry, has_focus: bool, room: usize) -> Vec<Span<'static>> {
        let look = self.reader.look;
        let (shown, before) = entry.field.shown();
        let is_default = entry.field.is_empty() && entry.name.sort() != Sort::Secret;
        let text = if is_default { entry.default.clone() } else { shown };
        let role = if is_default { Role::TextMuted } else { Role::FormValue };
        let style = look.style(role);
        let mut spans = Vec::new();
        if has_focus {
            let (head, at, tail) = cut(&text, if is_default { 0 } else { before }, room);
            let cursor = look.style(Role::FormCursor).add_modifier(Modifier::REVERSED);
            spans.push(Span::styled(head, style));
            spans.push(Span::styled(at, cursor));
            spans.push(Span::styled(tail, style));
        } else {
            spans.push(Span::styled(truncate(&text, room).into_owned(), style));
        }
        if let Some((echo, role)) = self.echo(entry.name, &text) {
            spans.push(Span::styled(format!("  {echo}"), look.style(role)));
        }
        spans
    }

    /// How the machine reads a field, where that is not what stands there.
    fn echo(&self, name: Name, text: &str) -> Option<(String, Role)> {
        let look = self.reader.look;
        match name {
            Name::Side => match self.reader.side().ok()? {
                Side::Buy => Some((look.text("form.buy").into_owned(), Role::OrderBuy)),
                Side::Sell => Some((look.text("form.sell").into_owned(), Role::OrderSell)),
            },
            Name::Production | Name::Following => {
                let key = if self.reader.yes_no(name).ok()? { "form.yes" } else { "form.no" };
                Some((look.text(key).into_owned(), Role::FormHint))
            }
            Name::Trigger => {
                let shown = self.reader.show(self.reader.trigger().ok()?);
                (shown != text).then(|| (format!("= {shown}"), Role::FormHint))
            }
            Name::Price => match self.reader.price().ok()? {
                None => Some((look.text("form.at_market").into_owned(), Role::FormHint)),
                Some(price) => {
                    let shown = self.reader.show(price);
                    (shown != text).then(|| (format!("= {shown}"), Role::FormHint))
                }
            },
            _ => None,
        }
    }

    fn button(&self) -> Vec<Line<'static>> {
        let (form, look) = (self.reader.form, self.reader.look);
        let has_focus = form.focus.is_none();
        if form.sent.is_some() {
            return self.wrapped(Some(&look.text("form.waits")), Role::StatusInfo);
        }
        let held_back = self.reader.held_back(self.screen);
        let label = look.text(form.kind.button());
        let state = (has_focus, held_back.is_none());
        let mut lines = vec![super::super::confirm::button(look, &label, state)];
        if let Some(why) = held_back {
            let text = format!("{} {why}", look.glyph(Glyph::Bad));
            lines.extend(self.indented(&text, Role::StatusWarn));
        }
        lines
    }
}

/// A text parted at its cursor, as much of it as there is room for around it.
fn cut(text: &str, before: usize, room: usize) -> (String, String, String) {
    use unicode_segmentation::UnicodeSegmentation as _;
    let (mut head, mut at, mut tail, mut width) = (String::new(), None, String::new(), 0);
    for grapheme in text.graphemes(true) {
        match (&at, width < before) {
            (None, true) => head.push_str(grapheme),
            (None, false) => at = Some(grapheme.to_owned()),
            (Some(_), _) => tail.push_str(grapheme),
        }
        width += grapheme.width();
    }
    let at = at.unwrap_or_else(|| " ".to_owned());
    // The end of a long text is what is being typed.
    while head.width() + at.width() > room.max(2) && !head.is_empty() {
        let first = head.graphemes(true).next().map_or(0, str::len);
        head.drain(..first);
    }
    let left = room.saturating_sub(head.width() + at.width());
    (head, at, truncate(&tail, left).into_owned())
}
