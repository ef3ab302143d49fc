//! What is wrong, in words, over the second row.

use ratatui::Frame;
use ratatui::layout::Rect;

use super::bar::{Bar, Piece};
use crate::look::Look;
use crate::panes::health;
use crate::screen::Screen;
use crate::theme::{Glyph, Role};
use crate::view::{Connection, Process, Trading, View};
use crate::widgets::text;

/// Draws the worst of what is wrong, and how much more there is. False where nothing is.
pub(super) fn draw(frame: &mut Frame<'_>, area: Rect, screen: &Screen, view: &View) -> bool {
    let mut wrong = faults(screen, view);
    if wrong.is_empty() {
        return false;
    }
    let more = wrong.len() - 1;
    let (text, role) = wrong.swap_remove(0);
    let text = format!(" {} {text}", screen.look.glyph(Glyph::Bad));
    let mut bar = Bar { left: vec![Piece::new(text, role, 0)], right: Vec::new() };
    if more > 0 {
        let more = more.to_string();
        let text = screen.look.fill("frame.more_faults", &[("count", &more)]);
        bar.right.push(Piece::new(text, role, 1));
    }
    bar.draw(frame, area, &screen.look, role);
    true
}

/// Everything that is wrong, worst first.
fn faults(screen: &Screen, view: &View) -> Vec<(String, Role)> {
    let look = &screen.look;
    let machine = &view.machine;
    let mut wrong = Vec::new();
    if let Trading::Halted(reason) = &machine.trading {
        let text = look.fill("frame.banner_halted", &[("reason", reason)]);
        wrong.push((text, Role::ModeHalted));
    }
    if let Connection::Lost(reason) = &machine.connection {
        let text = look.fill("frame.banner_lost", &[("reason", reason)]);
        wrong.push((text, Role::StatusDanger));
    }
    for process in view.health.processes.iter().filter(|it| it.is_bad) {
        wrong.push((down(look, process), Role::StatusDanger));
    }
    if let Some(ms) = machine.feed_silent_ms {
        let values = [("feed", machine.feed_name()), ("age", &text::age(ms))];
        wrong.push((look.fill("frame.banner_silent", &values), Role::StatusDanger));
    }
    if let Trading::Reducing(reason) = &machine.trading {
        let text = look.fill("frame.banner_reducing", &[("reason", reason)]);
        wrong.push((text, Role::StatusWarn));
    }
    if machine.feed_ended {
        let text = look.fill("frame.banner_ended", &[("feed", machine.feed_name())]);
        wrong.push((text, Role::StatusWarn));
    }
    wrong
}

/// What a process that should run does instead. One that is gone gives no sign of life.
fn down(look: &Look, process: &Process) -> String {
    let state = health::state_word(look, &process.state);
    let restarts = process.restarts.to_string();
    let values = [("name", process.name.as_str()), ("state", &state), ("restarts", &restarts)];
    let told = match process.beat_age_ms.map(text::age) {
        Some(beat) => {
            look.fill("frame.banner_process", &[&values[..], &[("beat", &beat)]].concat())
        }
        None => look.fill("frame.banner_process_gone", &values),
    };
    // Without either of the children no condition enters, and none leaves.
    let what = match process.state.as_str() {
        "given up" => "frame.banner_given_up",
        _ => "frame.banner_idle",
    };
    format!("{told}{}", look.text(what))
}
