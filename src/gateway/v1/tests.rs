use super::*;

const MS: i64 = Stamp::MILLISECOND;

fn client(name: u8) -> Client {
    vec![vec![name], Vec::new()]
}

/// A request that was first asked at 0.
fn waiting() -> Waiting {
    let mut v1 = V1::default();
    v1.wait(OrderId(1), Some(b"order".to_vec()), client(0), Stamp(0));
    v1.waiting.remove(0)
}

/// Who is told when the outcome is there at a time; the clients in `gone` cannot be reached.
fn told(waiting: &mut Waiting, at: i64, gone: &[u8]) -> Vec<u8> {
    let mut told = Vec::new();
    let mut send = |way: &Client, _: &[u8]| {
        told.push(way[0][0]);
        !gone.contains(&way[0][0])
    };
    tell_outcome(waiting, b"outcome", Stamp(at * MS), &mut send);
    told
}

#[test]
fn a_reply_does_not_cross_a_known_givers_up_timeout() {
    let mut waiting = waiting();
    waiting.join(client(1), Stamp(101 * MS));
    waiting.join(client(2), Stamp(202 * MS));
    assert_eq!(told(&mut waiting, 300, &[0, 1]), [0, 1], "the last is about to give up");
    assert!(waiting.is_kept(Stamp(300 * MS)), "nobody has read it");
    waiting.join(client(3), Stamp(303 * MS));
    assert_eq!(told(&mut waiting, 303, &[]), [3], "the next try is told at once");
    assert!(!waiting.is_kept(Stamp(303 * MS)), "from now on the same bytes are a new order");
    assert_eq!(told(&mut waiting, 330, &[2]), [2], "who was not gone is told, too");
    assert!(waiting.askers.is_empty());
}

#[test]
fn who_asks_for_the_first_time_is_told_at_once() {
    for at in [0, 99, 100, 5_000] {
        assert_eq!(told(&mut waiting(), at, &[]), [0], "after {at} ms");
    }
}

#[test]
fn an_outcome_that_nobody_read_is_kept_for_half_a_minute() {
    let mut waiting = waiting();
    assert!(waiting.is_kept(Stamp(3_600 * Stamp::SECOND)), "the venue has not answered");
    waiting.answered = Some(Stamp(MS));
    told(&mut waiting, 1, &[0]);
    assert!(waiting.is_kept(Stamp(30_000 * MS)));
    assert!(!waiting.is_kept(Stamp(30_001 * MS)));
}
