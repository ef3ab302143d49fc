//! Disconnects, told at most once in a while: a dead front was seen to be lost hundreds of times in
//! a second.

use std::time::Duration;

use crate::{Refusal, errors};

/// What is told of lost connections.
#[derive(Debug)]
pub struct Storm {
    window: Duration,
    told_at: Option<Duration>,
    untold: u32,
    reason: i32,
}

impl Storm {
    /// Tells at most once in each `window`.
    pub const fn new(window: Duration) -> Storm {
        Storm { window, told_at: None, untold: 0, reason: 0 }
    }

    /// The front was lost; what to tell now, if anything.
    pub fn lost(&mut self, now: Duration, reason: i32) -> Option<Refusal> {
        self.untold = self.untold.saturating_add(1);
        self.reason = reason;
        self.due(now)
    }

    /// What is left to tell, once its time has come.
    pub fn due(&mut self, now: Duration) -> Option<Refusal> {
        let is_due = self.told_at.is_none_or(|at| now.saturating_sub(at) >= self.window);
        if self.untold == 0 || !is_due {
            return None;
        }
        self.told_at = Some(now);
        let times = std::mem::take(&mut self.untold);
        let mut refusal = errors::front_lost(self.reason);
        if times > 1 {
            refusal.text = format!("{}, {times} times since it was last told", refusal.text);
        }
        Some(refusal)
    }

    /// The front stands again: what is not told yet is past.
    pub const fn over(&mut self) {
        self.untold = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn ms(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    #[test]
    fn a_thousand_disconnects_in_three_seconds_are_told_four_times() {
        let mut storm = Storm::new(ms(1000));
        let lost = |it: u64| storm.lost(ms(it * 3000 / 1167), 0x1001);
        let mut told: Vec<_> = (0..1167).filter_map(lost).collect();
        told.extend(storm.due(ms(5000)));
        let told: Vec<_> = told.into_iter().map(|it| it.text).collect();
        assert_eq!(told.len(), 4);
        assert_eq!(told[0], "the front was lost: reading from the network failed (0x1001)");
        let more = |text: &String| {
            let times = text.split(", ").nth(1).and_then(|it| it.split(' ').next()?.parse().ok());
            times.unwrap_or(1_u32)
        };
        assert_eq!(told.iter().map(more).sum::<u32>(), 1167, "none is lost: {told:?}");
    }

    #[test]
    fn the_last_of_a_storm_is_told_when_its_time_has_come() {
        let mut storm = Storm::new(ms(1000));
        assert!(storm.lost(ms(5000), 0x1001).is_some());
        assert_eq!(storm.lost(ms(5100), 0x2001), None);
        assert_eq!(storm.due(ms(5999)), None);
        assert!(storm.due(ms(6000)).unwrap().text.contains("no heartbeat came in time"));
        assert_eq!(storm.due(ms(9000)), None, "told once");
        assert_eq!(storm.lost(ms(9000), 1).map(|it| it.vendor_code), Some(Some(1)));
        storm.lost(ms(9100), 1);
        storm.over();
        assert_eq!(storm.due(ms(19_000)), None, "it stands again");
    }
}
