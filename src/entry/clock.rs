//! Our clock: the only place that reads it for trading.

use aftm_domain::Stamp;
use std::sync::OnceLock;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

/// Now, in UTC. The wall clock is read once; from then on time only goes forward, so that no time-out
/// and no age depends on somebody who sets the clock.
#[allow(clippy::disallowed_methods)] // This is the clock that all others are handed.
pub(super) fn now() -> Stamp {
    static START: OnceLock<(Instant, i64)> = OnceLock::new();
    let (start, wall) = START.get_or_init(|| {
        let wall = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        (Instant::now(), i64::try_from(wall.as_nanos()).unwrap_or(0))
    });
    Stamp(*wall).after(i64::try_from(start.elapsed().as_nanos()).unwrap_or(i64::MAX))
}
