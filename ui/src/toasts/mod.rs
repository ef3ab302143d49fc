//! What is told in passing: one line, and how many more there are.

mod watch;

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use unicode_width::UnicodeWidthStr as _;

use crate::event::Refused;
use crate::screen::Screen;
use crate::theme::{Glyph, Role};
use crate::view::Moment;
use crate::widgets::text::truncate;

/// What kind of news it is.
pub use crate::view::Severity as Kind;
pub use watch::watch;

use watch::Seen;

/// News that come so shortly before the answer to a key belong to it, in nanoseconds.
const TOGETHER: Moment = 1_000_000_000;
/// The most that wait; beyond, the oldest goes, an error last.
const COUNT_MAX: usize = 50;

/// What was told and is still to be seen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Toasts {
    waiting: Vec<Toast>,
    seen: Seen,
}

/// Something that was told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Toast {
    /// What kind of news it is.
    pub kind: Kind,
    /// What it says.
    pub text: String,
    /// Since when it has been shown.
    since: Option<Moment>,
    /// Whether it answers a key.
    is_answer: bool,
}

impl Toast {
    /// How long it is shown, in nanoseconds.
    const fn lasts(&self) -> Moment {
        let seconds = match self.kind {
            Kind::Ok => 2,
            Kind::Info => 3,
            Kind::Warn => 6,
            Kind::Error => 12,
        };
        seconds * 1_000_000_000
    }

    fn is_over(&self, now: Moment) -> bool {
        self.since.is_some_and(|it| now.saturating_sub(it) >= self.lasts())
    }
}

impl Toasts {
    /// Answers a key. What earlier keys were answered goes, so that nobody takes it for the answer
    /// to this one; errors stay.
    pub fn push(&mut self, kind: Kind, text: impl Into<String>) {
        self.waiting.retain(|it| !it.is_answer || it.kind == Kind::Error);
        self.add(kind, &text.into(), true);
    }

    /// Tells what happened without a key.
    pub fn push_news(&mut self, kind: Kind, text: impl Into<String>) {
        self.add(kind, &text.into(), false);
    }

    /// The same text that is still there is not told twice.
    fn add(&mut self, kind: Kind, text: &str, is_answer: bool) {
        let text: String = text.chars().map(|it| if it.is_control() { ' ' } else { it }).collect();
        if text.trim().is_empty() {
            return;
        }
        self.waiting.retain(|it| (it.kind, it.text.as_str()) != (kind, text.as_str()));
        if self.waiting.len() >= COUNT_MAX {
            let least = self.waiting.iter().position(|it| it.kind != Kind::Error).unwrap_or(0);
            self.waiting.remove(least);
        }
        self.waiting.push(Toast { kind, text, since: None, is_answer });
    }

    /// Tells why something was not done, unless an order that was refused for it is told already.
    pub(crate) fn push_answer(&mut self, refused: &Refused) {
        let reason = format!("{} ({})", refused.text, refused.code);
        let is_told = |it: &Toast| it.kind == Kind::Error && it.text.contains(&reason);
        if !self.waiting.iter().any(is_told) {
            self.push(Kind::Error, refused.text.clone());
        }
    }

    /// Takes an answer away that says no more than the order that is told now.
    fn forget_answer(&mut self, reason: &str) {
        let is_same = |it: &Toast| {
            let rest = reason.strip_prefix(it.text.as_str());
            it.kind == Kind::Error
                && rest.is_some_and(|it| it.starts_with(" (") && it.ends_with(')'))
        };
        self.waiting.retain(|it| !is_same(it));
    }

    /// The one that is shown: since the last answer to a key, the newest warning, or error in its
    /// first seconds, else the newest of all. What became of a key is seen at once, also while an
    /// error waits to be seen.
    pub fn shown(&self) -> Option<&Toast> {
        self.waiting.get(self.place()?)
    }

    fn place(&self) -> Option<usize> {
        let is_fresh = |it: &Toast| it.since != Some(Moment::MIN);
        let is_strong = |it: &Toast| it.kind >= Kind::Warn && is_fresh(it);
        let answer = self.waiting.iter().rposition(|it| it.is_answer && is_fresh(it));
        let since = answer.and_then(|it| self.waiting.get(it)?.since);
        // What came with the answer belongs to it.
        let is_of_it = |at: usize, it: &Toast| {
            answer.is_none_or(|answer| at >= answer)
                || it.since.zip(since).is_some_and(|(it, since)| since - it < TOGETHER)
        };
        let all = || self.waiting.iter().enumerate();
        let strong = all().rfind(|(at, it)| is_strong(it) && is_of_it(*at, it));
        // What was done is said by a fill, too, which says more.
        let fill = || all().rfind(|(_, it)| !it.is_answer && it.kind < Kind::Warn);
        strong.or_else(fill).or_else(|| all().next_back()).map(|it| it.0)
    }

    /// How many are there besides the one that is shown.
    pub fn more(&self) -> usize {
        self.waiting.len().saturating_sub(1)
    }

    /// Takes the one that is shown away. False where there is none.
    pub fn dismiss(&mut self) -> bool {
        let Some(place) = self.place() else { return false };
        self.waiting.remove(place);
        true
    }

    /// Takes all away, oldest first: somebody tells them in another way.
    pub fn take(&mut self) -> Vec<Toast> {
        std::mem::take(&mut self.waiting)
    }

    /// Whether there is nothing to show.
    pub fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }
}

/// Takes those away that were shown long enough. Errors stay until they are dismissed; after their
/// time, others may be shown before them.
pub fn tick(screen: &mut Screen, now: Moment) {
    let toasts = &mut screen.toasts;
    for toast in &mut toasts.waiting {
        toast.since = toast.since.or(Some(now));
        if toast.kind == Kind::Error && toast.is_over(now) {
            toast.since = Some(Moment::MIN);
        }
    }
    toasts.waiting.retain(|it| it.kind == Kind::Error || !it.is_over(now));
}

/// Draws the one that is shown into a line.
pub fn draw(frame: &mut Frame<'_>, area: Rect, screen: &Screen) {
    let (look, area) = (&screen.look, area.intersection(frame.area()));
    let Some(toast) = screen.toasts.shown() else { return };
    let (role, glyph, word) = match toast.kind {
        Kind::Ok => (Role::ToastOk, Glyph::Ok, "toast.ok"),
        Kind::Info => (Role::ToastInfo, Glyph::Flat, "toast.info"),
        Kind::Warn => (Role::ToastWarn, Glyph::Wait, "toast.warn"),
        Kind::Error => (Role::ToastError, Glyph::Bad, "toast.error"),
    };
    let mut tail = String::new();
    if screen.toasts.more() > 0 {
        tail = look.fill("toast.more", &[("count", &screen.toasts.more().to_string())]);
    }
    if toast.kind == Kind::Error {
        tail = format!("{tail}  {}", look.text("toast.dismiss"));
    }
    let head = format!("{} {}: ", look.glyph(glyph), look.text(word));
    let taken = head.width() + tail.width() + 2;
    let text = truncate(&toast.text, usize::from(area.width).saturating_sub(taken).max(8));
    let line = Line::from(vec![
        Span::styled(format!("{head}{text}"), look.style(role)),
        Span::styled(format!("  {tail}"), look.style(Role::KeyHint)),
    ]);
    for y in area.y..area.bottom().min(area.y.saturating_add(1)) {
        frame.buffer_mut().set_line(area.x, y, &line, area.width);
    }
}

#[cfg(test)]
mod tests;
