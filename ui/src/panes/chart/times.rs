//! The names of times below the candles.

use super::plan::Plan;
use crate::look::Look;
use crate::panes::ink::{Ink, cells};
use crate::panes::market::{Clock, SECOND};
use crate::theme::Role;
use crate::view::Bar;

/// Steps between named times, in seconds.
const STEPS: [i64; 17] = [
    15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 14_400, 28_800, 86_400, 172_800, 604_800,
    1_209_600, 2_419_200,
];
/// Columns between the beginnings of two names.
const APART: i64 = 9;

/// Names round times below candles of so many seconds, and the date where the day changes.
pub(super) fn draw(
    ink: &mut Ink<'_>,
    look: &Look,
    plan: &Plan,
    all: &[Bar],
    (seconds, offset_s): (i64, i32),
) {
    let step = STEPS.into_iter().find(|it| it / seconds * i64::from(plan.pitch) >= APART);
    let step = step.unwrap_or(2_419_200).max(seconds);
    let count = u16::try_from(all.len()).unwrap_or(u16::MAX);
    let mut free = 0;
    let mut before: Option<(i64, i64)> = None;
    for (at, bar) in (0..count).zip(all) {
        let local_s = bar.start.div_euclid(SECOND) + i64::from(offset_s);
        let (span, day) = (local_s.div_euclid(step), local_s.div_euclid(86_400));
        let is_new_day = before.is_none_or(|it| it.1 != day);
        let is_new_span = before.is_some_and(|it| it.0 != span);
        before = Some((span, day));
        let column = plan.column(count - 1 - at);
        let clock = Clock::new(bar.start, offset_s);
        let (text, role) = match (is_new_day, is_new_span) {
            (true, _) => (clock.date(), Role::TextStrong),
            (false, true) if step < 60 => (clock.seconds(), Role::ChartAxis),
            (false, true) => (clock.minutes(), Role::ChartAxis),
            (false, false) => continue,
        };
        // A name that would touch the one before, or be cut, is left out.
        if column < free || column + cells(&text) > ink.width() {
            continue;
        }
        free = ink.put(column, 0, &text, look.style(role)) + 1;
    }
}
