use super::*;

fn at(milliseconds: i64) -> Stamp {
    Stamp(milliseconds * Stamp::MILLISECOND)
}

fn apply(supervisor: &mut Supervisor, input: Input, now: Stamp) -> Vec<Action> {
    let mut actions = Vec::new();
    supervisor.apply(input, now, &mut actions);
    actions
}

fn running() -> Supervisor {
    let mut supervisor = Supervisor::new(Patience::default(), false);
    apply(&mut supervisor, Input::Start, at(0));
    for (role, pid) in [(Role::Executor, 1), (Role::Strategy, 2)] {
        apply(&mut supervisor, Input::Spawned(role, pid), at(0));
        assert!(!supervisor.is_running());
        apply(&mut supervisor, Input::Ready(role, pid), at(1));
    }
    assert!(supervisor.is_running());
    supervisor
}

#[test]
fn a_dead_child_is_not_running_and_comes_back_at_once() {
    let mut supervisor = running();
    apply(&mut supervisor, Input::Exited(Role::Strategy, 2, "was killed".to_owned()), at(10));
    assert!(!supervisor.is_running());
    let actions = apply(&mut supervisor, Input::Time, at(10));
    assert!(actions.contains(&Action::Spawn(Role::Strategy)));
}

#[test]
fn a_child_whose_word_that_it_is_ready_was_lost_runs_with_its_first_beat() {
    let mut supervisor = Supervisor::new(Patience::default(), false);
    apply(&mut supervisor, Input::Start, at(0));
    for (role, pid) in [(Role::Executor, 1), (Role::Strategy, 2)] {
        apply(&mut supervisor, Input::Spawned(role, pid), at(0));
        apply(&mut supervisor, Input::Beat(role, pid), at(250));
    }
    assert!(supervisor.is_running());
}

#[test]
fn a_silent_child_is_killed_after_a_second() {
    let mut supervisor = running();
    apply(&mut supervisor, Input::Beat(Role::Executor, 1), at(900));
    assert!(apply(&mut supervisor, Input::Time, at(1_001)).is_empty());
    let actions = apply(&mut supervisor, Input::Time, at(1_002));
    assert_eq!(actions[0], Action::Kill(Role::Strategy));
    assert!(matches!(actions[1], Action::Tell { standing: Standing::Silent, .. }));
    assert!(!supervisor.is_running());
}

#[test]
fn five_restarts_in_a_minute_are_enough() {
    let mut supervisor = running();
    let mut now = 10;
    for pid in 2..8 {
        let how = "exited with 1".to_owned();
        apply(&mut supervisor, Input::Exited(Role::Strategy, pid, how), at(now));
        now += 3_000;
        let actions = apply(&mut supervisor, Input::Time, at(now));
        let is_back = actions.contains(&Action::Spawn(Role::Strategy));
        assert_eq!(is_back, pid < 7, "restart {pid}");
        apply(&mut supervisor, Input::Spawned(Role::Strategy, pid + 1), at(now));
        apply(&mut supervisor, Input::Ready(Role::Strategy, pid + 1), at(now));
    }
    assert!(supervisor.has_given_up());
    let actions = apply(&mut supervisor, Input::Start, at(now));
    assert!(actions.contains(&Action::Spawn(Role::Strategy)), "the operator may start it");
}

#[test]
fn restarts_long_ago_are_forgiven() {
    let mut supervisor = running();
    for round in 0..20 {
        let (pid, now) = (round + 2, i64::from(round) * 61_000);
        let how = "exited with 1".to_owned();
        apply(&mut supervisor, Input::Beat(Role::Executor, 1), at(now));
        apply(&mut supervisor, Input::Exited(Role::Strategy, pid, how), at(now));
        apply(&mut supervisor, Input::Beat(Role::Executor, 1), at(now));
        apply(&mut supervisor, Input::Time, at(now + 1));
        apply(&mut supervisor, Input::Spawned(Role::Strategy, pid + 1), at(now + 1));
        apply(&mut supervisor, Input::Ready(Role::Strategy, pid + 1), at(now + 2));
        assert!(supervisor.is_running());
    }
}

#[test]
fn a_stop_closes_first_and_kills_who_does_not_listen() {
    let mut supervisor = running();
    let actions = apply(&mut supervisor, Input::Stop, at(100));
    assert!(actions.contains(&Action::Close(Role::Strategy)));
    apply(&mut supervisor, Input::Exited(Role::Strategy, 2, "exited with 0".to_owned()), at(120));
    let actions = apply(&mut supervisor, Input::Time, at(1_200));
    assert_eq!(actions[0], Action::Kill(Role::Executor));
    apply(&mut supervisor, Input::Exited(Role::Executor, 1, "was killed".to_owned()), at(1_201));
    assert!(supervisor.is_down());
}

#[test]
fn a_failed_start_that_is_told_after_the_stop_starts_nothing_again() {
    let mut supervisor = Supervisor::new(Patience::default(), false);
    apply(&mut supervisor, Input::Start, at(0));
    apply(&mut supervisor, Input::Stop, at(1));
    let told = Input::NotSpawned(Role::Strategy, "cannot be started".to_owned());
    assert_eq!(apply(&mut supervisor, told, at(2)), []);
    assert_eq!(apply(&mut supervisor, Input::Time, at(10_000)), []);
    assert!(supervisor.is_down());
}

#[test]
fn word_of_an_earlier_process_changes_nothing() {
    let mut supervisor = running();
    apply(&mut supervisor, Input::Exited(Role::Strategy, 99, "was killed".to_owned()), at(10));
    apply(&mut supervisor, Input::Beat(Role::Strategy, 99), at(10));
    assert!(supervisor.is_running());
}

#[test]
fn who_trades_by_itself_is_stopped_some_time_after_a_halt_unless_it_ends_before() {
    let patience = Patience { halted: 5 * Stamp::SECOND, ..Patience::default() };
    let beat = |supervisor: &mut Supervisor, now| {
        for (role, pid) in [(Role::Executor, 1), (Role::Strategy, 2)] {
            apply(supervisor, Input::Beat(role, pid), now);
        }
        apply(supervisor, Input::Time, now)
    };
    for (patience, rearmed, closes) in
        [(patience, false, true), (patience, true, false), (Patience::default(), false, false)]
    {
        let mut supervisor = Supervisor { patience, ..running() };
        apply(&mut supervisor, Input::Halted(true), at(1_000));
        assert!(beat(&mut supervisor, at(5_000)).is_empty());
        // Another reason is no other halt.
        apply(&mut supervisor, Input::Halted(true), at(5_500));
        if rearmed {
            apply(&mut supervisor, Input::Halted(false), at(5_900));
        }
        let actions = beat(&mut supervisor, at(6_000));
        assert_eq!(actions.contains(&Action::Close(Role::Strategy)), closes, "{actions:?}");
        assert_eq!(actions.contains(&Action::Close(Role::Executor)), closes, "{actions:?}");
        assert!(!beat(&mut supervisor, at(6_100)).contains(&Action::Close(Role::Strategy)));
    }
}
