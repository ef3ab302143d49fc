use ratatui::Terminal;
use ratatui::backend::TestBackend;

use super::*;
use crate::event::Event;
use crate::keys::{Act, Chord, Keymap};
use crate::look::{Language, Look};
use crate::screen::Entry;
use crate::theme::Theme;
use crate::update::update as apply;
use crate::view::fixture;

fn screen(width: u16, height: u16) -> Screen {
    let look = Look { theme: Theme::built_in("mono").unwrap(), language: Language::English };
    let mut screen = Screen::new(look, Keymap::default(), (width, height));
    let entry = |line: &str, help: &str| Entry { line: line.into(), help: help.into() };
    screen.vocabulary = vec![
        entry("status", "Show the state of every component"),
        entry("item add <CODE>", "Take ticks of these items"),
        entry("flatten [<CODE>]", "Close positions at the market"),
        entry("account use <account>", "Trade in this account from now on"),
        entry("cancel [<order>] [--all <CODE>]", "Cancel an order, or all of them"),
        entry("condition drop <id> [--flatten] [--abandon]", "Remove a condition"),
        entry("order <side> <CODE> <quantity> [--limit <PRICE>] [--tif <TIF>]", "Send an order"),
    ];
    screen
}

fn press(screen: &mut Screen, keys: &str) -> Vec<Action> {
    let view = fixture::view();
    let mut actions = Vec::new();
    for text in keys.split_whitespace() {
        let chord = Chord::parse(text).unwrap();
        let key = crokey::KeyCombination::one_key(chord.code(), chord.modifiers());
        let now = screen.now + 1_000_000_000;
        actions.extend(apply(screen, &view, now, Event::Key(Press { key, is_repeat: false })));
    }
    actions
}

/// Types a text, its spaces included, without Enter.
fn write(screen: &mut Screen, text: &str) {
    let view = fixture::view();
    let now = screen.now + 1_000_000_000;
    apply(screen, &view, now, Event::Paste(text.into()));
}

fn typed(screen: &Screen) -> String {
    match screen.overlays.last() {
        Some(Overlay::Palette(it)) => it.field.text().to_owned(),
        _ => "(closed)".into(),
    }
}

fn labels(screen: &Screen, text: &str) -> Vec<String> {
    rows::rows(text, screen, &fixture::view()).into_iter().map(|it| it.label).collect()
}

fn drawn(screen: &Screen) -> String {
    let backend = TestBackend::new(screen.area.width, screen.area.height);
    let mut terminal = Terminal::new(backend).unwrap();
    let Some(Overlay::Palette(palette)) = screen.overlays.last() else { return String::new() };
    terminal.draw(|frame| draw(frame, palette, screen, &fixture::view())).unwrap();
    terminal.backend().to_string()
}

#[test]
fn a_few_letters_find_what_is_meant() {
    let screen = screen(120, 40);
    for (text, label) in [
        ("zoom", "Give the focused pane the whole screen, or take it back"),
        ("deuter", "setting theme: deuter"),
        ("繁體", "setting language: 繁體中文"),
        ("MXF", "show MXFH1 小型臺指08"),
        ("go ladder", "go to Ladder"),
        ("screenshot as ansi", "screenshot as ansi"),
        ("account use", "do: account use"),
        ("status", "do: status"),
        ("instant", "arm instant: order keys send at once"),
    ] {
        let labels = labels(&screen, text);
        assert!(labels.iter().take(2).any(|it| it == label), "{text}: {labels:?}");
    }
    assert_eq!(labels(&screen, "zqxjv"), Vec::<String>::new());
}

#[test]
fn what_cannot_be_done_says_why_and_stays() {
    let mut screen = screen(120, 40);
    press(&mut screen, ":");
    write(&mut screen, "buy at the cursor");
    assert_eq!(press(&mut screen, "enter"), []);
    let Some(Overlay::Palette(palette)) = screen.overlays.last() else { panic!("closed") };
    assert_eq!(palette.problem.as_deref(), Some("only in Ladder"));
    press(&mut screen, "esc alt-5 :");
    write(&mut screen, "buy at the cursor");
    press(&mut screen, "enter");
    let Some(Overlay::Palette(palette)) = screen.overlays.last() else { panic!("closed") };
    assert_eq!(palette.problem.as_deref(), Some("disarmed: a arms"));
}

#[test]
fn tab_completes_words_and_names() {
    for (text, keys, completed) in [
        ("sta", "tab", "status "),
        ("acc", "tab tab", "account use "),
        ("account use S", "tab", "account use SIM-"),
        ("account use S", "tab tab", "account use SIM-1"),
        ("account use S", "tab tab tab", "account use SIM-2"),
        ("cancel ", "tab", "cancel --all"),
        ("cancel A16", "tab", "cancel A16 "),
        ("cancel A11", "tab", "cancel A11"),
        ("condition drop c2 --f", "tab", "condition drop c2 --flatten "),
        ("order b", "tab", "order buy "),
        ("item add TXFH1 M", "tab", "item add TXFH1 MXF"),
        ("order buy mxfh", "tab", "order buy MXFH1 "),
        ("order buy MXFH1 1 --tif ", "tab", "order buy MXFH1 1 --tif fok"),
    ] {
        let mut screen = screen(120, 40);
        press(&mut screen, ":");
        write(&mut screen, text);
        press(&mut screen, keys);
        assert_eq!(typed(&screen), completed, "{text} {keys}");
    }
}

#[test]
fn a_template_waits_for_its_words() {
    let mut screen = screen(120, 40);
    press(&mut screen, ":");
    write(&mut screen, "Take ticks");
    assert_eq!(press(&mut screen, "enter"), []);
    assert_eq!(typed(&screen), "item add ");
}

#[test]
fn what_was_chosen_lately_comes_first() {
    let mut screen = screen(120, 40);
    press(&mut screen, ":");
    write(&mut screen, "theme daylight");
    press(&mut screen, "enter :");
    write(&mut screen, "zoom");
    press(&mut screen, "enter");
    assert!(screen.is_zoomed);
    assert_eq!(screen.look.theme.name, "daylight");
    let first = rows::rows("", &screen, &fixture::view()).into_iter().take(2);
    let first: Vec<Choice> = first.map(|it| it.choice).collect();
    assert_eq!(first, [Choice::Act(Act::Zoom), Choice::Line("theme daylight".into())]);
}

#[test]
fn the_screens_own_lines_are_done_here() {
    let mut screen = screen(120, 40);
    let mut say = |text: &str| {
        press(&mut screen, ":");
        write(&mut screen, text);
        press(&mut screen, "enter")
    };
    assert!(matches!(say("screenshot txt")[..], [Action::Screenshot { .. }]));
    assert_eq!(say("language zh-tw"), []);
    assert_eq!(say("theme nonsense"), []);
    assert_eq!(say("screenshot pdf"), []);
    assert_eq!(screen.look.language, Language::TraditionalChinese);
    assert!(!screen.toasts.is_empty());
}

#[test]
fn a_line_that_trades_asks_first() {
    for line in ["flatten TXFH1", "cancel --all", "condition drop c1 --flatten"] {
        let mut screen = screen(120, 40);
        press(&mut screen, ":");
        write(&mut screen, line);
        assert_eq!(press(&mut screen, "enter"), [], "{line}");
        assert!(matches!(screen.overlays.last(), Some(Overlay::Confirm(_))), "{line}");
        assert_eq!(press(&mut screen, "enter"), [], "{line}: the cursor stands on cancel");
    }
    let mut screen = screen(120, 40);
    press(&mut screen, ":");
    write(&mut screen, "status");
    let actions = press(&mut screen, "enter");
    assert!(matches!(&actions[..], [Action::Perform { lines, .. }] if lines == &["status"]));
}

#[test]
fn an_order_takes_the_way_of_the_order_keys() {
    let line = "order buy TXFH1 1 --limit 17300";
    let mut screen = screen(120, 40);
    let say = |screen: &mut Screen| {
        press(screen, ":");
        write(screen, line);
        press(screen, "enter")
    };
    assert_eq!(say(&mut screen), []);
    assert!(screen.overlays.is_empty() && !screen.toasts.is_empty(), "disarmed, it is refused");
    press(&mut screen, "a");
    assert_eq!(say(&mut screen), []);
    assert!(matches!(screen.overlays.last(), Some(Overlay::Preview(_))));
    let actions = press(&mut screen, "enter");
    assert!(matches!(&actions[..], [Action::Perform { lines, .. }] if lines == &[line]));
}

#[test]
fn quitting_and_killing_ask_in_their_own_places() {
    let mut screen = screen(120, 40);
    press(&mut screen, ":");
    write(&mut screen, "quit");
    assert_eq!(press(&mut screen, "enter"), []);
    assert!(matches!(screen.overlays.last(), Some(Overlay::Quit(_))));
    press(&mut screen, "esc :");
    write(&mut screen, "kill");
    assert_eq!(press(&mut screen, "enter"), []);
    assert!(matches!(screen.overlays.last(), Some(Overlay::Kill(_))));
}

#[test]
fn an_enter_that_was_meant_for_something_else_is_swallowed() {
    let view = fixture::view();
    let mut screen = screen(120, 40);
    screen.recent = vec!["act zoom".into()];
    press(&mut screen, ":");
    let enter = crokey::KeyCombination::from(crossterm::event::KeyCode::Enter);
    let now = screen.now + 200_000_000;
    apply(&mut screen, &view, now, Event::Key(Press { key: enter, is_repeat: false }));
    assert!(!screen.is_zoomed);
}

#[test]
fn it_looks_like_this() {
    for (name, width, height, language) in [
        ("120x40", 120, 40, Language::English),
        ("80x24_zh", 80, 24, Language::TraditionalChinese),
        ("20x5", 20, 5, Language::English),
    ] {
        let mut screen = screen(width, height);
        screen.look.language = language;
        press(&mut screen, ":");
        write(&mut screen, "or");
        insta::assert_snapshot!(format!("palette_{name}"), drawn(&screen));
    }
    for (width, height) in [(1, 1), (5, 2), (12, 7), (250, 90)] {
        let mut screen = screen(width, height);
        press(&mut screen, ":");
        write(&mut screen, "買 or");
        drawn(&screen);
    }
}
