use crate::action::Action;
use crate::look::Language;
use crate::overlays::bench::{Bench, lines};
use crate::overlays::{Overlay, form, kill, menu, quit};
use crate::safety::{Level, Staged, Why, gate, stage};
use crate::view::{Connection, Trading, fixture};

fn opened(mut bench: Bench) -> Bench {
    bench.wait(1_000);
    kill::open(&mut bench.screen);
    bench
}

/// The numbers and lines of what is to be carried out.
fn numbered(actions: &[Action]) -> Vec<(u64, String)> {
    let of = |it: &Action| match it {
        Action::Perform { id, lines, .. } => (*id, lines.join(";")),
        other => panic!("{other:?}"),
    };
    actions.iter().map(of).collect()
}

#[test]
fn each_level_is_a_digit_and_an_enter() {
    for (keys, line) in [
        ("2 enter", "kill --reason \"kill menu\""),
        ("3 enter", "kill --flatten --reason \"kill menu\""),
        ("4 enter", "kill --flatten --reason \"kill menu\""),
        ("4 2 enter", "kill --reason \"kill menu\""),
        ("down down enter", "kill --flatten --reason \"kill menu\""),
    ] {
        for bench in [Bench::new(), Bench::armed(), Bench::instant(), Bench::of(fixture::empty())] {
            let mut bench = opened(bench);
            assert_eq!(lines(&bench.keys(keys)), [line], "{keys}");
            assert!(!bench.screen.safety.level().is_armed(), "it disarms");
        }
    }
    let mut bench = opened(Bench::armed());
    assert_eq!(lines(&bench.keys("1 enter")), ["reduce --reason \"kill menu\""]);
    assert!(bench.screen.safety.level().is_armed(), "what is left to do may still be done");
    for keys in ["enter", "5 enter", "6 enter", "9 enter", "esc 3 enter", "x y enter"] {
        assert_eq!(opened(Bench::armed()).keys(keys), [], "{keys}");
    }
}

#[test]
fn the_key_twice_chooses_to_flatten_and_still_wants_an_enter() {
    let flatten = ["kill --flatten --reason \"kill menu\""];
    let mut bench = opened(Bench::new());
    bench.wait(1_200);
    assert_eq!(bench.press("K"), []);
    bench.wait(10);
    assert_eq!(lines(&bench.press("enter")), flatten);

    let mut bench = opened(Bench::new());
    bench.wait(1_400);
    kill::open(&mut bench.screen);
    assert_eq!(bench.screen.overlays.len(), 1, "no second menu");
    assert_eq!(lines(&bench.keys("enter")), flatten);

    let mut bench = opened(Bench::new());
    bench.wait(1_600);
    bench.press("K");
    assert_eq!(bench.keys("enter"), [], "too late for that");

    let mut bench = opened(Bench::new());
    bench.repeat("K");
    assert_eq!(bench.keys("enter"), [], "held down");

    let mut bench = Bench::new();
    bench.screen.kills_twice = false;
    let mut bench = opened(bench);
    kill::open(&mut bench.screen);
    bench.wait(500);
    bench.press("K");
    assert_eq!(bench.keys("enter"), [], "switched off");
}

#[test]
fn an_enter_that_was_meant_for_something_else_does_not_kill() {
    let mut bench = opened(Bench::new());
    bench.wait(50);
    bench.press("3");
    bench.wait(150);
    assert_eq!(bench.press("enter"), []);
    assert_eq!(bench.repeat("enter"), []);
    bench.wait(200);
    assert_eq!(lines(&bench.press("enter")).len(), 1);
}

#[test]
fn it_opens_over_everything_and_drops_an_order_that_waits() {
    let mut benches = Vec::new();
    for open in 0..7 {
        let mut bench = Bench::armed();
        bench.wait(1_000);
        let (screen, view) = (&mut bench.screen, &bench.view);
        match open {
            0 => drop(form::login(screen, view)),
            1 => drop(form::condition(screen, view, None)),
            2 => menu::open(screen, '1'),
            3 => drop(quit::open(screen, view)),
            4 => drop(gate(screen, view, "flatten".into())),
            5 => drop(gate(screen, view, "sell it".into())),
            _ => {
                let (line, item) = ("order buy TXFH1 1".into(), "TXFH1".into());
                drop(stage(screen, view, Staged { line, item, text: String::new() }));
            }
        }
        assert!(bench.top().is_some());
        kill::open(&mut bench.screen);
        assert!(matches!(bench.top(), Some(Overlay::Kill(_))), "{open}");
        benches.push(bench);
    }
    assert_eq!(benches.last().unwrap().screen.overlays.len(), 1);
    for mut bench in benches {
        let flatten = ["kill --flatten --reason \"kill menu\""];
        assert_eq!(lines(&bench.keys("3 enter")), flatten);
    }
}

#[test]
fn the_fourth_level_stops_the_children_whatever_the_first_step_says() {
    for outcome in [Ok(""), Err(("KILL_INCOMPLETE", "A16 cannot be cancelled"))] {
        let mut bench = opened(Bench::new());
        bench.keys("4 enter");
        let next = numbered(&bench.answer(outcome));
        assert_eq!(next.iter().map(|it| it.1.as_str()).collect::<Vec<_>>(), ["stop"]);
        let next = bench.answer(Err(("POSITION_OPEN", "conditions hold 1 lots")));
        assert_eq!(lines(&next), ["stop --abandon"], "they stop all the same");
        assert_eq!(bench.answer(Ok("")), []);
        let drawn = bench.drawn(120, 40);
        let is_done = drawn.contains("has done what it was told");
        assert_eq!(is_done, outcome.is_ok(), "{drawn}");
    }
}

#[test]
fn without_a_switch_in_the_gateway_the_strongest_that_there_is_is_done() {
    let no_switch = Err(("UNKNOWN_OPERATION", "the kill switch is not built yet"));
    for (level, waves) in [
        ("2", vec![vec!["stop --abandon", "cancel --all"], vec!["cancel --all"]]),
        ("3", vec![vec!["stop --abandon", "cancel --all"], vec!["cancel --all"], vec!["flatten"]]),
        ("4", vec![vec!["stop --abandon", "cancel --all"], vec!["cancel --all"], vec!["flatten"]]),
    ] {
        let mut bench = opened(Bench::new());
        bench.keys(level);
        let mut sent = numbered(&bench.keys("enter"));
        let mut outcome = no_switch;
        for wave in waves {
            let mut next = Vec::new();
            for (id, _) in sent {
                assert!(next.is_empty(), "a wave waits for all of the one before");
                next = numbered(&bench.answer_to(id, outcome));
            }
            assert_eq!(next.iter().map(|it| it.1.as_str()).collect::<Vec<_>>(), wave);
            // A step that is refused holds nothing up.
            outcome = Err(("FAILED", "no"));
            sent = next;
        }
        for (id, _) in sent {
            assert_eq!(bench.answer_to(id, Ok("")), []);
        }
        let drawn = bench.drawn(120, 40);
        assert!(drawn.contains("NOT COMPLETE"), "stop was refused\n{drawn}");
    }
    let mut bench = opened(Bench::new());
    bench.keys("2 enter");
    for (id, _) in numbered(&bench.answer(no_switch)) {
        bench.answer_to(id, Ok(""));
    }
    bench.answer(Ok(""));
    assert!(bench.told().contains("has no kill switch"), "{}", bench.told());
}

#[test]
fn it_goes_on_closed_and_without_answers() {
    let mut bench = opened(Bench::new());
    bench.keys("3 enter esc");
    assert_eq!(bench.top(), None);
    assert_eq!(bench.wait(4_000), []);
    assert_eq!(lines(&bench.wait(1_000)), ["stop --abandon", "cancel --all"]);
    assert_eq!(lines(&bench.wait(5_001)), ["cancel --all"]);
    assert_eq!(lines(&bench.wait(5_001)), ["flatten"]);
    assert_eq!(bench.wait(60_000), []);
    kill::open(&mut bench.screen);
    assert!(bench.drawn(120, 40).contains("no answer yet"));
    assert!(bench.drawn(120, 40).contains("NOT COMPLETE"));
    bench.answer(Ok(""));
    assert!(bench.drawn(120, 40).contains("flatten: done after"));
}

#[test]
fn trading_goes_on_only_with_a_reason() {
    let mut bench = Bench::new();
    bench.view.machine.trading = Trading::Halted("kill menu".into());
    let mut bench = opened(bench);
    assert_eq!(bench.keys("1 enter"), [], "a halt is stronger");
    assert_eq!(bench.keys("5 enter"), []);
    assert_eq!(bench.keys("enter space enter"), [], "the audit trail needs one");
    let Some(Overlay::Kill(menu)) = bench.top() else { panic!("no menu") };
    assert!(menu.has_text_field(), "K is a letter here");
    bench.types("Kevin's ok: 3");
    assert_eq!(
        lines(&bench.keys("enter")),
        ["rearm --reason='  Kevin'\\''s ok: 3'".replace("  ", "")]
    );
    bench.answer(Err(("COOLDOWN", "wait 40 s")));
    assert!(bench.drawn(80, 24).contains("REFUSED: wait 40 s"));
}

#[test]
fn an_answer_after_the_menu_disarmed_stays_disarmed() {
    let mut bench = opened(Bench::instant());
    bench.keys("2 enter");
    bench.answer(Ok(""));
    assert_eq!(bench.screen.safety.level(), Level::Disarmed(Why::Killed));
}

#[test]
fn it_is_there_at_every_size() {
    let mut bench = opened(Bench::new());
    insta::assert_snapshot!("kill_120x40", bench.drawn(120, 40));
    insta::assert_snapshot!("kill_80x24", bench.drawn(80, 24));
    bench.keys("3");
    insta::assert_snapshot!("kill_20x5", bench.drawn(20, 5));
    for (width, height) in [(20, 3), (20, 1), (59, 15), (12, 6)] {
        let drawn = bench.drawn(width, height);
        assert!(drawn.contains("▸ 3"), "{width}x{height}\n{drawn}");
    }
    bench.draws_everywhere();
    bench.keys("4 enter");
    let stop = bench.answer(Ok(""));
    assert_eq!(lines(&stop), ["stop"]);
    bench.screen.look.language = Language::TraditionalChinese;
    insta::assert_snapshot!("kill_running_zh", bench.drawn(80, 24));
    bench.draws_everywhere();
}

#[test]
fn what_an_exchange_that_is_away_has_not_done_is_not_called_done() {
    let mut bench = opened(Bench::new());
    bench.keys("3 enter");
    bench.view.machine.trading = Trading::Halted("kill menu".into());
    bench.view.machine.connection = Connection::Lost("the line was reset".into());
    bench.answer(Ok(""));
    let drawn = bench.drawn(120, 40);
    assert!(drawn.contains("NOT DONE YET"), "{drawn}");
    assert!(!drawn.contains("has done what it was told"), "{drawn}");
    assert!(bench.told().starts_with("NOT DONE YET"), "{}", bench.told());
    bench.view.machine.connection = Connection::Connected;
    bench.view.orders.clear();
    bench.view.positions.clear();
    assert!(bench.drawn(120, 40).contains("has done what it was told"));
}
