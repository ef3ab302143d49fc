//! Bad input: each is named with its place and value, has its exit code, and starts nothing.

use super::{Home, Machine, of_kind};

#[test]
fn every_bad_line_of_a_script_is_named_and_nothing_is_done() {
    let home = Home::new();
    let script = "login demo\nfrobnicate\n# a comment\norder buy TXFH1 0\nitem add\n\
                  condition add buy TXFH1 --trigger none\nwait fills\norder up TXFH1 1\n";
    let ended = home.run_script(script, &[]);
    assert_eq!((ended.code, ended.out.as_str()), (Some(2), ""), "{}", ended.said);
    for (line, value) in [(2, "frobnicate"), (4, "'0'"), (6, "'none'"), (8, "'up'")] {
        let place = format!("script.aftm:{line}: ");
        let told = ended.said.lines().find(|it| it.contains(&place));
        assert!(told.is_some_and(|it| it.contains(value)), "{place}{value}: {}", ended.said);
    }
    for line in [5, 7] {
        assert!(ended.said.contains(&format!("script.aftm:{line}: ")), "{}", ended.said);
    }
    for line in [1, 3] {
        assert!(!ended.said.contains(&format!("script.aftm:{line}: ")), "{}", ended.said);
    }
    assert!(!home.path().join("aftm/data").exists(), "not even a folder is made");
}

#[test]
fn a_script_that_cannot_be_read_is_a_failure() {
    let ended = Home::new().run(&["run", "none.aftm"]);
    assert_eq!(ended.code, Some(1));
    assert!(ended.said.contains("none.aftm"), "{}", ended.said);
}

#[test]
fn a_bad_setting_is_named_wherever_it_stands() {
    let home = Home::new();
    std::fs::create_dir_all(home.path().join("aftm/config")).unwrap();
    home.write("aftm/config/config.toml", "[gateway]\ntick_port = 70000\nplian = true\n");
    home.write("script.aftm", "login demo\n");
    let words = ["run", "script.aftm", "--set", "feed.speed=-1", "--feed", "tape:x"];
    let mut command = home.command(&words);
    let output = command.env("AFTM_JOURNAL__DURABILITY", "hope").output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(3), "{said}");
    assert!(output.stdout.is_empty());
    for parts in [
        ["config.toml", "gateway.tick_port", "70000"],
        ["config.toml", "plian", "gateway.plain"],
        ["AFTM_JOURNAL__DURABILITY", "journal.durability", "hope"],
        ["--set", "feed.speed", "-1"],
        ["--feed", "feed.source", "tape:x"],
    ] {
        let is_told = said.lines().any(|line| parts.iter().all(|it| line.contains(it)));
        assert!(is_told, "{parts:?} in {said}");
    }
    assert!(!home.path().join("aftm/data").exists(), "nothing was started");
}

#[test]
fn what_the_program_cannot_open_is_named_with_its_place() {
    let home = Home::new();
    home.write("torn.csv", "time,code,price\n");
    home.write("good.csv", "time,code,price,quantity\n2021-07-26T09:00:00+08:00,TXFH1,17000,1\n");
    home.write(
        "bad.toml",
        "[[condition]]\nid='a'\nitem='TXFH1'\naction='hold'\ntrigger=17000\ntake_profit=0\n",
    );
    home.write("good.toml", "[[condition]]\nid='a'\nitem='TXFH1'\naction='buy'\ntrigger=17000\n");
    let cases = [
        ("csv:good.csv", "bad.toml", 3, vec!["bad.toml", "hold"]),
        ("csv:good.csv", "none.toml", 3, vec!["none.toml"]),
        ("csv:none.csv", "good.toml", 1, vec!["none.csv"]),
        ("csv:torn.csv", "good.toml", 1, vec!["torn.csv", "quantity"]),
        ("taifex:good.csv", "good.toml", 1, vec!["good.csv"]),
        ("tape:x", "good.toml", 2, vec!["tape:x"]),
    ];
    for (feed, conditions, code, parts) in cases {
        let ended = home.run(&["replay", feed, "--conditions", conditions]);
        assert_eq!(ended.code, Some(code), "{feed} {conditions}: {}", ended.said);
        for part in parts {
            assert!(ended.said.contains(part), "{feed} {conditions}: {part}: {}", ended.said);
        }
    }
    let ended = home.run_script("login demo\n", &["--feed", "csv:torn.csv"]);
    assert_eq!(ended.code, Some(1), "{}", ended.said);
    assert!(ended.said.contains("torn.csv"), "{}", ended.said);
}

#[test]
fn a_refused_command_stops_the_script_with_its_code() {
    let cases = [
        ("login nobody\n", 4, "LOGIN", "nobody"),
        ("order buy TXFH1 1\n", 4, "NOT_LOGGED_IN", "log in"),
        ("login demo\norder buy TXFH1 1\n", 1, "MISSING_ACCOUNT", "account use"),
        ("login demo\naccount use SIM-9\n", 1, "UNKNOWN_ACCOUNT", "SIM-9"),
        (
            "login demo\naccount use SIM-1\norder buy TXFH1 1 --limit 17000.5\n",
            1,
            "INVALID_ORDER",
            "17000.5",
        ),
        ("condition add buy TXFH1 --trigger 17000.5\n", 1, "INVALID_CONDITION", "17000.5"),
        ("condition drop z\n", 1, "UNKNOWN_CONDITION", "z"),
        ("cancel A7\n", 1, "UNKNOWN_ORDER", "A7"),
        ("wait running --timeout 10ms\n", 1, "TIMEOUT", "10 ms"),
    ];
    for (script, exit, code, part) in cases {
        let script = format!("{script}futures TXFH1\n");
        let ended = Home::new().run_script(&script, &[]);
        assert_eq!(ended.code, Some(exit), "{script}{}", ended.said);
        let refused = of_kind(&ended.lines(), "refused").pop().unwrap();
        assert_eq!(refused["code"], code, "{script}");
        assert!(refused["text"].as_str().unwrap().contains(part), "{script}{refused}");
        assert!(of_kind(&ended.lines(), "instrument").is_empty(), "{script}went on");
    }
}

#[test]
fn the_control_of_no_machine_and_unknown_commands_have_their_codes() {
    let home = Home::new();
    let ended = home.ctl("status");
    assert_eq!((ended.code, ended.out.as_str()), (Some(4), ""));
    assert!(ended.said.contains("no machine is running"), "{}", ended.said);
    for line in ["frobnicate", "order buy TXFH1 0", "order buy TXFH1"] {
        let ended = home.ctl(line);
        assert_eq!(ended.code, Some(2), "{line}: {}", ended.said);
    }
    let mut machine = Machine::start(&home, "login demo\nwait fills 9\n", &[]);
    machine.wait_kind("done", "command", "login demo");
    let ended = home.ctl("order buy TXFH1 1");
    assert_eq!(ended.code, Some(1), "{}", ended.out);
    assert_eq!(of_kind(&ended.lines(), "refused")[0]["code"], "MISSING_ACCOUNT");
    assert_eq!(home.ctl("logout").code, Some(0));
    assert_eq!(home.ctl("order buy TXFH1 1").code, Some(4));
    assert_eq!(home.ctl("quit").code, Some(0));
    assert_eq!(machine.finish().code, Some(0));
}

#[test]
fn malformed_lines_of_a_feed_are_counted_and_told_while_the_rest_trades() {
    let home = Home::new();
    let good = "2021-07-26T09:00:0";
    home.write(
        "ticks.csv",
        &format!(
            "time,code,price,quantity\n{good}0+08:00,TXFH1,17000,1\n{good}1+08:00,TXFH1,abc,1\n\
             {good}2+08:00,TXFH1,0,1\n{good}3+08:00,TXFH1,17001,1\n"
        ),
    );
    let script = "login demo\nitem add TXFH1\naccount use SIM-1\n\
                  condition add buy TXFH1 --trigger 100 --id far\nstart\nwait feed-end\nstatus\n";
    let ended = home.run_script(script, &["--feed", "csv:ticks.csv", "--speed", "max"]);
    assert_eq!(ended.code, Some(0), "{}", ended.said);
    let told = of_kind(&ended.lines(), "feed").into_iter();
    let told: Vec<_> = told.filter(|it| it["state"] == "malformed").collect();
    assert_eq!(told.len(), 1, "once: {told:?}");
    let text = told[0]["text"].as_str().unwrap();
    for part in ["2 malformed lines: line 3: ", "abc", "; line 4: "] {
        assert!(text.contains(part), "{part} is not in {text}");
    }
    let status = of_kind(&ended.lines(), "status").pop().unwrap();
    let counts = (&status["published"], &status["feed_problems"]);
    assert_eq!(counts, (&2.into(), &2.into()), "{status}");
    // Never a price of zero: that would arm every buy.
    let armed = of_kind(&ended.lines(), "condition").into_iter();
    assert!(armed.into_iter().all(|it| it["condition"]["progress"]["state"] == "waiting"));
}
