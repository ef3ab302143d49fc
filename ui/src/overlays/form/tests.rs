use crate::action::Action;
use crate::look::Language;
use crate::overlays::bench::{Bench, lines};
use crate::overlays::{Overlay, form, paste};
use crate::view::{Environment, Side, fixture, whole};

use super::{Form, Prefill};

fn opened(open: fn(&mut Bench)) -> Bench {
    let mut bench = Bench::armed();
    open(&mut bench);
    bench
}

fn form_of(bench: &Bench) -> &Form {
    match bench.top() {
        Some(Overlay::Form(form)) => form,
        other => panic!("no form: {other:?}"),
    }
}

fn condition(bench: &mut Bench) {
    form::condition(&mut bench.screen, &bench.view, None);
}

fn order(bench: &mut Bench) {
    form::order(&mut bench.screen, &bench.view, Prefill::default());
}

/// Fills a form in, field after field, and presses its button.
fn submit(bench: &mut Bench, fields: &[&str]) -> Vec<Action> {
    let mut actions = Vec::new();
    for text in fields {
        actions.extend(bench.keys("ctrl-e ctrl-u"));
        actions.extend(bench.types(text));
        actions.extend(bench.keys("enter"));
    }
    for _ in 0..12 {
        if form_of(bench).focus.is_none() {
            break;
        }
        actions.extend(bench.keys("tab"));
    }
    actions.extend(bench.keys("enter"));
    actions
}

#[test]
fn a_condition_takes_every_default_that_it_shows() {
    let mut bench = opened(condition);
    let actions = submit(&mut bench, &["b", "17250"]);
    let line = "condition add buy TXFH1 --trigger 17250 --turning 15 --qty 1 --tp 90 --sl 30 \
                --account SIM-1";
    assert_eq!(lines(&actions), [line]);
    let mut bench = opened(condition);
    let actions =
        submit(&mut bench, &["賣", "+100", "0", "2", "none", "none", "y", "mxfh1", "SIM-2"]);
    let line = "condition add sell MXFH1 --trigger 17413 --turning 0 --qty 2 --tp none --sl none \
                --follow --account SIM-2";
    assert_eq!(lines(&actions), [line]);
}

#[test]
fn only_a_clear_letter_is_a_side_and_a_typo_never_sells() {
    for (text, side) in [
        ("b", "buy"),
        ("B", "buy"),
        ("買", "buy"),
        ("买", "buy"),
        ("s", "sell"),
        ("S", "sell"),
        ("賣", "sell"),
        ("卖", "sell"),
    ] {
        for (open, second) in [(condition as fn(&mut Bench), "17250"), (order, "1")] {
            let mut bench = opened(open);
            let mut actions = submit(&mut bench, &[text, second]);
            actions.extend(bench.keys("enter"));
            let said = lines(&actions).join(" ");
            assert!(said.contains(&format!(" {side} TXFH1 ")), "{text}: {said}");
        }
    }
    let typos = [
        "", "n", "v", "bb", "bs", "sb", "buy", "sell", "x", "1", "-", "y", "購", "d", "ｂ", "ѕ",
        "a", "0", "b s", "s s", "空",
    ];
    for text in typos {
        for (open, second) in [(condition as fn(&mut Bench), "17250"), (order, "1")] {
            let mut bench = opened(open);
            let mut actions = submit(&mut bench, &[text, second]);
            actions.extend(bench.keys("enter enter"));
            assert_eq!(lines(&actions), Vec::<&str>::new(), "{text:?}");
            assert!(matches!(bench.top(), Some(Overlay::Form(_))), "{text:?}");
        }
    }
}

#[test]
fn what_is_wrong_with_a_field_is_said_under_it_and_at_the_button() {
    for (fields, sentence) in [
        (vec!["b", "abc"], "\"abc\" is not a decimal number"),
        (vec!["b", "0"], "a price must be above 0"),
        (vec!["b", "17250.5"], "17250.5 is not on the tick of 1: 17,250 or 17,251"),
        (vec!["b", "17250", "-1"], "points must be 0 or above"),
        (vec!["b", "17250", "0.5"], "points must be a multiple of the tick 1"),
        (vec!["b", "17250", "15", "0"], "lots must be above 0"),
        (vec!["b", "17250", "15", "-1"], "lots must be above 0"),
        (vec!["b", "17250", "15", "1e3"], "\"1e3\" is not a decimal number"),
        (vec!["b", "17250", "15", "1", "0"], "write none for none"),
        (vec!["b", "17250", "15", "1", "90", "-3"], "points must be above 0"),
        (vec!["b", "17250", "15", "1", "90", "30", "maybe"], "is neither y nor n"),
        (vec!["b", "17250", "15", "1", "90", "30", "n", "TX FH1"], "is no code"),
        (vec!["b", "17250", "15", "1", "90", "30", "n", "--all"], "is no code"),
        (
            vec!["b", "17250", "15", "1", "90", "30", "n", "TXFH1", "SIM-9"],
            "is none of SIM-1, SIM-2",
        ),
        (vec!["b", "99999999999999"], "is not a decimal number"),
    ] {
        let mut bench = opened(condition);
        let actions = submit(&mut bench, &fields);
        assert_eq!(lines(&actions), Vec::<&str>::new(), "{fields:?}");
        let drawn = bench.drawn(120, 40);
        assert!(drawn.replace('\n', " ").contains(sentence), "{fields:?}\n{drawn}");
        assert!(drawn.contains("! "), "{drawn}");
    }
}

#[test]
fn keys_step_a_price_by_its_tick_and_take_the_last_one() {
    let mut bench = opened(condition);
    bench.keys("b enter =");
    assert_eq!(form_of(&bench).said(super::Name::Trigger), "17312");
    bench.keys("up up down");
    assert_eq!(form_of(&bench).said(super::Name::Trigger), "17313");
    bench.keys("ctrl-u");
    bench.types("17300.4");
    bench.keys("up");
    assert_eq!(form_of(&bench).said(super::Name::Trigger), "17301");
    bench.keys("ctrl-u up");
    assert_eq!(form_of(&bench).said(super::Name::Trigger), "17312", "from nothing to the last");
    bench.keys("tab down up up");
    assert_eq!(form_of(&bench).said(super::Name::Turning), "16");
    bench.keys("tab down down up");
    assert_eq!(form_of(&bench).said(super::Name::Quantity), "2", "never below one lot");
}

#[test]
fn relative_prices_count_from_what_is_changed_or_from_the_last() {
    for (text, price) in [("+10", "17322"), ("-10", "17302"), ("−2", "17310"), ("+0", "17312")] {
        let mut bench = opened(condition);
        let actions = submit(&mut bench, &["s", text]);
        assert!(lines(&actions).join("").contains(&format!("--trigger {price} ")), "{text}");
    }
    let mut bench = opened(|it| {
        form::amend(&mut it.screen, &it.view, "A16");
    });
    submit(&mut bench, &["1", "-7"]);
    assert_eq!(lines(&bench.keys("enter")), ["amend A16 --price 17310"]);
}

#[test]
fn a_condition_says_what_it_will_do() {
    let says = |fields: &[&str]| {
        let mut bench = opened(condition);
        for text in fields {
            bench.keys("ctrl-e ctrl-u");
            bench.types(text);
            bench.keys("enter");
        }
        let form = form_of(&bench);
        let reader = super::read::Reader { form, look: &bench.screen.look, view: &bench.view };
        reader.sentence().unwrap_or_default()
    };
    assert_eq!(
        says(&["b", "17250"]),
        "Buys 1 TXFH1 when the price falls to 17,250 and turns up by 15 to 17,265; leaves at \
         +90 (17,355) or -30 (17,235)"
    );
    assert_eq!(
        says(&["s", "17400", "15", "2", "60", "none", "y"]),
        "Sells 2 TXFH1 when the price rises to 17,400 and turns down by 15 to 17,385; leaves at \
         +60 (17,325). NO STOP LOSS. The target follows new highs until the entry"
    );
    assert!(says(&["b", "17400", "0", "1", "none", "none"]).contains("NEVER LEAVES"));
    assert!(says(&["b", "17400"]).contains("The price is there already"));
    assert_eq!(says(&["b"]), "");
}

#[test]
fn a_changed_condition_says_only_what_changes() {
    let edit = |it: &mut Bench| {
        form::condition(&mut it.screen, &it.view, Some("c2"));
    };
    for (fields, line) in [
        (vec!["17305"], "condition edit c2 --trigger 17305"),
        (vec!["17310", "20"], "condition edit c2 --turning 20"),
        (vec!["17310", "15", "1", "none"], "condition edit c2 --tp none"),
        (vec!["17310", "15", "1", "90", "30", "n"], "condition edit c2 --follow=false"),
        (vec!["17,305.0"], "condition edit c2 --trigger 17305"),
    ] {
        let mut bench = opened(edit);
        assert_eq!(lines(&submit(&mut bench, &fields)), [line]);
    }
    let mut bench = opened(edit);
    assert_eq!(lines(&submit(&mut bench, &["17310.0"])), Vec::<&str>::new());
    assert!(bench.drawn(120, 40).contains("nothing is changed yet"));
    bench.view.conditions.clear();
    bench.types("9");
    assert!(bench.drawn(120, 40).contains("can no longer be changed"));
}

#[test]
fn a_login_takes_what_is_offered_and_production_wants_a_word() {
    let login = |it: &mut Bench| {
        form::login(&mut it.screen, &it.view);
    };
    let mut bench = opened(login);
    assert_eq!(lines(&bench.keys("enter enter enter enter")), ["login demo"]);
    let mut bench = opened(login);
    assert_eq!(lines(&submit(&mut bench, &["demo", "", "y"])), Vec::<&str>::new());
    bench.keys("backtab");
    crate::overlays::paste(&mut bench.screen, "production");
    assert_eq!(bench.keys("tab enter"), [], "the word is never pasted");
    bench.keys("shift-tab");
    bench.types("production");
    assert_eq!(lines(&bench.keys("tab enter")), ["login demo --production"]);
    for text in ["Y ", "yess", "j", "1", "true", "production"] {
        let mut bench = opened(login);
        let said = submit(&mut bench, &["demo", "", text]);
        assert!(!lines(&said).contains(&"login demo --production"), "{text}");
    }
}

#[test]
fn a_password_goes_beside_the_line_and_nothing_of_it_stays() {
    let mut bench = Bench::armed();
    bench.view.machine.defaults.needs_password = true;
    form::login(&mut bench.screen, &bench.view);
    assert_eq!(lines(&submit(&mut bench, &["demo"])), Vec::<&str>::new(), "it is needed");
    bench.keys("tab tab");
    bench.types("s3nt'nel");
    let drawn = bench.drawn(120, 40);
    assert!(drawn.contains("********") && !drawn.contains("s3nt"), "{drawn}");
    assert!(!format!("{:?}", bench.screen).contains("s3nt"));
    let actions = bench.keys("tab tab enter");
    let [Action::Perform { lines, password, .. }] = actions.as_slice() else {
        panic!("{actions:?}")
    };
    assert_eq!(lines, &["login demo"]);
    assert_eq!(password.as_ref().map(crate::action::Secret::reveal), Some("s3nt'nel"));
    assert!(!format!("{actions:?}").contains("s3nt"));
    assert!(form_of(&bench).entry(super::Name::Password).unwrap().field.is_empty());
    bench.answer(Err(("LOGIN_REFUSED", "the password is wrong")));
    assert!(bench.drawn(120, 40).contains("the password is wrong"));
}

#[test]
fn every_short_form_stands_for_its_command() {
    type Open = fn(&mut Bench);
    let cases: [(Open, &[&str], &str); 8] = [
        (|it| drop(form::item(&mut it.screen, &it.view)), &["fitxn*1"], "item add 'FITXN*1'"),
        (|it| drop(form::account(&mut it.screen, &it.view)), &[], "account use SIM-1"),
        (|it| drop(form::account(&mut it.screen, &it.view)), &["SIM-2"], "account use SIM-2"),
        (|it| drop(form::futures(&mut it.screen, &it.view)), &[], "futures"),
        (|it| drop(form::futures(&mut it.screen, &it.view)), &["txf"], "futures TXF"),
        (|it| drop(form::positions(&mut it.screen, &it.view)), &[], "positions"),
        (|it| drop(form::positions(&mut it.screen, &it.view)), &["TXFH1"], "positions TXFH1"),
        (|it| drop(form::login_as(&mut it.screen, &it.view, "eve", false)), &["eve"], "login eve"),
    ];
    for (open, fields, line) in cases {
        let mut bench = opened(open);
        assert_eq!(lines(&submit(&mut bench, fields)), [line]);
    }
    let mut bench = opened(|it| drop(form::item(&mut it.screen, &it.view)));
    assert_eq!(lines(&submit(&mut bench, &["TXFH1"])), Vec::<&str>::new());
    assert!(bench.drawn(120, 40).contains("TXFH1 is registered already"));
    let mut bench = opened(|it| drop(form::account(&mut it.screen, &it.view)));
    bench.keys("down");
    assert_eq!(form_of(&bench).said(super::Name::Account), "SIM-2");
}

#[test]
fn an_order_is_looked_at_before_it_leaves_and_needs_arming() {
    let mut bench = opened(order);
    assert_eq!(lines(&submit(&mut bench, &["b", "2"])), Vec::<&str>::new());
    assert!(matches!(bench.top(), Some(Overlay::Preview(_))));
    assert_eq!(lines(&bench.keys("enter")), ["order buy TXFH1 2 --tif ioc"]);
    assert!(matches!(bench.top(), Some(Overlay::Form(_))), "it waits for the answer");
    bench.answer(Err(("RISK_POSITION", "the position would be 3, above 2")));
    assert!(bench.drawn(120, 40).contains("the position would be 3, above 2"));
    bench.keys("enter enter");
    bench.answer(Ok(""));
    assert_eq!(bench.top(), None);

    let mut bench = opened(order);
    submit(&mut bench, &["s", "1", "17330"]);
    assert_eq!(lines(&bench.keys("enter")), ["order sell TXFH1 1 --limit 17330 --tif rod"]);

    let mut bench = Bench::new();
    order(&mut bench);
    assert_eq!(lines(&submit(&mut bench, &["b", "2"])), Vec::<&str>::new());
    assert_eq!(lines(&bench.keys("enter enter")), Vec::<&str>::new());
    let drawn = bench.drawn(120, 40);
    assert!(drawn.contains("order keys are disarmed"), "{drawn}");

    let mut bench = Bench::instant();
    order(&mut bench);
    assert_eq!(lines(&submit(&mut bench, &["b", "1"])), ["order buy TXFH1 1 --tif ioc"]);
}

#[test]
fn an_order_beyond_the_limits_of_the_day_is_refused() {
    let mut bench = Bench::armed();
    bench.view.quotes[0].limit_up = Some(whole(19_000));
    order(&mut bench);
    assert_eq!(lines(&submit(&mut bench, &["b", "1", "19001"])), Vec::<&str>::new());
    assert!(bench.drawn(120, 40).contains("beyond the day limits"));
}

#[test]
fn a_prefilled_order_shows_what_it_was_given() {
    let mut bench = Bench::armed();
    let prefill = Prefill {
        item: Some("MXFH1".into()),
        side: Some(Side::Buy),
        quantity: Some(whole(2)),
        price: None,
    };
    form::order(&mut bench.screen, &bench.view, prefill);
    bench.keys("tab tab tab tab enter");
    assert_eq!(lines(&bench.keys("enter")), ["order buy MXFH1 2 --tif ioc"]);
}

#[test]
fn an_amended_order_must_still_be_there_and_change() {
    let amend = |it: &mut Bench| {
        form::amend(&mut it.screen, &it.view, "A17");
    };
    let mut bench = opened(amend);
    submit(&mut bench, &["2"]);
    assert_eq!(lines(&bench.keys("enter")), ["amend A17 --qty 2"]);
    let mut bench = opened(amend);
    assert_eq!(lines(&submit(&mut bench, &["1"])), Vec::<&str>::new());
    assert!(bench.drawn(120, 40).contains("are filled already"));
    let mut bench = Bench::armed();
    form::amend(&mut bench.screen, &bench.view, "A11");
    assert_eq!(bench.top(), None);
    assert!(bench.told().contains("A11"), "{}", bench.told());
}

#[test]
fn a_paste_fills_a_field_and_never_submits() {
    let mut bench = opened(condition);
    paste(&mut bench.screen, "b\r\n\u{1b}[13~");
    assert_eq!(form_of(&bench).entries[0].field.text(), "b[13~");
    bench.keys("ctrl-u");
    paste(&mut bench.screen, "b\n17250\n\n\n");
    assert_eq!(form_of(&bench).entries[0].field.text(), "b17250");
    for _ in 0..9 {
        bench.keys("tab");
    }
    assert_eq!(form_of(&bench).focus, None);
    paste(&mut bench.screen, "\n\n");
    assert!(matches!(bench.top(), Some(Overlay::Form(_))));
    assert_eq!(bench.screen.next_id, 1);
}

#[test]
fn enter_is_swallowed_right_after_a_form_opens() {
    let mut bench = opened(|it| drop(form::futures(&mut it.screen, &it.view)));
    for _ in 0..20 {
        bench.wait(12);
        assert_eq!(bench.press("enter"), []);
    }
    assert!(form_of(&bench).focus.is_some());
    bench.wait(200);
    bench.press("enter");
    assert!(form_of(&bench).focus.is_none());
    bench.wait(100);
    assert_eq!(bench.press("enter"), [], "held down onto the button");
    assert_eq!(lines(&bench.keys("enter")), ["futures"]);
}

#[test]
fn the_machine_closes_a_form_or_leaves_its_reason_in_it() {
    let mut bench = opened(condition);
    submit(&mut bench, &["b", "17250"]);
    assert_eq!(bench.keys("enter enter"), [], "one at a time");
    assert!(bench.drawn(120, 40).contains("waiting for the answer"));
    bench.answer(Err(("INVALID", "there are 64 conditions, no more fit")));
    assert!(bench.drawn(120, 40).contains("there are 64 conditions, no more fit"));
    assert_eq!(lines(&bench.keys("enter")).len(), 1);
    bench.keys("esc");
    assert_eq!(bench.top(), None);
    bench.answer(Err(("INVALID", "too late")));
    assert_eq!(bench.told(), "too late", "nothing is lost with the form");
}

#[test]
fn a_live_account_is_chosen_by_its_digits() {
    let mut bench = Bench::armed();
    bench.view.machine.environment = Environment::Live;
    bench.view.machine.accounts = vec!["80-1234567".into(), "80-7654321".into()];
    form::account(&mut bench.screen, &bench.view);
    assert_eq!(lines(&submit(&mut bench, &["80-7654321"])), Vec::<&str>::new());
    bench.types("4321");
    assert_eq!(lines(&bench.keys("tab enter")), ["account use 80-7654321"]);
}

#[test]
fn forms_look_as_they_should() {
    let mut bench = opened(condition);
    bench.keys("b enter");
    bench.types("17250");
    insta::assert_snapshot!("condition_120x40", bench.drawn(120, 40));
    insta::assert_snapshot!("condition_80x24", bench.drawn(80, 24));
    insta::assert_snapshot!("condition_20x5", bench.drawn(20, 5));
    bench.screen.look.language = Language::TraditionalChinese;
    insta::assert_snapshot!("condition_zh", bench.drawn(80, 24));
    bench.draws_everywhere();

    let mut bench = Bench::of(fixture::empty());
    form::login(&mut bench.screen, &bench.view);
    insta::assert_snapshot!("login_80x24", bench.drawn(80, 24));
    bench.keys("tab tab y");
    insta::assert_snapshot!("login_production_80x24", bench.drawn(80, 24));
    bench.draws_everywhere();

    let mut bench = opened(order);
    bench.keys("s enter");
    insta::assert_snapshot!("order_80x24", bench.drawn(80, 24));
    bench.draws_everywhere();
}

fn protect(bench: &mut Bench) {
    let (what, id, item) = ("A17".to_owned(), "A17".to_owned(), "TXFH1".to_owned());
    let exits = [String::new(), "15".to_owned(), String::new(), String::new()];
    form::protect(&mut bench.screen, form::Protected { what, id, item, exits });
}

#[test]
fn exits_are_said_as_the_command_says_them() {
    let mut bench = opened(protect);
    let actions = submit(&mut bench, &["30"]);
    assert_eq!(lines(&actions), ["protect A17 --take-profit 30 --stop-loss 15"]);
    let mut bench = opened(protect);
    let actions = submit(&mut bench, &["@17400", "", "10", "12+2"]);
    assert_eq!(lines(&actions), ["protect A17 --take-profit @17400 --trail 10 --breakeven 12+2"]);
}

#[test]
fn what_cannot_protect_is_not_sent() {
    for fields in [
        &["", "none", "none", "none"][..],
        &["30", "none", "none", "12"],
        &["30", "0", "none", "none"],
        &["30", "15", "none", "12+12"],
        &["x", "15", "none", "none"],
        &["@17300.5", "15", "none", "none"],
    ] {
        let mut bench = opened(protect);
        assert_eq!(submit(&mut bench, fields), [], "{fields:?}");
    }
}
