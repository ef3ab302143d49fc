//! A report in frames, none of which is too large to be taken.

use crate::wire::request::Moved;
use crate::wire::{Request, Signal};

/// Signals in a frame of a report, and moved conditions: both at once, each as long as it can be,
/// stay below the largest frame.
const SIGNALS_MAX: usize = 64;
const MOVED_MAX: usize = 192;

/// The frames of a report, in the order in which they must be told. A signal never comes after the
/// state that it left behind: of a report that breaks off nothing is lost, only some of it is given
/// again. Only the last frame says how far the ticks were handled.
pub(super) fn frames(
    pid: u32,
    through: u64,
    moved: &[Moved],
    signals: &[Signal],
) -> impl Iterator<Item = Request> {
    let report = move |signals: &[Signal], moved: &[Moved]| {
        let (moved, signals) = (moved.to_vec(), signals.to_vec());
        Request::Report { pid, through: None, moved, signals }
    };
    // All but the last signals go ahead; all but the first moves follow.
    let rest = signals.len().saturating_sub(1) / SIGNALS_MAX * SIGNALS_MAX;
    let (ahead, last) = signals.split_at_checked(rest).unwrap_or((signals, &[]));
    let (first, after) = moved.split_at_checked(MOVED_MAX).unwrap_or((moved, &[]));
    let ahead = ahead.chunks(SIGNALS_MAX).map(move |it| report(it, &[]));
    let after = after.chunks(MOVED_MAX).map(move |it| report(&[], it));
    let mut frames = ahead.chain([report(last, first)]).chain(after).peekable();
    std::iter::from_fn(move || {
        let frame = frames.next()?;
        Some(match frame {
            Request::Report { pid, moved, signals, .. } if frames.peek().is_none() => {
                Request::Report { pid, through: Some(through), moved, signals }
            }
            frame => frame,
        })
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::collections::BTreeSet;

    use aftm_domain::condition::{ExitReason, Progress, State};
    use aftm_domain::{ExchangeTime, Price, Quantity, Side, SignalId, SignalKind, Stamp};

    use super::*;
    use crate::wire::encode;
    use crate::wire::frame::FRAME_BYTES_MAX;
    use crate::wire::request::Ask;

    /// A signal of which no field could be longer.
    fn signal(number: usize) -> Signal {
        let condition = format!("{number:0>32}").parse().unwrap();
        Signal {
            id: SignalId { condition, generation: u32::MAX, kind: SignalKind::Entry },
            created: u64::MAX,
            item: "X".repeat(32).parse().unwrap(),
            account: Some("9".repeat(32).parse().unwrap()),
            side: Side::Sell,
            quantity: Quantity::from_raw(i64::MAX),
            price: Price::from_raw(i64::MIN),
            trigger: Price::from_raw(i64::MIN),
            tick: u64::MAX,
            time: ExchangeTime { at: Stamp(i64::MIN), offset: ExchangeTime::TAIPEI },
            reason: Some(ExitReason::TakeProfit),
        }
    }

    fn moved(number: usize) -> Moved {
        let trigger = Price::from_raw(i64::MIN);
        let state = State::Entered;
        let progress = Progress { generation: u32::MAX, state, trigger, as_of: u64::MAX };
        Moved { id: signal(number).id.condition, progress }
    }

    fn parts(frame: &Request) -> (Option<u64>, &[Moved], &[Signal]) {
        match frame {
            Request::Report { through, moved, signals, .. } => (*through, moved, signals),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn frames_of_the_longest_ids_are_small_enough_and_lose_nothing() {
        for count in [0, 1, 63, 64, 65, 128, 191, 192, 193, 384, 400, 1_000] {
            let signals: Vec<Signal> = (0..count).map(signal).collect();
            let moved: Vec<Moved> = (0..count).map(moved).collect();
            let frames: Vec<Request> = frames(u32::MAX, u64::MAX, &moved, &signals).collect();
            for request in &frames {
                let bytes = encode(&Ask { id: u64::MAX, request: request.clone() }).len();
                assert!(bytes <= FRAME_BYTES_MAX * 15 / 16, "{count}: a frame of {bytes} bytes");
            }
            let told: Vec<Signal> = frames.iter().flat_map(|it| parts(it).2).copied().collect();
            assert_eq!(told, signals);
            let told: Vec<Moved> = frames.iter().flat_map(|it| parts(it).1).copied().collect();
            assert_eq!(told, moved);
        }
    }

    #[test]
    fn a_signal_is_told_no_later_than_the_state_it_left_behind() {
        let signals: Vec<Signal> = (0..400).map(signal).collect();
        // Conditions that moved without a signal shift the moves against the signals.
        let moved: Vec<Moved> = (0..700).map(moved).collect();
        let mut given = BTreeSet::new();
        for frame in frames(1, 7, &moved, &signals) {
            let (_, moved, signals) = parts(&frame);
            given.extend(signals.iter().map(|it| it.id.condition));
            let gave = |it: &&Moved| it.id.as_str().parse::<usize>().unwrap() < 400;
            assert!(moved.iter().filter(gave).all(|it| given.contains(&it.id)));
        }
        assert_eq!(given.len(), 400);
    }

    #[test]
    fn only_the_last_frame_says_how_far_the_ticks_were_handled() {
        for (signals, moves) in [(0, 0), (1, 1), (400, 400), (400, 0), (0, 400), (64, 192)] {
            let signals: Vec<Signal> = (0..signals).map(signal).collect();
            let moved: Vec<Moved> = (0..moves).map(moved).collect();
            let frames: Vec<Request> = frames(1, 7, &moved, &signals).collect();
            let (last, before) = frames.split_last().unwrap();
            assert_eq!(parts(last).0, Some(7));
            assert!(before.iter().all(|it| parts(it).0.is_none()));
        }
    }
}
