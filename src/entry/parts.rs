//! The parts of the machine as the settings want them: each entry that trades builds the same.

use std::time::Duration;

use aftm_domain::{Calendar, Catalog, Stamp};
use anyhow::{Context as _, Result};

use crate::config::{self, Folders};
use crate::desk::Defaults;
use crate::feeds;
use crate::gateway::Rules;
use crate::gateway::limits::Sets;

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

/// The products and holidays that come with the program, and those of the trader's own files,
/// `products.toml` and `holidays.toml` in the config folder.
pub fn catalog(folders: &Folders) -> Result<Catalog> {
    let mut catalog = Catalog::built_in()?;
    for (name, is_holidays) in [("products.toml", false), ("holidays.toml", true)] {
        let path = folders.config.join(name);
        let text = match std::fs::read_to_string(&path) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => continue,
            read => read.with_context(|| format!("cannot read {}", path.display()))?,
        };
        let at = || format!("{} is wrong", path.display());
        if is_holidays {
            catalog.extend_holidays(&text).with_context(at)?;
        } else {
            catalog.extend(&text).with_context(at)?;
        }
    }
    Ok(catalog)
}

/// The bounds of the gateway's decisions.
pub fn rules(settings: &config::Settings) -> Rules {
    Rules {
        signal_age_max: nanoseconds(settings.gateway.max_signal_age),
        in_doubt_after: nanoseconds(settings.gateway.in_doubt),
        rearm_via_reducing: settings.kill.rearm_via_reducing,
        rearm_cooldown: nanoseconds(settings.kill.cooldown),
        trip_in_doubt: nanoseconds(settings.kill.trip_in_doubt),
        trip_journal: nanoseconds(settings.kill.trip_journal),
        trip_mismatch: settings.kill.trip_mismatch,
        trip_clock: nanoseconds(settings.kill.trip_clock),
        reconcile_every: nanoseconds(settings.venue.reconcile),
        trip_outages: settings.kill.trip_outages,
        outage_window: nanoseconds(settings.kill.outage_window),
        limits: Sets { test: settings.limits, production: settings.limits_production },
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
