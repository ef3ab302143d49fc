//! `start` with something missing.

use super::{Home, of_kind};

/// What `start` needs: the commands that bring it, and how its absence is told.
const NEEDS: [(&str, &str); 4] = [
    ("account use SIM-1\n", "no account is selected (account use ACCOUNT)"),
    ("item add TXFH1\n", "no item is registered (item add CODE)"),
    (
        "condition add buy TXFH1 --trigger 17000 --id a\n",
        "there is no condition (condition add ...)",
    ),
    ("", "nobody is logged in (login USER)"),
];

#[test]
fn start_names_everything_that_is_missing_and_starts_nothing() {
    for mask in 0..15_u32 {
        let is_there = |at: usize| mask & (1 << at) != 0;
        let mut script = "login demo\n".to_owned();
        for (at, (command, _)) in NEEDS.iter().enumerate() {
            script.push_str(if is_there(at) { command } else { "" });
        }
        script.push_str(if is_there(3) { "start\n" } else { "logout\nstart\n" });
        let home = Home::new();
        let ended = home.run_script(&script, &[]);
        assert_eq!(ended.code, Some(1), "{script}{}", ended.said);
        let refused = of_kind(&ended.lines(), "refused").pop().unwrap();
        assert_eq!(refused["code"], "NOT_READY", "{script}");
        let text = refused["text"].as_str().unwrap();
        for (at, (_, sentence)) in NEEDS.iter().enumerate() {
            assert_eq!(text.contains(sentence), !is_there(at), "{script}{text}");
        }
        for kind in ["component", "child"] {
            assert!(of_kind(&ended.lines(), kind).is_empty(), "{script}{}", ended.out);
        }
    }
}

#[test]
fn start_names_each_condition_whose_item_is_not_registered() {
    let script = "login demo\naccount use SIM-1\nitem add TXFH1\n\
                  condition add buy MXFH1 --trigger 17000 --id one\n\
                  condition add buy TXFH1 --trigger 17000 --id two\n\
                  condition add sell EXFH1 --trigger 900 --id three\nstart\n";
    let ended = Home::new().run_script(script, &[]);
    assert_eq!(ended.code, Some(1), "{}", ended.said);
    let refused = of_kind(&ended.lines(), "refused").pop().unwrap();
    let text = refused["text"].as_str().unwrap();
    assert!(text.contains("condition one, MXFH1,"), "{text}");
    assert!(text.contains("condition three, EXFH1,"), "{text}");
    assert!(!text.contains("two"), "{text}");
    assert!(of_kind(&ended.lines(), "component").is_empty(), "{}", ended.out);
}
