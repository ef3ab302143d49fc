//! How far a replay is, for a person at a terminal.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// Ticks between two looks of the bar.
const TICKS: u64 = 4_096;

/// A bar on standard error, or nothing at all.
pub(super) struct Progress {
    bar: ProgressBar,
    done: u64,
}

impl Progress {
    pub(super) fn new(ticks: Option<u64>, has_terminal: bool) -> Progress {
        let target = match has_terminal {
            true => ProgressDrawTarget::stderr(),
            false => ProgressDrawTarget::hidden(),
        };
        let bar = ProgressBar::with_draw_target(ticks, target);
        let style = ProgressStyle::with_template("{bar:40} {human_pos} of {human_len} ticks");
        if let Ok(style) = style {
            bar.set_style(style);
        }
        Progress { bar, done: 0 }
    }

    /// One tick more.
    pub(super) fn tick(&mut self) {
        self.done += 1;
        if self.done.is_multiple_of(TICKS) {
            self.bar.set_position(self.done);
        }
    }

    /// Takes the bar away.
    pub(super) fn finish(&self) {
        self.bar.finish_and_clear();
    }
}
