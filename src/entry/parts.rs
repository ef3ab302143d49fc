//! The parts of the machine as the settings want them: each entry that trades builds the same.

use std::time::Duration;

use aftm_domain::{Calendar, Stamp};

use crate::config;
use crate::desk::Defaults;
use crate::feeds;
use crate::gateway::Rules;

/// The simulated exchange; where it keeps hours, it keeps the holidays of the calendar.
pub fn simulator(settings: &config::Simulator, calendar: &Calendar) -> aftm_sim::Settings {
    aftm_sim::Settings {
        seed: settings.seed,
        slippage: settings.slippage,
        latency: nanoseconds(settings.latency),
        reject_one_in: settings.reject_one_in,
        slow_one_in: settings.slow_one_in,
        slow: nanoseconds(settings.slow),
        disconnect_after: nanoseconds(settings.disconnect_after),
        disconnect_for: nanoseconds(settings.disconnect_for),
        sessions: settings.sessions,
        holidays: calendar.holidays().clone(),
        balance: settings.balance,
        ..aftm_sim::Settings::default()
    }
}

/// The bounds of the gateway's decisions.
pub fn rules(settings: &config::Gateway) -> Rules {
    Rules {
        signal_age_max: nanoseconds(settings.max_signal_age),
        in_doubt_after: nanoseconds(settings.in_doubt),
    }
}

/// What a condition has where its author does not say.
pub fn defaults(settings: &config::Strategy) -> Defaults {
    let config::Strategy { turning, take_profit, stop_loss, quantity } = *settings;
    Defaults { turning, take_profit, stop_loss, quantity }
}

/// The random market; it ends after so many ticks, `None` never.
pub fn feed(settings: &config::Random, ticks_max: Option<u64>) -> feeds::Settings {
    feeds::Settings {
        seed: settings.seed,
        start: settings.start,
        gap_ms: u64::try_from(settings.gap.as_millis()).unwrap_or(u64::MAX),
        sessions: settings.sessions,
        ticks_max,
        catalog: None,
    }
}

/// Whole nanoseconds. The settings bound every duration far below the range.
fn nanoseconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_nanos()).unwrap_or(i64::MAX - Stamp::SECOND)
}
