//! What the trader must know, numbered and bounded.

use aftm_domain::Stamp;
use aftm_ui::view::{Alert, Severity};

/// Alerts kept.
pub(super) const ALERTS_MAX: usize = 1_000;

/// The number of the last alert.
#[derive(Debug, Default)]
pub(super) struct Alerts {
    last: u64,
}

impl Alerts {
    /// Says it, with a number of its own.
    pub(super) fn add(
        &mut self,
        alerts: &mut Vec<Alert>,
        (severity, code): (Severity, &str),
        text: String,
        now: Stamp,
    ) {
        self.last += 1;
        let (number, time, code) = (self.last, now.0, code.to_owned());
        alerts.push(Alert { number, time, code, text, severity });
        if alerts.len() > ALERTS_MAX {
            alerts.drain(..ALERTS_MAX / 10);
        }
    }
}

/// How bad an alert of the gateway is. One whose code nobody knows here is worth a look.
pub(super) fn severity(code: &str) -> Severity {
    match code {
        "JOURNAL_BACK" | "REARMED" | "KILL_COMPLETE" => Severity::Ok,
        "RESTARTED" => Severity::Info,
        "JOURNAL_UNAVAILABLE"
        | "JOURNAL_LOST"
        | "CLOCK_OFFSET"
        | "FILL_MISMATCH"
        | "MISFIT"
        | "EXIT_INCOMPLETE"
        | "EXIT_HELD"
        | "HALTED"
        | "KILL_INCOMPLETE"
        | "CHILD_GIVEN_UP"
        | "POSITION_LEFT"
        | "PROTOCOL" => Severity::Error,
        _ => Severity::Warn,
    }
}
