//! However the screen ends, the terminal is as it was, and nothing is left that should have ended.

use rustix::process::Signal;

use super::{Terminal, child_of, until};
use crate::machine::{Home, is_alive, of_kind, send};

/// A screen over a machine with a condition that never triggers, and its children.
fn running(home: &Home, words: &[&str]) -> (Terminal, Vec<u32>) {
    let terminal = Terminal::open(home, (120, 40), words);
    terminal.see("press 1");
    let add = "condition add buy TXFH1 --trigger 1000 --id far";
    for line in ["login demo", "item add TXFH1", "account use SIM-1", add, "start"] {
        assert_eq!(home.ctl(line).code, Some(0), "{line}");
    }
    terminal.see("running: 9 then enter stops all");
    let children = ["strategy", "executor"].map(|it| child_of(home, it).unwrap());
    (terminal, children.to_vec())
}

#[track_caller]
fn assert_nothing_left(home: &Home, terminal: &Terminal, children: &[u32]) {
    assert_eq!(terminal.left_switched(), Vec::<String>::new());
    assert!(!children.iter().any(|it| is_alive(*it)), "a child is left");
    assert_eq!(home.runtime_files(), Vec::<String>::new());
}

fn leave(terminal: &mut Terminal) {
    terminal.press("q");
    terminal.see("LEAVE?");
    terminal.press("\x1b[B");
    terminal.see("▸ [ Stop all and leave ]");
    terminal.enter();
}

#[test]
fn the_dialog_names_what_runs_and_leaves_nothing_behind() {
    let home = Home::new();
    let (mut terminal, children) = running(&home, &[]);
    terminal.press("q");
    terminal.see("Running: executor, strategy");
    terminal.see("▸ [ Stay ]");
    terminal.enter();
    terminal.see_no("LEAVE?");
    assert!(children.iter().all(|it| is_alive(*it)), "staying stops nothing");
    leave(&mut terminal);
    assert_eq!(terminal.ended(), 0);
    assert_nothing_left(&home, &terminal, &children);
}

#[test]
fn control_c_twice_leaves_in_order() {
    let home = Home::new();
    let (mut terminal, children) = running(&home, &[]);
    terminal.press("\x03");
    terminal.see("LEAVE?");
    terminal.lift();
    terminal.press("\x03");
    assert_eq!(terminal.ended(), 0);
    assert_nothing_left(&home, &terminal, &children);
}

#[test]
fn a_signal_to_end_gives_the_terminal_back() {
    for signal in [Signal::TERM, Signal::INT] {
        let home = Home::new();
        let (mut terminal, children) = running(&home, &[]);
        terminal.signal(signal);
        assert_eq!(terminal.ended(), 130, "{signal:?}");
        assert_nothing_left(&home, &terminal, &children);
    }
}

#[test]
fn f16_the_machine_goes_on_when_the_terminal_goes_away() {
    let home = Home::new();
    let (mut terminal, children) = running(&home, &[]);
    terminal.hang_up();
    goes_on_headless(&home, &mut terminal, &children);
}

#[test]
fn f16_the_machine_goes_on_after_a_signal_that_the_terminal_went_away() {
    let home = Home::new();
    let (mut terminal, children) = running(&home, &[]);
    terminal.signal(Signal::HUP);
    until("the terminal is given back", || terminal.left_switched().is_empty());
    goes_on_headless(&home, &mut terminal, &children);
}

/// It answers, trades on with the same children, and ends when it is told to.
fn goes_on_headless(home: &Home, terminal: &mut Terminal, children: &[u32]) {
    let published = || of_kind(&home.ctl("status").lines(), "status")[0]["published"].as_u64();
    let before = published();
    until("further ticks", || published() > before);
    assert_eq!(home.ctl("wait running --timeout 5s").code, Some(0));
    assert!(children.iter().all(|it| is_alive(*it)));
    assert_eq!(home.ctl("quit").code, Some(0));
    assert_eq!(terminal.ended(), 0);
    until("the end of the children", || !children.iter().any(|it| is_alive(*it)));
    assert_eq!(home.runtime_files(), Vec::<String>::new());
}

/// A screen over a machine that holds two lots and has an order that rests, which then hangs up.
fn hung_up(home: &Home, policy: &str) -> Terminal {
    let policy = format!("screen.on_terminal_loss={policy}");
    let mut terminal = Terminal::open(home, (120, 40), &["--set", &policy]);
    terminal.see("press 1");
    let rests = "order sell TXFH1 1 --limit 19000";
    let begin = ["login demo", "item add TXFH1", "account use SIM-1", "wait tick"];
    for line in begin.into_iter().chain(["order buy TXFH1 2", rests]) {
        assert_eq!(home.ctl(line).code, Some(0), "{line}");
    }
    terminal.see("19,000");
    terminal.hang_up();
    terminal
}

fn trading(home: &Home) -> (serde_json::Value, serde_json::Value, serde_json::Value) {
    let status = of_kind(&home.ctl("status").lines(), "status").pop().unwrap();
    let state = status["trading"]["state"].clone();
    (state, status["open_orders"].clone(), status["open_lots"].clone())
}

#[test]
fn f16_what_is_to_be_done_without_a_terminal_is_done_at_once_and_the_machine_goes_on() {
    for (policy, state, lots, opens) in [
        ("continue", "active", "2", Some(0)),
        ("cancel", "reducing", "2", Some(6)),
        ("flat", "halted", "0", Some(6)),
    ] {
        let home = Home::new();
        let mut terminal = hung_up(&home, policy);
        let orders = i32::from(policy == "continue");
        until(policy, || trading(&home) == (state.into(), orders.into(), lots.into()));
        assert_eq!(home.ctl("order buy TXFH1 1 --limit 16000").code, opens, "{policy}");
        assert_eq!(home.ctl("cancel --all").code, Some(0));
        assert_eq!(home.ctl("quit --abandon").code, Some(0));
        assert_eq!(terminal.ended(), 0);
    }
}

/// The processor time that a process has used, in hundredths of a second.
fn processor_time(pid: u32) -> u64 {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
    let fields: Vec<&str> = stat.rsplit_once(") ").unwrap().1.split(' ').collect();
    fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap()
}

#[test]
fn f16_a_machine_without_its_terminal_does_not_busy_itself_with_it() {
    let home = Home::new();
    // Nothing trades, so that nothing else needs the processor.
    let slow = ["--set", "random.gap_ms=60000"];
    let mut terminal = Terminal::open(&home, (120, 40), &slow);
    terminal.see("press 1");
    terminal.hang_up();
    until("it goes on", || home.ctl("status").code == Some(0));
    let before = processor_time(terminal.pid());
    let begun = std::time::Instant::now();
    until("two seconds", || begun.elapsed() >= std::time::Duration::from_secs(2));
    let used = processor_time(terminal.pid()) - before;
    // A loop over a terminal that is gone would use all of one processor.
    assert!(used <= 60, "{used} of 200 hundredths of a second");
    assert_eq!(home.ctl("quit --abandon").code, Some(0));
    assert_eq!(terminal.ended(), 0);
}

#[test]
fn f16_the_machine_stops_in_order_with_the_terminal_where_that_is_wanted() {
    let home = Home::new();
    let (mut terminal, children) = running(&home, &["--set", "screen.on_terminal_loss=stop"]);
    terminal.hang_up();
    assert_eq!(terminal.ended(), 130);
    assert!(!children.iter().any(|it| is_alive(*it)), "a child is left");
    assert_eq!(home.runtime_files(), Vec::<String>::new());
}

/// The state of a process as the system tells it: `T` is stopped.
fn is_stopped(pid: u32) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    stat.rsplit_once(") ").is_some_and(|(_, rest)| rest.starts_with('T'))
}

#[test]
fn control_z_gives_the_terminal_to_the_shell_until_it_comes_back() {
    let home = Home::new();
    let mut terminal = Terminal::open(&home, (120, 40), &[]);
    terminal.see("press 1");
    let whole = |it: &str| it.contains("Watchlist 0") && it.contains("press 1");
    for _ in 0..2 {
        terminal.press("\x1a");
        until("it is stopped", || is_stopped(terminal.pid()));
        until("the terminal is given back", || terminal.left_switched().is_empty());
        terminal.wait("another screen", |it| !whole(it));
        terminal.signal(Signal::CONT);
        terminal.wait("the whole screen", whole);
        assert!(!terminal.left_switched().is_empty(), "keys are told again");
    }
    leave(&mut terminal);
    assert_eq!(terminal.ended(), 0);
    assert_nothing_left(&home, &terminal, &[]);
}

#[test]
fn control_z_is_refused_while_somebody_has_to_watch() {
    let home = Home::new();
    let (mut terminal, children) = running(&home, &[]);
    terminal.press("\x1a");
    terminal.see("The exchange connection lives in this program: log out before Ctrl-Z");
    send(terminal.pid(), Signal::TSTP);
    terminal.press("z");
    terminal.see("┏ Watchlist");
    assert!(!is_stopped(terminal.pid()));
    assert!(children.iter().all(|it| is_alive(*it)));
}

#[test]
fn a_stop_from_outside_does_no_harm_to_the_terminal() {
    let home = Home::new();
    let mut terminal = Terminal::open(&home, (120, 40), &[]);
    terminal.see("press 1");
    terminal.signal(Signal::STOP);
    until("it is stopped", || is_stopped(terminal.pid()));
    terminal.signal(Signal::CONT);
    terminal.press("1");
    terminal.see("> 1_");
    terminal.press("\x1b");
    terminal.see_no("> 1_");
    leave(&mut terminal);
    assert_eq!(terminal.ended(), 0);
    assert_nothing_left(&home, &terminal, &[]);
}

#[test]
fn after_a_storm_of_sizes_the_screen_is_whole() {
    let home = Home::new();
    let (mut terminal, _) = running(&home, &[]);
    for at in 0..50_u16 {
        // Every size from the smallest to one beyond any screen comes, in no order.
        terminal.resize(1 + at * 37 % 300, 1 + at * 53 % 120);
    }
    for (columns, rows) in [(1, 1), (300, 120), (1, 120), (300, 1), (120, 40)] {
        terminal.resize(columns, rows);
    }
    terminal.wait("the whole screen", |shown| {
        let lines: Vec<_> = shown.lines().collect();
        let starts = |at: usize, text: &str| lines.get(at).is_some_and(|it| it.starts_with(text));
        starts(0, " PAPER")
            && starts(1, " setup")
            && starts(2, "┏ Watchlist 1 ━")
            && starts(22, "╭ Health 3 ─")
            && starts(37, "╰─")
            && starts(38, " NORMAL")
            && starts(39, "F1 help")
            && lines.iter().skip(2).take(36).all(|it| it.ends_with(['╮', '│', '╯']))
    });
}

#[test]
fn a_terminal_that_is_too_small_says_so_and_can_still_halt() {
    let home = Home::new();
    let (mut terminal, _) = running(&home, &[]);
    terminal.resize(59, 15);
    terminal.wait("one line", |it| it.trim_end().starts_with("aftm needs 60x16, have 59x15 (F12"));
    assert_eq!(terminal.text().trim_end().lines().count(), 1);
    terminal.press("\x1b[24~");
    terminal.see("KILL");
    terminal.press("2");
    terminal.wait("a choice", |it| it.lines().any(|it| it.contains("▸") && it.contains("2")));
    terminal.enter();
    let trading = || of_kind(&home.ctl("status").lines(), "status")[0]["trading"]["state"].clone();
    until("trading is halted", || trading() == "halted");
    terminal.resize(120, 40);
    terminal.see("HALTED: ");
}

#[test]
fn a_key_after_a_change_of_size_acts_at_once() {
    let home = Home::new();
    let (mut terminal, _) = running(&home, &[]);
    for rows in [30, 40, 30, 40] {
        terminal.resize(100, rows);
        terminal.wait("the new size", |it| it.lines().nth(usize::from(rows) - 1).is_some());
        terminal.press("\x1b[24~");
        terminal.see("KILL");
        terminal.press("\x1b");
        terminal.wait("no menu", |it| !it.contains("KILL"));
    }
}
