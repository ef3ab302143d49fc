//! The first row: whose money, where, whether it answers, and what may be done.

use ratatui::Frame;
use ratatui::layout::Rect;

use super::bar::{Bar, Piece};
use crate::look::Look;
use crate::safety::Level;
use crate::screen::Screen;
use crate::theme::{Glyph, Role};
use crate::view::{Connection, Environment, Machine, Trading, View};
use crate::widgets::text;

/// A round trip that is worth a warning, in microseconds.
const SLOW_US: u64 = 500_000;

pub(super) fn draw(frame: &mut Frame<'_>, area: Rect, screen: &Screen, view: &View) {
    let look = &screen.look;
    let mut left = vec![badge(look, view.machine.environment)];
    left.push(Piece::new("aftm", Role::TextStrong, 11));
    left.push(Piece::new(view.machine.venue.clone(), Role::Text, 8));
    left.push(account(look, &view.machine));
    left.push(connection(look, &view.machine.connection));
    left.push(trading(look, &view.machine.trading));
    if view.machine.plain {
        left.push(Piece::new(look.text("frame.plain"), Role::StatusWarn, 3));
    }
    if !view.machine.session.is_empty() {
        left.push(Piece::new(view.machine.session.clone(), Role::TextMuted, 10));
    }
    left.extend(speeds(look, view));
    let right = vec![armed(screen)];
    Bar { left, right }.draw(frame, area, look, Role::SurfaceAlt);
}

fn badge(look: &Look, environment: Environment) -> Piece {
    let (key, role) = match environment {
        Environment::Paper => ("frame.paper", Role::ModePaper),
        Environment::Simulation => ("frame.simulation", Role::ModeSim),
        Environment::Live => ("frame.live", Role::ModeLive),
    };
    Piece::new(format!(" {} ", look.text(key)), role, 0)
}

fn account(look: &Look, machine: &Machine) -> Piece {
    match &machine.account {
        Some(account) => {
            let label = format!("{} ", look.text("frame.account"));
            Piece::new(label, Role::TextMuted, 4).and(account.clone(), Role::TextStrong)
        }
        None => Piece::new(look.text("frame.no_account"), Role::TextMuted, 7),
    }
}

fn connection(look: &Look, connection: &Connection) -> Piece {
    let (glyph, key, role) = match connection {
        Connection::Connected => (Glyph::Ok, "frame.online", Role::StatusOk),
        Connection::LoggedOut => (Glyph::Flat, "frame.offline", Role::StatusOffline),
        Connection::Lost(_) => (Glyph::Bad, "frame.lost", Role::StatusDanger),
    };
    Piece::new(format!("{} {}", look.glyph(glyph), look.text(key)), role, 1)
}

/// The state of trading always says which of opening, cancelling and closing is allowed.
fn trading(look: &Look, trading: &Trading) -> Piece {
    let (key, role, rank) = match trading {
        Trading::Active => ("frame.active", Role::StatusOk, 9),
        Trading::Reducing(_) => ("frame.reducing", Role::StatusWarn, 2),
        Trading::Halted(_) => ("frame.halted", Role::ModeHalted, 2),
    };
    Piece::new(look.text(key), role, rank)
}

fn speeds(look: &Look, view: &View) -> Vec<Piece> {
    let health = &view.health;
    let mut pieces = Vec::new();
    let label = format!("{} ", look.text("frame.feed"));
    let name = view.machine.feed_name().to_owned();
    let mut feed = Piece::new(label, Role::TextMuted, 5).and(name, Role::Text);
    if let Some(age) = health.tick_age_ms {
        let is_late = view.machine.feed_silent_ms.is_some();
        let role = if is_late { Role::StatusDanger } else { Role::Text };
        feed = feed.and(format!(" {}", text::age(age)), role);
    }
    pieces.push(feed);
    if let Some(trip) = health.round_trip_p50_us {
        let role = if trip > SLOW_US { Role::StatusWarn } else { Role::Text };
        let label = format!("{} ", look.text("frame.round_trip"));
        pieces.push(Piece::new(label, Role::TextMuted, 6).and(text::short(trip), role));
    }
    let (role, rank) = if health.gaps > 0 { (Role::StatusWarn, 5) } else { (Role::TextMuted, 9) };
    let gaps = health.gaps.to_string();
    pieces.push(Piece::new(look.fill("frame.gaps", &[("gaps", &gaps)]), role, rank));
    pieces
}

fn armed(screen: &Screen) -> Piece {
    let (key, role) = match screen.safety.level() {
        Level::Disarmed(_) => ("frame.disarmed", Role::ModeDisarmed),
        Level::Preview => ("frame.armed_preview", Role::ModeArmed),
        Level::Instant => ("frame.armed_instant", Role::ModeArmed),
    };
    Piece::new(format!(" {} ", screen.look.text(key)), role, 0)
}
