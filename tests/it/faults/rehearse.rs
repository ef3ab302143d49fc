//! `aftm rehearse`: short rehearsals with the real processes end well, and say so.

use crate::machine::Home;

#[track_caller]
fn check(words: &[&str], sentences: &[&str]) {
    let home = Home::new();
    let ended = home.run(&[&["rehearse"], words].concat());
    assert_eq!(ended.code, Some(0), "{}{}", ended.out, ended.said);
    assert!(!ended.out.contains("BROKEN"), "{}", ended.out);
    for sentence in sentences {
        assert!(ended.out.contains(sentence), "{sentence:?} is not in:\n{}", ended.out);
    }
    assert!(!home.path().join("aftm").exists(), "the user's own folders are left alone");
}

#[test]
fn f01_f02_f03_kill_9_of_any_process_loses_and_doubles_nothing() {
    check(&["kills", "--count", "12", "--seed", "5"], &["lost 0, doubled 0", "kept    O9"]);
}

#[test]
fn f01_f02_each_child_is_killed_and_comes_back() {
    check(&["kill-child"], &["An order after all that is taken as ever."]);
}

#[test]
fn f06_an_order_that_is_answered_late_is_in_doubt_and_traded_once() {
    check(&["slow"], &["is in doubt", "The exchange saw 1 orders and 1 fills"]);
}

#[test]
fn f07_orders_are_refused_while_the_line_is_cut() {
    check(&["disconnect"], &["NOT_CONNECTED", "Orders are taken again."]);
}

#[test]
fn rejected_orders_end_as_rejected() {
    check(&["reject"], &["5 were filled and 5 rejected", "The exchange saw 10 orders"]);
}

#[test]
fn f17_malformed_messages_on_every_port_execute_nothing_and_leave_nothing() {
    let kept = [
        "kept    F17 none of them was executed",
        "kept    F17 every one of them was counted",
        "kept    F17 no process grows",
        "kept    F17 the log is no flood",
    ];
    check(&["garbage", "--count", "10000", "--seed", "3"], &kept);
}
