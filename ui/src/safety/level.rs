//! The levels of arming and what disarms.

use crokey::KeyCombination;
use crossterm::event::MouseEventKind;

use crate::action::Action;
use crate::event::{Event, Press};
use crate::overlays::{confirm, kill, preview};
use crate::screen::Screen;
use crate::toasts::Kind;
use crate::view::{Connection, Environment, Moment, Trading, View};

/// Nanoseconds in a millisecond.
const MS: Moment = 1_000_000;
/// Without a key for so long, order keys no longer act.
const IDLE: Moment = 15 * 60_000 * MS;
/// With the terminal in the background for so long, order keys no longer act.
const AWAY: Moment = 60_000 * MS;
/// A key that comes again within this time is being held down, as far as anybody can tell.
const HELD: Moment = 150 * MS;
/// The same order is not sent twice within this time.
const TWICE: Moment = 300 * MS;
/// A key that is held down comes again only after this time at some terminals, which do not tell it
/// from a second press. Where keys send at once, the same one sends no second order before.
const AGAIN: Moment = 1_000 * MS;
/// Keys whose last press is remembered.
const KEYS_MAX: usize = 16;

/// Whether order keys act.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// They do not, and why.
    Disarmed(Why),
    /// They put an order into the bottom line; Enter sends it.
    Preview,
    /// They send.
    Instant,
}

/// Why order keys do not act.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// The screen has just started.
    Start,
    /// The trader disarmed.
    Asked,
    /// The kill menu was used.
    Killed,
    /// Trading is halted.
    Halted,
    /// Nobody is logged in, or the venue does not answer.
    Disconnected,
    /// No account is selected.
    NoAccount,
    /// Another account or user trades.
    Account,
    /// The feed is silent or has ended.
    Stale,
    /// No key came for a quarter of an hour.
    Idle,
    /// The terminal was in the background for a minute.
    Away,
}

impl Why {
    /// The key of its text.
    pub const fn key(self) -> &'static str {
        match self {
            Why::Start => "safety.why_start",
            Why::Asked => "safety.why_asked",
            Why::Killed => "safety.why_killed",
            Why::Halted => "safety.why_halted",
            Why::Disconnected => "safety.why_disconnected",
            Why::NoAccount => "safety.why_no_account",
            Why::Account => "safety.why_account",
            Why::Stale => "safety.why_stale",
            Why::Idle => "safety.why_idle",
            Why::Away => "safety.why_away",
        }
    }
}

impl Level {
    /// The key of its word, like `DISARMED`.
    pub const fn key(self) -> &'static str {
        match self {
            Level::Disarmed(_) => "safety.disarmed",
            Level::Preview => "safety.preview",
            Level::Instant => "safety.instant",
        }
    }

    /// Whether order keys act in some way.
    pub const fn is_armed(self) -> bool {
        !matches!(self, Level::Disarmed(_))
    }
}

/// Whether order keys act, and what is needed to know when they no longer may.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Safety {
    level: Level,
    /// Who and what was armed: another user or account disarms.
    armed_for: (Option<String>, Option<String>),
    /// When the last key came.
    touched: Moment,
    /// Since when the terminal has been in the background.
    away_since: Option<Moment>,
    /// When each key was last pressed.
    pressed: Vec<(KeyCombination, Moment)>,
    /// The key that is being handled; none where something else is.
    key: Option<KeyCombination>,
    /// The key that sent the last order at once, and when.
    sent_by: Option<(KeyCombination, Moment)>,
    /// The key that is being handled is held down.
    is_held: bool,
    /// Orders that were sent a moment ago.
    sent: Vec<(String, Moment)>,
    /// What the kill menu was told to do. It goes on when the menu is closed.
    pub(crate) kill: Option<kill::Run>,
}

impl Default for Safety {
    fn default() -> Safety {
        Safety {
            level: Level::Disarmed(Why::Start),
            armed_for: (None, None),
            touched: 0,
            away_since: None,
            pressed: Vec::new(),
            key: None,
            sent_by: None,
            is_held: false,
            sent: Vec::new(),
            kill: None,
        }
    }
}

impl Safety {
    /// Whether order keys act.
    pub const fn level(&self) -> Level {
        self.level
    }

    /// Whether the key that is being handled is held down: the terminal says so, or it came too
    /// soon after its last press.
    pub const fn is_held(&self) -> bool {
        self.is_held
    }

    /// Takes note of an order on its way. False where the same one has just left.
    pub(super) fn is_new(&mut self, line: &str, now: Moment) -> bool {
        self.sent.retain(|(_, when)| now.saturating_sub(*when) < TWICE);
        let is_new = !self.sent.iter().any(|(sent, _)| sent == line);
        if is_new {
            self.sent.push((line.to_owned(), now));
        }
        is_new
    }

    /// Whether the key that is being handled has just sent an order at once, so that it may still
    /// be the same press. Otherwise it is taken down as the one that sends now.
    pub(super) fn is_same_press(&mut self, now: Moment) -> bool {
        let Some(key) = self.key else { return false };
        let is_same =
            self.sent_by.is_some_and(|(by, when)| by == key && now.saturating_sub(when) < AGAIN);
        if !is_same {
            self.sent_by = Some((key, now));
        }
        is_same
    }

    fn press(&mut self, press: Press, now: Moment) {
        self.key = Some(press.key);
        let soon = |when: Moment| now.saturating_sub(when) < HELD;
        let last = self.pressed.iter().find(|(key, _)| *key == press.key);
        self.is_held = press.is_repeat || last.is_some_and(|(_, when)| soon(*when));
        self.pressed.retain(|(key, _)| *key != press.key);
        if self.pressed.len() >= KEYS_MAX {
            self.pressed.remove(0);
        }
        self.pressed.push((press.key, now));
        self.touched = now;
    }
}

/// Arms with a preview. Where real money moves, the end of the account is typed first.
pub fn arm(screen: &mut Screen, view: &View) -> Vec<Action> {
    if let Some(why) = blocked(view) {
        refuse(screen, why);
    } else if view.machine.environment == Environment::Live {
        confirm::arm(screen, view, Level::Preview);
    } else {
        armed(screen, view, Level::Preview);
    }
    Vec::new()
}

/// Arms so that order keys send at once, after a typed phrase. It ends with the session.
pub fn arm_instant(screen: &mut Screen, view: &View) -> Vec<Action> {
    match blocked(view) {
        Some(why) => refuse(screen, why),
        None => confirm::arm(screen, view, Level::Instant),
    }
    Vec::new()
}

/// Arms, where that may still be.
pub(crate) fn armed(screen: &mut Screen, view: &View, level: Level) {
    if let Some(why) = blocked(view) {
        return refuse(screen, why);
    }
    let machine = &view.machine;
    screen.safety.level = level;
    screen.safety.armed_for = (machine.user.clone(), machine.account.clone());
    screen.safety.touched = screen.now;
    screen.safety.away_since = None;
    let key = if level == Level::Instant { "safety.armed_instant" } else { "safety.armed_preview" };
    let account = machine.account.as_deref().unwrap_or_default();
    let text = screen.look.fill(key, &[("account", account)]);
    screen.toasts.push(Kind::Info, text);
}

fn refuse(screen: &mut Screen, why: Why) {
    let reason = screen.look.text(why.key());
    let text = screen.look.fill("safety.cannot_arm", &[("why", &reason)]);
    screen.toasts.push(Kind::Warn, text);
}

/// What the trader types to prove that the right account is meant: the last four digits, or the
/// last four characters of a name with fewer.
pub(crate) fn proof(account: &str) -> String {
    let digits: Vec<char> = account.chars().filter(char::is_ascii_digit).collect();
    let letters: Vec<char> = account.chars().collect();
    let of = if digits.len() >= 4 { &digits } else { &letters };
    of.get(of.len().saturating_sub(4)..).unwrap_or_default().iter().collect()
}

/// Disarms because the trader says so.
pub fn disarm(screen: &mut Screen) {
    if screen.safety.level.is_armed() {
        disarmed(screen, Why::Asked);
    } else {
        let text = screen.look.text("safety.is_disarmed");
        screen.toasts.push(Kind::Info, text);
    }
}

/// Disarms, says why, and drops what waits for Enter.
pub(crate) fn disarmed(screen: &mut Screen, why: Why) {
    if !screen.safety.level.is_armed() {
        return;
    }
    screen.safety.level = Level::Disarmed(why);
    preview::drop_all(screen);
    let reason = screen.look.text(why.key());
    let text = screen.look.fill("safety.was_disarmed", &[("why", &reason)]);
    match why {
        Why::Asked => screen.toasts.push(Kind::Info, text),
        _ => screen.toasts.push_news(Kind::Warn, text),
    }
}

/// Takes note of an event before anything else does: keys, focus.
pub fn observe(screen: &mut Screen, event: &Event) {
    let now = screen.now;
    let safety = &mut screen.safety;
    (safety.is_held, safety.key) = (false, None);
    match event {
        Event::Key(press) => safety.press(*press, now),
        Event::Paste(_) => safety.touched = now,
        Event::Mouse(mouse) if mouse.kind != MouseEventKind::Moved => safety.touched = now,
        Event::Focus(true) => safety.away_since = None,
        Event::Focus(false) => safety.away_since = safety.away_since.or(Some(now)),
        _ => (),
    }
}

/// Applies what follows from time.
pub fn tick(screen: &mut Screen, view: &View, now: Moment) {
    let safety = &screen.safety;
    if safety.away_since.is_some_and(|it| now.saturating_sub(it) > AWAY) {
        disarmed(screen, Why::Away);
    } else if now.saturating_sub(safety.touched) >= IDLE {
        disarmed(screen, Why::Idle);
    }
    preview::tick(screen, view, now);
}

/// Applies what follows from the view.
pub fn changed(screen: &mut Screen, view: &View) {
    let machine = &view.machine;
    let (user, account) = &screen.safety.armed_for;
    if let Some(why) = blocked(view) {
        disarmed(screen, why);
    } else if *user != machine.user || *account != machine.account {
        disarmed(screen, Why::Account);
    }
    let now = screen.now;
    preview::tick(screen, view, now);
}

/// What keeps order keys from acting at all.
pub(super) fn blocked(view: &View) -> Option<Why> {
    let machine = &view.machine;
    if matches!(machine.trading, Trading::Halted(_)) {
        return Some(Why::Halted);
    }
    if machine.connection != Connection::Connected || !machine.is_logged_in() {
        return Some(Why::Disconnected);
    }
    if machine.account.is_none() {
        return Some(Why::NoAccount);
    }
    (machine.feed_ended || machine.feed_silent_ms.is_some()).then_some(Why::Stale)
}
