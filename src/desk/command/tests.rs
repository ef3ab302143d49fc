use super::*;
use aftm_domain::order::{Kind, TimeInForce};
use aftm_domain::{Side, condition};
use clap::CommandFactory as _;
use std::time::Duration;

#[derive(clap::Parser)]
struct Whole {
    #[command(subcommand)]
    _command: Command,
}

#[test]
fn the_definition_is_sound() {
    Whole::command().debug_assert();
}

/// Every command in a spelling that a person would choose, and as it is written back.
const LINES: [(&str, &str); 58] = [
    ("login demo", "login demo"),
    ("login demo --password-file 'my file'", "login demo --password-file 'my file'"),
    ("login --production demo", "login demo --production"),
    ("logout", "logout"),
    ("futures", "futures"),
    ("futures TXFH1", "futures TXFH1"),
    ("item add TXFH1 MXFH1", "item add TXFH1 MXFH1"),
    ("item drop TXFH1", "item drop TXFH1"),
    ("item list", "item list"),
    ("accounts", "accounts"),
    ("account use SIM-1", "account use SIM-1"),
    ("positions", "positions"),
    ("positions TXFH1", "positions TXFH1"),
    ("orders --all", "orders --all"),
    ("fills", "fills"),
    (
        "condition add BUY TXFH1 --trigger 17300.0 --turning=15 --qty 2 --tp none --sl 30 --follow --id a --account SIM-1",
        "condition add buy TXFH1 --trigger 17300 --turning 15 --qty 2 --tp none --sl 30 --follow --id a --account SIM-1",
    ),
    ("condition add sell TXFH1 --trigger 17400", "condition add sell TXFH1 --trigger 17400"),
    ("condition list", "condition list"),
    ("condition edit a --trigger 17301 --follow", "condition edit a --trigger 17301 --follow"),
    ("condition edit a --follow=false --sl none", "condition edit a --sl none --follow=false"),
    ("condition pause a", "condition pause a"),
    ("condition resume a", "condition resume a"),
    ("condition drop a", "condition drop a"),
    ("condition drop a --flatten", "condition drop a --flatten"),
    ("order buy TXFH1 1", "order buy TXFH1 1"),
    (
        "order Sell TXFH1 2 --limit 17300.5 --tif ROD",
        "order sell TXFH1 2 --limit 17300.5 --tif rod",
    ),
    ("order buy TXFH1 1 --stop 1 --limit 2", "order buy TXFH1 1 --limit 2 --stop 1"),
    ("order buy TXFH1 1 --limit -5", "order buy TXFH1 1 --limit=-5"),
    (
        "order buy TXFH1 1 --range --open-close close --day-trade --note \"by hand\" # why",
        "order buy TXFH1 1 --range --open-close close --day-trade --note 'by hand'",
    ),
    (
        "order buy TXFH1 1 --stop-loss 15 --take-profit @17330 --breakeven 12+2 --trail 10",
        "order buy TXFH1 1 --take-profit @17330 --stop-loss 15 --trail 10 --breakeven 12+2",
    ),
    ("protect A12 --stop-loss 15", "protect A12 --stop-loss 15"),
    ("protect a12 --trail 10.0", "protect A12 --trail 10"),
    (
        "protect TXFH1 --take-profit 30 --account SIM-1 --side buy",
        "protect TXFH1 --take-profit 30 --side buy --account SIM-1",
    ),
    (
        "protect TXFH1 --breakeven 12+0 --stop-loss @1",
        "protect TXFH1 --stop-loss @1 --breakeven 12",
    ),
    ("protect list", "protect list"),
    ("protect list --all", "protect list --all"),
    ("protect drop A13", "protect drop A13"),
    ("oco A12 A13", "oco A12 A13"),
    ("cancel A12", "cancel A12"),
    ("cancel --all", "cancel --all"),
    ("cancel --all TXFH1", "cancel --all TXFH1"),
    ("amend A12 --price 17300 --qty 3", "amend A12 --qty 3 --price 17300"),
    ("flatten", "flatten"),
    ("flatten TXFH1", "flatten TXFH1"),
    ("start", "start"),
    ("stop --abandon", "stop --abandon"),
    ("status", "status"),
    ("wait running", "wait running"),
    ("wait tick", "wait tick"),
    ("wait fills 4 --timeout 30s", "wait fills 4 --timeout 30s"),
    ("wait feed-end --timeout 120s", "wait feed-end --timeout 2m"),
    ("wait --timeout 500ms flat", "wait flat --timeout 500ms"),
    ("kill --reason 'it is \"wrong\"' --flatten", "kill --flatten --reason 'it is \"wrong\"'"),
    ("kill --account SIM-1 --reason now", "kill --reason now --account SIM-1"),
    ("reduce --item TXFH1 --reason now", "reduce --reason now --item TXFH1"),
    ("rearm --condition a --reason now --force", "rearm --force --reason now --condition a"),
    ("rearm --reason=-checked", "rearm --reason=-checked"),
    ("exit --flatten", "quit --flatten"),
];

#[test]
fn every_command_reads_back_from_its_line() {
    for (line, written) in LINES {
        let command: Command = line.parse().unwrap_or_else(|err| panic!("{line}: {err}"));
        assert_eq!(command.to_line(), written);
        assert_eq!(written.parse(), Ok(command));
    }
}

/// What a person must be told, in words.
#[test]
fn a_bad_line_is_answered_with_a_sentence() {
    for (line, expected) in [
        (
            "ordr buy TXFH1 1",
            "unrecognized command 'ordr'; some similar commands exist: 'orders', 'order'",
        ),
        ("order hold TXFH1 1", "\"hold\" is not buy or sell"),
        ("order b TXFH1 1", "\"b\" is not buy or sell"),
        ("order buy TXFH1 -1", "lots must be above 0"),
        ("order buy TXFH1 0", "lots must be above 0"),
        ("order buy TXFH1 one", "\"one\" is not a decimal number"),
        ("order buy TXFH1 1 --tif gtc", "\"gtc\" is not rod, ioc or fok"),
        ("order buy TXFH1 1 --range --limit 5", "cannot be used with"),
        ("order buy TXFH1 1 --limit NaN", "\"NaN\" is not a decimal number"),
        ("order buy TXFH1", "required arguments were not provided: <QUANTITY>"),
        ("order buy TXFH1 1 --limt 5", "a similar argument exists: '--limit'"),
        ("order buy TXFH1 1 --note 123456789012345678901234567890123", "longer than 32"),
        ("cancel 12", "is not an order id, which is written like A123"),
        ("cancel", "required arguments were not provided"),
        ("cancel A1 --all", "cannot be used with"),
        ("amend A1", "required arguments were not provided"),
        ("condition add buy TXFH1", "--trigger <PRICE>"),
        ("condition add buy TXFH1 --trigger 0", "a trigger must be above 0"),
        ("condition add buy TXFH1 --trigger 1 --tp 0", "write none for none"),
        ("condition add buy TXFH1 --trigger 1 --sl -3", "points must be above 0"),
        ("condition add buy TXFH1 --trigger 1 --turning -1", "must be 0 or above"),
        ("condition edit a", "required arguments were not provided"),
        ("condition drop a --flatten --abandon", "cannot be used with"),
        ("condition", "it goes on with one of add, list, edit, pause, resume, drop"),
        ("item", "it goes on with one of add, drop, list"),
        ("item add", "required arguments were not provided"),
        ("item add TXFH1 'TX F'", "printable ASCII"),
        ("wait fills", "say how many fills"),
        ("wait flat 4", "only fills are counted"),
        ("wait flt", "possible values"),
        ("wait flat --timeout 30", "is not a duration like 30s"),
        ("wait flat --timeout -5s", "duration"),
        ("kill", "--reason <REASON>"),
        ("kill --reason ' '", "the audit trail needs one"),
        ("start now", "unexpected argument 'now' found"),
        ("order buy 'TXFH1", "a quote is opened and not closed"),
    ] {
        let error = parse_line(line).expect_err(line).to_string();
        assert!(error.contains(expected), "{line}: {error}");
        assert!(!error.contains('\n') && !error.contains("Usage"), "{line}: {error}");
    }
}

#[test]
fn a_password_is_never_part_of_a_line_and_never_repeated() {
    for line in ["login demo S3NT1NEL", "login demo --password S3NT1NEL", "login demo -p=S3NT1NEL"]
    {
        let error = parse_line(line).unwrap_err();
        assert_eq!(error, CommandError::Password, "{line}");
        assert!(!error.to_string().contains("S3NT1NEL"));
    }
}

#[test]
fn a_script_names_all_of_its_bad_lines_before_anything_runs() {
    let script = "\u{feff}# a day\r\nlogin demo\r\n\r\n  start # go\r\n";
    let commands = parse_script(script).unwrap();
    assert_eq!(commands.iter().map(|(line, _)| *line).collect::<Vec<_>>(), [2, 4]);
    assert_eq!(parse_script("").unwrap(), []);
    let error = parse_script("login demo\nbuy\n# fine\nstart 'now\n").unwrap_err();
    assert_eq!(error.0.iter().map(|(line, _)| *line).collect::<Vec<_>>(), [2, 4]);
    assert!(error.to_string().starts_with("line 2: unrecognized command 'buy'"), "{error}");
    assert_eq!(parse_line(&"a".repeat(5_000)), Err(CommandError::TooLong));
}

#[test]
fn help_is_an_answer_and_not_the_end_of_the_program() {
    let Err(CommandError::Help(text)) = parse_line("order --help") else { panic!("no help") };
    assert!(text.contains("--limit <PRICE>"), "{text}");
}

#[test]
fn an_order_is_what_its_prices_say() {
    for (line, kind, time_in_force) in [
        ("order buy TXFH1 1", Kind::Market, TimeInForce::Ioc),
        ("order buy TXFH1 1 --tif fok", Kind::Market, TimeInForce::Fok),
        ("order buy TXFH1 1 --range", Kind::RangeMarket, TimeInForce::Ioc),
        ("order buy TXFH1 1 --limit 5", Kind::Limit, TimeInForce::Rod),
        ("order buy TXFH1 1 --stop 5", Kind::Stop, TimeInForce::Rod),
        ("order buy TXFH1 1 --stop 5 --limit 6", Kind::StopLimit, TimeInForce::Rod),
    ] {
        let Ok(Command::Order(order)) = line.parse() else { panic!("{line}") };
        let ticket = order.ticket("SIM-1".parse().unwrap());
        assert_eq!((ticket.kind, ticket.time_in_force), (kind, time_in_force), "{line}");
        assert_eq!(ticket.price.is_some(), kind.has_price(), "{line}");
        assert_eq!(ticket.stop_price.is_some(), kind.has_stop(), "{line}");
        assert_eq!(ticket.side, Side::Buy);
    }
}

#[test]
fn a_condition_takes_defaults_only_where_nothing_is_said() {
    let terms = |line: &str| match line.parse() {
        Ok(Command::Condition(Condition::Add(it))) => {
            it.terms("z".parse().unwrap(), &crate::desk::Defaults::default()).unwrap()
        }
        other => panic!("{line}: {other:?}"),
    };
    let bare = terms("condition add buy TXFH1 --trigger 17300");
    assert_eq!(bare.turning, condition::TURNING_DEFAULT);
    assert_eq!(bare.take_profit, Some(condition::TAKE_PROFIT_DEFAULT));
    assert_eq!((bare.id.as_str(), bare.following), ("z", false));
    let full = terms("condition add buy TXFH1 --trigger 1 --turning 0 --tp none --sl 2 --id a");
    assert_eq!((full.id.as_str(), full.take_profit), ("a", None));
    assert!(full.turning.is_zero());
    let Ok(Command::Condition(Condition::Edit(edit))) =
        "condition edit a --tp 5 --follow".parse::<Command>()
    else {
        panic!("no edit")
    };
    let edited = edit.apply(&full).unwrap();
    let expected =
        condition::Terms { take_profit: Some("5".parse().unwrap()), following: true, ..full };
    assert_eq!(edited, expected);
}

/// Commands made of hostile words keep their meaning through their text.
#[test]
fn random_commands_read_back_from_their_lines() {
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut roll = |below: u64| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state % below
    };
    let alphabet: Vec<char> = "aZ0-#'$`!*=.,;~&|<>()[]{}?%+:@/_ \"\\停".chars().collect();
    for _ in 0..600 {
        let mut text = |characters: u64| -> String {
            (0..=roll(characters)).map(|_| alphabet[usize::try_from(roll(36)).unwrap()]).collect()
        };
        let (code, id, words) = (text(5), text(4), text(30));
        let raw = i64::try_from(roll(u64::MAX / 2)).unwrap();
        let price = aftm_domain::Price::from_raw(if roll(2) == 0 { raw } else { -raw });
        let commands = [
            code.parse().ok().map(|code| Command::Item(Item::Add { codes: vec![code; 2] })),
            code.parse().ok().map(|code| Command::Cancel(Cancel::All(Some(code)))),
            code.parse().ok().map(|code| Command::Flatten { code: Some(code) }),
            code.parse().ok().map(|account| Command::Account(Account::Use { account })),
            words.parse().ok().map(|reason| Command::Kill {
                flatten: roll(2) == 0,
                reason,
                scope: code.parse().map_or(Scope::Everything, Scope::Symbol),
            }),
            words::path(&words).ok().and_then(|path| {
                let user = code.parse().ok()?;
                let production = roll(2) == 0;
                Some(Command::Login(Login { user, production, password_file: Some(path) }))
            }),
            code.parse().ok().map(|item| {
                Command::Order(Order {
                    side: Side::Sell,
                    item,
                    quantity: aftm_domain::Quantity::from_raw(raw.max(1)),
                    limit: Some(price),
                    stop: (roll(2) == 0).then_some(price),
                    range: false,
                    time_in_force: (roll(2) == 0).then_some(TimeInForce::Fok),
                    open_close: aftm_domain::OpenClose::Close,
                    day_trade: roll(2) == 0,
                    account: code.parse().ok(),
                    note: words.parse().ok(),
                    exits: Exits::default(),
                })
            }),
            id.parse()
                .ok()
                .map(|id| Command::Condition(Condition::Drop { id, leaving: Leaving::Abandon })),
            Some(Command::Wait(Wait {
                until: Until::Fills(roll(u64::MAX)),
                timeout: Some(Duration::from_millis(roll(7 * 86_400_000))),
            })),
        ];
        for command in commands.into_iter().flatten() {
            let line = command.to_line();
            assert_eq!(line.parse(), Ok(command), "{line}");
        }
    }
}

/// Random text is a command or a sentence, never a panic.
#[test]
fn random_text_never_panics() {
    let mut state = 88_172_645_463_325_252_u64;
    let mut roll = |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state % below as u64).unwrap()
    };
    for _ in 0..1_000 {
        let mut line: Vec<char> = LINES[roll(LINES.len())].0.chars().collect();
        for _ in 0..=roll(3) {
            let at = roll(line.len());
            line[at] = ['-', ' ', '\'', '0', 'x', '=', '\u{0}', '停'][roll(8)];
        }
        let line: String = line.into_iter().collect();
        if let Ok(Some(command)) = parse_line(&line) {
            assert_eq!(command.to_line().parse(), Ok(command), "{line}");
        }
    }
}
