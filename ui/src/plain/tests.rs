//! Lines in, lines and commands out.

use super::{End, Plain, Told};
use crate::action::Action;
use crate::event::{Answer, Event, Refused};
use crate::look::Language;
use crate::overlays::bench::{Bench, lines};
use crate::screen::Screen;
use crate::view::{Environment, Fill, Running, View, fixture, whole};

/// A conversation, and everything that it said.
struct Talk {
    plain: Plain,
    screen: Screen,
    view: View,
    said: Vec<String>,
}

impl Talk {
    fn of(view: View) -> Talk {
        Talk::typed(view, true)
    }

    fn typed(view: View, is_typed: bool) -> Talk {
        let Bench { mut screen, view } = Bench::of(view);
        let mut plain = Plain::new(is_typed);
        let said = plain.begin(&mut screen, &view).lines;
        Talk { plain, screen, view, said }
    }

    /// Keeps what was said, which never moves a cursor; the commands.
    fn keep(&mut self, told: Told) -> Vec<String> {
        let prompt = self.plain.prompt();
        for line in told.lines.iter().map(String::as_str).chain([prompt]) {
            assert!(!line.chars().any(char::is_control), "{line:?}");
        }
        self.said.extend(told.lines);
        let mut commands: Vec<String> =
            lines(&told.actions).into_iter().map(str::to_owned).collect();
        let has_left = told.actions.contains(&Action::Leave);
        commands.extend(has_left.then(|| "(leave)".to_owned()));
        commands
    }

    /// Lines, one after the other; the commands that follow.
    fn lines(&mut self, texts: &[&str]) -> Vec<String> {
        let mut commands = Vec::new();
        for text in texts {
            let now = self.screen.now;
            let told = self.plain.line(&mut self.screen, &self.view, now, (*text).to_owned());
            commands.extend(self.keep(told));
        }
        commands
    }

    fn happens(&mut self, event: Event) -> Vec<String> {
        let now = self.screen.now;
        let told = self.plain.told(&mut self.screen, &self.view, now, event);
        self.keep(told)
    }

    /// Answers the newest action.
    fn answer(&mut self, outcome: Result<&str, &str>) -> Vec<String> {
        let id = self.screen.next_id - 1;
        let refused = |text: &str| Refused { code: "LIMIT".into(), text: text.into() };
        let outcome = outcome.map(str::to_owned).map_err(refused);
        self.happens(Event::Answer(Answer { id, outcome }))
    }

    fn end(&mut self, is_cut: bool) -> Vec<String> {
        let now = self.screen.now;
        let told = self.plain.end(&mut self.screen, &self.view, now, is_cut);
        self.keep(told)
    }

    /// What was said since this was asked last.
    fn said(&mut self) -> String {
        std::mem::take(&mut self.said).join("\n")
    }
}

fn stopped() -> View {
    let mut view = fixture::view();
    view.machine.running = Running::Stopped;
    view
}

#[test]
fn the_numbers_lead_from_the_first_start_to_a_running_machine() {
    let mut talk = Talk::of(fixture::empty());
    assert!(talk.said().ends_with(" 0 Exit\n 1 Log in\nnext: 1 log in"));
    assert_eq!(talk.lines(&["1", "", "", ""]), ["login demo"]);
    talk.view.machine = fixture::view().machine;
    (talk.view.machine.running, talk.view.machine.account) = (Running::Stopped, None);
    assert_eq!(talk.answer(Ok("")), [""; 0]);
    let said = talk.said();
    assert!(said.contains("demo is logged in\n 0 Exit"), "{said}");
    assert!(said.ends_with("10 Start all components\nnext: 3 register an item"), "{said}");
    assert_eq!(talk.lines(&["3", ""]), ["item add TXFH1"]);
    talk.view.quotes = fixture::view().quotes;
    talk.answer(Ok(""));
    assert!(talk.said().ends_with("TXFH1 is registered\nnext: 4 create a condition"));
    let texts = ["4", "b", "17250", "", "", "", "", "", "", "2", "y"];
    let line = "condition add buy TXFH1 --trigger 17250 --turning 15 --qty 1 --tp 90 --sl 30 \
                --account SIM-2";
    assert_eq!(talk.lines(&texts), [line]);
    talk.view.conditions = fixture::view().conditions;
    talk.answer(Ok(""));
    assert!(talk.said().ends_with("created\nnext: 5 choose the account"));
    assert_eq!(talk.lines(&["5", "1"]), ["account use SIM-1"]);
    talk.view.machine.account = Some("SIM-1".to_owned());
    talk.answer(Ok(""));
    assert!(talk.said().ends_with("orders go to SIM-1 now\nnext: 10 start all components"));
    assert_eq!(talk.lines(&["10"]), ["start"]);
    talk.view.machine.running = Running::Running;
    talk.answer(Ok(""));
    assert_eq!((talk.said().as_str(), talk.plain.prompt()), ("done: start", "> "));
}

#[test]
fn a_typo_never_sells() {
    for text in ["by", "buy", "sell", "S ell", "x", "1", "y", "bs", "賣出", "", " ", "nan"] {
        for number in ["4", "6"] {
            let mut talk = Talk::of(stopped());
            assert_eq!(talk.lines(&[number, text, "1", "y", "yes"]), [""; 0], "{text}");
            assert!(talk.plain.prompt().contains("(b/s)"), "{text}: {}", talk.plain.prompt());
        }
    }
    for (text, side) in [("b", "buy"), ("B", "buy"), ("買", "buy"), ("s", "sell"), ("卖", "sell")]
    {
        let mut talk = Talk::of(stopped());
        let lines = talk.lines(&["6", text, "", "", "", "y"]);
        assert_eq!(lines, [format!("order {side} TXFH1 1 --tif ioc")], "{}", talk.said());
    }
}

#[test]
fn what_is_refused_is_asked_again_and_what_was_said_stays() {
    let mut talk = Talk::of(stopped());
    talk.lines(&["4", "s"]);
    for (text, why) in [
        ("", "must be filled in"),
        ("nan", "\"nan\" is not a decimal number"),
        ("1e5", "\"1e5\" is not a decimal number"),
        ("17250.5", "17250.5 is not on the tick of 1"),
        ("0", "must be above 0"),
        ("99999999999999999999", "is not a decimal number"),
        ("17\u{1b}[2J", "control characters"),
        ("1\u{fffd}", "is not text"),
    ] {
        talk.said();
        assert_eq!(talk.lines(&[text]), [""; 0]);
        let said = talk.said();
        assert!(said.contains(why), "{text:?}: {said}");
        assert_eq!(talk.plain.prompt(), "Target price: ", "{text:?}");
    }
    talk.lines(&["17250"]);
    for (text, label) in
        [("-1", "Turning"), ("0", "Quantity"), ("1.5", "Take"), ("nan", "Stop"), ("maybe", "Foll")]
    {
        talk.lines(&[text]);
        assert!(talk.plain.prompt().starts_with(label), "{text}: {}", talk.plain.prompt());
        talk.lines(&[""]);
    }
    assert_eq!(talk.plain.prompt(), "Item [TXFH1]: ");
    assert_eq!(talk.lines(&["NOPE"]), [""; 0]);
    assert!(talk.said().contains("NOPE is not registered"));
    assert_eq!(talk.lines(&["", "", "maybe", ""]), [""; 0], "only y is yes");
    let lines = talk.lines(&["y"]);
    let [line] = lines.as_slice() else { panic!("{lines:?}: {}", talk.said()) };
    assert!(line.starts_with("condition add sell TXFH1 --trigger 17250"), "{line}");
}

#[test]
fn an_order_is_read_out_before_it_is_meant() {
    let mut talk = Talk::of(stopped());
    assert_eq!(talk.lines(&["6", "b", "", "", ""]), [""; 0]);
    assert!(talk.said().contains("TXFH1"), "the effect is told");
    assert_eq!(talk.lines(&["n"]), [""; 0]);
    assert!(talk.said().ends_with("left, nothing done"));
    let line = |lots: u8| format!("order buy TXFH1 {lots} --limit 17300 --tif rod");
    assert_eq!(talk.lines(&["6", "b", "2", "17300", "", "y"]), [line(2)]);
    talk.answer(Err("margin is missing"));
    assert!(talk.said().contains("margin is missing"));
    assert_eq!(talk.lines(&["y", "", "1", "", "", "y"]), [line(1)], "a blank keeps");
    talk.answer(Ok("A7"));
    assert!(talk.said().ends_with("order A7 is sent"));
}

#[test]
fn where_real_money_moves_a_yes_is_not_enough() {
    let mut view = stopped();
    view.machine.environment = Environment::Live;
    let mut talk = Talk::of(view);
    assert_eq!(talk.lines(&["6", "b", "", "", "", "y", "yes"]), [""; 0]);
    assert!(talk.plain.prompt().starts_with("Type "), "{}", talk.plain.prompt());
    let phrase = talk.plain.prompt().split([' ', ',']).nth(1).unwrap().to_owned();
    assert_eq!(talk.lines(&[&phrase]), ["order buy TXFH1 1 --tif ioc"]);
}

#[test]
fn a_question_is_left_without_doing_anything() {
    for number in ["3", "4", "5", "6", "7", "8"] {
        let mut talk = Talk::of(stopped());
        assert_eq!(talk.lines(&[number, "-"]), [""; 0]);
        assert!(talk.said().ends_with("left, nothing done"), "{number}");
        assert_eq!(talk.plain.prompt(), "> ", "{number}");
    }
}

#[test]
fn what_is_not_offered_says_why() {
    let mut talk = Talk::of(fixture::empty());
    for (text, why) in [
        ("11", "no menu entry 11"),
        ("b", "no menu entry b"),
        ("01", "no menu entry 01"),
        ("-", "no menu entry -"),
        ("6", "Missing: a login (1); an item (3); an account (5)"),
        ("10", "Missing: a login (1); an item (3); a condition (4); an account (5)"),
    ] {
        assert_eq!(talk.lines(&[text]), [""; 0]);
        let said = talk.said();
        assert!(said.starts_with("Warning: ") || said.contains("\nWarning: "), "{said}");
        assert!(said.contains(why), "{said}");
    }
}

#[test]
fn lists_are_told() {
    let mut talk = Talk::of(stopped());
    for (number, code, command, row) in [
        ("7", "mxf", "futures MXF", "MXFH1"),
        ("8", "", "positions", "SIM-1"),
        ("8", "TXFH1", "positions TXFH1", "TXFH1"),
    ] {
        assert_eq!(talk.lines(&[number, code]), [command]);
        talk.said();
        talk.answer(Ok(""));
        let said = talk.said();
        assert!(said.contains(row), "{number}: {said}");
        assert_eq!(talk.plain.prompt(), "> ");
    }
}

#[test]
fn stopping_asks_what_becomes_of_positions() {
    for (answers, line) in [
        (vec!["1", "y"], Some("--flatten")),
        (vec!["2", "y"], Some("--abandon")),
        (vec!["0"], None),
    ] {
        let mut talk = Talk::of(fixture::view());
        assert_eq!(talk.lines(&["9"]), [""; 0]);
        let commands = talk.lines(&answers);
        let expected: Vec<String> = line.iter().map(|it| format!("stop {it}")).collect();
        assert_eq!(commands, expected, "{answers:?}: {}", talk.said());
    }
}

#[test]
fn a_password_is_hidden_and_nothing_in_it_means_anything_else() {
    let mut talk = Talk::of(fixture::empty());
    talk.lines(&["1", "somebody"]);
    assert!(talk.plain.is_secret());
    talk.said();
    talk.lines(&["k"]);
    assert!(!talk.plain.is_secret());
    let now = talk.screen.now;
    let told = talk.plain.line(&mut talk.screen, &talk.view, now, "n".to_owned());
    let [Action::Perform { lines, password: Some(password), .. }] = told.actions.as_slice() else {
        panic!("{told:?}")
    };
    assert_eq!((lines.as_slice(), password.reveal()), (&["login somebody".to_owned()][..], "k"));
    let said = format!("{told:?} {}", talk.said());
    assert!(!said.contains("\"k\""), "{said}");
}

#[test]
fn news_never_comes_in_the_middle_of_an_answer_unless_it_is_bad() {
    let mut talk = Talk::of(stopped());
    talk.lines(&["4", "b"]);
    talk.said();
    let last = talk.view.fills.last().unwrap().clone();
    talk.view.fills.push(Fill { order: "A9".into(), quantity: whole(1), ..last });
    talk.happens(Event::View);
    assert_eq!(talk.said(), "", "it waits");
    talk.lines(&["17250"]);
    assert!(talk.said().starts_with("filled A9: "));
}

#[test]
fn lines_that_come_early_wait_for_their_question() {
    let mut talk = Talk::typed(fixture::empty(), false);
    let commands = talk.lines(&["1", "", "", "", "3", "mxfh1", "0"]);
    assert_eq!(commands, ["login demo"], "the rest waits for the login");
    assert_eq!((talk.plain.waiting(), talk.plain.prompt()), (3, ""));
    talk.view.machine = stopped().machine;
    assert_eq!(talk.answer(Ok("")), ["item add MXFH1"]);
    assert_eq!(talk.plain.waiting(), 1);
    assert_eq!(talk.answer(Ok("")), ["quit"], "nothing runs, so nothing is asked");
    assert_eq!(talk.answer(Ok("")), ["(leave)"]);
}

#[test]
fn the_kill_menu_is_reached_before_the_lines_that_wait() {
    let mut talk = Talk::of(stopped());
    talk.lines(&["8", "", "8", ""]);
    assert_eq!(talk.lines(&["k"]), [""; 0]);
    let prompt = talk.plain.prompt().to_owned();
    assert!(prompt.contains("- to leave"), "{prompt}");
    let commands = talk.lines(&["2"]);
    assert!(commands.first().is_some_and(|it| it.starts_with("kill")), "{commands:?}");
}

#[test]
fn the_end_of_the_input_stops_in_order() {
    let mut talk = Talk::typed(fixture::empty(), false);
    assert_eq!(talk.end(false), ["quit"]);
    assert_eq!(
        (talk.answer(Ok("")), talk.plain.how_it_ended()),
        (vec!["(leave)".into()], End::Clean)
    );
    let mut talk = Talk::typed(stopped(), false);
    talk.lines(&["6", "b", "1"]);
    assert_eq!(talk.end(false), ["quit"], "nothing of the order is sent");
    assert!(talk.said().contains("nothing of it was done"));
    assert_eq!(talk.plain.how_it_ended(), End::Inside);
    let mut talk = Talk::typed(stopped(), false);
    assert_eq!(talk.end(true), ["quit"], "a line without its end is not taken");
    assert_eq!(talk.plain.how_it_ended(), End::Inside);
}

#[test]
fn the_end_of_the_input_tells_what_nobody_watches_then() {
    let mut talk = Talk::typed(fixture::view(), false);
    assert_eq!(talk.end(false), ["quit"]);
    talk.said();
    assert_eq!(talk.answer(Err("say --flatten or --abandon")), ["(leave)"]);
    let said = talk.said();
    assert!(said.contains("nothing watches it"), "{said}");
    assert!(!said.contains("--flatten"), "nobody is there to say it: {said}");
    assert_eq!(talk.plain.how_it_ended(), End::Held);
}

#[test]
fn a_command_is_asked_about_as_on_the_screen() {
    let mut talk = Talk::of(stopped());
    assert_eq!(talk.lines(&[":order buy TXFH1 1"]), [""; 0]);
    assert_eq!(talk.lines(&["no"]), [""; 0]);
    assert_eq!(talk.lines(&[": order buy TXFH1 1", "y"]), ["order buy TXFH1 1"]);
    talk.answer(Ok("A8"));
    assert_eq!(talk.lines(&[":status"]), ["status"]);
    let id = talk.screen.next_id - 1;
    assert!(talk.plain.shows(id));
}

#[test]
fn every_question_can_be_asked_in_every_language() {
    for language in Language::ALL {
        for number in ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "k", "?", ""] {
            for view in [fixture::empty(), stopped(), fixture::view()] {
                let mut talk = Talk::of(view);
                talk.screen.look.language = language;
                talk.lines(&[number, "?", "b", "?", "17250", "?", "", "?", "", "?", "", "?", ""]);
                let said = talk.said();
                let is_key = |it: &str| it.starts_with("plain.") || it.starts_with("form.");
                assert!(!said.lines().any(is_key), "{said}");
                assert!(!said.contains("%{"), "{said}");
            }
        }
    }
}
