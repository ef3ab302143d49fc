//! Sessions that start, are refused, are lost, meet silence and come back.

use abi::{CONN_CONNECTING, CONN_DOWN, CONN_UP, E_AUTH, E_BUSY, E_NET, E_STATE, E_TIMEOUT};

use super::*;

const DAY: u32 = 20_251_121;

const fn s(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

fn refusal(error_id: i32) -> Refusal {
    errors::refusal(error_id, b"no")
}

fn session() -> Session {
    Session::new(Limits::default(), true, Duration::ZERO)
}

/// Answers every request at once, a tick of a tenth of a second at a time, until the session is
/// ready; what was done, and when it was ready.
fn started(session: &mut Session, from: Duration) -> (Vec<Action>, Duration) {
    let mut done = session.apply(from, Input::Login);
    done.extend(session.apply(from, Input::Connected));
    serve(session, from, done)
}

fn serve(session: &mut Session, from: Duration, mut done: Vec<Action>) -> (Vec<Action>, Duration) {
    let (mut now, mut served) = (from, 0);
    while !session.is_ready() {
        assert!(now < from + s(300), "it never got ready: {done:?}");
        let Some(action) = done.get(served).cloned() else {
            now += Duration::from_millis(100);
            done.extend(session.apply(now, Input::Clock));
            continue;
        };
        served += 1;
        let answer = match action {
            Action::Authenticate => Input::Authenticated(Ok(())),
            Action::Login => Input::LoggedIn(Ok(DAY)),
            Action::Confirm => Input::Confirmed(Ok(())),
            Action::Ask(_) => Input::Answered(Ok(())),
            _ => continue,
        };
        done.extend(session.apply(now, answer));
    }
    (done, now)
}

/// The state that is told, with the code of its reason.
fn told(actions: &[Action]) -> Vec<(u8, i32)> {
    let state = |action: &Action| match action {
        Action::Tell { state, refusal, .. } => {
            Some((*state, refusal.as_ref().map_or(0, |it| it.code)))
        }
        _ => None,
    };
    actions.iter().filter_map(state).collect()
}

fn questions(actions: &[Action]) -> Vec<Question> {
    let question = |action: &Action| match action {
        Action::Ask(question) => Some(*question),
        _ => None,
    };
    actions.iter().filter_map(question).collect()
}

#[test]
fn a_session_starts_step_by_step_and_asks_once_a_second() {
    let mut session = session();
    let (done, ready_at) = started(&mut session, s(1));
    assert_eq!(
        done,
        [
            Action::Authenticate,
            Action::Login,
            Action::Confirm,
            Action::Ask(Question::Instruments),
            Action::Ask(Question::Market),
            Action::Ask(Question::Account),
            Action::Ask(Question::Positions),
            Action::Ask(Question::Orders),
            Action::Ask(Question::Trades),
            Action::Tell { state: CONN_UP, attempt: 0, refusal: None },
            Action::AnswerLogin(Ok(())),
        ]
    );
    assert_eq!(ready_at, s(6), "six questions, a second between each");
    assert_eq!(session.apply(s(7), Input::Login), [Action::AnswerLogin(Ok(()))]);
}

#[test]
fn nothing_is_sent_before_both_front_and_host_are_there() {
    let mut session = session();
    assert_eq!(session.apply(s(1), Input::Connected), []);
    assert_eq!(session.apply(s(90), Input::Clock), [], "a front without a login is no fault");
    assert_eq!(session.apply(s(91), Input::Login), [Action::Authenticate]);
    let mut plain = Session::new(Limits::default(), false, Duration::ZERO);
    plain.apply(s(1), Input::Login);
    assert_eq!(plain.apply(s(1), Input::Connected), [Action::Login], "without authentication");
}

#[test]
fn a_reconnect_begins_with_the_authentication_and_knows_its_instruments() {
    let mut session = session();
    started(&mut session, s(1));
    let lost = session.apply(s(100), Input::Lost(0x1001));
    assert_eq!(told(&lost), [(CONN_DOWN, E_NET)]);
    assert!(!session.is_ready());
    let done = session.apply(s(101), Input::Connected);
    assert_eq!(done, [Action::Authenticate], "the first attempt goes at once");
    let (done, _) = serve(&mut session, s(101), done);
    let rest = [Question::Account, Question::Positions, Question::Orders, Question::Trades];
    assert_eq!(questions(&done), rest);
    assert_eq!(told(&done), [(CONN_UP, 0)]);
    assert!(!done.iter().any(|it| matches!(it, Action::AnswerLogin(_))), "nobody asked");
}

#[test]
fn instruments_are_asked_for_again_on_a_new_trading_day() {
    let mut session = session();
    started(&mut session, s(1));
    session.apply(s(100), Input::Lost(0x1001));
    session.apply(s(101), Input::Connected);
    session.apply(s(101), Input::Authenticated(Ok(())));
    session.apply(s(101), Input::LoggedIn(Ok(DAY + 3)));
    let done = session.apply(s(101), Input::Confirmed(Ok(())));
    assert_eq!(questions(&done), [Question::Instruments]);
}

#[test]
fn a_front_that_never_answers_is_told_again_and_again() {
    let mut session = session();
    session.apply(s(0), Input::Login);
    assert_eq!(session.apply(s(11), Input::Clock), []);
    for (at, attempt) in [(12, 1), (24, 2), (36, 3)] {
        let done = session.apply(s(at), Input::Clock);
        let Some(Action::Tell { state, attempt: told, refusal: Some(refusal) }) = done.first()
        else {
            panic!("nothing is told: {done:?}");
        };
        assert_eq!((*state, *told, refusal.code), (CONN_CONNECTING, attempt, E_NET));
        assert!(refusal.text.contains("has not answered for 12 s"), "{refusal}");
    }
    let done = session.apply(s(60), Input::Clock);
    let answers: Vec<_> =
        done.iter().filter(|it| matches!(it, Action::AnswerLogin(_))).cloned().collect();
    let Some(Action::AnswerLogin(Err(refusal))) = answers.first() else { panic!("{done:?}") };
    assert_eq!((refusal.code, answers.len()), (E_TIMEOUT, 1), "the host gets its answer, once");
    assert_eq!(session.apply(s(61), Input::Connected), [], "and logs in again when it likes");
}

#[test]
fn a_front_that_falls_silent_within_a_step_is_renewed() {
    let steps: [&[Input]; 4] = [
        &[],
        &[Input::Authenticated(Ok(()))],
        &[Input::Authenticated(Ok(())), Input::LoggedIn(Ok(DAY))],
        &[Input::Authenticated(Ok(())), Input::LoggedIn(Ok(DAY)), Input::Confirmed(Ok(()))],
    ];
    for before in steps {
        let mut session = session();
        session.apply(s(1), Input::Login);
        session.apply(s(1), Input::Connected);
        for input in before {
            session.apply(s(1), input.clone());
        }
        assert_eq!(session.apply(s(10), Input::Clock), [], "{before:?}");
        let done = session.apply(s(11), Input::Clock);
        assert_eq!(done.first(), Some(&Action::Renew), "{before:?}");
        assert_eq!(told(&done), [(CONN_DOWN, E_TIMEOUT)]);
        let late = session.apply(s(12), before.last().cloned().unwrap_or(Input::Clock));
        assert_eq!(late, [], "a late answer of the old object changes nothing");
        assert_eq!(session.apply(s(12), Input::Connected), [Action::Authenticate]);
    }
}

#[test]
fn a_refused_login_is_never_repeated_by_itself() {
    // The last one is what a local library answers to everything.
    for error_id in [3, 63, 75, 140, 141, -1] {
        let mut session = session();
        session.apply(s(1), Input::Login);
        session.apply(s(1), Input::Connected);
        session.apply(s(1), Input::Authenticated(Ok(())));
        let done = session.apply(s(2), Input::LoggedIn(Err(refusal(error_id))));
        assert_eq!(done.first(), Some(&Action::AnswerLogin(Err(refusal(error_id)))));
        assert_eq!(told(&done), [(CONN_DOWN, refusal(error_id).code)]);
        for at in 3..100 {
            assert_eq!(session.apply(s(at), Input::Clock), [], "{error_id}");
        }
        session.apply(s(100), Input::Lost(0x2001));
        assert_eq!(session.apply(s(101), Input::Connected), [], "{error_id}");
        assert_eq!(session.apply(s(102), Input::Login), [Action::Authenticate], "a person's turn");
    }
    let mut refused = session();
    refused.apply(s(1), Input::Login);
    refused.apply(s(1), Input::Connected);
    let done = refused.apply(s(2), Input::Authenticated(Err(refusal(63))));
    assert_eq!(told(&done), [(CONN_DOWN, E_AUTH)]);
}

#[test]
fn a_step_that_comes_too_fast_is_tried_again_after_a_pause() {
    let mut session = session();
    session.apply(s(1), Input::Login);
    session.apply(s(1), Input::Connected);
    let busy = errors::returned(-3).unwrap_err();
    let done = session.apply(s(1), Input::Authenticated(Err(busy)));
    assert_eq!(told(&done), [(CONN_DOWN, E_BUSY)]);
    let (done, _) = serve(&mut session, s(1), Vec::new());
    assert_eq!(done.first(), Some(&Action::Authenticate));
    assert!(done.contains(&Action::AnswerLogin(Ok(()))));
}

#[test]
fn attempts_in_a_row_come_ever_later_and_no_later_than_the_bound() {
    let mut session = session();
    session.apply(s(0), Input::Login);
    let mut waits = Vec::new();
    for at in (1..10).map(|it| it * 1000) {
        session.apply(s(at), Input::Lost(0x1001));
        session.apply(s(at), Input::Login);
        let mut done = session.apply(s(at), Input::Connected);
        let mut wait = 0;
        while !done.contains(&Action::Authenticate) {
            wait += 1;
            assert!(wait < 100, "it never goes on");
            done = session.apply(s(at + wait), Input::Clock);
        }
        waits.push(wait);
    }
    assert_eq!(waits, [0, 1, 2, 4, 8, 16, 30, 30, 30]);
}

#[test]
fn a_storm_of_disconnects_is_told_once_a_second_and_logs_in_rarely() {
    let mut session = session();
    let (_, from) = started(&mut session, s(1));
    let (mut tells, mut logins) = (0, 0);
    for flap in 0..600_u64 {
        let now = from + Duration::from_millis(flap * 5);
        let mut done = session.apply(now, Input::Lost(0x1001));
        done.extend(session.apply(now, Input::Connected));
        done.extend(session.apply(now, Input::Clock));
        tells += told(&done).len();
        logins += done.iter().filter(|it| **it == Action::Authenticate).count();
    }
    assert_eq!((tells, logins), (3, 1));
}

#[test]
fn a_question_that_the_venue_is_not_ready_for_is_asked_again() {
    let mut session = session();
    session.apply(s(1), Input::Login);
    session.apply(s(1), Input::Connected);
    session.apply(s(1), Input::Authenticated(Ok(())));
    session.apply(s(1), Input::LoggedIn(Ok(DAY)));
    session.apply(s(1), Input::Confirmed(Ok(())));
    let mut now = s(2);
    session.apply(s(1), Input::Answered(Err(refusal(90))));
    for _ in 0..8 {
        let done = session.apply(now, Input::Clock);
        assert_eq!(questions(&done), [Question::Instruments], "at {now:?}");
        let busy = Input::Answered(Err(errors::returned(-2).unwrap_err()));
        assert_eq!(session.apply(now, busy), []);
        now += s(1);
    }
    session.apply(now, Input::Clock);
    let done = session.apply(now, Input::Answered(Err(refusal(90))));
    assert_eq!(told(&done), [(CONN_DOWN, E_BUSY)], "ten times is enough");
    assert!(done.contains(&Action::Renew), "the login stands; another on top would be refused");
}

#[test]
fn the_hosts_questions_are_paced_and_never_left_open() {
    let mut session = session();
    let early = session.apply(s(1), Input::Ask(Question::Orders));
    let Some(Action::GiveUp(Question::Orders, refused)) = early.first() else {
        panic!("{early:?}")
    };
    assert_eq!(refused.code, E_STATE);
    let (_, now) = started(&mut session, s(2));
    let now = now + s(10);
    let ask = |session: &mut Session| session.apply(now, Input::Ask(Question::Orders));
    assert_eq!(questions(&ask(&mut session)), [Question::Orders]);
    assert_eq!(session.apply(now, Input::Ask(Question::Positions)), []);
    assert_eq!(session.apply(now, Input::Answered(Ok(()))), [], "a second has not passed");
    assert_eq!(questions(&session.apply(now + s(1), Input::Clock)), [Question::Positions]);
    session.apply(now + s(1), Input::Ask(Question::Trades));
    let lost = session.apply(now + s(2), Input::Lost(0x2001));
    let given_up: Vec<_> = lost
        .iter()
        .filter_map(|it| match it {
            Action::GiveUp(question, _) => Some(*question),
            _ => None,
        })
        .collect();
    assert_eq!(given_up, [Question::Positions, Question::Trades]);
}

#[test]
fn a_question_that_is_refused_for_good_is_given_back() {
    let mut session = session();
    let (_, now) = started(&mut session, s(1));
    let now = now + s(10);
    session.apply(now, Input::Ask(Question::Orders));
    let done = session.apply(now, Input::Answered(Err(refusal(27))));
    assert_eq!(done, [Action::GiveUp(Question::Orders, refusal(27))]);
    assert!(session.is_ready());
}

#[test]
fn the_settlement_is_confirmed_once_more_for_an_order_that_wants_it() {
    let mut session = session();
    assert_eq!(session.apply(s(0), Input::SettlementWanted), []);
    let (_, now) = started(&mut session, s(1));
    assert_eq!(session.apply(now, Input::SettlementWanted), [Action::Confirm]);
    assert_eq!(session.apply(now, Input::Confirmed(Ok(()))), []);
    assert_eq!(session.apply(now, Input::SettlementWanted), [], "once");
    assert!(session.is_ready());
}

#[test]
fn a_logout_ends_what_was_begun() {
    let mut session = session();
    let (_, now) = started(&mut session, s(1));
    assert_eq!(session.apply(now, Input::Logout), [Action::Logout]);
    assert_eq!(session.apply(now + s(60), Input::Clock), []);
    assert_eq!(session.apply(now + s(60), Input::Login), [Action::Authenticate]);
    let done = session.apply(now + s(61), Input::Logout);
    let Some(Action::AnswerLogin(Err(refusal))) = done.first() else { panic!("{done:?}") };
    assert_eq!(refusal.code, E_STATE);
}

#[test]
fn a_login_that_nobody_waits_for_any_more_is_ended() {
    for ends in [Input::Logout, Input::Clock] {
        let end = s(61);
        let mut session = session();
        session.apply(s(1), Input::Login);
        session.apply(s(55), Input::Connected);
        let answers = |done: &[Action]| {
            done.iter().filter(|it| matches!(it, Action::AnswerLogin(Err(_)))).count()
        };
        assert_eq!(answers(&session.apply(end, ends.clone())), 1);
        assert_eq!(session.apply(end, Input::Authenticated(Ok(()))), [], "no login follows");

        let mut session = Session::new(Limits::default(), false, Duration::ZERO);
        session.apply(s(1), Input::Login);
        session.apply(s(55), Input::Connected);
        session.apply(end, ends.clone());
        assert_eq!(session.apply(end, Input::LoggedIn(Ok(DAY))), [Action::Logout]);
        assert_eq!(session.apply(end, Input::Clock), []);

        let mut session = Session::new(Limits::default(), false, Duration::ZERO);
        session.apply(s(1), Input::Login);
        session.apply(s(55), Input::Connected);
        session.apply(s(55), Input::LoggedIn(Ok(DAY)));
        assert!(session.apply(end, ends).contains(&Action::Logout));
        assert_eq!(session.apply(end, Input::Confirmed(Ok(()))), []);
        assert!(!session.is_ready());
    }
}
