use crate::event::Event;
use crate::overlays::bench::{Bench, lines};
use crate::overlays::{Overlay, paste};
use crate::safety::level::proof;
use crate::safety::{Level, Staged, Why, arm, arm_instant, disarm, gate, gate_all, stage, trades};
use crate::view::{Connection, Environment, Running, Trading, View};

/// A change of the view.
type Change = fn(&mut View);

fn staged(line: &str) -> Staged {
    let item = line.split(' ').nth(2).unwrap_or_default().to_owned();
    Staged { line: line.into(), item, text: "Buy 1 TXFH1 at 17,300".into() }
}

const BUY: &str = "order buy TXFH1 1 --limit 17300 --tif rod";

/// An order key, some time after the last one.
fn order_key(bench: &mut Bench) -> Vec<crate::Action> {
    bench.keys("b");
    stage(&mut bench.screen, &bench.view, staged(BUY))
}

fn asks(bench: &Bench) -> bool {
    matches!(bench.top(), Some(Overlay::Confirm(_)))
}

#[test]
fn an_order_leaves_by_the_level_of_arming_only() {
    let mut bench = Bench::new();
    assert_eq!(order_key(&mut bench), []);
    assert_eq!(bench.top(), None);
    assert!(bench.told().contains("disarmed (the screen has just started)"), "{}", bench.told());

    let mut bench = Bench::armed();
    assert_eq!(order_key(&mut bench), []);
    assert!(matches!(bench.top(), Some(Overlay::Preview(_))));
    assert_eq!(lines(&bench.keys("x b s tab space")), Vec::<&str>::new());
    assert_eq!(lines(&bench.keys("enter")), [BUY]);
    assert_eq!(bench.top(), None);

    let mut bench = Bench::instant();
    assert_eq!(lines(&order_key(&mut bench)), [BUY]);
}

#[test]
fn nothing_leaves_where_the_price_or_the_way_is_not_there() {
    let cases: [(Change, &str, bool); 8] = [
        (|it| it.machine.connection = Connection::Lost("gone".into()), "not connected", true),
        (|it| it.machine.user = None, "not connected", true),
        (|it| it.machine.trading = Trading::Halted("loss".into()), "trading is halted", true),
        (|it| it.machine.account = None, "no account is selected", true),
        (|it| it.machine.feed_silent_ms = Some(9_000), "the feed is silent", true),
        (|it| it.machine.feed_ended = true, "the feed is silent", true),
        (|it| it.quotes[0].is_stale = true, "the price of TXFH1 is not up to date", false),
        (|it| it.quotes[0].ticks.clear(), "product of TXFH1 is not known", false),
    ];
    for (change, words, disarms) in cases {
        for level in [Bench::armed as fn() -> Bench, Bench::instant] {
            let mut bench = level();
            change(&mut bench.view);
            assert_eq!(stage(&mut bench.screen, &bench.view, staged(BUY)), []);
            assert_eq!(bench.top(), None);
            assert!(bench.told().contains(words), "{words}: {}", bench.told());
            bench.happens(&Event::View);
            assert_eq!(bench.screen.safety.level().is_armed(), !disarms, "{words}");
        }
        // What waits for Enter does not outlive it either.
        let mut bench = Bench::armed();
        order_key(&mut bench);
        bench.wait(300);
        change(&mut bench.view);
        assert_eq!(bench.press("enter"), [], "{words}");
        assert!(!matches!(bench.top(), Some(Overlay::Preview(_))), "{words}");
    }
    let mut bench = Bench::armed();
    let other = Staged { item: "ZZZ".into(), ..staged("order buy ZZZ 1") };
    stage(&mut bench.screen, &bench.view, other);
    assert!(bench.told().contains("ZZZ is not registered"), "{}", bench.told());
}

#[test]
fn what_changes_under_the_trader_disarms() {
    let cases: [(Change, Why); 5] = [
        (|it| it.machine.connection = Connection::LoggedOut, Why::Disconnected),
        (|it| it.machine.account = Some("SIM-2".into()), Why::Account),
        (|it| it.machine.user = Some("eve".into()), Why::Account),
        (|it| it.machine.feed_silent_ms = Some(5_000), Why::Stale),
        (|it| it.machine.trading = Trading::Halted("x".into()), Why::Halted),
    ];
    for (change, why) in cases {
        let mut bench = Bench::instant();
        change(&mut bench.view);
        bench.happens(&Event::View);
        assert_eq!(bench.screen.safety.level(), Level::Disarmed(why));
        assert!(bench.told().contains("disarmed"), "{}", bench.told());
    }
}

#[test]
fn a_trader_who_goes_away_is_disarmed() {
    let mut bench = Bench::armed();
    for _ in 0..14 {
        bench.wait(60_000);
    }
    assert!(bench.screen.safety.level().is_armed());
    bench.wait(60_000);
    assert_eq!(bench.screen.safety.level(), Level::Disarmed(Why::Idle));

    let mut bench = Bench::armed();
    bench.wait(14 * 60_000);
    bench.keys("j");
    bench.wait(14 * 60_000);
    assert!(bench.screen.safety.level().is_armed(), "a key is a sign of life");

    let mut bench = Bench::armed();
    bench.happens(&Event::Focus(false));
    bench.wait(59_000);
    bench.happens(&Event::Focus(true));
    bench.wait(59_000);
    assert!(bench.screen.safety.level().is_armed());
    bench.happens(&Event::Focus(false));
    bench.wait(61_000);
    assert_eq!(bench.screen.safety.level(), Level::Disarmed(Why::Away));

    let mut bench = Bench::instant();
    bench.screen.now += 16 * 60_000_000_000;
    assert_eq!(order_key(&mut bench), [], "the first key after the pause finds it disarmed");
}

#[test]
fn a_key_that_is_held_down_sends_one_order() {
    let mut bench = Bench::instant();
    let mut sent = 0;
    bench.wait(1_000);
    for repeat in 0..200 {
        let line = format!("order buy TXFH1 1 --limit {} --tif rod", 17_300 + repeat);
        bench.press("b");
        sent += stage(&mut bench.screen, &bench.view, staged(&line)).len();
        bench.wait(33);
    }
    assert_eq!(sent, 1, "presses without end");
    for _ in 0..20 {
        bench.wait(500);
        bench.repeat("b");
        sent += stage(&mut bench.screen, &bench.view, staged(BUY)).len();
    }
    assert_eq!(sent, 1, "the terminal says that it is held");
}

#[test]
fn the_same_order_does_not_leave_twice_within_a_moment() {
    let mut bench = Bench::instant();
    bench.keys("b");
    assert_eq!(stage(&mut bench.screen, &bench.view, staged(BUY)).len(), 1);
    bench.wait(200);
    bench.press("B");
    assert_eq!(stage(&mut bench.screen, &bench.view, staged(BUY)), []);
    assert!(bench.told().contains("a moment ago"), "{}", bench.told());
    bench.wait(301);
    bench.press("b");
    assert_eq!(stage(&mut bench.screen, &bench.view, staged(BUY)).len(), 1);
}

#[test]
fn a_preview_waits_ten_seconds_for_an_enter_that_is_meant() {
    let mut bench = Bench::armed();
    order_key(&mut bench);
    for _ in 0..20 {
        bench.wait(12);
        assert_eq!(bench.press("enter"), []);
    }
    bench.wait(11);
    assert_eq!(bench.press("enter"), [], "still held down");
    bench.wait(200);
    assert_eq!(bench.repeat("enter"), []);
    bench.wait(200);
    assert_eq!(lines(&bench.press("enter")), [BUY]);

    order_key(&mut bench);
    paste(&mut bench.screen, "\n\r\n");
    assert!(matches!(bench.top(), Some(Overlay::Preview(_))));
    assert_eq!(bench.keys("esc"), []);
    assert_eq!(bench.top(), None);

    order_key(&mut bench);
    bench.wait(9_999);
    assert!(bench.top().is_some());
    bench.wait(1);
    assert_eq!(bench.top(), None);
    assert!(bench.told().contains("after 10 s"), "{}", bench.told());
}

#[test]
fn one_order_waits_at_a_time() {
    let mut bench = Bench::armed();
    order_key(&mut bench);
    let other = staged("order sell TXFH1 1 --tif ioc");
    bench.wait(400);
    bench.happens(&Event::Time);
    stage(&mut bench.screen, &bench.view, other);
    assert_eq!(lines(&bench.keys("enter")), [BUY], "what was looked at is what leaves");
}

#[test]
fn a_reversal_of_a_position_that_changed_is_dropped() {
    let mut bench = Bench::armed();
    bench.keys("r");
    let line = "order sell TXFH1 2 --tif ioc --open-close auto";
    stage(&mut bench.screen, &bench.view, staged(line));
    bench.wait(400);
    assert!(matches!(bench.top(), Some(Overlay::Preview(_))));
    bench.view.positions.retain(|it| it.item != "TXFH1");
    assert_eq!(bench.keys("enter"), []);
    assert!(bench.told().contains("the position is not what it was"), "{}", bench.told());
}

#[test]
fn a_preview_says_what_it_does_to_the_margin() {
    for (line, words) in [
        ("order buy TXFH1 2 --tif ioc", "margin about +368,000 TWD"),
        ("order sell TXFH1 1 --tif ioc", "only closes"),
        ("order sell TXFH1 2 --tif ioc", "margin about +184,000 TWD"),
        ("order SELL TXFH1 1 --open-close CLOSE", "only closes"),
        ("order BUY TXFH1 1", "margin about +184,000 TWD"),
        ("order sell TXFH1 1 --account SIM-1", "only closes"),
        ("order sell TXFH1 1 --account SIM-2", "margin about +184,000 TWD"),
        ("order sell TXFH1 1 --account=SIM-2", "margin about +184,000 TWD"),
        ("order sell TXFH1 1 --open-close open", "margin about +184,000 TWD"),
    ] {
        let mut bench = Bench::armed();
        stage(&mut bench.screen, &bench.view, staged(line));
        assert!(bench.drawn(120, 40).contains(words), "{}", bench.drawn(120, 40));
        bench.draws_everywhere();
    }
    let mut bench = Bench::armed();
    stage(&mut bench.screen, &bench.view, staged("order buy TXFH1 2 --tif ioc"));
    insta::assert_snapshot!("preview_120x40", bench.drawn(120, 40));
    insta::assert_snapshot!("preview_20x5", bench.drawn(20, 5));
}

#[test]
fn where_real_money_moves_arming_is_typed() {
    let live = || {
        let mut bench = Bench::new();
        bench.view.machine.environment = Environment::Live;
        bench.view.machine.account = Some("80-1234567".into());
        bench
    };
    let mut bench = live();
    arm(&mut bench.screen, &bench.view);
    assert!(!bench.screen.safety.level().is_armed());
    bench.types("4568");
    bench.keys("tab enter enter");
    assert!(!bench.screen.safety.level().is_armed(), "the wrong digits");
    bench.keys("backspace");
    bench.types("7");
    bench.keys("enter");
    assert_eq!(bench.screen.safety.level(), Level::Preview);

    let mut bench = live();
    arm_instant(&mut bench.screen, &bench.view);
    paste(&mut bench.screen, "arm instant 4567");
    bench.keys("tab enter");
    assert!(!bench.screen.safety.level().is_armed(), "a phrase is never pasted");
    bench.types("arm instant 4567");
    bench.keys("enter");
    assert_eq!(bench.screen.safety.level(), Level::Instant);
    disarm(&mut bench.screen);
    assert_eq!(bench.screen.safety.level(), Level::Disarmed(Why::Asked));
    assert_eq!(["80-1234567", "SIM-1", "A", ""].map(proof), ["4567", "IM-1", "A", ""]);
}

#[test]
fn arming_needs_somebody_who_can_trade() {
    let cases: [(Change, &str); 4] = [
        (|it| it.machine.user = None, "cannot arm: not connected"),
        (|it| it.machine.account = None, "cannot arm: no account is selected: 5"),
        (|it| it.machine.trading = Trading::Halted("x".into()), "cannot arm: trading is halted"),
        (|it| it.machine.feed_ended = true, "cannot arm: the feed is silent"),
    ];
    for (change, words) in cases {
        let mut bench = Bench::new();
        change(&mut bench.view);
        arm(&mut bench.screen, &bench.view);
        arm_instant(&mut bench.screen, &bench.view);
        assert_eq!(bench.top(), None);
        assert!(!bench.screen.safety.level().is_armed());
        assert!(bench.told().contains(words), "{}", bench.told());
    }
}

/// What becomes of a line at each level: passes, asks, is typed, is shown, is refused.
#[test]
fn a_line_passes_or_asks_by_what_it_does() {
    for (line, disarmed, preview) in [
        ("status", "passes", "passes"),
        ("item add TXFI1", "passes", "passes"),
        ("item drop TXFH1", "passes", "passes"),
        ("condition pause c1", "passes", "passes"),
        ("account use SIM-2", "passes", "passes"),
        ("cancel A16", "passes", "passes"),
        ("start", "passes", "passes"),
        ("kill --reason 'it #1 broke'", "passes", "passes"),
        ("order --help", "passes", "passes"),
        ("cancel --all", "asks", "asks"),
        ("cancel --all TXFH1", "asks", "asks"),
        ("cancel --all MXFH1", "passes", "passes"),
        ("rearm --reason fine", "asks", "asks"),
        ("logout", "asks", "asks"),
        ("condition add buy TXFH1 --trigger 17000", "asks", "passes"),
        ("condition edit c2 --trigger 17305", "asks", "passes"),
        ("condition drop c2", "asks", "asks"),
        ("condition drop c1", "types", "asks"),
        ("condition drop c1 --flatten", "types", "asks"),
        ("stop", "types", "asks"),
        ("stop --abandon", "asks", "asks"),
        ("flatten", "types", "asks"),
        ("flatten TXFH1", "types", "asks"),
        ("stop --flatten", "types", "asks"),
        ("sell everything", "types", "asks"),
        ("ordr buy TXFH1 1", "types", "asks"),
        ("order", "types", "asks"),
        ("order buy TXFH1 1", "refuses", "shows"),
        ("amend A16 --qty 2", "refuses", "shows"),
        ("amend A99 --qty 2", "types", "asks"),
        ("order buy TXFH1 1 'open", "refuses", "refuses"),
        ("flatten\nflatten", "refuses", "refuses"),
        ("", "nothing", "nothing"),
        ("# order buy TXFH1 1", "nothing", "nothing"),
        ("quit", "leaves", "leaves"),
        ("login demo", "fills", "fills"),
    ] {
        for (mut bench, expected) in [(Bench::new(), disarmed), (Bench::armed(), preview)] {
            bench.wait(1_000);
            let actions = gate(&mut bench.screen, &bench.view, line.to_owned());
            let needs_phrase =
                matches!(bench.top(), Some(Overlay::Confirm(it)) if it.has_text_field());
            let became = match bench.top() {
                Some(Overlay::Confirm(_)) if needs_phrase => "types",
                Some(Overlay::Confirm(_)) => "asks",
                Some(Overlay::Preview(_)) => "shows",
                Some(Overlay::Quit(_)) => "leaves",
                Some(Overlay::Form(_)) => "fills",
                _ if actions.is_empty() && bench.told().is_empty() => "nothing",
                _ if actions.is_empty() => "refuses",
                _ => "passes",
            };
            assert_eq!(became, expected, "{line:?}: {}", bench.told());
            let passed = lines(&actions);
            assert_eq!(passed, if expected == "passes" { vec![line] } else { vec![] });
        }
    }
}

#[test]
fn no_enter_alone_answers_a_question_with_yes() {
    for line in ["cancel --all", "flatten", "stop", "condition drop c1", "sell all", "logout"] {
        let mut bench = Bench::armed();
        gate(&mut bench.screen, &bench.view, line.into());
        for _ in 0..20 {
            bench.wait(12);
            assert_eq!(bench.press("enter"), [], "swallowed");
        }
        assert!(asks(&bench), "{line}");
        assert_eq!(bench.keys("enter"), [], "the answer with the focus changes nothing");
        assert_eq!(bench.top(), None);
        gate(&mut bench.screen, &bench.view, line.into());
        assert_eq!(bench.keys("y Y esc"), []);
        assert_eq!(bench.top(), None);
    }
}

#[test]
fn a_question_names_the_exact_effect_and_does_only_that() {
    let asked = |line: &str| {
        let mut bench = Bench::armed();
        gate(&mut bench.screen, &bench.view, line.into());
        let drawn = bench.drawn(120, 40);
        let actions = bench.keys("tab enter");
        (drawn, lines(&actions).join(";"))
    };
    for (line, words, does) in [
        ("cancel --all", "Cancel 3 orders.", "cancel --all"),
        ("cancel --all TXFH1", "Cancel 3 orders of TXFH1.", "cancel --all TXFH1"),
        ("flatten TXFH1", "Close TXFH1 +1 in SIM-1 at the market, about 17,312.", "flatten TXFH1"),
        ("flatten", "Close MXFH1 -2 in SIM-2", "flatten"),
        ("flatten TXFH1", "Cancel 3 working orders, then:", "flatten TXFH1"),
        ("condition drop c1", "Condition c1 holds 1 TXFH1.", "condition drop c1 --flatten"),
        ("condition drop c1 --abandon", "unwatched", "condition drop c1 --abandon"),
        ("stop", "1 conditions hold positions.", "stop --flatten"),
        ("stop --abandon", "stop --abandon", "stop --abandon"),
    ] {
        let (drawn, done) = asked(line);
        assert!(drawn.contains(words), "{line}\n{drawn}");
        assert!(drawn.contains("CONFIRM"), "{drawn}");
        assert_eq!(done, does, "{line}");
    }
    let mut bench = Bench::new();
    gate(&mut bench.screen, &bench.view, "flatten TXFH1".into());
    assert_eq!(bench.keys("tab enter"), [], "disarmed, it is typed");
    bench.types("close");
    assert_eq!(lines(&bench.keys("enter")), ["flatten TXFH1"]);
}

#[test]
fn several_cancels_are_asked_for_once() {
    let mut bench = Bench::new();
    let all = vec!["cancel A16".to_owned(), "cancel A17".to_owned()];
    gate_all(&mut bench.screen, &bench.view, all);
    assert!(bench.drawn(80, 24).contains("Cancel 2 orders."));
    assert_eq!(lines(&bench.keys("tab enter")), ["cancel A16", "cancel A17"]);
    let all = vec!["status".to_owned(), "order buy TXFH1 1".to_owned()];
    gate_all(&mut bench.screen, &bench.view, all);
    assert!(asks(&bench));
}

#[test]
fn where_real_money_moves_a_start_is_typed() {
    let mut bench = Bench::armed();
    bench.view.machine.environment = Environment::Live;
    bench.view.machine.running = Running::Stopped;
    gate(&mut bench.screen, &bench.view, "start".into());
    assert_eq!(bench.keys("tab enter"), []);
    bench.types("IM-1");
    assert_eq!(lines(&bench.keys("enter")), ["start"]);
}

#[test]
fn a_kill_by_a_line_disarms() {
    let mut bench = Bench::instant();
    gate(&mut bench.screen, &bench.view, "kill --reason now".into());
    assert_eq!(bench.screen.safety.level(), Level::Disarmed(Why::Killed));
}

#[test]
fn what_is_not_known_counts_as_trading() {
    for line in ["order buy X 1", "amend A1 --qty 1", "flatten", "stop --flatten", "x", "'open"] {
        assert!(trades(line), "{line}");
    }
    for line in ["", "status", "cancel --all", "start", "condition drop a", "kill --reason a"] {
        assert!(!trades(line), "{line}");
    }
}

#[test]
fn questions_look_as_they_should() {
    let mut bench = Bench::new();
    gate(&mut bench.screen, &bench.view, "condition drop c1".into());
    insta::assert_snapshot!("confirm_120x40", bench.drawn(120, 40));
    insta::assert_snapshot!("confirm_80x24", bench.drawn(80, 24));
    insta::assert_snapshot!("confirm_20x5", bench.drawn(20, 5));
    bench.draws_everywhere();
    let mut bench = Bench::new();
    bench.screen.look.language = crate::look::Language::TraditionalChinese;
    gate(&mut bench.screen, &bench.view, "condition drop c1".into());
    insta::assert_snapshot!("confirm_zh", bench.drawn(80, 24));
}
